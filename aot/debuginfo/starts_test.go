package debuginfo

import (
	"math/rand/v2"
	"sort"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

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

// TestMovesUpTo holds the guesses against a search: in moves that are spread evenly, in crowds and gaps,
// and in many that stand at one place.
func TestMovesUpTo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, gap := range []func(i int) int{
		func(int) int { return 3 },
		func(int) int { return r.IntN(9) },
		func(i int) int { return r.IntN(3) * (i % 97 / 90) * 1000 },
		func(i int) int { return i },
		func(int) int { return 0 },
	} {
		for _, n := range []int{0, 1, 7, 17, 18, 200, 3000} {
			moves := make([]codemap.StackMove, n)
			at := abi.TextOffset(100)
			for i := range moves {
				at += abi.TextOffset(gap(i))
				moves[i].Text = at
			}
			for range 300 {
				off := abi.TextOffset(r.IntN(int(at)+50-60) + 60)
				want := sort.Search(n, func(i int) bool { return moves[i].Text > off })
				if got := movesUpTo(moves, off); got != want {
					t.Fatalf("%d moves up to %d: %d are up to %d, not %d", n, at, want, off, got)
				}
				if n > 0 {
					off = moves[r.IntN(n)].Text
					want = sort.Search(n, func(i int) bool { return moves[i].Text > off })
					if got := movesUpTo(moves, off); got != want {
						t.Fatalf("%d moves up to %d: %d are up to %d, where some stand, not %d", n, at, want, off, got)
					}
				}
			}
		}
	}
}
