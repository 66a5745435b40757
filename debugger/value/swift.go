package value

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"sphex/aot/wasm"
)

// swiftShape knows the values of Swift that are more than their members; nil for any other.
func (v *Variable) swiftShape() *shape {
	t := v.typ
	if t.kind == typeReference && t.elem != nil && t.elem.class {
		if p, err := v.uint(); err != nil || p == 0 {
			return nil
		}
		return v.wrapper(v.deref(t.elem))
	}
	if t.kind != typeStruct {
		return nil
	}
	m := t.load()
	switch {
	case m.err != nil:
		return nil
	case len(m.variants) == 1 && len(m.fields) == 0:
		return v.swiftEnum(&m.variants[0])
	case swiftIsArray(t):
		return v.swiftArray()
	case t.name == "Swift::StaticString":
		return v.swiftStatic()
	case strings.HasPrefix(t.name, "("):
		return &shape{kind: KindTuple, style: styleTuple, fields: v.children()}
	}
	return nil
}

// children are the members of a structure.
func (v *Variable) children() (list []*Variable) {
	fields := v.typ.load().fields
	for i := range fields {
		list = append(list, v.field(&fields[i]))
	}
	return list
}

// swiftArray shows an Array: a reference to a header, count, twice the capacity, and the elements.
func (v *Variable) swiftArray() *shape {
	ts := v.typ.types
	et := ts.at(v.typ.load().args[0].ref)
	size := et.byteSize()
	at, err := v.as(ts.pointerTo(nil, v.typ.lang)).uint()
	if err != nil || size < 0 {
		return &shape{err: err}
	}
	word := ts.pointerSize()
	count, ok := v.scope.word(at + uint64(ts.swiftHeader()))
	if at == 0 || !ok {
		return corrupt("an array at %#x", at)
	}
	align := et.swiftAlign()
	first := alignTo(ts.swiftHeader()+2*word, align)
	stride := max(alignTo(size, align), 1)
	if _, memory := v.scope.Frame.Memory(); count > memory/uint64(stride) {
		return corrupt("length %d exceeds memory", count)
	}
	return &shape{kind: KindArray, style: styleList, count: int64(count), elem: func(i int64) *Variable {
		l := v.scope.pointee(wasm.MemAddr(at+uint64(first+i*stride)), size)
		eval := ""
		if v.EvalName != "" {
			eval = postfixable(v.EvalName) + "[" + itoa(i) + "]"
		}
		return v.scope.make("["+itoa(i)+"]", eval, et, l)
	}}
}

// swiftStatic shows a StaticString: where its bytes are and how many, or one character.
func (v *Variable) swiftStatic() *shape {
	data, count, flags := v.fieldNamed("_startPtrOrData"), v.fieldNamed("_utf8CodeUnitCount"), v.fieldNamed("_flags")
	if data == nil || count == nil || flags == nil {
		return nil
	}
	f, err := flags.uint()
	if err != nil {
		return &shape{err: err}
	}
	if f&1 != 0 { // a character
		return nil
	}
	at, n, err := addressAndCount(data, count)
	if err != nil {
		return &shape{err: err}
	}
	return v.utf8At(at, n)
}

// swiftEnum shows the case that an enum is in. Nothing tells which it is but the rules by which the compiler lays enums
// out; where they do not suffice, the value says so.
func (v *Variable) swiftEnum(p *variantPart) *shape {
	if len(p.variants) == 1 {
		return v.swiftCase(&p.variants[0], 0, false)
	}
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	e := v.typ.types.swiftCases(v.typ.size, p)
	switch {
	case len(e.full) == 0 || v.typ.size <= 0 || v.typ.size > 1<<16:
	case len(e.full) == 1:
		return v.swiftSingle(e, b)
	default:
		return v.swiftMulti(e, b)
	}
	return untold()
}

// untold is an enum that is laid out by a rule which is not known here.
func untold() *shape {
	return &shape{kind: KindEnum, err: unavailable("which case it is can't be told")}
}

// swiftCases are those of an enum.
type swiftCases struct {
	*variantPart
	full, empty []*variant // with payloads, and without
	payload     int64      // bytes that the payloads have in common
}

func (ts *Types) swiftCases(size int64, p *variantPart) swiftCases {
	e := swiftCases{variantPart: p}
	for i := range p.variants {
		c := &p.variants[i]
		if c.payload.ref == 0 {
			e.empty = append(e.empty, c)
			continue
		}
		e.full = append(e.full, c)
		if n := ts.at(c.payload.ref).byteSize(); n <= size {
			e.payload = max(e.payload, n)
		} else { // it is in an object of its own
			e.payload = max(e.payload, ts.pointerSize())
		}
	}
	return e
}

func low(b []byte, size int64) uint64 {
	return bigBits(b[:min(int64(len(b)), size, 8)], false).Uint64()
}

