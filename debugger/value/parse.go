package value

import (
	"fmt"
	"strings"
)

// Expr is a parsed expression. It can be evaluated in any scope, any number of times.
type Expr struct {
	src  string
	root node
}

// String returns the expression as it was written.
func (e *Expr) String() string { return e.src }

// node is a node of an expression's tree.
type node interface{ column() int }

type at int

func (a at) column() int { return int(a) }

type (
	intLit struct {
		at
		val    integer
		suffix string
	}
	floatLit struct {
		at
		val    float64
		suffix string
	}
	charLit struct {
		at
		val int64
	}
	boolLit struct {
		at
		val bool
	}
	stringLit struct {
		at
		val string
	}
	nameRef struct {
		at
		path string // with :: between its parts
	}
	unaryExpr struct {
		at
		op string
		x  node
	}
	binaryExpr struct {
		at
		op   string
		x, y node
	}
	fieldExpr struct {
		at
		x    node
		name string
	}
	indexExpr struct {
		at
		x, i node
	}
	rangeExpr struct { // x[lo..hi]
		at
		x, lo, hi node // lo, hi may be nil
		inclusive bool
	}
	callExpr struct { // x.name()
		at
		x    node
		name string
	}
	castExpr struct {
		at
		x node
		t typeRef
	}
	sizeofExpr struct {
		at
		x node // nil when t is meant
		t typeRef
	}
)

// typeRef is a type as written in a cast.
type typeRef struct {
	name  string // int, u8, struct node, ns::Type
	stars int
}

// maxNesting bounds the depth of an expression's tree.
const maxNesting = 200

// Parse parses an expression. Errors are *EvalError.
func Parse(src string) (*Expr, error) {
	toks, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, toks: toks}
	defer func() {
		if p.depth != 0 && p.err == nil {
			panic("value: parse: " + src)
		}
	}()
	n := p.binary(0)
	if p.err == nil && p.tok().kind != tokEnd {
		p.fail(p.tok().col, "unexpected %s", p.describe())
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Expr{src: src, root: n}, nil
}

type parser struct {
	src   string
	toks  []token
	pos   int
	depth int
	err   *EvalError
}

func (p *parser) tok() *token { return &p.toks[p.pos] }

func (p *parser) next() {
	if p.pos < len(p.toks)-1 {
		p.pos++
	}
}

