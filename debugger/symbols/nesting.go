package symbols

import (
	"slices"

	"sphex/aot/abi"
)

// A block should hold what is in it. Binaryen loses parts of some when it moves code, or all, but not of what they
// hold: an inlined call then stands where the block around it is not.

// maxWidened bounds by how many ranges the blocks of one function grow.
const maxWidened = 1 << 16

// widen makes the blocks in b, and b, as large as what they hold, and drops those without code. budget is the
// number of ranges that may be added.
func (b *block) widen(budget *int) {
	for _, c := range b.children {
		c.widen(budget)
	}
	b.children = slices.DeleteFunc(b.children, func(c *block) bool { return len(c.ranges) == 0 })
	var missing []Range
	for _, c := range b.children {
		for _, r := range c.ranges {
			if !covers(b.ranges, r) {
				missing = append(missing, r)
			}
		}
	}
	if len(missing) == 0 || len(b.ranges)+len(missing) > *budget {
		return
	}
	*budget -= len(b.ranges) + len(missing)
	all := append(slices.Clone(b.ranges), missing...)
	slices.SortFunc(all, func(x, y Range) int { return int(x.Lo) - int(y.Lo) })
	joined := all[:1]
	for _, r := range all[1:] {
		if last := &joined[len(joined)-1]; r.Lo <= last.Hi {
			last.Hi = max(last.Hi, r.Hi)
		} else {
			joined = append(joined, r)
		}
	}
	b.own, b.ranges = b.ranges, joined
}

// covers reports whether one of the ranges, which ascend, holds all of r.
func covers(rs []Range, r Range) bool {
	for _, o := range rs {
		if o.Lo <= r.Lo && r.Hi <= o.Hi {
			return true
		}
	}
	return false
}

// child returns the block in b that holds pc, nil if none does: one that does so by its own ranges comes before
// one that does so only by what is in it. Inlined calls, which are frames of their own, count if inlined is set.
func (b *block) child(pc abi.TextOffset, inlined bool) *block {
	var wide *block
	for _, c := range b.children {
		switch {
		case c.inlined && !inlined, !contains(c.ranges, pc):
		case c.own == nil || contains(c.own, pc):
			return c
		case wide == nil:
			wide = c
		}
	}
	return wide
}