// swiftEmpty shows the nth case without payload.
func (v *Variable) swiftEmpty(e swiftCases, n uint64) *shape {
	if n >= uint64(len(e.empty)) {
		return corrupt("case %d of %d", n, len(e.empty))
	}
	return v.swiftCase(e.empty[n], 0, false)
}

// swiftSingle shows an enum of which one case has a payload. The others are values that the payload has not, or else there
// is a tag behind it.
func (v *Variable) swiftSingle(e swiftCases, b []byte) *shape {
	ts, size := v.typ.types, v.typ.size
	t := ts.at(e.full[0].payload.ref)
	if t.byteSize() > size || ts.swiftPlain(t) && size == ts.pointerSize() && t.byteSize() == size { // in an object
		if n := low(b, size); n < uint64(len(e.empty)) {
			return v.swiftEmpty(e, n)
		}
		return v.swiftCase(e.full[0], 0, true)
	}
	if size > e.payload {
		tag, n := low(b[e.payload:], 4), low(b, min(e.payload, 4))
		if tag == 0 {
			return v.swiftCase(e.full[0], 0, false)
		}
		if e.payload < 4 {
			n |= (tag - 1) << (8 * e.payload)
		}
		return v.swiftEmpty(e, n)
	}
	x := t.swiftUnused()
	if x.many < uint64(len(e.empty)) {
		return untold()
	}
	if n, ok := x.index(b); ok && n < uint64(len(e.empty)) {
		return v.swiftEmpty(e, n)
	}
	return v.swiftCase(e.full[0], 0, false)
}

// swiftMulti shows an enum of which several cases have payloads, in the order of the tags. The tag is behind the payloads,
// or in the most significant ones of the bits that none of them uses; what cases without payload share a tag are told
// apart by the other bits.
func (v *Variable) swiftMulti(e swiftCases, b []byte) *shape {
	ts, size := v.typ.types, v.typ.size
	boxed := func(c *variant) bool { return ts.at(c.payload.ref).byteSize() > size }
	if e.tag > 0 && e.tag < size && e.spare == 0 {
		tag, n := low(b[e.tag:], 4), low(b, min(e.tag, 4))
		if tag < uint64(len(e.full)) {
			return v.swiftCase(e.full[tag], 0, boxed(e.full[tag]))
		}
		if e.tag < 4 {
			n |= (tag - uint64(len(e.full))) << (8 * e.tag)
		}
		return v.swiftEmpty(e, n)
	}
	if e.spare == 0 || size > 8 || e.tag > 0 {
		return untold()
	}
	whole := ^uint64(0) >> (64 - 8*size)
	used := whole &^ e.spare
	tags := uint64(len(e.full))
	if each := uint64(1) << min(bits.OnesCount64(used), 32); len(e.empty) > 0 {
		tags += (uint64(len(e.empty)) + each - 1) / each
	}
	mask := e.spare & whole
	for bits.OnesCount64(mask) > bits.Len64(tags-1) {
		mask &= mask - 1 // without the lowest
	}
	n := low(b, size)
	tag := gather(n, mask)
	if tag >= uint64(len(e.full)) {
		return v.swiftEmpty(e, gather(n, used)|(tag-uint64(len(e.full)))<<min(bits.OnesCount64(used), 32))
	}
	c := e.full[tag]
	t := ts.at(c.payload.ref)
	if e.spare == 3 && size == ts.pointerSize() && !boxed(c) { // the spare bits of an address
		switch {
		case ts.swiftObject(t):
		case ts.swiftPlain(t):
			return v.swiftCase(c, mask, true) // which a number has not: it is in an object
		default:
			return untold()
		}
	}
	return v.swiftCase(c, mask, boxed(c))
}

// gather puts the bits of n that are in mask beside each other.
func gather(n, mask uint64) (g uint64) {
	for at := 0; mask != 0; at++ {
		bit := mask & -mask
		if n&bit != 0 {
			g |= 1 << at
		}
		mask &^= bit
	}
	return g
}

