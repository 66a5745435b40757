package debuginfo

import (
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// namesakes finds the units whose entries have their names from entries of others, as there are after
// link-time optimisation.
type namesakes struct {
	later  *Later
	name   string
	places map[uint64]bool      // in .debug_str
	named  map[info.Offset]bool // the entries with that name
	found  []bool               // the units that have or may have some

	part string  // see Later.mayHave
	with *window // the places of strings that have it; nil if nobody asks
}

// mostRounds is how often a name may be passed on from unit to unit.
const mostRounds = 8

// follow adds the units to found; false if there are too many entries.
func (n *namesakes) follow() bool {
	b := n.later.begun
	var added []uint64
	for i, is := range n.found {
		if is {
			added = n.visit(b.units[i], added)
		}
	}
	for range mostRounds {
		if len(added) == 0 {
			return true
		}
		if len(n.named) > mostPlaces {
			return false
		}
		windows := map[info.Offset]*window{} // by where the unit's .debug_info starts
		var more []uint64
		for i, u := range b.units {
			if !n.later.search.units[i].across {
				continue
			}
			base := u.in.Info()
			if windows[base] == nil {
				windows[base] = newWindow(single(added), uint64(base), uint64(len(u.in.Sections().Info)))
			}
			if windows[base].in(u.in.Bytes()) {
				n.found[i] = true
				more = n.visit(u, more)
			}
		}
		added = more
	}
	return false
}

// visit finds the entries of a unit that have the name, and appends those that are new to added.
func (n *namesakes) visit(u *unit, added []uint64) []uint64 {
	base := uint64(u.strBase[u.in.Sections()])
	for range mostRounds { // entries may stand before those from which they have their name
		before := len(added)
		w := u.in.Walk()
		var e info.Entry
		for w.Next(&e) {
			if !n.named[e.Offset] && n.has(&e, base) {
				n.named[e.Offset] = true
				added = append(added, uint64(e.Offset))
			}
		}
		if len(added) == before {
			break
		}
	}
	return added
}

// has reports whether an entry has the name or refers to one that has it.
func (n *namesakes) has(e *info.Entry, base uint64) bool {
	for v := range e.Attrs() {
		switch v.Attr {
		case dwarf.AttrName, dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
			if at, ok := v.StrOffset(); ok {
				if n.places[base+at] {
					return true
				}
			} else if text, ok := v.Str(); ok && (text == n.name || strings.HasPrefix(text, n.name+"<")) {
				return true
			}
		case dwarf.AttrAbstractOrigin, dwarf.AttrSpecification:
			if to, ok := v.Ref(); ok && n.named[to] {
				return true
			}
		}
	}
	return false
}

// lists reports whether the index may list an entry of the unit under the name: one that has it, or refers
// to one that has it.
func (n *namesakes) lists(u *unit) bool {
	base := uint64(u.strBase[u.in.Sections()])
	w := u.in.Walk()
	var e info.Entry
	listed, inside := false, n.with == nil
	function := -1 // the depth of the one that is open, the outermost
	for w.Next(&e) {
		if e.Depth <= function {
			function = -1
		}
		tag := e.Tag()
		listed = listed || mayList(&e, tag, function >= 0) && n.means(&e, base)
		inside = inside || n.mayHold(&e, tag, base)
		if listed && inside {
			return true
		}
		if tag == dwarf.TagSubprogram && function < 0 {
			function = e.Depth
		}
	}
	return w.Err() != nil
}

// mayHold reports whether an entry may hold others, or has a linkage name, and the part is in its names.
func (n *namesakes) mayHold(e *info.Entry, tag dwarf.Tag, base uint64) bool {
	switch tag {
	case dwarf.TagFormalParameter, dwarf.TagMember, dwarf.TagTemplateTypeParameter, dwarf.TagTemplateValueParameter,
		dwarf.TagLexicalBlock, dwarf.TagInlinedSubroutine, dwarf.TagPointerType, dwarf.TagConstType, dwarf.TagReferenceType:
		return false
	}
	for v := range e.Attrs() {
		switch v.Attr {
		case dwarf.AttrName, dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
			if at, ok := v.StrOffset(); ok {
				if n.with.has(base + at) {
					return true
				}
			} else if text, ok := v.Str(); ok && strings.Contains(text, n.part) {
				return true
			}
		}
	}
	return false
}

// means reports whether an entry has the name or has it from another.
func (n *namesakes) means(e *info.Entry, base uint64) bool {
	if n.has(e, base) {
		return true
	}
	at := *e
	for range mostRounds {
		next, ok := at.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = at.Follow(dwarf.AttrSpecification); !ok {
				return false
			}
		}
		if at = next; n.has(&at, uint64(n.later.begun.strBase[at.Unit.Sections()])) {
			return true
		}
	}
	return true
}

// mayList tells which entries the index may list; see namePlan.prepare, which knows exactly. local says
// that the entry stands in a function.
func mayList(e *info.Entry, tag dwarf.Tag, local bool) bool {
	switch tag {
	case dwarf.TagFormalParameter, dwarf.TagTemplateValueParameter, dwarf.TagTemplateTypeParameter,
		dwarf.TagLexicalBlock, dwarf.TagCallSite, dwarf.TagCallSiteParameter, dwarf.TagInheritance,
		dwarf.TagImportedDeclaration, dwarf.TagImportedModule: // not DW_TAG_GNU_call_site: LLVM's verifier wants those
		return false
	case dwarf.TagSubprogram, dwarf.TagInlinedSubroutine, dwarf.TagLabel:
		return e.Has(dwarf.AttrLowPC) || e.Has(dwarf.AttrRanges) || e.Has(dwarf.AttrEntryPC)
	case dwarf.TagMember:
		return e.Has(dwarf.AttrConstValue) || e.Has(dwarf.AttrLocation)
	case dwarf.TagVariable:
		if !local {
			return true
		}
		v, ok := e.Attr(dwarf.AttrLocation)
		code, has := v.Expr()
		return ok && has && !frameOffset(code)
	}
	return true
}
