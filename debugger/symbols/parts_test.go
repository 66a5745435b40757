package symbols

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPartFinder compares with a search for each part, over few letters, so that parts begin often.
func TestPartFinder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab_\xe2"[r.IntN(4)]
		}
		return string(b)
	}
	found := 0
	for range 20000 {
		var parts []string
		for range 1 + r.IntN(4) {
			parts = append(parts, word(1+r.IntN(7)))
		}
		name := word(r.IntN(30))
		want := false
		for _, p := range parts {
			want = want || strings.Contains(name, p)
		}
		if want {
			found++
		}
		if got := newPartFinder(parts).in(name); got != want {
			t.Fatalf("%q in %q: %v, want %v", parts, name, got, want)
		}
	}
	if found < 5000 || found > 15000 {
		t.Errorf("%d of 20000 had a part: the test says little", found)
	}
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		parts []string
		name  string
		want  bool
	}{
		{nil, "name", false},
		{[]string{long}, "y" + long, true},
		{[]string{long}, long[1:], false},
		{[]string{"abort", "panic"}, "", false},
		{[]string{"abort", "panic"}, "std::abort", true},
		{[]string{"abort", "panic"}, "core::panicking", true},
		{[]string{"abort", "panic"}, "panibort", false},
	} {
		if got := newPartFinder(c.parts).in(c.name); got != c.want {
			t.Errorf("%.20q in %.20q: %v", c.parts, c.name, got)
		}
	}
}
