package value

import (
	"encoding/binary"
	"strconv"

	"sphex/aot/codemap"
)

// A breakpoint's condition is evaluated at each of millions of stops, at one address, in one
// function. What its names mean, the types of all operands and where each variable is are the same
// each time, so that they are worked out once and put into closures over the machine's registers
// and memory. What can't be said so is left to the evaluator, and so is every evaluation that meets
// an error: the evaluator then finds its words.

// Probe is the machine at a stop, as a compiled condition sees it.
type Probe struct {
	General *[16]uint64    // in the order of the function given to Compile
	Vector  *[16][2]uint64 // by DWARF number - 17
	CFA     uint64
	Areas   [3]Area // what may be read: linear memory 0 first, the guest's stack, its context
	Failed  bool    // the evaluator must answer
}

// Area is a piece of the process's memory.
type Area struct {
	Base  uint64
	Bytes []byte
}

// load reads size bytes, 8 at most, as a little-endian number.
func (p *Probe) load(a uint64, size int) uint64 {
	for i := range p.Areas {
		m := &p.Areas[i]
		if off := a - m.Base; off < uint64(len(m.Bytes)) && uint64(len(m.Bytes))-off >= uint64(size) {
			b := m.Bytes[off : off+uint64(size)]
			switch size {
			case 1:
				return uint64(b[0])
			case 2:
				return uint64(binary.LittleEndian.Uint16(b))
			case 4:
				return uint64(binary.LittleEndian.Uint32(b))
			case 8:
				return binary.LittleEndian.Uint64(b)
			}
			var n uint64
			for i, c := range b {
				n |= uint64(c) << (8 * i)
			}
			return n
		}
	}
	p.Failed = true
	return 0
}

// Condition is a compiled condition: Truth of an expression at one address.
type Condition struct{ test func(*Probe) bool }

// Holds tells whether the condition is true; ok is false where only Truth can tell.
func (c *Condition) Holds(p *Probe) (holds, ok bool) {
	p.Failed = false
	holds = c.test(p)
	return holds, !p.Failed
}

// Compile makes a condition that holds where Truth says so, for all stops at the address and in the function at
// which the scope's frame stands; nil if there is something in it that only Truth can do. general tells the
// index in Probe.General of a register.
func (s *Scope) Compile(e *Expr, general func(codemap.Reg) (int, bool)) *Condition {
	c := &compiler{ev: evaluator{scope: s, src: e.src, nameless: true, pure: true}, general: general}
	if !c.readable() {
		return nil
	}
	e, err := c.ev.unfolded(e)
	if err != nil {
		return nil
	}
	test, ok := c.truth(e.tree(c.ev.lang()))
	if !ok {
		return nil
	}
	return &Condition{test}
}

// Number is a compiled expression whose value is an integer.
type Number struct {
	int      func(*Probe) int64
	unsigned bool // of 64 bits
}

// CompileNumber is Compile for an expression whose value is an integer that String renders in decimal; nil for others.
func (s *Scope) CompileNumber(e *Expr, general func(codemap.Reg) (int, bool)) *Number {
	c := &compiler{ev: evaluator{scope: s, src: e.src, nameless: true, pure: true}, general: general}
	if !c.readable() {
		return nil
	}
	e, err := c.ev.unfolded(e)
	if err != nil {
		return nil
	}
	n, ok := c.number(e.tree(c.ev.lang()))
	if !ok || n.class != classInt || n.like != nil && (n.like.kind != typeBase || n.like.char) {
		return nil
	}
	return &Number{n.int, n.bits == 64 && !n.signed}
}

// Append appends the number as text; ok is false where only the evaluator can tell it.
func (n *Number) Append(b []byte, p *Probe) (out []byte, ok bool) {
	p.Failed = false
	v := n.int(p)
	switch {
	case p.Failed:
		return b, false
	case n.unsigned:
		return strconv.AppendUint(b, uint64(v), 10), true
	}
	return strconv.AppendInt(b, v, 10), true
}

type compiler struct {
	ev      evaluator
	general func(codemap.Reg) (int, bool)
}

// readable reports whether the frame is one whose memory a Probe has.
func (c *compiler) readable() bool {
	return c.ev.this == nil && c.ev.names == nil && c.ev.scope.Frame != nil
}

// number is a compiled number of at most 64 bits. Integers are sign- or zero-extended as their type says.
type number struct {
	scalar // the type; a constant's value
	konst  bool
	like   *Type
	int    func(*Probe) int64
	float  func(*Probe) float64
}

func konst(s scalar) (number, bool) {
	n := number{scalar: s, konst: true}
	if s.class == classFloat {
		f := s.f
		n.float = func(*Probe) float64 { return f }
		return n, s.bits <= 64
	}
	v, ok := s.i.int64()
	if !ok && s.bits == 64 && !s.signed { // above the signed ones
		v, ok = int64(s.i.bigInt().Uint64()), true
	}
	n.int = func(*Probe) int64 { return v }
	return n, ok
}

