package symbols

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sphex/aot/wasm"
)

// openWasm opens the DWARF of a module as it is, with the code section as the text: offsets
// are those that llvm-dwarfdump prints.
func openWasm(t testing.TB, name string) *Table {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/programs", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	d := Data{TextSize: uint64(m.CodeSize)}
	for _, c := range m.Customs {
		d.Sections.Set(c.Name, c.Data)
	}
	tab := New(d)
	if p := tab.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	return tab
}

func TestDump(t *testing.T) {
	for _, name := range []string{"c_types/c_types-O0-dw5.wasm", "rs_types/rs_types-debug.wasm", "cpp_stl/cpp_stl-O0-dw4.wasm"} {
		tab := openWasm(t, name)
		t.Log(name, len(tab.Units()), len(tab.AllFunctions()), len(tab.Files()), len(tab.Globals()))
		for _, fn := range []string{"main", "aggregates", "main::enums", "enums", "containers", "Debug::fmt", "main::{{closure}}"} {
			ps, err := tab.FuncPlaces(fn)
			t.Log(fn, err)
			for i, p := range ps {
				if i < 3 {
					t.Logf("  %#x %s %s:%d:%d %v", p.Text, p.Func.Name, p.File, p.Line, p.Column, p.Inlined)
				}
			}
		}
		for _, f := range []string{"main.c", "main.rs", "main.cpp"} {
			for _, l := range []int{126, 127, 143} {
				path, bound, ps, err := tab.LinePlaces(f, l)
				t.Log(path, bound, err, len(ps))
				for i, p := range ps {
					if i < 3 {
						t.Logf("  %#x %s %s:%d:%d %v", p.Text, p.Func.Name, p.File, p.Line, p.Column, p.Inlined)
						fs := tab.Frames(p.Text)
						for _, sc := range tab.Scopes(fs[0], p.Text) {
							for _, v := range sc.Vars {
								t.Logf("    %d %s param=%v line %d", sc.Depth, v.Name, v.Param, v.Line)
							}
						}
					}
				}
			}
		}
		t.Log(tab.Problems())
	}
	_ = slices.Sort[[]int]
}
