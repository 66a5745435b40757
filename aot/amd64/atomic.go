package amd64

import (
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// The atomic accesses are sequentially consistent (threads proposal, "Memory model"): on x86-64 an
// ordinary load is that already when each store is an exchange, which is locked by itself.

const (
	opXchg8     opcode = 0x86 | byteReg | byteRM
	opXchg16    opcode = 0x87 | pre66
	opXadd      opcode = 0xc1 | map0F
	opXadd8     opcode = 0xc0 | map0F | byteReg | byteRM
	opXadd16    opcode = 0xc1 | map0F | pre66
	opCmpxchg   opcode = 0xb1 | map0F
	opCmpxchg8  opcode = 0xb0 | map0F | byteReg | byteRM
	opCmpxchg16 opcode = 0xb1 | map0F | pre66
)

// sized returns the form of an instruction for an access of width bytes.
func sized(width int, o8, o16, o32 opcode) opcode {
	switch width {
	case 1:
		return o8
	case 2:
		return o16
	}
	return o32.w(width == 8)
}

// lock makes the next instruction a locked one.
func (e *encoder) lock() { e.buf = append(e.buf, 0xf0) }

// fence orders all accesses before it and behind it.
func (e *encoder) fence() { e.buf = append(e.buf, 0x0f, 0xae, 0xf0) }

// atomicInst lowers the instructions behind 0xFE.
func (c *compiler) atomicInst() {
	op := c.in.Op
	place := func() []uint32 { return []uint32{c.in.Index, uint32(c.in.Value), uint32(c.in.Value >> 32)} }
	switch {
	case op == wasm.OpAtomicFence:
		c.fence()
	case op == wasm.OpAtomicNotify:
		c.builtin(abi.HostAtomicNotify, 2, wasm.I32, place()...)
	case op == wasm.OpAtomicWait32, op == wasm.OpAtomicWait64:
		c.builtin(abi.HostAtomicWait, 3, wasm.I32, append(place(), uint32(op.Width()))...)
	case op < wasm.OpI32AtomicStore:
		c.atomicLoad()
	case op < wasm.OpI32AtomicRmwAdd:
		c.atomicStore()
	case op < wasm.OpI32AtomicRmwCmpxchg:
		c.atomicUpdate((op - wasm.OpI32AtomicRmwAdd) / (wasm.OpI32AtomicRmwSub - wasm.OpI32AtomicRmwAdd))
	default:
		c.atomicExchangeIf()
	}
}

// atomicAddress returns the memory operand for the address v, behind a check of its alignment. Nothing may
// use regScratch between it and the access. The other operands of the instruction, if they are given, stand
// above v.
func (c *compiler) atomicAddress(v *value, operands ...*value) mem {
	width := c.in.Op.Width()
	c.use(v)
	m := c.address(v, c.in.Value, operands...)
	if width == 1 {
		return m
	}
	r := m.index
	if m.base != regMemory || r == noReg || m.disp%int32(width) != 0 {
		c.rm(opLea|rexW, regScratch, m)
		r = regScratch
		if m.base == regScratch || m.index == regScratch {
			m = at(regScratch, 0)
		}
	}
	c.testRI(false, r, int32(width)-1)
	if c.in.Value > math.MaxInt32 {
		c.trapIf(condNE, abi.TrapUnaligned) // v has the sum already
		return m
	}
	c.trapIf(condNE, abi.TrapUnaligned, append([]*value{v}, operands...)...)
	return m
}

// memoryTrap records that the access about to be emitted may be out of bounds.
func (c *compiler) memoryTrap() { c.trapHere(c.in.Offset, trapMemory) }

// atomicType is the type of the values of the instruction at hand.
func (c *compiler) atomicType() wasm.ValType {
	params, results, _ := c.in.Op.Signature()
	if len(results) > 0 {
		return results[0]
	}
	return params[1]
}

// loadAtomic loads width bytes and extends them with zeros.
func (c *compiler) loadAtomic(width int, d reg, m mem) {
	c.memoryTrap()
	c.rm(sized(width, opMovzx8, opMovzx16, opMovLoad), d, m)
}

// zeroAbove copies width bytes of r to d, with zeros above them.
func (c *compiler) zeroAbove(width int, d, r reg) {
	c.rr(sized(width, opMovzx8, opMovzx16, opMovLoad), d, r)
}

func (c *compiler) atomicLoad() {
	v := c.pop()
	t := c.atomicType()
	d := c.dest()
	c.use(&v)
	if d == noReg {
		d = c.choose(d, t, &v)
	}
	m := c.atomicAddress(&v)
	c.loadAtomic(c.in.Op.Width(), d, m)
	c.finish(t, d, &v)
}

func (c *compiler) atomicStore() {
	v, p := c.pop(), c.pop()
	c.own(&v) // the exchange changes it
	m := c.atomicAddress(&p, &v)
	c.memoryTrap()
	c.rm(sized(c.in.Op.Width(), opXchg8, opXchg16, opXchg), v.reg, m)
	c.drop(&v)
	c.drop(&p)
}

// The operations of atomicUpdate, in the order of their opcodes.
const (
	updateAdd wasm.Op = iota
	updateSub
	updateAnd
	updateOr
	updateXor
	updateExchange
)

// atomicUpdate is a read-modify-write instruction, whose result is what was there before. Until the access is done,
// the operands stay as they are: it may trap.
func (c *compiler) atomicUpdate(update wasm.Op) {
	v, p := c.pop(), c.pop()
	t, width := c.atomicType(), c.in.Op.Width()
	switch update {
	case updateAnd, updateOr, updateXor:
		c.atomicLoop(t, width, update, &v, &p)
		return
	}
	r := c.use(&v)
	d := c.alloc(false)
	m := c.atomicAddress(&p, &v)
	c.rr(opMovLoad.w(isWide(t)), d, r)
	if update == updateSub {
		c.group3(digitNeg, isWide(t), d)
	}
	if update == updateExchange {
		c.memoryTrap()
		c.rm(sized(width, opXchg8, opXchg16, opXchg), d, m)
	} else {
		c.memoryTrap()
		c.lock()
		c.rm(sized(width, opXadd8, opXadd16, opXadd), d, m)
	}
	if width < 4 || width == 4 && t == wasm.I64 {
		c.zeroAbove(width, d, d)
	}
	c.finish(t, d, &v, &p)
}

// atomicLoop tries the operations that no locked instruction does with the old value as its result.
func (c *compiler) atomicLoop(t wasm.ValType, width int, update wasm.Op, v, p *value) {
	c.take(rax, v, p)
	r := c.use(v)
	m := c.atomicAddress(p, v)
	k := [...]alu{updateAnd: aluAnd, updateOr: aluOr, updateXor: aluXor}[update]
	c.loadAtomic(width, rax, m)
	c.room()
	again := c.pos()
	c.rr(opMovLoad.w(isWide(t)), regScratch, rax)
	c.rr(k.store().w(isWide(t)), r, regScratch)
	c.memoryTrap()
	c.lock()
	c.rm(sized(width, opCmpxchg8, opCmpxchg16, opCmpxchg), regScratch, m)
	c.jccTo(condNE, again)
	c.finish(t, rax, v, p)
}

// expect brings e into rax. The three operands may have all operand registers among them.
func (c *compiler) expect(e, v, p *value) {
	if e.kind == vSum {
		c.own(e)
	}
	if e.kind == vReg && e.reg == rax {
		return
	}
	for _, o := range [...]*value{v, p} {
		if e.kind == vReg && o.owns().has(rax) {
			c.rr(opXchg|rexW, rax, e.reg)
			if o.index == rax {
				o.index = e.reg
			} else {
				o.reg = e.reg
			}
			e.reg = rax
			return
		}
	}
	c.take(rax, v, p)
	c.load(rax, e)
	c.drop(e)
	c.free &^= 1 << rax
	*e = inReg(e.typ, rax)
}

// atomicExchangeIf is compare-and-exchange. What is expected is compared as wide as it is: more bits than the
// access has are never there.
func (c *compiler) atomicExchangeIf() {
	v, e, p := c.pop(), c.pop(), c.pop()
	t, width := c.atomicType(), c.in.Op.Width()
	c.expect(&e, &v, &p)
	r := c.use(&v)
	m := c.atomicAddress(&p, &e, &v)
	c.memoryTrap()
	c.lock()
	c.rm(sized(width, opCmpxchg8, opCmpxchg16, opCmpxchg), r, m)
	if width < 4 || width == 4 && t == wasm.I64 {
		c.zeroAbove(width, rax, rax)
	}
	c.drop(&v)
	c.drop(&p)
	c.finish(t, rax, &e)
}
