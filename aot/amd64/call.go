package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// ownRefs reports whether every function reference in m's tables and on its operand stack is
// of the instance at hand: none can come in from outside.
func ownRefs(m *wasm.Module) bool {
	if m.NumImportedTables > 0 {
		return false
	}
	for i := range m.Globals {
		if i < m.NumImportedGlobals && m.Globals[i].Type.Top() == wasm.FuncRef {
			return false
		}
	}
	for _, e := range m.Exports {
		if e.Kind == wasm.ExternTable || e.Kind == wasm.ExternGlobal && m.Globals[e.Index].Type.Top() == wasm.FuncRef {
			return false
		}
	}
	for i := range m.Types {
		for _, ts := range [2][]wasm.ValType{m.Types[i].Params, m.Types[i].Results} {
			for _, t := range ts {
				if t.Top() == wasm.FuncRef {
					return false
				}
			}
		}
	}
	return true
}

// call is a direct call.
func (c *compiler) callInst() {
	t := c.m.Funcs[c.in.Index]
	c.passArgs(t)
	c.ref(codemap.RefFunc, c.in.Index, c.call())
	c.called()
	c.takeResults(t)
}

// ref records a field that the linker fills in.
func (c *compiler) ref(k codemap.RefKind, index uint32, at int) {
	c.code.Refs = append(c.code.Refs, codemap.Ref{At: abi.TextOffset(at), Kind: k, Index: index})
}

// thunkRef records a field that refers to a thunk.
func (c *compiler) thunkRef(k codemap.ThunkKind, index uint32, at int) {
	c.ref(codemap.RefThunk, uint32(k)<<24|index, at)
}

// called records a return address.
func (c *compiler) called() {
	if c.pos() < c.sitePos+codemap.SiteRoom {
		panic("amd64: lowering: a call returns into a stop site in " + c.where())
	}
	c.code.Func.Calls = append(c.code.Func.Calls, codemap.Call{Return: c.here(), Wasm: c.in.Offset})
}

// passArgs brings the arguments of a call to where the callee expects them, and everything
// else that is in operand registers to the frame.
func (c *compiler) passArgs(t uint32) {
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.spillBelow(base)
	c.passWords(base, places)
	c.passRegs(base, places)
	c.truncate(base)
	if c.o.StackMoves {
		c.recordStack()
	}
}

// spillBelow spills the entries below height that hold operand registers.
func (c *compiler) spillBelow(height int) {
	for i := c.settled; i < height; i++ {
		if c.stack[i].owns() != 0 {
			c.spill(i)
		}
	}
}

// passWords stores the entries from base on that travel on the stack.
func (c *compiler) passWords(base int, places []place) {
	for i, p := range places {
		if p.reg == noReg {
			c.storeTo(&c.stack[base+i], at(rsp, 8*p.slot))
		}
	}
}

// passRegs brings the entries from base on into the registers of places. The entries are of
// no use afterwards.
func (c *compiler) passRegs(base int, places []place) {
	c.scratch = c.scratch[:0]
	for i, p := range places {
		if p.reg == noReg {
			continue
		}
		v := &c.stack[base+i]
		if v.kind == vSum && (v.owns() != 0 || c.leaf) {
			w := *v
			v.kind = vConst // not to be spilled
			c.own(&w)
			c.stack[base+i] = w
			v = &c.stack[base+i]
		}
		if r := c.regOf(v); r != noReg {
			c.scratch = append(c.scratch, move{p.reg, r, v.typ})
		}
	}
	c.moveAll(c.scratch)
	for i, p := range places {
		if v := &c.stack[base+i]; p.reg != noReg && c.regOf(v) == noReg {
			c.load(p.reg, v)
		}
	}
}

// takeResults pushes the results of a call of type t.
func (c *compiler) takeResults(t uint32) {
	places := c.sigs[t].results
	for i, p := range places {
		rt := c.m.Types[t].Results[i]
		if p.reg != noReg {
			c.free &^= 1 << p.reg
			c.push(inReg(rt, p.reg))
			continue
		}
		n := len(c.stack)
		if rt == wasm.V128 {
			c.rm(opMovups, xmmScratch, at(rsp, 8*p.slot))
			c.rm(opMovupsTo, xmmScratch, c.spillSlot(n))
			c.push(slotValue(rt, n))
			continue
		}
		c.rm(opMovLoad|rexW, regScratch, at(rsp, 8*p.slot))
		c.rm(opMovStore|rexW, regScratch, c.spillSlot(n))
		c.push(slotValue(rt, n))
	}
}

