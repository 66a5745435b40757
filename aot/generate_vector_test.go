package aot

import (
	"encoding/binary"

	"sphex/aot/wasm"
)

func (g *generator) opcode(op wasm.Op) {
	prefix, code := op.Encoding()
	g.op(prefix)
	g.u(uint64(code))
}

// vectorOps lists the vector instructions with immediates of a kind.
func vectorOps(imm wasm.Imm) (list []wasm.Op) {
	for op := wasm.OpV128Load; op < wasm.OpI8x16RelaxedSwizzle; op++ {
		if op.Imm() == imm {
			list = append(list, op)
		}
	}
	return list
}

var (
	laneOps    = vectorOps(wasm.ImmLane)
	memoryOps  = vectorOps(wasm.ImmMem)
	memoryLane = vectorOps(wasm.ImmMemLane)
)

func (g *generator) one(ops []wasm.Op) wasm.Op { return ops[g.r.IntN(len(ops))] }

// lane emits an instruction with lanes as immediates if one of those that it tries gives a t.
func (g *generator) lane(t wasm.ValType, depth int) bool {
	if t == wasm.V128 && g.chance(5) {
		g.expr(t, depth-1)
		g.expr(t, depth-1)
		g.opcode(wasm.OpI8x16Shuffle)
		most := []int{16, 32}[g.r.IntN(2)]
		for range 16 {
			g.code = append(g.code, byte(g.r.IntN(most)))
		}
		return true
	}
	op := g.one(laneOps)
	in, out, _ := op.Signature()
	if out[0] != t || g.chance(2) {
		return false
	}
	g.exprs(in, depth-1)
	g.leak(in[len(in)-1]) // of replace_lane
	g.opcode(op)
	g.code = append(g.code, byte(g.r.IntN(op.Lanes())))
	return true
}

func (g *generator) loadVector() {
	m := g.memory()
	g.addressIn(m)
	if g.chance(4) {
		op := g.one(memoryLane[:4])
		g.expr(wasm.V128, 1)
		g.access(op, m)
		return
	}
	op := wasm.OpV128Store
	for op == wasm.OpV128Store {
		op = g.one(memoryOps)
	}
	g.access(op, m)
}

func (g *generator) storeVector(depth int) {
	m := g.memory()
	g.addressIn(m)
	g.expr(wasm.V128, depth-1)
	op := wasm.OpV128Store
	if g.chance(3) {
		op = g.one(memoryLane[4:])
	}
	g.access(op, m)
}

// access emits a load or store with its immediates.
func (g *generator) access(op wasm.Op, m int) {
	g.opcode(op)
	g.place(m, g.offset())
	if op.Imm() == wasm.ImmMemLane {
		g.code = append(g.code, byte(g.r.IntN(op.Lanes())))
	}
}

// canonical makes NaNs in the lanes on top of the stack canonical ones if op may have made them.
func (g *generator) canonical(op wasm.Op) {
	equal, nan := wasm.OpF32x4Eq, uint64(0x7fc00000_7fc00000)
	switch {
	case op >= wasm.OpF32x4Sqrt && op <= wasm.OpF32x4Max, op >= wasm.OpF32x4Ceil && op <= wasm.OpF32x4Nearest, op == wasm.OpF32x4DemoteF64x2Zero:
	case op >= wasm.OpF64x2Sqrt && op <= wasm.OpF64x2Max, op == wasm.OpF64x2Ceil, op == wasm.OpF64x2Floor, op == wasm.OpF64x2Trunc, op == wasm.OpF64x2Nearest,
		op == wasm.OpF64x2PromoteLowF32x4:
		equal, nan = wasm.OpF64x2Eq, 0x7ff8000000000000
	default:
		return
	}
	i := uint64(len(g.locals) - 1)
	g.op(0x22)
	g.u(i)
	g.opcode(wasm.OpV128Const)
	g.code = binary.LittleEndian.AppendUint64(g.code, nan)
	g.code = binary.LittleEndian.AppendUint64(g.code, nan)
	for range 2 {
		g.op(0x20)
		g.u(i)
	}
	g.opcode(equal)
	g.opcode(wasm.OpV128Bitselect)
}
