package amd64

import (
	"math/bits"

	"sphex/aot/wasm"
)

// wideInst lowers arithmetic on integers of 128 bits, each of which is two operands, the low half first (wide-arithmetic
// proposal).
func (c *compiler) wideInst() {
	switch c.in.Op {
	case wasm.OpI64Add128:
		c.wideSum(aluAdd, aluAdc)
	case wasm.OpI64Sub128:
		c.wideSum(aluSub, aluSbb)
	case wasm.OpI64MulWideS:
		c.wideProduct(digitImul)
	case wasm.OpI64MulWideU:
		c.wideProduct(digitMul)
	}
}

// wideSum is the sum or the difference: low works on the low halves, high on the high ones with the carry.
func (c *compiler) wideSum(low, high alu) {
	n := len(c.stack)
	if bits.OnesCount32(uint32(c.operands&0xffff)) < 4 {
		c.spill(n - 1)
		c.spill(n - 2)
	}
	bHigh, bLow, aHigh, aLow := c.pop(), c.pop(), c.pop(), c.pop()
	if bHigh.kind == vSum { // before the carry: computing it may change the flags
		c.use(&bHigh)
	}
	lo, hi := c.own(&aLow), c.own(&aHigh)
	c.wideHalf(low, lo, &bLow)
	c.wideHalf(high, hi, &bHigh)
	c.drop(&bLow)
	c.drop(&bHigh)
	c.push(aLow)
	c.push(aHigh)
}

// wideHalf emits r o= v, and nothing else that changes the flags.
func (c *compiler) wideHalf(o alu, r reg, v *value) {
	switch imm, ok := immediate(v); {
	case ok:
		c.aluRI(o, true, r, imm)
	case v.kind == vConst:
		c.rm(o.load()|rexW, r, c.poolRef(v.imm, 0, 8))
	default:
		c.opRM(o.load()|rexW, r, v)
	}
}

// wideProduct multiplies two words by rax into rdx:rax.
func (c *compiler) wideProduct(digit reg) {
	b, a := c.pop(), c.pop()
	c.takeDividend(&a, &b)
	c.group3(digit, true, c.use(&b))
	c.drop(&b)
	c.push(inReg(wasm.I64, rax))
	c.push(inReg(wasm.I64, rdx))
}
