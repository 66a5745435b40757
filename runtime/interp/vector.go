package interp

import (
	"encoding/binary"
	"math"
	"math/bits"

	"sphex/aot/wasm"
)

// vector is a v128, low half first. Its lanes count from the low end (core specification, 4.3.6).
type vector [2]uint64

func (m *Machine) pushVector(v vector) {
	m.stack = append(m.stack, Value{Bits: v[0], Type: wasm.V128, High: v[1]})
}

func (m *Machine) popVector() vector {
	v := m.popValue()
	return vector{v.Bits, v.High}
}

// lane returns lane i of lanes that are w bits wide, zero-extended.
func (v *vector) lane(w, i int) uint64 {
	return v[i*w/64] >> (i * w % 64) & (math.MaxUint64 >> (64 - w))
}

// signed returns lane i sign-extended.
func (v *vector) signed(w, i int) int64 { return int64(v.lane(w, i)<<(64-w)) >> (64 - w) }

// set sets lane i to the low bits of x.
func (v *vector) set(w, i int, x uint64) {
	mask := uint64(math.MaxUint64) >> (64 - w) << (i * w % 64)
	p := &v[i*w/64]
	*p = *p&^mask | x<<(i*w%64)&mask
}

// each makes a vector of lanes that are w bits wide.
func each(w int, f func(i int) uint64) (v vector) {
	for i := range 128 / w {
		v.set(w, i, f(i))
	}
	return v
}

// vector runs an instruction with the prefix 0xFD.
func (m *Machine) vector(in *instruction) error {
	op := in.Op
	if in.Op.Width() != 0 {
		return m.vectorAccess(in)
	}
	params, results, _ := op.Signature()
	switch {
	case op.Imm() == wasm.ImmShuffle:
		b, a := m.popVector(), m.popVector()
		index := vector{in.Value, in.High}
		m.pushVector(each(8, func(i int) uint64 {
			if k := int(index.lane(8, i)); k < 16 {
				return a.lane(8, k)
			} else {
				return b.lane(8, k-16)
			}
		}))
	case op.Imm() == wasm.ImmLane && len(params) == 1:
		v, w := m.popVector(), 128/op.Lanes()
		x := v.lane(w, int(in.Index))
		if op == wasm.OpI8x16ExtractLaneS || op == wasm.OpI16x8ExtractLaneS {
			x = uint64(uint32(v.signed(w, int(in.Index))))
		}
		m.push(results[0], x)
	case op.Imm() == wasm.ImmLane:
		x := m.pop()
		v := m.popVector()
		v.set(128/op.Lanes(), int(in.Index), x)
		m.pushVector(v)
	case len(params) == 1 && params[0] != wasm.V128:
		x, w := m.pop(), splats[op]
		m.pushVector(each(w, func(int) uint64 { return x }))
	case len(params) == 1 && results[0] != wasm.V128:
		v := m.popVector()
		m.push(wasm.I32, vectorTest(op, v))
	case len(params) == 2 && params[1] == wasm.I32:
		n := m.pop()
		v := m.popVector()
		m.pushVector(vectorShift(op, v, n))
	case len(params) == 1:
		v := m.popVector()
		r, ok := vectorUnary(op, v)
		if !ok {
			return unknown(op)
		}
		m.pushVector(r)
	case len(params) == 2:
		b, a := m.popVector(), m.popVector()
		r, ok := vectorBinary(op, a, b)
		if !ok {
			return unknown(op)
		}
		m.pushVector(r)
	default:
		c, b, a := m.popVector(), m.popVector(), m.popVector()
		r, ok := vectorTernary(op, a, b, c)
		if !ok {
			return unknown(op)
		}
		m.pushVector(r)
	}
	return nil
}

