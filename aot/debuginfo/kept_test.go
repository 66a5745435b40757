package debuginfo_test

import (
	"path/filepath"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/internal/testneeds"
)

// TestKept looks at a function of which the linker removed the code, but to which a call refers: what it
// refers to in itself is there, before and behind the entry that does.
func TestKept(t *testing.T) {
	const program = "cpp_gone/cpp_gone-O1.wasm"
	f, path := compiled(t, program)
	d, err := info.New(dwarf.SectionsOf(f.Debug))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			for attr, want := range map[dwarf.Attr]string{dwarf.AttrObjectPointer: "this", dwarf.AttrType: "scaled"} {
				off, ok := e.Ref(attr)
				if !ok || attr == dwarf.AttrType && e.Name() != "twice" {
					continue
				}
				found++
				if to, err := u.Entry(off); err != nil || to.Name() != want {
					t.Errorf("%v of %q is %q (%v), want %s", attr, e.Name(), to.Name(), err, want)
				}
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
	if found != 2 {
		t.Errorf("%d references, want 2", found)
	}
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	in := complaints(t, dwarfdump, filepath.Join("..", "..", "testdata", "programs", program))
	for message, n := range complaints(t, dwarfdump, path) {
		if n > in[message] {
			t.Errorf("%d times, in the input %d times: %s", n, in[message], message)
		}
	}
}
