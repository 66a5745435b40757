package amd64

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// compileAll compiles a module's functions, with a stop site at every instruction for which
// site says so.
func compileAll(t testing.TB, b []byte, o codemap.Options, site func(*wasm.Inst) bool) (*wasm.Module, []codemap.Code) {
	t.Helper()
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	c := Backend{}.Compiler(m, abi.NewLayout(m), o)
	var scratch wasm.Scratch
	var funcs []codemap.Code
	for i := range m.Code {
		if err := m.ValidateFunc(i, &scratch); err != nil {
			t.Fatal(err)
		}
		var sites []wasm.CodeOffset
		var r wasm.Reader
		var in wasm.Inst
		r.Reset(m, &m.Code[i])
		for r.Next(&in) {
			if site != nil && site(&in) {
				sites = append(sites, in.Offset)
			}
		}
		funcs = append(funcs, c.Function(i, sites))
	}
	return m, funcs
}

// regName names a register by its DWARF number.
func regName(r codemap.Reg) string {
	if r >= 17 {
		return fmt.Sprintf("xmm%d", r-17)
	}
	for hw, d := range dwarfNumbers {
		if d == r {
			return strings.ToLower(regs64[hw].String())
		}
	}
	return "?"
}

// list prints a function: homes, frame, and its text below the wasm instructions.
func list(b *bytes.Buffer, m *wasm.Module, code *codemap.Code) {
	f := &code.Func
	fmt.Fprintf(b, "func %d %v -> %v\n", f.Index, m.FuncType(f.Index).Params, m.FuncType(f.Index).Results)
	fmt.Fprintf(b, "  frame %d", f.Frame.Size)
	for _, s := range f.Frame.Saved {
		fmt.Fprintf(b, ", %s at %d", regName(s.Reg), s.Offset)
	}
	b.WriteString("\n")
	for i, h := range f.Locals {
		switch h.Kind {
		case codemap.InReg:
			fmt.Fprintf(b, "  local %d %v in %s\n", i, h.Type, regName(h.Reg))
		case codemap.InSlot:
			fmt.Fprintf(b, "  local %d %v at %d\n", i, h.Type, h.Offset)
		default:
			fmt.Fprintf(b, "  local %d %v nowhere\n", i, h.Type)
		}
	}
	insts := map[wasm.CodeOffset]string{}
	var r wasm.Reader
	var in wasm.Inst
	r.Reset(m, &m.Code[int(f.Index)-m.NumImportedFuncs])
	for r.Next(&in) {
		insts[in.Offset] = in.String()
	}
	notes := map[abi.TextOffset]string{}
	for _, s := range f.Sites {
		notes[s.Text] += " ; stop site"
	}
	for _, tr := range f.Traps {
		notes[tr.Text] += fmt.Sprintf(" ; trap %d", tr.Kind)
	}
	refs := map[abi.TextOffset]codemap.Ref{}
	for _, r := range code.Refs {
		refs[r.At] = r
	}
	end := f.TextEnd
	if n := len(f.Insts); n > 0 {
		end = max(end, f.Insts[n-1].Text)
	}
	targets := map[abi.TextOffset]bool{}
	row := 0
	ended := false // by an instruction that goes nowhere from here
	for pc := abi.TextOffset(0); pc < end; {
		for row < len(f.Insts) && f.Insts[row].Text <= pc {
			fmt.Fprintf(b, "  %#x %s\n", f.Insts[row].Wasm, insts[f.Insts[row].Wasm])
			row++
			ended = false
		}
		if ended { // what nothing leads to is data: constants, jump tables
			next := end
			if row < len(f.Insts) {
				next = f.Insts[row].Text
			}
			fmt.Fprintf(b, "      %4x  data of %d bytes\n", pc, next-pc)
			pc = next
			continue
		}
		inst, err := x86asm.Decode(code.Text[pc:], 64)
		if err != nil {
			fmt.Fprintf(b, "      %4x  % x: %v\n", pc, code.Text[pc:end], err)
			break
		}
		text := x86asm.IntelSyntax(inst, uint64(pc), nil)
		if r, ok := refs[pc+abi.TextOffset(inst.Len)-4]; ok && inst.Op == x86asm.CALL {
			text = fmt.Sprintf("call %s", refName(r))
		}
		fmt.Fprintf(b, "      %4x  %s%s\n", pc, text, notes[pc])
		pc += abi.TextOffset(inst.Len)
		ended = inst.Op == x86asm.RET || inst.Op == x86asm.UD2 || inst.Op == x86asm.JMP
		if o, ok := inst.Args[0].(x86asm.Rel); ok && inst.Op != x86asm.CALL {
			targets[pc+abi.TextOffset(o)] = true
		}
		ended = ended && !targets[pc]
	}
	b.WriteString("\n")
}

func refName(r codemap.Ref) string {
	if r.Kind == codemap.RefFunc {
		return fmt.Sprintf("function %d", r.Index)
	}
	return fmt.Sprintf("thunk %d of kind %d", r.Index&0xffffff, r.Index>>24)
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.wasm")
	if err != nil || len(files) == 0 {
		t.Fatal("no test modules", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".wasm")
		t.Run(filepath.Base(name), func(t *testing.T) {
			module, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, funcs := compileAll(t, module, codemap.Options{}, func(in *wasm.Inst) bool {
				return in.Op == wasm.OpLocalSet || in.Op == wasm.OpCall
			})
			var b bytes.Buffer
			for i := range funcs {
				list(&b, m, &funcs[i])
			}
			golden := name + ".golden"
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			got, old := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
			for i := range max(len(got), len(old)) {
				if i >= len(got) || i >= len(old) || got[i] != old[i] {
					t.Fatalf("%s:%d differs; run go test -update and read the difference", golden, i+1)
				}
			}
		})
	}
}
