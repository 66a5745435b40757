package expr

import (
	"math"
	"math/big"
	"math/bits"

	"sphex/dwarf"
)

// Values of more than 8 bytes: integers of any size up to 16, and the floating-point numbers of 16
// bytes that C calls long double on WebAssembly (IEEE 754 binary128), with which we compute in
// float64.

// integer is the value of an integer by its type's sign.
func (m *machine) integer(v Value) *big.Int {
	n := new(big.Int).SetUint64(v.High)
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(v.Bits))
	if size := uint(m.size(v.Type)); isSigned(v.Type) && n.Bit(int(8*size-1)) != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 8*size))
	}
	return n
}

// wrapInt cuts an integer to the size of t.
func (m *machine) wrapInt(t Type, n *big.Int) Value {
	mask := new(big.Int).SetUint64(math.MaxUint64)
	low := new(big.Int).And(n, mask)
	high := new(big.Int).Rsh(n, 64)
	return m.cut(Value{t, low.Uint64(), high.And(high, mask).Uint64()})
}

func (m *machine) addConst(v Value, n uint64) Value {
	low, carry := bits.Add64(v.Bits, n, 0)
	v.Bits, v.High = low, v.High+carry
	return m.cut(v)
}

func (m *machine) convertWide(v Value, t Type) Value {
	f, ok := v.Float()
	switch {
	case ok && isFloat(t):
		if v.Type == t {
			return v // not rounded
		}
		return floatValue(t, f)
	case ok:
		if f != f || math.IsInf(f, 0) {
			return m.wrap(t, floatToInt(f, isSigned(t) || t == (Type{})))
		}
		n, _ := new(big.Float).SetFloat64(f).Int(nil)
		return m.wrapInt(t, n)
	case isFloat(t):
		f, _ := new(big.Float).SetInt(m.integer(v)).Float64()
		return floatValue(t, f)
	}
	return m.wrapInt(t, m.integer(v))
}

func (m *machine) binaryWide(op dwarf.Op, a, b Value) (Value, error) {
	t := a.Type
	x, y := m.integer(a), m.integer(b)
	c := x.Cmp(y)
	switch op {
	case dwarf.OpAnd:
		return Value{t, a.Bits & b.Bits, a.High & b.High}, nil
	case dwarf.OpOr:
		return Value{t, a.Bits | b.Bits, a.High | b.High}, nil
	case dwarf.OpXor:
		return Value{t, a.Bits ^ b.Bits, a.High ^ b.High}, nil
	case dwarf.OpEq:
		return truth(c == 0), nil
	case dwarf.OpNe:
		return truth(c != 0), nil
	case dwarf.OpLt:
		return truth(c < 0), nil
	case dwarf.OpLe:
		return truth(c <= 0), nil
	case dwarf.OpGt:
		return truth(c > 0), nil
	case dwarf.OpGe:
		return truth(c >= 0), nil
	case dwarf.OpPlus:
		x.Add(x, y)
	case dwarf.OpMinus:
		x.Sub(x, y)
	case dwarf.OpMul:
		x.Mul(x, y)
	case dwarf.OpDiv, dwarf.OpMod:
		if y.Sign() == 0 {
			return a, errDivision
		}
		if op == dwarf.OpDiv {
			x.Quo(x, y)
		} else {
			x.Rem(x, y)
		}
	}
	return m.wrapInt(t, x), nil
}

func (m *machine) shiftWide(op dwarf.Op, a Value, n uint64) Value {
	n = min(n, 8*maxSize)
	t := a.Type
	if op == dwarf.OpShra {
		a.Type.Encoding = dwarf.EncSigned // for the sign's bits
	} else {
		a.Type.Encoding = dwarf.EncUnsigned
	}
	x := m.integer(a)
	if op == dwarf.OpShl {
		x.Lsh(x, uint(n))
	} else {
		x.Rsh(x, uint(n))
	}
	return m.wrapInt(t, x)
}

func (m *machine) unaryWide(op dwarf.Op, a Value) Value {
	x := m.integer(a)
	switch op {
	case dwarf.OpNeg:
		x.Neg(x)
	case dwarf.OpNot:
		x.Not(x)
	default:
		x.Abs(x)
	}
	return m.wrapInt(a.Type, x)
}

// The parts of a binary128: one bit of sign, 15 of exponent, 112 of fraction.
const (
	quadBias     = 16383
	quadFraction = 112
)

// fromQuad rounds a binary128 to float64.
func fromQuad(low, high uint64) float64 {
	exp := int(high >> 48 & 0x7fff)
	sign := 1.0
	if high>>63 != 0 {
		sign = -1
	}
	fraction := new(big.Int).SetUint64(high & (1<<48 - 1))
	fraction.Lsh(fraction, 64).Or(fraction, new(big.Int).SetUint64(low))
	switch {
	case exp == 0x7fff && fraction.Sign() != 0:
		return math.NaN()
	case exp == 0x7fff:
		return math.Inf(int(sign))
	case exp == 0:
		return math.Copysign(0, sign) // what is below its least normal number is far below that of float64
	}
	fraction.SetBit(fraction, quadFraction, 1)
	f := new(big.Float).SetMantExp(new(big.Float).SetInt(fraction), exp-quadBias-quadFraction)
	v, _ := f.Float64()
	return sign * v
}

// toQuad is the binary128 of a float64, which it can hold exactly.
func toQuad(f float64) (low, high uint64) {
	if math.Signbit(f) {
		high = 1 << 63
	}
	switch {
	case f != f:
		return 0, high | 0x7fff8<<44
	case math.IsInf(f, 0):
		return 0, high | 0x7fff<<48
	case f == 0:
		return 0, high
	}
	fraction, exp := math.Frexp(math.Abs(f)) // in [0.5, 1)
	n := uint64(fraction * (1 << 53))        // 53 bits, the highest set
	n &^= 1 << 52
	// 52 bits of fraction stand at the top of 112.
	return n << 60, high | uint64(exp-1+quadBias)<<48 | n>>4
}
