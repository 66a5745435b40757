package debuginfo

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"

	"sphex/dwarf"
	"sphex/dwarf/index"
)

// The index of names (DWARF 5, 6.1.1.1) lists what a debugger's user may name: functions with
// code, inlined copies and labels too; types; namespaces; variables with one place for the
// whole run. To what the standard demands we add what our own debugger asks for: enumerators,
// static members that have a value, and namespace-level variables that were optimised out, so
// that it can say so. Functions that are instances of templates are listed once more, by the
// name without the template's arguments.
//
// It is made from the finished sections, so that it says what they say.

// nameIndexer makes the index of the sections of an object.
type nameIndexer struct {
	info, abbrev, str []byte
	units             []index.UnitNames
	bodies            []indexedUnit
	memory            byte // the operation that bases an address on the memory's register
	tables            map[uint32][]namePlan
	plans             []namePlan // room for one table
	attrs             []planAttr // room for those of one table
	// across, if set, tells the names of the entry for which a number stands in a reference across units.
	across func(n uint32) entryNames
}

// indexedUnit is where a unit's entries are.
type indexedUnit struct {
	start, first, end uint32
	plans             []namePlan
	inline            []inlineName // names that are in no string section yet
	templates         []templateEntry
}

// inlineName is the text of a name for which Names[at].Str is still to be set.
type inlineName struct {
	at   int
	text string
}

// nameIndex makes .debug_names, and .debug_str with the strings that it needs more.
// memory is the DWARF number of the register that holds the address of linear memory.
func nameIndex(infoSection, abbrev, str []byte, memory uint8, workers *crew) (names, newStr []byte) {
	x := &nameIndexer{info: infoSection, abbrev: abbrev, str: str, tables: map[uint32][]namePlan{}, memory: byte(dwarf.OpBreg0) + memory}
	le := binary.LittleEndian
	for at := uint32(0); int(at) < len(infoSection); {
		u := indexedUnit{start: at, end: at + 4 + le.Uint32(infoSection[at:]), first: at + 12}
		typ := dwarf.UnitType(infoSection[at+6])
		if typ == dwarf.UnitTypes {
			u.first += 12
		}
		u.plans = x.table(le.Uint32(infoSection[at+8:]))
		x.bodies = append(x.bodies, u)
		x.units = append(x.units, index.UnitNames{Offset: uint64(at), Type: typ == dwarf.UnitTypes})
		at = u.end
	}
	workers.each(len(x.bodies), func() func(int) {
		cache := &namesCache{}
		seen := map[uint32]bool{}
		var room []index.Name
		return func(i int) {
			clear(seen)
			w := nameWalk{x: x, u: &x.bodies[i], cache: cache, seen: seen, names: room[:0]}
			w.walk()
			x.units[i].Names, x.bodies[i].templates = slices.Clone(w.names), w.templates
			room = w.names
		}
	})
	newStr = x.addStrings()
	x.orphan()
	return index.WriteNames(newStr, x.units, workers.size), newStr
}

// orphan takes the parents from the entries of a small index. LLDB spares itself the reading of a unit's
// entries by them; of these there are few, while the parents were a tenth of the index.
func (x *nameIndexer) orphan() {
	count := 0
	for i := range x.units {
		count += len(x.units[i].Names)
	}
	if count > 1<<13 {
		return
	}
	for i := range x.units {
		names := x.units[i].Names
		for k := range names {
			if names[k].Parent >= 0 {
				names[k].Parent = index.ParentUnknown
			}
		}
	}
}

// smallStrings is up to which size .debug_str is looked through for what is to be added: also the end of a
// string is one.
const smallStrings = 1 << 15

// addStrings makes .debug_str with what stands in entries themselves, and the names of
// templates without arguments: the latter once for each full name.
func (x *nameIndexer) addStrings() []byte {
	var more []byte
	added := map[string]uint32{}
	add := func(s string) uint32 {
		off, ok := added[s]
		if !ok && len(x.str) <= smallStrings {
			if i := bytes.Index(x.str, append([]byte(s), 0)); i >= 0 {
				off, ok = uint32(i), true
				added[s] = off
			}
		}
		if !ok {
			off = uint32(len(x.str) + len(more))
			added[s] = off
			more = append(append(more, s...), 0)
		}
		return off
	}
	for i := range x.bodies {
		for _, n := range x.bodies[i].inline {
			x.units[i].Names[n.at].Str = add(n.text)
		}
	}
	listed := map[uint32]bool{}
	for i := range x.bodies {
		u := &x.units[i]
		for _, n := range x.bodies[i].templates {
			r := u.Names[n.at]
			if listed[r.Str] {
				continue
			}
			listed[r.Str] = true
			r.Str = add(string(x.str[r.Str:][:n.length]))
			u.Names = append(u.Names, r)
		}
	}
	return append(x.str, more...)
}

