package debugger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"sphex/aot/object"
	"sphex/runtime"
)

// Host is what a Go program that embeds the runtime shows to debuggers: instances, each with the object that its
// module was loaded from. Showing one costs nothing before a debugger attaches to it. The zero value is ready.
type Host struct {
	mu        sync.Mutex
	last      int
	instances []*hosted
	attached  chan struct{} // made by who waits, closed by the next Attach
}

// hosted is an instance that is shown.
type hosted struct {
	id        int
	name      string
	in        *runtime.Instance
	object    *object.File
	session   *Session // of the debugger that is attached; nil: none
	suspended bool     // that one has gone and left it as it was
}

// HostInstance describes an instance of a host.
type HostInstance struct {
	ID       int
	Name     string
	Attached bool // a debugger is attached to it
}

// Errors of attaching.
var (
	ErrNoInstance = errors.New("the host shows no such instance")
	ErrHosts      = errors.New("the program is its host's: it can't be started again")
	ErrDetached   = errors.New("the debugger has left the program")
)

// Show makes an instance one that debuggers may attach to, under a name that tells it apart from others; o is what its
// module was loaded from. hide takes it back: a debugger that is attached then is detached.
func (h *Host) Show(name string, in *runtime.Instance, o *object.File) (hide func()) {
	x := h.show(name, in, o)
	return func() { h.hide(x, Stop{Err: ErrDetached}) }
}

func (h *Host) show(name string, in *runtime.Instance, o *object.File) *hosted {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	x := &hosted{id: h.last, name: name, in: in, object: o}
	h.instances = append(h.instances, x)
	return x
}

// hide ends what Show began. A debugger that is attached is told how the program has ended.
func (h *Host) hide(x *hosted, end Stop) {
	h.mu.Lock()
	for i, y := range h.instances {
		if y == x {
			h.instances = append(h.instances[:i:i], h.instances[i+1:]...)
			break
		}
	}
	s := x.session
	h.mu.Unlock()
	if s != nil {
		end.Reasons = []Reason{{Kind: ReasonExited}}
		s.end.Store(&end)
		_ = s.Close() // a closed one has left already
	}
}

// Instances lists what is shown, the oldest first. Closed instances are none any more.
func (h *Host) Instances() (list []HostInstance) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forgetClosed()
	for _, x := range h.instances {
		list = append(list, HostInstance{ID: x.id, Name: x.name, Attached: x.session != nil && !x.suspended})
	}
	return list
}

// forgetClosed drops instances that the host has closed. mu is held.
func (h *Host) forgetClosed() {
	kept := h.instances[:0]
	for _, x := range h.instances {
		if !x.in.Closed() {
			kept = append(kept, x)
		}
	}
	clear(h.instances[len(kept):])
	h.instances = kept
}

// find returns the instance of a number or a name; "" is the only one. mu is held.
func (h *Host) find(which string) (*hosted, error) {
	h.forgetClosed()
	switch {
	case which == "" && len(h.instances) == 1:
		return h.instances[0], nil
	case which == "" && len(h.instances) == 0:
		return nil, errors.New("the host shows no instance at the moment")
	case which == "":
		return nil, fmt.Errorf("the host has %s: choose one", count(len(h.instances), "instance"))
	}
	var found *hosted
	for _, x := range h.instances {
		switch {
		case strconv.Itoa(x.id) == which:
			return x, nil
		case x.name == which && found != nil:
			return nil, fmt.Errorf("several instances are called %s: choose one by its number", which)
		case x.name == which:
			found = x
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoInstance, which)
	}
	return found, nil
}

