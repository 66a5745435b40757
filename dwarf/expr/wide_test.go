package expr_test

import (
	"encoding/binary"
	"math"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// wideHost has types of 16 bytes: 0x20 signed, 0x21 unsigned, 0x22 a floating-point number.
type wideHost struct{ *host }

var (
	i128 = expr.Type{Encoding: dwarf.EncSigned, Size: 16}
	u128 = expr.Type{Encoding: dwarf.EncUnsigned, Size: 16}
	f128 = expr.Type{Encoding: dwarf.EncFloat, Size: 16}
)

func (h wideHost) BaseType(off uint64) (expr.Type, error) {
	switch off {
	case 0x20:
		return i128, nil
	case 0x21:
		return u128, nil
	case 0x22:
		return f128, nil
	}
	return h.host.BaseType(off)
}

// TestWideValues computes with values of 16 bytes. The expected ones follow from arithmetic modulo
// 2^128, and the bits of binary128 from IEEE 754: 1.5 is 0x3fff8000…, -2 is 0xc0000000….
func TestWideValues(t *testing.T) {
	wide := func(typ, low, high uint64) expr.Op {
		return expr.Op{Code: dwarf.OpConstType, A: typ, Data: binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, low), high)}
	}
	const max = math.MaxUint64
	tenth := math.Float64bits(0.1)
	for i, x := range []struct {
		list []expr.Op
		want expr.Value
	}{
		{[]expr.Op{wide(0x21, max, 0), wide(0x21, 1, 0), o(dwarf.OpPlus)}, expr.Value{Type: u128, High: 1}},
		{[]expr.Op{wide(0x21, max, 0), o(dwarf.OpPlusUconst, 2)}, expr.Value{Type: u128, Bits: 1, High: 1}},
		{[]expr.Op{wide(0x21, 0, 0), wide(0x21, 1, 0), o(dwarf.OpMinus)}, expr.Value{Type: u128, Bits: max, High: max}},
		{[]expr.Op{wide(0x21, max, 0), wide(0x21, max, 0), o(dwarf.OpMul)}, expr.Value{Type: u128, Bits: 1, High: max - 1}},
		{[]expr.Op{wide(0x20, max-6, max), wide(0x20, 2, 0), o(dwarf.OpDiv)}, expr.Value{Type: i128, Bits: max - 2, High: max}}, // -7 / 2 = -3
		{[]expr.Op{wide(0x20, max-6, max), wide(0x20, 2, 0), o(dwarf.OpMod)}, expr.Value{Type: i128, Bits: max, High: max}},     // -7 % 2 = -1
		{[]expr.Op{wide(0x20, max, max), wide(0x20, 0, 1), o(dwarf.OpLt)}, expr.Value{Bits: 1}},
		{[]expr.Op{wide(0x21, max, max), wide(0x21, 0, 1), o(dwarf.OpLt)}, expr.Value{}},
		{[]expr.Op{wide(0x21, 1, 0), c(100), o(dwarf.OpShl)}, expr.Value{Type: u128, High: 1 << 36}},
		{[]expr.Op{wide(0x20, 0, 1<<63), c(127), o(dwarf.OpShra)}, expr.Value{Type: i128, Bits: max, High: max}},
		{[]expr.Op{wide(0x20, 0, 1<<63), c(127), o(dwarf.OpShr)}, expr.Value{Type: i128, Bits: 1}},
		{[]expr.Op{wide(0x20, 5, 0), o(dwarf.OpNeg)}, expr.Value{Type: i128, Bits: max - 4, High: max}},
		{[]expr.Op{wide(0x20, max-4, max), o(dwarf.OpAbs)}, expr.Value{Type: i128, Bits: 5}},
		{[]expr.Op{wide(0x21, 7, 9), wide(0x21, 3, 1), o(dwarf.OpXor)}, expr.Value{Type: u128, Bits: 4, High: 8}},
		{[]expr.Op{wide(0x20, max-4, max), o(dwarf.OpConvert, 0x10)}, expr.Value{Type: i32, Bits: 0xffff_fffb}},
		{[]expr.Op{{Code: dwarf.OpConstType, A: 0x10, Data: []byte{0xfb, 0xff, 0xff, 0xff}}, o(dwarf.OpConvert, 0x20)}, expr.Value{Type: i128, Bits: max - 4, High: max}},
		{[]expr.Op{c(3), wide(0x21, 4, 1), o(dwarf.OpPlus)}, expr.Value{Type: u128, Bits: 7, High: 1}},
		{[]expr.Op{wide(0x22, 0, 0x3fff_8000_0000_0000), o(dwarf.OpConvert, 0x14)}, expr.Value{Type: f64, Bits: math.Float64bits(1.5)}},
		{[]expr.Op{wide(0x22, 0, 0xc000_0000_0000_0000), o(dwarf.OpConvert, 0x10)}, expr.Value{Type: i32, Bits: 0xffff_fffe}},
		{[]expr.Op{{Code: dwarf.OpConstType, A: 0x14, Data: binary.LittleEndian.AppendUint64(nil, tenth)}, o(dwarf.OpConvert, 0x22), o(dwarf.OpConvert, 0x14)}, expr.Value{Type: f64, Bits: tenth}},
		{[]expr.Op{wide(0x20, 0, 1), o(dwarf.OpConvert, 0x22)}, expr.Value{Type: f128, High: (16383 + 64) << 48}}, // 2^64
		{[]expr.Op{wide(0x22, 0, 0x3fff_8000_0000_0000), o(dwarf.OpReinterpret, 0x21)}, expr.Value{Type: u128, High: 0x3fff_8000_0000_0000}},
		{[]expr.Op{c(0x20), {Code: dwarf.OpDerefType, A: 16, B: 0x21}}, expr.Value{Type: u128, Bits: 0x2726_2524_2322_2120, High: 0x2f2e_2d2c_2b2a_2928}},
	} {
		got, err := expr.EvalValue(ops(t, native, x.list...), native, wideHost{newHost()})
		if err != nil || got != x.want {
			t.Errorf("row %d: %s: %+v, %v, want %+v", i, text(x.list), got, err, x.want)
		}
	}
}
