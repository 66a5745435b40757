package wasm

import (
	"fmt"
	"slices"
)

// maxOperands bounds the height of the operand stack, so that calls with many results cannot
// make memory grow out of proportion to the code.
const maxOperands = 1 << 17

// Scratch is the memory that ValidateFunc works in. One goroutine at a time may use it; the
// zero value is ready.
type Scratch struct {
	m       *Module
	body    *Body
	reader  Reader
	in      Inst
	stack   []ValType // operands; 0 is the unknown type of unreachable code
	frames  []ctrl
	height  int     // of the innermost frame
	dead    bool    // the innermost frame's code is unreachable from here on
	addr    ValType // of the load or store at hand
	locals  []ValType
	nlocals uint64          // may be more than len(locals)
	runs    []uint64        // one past the last local of each of body.Locals
	late    bool            // there are locals that have no value at first
	given   map[uint32]bool // of these, those that have one now
	set     []uint32        // the same, in the order in which they got it
	visit   func(in *Inst, o Operands)
	err     *Error
}

// Operands is the operand stack before an instruction.
type Operands struct {
	Types []ValType // from the bottom
	// Live is false for code that cannot be reached, where the stack is whatever one wants.
	Live bool
}

// ctrl is a control frame (core specification, appendix "Validation Algorithm").
type ctrl struct {
	op     Op // of the block; OpElse, OpCatch, OpCatchAll behind these; OpEnd for the function itself
	dead   bool
	block  BlockType
	height int32
	set    int32 // of Scratch.set: how many there were at the block's begin
}

// ValidateFunc checks m.Code[i]. Validate must have accepted m. It may run in several
// goroutines at once, each with a Scratch of its own. Errors are of type *Error.
func (m *Module) ValidateFunc(i int, s *Scratch) error { return m.TraceFunc(i, s, nil) }

// TraceFunc does what ValidateFunc does, and calls visit, if it is not nil, before each
// instruction, up to the first that is not valid. Neither the instruction nor the operands may
// be kept.
func (m *Module) TraceFunc(i int, s *Scratch, visit func(in *Inst, o Operands)) error {
	s.visit = visit
	s.m, s.body, s.err = m, &m.Code[i], nil
	s.reader.Reset(m, s.body)
	f := m.Funcs[m.NumImportedFuncs+i]
	s.setLocals(m.Types[f].Params)
	s.stack, s.frames = s.stack[:0], s.frames[:0]
	s.push(OpEnd, BlockType(f), 0)
	if !s.run() {
		return s.err
	}
	return nil
}

// setLocals lists the types of the first locals. The list is no longer than a few times the
// code, since a few bytes can declare 50000 locals; the others are searched in runs.
func (s *Scratch) setLocals(params []ValType) {
	limit := 256 + 4*len(s.body.Bytes)
	s.locals = append(s.locals[:0], params...)
	s.runs = s.runs[:0]
	s.nlocals = uint64(len(params))
	s.late, s.set = false, s.set[:0]
	clear(s.given)
	for _, r := range s.body.Locals {
		s.late = s.late || r.Count > 0 && !r.Type.Defaultable()
		s.nlocals += uint64(r.Count)
		s.runs = append(s.runs, s.nlocals)
		for n := min(int(r.Count), limit-len(s.locals)); n > 0; n-- {
			s.locals = append(s.locals, r.Type)
		}
	}
}

// local returns the type of a local behind those that are listed, 0 when there is none.
func (s *Scratch) local(i uint32) ValType {
	if int(i) < len(s.locals) {
		return s.locals[i]
	}
	if uint64(i) >= s.nlocals {
		s.fail("unknown local %d", i)
		return 0
	}
	lo, hi := 0, len(s.runs)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); s.runs[mid] > uint64(i) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return s.body.Locals[lo].Type
}

// fail records an error at the current instruction. It returns false.
func (s *Scratch) fail(format string, args ...any) bool {
	if s.err == nil {
		s.err = invalid(s.m.FileOffset(s.in.Offset), format, args...)
		s.err.Section = "code"
	}
	return false
}

// push enters a control frame whose parameters are not on the stack yet.
func (s *Scratch) push(op Op, block BlockType, height int) {
	if n := len(s.frames); n > 0 {
		s.frames[n-1].dead = s.dead
	}
	s.frames = append(s.frames, ctrl{op: op, block: block, height: int32(height), set: int32(len(s.set))})
	s.height, s.dead = height, false
}

// leave drops the innermost control frame.
func (s *Scratch) leave() {
	s.forget(int(s.frames[len(s.frames)-1].set))
	s.frames = s.frames[:len(s.frames)-1]
	if n := len(s.frames); n > 0 {
		s.height, s.dead = int(s.frames[n-1].height), s.frames[n-1].dead
	}
}

