package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// ErrBusy is a call of an instance that another goroutine is using.
var ErrBusy = errors.New("the instance is running already")

// ErrClosed is a use of an instance after Close.
var ErrClosed = errors.New("the instance is closed")

// Call runs an exported function to its end. args and results are words: upper half of i32
// and f32 zero, two words for a v128. The error is a *TrapError for a trap, an *ExitError when
// the program ended itself, the context's cause when that ended the call, or what a host
// function returned. A trap leaves the instance usable.
func (in *Instance) Call(ctx context.Context, name string, args ...uint64) ([]uint64, error) {
	i, ok := in.mod.exports[name]
	if !ok || in.mod.wasm.Exports[i].Kind != wasm.ExternFunc {
		return nil, fmt.Errorf("no function %q is exported", name)
	}
	return in.call(ctx, in.mod.wasm.Exports[i].Index, args)
}

// CallIndex is Call for a function by its index.
func (in *Instance) CallIndex(ctx context.Context, f uint32, args ...uint64) ([]uint64, error) {
	if uint64(f) >= uint64(len(in.mod.wasm.Funcs)) {
		return nil, fmt.Errorf("there is no function %d", f)
	}
	return in.call(ctx, f, args)
}

// Call runs the function to its end: see Instance.Call.
func (f *Func) Call(ctx context.Context, args ...uint64) ([]uint64, error) {
	if err := checkWords(args, f.params); err != nil {
		return nil, err
	}
	stack := make([]uint64, max(f.params, f.results))
	copy(stack, args)
	if err := f.run(ctx, caller(ctx), nil, stack); err != nil {
		return nil, err
	}
	return stack[:f.results], nil
}

// CallWords is Call without an allocation for the words: stack holds the arguments and takes the results, and has at least
// as many words as the larger of the two.
func (f *Func) CallWords(ctx context.Context, stack []uint64) error {
	if len(stack) < max(f.params, f.results) {
		return fmt.Errorf("the function takes %d words and returns %d, there is room for %d", f.params, f.results, len(stack))
	}
	return f.run(ctx, caller(ctx), nil, stack)
}

func (in *Instance) call(ctx context.Context, f uint32, args []uint64) ([]uint64, error) {
	if int(f) < len(in.imports) {
		return in.imports[f].Call(ctx, args...)
	}
	t := in.mod.wasm.FuncType(f)
	params, results := words(t.Params), words(t.Results)
	if err := checkWords(args, params); err != nil {
		return nil, err
	}
	stack := make([]uint64, max(params, results))
	copy(stack, args)
	narrow(t.Params, stack)
	if err := in.invoke(ctx, nil, caller(ctx), f, stack); err != nil {
		return nil, err
	}
	narrow(t.Results, stack)
	return stack[:results], nil
}

func checkWords(args []uint64, params int) error {
	if len(args) != params {
		return fmt.Errorf("the function takes %d argument words, not %d", params, len(args))
	}
	return nil
}

// run calls f with the words of stack, which take the results. from is the activation that
// calls, in the instance that imports f; both are nil when the host calls.
func (f *Func) run(ctx context.Context, from *activation, in *Instance, stack []uint64) error {
	narrow(f.typ.Params, stack)
	var err error
	if f.host != nil {
		err = f.host(ctx, in, stack)
		if err == nil && f.strict {
			err = checkNulls(f.typ.Results, stack)
		}
	} else {
		err = f.in.invoke(ctx, nil, from, f.index, stack)
	}
	if err == nil {
		narrow(f.typ.Results, stack)
	}
	return err
}

// narrow clears the upper halves of 32-bit values.
func narrow(types []wasm.ValType, stack []uint64) {
	k := 0
	for _, t := range types {
		switch t {
		case wasm.I32, wasm.F32:
			stack[k] = uint64(uint32(stack[k]))
		case wasm.V128:
			k++
		}
		k++
	}
}

