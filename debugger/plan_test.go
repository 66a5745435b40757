package debugger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
)

// parseStatements reads a function's statements from rows of text: an address, then the
// logical frames outermost first as name:line, with ! behind those that begin there.
func parseStatements(t *testing.T, rows string) []statement {
	t.Helper()
	var list []statement
	for _, row := range strings.Split(strings.TrimSpace(rows), "\n") {
		f := strings.Fields(row)
		var s statement
		if _, err := fmt.Sscanf(f[0], "%d", &s.text); err != nil {
			t.Fatal(err)
		}
		for _, w := range f[1:] {
			w, starts := strings.CutSuffix(w, "!")
			name, line, _ := strings.Cut(w, ":")
			l := level{key: frameKey{name: name}, file: "f", starts: starts}
			if _, err := fmt.Sscanf(line, "%d", &l.line); err != nil {
				t.Fatal(err)
			}
			s.levels = append(s.levels, l)
		}
		list = append(list, s)
	}
	return list
}

// The functions below are written as LLVM lays them out: f calls g (inlined as g1, g2), and g
// calls h (inlined).
const planCode = `
10 f:1
20 f:2
30 f:3
35 f:3
40 f:4 g1:20!
50 f:4 g1:21
60 f:4 g1:22 h:30!
70 f:4 g1:22 h:31
80 f:4 g1:23
90 f:4
100 f:5 g2:20! k:40!
110 f:5 g2:20 k:41
120 f:5 g2:21
130 f:6
`

func TestPlanStatements(t *testing.T) {
	code := parseStatements(t, planCode)
	for _, test := range []struct {
		kind stepKind
		from string // chain with the line of its innermost frame
		want string // address/frames shown
	}{
		// In f itself. Line 4 is the call of g1, seen from f; so is line 5, which starts two calls at once.
		{stepOver, "f:1", "20/1 30/1 35/1 40/1 90/1 100/1 130/1"},
		{stepOver, "f:3", "10/1 20/1 40/1 90/1 100/1 130/1"},
		{stepIn, "f:3", "10/1 20/1 40/1 50/2 60/2 70/3 80/2 90/1 100/1 110/3 120/2 130/1"},
		{stepOut, "f:3", ""},
		// On line 4 with g1 hidden: next passes over it.
		{stepOver, "f:4", "10/1 20/1 30/1 35/1 100/1 130/1"},
		// Into: the first of g1's statements that is reached, also in the middle.
		{stepIn, "f:4", "10/1 20/1 30/1 35/1 40/2 50/2 60/2 70/3 80/2 100/1 110/3 120/2 130/1"},
		// In g1. Line 22 starts h: over stays in g1.
		{stepOver, "f g1:20", "10/1 20/1 30/1 35/1 50/2 60/2 80/2 90/1 100/1 130/1"},
		{stepOver, "f g1:22", "10/1 20/1 30/1 35/1 40/2 50/2 80/2 90/1 100/1 130/1"},
		{stepIn, "f g1:22", "10/1 20/1 30/1 35/1 40/2 50/2 60/3 70/3 80/2 90/1 100/1 110/3 120/2 130/1"},
		{stepOut, "f g1:21", "10/1 20/1 30/1 35/1 90/1 100/1 110/3 120/2 130/1"},
		// In h: over reaches g1 behind it, out only what is outside of h.
		{stepOver, "f g1 h:30", "10/1 20/1 30/1 35/1 40/2 50/2 70/3 80/2 90/1 100/1 130/1"},
		{stepOut, "f g1 h:30", "10/1 20/1 30/1 35/1 40/2 50/2 80/2 90/1 100/1 110/3 120/2 130/1"},
		// On line 5 in f: into shows one frame more, g2 at its call of k.
		{stepIn, "f:5", "10/1 20/1 30/1 35/1 40/1 50/2 60/2 70/3 80/2 90/1 100/2 110/3 120/2 130/1"},
		{stepOver, "f g2:20", "10/1 20/1 30/1 35/1 40/1 90/1 120/2 130/1"},
		// At 100 again in a loop: it may be a new call of k or a loop in k; line 40 has not been left.
		{stepIn, "f g2 k:40", "10/1 20/1 30/1 35/1 40/1 50/2 60/2 70/3 80/2 90/1 110/3 120/2 130/1"},
	} {
		from := origin{file: "f"}
		for _, w := range strings.Fields(test.from) {
			name, line, _ := strings.Cut(w, ":")
			from.chain = append(from.chain, frameKey{name: name})
			if line != "" {
				if _, err := fmt.Sscanf(line, "%d", &from.line); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got []string
		for _, s := range planStatements(test.kind, from, code) {
			got = append(got, fmt.Sprintf("%d/%d", s.text, s.shown))
		}
		if g := strings.Join(got, " "); g != test.want {
			t.Errorf("%v from %s:\n got %s\nwant %s", test.kind, test.from, g, test.want)
		}
	}
}

func TestShownAfterReturn(t *testing.T) {
	code := parseStatements(t, planCode)
	chain := func(names ...string) (c []frameKey) {
		for _, n := range names {
			c = append(c, frameKey{name: n})
		}
		return c
	}
	for _, test := range []struct {
		text  abi.TextOffset
		chain []frameKey
		want  int
	}{
		{30, chain("f"), 1},
		{40, chain("f"), 1},        // a call returned to line 4: g1 begins there and is not shown
		{50, chain("f", "g1"), 2},  // back in g1
		{70, chain("f", "g1"), 3},  // in the middle of h
		{100, chain("f", "g1"), 1}, // g1 is over, g2 not yet entered
	} {
		if got := shownAfterReturn(test.chain, statementAt(code, test.text).levels); got != test.want {
			t.Errorf("at %d after a return to %v: %d frames, want %d", test.text, test.chain, got, test.want)
		}
	}
	if statementAt(code, 45) != nil {
		t.Error("a statement at an address between two")
	}
}

func TestHitCondition(t *testing.T) {
	for _, test := range []struct {
		text string
		want []int // of hits 1…6
	}{
		{"", []int{1, 2, 3, 4, 5, 6}},
		{"5", []int{5}},
		{"== 2", []int{2}},
		{"=3", []int{3}},
		{">= 4", []int{4, 5, 6}},
		{">5", []int{6}},
		{"<3", []int{1, 2}},
		{"<= 3", []int{1, 2, 3}},
		{"!= 3", []int{1, 2, 4, 5, 6}},
		{"% 2", []int{2, 4, 6}},
	} {
		h, err := parseHitCondition(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		var got []int
		for i := 1; i <= 6; i++ {
			if h.holds(i) {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q holds for hits %v, want %v", test.text, got, test.want)
		}
	}
	for _, bad := range []string{"x", "== ", "% 0", "-1", "3 4", ">= x"} {
		if _, err := parseHitCondition(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestLogMessage(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"plain", `"plain"`},
		{"x={x}, y={ p.y }", `"x=" x ", y=" p.y`},
		{"{{x}} {x}", `"{x} " x`},
		{"{m[1]}", `m[1]`},
	} {
		parts, err := parseLogMessage(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		var got []string
		for _, p := range parts {
			if p.expr != nil {
				got = append(got, p.text)
			} else {
				got = append(got, fmt.Sprintf("%q", p.text))
			}
		}
		if g := strings.Join(got, " "); g != test.want {
			t.Errorf("%q: %s, want %s", test.text, g, test.want)
		}
	}
	for _, bad := range []string{"{x", "a {} b", "{ }", "{1 +}"} {
		if _, err := parseLogMessage(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
