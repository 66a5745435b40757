package value

import "sphex/debugger/symbols"

// pattern parses a pattern of Rust: a variant with or without parts, a constant, a literal, a range,
// a tuple, _.
func (p *parser) pattern() pattern {
	t := *p.tok()
	pat := pattern{at: at(t.col), whole: true}
	if !p.enter() {
		return pat
	}
	defer p.leave()
	switch {
	case t.isOp("&") || t.isOp("&&") || t.isName("ref") || t.isName("mut"): // seen through
		p.next()
		return p.pattern()
	case t.isOp("("):
		pat.tuple = true
		p.patternParts(&pat, ")")
	case t.isName("_"):
		p.next()
		pat.any = true
	case t.kind == tokName && t.text != "true" && t.text != "false" && !p.ahead(1).isOp("!"):
		p.next()
		n, ok := p.path(t.text, t.col).(nameRef)
		if !ok {
			return pat
		}
		pat.path = n.path
		switch {
		case p.isOp("("):
			p.patternParts(&pat, ")")
		case p.isOp("{") && !p.noBrace:
			p.patternParts(&pat, "}")
		}
	default:
		pat.value = p.binary(8) // literals with a sign, no comparisons, no |
		if incl := p.isOp("..="); incl || p.isOp("..") {
			p.next()
			pat.hi, pat.open = p.binary(8), !incl
		}
	}
	return pat
}

// patternParts parses the patterns in parentheses or braces.
func (p *parser) patternParts(pat *pattern, close string) {
	p.next()
	pat.given = true
	for p.err == nil && !p.accept(close) {
		if p.accept("..") {
			pat.whole = false
		} else {
			name := ""
			if close == "}" {
				t := p.tok()
				if t.kind != tokName {
					p.fail(t.col, "expected a field, found %s", p.describe())
					return
				}
				name = t.text
				p.next()
			}
			part := pattern{at: at(p.tok().col), any: true}
			if close == ")" || p.accept(":") {
				part = p.pattern()
			}
			pat.parts, pat.fields = append(pat.parts, part), append(pat.fields, name)
		}
		if len(pat.parts) > maxArguments {
			p.fail(p.tok().col, "more than %d patterns", maxArguments)
		}
		if !p.accept(",") && !p.isOp(close) {
			p.fail(p.tok().col, "expected %q, found %s", close, p.describe())
		}
	}
}

