package interp

import (
	"errors"
	"fmt"
	"slices"

	"sphex/aot/wasm"
)

// Value is a WebAssembly value. The bits above its type's width are zero. References are 0 for
// null; to function i, i+1.
type Value struct {
	Bits uint64
	Type wasm.ValType
	High uint64 // the upper half of a v128
}

// Trap is a trap, in the words of the specification's test suite.
type Trap string

func (t Trap) Error() string { return string(t) }

// The traps.
const (
	TrapUnreachable Trap = "unreachable"
	TrapMemory      Trap = "out of bounds memory access"
	TrapTable       Trap = "out of bounds table access"
	TrapElement     Trap = "undefined element"
	TrapNull        Trap = "uninitialized element"
	TrapSignature   Trap = "indirect call type mismatch"
	TrapDivide      Trap = "integer divide by zero"
	TrapOverflow    Trap = "integer overflow"
	TrapConversion  Trap = "invalid conversion to integer"
	TrapCallStack   Trap = "call stack exhausted"
	TrapException   Trap = "uncaught exception"
	TrapNullRef     Trap = "null reference"
	TrapUnaligned   Trap = "unaligned atomic"
	TrapUnshared    Trap = "expected shared memory"
)

const (
	maxDepth     = 1 << 16
	maxMemory    = 5 << 30 // though one with addresses of 64 bits may be larger
	maxElements  = 10_000_000
	savedGlobals = 4
)

// ErrBudget is what Run returns when it has run as many instructions as it was allowed.
var ErrBudget = errors.New("the budget of instructions is used up")

// Machine is a module with its state, and one call that runs in it.
type Machine struct {
	Module   *wasm.Module
	Memories [][]byte
	Globals  []Value
	Tables   [][]uint64
	// Host is called for imported functions.
	Host func(index uint32, args []Value) ([]Value, error)
	// Budget is how many instructions may still run.
	Budget int64
	// Spent is how often a function of the module's own was entered or a round of a loop began, so far: what
	// metered native code counts (codemap.Map.Metered).
	Spent int64

	funcs      []*function // of the bodies, decoded when they are first called
	frames     []Frame
	stack      []Value
	labels     []label
	dropped    []bool       // data segments
	gone       []bool       // element segments
	entered    int          // activations so far
	exceptions []*exception // that references refer to, from 1 on
	landed     bool         // the program counter is at a catch because of an exception, and not behind a block\'s end
	passed     bool         // the stop at the program counter has been reported
}

// Frame is the activation of a function.
type Frame struct {
	Func   uint32  // in the function index space
	Locals []Value // parameters first
	Params []Value // as they were at the entry
	Number int     // of this activation among all of the machine's
	// Saved is the first globals as they were when the function called the next one.
	Saved [savedGlobals]Value

	code *function
	pc   int
	base int // of its operands
	mark int // of its labels
}

// label is where a branch goes. That of a loop is the loop instruction itself, which makes the
// label anew; where it stands, the compiler's stop site does.
type label struct {
	pc, height, arity int
	block             int        // try, try_table: where it begins
	caught            *exception // in a catch block: what it caught
}

type function struct {
	typ    *wasm.FuncType
	locals []wasm.ValType
	code   []instruction
	index  map[wasm.CodeOffset]int
}

type instruction struct {
	wasm.Inst
	stop    bool
	els     int   // if: the matching else, or 0
	end     int   // block, loop, if, else, try, try_table, catch: the matching end or delegate
	catches []int // try: its catch instructions
	arity   int   // of the label; of a loop the parameters
	in      int   // parameters of the block
}

