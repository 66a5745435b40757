package aot

import (
	"encoding/binary"
	"math"

	"sphex/aot/wasm"
)

func (g *generator) constant(t wasm.ValType) {
	ints := []int64{0, 1, -1, 2, 3, 5, 7, 8, 10, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, -128, 1000, 65535, 65536, math.MaxInt32, math.MinInt32}
	floats := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, -2.5, 3e9, -3e9, 1e19, 1e300, math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, 2147483647.5, -2147483648.9, 4294967295.9}
	switch t {
	case wasm.I32:
		g.op(0x41)
		g.code = appendSleb(g.code, ints[g.r.IntN(len(ints))])
	case wasm.I64:
		g.op(0x42)
		v := ints[g.r.IntN(len(ints))]
		switch g.r.IntN(8) {
		case 0:
			v = int64(g.r.Uint64())
		case 1:
			v = []int64{math.MaxInt64, math.MinInt64, 1 << 32, 1<<31 - 1, 1 << 31}[g.r.IntN(5)]
		}
		g.code = appendSleb(g.code, v)
	case wasm.V128:
		g.opcode(wasm.OpV128Const)
		for range 2 {
			v := g.r.Uint64()
			switch g.r.IntN(4) {
			case 0:
				v = 0x8000_7f80_0001_ff00 + uint64(g.r.IntN(4))
			case 1:
				v = uint64(math.Float32bits(float32(floats[g.r.IntN(len(floats))]))) << 32
			case 2:
				v = math.Float64bits(floats[g.r.IntN(len(floats))])
			}
			g.code = binary.LittleEndian.AppendUint64(g.code, v)
		}
	case wasm.F32:
		g.op(0x43)
		f := math.Float32bits(float32(floats[g.r.IntN(len(floats))]))
		if f&0x7fffffff > 0x7f800000 {
			f = 0x7fc00000
		}
		g.code = binary.LittleEndian.AppendUint32(g.code, f)
	default:
		g.op(0x44)
		f := math.Float64bits(floats[g.r.IntN(len(floats))])
		if f<<1 > 0x7ff0000000000000<<1 {
			f = 0x7ff8000000000000
		}
		g.code = binary.LittleEndian.AppendUint64(g.code, f)
	}
}

// opsFor has the operations with fixed types, by result.
var opsFor = func() map[wasm.ValType][]wasm.Op {
	t := map[wasm.ValType][]wasm.Op{}
	add := func(from, to wasm.Op) {
		for op := from; op <= to; op++ {
			if _, out, fixed := op.Signature(); fixed && len(out) == 1 {
				t[out[0]] = append(t[out[0]], op)
			}
		}
	}
	add(wasm.OpI32Eqz, wasm.OpI64Extend32S)
	add(wasm.OpI32TruncSatF32S, wasm.OpI64TruncSatF64U)
	for op := wasm.OpV128Load; op < wasm.OpI8x16RelaxedSwizzle; op++ {
		if op.Imm() == wasm.ImmNone {
			add(op, op)
		}
	}
	return t
}()

// expr emits code that pushes a value of type t.
func (g *generator) expr(t wasm.ValType, depth int) {
	if depth <= 0 || g.budget <= 0 || g.chance(8) {
		if i, ok := g.local(t); ok && !g.chance(3) {
			g.op(0x20)
			g.u(uint64(i))
			return
		}
		g.constant(t)
		return
	}
	if g.vectors > 0 && (t == wasm.V128 || g.chance(8)) && g.lane(t, depth) {
		return
	}
	if g.modern && g.chance(6) && g.modernExpr(t, depth) {
		return
	}
	switch g.r.IntN(20) {
	case 0:
		if i, ok := g.local(t); ok {
			g.expr(t, depth-1)
			g.op(0x22)
			g.u(uint64(i))
			return
		}
		g.constant(t)
	case 1, 2, 3:
		g.load(t)
	case 4, 5:
		g.expr(t, depth-1)
		g.expr(t, depth-1)
		g.expr(wasm.I32, depth-1)
		g.op(0x1b)
	case 6:
		g.expr(wasm.I32, depth-1)
		g.op(0x04, byte(t))
		g.labels = append(g.labels, []wasm.ValType{t})
		g.stmt(depth - 1)
		g.expr(t, depth-1)
		g.op(0x05)
		g.expr(t, depth-1)
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
	case 7:
		g.block(0x02, []byte{byte(t)}, []wasm.ValType{t}, func() {
			g.stmt(depth - 1)
			g.expr(t, depth-1)
			g.expr(wasm.I32, depth-1)
			g.op(0x0d, 0)
			g.op(0x1a)
			g.expr(t, depth-1)
		})
	case 8:
		for i, gt := range globalTypes {
			if gt == t && i != fuelGlobal {
				g.op(0x23, byte(i))
				return
			}
		}
		g.constant(t)
	case 9:
		g.multi(t, depth)
	case 10:
		n := g.callee()
		if n < 0 {
			g.constant(t)
			return
		}
		g.call(n, depth)
		// Keep the first result of the type, if there is one, in a local.
		rs := g.types[g.funcs[n]].Results
		i, ok := g.local(t)
		found := false
		for k := len(rs) - 1; k >= 0; k-- {
			if rs[k] == t && ok && !found {
				g.op(0x21)
				g.u(uint64(i))
				found = true
				continue
			}
			g.op(0x1a)
		}
		if ok {
			g.op(0x20)
			g.u(uint64(i))
		} else {
			g.constant(t)
		}
	default:
		ops := opsFor[t]
		op := ops[g.r.IntN(len(ops))]
		for g.vectors == 0 && op >= wasm.OpV128Load {
			op = ops[g.r.IntN(len(ops))]
		}
		in, _, _ := op.Signature()
		for i, p := range in {
			g.expr(p, depth-1)
			leaks := op == wasm.OpI32ReinterpretF32 || op == wasm.OpI64ReinterpretF64 || op == wasm.OpF32x4Splat || op == wasm.OpF64x2Splat ||
				(op == wasm.OpF32Copysign || op == wasm.OpF64Copysign) && i == 1
			if leaks {
				g.leak(p)
			}
		}
		if op >= wasm.OpI32TruncF32S && op <= wasm.OpI32TruncF64U || op >= wasm.OpI64TruncF32S && op <= wasm.OpI64TruncF64U {
			if !g.chance(6) { // most numbers would trap
				op = map[wasm.Op]wasm.Op{
					wasm.OpI32TruncF32S: wasm.OpI32TruncSatF32S, wasm.OpI32TruncF32U: wasm.OpI32TruncSatF32U,
					wasm.OpI32TruncF64S: wasm.OpI32TruncSatF64S, wasm.OpI32TruncF64U: wasm.OpI32TruncSatF64U,
					wasm.OpI64TruncF32S: wasm.OpI64TruncSatF32S, wasm.OpI64TruncF32U: wasm.OpI64TruncSatF32U,
					wasm.OpI64TruncF64S: wasm.OpI64TruncSatF64S, wasm.OpI64TruncF64U: wasm.OpI64TruncSatF64U,
				}[op]
			}
		}
		if op >= wasm.OpI32DivS && op <= wasm.OpI32RemU || op >= wasm.OpI64DivS && op <= wasm.OpI64RemU {
			if !g.chance(6) { // keep zero away
				one, or := byte(0x41), byte(wasm.OpI32Or)
				if t == wasm.I64 {
					one, or = 0x42, byte(wasm.OpI64Or)
				}
				g.op(one, 1)
				g.op(or)
			}
		}
		if prefix, code := op.Encoding(); prefix != 0 {
			g.op(prefix)
			g.u(uint64(code))
		} else {
			g.op(byte(code))
		}
		g.canonical(op)
	}
}

