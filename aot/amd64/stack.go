package amd64

import (
	"sphex/aot/wasm"
)

// kind says what is known of an operand.
type kind uint8

const (
	vConst kind = iota // imm
	vReg               // in reg, which the operand owns
	vLocal             // the same as local
	vSlot              // in spill slot imm
	vSum               // reg + index<<scale + imm, wrapped to the type's width; owns one register at most
	vFlags             // the processor's flags, by cond; consumed by the next instruction
	vLoad              // the memory word at reg + imm of linear memory; consumed by the next instruction
)

// parity says how an unordered comparison goes into a condition.
type parity uint8

const (
	ordered    parity = iota // the condition alone
	andOrdered               // cond and not unordered
	orParity                 // cond or unordered
)

// value is an entry of the operand stack: an operand that is not necessarily computed yet.
type value struct {
	kind   kind
	typ    wasm.ValType
	reg    reg // vReg, vSum, vLoad; noReg when absent
	index  reg // vSum
	scale  uint8
	cond   cond
	parity parity
	local  int32 // vLocal; vSum and vLoad: the local whose home reg is, -1 when reg is owned
	local2 int32 // vSum: the same for index
	imm    uint64
	off    wasm.CodeOffset // vLoad: to blame for the trap
	pair   int32           // vFlags that stand for an and: 1 + the index in Func.Pairs, if recorded
}

func constant(t wasm.ValType, v uint64) value {
	return value{kind: vConst, typ: t, imm: v, reg: noReg, index: noReg, local: -1, local2: -1}
}

func inReg(t wasm.ValType, r reg) value {
	return value{kind: vReg, typ: t, reg: r, index: noReg, local: -1, local2: -1}
}

// local is a wasm local.
type local struct {
	typ    wasm.ValType
	reg    reg    // its home, or noReg
	slot   int32  // its home when reg is noReg: offset from the stack pointer; -1 when it has none
	refs   int32  // operands that are, or are computed from, the local's present value
	weight uint32 // uses, each counted more the deeper it is in loops
}

func (c *compiler) push(v value) { c.stack = append(c.stack, v) }

func (c *compiler) pop() value {
	n := len(c.stack) - 1
	v := c.stack[n]
	c.stack = c.stack[:n]
	c.settled = min(c.settled, n)
	return v
}

// pushLocal pushes the present value of local i.
func (c *compiler) pushLocal(i uint32, t wasm.ValType) {
	c.locals[i].refs++
	c.push(value{kind: vLocal, typ: t, reg: noReg, index: noReg, local: int32(i), local2: -1})
}

// drop gives back the registers and references of an operand that left the stack.
func (c *compiler) drop(v *value) {
	switch v.kind {
	case vReg:
		c.release(v.reg)
	case vLocal:
		c.locals[v.local].refs--
	case vSum, vLoad:
		c.dropPart(v.reg, v.local)
		c.dropPart(v.index, v.local2)
	case vFlags:
		c.flags = false
	}
}

func (c *compiler) dropPart(r reg, local int32) {
	if local >= 0 {
		c.locals[local].refs--
	} else if r != noReg {
		c.release(r)
	}
}

func (c *compiler) release(r reg) {
	if c.operands.has(r) {
		c.free |= 1 << r
	}
}

// owns returns the operand registers that v holds.
func (v *value) owns() regSet {
	var s regSet
	switch v.kind {
	case vReg:
		s = setOf(v.reg)
	case vSum, vLoad:
		if v.local < 0 && v.reg != noReg {
			s |= setOf(v.reg)
		}
		if v.local2 < 0 && v.index != noReg {
			s |= setOf(v.index)
		}
	}
	return s
}

// refersTo reports whether v depends on the present value of local i.
func (v *value) refersTo(i uint32) bool {
	return v.kind != vConst && (v.local == int32(i) || v.local2 == int32(i))
}

// alloc takes a free operand register, spilling the lowest entry of the stack that holds one
// when there is none.
func (c *compiler) alloc(float bool) reg {
	if float {
		return c.allocOf(operandXMM[:])
	}
	return c.allocOf(operandGPR[:])
}

func (c *compiler) allocOf(rs []reg) reg {
	for {
		var class regSet
		for _, r := range rs {
			if c.free.has(r) {
				c.free &^= 1 << r
				return r
			}
			class |= 1 << r
		}
		class &= c.operands
		i := 0
		for i < len(c.stack) && c.stack[i].owns()&class == 0 {
			i++
		}
		if i == len(c.stack) {
			panic("amd64: lowering: out of operand registers in " + c.where())
		}
		c.spill(i)
	}
}

