package value

import (
	"math"
	"math/bits"
)

// numberMethod evaluates the methods of numbers that people type.
func (ev *evaluator) numberMethod(n callExpr) (*Variable, bool, error) {
	o, err := ev.operand(n.x)
	if err != nil {
		return nil, true, err
	}
	var arg operand
	if len(n.args) > 0 {
		if arg, err = ev.operand(deborrowed(n.args[0])); err != nil {
			return nil, true, err
		}
	}
	s := o.scalar
	binary := func(op string) (*Variable, bool, error) {
		r, err := ev.binary(binaryExpr{n.at, op, n.x, deborrowed(n.args[0])})
		return ev.variableOr(r, err)
	}
	truth := func(b bool) (*Variable, bool, error) { return ev.truthVariable(b), true, nil }
	number := func(s scalar) (*Variable, bool, error) { return ev.variable(ev.settled(s, o.like)), true, nil }
	word := func(i int) (*Variable, bool, error) {
		return ev.basic(scalar{basicType: basicType{classInt, 32, false}, i: intOf(int64(i))}, "u32"), true, nil
	}
	switch n.name {
	case "eq":
		return binary("==")
	case "ne":
		return binary("!=")
	case "wrapping_add":
		return binary("+")
	case "wrapping_sub":
		return binary("-")
	case "wrapping_mul":
		return binary("*")
	case "min", "max":
		a, b, err := ev.common(n.at, s, arg.scalar)
		if err != nil {
			return nil, true, err
		}
		c, _ := compare(a, b)
		if (c <= 0) == (n.name == "min") {
			return number(a)
		}
		return number(b)
	case "pow":
		e, ok := arg.i.int64()
		if !ok || e < 0 || e > 1<<10 {
			return nil, true, ev.fail(n.args[0], "%v is no exponent", arg.i)
		}
		r := scalar{basicType: s.basicType, i: intOf(1), untyped: s.untyped}
		for range e {
			r.i = r.i.mul(s.i).wrap(s.basicType)
		}
		return number(r)
	case "abs", "unsigned_abs":
		if s.class == classFloat {
			s.f = math.Abs(s.f)
		} else if s.i.sign() < 0 {
			s.i = s.i.neg().wrap(s.basicType)
		}
		return number(s)
	case "is_positive":
		return truth(s.i.sign() > 0 || s.class == classFloat && !math.Signbit(s.f))
	case "is_negative":
		return truth(s.i.sign() < 0 || s.class == classFloat && math.Signbit(s.f))
	case "is_null":
		return truth(s.i.sign() == 0)
	case "is_ascii_digit":
		c, ok := s.i.int64()
		return truth(ok && c >= '0' && c <= '9')
	}
	if s.class == classFloat {
		switch n.name {
		case "is_nan":
			return truth(math.IsNaN(s.f))
		case "is_infinite":
			return truth(math.IsInf(s.f, 0))
		case "sqrt":
			s.f = math.Sqrt(s.f)
			return number(s)
		case "floor":
			s.f = math.Floor(s.f)
			return number(s)
		case "ceil":
			s.f = math.Ceil(s.f)
			return number(s)
		case "to_bits":
			return ev.variable(operand{scalar: decodeScalar(s.bytes(), basicType{classInt, s.bits, false})}), true, nil
		}
	} else {
		u := s.i.wrap(basicType{classInt, s.bits, false}).bigInt()
		switch n.name {
		case "count_ones":
			ones := 0
			for _, w := range u.Bytes() {
				ones += bits.OnesCount8(w)
			}
			return word(ones)
		case "leading_zeros":
			return word(s.bits - u.BitLen())
		case "trailing_zeros":
			if u.Sign() == 0 {
				return word(s.bits)
			}
			return word(int(u.TrailingZeroBits()))
		}
	}
	return nil, false, nil
}

func (ev *evaluator) variableOr(o operand, err error) (*Variable, bool, error) {
	if err != nil {
		return nil, true, err
	}
	return ev.variable(o), true, nil
}
