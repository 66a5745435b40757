package value

import (
	"fmt"
	"strings"
)

// maxNesting bounds the depth of an expression's tree.
const maxNesting = 200

// Parse parses an expression. Errors are *EvalError.
func Parse(src string) (*Expr, error) {
	toks, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, toks: toks, prec: rustPrecedence}
	e := &Expr{src: src}
	if e.root = p.all(); p.err != nil {
		return nil, p.err
	}
	if p.bits && p.compares {
		c := &parser{src: src, toks: toks, prec: cPrecedence}
		if e.c = c.all(); c.err != nil {
			e.c = nil
		}
	}
	return e, nil
}

type parser struct {
	src      string
	toks     []token
	pos      int
	depth    int
	err      *EvalError
	prec     map[string]int
	bits     bool // there is one of & ^ |
	compares bool // there is a comparison
	noBrace  bool // a { ends the expression: between if and its block
}

// all parses the whole text.
func (p *parser) all() node {
	n := p.assignment()
	p.accept(";")
	if p.err == nil && p.tok().kind != tokEnd {
		p.fail(p.tok().col, "unexpected %s", p.describe())
	}
	if p.depth != 0 && p.err == nil {
		panic("value: parse: " + p.src)
	}
	return n
}

func (p *parser) tok() *token { return &p.toks[p.pos] }

// ahead is the token n behind the next.
func (p *parser) ahead(n int) *token { return &p.toks[min(p.pos+n, len(p.toks)-1)] }

func (p *parser) next() {
	if p.pos < len(p.toks)-1 {
		p.pos++
	}
}

func (p *parser) fail(col int, format string, args ...any) node {
	if p.err == nil {
		p.err = &EvalError{Expr: p.src, Column: col, Msg: cutWords(fmt.Sprintf(format, args...))}
	}
	p.pos = len(p.toks) - 1
	return boolLit{}
}

func (p *parser) describe() string {
	t := p.tok()
	if t.kind == tokEnd {
		return "end of expression"
	}
	end := len(p.src)
	if p.pos+1 < len(p.toks) {
		end = p.toks[p.pos+1].col
	}
	return fmt.Sprintf("%q", strings.TrimSpace(p.src[t.col:min(end, t.col+60)]))
}

func (t *token) isOp(op string) bool     { return t.kind == tokOp && t.text == op }
func (t *token) isName(name string) bool { return t.kind == tokName && t.text == name }

func (p *parser) isOp(op string) bool { return p.tok().isOp(op) }

func (p *parser) accept(op string) bool {
	if p.isOp(op) {
		p.next()
		return true
	}
	return false
}

