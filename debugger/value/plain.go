package value

import "sphex/debugger/symbols"

// Plain returns v as the plain structure that it is: no library's type is rendered in a manner of
// its own, neither in v nor in what is inside of it, and references are addresses.
func (v *Variable) Plain() *Variable {
	if v.scope == nil || v.made != nil {
		return v
	}
	s := *v.scope
	s.plain = true
	p := *v
	p.scope, p.sh, p.depth = &s, nil, 0
	return &p
}

// Raw returns the plain structure of a value that is shown in a form of its own, by a library's type or by a
// person's own rendering; nil for any other.
func (v *Variable) Raw() *Variable {
	for range maxWrapped {
		if v.scope == nil || v.made == nil && v.typ.isNumber() {
			return nil
		}
		s := v.shape()
		if s.rendered {
			r := v.Plain()
			r.Name = "[raw]"
			return r
		}
		if s.style != styleInner || s.inner == nil {
			return nil
		}
		v = s.inner
	}
	return nil
}

// plainShape classifies a value by its type's structure alone.
func (v *Variable) plainShape() *shape {
	t := v.typ
	switch {
	case t.lang != symbols.LangRust:
		return v.cShape()
	case t.kind == typePointer || t.kind == typeReference:
		if s := t.Elem().strip(); s != nil && s.kind == typeFunc {
			return v.funcPointer()
		}
		return v.pointerShape(styleFields)
	case t.kind == typeStruct:
		return v.rustPlain()
	}
	return v.rustShape()
}
