package debuginfo

import (
	"cmp"
	"math/bits"
	"slices"
	"sync/atomic"

	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/list"
)

// offsetSet is a set of entries. It is safe for concurrent additions.
type offsetSet []uint64

func newOffsetSet(size info.Offset) offsetSet { return make(offsetSet, size/64+1) }

func (s offsetSet) add(off info.Offset) {
	if w := int(off / 64); w < len(s) {
		if bit := uint64(1) << (off % 64); atomic.LoadUint64(&s[w])&bit == 0 {
			atomic.OrUint64(&s[w], bit)
		}
	}
}

func (s offsetSet) has(off info.Offset) bool {
	w := int(off / 64)
	return w < len(s) && s[w]>>(off%64)&1 != 0
}

// any says whether an entry of [lo, hi) is in the set.
func (s offsetSet) any(lo, hi info.Offset) bool {
	for off := lo; off < hi; {
		w := int(off / 64)
		if w >= len(s) {
			return false
		}
		if rest := s[w] >> (off % 64); rest != 0 {
			return off+info.Offset(bits.TrailingZeros64(rest)) < hi
		}
		off = info.Offset(w+1) * 64
	}
	return false
}

// extent is the entries in [lo, hi).
type extent struct{ lo, hi info.Offset }

// subprogram is an entry with live code, and all its descendants.
type subprogram struct {
	extent
	low, high uint64
}

// unitFacts is what the first walk over a unit finds.
type unitFacts struct {
	live []subprogram
	dead []extent    // subprograms whose code the linker removed, with all their descendants
	end  info.Offset // of its entries
	err  error       // that ended the walk
}

// scan walks over a unit: it finds its live and its dead subprograms, and adds every entry that
// another refers to (except from within the same dead subprogram) to referenced.
func (t *translation) scan(u *info.Unit) unitFacts {
	var f unitFacts
	referenced := t.referenced
	const none = -1
	depth := none            // of the subprogram that is open, the outermost one
	dead := false            // that subprogram is
	var inside []info.Offset // what it refers to, if it is dead
	end := func(at info.Offset) {
		depth = none
		if !dead {
			f.live[len(f.live)-1].hi = at
			return
		}
		d := &f.dead[len(f.dead)-1]
		d.hi = at
		for _, off := range inside {
			if off < d.lo || off >= d.hi {
				referenced.add(off)
			}
		}
		inside, dead = inside[:0], false
	}
	w := u.Walk()
	var e info.Entry
	var refs []info.Offset
	var ranges []list.Range
	for w.NextRefs(&e, &refs) {
		if depth != none && e.Depth <= depth {
			end(e.Offset)
		}
		if depth == none && e.Tag() == dwarf.TagSubprogram {
			low, high, has := t.liveCode(&e, &ranges)
			if high > low {
				depth = e.Depth
				f.live = append(f.live, subprogram{extent{lo: e.Offset}, low, high})
			} else if has {
				depth, dead = e.Depth, true
				f.dead = append(f.dead, extent{lo: e.Offset})
			}
		}
		if dead {
			inside = append(inside, refs...)
			continue
		}
		for _, off := range refs {
			referenced.add(off)
		}
		if e.Tag() == dwarf.TagBaseType { // expressions refer to these
			referenced.add(e.Offset)
		}
	}
	if depth != none {
		end(u.End)
	}
	if u.Type == dwarf.UnitTypes || u.Type == dwarf.UnitSplitTypes {
		referenced.add(u.TypeEntry)
	}
	f.end, f.err = w.End(), w.Err()
	return f
}

// complete adds what dead subprograms refer to in themselves when they are kept, since others refer to
// something in them: a call to a function of which the linker has removed the code, or a local type.
func (t *translation) complete(units []*unit) {
	kept := make([][]extent, len(units))
	for i, u := range units {
		for _, d := range u.facts.dead {
			if t.referenced.any(d.lo, d.hi) {
				kept[i] = append(kept[i], d)
			}
		}
	}
	inParallel(len(units), func() func(int) {
		var e info.Entry
		var refs []info.Offset
		return func(i int) {
			for _, d := range kept[i] {
				root, err := units[i].in.Entry(d.lo)
				if err != nil {
					continue // scan has read it
				}
				for w := root.Walk(); w.NextRefs(&e, &refs); {
					for _, off := range refs {
						t.referenced.add(off)
					}
				}
			}
		}
	})
}