func (p *parser) acceptName(name string) bool {
	if p.tok().isName(name) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(op string) {
	if !p.accept(op) {
		p.fail(p.tok().col, "expected %q, found %s", op, p.describe())
	}
}

// In Rust the bitwise operators bind tighter than the comparisons, in C looser. `as` stands above
// all of them. `@` is gdb's.
var rustPrecedence = map[string]int{
	"||": 1, "&&": 2,
	"==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "is": 4,
	"|": 5, "^": 6, "&": 7,
	"<<": 8, ">>": 8,
	"@": 9,
	"+": 10, "-": 10,
	"*": 11, "/": 11, "%": 11,
}

var cPrecedence = map[string]int{
	"||": 1, "&&": 2,
	"|": 3, "^": 4, "&": 5,
	"==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7, "is": 7,
	"<<": 8, ">>": 8,
	"@": 9,
	"+": 10, "-": 10,
	"*": 11, "/": 11, "%": 11,
}

// assignment parses an expression that may assign. Assignments stand outside of all else, so that
// an = that was meant to be == is found out.
func (p *parser) assignment() node {
	x := p.expr()
	t := p.tok()
	if t.kind != tokOp || p.err != nil {
		return x
	}
	switch t.text {
	case "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=":
		p.next()
		if !p.enter() {
			return x
		}
		defer p.leave()
		return assignExpr{at(t.col), strings.TrimSuffix(t.text, "="), x, p.assignment()}
	}
	return x
}

// expr parses an expression without assignments.
func (p *parser) expr() node {
	if !p.enter() {
		return boolLit{}
	}
	defer p.leave()
	c := p.binary(0)
	t := p.tok()
	if !p.accept("?") {
		return c
	}
	x := p.expr()
	p.expect(":")
	return condExpr{at(t.col), c, x, p.expr()}
}

func (p *parser) binary(min int) node {
	if !p.enter() {
		return boolLit{}
	}
	defer p.leave()
	x := p.unary()
	for n := 0; p.err == nil; n++ {
		t := p.tok()
		if n > 2*maxNesting {
			return p.fail(t.col, "expression is too long")
		}
		if t.isName("as") {
			p.next()
			x = castExpr{at(t.col), x, p.typeName()}
			continue
		}
		prec, ok := p.prec[t.text]
		if t.kind != tokOp && !t.isName("is") || !ok || prec <= min {
			break
		}
		p.next()
		switch t.text {
		case "&", "|", "^":
			p.bits = true
		case "==", "!=", "<", "<=", ">", ">=", "is":
			p.compares = true
		}
		switch t.text {
		case "is":
			x = isExpr{at(t.col), x, []pattern{p.pattern()}}
		case "@":
			x = elemExpr{at(t.col), x, p.binary(prec)}
		default:
			x = binaryExpr{at(t.col), t.text, x, p.binary(prec)}
		}
	}
	return x
}

func (p *parser) enter() bool {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.tok().col, "expression is nested more than %d deep", maxNesting)
		p.depth--
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

func (p *parser) unary() node {
	if !p.enter() {
		return boolLit{}
	}
	defer p.leave()
	t := p.tok()
	if t.kind == tokOp {
		switch t.text {
		case "-", "!", "~", "*", "&", "+":
			p.next()
			if t.text == "&" {
				p.borrow()
			}
			return unaryExpr{at(t.col), t.text, p.unary()}
		case "&&": // a reference to a reference
			p.next()
			p.borrow()
			return unaryExpr{at(t.col), "&", unaryExpr{at(t.col + 1), "&", p.unary()}}
		case "++", "--":
			p.next()
			return stepExpr{at(t.col), t.text[:1], p.unary(), false}
		case "(":
			if ref, ok := p.castPrefix(); ok {
				return castExpr{at(t.col), p.unary(), ref}
			}
		case "{":
			if p.isLiteral() {
				return p.literal()
			}
			p.next()
			ref := p.typeName()
			p.expect("}")
			return memExpr{at(t.col), ref, p.unary()}
		}
	}
	if t.kind == tokName && (t.text == "sizeof" || t.text == "_Alignof" || t.text == "alignof") {
		p.next()
		if p.isOp("(") {
			if ref, ok := p.castPrefix(); ok {
				return sizeofExpr{at: at(t.col), t: ref, align: t.text != "sizeof"}
			}
		}
		return sizeofExpr{at: at(t.col), x: p.unary(), align: t.text != "sizeof"}
	}
	if t.kind == tokName && (t.text == "offsetof" || t.text == "__builtin_offsetof") && p.ahead(1).isOp("(") {
		return p.offsetof()
	}
	return p.postfix(p.primary())
}

// offsetof parses offsetof(TYPE, MEMBER) as C defines it: the address of the member of something at 0.
func (p *parser) offsetof() node {
	col := at(p.tok().col)
	p.next()
	p.expect("(")
	ref := p.typeName()
	p.expect(",")
	name := p.tok()
	if name.kind != tokName {
		return p.fail(name.col, "expected a member, found %s", p.describe())
	}
	p.next()
	ref.stars++
	member := p.postfix(fieldExpr{at(name.col), castExpr{col, intLit{at: col, val: intOf(0)}, ref}, name.text})
	p.expect(")")
	return castExpr{col, unaryExpr{col, "&", member}, typeRef{name: "unsigned long"}}
}

// borrow passes over what stands behind & in Rust.
func (p *parser) borrow() {
	if p.tok().isName("raw") && (p.ahead(1).isName("const") || p.ahead(1).isName("mut")) {
		p.next()
		p.next()
	} else if p.ahead(1).kind != tokOp || !p.ahead(1).isOp(".") {
		p.acceptName("mut")
	}
}

func (p *parser) primary() node {
	t := *p.tok()
	switch t.kind {
	case tokInt:
		p.next()
		return intLit{at(t.col), integerOf(t.num), t.suffix, octal(&t, p.src)}
	case tokFloat:
		p.next()
		return floatLit{at(t.col), t.float, t.suffix}
	case tokChar:
		p.next()
		return charLit{at(t.col), t.num.Int64(), t.bytes}
	case tokString:
		p.next()
		if p.isOp("::") { // "file.c"::x
			return p.pathOrLiteral(t.text, t.col)
		}
		for p.tok().kind == tokString { // C joins them
			t.text += p.tok().text
			p.next()
		}
		return stringLit{at(t.col), t.text, t.bytes}
	case tokQuoted:
		p.next()
		return p.pathOrLiteral(t.text, t.col)
	case tokDollar:
		p.next()
		return dollarRef{at(t.col), t.text}
	case tokName:
		return p.named()
	case tokOp:
		switch t.text {
		case "(":
			return p.parentheses()
		case "[":
			p.next()
			return listLit{at: at(t.col), list: p.list("]")}
		case "|", "||":
			return p.closure()
		case "::":
			p.next()
			if p.tok().kind == tokName {
				return p.primary()
			}
		}
	}
	return p.fail(t.col, "expected a value, found %s", p.describe())
}

// octal is a number as C reads its leading 0, nil if that is the same.
func octal(t *token, src string) *integer {
	if len(t.text) < 2 || t.text[0] != '0' || !strings.HasPrefix(src[t.col:], t.text) {
		return nil
	}
	n := integer{}
	for _, c := range []byte(t.text) {
		if c < '0' || c > '7' {
			return nil
		}
		n = n.shl(3).or(intOf(int64(c - '0')))
		if n.bitLen() > 128 {
			return nil
		}
	}
	return &n
}

// parentheses parses (x) and tuples.
func (p *parser) parentheses() node {
	open := p.tok().col
	p.next()
	if p.accept(")") {
		return listLit{at: at(open), tuple: true}
	}
	outer := p.noBrace
	p.noBrace = false
	defer func() { p.noBrace = outer }()
	x := p.spanned(p.assignment())
	if !p.isOp(",") {
		p.expect(")")
		return x
	}
	p.next()
	return listLit{at: at(open), list: append([]node{x}, p.list(")")...), tuple: true}
}

// list parses expressions up to a closing bracket.
func (p *parser) list(close string) []node {
	outer := p.noBrace
	p.noBrace = false
	defer func() { p.noBrace = outer }()
	var list []node
	for p.err == nil && !p.accept(close) {
		if len(list) == maxArguments {
			p.fail(p.tok().col, "more than %d values", maxArguments)
			break
		}
		if p.isOp("..") || p.isOp("..=") {
			list = append(list, p.spanned(nil))
		} else {
			list = append(list, p.spanned(p.expr()))
		}
		if !p.accept(",") && !p.isOp(close) {
			p.fail(p.tok().col, "expected %q, found %s", close, p.describe())
		}
	}
	return list
}

// spanned parses the rest of a range lo..hi.
func (p *parser) spanned(lo node) node {
	t := p.tok()
	incl := p.isOp("..=")
	if !incl && !p.isOp("..") || p.err != nil {
		return lo
	}
	p.next()
	if p.isOp(")") || p.isOp(",") || p.isOp("]") {
		return rangeExpr{at(t.col), nil, lo, nil, incl}
	}
	return rangeExpr{at(t.col), nil, lo, p.expr(), incl}
}

// maxArguments bounds the values of one list.
const maxArguments = 256

// named parses what begins with a word.
func (p *parser) named() node {
	t := *p.tok()
	p.next()
	switch t.text {
	case "true", "false":
		return boolLit{at(t.col), t.text == "true"}
	case "nullptr", "NULL":
		return castExpr{at(t.col), intLit{at: at(t.col)}, typeRef{name: "void", stars: 1}}
	case "if":
		return p.conditional(t.col)
	case "move":
		if p.isOp("|") || p.isOp("||") {
			return p.closure()
		}
	case "static_cast", "reinterpret_cast", "const_cast", "dynamic_cast":
		if p.accept("<") {
			ref := p.typeName()
			p.expect(">")
			if !p.isOp("(") {
				p.expect("(")
			}
			return castExpr{at(t.col), p.parentheses(), ref}
		}
	case "matches", "vec", "addr_of", "addr_of_mut":
		if p.isOp("!") && (p.ahead(1).isOp("(") || p.ahead(1).isOp("[")) {
			return p.macro(&t)
		}
	}
	return p.pathOrLiteral(t.text, t.col)
}

// conditional parses Rust's if.
func (p *parser) conditional(col int) node {
	outer := p.noBrace
	p.noBrace = true
	c := p.expr()
	p.noBrace = outer
	p.expect("{")
	x := p.expr()
	p.expect("}")
	if !p.acceptName("else") {
		return p.fail(p.tok().col, "an if without else has no value")
	}
	if t := p.tok(); p.acceptName("if") {
		if !p.enter() {
			return boolLit{}
		}
		defer p.leave()
		return condExpr{at(col), c, x, p.conditional(t.col)}
	}
	p.expect("{")
	y := p.expr()
	p.expect("}")
	return condExpr{at(col), c, x, y}
}

// macro parses the macros that need no compiler.
func (p *parser) macro(t *token) node {
	p.next()
	switch t.text {
	case "vec":
		close := map[string]string{"(": ")", "[": "]"}[p.tok().text]
		p.next()
		return listLit{at: at(t.col), list: p.list(close)}
	case "matches":
		p.next()
		x := p.expr()
		p.expect(",")
		pat := []pattern{p.pattern()}
		for p.accept("|") {
			pat = append(pat, p.pattern())
		}
		p.expect(")")
		return isExpr{at(t.col), x, pat}
	}
	return unaryExpr{at(t.col), "&", p.parentheses()}
}

// path parses the rest of a name: further parts, template arguments.
func (p *parser) path(name string, col int) node {
	if p.isOp("<") {
		if args, ok := p.nameArgs(); ok {
			name += args
		}
	}
	for parts := 0; p.isOp("::"); parts++ {
		if parts > maxNesting {
			return p.fail(col, "the name has more than %d parts", maxNesting)
		}
		p.next()
		switch t := p.tok(); {
		case t.kind == tokName:
			name += "::" + t.text
			p.next()
			if p.isOp("<") {
				if args, ok := p.nameArgs(); ok {
					name += args
				}
			}
		case t.isOp("<"): // Rust: f::<T>
			name += p.templateArgs()
		case t.isOp("~") && p.ahead(1).kind == tokName:
			p.next()
			name += "::~" + p.tok().text
			p.next()
		default:
			return p.fail(t.col, "expected a name behind ::, found %s", p.describe())
		}
	}
	return nameRef{at(col), name}
}

// nameArgs reads template arguments behind a name, if what stands there can't be a comparison.
func (p *parser) nameArgs() (string, bool) {
	depth := 0
	for n := 0; n < 64; n++ {
		t := p.ahead(n)
		switch {
		case t.kind == tokName, t.kind == tokInt, t.isOp("::"), t.isOp(","), t.isOp("*"), t.isOp("["), t.isOp("]"), t.isOp("&") && depth > 0:
		case t.isOp("<"):
			depth++
		case t.isOp(">"):
			depth--
		case t.isOp(">>"):
			depth -= 2
		default:
			return "", false
		}
		if depth > 0 {
			continue
		}
		if after := p.ahead(n + 1); depth < 0 || !after.isOp("::") && !after.isOp("(") {
			return "", false
		}
		return p.templateArgs(), true
	}
	return "", false
}

func (p *parser) postfix(x node) node {
	for n := 0; p.err == nil; n++ {
		t := *p.tok()
		if t.kind != tokOp {
			break
		}
		if n > maxNesting {
			return p.fail(t.col, "expression is nested more than %d deep", maxNesting)
		}
		switch t.text {
		case ".", "->":
			p.next()
			f := *p.tok()
			if p.isOp("*") { // a pointer to a member
				p.next()
				x = binaryExpr{at(t.col), ".*", x, p.unary()}
				continue
			}
			if f.kind != tokName && f.kind != tokInt {
				return p.fail(f.col, "expected a field behind %s, found %s", t.text, p.describe())
			}
			p.next()
			for f.kind == tokName && p.isOp("::") && p.ahead(1).kind == tokName { // base::member
				p.next()
				f.text += "::" + p.tok().text
				p.next()
			}
			if f.kind == tokName && p.isOp("::") && p.ahead(1).isOp("<") { // x.parse::<u32>()
				p.next()
				p.templateArgs()
			}
			if f.kind == tokName && p.accept("(") {
				x = callExpr{at(f.col), x, f.text, p.list(")")}
				continue
			}
			x = fieldExpr{at(f.col), x, f.text}
		case "[":
			p.next()
			x = p.subscript(at(t.col), x)
		case "(":
			p.next()
			x = p.application(at(t.col), x)
		case "++", "--":
			p.next()
			x = stepExpr{at(t.col), t.text[:1], x, true}
		default:
			return x
		}
	}
	return x
}

// application parses the arguments of a call. Those that ask for a type's size are no calls.
func (p *parser) application(col at, f node) node {
	name, ok := f.(nameRef)
	if !ok {
		return invokeExpr{col, f, p.list(")")}
	}
	base, arg := cutArguments(name.path)
	_, last, _ := cutLast(base)
	switch last {
	case "size_of", "align_of":
		if arg != "" && p.isOp(")") {
			p.next()
			if q, err := parseType(arg); err == nil {
				return sizeofExpr{at: name.at, t: q, align: last == "align_of"}
			}
			return p.fail(name.column(), "%s is no type", arg)
		}
	case "size_of_val":
		if list := p.list(")"); len(list) == 1 {
			x := list[0]
			if u, ok := x.(unaryExpr); ok && u.op == "&" {
				x = u.x
			}
			return sizeofExpr{at: name.at, x: x}
		}
		return p.fail(name.column(), "size_of_val takes one value")
	}
	return invokeExpr{name.at, f, p.list(")")}
}

// cutArguments takes template arguments off the end of a name: size_of::<T> is size_of and T.
func cutArguments(name string) (base, args string) {
	i := strings.IndexByte(name, '<')
	if i < 0 || !strings.HasSuffix(name, ">") {
		return name, ""
	}
	return strings.TrimSuffix(name[:i], "::"), name[i+1 : len(name)-1]
}

func (p *parser) subscript(col at, x node) node {
	outer := p.noBrace
	p.noBrace = false
	defer func() { p.noBrace = outer }()
	var lo node
	if !p.isOp("..") && !p.isOp("..=") {
		lo = p.expr()
	}
	if incl := p.isOp("..="); incl || p.isOp("..") {
		p.next()
		var hi node
		if !p.isOp("]") {
			hi = p.expr()
		}
		p.expect("]")
		return rangeExpr{col, x, lo, hi, incl}
	}
	p.expect("]")
	return indexExpr{col, x, lo}
}
