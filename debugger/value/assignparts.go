package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// This file stores values that are given by their parts: lists, tuples, structures. All parts are stored, or none.

// wholly stores parts. If one of them can't be, those before it are as they were.
func (ev *evaluator) wholly(place node, parts []*Variable, values []node) error {
	old := make([][]byte, len(parts))
	for i, p := range parts {
		b, err := p.bytes()
		if err != nil {
			return ev.wrapErr(values[i], err)
		}
		old[i] = append([]byte(nil), b...)
	}
	for i, p := range parts {
		if err := ev.store(place, p, values[i]); err != nil {
			for k := i; k >= 0; k-- {
				_ = parts[k].again().write(old[k]) // it could be written a moment ago
			}
			return err
		}
	}
	return nil
}

// storeList stores the parts of a tuple, the elements of an array, or those of a structure by their order.
func (ev *evaluator) storeList(place node, v *Variable, l listLit) error {
	sh := v.shape()
	parts := sh.fields
	switch {
	case sh.err != nil:
		return ev.wrapErr(place, sh.err)
	case l.braces && sh.elem == nil:
		parts = v.ownFields()
	case !l.tuple || l.braces:
		if sh.elem == nil || sh.key != nil || sh.count != int64(len(l.list)) {
			if sh.elem != nil && sh.key == nil {
				return ev.fail(l, "%s has %s, not %d", v.typ.short(), plural(int(sh.count), "element"), len(l.list))
			}
			return ev.fail(l, "%s has not %d elements", v.typ.short(), len(l.list))
		}
		parts = nil
		for i := range l.list {
			parts = append(parts, sh.elem(int64(i)))
		}
	}
	if len(parts) != len(l.list) {
		return ev.fail(l, "%s has %s, not %d", v.typ.short(), plural(len(parts), "part"), len(l.list))
	}
	v.sh = nil
	return ev.wholly(place, parts, l.list)
}

// ownFields are the fields of a structure as it is declared, without its bases.
func (v *Variable) ownFields() (list []*Variable) {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct && t.kind != typeUnion {
		return nil
	}
	m := t.load()
	for i := range m.fields {
		if f := &m.fields[i]; !f.base && !strings.HasPrefix(f.name, "_vptr") {
			list = append(list, v.as(t).field(f))
		}
	}
	return list
}

// storeStruct stores Point { x: 1, y: 2 }, or {.x = 1, .y = 2} of C, where all fields are to be named.
func (ev *evaluator) storeStruct(place node, v *Variable, n structLit) error {
	t := v.typ.strip()
	if t.kind != typeStruct && t.kind != typeUnion {
		return ev.fail(n, "%s is no structure", v.typ.short())
	}
	if _, last, _ := cutLast(n.path); n.path != "" && last != lastSegment(ShortTypeName(t.name)) && last != "Self" {
		if base, _ := cutArguments(lastSegment(ShortTypeName(t.name))); base != last {
			return ev.fail(n, "%s can't hold a value of type %s", v.typ.short(), n.path)
		}
	}
	parts, values, err := ev.named(v, v.ownFields(), n, t.kind == typeUnion)
	if err != nil {
		return err
	}
	v.sh = nil
	return ev.wholly(place, parts, values)
}

// named puts the fields that a literal names in the order of their declaration; without some, or else all must be there.
func (ev *evaluator) named(v *Variable, fields []*Variable, n structLit, some bool) (parts []*Variable, values []node, err error) {
	used := 0
	for _, f := range fields {
		found := false
		for i, name := range n.names {
			if name == f.Name || name == tupleName(f.Name) {
				parts, values = append(parts, f), append(values, n.list[i])
				found = true
				used++
			}
		}
		if !found && !some && !n.rest {
			return nil, nil, ev.fail(n, "the field %s is missing; .. at the end leaves it as it is", f.Name)
		}
	}
	if used != len(n.names) {
		for _, name := range n.names {
			if ok := v.member(name) != nil; !ok {
				return nil, nil, ev.fail(n, "%s has no field %s", v.typ.short(), name)
			}
		}
		return nil, nil, ev.fail(n, "a field is named twice, or is one of a base or of a structure without a name")
	}
	return parts, values, nil
}

