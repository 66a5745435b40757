package debugger

import "testing"

// TestEntryPlace breaks on a function that is one loop: spin's first statement is the loop's condition, which it comes to in
// each round. The breakpoint stops once for the call; one on the line stops each time.
func TestEntryPlace(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", func(c *Config) { c.Args = []string{"spin"} })
	at := func(id int) Breakpoint {
		for _, b := range s.Breakpoints() {
			if b.ID == id {
				return b
			}
		}
		t.Fatalf("no breakpoint %d", id)
		return Breakpoint{}
	}
	onFunction := mustBreak(t, s, BreakpointSpec{Function: "spin"})
	if stop := mustStop(t, s.Continue); len(stop.Breakpoints()) != 1 || stop.Frame.Function != "spin" || stop.Frame.Line != 17 {
		t.Fatalf("%v at %v", stop, stop.Frame)
	}
	onLine := mustBreak(t, s, BreakpointSpec{File: "c_callback/main.c", Line: 17})
	for round := range 3 {
		stop := mustStop(t, s.Continue)
		if rounds, err := s.Eval(0, "rounds"); err != nil || rounds.String() != []string{"0", "1", "2"}[round] || stop.Frame.Line != 17 {
			t.Errorf("%v at %v in round %v (%v), want %d", stop, stop.Frame, rounds, err, round)
		}
	}
	if f, l := at(onFunction.ID).Hits, at(onLine.ID).Hits; f != 1 || l != 3 {
		t.Errorf("the function's breakpoint was hit %d times, the line's %d, want 1 and 3", f, l)
	}
	// Steps go round, too.
	if err := s.RemoveBreakpoint(onLine.ID); err != nil {
		t.Fatal(err)
	}
	for _, line := range []int{18, 17, 18} {
		if stop := mustStop(t, s.StepOver); stop.Frame.Line != line {
			t.Errorf("stepped to %v, want line %d", stop.Frame, line)
		}
	}
}
