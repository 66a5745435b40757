package amd64

import (
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// fuses reports whether the next instruction takes a condition straight from the flags. A
// stop site between the two keeps the flags.
func (c *compiler) fuses() bool {
	switch c.peek() {
	case wasm.OpBrIf, wasm.OpIf, wasm.OpSelect, wasm.OpSelectT, wasm.OpI32Eqz:
		return true
	}
	return false
}

func (c *compiler) pushFlags(cc cond, p parity) {
	c.flags = true
	c.push(value{kind: vFlags, typ: wasm.I32, cond: cc, parity: p, reg: noReg, index: noReg, local: -1, local2: -1})
}

// condition brings an i32 into the flags: the condition returned holds if it is not zero. v
// becomes vFlags; until it is dropped, nothing may change the flags.
func (c *compiler) condition(v *value) (cond, parity) {
	if v.kind == vFlags {
		return v.cond, v.parity
	}
	c.testZero(v, false)
	c.drop(v)
	*v = value{kind: vFlags, typ: wasm.I32, cond: condNE, reg: noReg, index: noReg, local: -1, local2: -1}
	c.flags = true
	return condNE, ordered
}

// testZero compares v with zero.
func (c *compiler) testZero(v *value, wide bool) {
	if c.inMemory(v) {
		c.memAccess(v)
		c.aluMI(aluCmp, wide, c.memOf(v), 0)
		return
	}
	r := c.use(v)
	if c.zeroPos == c.pos() && c.zeroReg == r && c.zeroWide == wide {
		return
	}
	c.rr(opTest.w(wide), r, r)
}

// loadFlags turns the flags into 0 or 1. dst must not be in use.
func (c *compiler) loadFlags(dst reg, v *value) {
	switch v.parity {
	case ordered:
		c.setcc(v.cond, dst)
	case andOrdered:
		c.setcc(condNP, regScratch)
		c.setcc(v.cond, dst)
		c.rr(aluAnd.store(), regScratch, dst)
	case orParity:
		c.setcc(condP, regScratch)
		c.setcc(v.cond, dst)
		c.rr(aluOr.store(), regScratch, dst)
	}
	c.rr(opMovzx8, dst, dst)
}

// setBool ends a comparison whose operands are a and b: emit sets the flags, and the result
// is their condition. It stays in the flags if the next instruction takes it from there.
func (c *compiler) setBool(a, b *value, emit func() (cond, parity)) {
	if c.fuses() {
		cc, p := emit()
		c.drop(a)
		c.drop(b)
		c.pushFlags(cc, p)
		return
	}
	d := c.dest()
	if d == noReg {
		if c.free&c.operands&0xffff != 0 {
			d = c.alloc(false)
		} else {
			d = c.choose(d, wasm.I32, a, b)
		}
	}
	// A load that traps must find the home unchanged.
	clear := !c.holds(a, d) && !c.holds(b, d) && a.kind != vLoad && b.kind != vLoad
	if clear {
		c.rr(aluXor.store(), d, d)
	}
	cc, p := emit()
	if clear && p == ordered {
		c.setcc(cc, d)
	} else {
		c.loadFlags(d, &value{kind: vFlags, cond: cc, parity: p})
	}
	c.finish(wasm.I32, d, a, b)
}

// finish ends an instruction with its result in d: the operands give up their registers, one
// of which d may be.
func (c *compiler) finish(t wasm.ValType, d reg, operands ...*value) {
	for _, v := range operands {
		c.drop(v)
	}
	if c.operands.has(d) {
		c.free &^= 1 << d
	}
	c.result(t, d)
}

// intConditions has the condition of each integer comparison, from eq on.
var intConditions = [...]cond{condE, condNE, condL, condB, condG, condA, condLE, condBE, condGE, condAE}

// intCompare compares two integers.
func (c *compiler) intCompare(cc cond, wide bool) {
	b, a := c.pop(), c.pop()
	if a.kind == vConst && b.kind != vConst {
		a, b = b, a
		cc = cc.swapped()
	}
	c.setBool(&a, &b, func() (cond, parity) {
		if imm, ok := immediate(&b); ok {
			switch {
			case imm == 0:
				if cc != condE && cc != condNE {
					c.zeroPos = -1 // an operation leaves the other flags differently
				}
				c.testZero(&a, wide)
			case c.inMemory(&a):
				c.memAccess(&a)
				c.aluMI(aluCmp, wide, c.memOf(&a), imm)
			default:
				c.aluRI(aluCmp, wide, c.use(&a), imm)
			}
			return cc, ordered
		}
		if rb := c.regOf(&b); rb != noReg && c.inMemory(&a) {
			c.memAccess(&a)
			c.rm(aluCmp.store().w(wide), rb, c.memOf(&a))
			return cc, ordered
		}
		ra := c.use(&a)
		c.opRM(aluCmp.load().w(wide), ra, &b)
		return cc, ordered
	})
}

// immediate returns a constant operand that fits an instruction's sign-extended field.
func immediate(v *value) (int32, bool) {
	if v.kind != vConst {
		return 0, false
	}
	if !isWide(v.typ) {
		return int32(uint32(v.imm)), true
	}
	return int32(v.imm), int64(v.imm) == int64(int32(v.imm))
}

// eqz is i32.eqz and i64.eqz.
func (c *compiler) eqz(wide bool) {
	v := c.pop()
	if v.kind == vFlags {
		v.cond = v.cond.not()
		switch v.parity {
		case andOrdered:
			v.parity = orParity
		case orParity:
			v.parity = andOrdered
		}
		v.typ, v.pair = wasm.I32, 0
		if c.fuses() {
			c.push(v)
			return
		}
		d := c.dest()
		if d == noReg {
			d = c.alloc(false)
		}
		c.loadFlags(d, &v)
		c.finish(wasm.I32, d, &v)
		return
	}
	none := constant(wasm.I32, 0)
	c.setBool(&v, &none, func() (cond, parity) {
		c.testZero(&v, wide)
		return condE, ordered
	})
}

// testFuses reports whether the result of an and is only asked for being zero.
func (c *compiler) testFuses(wide bool) bool {
	if wide {
		return c.peek() == wasm.OpI64Eqz
	}
	return c.fuses()
}

// test is an and of which only the flags are wanted.
func (c *compiler) test(a, b *value, wide bool) {
	if a.kind == vConst {
		a, b = b, a
	}
	var pair [2]codemap.Place
	if imm, ok := immediate(b); ok {
		c.use(a)
		pair = [2]codemap.Place{c.placeOf(a), c.placeOf(b)}
		c.testRI(wide, c.regOf(a), imm)
	} else {
		rb := c.use(b)
		if !c.inMemory(a) {
			c.use(a)
		}
		pair = [2]codemap.Place{c.placeOf(a), c.placeOf(b)}
		c.opRM(opTest.w(wide), rb, a)
	}
	c.drop(a)
	c.drop(b)
	c.pushFlags(condNE, ordered)
	if c.o.StackMoves { // the operand is not the condition
		f := &c.code.Func
		f.Pairs = append(f.Pairs, pair)
		c.stack[len(c.stack)-1].pair = int32(len(f.Pairs))
	}
}

// floatCompare compares two floats. Comparisons with an unordered operand are false, but ne.
func (c *compiler) floatCompare(op int, wide bool) {
	b, a := c.pop(), c.pop()
	o := opUcomiss
	if wide {
		o = opUcomisd
	}
	c.setBool(&a, &b, func() (cond, parity) {
		switch op {
		case 0: // eq
			c.opRM(o, c.use(&a), &b)
			return condE, andOrdered
		case 1: // ne
			c.opRM(o, c.use(&a), &b)
			return condNE, orParity
		case 2: // lt: unordered sets the carry flag, so that only "above" is of use
			c.opRM(o, c.use(&b), &a)
			return condA, ordered
		case 3: // gt
			c.opRM(o, c.use(&a), &b)
			return condA, ordered
		case 4: // le
			c.opRM(o, c.use(&b), &a)
			return condAE, ordered
		default: // ge
			c.opRM(o, c.use(&a), &b)
			return condAE, ordered
		}
	})
}

// selectInst is select: the operand below if the condition holds, else the one on top.
func (c *compiler) selectInst() {
	v := c.pop()
	no, yes := c.pop(), c.pop()
	t := yes.typ
	if c.in.Op == wasm.OpSelectT {
		t = c.in.Type // one of the two may be null
		yes.typ, no.typ = t, t
	}
	d := noReg
	// The three may hold all operand registers, and have left the stack: to make entries independent of a local would
	// take one more.
	if c.free&setOf(operandGPR[:]...) != 0 {
		d = c.dest()
	}
	if inXMM(t) {
		c.selectFloat(d, &v, &yes, &no)
		return
	}
	// cmov has no immediate form; a sum needs a register, too.
	cc, p := c.condition(&v)
	switch {
	case p == andOrdered:
		// Start with yes; go over to no if the condition fails or the operands are unordered.
		d = c.startSelect(d, &yes, &no)
		c.opRM((opCmov | opcode(cc.not())).w(isWide(t)), d, &no)
		c.opRM((opCmov | opcode(condP)).w(isWide(t)), d, &no)
	case p == orParity:
		d = c.startSelect(d, &no, &yes)
		c.opRM((opCmov | opcode(cc)).w(isWide(t)), d, &yes)
		c.opRM((opCmov | opcode(condP)).w(isWide(t)), d, &yes)
	case d != noReg && c.regOf(&yes) == d || d == noReg && yes.kind == vReg || no.kind != vConst && yes.kind == vConst:
		d = c.startSelect(d, &yes, &no)
		c.opRM((opCmov | opcode(cc.not())).w(isWide(t)), d, &no)
	default:
		d = c.startSelect(d, &no, &yes)
		c.opRM((opCmov | opcode(cc)).w(isWide(t)), d, &yes)
	}
	c.finish(t, d, &v, &yes, &no)
}

// startSelect loads first into the destination and makes sure that other survives it.
func (c *compiler) startSelect(d reg, first, other *value) reg {
	if other.kind == vConst || other.kind == vSum {
		c.own(other)
	}
	if d != noReg && c.regOf(first) != d && c.holds(other, d) {
		c.own(other)
	}
	if d == noReg {
		return c.own(first)
	}
	c.load(d, first)
	return d
}

func (c *compiler) selectFloat(d reg, v, yes, no *value) {
	t := yes.typ
	if d != noReg && c.regOf(yes) != d && c.holds(no, d) {
		c.own(no)
	}
	cc, p := c.condition(v)
	if d == noReg {
		d = c.own(yes)
	} else {
		c.load(d, yes)
	}
	// Without zeroing by xorps, which keeps the flags anyway.
	switch p {
	case ordered:
		over := c.jccShort(cc)
		c.load(d, no)
		c.fixShort(over)
	case andOrdered:
		to := c.jccShort(condP)
		over := c.jccShort(cc)
		c.fixShort(to)
		c.load(d, no)
		c.fixShort(over)
	case orParity:
		over := c.jccShort(cc)
		over2 := c.jccShort(condP)
		c.load(d, no)
		c.fixShort(over)
		c.fixShort(over2)
	}
	c.zeroPos = -1
	c.finish(t, d, v, yes, no)
}