// Attach makes a session of an instance whose calls are the host's: which is its number or its name, "" the only one.
// The instance stands then, in the midst of a call or between two, until the session lets it go on, and the host's calls
// wait meanwhile. Of cfg, what is about sources and events counts, and Program as the session's name and as the
// file beside which sources are looked for. Close ends the session and leaves the instance as it was: no breakpoints,
// its calls go on.
func (h *Host) Attach(ctx context.Context, which string, cfg Config) (*Session, error) {
	h.mu.Lock()
	x, err := h.find(which)
	if err != nil {
		h.mu.Unlock()
		return nil, err
	}
	if s := x.session; s != nil {
		suspended := x.suspended
		x.suspended = false
		h.mu.Unlock()
		if !suspended {
			return nil, fmt.Errorf("%s: %w", x.name, runtime.ErrAttached)
		}
		s.setEvents(cfg.Events)
		return s, nil
	}
	if cfg.Program == "" {
		cfg.Program = x.name
	}
	s := newSession(cfg)
	s.hosted = x
	x.session = s
	h.mu.Unlock()
	if err = ctx.Err(); err == nil {
		err = s.attach(x)
	}
	if err != nil {
		h.left(x)
		s.unattached()
		return nil, err
	}
	s.left = func() { h.left(x) }
	go s.own()
	h.mu.Lock()
	if h.attached != nil {
		close(h.attached)
		h.attached = nil
	}
	h.mu.Unlock()
	return s, nil
}

// Await waits until a debugger attaches, or the context is done.
func (h *Host) Await(ctx context.Context) {
	h.mu.Lock()
	if h.attached == nil {
		h.attached = make(chan struct{})
	}
	c := h.attached
	h.mu.Unlock()
	select {
	case <-c:
	case <-ctx.Done():
	}
}

// left tells that the debugger of an instance has gone.
func (h *Host) left(x *hosted) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x.session, x.suspended = nil, false
}

// Suspend leaves the instance standing, with its session, for the next Attach. The caller must have paused it.
func (h *Host) Suspend(s *Session) error {
	if s.hosted == nil {
		return errors.New("the program is no host's")
	}
	for _, b := range s.Breakpoints() {
		_ = s.RemoveBreakpoint(b.ID) // it may have ended by itself
	}
	s.setEvents(nil)
	h.mu.Lock()
	defer h.mu.Unlock()
	s.hosted.suspended = true
	return nil
}

// attach makes the session that of an instance.
func (s *Session) attach(x *hosted) error {
	m := x.in.Module()
	image := newImage(x.object, m.Wasm())
	s.mu.Lock()
	s.code, s.image = m, image
	s.mu.Unlock()
	s.findNatvis()
	s.useNatvis()
	if _, err := x.in.Attach(); err != nil {
		return err
	}
	p := &program{im: image, instance: x.in, module: m, hosted: true}
	if p.entry = x.in.ExportedFunc("_start"); p.entry == nil {
		p.entry = x.in.Func(uint32(m.Wasm().NumImportedFuncs))
	}
	s.program, s.launched, s.atEntry = p, true, true
	x.in.OnBreakpoint(s.filter)
	x.in.OnWatch(s.filterWatched)
	s.traps = newTrapSet(s.changeTraps)
	s.makeScopes()
	s.addCatchpoints()
	stop := &Stop{Reasons: []Reason{{Kind: ReasonPause}}}
	stop.Frame = s.topFrame()
	s.setState(Stopped, stop)
	return nil
}

// unattached ends a session that has come to nothing. Who takes the instance back meanwhile waits for it: see hide.
func (s *Session) unattached() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.serve()
}

// Attached tells whether the program is an instance of a host's that the session has attached to.
func (s *Session) Attached() bool { return s.hosted != nil }

// detach leaves an instance that is a host's.
func (s *Session) detach() {
	s.parting.Store(true)
	_ = s.do(func() {}) // a program that runs comes to stand for that, and then leaves its run
	for s.State() == Running {
		s.Pause()
		_ = s.do(func() {})
	}
	_ = s.do(func() { // a closed session has left
		if s.State() != Exited {
			s.endRun()
			s.setState(Exited, s.ended())
		}
	})
}

// ended is the stop of a session that has left its program.
func (s *Session) ended() *Stop {
	if stop := s.end.Load(); stop != nil {
		return stop
	}
	return &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: ErrDetached}
}

// setEvents changes who is told of events.
func (s *Session) setEvents(f func(Event)) {
	_ = s.do(func() { s.cfg.Events = f }) // a closed session has none
}