func (g *generator) load(t wasm.ValType) {
	if t == wasm.V128 {
		g.loadVector()
		return
	}
	if g.atomic(t, 2) {
		return
	}
	var ops []wasm.Op
	for op := wasm.OpI32Load; op <= wasm.OpI64Load32U; op++ {
		if _, out, _ := op.Signature(); out[0] == t {
			ops = append(ops, op)
		}
	}
	m := g.memory()
	g.addressIn(m)
	g.op(byte(ops[g.r.IntN(len(ops))]))
	g.place(m, g.offset())
	g.leak(t)
}

// multi uses blocks with several parameters and results.
func (g *generator) multi(t wasm.ValType, depth int) {
	first := len(g.funcs) // of the types for blocks
	switch {
	case t == wasm.I32 && g.chance(2):
		g.expr(wasm.I32, depth-1)
		g.block(0x03, []byte{byte(first)}, []wasm.ValType{wasm.I32}, func() { // a loop with a parameter
			g.burn()
			g.expr(wasm.I32, depth-1)
			g.op(0x6a)
			g.expr(wasm.I32, depth-1)
			g.op(0x23, fuelGlobal)
			g.op(0x41, 50)
			g.op(0x4a)
			g.op(0x71)
			g.op(0x0d, 0)
		})
	case t == wasm.I64:
		g.expr(wasm.I64, depth-1)
		g.expr(wasm.F64, depth-1)
		ts := []wasm.ValType{wasm.F64, wasm.I32, wasm.I64}
		g.block(0x02, []byte{byte(first + 1)}, ts, func() {
			g.op(0x1a)
			g.op(0x1a)
			g.expr(wasm.I64, depth-1) // something below what the branch carries
			g.exprs(ts, depth-1)
			g.expr(wasm.I32, depth-1)
			g.op(0x0d, 0)
			g.op(0x1a)
			g.op(0x1a)
			g.op(0x1a)
			g.op(0x1a)
			g.exprs(ts, depth-1)
		})
		// f64 i32 i64: fold the lower two into the upper.
		i, ok := g.local(wasm.I64)
		if !ok {
			g.op(0x1a)
			g.op(0x1a)
			g.op(0x1a)
			g.constant(t)
			return
		}
		g.op(0x21)
		g.u(uint64(i))
		g.op(0xac)
		g.op(0x20)
		g.u(uint64(i))
		g.op(0x7c)
		g.op(0x21)
		g.u(uint64(i))
		g.op(0x1a)
		g.op(0x20)
		g.u(uint64(i))
	case t == wasm.F32:
		g.expr(wasm.I32, depth-1)
		g.op(0x04, byte(first+2))
		ts := []wasm.ValType{wasm.I32, wasm.F32}
		g.labels = append(g.labels, ts)
		g.exprs(ts, depth-1)
		g.op(0x05)
		g.exprs(ts, depth-1)
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
		i, ok := g.local(wasm.F32)
		if !ok {
			g.op(0x1a)
			g.op(0x1a)
			g.constant(t)
			return
		}
		g.op(0x21)
		g.u(uint64(i))
		g.op(0x1a)
		g.op(0x20)
		g.u(uint64(i))
	default:
		g.constant(t)
	}
}