// take makes register r available: an entry of the stack that holds it moves elsewhere, and so
// do the operands given, which have left the stack.
func (c *compiler) take(r reg, operands ...*value) {
	if c.free.has(r) {
		c.free &^= 1 << r
		return
	}
	for _, v := range operands {
		if v.owns().has(r) {
			c.relocate(v, r)
			return
		}
	}
	for i := range c.stack {
		if c.stack[i].owns().has(r) {
			if c.free&c.classOf(r) == 0 {
				c.spill(i)
				c.free &^= 1 << r
			} else {
				c.relocate(&c.stack[i], r)
			}
			return
		}
	}
	if c.operands.has(r) {
		panic("amd64: lowering: register is held by nobody in " + c.where())
	}
}

func (c *compiler) classOf(r reg) regSet {
	if r.isXMM() {
		return c.operands &^ 0xffff
	}
	return c.operands & 0xffff
}

// relocate moves what v keeps in r to another register. r is not given back.
func (c *compiler) relocate(v *value, r reg) {
	to := c.alloc(r.isXMM())
	c.moveRR(v.typ, to, r)
	if v.kind == vReg || v.local < 0 && v.reg == r {
		v.reg = to
	}
	if v.kind == vSum && v.local2 < 0 && v.index == r {
		v.index = to
	}
}

// moveRR copies a register of v's class. i32 values stay zero-extended.
func (c *compiler) moveRR(t wasm.ValType, dst, src reg) {
	switch {
	case dst == src:
	case dst.isXMM():
		c.rr(opMovaps, dst, src)
	default:
		c.rr(opMovLoad.w(isWide(t)), dst, src)
	}
}

// spill stores entry i of the stack to its slot.
func (c *compiler) spill(i int) {
	v := &c.stack[i]
	switch v.kind {
	case vConst, vSlot:
		return
	}
	t := v.typ
	c.storeTo(v, c.spillSlot(i))
	c.drop(v)
	*v = value{kind: vSlot, typ: t, imm: uint64(i), reg: noReg, index: noReg, local: -1, local2: -1}
}

// spillSlot is the slot of stack entry i.
func (c *compiler) spillSlot(i int) mem {
	c.maxSpill = max(c.maxSpill, int32(i)+1)
	return at(rsp, c.spillBase+c.stride*int32(i))
}

// flush spills the entries below height, so that they are at the same place on every path.
func (c *compiler) flush(height int) {
	for i := c.settled; i < height; i++ {
		c.spill(i)
	}
	c.settled = max(c.settled, height)
}

// storeTo writes v to a word of memory, a vector to two. It changes no operand register and no flag.
func (c *compiler) storeTo(v *value, m mem) {
	if v.typ == wasm.V128 {
		r := c.regOf(v)
		if r == noReg {
			r = xmmScratch
			c.rm(opMovups, r, c.memOf(v))
		}
		c.rm(opMovupsTo, r, m)
		return
	}
	switch v.kind {
	case vConst:
		if int64(v.imm) == int64(int32(v.imm)) {
			c.movMI(8, m, int32(v.imm))
			return
		}
		c.movRI(regScratch, v.imm)
		c.rm(opMovStore|rexW, regScratch, m)
	case vReg, vLocal:
		if r := c.regOf(v); r != noReg {
			c.rm(storeWordOf(v.typ), r, m)
			return
		}
		c.rm(opMovLoad.w(isWide(v.typ)), regScratch, c.memOf(v))
		c.rm(opMovStore|rexW, regScratch, m)
	case vSlot:
		c.rm(opMovLoad|rexW, regScratch, c.memOf(v))
		c.rm(opMovStore|rexW, regScratch, m)
	case vSum:
		c.rm(opLea.w(isWide(v.typ)), regScratch, mem{v.reg, v.index, v.scale, int32(v.imm)})
		c.rm(opMovStore|rexW, regScratch, m)
	case vLoad:
		c.memAccess(v)
		c.rm(opMovLoad.w(isWide(v.typ)), regScratch, c.memOf(v))
		c.rm(opMovStore|rexW, regScratch, m)
	default:
		panic("amd64: lowering: flags are stored in " + c.where())
	}
}

// regOf returns the register that holds v, or noReg.
func (c *compiler) regOf(v *value) reg {
	switch v.kind {
	case vReg:
		return v.reg
	case vLocal:
		return c.locals[v.local].reg
	}
	return noReg
}

// memOf returns the place of an operand that is in memory: a local's slot, a spill slot, or a
// pending load, whose trap the next instruction must be.
func (c *compiler) memOf(v *value) mem {
	switch v.kind {
	case vLocal:
		return at(rsp, c.locals[v.local].slot)
	case vSlot:
		return c.spillSlot(int(v.imm))
	case vLoad:
		return mem{regMemory, v.reg, 0, int32(v.imm)}
	}
	panic("amd64: lowering: operand is not in memory in " + c.where())
}

func (c *compiler) inMemory(v *value) bool {
	return v.kind == vSlot || v.kind == vLoad || v.kind == vLocal && c.locals[v.local].reg == noReg
}