// maxNesting is how deep calls may nest that go through the host: they take Go's stack, too, and the process ends where that does. A
// guest stack of the usual size is at its end before.
const maxNesting = 1 << 15

// redZone is left below the host call's frame when guest code is entered again.
const redZone = 128

// invoke runs a function of the instance's own. stack holds the arguments and takes the
// results. th is the thread that begins with this call; nil: that of from, or a new one.
func (in *Instance) invoke(ctx context.Context, th *thread, from *activation, f uint32, stack []uint64) error {
	m := in.mod
	body, typ := m.FuncByIndex(f), m.wasm.Funcs[f]
	if m.entry[typ] == 0 {
		return fmt.Errorf("function %d can not be called from outside: no entry thunk was compiled for its type", f)
	}
	if m.strict && from == nil {
		if err := checkNulls(m.wasm.Types[typ].Params, stack); err != nil {
			return err
		}
	}
	if e := in.fatal.Load(); e != nil {
		return e
	}
	before := uint32(stateIdle)
	if !in.state.CompareAndSwap(stateIdle, stateGuest) {
		before = stateHost
		if !in.state.CompareAndSwap(stateHost, stateGuest) {
			if in.state.Load() == stateClosed {
				return ErrClosed
			}
			return ErrBusy
		}
	}
	a := &activation{in: in, outer: in.top, parent: from}
	a.ctx.a = a
	if th == nil && from == nil && before == stateHost {
		a.parent = in.top
	}
	if a.parent != nil {
		if a.depth = a.parent.depth + 1; a.depth > maxNesting {
			in.state.Store(before)
			if in.closed.Load() {
				in.freeIfClosed()
			}
			return &TrapError{Kind: abi.TrapStack, Instance: in}
		}
	}
	c := in.ctx
	if m.unseen.Swap(false) {
		native.SyncCores()
	}
	if a.outer != nil {
		a.saved = native.SaveState(c)
		c.StackTop = a.outer.below()
	} else {
		c.StackTop = uint64(in.stack.Hi) - 64
	}
	switch {
	case th != nil:
	case a.parent != nil:
		th = a.parent.thread
	default:
		th = &a.own
		th.ctx = ctx
	}
	a.thread = th
	in.top = a
	if before == stateIdle {
		in.thread.Store(th)
	}
	th.top.Store(a)
	a.join()
	defer a.end(before)
	if a.parent == nil && ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() {
			th.kill(context.Cause(ctx))
			alarmRang() // perhaps while no guest ran that could hear it
		})
		defer stop()
		if forget := watchDeadline(ctx); forget != nil {
			defer forget()
		}
	}
	pause := uint32(0)
	if th.pause.Load() || th.dead.Load() || in.killed.Load() {
		pause = 1
	}
	atomic.StoreUint32(&c.Pause, pause)
	if a.rings = native.Rings(); leaving.Load() > 0 {
		a.giveWay()
	}
	c.Entry, c.EntryFn = uint64(m.entry[typ]), uint64(m.addr(body.Text))
	c.Regs[native.RegMemory] = uint64(in.memory)
	t := &m.wasm.Types[typ]
	copy(c.Args[:], stack[:words(t.Params)])
	if err := a.run(); err != nil {
		var fatal *FatalFault
		if errors.As(err, &fatal) && fatal.Instance == in {
			in.fatal.Store(fatal)
		}
		return err
	}
	copy(stack, c.Args[:words(t.Results)])
	return nil
}

// end takes the activation off its thread and its instance.
func (a *activation) end(before uint32) {
	in, th := a.in, a.thread
	a.openWatched(true) // who called may be the host, or the debugger at a stop
	a.part()
	th.top.Store(a.parent)
	in.top = a.outer
	if a.saved != nil {
		a.saved.Restore()
	}
	if a.parent == nil {
		th.over.Store(true)
		th.left()
	}
	if before == stateIdle {
		in.thread.Store(nil)
		a.part() // from who has attached since
		atomic.StoreUint32(&in.ctx.Pause, 0)
	}
	in.state.Store(before)
	if before == stateIdle && in.closed.Load() {
		in.freeIfClosed()
	}
}

