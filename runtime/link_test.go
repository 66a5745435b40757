//go:build linux && amd64

package runtime

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// emptyModule has the given entities and no code.
func emptyModule(t testing.TB, w *wasm.Module) *Module {
	t.Helper()
	m, err := LoadCode(Code{Map: &codemap.Map{}, Wasm: w})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestLinkErrors(t *testing.T) {
	store := NewStore()
	defer store.Close()
	memory, err := store.NewMemory(wasm.MemoryType{Limits: wasm.Limits{Min: 1, Max: 2, HasMax: true}})
	if err != nil {
		t.Fatal(err)
	}
	table, err := NewTable(wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 10}})
	if err != nil {
		t.Fatal(err)
	}
	imports := NewImports()
	imports.Define("m", "memory", memory)
	imports.Define("m", "table", table)
	imports.Define("m", "global", NewGlobal(wasm.GlobalType{Type: wasm.I32}, 5))
	imports.DefineFunc("m", "func", wasm.FuncType{}, func(context.Context, *Instance, []uint64) error { return nil })
	i32 := wasm.FuncType{Params: []wasm.ValType{wasm.I32}}
	mem := func(min, max uint64) wasm.Import {
		return wasm.Import{Name: "memory", Kind: wasm.ExternMemory, Memory: wasm.MemoryType{Limits: wasm.Limits{Min: min, Max: max, HasMax: max > 0}}}
	}
	for _, c := range []struct {
		imp  wasm.Import
		want string // "" if it links
	}{
		{wasm.Import{Name: "func", Kind: wasm.ExternFunc, Type: 0}, ""},
		{wasm.Import{Name: "func", Kind: wasm.ExternFunc, Type: 1}, "incompatible import type: m.func is a function of another type"},
		{wasm.Import{Name: "memory", Kind: wasm.ExternFunc}, "incompatible import type: m.memory is a memory, not a function"},
		{mem(1, 2), ""},
		{mem(0, 3), ""},
		{mem(1, 0), ""},
		{mem(2, 0), "incompatible import type: m.memory has size 1, at least 2 is wanted"},
		{mem(1, 1), "incompatible import type: m.memory may grow to 2, at most 1 is wanted"},
		{wasm.Import{Name: "table", Kind: wasm.ExternTable, Table: wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 10}}}, ""},
		{wasm.Import{Name: "table", Kind: wasm.ExternTable, Table: wasm.TableType{Elem: wasm.ExternRef}}, "incompatible import type: m.table is a table of other elements"},
		{wasm.Import{Name: "table", Kind: wasm.ExternTable, Table: wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Max: 20, HasMax: true}}},
			"incompatible import type: m.table has no maximum, at most 20 is wanted"},
		{wasm.Import{Name: "global", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}}, ""},
		{wasm.Import{Name: "global", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32, Mutable: true}}, "incompatible import type: m.global is a global of another type"},
		{wasm.Import{Name: "absent", Kind: wasm.ExternFunc}, "unknown import: m.absent"},
	} {
		w := &wasm.Module{Types: []wasm.FuncType{{}, i32}}
		c.imp.Module = "m"
		w.Imports = []wasm.Import{c.imp}
		switch c.imp.Kind {
		case wasm.ExternFunc:
			w.Funcs, w.NumImportedFuncs = []uint32{c.imp.Type}, 1
		case wasm.ExternTable:
			w.Tables, w.NumImportedTables = []wasm.TableType{c.imp.Table}, 1
		case wasm.ExternMemory:
			w.Memories, w.NumImportedMemories = []wasm.MemoryType{c.imp.Memory}, 1
		case wasm.ExternGlobal:
			w.Globals, w.NumImportedGlobals = []wasm.Global{{GlobalType: c.imp.Global}}, 1
		}
		_, err := store.Instantiate(context.Background(), emptyModule(t, w), imports, Config{})
		var link *LinkError
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.imp, err)
		case c.want != "" && (!errors.As(err, &link) || err.Error() != c.want):
			t.Errorf("%+v: %v, want %s", c.imp, err, c.want)
		}
	}
	w := &wasm.Module{Types: []wasm.FuncType{{}}, Funcs: []uint32{0, 0}, NumImportedFuncs: 2,
		Imports: []wasm.Import{{Module: "a", Name: "x"}, {Module: "b", Name: "y"}}}
	if _, err := store.Instantiate(context.Background(), emptyModule(t, w), nil, Config{}); err == nil || err.Error() != "unknown import: a.x, b.y" {
		t.Errorf("all unknown imports: %v", err)
	}
}

// memoryLimiter decides by the new size of a memory.
type memoryLimiter func(to uint64) error

func (l memoryLimiter) GrowMemory(_ context.Context, _ *Instance, _ int, _, to uint64) error {
	return l(to)
}
func (l memoryLimiter) GrowTable(context.Context, *Instance, int, uint64, uint64) error { return nil }

