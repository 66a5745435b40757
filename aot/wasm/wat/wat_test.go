package wat

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/internal/testneeds"
)

func valid(m *wasm.Module) bool {
	if m.Validate() != nil {
		return false
	}
	var s wasm.Scratch
	for i := range m.Code {
		if m.ValidateFunc(i, &s) != nil {
			return false
		}
	}
	return true
}

// all is the whole text of a module.
func all(m *wasm.Module) []byte {
	t := NewText(m)
	return t.Append(nil, 1, t.Lines())
}

// TestReassembled prints real programs and the modules of the specification's test suites, and
// has wat2wasm read the text: the same module must come out.
func TestReassembled(t *testing.T) {
	assembler := testneeds.Tool(t, "wat2wasm")
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatal(err)
	}
	spec := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest", "v2", "testdata")
	n := 0
	for _, pattern := range []string{
		// Big ones take wat2wasm long.
		"../../../testdata/programs/c_*/*.wasm", "../../../testdata/programs/orders/*.wasm", spec + "/*.0.wasm", "../../../testdata/programs/*/bin/*.wasm",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := wasm.Decode(b)
			if err != nil || !valid(m) || len(b) > 200_000 {
				continue
			}
			if slices.ContainsFunc(m.Tables, func(t wasm.TableType) bool { return t.Is64 }) {
				continue // wat2wasm has no tables with indices of 64 bits
			}
			n++
			reassembled(t, assembler, filepath.Base(file), m)
		}
	}
	if n < 90 {
		t.Errorf("only %d modules", n)
	}
	t.Logf("%d modules", n)
}

func reassembled(t *testing.T, assembler, name string, m *wasm.Module) {
	src := filepath.Join(t.TempDir(), "a.wat")
	dst := filepath.Join(t.TempDir(), "a.wasm")
	text := all(m)
	if err := os.WriteFile(src, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(assembler, "--debug-names", "--no-check", "--enable-tail-call", "--enable-exceptions", "--enable-extended-const", "--enable-threads", "--enable-multi-memory", "--enable-memory64", src, "-o", dst).CombinedOutput(); err != nil {
		t.Errorf("%s: wat2wasm refuses the text: %.500s", name, out)
		return
	}
	b, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	again, err := wasm.Decode(b)
	if err != nil {
		t.Errorf("%s: what wat2wasm made: %v", name, err)
		return
	}
	if diff := differ(m, again); diff != "" {
		t.Errorf("%s: what wat2wasm made differs: %s", name, diff)
	}
	// The names that were made up stand in its name section now.
	if second := all(again); again.Names().Module == m.Names().Module && !bytes.Equal(second, text) {
		t.Errorf("%s: printing what wat2wasm made gives another text: %s", name, firstDifference(text, second))
	}
}

func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return fmt.Sprintf("line %d: %q, %q", i+1, x[i], y[min(i, len(y)-1)])
		}
	}
	return "length"
}

// differ says where two modules are not the same, "" if nowhere. Offsets do not count.
func differ(a, b *wasm.Module) string {
	expr := func(e wasm.ConstExpr) wasm.ConstExpr { e.Offset = 0; return e }
	normal := func(m *wasm.Module) map[string]any {
		f := map[string]any{"types": m.Types, "functions": m.Funcs, "tables": m.Tables, "memories": m.Memories, "start": m.Start}
		for i, im := range m.Imports {
			im.Offset = 0
			f[fmt.Sprint("import ", i)] = im
		}
		for i, e := range m.Exports {
			e.Offset = 0
			f[fmt.Sprint("export ", i)] = e
		}
		for i, g := range m.Globals {
			g.Init = expr(g.Init)
			f[fmt.Sprint("global ", i)] = g
		}
		for i, e := range m.Elems {
			e.Start, e.Offset = 0, expr(e.Offset)
			e.Init = append([]wasm.ConstExpr(nil), e.Init...)
			for k := range e.Init {
				e.Init[k] = expr(e.Init[k])
			}
			f[fmt.Sprint("elem ", i)] = e
		}
		for i, d := range m.Datas {
			d.Start, d.Offset = 0, expr(d.Offset)
			f[fmt.Sprint("data ", i)] = fmt.Sprintf("%+v %x", d.Offset, d.Init)
		}
		var r wasm.Reader
		var in wasm.Inst
		for i := range m.Code {
			var locals []wasm.ValType
			for _, run := range m.Code[i].Locals {
				for range run.Count {
					locals = append(locals, run.Type)
				}
			}
			var code []string
			for r.Reset(m, &m.Code[i]); r.Next(&in); {
				code = append(code, shape(&in))
			}
			f[fmt.Sprint("code ", i)] = []any{locals, code}
		}
		return f
	}
	x, y := normal(a), normal(b)
	for k := range x {
		if !reflect.DeepEqual(x[k], y[k]) && !(fmt.Sprint(x[k]) == fmt.Sprint(y[k])) {
			return fmt.Sprintf("%s: %.300s, %.300s", k, fmt.Sprint(x[k]), fmt.Sprint(y[k]))
		}
	}
	if len(x) != len(y) {
		return fmt.Sprintf("%d and %d fields", len(x), len(y))
	}
	return ""
}

// shape is an instruction without its offset and without the leftovers of others.
func shape(in *wasm.Inst) string {
	switch in.Op.Imm() {
	case wasm.ImmNone:
		return in.Op.String()
	case wasm.ImmBlock:
		return fmt.Sprint(in.Op, in.Block)
	case wasm.ImmLabels:
		return fmt.Sprint(in.Op, in.Targets, in.Index)
	case wasm.ImmMem:
		return fmt.Sprint(in.Op, in.Align, in.Value)
	case wasm.ImmI32, wasm.ImmI64, wasm.ImmF32, wasm.ImmF64:
		return fmt.Sprint(in.Op, in.Value)
	case wasm.ImmRefType, wasm.ImmSelect:
		return fmt.Sprint(in.Op, in.Type)
	case wasm.ImmCallIndirect, wasm.ImmMemoryMemory, wasm.ImmDataMemory, wasm.ImmElemTable, wasm.ImmTableTable:
		return fmt.Sprint(in.Op, in.Index, in.Index2)
	}
	return fmt.Sprint(in.Op, in.Index)
}
