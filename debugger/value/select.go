package value

func (ev *evaluator) index(n indexExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if t := x.typ.strip(); x.loc.null && t != nil && t.kind == typeArray { // offsetof(struct table, rows[2])
		o, err := ev.operand(n.i)
		i, ok := o.i.int64()
		if e := t.Elem(); err == nil && ok && o.class == classInt && i >= 0 && i < maxRead && e != nil {
			return ev.scope.make("", "", e, x.loc.at(i*e.byteSize(), e.byteSize())), nil
		}
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	u := x.unwrapped()
	sh := u.shape()
	if sh.key != nil {
		return ev.lookup(n, sh)
	}
	switch literal := deborrowed(n.i).(type) {
	case listLit, structLit:
		if sh.elem == nil && sh.str == nil {
			if v, ok, err := ev.element(n, u, nil, literal); ok {
				return v, err
			}
		}
	}
	iv, err := ev.eval(n.i)
	if err != nil {
		return nil, err
	}
	if sh.label != nil {
		if e := sh.labelled(iv); e != nil {
			return e, nil
		}
	}
	if isCLike(ev.lang()) && sh.elem == nil && sh.str == nil { // C: 2[array]
		if _, err := u.scalar(); err == nil && u.typ.strip().kind != typePointer {
			x, iv = iv, x
			u = x.unwrapped()
			sh = u.shape()
		}
	}
	if sh.elem == nil && sh.str == nil && sh.err == nil {
		if v, ok, err := ev.element(n, u, iv, nil); ok {
			return v, err
		}
	}
	s, err := iv.unwrapped().scalar()
	if err != nil || s.class == classFloat {
		if u.isObject() && sh.elem == nil && sh.str == nil && operatorName("[]", ev.lang()) != "" {
			by := iv.typ.short()
			if iv.made != nil && iv.shape().str != nil {
				by = "&str"
			}
			return nil, ev.fail(n, "%s can't be indexed by %s: the program has no code for it, or none that can be called", u.typ.short(), by)
		}
		return nil, ev.fail(n.i, "an index must be an integer")
	}
	i, ok := s.i.int64()
	if !ok {
		return nil, ev.failValue(n.i, "index %v is out of range", s.i)
	}
	t := u.typ.strip()
	if sh.elem != nil {
		if i < 0 || i >= sh.count {
			// C has arrays whose length the type does not tell.
			if t != nil && t.kind == typeArray && t.count <= 0 && t.vla == 0 && i >= 0 && isCLike(t.lang) {
				size := t.Elem().byteSize()
				return ev.scope.make("", "", t.Elem(), u.loc.at(i*size, size)), nil
			}
			return nil, ev.failValue(n.i, "index %d is out of range: the length is %d", i, sh.count)
		}
		return sh.elem(i), nil
	}
	if sh.str != nil && (t == nil || t.kind != typePointer) {
		w := int64(sh.str.width)
		if i < 0 || i >= sh.str.n/w {
			return nil, ev.failValue(n.i, "index %d is out of range: the length is %d", i, sh.str.n/w)
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
			return nil, ev.failValue(n.i, "index %d is out of range", i)
		}
		at := ev.scope.Types.address(int64(p) + i*size)
		return ev.scope.make("", "", t.Elem(), ev.scope.pointee(at, size)), nil
	}
	if sh.err != nil {
		return nil, ev.wrapErr(n, sh.err)
	}
	if lost := u.lostPart(); lost != nil {
		return nil, ev.wrapErr(n, lost)
	}
	return nil, ev.fail(n, "%s can't be indexed", u.typ.short())
}

// lookup finds an element of a map by its key.
func (ev *evaluator) lookup(n indexExpr, sh *shape) (*Variable, error) {
	v, found, err := ev.find(n, sh, n.i)
	if err == nil && !found {
		return nil, ev.fail(n.i, "no such key")
	}
	return v, err
}

// maxLookup is how many elements of a map are looked through for a key.
const maxLookup = 10_000_000

// find finds the value of a key in a map, or an element of a set.
func (ev *evaluator) find(n node, sh *shape, key node) (v *Variable, found bool, err error) {
	key = deborrowed(key)
	ev.grant(min(sh.count, maxLookup))
	var k *Variable
	if _, constructed := patternOf(key); !constructed {
		o, err := ev.compute(key)
		if err == nil {
			k = ev.variable(o)
		} else if _, isName := key.(nameRef); !isName {
			return nil, false, err
		}
	}
	number := scalar{}
	if k != nil {
		if s, err := k.unwrapped().scalar(); err == nil {
			number = s
		}
	}
	if number.class != classNone && sh.key == nil && sh.elem != nil && sh.flat.isNumber() && sh.flat.byteSize() > 0 {
		i, err := ev.findNumber(n, sh, number)
		if err != nil || i < 0 {
			if err == nil && sh.count > maxLookup {
				err = ev.tooLong(key, sh)
			}
			return nil, false, err
		}
		return sh.elem(i), true, nil
	}
	for i := range min(sh.count, maxLookup) {
		if err := ev.step(n); err != nil {
			return nil, false, err
		}
		at := sh.key
		if at == nil {
			at = sh.elem
		}
		e := at(i)
		if e.Unreadable != nil {
			return nil, false, ev.wrapErr(n, e.Unreadable)
		}
		eq := false
		switch {
		case k != nil && number.class != classNone && e.typ.isNumber():
			s, err := e.scalar()
			if err != nil {
				return nil, false, ev.wrapErr(n, err)
			}
			if eq, err = ev.sameNumber(n, s, number); err != nil {
				return nil, false, err
			}
		case k != nil:
			eq, err = ev.equal(n, e, k)
		default:
			eq, err = ev.sameAs(e, key, n)
		}
		if err != nil {
			return nil, false, err
		}
		if eq {
			return sh.elem(i), true, nil
		}
	}
	if sh.count > maxLookup {
		return nil, false, ev.tooLong(key, sh)
	}
	return nil, false, nil
}

func (ev *evaluator) tooLong(key node, sh *shape) error {
	return ev.fail(key, "the key is not among the first %d of %d elements; more are not looked through", maxLookup, sh.count)
}

// findNumber finds the first of numbers that stand one behind the other which equals one; -1 if none does.
func (ev *evaluator) findNumber(n node, sh *shape, number scalar) (int64, error) {
	const most = 4096
	size := sh.flat.byteSize()
	bt, ok := sh.flat.strip().scalarType()
	if !ok {
		return 0, ev.fail(n, "%s is no number", sh.flat.short())
	}
	for from := int64(0); from < min(sh.count, maxLookup); from += most {
		part := min(most, sh.count-from, maxLookup-from)
		b, err := ev.scope.read(sh.flatFrom.at(from*size, part*size), part*size)
		if err != nil {
			return 0, ev.wrapErr(n, err)
		}
		for i := range part {
			if err := ev.step(n); err != nil {
				return 0, err
			}
			eq, err := ev.sameNumber(n, decodeScalar(b[i*size:(i+1)*size], bt), number)
			if err != nil {
				return 0, err
			}
			if eq {
				return from + i, nil
			}
		}
	}
	return -1, nil
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
		count = sh.str.n / int64(sh.str.width)
	}
	if sh.str == nil && elem == nil && t != nil && t.kind == typePointer && t.Elem().byteSize() > 0 {
		p, err := u.uint()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		size := t.Elem().byteSize()
		count = 1 << 32
		elem = func(i int64) *Variable {
			return ev.scope.make("["+itoa(i)+"]", "", t.Elem(), ev.scope.pointee(ev.scope.Types.address(int64(p)+i*size), size))
		}
		if n.hi == nil {
			return nil, ev.fail(n, "a range of a pointer needs an end")
		}
	}
	if t != nil && t.kind == typeArray && t.count <= 0 && t.vla == 0 && isCLike(t.lang) && n.hi != nil { // its length is elsewhere
		size := t.Elem().byteSize()
		count = 1 << 32
		elem = func(i int64) *Variable {
			l := u.loc.at(i*size, size)
			if a, ok := ev.scope.linear(l.addr); ok && l.inMemory {
				l = ev.scope.pointee(a, size)
			}
			return ev.scope.make("["+itoa(i)+"]", "", t.Elem(), l)
		}
	}
	if sh.str == nil && elem == nil {
		if lost := u.lostPart(); lost != nil {
			return nil, ev.wrapErr(n, lost)
		}
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
	if str := sh.str; str != nil {
		w := int64(str.width)
		part := *str
		part.loc, part.n, part.array = str.loc.at(lo*w, (hi-lo)*w), (hi-lo)*w, false
		out.made = func() *shape { return &shape{kind: KindString, str: &part} }
		return &out, nil
	}
	st := styleList
	if t != nil && isCLike(t.lang) {
		st = styleCList
	}
	part := &shape{kind: KindArray, style: st, count: hi - lo, elem: func(i int64) *Variable {
		e := elem(lo + i)
		e.Name = "[" + itoa(i) + "]"
		return e
	}}
	if sh.style == styleSet {
		part.style = styleSet
	}
	if sh.key != nil { // entries of a map, by their number
		part.kind, part.style = sh.kind, sh.style
		part.key = func(i int64) *Variable { return sh.key(lo + i) }
	}
	out.made = func() *shape { return part }
	return &out, nil
}

// variantName is the active variant of a Rust enum.
func (v *Variable) variantName() (string, error) {
	t := v.typ.strip()
	if made := v.madeVariant(); made != "" {
		return made, nil
	}
	if t == nil || len(t.load().variants) == 0 {
		return "", unavailable("not an enum with variants")
	}
	a, err := v.as(t).activeVariant(&t.load().variants[0])
	if err != nil {
		return "", err
	}
	return a.name, nil
}
