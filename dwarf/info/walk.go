package info

import (
	"slices"

	"sphex/dwarf"
)

// Walker visits entries in their order in the section, parents before children. It must
// not be copied while in use.
type Walker struct {
	u       *Unit
	pos     int // of the next entry in u.bytes
	depth   int // of the next entry
	started bool
	err     error
	last    int // where the entry starts that Next stored last, for SkipChildren; -1 if there is none
}

// Walk starts at the unit's root.
func (u *Unit) Walk() *Walker {
	if err := u.load(); err != nil {
		return &Walker{u: u, err: err}
	}
	return &Walker{u: u, pos: int(u.First - u.shift), last: -1}
}

// Walk starts at the entry itself and ends behind its last descendant.
func (e *Entry) Walk() *Walker {
	return &Walker{u: e.Unit, pos: int(e.Offset - e.Unit.shift), last: -1}
}

// Next moves to the next entry and stores it in e; false at the end and on an error.
func (w *Walker) Next(e *Entry) bool { return w.next(e, nil) }

// NextHead is Next, but does not look at the attributes: Behind tells where they end, before it is
// called again (or SkipChildren is called). It is for a unit that was walked over before, to its end and without an error.
func (w *Walker) NextHead(e *Entry) bool {
	u := w.u
	for w.err == nil {
		if w.started && w.depth <= 0 || w.pos >= len(u.bytes) {
			return false
		}
		code, at, _ := uleb(u.bytes, w.pos)
		if code == 0 {
			if !w.started {
				return false
			}
			w.pos = at
			w.depth--
			continue
		}
		e.Offset = Offset(w.pos) + u.shift
		if e.Unit != u {
			e.Unit = u
		}
		e.abbrev, e.attrs, e.end = u.abbrevs.lookup(code), at, at
		w.last, w.started, e.Depth = w.pos, true, w.depth
		if e.abbrev.children {
			w.depth++
		}
		return true
	}
	return false
}

// Behind tells where the attributes end of the entry that NextHead stored last: at c, which has copied it.
func (w *Walker) Behind(c *Copier) { w.pos = c.end }

// End is where the walk has ended.
func (w *Walker) End() Offset { return Offset(w.pos) + w.u.shift }

// Rest returns where the unit goes on behind its root entry, when the walk began at that and has
// ended; ok is false if no more than padding follows, as it should.
func (w *Walker) Rest() (at Offset, ok bool) {
	if w.err != nil || !w.started || w.depth > 0 {
		return 0, false
	}
	for i := w.pos; i < len(w.u.bytes); i++ {
		if w.u.bytes[i] != 0 {
			return Offset(i) + w.u.shift, true
		}
	}
	return 0, false
}

// NextRefs is Next, and sets refs to the entries of which the entry has references, but that to
// its sibling and those by signature. What lies outside of the sections is left out.
func (w *Walker) NextRefs(e *Entry, refs *[]Offset) bool {
	*refs = (*refs)[:0]
	return w.next(e, refs)
}

func (w *Walker) next(e *Entry, refs *[]Offset) bool {
	for w.err == nil {
		if w.started && w.depth <= 0 || w.pos >= len(w.u.bytes) {
			return false
		}
		w.last = w.pos
		if w.pos, w.err = w.u.readEntry(w.pos, e, refs); w.err != nil {
			return false
		}
		if e.abbrev == nil {
			if !w.started {
				return false
			}
			w.depth--
			continue
		}
		w.started = true
		e.Depth = w.depth
		if e.abbrev.children {
			w.depth++
		}
		return true
	}
	return false
}

// SkipChildren makes Next go on behind the descendants of the entry that it stored last.
func (w *Walker) SkipChildren() {
	if w.err != nil || w.last < 0 {
		return
	}
	var e Entry
	_, err := w.u.readEntry(w.last, &e, nil)
	if err == nil && w.pos == w.last { // of NextHead
		w.pos = e.end
	}
	if err != nil || e.abbrev == nil || !e.abbrev.children {
		return
	}
	target := w.depth - 1
	for {
		if e.abbrev != nil && e.abbrev.sibling && e.abbrev.children {
			if pos, ok := e.siblingPos(); ok {
				w.pos = pos
				w.depth--
			}
		}
		if w.depth <= target || w.pos >= len(w.u.bytes) {
			break
		}
		if w.pos, w.err = w.u.readEntry(w.pos, &e, nil); w.err != nil {
			return
		}
		if e.abbrev == nil {
			w.depth--
		} else if e.abbrev.children {
			w.depth++
		}
	}
	w.last = -1
}

// siblingPos is where DW_AT_sibling leads: never backwards, so that no walk is endless.
func (e *Entry) siblingPos() (int, bool) {
	v, ok := e.Attr(dwarf.AttrSibling)
	if !ok {
		return 0, false
	}
	off, ok := v.Ref()
	if !ok || !e.Unit.Contains(off) {
		return 0, false
	}
	pos := int(off - e.Unit.shift)
	return pos, pos > e.end
}

// Err is the error that ended the walk.
func (w *Walker) Err() error { return w.err }

// parentTable holds, for every entry of a unit, its parent; both relative to the unit.
type parentTable struct {
	offs    []uint32
	parents []uint32
}

func (u *Unit) parentOf(off Offset) (Offset, bool) {
	u.parentsOnce.Do(u.readParents)
	i, ok := slices.BinarySearch(u.parents.offs, uint32(off-u.Offset))
	if !ok || off-u.Offset > 0xffff_ffff || u.parents.parents[i] == 0 {
		return 0, false
	}
	return u.Offset + Offset(u.parents.parents[i]), true
}

func (u *Unit) readParents() {
	if u.End-u.Offset > 0xffff_ffff {
		return
	}
	var stack []uint32 // of the open entries, by depth
	w := u.Walk()
	var e Entry
	for w.Next(&e) {
		stack = stack[:min(len(stack), e.Depth)]
		var parent uint32
		if e.Depth > 0 {
			parent = stack[e.Depth-1]
		}
		off := uint32(e.Offset - u.Offset)
		u.parents.offs = append(u.parents.offs, off)
		u.parents.parents = append(u.parents.parents, parent)
		if e.HasChildren() {
			stack = append(stack, off)
		}
	}
}
