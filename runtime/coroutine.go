package runtime

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ErrNoCoroutine is a Yield in a call that no Coroutine has begun, or from elsewhere than its innermost host function.
var ErrNoCoroutine = errors.New("the call can not yield: no coroutine runs it")

// Coroutine is a call that host functions can suspend: in the midst of it they hand a value to who drives the call, by
// Yield, and go on when that one resumes it with another. Guest code knows nothing of this. Meanwhile
// nothing runs, and the goroutine is free for other work.
//
// One goroutine at a time may use a Coroutine. As long as the call is suspended its instance counts as running a
// host function: who calls it then nests in the call, and must have returned before it is resumed.
type Coroutine struct {
	f       *Func
	ctx     context.Context
	stack   []uint64
	next    func() (any, bool)
	stop    func()
	yield   func(any) bool
	given   any     // to Resume
	thread  *thread // that stands in Yield
	running bool
	started bool
	done    bool
	err     error
}

// Begin prepares a call of an exported function as a coroutine. Nothing runs before the first Resume.
func (in *Instance) Begin(ctx context.Context, name string, args ...uint64) (*Coroutine, error) {
	f := in.ExportedFunc(name)
	if f == nil {
		return nil, fmt.Errorf("no function %q is exported", name)
	}
	return f.Begin(ctx, args...)
}

// Begin is Instance.Begin for this function.
func (f *Func) Begin(ctx context.Context, args ...uint64) (*Coroutine, error) {
	if err := checkWords(args, f.params); err != nil {
		return nil, err
	}
	c := &Coroutine{f: f, stack: make([]uint64, max(f.params, f.results))}
	copy(c.stack, args)
	c.ctx = &coroutineContext{ctx, c}
	return c, nil
}

// Resume goes on until a host function yields, which then is given v when it is resumed, or until the call ends:
// yielded is what the host function gave, done reports the end, and err is that of the call: see Instance.Call. What is given to
// the first Resume goes nowhere.
func (c *Coroutine) Resume(v any) (yielded any, done bool, err error) {
	if c.done {
		return nil, true, c.err
	}
	if !c.started {
		if in := c.f.in; in != nil && in.state.Load() != stateIdle {
			return nil, false, ErrBusy // a call that is suspended in between can not share a stack with another
		}
		c.started = true
		c.next, c.stop = iter.Pull(c.run)
	}
	c.given, c.running, c.done, c.err = v, true, true, errLeft // the end, should a host function panic
	yielded, suspended := c.next()
	c.running = false
	if !suspended {
		return nil, true, c.err
	}
	c.done, c.err = false, nil
	return yielded, false, nil
}

// run is the call, on the coroutine's own goroutine.
func (c *Coroutine) run(yield func(any) bool) {
	c.yield = yield
	c.err = c.f.run(c.ctx, nil, nil, c.stack)
}

// Results returns what the function has returned, after the end of a call without error: see Instance.Call.
func (c *Coroutine) Results() []uint64 {
	if !c.done || c.err != nil {
		return nil
	}
	return c.stack[:c.f.results]
}

// Stop ends the call if it is suspended: the Yield there returns ErrKilled, and guest code does not get control again. Without it
// a call that nobody resumes any more holds its instance.
func (c *Coroutine) Stop() {
	if c.done || c.running {
		return
	}
	if c.err = ErrKilled; c.started {
		c.running = true
		if c.thread != nil {
			c.thread.kill(ErrKilled)
		}
		c.stop()
		c.running = false
		if c.err == nil {
			c.err = ErrKilled
		}
	}
	c.done = true
}

// Yield suspends the call that the host function which got ctx serves, until it is resumed: it hands v to Coroutine.Resume,
// and returns what the next Resume is given. The error says that the call is to end; the host function
// returns it.
func Yield(ctx context.Context, v any) (given any, err error) {
	c, _ := ctx.Value(coroutineKey{}).(*Coroutine)
	if c == nil || !c.running {
		return nil, ErrNoCoroutine
	}
	a := caller(ctx)
	if a == nil && c.f.host == nil {
		return nil, ErrNoCoroutine
	}
	if a != nil {
		c.thread = a.thread
	}
	if !c.yield(v) {
		return nil, ErrKilled
	}
	if a != nil {
		if c.ctx.Err() != nil {
			a.thread.kill(context.Cause(c.ctx)) // who does that on its own goroutine may not have come to it
		}
		if err := a.thread.killError(); err != nil {
			return nil, err
		}
	}
	given, c.given = c.given, nil
	return given, nil
}

type coroutineKey struct{}

// coroutineContext leads to a coroutine, and to no call around it: the stacks of the two are apart.
type coroutineContext struct {
	context.Context
	c *Coroutine
}

func (c *coroutineContext) Value(key any) any {
	switch key {
	case coroutineKey{}:
		return c.c
	case activationKey{}:
		return nil
	}
	return c.Context.Value(key)
}
