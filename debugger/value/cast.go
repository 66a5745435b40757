package value

import (
	"sphex/debugger/symbols"
)

// typeNamed resolves a type as written in a cast.
func (ev *evaluator) typeNamed(n node, r typeRef) (*Type, error) {
	lang := ev.lang()
	t := ev.scope.Types.basicNamed(r.name, lang)
	if t == nil && r.name != "void" {
		if t = ev.scope.Types.Lookup(r.name); t == nil {
			return nil, ev.fail(n, "no type %s", r.name)
		}
	}
	for range r.stars {
		t = ev.scope.Types.pointerTo(t, lang)
	}
	if t == nil {
		return nil, ev.fail(n, "void has no values")
	}
	return t, nil
}

func (ev *evaluator) cast(n castExpr) (*Variable, error) {
	t, err := ev.typeNamed(n, n.t)
	if err != nil {
		return nil, err
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	x = x.unwrapped()
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	st := t.strip()
	if st == nil {
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	if xt := x.typ.strip(); xt != nil && xt.kind == typeArray && (st.kind == typePointer) {
		if a, ok := x.Addr(); ok { // an array decays to its address
			s := scalar{basicType: basicType{classInt, 32, false}, i: uintOf(uint64(a))}
			return ev.scope.make("", "", t, location{data: s.bytes()}), nil
		}
	}
	s, err := x.scalar()
	if err != nil {
		return nil, ev.wrapErr(n, err)
	}
	st.load()
	bt := st.basic
	switch st.kind {
	case typeBase:
	case typeEnum:
		bt = basicType{classInt, int(8 * st.byteSize()), bt.signed}
	case typePointer:
		bt = basicType{classInt, int(8 * st.byteSize()), false}
	default:
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	if bt.class == classNone || bt.bits == 0 {
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	return ev.scope.make("", "", t, location{data: s.convert(bt).bytes()}), nil
}

func (ev *evaluator) sizeof(n sizeofExpr) (*Variable, error) {
	var t *Type
	if n.x == nil {
		var err error
		if t, err = ev.typeNamed(n, n.t); err != nil {
			return nil, err
		}
	} else {
		x, err := ev.eval(n.x)
		if err != nil {
			return nil, err
		}
		t = x.typ
	}
	s := scalar{basicType: basicType{classInt, 32, false}, i: intOf(ev.scope.sizeOf(t))}
	return ev.basic(s, map[bool]string{true: "usize", false: "size_t"}[ev.lang() == symbols.LangRust]), nil
}