// function decodes the body of function f.
func (m *Machine) function(f uint32) *function {
	i := int(f) - m.Module.NumImportedFuncs
	if fn := m.funcs[i]; fn != nil {
		return fn
	}
	b := &m.Module.Code[i]
	fn := &function{typ: m.Module.FuncType(f), index: map[wasm.CodeOffset]int{}}
	fn.locals = append(fn.locals, fn.typ.Params...)
	for _, r := range b.Locals {
		for range r.Count {
			fn.locals = append(fn.locals, r.Type)
		}
	}
	var open []int
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m.Module, b); r.Next(&in); {
		at := len(fn.code)
		x := instruction{Inst: in}
		x.Targets = slices.Clone(in.Targets)
		x.Catches = slices.Clone(in.Catches)
		fn.index[in.Offset] = at
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpTry, wasm.OpTryTable:
			params, results := m.Module.BlockSignature(in.Block)
			x.in, x.arity = len(params), len(results)
			if in.Op == wasm.OpLoop {
				x.arity = len(params)
			}
			open = append(open, at)
		case wasm.OpElse:
			fn.code[open[len(open)-1]].els = at
		case wasm.OpCatch, wasm.OpCatchAll:
			start := &fn.code[open[len(open)-1]]
			start.catches = append(start.catches, at)
		case wasm.OpEnd, wasm.OpDelegate:
			if n := len(open) - 1; n >= 0 {
				start := &fn.code[open[n]]
				start.end = at
				for _, k := range start.catches {
					fn.code[k].end = at
				}
				if start.els != 0 {
					fn.code[start.els].end = at
				}
				open = open[:n]
			}
		}
		fn.code = append(fn.code, x)
	}
	m.funcs[i] = fn
	return fn
}

// Stop makes Run stop before the instruction at off of function f, or not any more. It reports
// whether there is one.
func (m *Machine) Stop(f uint32, off wasm.CodeOffset, on bool) bool {
	fn := m.function(f)
	i, ok := fn.index[off]
	if ok {
		fn.code[i].stop = on
	}
	return ok
}

// Call prepares a call. Whatever ran before is forgotten. A v128 takes two words of args, low half first.
func (m *Machine) Call(f uint32, args ...uint64) {
	m.frames, m.stack, m.labels = m.frames[:0], m.stack[:0], m.labels[:0]
	for _, t := range m.Module.FuncType(f).Params {
		v := Value{Bits: args[0], Type: t}
		if args = args[1:]; t == wasm.V128 {
			v.High, args = args[0], args[1:]
		}
		m.stack = append(m.stack, v)
	}
	m.passed, m.landed = false, false
	m.enter(f)
}

func (m *Machine) enter(f uint32) {
	m.Spent++
	fn := m.function(f)
	n := len(fn.typ.Params)
	locals := make([]Value, len(fn.locals), len(fn.locals)+n)
	base := len(m.stack) - n
	copy(locals, m.stack[base:])
	for i, t := range fn.locals[n:] {
		locals[n+i].Type = t
	}
	params := append(locals[len(locals):], locals[:n]...)
	m.stack = m.stack[:base]
	m.entered++
	m.frames = append(m.frames, Frame{Func: f, Locals: locals, Params: params, Number: m.entered, code: fn, base: base, mark: len(m.labels)})
}

// Depth is the number of frames.
func (m *Machine) Depth() int { return len(m.frames) }

// Frame returns the nth frame from the innermost, 0, on.
func (m *Machine) Frame(n int) *Frame { return &m.frames[len(m.frames)-1-n] }

// At is the offset of the instruction that the frame will run next, or of the call in which it
// stands.
func (f *Frame) At() wasm.CodeOffset { return f.code.code[f.pc].Offset }

// Behind is the offset behind that instruction.
func (f *Frame) Behind() wasm.CodeOffset {
	if f.pc+1 < len(f.code.code) {
		return f.code.code[f.pc+1].Offset
	}
	return f.code.code[f.pc].Offset + 1
}

// Op is that instruction's opcode.
func (f *Frame) Op() wasm.Op { return f.code.code[f.pc].Op }

// Operands returns the operand stack of the nth frame, bottom first.
func (m *Machine) Operands(n int) []Value {
	i := len(m.frames) - 1 - n
	top := len(m.stack)
	if i+1 < len(m.frames) {
		top = m.frames[i+1].base
	}
	return m.stack[m.frames[i].base:top]
}

// Results are what the call has left when it has ended.
func (m *Machine) Results() []Value { return m.stack }

func (m *Machine) push(t wasm.ValType, bits uint64) {
	m.stack = append(m.stack, Value{Bits: bits, Type: t})
}

func (m *Machine) pop() uint64 { return m.popValue().Bits }

func (m *Machine) popValue() Value {
	n := len(m.stack) - 1
	v := m.stack[n]
	m.stack = m.stack[:n]
	return v
}

