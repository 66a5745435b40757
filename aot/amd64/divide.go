package amd64

import (
	"math/bits"

	"sphex/aot/wasm"
)

// divide is div and rem.
func (c *compiler) divide(signed, rem, wide bool) {
	b, a := c.pop(), c.pop()
	t := intType(wide)
	if b.kind == vConst && a.kind != vConst && c.divideConst(signed, rem, wide, &a, b.imm) {
		return
	}
	c.takeDividend(&a, &b)
	minusOne := b.kind != vConst || b.imm == truncate(^uint64(0), wide) // is possible
	divisor := c.use(&b)
	back := 0
	if signed {
		if minusOne {
			// Dividing by -1 overflows for the smallest number, and faults in rem, too.
			c.aluRI(aluCmp, wide, divisor, -1)
			p := coldPath{off: c.in.Offset, kind: trapOverflow, emit: (*compiler).divideByMinusOne, op: c.in.Op}
			c.link(&p.refs, c.jcc(condE))
			c.addCold(p, &a, &b)
			back = len(c.cold)
		}
		c.cdq(wide)
		c.trapHere(c.in.Offset, trapDivideByZero)
		c.group3(digitIdiv, wide, divisor)
	} else {
		c.rr(aluXor.store(), rdx, rdx)
		c.trapHere(c.in.Offset, trapDivideByZero)
		c.group3(digitDiv, wide, divisor)
	}
	if back > 0 {
		c.cold[back-1].back = c.pos()
		c.zeroPos = -1
	}
	c.drop(&b)
	c.takeQuotient(t, rem)
}

// takeDividend brings a into rax, which it leaves to the instruction at hand with rdx.
func (c *compiler) takeDividend(a, b *value) {
	if a.kind != vReg || a.reg != rax {
		c.take(rax, a, b)
		c.load(rax, a)
		c.drop(a)
		c.free &^= 1 << rax
		*a = inReg(a.typ, rax)
	}
	c.take(rdx, b)
}

// takeQuotient pushes the quotient in rax or the remainder in rdx, and gives the other back.
func (c *compiler) takeQuotient(t wasm.ValType, rem bool) {
	if rem {
		c.release(rax)
		c.push(inReg(t, rdx))
		return
	}
	c.release(rdx)
	c.push(inReg(t, rax))
}

// divideByMinusOne is the way of signed divisions by -1.
func (c *compiler) divideByMinusOne(p *coldPath) {
	wide := p.op >= wasm.OpI64DivS
	if p.op == wasm.OpI32RemS || p.op == wasm.OpI64RemS {
		c.rr(aluXor.store(), rdx, rdx)
		c.jmpTo(p.back)
		return
	}
	c.group3(digitNeg, wide, rax)
	c.jccTo(condO.not(), p.back)
	c.trapHere(p.off, p.kind)
	c.ud2()
}

// divideConst divides by a constant without a division; false if it does not.
func (c *compiler) divideConst(signed, rem, wide bool, a *value, d uint64) bool {
	n := uint(32)
	if wide {
		n = 64
	}
	power := d&(d-1) == 0
	switch {
	case d == 0 || d == 1, signed && d>>(n-1) != 0: // zero, one, or negative
		return false
	case !signed && power && rem:
		mask := constant(intType(wide), d-1)
		c.binary(aluAnd, wide, a, &mask)
		return true
	case !signed && power:
		c.shiftConst(digitShr, wide, a, uint8(bits.TrailingZeros64(d)))
		return true
	}

	// The operand stays in x; the quotient comes into rax or rdx by way of both. For a
	// remainder, the product with the quotient is taken away from x at the end.
	none := constant(a.typ, 0)
	x := c.use(a)
	if x == rax || x == rdx { // owned: somewhere else
		c.take(rcx, &none)
		c.rr(opMovLoad.w(wide), rcx, x)
		c.drop(a)
		x = rcx
		*a = inReg(a.typ, rcx)
	}
	c.take(rax, &none)
	c.take(rdx, &none)
	var q reg
	switch {
	case power:
		q = c.divideSignedPower(x, wide, uint8(bits.TrailingZeros64(d)))
	case signed && wide:
		q = c.divideSigned64(x, d)
	case signed:
		q = c.divideSigned32(x, d)
	case wide:
		q = c.divideUnsigned64(x, d)
	default:
		q = c.divideUnsigned32(x, d)
	}
	t := intType(wide)
	other := rax ^ rdx ^ q
	if !rem {
		c.release(other)
		c.finish(t, q, a)
		return true
	}
	if power {
		c.shiftI(digitShl, wide, q, uint8(bits.TrailingZeros64(d)))
	} else if int64(d) == int64(int32(d)) || !wide {
		c.imulI(wide, q, q, int32(uint32(d)))
	} else {
		c.movRI(other, d)
		c.rr(opImul|rexW, q, other)
	}
	c.rr(opMovLoad.w(wide), other, x)
	c.rr(aluSub.store().w(wide), q, other)
	c.setZero(other, wide)
	c.release(q)
	c.finish(t, other, a)
	return true
}

