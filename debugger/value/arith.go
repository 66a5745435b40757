package value

import (
	"math"
	"math/big"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// operand evaluates n to a number.
func (ev *evaluator) operand(n node) (scalar, *Variable, error) {
	v, err := ev.eval(n)
	if err != nil {
		return scalar{}, nil, err
	}
	v = v.unwrapped()
	if v.Unreadable != nil {
		return scalar{}, nil, ev.wrapErr(n, v.Unreadable)
	}
	s, err := v.scalar()
	if err != nil {
		return scalar{}, nil, ev.wrapErr(n, err)
	}
	return v.narrow(s), v, nil
}

// narrow gives a bit field that int can hold the type int, as C's promotions do.
func (v *Variable) narrow(s scalar) scalar {
	if v.bits != nil && v.bits.bits < 32 && s.class == classInt {
		return s.convert(basicType{classInt, 32, true})
	}
	return s
}

func (ev *evaluator) unary(n unaryExpr) (*Variable, error) {
	switch n.op {
	case "*":
		return ev.deref(n)
	case "&":
		return ev.addressOf(n)
	}
	s, v, err := ev.operand(n.x)
	if err != nil {
		return nil, err
	}
	like := v.typ.strip()
	clike := isCLike(ev.lang())
	if n.op == "!" && (s.class == classBool || clike) {
		r := scalar{basicType: basicType{classBool, 8, false}, i: new(big.Int)}
		if !s.truth() {
			r.i.SetInt64(1)
		}
		return ev.number(r, nil), nil
	}
	if s.class == classBool && !clike || s.class == classChar {
		return nil, ev.fail(n, "%s can't be applied to %s", n.op, v.typ.short())
	}
	if clike && s.class != classFloat && s.bits < 32 || s.class == classBool {
		s, like = s.convert(basicType{classInt, 32, true}), nil // integer promotion
	}
	s.untyped = v.untyped
	switch n.op {
	case "-":
		if s.class == classFloat {
			s.f = -s.f
			break
		}
		s.i = new(big.Int).Neg(s.i)
		if s.untyped {
			s.basicType = smallest(s.i)
		}
		s.i = wrap(s.i, s.basicType)
	case "~", "!":
		if s.class == classFloat {
			return nil, ev.fail(n, "%s can't be applied to %s", n.op, v.typ.short())
		}
		s.i = wrap(new(big.Int).Not(s.i), s.basicType)
	}
	return ev.number(s, like), nil
}

// deref follows a pointer, a reference or what acts as one.
func (ev *evaluator) deref(n unaryExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
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
	return nil, ev.fail(n, "%s is no pointer", x.typ.short())
}

func (ev *evaluator) addressOf(n unaryExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	if x.bits != nil {
		return nil, ev.fail(n, "a bit field has no address")
	}
	a, ok := x.Addr()
	if !ok {
		return nil, ev.fail(n, "the value has no address in linear memory: it is in %s", x.Place())
	}
	t := ev.scope.Types.pointerTo(x.typ, ev.lang())
	s := scalar{basicType: basicType{classInt, int(8 * t.byteSize()), false}, i: new(big.Int).SetUint64(uint64(a))}
	return ev.scope.make("", "", t, location{data: s.bytes()}), nil
}

func (ev *evaluator) binary(n binaryExpr) (*Variable, error) {
	switch n.op {
	case "&&", "||":
		return ev.logical(n)
	case "==", "!=":
		return ev.equality(n)
	}
	x, xv, err := ev.operandOrText(n.x)
	if err != nil {
		return nil, err
	}
	y, yv, err := ev.operandOrText(n.y)
	if err != nil {
		return nil, err
	}
	if x.class == classNone || y.class == classNone {
		return ev.textOrder(n, xv, yv)
	}
	if v, done, err := ev.pointerArith(n, x, xv, y, yv); done || err != nil {
		return v, err
	}
	switch n.op {
	case "<<", ">>":
		return ev.shift(n, x, xv, y)
	}
	untyped := x.untyped && y.untyped
	like := xv.typ.strip()
	if x.untyped && !y.untyped {
		like = yv.typ.strip()
	}
	x, y, err = ev.common(n, x, y)
	if err != nil {
		return nil, err
	}
	x.untyped, y.untyped = untyped, untyped
	switch n.op {
	case "<", "<=", ">", ">=":
		c, ordered := compare(x, y)
		b := false
		switch n.op {
		case "<":
			b = c < 0
		case "<=":
			b = c <= 0
		case ">":
			b = c > 0
		case ">=":
			b = c >= 0
		}
		return ev.eval(boolLit{n.at, b && ordered})
	}
	if x.class == classBool {
		switch n.op {
		case "&", "|", "^":
		default:
			return nil, ev.fail(n, "%s can't be applied to bool", n.op)
		}
	}
	r, err := ev.arith(n, x, y)
	if err != nil {
		return nil, err
	}
	r.untyped = untyped
	return ev.number(r, like), nil
}

// operandOrText is operand, except that a string gives a scalar of no class.
func (ev *evaluator) operandOrText(n node) (scalar, *Variable, error) {
	v, err := ev.eval(n)
	if err != nil {
		return scalar{}, nil, err
	}
	v = v.unwrapped()
	if v.Unreadable != nil {
		return scalar{}, nil, ev.wrapErr(n, v.Unreadable)
	}
	s, err := v.scalar()
	if err == nil {
		return v.narrow(s), v, nil
	}
	if v.shape().str != nil {
		return scalar{}, v, nil
	}
	return s, v, ev.wrapErr(n, err)
}

func (ev *evaluator) logical(n binaryExpr) (*Variable, error) {
	side := func(m node) (bool, error) {
		s, v, err := ev.operand(m)
		if err != nil {
			return false, err
		}
		if s.class != classBool && !isCLike(ev.lang()) {
			return false, ev.fail(m, "%s needs bool, not %s", n.op, v.typ.short())
		}
		return s.truth(), nil
	}
	x, err := side(n.x)
	if err != nil {
		return nil, err
	}
	if x == (n.op == "||") { // decided; the other side is not evaluated
		return ev.eval(boolLit{n.at, x})
	}
	y, err := side(n.y)
	if err != nil {
		return nil, err
	}
	return ev.eval(boolLit{n.at, y})
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
	case x.untyped && !y.untyped && fits(x.i, y.basicType):
		t = y.basicType
	case y.untyped && !x.untyped && fits(y.i, x.basicType):
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

func fits(i *big.Int, t basicType) bool {
	t.class = classInt
	return wrap(i, t).Cmp(i) == 0
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
	return x.i.Cmp(y.i), true
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
	i := new(big.Int)
	switch n.op {
	case "+":
		i.Add(x.i, y.i)
	case "-":
		i.Sub(x.i, y.i)
	case "*":
		i.Mul(x.i, y.i)
	case "/", "%":
		if y.i.Sign() == 0 {
			return r, ev.fail(n, "division by zero")
		}
		if n.op == "/" {
			i.Quo(x.i, y.i)
		} else {
			i.Rem(x.i, y.i)
		}
	case "&":
		i.And(x.i, y.i)
	case "|":
		i.Or(x.i, y.i)
	case "^":
		i.Xor(x.i, y.i)
	default:
		panic("value: arith: operator " + n.op)
	}
	if x.untyped && y.untyped && !fits(i, r.basicType) {
		r.basicType = smallest(i)
	}
	r.i = wrap(i, r.basicType)
	return r, nil
}

func (ev *evaluator) shift(n binaryExpr, x scalar, xv *Variable, y scalar) (*Variable, error) {
	if x.class == classFloat || y.class == classFloat || (x.class == classBool || x.class == classChar) && !isCLike(ev.lang()) {
		return nil, ev.fail(n, "%s needs integers", n.op)
	}
	like := xv.typ.strip()
	if isCLike(ev.lang()) {
		if p := promote(x); p.basicType != x.basicType {
			p.untyped = x.untyped
			x, like = p, nil
		}
	}
	bits := x.bits
	if x.untyped {
		bits = 128
	}
	if !y.i.IsInt64() || y.i.Sign() < 0 || y.i.Int64() >= int64(bits) {
		return nil, ev.fail(n.y, "shift by %v of a number of %d bits", y.i, bits)
	}
	r := x
	c := uint(y.i.Int64())
	if n.op == "<<" {
		r.i = new(big.Int).Lsh(x.i, c)
		if x.untyped && !fits(r.i, r.basicType) {
			r.basicType = smallest(r.i)
		}
		r.i = wrap(r.i, r.basicType)
	} else {
		r.i = new(big.Int).Rsh(x.i, c)
	}
	return ev.number(r, like), nil
}

// pointerArith is C's pointer + integer, pointer - integer, pointer - pointer.
func (ev *evaluator) pointerArith(n binaryExpr, x scalar, xv *Variable, y scalar, yv *Variable) (*Variable, bool, error) {
	if n.op != "+" && n.op != "-" {
		return nil, false, nil
	}
	tx, ty := xv.typ.strip(), yv.typ.strip()
	px, py := tx != nil && tx.kind == typePointer, ty != nil && ty.kind == typePointer
	if py && !px && n.op == "+" {
		x, y, xv, tx, px, py = y, x, yv, ty, true, false
	}
	if !px {
		return nil, false, nil
	}
	size := tx.Elem().byteSize()
	if size <= 0 {
		size = 1
	}
	if py {
		d := new(big.Int).Sub(x.i, y.i)
		d.Quo(d, big.NewInt(size))
		return ev.basic(scalar{basicType: basicType{classInt, 32, true}, i: d}, map[bool]string{true: "isize", false: "int"}[ev.lang() == symbols.LangRust]), true, nil
	}
	if y.class == classFloat {
		return nil, true, ev.fail(n, "a pointer and a float can't be combined")
	}
	d := new(big.Int).Mul(y.i, big.NewInt(size))
	if n.op == "-" {
		d.Neg(d)
	}
	r := scalar{basicType: x.basicType, i: d.Add(d, x.i)}
	return ev.scope.make("", "", xv.typ, location{data: r.bytes()}), true, nil
}

// textOrder compares two strings.
func (ev *evaluator) textOrder(n binaryExpr, x, y *Variable) (*Variable, error) {
	sx, sy := x.shape().str, y.shape().str
	if sx == nil || sy == nil {
		return nil, ev.fail(n, "%s can't be applied to %s and %s", n.op, x.typ.short(), y.typ.short())
	}
	a, _, err := x.scope.readText(sx, maxRead)
	if err != nil {
		return nil, ev.wrapErr(n, err)
	}
	b, _, err := y.scope.readText(sy, maxRead)
	if err != nil {
		return nil, ev.wrapErr(n, err)
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
		return nil, ev.fail(n, "%s can't be applied to strings", n.op)
	}
	return ev.eval(boolLit{n.at, r})
}

// PointerAt makes a value of type t at a linear-memory address, for views of memory.
func (s *Scope) PointerAt(name string, t *Type, addr wasm.MemAddr) *Variable {
	return s.make(name, "", t, s.pointee(addr, t.byteSize()))
}
