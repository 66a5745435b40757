package amd64

// vecConvertU32 is f32x4.convert_i32x4_u: the lower 16 bits convert exactly; the upper ones are converted at half
// their size, where they are not negative, doubled, and the sum rounds once.
func (c *compiler) vecConvertU32(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		t := xmmScratch
		c.copyXMM(t, x)
		c.vecShiftI(digitPsll, 32, t, 16)
		c.vecShiftI(digitPsrl, 32, t, 16)
		c.copyXMM(d, x)
		c.rr(opPsubd, d, t)
		c.rr(opCvtdq2ps, t, t)
		c.vecShiftI(digitPsrl, 32, d, 1)
		c.rr(opCvtdq2ps, d, d)
		c.rr(opAddps, d, d)
		c.rr(opAddps, d, t)
	})
}

// vecConvertLowU32 is f64x2.convert_low_i32x4_u: as the lower half of a double that begins at 2⁵², less that.
func (c *compiler) vecConvertLowU32(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.rm(opUnpcklps, d, c.splat32(0x43300000))
		c.rm(opSubps.packed(true), d, c.splat64(floatBits(0x1p52, true)))
	})
}

// vecTruncF32S is i32x4.trunc_sat_f32x4_s. cvttps2dq gives the smallest number where there is none: right
// for what is below; NaN becomes 0 before, and what was positive is flipped to the largest number.
func (c *compiler) vecTruncF32S(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		t := xmmScratch
		c.copyXMM(d, x)
		c.copyXMM(t, d)
		c.rrI(opCmpps, t, t, cmpEqual)
		c.rr(opAndps, d, t)
		c.rr(opPxor, t, d) // the highest bit: of numbers that are not negative
		c.rr(opCvttps2dq, d, d)
		c.rr(opPand, t, d)
		c.vecShiftI(digitPsra, 32, t, 31)
		c.rr(opPxor, d, t)
	})
}

// vecTruncF32U is i32x4.trunc_sat_f32x4_u: what is above 2³¹ is converted less that, and what is above 2³² by
// flipping the smallest number.
func (c *compiler) vecTruncF32U(opcode, byte) {
	c.vecFreshUnary(func(d, x reg) {
		t := c.alloc(true)
		s := xmmScratch
		c.zero(s)
		c.copyXMM(d, x)
		c.rr(opMaxps, d, s) // 0 for NaN
		c.copyXMM(t, d)
		c.rm(opSubps, t, c.splat32(0x4f000000)) // 2³¹
		c.rm(opMovaps, s, c.splat32(0x4f000000))
		c.rrI(opCmpps, s, t, cmpLessOrEqual)
		c.rr(opCvttps2dq, t, t)
		c.rr(opPxor, t, s)
		c.zero(s)
		c.rr(opPmaxsd, t, s)
		c.rr(opCvttps2dq, d, d)
		c.rr(opPaddd, d, t)
		c.release(t)
	})
}

// vecTruncF64S is i32x4.trunc_sat_f64x2_s_zero: NaN becomes 0, what is too large the largest number.
func (c *compiler) vecTruncF64S(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		t := xmmScratch
		c.copyXMM(d, x)
		c.copyXMM(t, d)
		c.rrI(opCmpps.packed(true), t, t, cmpEqual)
		c.rm(opAndps, t, c.splat64(floatBits(0x1p31-1, true)))
		c.rr(opMinps.packed(true), d, t)
		c.rr(opCvttpd2dq, d, d)
	})
}

// vecTruncF64U is i32x4.trunc_sat_f64x2_u_zero: between 0 and 2³²-1, added to 2⁵², the lower half is the number.
func (c *compiler) vecTruncF64U(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		t := xmmScratch
		c.zero(t)
		c.copyXMM(d, x)
		c.rr(opMaxps.packed(true), d, t)
		c.rm(opMinps.packed(true), d, c.splat64(floatBits(0x1p32-1, true)))
		c.rrI(opRoundpd, d, d, roundTruncate)
		c.rm(opAddps.packed(true), d, c.splat64(floatBits(0x1p52, true)))
		c.rrI(opShufps, d, t, 0x88)
	})
}
