package debuginfo_test

import (
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// TestLostEnd looks at inlined calls of which wasm-opt has lost where they end, and wrote 0 for that: at
// 0x414c, 0x4519, 0x521b and 0x5c91 of the module, as llvm-dwarfdump prints it. Such a call is where it starts,
// an instruction long: it must not take what stands behind it in its function.
func TestLostEnd(t *testing.T) {
	f, _ := compiled(t, "tinygo_trap/tinygo_trap.wasm")
	d, err := info.New(dwarf.SectionsOf(f.Debug))
	if err != nil {
		t.Fatal(err)
	}
	type call struct {
		name         string
		line, column uint64
	}
	lost := map[call]bool{
		{"runtime.abort", 71, 7}: true, {"runtime/volatile.LoadUint32", 46, 21}: true,
		{"runtime.abort", 52, 7}: true, {"runtime.hashmapBucketSize", 272, 36}: true,
	}
	found, others := 0, 0
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if e.Tag() != dwarf.TagInlinedSubroutine {
				continue
			}
			origin, _ := e.Follow(dwarf.AttrAbstractOrigin)
			line, _ := e.Uint(dwarf.AttrCallLine)
			column, _ := e.Uint(dwarf.AttrCallColumn)
			ranges, err := e.Ranges()
			if err != nil {
				t.Fatal(err)
			}
			if c := (call{origin.Name(), line, column}); lost[c] {
				found++
				if len(ranges) != 1 || ranges[0].High-ranges[0].Low > 32 {
					t.Errorf("%v is at %v", c, ranges)
				}
			} else if len(ranges) > 0 {
				others++
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
	if found < 4 || others < 10 {
		t.Errorf("%d calls without an end and %d others", found, others)
	}
}