// swiftCase shows a case. Of a payload, the bits in mask are not its own; a boxed one is in an object.
func (v *Variable) swiftCase(c *variant, mask uint64, boxed bool) *shape {
	optional := strings.HasSuffix(v.typ.name, "?")
	if c.payload.ref == 0 {
		if optional {
			return wordShape("nil")
		}
		return wordShape("." + c.name)
	}
	ts := v.typ.types
	t := ts.at(c.payload.ref)
	l := v.loc.at(0, min(t.byteSize(), max(v.typ.size, 0)))
	switch {
	case boxed:
		p, err := v.as(ts.pointerTo(nil, v.typ.lang)).uint()
		if err != nil {
			return &shape{err: err}
		}
		l = v.scope.pointee(wasm.MemAddr(int64(p&^mask)+alignTo(ts.swiftHeader(), t.swiftAlign())), t.byteSize())
	case mask != 0:
		b, err := v.bytes()
		if err != nil {
			return &shape{err: err}
		}
		b = slices.Clone(b)
		for i := range min(len(b), 8) {
			b[i] &^= byte(mask >> (8 * i))
		}
		l = location{data: b[:min(int64(len(b)), t.byteSize())]}
	}
	eval := ""
	if v.EvalName != "" {
		eval = postfixable(v.EvalName) + "." + c.name
	}
	in := v.scope.make(c.name, eval, t, l)
	if optional {
		in.Name = v.Name
		return v.wrapper(in)
	}
	in.depth = v.depth + 1
	s := &shape{kind: KindEnum, style: styleTuple, head: "." + c.name, fields: []*Variable{in}}
	if tuple := t.strip(); tuple != nil && tuple.kind == typeStruct && strings.HasPrefix(tuple.name, "(") {
		s.fields = in.as(tuple).children()
		for i, f := range s.fields {
			f.Name, f.depth = strconv.Itoa(i), v.depth+1
		}
	}
	return s
}

// swiftUnused is where a type has values that it does not use: of size bytes at at, many from from on, or down from the
// largest.
type swiftUnused struct {
	at, size   int64
	from, many uint64
	down       bool
}

// index tells which of the unused values b is.
func (u swiftUnused) index(b []byte) (n uint64, ok bool) {
	if u.at+u.size > int64(len(b)) {
		return 0, false
	}
	n = low(b[u.at:], u.size)
	if u.down {
		n = ^uint64(0)>>(64-8*u.size) - n
	}
	return n - u.from, n >= u.from
}

// swiftUnused finds values of a type that are none, which stand for the cases without payload of an enum around it.
func (t *Type) swiftUnused() swiftUnused {
	budget := 1000
	return t.unusedWithin(&budget)
}

func (t *Type) unusedWithin(budget *int) (u swiftUnused) {
	t = t.strip()
	if *budget--; t == nil || *budget < 0 {
		return u
	}
	ts := t.types
	switch t.kind {
	case typeReference:
		return swiftUnused{size: ts.pointerSize(), many: 4096} // addresses in the first page
	case typePointer:
		return swiftUnused{size: ts.pointerSize(), many: 1}
	case typeBase:
		if t.basic.class == classBool {
			return swiftUnused{size: 1, from: 2, many: 254}
		}
	case typeEnum:
		if n := uint64(len(t.load().enums)); t.size == 1 && n < 256 {
			return swiftUnused{size: 1, from: n, many: 256 - n}
		}
	case typeStruct:
		m := t.load()
		switch {
		case swiftIsArray(t):
			return swiftUnused{size: ts.pointerSize(), many: 4096}
		case len(m.variants) == 1:
			return ts.swiftUnusedCases(t.size, &m.variants[0], budget)
		}
		for i := range m.fields { // the member with the most of them, the first of several
			x := ts.at(m.fields[i].ref).unusedWithin(budget)
			if x.many > u.many {
				u = x
				u.at += m.fields[i].offset
			}
		}
	}
	return u
}

// swiftUnusedCases finds what the cases of an enum leave.
func (ts *Types) swiftUnusedCases(size int64, p *variantPart, budget *int) swiftUnused {
	e := ts.swiftCases(size, p)
	switch {
	case len(e.full) == 1 && size == e.payload:
		t := ts.at(e.full[0].payload.ref)
		if x := t.unusedWithin(budget); t.byteSize() == size && x.many >= uint64(len(e.empty)) {
			x.from += uint64(len(e.empty))
			x.many -= uint64(len(e.empty))
			return x
		}
	case len(e.full) > 1 && e.tag > 0 && e.spare == 0 && e.tag == size-1:
		tags := uint64(len(e.full))
		if len(e.empty) > 0 {
			tags++
		}
		return swiftUnused{at: e.tag, size: 1, many: 256 - tags, down: true}
	}
	return swiftUnused{}
}

// swiftPlain reports whether a type has no values that it does not use, being a number.
func (ts *Types) swiftPlain(t *Type) bool {
	t = t.strip()
	return t != nil && t.kind == typeBase && t.basic.class != classBool
}

// swiftObject reports whether a value of a type is the address of an object.
func (ts *Types) swiftObject(t *Type) bool {
	for range 8 {
		if t = t.strip(); t == nil || t.kind == typeReference {
			return t != nil
		}
		if t.kind != typeStruct {
			return false
		}
		if swiftIsArray(t) {
			return true
		}
		m := t.load()
		if len(m.fields) != 1 || len(m.variants) > 0 {
			return false
		}
		t = ts.at(m.fields[0].ref)
	}
	return false
}
