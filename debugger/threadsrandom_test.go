package debugger

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestThreadsRandom does whatever a person may do to a program with five threads, in any order. What the program
// computes is what it computes alone.
func TestThreadsRandom(t *testing.T) {
	for round := range 6 {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		s, out, _ := openThreads(t, "count")
		places := []BreakpointSpec{
			{File: "threads.c", Line: 38, HitCondition: "% 701"}, {File: "threads.c", Line: 41, Condition: "i % 997 == 3"},
			{Function: "mutex_lock", HitCondition: "% 1003"}, {File: "threads.c", Line: 38, Condition: "by == 2 && i % 500 == 1"},
			{Function: "condition_wake"}, {File: "threads.c", Line: 40, Thread: 3, HitCondition: "% 499"},
			{File: "threads.c", Line: 37, LogMessage: "{by} {i}", HitCondition: "% 2500"},
		}
		var set []int
		var stop *Stop
		for range 60 {
			if n := r.IntN(len(places)); r.IntN(3) == 0 {
				set = append(set, mustBreak(t, s, places[n]).ID)
			} else if r.IntN(6) == 0 && len(set) > 0 {
				if err := s.RemoveBreakpoint(set[0]); err != nil {
					t.Fatal(err)
				}
				set = set[1:]
			}
			timer := time.AfterFunc(time.Duration(r.IntN(8))*time.Millisecond, s.Pause)
			run := []func() (*Stop, error){
				s.Continue, s.StepOver, s.StepIn, s.StepUntil,
				func() (*Stop, error) { return s.StepOut(0) },
				func() (*Stop, error) { return s.StepInstruction(r.IntN(2) == 0) },
			}[r.IntN(6)]
			s.RunAlone(false)
			at, err := run()
			timer.Stop()
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if stop = at; stop.Exited() {
				break
			}
			list, err := s.Threads()
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			one := list[r.IntN(len(list))]
			if err := s.SelectThread(one.ID); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if frames, _, err := s.Frames(0, 5); err != nil || len(frames) == 0 && one.Frame != nil {
				t.Fatalf("seed %d: thread %d: %v %v", seed, one.ID, frames, err)
			}
			if v, err := s.Eval(0, "total"); one.Frame != nil && (err != nil || v.Unreadable != nil) {
				t.Fatalf("seed %d: total: %v %v", seed, v, err)
			}
		}
		for _, b := range s.Breakpoints() {
			if err := s.RemoveBreakpoint(b.ID); err != nil {
				t.Fatal(err)
			}
		}
		for range 50 {
			if !stop.Exited() { // a pause that came late may stop it once more
				stop = mustStop(t, s.Continue)
			}
		}
		if want := "total 20000\nticks 8000\nsum of mine 8028\nmine 7\n"; !stop.Exited() || stop.ExitCode != 0 || out.String() != want {
			t.Errorf("seed %d: %v, printed %q", seed, stop, out)
		}
	}
}