// templateName returns the length of the name without the template arguments at its end, 0 if
// there are none. Angle brackets of operators are no such.
func templateName(name []byte) int {
	n := len(name)
	if n == 0 || name[n-1] != '>' || name[0] == '_' && bytes.HasPrefix(name, []byte("_Z")) || bytes.HasSuffix(name, []byte("<=>")) {
		return 0
	}
	left, right := bytes.Count(name, []byte{'<'}), bytes.Count(name, []byte{'>'})
	skip := bytes.Count(name, []byte("<=>")) + max(0, left-right)
	if left <= skip {
		return 0
	}
	for i, c := range name {
		if c == '<' {
			if skip == 0 {
				return i
			}
			skip--
		}
	}
	return 0
}

// anonymousNamespace is the name of namespaces without one.
const anonymousNamespace = "(anonymous namespace)"

// noString is an absent name.
const noString = ^uint32(0)

// entryNames are the offsets of an entry's names in .debug_str, or noString.
type entryNames struct {
	name, linkage uint32
	inline        string // the name, if it stands in the entry itself
}

// rawEntry is what is read of an entry.
type rawEntry struct {
	entryNames
	origin, specification uint32 // offsets in .debug_info, 0 if absent
	place                 byte   // the first operation of DW_AT_location
	located               bool
}

// acrossUnits is added to the number of a reference across units, for nameIndexer.across.
const acrossUnits = 1 << 31

// nameWalk collects the names of one unit.
type nameWalk struct {
	x     *nameIndexer
	u     *indexedUnit
	names []index.Name
	cache *namesCache

	seen      map[uint32]bool // names of functions, by their place in .debug_str
	templates []templateEntry
}

// namesCache remembers the names of entries that others refer to, most of which are referred to
// again soon.
type namesCache [1 << 12]struct {
	at    uint32 // offset in .debug_info, 0 if the place is free
	names entryNames
}

// templateEntry is a name with template arguments: the one at the place in Names, and its length
// without them.
type templateEntry struct{ at, length int }

// open is an entry whose children are being read.
type openEntry struct {
	name  int32 // its first name, index.ParentUnit or index.ParentUnknown
	local bool  // it is in a function or is one
}

func (w *nameWalk) walk() {
	section := w.x.info
	pos := int(w.u.first)
	end := int(w.u.end)
	stack := make([]openEntry, 0, 32)
	top := openEntry{name: index.ParentUnknown}
	for pos < end {
		at := pos
		code := uint64(section[pos])
		if pos++; code >= 0x80 {
			var n int
			code, n = binary.Uvarint(section[at:])
			pos = at + n
		}
		if code == 0 {
			if len(stack) == 0 {
				break
			}
			top, stack = stack[len(stack)-1], stack[:len(stack)-1]
			continue
		}
		p := &w.u.plans[code-1]
		self := openEntry{name: index.ParentUnknown, local: top.local || p.tag == dwarf.TagSubprogram}
		switch {
		case at == int(w.u.first):
			self.name = index.ParentUnit
			pos = w.skip(p, pos)
		case p.kind == notNamed:
			pos = w.skip(p, pos)
		default:
			var e rawEntry
			pos = w.read(p, pos, &e)
			if w.wanted(p, &e, top.local) {
				self.name = w.add(p, uint32(at), &e, top)
			}
		}
		if p.children {
			stack = append(stack, top)
			top = self
		}
	}
}

// wanted reports whether an entry is to be listed.
func (w *nameWalk) wanted(p *namePlan, e *rawEntry, local bool) bool {
	switch p.kind {
	case memberNamed:
		return !local && (e.located || p.constant)
	case variableNamed:
		if local {
			return e.located && e.place == w.x.memory
		}
		return true
	}
	return true
}

// add lists the names of an entry and returns the place of the first.
func (w *nameWalk) add(p *namePlan, at uint32, e *rawEntry, parent openEntry) int32 {
	names := w.resolve(e, 0)
	first := int32(len(w.names))
	r := index.Name{DIE: at - w.u.start, Tag: p.tag, Parent: parent.name}
	switch p.tag { // of these nobody asks for it, and it takes room
	case dwarf.TagInlinedSubroutine, dwarf.TagLabel, dwarf.TagGNUCallSite:
		r.Parent = index.ParentUnknown
	case dwarf.TagEnumerator, dwarf.TagMember, dwarf.TagVariable, dwarf.TagSubprogram:
		if r.Parent >= 0 {
			r.Parent = index.ParentUnknown
		}
	}
	switch {
	case names.inline != "":
		w.u.inline = append(w.u.inline, inlineName{len(w.names), names.inline})
		w.names = append(w.names, r)
	case names.name != noString:
		r.Str = names.name
		if p.kind == codeNamed && !w.seen[r.Str] {
			w.seen[r.Str] = true
			text, _ := dwarf.String(w.x.str, uint64(r.Str))
			if n := templateName(text); n > 0 {
				w.templates = append(w.templates, templateEntry{len(w.names), n})
			}
		}
		w.names = append(w.names, r)
	case p.tag == dwarf.TagNamespace:
		w.u.inline = append(w.u.inline, inlineName{len(w.names), anonymousNamespace})
		w.names = append(w.names, r)
	}
	if names.linkage != noString && names.linkage != names.name {
		r.Str = names.linkage
		w.names = append(w.names, r)
	}
	if len(w.names) == int(first) {
		return index.ParentUnknown
	}
	return first
}

