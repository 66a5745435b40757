package runtime

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Tag is an exception tag. Two are the same only if they are one (core specification, 4.2.10).
type Tag struct {
	params []wasm.ValType
	owner  *Instance // nil: the host
}

func (*Tag) externKind() wasm.ExternKind { return wasm.ExternTag }

// NewTag makes a tag of the host's; params are the types of the values that its exceptions carry.
func NewTag(params ...wasm.ValType) *Tag { return &Tag{params: slices.Clone(params)} }

// Params returns the types of the values that exceptions with the tag carry. The slice is not to be changed.
func (t *Tag) Params() []wasm.ValType { return t.params }

// Exception is an exception that guest code has thrown, or that a host function throws by returning it as its
// error. A host function that passes on the error of a call which it made lets it go on to the guest code that called
// the host function. What nobody catches ends the call with a *TrapError of kind TrapException.
type Exception struct {
	Tag    *Tag
	Values []uint64 // words, as those of calls
}

func (e *Exception) Error() string { return "exception" }

// exceptionRefs are the exceptions of a store that values of type exnref may refer to. Guest code can drop a
// reference without our seeing it: those that are nowhere any more are swept when there are many.
type exceptionRefs struct {
	mu    sync.Mutex
	byRef map[uint64]exceptionRef
	refs  map[*Exception]uint64 // the same the other way round
	last  uint64
	limit int // how many make a sweep worthwhile
}

type exceptionRef struct {
	e     *Exception
	owner *Instance // whose code got the reference
}

// refMark makes references numbers that are seldom anything else.
const refMark = 0xe4c0_0000_0000_0000

// minRefs is how many references are kept before the first sweep.
const minRefs = 1 << 10

// maxRefs is how many there can be in a store: each takes some hundred bytes of the host's memory, whether the guest can still
// get at it or not. A test has fewer.
var maxRefs = 1 << 20

// refTo returns a reference to e for guest code of the instance, which stands with its stack pointer at sp.
func (in *Instance) refTo(e *Exception, sp abi.Addr) (uint64, error) {
	x := &in.store.exceptions
	x.mu.Lock()
	defer x.mu.Unlock()
	if r := x.refs[e]; r != 0 {
		return r, nil
	}
	if len(x.byRef) >= max(x.limit, minRefs) {
		if in.ownExceptions() {
			in.sweepExceptions(sp)
		}
		if len(x.byRef) >= maxRefs {
			return 0, &LimitError{What: "references to exceptions", Wanted: uint64(maxRefs) + 1, Limit: uint64(maxRefs)}
		}
		x.limit = min(2*len(x.byRef), maxRefs)
	}
	if x.byRef == nil {
		x.byRef, x.refs = map[uint64]exceptionRef{}, map[*Exception]uint64{}
	}
	x.last++
	r := refMark | x.last
	x.byRef[r], x.refs[e] = exceptionRef{e, in}, r
	return r, nil
}

// exception returns what a reference refers to, nil for null.
func (s *Store) exception(ref uint64) *Exception {
	s.exceptions.mu.Lock()
	defer s.exceptions.mu.Unlock()
	return s.exceptions.byRef[ref].e
}

func isException(t wasm.ValType) bool { return t.Top() == wasm.ExnRef }

// ownExceptions reports whether references to what the instance caught stay within it: no import or export can hand them on,
// nor a call through a table. Types of blocks that return them, which LLVM makes, hand nothing on.
func (in *Instance) ownExceptions() bool {
	w := in.mod.wasm
	for _, t := range w.Types {
		if slices.ContainsFunc(t.Params, isException) {
			return false
		}
	}
	for _, t := range w.Funcs {
		if slices.ContainsFunc(w.Types[t].Results, isException) {
			return false
		}
	}
	for i := range w.Imports {
		if im := &w.Imports[i]; im.Kind == wasm.ExternTable && isException(im.Table.Elem) || im.Kind == wasm.ExternGlobal && isException(im.Global.Type) {
			return false
		}
	}
	for i := range w.Exports {
		switch e := &w.Exports[i]; e.Kind {
		case wasm.ExternTable:
			if isException(w.Tables[e.Index].Elem) {
				return false
			}
		case wasm.ExternGlobal:
			if isException(w.Globals[e.Index].Type) {
				return false
			}
		}
	}
	return true
}

// sweepExceptions forgets the exceptions whose references are in no register, stack slot, global or table. A word that only
// looks like one keeps its exception.
func (in *Instance) sweepExceptions(sp abi.Addr) {
	used := map[uint64]bool{}
	mark := func(w uint64) {
		if w&refMark == refMark {
			used[w] = true
		}
	}
	for _, r := range in.ctx.Regs {
		mark(r)
	}
	for a := in.top; a != nil; a = a.outer {
		if a.saved != nil {
			for _, p := range a.saved.WholeRegisters() {
				if p != nil {
					mark(*p)
				}
			}
		}
	}
	stack := native.Bytes(sp&^7, uint64(in.stack.Hi-sp&^7))
	for ; len(stack) >= 8; stack = stack[8:] {
		mark(binary.LittleEndian.Uint64(stack))
	}
	for _, g := range in.globals {
		mark(g.word[0])
	}
	for _, t := range in.tables {
		if isException(t.typ.Elem) {
			for _, w := range t.elems {
				mark(w)
			}
		}
	}
	x := &in.store.exceptions
	for ref, r := range x.byRef {
		if r.owner == in && !used[ref] {
			delete(x.byRef, ref)
			delete(x.refs, r.e)
		}
	}
}

