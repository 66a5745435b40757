package runtime

import (
	"errors"
	"fmt"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// StoppedError is the end of a call that CallHere made and that did not return.
type StoppedError struct{ Stop *Stop }

func (e *StoppedError) Error() string { return "the function stopped: " + e.Stop.String() }

// Unwrap returns the trap, or what a host function returned.
func (e *StoppedError) Unwrap() error { return e.Stop.Err }

// errInHost is a CallHere while a host function runs.
var errInHost = errors.New("a host function is running: nothing can be called before it has returned")

// callHere is a call that a debugger makes at a stop. It runs on the goroutine of the call that stands.
type callHere struct {
	in   *Instance
	f    uint32
	args []uint64 // take the results
	stop *Stop    // where it stopped
	err  error
	done chan struct{}
}

// CallHere calls function f of the function index space while the guest stands at a stop, below its
// stack, and returns when that is over; the guest stands as before then. The call is given up when it
// stops for whatever reason, a breakpoint, a trap or Pause: a *StoppedError. What it wrote to memories,
// tables and globals until then stays. Watched memory is not watched meanwhile.
func (in *Instance) CallHere(f uint32, args ...uint64) ([]uint64, error) {
	if uint64(f) >= uint64(len(in.mod.wasm.Funcs)) {
		return nil, fmt.Errorf("there is no function %d", f)
	}
	if int(f) < len(in.imports) {
		return nil, fmt.Errorf("function %d is an import", f)
	}
	if _, err := in.standing(); err != nil {
		return nil, err
	}
	d := in.debug
	if d.inHost {
		return nil, errInHost
	}
	t := in.mod.wasm.FuncType(f)
	if err := checkWords(args, words(t.Params)); err != nil {
		return nil, err
	}
	c := &callHere{in: in, f: f, args: make([]uint64, max(words(t.Params), words(t.Results))), done: make(chan struct{})}
	copy(c.args, args)
	narrow(t.Params, c.args)
	select {
	case d.calls <- c:
		<-c.done
	case <-d.ended:
		return nil, ErrNotStanding
	}
	if c.err != nil {
		return nil, c.err
	}
	narrow(t.Results, c.args)
	return c.args[:words(t.Results)], nil
}

// await serves calls of the debugger's until the guest is to go on.
func (a *activation) await(d *debugRun) {
	for {
		select {
		case <-d.resume:
			return
		case c := <-d.calls:
			a.serveHere(d, c)
			close(c.done)
		case <-d.gone:
			return
		}
	}
}

// serveHere runs a call in the midst of a stop. All that guest code sees of the processor is put back by the
// nested entry's end, but for the words for arguments.
func (a *activation) serveHere(d *debugRun, c *callHere) {
	th, ctx := a.thread, a.in.ctx
	words := ctx.Args
	moved, how := d.moved, d.step.Swap(nil)
	d.here, a.midst = c, true
	d.standing.Store(nil)
	th.stands.Store(false)
	th.clearPause()
	a.in.state.Store(stateHost)
	c.err = c.in.invoke(&a.ctx, nil, a, c.f, c.args)
	a.in.state.Store(stateGuest)
	if c.stop != nil {
		c.err = &StoppedError{c.stop}
	}
	d.here, a.midst = nil, false
	d.moved = moved
	d.step.Store(how)
	ctx.Args = words
	th.clearPause()
	d.standing.Store(a)
	th.stands.Store(true)
}

// errGivenUp ends a call that has stopped.
var errGivenUp = errors.New("the call was given up")

// below is where a nested entry may begin to use the stack.
func (a *activation) below() uint64 {
	sp := a.in.ctx.HostSP
	if a.midst {
		sp = a.in.ctx.SP
	}
	return (sp - redZone) &^ 15
}

// midstFrame sets f to the frame of an activation that stood when a debugger made a call, whose state saved
// holds, and returns its program counter.
func midstFrame(f *Frame, saved *native.State) uint64 {
	pc, sp := saved.PC()
	f.SP = abi.Addr(sp)
	f.regs = saved.WholeRegisters()
	return pc
}
