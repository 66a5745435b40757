package debugger

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"sphex/runtime"
)

// lockedBuffer is what a program writes while somebody reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestAttachToRun attaches to a program that runs by itself, looks at it, leaves it, comes again, and makes it end.
func TestAttachToRun(t *testing.T) {
	var h Host
	var out lockedBuffer
	type end struct {
		run *HostedRun
		err error
	}
	ended, ready := make(chan end, 1), make(chan struct{})
	name := "c_callback/c_callback-O0.wasm"
	go func() {
		run, err := h.Run(context.Background(), Config{Program: programPath(t, name), Args: []string{"spin"}, Stdout: &out, Compile: compileOnce(name)}, func() { close(ready) })
		ended <- end{run, err}
	}()
	<-ready
	for !strings.Contains(out.String(), "a 5 b 33") {
		time.Sleep(time.Millisecond)
	}
	list := h.Instances()
	if len(list) != 1 || list[0].ID != 1 || list[0].Attached || !strings.HasSuffix(list[0].Name, "c_callback-O0.wasm") {
		t.Fatalf("%+v", list)
	}
	rounds := ""
	for round := range 3 {
		var events []Event
		s, err := h.Attach(context.Background(), "1", Config{Events: func(e Event) { events = append(events, e) }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Attach(context.Background(), "", Config{}); !errors.Is(err, runtime.ErrAttached) {
			t.Errorf("a second debugger: %v", err)
		}
		if s.State() != Stopped || !s.LastStop().Has(ReasonPause) {
			t.Fatalf("%v %v", s.State(), s.LastStop())
		}
		frames, _, err := s.Frames(0, 10)
		if err != nil || frames[0].Function != "spin" || frames[1].Function != "main" || frames[1].Line != 27 {
			t.Fatalf("%v %v", frames, err)
		}
		v, err := s.Eval(0, "rounds")
		if err != nil || v.String() == rounds {
			t.Errorf("rounds stayed %s: %v", rounds, err)
		}
		rounds = v.String()
		mustBreak(t, s, BreakpointSpec{File: "main.c", Line: 18})
		for range 3 {
			if stop := mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) || stop.Frame.Line != 18 {
				t.Fatalf("%v", stop)
			}
		}
		if err := s.Restart(nil); !errors.Is(err, ErrHosts) {
			t.Errorf("restart: %v", err)
		}
		switch round {
		case 1: // it runs when the debugger leaves
			for _, b := range s.Breakpoints() {
				if err := s.RemoveBreakpoint(b.ID); err != nil {
					t.Fatal(err)
				}
			}
			running := make(chan *Stop)
			go func() {
				stop, _ := s.Continue()
				running <- stop
			}()
			for s.State() != Running {
				time.Sleep(time.Millisecond)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if stop := <-running; stop == nil || !stop.Exited() || !errors.Is(stop.Err, ErrDetached) {
				t.Errorf("%v", stop)
			}
			continue
		case 2:
			if _, err := s.SetVariable(0, "go_on", "0"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	e := <-ended
	if e.err != nil || e.run.ExitCode != 3 || e.run.Trap != nil {
		t.Errorf("%+v %v", e.run, e.err)
	}
	if got := out.String(); got != "a 5 b 33\ndone\n" {
		t.Errorf("output %q", got)
	}
	if list := h.Instances(); len(list) != 0 {
		t.Errorf("%+v are left", list)
	}
}

// A trap of a program that runs by itself is explained; one that a debugger saw, too.
func TestHostedTrap(t *testing.T) {
	name := "c_trap/c_trap-O0-dw5.wasm"
	for _, attach := range []bool{false, true} {
		var h Host
		var s *Session
		ready := func() {
			if !attach {
				return
			}
			var err error
			if s, err = h.Attach(context.Background(), "", Config{}); err != nil {
				t.Fatal(err)
			}
			if f := s.LastStop().Frame; f != nil {
				t.Errorf("it stands in %v before it begins", f)
			}
			go func() {
				stop, err := s.Continue()
				if err != nil || stop.Trap() == nil || stop.Frame.Function != "div_by" || stop.Frame.Line != 13 {
					t.Errorf("%v %v", stop, err)
				}
				s.Close()
			}()
		}
		run, err := h.Run(context.Background(), Config{Program: programPath(t, name), Args: []string{"div0"}, Compile: compileOnce(name)}, ready)
		if err != nil || run.ExitCode != TrapStatus || run.Trap == nil {
			t.Fatalf("%+v %v", run, err)
		}
		if text := run.Trap.String(); !strings.Contains(text, "divide by zero") || !strings.Contains(text, "#0 div_by") {
			t.Errorf("%s", text)
		}
	}
}

// A debugger may end the program, while it runs and while none of its functions does.
func TestKillHosted(t *testing.T) {
	name := "c_callback/c_callback-O0.wasm"
	for _, idle := range []bool{false, true} {
		var h Host
		killed := make(chan struct{})
		kill := func() {
			s, err := h.Attach(context.Background(), "", Config{})
			if err != nil {
				t.Error(err)
				return
			}
			stops := make(chan *Stop)
			go func() {
				stop, _ := s.Continue()
				stops <- stop
			}()
			for s.State() != Running {
				time.Sleep(time.Millisecond)
			}
			s.Kill()
			if stop := <-stops; stop == nil || !stop.Exited() || !errors.Is(stop.Err, runtime.ErrKilled) {
				t.Errorf("%v", stop)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			close(killed)
		}
		ready := kill
		if !idle {
			ready = func() {
				go func() {
					time.Sleep(20 * time.Millisecond)
					kill()
				}()
			}
		}
		run, err := h.Run(context.Background(), Config{Program: programPath(t, name), Args: []string{"spin"}, Compile: compileOnce(name)}, ready)
		if !errors.Is(err, runtime.ErrKilled) {
			t.Errorf("idle %v: %+v %v", idle, run, err)
		}
		<-killed
	}
}

// TestServe checks who is let in, and that nothing is left when the service ends.
func TestServe(t *testing.T) {
	before := goruntime.NumGoroutine()
	dir := t.TempDir()
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", "unix:" + filepath.Join(dir, "s")} {
		l, err := Listen(address)
		if err != nil {
			t.Logf("%s: %v", address, err) // a machine without IPv6
			continue
		}
		socket := strings.HasPrefix(address, "unix:")
		if !socket {
			address = l.Addr().String()
		}
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan error)
		seen := make(chan *Peer, 2)
		go func() {
			served <- Serve(ctx, l, new(Host), ServeConfig{Token: "sesame", View: func(c *Peer, h *Host) {
				seen <- c
				c.Read(make([]byte, 1)) // until the service ends
				c.Close()
			}})
		}()
		c, err := Dial(address)
		if err != nil {
			t.Fatal(err)
		}
		p := <-seen
		if socket {
			if _, err := Listen(address); err == nil {
				t.Error("two listen at one socket")
			}
		}
		if goruntime.GOOS == "linux" {
			if err := p.Check(""); err != nil {
				t.Errorf("%s: this user is turned away: %v", address, err)
			}
		}
		p.trusted = false
		if p.Check("") == nil || p.Check("sesam") == nil || p.Check("sesame") != nil {
			t.Errorf("%s: the token is not what decides", address)
		}
		p.token = ""
		if p.Check("") == nil {
			t.Errorf("%s: without a token, anybody is let in", address)
		}
		cancel()
		if err := <-served; err != nil {
			t.Errorf("%s: %v", address, err)
		}
		c.Close()
	}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(context.Background(), l, new(Host), ServeConfig{}); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("other machines without a token: %v", err)
	}
	for wait := time.Now(); goruntime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Since(wait) > testPatience {
			t.Fatalf("%d goroutines before, %d after", before, goruntime.NumGoroutine())
		}
	}
}
