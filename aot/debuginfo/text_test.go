package debuginfo_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// TestTextFillsIn makes the text the source of those functions only that nothing describes.
func TestTextFillsIn(t *testing.T) {
	for _, test := range []struct {
		program string
		want    []string // functions with text; nil: all
	}{
		// Those of library.c, which was compiled without -g, one of wasi-libc's and the linker's own.
		{"c_callback/c_callback-O0.wasm", []string{"plain", "apply", "__main_void", "_start.command_export"}},
		{"c_split/bin/wasm-opt.wasm", nil},
	} {
		m := debuginfo.ReadModule(t, test.program)
		plain, filled := debuginfo.Open(m, nil), debuginfo.OpenText(m, nil, debuginfo.TextFills)
		var got []string
		globals := 0
		for _, u := range filled.Data.Units[len(plain.Data.Units):] {
			root, err := u.Root()
			if err != nil || !debuginfo.IsSynthetic(root.Str(dwarf.AttrProducer)) {
				t.Fatalf("%s: unit at %#x: %v", test.program, u.Offset, err)
			}
			for e := range root.Children() {
				switch e.Tag() {
				case dwarf.TagSubprogram:
					got = append(got, e.Name())
				case dwarf.TagVariable:
					globals++
				}
			}
		}
		all := test.want == nil
		if all {
			for i := range m.Code {
				test.want = append(test.want, m.Names().Funcs[uint32(m.NumImportedFuncs+i)])
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.program, got, test.want)
		}
		// Globals are those of WebAssembly, and shown where there is nothing else.
		if all != (globals > 0) {
			t.Errorf("%s: %d globals", test.program, globals)
		}
		for i := range m.Code {
			if name := m.Names().Funcs[uint32(m.NumImportedFuncs+i)]; filled.NamesOperands()(i) != slices.Contains(test.want, name) && !plain.NamesOperands()(i) {
				t.Errorf("%s: %s: operands %v", test.program, name, filled.NamesOperands()(i))
			}
		}
	}
}

// TestTextKeepsTheRest compiles a program with the text and without: what is made of its own debug
// information is the same, but for the addresses.
func TestTextKeepsTheRest(t *testing.T) {
	b, err := os.ReadFile("../../testdata/programs/c_callback/c_callback-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	entries := func(text debuginfo.Text) (list []string, report *debuginfo.Report) {
		o, err := aot.Compile(b, aot.Options{Text: text, Report: func(r *debuginfo.Report) { report = r }})
		if err != nil {
			t.Fatal(err)
		}
		d, err := info.New(dwarf.SectionsOf(o.Debug))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range d.Units {
			root, err := u.Root()
			if err != nil {
				t.Fatal(err)
			}
			if debuginfo.IsSynthetic(root.Str(dwarf.AttrProducer)) {
				continue
			}
			w := u.Walk()
			for e := (info.Entry{}); w.Next(&e); {
				line := fmt.Sprintf("%d %v %s:", e.Depth, e.Tag(), e.Name())
				for v := range e.Attrs() {
					line += " " + v.Attr.String()
				}
				list = append(list, line)
			}
		}
		return list, report
	}
	without, r := entries(debuginfo.NoText)
	with, filled := entries(debuginfo.TextFills)
	if len(with) < 1000 || !slices.Equal(with, without) {
		t.Errorf("%d entries with the text, %d without it", len(with), len(without))
	}
	if filled.Subprograms != r.Subprograms+4 || len(filled.Losses()) != len(r.Losses()) || filled.Bare || len(filled.Notes()) != 0 {
		t.Errorf("%v\n%v", filled, r)
	}
}
