package value

// isLiteral tells {1, 2} and {.x = 1} of C from {type}address.
func (p *parser) isLiteral() bool {
	if first := p.ahead(1); first.isOp(".") || first.isOp("{") || first.kind != tokName && first.kind != tokOp {
		return true
	}
	depth := 0
	for n := 0; n < 64; n++ {
		switch t := p.ahead(n); {
		case t.isOp("{"), t.isOp("("), t.isOp("["):
			depth++
		case t.isOp(","):
			if depth == 1 {
				return true
			}
		case t.isOp("}"), t.isOp(")"), t.isOp("]"):
			if depth--; depth == 0 {
				after := p.ahead(n + 1)
				return after.kind == tokEnd || after.isOp(")") || after.isOp("}") || after.isOp(",")
			}
		case t.kind == tokEnd:
			return false
		}
	}
	return false
}

// literal parses {1, 2} and {.x = 1, .y = 2}.
func (p *parser) literal() node {
	open := at(p.tok().col)
	if !p.ahead(1).isOp(".") {
		p.next()
		return listLit{at: open, list: p.list("}"), tuple: true, braces: true}
	}
	lit := structLit{at: open}
	p.next()
	for p.err == nil && !p.accept("}") {
		p.expect(".")
		p.field(&lit, "=")
	}
	return lit
}

// fields parses { x: 1, y: 2 } behind the name of a structure.
func (p *parser) fields(name string, col int) node {
	lit := structLit{at: at(col), path: name}
	outer := p.noBrace
	p.noBrace = false
	defer func() { p.noBrace = outer }()
	p.next()
	for p.err == nil && !p.accept("}") {
		if p.accept("..") {
			lit.rest = true
			p.expect("}")
			break
		}
		p.field(&lit, ":")
	}
	return lit
}

func (p *parser) field(lit *structLit, sign string) {
	t := *p.tok()
	if t.kind != tokName || len(lit.list) == maxArguments {
		p.fail(t.col, "expected a field, found %s", p.describe())
		return
	}
	p.next()
	p.expect(sign)
	lit.names, lit.list = append(lit.names, t.text), append(lit.list, p.expr())
	if !p.accept(",") && !p.isOp("}") {
		p.fail(p.tok().col, "expected \"}\", found %s", p.describe())
	}
}

// pathOrLiteral parses the rest of a name, and the fields of a structure behind it.
func (p *parser) pathOrLiteral(name string, col int) node {
	n, ok := p.path(name, col).(nameRef)
	switch {
	case !ok:
		return boolLit{}
	case !p.isOp("{") || p.noBrace:
	case p.ahead(1).kind == tokName && p.ahead(2).isOp(":"):
		return p.fields(n.path, col)
	case p.isLiteral(): // Point{1, 2} of C++
		return castExpr{at(col), p.literal(), typeRef{name: n.path}}
	}
	return n
}
