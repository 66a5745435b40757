package amd64

import "sphex/aot/wasm"

// vecCount brings a shift's count, modulo the width of the lanes, into xmmScratch, plus more.
func (c *compiler) vecCount(v *value, lane laneBits, more int32) {
	r := c.use(v)
	c.rr(opMovStore, r, regScratch)
	c.aluRI(aluAnd, false, regScratch, int32(lane)-1)
	if more != 0 {
		c.aluRI(aluAdd, false, regScratch, more)
	}
	c.rr(opMovd, xmmScratch, regScratch)
}

// shiftForms has the shifts by a register, for lanes of 16, 32 and 64 bits, by the digit of those by a constant.
var shiftForms = map[reg][3]opcode{
	digitPsrl: {opPsrlw, opPsrld, opPsrlq},
	digitPsra: {opPsraw, opPsrad, 0},
	digitPsll: {opPsllw, opPslld, opPsllq},
}

func shiftBy(digit reg, lane laneBits) opcode {
	return shiftForms[digit][map[laneBits]int{16: 0, 32: 1, 64: 2}[lane]]
}

// vecShift shifts lanes of n bits by the digit o.
func (c *compiler) vecShift(o opcode, n byte) {
	digit, lane := reg(o), laneBits(n)
	count, v := c.pop(), c.pop()
	d := c.own(&v)
	if count.kind == vConst {
		c.vecShiftI(digit, lane, d, byte(count.imm)&(n-1))
	} else {
		c.vecCount(&count, lane, 0)
		c.rr(shiftBy(digit, lane), d, xmmScratch)
	}
	c.drop(&count)
	c.push(v)
}

// vecShift64S is i64x2.shr_s, which SSE has for smaller lanes only: shifted without the sign, whose bit then
// is m = 2⁶³ shifted; (x xor m) - m spreads it.
func (c *compiler) vecShift64S(opcode, byte) {
	count, v := c.pop(), c.pop()
	d := c.own(&v)
	t := c.alloc(true)
	c.vecCount(&count, 64, 0)
	c.rm(opMovaps, t, c.splat64(1<<63))
	c.rr(opPsrlq, t, xmmScratch)
	c.rr(opPsrlq, d, xmmScratch)
	c.rr(opPxor, d, t)
	c.rr(opPsubq, d, t)
	c.release(t)
	c.drop(&count)
	c.push(v)
}

// vecShift8 is i8x16.shl and shr_u: SSE has no shifts of bytes. Those of 16 bits are masked: to the left before,
// to the right afterwards, by bytes 0xff >> count.
func (c *compiler) vecShift8(o opcode, _ byte) {
	digit := reg(o)
	count, v := c.pop(), c.pop()
	d := c.own(&v)
	if count.kind == vConst {
		n := byte(count.imm) & 7
		c.vecShiftI(digit, 16, d, n)
		if digit == digitPsll {
			c.rm(opPand, d, c.splat8(0xff<<n))
		} else {
			c.rm(opPand, d, c.splat8(0xff>>n))
		}
		c.push(v)
		return
	}
	t := c.alloc(true)
	c.vecCount(&count, 8, 8)
	c.ones(t)
	c.rr(opPsrlw, t, xmmScratch) // 0x00ff >> count
	c.rr(opPackuswb, t, t)
	c.aluRI(aluSub, false, regScratch, 8)
	c.rr(opMovd, xmmScratch, regScratch)
	if digit == digitPsll {
		c.rr(opPand, d, t)
		c.rr(opPsllw, d, xmmScratch)
	} else {
		c.rr(opPsrlw, d, xmmScratch)
		c.rr(opPand, d, t)
	}
	c.release(t)
	c.drop(&count)
	c.push(v)
}

// vecShift8S is i8x16.shr_s: each byte in the upper half of 16 bits, shifted by 8 more, and packed again.
func (c *compiler) vecShift8S(opcode, byte) {
	count, v := c.pop(), c.pop()
	d := c.own(&v)
	t := c.alloc(true)
	c.vecCount(&count, 8, 8)
	c.copyXMM(t, d)
	c.rr(opPunpckhbw, t, t)
	c.rr(opPunpcklbw, d, d)
	c.rr(opPsraw, t, xmmScratch)
	c.rr(opPsraw, d, xmmScratch)
	c.rr(opPacksswb, d, t)
	c.release(t)
	c.drop(&count)
	c.push(inReg(wasm.V128, d))
}
