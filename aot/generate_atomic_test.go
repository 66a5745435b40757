package aot

import (
	"math/bits"

	"sphex/aot/wasm"
)

// atomic emits an atomic load or update whose result is a t, or a store if t is 0; false if it does not.
func (g *generator) atomic(t wasm.ValType, depth int) bool {
	if !g.chance(6) {
		return false
	}
	for range 20 {
		op := wasm.OpAtomicNotify + wasm.Op(g.r.IntN(int(wasm.OpI64AtomicRmw32CmpxchgU-wasm.OpAtomicNotify)+1))
		in, out, _ := op.Signature()
		wait := op == wasm.OpAtomicWait32 || op == wasm.OpAtomicWait64 // traps: the memory is not shared
		if op.Imm() != wasm.ImmMem || wait && !g.chance(4) || t == 0 && len(out) > 0 || t != 0 && (len(out) == 0 || out[0] != t) {
			continue
		}
		width := op.Width()
		g.address()
		offset := g.offset()
		if !g.chance(30) {
			offset &^= uint64(width - 1)
			g.op(0x41)
			g.code = appendSleb(g.code, -int64(width))
			g.op(byte(wasm.OpI32And))
		} else { // often unaligned, and then not out of bounds as well: the order of these checks is open
			offset %= 40
			g.op(0x41)
			g.code = appendSleb(g.code, 0x3fff)
			g.op(byte(wasm.OpI32And))
		}
		g.exprs(in[1:], min(depth, 2))
		g.opcode(op)
		g.op(byte(bits.TrailingZeros(uint(width))))
		g.u(offset)
		return true
	}
	return false
}