func (p *parser) fail(col int, format string, args ...any) node {
	if p.err == nil {
		p.err = &EvalError{Expr: p.src, Column: col, Msg: fmt.Sprintf(format, args...)}
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
	return fmt.Sprintf("%q", strings.TrimSpace(p.src[t.col:end]))
}

func (p *parser) isOp(op string) bool { return p.tok().kind == tokOp && p.tok().text == op }

func (p *parser) accept(op string) bool {
	if p.isOp(op) {
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

// precedence is C's, with Rust's `as` above all of it. Rust's bitwise operators bind tighter
// than its comparisons; people who mix them write parentheses, and `a & 1 == 0` without them
// is what Rust users mean, so that Rust's order is taken for & ^ |.
var precedence = map[string]int{
	"||": 1, "&&": 2,
	"==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
	"|": 4, "^": 5, "&": 6,
	"<<": 7, ">>": 7,
	"+": 8, "-": 8,
	"*": 9, "/": 9, "%": 9,
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
		if t.kind == tokName && t.text == "as" {
			p.next()
			x = castExpr{at(t.col), x, p.typeName()}
			continue
		}
		prec, ok := precedence[t.text]
		if t.kind != tokOp || !ok || prec <= min {
			break
		}
		p.next()
		x = binaryExpr{at(t.col), t.text, x, p.binary(prec)}
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
			if t.text == "&" && p.tok().kind == tokName && p.tok().text == "mut" {
				p.next()
			}
			return unaryExpr{at(t.col), t.text, p.unary()}
		case "&&": // a reference to a reference
			p.next()
			return unaryExpr{at(t.col), "&", unaryExpr{at(t.col + 1), "&", p.unary()}}
		case "(":
			if ref, ok := p.castPrefix(); ok {
				return castExpr{at(t.col), p.unary(), ref}
			}
		}
	}
	if t.kind == tokName && t.text == "sizeof" {
		p.next()
		if p.isOp("(") {
			if ref, ok := p.castPrefix(); ok {
				return sizeofExpr{at: at(t.col), t: ref}
			}
		}
		return sizeofExpr{at: at(t.col), x: p.unary()}
	}
	return p.postfix(p.primary())
}

// castPrefix reads `(type)` where that can't be an expression in parentheses.
func (p *parser) castPrefix() (typeRef, bool) {
	save := p.pos
	p.next()
	start := p.tok()
	if start.kind == tokName {
		plain := basicTypes[start.text] != (basicType{}) || start.text == "struct" || start.text == "union" || start.text == "enum" || start.text == "unsigned" || start.text == "signed" || start.text == "const" || start.text == "volatile"
		ref := p.typeName()
		if p.err == nil && p.isOp(")") && (plain || ref.stars > 0) {
			p.next()
			return ref, true
		}
		p.err = nil
	}
	p.pos = save
	return typeRef{}, false
}

// typeName reads a type: words of a basic C type, a path with template arguments, stars.
func (p *parser) typeName() typeRef {
	var ref typeRef
	for p.isOp("*") { // Rust: *const T
		p.next()
		ref.stars++
		if p.tok().kind == tokName && (p.tok().text == "const" || p.tok().text == "mut") {
			p.next()
		}
	}
	var words []string
	for p.tok().kind == tokName {
		w := p.tok().text
		if len(words) > 0 && !cTypeWords[words[len(words)-1]] {
			break
		}
		if w == "as" {
			break
		}
		p.next()
		if w == "const" || w == "volatile" || w == "struct" || w == "union" || w == "enum" || w == "class" {
			if len(words) == 0 {
				continue
			}
		}
		for p.isOp("::") && p.pos+1 < len(p.toks) && p.toks[p.pos+1].kind == tokName {
			p.next()
			w += "::" + p.tok().text
			p.next()
		}
		if p.isOp("<") {
			w += p.templateArgs()
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		p.fail(p.tok().col, "expected a type, found %s", p.describe())
		return ref
	}
	for {
		if p.tok().kind == tokName && (p.tok().text == "const" || p.tok().text == "volatile") {
			p.next()
			continue
		}
		if !p.accept("*") {
			break
		}
		ref.stars++
	}
	if ref.stars > 8 {
		p.fail(p.tok().col, "too many pointers")
	}
	ref.name = strings.Join(words, " ")
	return ref
}

// templateArgs reads <…> as text, spaces normalised to one behind each comma.
func (p *parser) templateArgs() string {
	depth := 0
	var b strings.Builder
	for {
		t := p.tok()
		if t.kind == tokEnd {
			p.fail(t.col, "missing >")
			return ""
		}
		text := t.text
		switch text {
		case "<":
			depth++
		case ">":
			depth--
		case ">>":
			depth -= 2
		}
		b.WriteString(text)
		if text == "," {
			b.WriteByte(' ')
		}
		p.next()
		if depth <= 0 {
			return b.String()
		}
	}
}

var cTypeWords = map[string]bool{
	"unsigned": true, "signed": true, "long": true, "short": true, "int": true, "char": true, "double": true, "const": true, "volatile": true,
}

func (p *parser) primary() node {
	t := *p.tok()
	switch t.kind {
	case tokInt:
		p.next()
		return intLit{at(t.col), integerOf(t.num), t.suffix}
	case tokFloat:
		p.next()
		return floatLit{at(t.col), t.float, t.suffix}
	case tokChar:
		p.next()
		return charLit{at(t.col), t.num.Int64()}
	case tokString:
		p.next()
		return stringLit{at(t.col), t.text}
	case tokName:
		p.next()
		switch t.text {
		case "true", "false":
			return boolLit{at(t.col), t.text == "true"}
		case "nullptr", "NULL":
			return castExpr{at(t.col), intLit{at(t.col), integer{}, ""}, typeRef{name: "void", stars: 1}}
		}
		path := t.text
		for p.isOp("::") {
			p.next()
			if p.tok().kind != tokName {
				return p.fail(p.tok().col, "expected a name behind ::, found %s", p.describe())
			}
			path += "::" + p.tok().text
			p.next()
		}
		return nameRef{at(t.col), path}
	case tokOp:
		switch t.text {
		case "(":
			p.next()
			x := p.binary(0)
			p.expect(")")
			return x
		case "::":
			p.next()
			if p.tok().kind == tokName {
				return p.primary()
			}
		}
	}
	return p.fail(t.col, "expected a value, found %s", p.describe())
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
			if f.kind != tokName && f.kind != tokInt {
				return p.fail(f.col, "expected a field behind %s, found %s", t.text, p.describe())
			}
			p.next()
			if f.kind == tokName && p.isOp("(") {
				p.next()
				p.expect(")")
				x = callExpr{at(f.col), x, f.text}
				continue
			}
			for f.kind == tokName && p.isOp("::") && p.pos+1 < len(p.toks) && p.toks[p.pos+1].kind == tokName { // base::member
				p.next()
				f.text += "::" + p.tok().text
				p.next()
			}
			x = fieldExpr{at(f.col), x, f.text}
		case "[":
			p.next()
			x = p.subscript(at(t.col), x)
		default:
			return x
		}
	}
	return x
}

func (p *parser) subscript(col at, x node) node {
	var lo node
	if !p.isOp("..") && !p.isOp("..=") {
		lo = p.binary(0)
	}
	if incl := p.isOp("..="); incl || p.isOp("..") {
		p.next()
		var hi node
		if !p.isOp("]") {
			hi = p.binary(0)
		}
		p.expect("]")
		return rangeExpr{col, x, lo, hi, incl}
	}
	p.expect("]")
	return indexExpr{col, x, lo}
}
