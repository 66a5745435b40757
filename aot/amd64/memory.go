package amd64

import (
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

const (
	trapDivideByZero = abi.TrapDivideByZero
	trapOverflow     = abi.TrapOverflow
)

// address turns an index operand and a constant offset into a memory operand. The registers
// in it belong to v until v is dropped; regScratch may be one of them. No check is needed: 32 bits of index and 32 bits of
// offset stay within the reservation. others are operands above v, for the state at a trap.
func (c *compiler) address(v *value, off uint64, others ...*value) mem {
	if !c.first() {
		return c.addressOf(c.in.Memory(), v, off, others...)
	}
	if v.kind == vConst {
		if sum := v.imm + off; sum <= math.MaxInt32 {
			return at(regMemory, int32(sum))
		}
	}
	r := c.use(v)
	if off <= math.MaxInt32 {
		return mem{regMemory, r, 0, int32(off)}
	}
	if v.kind == vReg {
		c.movRI(regScratch, off)
		c.rr(aluAdd.store()|rexW, regScratch, r)
		return mem{regMemory, r, 0, 0}
	}
	t := c.alloc(false)
	c.movRI(t, off)
	c.rr(aluAdd.store()|rexW, r, t)
	c.drop(v)
	*v = inReg(wasm.I64, t)
	return mem{regMemory, t, 0, 0}
}

// loads has the instruction of each load from i32.load8_s on, by opcode.
var loads = [...]opcode{
	0:                                  opMovLoad, // i32.load
	wasm.OpI64Load - wasm.OpI32Load:    opMovLoad | rexW,
	wasm.OpF32Load - wasm.OpI32Load:    opMovss,
	wasm.OpF64Load - wasm.OpI32Load:    opMovss&^preF3 | preF2,
	wasm.OpI32Load8S - wasm.OpI32Load:  opMovsx8,
	wasm.OpI32Load8U - wasm.OpI32Load:  opMovzx8,
	wasm.OpI32Load16S - wasm.OpI32Load: opMovsx16,
	wasm.OpI32Load16U - wasm.OpI32Load: opMovzx16,
	wasm.OpI64Load8S - wasm.OpI32Load:  opMovsx8 | rexW,
	wasm.OpI64Load8U - wasm.OpI32Load:  opMovzx8,
	wasm.OpI64Load16S - wasm.OpI32Load: opMovsx16 | rexW,
	wasm.OpI64Load16U - wasm.OpI32Load: opMovzx16,
	wasm.OpI64Load32S - wasm.OpI32Load: opMovsxd,
	wasm.OpI64Load32U - wasm.OpI32Load: opMovLoad,
}

// takesMemory reports whether the next instruction can read its last operand, of type t, from
// memory.
func (c *compiler) takesMemory(t wasm.ValType) bool {
	if c.siteNext() {
		return false
	}
	op := c.peek()
	switch t {
	case wasm.I32:
		return op >= wasm.OpI32Eqz && op <= wasm.OpI32GeU || op >= wasm.OpI32Add && op <= wasm.OpI32Mul ||
			op >= wasm.OpI32And && op <= wasm.OpI32Xor
	case wasm.I64:
		return op >= wasm.OpI64Eqz && op <= wasm.OpI64GeU || op >= wasm.OpI64Add && op <= wasm.OpI64Mul ||
			op >= wasm.OpI64And && op <= wasm.OpI64Xor
	case wasm.F32:
		return op >= wasm.OpF32Sqrt && op <= wasm.OpF32Div || op == wasm.OpF64PromoteF32
	case wasm.F64:
		return op >= wasm.OpF64Sqrt && op <= wasm.OpF64Div || op == wasm.OpF32DemoteF64
	}
	return false
}

// loadInst is a load.
func (c *compiler) loadInst() {
	v := c.pop()
	op := c.in.Op
	_, results, _ := op.Signature()
	t := results[0]
	off := c.in.Value
	first := c.first()
	if first && c.updateMemory(&v) {
		return
	}
	if first && op <= wasm.OpF64Load && off <= math.MaxInt32 && v.kind != vConst && c.takesMemory(t) {
		r := c.use(&v)
		c.push(value{kind: vLoad, typ: t, reg: r, index: noReg, local: v.local, local2: -1, imm: off, off: c.in.Offset})
		return
	}
	d := c.dest()
	if !first {
		c.use(&v)
		d = c.choose(d, t, &v)
	}
	m := c.address(&v, off)
	d = c.choose(d, t, &v)
	c.trapHere(c.in.Offset, trapMemory)
	c.rm(loads[op-wasm.OpI32Load], d, m)
	c.finish(t, d, &v)
}

// updateMemory emits an operation on a word of memory, [v + offset] o= b, if the load at hand
// and the next three instructions are that together: b, the operation, the store.
func (c *compiler) updateMemory(v *value) bool {
	op, off := c.in.Op, c.in.Value
	if op > wasm.OpI64Load || v.kind != vLocal || c.locals[v.local].reg == noReg || off > math.MaxInt32 || len(c.stack) == 0 {
		return false
	}
	if p := &c.stack[len(c.stack)-1]; p.kind != vLocal || p.local != v.local {
		return false
	}
	next := c.peek()
	wide := op == wasm.OpI64Load
	if next != wasm.OpLocalGet && next != wasm.OpI32Const && next != wasm.OpI64Const {
		return false
	}
	ahead := c.reader
	var b, o, store wasm.Inst
	if !ahead.Next(&b) || !ahead.Next(&o) || !ahead.Next(&store) || len(c.sites) > 0 && c.sites[0] <= store.Offset {
		return false
	}
	if store.Op != op-wasm.OpI32Load+wasm.OpI32Store || store.Value != off || store.Index != 0 {
		return false
	}
	if wide {
		o.Op -= wasm.OpI64Add - wasm.OpI32Add
	}
	var k alu
	switch o.Op {
	case wasm.OpI32Add:
		k = aluAdd
	case wasm.OpI32Sub:
		k = aluSub
	case wasm.OpI32And:
		k = aluAnd
	case wasm.OpI32Or:
		k = aluOr
	case wasm.OpI32Xor:
		k = aluXor
	default:
		return false
	}
	at := c.in.Offset
	var by value
	if b.Op == wasm.OpLocalGet {
		c.pushLocal(b.Index, c.locals[b.Index].typ)
		by = c.pop()
	} else {
		by = constant(intType(wide), b.Value)
	}
	for range 3 {
		c.follow()
	}
	p := c.pop() // until here it is recorded as an operand, and now what is to be stored
	if c.o.StackMoves {
		load := value{kind: vLoad, typ: intType(wide), reg: c.locals[v.local].reg, index: noReg, local: -1, local2: -1, imm: off}
		c.recordPair(c.placeOf(&load), c.placeOf(&by), o.Op)
	}
	imm, isImm := immediate(&by)
	if !isImm {
		c.use(&by)
	}
	word := c.address(v, off)
	c.trapHere(at, trapMemory)
	if isImm {
		c.aluMI(k, wide, word, imm)
	} else {
		c.rm(k.store().w(wide), c.regOf(&by), word)
	}
	c.drop(&by)
	c.drop(v)
	c.drop(&p)
	return true
}

// storeInst is a store.
func (c *compiler) storeInst() {
	v, p := c.pop(), c.pop()
	size := c.in.Op.Width()
	imm, isImm := immediate(&v)
	if v.kind == vConst && (size < 8 && !inXMM(v.typ) || v.typ == wasm.F32) {
		imm, isImm = int32(uint32(v.imm)), true
	}
	if !isImm && !c.first() {
		c.use(&v)
	}
	m := c.address(&p, c.in.Value, &v)
	off := c.in.Offset
	if isImm {
		c.trapHere(off, trapMemory)
		c.movMI(uint8(size), m, imm)
	} else {
		r := c.use(&v)
		c.trapHere(off, trapMemory)
		switch {
		case r.isXMM():
			c.rm(opMovssTo.double(size == 8), r, m)
		case size == 1:
			c.rm(opMov8, r, m)
		case size == 2:
			c.rm(opMov16, r, m)
		default:
			c.rm(opMovStore.w(size == 8), r, m)
		}
	}
	c.drop(&v)
	c.drop(&p)
}

// field returns a memory operand for a word of the instance at offset plus of an entity. For
// an imported one, r receives its address.
func (c *compiler) field(p abi.Place, plus int32, r reg) mem {
	if !p.Indirect {
		return at(regContext, p.Off+plus)
	}
	c.rm(opMovLoad|rexW, r, at(regContext, p.Off))
	return at(r, plus)
}

// Offsets in abi.Memory and abi.Table.
const (
	baseOffset = 0
	sizeOffset = 8
)

func (c *compiler) globalGet() {
	t := c.m.Globals[c.in.Index].Type
	d := c.choose(c.dest(), t)
	m := c.field(c.l.Globals[c.in.Index], 0, regScratch)
	c.rm(loadOf(t), d, m)
	c.finish(t, d)
}

func (c *compiler) globalSet() {
	t := c.m.Globals[c.in.Index].Type
	v := c.pop()
	imm, isImm := immediate(&v)
	if !isImm {
		c.use(&v)
	}
	m := c.field(c.l.Globals[c.in.Index], 0, regScratch)
	switch r := c.regOf(&v); {
	case isImm && isWide(t):
		c.movMI(8, m, imm)
	case isImm:
		c.movMI(4, m, imm)
	default:
		c.rm(storeOf(t), r, m)
	}
	c.drop(&v)
}

func (c *compiler) memorySize() {
	t := &c.m.Memories[c.in.Index]
	d := c.choose(c.dest(), t.AddrType())
	c.rm(opMovLoad|rexW, d, c.field(c.l.Memories[c.in.Index], sizeOffset, d))
	if !t.BytePages {
		c.shiftI(digitShr, true, d, t.PageLog2())
	}
	c.finish(t.AddrType(), d)
}

func (c *compiler) tableSize() {
	t := &c.m.Tables[c.in.Index]
	d := c.choose(c.dest(), t.AddrType())
	m := c.field(c.l.Tables[c.in.Index], sizeOffset, d)
	c.rm(opMovLoad.w(t.Is64), d, m)
	c.finish(t.AddrType(), d)
}

// element checks an index into a table and returns the operand for the element, of which the index is in r, a register
// that v does not own. It uses regScratch; failing, it traps with kind k.
func (c *compiler) element(table uint32, v *value, r reg, k abi.Trap) mem {
	index := c.use(v)
	p := c.l.Tables[table]
	c.rr(opMovLoad|rexW, r, index)
	c.rm(aluCmp.load().w(c.m.Tables[table].Is64), index, c.field(p, sizeOffset, regScratch))
	c.trapIf(condAE, k, v)
	c.maskIndex(condAE, r)
	base := c.field(p, baseOffset, regScratch)
	c.rm(opMovLoad|rexW, regScratch, base)
	return mem{regScratch, r, 3, 0}
}

// maskIndex makes the index in r zero when the flags fulfil cc, which has just led to a trap or elsewhere. A processor that
// goes on at a guess, as if the index were in bounds, reads nothing that is not the program's (Spectre, variant 1).
// It uses regScratch.
func (c *compiler) maskIndex(cc cond, r reg) {
	if cc == condAE { // the carry is set when all is well: all ones or nothing, in two bytes less than a move takes
		c.rr(aluSbb.store()|rexW, regScratch, regScratch)
		c.rr(aluAnd.load()|rexW, r, regScratch)
		return
	}
	c.rm(opCmov|opcode(cc)|rexW, r, c.poolRef(0, 0, 8))
}

func (c *compiler) tableGet() {
	v := c.pop()
	t := c.m.Tables[c.in.Index].Elem
	d := c.dest()
	c.use(&v)
	r := c.alloc(false)
	m := c.element(c.in.Index, &v, r, abi.TrapTable)
	c.rm(opMovLoad|rexW, r, m)
	c.drop(&v)
	if d == noReg {
		c.push(inReg(t, r))
		return
	}
	c.moveRR(t, d, r)
	c.release(r)
	c.result(t, d)
}

func (c *compiler) tableSet() {
	v, i := c.pop(), c.pop()
	r := c.use(&v)
	c.use(&i)
	index := c.alloc(false)
	m := c.element(c.in.Index, &i, index, abi.TrapTable)
	c.rm(opMovStore|rexW, r, m)
	c.release(index)
	c.drop(&v)
	c.drop(&i)
}

func (c *compiler) refFunc() {
	off, ok := c.l.FuncRef(c.in.Index)
	if !ok {
		panic("amd64: lowering: reference to a function that does not escape in " + c.where())
	}
	d := c.choose(c.dest(), wasm.FuncRef)
	c.rm(opLea|rexW, d, at(regContext, off))
	c.finish(wasm.FuncRef, d)
}
