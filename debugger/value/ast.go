package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Expr is a parsed expression. It can be evaluated in any scope, any number of times.
type Expr struct {
	src  string
	root node // by Rust's precedence
	c    node // by C's, if that makes another tree; else nil
}

// String returns the expression as it was written.
func (e *Expr) String() string { return e.src }

// tree is the expression by the precedence of a language: in C, a comparison binds tighter than
// a bitwise operator.
func (e *Expr) tree(l symbols.Language) node {
	if e.c != nil && isCLike(l) {
		return e.c
	}
	return e.root
}

// Changes reports whether the expression assigns or calls a function by name, so that to
// evaluate it may change the program.
func (e *Expr) Changes() bool {
	found := false
	walkNodes(e.root, func(n node) {
		switch n.(type) {
		case assignExpr, stepExpr, invokeExpr, callExpr:
			found = true
		}
	})
	return found
}

// MayCall reports whether an expression has a call in it that may be one of the program's functions.
func (e *Expr) MayCall() bool {
	found := false
	walkNodes(e.root, func(n node) {
		switch n.(type) {
		case invokeExpr, callExpr:
			found = true
		}
	})
	return found
}

// node is a node of an expression's tree.
type node interface{ column() int }

type at int

func (a at) column() int { return int(a) }

type (
	intLit struct {
		at
		val    integer
		suffix string
		octal  *integer // what C sees in digits behind a 0; nil: the same
	}
	floatLit struct {
		at
		val    float64
		suffix string
	}
	charLit struct {
		at
		val  int64
		byte bool // b'c'
	}
	boolLit struct {
		at
		val bool
	}
	stringLit struct {
		at
		val   string
		bytes bool // b"…"
	}
	listLit struct { // [1, 2], (1, 2): for comparing
		at
		list   []node
		tuple  bool
		braces bool // {1, 2} of C
	}
	structLit struct { // Point { x: 1, y: 2 }, {.x = 1, .y = 2}: for storing and comparing
		at
		path  string // "" in C
		names []string
		list  []node
		rest  bool // ends with ..
	}
	knownExpr struct { // what has been evaluated
		at
		v *Variable
	}
	nameRef struct {
		at
		path string // with :: between its parts
	}
	dollarRef struct { // $name, $1, $$, $
		at
		name string
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
	condExpr struct { // c ? x : y
		at
		c, x, y node
	}
	assignExpr struct { // x = y, x += y: op is "", "+", …
		at
		op   string
		x, y node
	}
	stepExpr struct { // ++x, x--
		at
		op   string // + or -
		x    node
		post bool
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
		x, lo, hi node // lo, hi may be nil; x is nil in lo..hi alone
		inclusive bool
	}
	elemExpr struct { // x@n: n values like x, from x on
		at
		x, n node
	}
	memExpr struct { // {type}address
		at
		t typeRef
		x node
	}
	callExpr struct { // x.name(args)
		at
		x    node
		name string
		args []node
	}
	closureExpr struct { // |x| x + 1
		at
		params []pattern
		body   node
	}
	invokeExpr struct { // f(args)
		at
		f    node
		args []node
	}
	isExpr struct { // x is pattern
		at
		x   node
		pat []pattern // any of them
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

		align bool // not the size but the alignment
	}
)

// typeRef is a type as written in a cast.
type typeRef struct {
	name  string // int, u8, node, ns::Type; "" when elem is meant
	tag   bool   // struct, union or enum stood before the name
	stars int
	elem  *typeRef // an array of count elem
	count int64
}

// pattern is a pattern of Rust: what stands behind `is` and in matches!.
type pattern struct {
	at
	any    bool      // _
	path   string    // a variant, or a constant
	value  node      // a literal
	hi     node      // value..=hi
	open   bool      // value..hi
	parts  []pattern // behind the path, or of a tuple
	fields []string  // names of the parts; "" for those by position
	tuple  bool      // (a, b) without a path
	whole  bool      // parts are all that there is: no ..
	given  bool      // there were parentheses or braces
}

// walkNodes calls f for all nodes of a tree.
func walkNodes(n node, f func(node)) {
	if n == nil {
		return
	}
	f(n)
	each := func(list ...node) {
		for _, m := range list {
			walkNodes(m, f)
		}
	}
	switch n := n.(type) {
	case listLit:
		each(n.list...)
	case structLit:
		each(n.list...)
	case unaryExpr:
		each(n.x)
	case binaryExpr:
		each(n.x, n.y)
	case condExpr:
		each(n.c, n.x, n.y)
	case assignExpr:
		each(n.x, n.y)
	case stepExpr:
		each(n.x)
	case fieldExpr:
		each(n.x)
	case indexExpr:
		each(n.x, n.i)
	case rangeExpr:
		each(n.x, n.lo, n.hi)
	case elemExpr:
		each(n.x, n.n)
	case memExpr:
		each(n.x)
	case callExpr:
		each(n.x)
		each(n.args...)
	case closureExpr:
		each(n.body)
	case invokeExpr:
		each(n.f)
		each(n.args...)
	case isExpr:
		each(n.x)
	case castExpr:
		each(n.x)
	case sizeofExpr:
		each(n.x)
	}
}

// typeText is a type as it was written, for messages.
func (r typeRef) String() string {
	name := r.name
	if r.elem != nil {
		name = "[" + r.elem.String() + "; " + itoa(r.count) + "]"
	}
	return name + strings.Repeat("*", r.stars)
}
