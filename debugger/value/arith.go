package value

import (
	"math"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// operand is one side of an operation.
type operand struct {
	scalar
	v    *Variable // that it was read from; nil: it was computed, or is the whole of a variable
	typ  *Type     // of the variable that it is the whole of
	like *Type     // stripped type with the same meaning of the bits that a result takes; nil: one of the language's own
}

// compute evaluates n. Literals and the results of operators become a number at once; any
// other node leaves its value in v, unread.
func (ev *evaluator) compute(n node) (operand, error) {
	switch n := n.(type) {
	case intLit:
		s, err := ev.intLit(n)
		return operand{scalar: s}, err
	case floatLit:
		s := scalar{basicType: basicType{classFloat, 64, true}, f: n.val, untyped: n.suffix == ""}
		if n.suffix == "f32" || n.suffix == "f" || n.suffix == "F" {
			s = s.convert(basicType{classFloat, 32, true})
		}
		return operand{scalar: s}, nil
	case charLit:
		s := scalar{basicType: basicType{classInt, 32, true}, i: intOf(n.val), untyped: true}
		if n.byte {
			s.basicType = basicType{classInt, 8, false}
			s.untyped = ev.lang() != symbols.LangRust
			return operand{scalar: s}, nil
		}
		if ev.lang() == symbols.LangRust {
			s.basicType = basicType{classChar, 32, false}
			return operand{scalar: s, like: ev.scope.Types.basicNamed("char", symbols.LangRust)}, nil
		}
		return operand{scalar: s}, nil
	case boolLit:
		return truthValue(n.val), nil
	case unaryExpr:
		if n.op != "*" && n.op != "&" {
			return ev.unary(n)
		}
	case binaryExpr:
		if n.op != ".*" {
			return ev.binary(n)
		}
	case isExpr:
		b, err := ev.is(n)
		return truthValue(b), err
	case condExpr:
		c, err := ev.truth(n.c)
		switch {
		case err != nil:
			return operand{}, err
		case c:
			return ev.compute(n.x)
		}
		return ev.compute(n.y)
	case nameRef:
		if m := ev.scope.names[n.path]; m != nil && m.number {
			if s, ok := m.read(ev.scope); ok {
				return operand{scalar: s, typ: m.typ, like: m.like}, nil
			}
		}
	}
	v, err := ev.eval(n)
	return operand{v: v}, err
}

// truthValue is the outcome of a comparison.
func truthValue(b bool) operand {
	s := scalar{basicType: basicType{classBool, 8, false}}
	if b {
		s.i = intOf(1)
	}
	return operand{scalar: s}
}

// settled gives a result its type: like if that has the same meaning of the bits, else a type
// of the language's own.
func (ev *evaluator) settled(s scalar, like *Type) operand {
	if like != nil && like.kind == typeBase && like.basic == s.basicType {
		return operand{scalar: s, like: like}
	}
	untyped := s.untyped
	if b := canonical(s.basicType, ev.lang()); b != s.basicType {
		s = s.convert(b)
		s.untyped = untyped
	}
	return operand{scalar: s}
}

// canonical is the basic type that basicName names.
func canonical(b basicType, l symbols.Language) basicType {
	switch {
	case b.class == classInt && (b.bits == 8 || b.bits == 16 || b.bits == 32 || b.bits == 64 || b.bits == 128):
		return b
	case b == basicType{classBool, 8, false}:
		return b
	}
	return basicTypes[basicName(b, l)]
}

// variable makes a value of an operand.
func (ev *evaluator) variable(o operand) *Variable {
	if o.v != nil {
		return o.v
	}
	v := ev.scope.make("", "", ev.typeOf(&o), location{data: o.scalar.bytes()})
	v.untyped = o.untyped
	return v
}

// typeOf is the type of an operand.
func (ev *evaluator) typeOf(o *operand) *Type {
	switch {
	case o.v != nil:
		return o.v.typ
	case o.typ != nil:
		return o.typ
	case o.like != nil:
		return o.like
	}
	return ev.scope.Types.basicNamed(basicName(o.basicType, ev.lang()), ev.lang())
}

// operand evaluates n to a number.
func (ev *evaluator) operand(n node) (operand, error) {
	o, err := ev.compute(n)
	if err == nil && o.v != nil {
		err = ev.number(n, &o)
	}
	return o, err
}

// number reads the number of a value.
func (ev *evaluator) number(n node, o *operand) error {
	v := o.v.unwrapped().spared().unwrapped()
	o.v = v
	if v.Unreadable != nil {
		return ev.wrapErr(n, v.Unreadable)
	}
	s, err := v.scalar()
	if err != nil {
		return ev.wrapErr(n, err)
	}
	o.scalar, o.like = v.narrow(s), v.typ.strip()
	return nil
}

// narrow gives a bit field that int can hold the type int, as C's promotions do.
func (v *Variable) narrow(s scalar) scalar {
	if v.bits != nil && v.bits.bits < 32 && s.class == classInt {
		return s.convert(basicType{classInt, 32, true})
	}
	return s
}

func (ev *evaluator) unary(n unaryExpr) (operand, error) {
	if n.op == "!" {
		if on, ok, err := ev.handleTruth(n.x); ok {
			return truthValue(!on), err
		}
	}
	o, err := ev.operand(n.x)
	if err != nil {
		return operand{}, err
	}
	s, like := o.scalar, o.like
	clike := isCLike(ev.lang())
	if n.op == "!" && (s.class == classBool || clike) {
		return truthValue(!s.truth()), nil
	}
	if s.class == classBool && !clike || s.class == classChar {
		return operand{}, ev.fail(n, "%s can't be applied to %s", n.op, ev.typeOf(&o).short())
	}
	untyped := s.untyped
	if clike && s.class != classFloat && s.bits < 32 || s.class == classBool {
		s, like = s.convert(basicType{classInt, 32, true}), nil // integer promotion
	}
	s.untyped = untyped
	switch n.op {
	case "-":
		if s.class == classFloat {
			s.f = -s.f
			break
		}
		s.i = s.i.neg()
		if s.untyped {
			s.basicType = smallest(s.i)
		}
		s.i = s.i.wrap(s.basicType)
	case "~", "!":
		if s.class == classFloat {
			return operand{}, ev.fail(n, "%s can't be applied to %s", n.op, ev.typeOf(&o).short())
		}
		s.i = s.i.not().wrap(s.basicType)
	}
	return ev.settled(s, like), nil
}

// deref follows a pointer, a reference or what acts as one.
func (ev *evaluator) deref(n unaryExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil && x.loc.points == nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	t := x.typ.strip()
	if t != nil && t.kind == typeReference { // C++: * applies to what the reference names
		x = x.as(t).deref(t.Elem())
		t = x.typ.strip()
	}
	if t != nil && t.kind == typePointer {
		e := t.Elem()
		if e == nil || e.kind == typeVoid {
			return nil, ev.fail(n, "a pointer to void can't be followed")
		}
		r := x.as(t).deref(e)
		if r.Unreadable != nil {
			return nil, ev.wrapErr(n, r.Unreadable)
		}
		if ev.vis != nil && !ev.vis.inside && r.typ == ev.this.typ && r.loc.inMemory && r.loc.addr == ev.this.loc.addr {
			r.raw, r.behind = true, false // *this is not shown by what shows it
		}
		return r, nil
	}
	sh := x.shape()
	switch {
	case sh.style == styleInner && sh.inner != nil:
		return sh.inner, nil
	case sh.err != nil:
		return nil, ev.wrapErr(n, sh.err)
	case t != nil && t.kind == typeArray && isCLike(t.lang) && sh.elem != nil && sh.count > 0:
		return sh.elem(0), nil
	case sh.str != nil || sh.elem != nil:
		return x, nil // *slice, *str
	}
	if x.lent {
		return x, nil
	}
	return nil, ev.fail(n, "%s is no pointer", x.typ.short())
}

func (ev *evaluator) addressOf(n unaryExpr) (*Variable, error) {
	if name, ok := n.x.(nameRef); ok && ev.lang() == symbols.LangCPP {
		if m := ev.memberAddress(name); m != nil {
			return m, nil
		}
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil && !x.loc.null { // &((struct list *)0)->next is how C asks for an offset
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	if x.bits != nil {
		return nil, ev.fail(n, "a bit field has no address")
	}
	if _, ok := n.x.(rangeExpr); ok && ev.lang() == symbols.LangRust { // &v[1..3] is a slice: shown as one
		return x, nil
	}
	if x.function != nil {
		return ev.functionAddress(x), nil
	}
	a, ok := x.Addr()
	if x.loc.null {
		a, ok = x.scope.linear(x.loc.addr)
	}
	if !ok {
		return nil, ev.fail(n, "the value has no address in linear memory: it is in %s", x.Place())
	}
	t := ev.scope.Types.pointerTo(x.typ, ev.lang())
	s := scalar{basicType: basicType{classInt, int(8 * t.byteSize()), false}, i: uintOf(uint64(a))}
	return ev.scope.make("", "", t, location{data: s.bytes()}), nil
}

func (ev *evaluator) binary(n binaryExpr) (operand, error) {
	switch n.op {
	case "&&", "||":
		return ev.logical(n)
	case "==", "!=":
		return ev.equality(n)
	}
	side := ev.operandOrText
	if (n.op == "+" || n.op == "-") && isCLike(ev.lang()) {
		side = ev.decayed
	}
	x, err := side(n.x)
	if err != nil {
		return operand{}, err
	}
	y, err := side(n.y)
	if err != nil {
		return operand{}, err
	}
	if x.class == classNone || y.class == classNone {
		return ev.textOrder(n, ev.variable(x), ev.variable(y))
	}
	if r, done, err := ev.pointerArith(n, x, y); done || err != nil {
		return r, err
	}
	switch n.op {
	case "<<", ">>":
		return ev.shift(n, x, y)
	}
	untyped := x.untyped && y.untyped
	like := x.like
	if x.untyped && !y.untyped {
		like = y.like
	}
	a, b, err := ev.common(n.at, x.scalar, y.scalar)
	if err != nil {
		return operand{}, err
	}
	a.untyped, b.untyped = untyped, untyped
	switch n.op {
	case "<", "<=", ">", ">=":
		c, ordered := compare(a, b)
		return truthValue(ordered && holds(n.op, c)), nil
	}
	if a.class == classBool {
		switch n.op {
		case "&", "|", "^":
		default:
			return operand{}, ev.fail(n, "%s can't be applied to bool", n.op)
		}
	}
	r, err := ev.arith(n, a, b)
	if err != nil {
		return operand{}, err
	}
	r.untyped = untyped
	return ev.settled(r, like), nil
}

// holds tells whether an order, c as of Cmp, fulfils a comparison.
func holds(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// operandOrText is operand, except that a string gives a scalar of no class.
func (ev *evaluator) operandOrText(n node) (operand, error) {
	o, err := ev.compute(n)
	if err != nil || o.v == nil {
		return o, err
	}
	if err = ev.number(n, &o); err != nil && o.v.Unreadable == nil && o.v.shape().str != nil {
		return operand{v: o.v}, nil
	}
	return o, err
}

// decayed is an operand of C's + and -, where an array is the address of its first element.
func (ev *evaluator) decayed(n node) (operand, error) {
	o, err := ev.compute(n)
	if err != nil || o.v == nil {
		return o, err
	}
	if t := o.v.typ.strip(); t != nil && t.kind == typeArray && t.lang != symbols.LangRust {
		if a, ok := o.v.Addr(); ok {
			o.v = ev.pointer(t.Elem(), uint64(a))
		}
	}
	if err = ev.number(n, &o); err != nil && o.v.Unreadable == nil && o.v.shape().str != nil {
		return operand{v: o.v}, nil
	}
	return o, err
}

func (ev *evaluator) logical(n binaryExpr) (operand, error) {
	x, err := ev.side(n, n.x)
	if err != nil || x == (n.op == "||") { // decided; the other side is not evaluated
		return truthValue(x), err
	}
	y, err := ev.side(n, n.y)
	return truthValue(y), err
}

// truth is that of a condition.
func (ev *evaluator) truth(n node) (bool, error) {
	return ev.side(binaryExpr{op: "a condition"}, n)
}

// side is the truth of one side of && and ||.
func (ev *evaluator) side(n binaryExpr, m node) (bool, error) {
	if on, ok, err := ev.handleTruth(m); ok {
		return on, err
	}
	o, err := ev.operand(m)
	if err != nil {
		return false, err
	}
	if o.class != classBool && !isCLike(ev.lang()) {
		return false, ev.fail(m, "%s needs bool, not %s", n.op, ev.typeOf(&o).short())
	}
	return o.truth(), nil
}

// common brings two numbers to one type: C's usual arithmetic conversions; in Rust a literal
// takes the type of the other side, and mixed types meet in the one that holds both.
func (ev *evaluator) common(n node, x, y scalar) (scalar, scalar, error) {
	if x.class == classFloat || y.class == classFloat {
		t := basicType{classFloat, 64, true}
		switch {
		case x.class == classFloat && y.class == classFloat && x.untyped != y.untyped:
			if t = x.basicType; x.untyped {
				t = y.basicType
			}
		case x.class == classFloat && y.class == classFloat:
			t.bits = max(x.bits, y.bits)
		case x.class == classFloat:
			t.bits = x.bits
		default:
			t.bits = y.bits
		}
		return x.convert(t), y.convert(t), nil
	}
	if x.class == classBool && y.class == classBool {
		return x, y, nil
	}
	if isCLike(ev.lang()) {
		x, y = promote(x), promote(y)
		t := basicType{classInt, max(x.bits, y.bits), x.signed && y.signed}
		if x.bits != y.bits {
			t.signed = x.signed
			if y.bits > x.bits {
				t.signed = y.signed
			}
		}
		return x.convert(t), y.convert(t), nil
	}
	if (x.class == classBool) != (y.class == classBool) {
		return x, y, ev.fail(n, "a bool and a number can't be combined")
	}
	if x.class == classChar && y.class == classChar {
		return x, y, nil
	}
	t := x.basicType
	switch {
	case x.untyped && !y.untyped && x.i.fits(y.basicType):
		t = y.basicType
	case y.untyped && !x.untyped && y.i.fits(x.basicType):
	case x.basicType == y.basicType:
	default:
		if t = (basicType{classInt, max(x.bits, y.bits), x.signed || y.signed}); x.signed != y.signed {
			unsigned := x.bits
			if x.signed {
				unsigned = y.bits
			}
			if unsigned >= t.bits {
				t.bits = min(128, 2*t.bits)
			}
		}
	}
	t.class = classInt
	return x.convert(t), y.convert(t), nil
}

// promote is C's integer promotion.
func promote(s scalar) scalar {
	if s.class == classBool || s.class == classChar || s.bits < 32 {
		signed := s.class != classChar || s.bits < 32
		return s.convert(basicType{classInt, max(32, s.bits), signed})
	}
	return s
}

// compare orders two numbers of one type; ordered is false if one is NaN.
func compare(x, y scalar) (c int, ordered bool) {
	if x.class == classFloat {
		switch {
		case math.IsNaN(x.f) || math.IsNaN(y.f):
			return 0, false
		case x.f < y.f:
			return -1, true
		case x.f > y.f:
			return 1, true
		}
		return 0, true
	}
	return x.i.cmp(y.i), true
}

func (ev *evaluator) arith(n binaryExpr, x, y scalar) (scalar, error) {
	r := scalar{basicType: x.basicType}
	if x.class == classFloat {
		switch n.op {
		case "+":
			r.f = x.f + y.f
		case "-":
			r.f = x.f - y.f
		case "*":
			r.f = x.f * y.f
		case "/":
			r.f = x.f / y.f
		case "%":
			r.f = math.Mod(x.f, y.f)
		default:
			return r, ev.fail(n, "%s can't be applied to floats", n.op)
		}
		if r.bits == 32 {
			r.f = float64(float32(r.f))
		}
		return r, nil
	}
	var i integer
	switch n.op {
	case "+":
		i = x.i.add(y.i)
	case "-":
		i = x.i.sub(y.i)
	case "*":
		i = x.i.mul(y.i)
	case "/", "%":
		if y.i.sign() == 0 {
			return r, ev.failValue(n, "division by zero")
		}
		if n.op == "/" {
			i = x.i.quo(y.i)
		} else {
			i = x.i.rem(y.i)
		}
	case "&":
		i = x.i.and(y.i)
	case "|":
		i = x.i.or(y.i)
	case "^":
		i = x.i.xor(y.i)
	default:
		panic("value: arith: operator " + n.op)
	}
	if x.untyped && y.untyped && !i.fits(r.basicType) {
		r.basicType = smallest(i)
	}
	r.i = i.wrap(r.basicType)
	return r, nil
}

func (ev *evaluator) shift(n binaryExpr, x, y operand) (operand, error) {
	if x.class == classFloat || y.class == classFloat || (x.class == classBool || x.class == classChar) && !isCLike(ev.lang()) {
		return operand{}, ev.fail(n, "%s needs integers", n.op)
	}
	r, like := x.scalar, x.like
	if isCLike(ev.lang()) {
		if p := promote(r); p.basicType != r.basicType {
			p.untyped = x.untyped
			r, like = p, nil
		}
	}
	bits := r.bits
	if r.untyped {
		bits = 128
	}
	c, ok := y.i.int64()
	if !ok || c < 0 || c >= int64(bits) {
		return operand{}, ev.fail(n.y, "shift by %v of a number of %d bits", y.i, bits)
	}
	if n.op == "<<" {
		r.i = r.i.shl(uint(c))
		if r.untyped && !r.i.fits(r.basicType) {
			r.basicType = smallest(r.i)
		}
		r.i = r.i.wrap(r.basicType)
	} else {
		r.i = r.i.shr(uint(c))
	}
	return ev.settled(r, like), nil
}

// pointerArith is C's pointer + integer, pointer - integer, pointer - pointer.
func (ev *evaluator) pointerArith(n binaryExpr, x, y operand) (r operand, done bool, err error) {
	if n.op != "+" && n.op != "-" {
		return operand{}, false, nil
	}
	px, py := x.isPointer(), y.isPointer()
	if py && !px && n.op == "+" {
		x, y, px, py = y, x, true, false
	}
	if !px {
		return operand{}, false, nil
	}
	size := x.like.Elem().byteSize()
	if size <= 0 {
		size = 1
	}
	if py {
		s := scalar{basicType: basicType{classInt, 32, true}}
		s.i = x.i.sub(y.i).quo(intOf(size)).wrap(s.basicType)
		name := map[bool]string{true: "isize", false: "int"}[ev.lang() == symbols.LangRust]
		return operand{scalar: s, like: ev.scope.Types.basicNamed(name, ev.lang())}, true, nil
	}
	if y.class == classFloat {
		return operand{}, true, ev.fail(n, "a pointer and a float can't be combined")
	}
	d := y.i.mul(intOf(size))
	if n.op == "-" {
		d = d.neg()
	}
	s := scalar{basicType: x.basicType, i: d.add(x.i)}
	return operand{v: ev.scope.make("", "", ev.typeOf(&x), location{data: s.bytes()})}, true, nil
}

func (o *operand) isPointer() bool { return o.like != nil && o.like.kind == typePointer }

// textOrder compares two strings.
func (ev *evaluator) textOrder(n binaryExpr, x, y *Variable) (operand, error) {
	if v, ok := ev.joined(n); ok {
		return operand{v: v}, nil
	}
	sx, sy := x.shape().str, y.shape().str
	if sx == nil || sy == nil {
		return operand{}, ev.fail(n, "%s can't be applied to %s and %s", n.op, x.typ.short(), y.typ.short())
	}
	a, _, err := x.scope.readText(sx, maxRead)
	if err != nil {
		return operand{}, ev.wrapErr(n, err)
	}
	b, _, err := y.scope.readText(sy, maxRead)
	if err != nil {
		return operand{}, ev.wrapErr(n, err)
	}
	var r bool
	switch n.op {
	case "<":
		r = a < b
	case "<=":
		r = a <= b
	case ">":
		r = a > b
	case ">=":
		r = a >= b
	default:
		return operand{}, ev.fail(n, "%s can't be applied to strings", n.op)
	}
	return truthValue(r), nil
}

// PointerAt makes a value of type t at a linear-memory address, for views of memory.
func (s *Scope) PointerAt(name string, t *Type, addr wasm.MemAddr) *Variable {
	return s.make(name, "", t, s.pointee(addr, t.byteSize()))
}
