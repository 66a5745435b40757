package debugger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sphex/aot/abi"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// A program may have several threads: instances of its module on one shared memory, each with a call that runs in
// it (runtime/wasi/threads.go). They stop together and go on together. The session runs one of them itself, the one
// that it looks at; each of the others is run by a goroutine, which notes what stops it and calls for the session.
// Before the session does anything about a stop, it makes all threads stand. Two that stop at the same time are told
// one after the other.
//
//	           a stop of any                 all stand
//	running ───────────────────▶ stopping ─────────────▶ stopped
//	   ▲                                                    │ the stops of others are told first,
//	   └────────────────────────────────────────────────────┘ without anything running
//
// What decides about breakpoints in the middle of a run works on the thread's own goroutine, one at a time.

// thread is one of them. The main thread is number 1; the others have the numbers that the guest knows them by.
type thread struct {
	id       int
	instance *runtime.Instance
	run      *runtime.Func // what it began with; nil: the program's entry

	running bool          // a goroutine runs it
	stop    *runtime.Stop // what has stopped it, if nobody has been told
	hit     hit           // what a breakpoint there has come to
	shown   int
	stack   *stack // while another is looked at

	name string // in a core dump
	core *core  // in a core dump: its frames
}

// threads are those of a run.
type threads struct {
	turn    sync.Mutex // held by what decides about breakpoints in the middle of a run
	several atomic.Bool
	at      *thread // that the session looks at; while a breakpoint is decided on, that which is there
	main    *thread

	mu       sync.Mutex // guards what follows, and thread.running and thread.stop
	list     []*thread  // by number
	last     int
	standing bool          // all are to stand
	came     chan struct{} // something has come to stand, or has ended
}

// ThreadStarted and ThreadEnded tell of threads that the program makes, ThreadRefused of one that it could not make.
type (
	ThreadStarted struct{ ID int }
	ThreadEnded   struct{ ID int }
	ThreadRefused struct{ Err error }
)

func (*ThreadStarted) event() {}
func (*ThreadEnded) event()   {}
func (*ThreadRefused) event() {}

// begun makes the main thread of a run.
func (p *program) begun(s *Session) {
	t := &thread{id: 1, instance: p.instance}
	p.threads = &threads{at: t, main: t, list: []*thread{t}, last: 1, came: make(chan struct{}, 1)}
	s.threadsNow.Store(p.threads)
	p.watch(s, t)
}

// watch makes a thread ask the session about breakpoints.
func (p *program) watch(s *Session, t *thread) {
	t.instance.OnBreakpoint(func(pc abi.TextOffset) bool { return s.inTurn(t, func() bool { return s.filter(pc) }) })
	t.instance.OnWatch(func(ev *runtime.Stop) bool { return s.inTurn(t, func() bool { return s.filterWatched(ev) }) })
}

