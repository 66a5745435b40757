package value

import (
	"fmt"
	"strings"
	"testing"

	"sphex/debugger/symbols"
)

// Types that contain themselves, and masses of members, are cut.
func TestDescribeHostile(t *testing.T) {
	ts := &Types{byOff: map[uint64]*Type{}}
	add := func(off uint64, x *Type) *Type {
		x.types, x.off, x.lang, x.count = ts, off, symbols.LangC, -1
		x.once.Do(func() {})
		ts.byOff[off] = x
		return x
	}
	number := add(1, &Type{kind: typeBase, name: "int", size: 4})
	many := add(2, &Type{kind: typeStruct, name: "many", size: 40000})
	for i := range 10_000 {
		many.members.fields = append(many.members.fields, field{name: fmt.Sprint("f", i), ref: number.off, offset: int64(4 * i)})
	}
	// A structure without a name, whose 400 members are itself.
	self := add(3, &Type{kind: typeStruct, size: 4})
	for range 400 {
		self.members.fields = append(self.members.fields, field{name: "x", ref: 3})
	}
	loop := add(4, &Type{kind: typeTypedef, name: "loop", ref: 4})
	pointer := add(5, &Type{kind: typePointer, size: 4, ref: 5})
	base := add(6, &Type{kind: typeStruct, name: "base", size: 1})
	base.members.fields = []field{{base: true, ref: 6}, {base: true, ref: 6}}
	for _, x := range []*Type{many, self, loop, pointer, base} {
		for _, offsets := range []bool{false, true} {
			d := &description{offsets: offsets}
			d.whole(x)
			if n := len(d.lines); n == 0 || n > maxDescribedLines+100 {
				t.Errorf("%d lines of type %d", n, x.off)
			}
			if x == many && !strings.Contains(d.lines[len(d.lines)-2], "… 9500 more members") {
				t.Errorf("the members end with %q", d.lines[len(d.lines)-2])
			}
		}
	}
}