// divideSignedPower rounds towards zero by adding d-1 to negative numbers.
func (c *compiler) divideSignedPower(x reg, wide bool, k uint8) reg {
	n := uint8(32)
	if wide {
		n = 64
	}
	c.rr(opMovLoad.w(wide), rax, x)
	c.shiftI(digitSar, wide, rax, n-1)
	c.shiftI(digitShr, wide, rax, n-k)
	c.rr(aluAdd.store().w(wide), x, rax)
	c.shiftI(digitSar, wide, rax, k)
	return rax
}

func (c *compiler) divideUnsigned32(x reg, d uint64) reg {
	r := unsignedReciprocal(32, d)
	if !r.wide {
		c.movRI(rax, r.m)
		c.rr(opImul|rexW, rax, x)
		c.shiftI(digitShr, true, rax, 32+r.shift)
		return rax
	}
	// The reciprocal with 64 bits is exact enough for 32 bits of x, and needs no shift.
	m, _ := scaled(64, 1, d)
	c.movRI(rax, m)
	c.group3(digitMul, true, x)
	return rdx
}

func (c *compiler) divideUnsigned64(x reg, d uint64) reg {
	r := unsignedReciprocal(64, d)
	c.movRI(rax, r.m)
	c.group3(digitMul, true, x)
	if !r.wide {
		if r.shift > 0 {
			c.shiftI(digitShr, true, rdx, r.shift)
		}
		return rdx
	}
	// rdx + x may overflow: half of the difference is added first.
	c.rr(opMovLoad|rexW, rax, x)
	c.rr(aluSub.store()|rexW, rdx, rax)
	c.shiftI(digitShr, true, rax, 1)
	c.rr(aluAdd.store()|rexW, rdx, rax)
	if r.shift > 1 {
		c.shiftI(digitShr, true, rax, r.shift-1)
	}
	return rax
}

func (c *compiler) divideSigned32(x reg, d uint64) reg {
	m, shift := signedReciprocal(32, d)
	c.rr(opMovsxd, rdx, x)
	c.movRI(rax, m)
	c.rr(opImul|rexW, rax, rdx)
	c.shiftI(digitSar, true, rax, 32+shift)
	c.shiftI(digitShr, true, rdx, 63) // one if x is negative
	c.rr(aluAdd.store(), rdx, rax)
	return rax
}

func (c *compiler) divideSigned64(x reg, d uint64) reg {
	m, shift := signedReciprocal(64, d)
	c.movRI(rax, m)
	c.group3(digitImul, true, x)
	if m>>63 != 0 { // taken as m - 2^64
		c.rr(aluAdd.store()|rexW, x, rdx)
	}
	if shift > 0 {
		c.shiftI(digitSar, true, rdx, shift)
	}
	c.rr(opMovLoad|rexW, rax, x)
	c.shiftI(digitShr, true, rax, 63)
	c.rr(aluAdd.store()|rexW, rdx, rax)
	return rax
}