// vectorAccess runs a load or a store.
func (m *Machine) vectorAccess(in *instruction) error {
	op, w := in.Op, uint64(in.Op.Width())
	var v vector
	if params, _, _ := op.Signature(); len(params) == 2 {
		v = m.popVector()
	}
	at, err := m.place(in, w)
	if err != nil {
		return err
	}
	var b [16]byte
	copy(b[:], at)
	low, high := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	loaded := vector{low, high}
	switch {
	case op == wasm.OpV128Store || op >= wasm.OpV128Store8Lane && op <= wasm.OpV128Store64Lane:
		if op != wasm.OpV128Store {
			v = vector{v.lane(int(8*w), int(in.Index))}
		}
		binary.LittleEndian.PutUint64(b[:], v[0])
		binary.LittleEndian.PutUint64(b[8:], v[1])
		copy(at, b[:])
		return nil
	case op >= wasm.OpV128Load8Lane && op <= wasm.OpV128Load64Lane:
		v.set(int(8*w), int(in.Index), low)
		loaded = v
	case op >= wasm.OpV128Load8Splat && op <= wasm.OpV128Load64Splat:
		loaded = each(int(8*w), func(int) uint64 { return low })
	case op == wasm.OpV128Load8x8S || op == wasm.OpV128Load16x4S || op == wasm.OpV128Load32x2S:
		from := 8 << ((op - wasm.OpV128Load8x8S) / 2)
		loaded = each(2*from, func(i int) uint64 { return uint64((&vector{low}).signed(from, i)) })
	case op == wasm.OpV128Load8x8U || op == wasm.OpV128Load16x4U || op == wasm.OpV128Load32x2U:
		from := 8 << ((op - wasm.OpV128Load8x8U) / 2)
		loaded = each(2*from, func(i int) uint64 { return (&vector{low}).lane(from, i) })
	}
	m.pushVector(loaded)
	return nil
}

// splats has the width of the lanes that each splat fills.
var splats = map[wasm.Op]int{
	wasm.OpI8x16Splat: 8, wasm.OpI16x8Splat: 16, wasm.OpI32x4Splat: 32, wasm.OpI64x2Splat: 64, wasm.OpF32x4Splat: 32, wasm.OpF64x2Splat: 64,
}

// vectorTest runs what makes a number of a vector.
func vectorTest(op wasm.Op, v vector) uint64 {
	if op == wasm.OpV128AnyTrue {
		return truth(v != vector{})
	}
	w, all := 0, true
	switch op {
	case wasm.OpI8x16AllTrue, wasm.OpI8x16Bitmask:
		w = 8
	case wasm.OpI16x8AllTrue, wasm.OpI16x8Bitmask:
		w = 16
	case wasm.OpI32x4AllTrue, wasm.OpI32x4Bitmask:
		w = 32
	case wasm.OpI64x2AllTrue, wasm.OpI64x2Bitmask:
		w = 64
	}
	mask := uint64(0)
	for i := range 128 / w {
		all = all && v.lane(w, i) != 0
		mask |= v.lane(w, i) >> (w - 1) << i
	}
	switch op {
	case wasm.OpI8x16AllTrue, wasm.OpI16x8AllTrue, wasm.OpI32x4AllTrue, wasm.OpI64x2AllTrue:
		return truth(all)
	}
	return mask
}

// vectorShift runs the shifts; the count is taken modulo the width of the lanes.
func vectorShift(op wasm.Op, v vector, n uint64) vector {
	w := map[wasm.Op]int{
		wasm.OpI8x16Shl: 8, wasm.OpI8x16ShrS: 8, wasm.OpI8x16ShrU: 8,
		wasm.OpI16x8Shl: 16, wasm.OpI16x8ShrS: 16, wasm.OpI16x8ShrU: 16,
		wasm.OpI32x4Shl: 32, wasm.OpI32x4ShrS: 32, wasm.OpI32x4ShrU: 32,
		wasm.OpI64x2Shl: 64, wasm.OpI64x2ShrS: 64, wasm.OpI64x2ShrU: 64,
	}[op]
	n %= uint64(w)
	return each(w, func(i int) uint64 {
		switch op {
		case wasm.OpI8x16Shl, wasm.OpI16x8Shl, wasm.OpI32x4Shl, wasm.OpI64x2Shl:
			return v.lane(w, i) << n
		case wasm.OpI8x16ShrS, wasm.OpI16x8ShrS, wasm.OpI32x4ShrS, wasm.OpI64x2ShrS:
			return uint64(v.signed(w, i) >> n)
		}
		return v.lane(w, i) >> n
	})
}