func TestMemoryGrow(t *testing.T) {
	asked := []uint64{}
	w := &wasm.Module{Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 5, HasMax: true}}}}
	in, err := Instantiate(context.Background(), emptyModule(t, w), nil, Config{Limiter: memoryLimiter(func(to uint64) error {
		asked = append(asked, to/abi.PageSize)
		if to > 4*abi.PageSize {
			return errors.New("too much")
		}
		return nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	m := in.Memory(0)
	base := m.Base()
	for _, c := range []struct {
		by, old uint64
		ok      bool
	}{{0, 1, true}, {2, 1, true}, {1, 3, true}, {1, 4, false}, {2, 4, false}, {1 << 40, 4, false}, {0, 4, true}} {
		if old, ok := m.Grow(c.by); old != c.old || ok != c.ok {
			t.Errorf("grow by %d: %d, %v; want %d, %v", c.by, old, ok, c.old, c.ok)
		}
	}
	if !slices.Equal(asked, []uint64{1, 3, 4, 5}) {
		t.Errorf("the limiter was asked for %d", asked)
	}
	if err := in.Refused(); !errors.Is(err, errFull) {
		t.Errorf("refused: %v", err)
	}
	if m.Base() != base || m.Size() != 4*abi.PageSize {
		t.Errorf("base %#x, size %#x", m.Base(), m.Size())
	}
	if !m.PutUint32(4*abi.PageSize-4, 7) || m.PutUint32(4*abi.PageSize-3, 7) {
		t.Error("the bounds are wrong")
	}
}

func TestReadNative(t *testing.T) {
	in := rawInstance(t, rawModule(t, "nops"), nil)
	mem := in.Memory(0)
	mem.PutUint64(65528, 0x1122334455667788)
	site := in.mod.funcs[0].Sites[0].Text
	in.SetBreakpoint(site)
	var b [8]byte
	if err := in.ReadNative(mem.Base()+65528, b[:]); err != nil || b[0] != 0x88 || b[7] != 0x11 {
		t.Errorf("%x, %v", b, err)
	}
	if err := in.ReadNative(in.mod.addr(site), b[:1]); err != nil || b[0] != 0x90 {
		t.Errorf("text: %x, %v", b[0], err)
	}
	for name, a := range map[string]abi.Addr{
		"memory":  mem.Base() + 65529,
		"guard":   mem.Base() + 1<<20,
		"stack":   in.stack.Hi - 7,
		"context": in.addr + abi.Addr(in.mod.layout.Size) - 7,
		"null":    0,
		"top":     ^abi.Addr(0),
		"text":    in.mod.addr(in.mod.cm.TextSize - 3),
	} {
		var region *RegionError
		if err := in.ReadNative(a, b[:]); !errors.As(err, &region) {
			t.Errorf("%s: %v", name, err)
		}
		if err := in.WriteNative(a, b[:]); !errors.As(err, &region) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := in.WriteNative(in.mod.addr(site), b[:1]); err == nil {
		t.Error("text could be written")
	}
	if err := in.WriteNative(in.stack.Hi-8, b[:]); err != nil {
		t.Error(err)
	}
}

// Segments that are large enough are mapped: each instance has its own copy.
func TestDataImage(t *testing.T) {
	data := []byte(strings.Repeat("sphex!", 20000))
	segment := func(at uint64, b []byte) wasm.Data {
		return wasm.Data{Offset: wasm.ConstExpr{Type: wasm.I32, Value: at}, Init: b}
	}
	w := &wasm.Module{
		Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 4}}},
		Datas:    []wasm.Data{segment(70001, data), segment(70002, []byte("PHE")), {Mode: wasm.Passive, Init: []byte("x")}, segment(0, nil)},
	}
	m := emptyModule(t, w)
	want := make([]byte, 4*abi.PageSize)
	copy(want[70001:], data)
	copy(want[70002:], "PHE")
	if m.image() == nil {
		t.Fatal("the segments are not mapped")
	}
	for round := range 5 {
		in, err := Instantiate(context.Background(), m, nil, Config{})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := in.Memory(0).Slice(0, in.Memory(0).Size())
		if string(got) != string(want) {
			t.Fatalf("round %d: the memory is wrong", round)
		}
		clear(got)
		if round == 3 {
			in.Memory(0).Grow(1)
		}
		in.Close()
	}
	// Out of bounds: copied in order, with a trap.
	w.Datas = append(w.Datas, segment(4*abi.PageSize-1, []byte("ab")))
	m = emptyModule(t, w)
	_, err := Instantiate(context.Background(), m, nil, Config{})
	var trap *TrapError
	if m.image() != nil || !errors.As(err, &trap) || trap.Kind != abi.TrapMemory {
		t.Fatal(err)
	}
}

func TestStartAgain(t *testing.T) {
	in := rawInstance(t, rawModule(t, "spin", "add"), nil)
	for range 20 {
		start(t, in, "spin", 0, 0)
		in.Pause()
		if s := in.Resume(); s.Reason != StopPaused {
			t.Fatal(s)
		}
	}
	start(t, in, "add", 1, 2)
	wantReturn(t, in.Resume(), 3)
	if err := in.Start(context.Background(), 0); err == nil {
		t.Error("an import could be started")
	}
	if err := in.Start(context.Background(), 1, 5); err == nil {
		t.Error("a call without its arguments could be started")
	}
	if err := in.Start(context.Background(), 99); err == nil {
		t.Error("a call of no function could be started")
	}
}

func TestCloseWhileResumed(t *testing.T) {
	m := rawModule(t, "spin")
	for range 20 {
		in := rawInstance(t, m, nil)
		start(t, in, "spin", 0, 0)
		time.AfterFunc(time.Millisecond, func() { in.Close() })
		if s := in.Resume(); s.Reason != StopFailed || !errors.Is(s.Err, ErrKilled) && !errors.Is(s.Err, ErrClosed) { // if it had not begun
			t.Fatal(s)
		}
	}
}
