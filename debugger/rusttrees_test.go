package debugger

import (
	"strconv"
	"strings"
	"testing"
)

// TestRustTrees looks at iterators over B-trees: of the squares of 0 to 19, which are in two leaves, and of small ones.
func TestRustTrees(t *testing.T) {
	squares := func(head string, from, to int, item func(key, value string) string) string {
		var items []string
		for i := from; i < to; i++ {
			items = append(items, item(strconv.Itoa(i), strconv.Itoa(i*i)))
		}
		return head + "([" + strings.Join(items, ", ") + "])"
	}
	pair := func(k, v string) string { return "(" + k + ", " + v + ")" }
	rows := []cppRow{
		{expr: "fresh", typ: "Iter<u32, u16>", want: squares("Iter", 0, 20, pair)},
		{expr: "later", want: squares("Iter", 14, 20, pair)},
		{expr: "back", want: squares("Iter", 0, 3, pair)},
		{expr: "keys", want: squares("Keys", 16, 20, func(k, _ string) string { return k })},
		{expr: "values", want: squares("Values", 16, 20, func(_, v string) string { return v })},
		{expr: "range", want: squares("Range", 5, 8, pair)},
		{expr: "members", want: "Iter([1, 2, 3])"},
		{expr: "nothing", want: "Iter([])"},
		{expr: "moved", want: "IntoIter([(2, 'b'), (3, 'c')])"},
		{expr: "later[2].1", want: "256"},
		{expr: "keys.len()", want: "4"},
	}
	for _, module := range []string{"163-debug", "163-release", "196-debug", "196-release"} {
		t.Run(module, func(t *testing.T) {
			s := silent(t, "rs_trees/rs_trees-"+module+".wasm")
			mustBreak(t, s, BreakpointSpec{Function: "stop"})
			mustStop(t, s.Continue)
			looksLike(t, s, 1, rows)
		})
	}
}
