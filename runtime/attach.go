package runtime

import (
	"errors"
	"time"
)

// A debugger can attach to an instance whose calls are the host's, and leave it again. It sees what a debugger
// sees of a call that Start began, but there may be no call at the moment, or one after the other: Resume
// goes on until one of them stops.
//
// While no call runs, Pause makes the instance stand all the same (Stop.Idle): the next call stands where it
// begins until Resume.

// ErrAttached is an Attach to an instance that is being debugged already.
var ErrAttached = errors.New("the instance is being debugged already")

// Attach puts the instance's calls under a debugger, the one that runs at the moment included, and makes the instance
// stand.
func (in *Instance) Attach() (*Stop, error) {
	d := &debugRun{
		in: in, attached: true, stops: make(chan *Stop), resume: make(chan struct{}), calls: make(chan *callHere),
		waiting: make(chan struct{}, 1), ended: make(chan struct{}), gone: make(chan struct{}),
	}
	d.started.Store(true)
	in.mu.Lock()
	switch {
	case in.closed.Load():
		in.mu.Unlock()
		return nil, ErrClosed
	case in.debug != nil && (in.debug.attached || in.debug.final == nil):
		in.mu.Unlock()
		return nil, ErrAttached
	}
	in.debug = d
	in.mu.Unlock()
	in.watcher.Store(d)
	if in.closed.Load() { // by who did not find this debugger yet
		d.instanceClosed()
	}
	d.adoptRunning()
	d.pause()
	for {
		select {
		case s := <-d.stops:
			return s, nil
		case <-d.waiting:
			if s := d.standInHost(); s != nil {
				d.inHost = true
				return s, nil
			}
		case <-d.ended:
			return nil, ErrClosed
		}
	}
}

// Detach ends what Attach began: breakpoints of the instance are taken away, a call that stands goes on. It must
// not be called while Resume waits.
func (in *Instance) Detach() {
	d := in.debug
	if d == nil || !d.attached {
		return
	}
	in.clearBreakpoints()
	in.unwatchShared()
	if d.watch != nil && d.current.Load() == nil {
		d.watch.leave()
	}
	d.step.Store(nil)
	in.watcher.Store(nil)
	d.mu.Lock()
	th := d.current.Load()
	d.held = false
	d.mu.Unlock()
	in.mu.Lock()
	if in.debug == d {
		in.debug = nil
	}
	in.mu.Unlock()
	d.clearPause()
	if th != nil {
		th.debug.CompareAndSwap(d, nil)
	}
	close(d.gone)
}

// adoptRunning adopts the thread of the call that runs at the moment: it began before it could know.
func (d *debugRun) adoptRunning() {
	d.mu.Lock()
	th := d.in.thread.Load()
	if th != nil {
		d.take(th)
	}
	d.mu.Unlock()
	if th != nil && d.in.thread.Load() != th { // else its end finds itself adopted
		d.lose(th, nil)
	}
}

// adopt puts a thread that works in the instance under the debugger.
func (d *debugRun) adopt(th *thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.take(th)
}

// take is adopt with mu held.
func (d *debugRun) take(th *thread) {
	th.debug.Store(d)
	d.current.Store(th)
	if d.held || d.wanted.Load() {
		th.pause.Store(true)
	}
}

// join tells the debugger of the instance, if one is attached, that an activation begins there.
func (a *activation) join() {
	if d := a.in.watcher.Load(); d != nil {
		d.adopt(a.thread)
	}
}

// part is the reverse of join: the thread is under the debugger of the instance that has called, if under any.
func (a *activation) part() {
	th := a.thread
	d := th.debug.Load()
	if d == nil || !d.attached {
		return
	}
	var next *debugRun
	for p := a.parent; p != nil && next == nil; p = p.parent {
		next = p.in.watcher.Load()
	}
	if next == d {
		return
	}
	if d.watch != nil {
		d.watch.leave()
	}
	d.lose(th, next)
}

// lose gives a thread to the next debugger, if there is one.
func (d *debugRun) lose(th *thread, next *debugRun) {
	d.mu.Lock()
	d.step.Store(nil)
	d.current.CompareAndSwap(th, nil)
	d.mu.Unlock()
	th.debug.CompareAndSwap(d, next)
	if next == nil {
		th.pause.Store(false)
	}
}

// paused tells whether a pause is asked for.
func (d *debugRun) paused() bool {
	th := d.thread
	if d.attached {
		th = d.current.Load()
	}
	return d.wanted.Load() || th != nil && th.pause.Load()
}

// clearPause forgets one.
func (d *debugRun) clearPause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted.Store(false)
	d.release()
}

// leaveHost lets a thread that counts as standing in a host function go on: the pause that made it stand is forgotten,
// one that has been asked for since is not.
func (d *debugRun) leaveHost() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wanted.Load() {
		d.held = false
		return
	}
	d.release()
}

// release lets calls go on. mu is held.
func (d *debugRun) release() {
	d.held = false
	th := d.thread
	if d.attached {
		th = d.current.Load()
	}
	if th != nil {
		th.clearPause()
	}
}

// pause asks for one: of the call that runs, or of the instance, if none does.
func (d *debugRun) pause() {
	d.mu.Lock()
	d.asked.Add(1)
	d.wanted.Store(true)
	th := d.current.Load()
	if th != nil {
		th.pause.Store(true)
	}
	d.mu.Unlock()
	if th != nil {
		th.interrupt()
	}
	d.knocking.run(func() {
		const patience = 20 * time.Millisecond
		for ; d.wanted.Load(); time.Sleep(patience) {
			th := d.current.Load()
			if th != nil {
				a := th.top.Load()
				if a != nil && a.in.state.Load() != stateHost {
					continue
				}
				time.Sleep(patience) // it may come back at once
				if d.current.Load() != th || !d.wanted.Load() {
					continue
				}
			}
			select {
			case d.waiting <- struct{}{}:
			case <-d.gone:
				return
			case <-d.ended:
				return
			default:
			}
		}
	}, func() bool {
		select {
		case <-d.gone:
			return false
		case <-d.ended:
			return false
		default:
			return d.wanted.Load()
		}
	})
}

// standIdle makes the stop of a pause while no call runs; nil when one has begun, or nobody asks any more.
func (d *debugRun) standIdle() *Stop {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.Load() || d.current.Load() != nil || d.last != nil { // an instance that is closed does not stand any more
		return nil
	}
	d.wanted.Store(false)
	d.stood = d.asked.Load()
	d.held = true
	return &Stop{Reason: StopPaused, Instance: d.in, InHost: true, Idle: true}
}

// instanceClosed tells the debugger that there will be nothing any more.
func (d *debugRun) instanceClosed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.ended:
	default:
		d.last = &Stop{Reason: StopFailed, Instance: d.in, Err: ErrClosed}
		close(d.ended)
	}
}

// clearBreakpoints takes away all of the instance's.
func (in *Instance) clearBreakpoints() { in.mod.removeOwner(in) }
