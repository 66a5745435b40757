package value

// Closures of Rust in expressions: v.iter().any(|x| x.qty > 3). They are evaluated here, no code of the program
// is made of them.

// closure parses |x, &(a, _)| body.
func (p *parser) closure() node {
	n := closureExpr{at: at(p.tok().col)}
	if !p.enter() {
		return n
	}
	defer p.leave()
	if !p.accept("||") {
		p.expect("|")
		for p.err == nil && !p.accept("|") {
			if len(n.params) == maxArguments {
				p.fail(p.tok().col, "more than %d parameters", maxArguments)
				break
			}
			n.params = append(n.params, p.pattern())
			if p.accept(":") {
				p.passType()
			}
			if !p.accept(",") && !p.isOp("|") {
				p.fail(p.tok().col, "expected %q, found %s", "|", p.describe())
			}
		}
	}
	if p.accept("->") { // the type that a block gives
		p.passType()
	}
	outer := p.noBrace
	p.noBrace = false
	defer func() { p.noBrace = outer }()
	if p.isOp("{") { // a block
		p.next()
		n.body = p.expr()
		p.expect("}")
		return n
	}
	n.body = p.expr()
	return n
}

// passType passes over the type of a parameter or of a result, which its value tells.
func (p *parser) passType() {
	for depth := 0; p.err == nil && p.tok().kind != tokEnd; p.next() {
		switch t := p.tok(); {
		case depth == 0 && (t.isOp("|") || t.isOp(",") || t.isOp("{")):
			return
		case t.isOp("<"), t.isOp("("), t.isOp("["):
			depth++
		case t.isOp(">"), t.isOp(")"), t.isOp("]"):
			depth--
		case t.isOp(">>"):
			depth -= 2
		}
	}
}

// apply evaluates a closure, or something else that stands for a function, for some arguments.
func (ev *evaluator) apply(f node, args ...*Variable) (*Variable, error) {
	if err := ev.step(f); err != nil {
		return nil, err
	}
	c, ok := f.(closureExpr)
	if !ok {
		return ev.applyNamed(f, args)
	}
	if len(c.params) != len(args) {
		return nil, ev.fail(f, "the closure gets %d arguments here, not %d", len(args), len(c.params))
	}
	bound := map[string]*Variable{}
	for i := range args {
		if err := ev.bind(args[i], &c.params[i], bound); err != nil {
			return nil, err
		}
	}
	outer, done := ev.names, ev.done
	ev.names = func(name string) (*Variable, bool) {
		if v, ok := bound[name]; ok || outer == nil {
			return v, ok
		}
		return outer(name)
	}
	ev.done = nil // each time is another
	defer func() { ev.names, ev.done = outer, done }()
	return ev.eval(c.body)
}

// applyNamed applies a function by its name: of the program, a method as String::len, or Some.
func (ev *evaluator) applyNamed(f node, args []*Variable) (*Variable, error) {
	known := make([]node, len(args))
	for i, a := range args {
		known[i] = knownExpr{at(f.column()), a}
	}
	done := ev.done
	ev.done = nil
	defer func() { ev.done = done }()
	name, isName := f.(nameRef)
	if isName && name.path == "Some" && len(args) == 1 {
		return ev.some(args[0]), nil
	}
	if _, last, _ := cutLast(name.path); isName && last != name.path && len(args) > 0 { // String::len
		if v, err := ev.call(callExpr{at(f.column()), known[0], last, known[1:]}); err == nil {
			return v, nil
		}
	}
	return ev.eval(invokeExpr{at(f.column()), f, known})
}

// bind gives the names of a closure's parameter their values.
func (ev *evaluator) bind(x *Variable, pat *pattern, into map[string]*Variable) error {
	if err := ev.step(pat); err != nil {
		return err
	}
	_, last, _ := cutLast(pat.path)
	switch {
	case pat.any:
		return nil
	case pat.tuple || pat.given:
		if ok, err := ev.matchesHead(x, pat); err != nil || !ok {
			if err == nil {
				err = ev.fail(pat, "the value is no %s", pat.path)
			}
			return err
		}
		fields := x.unwrapped().shape().fields
		for i := range pat.parts {
			part, f := &pat.parts[i], (*Variable)(nil)
			if name := pat.fields[i]; name != "" {
				f = x.unwrapped().member(name)
				if f != nil && part.any { // {a, b}
					into[name] = f
				}
			} else if i < len(fields) {
				f = fields[i]
			}
			if f == nil {
				return ev.fail(part, "%s has no such part", x.unwrapped().typ.short())
			}
			if x.lent { // its parts are references, too
				c := *f
				c.lent, f = true, &c
			}
			if err := ev.bind(f, part, into); err != nil {
				return err
			}
		}
		return nil
	case pat.value == nil && pat.path == last && pat.path != "":
		into[pat.path] = x
		return nil
	}
	return ev.fail(pat, "a parameter of a closure is a name or a tuple of names")
}

// matchesHead reports whether a value has the variant that a pattern names, whatever its parts are.
func (ev *evaluator) matchesHead(x *Variable, pat *pattern) (bool, error) {
	head := *pat
	head.parts, head.fields, head.whole = nil, nil, false
	return ev.matches(x, &head)
}