// load computes v into dst. Only pending flags need the flags: everything else leaves them.
func (c *compiler) load(dst reg, v *value) {
	switch v.kind {
	case vConst:
		c.loadConst(dst, v.typ, v.imm)
	case vReg, vLocal:
		if r := c.regOf(v); r != noReg {
			c.moveRR(v.typ, dst, r)
			return
		}
		c.loadMem(v.typ, dst, v)
	case vSlot, vLoad:
		c.loadMem(v.typ, dst, v)
	case vSum:
		c.loadSum(dst, v)
	case vFlags:
		c.loadFlags(dst, v)
	}
}

func (c *compiler) loadMem(t wasm.ValType, dst reg, v *value) {
	c.memAccess(v)
	c.rm(loadOf(t), dst, c.memOf(v))
}

// memAccess records that the instruction about to be emitted is v's pending load.
func (c *compiler) memAccess(v *value) {
	if v.kind == vLoad {
		c.trapHere(v.off, trapMemory)
	}
}

// loadConst sets dst to a constant.
func (c *compiler) loadConst(dst reg, t wasm.ValType, v uint64) {
	switch {
	case dst.isXMM() && v == 0:
		c.rr(opXorps, dst, dst)
	case dst.isXMM():
		m := c.poolWord(t, v)
		c.rm(opMovss.double(isWide(t)), dst, m)
	case v == 0 && !c.flags:
		c.rr(aluXor.store(), dst, dst)
	default:
		c.movRI(dst, v)
	}
}

// loadSum computes an address-like sum into dst.
func (c *compiler) loadSum(dst reg, v *value) {
	wide := isWide(v.typ)
	d := int32(v.imm)
	switch {
	case v.index == noReg && d == 0:
		c.moveRR(v.typ, dst, v.reg)
	case v.index == noReg && v.reg == dst && !c.flags:
		c.aluRI(aluAdd, wide, dst, d)
		c.setZero(dst, wide)
	case d == 0 && v.scale == 0 && v.reg == dst && !c.flags:
		c.rr(aluAdd.store().w(wide), v.index, dst)
		c.setZero(dst, wide)
	case d == 0 && v.scale == 0 && v.index == dst && v.reg != noReg && !c.flags:
		c.rr(aluAdd.store().w(wide), v.reg, dst)
		c.setZero(dst, wide)
	case d == 0 && v.reg == noReg && v.index == dst && !c.flags:
		c.shiftI(digitShl, wide, dst, v.scale)
	case v.reg == noReg && v.scale == 1:
		c.rm(opLea.w(wide), dst, mem{v.index, v.index, 0, d})
	default:
		c.rm(opLea.w(wide), dst, mem{v.reg, v.index, v.scale, d})
	}
}

// setZero notes that the zero flag now says whether r is zero.
func (c *compiler) setZero(r reg, wide bool) {
	c.zeroReg, c.zeroWide, c.zeroPos = r, wide, c.pos()
}

// use brings v into some register, to be read only, and returns it.
func (c *compiler) use(v *value) reg {
	if r := c.regOf(v); r != noReg {
		return r
	}
	return c.own(v)
}

// own brings v into an operand register that it owns, to be changed, and returns it.
func (c *compiler) own(v *value) reg {
	if v.kind == vReg {
		return v.reg
	}
	t := v.typ
	// A register that v holds already is as good as any.
	dst := noReg
	if s := v.owns(); s != 0 && !inXMM(t) {
		if v.local < 0 && v.reg != noReg {
			dst = v.reg
		} else {
			dst = v.index
		}
		c.load(dst, v)
		c.drop(v)
		c.free &^= 1 << dst
	} else {
		dst = c.alloc(inXMM(t))
		c.load(dst, v)
		c.drop(v)
	}
	*v = inReg(t, dst)
	return dst
}

// opRM emits an instruction with v as its register-or-memory operand. Constants and sums are
// brought into a register first.
func (c *compiler) opRM(o opcode, r reg, v *value) {
	if v.kind == vConst && inXMM(v.typ) {
		m := c.poolWord(v.typ, v.imm)
		c.rm(o, r, m)
		return
	}
	if c.inMemory(v) {
		c.memAccess(v)
		c.rm(o, r, c.memOf(v))
		return
	}
	c.rr(o, r, c.use(v))
}

// holds reports whether v is, or is computed from, what register r holds.
func (c *compiler) holds(v *value, r reg) bool {
	switch v.kind {
	case vReg:
		return v.reg == r
	case vLocal:
		return c.locals[v.local].reg == r
	case vSum, vLoad:
		return v.reg == r || v.index == r
	}
	return false
}

// unalias makes the entries of the stack independent of local i, which is about to change.
func (c *compiler) unalias(i uint32) {
	if c.locals[i].refs == 0 {
		return
	}
	for k := c.settled; k < len(c.stack); k++ {
		if v := &c.stack[k]; v.refersTo(i) {
			w := *v
			v.kind = vConst // not to be spilled while a register is looked for
			c.own(&w)
			c.stack[k] = w
		}
	}
}
