package amd64

import "sphex/aot/wasm"

// Vector instructions are lowered to SSE up to 4.2. The ways of those that SSE lacks are known: they follow
// from the definitions in the specification's section 4.3 ("Numerics"), and the comments say how.

// vectorForm is how a vector instruction is lowered: emit gets o and n.
type vectorForm struct {
	emit func(c *compiler, o opcode, n byte)
	o    opcode
	n    byte
}

// vector lowers the instruction at hand, which has the prefix 0xFD.
func (c *compiler) vector() {
	f := &vectorForms[c.in.Op-wasm.OpV128Load]
	if f.emit == nil {
		panic("amd64: lowering: unknown instruction " + c.in.Op.String() + " in " + c.where())
	}
	f.emit(c, f.o, f.n)
}

// vecUnary has emit compute d from x; they may be the same register.
func (c *compiler) vecUnary(emit func(d, x reg)) {
	v := c.pop()
	d := c.choose(c.dest(), wasm.V128, &v)
	emit(d, c.use(&v))
	c.finish(wasm.V128, d, &v)
}

// vecBinary has emit compute d from d and b, which are not the same register unless both operands are
// the same local; swap exchanges the operands.
func (c *compiler) vecBinary(swap, commutes bool, emit func(d, b reg)) {
	b, a := c.pop(), c.pop()
	if swap {
		a, b = b, a
	}
	d := c.destFor(c.dest(), &a, &b, commutes)
	emit(d, c.use(&b))
	c.finish(wasm.V128, d, &a, &b)
}

// vecFresh has emit compute d, a register apart from those of the operands a and b, which must stay as they are.
func (c *compiler) vecFresh(emit func(d, a, b reg)) {
	b, a := c.pop(), c.pop()
	ra, rb := c.use(&a), c.use(&b)
	d := c.alloc(true)
	emit(d, ra, rb)
	c.drop(&a)
	c.drop(&b)
	c.push(inReg(wasm.V128, d))
}

// vecFreshUnary is vecFresh with one operand.
func (c *compiler) vecFreshUnary(emit func(d, x reg)) {
	v := c.pop()
	x := c.use(&v)
	d := c.alloc(true)
	emit(d, x)
	c.drop(&v)
	c.push(inReg(wasm.V128, d))
}

// copyXMM copies a whole register.
func (c *compiler) copyXMM(d, x reg) { c.moveRR(wasm.V128, d, x) }

// ones sets all bits of r.
func (c *compiler) ones(r reg) { c.rr(opPcmpeqd, r, r) }

// zero clears r.
func (c *compiler) zero(r reg) { c.rr(opPxor, r, r) }

// invert flips all bits of d.
func (c *compiler) invert(d reg) {
	c.ones(xmmScratch)
	c.rr(opPxor, d, xmmScratch)
}

// splat8, splat16, splat32 and splat64 are constants with the same value in all lanes.
func (c *compiler) splat8(v uint8) mem   { return c.splat64(uint64(v) * 0x0101_0101_0101_0101) }
func (c *compiler) splat16(v uint16) mem { return c.splat64(uint64(v) * 0x0001_0001_0001_0001) }
func (c *compiler) splat32(v uint32) mem { return c.splat64(uint64(v) * 0x0000_0001_0000_0001) }
func (c *compiler) splat64(v uint64) mem { return c.poolRef(v, v, 16) }

// vecOne is an instruction that computes its destination from one source.
func (c *compiler) vecOne(o opcode, _ byte) {
	c.vecUnary(func(d, x reg) { c.rr(o, d, x) })
}

// vecOneImm is vecOne with an immediate.
func (c *compiler) vecOneImm(o opcode, imm byte) {
	c.vecUnary(func(d, x reg) { c.rrI(o, d, x, imm) })
}

// vecTwo is d = d o b; vecTwoCommuting is for those whose operands may change places, vecTwoSwapped for
// d = b o a.
func (c *compiler) vecTwo(o opcode, _ byte) {
	c.vecBinary(false, false, func(d, b reg) { c.rr(o, d, b) })
}

func (c *compiler) vecTwoCommuting(o opcode, _ byte) {
	c.vecBinary(false, true, func(d, b reg) { c.rr(o, d, b) })
}

