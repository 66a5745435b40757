package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// Code that does not throw pays nothing for what catches: a try leaves rows in the code map, by which the runtime
// finds where an exception goes on. There, locals are in their homes, and the entries below the block in
// their slots. The values that the exception carries, and its reference behind them, are words of Context.Args.

// clause is a clause of a try_table that is open.
type clause struct {
	wasm.Catch
	landing int // in compiler.cold
}

// try begins a try or a try_table.
func (c *compiler) try() {
	params, results := c.m.BlockSignature(c.in.Block)
	c.flush(len(c.stack) - len(params))
	first := len(c.clauses)
	kind := frameTry
	if c.in.Op == wasm.OpTryTable {
		kind = frameTryTable
		for _, k := range c.in.Catches {
			f := c.label(k.Label)
			p := coldPath{off: c.in.Offset, emit: (*compiler).land, types: f.types, height: f.height, clause: len(c.code.Func.Handlers)}
			if f.kind == frameLoop {
				p.back = f.header
			} else {
				f.landings = append(f.landings, len(c.cold))
			}
			c.clauses = append(c.clauses, clause{k, len(c.cold)})
			c.cold = append(c.cold, p)
		}
	}
	f := c.pushFrame(kind, params, results)
	f.from, f.clauses = c.here(), first
	if kind == frameTry {
		f.caught = c.caughtBase + 8*c.tried
		c.tried++
	}
}

// handler records where exceptions from the calls of a block's body go.
func (c *compiler) handler(f *frame, h codemap.Handler) {
	h.From, h.To, h.Depth = f.from, f.to, uint32(len(c.frames)-1)
	c.code.Func.Handlers = append(c.code.Func.Handlers, h)
}

// endTryTable records the clauses of the try_table that ends.
func (c *compiler) endTryTable(f *frame) {
	f.to = c.here()
	for _, k := range c.clauses[f.clauses:] {
		h := codemap.Handler{Kind: codemap.CatchTag, Index: k.Tag, Ref: k.Ref}
		if k.All {
			h.Kind, h.Index = codemap.CatchAll, 0
		}
		c.cold[k.landing].clause = len(c.code.Func.Handlers)
		c.handler(f, h)
	}
	c.clauses = c.clauses[:f.clauses]
}

// land is where a clause takes an exception, out of line: it brings what the exception carries to where branches
// to the label do.
func (c *compiler) land(p *coldPath) {
	c.code.Func.Handlers[p.clause].Pad = c.here()
	word := int32(0)
	for i, t := range p.types {
		if len(p.types) == 1 {
			c.rm(loadOf(t), carrier(t), arg(0))
			break
		}
		c.takeWord(t, word, p.height+i)
		word += wordsOf(t)
	}
	c.jmpTo(p.back)
}

// takeWord copies a value from a word of the context to the slot of stack entry i.
func (c *compiler) takeWord(t wasm.ValType, word int32, i int) {
	r, store := regScratch, opMovStore|rexW
	load := opMovLoad.w(isWide(t))
	if t == wasm.V128 {
		r, load, store = xmmScratch, opMovups, opMovupsTo
	}
	c.rm(load, r, arg(word))
	c.rm(store, r, c.spillSlot(i))
}

// catch begins a catch block of a try, which is reached from above when live: that is the end of the try's body or
// of another catch block.
func (c *compiler) catch(live bool) {
	f := c.label(0)
	if f.kind == frameTry {
		f.kind, f.to = frameCatch, c.here()
	}
	if live {
		c.carry(f)
		c.link(&f.refs, c.jmp())
	}
	c.truncate(f.height)
	c.bind(0)
	h := codemap.Handler{Kind: codemap.CatchAll, Pad: c.here(), Ref: c.rethrows}
	var types []wasm.ValType
	if c.in.Op == wasm.OpCatch {
		h.Kind, h.Index = codemap.CatchTag, c.in.Index
		types = c.m.TagType(c.in.Index)
	}
	c.handler(f, h)
	word := int32(0)
	for _, t := range types {
		n := len(c.stack)
		c.takeWord(t, word, n)
		c.push(slotValue(t, n))
		word += wordsOf(t)
	}
	if h.Ref {
		c.rm(opMovLoad|rexW, regScratch, arg(word))
		c.rm(opMovStore|rexW, regScratch, at(rsp, f.caught))
	}
	for len(c.sites) > 0 && c.sites[0] < c.in.Offset { // in dead code
		c.sites = c.sites[1:]
	}
	c.siteHere(c.in.Offset)
}

// delegate ends a try that leaves its exceptions to the block that the label means. It reports whether the code
// behind it can be reached.
func (c *compiler) delegate(live bool) bool {
	f := c.label(0)
	f.kind, f.to = frameBlock, c.here()
	c.handler(f, codemap.Handler{Kind: codemap.Delegate, Index: uint32(len(c.frames) - 2 - int(c.in.Index))})
	return c.end(live)
}

// throw makes an exception of the values on the stack.
func (c *compiler) throw() {
	types := c.m.TagType(c.in.Index)
	base := len(c.stack) - len(types)
	tag := constant(wasm.I32, uint64(c.in.Index))
	c.storeTo(&tag, arg(0))
	word := int32(1)
	for i, t := range types {
		c.storeTo(&c.stack[base+i], arg(word))
		word += wordsOf(t)
	}
	c.truncate(base)
	c.leaveBy(abi.HostThrow)
}

// throwRef throws an exception again: throw_ref, and rethrow in a catch block.
func (c *compiler) throwRef() {
	if c.in.Op == wasm.OpRethrow {
		c.rm(opMovLoad|rexW, regScratch, at(rsp, c.label(c.in.Index).caught))
		c.rm(opMovStore|rexW, regScratch, arg(0))
	} else {
		v := c.pop()
		c.storeTo(&v, arg(0))
		c.drop(&v)
	}
	c.leaveBy(abi.HostThrowRef)
}

// leaveBy calls a function of the runtime that does not return.
func (c *compiler) leaveBy(number uint64) {
	if c.o.StackMoves {
		c.recordStack()
	}
	c.movRI(regScratch, number)
	c.rm(opMovStore|rexW, regScratch, at(regContext, abi.OffHostFunc))
	c.callMem(at(regContext, abi.OffHostStub))
	c.called()
	c.trapHere(c.in.Offset, abi.TrapException) // who stood here and goes on all the same, behind a checkpoint
	c.ud2()
	c.truncateDead()
	c.skip()
}