// throw serves HostThrow: the tag, then the values.
func (a *activation) throw(args []uint64) error {
	t := a.in.tags[uint32(args[0])]
	return &Exception{Tag: t, Values: slices.Clone(args[1 : 1+words(t.params)])}
}

// throwRef serves HostThrowRef.
func (a *activation) throwRef(ref uint64) error {
	if e := a.in.store.exception(ref); e != nil {
		return e
	}
	return &TrapError{Kind: abi.TrapNullReference}
}

// handlerFor finds the handler of a frame that takes e.
func (f *Frame) handlerFor(e *Exception) *codemap.Handler {
	if f.Func == nil || !f.Return {
		return nil
	}
	list := f.Func.Read().Handlers
	if len(list) == 0 {
		return nil
	}
	pc := inline(f.Func.Calls, f.PC)
	most := ^uint32(0)
	for i := range list {
		h := &list[i]
		if pc <= h.From || pc > h.To || h.Depth > most {
			continue
		}
		switch {
		case h.Kind == codemap.Delegate:
			most = h.Index
		case h.Kind == codemap.CatchAll, f.Instance.tags[h.Index] == e.Tag:
			return h
		}
	}
	return nil
}

// inline returns the return address that a call has among the code of its blocks: a call of another instance's function
// through a table stands behind the function's body.
func inline(calls []codemap.Call, pc abi.TextOffset) abi.TextOffset {
	i, ok := slices.BinarySearchFunc(calls, pc, func(c codemap.Call, pc abi.TextOffset) int { return cmp.Compare(c.Return, pc) })
	if !ok {
		return pc
	}
	first := slices.IndexFunc(calls, func(c codemap.Call) bool { return c.Wasm == calls[i].Wasm })
	return calls[first].Return
}

// raise brings an exception, which comes out of a call that the activation made, to where it is caught. ok is false if
// that is not in the activation; then caught says whether a frame outside of it catches.
func (a *activation) raise(e *Exception) (stub native.Stub, caught, ok bool, err error) {
	in := a.in
	in.materialize(native.StubReturn)
	c := in.ctx
	f := Frame{Instance: in, SP: abi.Addr(c.SP), Return: true, regs: native.WholeRegisters(c)}
	var to Frame
	var h *codemap.Handler
	in.walkStack(f, c.PC, func(f Frame) bool {
		h = f.handlerFor(e)
		to = f
		return h == nil
	})
	if h == nil {
		walk(a, true, func(f Frame) bool {
			caught = f.handlerFor(e) != nil
			return !caught
		})
		return 0, caught, false, nil
	}
	in.restore(&to)
	c.SP, c.PC = uint64(to.SP), uint64(in.mod.addr(h.Pad))
	c.Regs[native.RegSP] = c.SP
	n := 0
	if h.Kind == codemap.CatchTag {
		n = copy(c.Args[:], e.Values)
	}
	if h.Ref {
		if c.Args[n], err = in.refTo(e, to.SP); err != nil {
			return 0, true, true, err
		}
	}
	if c.StepOut != 0 && a.plan() != nil {
		c.StepOut = 0
		stub, err = a.stepped()
		return stub, true, true, err
	}
	c.StepOut = 0
	if in.handlerStops.Load() && a.thread.debug.Load() != nil {
		if err := a.stop(&Stop{Reason: StopHandler}); err != nil {
			return 0, true, true, err
		}
	}
	stub, err = a.resumed()
	return stub, true, true, err
}

// raised goes on after a call out of guest code has failed with an exception; handled is false if nothing catches
// it and the call ends with a trap instead.
func (a *activation) raised(err error) (stub native.Stub, out error, handled bool) {
	var e *Exception
	if !errors.As(err, &e) {
		return 0, err, false
	}
	if why := a.thread.killError(); why != nil {
		return 0, why, true
	}
	if a.in.killed.Load() {
		return 0, ErrKilled, true
	}
	if e.Tag != nil && len(e.Values) != words(e.Tag.params) { // a host function made it
		return 0, fmt.Errorf("an exception has %d words of values where its tag says %d", len(e.Values), words(e.Tag.params)), false
	}
	stub, caught, here, failed := a.raise(e)
	switch {
	case here:
		return stub, failed, true
	case caught:
		return 0, e, true
	}
	return 0, &TrapError{Kind: abi.TrapException, Exception: e}, false
}

// StopAtHandlers says whether a call that Resume runs stops where it catches an exception: a step that the exception
// cuts short goes on from there.
func (in *Instance) StopAtHandlers(on bool) { in.handlerStops.Store(on) }
