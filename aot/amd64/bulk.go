package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// Routines are pieces of text that bodies call for memory.copy and memory.fill. They take
// their three operands like parameters (paramRegs), with all bounds checked, and change only
// registers that no call keeps. Their number is the thunk's index.
const (
	routineCopy = 0
	routineFill = 1
)

// bulkPlaces is where the routines take the destination, the source or value, and the length.
var bulkPlaces = []place{{reg: paramRegs[0]}, {reg: paramRegs[1]}, {reg: paramRegs[2]}}

// memoryBulk is memory.copy and memory.fill of memory 0. Nothing is written if not all of it
// is in bounds.
func (c *compiler) memoryBulk(routine uint32) {
	base := len(c.stack) - len(bulkPlaces)
	c.spillBelow(base)
	var operands []*value
	for i, p := range bulkPlaces {
		v := inReg(c.stack[base+i].typ, p.reg)
		operands = append(operands, &v)
	}
	c.passRegs(base, bulkPlaces)
	c.truncate(base)
	size := c.field(c.l.Memories[0], sizeOffset, regScratch)
	dst, src, n := bulkPlaces[0].reg, bulkPlaces[1].reg, bulkPlaces[2].reg
	check := func(start reg) {
		trapIf := func(cc cond) {
			c.trapIf(cc, trapMemory, operands...)
			if !c.m.Memories[0].Guarded() {
				c.maskIndex(cc, start)
				c.maskIndex(cc, n) // the routines begin at the end, too
			}
		}
		if c.m.Memories[0].Is64 {
			c.rr(opMovStore|rexW, start, rax)
			c.rr(aluAdd.store()|rexW, n, rax)
			trapIf(condB)
		} else {
			c.encoder.rm(opLea|rexW, rax, mem{start, n, 0, 0})
		}
		c.rm(aluCmp.load()|rexW, rax, size)
		trapIf(condA)
	}
	check(dst)
	if routine == routineCopy {
		check(src)
	}
	if c.o.StackMoves {
		c.recordStack()
	}
	c.thunkRef(codemap.RoutineThunk, routine, c.call())
	c.called()
}

// routine makes a routine.
func routine(index uint32) codemap.ThunkCode {
	t := &thunk{code: codemap.ThunkCode{Thunk: codemap.Thunk{Kind: codemap.RoutineThunk, Index: index}}}
	t.rows(8)
	if index == routineCopy {
		t.copyRoutine()
	} else {
		t.fillRoutine()
	}
	return t.finish()
}

// loadVector and storeVector copy 16 bytes.
func (t *thunk) loadVector(x reg, base, index reg, off int32) {
	t.rm(opMovups, xmm0+x, mem{base, index, 0, off})
}

func (t *thunk) storeVector(x reg, base, index reg, off int32) {
	t.rm(opMovupsTo, xmm0+x, mem{base, index, 0, off})
}

