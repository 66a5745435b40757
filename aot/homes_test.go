package aot

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// TestHomes runs random modules under breakpoints, and checks at every stop and trap that the
// locals of all frames have the values that they have when there is a stop site before every
// instruction, so that none is combined with another.
func TestHomes(t *testing.T) {
	skipWithoutGuest(t)
	n := uint64(*differentialRuns) / 4
	for seed := range n {
		compareHomes(t, seed)
	}
}

func FuzzHomes(f *testing.F) {
	skipWithoutGuest(f)
	f.Add(uint64(1 << 41))
	f.Fuzz(compareHomes)
}

func compareHomes(t *testing.T, seed uint64) {
	module, types := generate(seed)
	r := rand.New(rand.NewPCG(seed, 5))
	density := 1 + r.IntN(30)
	var some []wasm.CodeOffset
	sparse := func(m *wasm.Module) []wasm.CodeOffset {
		for _, at := range everyInstruction(m) {
			if r.IntN(density) == 0 {
				some = append(some, at)
			}
		}
		return some
	}
	form := codemap.SiteForm(r.IntN(2))
	got, err := trace(module, types, seed, Options{Workers: 1, Sites: form, statements: sparse}, &some)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	want, err := trace(module, types, seed, Options{Workers: 1, Sites: form, statements: everyInstruction}, &some)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("seed %d: stop %d of %d and %d:\n got %s\nwant %s", seed, i, len(got), len(want), at(got, i), at(want, i))
		}
	}
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return "nothing"
}

// trace calls each function and describes all stops at the statements in some.
func trace(module []byte, types []wasm.FuncType, seed uint64, o Options, some *[]wasm.CodeOffset) ([]string, error) {
	f, err := Compile(module, o)
	if err != nil {
		return nil, err
	}
	m, err := runtime.Load(f)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	ctx := context.Background()
	in, err := runtime.Instantiate(ctx, m, runtime.NewImports(), runtime.Config{})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	wanted := map[wasm.CodeOffset]bool{}
	for _, at := range *some {
		wanted[at] = true
	}
	for i := range f.Map.Funcs {
		for _, s := range f.Map.Funcs[i].Sites {
			if wanted[s.Wasm] {
				if err := in.SetBreakpoint(s.Text); err != nil {
					return nil, err
				}
			}
		}
	}
	var out []string
	args := rand.New(rand.NewPCG(seed, 3))
	for i := range types {
		if err := in.Start(ctx, uint32(i), arguments(args, types[i].Params)...); err != nil {
			return nil, err
		}
		for stops := 0; ; stops++ {
			s := in.Resume()
			if s.Final() {
				out = append(out, s.String())
				break
			}
			if stops > 200 {
				in.Kill()
				in.Resume()
				break
			}
			var b strings.Builder
			if s.Reason == runtime.StopTrap {
				fmt.Fprintf(&b, "%v ", s.Trap)
			}
			for fr := range in.Frames() {
				if fr.Func != nil {
					describe(&b, &fr)
				}
			}
			out = append(out, b.String())
		}
		in.Global(fuelGlobal).Set(100)
	}
	return out, nil
}

