package value

import "sphex/debugger/symbols"

func (ev *evaluator) equality(n binaryExpr) (operand, error) {
	if eq, ok, err := ev.handleEquals(n); ok {
		return truthValue(eq == (n.op == "==")), err
	}
	for i, side := range [2][2]node{{n.x, n.y}, {n.y, n.x}} { // with what would have to be constructed
		side[1] = ev.partsOf(side[1], side[0])
		switch side[1].(type) {
		case invokeExpr, listLit, structLit:
		default:
			continue
		}
		if _, list := side[0].(listLit); list {
			continue
		}
		x, err := ev.eval(side[0])
		if err != nil {
			return operand{}, err
		}
		if f, ok := side[1].(invokeExpr); ok && !ev.constructs(x, f) {
			if i == 0 {
				n.x = knownExpr{at(side[0].column()), x}
			}
			continue
		}
		eq, err := ev.sameAs(x, side[1], n)
		return truthValue(eq == (n.op == "==")), err
	}
	x, y, err := ev.enumAware(n)
	if err != nil {
		return operand{}, err
	}
	eq, document, err := ev.documentEquals(n, &x, &y)
	switch {
	case document:
	case ev.isNumber(&x) && ev.isNumber(&y):
		eq, err = ev.sameNumber(n.at, x.scalar, y.scalar)
	default:
		eq, err = ev.equal(n, ev.variable(x), ev.variable(y))
	}
	return truthValue(eq == (n.op == "==")), err
}

// partsOf is what stands between the braces of C++'s Point{1, 2}, if that is of the other side's type; else n itself.
func (ev *evaluator) partsOf(n, other node) node {
	c, ok := n.(castExpr)
	if !ok {
		return n
	}
	switch c.x.(type) {
	case listLit, structLit:
	default:
		return n
	}
	x, err := ev.eval(other)
	if err != nil {
		return n
	}
	if t, err := ev.typeNamed(c, c.t); err != nil || t.strip() != x.unwrapped().typ.strip() {
		return n
	}
	return c.x
}

// constructs reports whether a call stands for a variant of x's type, or for the structure itself.
func (ev *evaluator) constructs(x *Variable, f invokeExpr) bool {
	name, ok := f.f.(nameRef)
	t := x.unwrapped().typ.strip()
	if !ok || t == nil || t.lang != symbols.LangRust {
		return false
	}
	_, last, _ := cutLast(name.path)
	return t.hasVariant(last) || t.kind == typeStruct && lastSegment(ShortTypeName(t.name)) == last
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

// enumAware evaluates both sides of a comparison, each once; a name that is not visible may be a constant, or a variant,
// of the other side's enum.
func (ev *evaluator) enumAware(n binaryExpr) (x, y operand, err error) {
	left, leftName := n.x.(nameRef)
	right, rightName := n.y.(nameRef)
	x, err = ev.compute(n.x)
	if err != nil && !leftName {
		return x, y, err
	}
	y, yerr := ev.compute(n.y)
	if yerr == nil && leftName && (err != nil || x.v != nil && x.v.function != nil) {
		if m := ev.constantOf(left.path, ev.variable(y)); m != nil {
			x, err = operand{v: m}, nil
		}
	}
	if err == nil && rightName && (yerr != nil || y.v != nil && y.v.function != nil) {
		if m := ev.constantOf(right.path, ev.variable(x)); m != nil {
			y, yerr = operand{v: m}, nil
		}
	}
	if err == nil {
		err = yerr
	}
	return x, y, err
}

// enumAwareOf evaluates a name that may be a constant or a variant of a value's enum.
func (ev *evaluator) enumAwareOf(n node, other *Variable) (operand, error) {
	v, err := ev.compute(n)
	if name, isName := n.(nameRef); isName && (err != nil || v.v != nil && v.v.function != nil) {
		if m := ev.constantOf(name.path, other); m != nil {
			return operand{v: m}, nil
		}
	}
	return v, err
}

// constantOf is the constant or the mark of the variant called path of o's enum, nil if it has none.
func (ev *evaluator) constantOf(path string, o *Variable) *Variable {
	t := o.unwrapped().typ.strip()
	if t == nil {
		return nil
	}
	_, last, _ := cutLast(path)
	if t.kind == typeEnum {
		if e := ev.enumValue(t, last); e != nil {
			return e
		}
	}
	if !t.hasVariant(last) {
		return nil
	}
	mark := ev.scope.make(last, "", t, location{})
	mark.made = func() *shape { return &shape{kind: KindEnum, text: last} }
	mark.variant = last
	return mark
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
	if x.function != nil || y.function != nil {
		return ev.sameFunction(n, x, y)
	}
	if a, b := x.madeVariant(), y.madeVariant(); a != "" || b != "" {
		return ev.sameOption(n, x, y)
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
	if shx, shy := x.shape(), y.shape(); shx.elem != nil && shy.elem != nil && shx.key == nil && shy.key == nil {
		if shx.count != shy.count {
			return false, nil
		}
		for i := range shx.count {
			if err := ev.step(n); err != nil {
				return false, err
			}
			if eq, err := ev.equal(n, shx.elem(i), shy.elem(i)); !eq || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return false, ev.fail(n, "%s and %s can't be compared", x.typ.short(), y.typ.short())
}

// sameFunction compares functions, and pointers to them.
func (ev *evaluator) sameFunction(n node, x, y *Variable) (bool, error) {
	name := func(v *Variable) (string, error) {
		if v.function != nil {
			return v.function.Name, nil
		}
		i, err := v.uint()
		if err != nil {
			return "", ev.fail(n, "a function and %s can't be compared", v.typ.short())
		}
		return v.scope.Frame.FuncAt(0, i), nil
	}
	a, err := name(x)
	if err != nil {
		return false, err
	}
	b, err := name(y)
	return a == b, err
}
