package symbols

import (
	"slices"
	"testing"

	"sphex/aot/abi"
	"sphex/dwarf/info"
)

// TestWiden has a function of [0, 100) as binaryen leaves some: the block a has lost what the call c in it still has,
// the call d has lost all, but not e in it, and of the call f nothing is left. b is as it should be, and holds a part
// of what a would hold.
func TestWiden(t *testing.T) {
	name := map[*block]string{}
	make1 := func(n string, inlined bool, ranges []Range, children ...*block) *block {
		b := &block{entry: info.Entry{}, inlined: inlined, ranges: ranges, children: children}
		name[b] = n
		return b
	}
	c := make1("c", true, []Range{{10, 20}, {60, 70}})
	a := make1("a", false, []Range{{10, 30}}, c)
	e := make1("e", true, []Range{{80, 85}})
	d := make1("d", true, nil, e)
	f := make1("f", true, nil)
	b := make1("b", false, []Range{{65, 75}})
	root := make1("root", false, []Range{{0, 100}}, a, b, d, f)
	budget := maxWidened
	root.widen(&budget)

	for pc, want := range map[abi.TextOffset]string{5: "root", 12: "root a c", 25: "root a", 62: "root a c", 67: "root b", 82: "root d e", 90: "root"} {
		path := "root"
		for b := root; ; {
			if b = b.child(pc, true); b == nil {
				break
			}
			path += " " + name[b]
		}
		if path != want {
			t.Errorf("%d is in %s, want %s", pc, path, want)
		}
	}
	if got := root.child(82, false); got != nil {
		t.Errorf("without inlined calls, 82 is in %s", name[got])
	}
	if !slices.Equal(a.ranges, []Range{{10, 30}, {60, 70}}) || !slices.Equal(d.ranges, []Range{{80, 85}}) || len(root.children) != 3 || root.own != nil {
		t.Errorf("a is at %v, d at %v; %d blocks", a.ranges, d.ranges, len(root.children))
	}

	budget = 1
	a.ranges, a.own = []Range{{10, 30}}, nil
	if a.widen(&budget); a.own != nil || budget != 1 {
		t.Errorf("without a budget, a grew to %v", a.ranges)
	}
}