// unreachable makes the stack polymorphic.
func (s *Scratch) unreachable() {
	s.stack, s.dead = s.stack[:s.height], true
}

// pop takes an operand of any type.
func (s *Scratch) pop() (ValType, bool) {
	n := len(s.stack) - 1
	if n < s.height {
		if s.dead {
			return 0, true
		}
		return 0, s.fail(msgMismatch+": %s needs an operand, but the stack is empty", s.in.Op)
	}
	t := s.stack[n]
	s.stack = s.stack[:n]
	return t, true
}

// expect takes an operand of type t.
func (s *Scratch) expect(t ValType) bool {
	if n := len(s.stack) - 1; n >= s.height && s.stack[n] == t {
		s.stack = s.stack[:n]
		return true
	}
	return s.expectSlow(t)
}

// expectSlow is expect for unreachable code and for errors.
func (s *Scratch) expectSlow(t ValType) bool {
	n := len(s.stack) - 1
	if n < s.height {
		return s.dead || s.fail(msgMismatch+": %s needs an operand of type %s, but the stack is empty", s.in.Op, t)
	}
	if got := s.stack[n]; !s.m.Subtype(got, t) {
		return s.fail(msgMismatch+": %s expects %s, found %s", s.in.Op, t, got)
	}
	s.stack = s.stack[:n]
	return true
}

// matches checks that operands of the given types are on top of the stack.
func (s *Scratch) matches(types []ValType) bool {
	have := s.stack[s.height:]
	if n := len(have) - len(types); n >= 0 && slices.Equal(have[n:], types) {
		return true
	}
	for i := 1; i <= len(types); i++ {
		want := types[len(types)-i]
		if i > len(have) {
			return s.dead || s.fail(msgMismatch+": %s needs an operand of type %s, but the stack is empty", s.in.Op, want)
		}
		if got := have[len(have)-i]; !s.m.Subtype(got, want) {
			return s.fail(msgMismatch+": %s expects %s, found %s", s.in.Op, want, got)
		}
	}
	return true
}

// expectAll takes operands of the given types.
func (s *Scratch) expectAll(types []ValType) bool {
	if !s.matches(types) {
		return false
	}
	s.stack = s.stack[:max(s.height, len(s.stack)-len(types))]
	return true
}

// give pushes operands.
func (s *Scratch) give(types []ValType) bool {
	s.stack = append(s.stack, types...)
	return len(s.stack) <= maxOperands || s.fail("operand stack too deep: more than %d values", maxOperands)
}

// label returns the operand types of a branch to label i.
func (s *Scratch) label(i uint32) ([]ValType, bool) {
	if uint64(i) >= uint64(len(s.frames)) {
		return nil, s.fail("unknown label %d", i)
	}
	f := &s.frames[len(s.frames)-1-int(i)]
	params, results := s.m.BlockSignature(f.block)
	if f.op == OpLoop {
		return params, true
	}
	return results, true
}