// liveCode returns the first live range of an entry with addresses, has whether it has any
// addresses at all, dead ones included. room is for ranges.
func (t *translation) liveCode(e *info.Entry, room *[]list.Range) (low, high uint64, has bool) {
	if !e.Has(dwarf.AttrLowPC) && !e.Has(dwarf.AttrRanges) {
		return 0, 0, false
	}
	if t.exhausted() {
		return 0, 0, true
	}
	_, _, ranges, err := e.AppendRanges((*room)[:0])
	*room = ranges
	if err != nil || !t.spend(len(ranges)) {
		return 0, 0, true
	}
	for _, r := range ranges {
		if !r.Dead && r.High > r.Low && t.places.at(r.Low) != nil {
			return r.Low, r.High, true
		}
	}
	return 0, 0, true
}

// settleEntries makes those subprograms dead whose code another one describes as well or better,
// and those which describe code that is not there.
func (u *unit) settleEntries() {
	before := len(u.facts.dead)
	for i, s := range u.facts.live {
		f := u.places.at(s.low)
		if f.entry.unit == u.number && f.entry.item == i {
			u.native = u.places.ranges(u.native, s.low, s.high)
			continue
		}
		if u.ofText {
			u.facts.dead = append(u.facts.dead, s.extent)
			continue
		}
		why := "the linker kept another unit's copy of the function"
		if f.entry.unit == nobody {
			why = staleCode
			u.report.Stale++
		}
		section, at := u.in.SectionOffset(s.lo)
		u.report.lost("subprogram", why, section, at)
		u.facts.dead = append(u.facts.dead, s.extent)
	}
	if len(u.facts.dead) > before {
		slices.SortFunc(u.facts.dead, func(a, b extent) int { return cmp.Compare(a.lo, b.lo) })
	}
}

// nativeCode returns the native code of the ranges of an entry, most of which are in fn. The
// result is good until the unit ends.
func (u *unit) nativeCode(ranges []list.Range, fn *function) []textRange {
	u.spend(len(ranges))
	if cap(u.kept)-len(u.kept) < 16 {
		u.kept = make([]textRange, 0, 1024)
	}
	code := u.kept[len(u.kept):]
	for _, r := range ranges {
		if r.Dead || u.exhausted() {
			continue
		}
		before := len(code)
		if fn != nil && r.Low >= uint64(fn.Body) && r.Low < uint64(fn.BodyEnd) && r.High > r.Low {
			code = u.rangesIn(fn, code, r.Low, r.High)
		} else {
			code = u.places.ranges(code, r.Low, r.High)
		}
		u.spend(len(code) - before)
	}
	code = joinRanges(code)
	if len(u.kept)+len(code) <= cap(u.kept) && len(code) > 0 && &code[0] == &u.kept[:len(u.kept)+1][len(u.kept)] {
		u.kept = u.kept[:len(u.kept)+len(code)] // it fitted
		code = code[:len(code):len(code)]
	}
	return code
}

// rangesIn is function.ranges with a memory.
func (u *unit) rangesIn(f *function, dst []textRange, lo, hi uint64) []textRange {
	if lo <= uint64(f.Body) && hi >= uint64(f.BodyEnd) {
		return appendRange(dst, f.Text, f.TextEnd)
	}
	from, to := f.Text, f.mainEnd
	if lo > uint64(f.Body) {
		from = u.starts.start(f, lo)
	}
	if hi < uint64(f.BodyEnd) {
		to = u.starts.start(f, hi)
	}
	return f.coldRanges(appendRange(dst, from, to), lo, hi)
}

// listBytes is the size of the input's lists: an entry takes four bytes and more.
func (in *Input) listBytes() (n int64) {
	for _, s := range in.all() {
		n += int64(len(s.Loc) + len(s.Loclists) + len(s.Ranges) + len(s.Rnglists))
	}
	return n
}

// spend takes n from the number of list entries that the translation reads and writes. Lists that
// many entries share could make the output, and the time for it, the square of the input. It reports
// whether there is any left.
func (t *translation) spend(n int) bool {
	return t.budget.Add(-int64(n)) >= 0
}

func (t *translation) exhausted() bool { return t.budget.Load() < 0 }