// vectorTernary runs what has three operands. The relaxed ones do what their deterministic form does.
func vectorTernary(op wasm.Op, a, b, c vector) (vector, bool) {
	switch op {
	case wasm.OpV128Bitselect, wasm.OpI8x16RelaxedLaneselect, wasm.OpI16x8RelaxedLaneselect, wasm.OpI32x4RelaxedLaneselect, wasm.OpI64x2RelaxedLaneselect:
		return vector{a[0]&c[0] | b[0]&^c[0], a[1]&c[1] | b[1]&^c[1]}, true
	case wasm.OpF32x4RelaxedMadd, wasm.OpF32x4RelaxedNmadd:
		return each(32, func(i int) uint64 {
			p := f32(&a, i) * f32(&b, i)
			if op == wasm.OpF32x4RelaxedNmadd {
				p = -p
			}
			return uint64(math.Float32bits(float32(p) + f32(&c, i)))
		}), true
	case wasm.OpF64x2RelaxedMadd, wasm.OpF64x2RelaxedNmadd:
		return each(64, func(i int) uint64 {
			p := f64(&a, i) * f64(&b, i)
			if op == wasm.OpF64x2RelaxedNmadd {
				p = -p
			}
			return math.Float64bits(float64(p) + f64(&c, i))
		}), true
	case wasm.OpI32x4RelaxedDotI8x16I7x16AddS:
		d := dot8(&a, &b)
		return each(32, func(i int) uint64 { return uint64(d.signed(16, 2*i)+d.signed(16, 2*i+1)) + c.lane(32, i) }), true
	}
	return vector{}, false
}

func f32(v *vector, i int) float32 { return math.Float32frombits(uint32(v.lane(32, i))) }
func f64(v *vector, i int) float64 { return math.Float64frombits(v.lane(64, i)) }

// dot8 multiplies signed bytes with bytes below 128 and adds pairs.
func dot8(a, b *vector) vector {
	return each(16, func(i int) uint64 {
		return uint64(saturate(16, a.signed(8, 2*i)*int64(b.lane(8, 2*i))+a.signed(8, 2*i+1)*int64(b.lane(8, 2*i+1))))
	})
}

// saturate brings x into the range of a signed number of w bits.
func saturate(w int, x int64) int64 {
	return max(-1<<(w-1), min(1<<(w-1)-1, x))
}

// saturateU is saturate for an unsigned one.
func saturateU(w int, x int64) int64 { return max(0, min(1<<w-1, x)) }

// vectorUnary runs what makes a vector of another.
func vectorUnary(op wasm.Op, v vector) (vector, bool) {
	switch op {
	case wasm.OpV128Not:
		return vector{^v[0], ^v[1]}, true
	case wasm.OpI8x16Popcnt:
		return each(8, func(i int) uint64 { return uint64(bits.OnesCount64(v.lane(8, i))) }), true
	case wasm.OpF32x4ConvertI32x4S:
		return each(32, func(i int) uint64 { return uint64(math.Float32bits(float32(int32(v.lane(32, i))))) }), true
	case wasm.OpF32x4ConvertI32x4U:
		return each(32, func(i int) uint64 { return uint64(math.Float32bits(float32(uint32(v.lane(32, i))))) }), true
	case wasm.OpF64x2ConvertLowI32x4S:
		return each(64, func(i int) uint64 { return math.Float64bits(float64(int32(v.lane(32, i)))) }), true
	case wasm.OpF64x2ConvertLowI32x4U:
		return each(64, func(i int) uint64 { return math.Float64bits(float64(uint32(v.lane(32, i)))) }), true
	case wasm.OpF32x4DemoteF64x2Zero:
		return vector{scalarOf(wasm.OpF32DemoteF64, v[0]) | scalarOf(wasm.OpF32DemoteF64, v[1])<<32}, true
	case wasm.OpF64x2PromoteLowF32x4:
		return each(64, func(i int) uint64 { return scalarOf(wasm.OpF64PromoteF32, v.lane(32, i)) }), true
	case wasm.OpI32x4TruncSatF64x2SZero, wasm.OpI32x4RelaxedTruncF64x2SZero:
		return vector{scalarOf(wasm.OpI32TruncSatF64S, v[0]) | scalarOf(wasm.OpI32TruncSatF64S, v[1])<<32}, true
	case wasm.OpI32x4TruncSatF64x2UZero, wasm.OpI32x4RelaxedTruncF64x2UZero:
		return vector{scalarOf(wasm.OpI32TruncSatF64U, v[0]) | scalarOf(wasm.OpI32TruncSatF64U, v[1])<<32}, true
	}
	if s, ok := scalarUnary[op]; ok {
		return each(s.width, func(i int) uint64 { return scalarOf(s.op, v.lane(s.width, i)) }), true
	}
	if w, ok := lanesOfAbs[op]; ok {
		return each(w, func(i int) uint64 { return uint64(max(v.signed(w, i), -v.signed(w, i))) }), true
	}
	if w, ok := lanesOfNeg[op]; ok {
		return each(w, func(i int) uint64 { return -v.lane(w, i) }), true
	}
	if e, ok := extensions[op]; ok {
		return each(2*e.from, func(i int) uint64 {
			if e.pairs {
				return uint64(e.lane(&v, 2*i) + e.lane(&v, 2*i+1))
			}
			return uint64(e.lane(&v, i+e.first))
		}), true
	}
	return vector{}, false
}

