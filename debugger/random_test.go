package debugger

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRandomSessions drives programs as an impatient person does, each time in another way:
// breakpoints on random lines with conditions, removed and set while the program runs, steps
// of all kinds from random depths, pauses, a look at values in between. The programs must print
// what they print without. A failure prints the seed; put it in place of the clock.
func TestRandomSessions(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i, name := range []string{
		"c_kinds/c_kinds-O0.wasm", "c_kinds/c_kinds-O2.wasm", "c_steps/c_steps-O0.wasm", "c_multi/c_multi-O2-dw5.wasm",
		"cpp_shapes/cpp_shapes-O0.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "orders/orders.wasm", "orders/orders-release.wasm",
		"rs_types/rs_types-debug.wasm",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			randomSession(t, name, rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
}

// randomSession runs a program again and again for a second.
func randomSession(t *testing.T, name string, r *rand.Rand) {
	s, out := open(t, name, nil)
	rounds := 0
	for end := time.Now().Add(time.Second); time.Now().Before(end) && !t.Failed(); rounds++ {
		if err := s.Restart(nil); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		randomRun(t, s, out, name, r)
	}
	t.Logf("%d runs", rounds)
}

func randomRun(t *testing.T, s *Session, out *bytes.Buffer, name string, r *rand.Rand) {
	want := strings.TrimSpace(expected(t, filepath.Dir(name)))
	file := "main" + map[string]string{"c_": ".c", "cp": ".cpp", "or": ".rs", "rs": ".rs"}[name[:2]]
	conditions := []string{"", "1 == 1", "1 > 2", "nosuchname == 3", "n > 2", "i % 2 == 0"}
	breakpoint := func() {
		_, err := s.SetBreakpoint(BreakpointSpec{
			File: file, Line: 1 + r.IntN(200), Condition: conditions[r.IntN(len(conditions))],
			HitCondition: fmt.Sprintf("< %d", 1+r.IntN(30)), Temporary: r.IntN(8) == 0,
		})
		if err != nil {
			t.Error(err)
		}
	}
	remove := func() {
		if all := s.Breakpoints(); len(all) > 0 {
			_ = s.RemoveBreakpoint(all[r.IntN(len(all))].ID) // a temporary one may be gone
		}
	}
	for range 15 {
		breakpoint()
	}
	for range 300 {
		var run func() (*Stop, error)
		meanwhile := func() {}
		switch r.IntN(8) {
		case 0, 1:
			run = s.StepOver
		case 2, 3:
			run = s.StepIn
		case 4:
			level := 0
			if frames, _, err := s.Frames(0, 20); err == nil && len(frames) > 0 {
				level = r.IntN(len(frames))
			}
			run = func() (*Stop, error) { return s.StepOut(level) }
		case 5:
			over := r.IntN(2) == 0
			run = func() (*Stop, error) { return s.StepInstruction(over) }
			switch r.IntN(4) {
			case 0:
				run = s.StepUntil
			case 1:
				kind, n := StepKind(r.IntN(2)), 1+r.IntN(30)
				run = func() (*Stop, error) { return s.StepMany(kind, n) }
			case 2:
				if list, err := s.StepTargets(); err == nil && len(list) > 0 {
					id := 1 + r.IntN(len(list))
					run = func() (*Stop, error) { return s.StepIntoTarget(id) }
				}
			}
		default:
			run = s.Continue
			meanwhile = []func(){breakpoint, remove, s.Pause, func() { time.Sleep(time.Duration(r.IntN(200)) * time.Microsecond); s.Pause() }}[r.IntN(4)]
		}
		if s.State() == Loaded {
			run = s.Continue
		}
		done := make(chan struct{})
		go func() { meanwhile(); close(done) }()
		stop, err := run()
		<-done
		if err != nil {
			if s.State() == Stopped { // no caller to step out to
				continue
			}
			t.Fatal(err)
		}
		if stop.Trap() != nil {
			t.Fatalf("%v at %v", stop, stop.Frame)
		}
		if stop.Exited() {
			break
		}
		if r.IntN(3) == 0 {
			level := r.IntN(3)
			vars, _ := s.Locals(level)
			args, _ := s.Arguments(level)
			for _, v := range append(vars, args...) {
				_ = v.String()
			}
		}
	}
	for _, b := range s.Breakpoints() {
		_ = s.RemoveBreakpoint(b.ID)
	}
	for s.State() != Exited {
		if stop := mustStop(t, s.Continue); stop.Trap() != nil {
			t.Fatalf("%v", stop)
		}
	}
	if got := strings.TrimSpace(out.String()); got != want {
		t.Errorf("output:\n%s\nwant:\n%s", got, want)
	}
}
