package interp

import (
	"fmt"
	"math"
	"math/bits"

	"sphex/aot/wasm"
)

// numeric runs an instruction that computes from one or two operands.
func (m *Machine) numeric(op wasm.Op) error {
	params, results, _ := op.Signature()
	if len(results) == 2 {
		m.wide(op)
		return nil
	}
	var b uint64
	if len(params) == 2 {
		b = m.pop()
	}
	v, err := Compute(op, m.pop(), b)
	if err == nil {
		m.push(results[0], v)
	}
	return err
}

// wide runs an instruction of the wide-arithmetic proposal.
func (m *Machine) wide(op wasm.Op) {
	var low, high uint64
	b, a := m.pop(), m.pop()
	switch op {
	case wasm.OpI64MulWideU, wasm.OpI64MulWideS:
		high, low = bits.Mul64(a, b)
		if op == wasm.OpI64MulWideS { // each operand is 2^64 less than it was taken for if it is negative
			high -= uint64(int64(a)>>63)&b + uint64(int64(b)>>63)&a
		}
	default:
		bHigh, bLow, aHigh, aLow := b, a, m.pop(), m.pop()
		var carry uint64
		if op == wasm.OpI64Add128 {
			low, carry = bits.Add64(aLow, bLow, 0)
			high, _ = bits.Add64(aHigh, bHigh, carry)
		} else {
			low, carry = bits.Sub64(aLow, bLow, 0)
			high, _ = bits.Sub64(aHigh, bHigh, carry)
		}
	}
	m.push(wasm.I64, low)
	m.push(wasm.I64, high)
}

// Compute is what an instruction makes of one or two numbers, as bits; those of 32 bits have zeros above. The error is
// a Trap, or says that op is no such instruction.
func Compute(op wasm.Op, a, b uint64) (bits uint64, err error) {
	params, _, _ := op.Signature()
	switch {
	case len(params) == 2 && params[0] == wasm.I32:
		r, err := binary32(op, uint32(a), uint32(b))
		return uint64(r), err
	case len(params) == 2 && params[0] == wasm.I64:
		return binary64(op, a, b)
	case len(params) == 2 && params[0] == wasm.F32:
		return float32s(op, math.Float32frombits(uint32(a)), math.Float32frombits(uint32(b)))
	case len(params) == 2:
		return float64s(op, math.Float64frombits(a), math.Float64frombits(b))
	}
	return unary(op, a)
}

func unknown(op wasm.Op) error { return fmt.Errorf("%v: not known to the interpreter", op) }

func binary32(op wasm.Op, a, b uint32) (uint32, error) {
	t := func(c bool) (uint32, error) { return uint32(truth(c)), nil }
	switch op {
	case wasm.OpI32Eq:
		return t(a == b)
	case wasm.OpI32Ne:
		return t(a != b)
	case wasm.OpI32LtS:
		return t(int32(a) < int32(b))
	case wasm.OpI32LtU:
		return t(a < b)
	case wasm.OpI32GtS:
		return t(int32(a) > int32(b))
	case wasm.OpI32GtU:
		return t(a > b)
	case wasm.OpI32LeS:
		return t(int32(a) <= int32(b))
	case wasm.OpI32LeU:
		return t(a <= b)
	case wasm.OpI32GeS:
		return t(int32(a) >= int32(b))
	case wasm.OpI32GeU:
		return t(a >= b)
	case wasm.OpI32Add:
		return a + b, nil
	case wasm.OpI32Sub:
		return a - b, nil
	case wasm.OpI32Mul:
		return a * b, nil
	case wasm.OpI32DivS, wasm.OpI32DivU, wasm.OpI32RemS, wasm.OpI32RemU:
		switch {
		case b == 0:
			return 0, TrapDivide
		case op == wasm.OpI32DivU:
			return a / b, nil
		case op == wasm.OpI32RemU:
			return a % b, nil
		case op == wasm.OpI32RemS:
			return uint32(int64(int32(a)) % int64(int32(b))), nil
		case a == 1<<31 && b == math.MaxUint32:
			return 0, TrapOverflow
		}
		return uint32(int32(a) / int32(b)), nil
	case wasm.OpI32And:
		return a & b, nil
	case wasm.OpI32Or:
		return a | b, nil
	case wasm.OpI32Xor:
		return a ^ b, nil
	case wasm.OpI32Shl:
		return a << (b & 31), nil
	case wasm.OpI32ShrS:
		return uint32(int32(a) >> (b & 31)), nil
	case wasm.OpI32ShrU:
		return a >> (b & 31), nil
	case wasm.OpI32Rotl:
		return bits.RotateLeft32(a, int(b&31)), nil
	case wasm.OpI32Rotr:
		return bits.RotateLeft32(a, -int(b&31)), nil
	}
	return 0, unknown(op)
}

