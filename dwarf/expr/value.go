package expr

import (
	"errors"
	"fmt"
	"math"

	"sphex/dwarf"
)

var (
	errDivision = errors.New("division by zero")
	errTypes    = kindError("operands of different types")
	errIntegral = kindError("operand is no integer")
	errType     = errors.New("unsupported base type")
)

// ErrKind is what the errors of Eval are (errors.Is) where an operation does not work on what it meets, as a
// floating-point number in place of an integer: what the expression names has become something else.
var ErrKind = errors.New("an operation that does not fit its operands")

type kindError string

func (e kindError) Error() string   { return string(e) }
func (kindError) Is(err error) bool { return err == ErrKind }

func isFloat(t Type) bool { return t.Encoding == dwarf.EncFloat }

func isSigned(t Type) bool {
	return t.Encoding == dwarf.EncSigned || t.Encoding == dwarf.EncSignedChar
}

func isIntegral(t Type) bool {
	switch t.Encoding {
	case 0, dwarf.EncAddress, dwarf.EncBoolean, dwarf.EncSigned, dwarf.EncSignedChar, dwarf.EncUnsigned,
		dwarf.EncUnsignedChar, dwarf.EncUTF, dwarf.EncUCS, dwarf.EncASCII:
		return true
	}
	return false
}

// checkType accepts the types that values can have.
func checkType(t Type) error {
	if t == (Type{}) || isIntegral(t) && t.Size >= 1 && t.Size <= maxSize || isFloat(t) && (t.Size == 4 || t.Size == 8 || t.Size == 16) {
		return nil
	}
	return fmt.Errorf("%w: %v of %d bytes", errType, t.Encoding, t.Size)
}

// size is the number of bytes of a value of type t.
func (m *machine) size(t Type) uint8 {
	if t == (Type{}) {
		return m.f.AddrSize
	}
	return t.Size
}

// wrap cuts bits to the size of t.
func (m *machine) wrap(t Type, bits uint64) Value { return m.cut(Value{Type: t, Bits: bits}) }

// cut sets the bits above a value's size to zero.
func (m *machine) cut(v Value) Value {
	switch n := uint(m.size(v.Type)); {
	case n <= 8:
		v.Bits &= ^uint64(0) >> (64 - 8*n)
		v.High = 0
	default:
		v.High &= ^uint64(0) >> (128 - 8*n)
	}
	return v
}

// signed is the value of an integer of at most 8 bytes with the sign of its highest bit.
func (m *machine) signed(v Value) int64 {
	shift := 64 - 8*uint(m.size(v.Type))
	return int64(v.Bits<<shift) >> shift
}

// Float returns the value of a floating-point number, rounded if it has 16 bytes; ok is false for
// others.
func (v Value) Float() (f float64, ok bool) {
	switch {
	case !isFloat(v.Type):
		return 0, false
	case v.Type.Size == 4:
		return float64(math.Float32frombits(uint32(v.Bits))), true
	case v.Type.Size == 16:
		return fromQuad(v.Bits, v.High), true
	}
	return math.Float64frombits(v.Bits), true
}

func floatValue(t Type, f float64) Value {
	switch t.Size {
	case 4:
		return Value{Type: t, Bits: uint64(math.Float32bits(float32(f)))}
	case 16:
		low, high := toQuad(f)
		return Value{t, low, high}
	}
	return Value{Type: t, Bits: math.Float64bits(f)}
}

// convert changes the type and keeps the value (DW_OP_convert).
func (m *machine) convert(v Value, t Type) Value {
	if m.size(v.Type) > 8 || m.size(t) > 8 {
		return m.convertWide(v, t)
	}
	if f, ok := v.Float(); ok {
		if isFloat(t) {
			return floatValue(t, f)
		}
		return m.wrap(t, floatToInt(f, isSigned(t) || t == (Type{})))
	}
	if isFloat(t) {
		if isSigned(v.Type) {
			return floatValue(t, float64(m.signed(v)))
		}
		return floatValue(t, float64(v.Bits))
	}
	// The sign is that of the source; the generic type has none.
	if isSigned(v.Type) {
		return m.wrap(t, uint64(m.signed(v)))
	}
	return m.wrap(t, v.Bits)
}

// floatToInt truncates, and saturates where the processor's result would differ by machine.
func floatToInt(f float64, signed bool) uint64 {
	switch {
	case f != f:
		return 0
	case f < 0 || signed:
		if f <= math.MinInt64 {
			return 1 << 63
		}
		if f >= math.MaxInt64 {
			return math.MaxInt64
		}
		return uint64(int64(f))
	case f >= math.MaxUint64:
		return math.MaxUint64
	}
	return uint64(f)
}

// unify gives both operands one type. Strictly they must have it; we let a generic integer
// take the type of the other.
func (m *machine) unify(a, b Value) (Value, Value, error) {
	switch {
	case a.Type == b.Type:
	case a.Type == (Type{}) && isIntegral(b.Type):
		a = m.convert(Value{Type: Type{dwarf.EncSigned, m.size(Type{})}, Bits: a.Bits}, b.Type)
	case b.Type == (Type{}) && isIntegral(a.Type):
		b = m.convert(Value{Type: Type{dwarf.EncSigned, m.size(Type{})}, Bits: b.Bits}, a.Type)
	default:
		return a, b, errTypes
	}
	return a, b, nil
}