// callIndirect checks the element and calls it.
func (c *compiler) callIndirect() {
	t := c.in.Index
	index := c.pop()
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.spillBelow(base)
	c.passWords(base, places)

	c.callee(&index)
	c.passRegs(base, places)
	c.callThere(t, base)
}

// callThere calls the function at regScratch, of type t, whose arguments stand from base on and are in their places. If it
// is of another instance, it goes through a thunk that asks the runtime.
func (c *compiler) callThere(t uint32, base int) {
	foreign := coldPath{off: c.in.Offset, emit: (*compiler).callForeign, index: t}
	if !c.ownRefs {
		c.rm(aluCmp.load()|rexW, regContext, at(regScratch, abi.FuncRefContext))
		c.link(&foreign.refs, c.jcc(condNE))
	}
	c.truncate(base)
	if c.o.StackMoves {
		c.recordStack()
	}
	c.callMem(at(regScratch, abi.FuncRefCode))
	c.called()
	if foreign.refs != 0 {
		foreign.back = c.pos()
		c.addCold(foreign)
		c.zeroPos = -1
	}
	c.takeResults(t)
}

// callRef calls the function that a reference of type t refers to.
func (c *compiler) callRef() {
	t := c.in.Index
	ref := c.pop()
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.spillBelow(base)
	c.passWords(base, places)
	c.calleeRef(&ref)
	c.passRegs(base, places)
	c.callThere(t, base)
}

// calleeRef leaves a reference to a function in regScratch.
func (c *compiler) calleeRef(ref *value) {
	r := c.use(ref)
	if ref.typ.Nullable() {
		c.rr(opTest|rexW, r, r)
		c.trapIf(condE, abi.TrapNullReference, ref)
	}
	c.rr(opMovStore|rexW, r, regScratch)
	c.drop(ref)
}

// callForeign calls the function of another instance at regScratch.
func (c *compiler) callForeign(p *coldPath) {
	c.thunkRef(codemap.ForeignThunk, p.index, c.call())
	c.code.Func.Calls = append(c.code.Func.Calls, codemap.Call{Return: c.here(), Wasm: p.off})
	c.jmpTo(p.back)
}

// builtin calls a host function of the runtime with constants and then the top n entries of
// the stack as arguments; result is its type, 0 if it has none.
func (c *compiler) builtin(number uint32, n int, result wasm.ValType, constants ...uint32) {
	base := len(c.stack) - n
	c.spillBelow(base)
	for i, v := range constants {
		k := constant(wasm.I32, uint64(v))
		c.storeTo(&k, at(regContext, abi.OffArgs+8*int32(i)))
	}
	for i := range n {
		c.storeTo(&c.stack[base+i], at(regContext, abi.OffArgs+8*int32(i+len(constants))))
	}
	c.truncate(base)
	if c.o.StackMoves {
		c.recordStack()
	}
	c.movRI(regScratch, uint64(number))
	c.rm(opMovStore|rexW, regScratch, at(regContext, abi.OffHostFunc))
	c.callMem(at(regContext, abi.OffHostStub))
	c.called()
	if result != 0 {
		d := c.choose(c.dest(), result)
		c.rm(opMovLoad.w(isWide(result)), d, at(regContext, abi.OffArgs))
		c.finish(result, d)
	}
}

// storeIncoming stores v as word slot of the area that the caller passes.
func (c *compiler) storeIncoming(v *value, slot int32) {
	switch r := c.regOf(v); {
	case v.kind == vConst:
		c.movRI(regScratch, v.imm)
		c.incoming(opMovStore|rexW, regScratch, slot)
	case r != noReg:
		c.incoming(storeWordOf(v.typ), r, slot)
	case v.typ == wasm.V128:
		c.rm(opMovups, xmmScratch, c.memOf(v))
		c.incoming(opMovupsTo, xmmScratch, slot)
	default:
		c.rm(opMovLoad.w(isWide(v.typ)), regScratch, c.memOf(v))
		c.incoming(opMovStore|rexW, regScratch, slot)
	}
}
