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
		m := g.memory()
		g.addressIn(m)
		mask := func(v int64) {
			if g.mems[m].Is64 {
				g.op(0x42)
				g.code = appendSleb(g.code, v)
				g.op(byte(wasm.OpI64And))
			} else {
				g.op(0x41)
				g.code = appendSleb(g.code, v)
				g.op(byte(wasm.OpI32And))
			}
		}
		offset := g.offset()
		if !g.chance(30) {
			offset &^= uint64(width - 1)
			mask(-int64(width))
		} else { // often unaligned, and then not out of bounds as well: the order of these checks is open
			offset %= 40
			mask(0x3fff)
		}
		g.exprs(in[1:], min(depth, 2))
		g.opcode(op)
		align := byte(bits.TrailingZeros(uint(width)))
		if m != 0 {
			g.op(align|1<<6, byte(m))
		} else {
			g.op(align)
		}
		g.u(offset)
		return true
	}
	return false
}
