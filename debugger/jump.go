package debugger

import (
	"errors"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// Jumping and returning early leave code out. A jump is sound where nothing but locals and memory lives at both
// ends: every local has one home for the whole function, and the operand stack is empty at most
// statements. Memory is not changed back, and what the code left out would have done is not done.

// JumpTo makes the program go on at a place of the innermost function, without running what is between.
func (s *Session) JumpTo(spec BreakpointSpec) (*Stop, error) {
	return s.moveTo(func() error {
		f := s.stackNow().physical(0)
		if f == nil || !f.guest() || s.image.function(f.pc) == nil {
			return errors.New("the program stands in no function of the module")
		}
		places, message := s.bind(s.image, &spec)
		var to *BreakPlace
		for i := range places {
			if p := &places[i]; p.Text >= f.Func.Text && p.Text < f.Func.TextEnd && (to == nil || p.Line == spec.Line && to.Line != p.Line) {
				to = p
			}
		}
		switch {
		case len(places) == 0:
			return errors.New(message)
		case to == nil:
			return fmt.Errorf("%s is in another function: a jump stays in the one where the program stands", spec.String())
		case f.pc < f.Func.BodyText || to.Text < f.Func.BodyText:
			return errors.New("the function's frame is not complete: step behind its beginning first")
		}
		if statementAt(s.image.functionStatements(to.Text), to.Text) == nil {
			return fmt.Errorf("no statement begins at %s", spec.String())
		}
		if err := s.emptyStack(f.Func, f.pc, "here"); err != nil {
			return err
		}
		if err := s.emptyStack(f.Func, to.Text, "there"); err != nil {
			return err
		}
		if err := s.program.instance.SetPC(to.Text); err != nil {
			return err
		}
		s.shown = to.shownAt(s.image.levelsAt(to.Text))
		return nil
	})
}

// moveTo lets f change where the program stands, and returns that as a stop.
func (s *Session) moveTo(f func() error) (stop *Stop, err error) {
	err = s.whileStopped(func() error {
		if s.program.core != nil {
			return errCore
		}
		if err := f(); err != nil {
			return err
		}
		s.epoch.Add(1)
		s.stack, s.topRead, s.trapped = nil, false, nil
		stop = &Stop{Reasons: []Reason{{Kind: ReasonStep}}}
		stop.Frame = s.topFrame()
		s.setState(Stopped, stop)
		return nil
	})
	return stop, err
}

// emptyStack refuses a place where the operand stack holds something, or that is within an instruction.
func (s *Session) emptyStack(f *codemap.Func, text abi.TextOffset, where string) error {
	code, ok := wasmOffset(f, text)
	if !ok {
		return fmt.Errorf("no instruction is known %s", where)
	}
	m := s.image.module
	var scratch wasm.Scratch
	n, found := 0, false
	err := m.TraceFunc(int(f.Index)-m.NumImportedFuncs, &scratch, func(in *wasm.Inst, o wasm.Operands) {
		if in.Offset == code {
			n, found = len(o.Types), true
		}
	})
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("no instruction is known %s", where)
	case n > 0:
		return fmt.Errorf("an expression is half computed %s: its %s would be lost; go to the beginning of a statement", where, count(n, "operand"))
	}
	return nil
}

// ReturnEarly makes the function of a frame return at once, with the value of an expression, which is evaluated in that
// frame; "" for a function without a result. The frames inside of it are given up.
func (s *Session) ReturnEarly(level int, expr string) (*Stop, error) {
	return s.moveTo(func() error {
		f, err := s.frameAt(level)
		if err != nil {
			return err
		}
		stack := s.stackNow()
		callee, caller := stack.physical(f.physical), stack.physical(f.physical+1)
		switch {
		case f.Host || !callee.guest():
			return fmt.Errorf("frame %d is no function of the program", level)
		case f.Inlined:
			return fmt.Errorf("%s was inlined: it has no return of its own", f.Function)
		case caller == nil || !caller.guest():
			return fmt.Errorf("%s was called by the host: there is nothing of the program to return to", f.Function)
		case f.physical == 0 && callee.pc < callee.Func.BodyText:
			return errors.New("the function's frame is not complete: step behind its beginning first")
		}
		for k := range f.physical {
			if p := stack.physical(k); p.Host != nil || p.Instance != callee.Instance {
				return errors.New("a host function is between here and there")
			}
		}
		typ := s.image.module.FuncType(callee.Func.Index)
		var bits uint64
		switch {
		case len(typ.Results) > 1:
			return fmt.Errorf("%s has %d results", f.Function, len(typ.Results))
		case len(typ.Results) == 0 && expr != "":
			return fmt.Errorf("%s returns no value in a register: what it returns it writes to memory", f.Function)
		case len(typ.Results) == 1 && expr == "":
			return fmt.Errorf("%s returns an %v: give a value", f.Function, typ.Results[0])
		case len(typ.Results) == 1:
			if bits, err = s.resultBits(f, expr, typ.Results[0]); err != nil {
				return err
			}
		}
		if err := s.returnFrom(f.physical); err != nil {
			return err
		}
		if len(typ.Results) == 1 {
			m := machineFor(s.image.object.Map.Target.Machine)
			b := make([]byte, 8)
			for i := range b {
				b[i] = byte(bits >> (8 * i))
			}
			return s.stackNow().physical(0).setRegister(m.result(typ.Results[0]), b)
		}
		return nil
	})
}