// is evaluates x is pattern.
func (ev *evaluator) is(n isExpr) (bool, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return false, err
	}
	for i := range n.pat {
		ok, err := ev.matches(x, &n.pat[i])
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// matches reports whether a value has the form of a pattern.
func (ev *evaluator) matches(x *Variable, pat *pattern) (bool, error) {
	if err := ev.step(pat); err != nil {
		return false, err
	}
	if x.Unreadable != nil {
		return false, ev.wrapErr(pat, x.Unreadable)
	}
	switch {
	case pat.any:
		return true, nil
	case pat.tuple:
		return ev.matchParts(x.unwrapped(), pat)
	case pat.value != nil:
		return ev.matchLiteral(x, pat)
	}
	u := x.unwrapped()
	t := u.typ.strip()
	_, last, _ := cutLast(pat.path)
	if t != nil && len(t.load().variants) > 0 {
		if !t.hasVariant(last) {
			if !pat.given && pat.path == last { // a binding takes anything
				return true, nil
			}
			return false, ev.fail(pat, "%s has no variant %s", t.short(), last)
		}
		name, err := u.variantName()
		if err != nil {
			return false, ev.wrapErr(pat, err)
		}
		if name != last {
			return false, nil
		}
		return ev.matchParts(u, pat)
	}
	if t != nil && t.kind == typeEnum {
		if c := ev.enumValue(t, last); c != nil {
			return ev.equal(pat, u, c)
		}
	}
	if pat.given { // a structure by its name
		return ev.matchParts(u, pat)
	}
	if c, err := ev.name(nameRef{pat.at, pat.path}); err == nil {
		return ev.equal(pat, x, c)
	}
	if pat.path == last {
		return true, nil // a binding
	}
	return false, ev.fail(pat, "no constant %s is visible here", pat.path)
}

func (t *Type) hasVariant(name string) bool {
	for _, p := range t.load().variants {
		for i := range p.variants {
			if p.variants[i].name == name {
				return true
			}
		}
	}
	return false
}

// matchParts compares the parts of a value: fields of a structure, of a variant, of a tuple.
func (ev *evaluator) matchParts(u *Variable, pat *pattern) (bool, error) {
	fields := u.shape().fields
	if pat.given && pat.whole && len(pat.parts) > 0 && len(pat.parts) != len(fields) && (pat.tuple || pat.fields[0] == "") {
		return false, ev.fail(pat, "%s has %d parts, not %d", u.typ.short(), len(fields), len(pat.parts))
	}
	for i := range pat.parts {
		part := &pat.parts[i]
		if part.any {
			continue
		}
		var f *Variable
		if name := pat.fields[i]; name != "" {
			f = u.member(name)
		} else if i < len(fields) {
			f = fields[i]
		}
		if f == nil {
			return false, ev.fail(part, "%s has no such part", u.typ.short())
		}
		if ok, err := ev.matches(f, part); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// matchLiteral compares with a literal or a range of them.
func (ev *evaluator) matchLiteral(x *Variable, pat *pattern) (bool, error) {
	if pat.hi == nil {
		return ev.sameAs(x, pat.value, pat)
	}
	lo, err := ev.operand(pat.value)
	if err != nil {
		return false, err
	}
	hi, err := ev.operand(pat.hi)
	if err != nil {
		return false, err
	}
	o := operand{v: x}
	if err := ev.number(pat, &o); err != nil {
		return false, err
	}
	a, b, err := ev.common(pat, lo.scalar, o.scalar)
	if err != nil {
		return false, err
	}
	if c, ok := compare(a, b); !ok || c > 0 {
		return false, nil
	}
	a, b, err = ev.common(pat, o.scalar, hi.scalar)
	if err != nil {
		return false, err
	}
	c, ok := compare(a, b)
	return ok && (c < 0 || c == 0 && !pat.open), nil
}

// patternOf reads an expression as a pattern: Some(3), (1, "a"), [1, 2], Point. It is how == sees
// what a program would have to construct.
func patternOf(n node) (pattern, bool) {
	switch n := n.(type) {
	case invokeExpr:
		if f, ok := n.f.(nameRef); ok {
			pat := pattern{at: n.at, path: f.path, given: true, whole: true}
			for _, a := range n.args {
				pat.parts, pat.fields = append(pat.parts, partOf(a)), append(pat.fields, "")
			}
			return pat, true
		}
	case structLit:
		if n.path != "" {
			pat := pattern{at: n.at, path: n.path, given: true, whole: !n.rest, fields: n.names}
			for _, a := range n.list {
				pat.parts = append(pat.parts, partOf(a))
			}
			return pat, true
		}
		pat := pattern{at: n.at, tuple: true, given: true, whole: true, fields: n.names} // of C
		for _, a := range n.list {
			pat.parts = append(pat.parts, partOf(a))
		}
		return pat, true
	case listLit:
		if n.tuple {
			pat := pattern{at: n.at, tuple: true, given: true, whole: true}
			for _, a := range n.list {
				pat.parts, pat.fields = append(pat.parts, partOf(a)), append(pat.fields, "")
			}
			return pat, true
		}
	}
	return pattern{}, false
}

func partOf(n node) pattern {
	if p, ok := patternOf(n); ok {
		return p
	}
	if u, ok := n.(unaryExpr); ok && u.op == "&" {
		return partOf(u.x)
	}
	return pattern{at: at(n.column()), value: n}
}

// sameList compares a value with a list of values.
func (ev *evaluator) sameList(x *Variable, n listLit) (bool, error) {
	u := x.unwrapped()
	sh := u.shape()
	if u.Unreadable != nil {
		return false, ev.wrapErr(n, u.Unreadable)
	}
	if sh.elem == nil || sh.key != nil {
		return false, ev.fail(n, "%s is no list", u.typ.short())
	}
	if sh.count != int64(len(n.list)) {
		return false, nil
	}
	for i, m := range n.list {
		eq, err := ev.sameAs(sh.elem(int64(i)), m, n)
		if !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sameAs compares a value with an expression that may construct one.
func (ev *evaluator) sameAs(x *Variable, n, place node) (bool, error) {
	if err := ev.step(place); err != nil {
		return false, err
	}
	if l, ok := n.(listLit); ok && !l.tuple {
		return ev.sameList(x, l)
	}
	if pat, ok := patternOf(n); ok {
		if t := x.unwrapped().typ.strip(); pat.tuple || t != nil && t.lang == symbols.LangRust {
			return ev.matches(x, &pat)
		}
	}
	o, err := ev.enumAwareOf(n, x)
	if err != nil {
		return false, err
	}
	return ev.equal(place, x, ev.variable(o))
}