// binary computes a op b: a is the deeper element of the stack.
func (m *machine) binary(op dwarf.Op, a, b Value) (Value, error) {
	if op == dwarf.OpShl || op == dwarf.OpShr || op == dwarf.OpShra {
		return m.shift(op, a, b)
	}
	a, b, err := m.unify(a, b)
	if err != nil {
		return a, err
	}
	t := a.Type
	if isFloat(t) {
		return m.binaryFloat(op, a, b)
	}
	if m.size(t) > 8 {
		return m.binaryWide(op, a, b)
	}
	// The generic type has no sign, but division and comparison treat it as signed (DWARF
	// 5, 2.5.1.4), and so do they typed signed ones.
	signed := isSigned(t) || t == (Type{})
	x, y := m.signed(a), m.signed(b)
	cmp := func(s, u bool) (Value, error) {
		if signed {
			u = s
		}
		return truth(u), nil
	}
	var r uint64
	switch op {
	case dwarf.OpPlus:
		r = a.Bits + b.Bits
	case dwarf.OpMinus:
		r = a.Bits - b.Bits
	case dwarf.OpMul:
		r = a.Bits * b.Bits
	case dwarf.OpAnd:
		r = a.Bits & b.Bits
	case dwarf.OpOr:
		r = a.Bits | b.Bits
	case dwarf.OpXor:
		r = a.Bits ^ b.Bits
	case dwarf.OpDiv:
		switch {
		case b.Bits == 0:
			return a, errDivision
		case signed && y == -1: // x / -1 overflows for the least x
			r = -a.Bits
		case signed:
			r = uint64(x / y)
		default:
			r = a.Bits / b.Bits
		}
	case dwarf.OpMod:
		switch {
		case b.Bits == 0:
			return a, errDivision
		case !isSigned(t):
			r = a.Bits % b.Bits
		case y == -1:
			r = 0
		default:
			r = uint64(x % y)
		}
	case dwarf.OpEq:
		return truth(a.Bits == b.Bits), nil
	case dwarf.OpNe:
		return truth(a.Bits != b.Bits), nil
	case dwarf.OpLt:
		return cmp(x < y, a.Bits < b.Bits)
	case dwarf.OpLe:
		return cmp(x <= y, a.Bits <= b.Bits)
	case dwarf.OpGt:
		return cmp(x > y, a.Bits > b.Bits)
	case dwarf.OpGe:
		return cmp(x >= y, a.Bits >= b.Bits)
	}
	return m.wrap(t, r), nil
}

func truth(b bool) Value {
	if b {
		return Value{Bits: 1}
	}
	return Value{}
}

func (m *machine) binaryFloat(op dwarf.Op, a, b Value) (Value, error) {
	x, _ := a.Float()
	y, _ := b.Float()
	switch op {
	case dwarf.OpPlus:
		return floatValue(a.Type, x+y), nil
	case dwarf.OpMinus:
		return floatValue(a.Type, x-y), nil
	case dwarf.OpMul:
		return floatValue(a.Type, x*y), nil
	case dwarf.OpDiv:
		return floatValue(a.Type, x/y), nil
	case dwarf.OpEq:
		return truth(x == y), nil
	case dwarf.OpNe:
		return truth(x != y), nil
	case dwarf.OpLt:
		return truth(x < y), nil
	case dwarf.OpLe:
		return truth(x <= y), nil
	case dwarf.OpGt:
		return truth(x > y), nil
	case dwarf.OpGe:
		return truth(x >= y), nil
	}
	return a, errIntegral
}

func (m *machine) shift(op dwarf.Op, a, b Value) (Value, error) {
	if !isIntegral(a.Type) || !isIntegral(b.Type) {
		return a, errIntegral
	}
	n := b.Bits
	if m.size(b.Type) > 8 {
		if b.High != 0 {
			n = math.MaxUint64
		}
		b = m.convert(b, Type{dwarf.EncUnsigned, 8})
	}
	if isSigned(b.Type) && m.signed(b) < 0 {
		return a, errors.New("negative shift count")
	}
	if m.size(a.Type) > 8 {
		return m.shiftWide(op, a, n), nil
	}
	switch op {
	case dwarf.OpShl:
		return m.wrap(a.Type, a.Bits<<n), nil
	case dwarf.OpShr:
		return m.wrap(a.Type, a.Bits>>n), nil
	}
	return m.wrap(a.Type, uint64(m.signed(a)>>n)), nil
}

// unary computes abs, neg and not.
func (m *machine) unary(op dwarf.Op, a Value) (Value, error) {
	if f, ok := a.Float(); ok {
		switch op {
		case dwarf.OpAbs:
			return floatValue(a.Type, math.Abs(f)), nil
		case dwarf.OpNeg:
			return floatValue(a.Type, -f), nil
		}
		return a, errIntegral
	}
	if m.size(a.Type) > 8 {
		return m.unaryWide(op, a), nil
	}
	switch op {
	case dwarf.OpNeg:
		return m.wrap(a.Type, -a.Bits), nil
	case dwarf.OpNot:
		return m.wrap(a.Type, ^a.Bits), nil
	}
	if (isSigned(a.Type) || a.Type == (Type{})) && m.signed(a) < 0 {
		return m.wrap(a.Type, -a.Bits), nil
	}
	return a, nil
}