// resultBits evaluates what a function is to return.
func (s *Session) resultBits(f *Frame, expr string, t wasm.ValType) (uint64, error) {
	v, err := s.scope(f).Eval(expr)
	if err != nil {
		return 0, err
	}
	bits, err := v.Word(t == wasm.F32 || t == wasm.F64, t == wasm.I32 || t == wasm.F32)
	if err != nil {
		return 0, fmt.Errorf("%s can't be returned as an %v: %w", expr, t, err)
	}
	return bits, nil
}

// stackPointerAtEntry finds what the stack pointer in linear memory was when the function of a physical frame was entered:
// the first function from there inwards that changes it tells. known is false if none does.
func (s *Session) stackPointerAtEntry(n int) (pointer uint32, known bool, err error) {
	g := s.stackPointerIndex()
	if g < 0 {
		return 0, false, nil
	}
	for k := n; k >= 0; k-- {
		p := s.stackNow().physical(k)
		if p == nil || !p.guest() {
			continue
		}
		code, _ := wasmOffset(p.Func, p.lookup())
		first, off, local := s.image.findPrologue(p.Func.Index, uint32(g))
		switch {
		case first == 0: // it never changes it
		case k == 0 && code <= first: // not yet
		case local < 0:
			return 0, false, errors.New("what the program's stack pointer was when the function was entered can't be found out")
		default:
			v, ok := s.wasmLocal(p, local)
			if !ok {
				return 0, false, errors.New("the frame's stack pointer is not known")
			}
			return uint32(v) - uint32(off), true, nil
		}
	}
	return 0, false, nil
}

// stackPointerIndex is the number of the stack pointer's global, -1 if there is none.
func (s *Session) stackPointerIndex() int {
	g := s.stackPointer()
	if g == nil {
		return -1
	}
	for i := range s.image.module.Globals {
		if s.program.instance.Global(i).Addr() == g.Addr() {
			return i
		}
	}
	return -1
}

// relative is what the beginning of a function is known to compute: a constant, or the stack pointer at its entry
// and a constant.
type relative struct {
	off   int32
	sp    bool
	known bool
}

// findPrologue looks at how a function takes room on the stack in linear memory: where it first changes the
// stack pointer, 0 if it never does, and a local that holds the pointer at its entry plus off from then on, -1 if
// there is none.
func (im *image) findPrologue(index, global uint32) (first wasm.CodeOffset, off int32, local int) {
	i := int(index) - im.module.NumImportedFuncs
	if i < 0 || i >= len(im.module.Code) {
		return 0, 0, -1
	}
	var stack []relative
	locals, sets := map[uint32]relative{}, map[uint32]int{}
	pop := func() (v relative) {
		if n := len(stack); n > 0 {
			v, stack = stack[n-1], stack[:n-1]
		}
		return v
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(im.module, &im.module.Code[i]); r.Next(&in); {
		if in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee {
			sets[in.Index]++
		}
		switch in.Op {
		case wasm.OpGlobalGet:
			stack = append(stack, relative{sp: true, known: in.Index == global && first == 0})
		case wasm.OpI32Const:
			stack = append(stack, relative{off: int32(in.Value), known: true})
		case wasm.OpLocalGet:
			stack = append(stack, locals[in.Index])
		case wasm.OpLocalSet, wasm.OpLocalTee:
			v := pop()
			if in.Op == wasm.OpLocalTee {
				stack = append(stack, v)
			}
			if first == 0 { // else it may be in a branch that was not taken
				locals[in.Index] = v
			}
		case wasm.OpI32Add, wasm.OpI32Sub:
			b, a := pop(), pop()
			v := relative{known: a.known && b.known && !(a.sp && b.sp), sp: a.sp || b.sp}
			if v.off = a.off + b.off; in.Op == wasm.OpI32Sub {
				v.off = a.off - b.off
				v.known = v.known && !b.sp
			}
			stack = append(stack, v)
		case wasm.OpGlobalSet:
			pop()
			if in.Index == global && first == 0 {
				first = in.Offset
			}
		default:
			stack = stack[:0]
		}
	}
	local = -1
	for l, v := range locals {
		if v.known && v.sp && sets[l] == 1 && (local < 0 || int(l) < local) {
			local, off = int(l), v.off
		}
	}
	return first, off, local
}