// describe prints where a frame stands and its locals.
func describe(b *strings.Builder, fr *runtime.Frame) {
	f := fr.Func
	var where wasm.CodeOffset
	if fr.Return {
		i := sort.Search(len(f.Calls), func(i int) bool { return f.Calls[i].Return >= fr.PC })
		where = f.Calls[i].Wasm
	} else if i := sort.Search(len(f.Sites), func(i int) bool { return f.Sites[i].Text >= fr.PC }); i < len(f.Sites) && f.Sites[i].Text == fr.PC {
		where = f.Sites[i].Wasm
	} else if i := sort.Search(len(f.Traps), func(i int) bool { return f.Traps[i].Text >= fr.PC }); i < len(f.Traps) {
		where = f.Traps[i].Wasm
	}
	fmt.Fprintf(b, "[%d %#x", f.Index, where)
	for i, h := range f.Locals {
		var v uint64
		switch h.Kind {
		case codemap.IsConst:
		case codemap.InReg:
			words, ok := fr.Reg(h.Reg)
			if !ok {
				fmt.Fprintf(b, " %d:?", i)
				continue
			}
			v = words[0]
		case codemap.InSlot:
			var word [8]byte
			if err := fr.Instance.ReadNative(fr.CFA+abi.Addr(int64(h.Offset)), word[:]); err != nil {
				fmt.Fprintf(b, " %d:%v", i, err)
				continue
			}
			for k := range word {
				v |= uint64(word[k]) << (8 * k)
			}
		}
		switch h.Type {
		case wasm.I32:
			if h.Kind == codemap.InReg && v > math.MaxUint32 {
				b.WriteString(" upper half!")
			}
			v = uint64(uint32(v))
		case wasm.F32:
			if v = uint64(uint32(v)); v&0x7fffffff > 0x7f800000 {
				v = 0x7fc00000
			}
		case wasm.F64:
			if v<<1 > 0x7ff0000000000000<<1 {
				v = 0x7ff8000000000000
			}
		}
		fmt.Fprintf(b, " %d:%x", i, v)
	}
	b.WriteString("]")
}

// TestHomesAtTraps checks that an instruction that traps has not changed the local that its
// result goes to.
func TestHomesAtTraps(t *testing.T) {
	type access struct {
		typ      wasm.ValType
		constant []byte // pushes 7
		load     wasm.Op
		from, to wasm.Op
	}
	seven64 := []byte{0x44, 0, 0, 0, 0, 0, 0, 0x1c, 0x40}
	var funcs []function
	var names []string
	for _, a := range []access{
		{wasm.I32, []byte{0x41, 7}, wasm.OpI32Load, wasm.OpI32Eq, wasm.OpI32GeU},
		{wasm.I32, []byte{0x41, 7}, wasm.OpI32Load, wasm.OpI32Add, wasm.OpI32Xor},
		{wasm.I64, []byte{0x42, 7}, wasm.OpI64Load, wasm.OpI64Add, wasm.OpI64Xor},
		{wasm.F64, seven64, wasm.OpF64Load, wasm.OpF64Add, wasm.OpF64Max},
	} {
		for op := a.from; op <= a.to; op++ {
			for _, swap := range []bool{false, true} {
				code := append(append([]byte(nil), a.constant...), 0x21, 2)
				load := []byte{0x20, 0, byte(a.load), 0, 0}
				if swap {
					code = append(append(code, load...), 0x20, 1)
				} else {
					code = append(append(code, 0x20, 1), load...)
				}
				code = append(code, byte(op), 0x21, 2, 0x20, 2, 0x1a, 0x20, 2, 0x1a)
				funcs = append(funcs, function{
					typ:    wasm.FuncType{Params: []wasm.ValType{wasm.I32, a.typ}},
					locals: []wasm.ValType{a.typ},
					code:   code,
				})
				names = append(names, fmt.Sprint(op, swap))
			}
		}
	}
	in := instance(t, assemble(funcs))
	for i := range funcs {
		if err := in.Start(context.Background(), uint32(i), math.MaxUint32, 3); err != nil {
			t.Fatal(err)
		}
		s := in.Resume()
		if s.Reason != runtime.StopTrap || s.Trap.Kind != abi.TrapMemory {
			t.Fatalf("%s: %v, want an access out of bounds", names[i], s)
		}
		want := uint64(7)
		if funcs[i].typ.Params[1] == wasm.F64 {
			want = math.Float64bits(7)
		}
		for fr := range in.Frames() {
			if fr.Func == nil {
				continue
			}
			home := fr.Func.Locals[2]
			if home.Kind != codemap.InReg {
				t.Fatalf("%s: the local is not in a register", names[i])
			}
			if v, ok := fr.Reg(home.Reg); !ok || v[0] != want {
				t.Errorf("%s: the local is %#x, want %#x", names[i], v[0], want)
			}
		}
		in.Resume() // to its end
	}
}
