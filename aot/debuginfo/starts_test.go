package debuginfo

import "testing"

// TestStarts holds the answers by blocks against those of a search, for each offset of each body.
func TestStarts(t *testing.T) {
	m := readModule(t, "rs_types/rs_types-release-dw5.wasm")
	p := newPlaces(m, fakeCode(m, Statements(Open(m, nil))), nil)
	sites := 0
	for i := range p.funcs {
		f := &p.funcs[i]
		var memory startMemory
		for off := f.Body; off < f.BodyEnd; off++ {
			want := f.start(uint64(off))
			if got := memory.start(f, uint64(off)); got != want {
				t.Fatalf("function %d: the code of %#x starts at %#x, not at %#x", f.Index, off, want, got)
			}
			if k, ok := f.siteOf(off); ok && f.Sites[k].Text == want {
				sites++
			}
		}
	}
	if len(p.funcs) < 400 || sites < 1000 {
		t.Errorf("only %d functions and %d stop sites", len(p.funcs), sites)
	}
}
