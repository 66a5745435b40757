package amd64

import (
	"math/bits"

	"sphex/aot/wasm"
)

func intType(wide bool) wasm.ValType {
	if wide {
		return wasm.I64
	}
	return wasm.I32
}

// asSum returns v as a sum if it is one of registers and a constant.
func (c *compiler) asSum(v *value) (s value, ok bool) {
	switch v.kind {
	case vSum:
		return *v, true
	case vReg:
		return value{kind: vSum, typ: v.typ, reg: v.reg, index: noReg, local: -1, local2: -1}, true
	case vLocal:
		if r := c.locals[v.local].reg; r != noReg {
			return value{kind: vSum, typ: v.typ, reg: r, index: noReg, local: v.local, local2: -1}, true
		}
	}
	return value{}, false
}

// addImm adds a constant to a sum's. Those of i64 must not overflow the field.
func addImm(s *value, v uint64) bool {
	n := int64(s.imm) + int64(v)
	if !isWide(s.typ) {
		n = int64(int32(n))
	}
	if n != int64(int32(n)) {
		return false
	}
	s.imm = uint64(n)
	return true
}

// sum tries to leave a + b to the instruction that uses it.
func (c *compiler) sum(a, b *value) bool {
	s, ok := c.asSum(a)
	if !ok {
		return false
	}
	if b.kind == vConst {
		if !addImm(&s, b.imm) {
			return false
		}
		c.push(s)
		return true
	}
	t, ok := c.asSum(b)
	if !ok || s.owns() != 0 && t.owns() != 0 || !addImm(&s, t.imm) {
		return false
	}
	switch {
	case s.index == noReg && t.index == noReg:
		s.index, s.local2 = t.reg, t.local
	case s.index == noReg && t.reg == noReg:
		s.index, s.scale, s.local2 = t.index, t.scale, t.local2
	case s.reg == noReg && t.index == noReg:
		s.reg, s.local = t.reg, t.local
	default:
		return false
	}
	c.push(s)
	return true
}

// add is i32.add and i64.add.
func (c *compiler) add(wide bool) {
	b, a := c.pop(), c.pop()
	if a.kind == vConst {
		a, b = b, a
	}
	if a.kind == vConst {
		c.push(constant(a.typ, truncate(a.imm+b.imm, wide)))
		return
	}
	if c.sum(&a, &b) {
		return
	}
	c.binary(aluAdd, wide, &a, &b)
}

func truncate(v uint64, wide bool) uint64 {
	if wide {
		return v
	}
	return uint64(uint32(v))
}

// sub is i32.sub and i64.sub.
func (c *compiler) sub(wide bool) {
	b, a := c.pop(), c.pop()
	if b.kind == vConst {
		n := b
		n.imm = truncate(-b.imm, wide)
		if c.sum(&a, &n) {
			return
		}
	}
	if a.kind == vConst && a.imm == 0 {
		d := c.dest()
		if d == noReg {
			d = c.own(&b)
		} else {
			c.load(d, &b)
		}
		c.group3(digitNeg, wide, d)
		c.setZero(d, wide)
		c.finish(intType(wide), d, &b)
		return
	}
	c.binary(aluSub, wide, &a, &b)
}

// bitwise is and, or, xor.
func (c *compiler) bitwise(o alu, wide bool) {
	b, a := c.pop(), c.pop()
	if o == aluAnd && c.testFuses(wide) {
		c.test(&a, &b, wide)
		return
	}
	c.binary(o, wide, &a, &b)
}

// binary emits d = a o b.
func (c *compiler) binary(o alu, wide bool, a, b *value) {
	commutes := o != aluSub
	if c.updateSlot(o, wide, a, b) || commutes && c.updateSlot(o, wide, b, a) {
		return
	}
	if commutes && a.kind == vConst {
		a, b = b, a
	}
	d := c.destFor(c.dest(), a, b, commutes)
	if imm, ok := immediate(b); ok {
		c.aluRI(o, wide, d, imm)
	} else {
		c.opRM(o.load().w(wide), d, b)
	}
	c.setZero(d, wide)
	c.finish(intType(wide), d, a, b)
}

// destFor loads a into the destination of an operation with two operands that overwrites its
// first, and returns it; want is a home or noReg. It may exchange the operands.
func (c *compiler) destFor(want reg, a, b *value, commutes bool) reg {
	if want != noReg && c.regOf(a) != want && b.kind == vLoad {
		// The load may trap, and until then the home must keep its value.
		if commutes && !c.holds(a, want) {
			*a, *b = *b, *a
		} else {
			c.own(b)
		}
	}
	if want != noReg && c.regOf(a) != want && c.holds(b, want) {
		switch {
		case commutes && c.regOf(b) == want:
			*a, *b = *b, *a
		case b.kind == vSum:
			c.own(b)
		default:
			want = noReg
		}
	}
	if want != noReg {
		if b.kind == vSum { // computed before its parts are overwritten
			c.own(b)
		}
		c.load(want, a)
		return want
	}
	if a.kind != vReg && b.kind == vReg && commutes {
		*a, *b = *b, *a
	}
	return c.own(a)
}

