//go:build linux && amd64

package runtime

import (
	"bytes"
	"context"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime/internal/guestcode"
)

// rawModule builds a module out of functions of guestcode: (i64, i64) -> i64 each, exported by
// name, with one imported function "env"."f" of the same type, and one memory of a page.
func rawModule(t testing.TB, names ...string) *Module {
	t.Helper()
	return shiftedModule(t, 0, names...)
}

// shiftedModule is rawModule with each function so many bytes behind a multiple of 16.
func shiftedModule(t testing.TB, shift int, names ...string) *Module {
	t.Helper()
	sig := wasm.FuncType{Params: []wasm.ValType{wasm.I64, wasm.I64}, Results: []wasm.ValType{wasm.I64}}
	w := &wasm.Module{
		Types:            []wasm.FuncType{sig},
		Imports:          []wasm.Import{{Module: "env", Name: "f", Kind: wasm.ExternFunc}},
		Funcs:            []uint32{0},
		Memories:         []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 3, HasMax: true}}},
		NumImportedFuncs: 1,
	}
	cm := &codemap.Map{Target: codemap.Target{Machine: 62, SP: 7, RA: 16, Context: 15, Memory: 14}}
	var text []byte
	place := func(name string) (lo, hi abi.TextOffset) {
		for len(text)%16 != 0 {
			text = append(text, 0xcc)
		}
		lo = abi.TextOffset(len(text))
		text = append(text, guestcode.Code(name)...)
		return lo, abi.TextOffset(len(text))
	}
	lo, hi := place("entry")
	cm.Thunks = append(cm.Thunks, codemap.Thunk{Kind: codemap.EntryThunk, Text: lo, TextEnd: hi, Rows: []codemap.CFARow{{Text: lo, Offset: 0}}})
	lo, hi = place("import")
	cm.Thunks = append(cm.Thunks, codemap.Thunk{Kind: codemap.ImportThunk, Text: lo, TextEnd: hi,
		Rows: []codemap.CFARow{{Text: lo, Offset: 8}, {Text: lo + 4, Offset: 16}}})
	for i, name := range names {
		for len(text)%16 != 0 {
			text = append(text, 0xcc)
		}
		lo := abi.TextOffset(len(text) + shift)
		text = append(text, bytes.Repeat([]byte{0xcc}, shift)...)
		text = append(text, guestcode.Code(name)...)
		hi := abi.TextOffset(len(text))
		f := codemap.Func{Index: uint32(i + 1), Text: lo, TextEnd: hi, BodyText: lo}
		rawMap(name, &f)
		cm.Funcs = append(cm.Funcs, f)
		w.Funcs = append(w.Funcs, 0)
		w.Code = append(w.Code, wasm.Body{})
		w.Exports = append(w.Exports, wasm.Export{Name: name, Kind: wasm.ExternFunc, Index: uint32(i + 1)})
	}
	cm.TextSize = abi.TextOffset(len(text))
	m, err := LoadCode(Code{Text: text, Map: cm, Wasm: w})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// rawMap fills what the code map says about a function of guestcode, by hand.
func rawMap(name string, f *codemap.Func) {
	at := func(pattern ...byte) abi.TextOffset { return f.Text + guestcode.Find(name, pattern) }
	trap := func(pc abi.TextOffset, k abi.Trap) { f.Traps = append(f.Traps, codemap.Trap{Text: pc, Kind: k}) }
	f.Frame.Rows = []codemap.CFARow{{Text: f.Text, Offset: 8}}
	switch name {
	case "load", "store":
		trap(f.Text, abi.TrapMemory)
	case "null":
		trap(at(0x48, 0x8b, 0x40, 0x08), abi.TrapUninitialized)
	case "div":
		trap(at(0x48, 0xf7, 0xf9), abi.TrapDivideByZero)
	case "ud2":
		trap(at(0x0f, 0x0b), abi.TrapUnreachable)
	case "nops":
		f.Sites = []codemap.Site{{Text: at(0x90), Size: 1}}
	case "sites":
		f.Sites = []codemap.Site{{Text: at(guestcode.SiteNop...), Size: 5}}
	case "recurse":
		f.Frame.Size = 72
		f.Frame.Rows = append(f.Frame.Rows, codemap.CFARow{Text: f.Text + 4, Offset: 80}, codemap.CFARow{Text: f.TextEnd - 1, Offset: 8})
	case "nested":
		f.Frame.Size = 8
		f.Frame.Rows = append(f.Frame.Rows, codemap.CFARow{Text: f.Text + 1, Offset: 16}, codemap.CFARow{Text: f.TextEnd - 1, Offset: 8})
		f.Frame.Saved = []codemap.Saved{{Reg: 3, Offset: -16, Text: f.Text + 1}}
	case "hosts":
		f.Frame.Size = 24
		f.Frame.Rows = append(f.Frame.Rows, codemap.CFARow{Text: f.Text + 1, Offset: 16},
			codemap.CFARow{Text: f.Text + 3, Offset: 24}, codemap.CFARow{Text: f.Text + 7, Offset: 32})
		f.Frame.Saved = []codemap.Saved{{Reg: 3, Offset: -16, Text: f.Text + 1}, {Reg: 12, Offset: -24, Text: f.Text + 3}}
	}
}

// rawInstance instantiates with a host function for the import; nil: one that returns its
// first argument.
func rawInstance(t testing.TB, m *Module, f HostFunc) *Instance {
	t.Helper()
	if f == nil {
		f = func(ctx context.Context, in *Instance, stack []uint64) error { return nil }
	}
	imports := NewImports()
	imports.DefineFunc("env", "f", m.wasm.Types[0], f)
	in, err := Instantiate(context.Background(), m, imports, Config{StackSize: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return in
}

func call(t testing.TB, in *Instance, name string, a, b uint64) uint64 {
	t.Helper()
	r, err := in.Call(context.Background(), name, a, b)
	if err != nil {
		t.Fatalf("%s(%d, %d): %v", name, a, b, err)
	}
	return r[0]
}

func TestCall(t *testing.T) {
	in := rawInstance(t, rawModule(t, "add", "fib", "count"), nil)
	for i := range uint64(10000) {
		if got := call(t, in, "add", i, 7); got != i+7 {
			t.Fatalf("add(%d, 7) = %d", i, got)
		}
	}
	if got := call(t, in, "fib", 20, 0); got != 6765 {
		t.Fatalf("fib(20) = %d", got)
	}
	if got := call(t, in, "count", 1000, 0); got != 500500 {
		t.Fatalf("count(1000) = %d", got)
	}
}
