package wasm

import (
	"fmt"
	"math"
	"strconv"
)

// String is the instruction in the text format, with numeric indices:
// "i32.load offset=8 align=4". Alignment is printed where it is not the natural one.
func (in *Inst) String() string { return string(in.AppendText(nil)) }

// AppendText appends the instruction in the text format to b.
func (in *Inst) AppendText(b []byte) []byte {
	b = append(b, in.Op.String()...)
	num := func(v uint32) {
		b = append(b, ' ')
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	word := func(s string) {
		b = append(b, ' ')
		b = append(b, s...)
	}
	switch in.Op.Imm() {
	case ImmBlock, ImmTryTable:
		if i, ok := in.Block.Index(); ok {
			b = append(b, " (type "...)
			b = strconv.AppendUint(b, uint64(i), 10)
			b = append(b, ')')
		} else if t := in.Block.Value(); t != 0 {
			b = append(b, " (result "...)
			b = append(b, t.String()...)
			b = append(b, ')')
		}
		if in.Op.Imm() == ImmBlock {
			break
		}
		for _, c := range in.Catches {
			b = append(append(b, " ("...), c.Keyword()...)
			if !c.All {
				num(c.Tag)
			}
			num(c.Label)
			b = append(b, ')')
		}
	case ImmTag, ImmLabel, ImmFunc, ImmType, ImmLocal, ImmGlobal, ImmData, ImmElem:
		num(in.Index)
	case ImmTable:
		if in.Index != 0 {
			num(in.Index)
		}
	case ImmLabels:
		for _, t := range in.Targets {
			num(t)
		}
		num(in.Index)
	case ImmCallIndirect:
		if in.Index2 != 0 {
			num(in.Index2)
		}
		b = append(b, " (type "...)
		b = strconv.AppendUint(b, uint64(in.Index), 10)
		b = append(b, ')')
	case ImmLane:
		num(in.Index)
	case ImmShuffle:
		for _, v := range [...]uint64{in.Value, in.High} {
			for i := range 8 {
				num(uint32(byte(v >> (8 * i))))
			}
		}
	case ImmV128:
		word(V128Text(in.Value, in.High))
	case ImmMem, ImmMemLane:
		if i := in.Memory(); i != 0 {
			num(i)
		}
		if in.Value != 0 {
			b = append(b, " offset="...)
			b = strconv.AppendUint(b, in.Value, 10)
		}
		if 1<<in.Align != in.Op.Width() {
			b = append(b, " align="...)
			b = strconv.AppendUint(b, 1<<in.Align, 10)
		}
		if in.Op.Imm() == ImmMemLane {
			num(in.Index)
		}
	case ImmMemory:
		if in.Index != 0 {
			num(in.Index)
		}
	case ImmTableTable, ImmMemoryMemory:
		if in.Index != 0 || in.Index2 != 0 {
			num(in.Index)
			num(in.Index2)
		}
	case ImmElemTable:
		if in.Index2 != 0 {
			num(in.Index2)
		}
		num(in.Index)
	case ImmDataMemory:
		if in.Index2 != 0 {
			num(in.Index2)
		}
		num(in.Index)
	case ImmI32:
		word(strconv.FormatInt(int64(int32(in.Value)), 10))
	case ImmI64:
		word(strconv.FormatInt(int64(in.Value), 10))
	case ImmF32:
		f := math.Float32frombits(uint32(in.Value))
		word(floatText(float64(f), 32, in.Value>>31&1 != 0, in.Value&(1<<23-1), 1<<22))
	case ImmF64:
		f := math.Float64frombits(in.Value)
		word(floatText(f, 64, in.Value>>63 != 0, in.Value&(1<<52-1), 1<<51))
	case ImmRefType:
		word(in.Type.Heap())
	case ImmSelect:
		b = append(b, " (result "...)
		b = append(b, in.Type.String()...)
		b = append(b, ')')
	}
	return b
}

// Keyword is what a clause begins with in the text format.
func (c *Catch) Keyword() string {
	s := "catch"
	if c.All {
		s += "_all"
	}
	if c.Ref {
		s += "_ref"
	}
	return s
}

// V128Text is a vector constant as the text format has it, in four lanes of 32 bits.
func V128Text(low, high uint64) string {
	return fmt.Sprintf("i32x4 0x%08x 0x%08x 0x%08x 0x%08x", uint32(low), uint32(low>>32), uint32(high), uint32(high>>32))
}

// floatText prints a constant so that the text format reads the same bits back: NaNs with
// their payload unless it is the canonical one.
func floatText(f float64, bits int, negative bool, payload, canonical uint64) string {
	sign := ""
	if negative {
		sign = "-"
	}
	switch {
	case math.IsInf(f, 0):
		return sign + "inf"
	case f != f && payload == canonical:
		return sign + "nan"
	case f != f:
		return sign + "nan:0x" + strconv.FormatUint(payload, 16)
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}