// run checks the whole body. The frequent instructions are here, the others in instr.
func (s *Scratch) run() bool {
	m, r, in := s.m, &s.reader, &s.in
	for r.Next(in) {
		if s.visit != nil {
			s.visit(in, Operands{s.stack, !s.dead})
		}
		ok := true
		switch in.Op {
		case OpLocalGet:
			if s.late && !s.isSet(in.Index) {
				ok = s.fail("uninitialized local: local %d", in.Index)
			} else if int(in.Index) < len(s.locals) {
				s.stack = append(s.stack, s.locals[in.Index])
			} else {
				s.stack = append(s.stack, s.local(in.Index))
				ok = s.err == nil
			}
		case OpLocalSet:
			t := s.local(in.Index)
			ok = s.err == nil && s.expect(t)
			s.setLocal(in.Index)
		case OpLocalTee:
			t := s.local(in.Index)
			ok = s.err == nil && s.expect(t)
			s.setLocal(in.Index)
			s.stack = append(s.stack, t)
		case OpI32Const:
			s.stack = append(s.stack, I32)
		case OpI32Load, OpI32Load8S, OpI32Load8U, OpI32Load16S, OpI32Load16U, OpI64Load, OpF32Load, OpF64Load,
			OpI64Load8S, OpI64Load8U, OpI64Load16S, OpI64Load16U, OpI64Load32S, OpI64Load32U:
			ok = s.access(in.Index) && s.expect(s.addr)
			s.stack = append(s.stack, sigs[in.Op].out[0])
		case OpI32Store, OpI32Store8, OpI32Store16, OpI64Store, OpF32Store, OpF64Store, OpI64Store8, OpI64Store16, OpI64Store32:
			ok = s.access(in.Index) && s.expect(sigs[in.Op].in[1]) && s.expect(s.addr)
		case OpBlock, OpLoop, OpIf, OpTry:
			ok = s.enter()
		case OpTryTable, OpCatch, OpCatchAll, OpDelegate, OpThrow, OpThrowRef, OpRethrow:
			ok = s.exception()
		case OpElse:
			ok = s.orElse()
		case OpEnd:
			ok = s.end()
			if len(s.frames) == 0 {
				if ok && r.Offset() != s.body.End {
					s.in.Offset = r.Offset()
					return s.fail("section size mismatch: code behind the function's end")
				}
				return ok
			}
		case OpBr:
			types, found := s.label(in.Index)
			ok = found && s.matches(types)
			s.unreachable()
		case OpBrIf:
			ok = s.expect(I32)
			if !ok {
				break
			}
			types, found := s.label(in.Index)
			ok = found && s.expectAll(types)
			s.stack = append(s.stack, types...) // as high as before, or unreachable code
			ok = ok && (len(s.stack) <= maxOperands || s.give(nil))
		case OpCall:
			if uint64(in.Index) >= uint64(len(m.Funcs)) {
				ok = s.fail("unknown function %d", in.Index)
				break
			}
			t := m.FuncType(in.Index)
			ok = s.expectAll(t.Params) && s.give(t.Results)
		case OpReturnCall:
			if uint64(in.Index) >= uint64(len(m.Funcs)) {
				ok = s.fail("unknown function %d", in.Index)
				break
			}
			ok = s.tailCall(m.FuncType(in.Index))
		default:
			sig := &sigs[in.Op]
			if !sig.fixed {
				ok = s.instr()
				break
			}
			if !sig.plain {
				ok = s.operands() && s.fixed(sig)
				break
			}
			for i := int(sig.nin) - 1; ok && i >= 0; i-- {
				ok = s.expect(sig.in[i])
			}
			if sig.nout > 0 {
				s.stack = append(s.stack, sig.out[:sig.nout]...)
			}
		}
		if !ok {
			return false
		}
	}
	if r.err != nil {
		s.err = r.err
		return false
	}
	s.in.Offset = r.Offset()
	return s.fail(msgEnd + ": END opcode expected")
}

// enter checks block, loop or if and enters its frame.
func (s *Scratch) enter() bool {
	op, block := s.in.Op, s.in.Block
	if i, ok := block.Index(); ok && int(i) >= len(s.m.Types) {
		return s.fail("unknown type %d", i)
	}
	if !s.known(block.Value()) || op == OpIf && !s.expect(I32) {
		return false
	}
	params, _ := s.m.BlockSignature(block)
	if !s.expectAll(params) {
		return false
	}
	s.push(op, block, len(s.stack))
	return s.give(params)
}

// results checks that the innermost block ends with its results and nothing else on the
// stack, which it drops.
func (s *Scratch) results() (params, results []ValType, ok bool) {
	params, results = s.m.BlockSignature(s.frames[len(s.frames)-1].block)
	if !s.expectAll(results) {
		return params, results, false
	}
	if n := len(s.stack) - s.height; n > 0 {
		return params, results, s.fail(msgMismatch+": %d values remain on the stack at the end of the block", n)
	}
	return params, results, true
}

// orElse checks else.
func (s *Scratch) orElse() bool {
	f := s.frames[len(s.frames)-1]
	if f.op != OpIf {
		return s.fail("else without if")
	}
	params, _, ok := s.results()
	if !ok {
		return false
	}
	s.leave()
	s.push(OpElse, f.block, int(f.height))
	return s.give(params)
}

// end checks the end of a block.
func (s *Scratch) end() bool {
	params, results, ok := s.results()
	if !ok {
		return false
	}
	if s.frames[len(s.frames)-1].op == OpIf && !s.m.Subtypes(params, results) {
		return s.fail(msgMismatch + ": if without else must have the same parameters and results")
	}
	s.leave()
	return len(s.frames) == 0 || s.give(results)
}

