package aot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// programs returns the test programs' modules.
func programs(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/programs/*/*.wasm")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDeterminism checks that the object does not depend on who compiled what.
func TestDeterminism(t *testing.T) {
	for _, file := range programs(t)[:3] {
		module := read(t, file)
		var first []byte
		for _, workers := range []int{1, 2, 7} {
			f, err := Compile(module, Options{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			b, err := f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b
			} else if !bytes.Equal(first, b) {
				t.Errorf("%s: another object with %d workers", file, workers)
			}
		}
	}
}

// TestCodeMap holds the code map to its word, with a site at every instruction and with those
// of the debug information.
func TestCodeMap(t *testing.T) {
	for _, file := range programs(t) {
		if testing.Short() && filepath.Base(filepath.Dir(file)) != "c_types" {
			continue
		}
		module := read(t, file)
		for _, form := range []codemap.SiteForm{codemap.SiteByte, codemap.SiteCall, codemap.SiteNone} {
			o := Options{Sites: form, stackMoves: true}
			if form == codemap.SiteCall {
				o.statements = everyInstruction
			}
			f, err := Compile(module, o)
			if err != nil {
				t.Fatal(file, err)
			}
			m, err := wasm.Decode(f.Module)
			if err != nil {
				t.Fatal(err)
			}
			for i := range f.Map.Funcs {
				checkFunc(t, m, f, &f.Map.Funcs[i], form)
				if t.Failed() {
					t.Fatalf("%s, form %d, function %d", file, form, i)
				}
			}
			if form == codemap.SiteByte {
				checkHomes(t, m, f.Map)
			}
		}
	}
}

func everyInstruction(m *wasm.Module) (at []wasm.CodeOffset) {
	var r wasm.Reader
	var in wasm.Inst
	for i := range m.Code {
		r.Reset(m, &m.Code[i])
		for r.Next(&in) {
			at = append(at, in.Offset)
		}
	}
	return at
}

// checkFunc checks the rows of one function against its text and each other.
func checkFunc(t *testing.T, m *wasm.Module, o *object.File, f *codemap.Func, form codemap.SiteForm) {
	t.Helper()
	text := o.Text[f.Text:f.TextEnd]
	body := &m.Code[int(f.Index)-m.NumImportedFuncs]
	starts := map[wasm.CodeOffset]bool{}
	var r wasm.Reader
	var in wasm.Inst
	r.Reset(m, body)
	for r.Next(&in) {
		starts[in.Offset] = true
	}
	inside := func(what string, at abi.TextOffset, w wasm.CodeOffset) {
		if at < f.BodyText || at > f.TextEnd || !starts[w] {
			t.Errorf("%s at text %#x for %#x lies outside", what, at, w)
		}
	}
	for i, r := range f.Insts {
		inside("instruction", r.Text, r.Wasm)
		if i > 0 && r.Text < f.Insts[i-1].Text {
			t.Errorf("instructions do not ascend at %#x", r.Text)
		}
	}
	for i, s := range f.Sites {
		inside("site", s.Text, s.Wasm)
		if i > 0 && (s.Text < f.Sites[i-1].Text || s.Wasm <= f.Sites[i-1].Wasm) {
			t.Errorf("sites do not ascend at %#x", s.Text)
		}
		nop := text[s.Text-f.Text:][:s.Size]
		switch form {
		case codemap.SiteByte:
			if !bytes.Equal(nop, []byte{0x90}) {
				t.Errorf("site at %#x is % x", s.Text, nop)
			}
		case codemap.SiteCall:
			if !bytes.Equal(nop, []byte{0x0f, 0x1f, 0x44, 0, 0}) {
				t.Errorf("site at %#x is % x", s.Text, nop)
			}
		default:
			if s.Size != 0 {
				t.Errorf("site at %#x takes %d bytes", s.Text, s.Size)
			}
		}
	}
	for i, tr := range f.Traps {
		inside("trap", tr.Text, tr.Wasm)
		if i > 0 && tr.Text <= f.Traps[i-1].Text {
			t.Errorf("traps do not ascend at %#x", tr.Text)
		}
		inst, err := x86asm.Decode(text[tr.Text-f.Text:], 64)
		if err != nil {
			t.Errorf("trap at %#x is no instruction", tr.Text)
			continue
		}
		switch tr.Kind {
		case abi.TrapDivideByZero:
			if inst.Op != x86asm.DIV && inst.Op != x86asm.IDIV {
				t.Errorf("division at %#x is %v", tr.Text, inst)
			}
		case abi.TrapMemory, abi.TrapUninitialized:
			if inst.Op != x86asm.UD2 && inst.MemBytes == 0 {
				t.Errorf("access at %#x is %v", tr.Text, inst)
			}
		default:
			if inst.Op != x86asm.UD2 {
				t.Errorf("trap %d at %#x is %v", tr.Kind, tr.Text, inst)
			}
		}
	}
	for i, c := range f.Calls {
		inside("call", c.Return, c.Wasm)
		if i > 0 && c.Return <= f.Calls[i-1].Return {
			t.Errorf("calls do not ascend at %#x", c.Return)
		}
	}
	for i := 1; i < len(f.Frame.Rows); i++ {
		if f.Frame.Rows[i].Text < f.Frame.Rows[i-1].Text {
			t.Errorf("rows do not ascend at %#x", f.Frame.Rows[i].Text)
		}
	}
	for _, s := range f.Frame.Saved {
		if s.Text > f.BodyText || s.Offset < -int32(f.Frame.Size)-8 || s.Offset >= -8 {
			t.Errorf("register %d saved at %d outside of a frame of %d", s.Reg, s.Offset, f.Frame.Size)
		}
	}
	for i := 1; i < len(f.StackMoves); i++ {
		if f.StackMoves[i].Text < f.StackMoves[i-1].Text {
			t.Errorf("stack moves do not ascend at %#x", f.StackMoves[i].Text)
		}
	}
}

// checkHomes checks that locals that are used have homes which no other local shares, and
// that callee-saved ones are saved.
func checkHomes(t *testing.T, m *wasm.Module, cm *codemap.Map) {
	t.Helper()
	var r wasm.Reader
	var in wasm.Inst
	for i := range cm.Funcs {
		f := &cm.Funcs[i]
		used := map[uint32]bool{}
		calls := false
		r.Reset(m, &m.Code[i])
		for r.Next(&in) {
			switch in.Op {
			case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
				used[in.Index] = true
			case wasm.OpCall, wasm.OpCallIndirect:
				calls = true
			}
		}
		type home struct {
			kind codemap.PlaceKind
			reg  codemap.Reg
			off  int32
		}
		taken := map[home]int{}
		for k, h := range f.Locals {
			untouched := k >= len(m.FuncType(f.Index).Params) && !used[uint32(k)]
			if (h.Kind == codemap.IsConst) != untouched || h.Kind == codemap.Nowhere {
				t.Errorf("function %d: local %d is used %v and at %v", f.Index, k, used[uint32(k)], h)
			}
			if h.Kind == codemap.IsConst {
				continue
			}
			place := home{h.Kind, h.Reg, h.Offset}
			if other, ok := taken[place]; ok {
				t.Errorf("function %d: locals %d and %d share %v", f.Index, k, other, h)
			}
			taken[place] = k
			saved := slices.ContainsFunc(f.Frame.Saved, func(s codemap.Saved) bool { return s.Reg == h.Reg })
			if h.Kind == codemap.InReg && calls && !saved {
				t.Errorf("function %d calls, but the register of local %d is not saved", f.Index, k)
			}
		}
	}
}

// TestTooManyLocals refuses a module that asks for memory out of proportion.
func TestTooManyLocals(t *testing.T) {
	var funcs []function
	for range 100 {
		funcs = append(funcs, function{})
	}
	m := assemble(funcs)
	// Every body declares 50,000 locals in one run.
	body := []byte{2, 0, 0x0b}
	many := []byte{6, 1, 0xd0, 0x86, 0x03, 0x7f, 0x0b}
	code := append([]byte{100}, bytes.Repeat(many, 100)...)
	at := bytes.LastIndex(m, append([]byte{100}, bytes.Repeat(body, 100)...))
	if at < 0 {
		t.Fatal("the bodies are not where they should be")
	}
	size := []byte{byte(len(code)&0x7f | 0x80), byte(len(code) >> 7)}
	m = append(append(slices.Clone(m[:at-2]), size...), code...)
	_, err := Compile(m, Options{})
	var e *wasm.Error
	if !errors.As(err, &e) || e.Section != "code" {
		t.Fatalf("got %v, want a refusal", err)
	}
}

// FuzzCompile compiles whatever is valid and reads what it wrote.
func FuzzCompile(f *testing.F) {
	for seed := range uint64(5) {
		m, _ := generate(seed)
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, module []byte) {
		file, err := Compile(module, Options{Workers: 1, statements: everyInstruction})
		if err != nil {
			return
		}
		b, err := file.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := object.Read(b); err != nil {
			t.Fatal(err)
		}
	})
}
