package amd64

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// A tail call puts its arguments where the function's own came in, takes the frame down and jumps. What travels on the
// stack needs as much room there as the function's caller left for its own parameters and results; a callee that
// needs more is called and returned from (musttail of C, and Rust's become, ask for equal types).

// fitsTail reports whether a function with the signature can take the place of the one at hand.
func (c *compiler) fitsTail(s *signature) bool {
	return s.words <= c.sigs[c.m.Funcs[c.index]].words
}

// tailCall is return_call.
func (c *compiler) tailCall() {
	t := c.m.Funcs[c.in.Index]
	if !c.fitsTail(&c.sigs[t]) {
		c.callInst()
		c.returnCalled()
		return
	}
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.passIncoming(base, places)
	c.passRegs(base, places)
	c.truncate(base)
	f := c.in.Index
	c.leaveTo(func() { c.ref(codemap.RefFunc, f, c.jmp()) })
	c.truncateDead()
	c.skip()
}

// returnCalled ends a tail call that was made as a call. What it throws is not for the handlers of the blocks around it, which
// it has left.
func (c *compiler) returnCalled() {
	if slices.ContainsFunc(c.frames, func(f frame) bool { return f.kind == frameTry || f.kind == frameTryTable }) {
		calls := c.code.Func.Calls
		at := calls[len(calls)-1].Return
		c.code.Func.Handlers = append(c.code.Func.Handlers, codemap.Handler{Kind: codemap.Delegate, From: at - 1, To: at})
	}
	c.retInst()
}

// passIncoming stores the entries from base on that travel on the stack where the function's own parameters came in, and
// makes the others ready for passRegs: the arguments of a tail call, or the results.
func (c *compiler) passIncoming(base int, places []place) {
	for i, p := range places {
		v := &c.stack[base+i]
		if v.kind == vSum || v.kind == vFlags || v.kind == vLoad {
			w := *v
			v.kind = vConst // not to be spilled
			c.own(&w)
			c.stack[base+i] = w
			v = &c.stack[base+i]
		}
		if p.reg == noReg {
			c.storeIncoming(v, p.slot)
		}
	}
}

// tailCallIndirect is return_call_indirect.
func (c *compiler) tailCallIndirect() {
	t := c.in.Index
	if !c.fitsTail(&c.sigs[t]) {
		c.callIndirect()
		c.returnCalled()
		return
	}
	index := c.pop()
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.use(&index)
	c.passIncoming(base, places)
	c.callee(&index)
	c.passRegs(base, places)
	c.leaveThere(t, base)
}

// tailCallRef is return_call_ref.
func (c *compiler) tailCallRef() {
	t := c.in.Index
	if !c.fitsTail(&c.sigs[t]) {
		c.callRef()
		c.returnCalled()
		return
	}
	ref := c.pop()
	places := c.sigs[t].params
	base := len(c.stack) - len(places)
	c.use(&ref)
	c.passIncoming(base, places)
	c.calleeRef(&ref)
	c.passRegs(base, places)
	c.leaveThere(t, base)
}

// leaveThere goes on in the function at regScratch: see callThere.
func (c *compiler) leaveThere(t uint32, base int) {
	foreign := coldPath{off: c.in.Offset, emit: (*compiler).leaveForeign, index: t}
	if !c.ownRefs {
		c.rm(aluCmp.load()|rexW, regContext, at(regScratch, abi.FuncRefContext))
		c.link(&foreign.refs, c.jcc(condNE))
		c.addCold(foreign)
	}
	c.truncate(base)
	c.leaveTo(func() { c.jmpMem(at(regScratch, abi.FuncRefCode)) })
	c.truncateDead()
	c.skip()
}

// leaveForeign goes on in the function of another instance at regScratch.
func (c *compiler) leaveForeign(p *coldPath) {
	c.leaveTo(func() { c.thunkRef(codemap.ForeignThunk, p.index, c.jmp()) })
}

// callee checks the element of an indirect call's table and leaves its reference in regScratch.
func (c *compiler) callee(index *value) {
	table := c.in.Index2
	p := c.l.Tables[table]
	limits := &c.m.Tables[table].Limits
	fixed := !p.Indirect && limits.HasMax && limits.Min == limits.Max
	r := c.use(index)
	id := c.alloc(false) // before the scratch register is taken, which spilling needs
	var elem mem
	if n := limits.Min; fixed && n < 1<<31 {
		c.rr(opMovLoad|rexW, id, r)
		c.aluRI(aluCmp, c.m.Tables[table].Is64, r, int32(n))
		c.trapIf(condAE, abi.TrapIndirectBounds, index)
		c.maskIndex(condAE, id)
		c.rm(opMovLoad|rexW, regScratch, at(regContext, p.Off+baseOffset))
		elem = mem{regScratch, id, 3, 0}
	} else {
		elem = c.element(table, index, id, abi.TrapIndirectBounds)
	}
	c.rm(opMovLoad|rexW, regScratch, elem)
	c.drop(index)
	c.rm(opMovLoad|rexW, id, at(regContext, c.l.TypeIDs+8*int32(c.in.Index)))
	c.trapHere(c.in.Offset, abi.TrapUninitialized) // a null reference faults
	c.rm(aluCmp.load()|rexW, id, at(regScratch, abi.FuncRefType))
	c.release(id)
	c.trapIf(condNE, abi.TrapSignature, index)
}
