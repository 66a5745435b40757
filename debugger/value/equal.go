package value

func (ev *evaluator) equality(n binaryExpr) (operand, error) {
	x, err := ev.enumAware(n.x, n.y)
	if err != nil {
		return operand{}, err
	}
	y, err := ev.enumAware(n.y, n.x)
	if err != nil {
		return operand{}, err
	}
	eq := false
	if ev.isNumber(&x) && ev.isNumber(&y) {
		eq, err = ev.sameNumber(n.at, x.scalar, y.scalar)
	} else {
		eq, err = ev.equal(n, ev.variable(x), ev.variable(y))
	}
	return truthValue(eq == (n.op == "==")), err
}

// isNumber reads the number of an operand, if it is one.
func (ev *evaluator) isNumber(o *operand) bool {
	if o.v == nil {
		return true
	}
	v := o.v.unwrapped()
	if v.Unreadable != nil || v.variant != "" {
		return false
	}
	s, err := v.scalar()
	if err != nil {
		return false
	}
	o.v, o.scalar, o.like = v, s, v.typ.strip()
	return true
}

func (ev *evaluator) sameNumber(n node, a, b scalar) (bool, error) {
	a, b, err := ev.common(n, a, b)
	if err != nil {
		return false, err
	}
	c, ordered := compare(a, b)
	return c == 0 && ordered, nil
}

// enumAware evaluates n; a name that is not visible may be a constant, or a variant, of the
// other side's enum.
func (ev *evaluator) enumAware(n, other node) (operand, error) {
	v, err := ev.compute(n)
	name, isName := n.(nameRef)
	if err == nil || !isName {
		return v, err
	}
	o, oerr := ev.eval(other)
	if oerr != nil {
		return operand{}, err
	}
	u := o.unwrapped()
	t := u.typ.strip()
	if t == nil {
		return operand{}, err
	}
	_, last, _ := cutLast(name.path)
	if t.kind == typeEnum {
		if e := ev.enumValue(t, last); e != nil {
			return operand{v: e}, nil
		}
	}
	if m := t.load(); len(m.variants) > 0 {
		for _, a := range m.variants[0].variants {
			if a.name == last {
				mark := ev.scope.make(last, "", t, location{})
				mark.made = func() *shape { return &shape{kind: KindEnum, text: last} }
				mark.variant = last
				return operand{v: mark}, nil
			}
		}
	}
	return operand{}, err
}

// equal compares two values: numbers, strings, enums by their variant, pointers, structures
// by their bytes.
func (ev *evaluator) equal(n node, x, y *Variable) (bool, error) {
	x, y = x.unwrapped(), y.unwrapped()
	for _, v := range []*Variable{x, y} {
		if v.Unreadable != nil {
			return false, ev.wrapErr(n, v.Unreadable)
		}
	}
	if x.variant != "" || y.variant != "" {
		if x.variant == "" {
			x, y = y, x
		}
		name, err := y.variantName()
		if err != nil {
			return false, ev.wrapErr(n, err)
		}
		return name == x.variant, nil
	}
	a, errA := x.scalar()
	b, errB := y.scalar()
	if errA == nil && errB == nil {
		return ev.sameNumber(n, a, b)
	}
	sx, sy := x.shape().str, y.shape().str
	if sx != nil && sy != nil {
		a, cutA, err := x.scope.readText(sx, maxRead)
		if err != nil {
			return false, ev.wrapErr(n, err)
		}
		b, cutB, err := y.scope.readText(sy, maxRead)
		if err != nil {
			return false, ev.wrapErr(n, err)
		}
		if cutA || cutB {
			return false, ev.fail(n, "the strings are too long to compare")
		}
		return a == b, nil
	}
	if x.typ != nil && y.typ != nil && errA != nil && errB != nil && x.typ.strip() != nil && x.typ.strip() == y.typ.strip() {
		p, err := x.bytes()
		if err != nil {
			return false, ev.wrapErr(n, err)
		}
		q, err := y.bytes()
		if err != nil {
			return false, ev.wrapErr(n, err)
		}
		return string(p) == string(q), nil
	}
	return false, ev.fail(n, "%s and %s can't be compared", x.typ.short(), y.typ.short())
}