// partsBytes are the bytes of a tuple or structure of type t that is given by its parts.
func (ev *evaluator) partsBytes(n node, t *Type, depth int) ([]byte, error) {
	size := t.byteSize()
	if size < 0 || size > maxKept || depth > 16 {
		return nil, ev.fail(n, "%s is too large", t.short())
	}
	v := ev.scope.make("", "", t, location{data: make([]byte, size)})
	var parts []*Variable
	var values []node
	var err error
	switch l := n.(type) {
	case listLit:
		if parts, values = v.ownFields(), l.list; !l.tuple || len(parts) != len(values) {
			return nil, ev.fail(l, "%s has %s, not %d", t.short(), plural(len(parts), "part"), len(values))
		}
	case structLit:
		if parts, values, err = ev.named(v, v.ownFields(), l, false); err != nil {
			return nil, err
		}
	default:
		a, err := ev.eval(n)
		if err != nil {
			return nil, err
		}
		if ev.fitCost(t, a) < 0 || a.made != nil {
			return nil, ev.fail(n, "%s can't hold %s", t.short(), a.typ.short())
		}
		return ev.bytesFor(n, t, a)
	}
	out := make([]byte, size)
	for i, p := range parts {
		b, err := ev.partsBytes(values[i], p.typ, depth+1)
		if err != nil {
			return nil, err
		}
		if at := p.loc.off; at >= 0 && at+int64(len(b)) <= size {
			copy(out[at:], b)
		}
	}
	return out, nil
}

// literalOf is what a cast of C has a literal of: (struct point){1, 2}.
func (ev *evaluator) literalOf(n node, v *Variable) (node, error) {
	c, ok := n.(castExpr)
	if !ok {
		return n, nil
	}
	switch c.x.(type) {
	case listLit, structLit:
	default:
		return n, nil
	}
	t, err := ev.typeNamed(c, c.t)
	if err != nil {
		return nil, err
	}
	if !sameType(t, v.typ) {
		return nil, ev.fail(c, "%s can't hold a value of type %s", v.typ.short(), t.short())
	}
	return c.x, nil
}

// pointerTo checks that a pointer of type t may lead to what one of type from leads to. A pointer to a derived class
// becomes one to the base in it: it moves by the offset.
func (ev *evaluator) pointerFits(n node, t *Type, val *Variable) (*Variable, error) {
	to, from := t.Elem().strip(), val.typ.strip().Elem().strip()
	void := func(t *Type) bool { return t == nil || t.kind == typeVoid }
	switch {
	case void(to) || void(from) && isCLike(t.lang):
		return val, nil
	case to == from || sameType(to, from):
		return val, nil
	case to.kind == typePointer && from.kind == typePointer && sameType(to.Elem(), from.Elem()):
		return val, nil
	case to.isScalar() && from.isScalar() && to.basic.class == from.basic.class && to.byteSize() == from.byteSize() && isCLike(t.lang):
		return val, nil // unsigned and not, long and int
	case to.kind == typeFunc && from.kind == typeFunc:
		return val, nil
	case from.hasBase(to, 0):
		return ev.castTo(n, val, t)
	}
	return nil, ev.fail(n, "%s can't hold %s; a cast may", t.short(), val.typ.short())
}

// room is how many bytes a String of Rust can hold without new memory, and where its length is; ok is false for other
// texts.
func (v *Variable) room() (capacity int64, length *Variable, ok bool) {
	t := v.typ.strip()
	if t == nil || t.lang != symbols.LangRust || t.short() != "String" {
		return 0, nil, false
	}
	length, buf := v.path("vec", "len"), v.path("vec", "buf")
	if length == nil || buf == nil {
		return 0, nil, false
	}
	held := buf.rawCapacity()
	if held == nil {
		return 0, nil, false
	}
	n, err := held.number()
	return int64(min(n, maxRead)), length, err == nil
}
