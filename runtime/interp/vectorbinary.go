package interp

import (
	"math"

	"sphex/aot/wasm"
)

// vectorBinary runs what makes a vector of two.
func vectorBinary(op wasm.Op, a, b vector) (vector, bool) {
	switch op {
	case wasm.OpV128And:
		return vector{a[0] & b[0], a[1] & b[1]}, true
	case wasm.OpV128Andnot:
		return vector{a[0] &^ b[0], a[1] &^ b[1]}, true
	case wasm.OpV128Or:
		return vector{a[0] | b[0], a[1] | b[1]}, true
	case wasm.OpV128Xor:
		return vector{a[0] ^ b[0], a[1] ^ b[1]}, true
	case wasm.OpI8x16Swizzle, wasm.OpI8x16RelaxedSwizzle:
		return each(8, func(i int) uint64 {
			if k := b.lane(8, i); k < 16 {
				return a.lane(8, int(k))
			}
			return 0
		}), true
	case wasm.OpI32x4DotI16x8S:
		return each(32, func(i int) uint64 {
			return uint64(a.signed(16, 2*i)*b.signed(16, 2*i) + a.signed(16, 2*i+1)*b.signed(16, 2*i+1))
		}), true
	case wasm.OpI16x8RelaxedDotI8x16I7x16S:
		return dot8(&a, &b), true
	case wasm.OpI16x8Q15mulrSatS, wasm.OpI16x8RelaxedQ15mulrS:
		return each(16, func(i int) uint64 { return uint64(saturate(16, (a.signed(16, i)*b.signed(16, i)+0x4000)>>15)) }), true
	}
	if w, s := narrows[op], saturate; w != 0 {
		if op == wasm.OpI8x16NarrowI16x8U || op == wasm.OpI16x8NarrowI32x4U {
			s = saturateU
		}
		n := 128 / w / 2
		return each(w, func(i int) uint64 {
			if i < n {
				return uint64(s(w, a.signed(2*w, i)))
			}
			return uint64(s(w, b.signed(2*w, i-n)))
		}), true
	}
	if e, ok := products[op]; ok {
		return each(2*e.from, func(i int) uint64 { return uint64(e.lane(&a, i+e.first) * e.lane(&b, i+e.first)) }), true
	}
	if f, ok := laneOps[op]; ok {
		return each(f.width, func(i int) uint64 {
			return f.of(lanes{a.lane(f.width, i), b.lane(f.width, i), a.signed(f.width, i), b.signed(f.width, i), f.width})
		}), true
	}
	return floatLanes(op, a, b)
}

// narrows has the width of the lanes that each narrowing makes.
var narrows = map[wasm.Op]int{
	wasm.OpI8x16NarrowI16x8S: 8, wasm.OpI8x16NarrowI16x8U: 8, wasm.OpI16x8NarrowI32x4S: 16, wasm.OpI16x8NarrowI32x4U: 16,
}

// products are the multiplications of lanes to ones of twice their width.
var products = map[wasm.Op]extension{
	wasm.OpI16x8ExtmulLowI8x16S: {8, 0, true, false}, wasm.OpI16x8ExtmulHighI8x16S: {8, 8, true, false},
	wasm.OpI16x8ExtmulLowI8x16U: {8, 0, false, false}, wasm.OpI16x8ExtmulHighI8x16U: {8, 8, false, false},
	wasm.OpI32x4ExtmulLowI16x8S: {16, 0, true, false}, wasm.OpI32x4ExtmulHighI16x8S: {16, 4, true, false},
	wasm.OpI32x4ExtmulLowI16x8U: {16, 0, false, false}, wasm.OpI32x4ExtmulHighI16x8U: {16, 4, false, false},
	wasm.OpI64x2ExtmulLowI32x4S: {32, 0, true, false}, wasm.OpI64x2ExtmulHighI32x4S: {32, 2, true, false},
	wasm.OpI64x2ExtmulLowI32x4U: {32, 0, false, false}, wasm.OpI64x2ExtmulHighI32x4U: {32, 2, false, false},
}

// lanes are one lane of each operand, in both readings.
type lanes struct {
	a, b   uint64
	sa, sb int64
	width  int
}

// laneOp is an operation on integer lanes.
type laneOp struct {
	width int
	of    func(l lanes) uint64
}

// all is a lane of ones if c holds, else of zeros: the result of a comparison.
func all(c bool) uint64 { return -truth(c) }