// Run goes on to the next instruction that is a stop, or to the end of the call: then Depth is
// 0. The error is a Trap, what Host returned, ErrBudget, or names an instruction that is not
// known here; the call stands where that happened.
func (m *Machine) Run() error {
	for len(m.frames) > 0 {
		f := &m.frames[len(m.frames)-1]
		in := &f.code.code[f.pc]
		falls := (in.Op == wasm.OpCatch || in.Op == wasm.OpCatchAll) && !m.landed
		if in.stop && !m.passed && !falls {
			m.passed = true
			return nil
		}
		if m.Budget--; m.Budget < 0 {
			m.Budget = 0
			return ErrBudget
		}
		m.passed = false
		if err := m.step(f, in); err != nil {
			return err
		}
	}
	return nil
}

// step runs one instruction.
func (m *Machine) step(f *Frame, in *instruction) error {
	next := f.pc + 1
	switch in.Op {
	case wasm.OpUnreachable:
		return TrapUnreachable
	case wasm.OpNop:
	case wasm.OpBlock, wasm.OpTry, wasm.OpTryTable:
		m.labels = append(m.labels, label{pc: in.end + 1, height: len(m.stack) - in.in, arity: in.arity, block: f.pc})
	case wasm.OpLoop:
		m.Spent++
		m.labels = append(m.labels, label{pc: f.pc, height: len(m.stack) - in.in, arity: in.arity, block: f.pc})
	case wasm.OpIf:
		cond := uint32(m.pop())
		switch {
		case cond != 0:
			m.labels = append(m.labels, label{pc: in.end + 1, height: len(m.stack) - in.in, arity: in.arity, block: f.pc})
		case in.els != 0:
			m.labels = append(m.labels, label{pc: in.end + 1, height: len(m.stack) - in.in, arity: in.arity, block: f.pc})
			next = in.els + 1
		default:
			next = in.end + 1
		}
	case wasm.OpElse, wasm.OpCatch, wasm.OpCatchAll:
		if m.landed {
			m.landed = false
			break
		}
		m.labels = m.labels[:len(m.labels)-1]
		next = in.end + 1
	case wasm.OpThrow:
		types := m.Module.TagType(in.Index)
		base := len(m.stack) - len(types)
		return m.throw(&exception{in.Index, slices.Clone(m.stack[base:])})
	case wasm.OpThrowRef:
		ref := m.pop()
		if ref == 0 {
			return TrapNullRef
		}
		return m.throw(m.exceptions[ref-1])
	case wasm.OpRethrow:
		return m.throw(m.labels[len(m.labels)-1-int(in.Index)].caught)
	case wasm.OpEnd, wasm.OpDelegate:
		if len(m.labels) == f.mark {
			m.leave(f)
			return nil
		}
		m.labels = m.labels[:len(m.labels)-1]
	case wasm.OpBr:
		return m.branch(f, in.Index)
	case wasm.OpBrIf:
		if uint32(m.pop()) != 0 {
			return m.branch(f, in.Index)
		}
	case wasm.OpBrTable:
		i := uint32(m.pop())
		if uint64(i) < uint64(len(in.Targets)) {
			return m.branch(f, in.Targets[i])
		}
		return m.branch(f, in.Index)
	case wasm.OpReturn:
		m.leave(f)
		return nil
	case wasm.OpCall:
		return m.call(f, in.Index)
	case wasm.OpReturnCall:
		return m.tailCall(f, in.Index)
	case wasm.OpCallIndirect, wasm.OpReturnCallIndirect:
		t := m.Tables[in.Index2]
		i := m.stack[len(m.stack)-1].Bits
		if i >= uint64(len(t)) {
			return TrapElement
		}
		if t[i] == 0 {
			return TrapNull
		}
		g := uint32(t[i] - 1)
		if !m.sameType(m.Module.FuncType(g), &m.Module.Types[in.Index]) {
			return TrapSignature
		}
		m.pop()
		if in.Op == wasm.OpReturnCallIndirect {
			return m.tailCall(f, g)
		}
		return m.call(f, g)
	case wasm.OpCallRef, wasm.OpReturnCallRef:
		ref := m.stack[len(m.stack)-1].Bits
		if ref == 0 {
			return TrapNullRef
		}
		m.pop()
		if in.Op == wasm.OpReturnCallRef {
			return m.tailCall(f, uint32(ref-1))
		}
		return m.call(f, uint32(ref-1))
	case wasm.OpRefAsNonNull:
		if m.stack[len(m.stack)-1].Bits == 0 {
			return TrapNullRef
		}
	case wasm.OpBrOnNull:
		if m.stack[len(m.stack)-1].Bits == 0 {
			m.pop()
			return m.branch(f, in.Index)
		}
	case wasm.OpBrOnNonNull:
		if m.stack[len(m.stack)-1].Bits != 0 {
			return m.branch(f, in.Index)
		}
		m.pop()
	case wasm.OpDrop:
		m.pop()
	case wasm.OpSelect, wasm.OpSelectT:
		cond := uint32(m.pop())
		n := len(m.stack)
		if cond == 0 {
			m.stack[n-2] = m.stack[n-1]
		}
		m.stack = m.stack[:n-1]
	case wasm.OpLocalGet:
		m.stack = append(m.stack, f.Locals[in.Index])
	case wasm.OpLocalSet:
		f.Locals[in.Index] = m.popValue()
	case wasm.OpLocalTee:
		f.Locals[in.Index] = m.stack[len(m.stack)-1]
	case wasm.OpGlobalGet:
		m.stack = append(m.stack, m.Globals[in.Index])
	case wasm.OpGlobalSet:
		m.Globals[in.Index] = m.popValue()
	case wasm.OpI32Const:
		m.push(wasm.I32, in.Value)
	case wasm.OpI64Const:
		m.push(wasm.I64, in.Value)
	case wasm.OpF32Const:
		m.push(wasm.F32, in.Value)
	case wasm.OpF64Const:
		m.push(wasm.F64, in.Value)
	case wasm.OpV128Const:
		m.pushVector(vector{in.Value, in.High})
	case wasm.OpRefNull:
		m.push(in.Type, 0)
	case wasm.OpRefIsNull:
		m.push(wasm.I32, truth(m.pop() == 0))
	case wasm.OpRefFunc:
		m.push(wasm.FuncRef, uint64(in.Index)+1)
	default:
		if in.Op >= wasm.OpAtomicNotify && in.Op < wasm.OpV128Load {
			if err := m.atomic(in); err != nil {
				return err
			}
			break
		}
		if in.Op >= wasm.OpV128Load {
			if err := m.vector(in); err != nil {
				return err
			}
			break
		}
		if w := in.Op.Width(); w != 0 {
			if err := m.access(in, uint64(w)); err != nil {
				return err
			}
			break
		}
		if _, _, fixed := in.Op.Signature(); fixed && in.Op.Imm() == wasm.ImmNone {
			if err := m.numeric(in.Op); err != nil {
				return err
			}
			break
		}
		if err := m.bulk(in); err != nil {
			return err
		}
	}
	f.pc = next
	return nil
}