func binary64(op wasm.Op, a, b uint64) (uint64, error) {
	t := func(c bool) (uint64, error) { return truth(c), nil }
	switch op {
	case wasm.OpI64Eq:
		return t(a == b)
	case wasm.OpI64Ne:
		return t(a != b)
	case wasm.OpI64LtS:
		return t(int64(a) < int64(b))
	case wasm.OpI64LtU:
		return t(a < b)
	case wasm.OpI64GtS:
		return t(int64(a) > int64(b))
	case wasm.OpI64GtU:
		return t(a > b)
	case wasm.OpI64LeS:
		return t(int64(a) <= int64(b))
	case wasm.OpI64LeU:
		return t(a <= b)
	case wasm.OpI64GeS:
		return t(int64(a) >= int64(b))
	case wasm.OpI64GeU:
		return t(a >= b)
	case wasm.OpI64Add:
		return a + b, nil
	case wasm.OpI64Sub:
		return a - b, nil
	case wasm.OpI64Mul:
		return a * b, nil
	case wasm.OpI64DivS, wasm.OpI64DivU, wasm.OpI64RemS, wasm.OpI64RemU:
		switch {
		case b == 0:
			return 0, TrapDivide
		case op == wasm.OpI64DivU:
			return a / b, nil
		case op == wasm.OpI64RemU:
			return a % b, nil
		case b == math.MaxUint64 && op == wasm.OpI64RemS:
			return 0, nil
		case op == wasm.OpI64RemS:
			return uint64(int64(a) % int64(b)), nil
		case a == 1<<63 && b == math.MaxUint64:
			return 0, TrapOverflow
		}
		return uint64(int64(a) / int64(b)), nil
	case wasm.OpI64And:
		return a & b, nil
	case wasm.OpI64Or:
		return a | b, nil
	case wasm.OpI64Xor:
		return a ^ b, nil
	case wasm.OpI64Shl:
		return a << (b & 63), nil
	case wasm.OpI64ShrS:
		return uint64(int64(a) >> (b & 63)), nil
	case wasm.OpI64ShrU:
		return a >> (b & 63), nil
	case wasm.OpI64Rotl:
		return bits.RotateLeft64(a, int(b&63)), nil
	case wasm.OpI64Rotr:
		return bits.RotateLeft64(a, -int(b&63)), nil
	}
	return 0, unknown(op)
}

// float32s computes in single precision.
func float32s(op wasm.Op, a, b float32) (uint64, error) {
	f := func(v float32) (uint64, error) { return uint64(math.Float32bits(v)), nil }
	t := func(c bool) (uint64, error) { return truth(c), nil }
	switch op {
	case wasm.OpF32Eq:
		return t(a == b)
	case wasm.OpF32Ne:
		return t(a != b)
	case wasm.OpF32Lt:
		return t(a < b)
	case wasm.OpF32Gt:
		return t(a > b)
	case wasm.OpF32Le:
		return t(a <= b)
	case wasm.OpF32Ge:
		return t(a >= b)
	case wasm.OpF32Add:
		return f(a + b)
	case wasm.OpF32Sub:
		return f(a - b)
	case wasm.OpF32Mul:
		return f(a * b)
	case wasm.OpF32Div:
		return f(a / b)
	case wasm.OpF32Min:
		return f(min(a, b))
	case wasm.OpF32Max:
		return f(max(a, b))
	case wasm.OpF32Copysign:
		x, y := math.Float32bits(a), math.Float32bits(b)
		return uint64(x&^(1<<31) | y&(1<<31)), nil
	}
	return 0, unknown(op)
}

