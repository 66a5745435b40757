package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// step is how a watched thread goes on, if not freely: for one instruction, and then while
// the program counter stays in [lo, hi).
type step struct{ lo, hi uint64 }

// debugRun is a call under a debugger: its goroutine works between two stops, the debugger's
// between a stop and the next Resume.
type debugRun struct {
	thread *thread
	in     *Instance
	f      uint32
	stack  []uint64

	step     atomic.Pointer[step]       // nil: run
	standing atomic.Pointer[activation] // nil while it runs
	started  atomic.Bool
	inHost   bool  // the last stop was in a host function, which runs on
	moved    bool  // the debugger has changed the program counter at this stop
	final    *Stop // what Resume has returned at last
	watch    *watchSet

	mu     sync.Mutex
	wanted atomic.Bool   // a pause that has not been reported
	asked  atomic.Uint64 // pauses so far
	stood  uint64        // asked, when the last stop in a host function was reported

	// Of a debugger that is attached to an instance: see attach.go.
	attached bool
	current  atomic.Pointer[thread] // that works in the instance
	held     bool                   // a call that begins stands at once
	gone     chan struct{}          // closed when the debugger has left; nil if it can't

	stops    chan *Stop
	resume   chan struct{}
	calls    chan *callHere // of functions, while it stands
	here     *callHere      // that is being carried out
	waiting  chan struct{}  // a pause found a host function running
	knocking errand         // at waiting, for a pause
	last     *Stop          // the final stop, once ended is closed
	ended    chan struct{}
}