// branch goes to the nth label from the innermost.
func (m *Machine) branch(f *Frame, n uint32) error {
	i := len(m.labels) - 1 - int(n)
	if i < f.mark {
		m.leave(f)
		return nil
	}
	l := m.labels[i]
	m.keep(l.height, l.arity)
	m.labels = m.labels[:i]
	f.pc = l.pc
	return nil
}

// keep takes what is above height from the stack, but for the uppermost n.
func (m *Machine) keep(height, n int) {
	top := len(m.stack)
	copy(m.stack[height:], m.stack[top-n:])
	m.stack = m.stack[:height+n]
}

// leave ends the innermost frame.
func (m *Machine) leave(f *Frame) {
	m.keep(f.base, len(f.code.typ.Results))
	m.labels = m.labels[:f.mark]
	m.frames = m.frames[:len(m.frames)-1]
	if n := len(m.frames); n > 0 {
		m.frames[n-1].pc++ // behind the call
	}
}

// call calls function g, which may be an import. The frame stands at the call until g returns.
func (m *Machine) call(f *Frame, g uint32) error {
	copy(f.Saved[:], m.Globals)
	if int(g) >= m.Module.NumImportedFuncs {
		if len(m.frames) >= maxDepth {
			return TrapCallStack
		}
		m.enter(g)
		return nil
	}
	t := m.Module.FuncType(g)
	base := len(m.stack) - len(t.Params)
	if m.Host == nil {
		return fmt.Errorf("there is no host for function %d", g)
	}
	results, err := m.Host(g, m.stack[base:])
	if err != nil {
		return err
	}
	m.stack = append(m.stack[:base], results...)
	f.pc++
	return nil
}

// sameType compares two types of the module.
func (m *Machine) sameType(a, b *wasm.FuncType) bool {
	same := func(a, b []wasm.ValType) bool { return m.Module.Subtypes(a, b) && m.Module.Subtypes(b, a) }
	return a == b || same(a.Params, b.Params) && same(a.Results, b.Results)
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