// mul is i32.mul and i64.mul.
func (c *compiler) mul(wide bool) {
	b, a := c.pop(), c.pop()
	if a.kind == vConst {
		a, b = b, a
	}
	t := intType(wide)
	if imm, ok := immediate(&b); ok && a.kind != vConst {
		if imm > 0 && imm&(imm-1) == 0 {
			c.shiftConst(digitShl, wide, &a, uint8(bits.TrailingZeros32(uint32(imm))))
			return
		}
		if s, ok := c.asSum(&a); ok && (imm == 3 || imm == 5 || imm == 9) && s.index == noReg && s.imm == 0 {
			s.index, s.local2, s.scale = s.reg, s.local, uint8(bits.TrailingZeros32(uint32(imm-1)))
			if s.local >= 0 {
				c.locals[s.local].refs++
			}
			c.push(s)
			return
		}
		d := c.dest()
		if c.inMemory(&a) && a.kind != vLoad {
			if d == noReg {
				d = c.alloc(false)
			}
			if isImm8(imm) {
				c.rm(opImulI8.w(wide), d, c.memOf(&a))
				c.buf = append(c.buf, byte(imm))
			} else {
				c.rm(opImulI.w(wide), d, c.memOf(&a))
				c.imm32(imm)
			}
		} else {
			r := c.use(&a)
			d = c.choose(d, t, &a)
			c.imulI(wide, d, r, imm)
		}
		c.finish(t, d, &a, &b)
		return
	}
	d := c.destFor(c.dest(), &a, &b, true)
	c.opRM(opImul.w(wide), d, &b)
	c.finish(t, d, &a, &b)
}

// shift is a shift or rotation.
func (c *compiler) shift(digit reg, wide bool) {
	b, a := c.pop(), c.pop()
	if b.kind == vConst {
		mask := uint64(31)
		if wide {
			mask = 63
		}
		c.shiftConst(digit, wide, &a, uint8(b.imm&mask))
		return
	}
	t := intType(wide)
	d := c.dest()
	if b.kind != vReg || b.reg != rcx {
		c.take(rcx, &a, &b)
		c.load(rcx, &b)
		c.drop(&b)
		b = inReg(t, rcx)
		c.free &^= 1 << rcx
	}
	if d == noReg {
		d = c.own(&a)
	} else {
		c.load(d, &a)
	}
	c.shiftCL(digit, wide, d)
	c.finish(t, d, &a, &b)
}

// shiftConst shifts by a constant. Small shifts to the left may become part of an address.
func (c *compiler) shiftConst(digit reg, wide bool, a *value, n uint8) {
	if n == 0 {
		c.push(*a)
		return
	}
	t := intType(wide)
	if s, ok := c.asSum(a); ok && digit == digitShl && n <= 3 && s.index == noReg && s.imm == 0 {
		s.index, s.local2, s.scale = s.reg, s.local, n
		s.reg, s.local = noReg, -1
		c.push(s)
		return
	}
	d := c.dest()
	if d == noReg {
		d = c.own(a)
	} else {
		c.load(d, a)
	}
	c.shiftI(digit, wide, d, n)
	if digit >= digitShl {
		c.setZero(d, wide)
	}
	c.finish(t, d, a)
}

// unary emits d = o(v) with v as register-or-memory operand.
func (c *compiler) unary(o opcode, t wasm.ValType) {
	v := c.pop()
	d := c.choose(c.dest(), t, &v)
	if v.kind == vConst {
		c.own(&v)
	}
	c.opRM(o, d, &v)
	c.finish(t, d, &v)
}

// wrap is i32.wrap_i64.
func (c *compiler) wrap() {
	v := c.pop()
	if v.kind == vConst {
		c.push(constant(wasm.I32, uint64(uint32(v.imm))))
		return
	}
	d := c.choose(c.dest(), wasm.I32, &v)
	if c.inMemory(&v) {
		c.memAccess(&v)
		c.rm(opMovLoad, d, c.memOf(&v))
	} else {
		c.rr(opMovLoad, d, c.use(&v))
	}
	c.finish(wasm.I32, d, &v)
}

// extendU is i64.extend_i32_u: nothing to do where the upper half is zero.
func (c *compiler) extendU() {
	v := &c.stack[len(c.stack)-1]
	switch v.kind {
	case vConst, vReg, vSlot:
		v.typ = wasm.I64
		return
	case vLocal:
		if c.locals[v.local].reg != noReg {
			v.typ = wasm.I64
			return
		}
	}
	w := c.pop()
	d := c.dest()
	if d == noReg {
		d = c.own(&w)
	} else {
		c.load(d, &w)
	}
	c.finish(wasm.I64, d, &w)
}

// updateSlot emits an operation on a local in the frame, [slot] o= b, if that is what the
// instruction at hand and the next are together.
func (c *compiler) updateSlot(o alu, wide bool, a, b *value) bool {
	if a.kind != vLocal || b.kind == vSum {
		return false
	}
	i, ok := c.peekSet()
	if !ok || int32(i) != a.local || c.locals[i].reg != noReg || isWide(c.locals[i].typ) != wide {
		return false
	}
	c.unalias(i)
	slot := c.memOf(a)
	if imm, ok := immediate(b); ok {
		c.aluMI(o, wide, slot, imm)
	} else {
		c.rm(o.store().w(wide), c.use(b), slot)
	}
	c.drop(a)
	c.drop(b)
	c.follow()
	if c.in.Op == wasm.OpLocalTee {
		c.pushLocal(i, c.locals[i].typ)
	}
	return true
}