// resolve completes an entry's names by those of what it completes.
func (w *nameWalk) resolve(e *rawEntry, depth int) entryNames {
	names := e.entryNames
	for _, ref := range []uint32{e.origin, e.specification} {
		if ref == 0 || depth > 8 || names.linkage != noString && (names.name != noString || names.inline != "") {
			continue
		}
		known := &w.cache[ref*2654435769>>20]
		from := known.names
		if known.at != ref {
			from = w.follow(ref, depth+1)
			known.at, known.names = ref, from
		}
		if names.name == noString && names.inline == "" {
			names.name, names.inline = from.name, from.inline
		}
		if names.linkage == noString {
			names.linkage = from.linkage
		}
	}
	return names
}

// follow reads the names of the entry at an offset of .debug_info.
func (w *nameWalk) follow(at uint32, depth int) entryNames {
	none := entryNames{name: noString, linkage: noString}
	if at >= acrossUnits && w.x.across != nil {
		return w.x.across(at - acrossUnits)
	}
	u := w.u
	if at < u.start || at >= u.end {
		i := sort.Search(len(w.x.bodies), func(i int) bool { return w.x.bodies[i].end > at })
		if i == len(w.x.bodies) {
			return none
		}
		u = &w.x.bodies[i]
	}
	if at < u.first {
		return none
	}
	code, n := binary.Uvarint(w.x.info[at:])
	if code == 0 || code > uint64(len(u.plans)) {
		return none
	}
	var e rawEntry
	other := *w
	other.u = u
	other.read(&u.plans[code-1], int(at)+n, &e)
	return other.resolve(&e, depth)
}

// skip returns the place behind the attributes at pos.
func (w *nameWalk) skip(p *namePlan, pos int) int {
	if p.fixed >= 0 {
		return pos + p.fixed
	}
	for i := range p.attrs {
		pos = p.attrs[i].behind(w.x.info, pos+int(p.attrs[i].skip))
	}
	return pos
}

// behind returns the place behind the attribute's value at pos.
func (a *planAttr) behind(b []byte, pos int) int {
	if a.size >= 0 {
		return pos + int(a.size)
	}
	return skipForm(b, a.form, pos)
}

// read reads the attributes at pos that matter and returns the place behind all of them.
func (w *nameWalk) read(p *namePlan, pos int, e *rawEntry) int {
	e.name, e.linkage = noString, noString
	b := w.x.info
	for i := range p.attrs {
		a := &p.attrs[i]
		pos += int(a.skip)
		switch a.role {
		case nameRead:
			e.name, e.inline = w.text(a.form, pos)
		case linkageRead:
			if off, _ := w.text(a.form, pos); e.linkage == noString {
				e.linkage = off
			}
		case originRead:
			e.origin = w.ref(a.form, pos)
		case specificationRead:
			e.specification = w.ref(a.form, pos)
		case placeRead:
			e.located = true
			if a.form == dwarf.FormExprloc {
				if size, n := binary.Uvarint(b[pos:]); size > 0 {
					e.place = b[pos+n]
				}
			}
		case rest:
			continue
		}
		pos = a.behind(b, pos)
	}
	return pos
}

// text reads a string: its place in .debug_str, or the text itself.
func (w *nameWalk) text(f dwarf.Form, pos int) (uint32, string) {
	b := w.x.info[pos:]
	switch f {
	case dwarf.FormStrp:
		if off := binary.LittleEndian.Uint32(b); int(off) < len(w.x.str) {
			return off, ""
		}
	case dwarf.FormString:
		if n := bytes.IndexByte(b, 0); n > 0 {
			return noString, string(b[:n])
		}
	}
	return noString, ""
}

func (w *nameWalk) ref(f dwarf.Form, pos int) uint32 {
	b := w.x.info[pos:]
	switch f {
	case dwarf.FormRef1:
		return w.u.start + uint32(b[0])
	case dwarf.FormRef2:
		return w.u.start + uint32(binary.LittleEndian.Uint16(b))
	case dwarf.FormRef4:
		return w.u.start + binary.LittleEndian.Uint32(b)
	case dwarf.FormRefUdata:
		v, _ := binary.Uvarint(b)
		return w.u.start + uint32(v)
	case dwarf.FormRefAddr:
		if w.x.across != nil {
			return acrossUnits + binary.LittleEndian.Uint32(b)
		}
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