// truth compiles a condition as a whole.
func (c *compiler) truth(n node) (func(*Probe) bool, bool) {
	if b, ok := n.(binaryExpr); ok {
		switch b.op {
		case "&&", "||":
			return c.logical(b)
		case "==", "!=", "<", "<=", ">", ">=":
			return c.comparison(b)
		}
	}
	if u, ok := n.(unaryExpr); ok && u.op == "!" {
		x, ok := c.number(u.x)
		if c.handle(u.x) || !ok || x.class != classBool && !isCLike(c.ev.lang()) {
			return nil, false
		}
		t := x.truth()
		return func(p *Probe) bool { return !t(p) }, true
	}
	x, ok := c.number(n)
	if c.handle(n) || !ok {
		return nil, false
	}
	return x.truth(), true
}

// handle reports whether an expression is an optional or the like, whose truth and equality are not those of what is in it.
func (c *compiler) handle(n node) bool {
	h, _ := c.ev.handleOf(n)
	return h != nil
}

func (n number) truth() func(*Probe) bool {
	if n.class == classFloat {
		f := n.float
		return func(p *Probe) bool { return f(p) != 0 }
	}
	f := n.int
	return func(p *Probe) bool { return f(p) != 0 }
}

func (c *compiler) logical(n binaryExpr) (func(*Probe) bool, bool) {
	x, ok := c.side(n.x)
	if !ok {
		return nil, false
	}
	y, ok := c.side(n.y)
	if !ok {
		return nil, false
	}
	if n.op == "&&" {
		return func(p *Probe) bool { return x(p) && !p.Failed && y(p) }, true
	}
	return func(p *Probe) bool { return x(p) || !p.Failed && y(p) }, true
}

// side is one side of && or ||, which must be a bool where the language wants it.
func (c *compiler) side(n node) (func(*Probe) bool, bool) {
	if !isCLike(c.ev.lang()) {
		switch n := n.(type) {
		case binaryExpr:
			switch n.op {
			case "&&", "||", "==", "!=", "<", "<=", ">", ">=":
				return c.truth(n)
			}
		}
		x, ok := c.number(n)
		if !ok || x.class != classBool {
			return nil, false
		}
		return x.truth(), true
	}
	return c.truth(n)
}

func (c *compiler) comparison(n binaryExpr) (func(*Probe) bool, bool) {
	if c.handle(n.x) || c.handle(n.y) {
		return nil, false
	}
	x, okx := c.number(n.x)
	y, oky := c.number(n.y)
	if n.op == "==" || n.op == "!=" {
		if !okx || !oky {
			if t, ok := c.same(n); ok {
				return t, true
			}
		}
		if !okx {
			x, okx = c.constantOf(n.x, n.y)
		}
		if !oky {
			y, oky = c.constantOf(n.y, n.x)
		}
	}
	if !okx || !oky {
		return nil, false
	}
	x, y, ok := c.common(n, x, y)
	if !ok {
		return nil, false
	}
	if x.class == classFloat {
		f, g := x.float, y.float
		switch n.op {
		case "==":
			return func(p *Probe) bool { return f(p) == g(p) }, true
		case "!=":
			return func(p *Probe) bool { return f(p) != g(p) }, true
		case "<":
			return func(p *Probe) bool { return f(p) < g(p) }, true
		case "<=":
			return func(p *Probe) bool { return f(p) <= g(p) }, true
		case ">":
			return func(p *Probe) bool { return f(p) > g(p) }, true
		}
		return func(p *Probe) bool { return f(p) >= g(p) }, true
	}
	f, g := x.int, y.int
	switch {
	case n.op == "==" && y.konst:
		k := g(nil)
		return func(p *Probe) bool { return f(p) == k }, true
	case n.op == "==":
		return func(p *Probe) bool { return f(p) == g(p) }, true
	case n.op == "!=":
		return func(p *Probe) bool { return f(p) != g(p) }, true
	}
	swap, or := n.op[0] == '>', len(n.op) == 2 // all are < of one order, or its negation
	if swap != or {
		f, g = g, f // x > y is y < x; x <= y is not y < x
	}
	less := func(p *Probe) bool { return f(p) < g(p) }
	if x.bits == 64 && !x.signed {
		less = func(p *Probe) bool { return uint64(f(p)) < uint64(g(p)) }
	}
	if or {
		return func(p *Probe) bool { return !less(p) }, true
	}
	return less, true
}

