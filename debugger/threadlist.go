package debugger

import (
	"errors"
	"fmt"
	"slices"
)

// This file is what others ask about threads: which there are, and what is theirs.

// Thread is a thread of the program.
type Thread struct {
	ID      int
	Name    string
	Current bool   // the session looks at it
	Waits   string // what it waits for, in words; "": nothing that is known
	Frame   *Frame // its innermost frame; nil: it has not run yet
}

// Threads lists the threads of a program that stands, by their numbers.
func (s *Session) Threads() (list []Thread, err error) {
	err = s.whileStopped(func() error {
		w := s.program.threads
		if w == nil {
			list = []Thread{{ID: 1, Name: "main", Current: true, Frame: s.topFrame()}}
			return nil
		}
		at := w.at
		for _, t := range w.all() {
			x := Thread{ID: t.id, Name: s.threadName(t), Current: t == at}
			s.turnTo(t)
			x.Frame = s.firstFrame()
			if f := t.instance.WaitingFor(); f != nil {
				x.Waits = f.String()
			}
			list = append(list, x)
		}
		s.turnTo(at)
		return nil
	})
	return list, err
}

// firstFrame is the innermost frame that is the program's own, if there is one.
func (s *Session) firstFrame() *Frame {
	k := s.stackNow()
	for n := 0; n < 4; n++ {
		if f := k.frame(n); f != nil && !f.Host {
			return f
		}
	}
	return s.topFrame()
}

// ThreadCount is how many threads the program has. Any goroutine may ask, at any time.
func (s *Session) ThreadCount() int {
	w := s.threadsNow.Load()
	if w == nil {
		return 1
	}
	return len(w.all())
}

// ThreadIDs lists the numbers of the threads. Any goroutine may ask, at any time.
func (s *Session) ThreadIDs() []int {
	w := s.threadsNow.Load()
	if w == nil {
		return []int{1}
	}
	var ids []int
	for _, t := range w.all() {
		ids = append(ids, t.id)
	}
	return ids
}

// HasThread reports whether there is a thread. Any goroutine may ask, at any time.
func (s *Session) HasThread(id int) bool { return slices.Contains(s.ThreadIDs(), id) }

// RunAlone makes the other threads stand while the program runs, from now on, or not.
func (s *Session) RunAlone(alone bool) { s.alone.Store(alone) }

// RunsAlone reports what RunAlone was told last.
func (s *Session) RunsAlone() bool { return s.alone.Load() }

// CurrentThread is the number of the thread that the session looks at, 0 if there is none.
func (s *Session) CurrentThread() (id int) {
	_ = s.whileStopped(func() error { // else there is none
		id = s.threadNumber()
		return nil
	})
	return id
}

func (s *Session) threadNumber() int {
	if w := s.program.threads; w != nil {
		return w.at.id
	}
	return 1
}

func (w *threads) all() []*thread {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

// threadName is main, or the function that the thread began with, behind the library that begins threads.
func (s *Session) threadName(t *thread) string {
	if t.name != "" {
		return t.name
	}
	if t.id == 1 {
		return "main"
	}
	return fmt.Sprintf("thread %d", t.id)
}

// threadTitle names the thread that the session looks at.
func (s *Session) threadTitle() string {
	if w := s.program.threads; w != nil {
		return s.threadName(w.at)
	}
	return "main"
}

// eachOther looks at each of the other threads.
func (s *Session) eachOther(f func(title string)) {
	w := s.program.threads
	if w == nil {
		return
	}
	at := w.at
	for _, t := range w.all() {
		if t != at {
			s.turnTo(t)
			f(s.threadName(t))
		}
	}
	s.turnTo(at)
}

// errThreads is what can't be done to a program that has several threads, or had.
var errThreads = errors.New("the program has had several threads")

func (s *Session) severalThreads() bool {
	w := s.program.threads
	return w != nil && w.several.Load()
}

// watchesThreads reports whether what any thread does with memory 0 can be watched.
func (p *program) watchesThreads() bool {
	m := p.instance.Memory(0)
	return m != nil && m.Mirrored()
}

// errNoThread is a number that no thread has.
func errNoThread(id int) error { return fmt.Errorf("there is no thread %d", id) }

// SelectThread makes the session look at another thread: frames, variables and steps are of that one then.
func (s *Session) SelectThread(id int) error {
	return s.whileStopped(func() error {
		t := s.threadByID(id)
		if t == nil {
			return errNoThread(id)
		}
		s.turnTo(t)
		return nil
	})
}

func (s *Session) threadByID(id int) *thread {
	if s.program.threads == nil {
		return nil
	}
	for _, t := range s.program.threads.all() {
		if t.id == id {
			return t
		}
	}
	return nil
}

// inThread has the owner run f while the session looks at a thread, and then at the one before; 0 is the present
// one.
func (s *Session) inThread(id int, f func() error) error {
	return s.whileStopped(func() error {
		w := s.program.threads
		if w == nil || id == 0 || w.at.id == id {
			return f()
		}
		t := s.threadByID(id)
		if t == nil {
			return errNoThread(id)
		}
		at := w.at
		s.turnTo(t)
		defer s.turnTo(at)
		return f()
	})
}

// ThreadFrames is Frames for any thread; 0 is the present one.
func (s *Session) ThreadFrames(id, start, count int) (frames []*Frame, more bool, err error) {
	err = s.inThread(id, func() error {
		k := s.stackNow()
		k.mark()
		for n := max(start, 0); n-start < count; n++ {
			f := k.frame(n)
			if f == nil {
				return nil
			}
			frames = append(frames, f)
		}
		more = k.frame(max(start, 0)+max(count, 0)) != nil
		return nil
	})
	return frames, more, err
}
