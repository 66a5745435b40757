package amd64

import "sphex/aot/wasm"

// vecAbs64 is i64x2.abs: with the sign in all bits of a lane, (x xor sign) - sign.
func (c *compiler) vecAbs64(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.rrI(opPshufd, xmmScratch, x, 0xf5) // the upper halves
		c.vecShiftI(digitPsra, 32, xmmScratch, 31)
		c.copyXMM(d, x)
		c.rr(opPxor, d, xmmScratch)
		c.rr(opPsubq, d, xmmScratch)
	})
}

// vecNeg subtracts from zero by o.
func (c *compiler) vecNeg(o opcode, _ byte) {
	c.vecFreshUnary(func(d, x reg) {
		c.zero(d)
		c.rr(o, d, x)
	})
}

// vecPopcnt is i8x16.popcnt: of both halves of each byte, by a table.
func (c *compiler) vecPopcnt(opcode, byte) {
	const low, high = 0x0302_0201_0201_0100, 0x0403_0302_0302_0201 // bits of 0…7 and of 8…15
	v := c.pop()
	x := c.use(&v)
	d, t := c.alloc(true), c.alloc(true)
	c.copyXMM(xmmScratch, x)
	c.rm(opPand, xmmScratch, c.splat8(0x0f))
	c.rm(opMovaps, d, c.poolRef(low, high, 16))
	c.rr(opPshufb, d, xmmScratch)
	c.copyXMM(xmmScratch, x)
	c.vecShiftI(digitPsrl, 16, xmmScratch, 4)
	c.rm(opPand, xmmScratch, c.splat8(0x0f))
	c.rm(opMovaps, t, c.poolRef(low, high, 16))
	c.rr(opPshufb, t, xmmScratch)
	c.rr(opPaddb, d, t)
	c.release(t)
	c.drop(&v)
	c.push(inReg(wasm.V128, d))
}

// vecMul64 is i64x2.mul: low·low + (low·high + high·low)·2³².
func (c *compiler) vecMul64(opcode, byte) {
	b, a := c.pop(), c.pop()
	ra, rb := c.use(&a), c.use(&b)
	d, t := c.alloc(true), xmmScratch
	c.copyXMM(d, ra)
	c.vecShiftI(digitPsrl, 64, d, 32)
	c.rr(opPmuludq, d, rb)
	c.copyXMM(t, rb)
	c.vecShiftI(digitPsrl, 64, t, 32)
	c.rr(opPmuludq, t, ra)
	c.rr(opPaddq, d, t)
	c.vecShiftI(digitPsll, 64, d, 32)
	c.copyXMM(t, ra)
	c.rr(opPmuludq, t, rb)
	c.rr(opPaddq, d, t)
	c.drop(&a)
	c.drop(&b)
	c.push(inReg(wasm.V128, d))
}

// vecMulHalves is extmul: both operands' halves are extended by ext, then multiplied by o.
func (c *compiler) vecMulHalves(ext, o opcode, high bool) {
	c.vecFresh(func(d, a, b reg) {
		c.extend(ext, d, a, high)
		c.extend(ext, xmmScratch, b, high)
		c.rr(o, d, xmmScratch)
	})
}

// extend sets d to the lanes of one half of x in twice their width.
func (c *compiler) extend(ext opcode, d, x reg, high bool) {
	if high {
		c.rrI(opPshufd, d, x, 0xee)
		x = d
	}
	c.rr(ext, d, x)
}

// vecExtendHigh extends the upper half; the lower one is the plain instruction.
func (c *compiler) vecExtendHigh(o opcode, _ byte) {
	c.vecUnary(func(d, x reg) { c.extend(o, d, x, true) })
}

func (c *compiler) vecExtmulLow16(ext opcode, _ byte)  { c.vecMulHalves(ext, opPmullw, false) }
func (c *compiler) vecExtmulHigh16(ext opcode, _ byte) { c.vecMulHalves(ext, opPmullw, true) }
func (c *compiler) vecExtmulLow32(ext opcode, _ byte)  { c.vecMulHalves(ext, opPmulld, false) }
func (c *compiler) vecExtmulHigh32(ext opcode, _ byte) { c.vecMulHalves(ext, opPmulld, true) }

// vecExtmul64 multiplies the 32-bit lanes that n, a pshufd's immediate, puts into the lower halves.
func (c *compiler) vecExtmul64(o opcode, n byte) {
	c.vecFresh(func(d, a, b reg) {
		c.rrI(opPshufd, d, a, n)
		c.rrI(opPshufd, xmmScratch, b, n)
		c.rr(o, d, xmmScratch)
	})
}

// Lanes 0 and 1, or 2 and 3, each in a lower half.
const (
	lowLanes  = 0x50
	highLanes = 0xfa
)