// constantOf compiles a name that means something only beside a value of an enum.
func (c *compiler) constantOf(n, other node) (number, bool) {
	name, ok := n.(nameRef)
	if !ok {
		return number{}, false
	}
	if v, err := c.ev.eval(n); err == nil && v.function == nil {
		return number{}, false // it is visible, but not compiled
	}
	v, err := c.ev.eval(other)
	if err != nil {
		return number{}, false
	}
	m := c.ev.constantOf(name.path, v)
	if m == nil || m.variant != "" {
		return number{}, false
	}
	s, err := m.scalar()
	if err != nil {
		return number{}, false
	}
	return konst(s)
}

// common brings two numbers to the type in which the evaluator would compare or combine them.
func (c *compiler) common(n binaryExpr, x, y number) (a, b number, ok bool) {
	if x.class == classNone || y.class == classNone {
		return x, y, false
	}
	s, t, err := c.ev.common(n.at, x.representative(), y.representative())
	if err != nil {
		return x, y, false
	}
	a, oka := x.convert(s.basicType)
	b, okb := y.convert(t.basicType)
	return a, b, oka && okb
}

// representative is a number of the type; a constant itself.
func (n *number) representative() scalar {
	if n.konst {
		return n.scalar
	}
	return scalar{basicType: n.basicType, untyped: n.untyped}
}

// convert is scalar.convert.
func (n number) convert(t basicType) (number, bool) {
	if n.konst {
		s := n.scalar.convert(t)
		s.untyped = n.untyped
		return konst(s)
	}
	if t == n.basicType {
		return n, true
	}
	r := number{scalar: scalar{basicType: t, untyped: n.untyped}}
	if t.bits > 64 {
		return r, false
	}
	switch {
	case t.class == classFloat && n.class == classFloat:
		f := n.float
		r.float = f
		if t.bits == 32 {
			r.float = func(p *Probe) float64 { return float64(float32(f(p))) }
		}
	case t.class == classFloat:
		f, unsigned := n.int, n.bits == 64 && !n.signed
		r.float = func(p *Probe) float64 {
			v := f(p)
			g := float64(v)
			if unsigned {
				g = float64(uint64(v))
			}
			if t.bits == 32 {
				g = float64(float32(g))
			}
			return g
		}
	case n.class == classFloat:
		return r, false
	case t.class == classBool:
		f := n.int
		r.int = func(p *Probe) int64 {
			if f(p) != 0 {
				return 1
			}
			return 0
		}
	default:
		r.int = wrapped(n.int, t)
		if widens(n.basicType, t) {
			r.int = n.int
		}
	}
	return r, true
}

// widens reports whether every value of a type is the same in t.
func widens(from, t basicType) bool {
	if from.class == classBool {
		return true
	}
	return from.bits < t.bits && (!from.signed || t.signed) || from.bits == t.bits && from.signed == t.signed
}

// wrapped reduces a number to the width and sign of t.
func wrapped(f func(*Probe) int64, t basicType) func(*Probe) int64 {
	switch {
	case t.bits == 64:
		return f
	case t.bits == 32 && t.signed:
		return func(p *Probe) int64 { return int64(int32(f(p))) }
	case t.bits == 32:
		return func(p *Probe) int64 { return int64(uint32(f(p))) }
	case t.signed:
		sh := uint(64 - t.bits)
		return func(p *Probe) int64 { return f(p) << sh >> sh }
	}
	sh := uint(64 - t.bits)
	return func(p *Probe) int64 { return int64(uint64(f(p)) << sh >> sh) }
}

// number compiles n to a number.
func (c *compiler) number(n node) (number, bool) {
	none := number{}
	switch n := n.(type) {
	case intLit, floatLit, charLit, boolLit, sizeofExpr:
		o, err := c.ev.operand(n)
		if err != nil {
			return none, false
		}
		r, ok := konst(o.scalar)
		r.like = o.like
		return r, ok
	case unaryExpr:
		switch n.op {
		case "*":
			return c.value(n)
		case "-", "~", "!":
			return c.unary(n)
		}
		return none, false
	case binaryExpr:
		switch n.op {
		case "&&", "||", "==", "!=", "<", "<=", ">", ">=":
			t, ok := c.truth(n)
			return number{scalar: scalar{basicType: basicType{classBool, 8, false}}, int: func(p *Probe) int64 {
				if t(p) {
					return 1
				}
				return 0
			}}, ok
		case "+", "-", "*", "/", "%", "&", "|", "^":
			return c.arith(n)
		case "<<", ">>":
			return c.shift(n)
		}
		return none, false
	case castExpr:
		return c.cast(n)
	case callExpr:
		return c.call(n)
	case nameRef, fieldExpr, indexExpr:
		return c.value(n)
	}
	return none, false
}

// folded is an operation on constants, done now.
func (c *compiler) folded(n node, operands ...number) (r number, ok, constant bool) {
	for i := range operands {
		if !operands[i].konst {
			return r, false, false
		}
	}
	o, err := c.ev.operand(n)
	if err != nil {
		return r, false, true
	}
	r, ok = konst(o.scalar)
	r.like = o.like
	return r, ok, true
}
