package debuginfo

import (
	"slices"
	"testing"

	"sphex/aot/wasm"
)

// TestLinesInsideOfBodies reads lines which wasm-opt --asyncify put code before and behind: their
// sequences neither start nor end with the function. What is wanted is as llvm-dwarfdump lists it.
func TestLinesInsideOfBodies(t *testing.T) {
	m := readModule(t, "tinygo_trap/tinygo_trap.wasm")
	in := Open(m, nil)
	at := Statements(in)
	for _, c := range []struct {
		lo, hi     wasm.CodeOffset
		statements int
		first      wasm.CodeOffset
	}{
		{0x294, 0x6c4, 48, 0x323},    // runtime.alloc, gc_blocks.go:284
		{0x2565, 0x2f0b, 89, 0x2640}, // runtime.hashmapSet, hashmap.go:370 inlined
	} {
		from, _ := slices.BinarySearch(at, c.lo)
		to, _ := slices.BinarySearch(at, c.hi)
		if n := to - from; n != c.statements || at[from] != c.first {
			t.Errorf("%#x: %d statements, from %#x on; want %d from %#x on", c.lo, n, at[from], c.statements, c.first)
		}
	}
}

// TestAdopt gives a body to a sequence inside of it only if all statements of that are instructions.
func TestAdopt(t *testing.T) {
	code := []byte{0x20, 0, 0x20, 0, 0x6a, 0x0b} // local.get 0, local.get 0, i32.add, end: at 0, 2, 4 and 5
	m := &wasm.Module{Code: []wasm.Body{{Start: 2, Code: 3, End: 9, Bytes: code}, {Start: 10, Code: 11, End: 17, Bytes: code}}}
	for _, c := range []struct {
		name       string
		lo, hi     uint64
		statements []wasm.CodeOffset
		owned      bool
	}{
		{"instructions", 5, 8, []wasm.CodeOffset{5, 7}, true},
		{"two rows for one", 5, 8, []wasm.CodeOffset{5, 5, 7}, true},
		{"within an instruction", 5, 8, []wasm.CodeOffset{5, 6}, false},
		{"no statements", 5, 8, nil, false},
		{"into the next body", 5, 13, []wasm.CodeOffset{5, 7}, false},
	} {
		l := &lineTables{
			tables: []*lineTable{{sequences: []sequence{{statements: len(c.statements)}}, statements: c.statements}},
			owners: []owner{{unit: nobody}, {unit: nobody}},
		}
		l.adopt(m, []claim{{lo: c.lo, hi: c.hi}})
		if owned := l.owners[0].unit != nobody; owned != c.owned || l.owners[1].unit != nobody {
			t.Errorf("%s: %v", c.name, l.owners)
		}
	}
}