// finished is what serve returns instead of a stub when the activation's function has returned.
const finished = ^native.Stub(0)

// run enters guest code and serves it until the activation's function returns or fails.
func (a *activation) run() error {
	stub := native.StubEnter
	for {
		a.enter(stub)
		var err error
		if stub, err = a.serve(stub); err != nil {
			return err
		}
		if stub == finished {
			return nil
		}
	}
}

// serve does what guest code came back for after an entry through stub, and returns the stub
// to go on with.
func (a *activation) serve(stub native.Stub) (native.Stub, error) {
	c := a.in.ctx
	switch c.Reason {
	case abi.ReasonReturn:
		return finished, nil
	case abi.ReasonHost:
		n := uint32(c.HostFunc)
		a.openWatched(true)
		var err error
		if w := a.watching(); w != nil {
			err = a.hostCallHeard(w)
		} else {
			err = a.hostCall()
		}
		if err != nil {
			return a.hostFailed(err)
		}
		if stub, err, ok := a.hostTouched(n); ok {
			return stub, err
		}
		if c.StepOut != 0 {
			return a.steppedOut()
		}
		if native.Rings() != a.rings {
			a.giveWay()
		}
		return native.StubReturn, nil
	case abi.ReasonRetry:
		native.PreemptPoint()
		a.giveWay()
		if atomic.LoadUint32(&c.Pause) == 0 {
			return stub, nil
		}
		a.in.materialize(stub)
		return a.attend()
	case abi.ReasonSite:
		return a.atSite()
	case abi.ReasonSignal:
		return a.signalled()
	}
	panic(fmt.Sprintf("runtime: run: guest code came back for reason %d", c.Reason))
}

// hostCall serves a call out of guest code: an import or a builtin.
func (a *activation) hostCall() error {
	in, c := a.in, a.in.ctx
	n := uint32(c.HostFunc)
	if n >= abi.HostBuiltin {
		return a.builtin(n)
	}
	if int(n) >= len(in.imports) {
		panic(fmt.Sprintf("runtime: host call: there is no import %d", n))
	}
	return a.callOut(in.imports[n], c.Args[:])
}

// hostCallHeard is hostCall while memory is watched.
func (a *activation) hostCallHeard(w *watchSet) error {
	w.listen(a.in, true)
	defer w.listen(a.in, false) // a host function may panic
	return a.hostCall()
}

// callOut calls f with the words of args and puts its results to Args. The words are copied:
// a nested entry overwrites Args.
func (a *activation) callOut(f *Func, args []uint64) error {
	n := max(f.params, f.results)
	stack := a.args[:min(n, len(a.args))]
	if n > len(stack) {
		stack = make([]uint64, n)
	}
	copy(stack, args[:f.params])
	in := a.in
	if f.host != nil {
		a.host = f
	}
	in.state.Store(stateHost)
	err := f.run(&a.ctx, a, in, stack)
	if !in.state.CompareAndSwap(stateHost, stateGuest) {
		panic("runtime: host call: another goroutine entered the instance")
	}
	a.host = nil
	if err == nil {
		copy(in.ctx.Args[:], stack[:f.results])
	}
	return err
}

// materialize turns the state behind an aborted entry, or behind a host call (StubReturn),
// into a whole one that StubResume can load.
func (in *Instance) materialize(stub native.Stub) {
	c := in.ctx
	switch stub {
	case native.StubEnter:
		c.PC, c.SP = c.Entry, c.StackTop
	case native.StubReturn:
		c.PC, c.SP = *native.Word(abi.Addr(c.HostSP)), c.HostSP+8
	default:
		return
	}
	native.InitState(c)
}