func (c *compiler) vecTwoSwapped(o opcode, _ byte) {
	c.vecBinary(true, false, func(d, b reg) { c.rr(o, d, b) })
}

// vecConst is v128.const.
func (c *compiler) vecConst(opcode, byte) {
	lo, hi := c.in.Value, c.in.High
	d := c.choose(c.dest(), wasm.V128)
	switch {
	case lo == 0 && hi == 0:
		c.zero(d)
	case lo == ^uint64(0) && hi == lo:
		c.ones(d)
	default:
		c.rm(opMovaps, d, c.poolRef(lo, hi, 16))
	}
	c.finish(wasm.V128, d)
}

// vecNot is v128.not.
func (c *compiler) vecNot(opcode, byte) {
	c.vecUnary(func(d, x reg) {
		c.copyXMM(d, x)
		c.invert(d)
	})
}

// vecBitselect takes the bits of the first operand where the third has ones, and of the second elsewhere:
// ((a xor b) and mask) xor b.
func (c *compiler) vecBitselect(opcode, byte) {
	m, b, a := c.pop(), c.pop(), c.pop()
	rm, rb := c.use(&m), c.use(&b)
	d := c.own(&a)
	c.rr(opPxor, d, rb)
	c.rr(opPand, d, rm)
	c.rr(opPxor, d, rb)
	c.drop(&m)
	c.drop(&b)
	c.push(a)
}

// vecBool ends an instruction whose result is whether cc holds.
func (c *compiler) vecBool(v *value, cc cond) {
	c.drop(v)
	d := c.alloc(false)
	c.setcc(cc, d)
	c.rr(opMovzx8, d, d)
	c.push(inReg(wasm.I32, d))
}

// vecAnyTrue is v128.any_true.
func (c *compiler) vecAnyTrue(opcode, byte) {
	v := c.pop()
	x := c.use(&v)
	c.rr(opPtest, x, x)
	c.vecBool(&v, condNE)
}

// vecAllTrue is all_true: o compares with zero; no lane may be equal to it.
func (c *compiler) vecAllTrue(o opcode, _ byte) {
	v := c.pop()
	x := c.use(&v)
	c.zero(xmmScratch)
	c.rr(o, xmmScratch, x)
	c.rr(opPtest, xmmScratch, xmmScratch)
	c.vecBool(&v, condE)
}

// vecBitmask gathers the lanes' highest bits.
func (c *compiler) vecBitmask(o opcode, _ byte) {
	v := c.pop()
	x := c.use(&v)
	d := c.alloc(false)
	if o == opPacksswb { // of 16-bit lanes: keep the sign in 8 bits
		c.copyXMM(xmmScratch, x)
		c.rr(opPacksswb, xmmScratch, xmmScratch)
		c.rr(opPmovmskb, d, xmmScratch)
		c.rr(opMovzx8, d, d)
	} else {
		c.rr(o, d, x)
	}
	c.drop(&v)
	c.push(inReg(wasm.I32, d))
}

// vecCompareNot is a comparison whose opposite the processor has.
func (c *compiler) vecCompareNot(o opcode, swap byte) {
	c.vecBinary(swap != 0, false, func(d, b reg) {
		c.rr(o, d, b)
		c.invert(d)
	})
}

// vecCompareBy is a comparison by a minimum or maximum o: whether it is b. n is the width of the lanes in bytes,
// with invertResult to have the opposite.
func (c *compiler) vecCompareBy(o opcode, n byte) {
	eq := map[byte]opcode{1: opPcmpeqb, 2: opPcmpeqw, 4: opPcmpeqd}[n&7]
	c.vecBinary(false, false, func(d, b reg) {
		c.rr(o, d, b)
		c.rr(eq, d, b)
		if n&invertResult != 0 {
			c.invert(d)
		}
	})
}

// invertResult has vecCompareBy give the opposite.
const invertResult = 0x80

// vecCompareFloat is a comparison of floats by predicate n; with swapOperands that of the operands exchanged.
func (c *compiler) vecCompareFloat(o opcode, n byte) {
	c.vecBinary(n&swapOperands != 0, false, func(d, b reg) { c.rrI(o, d, b, n&^swapOperands) })
}

const swapOperands = 0x80