// laneOps has the integer operations. Each shape has the same ones at the same distance from its first.
var laneOps = func() map[wasm.Op]laneOp {
	t := map[wasm.Op]laneOp{}
	compare := []func(l lanes) uint64{
		func(l lanes) uint64 { return all(l.a == l.b) }, func(l lanes) uint64 { return all(l.a != l.b) },
		func(l lanes) uint64 { return all(l.sa < l.sb) }, func(l lanes) uint64 { return all(l.a < l.b) },
		func(l lanes) uint64 { return all(l.sa > l.sb) }, func(l lanes) uint64 { return all(l.a > l.b) },
		func(l lanes) uint64 { return all(l.sa <= l.sb) }, func(l lanes) uint64 { return all(l.a <= l.b) },
		func(l lanes) uint64 { return all(l.sa >= l.sb) }, func(l lanes) uint64 { return all(l.a >= l.b) },
	}
	for i, first := range []wasm.Op{wasm.OpI8x16Eq, wasm.OpI16x8Eq, wasm.OpI32x4Eq} {
		for k, f := range compare {
			t[first+wasm.Op(k)] = laneOp{8 << i, f}
		}
	}
	for k, i := range []int{0, 1, 2, 4, 6, 8} { // without the unsigned ones
		t[wasm.OpI64x2Eq+wasm.Op(k)] = laneOp{64, compare[i]}
	}
	add := func(l lanes) uint64 { return l.a + l.b }
	sub := func(l lanes) uint64 { return l.a - l.b }
	for i, op := range []wasm.Op{wasm.OpI8x16Add, wasm.OpI16x8Add, wasm.OpI32x4Add, wasm.OpI64x2Add} {
		t[op] = laneOp{8 << i, add}
	}
	for i, op := range []wasm.Op{wasm.OpI8x16Sub, wasm.OpI16x8Sub, wasm.OpI32x4Sub, wasm.OpI64x2Sub} {
		t[op] = laneOp{8 << i, sub}
	}
	for i, op := range []wasm.Op{wasm.OpI16x8Mul, wasm.OpI32x4Mul, wasm.OpI64x2Mul} {
		t[op] = laneOp{16 << i, func(l lanes) uint64 { return l.a * l.b }}
	}
	saturating := []func(l lanes) uint64{
		func(l lanes) uint64 { return uint64(saturate(l.width, l.sa+l.sb)) },
		func(l lanes) uint64 { return uint64(saturateU(l.width, int64(l.a+l.b))) },
	}
	less := []func(l lanes) uint64{
		func(l lanes) uint64 { return uint64(saturate(l.width, l.sa-l.sb)) },
		func(l lanes) uint64 { return uint64(saturateU(l.width, int64(l.a)-int64(l.b))) },
	}
	extremes := []func(l lanes) uint64{
		func(l lanes) uint64 { return uint64(min(l.sa, l.sb)) }, func(l lanes) uint64 { return min(l.a, l.b) },
		func(l lanes) uint64 { return uint64(max(l.sa, l.sb)) }, func(l lanes) uint64 { return max(l.a, l.b) },
	}
	for i, o := range []struct{ add, sub, min, avgr wasm.Op }{
		{wasm.OpI8x16AddSatS, wasm.OpI8x16SubSatS, wasm.OpI8x16MinS, wasm.OpI8x16AvgrU},
		{wasm.OpI16x8AddSatS, wasm.OpI16x8SubSatS, wasm.OpI16x8MinS, wasm.OpI16x8AvgrU},
		{0, 0, wasm.OpI32x4MinS, 0},
	} {
		w := 8 << i
		for k, f := range extremes {
			t[o.min+wasm.Op(k)] = laneOp{w, f}
		}
		if o.add == 0 {
			continue
		}
		for k := range 2 {
			t[o.add+wasm.Op(k)], t[o.sub+wasm.Op(k)] = laneOp{w, saturating[k]}, laneOp{w, less[k]}
		}
		t[o.avgr] = laneOp{w, func(l lanes) uint64 { return (l.a + l.b + 1) / 2 }}
	}
	return t
}()

// floatOps are the operations on lanes of floats that do what a scalar instruction does, by both widths;
// comparisons give ones.
var floatOps = func() map[wasm.Op]wasm.Op {
	t := map[wasm.Op]wasm.Op{
		wasm.OpF32x4RelaxedMin: wasm.OpF32Min, wasm.OpF32x4RelaxedMax: wasm.OpF32Max,
		wasm.OpF64x2RelaxedMin: wasm.OpF64Min, wasm.OpF64x2RelaxedMax: wasm.OpF64Max,
	}
	for k := range wasm.Op(6) {
		t[wasm.OpF32x4Eq+k], t[wasm.OpF64x2Eq+k] = wasm.OpF32Eq+k, wasm.OpF64Eq+k
		t[wasm.OpF32x4Add+k], t[wasm.OpF64x2Add+k] = wasm.OpF32Add+k, wasm.OpF64Add+k
	}
	return t
}()

func floatLanes(op wasm.Op, a, b vector) (vector, bool) {
	switch op {
	case wasm.OpF32x4Pmin, wasm.OpF32x4Pmax:
		return each(32, func(i int) uint64 {
			x, y := f32(&a, i), f32(&b, i)
			if op == wasm.OpF32x4Pmin && y < x || op == wasm.OpF32x4Pmax && x < y {
				return b.lane(32, i)
			}
			return a.lane(32, i)
		}), true
	case wasm.OpF64x2Pmin, wasm.OpF64x2Pmax:
		return each(64, func(i int) uint64 {
			x, y := f64(&a, i), f64(&b, i)
			if op == wasm.OpF64x2Pmin && y < x || op == wasm.OpF64x2Pmax && x < y {
				return b[i]
			}
			return a[i]
		}), true
	}
	s, ok := floatOps[op]
	if !ok {
		return vector{}, false
	}
	params, results, _ := s.Signature()
	w := 32
	if params[0] == wasm.F64 {
		w = 64
	}
	return each(w, func(i int) uint64 {
		var v uint64
		if w == 32 {
			v, _ = float32s(s, math.Float32frombits(uint32(a.lane(w, i))), math.Float32frombits(uint32(b.lane(w, i))))
		} else {
			v, _ = float64s(s, math.Float64frombits(a[i]), math.Float64frombits(b[i]))
		}
		if results[0] == wasm.I32 {
			return -v
		}
		return v
	}), true
}
