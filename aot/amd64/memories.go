package amd64

import (
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Memory 0 with addresses of 32 bits and pages of 64 KiB has its base in a register, and all that can be addressed is
// reserved for it (memory.go). The base of another memory is loaded for each access; a memory that is not guarded is
// checked against its size, which never shrinks.

// lone reports whether memory 0 is the only one, and guarded.
func lone(m *wasm.Module) bool { return len(m.Memories) == 1 && m.Memories[0].Guarded() }

// first reports whether the load or store at hand is of memory 0, and that is guarded.
func (c *compiler) first() bool {
	return c.lone || c.in.Memory() == 0 && c.m.Memories[0].Guarded()
}

// addressOf is address for any memory. others are the operands of the instruction above the index.
func (c *compiler) addressOf(memory uint32, v *value, off uint64, others ...*value) mem {
	t := &c.m.Memories[memory]
	r := c.use(v)
	if !t.Guarded() {
		r = c.checkBounds(t, c.l.Memories[memory], v, off, others)
	}
	if off > math.MaxInt32 {
		r = c.own(v)
		c.rm(aluAdd.load()|rexW, r, c.poolRef(off, 0, 8))
		off = 0
	}
	if memory == 0 {
		return mem{regMemory, r, 0, int32(off)}
	}
	base := c.field(c.l.Memories[memory], baseOffset, regScratch)
	if c.in.Op.Feature() == wasm.FeatureThreads { // these need the scratch register
		r = c.own(v)
		c.rm(aluAdd.load()|rexW, r, base)
		return at(r, int32(off))
	}
	c.rm(opMovLoad|rexW, regScratch, base)
	return mem{regScratch, r, 0, int32(off)}
}

// checkBounds traps unless the access at v + off is inside of the memory. It compares the index with what the size leaves: no sum
// can overflow. The register that it returns, which v owns, has the index; to a processor that goes on at a guess, as if the
// access were inside, one that leads into the memory all the same (see maskIndex).
func (c *compiler) checkBounds(t *wasm.MemoryType, place abi.Place, v *value, off uint64, others []*value) reg {
	end := off + uint64(c.in.Op.Width())
	if end < off { // beyond 2^64: larger than any size
		end = math.MaxUint64
	}
	least := t.Limits.Min
	always := least <= math.MaxUint64/t.PageSize() && end <= least*t.PageSize() // the offset alone is inside
	inside := -off                                                              // an index that leads to the first byte
	r := c.regOf(v)
	if always {
		inside = 0
	} else {
		r = c.own(v)
	}
	c.rm(opMovLoad|rexW, regScratch, c.field(place, sizeOffset, regScratch))
	if end <= math.MaxInt32 {
		c.aluRI(aluSub, true, regScratch, int32(end))
	} else {
		c.rm(aluSub.load()|rexW, regScratch, c.poolRef(end, 0, 8))
	}
	p := coldPath{off: c.in.Offset, kind: trapMemory, emit: (*compiler).outOfBounds, a: r, imm: off}
	if !always {
		c.link(&p.refs, c.jcc(condB))
		c.rm(opCmov|opcode(condB)|rexW, r, c.poolRef(inside, 0, 8))
	}
	c.rr(aluCmp.store()|rexW, r, regScratch)
	c.link(&p.refs, c.jcc(condB))
	c.addCold(p, append([]*value{v}, others...)...)
	r = c.own(v)
	c.rm(opCmov|opcode(condB)|rexW, r, c.poolRef(inside, 0, 8))
	return r
}

// outOfBounds traps with the address in regScratch, where the runtime finds it.
func (c *compiler) outOfBounds(p *coldPath) {
	if p.imm <= math.MaxInt32 {
		c.rm(opLea|rexW, regScratch, at(p.a, int32(p.imm)))
	} else {
		c.movRI(regScratch, p.imm)
		c.rr(aluAdd.store()|rexW, p.a, regScratch)
	}
	c.trapHere(p.off, p.kind)
	c.ud2()
}