// copyRoutine copies forwards or backwards as the overlap demands. Up to 64 bytes, everything
// is loaded before anything is stored.
func (t *thunk) copyRoutine() {
	dst, src, n := bulkPlaces[0].reg, bulkPlaces[1].reg, bulkPlaces[2].reg
	t.rr(aluAdd.store()|rexW, regMemory, dst)
	t.rr(aluAdd.store()|rexW, regMemory, src)
	t.aluRI(aluCmp, true, n, 16)
	small := t.jcc(condB)
	t.aluRI(aluCmp, true, n, 32)
	medium := t.jccShort(condA)
	t.loadVector(0, src, noReg, 0)
	t.loadVector(1, src, n, -16)
	t.storeVector(0, dst, noReg, 0)
	t.storeVector(1, dst, n, -16)
	t.ret()

	t.fixShort(medium)
	t.aluRI(aluCmp, true, n, 64)
	large := t.jccShort(condA)
	t.loadVector(0, src, noReg, 0)
	t.loadVector(1, src, noReg, 16)
	t.loadVector(2, src, n, -32)
	t.loadVector(3, src, n, -16)
	t.storeVector(0, dst, noReg, 0)
	t.storeVector(1, dst, noReg, 16)
	t.storeVector(2, dst, n, -32)
	t.storeVector(3, dst, n, -16)
	t.ret()

	t.fixShort(large)
	t.rr(opMovStore|rexW, dst, rax)
	t.rr(aluSub.store()|rexW, src, rax)
	t.rr(aluCmp.store()|rexW, n, rax)
	backward := t.jcc(condB) // the destination begins within the source
	// The last 64 bytes are loaded before the loop may overwrite them.
	for i := range reg(4) {
		t.loadVector(4+i, src, n, -64+16*int32(i))
	}
	t.rm(opLea|rexW, rcx, at(n, -64))
	t.rr(aluXor.store(), rax, rax)
	loop := t.pos()
	for i := range reg(4) {
		t.loadVector(i, src, rax, 16*int32(i))
	}
	for i := range reg(4) {
		t.storeVector(i, dst, rax, 16*int32(i))
	}
	t.aluRI(aluAdd, true, rax, 64)
	t.rr(aluCmp.store()|rexW, rcx, rax)
	t.jccTo(condB, loop)
	for i := range reg(4) {
		t.storeVector(4+i, dst, n, -64+16*int32(i))
	}
	t.ret()

	fix(t.buf, backward, t.pos())
	for i := range reg(4) {
		t.loadVector(4+i, src, noReg, 16*int32(i))
	}
	t.rr(opMovStore|rexW, n, rax)
	loop = t.pos()
	for i := range reg(4) {
		t.loadVector(i, src, rax, -64+16*int32(i))
	}
	for i := range reg(4) {
		t.storeVector(i, dst, rax, -64+16*int32(i))
	}
	t.aluRI(aluSub, true, rax, 64)
	t.aluRI(aluCmp, true, rax, 64)
	t.jccTo(condA, loop)
	for i := range reg(4) {
		t.storeVector(4+i, dst, noReg, 16*int32(i))
	}
	t.ret()

	fix(t.buf, small, t.pos())
	for _, size := range []int32{8, 4} {
		t.aluRI(aluCmp, true, n, size)
		less := t.jccShort(condB)
		load, store := opMovLoad.w(size == 8), opMovStore.w(size == 8)
		t.rm(load, rax, at(src, 0))
		t.rm(load, rcx, mem{src, n, 0, -size})
		t.rm(store, rax, at(dst, 0))
		t.rm(store, rcx, mem{dst, n, 0, -size})
		t.ret()
		t.fixShort(less)
	}
	// Up to three bytes: the first, the middle and the last.
	t.rr(opTest, n, n)
	none := t.jccShort(condE)
	t.rm(opMovzx8, rax, at(src, 0))
	t.rm(opMovzx8, rcx, mem{src, n, 0, -1})
	t.rr(opMovStore, n, regScratch)
	t.shiftI(digitShr, false, regScratch, 1)
	t.rm(opMovzx8, src, mem{src, regScratch, 0, 0})
	t.rm(opMov8, src, mem{dst, regScratch, 0, 0})
	t.rm(opMov8, rax, at(dst, 0))
	t.rm(opMov8, rcx, mem{dst, n, 0, -1})
	t.fixShort(none)
	t.ret()
}

// fillRoutine stores copies of a byte.
func (t *thunk) fillRoutine() {
	dst, value, n := bulkPlaces[0].reg, bulkPlaces[1].reg, bulkPlaces[2].reg
	t.rr(aluAdd.store()|rexW, regMemory, dst)
	t.rr(opMovzx8, rax, value)
	t.movRI(regScratch, 0x0101_0101_0101_0101)
	t.rr(opImul|rexW, rax, regScratch)
	t.aluRI(aluCmp, true, n, 16)
	small := t.jcc(condB)
	t.rr(opMovd|rexW, xmm0, rax)
	t.rr(opPunpcklqdq, xmm0, xmm0)
	t.aluRI(aluCmp, true, n, 32)
	large := t.jccShort(condA)
	t.storeVector(0, dst, noReg, 0)
	t.storeVector(0, dst, n, -16)
	t.ret()

	t.fixShort(large)
	t.rm(opLea|rexW, rcx, at(n, -32))
	t.rr(aluXor.store(), rax, rax)
	loop := t.pos()
	t.storeVector(0, dst, rax, 0)
	t.storeVector(0, dst, rax, 16)
	t.aluRI(aluAdd, true, rax, 32)
	t.rr(aluCmp.store()|rexW, rcx, rax)
	t.jccTo(condB, loop)
	t.storeVector(0, dst, n, -32)
	t.storeVector(0, dst, n, -16)
	t.ret()

	fix(t.buf, small, t.pos())
	for _, size := range []int32{8, 4} {
		t.aluRI(aluCmp, true, n, size)
		less := t.jccShort(condB)
		store := opMovStore.w(size == 8)
		t.rm(store, rax, at(dst, 0))
		t.rm(store, rax, mem{dst, n, 0, -size})
		t.ret()
		t.fixShort(less)
	}
	t.rr(opTest, n, n)
	none := t.jccShort(condE)
	t.rm(opMov8, rax, at(dst, 0))
	t.rm(opMov8, rax, mem{dst, n, 0, -1})
	t.shiftI(digitShr, false, n, 1)
	t.rm(opMov8, rax, mem{dst, n, 0, 0})
	t.fixShort(none)
	t.ret()
}

// memoryCopyFill is memory.copy and memory.fill; what is not about memory 0 is left to the
// runtime.
func (c *compiler) memoryCopyFill(op wasm.Op) {
	switch {
	case op == wasm.OpMemoryCopy && c.in.Index == 0 && c.in.Index2 == 0:
		c.memoryBulk(routineCopy)
	case op == wasm.OpMemoryCopy:
		c.builtin(abi.HostMemoryCopy, 3, 0, c.in.Index, c.in.Index2)
	case c.in.Index == 0:
		c.memoryBulk(routineFill)
	default:
		c.builtin(abi.HostMemoryFill, 3, 0, c.in.Index)
	}
}