// scalarOf runs a scalar instruction that has one operand and does not trap.
func scalarOf(op wasm.Op, x uint64) uint64 {
	v, err := unary(op, x)
	if err != nil {
		panic("interp: vectors: " + op.String() + ": " + err.Error())
	}
	return v
}

// scalarUnary are the instructions that do to each lane what a scalar one does.
var scalarUnary = map[wasm.Op]struct {
	op    wasm.Op
	width int
}{
	wasm.OpF32x4Abs: {wasm.OpF32Abs, 32}, wasm.OpF32x4Neg: {wasm.OpF32Neg, 32}, wasm.OpF32x4Sqrt: {wasm.OpF32Sqrt, 32},
	wasm.OpF32x4Ceil: {wasm.OpF32Ceil, 32}, wasm.OpF32x4Floor: {wasm.OpF32Floor, 32},
	wasm.OpF32x4Trunc: {wasm.OpF32Trunc, 32}, wasm.OpF32x4Nearest: {wasm.OpF32Nearest, 32},
	wasm.OpF64x2Abs: {wasm.OpF64Abs, 64}, wasm.OpF64x2Neg: {wasm.OpF64Neg, 64}, wasm.OpF64x2Sqrt: {wasm.OpF64Sqrt, 64},
	wasm.OpF64x2Ceil: {wasm.OpF64Ceil, 64}, wasm.OpF64x2Floor: {wasm.OpF64Floor, 64},
	wasm.OpF64x2Trunc: {wasm.OpF64Trunc, 64}, wasm.OpF64x2Nearest: {wasm.OpF64Nearest, 64},
	wasm.OpI32x4TruncSatF32x4S: {wasm.OpI32TruncSatF32S, 32}, wasm.OpI32x4TruncSatF32x4U: {wasm.OpI32TruncSatF32U, 32},
	wasm.OpI32x4RelaxedTruncF32x4S: {wasm.OpI32TruncSatF32S, 32}, wasm.OpI32x4RelaxedTruncF32x4U: {wasm.OpI32TruncSatF32U, 32},
}

var (
	lanesOfAbs = map[wasm.Op]int{wasm.OpI8x16Abs: 8, wasm.OpI16x8Abs: 16, wasm.OpI32x4Abs: 32, wasm.OpI64x2Abs: 64}
	lanesOfNeg = map[wasm.Op]int{wasm.OpI8x16Neg: 8, wasm.OpI16x8Neg: 16, wasm.OpI32x4Neg: 32, wasm.OpI64x2Neg: 64}
)

// extension is how lanes become ones of twice their width.
type extension struct {
	from   int // width
	first  int // lane
	signed bool
	pairs  bool // two lanes are added
}

func (e *extension) lane(v *vector, i int) int64 {
	if e.signed {
		return v.signed(e.from, i)
	}
	return int64(v.lane(e.from, i))
}

var extensions = map[wasm.Op]extension{
	wasm.OpI16x8ExtendLowI8x16S: {8, 0, true, false}, wasm.OpI16x8ExtendHighI8x16S: {8, 8, true, false},
	wasm.OpI16x8ExtendLowI8x16U: {8, 0, false, false}, wasm.OpI16x8ExtendHighI8x16U: {8, 8, false, false},
	wasm.OpI32x4ExtendLowI16x8S: {16, 0, true, false}, wasm.OpI32x4ExtendHighI16x8S: {16, 4, true, false},
	wasm.OpI32x4ExtendLowI16x8U: {16, 0, false, false}, wasm.OpI32x4ExtendHighI16x8U: {16, 4, false, false},
	wasm.OpI64x2ExtendLowI32x4S: {32, 0, true, false}, wasm.OpI64x2ExtendHighI32x4S: {32, 2, true, false},
	wasm.OpI64x2ExtendLowI32x4U: {32, 0, false, false}, wasm.OpI64x2ExtendHighI32x4U: {32, 2, false, false},
	wasm.OpI16x8ExtaddPairwiseI8x16S: {8, 0, true, true}, wasm.OpI16x8ExtaddPairwiseI8x16U: {8, 0, false, true},
	wasm.OpI32x4ExtaddPairwiseI16x8S: {16, 0, true, true}, wasm.OpI32x4ExtaddPairwiseI16x8U: {16, 0, false, true},
}
