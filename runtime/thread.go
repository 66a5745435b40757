package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sphex/runtime/native"
)

// States of an instance. Only idle and host can be entered.
const (
	stateIdle   = iota
	stateGuest  // guest code runs, or stands
	stateHost   // a host function runs on its behalf
	stateClosed // freed
)

// thread is one execution from its first entry to its end: the activations that nest in it
// may belong to several instances, but only one goroutine works for it.
type thread struct {
	ctx   context.Context
	top   atomic.Pointer[activation] // innermost
	debug atomic.Pointer[debugRun]   // nil when nobody watches

	pause  atomic.Bool // somebody wants it to stand
	stands atomic.Bool // at a stop
	over   atomic.Bool

	mu   sync.Mutex
	err  error         // why it was killed
	dead atomic.Bool   // err is set
	done chan struct{} // closed when it is killed; made when a host function asks
	told bool          // done is closed, or would be

	hurried bool // it counts in leaving

	urging errand // it to come to Go
}

// errand is done in the background, by one goroutine however often it is asked for.
type errand struct{ busy atomic.Bool }

// run has do called, and again as long as it is wanted behind that: somebody may have asked when do was over already.
func (e *errand) run(do func(), wanted func() bool) {
	if !e.busy.CompareAndSwap(false, true) {
		return
	}
	go func() {
		for again := true; again; again = wanted() && e.busy.CompareAndSwap(false, true) {
			do()
			e.busy.Store(false)
		}
	}()
}

// activation is one entry into an instance's guest code.
type activation struct {
	in     *Instance
	thread *thread
	parent *activation // that called, of whatever instance
	outer  *activation // of the same instance, whose state saved holds
	saved  *native.State
	host   *Func // the host function that is running on its behalf, if any
	// waiting is what it waits for in a shared memory, if it does.
	waiting atomic.Pointer[Waiting]
	ctx     hostContext // what host functions are given
	args    [8]uint64
	own     thread // if it begins one
	midst   bool   // it stands, and a call of the debugger's runs
	depth   int    // how many call it
	rings   uint64 // native.Rings when it last gave way
	site    siteCache
	hit     Hit
}

// killError returns why the thread must end, or nil.
func (th *thread) killError() error {
	if !th.dead.Load() {
		return nil
	}
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.err
}

// kill makes the thread end with err: at once in guest code, when it is over in a host
// function, whose context is done.
func (th *thread) kill(err error) {
	th.mu.Lock()
	first := th.err == nil
	if first {
		th.err = err
	}
	th.mu.Unlock()
	th.dead.Store(true)
	// Before the host function is told: it may return at once, and the guest must not get control then.
	th.setPause(1)
	if first {
		th.mu.Lock()
		if th.done != nil {
			close(th.done)
		}
		th.told = true
		th.mu.Unlock()
	}
	if a := th.top.Load(); first && a != nil && th.debug.Load() == nil && a.in.state.Load() == stateGuest {
		if th.hurry(); !native.Inside(a.in.ctx) {
			native.InterruptGuests()
		}
	}
	th.interrupt()
}

// heeded reports whether the thread has done what pause and dead ask for.
func (th *thread) heeded() bool {
	return th.over.Load() || !th.dead.Load() && (!th.pause.Load() || th.stands.Load())
}

// interrupt makes the thread look at pause and dead as soon as it runs guest code. It repeats,
// in the background, until it has: the guest may have changed its thread.
func (th *thread) interrupt() {
	attempt := func(again bool) bool {
		if th.heeded() {
			return true
		}
		th.setPause(1)
		a := th.top.Load()
		if a == nil || th.stands.Load() {
			return true // the next entry looks
		}
		switch {
		case a.in.state.Load() != stateGuest:
		case again:
			native.InterruptAll()
		default:
			native.Interrupt(a.in.ctx)
		}
		return false
	}
	if attempt(false) {
		return
	}
	th.urging.run(func() {
		for d := time.Millisecond; ; d = min(2*d, 100*time.Millisecond) {
			time.Sleep(d)
			if attempt(true) {
				return
			}
		}
	}, func() bool { return !attempt(true) })
}

// setPause tells the contexts of all activations.
func (th *thread) setPause(v uint32) {
	for a := th.top.Load(); a != nil; a = a.parent {
		atomic.StoreUint32(&a.in.ctx.Pause, v)
	}
}

// clearPause forgets a pause, but not a kill.
func (th *thread) clearPause() {
	th.pause.Store(false)
	th.setPause(0)
	if th.dead.Load() {
		th.setPause(1)
	}
}

// hostContext is the context that host functions get: done when the thread is killed, and
// leading back to the activation that called.
type hostContext struct{ a *activation }

func (c *hostContext) Deadline() (time.Time, bool) { return c.a.thread.ctx.Deadline() }

func (c *hostContext) Done() <-chan struct{} {
	th := c.a.thread
	th.mu.Lock()
	defer th.mu.Unlock()
	if th.done == nil {
		th.done = make(chan struct{})
		if th.told {
			close(th.done)
		}
	}
	return th.done
}

func (c *hostContext) Err() error {
	if c.a.thread.dead.Load() {
		if err := c.a.thread.ctx.Err(); err != nil {
			return err
		}
		return context.Canceled
	}
	return nil
}

type activationKey struct{}

func (c *hostContext) Value(key any) any {
	if key == (activationKey{}) {
		return c.a
	}
	return c.a.thread.ctx.Value(key)
}

// caller returns the activation whose host function made a call with ctx, nil if none did.
func caller(ctx context.Context) *activation {
	var a *activation
	if h, ok := ctx.(*hostContext); ok {
		a = h.a
	} else {
		a, _ = ctx.Value(activationKey{}).(*activation)
	}
	if a != nil && a.thread.top.Load() != a {
		return nil // kept beyond its call
	}
	return a
}