// Start prepares a call of function f of the function index space under the debugger. Nothing
// runs before the first Resume. A Start while a call stands kills that one first.
func (in *Instance) Start(ctx context.Context, f uint32, args ...uint64) error {
	if uint64(f) >= uint64(len(in.mod.wasm.Funcs)) {
		return fmt.Errorf("there is no function %d", f)
	}
	fn := in.Func(f)
	if fn.in != in {
		return fmt.Errorf("function %d is an import", f)
	}
	if err := checkWords(args, fn.params); err != nil {
		return err
	}
	if d := in.debug; d != nil && (d.attached || !d.abandon(time.Second)) {
		return ErrBusy
	}
	d := &debugRun{
		in: in, f: f, thread: &thread{ctx: ctx}, stack: make([]uint64, max(fn.params, fn.results)),
		stops: make(chan *Stop), resume: make(chan struct{}), calls: make(chan *callHere), waiting: make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	copy(d.stack, args)
	narrow(fn.typ.Params, d.stack)
	d.thread.debug.Store(d)
	in.debug = d
	in.thread.Store(d.thread)
	return nil
}

// errNotStarted is a Resume without a Start.
var errNotStarted = errors.New("no call was started")

// Resume goes on until the next stop. At a StopTrap or StopHostError it lets the error take
// its course, unless SetPC has moved the guest elsewhere.
func (in *Instance) Resume() *Stop { return in.resume(nil) }

// StepInstruction runs one instruction. A call of a host function counts as part of the call
// instruction.
func (in *Instance) StepInstruction() *Stop { return in.resume(&step{}) }

// StepRange runs until the guest is outside of [lo, hi), in that function or any other.
func (in *Instance) StepRange(lo, hi abi.TextOffset) *Stop {
	return in.resume(&step{uint64(in.mod.addr(lo)), uint64(in.mod.addr(hi))})
}

func (in *Instance) resume(how *step) *Stop {
	d := in.debug
	switch {
	case d == nil:
		return &Stop{Reason: StopFailed, Instance: in, Err: errNotStarted}
	case d.final != nil:
		return d.final
	}
	d.step.Store(how)
	swallow, relabel := false, false
	switch {
	case !d.started.Swap(true):
		go d.run()
	case d.inHost:
		d.inHost = false
		if how == nil {
			d.leaveHost()
			swallow = true
		} else {
			relabel = true // the pause that is still asked for becomes the step's end
		}
	default:
		d.standing.Store(nil)
		d.goOn()
	}
	for {
		select {
		case <-d.ended:
			d.final = d.last
			return d.final
		case s := <-d.stops:
			if swallow && s.Reason == StopPaused && !d.paused() && d.asked.Load() == d.stood {
				swallow = false // it stood already when the pause was forgotten
				d.goOn()
				continue
			}
			if s.Reason == StopPaused && relabel {
				s.Reason = StopStep
			}
			return s
		case <-d.waiting:
			if s := d.standInHost(); s != nil {
				d.inHost = true
				return s
			}
		}
	}
}

// run is the goroutine of the call.
func (d *debugRun) run() {
	if d.in.mod.shown != nil {
		goruntime.LockOSThread()
		defer goruntime.UnlockOSThread()
		defer native.HoldInterrupts()()
	}
	err := errLeft // if a host function ends the goroutine
	defer func() { d.end(err) }()
	err = d.in.invoke(d.thread.ctx, d.thread, nil, d.f, d.stack)
}

// errLeft is the end of a call in which a host function panicked, or ended its goroutine.
var errLeft = errors.New("a host function has left the call by a panic or runtime.Goexit")

// end makes the last stop of the call.
func (d *debugRun) end(err error) {
	if d.watch != nil {
		d.watch.leave()
	}
	d.thread.over.Store(true)
	s := &Stop{Reason: StopFailed, Instance: d.in, Err: err}
	var exit *ExitError
	switch {
	case err == nil:
		s.Reason = StopReturned
		t := d.in.mod.wasm.FuncType(d.f)
		narrow(t.Results, d.stack)
		s.Results = d.stack[:words(t.Results)]
	case errors.As(err, &exit):
		s.Reason, s.ExitCode = StopExited, exit.Code
	}
	d.last = s
	close(d.ended)
}

// goOn lets the call run from where it stands.
func (d *debugRun) goOn() {
	select {
	case d.resume <- struct{}{}:
	case <-d.ended:
	}
}

// abandon ends the call when nobody will resume it any more, and reports whether it ended in
// time: a host function may take longer.
func (d *debugRun) abandon(patience time.Duration) bool {
	if !d.started.Swap(true) {
		d.last = &Stop{Reason: StopFailed, Instance: d.in, Err: ErrKilled}
		d.thread.over.Store(true)
		close(d.ended)
	}
	d.thread.kill(ErrKilled)
	go func() {
		for {
			select {
			case <-d.stops:
			case d.resume <- struct{}{}:
			case <-d.ended:
				return
			}
		}
	}()
	select {
	case <-d.ended:
		return true
	case <-time.After(patience):
		return false
	}
}

// Pause makes a started call stop as soon as it runs guest code; before the first Resume, it
// makes that one stop at once. When a host function is running for long, Resume comes back
// with Stop.InHost meanwhile. Any goroutine may call it.
func (in *Instance) Pause() {
	th := in.thread.Load()
	if d := in.watcher.Load(); d != nil {
		d.pause()
		return
	}
	if th == nil || th.debug.Load() == nil || th.over.Load() {
		return
	}
	d := th.debug.Load()
	d.mu.Lock()
	d.asked.Add(1)
	d.wanted.Store(true)
	th.pause.Store(true)
	d.mu.Unlock()
	th.interrupt()
	done := func() bool { return th.over.Load() || !th.pause.Load() || th.stands.Load() }
	d.knocking.run(func() {
		const patience = 20 * time.Millisecond
		if a := th.top.Load(); a == nil || a.waiting.Load() == nil { // else it is not about to come back
			time.Sleep(patience)
		}
		for ; !done(); time.Sleep(patience) {
			if a := th.top.Load(); a != nil && a.in.state.Load() == stateHost {
				select {
				case d.waiting <- struct{}{}:
				default:
				}
			}
		}
	}, func() bool { return !done() })
}

// standInHost makes the stop of a pause during a host function, or nil when it is over.
func (d *debugRun) standInHost() *Stop {
	th := d.thread
	if d.attached {
		if th = d.current.Load(); th == nil {
			return d.standIdle()
		}
	}
	a := th.top.Load()
	if a == nil || !th.pause.Load() || a.in.state.Load() != stateHost {
		return nil
	}
	d.mu.Lock()
	d.wanted.Store(false)
	d.stood = d.asked.Load()
	d.held = true // the host function may end the call, and begin another
	d.mu.Unlock()
	s := &Stop{Reason: StopPaused, Instance: a.in, InHost: true}
	s.PC, _ = a.in.mod.TextOffset(abi.Addr(*native.Word(abi.Addr(a.in.ctx.HostSP))))
	return s
}

// Kill ends the instance's calls, now and later, with ErrKilled: at once in guest code; in a
// host function its context is done, and the guest does not get control again. Any goroutine
// may call it.
func (in *Instance) Kill() {
	in.killed.Store(true)
	if th := in.thread.Load(); th != nil {
		th.kill(ErrKilled)
	}
	if d := in.watcher.Load(); d != nil { // its Resume waits for more than this call
		d.pause()
	}
}

// stop hands a stop to the debugger and waits for it to resume. An error ends the call.
func (a *activation) stop(s *Stop) error {
	th := a.thread
	if err := th.killError(); err != nil {
		return err
	}
	d := th.debug.Load()
	s.Instance = a.in
	s.PC, _ = a.in.mod.TextOffset(abi.Addr(a.in.ctx.PC))
	th.clearPause()
	if d == nil { // it has just left
		return nil
	}
	d.wanted.Store(false)
	if c := d.here; c != nil {
		c.stop = s
		return errGivenUp
	}
	d.moved = false
	a.openWatched(true)
	d.standing.Store(a)
	th.stands.Store(true)
	select {
	case d.stops <- s:
		a.await(d)
	case <-d.gone:
	}
	if d.watch != nil {
		d.watch.resumed()
	}
	th.stands.Store(false)
	if th.pause.Load() { // asked for while it stood
		th.setPause(1)
	}
	return th.killError()
}

// attend looks why the guest was asked to stand. The state is whole.
func (a *activation) attend() (native.Stub, error) {
	th := a.thread
	if a.in.killed.Load() {
		return 0, ErrKilled
	}
	if err := th.killError(); err != nil {
		return 0, err
	}
	if th.debug.Load() != nil && th.pause.Load() {
		if err := a.stop(&Stop{Reason: StopPaused}); err != nil {
			return 0, err
		}
		return a.resumed()
	}
	th.clearPause()
	return a.again(), nil
}

// plan returns how the thread is stepping, nil if it runs freely.
func (a *activation) plan() *step {
	if d := a.thread.debug.Load(); d != nil {
		return d.step.Load()
	}
	return nil
}

// again returns the stub that goes on with the state as it is.
func (a *activation) again() native.Stub {
	c := a.in.ctx
	if a.in.mod.pads.Load() != nil {
		c.PC = uint64(a.in.mod.physical(abi.Addr(c.PC)))
	}
	how := a.plan()
	unseen := a.in.mod.unseen.Swap(false)
	if how == nil {
		c.Flags &^= native.TrapFlag
		if unseen {
			return native.StubStep // which serializes: see Module.edit
		}
		return native.StubResume
	}
	c.Flags |= native.TrapFlag
	c.StepOut, c.StepLo, c.StepHi = 0, how.lo, how.hi
	return native.StubStep
}

// resumed goes on from a stop that has been reported: what stands at the program counter
// itself does not count any more.
func (a *activation) resumed() (native.Stub, error) {
	for {
		c := a.in.ctx
		pc, ok := a.in.mod.TextOffset(abi.Addr(c.PC))
		if !ok {
			return a.again(), nil
		}
		p := a.in.patchAt(pc)
		switch {
		case !p.patched:
			return a.again(), nil
		case p.nop == 0:
			return a.pass(pc, p)
		}
		c.PC = uint64(a.in.mod.addr(pc)) + uint64(p.nop)
		if a.goesOn() {
			return a.again(), nil
		}
		if err := a.stop(&Stop{Reason: StopStep}); err != nil {
			return 0, err
		}
	}
}

// goesOn reports whether the thread does not stop after an instruction.
func (a *activation) goesOn() bool {
	how := a.plan()
	if how == nil {
		return true
	}
	pc := a.in.ctx.PC
	if o, ok := a.in.mod.TextOffset(abi.Addr(pc)); ok {
		pc = uint64(a.in.mod.addr(o))
	}
	return pc >= how.lo && pc < how.hi
}

// stepped is the end of an instruction that may have been a step.
func (a *activation) stepped() (native.Stub, error) {
	a.settle()
	if a.goesOn() {
		return a.again(), nil
	}
	if err := a.stop(&Stop{Reason: StopStep}); err != nil {
		return 0, err
	}
	return a.resumed()
}

// steppedOut is the end of a step over a call that left guest code.
func (a *activation) steppedOut() (native.Stub, error) {
	a.in.ctx.StepOut = 0
	if a.plan() == nil {
		return native.StubReturn, nil
	}
	a.in.materialize(native.StubReturn)
	return a.stepped()
}

// arrived reports a breakpoint of the instance's at pc, where a nop of that size stands, if any.
func (a *activation) arrived(pc abi.TextOffset, nop uint8) (native.Stub, error) {
	a.in.ctx.PC = uint64(a.in.mod.addr(pc))
	th := a.thread
	d := th.debug.Load() // nil: it has just left
	if f := a.in.onBreakpoint; f != nil && d != nil && a.plan() == nil {
		a.openWatched(false)
		d.standing.Store(a)
		stop := f(pc)
		d.standing.Store(nil)
		if !stop {
			if err := th.killError(); err != nil {
				return 0, err
			}
			a.in.mod.hasten(pc) // it will go on at the next hit, too
			if nop > 0 {        // to go on behind a nop is right whatever stands there
				a.in.ctx.PC += uint64(nop)
				return a.again(), nil // in the copy, if there is a call now
			}
			return a.resumed()
		}
	}
	if err := a.stop(&Stop{Reason: StopBreakpoint}); err != nil {
		return 0, err
	}
	return a.resumed()
}

// OnBreakpoint has f decide whether a breakpoint stops a call that Resume runs. f is called on
// the goroutine of the call, while Resume waits, and may look at the guest as at a stop. It is
// for conditions: a stop that Resume reports costs two changes of goroutines more. It must be
// set before Start.
func (in *Instance) OnBreakpoint(f func(pc abi.TextOffset) (stop bool)) { in.onBreakpoint = f }

// hostFailed ends the call after a host function or a builtin has failed, once a debugger has
// seen it: the guest stands behind the call.
func (a *activation) hostFailed(err error) (native.Stub, error) {
	in, c := a.in, a.in.ctx
	stub, err, handled := a.raised(err)
	if handled {
		return stub, err
	}
	var trap *TrapError
	fresh := errors.As(err, &trap) && trap.Instance == nil // else it was seen where it happened
	if fresh {
		in.materialize(native.StubReturn)
		trap.Instance, trap.Return = in, true
		trap.PC, _ = in.mod.TextOffset(abi.Addr(c.PC))
		trap.seen(a)
	}
	var exit *ExitError
	var fatal *FatalFault
	switch {
	case a.thread.debug.Load() == nil, a.thread.dead.Load(), errors.As(err, &exit), errors.As(err, &fatal), trap != nil && !fresh:
		return 0, err
	case fresh:
		return a.failed(&Stop{Reason: StopTrap, Trap: trap, Err: err})
	}
	in.materialize(native.StubReturn)
	return a.failed(&Stop{Reason: StopHostError, Err: err})
}

// failed reports a stop from which the call can not go on by itself.
func (a *activation) failed(s *Stop) (native.Stub, error) {
	d := a.thread.debug.Load()
	if err := a.stop(s); err != nil {
		return 0, err
	}
	if d != nil && d.moved { // else it has gone on as it was, or nobody was there any more
		return a.resumed()
	}
	return 0, s.Err
}
