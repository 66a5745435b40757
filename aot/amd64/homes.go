package amd64

import (
	"slices"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// A use counts loopFactor times as much for each loop around it, up to maxWeight.
const (
	loopShift = 3
	maxWeight = 1 << 18
	// A callee-saved register costs a store and a load; what is used less stays in a slot. A
	// threshold of 2 made small functions save the register of their caller's loop counter,
	// whose way through memory took an indirect call in that loop from 3 to 12 ns.
	minSavedWeight = 4
)

// scan counts the uses of the locals and finds what the frame must have room for: whether
// the function calls, and the words that its calls pass on the stack.
func (c *compiler) scan() (words int32) {
	r := c.reader
	var in wasm.Inst
	weight, depth := uint32(1), 0
	loops := c.loops[:0] // the depths of the loops around
	c.leaf = true
	c.stride, c.tries, c.rethrows = 8, 0, false
	for i := range c.locals {
		if c.locals[i].typ == wasm.V128 {
			c.stride = 16
			break
		}
	}
	vectors := func(yes bool) {
		if yes {
			c.stride = 16
		}
	}
	tag := func(t uint32) { vectors(slices.Contains(c.m.TagType(t), wasm.V128)) }
	for r.Next(&in) {
		switch in.Op {
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
			l := &c.locals[in.Index]
			l.weight = min(l.weight+weight, 1<<31)
		case wasm.OpBlock, wasm.OpIf:
			depth++
		case wasm.OpTryTable:
			depth++
			for _, k := range in.Catches {
				if !k.All {
					tag(k.Tag)
				}
			}
		case wasm.OpTry:
			depth++
			c.tries++
		case wasm.OpLoop:
			depth++
			loops = append(loops, depth)
			weight = loopWeight(len(loops))
		case wasm.OpThrow, wasm.OpThrowRef, wasm.OpRethrow:
			c.leaf = false
			c.rethrows = c.rethrows || in.Op == wasm.OpRethrow
			if in.Op == wasm.OpThrow {
				tag(in.Index)
			}
		case wasm.OpCatch:
			tag(in.Index)
		case wasm.OpEnd, wasm.OpDelegate:
			if n := len(loops); n > 0 && loops[n-1] == depth {
				loops = loops[:n-1]
				weight = loopWeight(n - 1)
			}
			depth--
		case wasm.OpCall:
			c.leaf = false
			s := &c.sigs[c.m.Funcs[in.Index]]
			words = max(words, s.words)
			vectors(s.vectors)
		case wasm.OpCallIndirect, wasm.OpCallRef:
			c.leaf = false
			words = max(words, c.sigs[in.Index].words)
			vectors(c.sigs[in.Index].vectors)
		case wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
			t := in.Index
			if in.Op == wasm.OpReturnCall {
				t = c.m.Funcs[t]
			}
			s := &c.sigs[t]
			vectors(s.vectors)
			if !c.fitsTail(s) {
				c.leaf = false
				words = max(words, s.words)
			}
		case wasm.OpGlobalGet:
			vectors(c.m.Globals[in.Index].Type == wasm.V128)
		case wasm.OpMemoryGrow, wasm.OpMemoryInit, wasm.OpDataDrop, wasm.OpMemoryCopy, wasm.OpMemoryFill,
			wasm.OpTableInit, wasm.OpElemDrop, wasm.OpTableCopy, wasm.OpTableGrow, wasm.OpTableFill,
			wasm.OpAtomicNotify, wasm.OpAtomicWait32, wasm.OpAtomicWait64:
			c.leaf = false
		default:
			vectors(in.Op >= wasm.OpV128Load)
		}
	}
	c.loops = loops
	return words
}

func loopWeight(depth int) uint32 {
	if depth*loopShift >= 18 {
		return maxWeight
	}
	return 1 << (depth * loopShift)
}

// assignHomes gives every local that is used and every parameter its home, and the rest of the
// registers to operands.
func (c *compiler) assignHomes() {
	for _, t := range c.typ.Params {
		c.locals = append(c.locals, local{typ: t, reg: noReg, slot: -1})
	}
	for _, run := range c.body.Locals {
		for range run.Count {
			c.locals = append(c.locals, local{typ: run.Type, reg: noReg, slot: -1})
		}
	}
	words := c.scan()
	c.operands = setOf(operandGPR[:]...) | setOf(operandXMM[:]...)

	params := c.sigs[c.m.Funcs[c.index]].params
	general, float := calleeSavedGPR[:], calleeSavedXMM[:]
	if c.o.Metered {
		general = general[:len(general)-1] // without regFuel
	}
	if c.leaf {
		// First of all parameters where they arrive.
		for i, p := range params {
			if (slices.Contains(leafGPR[:], p.reg) || slices.Contains(leafXMM[:], p.reg)) && c.locals[i].weight > 0 {
				c.setHome(int32(i), p.reg)
			}
		}
		for _, r := range leafGPR {
			if c.operands.has(r) {
				c.assignReg(r, 1)
			}
		}
		for _, r := range leafXMM {
			if c.operands.has(r) {
				c.assignReg(r, 1)
			}
		}
		// A parameter that code never reads stays where it arrives if nobody else wants to be there.
		for i, p := range params {
			if (slices.Contains(leafGPR[:], p.reg) || slices.Contains(leafXMM[:], p.reg)) && c.locals[i].weight == 0 && c.operands.has(p.reg) {
				c.setHome(int32(i), p.reg)
			}
		}
	}
	for _, r := range general {
		c.assignReg(r, minSavedWeight)
	}
	for _, r := range float {
		c.assignReg(r, minSavedWeight)
	}
	c.free = c.operands
	slot := words * 8
	for i := range c.locals {
		l := &c.locals[i]
		// A debugger wants to see a parameter that code never reads, too. What arrives in the
		// caller's frame can stay there.
		if l.reg == noReg && (l.weight > 0 || i < len(params) && params[i].reg != noReg) {
			l.slot = slot
			slot += 8 * wordsOf(l.typ)
		}
	}
	c.caughtBase = slot
	slot += 8 * c.tries
	c.savedBase = slot
	for r := rax; r < xmm0+16; r++ {
		if c.stored.has(r) {
			slot += 8 * wordsOf(c.keptAs(r))
		}
	}
	c.spillBase = slot
}

// keptAs is the type as which a callee-saved register is kept.
func (c *compiler) keptAs(r reg) wasm.ValType {
	switch {
	case r.isXMM() && c.vectors:
		return wasm.V128
	case r.isXMM():
		return wasm.F64
	}
	return wasm.I64
}

// assignReg makes r the home of the local of its class that is used most, if it is used at
// least atLeast times and has no home yet.
func (c *compiler) assignReg(r reg, atLeast uint32) {
	best := int32(-1)
	for i := range c.locals {
		l := &c.locals[i]
		if l.weight >= atLeast && l.reg == noReg && inXMM(l.typ) == r.isXMM() {
			atLeast = l.weight + 1
			best = int32(i)
		}
	}
	if best >= 0 {
		c.setHome(best, r)
	}
}

func (c *compiler) setHome(i int32, r reg) {
	c.locals[i].reg = r
	c.operands &^= 1 << r
	if calleeSaved.has(r) {
		c.stored |= 1 << r
	}
}

// homes appends the homes for the code map to hs, once the frame's size is known.
func (c *compiler) homes(hs []codemap.Home, size int32) []codemap.Home {
	for i := range c.locals {
		l := &c.locals[i]
		h := codemap.Home{Type: l.typ.Top()}
		switch {
		case l.reg != noReg:
			h.Kind, h.Reg = codemap.InReg, l.reg.dwarf()
		case l.slot >= 0:
			h.Kind, h.Offset = codemap.InSlot, fromCFA(l.slot, size)
		case i < len(c.typ.Params):
			h.Kind, h.Offset = codemap.InSlot, 8*c.sigs[c.m.Funcs[c.index]].params[i].slot
		default:
			h.Kind = codemap.IsConst
		}
		hs = append(hs, h)
	}
	return hs
}

// fromCFA converts an offset from the stack pointer to one from the canonical frame address.
func fromCFA(off, size int32) int32 { return off - size - 8 }