func float64s(op wasm.Op, a, b float64) (uint64, error) {
	f := func(v float64) (uint64, error) { return math.Float64bits(v), nil }
	t := func(c bool) (uint64, error) { return truth(c), nil }
	switch op {
	case wasm.OpF64Eq:
		return t(a == b)
	case wasm.OpF64Ne:
		return t(a != b)
	case wasm.OpF64Lt:
		return t(a < b)
	case wasm.OpF64Gt:
		return t(a > b)
	case wasm.OpF64Le:
		return t(a <= b)
	case wasm.OpF64Ge:
		return t(a >= b)
	case wasm.OpF64Add:
		return f(a + b)
	case wasm.OpF64Sub:
		return f(a - b)
	case wasm.OpF64Mul:
		return f(a * b)
	case wasm.OpF64Div:
		return f(a / b)
	case wasm.OpF64Min:
		return f(min(a, b))
	case wasm.OpF64Max:
		return f(max(a, b))
	case wasm.OpF64Copysign:
		x, y := math.Float64bits(a), math.Float64bits(b)
		return x&^(1<<63) | y&(1<<63), nil
	}
	return 0, unknown(op)
}

func unary(op wasm.Op, a uint64) (uint64, error) {
	x32, x64 := math.Float32frombits(uint32(a)), math.Float64frombits(a)
	f32 := func(v float64) (uint64, error) { return uint64(math.Float32bits(float32(v))), nil }
	f64 := func(v float64) (uint64, error) { return math.Float64bits(v), nil }
	i32 := func(v int32) (uint64, error) { return uint64(uint32(v)), nil }
	switch op {
	case wasm.OpI32Eqz:
		return truth(uint32(a) == 0), nil
	case wasm.OpI64Eqz:
		return truth(a == 0), nil
	case wasm.OpI32Clz:
		return uint64(bits.LeadingZeros32(uint32(a))), nil
	case wasm.OpI32Ctz:
		return uint64(bits.TrailingZeros32(uint32(a))), nil
	case wasm.OpI32Popcnt:
		return uint64(bits.OnesCount32(uint32(a))), nil
	case wasm.OpI64Clz:
		return uint64(bits.LeadingZeros64(a)), nil
	case wasm.OpI64Ctz:
		return uint64(bits.TrailingZeros64(a)), nil
	case wasm.OpI64Popcnt:
		return uint64(bits.OnesCount64(a)), nil
	case wasm.OpI32WrapI64:
		return uint64(uint32(a)), nil
	case wasm.OpI64ExtendI32S, wasm.OpI64Extend32S:
		return uint64(int32(a)), nil
	case wasm.OpI64ExtendI32U:
		return uint64(uint32(a)), nil
	case wasm.OpI32Extend8S:
		return i32(int32(int8(a)))
	case wasm.OpI32Extend16S:
		return i32(int32(int16(a)))
	case wasm.OpI64Extend8S:
		return uint64(int8(a)), nil
	case wasm.OpI64Extend16S:
		return uint64(int16(a)), nil
	case wasm.OpI32ReinterpretF32, wasm.OpI64ReinterpretF64, wasm.OpF32ReinterpretI32, wasm.OpF64ReinterpretI64:
		return a, nil

	case wasm.OpF32Abs:
		return a &^ (1 << 31), nil
	case wasm.OpF32Neg:
		return a ^ 1<<31, nil
	case wasm.OpF64Abs:
		return a &^ (1 << 63), nil
	case wasm.OpF64Neg:
		return a ^ 1<<63, nil
	case wasm.OpF32Ceil:
		return f32(math.Ceil(float64(x32)))
	case wasm.OpF32Floor:
		return f32(math.Floor(float64(x32)))
	case wasm.OpF32Trunc:
		return f32(math.Trunc(float64(x32)))
	case wasm.OpF32Nearest:
		return f32(math.RoundToEven(float64(x32)))
	case wasm.OpF32Sqrt:
		return f32(math.Sqrt(float64(x32)))
	case wasm.OpF64Ceil:
		return f64(math.Ceil(x64))
	case wasm.OpF64Floor:
		return f64(math.Floor(x64))
	case wasm.OpF64Trunc:
		return f64(math.Trunc(x64))
	case wasm.OpF64Nearest:
		return f64(math.RoundToEven(x64))
	case wasm.OpF64Sqrt:
		return f64(math.Sqrt(x64))
	case wasm.OpF32DemoteF64:
		return f32(x64)
	case wasm.OpF64PromoteF32:
		return f64(float64(x32))

	case wasm.OpF32ConvertI32S:
		return uint64(math.Float32bits(float32(int32(a)))), nil
	case wasm.OpF32ConvertI32U:
		return uint64(math.Float32bits(float32(uint32(a)))), nil
	case wasm.OpF32ConvertI64S:
		return uint64(math.Float32bits(float32(int64(a)))), nil
	case wasm.OpF32ConvertI64U:
		return uint64(math.Float32bits(float32(a))), nil
	case wasm.OpF64ConvertI32S:
		return f64(float64(int32(a)))
	case wasm.OpF64ConvertI32U:
		return f64(float64(uint32(a)))
	case wasm.OpF64ConvertI64S:
		return f64(float64(int64(a)))
	case wasm.OpF64ConvertI64U:
		return f64(float64(a))

	case wasm.OpI32TruncF32S, wasm.OpI32TruncSatF32S:
		return truncate(float64(x32), -1<<31, 1<<31, true, op == wasm.OpI32TruncSatF32S, math.MaxUint32)
	case wasm.OpI32TruncF64S, wasm.OpI32TruncSatF64S:
		return truncate(x64, -1<<31, 1<<31, true, op == wasm.OpI32TruncSatF64S, math.MaxUint32)
	case wasm.OpI32TruncF32U, wasm.OpI32TruncSatF32U:
		return truncate(float64(x32), 0, 1<<32, false, op == wasm.OpI32TruncSatF32U, math.MaxUint32)
	case wasm.OpI32TruncF64U, wasm.OpI32TruncSatF64U:
		return truncate(x64, 0, 1<<32, false, op == wasm.OpI32TruncSatF64U, math.MaxUint32)
	case wasm.OpI64TruncF32S, wasm.OpI64TruncSatF32S:
		return truncate(float64(x32), -1<<63, 1<<63, true, op == wasm.OpI64TruncSatF32S, math.MaxUint64)
	case wasm.OpI64TruncF64S, wasm.OpI64TruncSatF64S:
		return truncate(x64, -1<<63, 1<<63, true, op == wasm.OpI64TruncSatF64S, math.MaxUint64)
	case wasm.OpI64TruncF32U, wasm.OpI64TruncSatF32U:
		return truncate(float64(x32), 0, 1<<64, false, op == wasm.OpI64TruncSatF32U, math.MaxUint64)
	case wasm.OpI64TruncF64U, wasm.OpI64TruncSatF64U:
		return truncate(x64, 0, 1<<64, false, op == wasm.OpI64TruncSatF64U, math.MaxUint64)
	}
	return 0, unknown(op)
}

// truncate converts to an integer in [low, high). Outside it traps or saturates.
func truncate(x, low, high float64, signed, saturate bool, mask uint64) (uint64, error) {
	t := math.Trunc(x)
	switch {
	case math.IsNaN(x):
		if saturate {
			return 0, nil
		}
		return 0, TrapConversion
	case t < low:
		if !saturate {
			return 0, TrapOverflow
		}
		if signed {
			return mask>>1 + 1, nil
		}
		return 0, nil
	case t >= high:
		if !saturate {
			return 0, TrapOverflow
		}
		if signed {
			return mask >> 1, nil
		}
		return mask, nil
	}
	if signed {
		return uint64(int64(t)) & mask, nil
	}
	return uint64(t) & mask, nil
}
