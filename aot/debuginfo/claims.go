package debuginfo

import (
	"sort"

	"sphex/aot/wasm"
)

// A linker keeps one copy of a function that several objects define, and lets the debug
// information of all of them point at it. Where the copies were compiled differently, only that
// of the copy that was kept is right. It is told by its end: it must be that of the body.
//
// Tools that change a module's code and not its debug information leave addresses that mean
// nothing any more. Such claims neither start where a body starts nor end where one ends.

// claim is a piece of debug information (a sequence of a line table, a subprogram) that
// describes the code [lo, hi).
type claim struct {
	lo, hi uint64
	unit   int
	item   int // in the unit
}

// owner says which claim describes a body; exact whether it ends where a body ends.
type owner struct {
	unit, item int
	exact      bool
}

// nobody owns a body that nothing describes.
const nobody = -1

// chance is how many of the claims that a tool left behind fit a body all the same: bodies are
// short, so that a few percent of all offsets are where one starts or ends.
const chance = 1.0 / 10

// settle gives every body of the module to the first of the claims that fit it best. Where no
// more fit than would by chance, all are stale, and none is believed. misfits counts those that fit
// none, of code that is there.
func settle(m *wasm.Module, claims []claim) (owners []owner, misfits int, stale bool) {
	owners = make([]owner, len(m.Code))
	disown := func() {
		for i := range owners {
			owners[i].unit = nobody
		}
	}
	disown()
	for _, c := range claims {
		first := sort.Search(len(m.Code), func(i int) bool { return uint64(m.Code[i].End) > c.lo })
		if first == len(m.Code) || uint64(m.Code[first].Start) > c.lo {
			continue
		}
		last := sort.Search(len(m.Code), func(i int) bool { return uint64(m.Code[i].End) >= c.hi })
		exact := last < len(m.Code) && uint64(m.Code[last].End) == c.hi
		if !exact {
			if b := &m.Code[first]; c.lo != uint64(b.Start) && c.lo != uint64(b.Code) {
				misfits++
				continue
			}
			last = first
		}
		for i := first; i <= last; i++ {
			if o := &owners[i]; o.unit == nobody || exact && !o.exact {
				*o = owner{c.unit, c.item, exact}
			}
		}
	}
	if misfits > 0 && float64(len(claims)-misfits) <= chance*float64(len(claims)) {
		disown()
		return owners, misfits, true
	}
	return owners, misfits, false
}

// fillOwners gives the bodies that belong to nobody to their owners among others.
func fillOwners(owners, others []owner) {
	for i := range owners {
		if owners[i].unit == nobody {
			owners[i] = others[i]
		}
	}
}

// bodyAt returns the index of the body that holds the offset, -1 if none does.
func bodyAt(m *wasm.Module, off wasm.CodeOffset) int {
	i := sort.Search(len(m.Code), func(i int) bool { return m.Code[i].End > off })
	if i == len(m.Code) || m.Code[i].Start > off {
		return -1
	}
	return i
}
