package debugger

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sphex/runtime/coredump"
)

const threadsProgram = "c_threads/c_threads-O0.wasm"

// noted collects the threads that a program began and ended.
type noted struct {
	sync.Mutex
	started, ended []int
}

func (n *noted) event(e Event) {
	n.Lock()
	defer n.Unlock()
	switch e := e.(type) {
	case *ThreadStarted:
		n.started = append(n.started, e.ID)
	case *ThreadEnded:
		n.ended = append(n.ended, e.ID)
	}
}

func openThreads(t *testing.T, mode string) (*Session, fmt.Stringer, *noted) {
	t.Helper()
	n := &noted{}
	s, out := open(t, threadsProgram, func(c *Config) {
		c.Args = []string{mode}
		c.Events = n.event
	})
	return s, out, n
}

// holdThreads opens the program in the mode in which the main thread waits for the debugger, and lets it run until its
// two workers wait, too.
func holdThreads(t *testing.T) (*Session, fmt.Stringer, []Thread) {
	t.Helper()
	s, out, _ := openThreads(t, "hold")
	for range 100 {
		time.AfterFunc(10*time.Millisecond, s.Pause)
		mustStop(t, s.Continue)
		list, err := s.Threads()
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 3 && !slices.ContainsFunc(list, func(t Thread) bool { return t.Waits == "" }) {
			if err := s.SelectThread(1); err != nil {
				t.Fatal(err)
			}
			return s, out, list
		}
	}
	t.Fatal("the threads do not come to wait")
	return nil, nil, nil
}

// TestThreadsRun runs programs with threads to their ends.
func TestThreadsRun(t *testing.T) {
	s, out, n := openThreads(t, "count")
	stop := mustStop(t, s.Continue)
	if want := "total 20000\nticks 8000\nsum of mine 8028\nmine 7\n"; !stop.Exited() || stop.ExitCode != 0 || out.String() != want {
		t.Errorf("%v, printed %q", stop, out.String())
	}
	if !slices.Equal(n.started, []int{2, 3, 4, 5}) || len(n.ended) > 4 {
		t.Errorf("started %v, ended %v", n.started, n.ended)
	}

	s, _, _ = openThreads(t, "exit")
	if stop := mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 3 {
		t.Errorf("exit: %v", stop)
	}

	s, _, _ = openThreads(t, "trap")
	stop = mustStop(t, s.Continue)
	if stop.Trap() == nil || stop.Thread != 2 || stop.Frame.Function != "fail" {
		t.Fatalf("trap: %v in thread %d, %v", stop, stop.Thread, stop.Frame)
	}
	if stop = mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != TrapStatus {
		t.Errorf("behind the trap: %v", stop)
	}

	s, _, _ = openThreads(t, "loop")
	time.AfterFunc(50*time.Millisecond, s.Pause)
	if stop = mustStop(t, s.Continue); !stop.Has(ReasonPause) {
		t.Fatalf("pause: %v", stop)
	}
	if list, _ := s.Threads(); len(list) != 5 {
		t.Errorf("%d threads", len(list))
	}
	time.AfterFunc(50*time.Millisecond, s.Kill)
	if stop = mustStop(t, s.Continue); !stop.Exited() {
		t.Errorf("kill: %v", stop)
	}
	if err := s.Restart([]string{"count"}); err != nil {
		t.Fatal(err)
	}
	if stop = mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 0 {
		t.Errorf("restarted: %v", stop)
	}
}

func functions(t *testing.T, s *Session, thread int) (names []string) {
	t.Helper()
	frames, _, err := s.ThreadFrames(thread, 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if !f.Host {
			names = append(names, f.Function)
		}
	}
	return names
}

