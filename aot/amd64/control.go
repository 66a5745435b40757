package amd64

import (
	"encoding/binary"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// frame is a block of the body that is open.
type frame struct {
	kind    frameKind
	height  int            // of the stack below the block's parameters
	types   []wasm.ValType // what a branch to its label carries
	results []wasm.ValType
	params  []wasm.ValType
	header  int // loop: where its label is
	refs    int // head of the list of branches to its end
	orElse  int // if: the jump to the else part

	from, to abi.TextOffset // try, try_table: its body
	clauses  int            // try_table: its first one in compiler.clauses
	caught   int32          // try: the slot for the reference of what it catches
	landings []int          // the entries of c.cold that go on at the label
}

type frameKind uint8

const (
	frameBlock frameKind = iota
	frameLoop
	frameIf
	frameTry      // the body of a try
	frameCatch    // a catch block of one
	frameTryTable // the body of a try_table
)

// A branch carries one value in rax or xmm0, and more than one in the spill slots of the
// stack entries that they become.
func carrier(t wasm.ValType) reg {
	if inXMM(t) {
		return xmm0
	}
	return rax
}

func (c *compiler) pushFrame(k frameKind, params, results []wasm.ValType) *frame {
	f := frame{kind: k, height: len(c.stack) - len(params), types: results, results: results, params: params}
	if k == frameLoop {
		f.types = params
	}
	c.frames = append(c.frames, f)
	return &c.frames[len(c.frames)-1]
}

// label returns the frame that label n means.
func (c *compiler) label(n uint32) *frame { return &c.frames[len(c.frames)-1-int(n)] }

// carry brings the top of the stack to where a branch to f carries it, and leaves it there as
// entries. It keeps the flags.
func (c *compiler) carry(f *frame) {
	n := len(f.types)
	base := len(c.stack) - n
	switch {
	case n == 0:
	case n == 1:
		v := c.pop()
		r := carrier(f.types[0])
		if v.kind != vReg || v.reg != r {
			if !v.owns().has(r) {
				c.take(r, &v)
			}
			c.load(r, &v)
			c.drop(&v)
			c.free &^= 1 << r
		}
		c.push(inReg(f.types[0], r))
	case base == f.height:
		for i := base; i < base+n; i++ {
			if c.stack[i].kind == vConst {
				c.storeTo(&c.stack[i], c.spillSlot(i))
				c.stack[i] = slotValue(c.stack[i].typ, i)
			}
			c.spill(i)
			c.stack[i].typ = f.types[i-base] // others that branch there may bring null
		}
	default:
		c.copyDown(f)
	}
}

// copyDown stores the top of the stack in the slots where f's label expects it, and leaves
// the stack as it is.
func (c *compiler) copyDown(f *frame) {
	base := len(c.stack) - len(f.types)
	for i := range f.types {
		c.storeTo(&c.stack[base+i], c.spillSlot(f.height+i))
	}
}

func slotValue(t wasm.ValType, i int) value {
	return value{kind: vSlot, typ: t, imm: uint64(i), reg: noReg, index: noReg, local: -1, local2: -1}
}

// arrive sets the stack to what it is behind f's label.
func (c *compiler) arrive(f *frame, types []wasm.ValType) {
	c.truncate(f.height)
	if len(types) == 1 {
		r := carrier(types[0])
		c.free &^= 1 << r
		c.push(inReg(types[0], r))
		return
	}
	for i, t := range types {
		c.push(slotValue(t, f.height+i))
	}
}

// truncate drops the entries from height up.
func (c *compiler) truncate(height int) {
	for len(c.stack) > height {
		v := c.pop()
		c.drop(&v)
	}
}

// bind makes the text from here on the target of the branches in a list.
func (c *compiler) bind(list int) {
	c.room()
	c.resolve(list, c.pos())
	c.zeroPos = -1
}

func (c *compiler) block() {
	params, results := c.m.BlockSignature(c.in.Block)
	c.flush(len(c.stack) - len(params))
	c.pushFrame(frameBlock, params, results)
}

// loopAlign is where loops begin: short ones are decoded faster from as few lines as they can
// be in.
const loopAlign = 16

func (c *compiler) loop() {
	params, results := c.m.BlockSignature(c.in.Block)
	c.flush(len(c.stack) - len(params))
	f := c.pushFrame(frameLoop, params, results)
	c.carry(f)
	c.room()
	// In front of the label there is room, at least a byte: a debugger stops there once, and behind the label in
	// each round.
	if p := c.pos() % loopAlign; p != 0 || c.o.Sites != codemap.SiteNone {
		c.nop(loopAlign - p)
	}
	f.header = c.pos()
	c.zeroPos = -1
	c.spendFuel(c.in.Offset)
	c.siteHere(c.in.Offset)
}

func (c *compiler) ifThen() {
	params, results := c.m.BlockSignature(c.in.Block)
	v := c.pop()
	cc, p := c.condition(&v)
	c.flush(len(c.stack) - len(params))
	f := c.pushFrame(frameIf, params, results)
	f.types = params
	c.carry(f) // both parts find the parameters there
	f.types = results
	c.jumpUnless(cc, p, &f.orElse)
	c.drop(&v)
}

// jumpUnless jumps, to be linked into list, when the condition does not hold.
func (c *compiler) jumpUnless(cc cond, p parity, list *int) {
	switch p {
	case ordered:
		c.link(list, c.jcc(cc.not()))
	case andOrdered:
		c.link(list, c.jcc(cc.not()))
		c.link(list, c.jcc(condP))
	case orParity:
		yes := c.jccShort(condP)
		c.link(list, c.jcc(cc.not()))
		c.fixShort(yes)
	}
}

// jumpIf jumps when the condition holds.
func (c *compiler) jumpIf(cc cond, p parity, list *int) {
	switch p {
	case ordered:
		c.link(list, c.jcc(cc))
	case andOrdered:
		no := c.jccShort(condP)
		c.link(list, c.jcc(cc))
		c.fixShort(no)
	case orParity:
		c.link(list, c.jcc(condP))
		c.link(list, c.jcc(cc))
	}
}

// jumpBackIf is jumpIf for a target that is already there.
func (c *compiler) jumpBackIf(cc cond, p parity, target int) {
	switch p {
	case ordered:
		c.jccTo(cc, target)
	case andOrdered:
		no := c.jccShort(condP)
		c.jccTo(cc, target)
		c.fixShort(no)
	case orParity:
		c.jccTo(condP, target)
		c.jccTo(cc, target)
	}
}

// orElse is the else instruction, reached from above when live.
func (c *compiler) orElse(live bool) {
	f := c.label(0)
	if live {
		c.carry(f)
		c.link(&f.refs, c.jmp())
	}
	c.bind(f.orElse)
	f.orElse = 0
	c.arrive(f, f.params)
}

// end is the end instruction, reached from above when live. It reports whether the code
// behind it can be reached.
func (c *compiler) end(live bool) bool {
	f := c.label(0)
	if f.kind == frameTryTable {
		c.endTryTable(f)
	}
	if f.orElse != 0 { // an if without else: its parameters are its results
		if live {
			c.carry(f)
		}
		c.bind(f.orElse)
		if !live {
			c.arrive(f, f.results)
		}
		live = true
	}
	if f.refs != 0 || len(f.landings) > 0 {
		if live {
			c.carry(f)
		}
		c.bind(f.refs)
		for _, i := range f.landings {
			c.cold[i].back = c.pos()
		}
		if len(f.results) > 1 || !live {
			c.arrive(f, f.results)
		}
		live = true
	}
	if len(c.frames) == 1 {
		if live {
			c.leaveWith()
		}
		live = false
	}
	c.frames = c.frames[:len(c.frames)-1]
	return live
}

// skip passes over code that can't be reached, up to and including the else or end that
// closes it, and goes on from there.
func (c *compiler) skip() {
	for {
		depth := 0
		for {
			if !c.reader.Next(&c.in) {
				return
			}
			switch c.in.Op {
			case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpTry, wasm.OpTryTable:
				if c.in.Op == wasm.OpTry {
					c.tried++
				}
				depth++
				continue
			case wasm.OpEnd, wasm.OpDelegate:
				depth--
			case wasm.OpElse, wasm.OpCatch, wasm.OpCatchAll:
				if depth == 0 {
					depth--
				}
			}
			if depth < 0 {
				break
			}
		}
		c.code.Func.Insts = append(c.code.Func.Insts, codemap.Inst{Text: c.here(), Wasm: c.in.Offset})
		switch c.in.Op {
		case wasm.OpElse:
			c.orElse(false)
			return
		case wasm.OpCatch, wasm.OpCatchAll:
			c.catch(false)
			return
		case wasm.OpDelegate:
			if c.delegate(false) {
				return
			}
			continue
		}
		if c.end(false) || len(c.frames) == 0 {
			return
		}
	}
}

func (c *compiler) br() {
	f := c.label(c.in.Index)
	if f == &c.frames[0] {
		c.retInst()
		return
	}
	c.branch(f)
	c.truncateDead()
	c.skip()
}

// branch jumps to f's label.
func (c *compiler) branch(f *frame) {
	c.carry(f)
	if f.kind == frameLoop {
		c.jmpTo(f.header)
		return
	}
	c.link(&f.refs, c.jmp())
}

// truncateDead drops what the stack holds above the innermost block, behind a jump.
func (c *compiler) truncateDead() { c.truncate(c.label(0).height) }

func (c *compiler) brIf() {
	f := c.label(c.in.Index)
	v := c.pop()
	cc, p := c.condition(&v)
	if len(f.types) > 1 && len(c.stack)-len(f.types) != f.height {
		var over int
		c.jumpUnless(cc, p, &over)
		c.copyDown(f)
		if f.kind == frameLoop {
			c.jmpTo(f.header)
		} else {
			c.link(&f.refs, c.jmp())
		}
		c.bind(over)
	} else {
		c.carry(f)
		if f.kind == frameLoop {
			c.jumpBackIf(cc, p, f.header)
		} else {
			c.jumpIf(cc, p, &f.refs)
		}
	}
	c.drop(&v)
}

// maxChain is the number of cases that a br_table compares one by one.
const maxChain = 4

func (c *compiler) brTable() {
	targets, last := c.in.Targets, c.in.Index
	f := c.label(last)
	v := c.pop()
	switch len(f.types) {
	case 0:
	case 1:
		c.use(&v)
		if r := carrier(f.types[0]); v.owns().has(r) {
			c.take(r, &v)
			c.release(r)
		}
		c.carry(f)
	}
	index := c.use(&v)
	if len(f.types) > 1 || len(targets) <= maxChain {
		for i, t := range targets {
			c.aluRI(aluCmp, false, index, int32(i))
			f := c.label(t)
			if len(f.types) <= 1 {
				if f.kind == frameLoop {
					c.jccTo(condE, f.header)
				} else {
					c.link(&f.refs, c.jcc(condE))
				}
				continue
			}
			var over int
			c.link(&over, c.jcc(condNE))
			c.jumpTo(f)
			c.bind(over)
		}
		c.jumpTo(f)
	} else {
		to := c.alloc(false)
		c.rr(opMovLoad|rexW, to, index)
		c.aluRI(aluCmp, false, index, int32(len(targets)))
		if f.kind == frameLoop {
			c.jccTo(condAE, f.header)
		} else {
			c.link(&f.refs, c.jcc(condAE))
		}
		c.jumpTable(to, targets)
	}
	c.drop(&v)
	c.truncateDead()
	c.skip()
}

// jumpTo jumps to f's label, storing what it carries if that is more than one value.
func (c *compiler) jumpTo(f *frame) {
	if len(f.types) > 1 {
		c.copyDown(f)
	}
	if f.kind == frameLoop {
		c.jmpTo(f.header)
		return
	}
	c.link(&f.refs, c.jmp())
}

// jumpTable jumps through a table behind the jump: entry i is the distance from the table to
// the target of index i, which is in the register to. The flags say that it is in bounds.
func (c *compiler) jumpTable(to reg, targets []uint32) {
	c.maskIndex(condAE, to)
	c.encoder.rm(opLea|rexW, regScratch, mem{base: rip})
	base := c.pos() - 4
	c.encoder.rm(opMovsxd, to, mem{regScratch, to, 2, 0})
	c.rr(aluAdd.store()|rexW, to, regScratch)
	c.release(to)
	c.jmpReg(regScratch)
	for c.pos()&3 != 0 {
		c.buf = append(c.buf, 0xcc)
	}
	start := c.pos()
	fix(c.buf, base, start)
	for _, t := range targets {
		c.imm32(0)
		at := c.pos() - 4
		if f := c.label(t); f.kind == frameLoop {
			fix(c.buf, at, f.header)
		} else {
			c.link(&f.refs, at)
		}
	}
	c.tables = append(c.tables, start, c.pos())
}

// fixTables turns the entries of jump tables, which were resolved like the fields of jumps,
// into distances from their table.
func (c *compiler) fixTables() {
	for i := 0; i < len(c.tables); i += 2 {
		start := c.tables[i]
		for p := start; p < c.tables[i+1]; p += 4 {
			v := int32(binary.LittleEndian.Uint32(c.buf[p:])) + int32(p+4-start)
			binary.LittleEndian.PutUint32(c.buf[p:], uint32(v))
		}
	}
}

// retInst is the return instruction and a branch to the function's label.
func (c *compiler) retInst() {
	c.leaveWith()
	c.truncateDead()
	c.skip()
}

// leaveWith returns from the function with the results on top of the stack.
func (c *compiler) leaveWith() {
	places := c.sigs[c.m.Funcs[c.index]].results
	base := len(c.stack) - len(places)
	c.passIncoming(base, places)
	c.passRegs(base, places)
	c.leave()
}