// instr checks the instructions whose types depend on immediates or on the stack.
func (s *Scratch) instr() bool {
	m, in := s.m, &s.in
	switch in.Op {
	case OpUnreachable:
		s.unreachable()
	case OpDrop:
		_, ok := s.pop()
		return ok
	case OpSelect:
		return s.selects()
	case OpSelectT:
		if !s.known(in.Type) {
			return false
		}
		ok := s.expect(I32) && s.expect(in.Type) && s.expect(in.Type)
		s.stack = append(s.stack, in.Type)
		return ok
	case OpGlobalGet, OpGlobalSet:
		if uint64(in.Index) >= uint64(len(m.Globals)) {
			return s.fail("unknown global %d", in.Index)
		}
		g := &m.Globals[in.Index]
		if in.Op == OpGlobalGet {
			s.stack = append(s.stack, g.Type)
			return true
		}
		if !g.Mutable {
			return s.fail("global is immutable: global.set %d", in.Index)
		}
		return s.expect(g.Type)
	case OpBrTable:
		return s.brTable()
	case OpReturn:
		_, results := m.BlockSignature(s.frames[0].block)
		ok := s.matches(results)
		s.unreachable()
		return ok
	case OpCallIndirect, OpReturnCallIndirect:
		t, ok := s.table(in.Index2)
		if !ok {
			return false
		}
		if !m.Subtype(t.Elem, FuncRef) {
			return s.fail(msgMismatch+": indirect call through a table of %s", t.Elem)
		}
		if uint64(in.Index) >= uint64(len(m.Types)) {
			return s.fail("unknown type %d", in.Index)
		}
		f := &m.Types[in.Index]
		if in.Op == OpReturnCallIndirect {
			return s.expect(t.AddrType()) && s.tailCall(f)
		}
		return s.expect(t.AddrType()) && s.expectAll(f.Params) && s.give(f.Results)
	case OpTableGet, OpTableSet, OpTableGrow, OpTableFill:
		t, ok := s.table(in.Index)
		if !ok {
			return false
		}
		addr := t.AddrType()
		switch in.Op {
		case OpTableGet:
			ok = s.expect(addr)
			s.stack = append(s.stack, t.Elem)
		case OpTableSet:
			ok = s.expect(t.Elem) && s.expect(addr)
		case OpTableGrow:
			ok = s.expect(addr) && s.expect(t.Elem)
			s.stack = append(s.stack, addr)
		case OpTableFill:
			ok = s.expect(addr) && s.expect(t.Elem) && s.expect(addr)
		}
		return ok
	case OpRefNull:
		if !s.known(in.Type) {
			return false
		}
		s.stack = append(s.stack, in.Type)
	case OpRefAsNonNull, OpBrOnNull, OpBrOnNonNull:
		return s.nullTest()
	case OpCallRef, OpReturnCallRef:
		return s.callRef()
	case OpRefIsNull:
		t, ok := s.pop()
		if !ok {
			return false
		}
		if t != 0 && !t.IsRef() {
			return s.fail(msgMismatch+": ref.is_null expects a reference, found %s", t)
		}
		s.stack = append(s.stack, I32)
	case OpRefFunc:
		if uint64(in.Index) >= uint64(len(m.Funcs)) {
			return s.fail("unknown function %d", in.Index)
		}
		if m.declared[in.Index/64]>>(in.Index%64)&1 == 0 {
			return s.fail("undeclared function reference: function %d", in.Index)
		}
		s.stack = append(s.stack, m.funcRef(in.Index))
	default:
		panic(fmt.Sprintf("wasm: validate: no rule for %s at code offset 0x%x", in.Op, uint32(in.Offset)))
	}
	return true
}

// tailCall checks a call that returns what it gets.
func (s *Scratch) tailCall(t *FuncType) bool {
	_, results := s.m.BlockSignature(s.frames[0].block)
	if !s.m.Subtypes(t.Results, results) {
		return s.fail(msgMismatch+": %s of a function with other results", s.in.Op)
	}
	ok := s.matches(t.Params)
	s.unreachable()
	return ok
}

// selects checks select without a type.
func (s *Scratch) selects() bool {
	if !s.expect(I32) {
		return false
	}
	a, ok := s.pop()
	if !ok {
		return false
	}
	b, ok := s.pop()
	if !ok {
		return false
	}
	if a.IsRef() || b.IsRef() {
		return s.fail(msgMismatch + ": select of references needs a type")
	}
	if a != b && a != 0 && b != 0 {
		return s.fail(msgMismatch+": select between %s and %s", b, a)
	}
	s.stack = append(s.stack, max(a, b))
	return true
}

// brTable checks br_table. A long table names few labels again and again: equal neighbours
// are checked once.
func (s *Scratch) brTable() bool {
	if !s.expect(I32) {
		return false
	}
	types, ok := s.label(s.in.Index)
	if !ok || !s.matches(types) {
		return false
	}
	last := s.in.Index
	for _, l := range s.in.Targets {
		if l == last {
			continue
		}
		last = l
		t, ok := s.label(l)
		if !ok {
			return false
		}
		if len(t) != len(types) {
			return s.fail(msgMismatch+": labels of br_table have %d and %d operands", len(t), len(types))
		}
		if !s.matches(t) {
			return false
		}
	}
	s.unreachable()
	return true
}
