package amd64

import (
	"encoding/binary"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

const trapMemory = abi.TrapMemory

// compiler lowers one function after the other. Everything but the first group is of the
// function at hand; its memory is reused.
type compiler struct {
	m        *wasm.Module
	l        *abi.Layout
	o        codemap.Options
	sigs     []signature // by type
	vectors  bool        // locals of the module are vectors, so that a register that its functions keep is kept whole
	lone     bool        // see lone
	ownRefs  bool        // every function reference that the module can meet is of its own instance
	encoder              // text of the function so far
	reader   wasm.Reader
	in       wasm.Inst
	body     *wasm.Body
	typ      *wasm.FuncType
	index    uint32
	sites    []wasm.CodeOffset // statements that are not reached yet
	locals   []local
	stack    []value
	settled  int // entries at the bottom of the stack that are constants or in their slots
	frames   []frame
	leaf     bool
	operands regSet // registers for operands
	free     regSet // of them
	stored   regSet // callee-saved registers that are homes
	flags    bool   // the flags hold a pending condition
	sitePos  int    // where the last stop site begins

	// After the instruction that ends at zeroPos the zero flag says whether zeroReg is zero.
	zeroPos  int
	zeroReg  reg
	zeroWide bool

	// The frame, from the stack pointer up: outgoing words, slots of locals, saved registers,
	// spill slots. Its size is known at the end.
	savedBase int32
	spillBase int32
	maxSpill  int32
	stride    int32 // bytes of a spill slot

	tries      int32 // instructions try, each of which has a slot for what it catches
	caughtBase int32
	rethrows   bool // there is an instruction rethrow
	clauses    []clause
	tried      int32 // of them, so far
	sizeRefs   []sizeRef

	pool    []poolEntry
	cold    []coldPath
	tables  []int // positions of jump tables: start, end, start, end, …
	scratch []move
	loops   []int
	code    codemap.Code
	places  []codemap.Place // of the stack as it was recorded last

	slabs struct { // for what Function returns
		text  slab[byte]
		refs  slab[codemap.Ref]
		rows  slab[codemap.CFARow]
		saved slab[codemap.Saved]
		homes slab[codemap.Home]
		insts slab[codemap.Inst]
		sites slab[codemap.Site]
		traps slab[codemap.Trap]
		calls slab[codemap.Call]
		moves slab[codemap.StackMove]
		hands slab[codemap.Handler]
		pairs slab[[2]codemap.Place]
	}
}

// sizeRef is a 32-bit field in the text to which the frame's size is added.
type sizeRef struct {
	at  int
	sub bool // the field is the operand of the prologue's sub or an epilogue's add
}

// poolEntry is a constant behind the function's text and the places that refer to it.
type poolEntry struct {
	lo, hi uint64
	size   int
	refs   int // head of a list through the displacement fields
}

func newCompiler(m *wasm.Module, l *abi.Layout, o codemap.Options) *compiler {
	c := &compiler{m: m, l: l, o: o, sigs: make([]signature, len(m.Types)), lone: lone(m), ownRefs: ownRefs(m), vectors: m.VectorLocals()}
	for i := range m.Types {
		c.sigs[i] = newSignature(&m.Types[i])
	}
	return c
}

// where names the function and the instruction for panics.
func (c *compiler) where() string {
	return fmt.Sprintf("function %d at code offset %#x", c.index, c.in.Offset)
}

// Function compiles one body.
func (c *compiler) Function(i int, statements []wasm.CodeOffset) codemap.Code {
	c.index = uint32(c.m.NumImportedFuncs + i)
	c.body = &c.m.Code[i]
	c.typ = c.m.FuncType(c.index)
	c.lower(statements, 0)
	if n := c.frameSize(); n > maxUnprobed {
		c.lower(statements, n)
	}
	return c.finished()
}

// finished returns what was compiled, apart from the scratch memory.
func (c *compiler) finished() codemap.Code {
	out := codemap.Code{Text: c.slabs.text.copy(c.buf), Refs: c.slabs.refs.copy(c.code.Refs), Func: c.code.Func}
	f := &out.Func
	f.Frame.Rows = c.slabs.rows.copy(f.Frame.Rows)
	f.Frame.Saved = c.slabs.saved.copy(f.Frame.Saved)
	f.Locals = c.slabs.homes.copy(f.Locals)
	f.Insts = c.slabs.insts.copy(f.Insts)
	f.Sites = c.slabs.sites.copy(f.Sites)
	f.Traps = c.slabs.traps.copy(f.Traps)
	f.Calls = c.slabs.calls.copy(f.Calls)
	f.StackMoves = c.slabs.moves.copy(f.StackMoves)
	f.Pairs = c.slabs.pairs.copy(f.Pairs)
	f.Handlers = c.slabs.hands.copy(f.Handlers)
	return out
}

// lower is the way of one function: homes, prologue, body, what is out of line, frame.
func (c *compiler) lower(statements []wasm.CodeOffset, probe int32) {
	c.reset(statements)
	c.assignHomes()
	c.prologue(probe)
	c.run()
	c.emitCold()
	end := c.pos()
	c.emitPool()
	c.endInsts(end)
	c.fixTables()
	c.finishFrame()
}

func (c *compiler) reset(statements []wasm.CodeOffset) {
	c.buf = c.buf[:0]
	c.reader.Reset(c.m, c.body)
	c.sites = statements
	c.locals = c.locals[:0]
	c.stack = c.stack[:0]
	c.settled = 0
	c.sitePos = -codemap.SiteRoom
	c.frames = c.frames[:0]
	c.operands, c.free, c.stored = 0, 0, 0
	c.flags = false
	c.zeroPos = -1
	c.maxSpill, c.tried = 0, 0
	c.clauses = c.clauses[:0]
	c.sizeRefs = c.sizeRefs[:0]
	c.pool = c.pool[:0]
	c.cold = c.cold[:0]
	c.tables = c.tables[:0]
	c.places = c.places[:0]
	f := &c.code.Func
	c.code = codemap.Code{Refs: c.code.Refs[:0], Func: codemap.Func{
		Index:      c.index,
		Body:       c.body.Start,
		BodyEnd:    c.body.End,
		Frame:      codemap.Frame{Rows: f.Frame.Rows[:0], Saved: f.Frame.Saved[:0]},
		Locals:     f.Locals[:0],
		Insts:      f.Insts[:0],
		Sites:      f.Sites[:0],
		Traps:      f.Traps[:0],
		Calls:      f.Calls[:0],
		StackMoves: f.StackMoves[:0],
		Pairs:      f.Pairs[:0],
		Handlers:   f.Handlers[:0],
	}}
}

// run emits the body.
func (c *compiler) run() {
	c.pushFrame(frameBlock, nil, c.typ.Results)
	for len(c.frames) > 0 && c.reader.Next(&c.in) {
		c.begin()
		c.inst()
		if c.o.StackMoves {
			c.recordStack()
		}
	}
	if err := c.reader.Err(); err != nil || len(c.frames) > 0 {
		panic(fmt.Sprintf("amd64: lowering: body does not decode in %s: %v", c.where(), err))
	}
}

// begin records the instruction that was just decoded and emits its stop site.
func (c *compiler) begin() {
	off := c.in.Offset
	for len(c.sites) > 0 && c.sites[0] < off { // in dead code
		c.sites = c.sites[1:]
	}
	switch c.in.Op {
	case wasm.OpLoop: // its site stands behind its label: a branch back comes to it again
	case wasm.OpCatch, wasm.OpCatchAll: // behind where exceptions come in
	default:
		c.siteHere(off)
	}
	c.code.Func.Insts = append(c.code.Func.Insts, codemap.Inst{Text: c.here(), Wasm: off})
}

// siteHere emits the stop site of the instruction at off if there is one.
func (c *compiler) siteHere(off wasm.CodeOffset) {
	if len(c.sites) > 0 && c.sites[0] == off {
		c.sites = c.sites[1:]
		c.site(off)
	}
}

// site emits a stop site. The flags survive it. Statements without code between them have
// sites of their own, so that a step visits each.
func (c *compiler) site(off wasm.CodeOffset) {
	zero := c.zeroPos == c.pos()
	if c.o.StackMoves {
		c.recordStack()
	}
	size := 0
	switch c.o.Sites {
	case codemap.SiteByte:
		size = 1
	case codemap.SiteCall:
		size = 5
	}
	c.code.Func.Sites = append(c.code.Func.Sites, codemap.Site{Text: c.here(), Wasm: off, Size: uint8(size)})
	if size > 0 {
		c.sitePos = c.pos()
	}
	c.nop(size)
	if zero {
		c.zeroPos = c.pos()
	}
}

// room ends the bytes behind the last stop site that no branch may lead into, before a place where one does.
func (c *compiler) room() {
	if n := c.sitePos + codemap.SiteRoom - c.pos(); n > 0 {
		c.nop(n)
	}
}

// fixShort is the encoder's, for a place in a function.
func (c *compiler) fixShort(at int) {
	c.room()
	c.encoder.fixShort(at)
}

func (c *compiler) here() abi.TextOffset { return abi.TextOffset(c.pos()) }

// trapHere records that the instruction about to be emitted may trap.
func (c *compiler) trapHere(off wasm.CodeOffset, k abi.Trap) {
	c.code.Func.Traps = append(c.code.Func.Traps, codemap.Trap{Text: c.here(), Wasm: off, Kind: k})
}

// siteNext reports whether a stop site stands before the next instruction.
func (c *compiler) siteNext() bool {
	return len(c.sites) > 0 && c.sites[0] == c.reader.Offset()
}

// peek returns the opcode of the next instruction; behind the end, and for those with a
// prefix, something that no caller asks for.
func (c *compiler) peek() wasm.Op {
	if p := int(c.reader.Offset() - c.body.Code); p < len(c.body.Bytes) {
		return wasm.Op(c.body.Bytes[p])
	}
	return wasm.OpUnreachable
}

// peekSet returns the local which the next instruction sets, if there is such an instruction
// and no stop site before it.
func (c *compiler) peekSet() (i uint32, ok bool) {
	p := int(c.reader.Offset() - c.body.Code)
	b := c.body.Bytes
	if p+1 >= len(b) || b[p] != byte(wasm.OpLocalSet) && b[p] != byte(wasm.OpLocalTee) || c.siteNext() {
		return 0, false
	}
	v, n := binary.Uvarint(b[p+1:])
	return uint32(v), n > 0
}

// dest chooses the register for the result of the instruction at hand, whose operands have
// left the stack: the home of the local that the next instruction sets, or noReg if the
// result is to go to an operand register.
func (c *compiler) dest() reg {
	i, ok := c.peekSet()
	if !ok || c.locals[i].reg == noReg {
		return noReg
	}
	c.unalias(i)
	return c.locals[i].reg
}

// result ends an instruction whose result is in r: the dest or an operand register.
func (c *compiler) result(t wasm.ValType, r reg) {
	if c.operands.has(r) {
		c.push(inReg(t, r))
		return
	}
	// r is the home of the local that the next instruction sets.
	c.follow()
	if c.in.Op == wasm.OpLocalTee {
		c.pushLocal(c.in.Index, t)
	}
}

// follow goes on to the next instruction, of which the one at hand did the work.
func (c *compiler) follow() {
	if c.o.StackMoves {
		c.recordStack()
	}
	c.reader.Next(&c.in)
	c.begin()
}

// choose returns dst, or an operand register if there is none: that of the first of the
// operands given that has one, which is then given up.
func (c *compiler) choose(dst reg, t wasm.ValType, reuse ...*value) reg {
	if dst != noReg {
		return dst
	}
	for _, v := range reuse {
		if v.kind == vReg && v.reg.isXMM() == inXMM(t) {
			return v.reg
		}
	}
	return c.alloc(inXMM(t))
}

// coldPath is code that stands behind the function's body.
type coldPath struct {
	refs  int // head of a list of jumps to it
	back  int // where it goes on
	off   wasm.CodeOffset
	kind  abi.Trap
	emit  func(c *compiler, p *coldPath) // nil: ud2
	a, b  reg
	op    wasm.Op
	index uint32
	imm   uint64
	stack []codemap.Place // of the operand stack there, if that is recorded

	// Where a handler lands: see land.
	types  []wasm.ValType
	height int
	clause int // in Func.Handlers
}

// addCold adds a path. Operands of the instruction that are off the stack already, and unharmed
// where the path begins, are given from the bottom on.
func (c *compiler) addCold(p coldPath, operands ...*value) {
	if c.o.StackMoves {
		p.stack = c.stackWith(operands)
	}
	c.cold = append(c.cold, p)
}

// trapIf traps with kind k when the flags fulfil cc. For operands see addCold.
func (c *compiler) trapIf(cc cond, k abi.Trap, operands ...*value) {
	// Sites with the same wasm offset and kind share one ud2.
	off := c.in.Offset
	if n := len(c.cold); n > 0 && c.cold[n-1].emit == nil && c.cold[n-1].off == off && c.cold[n-1].kind == k {
		c.link(&c.cold[n-1].refs, c.jcc(cc))
		return
	}
	p := coldPath{off: off, kind: k}
	c.link(&p.refs, c.jcc(cc))
	c.addCold(p, operands...)
}

// link adds the displacement field at `at` to a list that resolve takes apart. The fields
// themselves hold the links: positions, 0 at the end.
func (c *compiler) link(head *int, at int) {
	binary.LittleEndian.PutUint32(c.buf[at:], uint32(*head))
	*head = at
}

// resolve makes the fields of a list refer to target.
func (c *compiler) resolve(head, target int) {
	for head != 0 {
		next := int(binary.LittleEndian.Uint32(c.buf[head:]))
		fix(c.buf, head, target)
		head = next
	}
}

// emitCold emits the code that stands out of line.
func (c *compiler) emitCold() {
	c.room()
	for i := 0; i < len(c.cold); i++ {
		p := c.cold[i]
		c.resolve(p.refs, c.pos())
		c.code.Func.Insts = append(c.code.Func.Insts, codemap.Inst{Text: c.here(), Wasm: p.off})
		if c.o.StackMoves {
			c.recordPlaces(p.stack)
		}
		if p.emit != nil {
			p.emit(c, &p)
			continue
		}
		c.trapHere(p.off, p.kind)
		c.ud2()
	}
}

// poolWord returns the place of a constant of type t.
func (c *compiler) poolWord(t wasm.ValType, v uint64) mem {
	if isWide(t) {
		return c.poolRef(v, 0, 8)
	}
	return c.poolRef(v, 0, 4)
}

// poolRef returns an operand for a constant, to be used in one instruction without immediate.
func (c *compiler) poolRef(lo, hi uint64, size int) mem {
	const near = 32 // how far back to look for the same constant
	for k := len(c.pool) - 1; k >= 0 && k >= len(c.pool)-near; k-- {
		if c.pool[k].lo == lo && c.pool[k].hi == hi && c.pool[k].size == size {
			return mem{base: rip, disp: int32(k)}
		}
	}
	c.pool = append(c.pool, poolEntry{lo: lo, hi: hi, size: size})
	return mem{base: rip, disp: int32(len(c.pool) - 1)}
}

// emitPool places the constants behind the text.
func (c *compiler) emitPool() {
	for _, size := range [...]int{16, 8, 4} {
		for i := range c.pool {
			p := &c.pool[i]
			if p.size != size {
				continue
			}
			for c.pos()%size != 0 {
				c.buf = append(c.buf, 0)
			}
			c.resolve(p.refs, c.pos())
			c.buf = binary.LittleEndian.AppendUint64(c.buf, p.lo)
			c.buf = binary.LittleEndian.AppendUint64(c.buf, p.hi)
			c.buf = c.buf[:len(c.buf)-16+size]
		}
	}
}

// endInsts moves instructions without code from the end of the code behind the constants there: what a debugger
// plants at an instruction must not change those.
func (c *compiler) endInsts(end int) {
	insts := c.code.Func.Insts
	for i := len(insts) - 1; i >= 0 && int(insts[i].Text) == end; i-- {
		insts[i].Text = abi.TextOffset(c.pos())
	}
}

// rm emits an instruction with a memory operand, which may be a reference to the pool.
func (c *compiler) rm(o opcode, r reg, m mem) {
	if m.base != rip {
		c.encoder.rm(o, r, m)
		return
	}
	k := m.disp
	m.disp = 0
	c.encoder.rm(o, r, m)
	c.link(&c.pool[k].refs, c.pos()-4)
}