// TestThreadsStop stops in the middle of a program whose two workers wait for the main thread.
func TestThreadsStop(t *testing.T) {
	s, out, list := holdThreads(t)
	for i, x := range list {
		if x.ID != i+1 || x.Waits != "memory.atomic.wait32" {
			t.Errorf("threads: %+v", list)
		}
	}
	for id := 2; id <= 3; id++ {
		names := strings.Join(functions(t, s, id), " ")
		if want := "condition_wait wait_for_go thread_begin wasi_thread_start"; names != want {
			t.Errorf("thread %d stands in %s, want %s", id, names, want)
		}
		if err := s.SelectThread(id); err != nil {
			t.Fatal(err)
		}
		// A thread-local variable is another one in each thread: 100 + what the thread was given, 2 and 3.
		frame := slices.Index(functions(t, s, 0), "wait_for_go")
		for expr, want := range map[string]int{"mine": 100 + id, "n": id} {
			if v, err := s.Eval(frame, expr); err != nil || v.String() != fmt.Sprint(want) {
				t.Errorf("thread %d: %s = %v, %v; want %d", id, expr, v, err, want)
			}
		}
	}
	if err := s.SelectThread(1); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Eval(0, "mine"); err != nil || v.String() != "7" {
		t.Errorf("main: mine = %v, %v", v, err)
	}
	if v, err := s.Eval(0, "held = 0"); err != nil {
		t.Errorf("held = 0: %v, %v", v, err)
	}
	if err := s.SelectThread(9); err == nil {
		t.Error("there is a thread 9")
	}

	mustBreak(t, s, BreakpointSpec{Function: "square"})
	// Both workers come to square, one after the other; a step stays in its thread.
	seen := map[int]string{}
	for range 2 {
		stop := mustStop(t, s.Continue)
		if !stop.Has(ReasonBreakpoint) || stop.Frame == nil || stop.Frame.Function != "square" || stop.Thread < 2 {
			t.Fatalf("%v in thread %d: %v", stop, stop.Thread, stop.Frame)
		}
		id := stop.Thread
		line := stop.Frame.Line
		for moved := 0; moved < 2; {
			at := mustStop(t, s.StepOver)
			if at.Thread != id { // the other one has come to its breakpoint
				if at.Frame.Function != "square" || !at.Has(ReasonBreakpoint) {
					t.Fatalf("%v in thread %d", at, at.Thread)
				}
				if err := s.SelectThread(id); err != nil {
					t.Fatal(err)
				}
				seen[at.Thread] = "at breakpoint"
				continue
			}
			moved++
			line++
			if at.Frame.Line != line {
				t.Errorf("thread %d: line %d, want %d", id, at.Frame.Line, line)
			}
		}
		if v, err := s.Eval(0, "mine"); err != nil || v.String() != fmt.Sprint(id*id) {
			t.Errorf("thread %d: mine = %v, %v", id, v, err)
		}
		seen[id] = "stepped"
		if len(seen) == 2 {
			break
		}
	}
	for _, b := range s.Breakpoints() {
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Fatal(err)
		}
	}
	if stop := mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 0 {
		t.Fatalf("at the end: %v", stop)
	}
	if want := "ready 2\nworker 5\nworker 10\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// TestThreadsBreak counts hits of breakpoints in four threads: 2000 rounds each.
func TestThreadsBreak(t *testing.T) {
	s, out, _ := openThreads(t, "count")
	b := mustBreak(t, s, BreakpointSpec{File: "threads.c", Line: 41, Condition: "by == 3 && i == 1000"})
	count := mustBreak(t, s, BreakpointSpec{File: "threads.c", Line: 40, HitCondition: ">= 8000"})
	stop := mustStop(t, s.Continue)
	if !slices.Contains(stop.Breakpoints(), b.ID) || stop.Thread != 4 {
		t.Fatalf("%v in thread %d", stop, stop.Thread)
	}
	if v, err := s.Eval(0, "mine"); err != nil || v.String() != "1007" {
		t.Errorf("mine = %v, %v", v, err)
	}
	stop = mustStop(t, s.Continue)
	if !slices.Contains(stop.Breakpoints(), count.ID) {
		t.Fatalf("%v", stop)
	}
	if stop = mustStop(t, s.Continue); !stop.Exited() || out.String()[:12] != "total 20000\n" {
		t.Errorf("%v, printed %q", stop, out)
	}
}

// TestThreadsCore writes a core dump with three threads: the one that is looked at comes first.
func TestThreadsCore(t *testing.T) {
	s, _, _ := holdThreads(t)
	if err := s.SelectThread(3); err != nil {
		t.Fatal(err)
	}
	b, err := s.WriteCore("c_threads")
	if err != nil {
		t.Fatal(err)
	}
	d, err := coredump.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, x := range d.Threads {
		names = append(names, x.Name)
		if len(x.Frames) == 0 || x.Frames[0].Instance != uint32(i) {
			t.Errorf("%s: frames %+v", x.Name, x.Frames)
		}
	}
	if want := []string{"thread 3", "main", "thread 2"}; !slices.Equal(names, want) || len(d.Instances) != 3 {
		t.Fatalf("threads %v and %d instances, want %v", names, len(d.Instances), want)
	}
	c := openCore(t, threadsProgram, b)
	if names := functions(t, c, 0); len(names) < 2 || names[1] != "wait_for_go" {
		t.Errorf("the dump's stack: %v", names)
	}
	if v, err := c.Eval(1, "mine"); err != nil || v.String() != "103" {
		t.Errorf("mine = %v, %v", v, err)
	}
}