// inTurn decides about a stop of a thread on the thread's goroutine, in the owner's place.
func (s *Session) inTurn(t *thread, decide func() bool) bool {
	w := s.program.threads
	if !w.several.Load() {
		return decide()
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	s.turnTo(t)
	stop := decide()
	t.hit, t.shown = s.hit, s.shown
	return stop
}

// turnTo makes a thread the one that the session looks at.
func (s *Session) turnTo(t *thread) {
	w := s.program.threads
	if w.at == t {
		return
	}
	w.at.stack = s.stack
	w.at.shown = s.shown
	w.at = t
	s.program.instance = t.instance
	if t.core != nil {
		s.program.core = t.core
	}
	s.stack, s.shown, s.topRead = t.stack, t.shown, false
}

// spawn begins a thread, on the goroutine of the one that asks for it.
func (s *Session) spawn(ctx context.Context, p *program, arg uint32) (id uint32, err error) {
	if p.free != nil {
		return p.free.Spawn(ctx, arg)
	}
	defer func() {
		if err != nil { // the program only learns that there is none
			p.threads.turn.Lock()
			defer p.threads.turn.Unlock()
			s.emit(&ThreadRefused{err})
		}
	}()
	p.threads.mu.Lock()
	n := len(p.threads.list)
	p.threads.mu.Unlock()
	if n > wasi.DefaultThreads { // the main one is not counted
		return 0, wasi.ErrTooManyThreads
	}
	in, err := s.instantiateIn(p, s.code, p.imports, runtime.Config{StackSize: s.cfg.StackSize})
	if err != nil {
		return 0, err
	}
	run, err := wasi.StartOf(in)
	if err == nil && p.core == nil && s.cfg.ShowNative {
		err = errors.New("threads are not shown to native debuggers")
	}
	if err != nil {
		return 0, errors.Join(err, in.Close())
	}
	w := p.threads
	in.ShareBreakpoints(w.main.instance)
	w.mu.Lock()
	t := &thread{id: w.last + 1, instance: in, run: run}
	if t.id > wasi.MaxThread {
		w.mu.Unlock()
		return 0, errors.Join(wasi.ErrTooManyThreads, in.Close())
	}
	p.watch(s, t)
	_, index := run.Instance()
	if err := in.Start(context.Background(), index, uint64(t.id), uint64(arg)); err != nil {
		w.mu.Unlock()
		return 0, errors.Join(err, in.Close())
	}
	w.last = t.id
	w.list = append(w.list, t)
	w.several.Store(true)
	if t.running = !w.standing; t.running {
		go func() {
			runtime.HeadStart()
			s.pump(w, t)
		}()
	}
	w.mu.Unlock()
	w.turn.Lock()
	defer w.turn.Unlock()
	s.emit(&ThreadStarted{t.id})
	if t.id == 2 && !p.watchesThreads() && slices.ContainsFunc(s.breakpoints, func(b *breakpoint) bool { return b.watch != nil }) {
		s.emit(&LogOutput{Text: "watchpoints see only what the main thread does"})
	}
	return uint32(t.id), nil
}

// pump runs a thread until it stops for a reason of its own, or has to stand.
func (s *Session) pump(w *threads, t *thread) {
	for {
		ev := t.instance.Resume()
		ended := ev.Reason == runtime.StopReturned && t != w.main // with the main one the program ends
		if ended {
			s.threadEnded(w, t)
		}
		w.mu.Lock()
		if ev.Reason == runtime.StopPaused && !w.standing { // an old pause
			w.mu.Unlock()
			continue
		}
		t.running = false
		if ended {
			w.remove(t)
		} else if ev.Reason != runtime.StopPaused {
			t.stop = ev
		}
		call := t.stop != nil && !w.standing
		w.mu.Unlock()
		select {
		case w.came <- struct{}{}:
		default:
		}
		if call {
			s.attention()
		}
		return
	}
}

// attention makes the owner come back from running a thread.
func (s *Session) attention() {
	s.mu.Lock()
	in := s.running
	s.mu.Unlock()
	if in != nil {
		in.Pause()
	}
}

// remove takes a thread that has ended out of the list. mu is held.
func (w *threads) remove(t *thread) {
	w.list = slices.DeleteFunc(w.list, func(o *thread) bool { return o == t })
}

// threadEnded frees a thread.
func (s *Session) threadEnded(w *threads, t *thread) {
	_ = t.instance.Close() // nothing runs in it
	w.turn.Lock()
	defer w.turn.Unlock()
	s.endWatchesOf(t)
	delete(s.tracer.open, t.id)
	s.emit(&ThreadEnded{t.id})
}

// startOthers lets all threads run but the one that the session runs itself.
func (s *Session) startOthers() (at *thread) {
	w := s.program.threads
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at = w.at                     // as soon as another one runs, it may be that
	w.standing = s.trapped != nil // the program is about to end
	for _, t := range w.list {    // before one runs, which changes these
		if t.stop == nil {
			t.hit, t.shown, t.stack = hit{}, 0, nil
		}
	}
	for _, t := range w.list {
		if t != at && !t.running && t.stop == nil && !w.standing && !s.alone.Load() {
			t.running = true
			t.instance.StopAtHandlers(false)
			go s.pump(w, t)
		}
	}
	return at
}

// stepsHere tells whether the step that is being carried out is one of the thread that the session looks at.
func (s *Session) stepsHere() bool {
	w := s.program.threads
	return w == nil || s.current.thread == nil || s.current.thread == w.at
}

// stepsOn looks again at the thread that is in the middle of a single step, behind the stop of another which turned
// out to be none. It returns whether the next thing is one.
func (s *Session) stepsOn(stepping bool) bool {
	w, st := s.program.threads, s.current
	if w == nil || st == nil || !w.several.Load() {
		return stepping
	}
	if st.single && w.at != st.thread {
		s.turnTo(st.thread)
		return true
	}
	st.single = stepping && w.at == st.thread
	return st.single
}

// stepped notes that the single step is over, whatever has come of it.
func (s *Session) stepped(ev *runtime.Stop) {
	if st := s.current; st != nil && st.single && ev.Reason != runtime.StopPaused && s.stepsHere() {
		st.single = false
	}
}

// waiting returns a thread whose stop is to be told before anything runs, or nil.
func (s *Session) waiting() *thread {
	if w := s.program.threads; w != nil && w.several.Load() && !s.killing.Load() && s.trapped == nil {
		return w.waiting()
	}
	return nil
}

// waiting returns a thread whose stop nobody has been told of, or nil.
func (w *threads) waiting() *thread {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.list {
		if t.stop != nil {
			return t
		}
	}
	return nil
}

// takeStop looks at the thread t, and returns what has stopped it.
func (s *Session) takeStop(t *thread) *runtime.Stop {
	s.turnTo(t)
	w := s.program.threads
	w.mu.Lock()
	ev := t.stop
	t.stop = nil
	w.mu.Unlock()
	s.stack, s.topRead = nil, false
	s.hit, s.shown = t.hit, t.shown
	return ev
}

// stand makes all threads stand, and returns what has stopped the program: ev, which the thread that the owner ran
// has come back with, or the stop of another, which is looked at then.
func (s *Session) stand(ran *thread, ev *runtime.Stop) *runtime.Stop {
	w := s.program.threads
	if w == nil || !w.several.Load() {
		return ev
	}
	asked := map[*thread]bool{}
	for {
		w.mu.Lock()
		w.standing = true
		running := slices.Clone(w.list)
		running = slices.DeleteFunc(running, func(t *thread) bool { return !t.running })
		w.mu.Unlock()
		if len(running) == 0 {
			break
		}
		for _, t := range running {
			if !asked[t] {
				asked[t] = true
				t.instance.Pause()
			}
		}
		<-w.came
	}
	s.turnTo(ran) // a breakpoint of another may have been decided on
	s.stack, s.topRead = nil, false
	s.hit, s.shown = ran.hit, ran.shown
	if ev.Reason == runtime.StopPaused && !s.pausing.Load() && !s.killing.Load() {
		if t := w.waiting(); t != nil {
			return s.takeStop(t)
		}
	}
	return ev
}

// leaveThread goes on when the thread that the session looks at has returned, with the main one; false if that
// was it.
func (s *Session) leaveThread() bool {
	w := s.program.threads
	if w == nil || w.at == w.main {
		return false
	}
	t := w.at
	w.mu.Lock()
	w.remove(t)
	w.mu.Unlock()
	s.turnTo(w.main)
	s.stack, s.topRead = nil, false
	s.threadEnded(w, t)
	if s.current != nil && s.current.thread == t { // what the step was about is over
		s.plant(nil)
		s.current = nil
	}
	return true
}

// patience is how long threads get to end that are killed.
const patience = time.Second

// endThreads ends all threads but the one that the session looks at, which stand or have just been killed.
func (p *program) endThreads() {
	w := p.threads
	if w == nil || !w.several.Load() {
		return
	}
	p.instance = w.main.instance
	w.mu.Lock()
	w.standing = true
	list := slices.Clone(w.list)
	w.mu.Unlock()
	var ended sync.WaitGroup
	for _, t := range list {
		t.instance.Kill()
		ended.Go(func() {
			for ev := t.instance.Resume(); !ev.Final(); ev = t.instance.Resume() {
			}
		})
	}
	done := make(chan struct{})
	go func() {
		ended.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience): // a host function does not come back: what it uses stays
		p.leaks = true
		return
	}
	for _, t := range list {
		_ = t.instance.Close()
	}
}
