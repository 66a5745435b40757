package value

import (
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

func (ev *evaluator) index(n indexExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	iv, err := ev.eval(n.i)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	u := x.unwrapped()
	sh := u.shape()
	if sh.key != nil {
		return ev.lookup(n, sh, iv)
	}
	s, err := iv.unwrapped().scalar()
	if err != nil || s.class == classFloat {
		return nil, ev.fail(n.i, "an index must be an integer")
	}
	i, ok := s.i.int64()
	if !ok {
		return nil, ev.fail(n.i, "index %v is out of range", s.i)
	}
	t := u.typ.strip()
	if sh.elem != nil {
		if i < 0 || i >= sh.count {
			// C has arrays whose length the type does not tell.
			if t != nil && t.kind == typeArray && t.count <= 0 && t.vla == 0 && i >= 0 && isCLike(t.lang) {
				size := t.Elem().byteSize()
				return ev.scope.make("", "", t.Elem(), u.loc.at(i*size, size)), nil
			}
			return nil, ev.fail(n.i, "index %d is out of range: the length is %d", i, sh.count)
		}
		return sh.elem(i), nil
	}
	if sh.str != nil {
		w := int64(sh.str.width)
		if i < 0 || i >= sh.str.n/w {
			return nil, ev.fail(n.i, "index %d is out of range: the length is %d", i, sh.str.n/w)
		}
		name := map[int64]string{1: "u8", 2: "u16", 4: "u32"}[w]
		if t != nil && isCLike(t.lang) {
			name = map[int64]string{1: "char", 2: "char16_t", 4: "wchar_t"}[w]
		}
		return ev.scope.make("", "", ev.scope.Types.basicNamed(name, ev.lang()), sh.str.loc.at(i*w, w)), nil
	}
	if t != nil && t.kind == typePointer {
		size := t.Elem().byteSize()
		if size <= 0 {
			return nil, ev.fail(n, "a pointer to %s can't be indexed", t.Elem().short())
		}
		p, err := u.uint()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if i > 1<<40 || i < -(1<<40) {
			return nil, ev.fail(n.i, "index %d is out of range", i)
		}
		at := uint64(uint32(int64(p) + i*size))
		return ev.scope.make("", "", t.Elem(), ev.scope.pointee(wasm.MemAddr(at), size)), nil
	}
	if sh.err != nil {
		return nil, ev.wrapErr(n, sh.err)
	}
	return nil, ev.fail(n, "%s can't be indexed", u.typ.short())
}

// lookup finds an element of a map by its key.
func (ev *evaluator) lookup(n indexExpr, sh *shape, key *Variable) (*Variable, error) {
	for i := int64(0); i < min(sh.count, maxTree); i++ {
		eq, err := ev.equal(n, sh.key(i), key)
		if err != nil {
			return nil, err
		}
		if eq {
			return sh.elem(i), nil
		}
	}
	return nil, ev.fail(n.i, "no such key")
}

// slice takes elements [lo, hi) of an array.
func (ev *evaluator) slice(n rangeExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	u := x.unwrapped()
	sh := u.shape()
	t := u.typ.strip()
	count := sh.count
	elem := sh.elem
	if sh.str != nil {
		return nil, ev.fail(n, "a part of a string can't be taken; index it")
	}
	if elem == nil && t != nil && t.kind == typePointer && t.Elem().byteSize() > 0 {
		p, err := u.uint()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		size := t.Elem().byteSize()
		count = 1 << 32
		elem = func(i int64) *Variable {
			return ev.scope.make("["+itoa(i)+"]", "", t.Elem(), ev.scope.pointee(wasm.MemAddr(uint32(int64(p)+i*size)), size))
		}
		if n.hi == nil {
			return nil, ev.fail(n, "a range of a pointer needs an end")
		}
	}
	if elem == nil {
		return nil, ev.fail(n, "%s can't be sliced", u.typ.short())
	}
	bound := func(b node, deflt int64) (int64, error) {
		if b == nil {
			return deflt, nil
		}
		v, err := ev.eval(b)
		if err != nil {
			return 0, err
		}
		i, ok := v.Int()
		if !ok {
			return 0, ev.fail(b, "an index must be an integer")
		}
		return i, nil
	}
	lo, err := bound(n.lo, 0)
	if err != nil {
		return nil, err
	}
	hi, err := bound(n.hi, count)
	if err != nil {
		return nil, err
	}
	if n.inclusive && n.hi != nil && hi < count {
		hi++
	}
	if lo < 0 || hi < lo || hi > count {
		return nil, ev.fail(n, "range %d..%d is out of range: the length is %d", lo, hi, count)
	}
	out := *u
	out.sh = nil
	st := styleList
	if t != nil && isCLike(t.lang) {
		st = styleCList
	}
	out.made = func() *shape {
		return &shape{kind: KindArray, style: st, count: hi - lo, elem: func(i int64) *Variable {
			e := elem(lo + i)
			e.Name = "[" + itoa(i) + "]"
			return e
		}}
	}
	return &out, nil
}

// call evaluates the few methods that need no code to run.
func (ev *evaluator) call(n callExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	u := x.unwrapped()
	sh := u.shape()
	boolean := func(b bool) *Variable {
		v, _ := ev.eval(boolLit{n.at, b})
		return v
	}
	switch n.name {
	case "len", "size", "length", "is_empty", "empty":
		var count int64
		switch {
		case sh.str != nil && !sh.str.cstr:
			count = sh.str.n / int64(sh.str.width)
		case sh.elem != nil:
			count = sh.count
		default:
			return nil, ev.fail(n, "%s has no length", u.typ.short())
		}
		if strings.HasSuffix(n.name, "empty") {
			return boolean(count == 0), nil
		}
		s := scalar{basicType: basicType{classInt, 32, false}, i: intOf(count)}
		return ev.basic(s, map[bool]string{true: "usize", false: "size_t"}[ev.lang() == symbols.LangRust]), nil
	case "is_some", "is_none", "is_ok", "is_err":
		want := map[string]string{"is_some": "Some", "is_none": "None", "is_ok": "Ok", "is_err": "Err"}[n.name]
		name, err := u.variantName()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		return boolean(name == want), nil
	case "unwrap":
		name, err := u.variantName()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if (name == "Some" || name == "Ok") && len(sh.fields) == 1 {
			return sh.fields[0], nil
		}
		return nil, ev.fail(n, "the value is %s", name)
	case "get", "as_ref", "as_str", "clone", "borrow", "deref", "as_slice", "c_str", "data":
		return u, nil
	}
	return nil, ev.fail(n, "functions of the program can't be called (%s)", n.name)
}

// variantName is the active variant of a Rust enum.
func (v *Variable) variantName() (string, error) {
	t := v.typ.strip()
	if t == nil || len(t.load().variants) == 0 {
		return "", unavailable("not an enum with variants")
	}
	a, err := v.as(t).activeVariant(&t.load().variants[0])
	if err != nil {
		return "", err
	}
	return a.name, nil
}
