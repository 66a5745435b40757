package debuginfo

import (
	"bytes"
	"encoding/binary"
	"fmt"
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

// nameKind says what must hold for an entry to be listed.
type nameKind uint8

const (
	notNamed nameKind = iota
	alwaysNamed
	codeNamed     // if it has an address
	variableNamed // if it has one place
	memberNamed   // if it has a value or a place
)

// namePlan is how to read the entries of one abbreviation.
type namePlan struct {
	tag      dwarf.Tag
	children bool
	kind     nameKind
	fixed    int // bytes of attributes, -1 if that is in the entry
	declares bool
	code     bool // has an address
	constant bool // has DW_AT_const_value
	attrs    []planAttr
}

type planAttr struct {
	attr dwarf.Attr
	form dwarf.Form
}

// nameIndex makes .debug_names, and .debug_str with the strings that it needs more.
// memory is the DWARF number of the register that holds the address of linear memory.
func nameIndex(infoSection, abbrev, str []byte, memory uint8) (names, newStr []byte) {
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
	inParallel(len(x.bodies), func() func(int) {
		cache := &namesCache{}
		return func(i int) {
			w := nameWalk{x: x, u: &x.bodies[i], cache: cache, seen: map[uint32]bool{}}
			w.walk()
			x.units[i].Names, x.bodies[i].templates = w.names, w.templates
		}
	})
	newStr = x.addStrings()
	return index.WriteNames(newStr, x.units), newStr
}

// addStrings appends to .debug_str what stands in entries themselves, and the names of
// templates without arguments: the latter once for each full name.
func (x *nameIndexer) addStrings() []byte {
	str := x.str[:len(x.str):len(x.str)]
	added := map[string]uint32{}
	add := func(s string) uint32 {
		off, ok := added[s]
		if !ok {
			off = uint32(len(str))
			added[s] = off
			str = append(append(str, s...), 0)
		}
		return off
	}
	for i := range x.bodies {
		for _, n := range x.bodies[i].inline {
			x.units[i].Names[n.at].Str = add(n.text)
		}
	}
	full := str
	listed := map[uint32]bool{}
	for i := range x.bodies {
		u := &x.units[i]
		for _, n := range x.bodies[i].templates {
			r := u.Names[n.at]
			if listed[r.Str] {
				continue
			}
			listed[r.Str] = true
			r.Str = add(string(full[r.Str:][:n.length]))
			u.Names = append(u.Names, r)
		}
	}
	return str
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

// table reads an abbreviation table.
func (x *nameIndexer) table(off uint32) []namePlan {
	if t, ok := x.tables[off]; ok {
		return t
	}
	var plans []namePlan
	c := dwarf.CursorAt(".debug_abbrev", x.abbrev, uint64(off))
	for {
		code := c.ULEB()
		if code == 0 || c.Err() != nil {
			break
		}
		if code != uint64(len(plans)+1) {
			panic(fmt.Sprintf("debuginfo: names: abbreviation %d follows %d", code, len(plans)))
		}
		p := namePlan{tag: dwarf.Tag(c.ULEB()), children: c.U8() != 0}
		for {
			a := planAttr{dwarf.Attr(c.ULEB()), dwarf.Form(c.ULEB())}
			if a == (planAttr{}) || c.Err() != nil {
				break
			}
			if a.form == dwarf.FormImplicitConst {
				c.SLEB()
			}
			p.attrs = append(p.attrs, a)
		}
		p.prepare()
		plans = append(plans, p)
	}
	x.tables[off] = plans
	return plans
}

// prepare finds out what the abbreviation alone says.
func (p *namePlan) prepare() {
	for _, a := range p.attrs {
		size := formSize(a.form)
		if size < 0 {
			p.fixed = -1
		} else if p.fixed >= 0 {
			p.fixed += size
		}
		switch a.attr {
		case dwarf.AttrDeclaration:
			p.declares = true
		case dwarf.AttrLowPC, dwarf.AttrRanges, dwarf.AttrEntryPC:
			p.code = true
		case dwarf.AttrConstValue:
			p.constant = true
		}
	}
	switch p.tag {
	case dwarf.TagCompileUnit, dwarf.TagPartialUnit, dwarf.TagTypeUnit, dwarf.TagModule, dwarf.TagFormalParameter,
		dwarf.TagTemplateValueParameter, dwarf.TagTemplateTypeParameter, dwarf.TagGNUTemplateParameterPack,
		dwarf.TagGNUTemplateTemplateParam, dwarf.TagImportedDeclaration, dwarf.TagImportedModule, dwarf.TagLexicalBlock,
		dwarf.TagCallSite, dwarf.TagCallSiteParameter, dwarf.TagInheritance:
	case dwarf.TagMember:
		p.kind = memberNamed
	case dwarf.TagVariable:
		p.kind = variableNamed
	case dwarf.TagSubprogram, dwarf.TagInlinedSubroutine, dwarf.TagLabel:
		if p.code {
			p.kind = codeNamed
		}
	default:
		p.kind = alwaysNamed
		if p.tag == dwarf.TagNamespace {
			break
		}
		named := false
		for _, a := range p.attrs {
			switch a.attr {
			case dwarf.AttrName, dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName, dwarf.AttrAbstractOrigin, dwarf.AttrSpecification:
				named = true
			}
		}
		if !named {
			p.kind = notNamed
		}
	}
	if p.declares && !(p.constant && (p.kind == memberNamed || p.kind == variableNamed)) {
		p.kind = notNamed
	}
}

// formSize is the size of a form that has always the same, else -1.
func formSize(f dwarf.Form) int {
	switch f {
	case dwarf.FormFlagPresent, dwarf.FormImplicitConst:
		return 0
	case dwarf.FormData1, dwarf.FormRef1, dwarf.FormFlag, dwarf.FormStrx1, dwarf.FormAddrx1:
		return 1
	case dwarf.FormData2, dwarf.FormRef2, dwarf.FormStrx2, dwarf.FormAddrx2:
		return 2
	case dwarf.FormStrx3, dwarf.FormAddrx3:
		return 3
	case dwarf.FormData4, dwarf.FormRef4, dwarf.FormRefAddr, dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormSecOffset,
		dwarf.FormStrx4, dwarf.FormAddrx4:
		return 4
	case dwarf.FormAddr, dwarf.FormData8, dwarf.FormRef8, dwarf.FormRefSig8:
		return 8
	case dwarf.FormData16:
		return 16
	}
	return -1
}

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
		code, n := binary.Uvarint(section[pos:])
		pos += n
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
	if p.tag == dwarf.TagInlinedSubroutine || p.tag == dwarf.TagLabel {
		r.Parent = index.ParentUnknown // nobody asks, and it takes room
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
		w.u.inline = append(w.u.inline, inlineName{len(w.names), "(anonymous namespace)"})
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
		pos = skipForm(w.x.info, p.attrs[i].form, pos)
	}
	return pos
}

// read reads the attributes at pos that matter and returns the place behind all of them.
func (w *nameWalk) read(p *namePlan, pos int, e *rawEntry) int {
	e.name, e.linkage = noString, noString
	b := w.x.info
	for i := range p.attrs {
		a := &p.attrs[i]
		switch a.attr {
		case dwarf.AttrName:
			e.name, e.inline = w.text(a.form, pos)
		case dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
			if off, _ := w.text(a.form, pos); e.linkage == noString {
				e.linkage = off
			}
		case dwarf.AttrAbstractOrigin:
			e.origin = w.ref(a.form, pos)
		case dwarf.AttrSpecification:
			e.specification = w.ref(a.form, pos)
		case dwarf.AttrLocation:
			e.located = true
			if a.form == dwarf.FormExprloc {
				if size, n := binary.Uvarint(b[pos:]); size > 0 {
					e.place = b[pos+n]
				}
			}
		}
		if n := formSize(a.form); n >= 0 {
			pos += n
		} else {
			pos = skipForm(b, a.form, pos)
		}
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
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// skipForm returns the place behind a value of the output, where only forms occur that the
// writer makes.
func skipForm(b []byte, f dwarf.Form, pos int) int {
	switch f {
	case dwarf.FormUdata, dwarf.FormRefUdata, dwarf.FormAddrx, dwarf.FormStrx, dwarf.FormLoclistx, dwarf.FormRnglistx, dwarf.FormSdata:
		for b[pos] >= 0x80 {
			pos++
		}
		return pos + 1
	case dwarf.FormString:
		return pos + bytes.IndexByte(b[pos:], 0) + 1
	case dwarf.FormExprloc, dwarf.FormBlock:
		size, n := binary.Uvarint(b[pos:])
		return pos + n + int(size)
	case dwarf.FormBlock1:
		return pos + 1 + int(b[pos])
	case dwarf.FormBlock2:
		return pos + 2 + int(binary.LittleEndian.Uint16(b[pos:]))
	case dwarf.FormBlock4:
		return pos + 4 + int(binary.LittleEndian.Uint32(b[pos:]))
	}
	if n := formSize(f); n >= 0 {
		return pos + n
	}
	panic(fmt.Sprintf("debuginfo: names: the writer made form %v", f))
}
