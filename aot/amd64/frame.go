package amd64

import (
	"encoding/binary"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

const (
	// maxUnprobed is the largest frame that is taken without touching its pages. The guard
	// below a guest stack is 64 KiB.
	maxUnprobed = 16 << 10
	probeStep   = 32 << 10

	// frameOffset stands for the frame's size in rows until it is known.
	frameOffset = 1<<32 - 1
)

// frameSize is what the prologue takes from the stack pointer.
func (c *compiler) frameSize() int32 { return c.spillBase + c.stride*c.maxSpill }

// prologue takes the frame, saves registers, and brings the locals home. It touches the
// pages of a frame of probe bytes while the stack pointer is still good.
func (c *compiler) prologue(probe int32) {
	f := &c.code.Func
	f.Frame.Rows = append(f.Frame.Rows, codemap.CFARow{Text: 0, Offset: 8})
	for n := int32(probeStep); n < probe; n += probeStep {
		c.rm(opMovLoad, regScratch, at(rsp, -n))
	}
	if probe > 0 {
		c.rm(opMovLoad, regScratch, at(rsp, -probe))
	}
	c.rr(0x81|rexW, reg(aluSub), rsp)
	c.sizeRefs = append(c.sizeRefs, sizeRef{c.pos(), true})
	c.imm32(0)
	f.Frame.Rows = append(f.Frame.Rows, codemap.CFARow{Text: c.here(), Offset: frameOffset})
	slot := c.savedBase
	for r := rax; r < xmm0+16; r++ {
		if c.stored.has(r) {
			t := c.keptAs(r)
			c.rm(storeOf(t), r, at(rsp, slot))
			f.Frame.Saved = append(f.Frame.Saved, codemap.Saved{Reg: r.dwarf(), Offset: slot, Text: c.here()})
			slot += 8 * wordsOf(t)
		}
	}
	c.receive()
	c.zeroLocals()
	c.spendFuel(c.body.Code)
	f.BodyText = c.here()
}

// receive moves the parameters from where they arrive to their homes.
func (c *compiler) receive() {
	params := c.sigs[c.m.Funcs[c.index]].params
	c.scratch = c.scratch[:0]
	for i, p := range params {
		l := &c.locals[i]
		switch {
		case p.reg == noReg:
		case l.reg != noReg:
			c.scratch = append(c.scratch, move{l.reg, p.reg, l.typ})
		case l.slot >= 0:
			c.rm(storeWordOf(l.typ), p.reg, at(rsp, l.slot))
		}
	}
	c.moveAll(c.scratch)
	for i, p := range params {
		l := &c.locals[i]
		if p.reg != noReg || l.weight == 0 {
			continue
		}
		dst := l.reg
		switch {
		case dst == noReg && l.typ == wasm.V128:
			c.incoming(opMovups, xmmScratch, p.slot)
			c.rm(opMovupsTo, xmmScratch, at(rsp, l.slot))
		case dst == noReg:
			c.incoming(opMovLoad|rexW, regScratch, p.slot)
			c.rm(opMovStore|rexW, regScratch, at(rsp, l.slot))
		default:
			c.incoming(loadOf(l.typ), dst, p.slot)
		}
	}
}

// incoming emits an instruction on word slot of the area that the caller passes.
func (c *compiler) incoming(o opcode, r reg, slot int32) {
	const far = 1 << 16 // to get the form with 32 bits of displacement
	c.rm(o, r, at(rsp, far))
	p := c.pos() - 4
	binary.LittleEndian.PutUint32(c.buf[p:], uint32(8+8*slot))
	c.sizeRefs = append(c.sizeRefs, sizeRef{p, false})
}

// zeroLocals sets the locals that are no parameters to zero.
func (c *compiler) zeroLocals() {
	lo, hi := int32(-1), int32(-1) // their slots are in a row
	for i := len(c.typ.Params); i < len(c.locals); i++ {
		l := &c.locals[i]
		switch {
		case l.reg.isXMM():
			c.rr(opXorps, l.reg, l.reg)
		case l.reg != noReg:
			c.rr(aluXor.store(), l.reg, l.reg)
		case l.slot >= 0:
			if lo < 0 {
				lo = l.slot
			}
			hi = l.slot + 8*wordsOf(l.typ)
		}
	}
	switch n := (hi - lo) / 8; {
	case lo < 0:
	case n == 1:
		c.movMI(8, at(rsp, lo), 0)
	case n <= 32:
		c.rr(opXorps, xmmScratch, xmmScratch)
		for ; hi-lo >= 16; lo += 16 {
			c.encoder.rm(opMovupsTo, xmmScratch, at(rsp, lo))
		}
		if lo < hi {
			c.rm(opMovssTo.double(true), xmmScratch, at(rsp, lo))
		}
	default:
		// A loop, with registers that are nobody's home: rep stosq would need rdi, which the caller
		// may have something in that an unwinder looks for.
		c.rr(opXorps, xmmScratch, xmmScratch)
		c.rm(opLea|rexW, rax, at(rsp, lo))
		c.movRI(rcx, uint64(n/2))
		top := c.pos()
		c.encoder.rm(opMovupsTo, xmmScratch, at(rax, 0))
		c.aluRI(aluAdd, true, rax, 16)
		c.aluRI(aluSub, true, rcx, 1)
		c.jccTo(condNE, top)
		if n%2 != 0 {
			c.rm(opMovssTo.double(true), xmmScratch, at(rsp, hi-8))
		}
	}
}

// leave emits an epilogue and the return.
func (c *compiler) leave() {
	c.epilogue()
	f := &c.code.Func.Frame
	f.Rows = append(f.Rows, codemap.CFARow{Text: c.here(), Offset: 8})
	c.ret()
	f.Rows = append(f.Rows, codemap.CFARow{Text: c.here(), Offset: frameOffset})
}

// leaveTo emits an epilogue, and the jump of a tail call.
func (c *compiler) leaveTo(jump func()) {
	c.epilogue()
	f := &c.code.Func.Frame
	f.Rows = append(f.Rows, codemap.CFARow{Text: c.here(), Offset: 8, Tail: true})
	jump()
	f.Rows = append(f.Rows, codemap.CFARow{Text: c.here(), Offset: frameOffset})
}

// epilogue restores the saved registers and the stack pointer.
func (c *compiler) epilogue() {
	slot := c.savedBase
	for r := rax; r < xmm0+16; r++ {
		if !c.stored.has(r) {
			continue
		}
		t := c.keptAs(r)
		c.rm(loadOf(t), r, at(rsp, slot))
		slot += 8 * wordsOf(t)
	}
	c.rr(0x81|rexW, reg(aluAdd), rsp)
	c.sizeRefs = append(c.sizeRefs, sizeRef{c.pos(), true})
	c.imm32(0)
}

// finishFrame fills in the frame's size everywhere.
func (c *compiler) finishFrame() {
	size := c.frameSize()
	for _, s := range c.sizeRefs {
		if s.sub && size == 0 {
			copy(c.buf[s.at-3:], nops[7])
			continue
		}
		v := binary.LittleEndian.Uint32(c.buf[s.at:])
		binary.LittleEndian.PutUint32(c.buf[s.at:], v+uint32(size))
	}
	f := &c.code.Func
	f.Frame.Size = uint32(size)
	for i := range f.Frame.Rows {
		if f.Frame.Rows[i].Offset == frameOffset {
			f.Frame.Rows[i].Offset = uint32(size) + 8
		}
	}
	for i := range f.Frame.Saved {
		f.Frame.Saved[i].Offset = fromCFA(f.Frame.Saved[i].Offset, size)
	}
	for i := range f.StackMoves {
		if p := &f.StackMoves[i].Place; p.Kind == codemap.InSlot {
			p.Offset = fromCFA(p.Offset, size)
		}
	}
	for i := range f.Pairs {
		for k := range f.Pairs[i] {
			if p := &f.Pairs[i][k]; p.Kind == codemap.InSlot {
				p.Offset = fromCFA(p.Offset, size)
			}
		}
	}
	f.Locals = c.homes(f.Locals, size)
	f.TextEnd = c.here()
}