// vecAddPairs8S and the next three are extadd_pairwise: a multiplication by ones that adds pairs.
func (c *compiler) vecAddPairs8S(opcode, byte) {
	c.vecFreshUnary(func(d, x reg) {
		c.rm(opMovaps, d, c.splat8(1))
		c.rr(opPmaddubsw, d, x) // the first factor is unsigned
	})
}

func (c *compiler) vecAddPairs8U(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.rm(opPmaddubsw, d, c.splat8(1))
	})
}

func (c *compiler) vecAddPairs16S(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.rm(opPmaddwd, d, c.splat16(1))
	})
}

// The factors are signed: 2¹⁵ less each, and 2¹⁶ to the sum.
func (c *compiler) vecAddPairs16U(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.rm(opPxor, d, c.splat16(0x8000))
		c.rm(opPmaddwd, d, c.splat16(1))
		c.rm(opPaddd, d, c.splat32(0x10000))
	})
}

// vecQ15 is q15mulr_sat_s: pmulhrsw, whose only overflow, of the smallest number squared, comes out as
// the smallest number.
func (c *compiler) vecQ15(opcode, byte) {
	c.vecBinary(false, true, func(d, b reg) {
		c.rr(opPmulhrsw, d, b)
		c.rm(opMovaps, xmmScratch, c.splat16(0x8000))
		c.rr(opPcmpeqw, xmmScratch, d)
		c.rr(opPxor, d, xmmScratch)
	})
}

// vecSign is abs and neg of floats: o with the bits that stay or change.
func (c *compiler) vecSign(o opcode, n byte) {
	wide := n != 0
	bits := signBit(wide)
	if o == opAndps {
		bits = ^bits
	}
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.rm(o, d, c.mask(truncate(bits, wide), wide))
	})
}

// vecMin is min of floats. minps gives its second operand for zeros and for NaN, so that both orders together
// have what is needed: or'ed, -0 wins and every NaN stays; a NaN is then reduced to its quiet part.
func (c *compiler) vecMin(o opcode, n byte) {
	wide := n != 0
	c.vecBothOrders(o, func(d, t reg) {
		c.rr(opOrps, t, d)
		c.rrI(opCmpps.packed(wide), d, t, cmpUnordered)
		c.rr(opOrps, t, d)
		c.quiet(d, t, wide)
	})
}

// vecMax is max of floats, like vecMin: the difference of both orders, subtracted, makes +0 win.
func (c *compiler) vecMax(o opcode, n byte) {
	wide := n != 0
	c.vecBothOrders(o, func(d, t reg) {
		c.rr(opXorps, d, t)
		c.rr(opOrps, t, d)
		c.rr(opSubps.packed(wide), t, d)
		c.rrI(opCmpps.packed(wide), d, t, cmpUnordered)
		c.quiet(d, t, wide)
	})
}

// vecBothOrders has emit compute d from a o b, which is in d, and b o a in the scratch register t.
func (c *compiler) vecBothOrders(o opcode, emit func(d, t reg)) {
	c.vecFresh(func(d, a, b reg) {
		c.copyXMM(xmmScratch, b)
		c.rr(o, xmmScratch, a)
		c.copyXMM(d, a)
		c.rr(o, d, b)
		emit(d, xmmScratch)
	})
}

// quiet sets d to t without the payload of its NaNs: d has ones in the lanes that are NaN.
func (c *compiler) quiet(d, t reg, wide bool) {
	if wide {
		c.vecShiftI(digitPsrl, 64, d, 13)
	} else {
		c.vecShiftI(digitPsrl, 32, d, 10)
	}
	c.rr(opAndnps, d, t)
}

// vecMulAdd is relaxed madd, a·b + c, rounded twice, and with n nmadd, c - a·b.
func (c *compiler) vecMulAdd(o opcode, n byte) {
	wide := o&pre66 != 0
	z, b, a := c.pop(), c.pop(), c.pop()
	rz, rb := c.use(&z), c.use(&b)
	d := c.own(&a)
	c.rr(o, d, rb)
	if n != 0 {
		c.rm(opXorps, d, c.mask(truncate(signBit(wide), wide), wide))
	}
	c.rr(opAddps.packed(wide), d, rz)
	c.drop(&z)
	c.drop(&b)
	c.push(a)
}

// vecDot8 is the relaxed dot product of bytes, the second operand's below 128; pmaddubsw wants that one first.
func (c *compiler) vecDot8(opcode, byte) { c.vecTwoSwapped(opPmaddubsw, 0) }

// vecDot8Add adds the pairs of that, and the third operand.
func (c *compiler) vecDot8Add(opcode, byte) {
	z, b, a := c.pop(), c.pop(), c.pop()
	rz, ra := c.use(&z), c.use(&a)
	d := c.own(&b)
	c.rr(opPmaddubsw, d, ra)
	c.rm(opPmaddwd, d, c.splat16(1))
	c.rr(opPaddd, d, rz)
	c.drop(&z)
	c.drop(&a)
	c.push(b)
}
