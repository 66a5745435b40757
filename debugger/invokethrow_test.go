package debugger

import (
	"strings"
	"testing"
)

// TestCallThatThrows calls functions of a program that throw: one that catches returns, of the other it is told, although frames
// that stand would catch it, and these go on as if nothing had been.
func TestCallThatThrows(t *testing.T) {
	s, out := open(t, "cpp_throw/cpp_throw-O0.wasm", nil)
	b, err := s.SetBreakpoint(BreakpointSpec{Function: "fetch"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Continue(); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Eval(0, "handle(1)"); err != nil || v.String() != "-1" {
		t.Errorf("handle(1) is %v, %v", v, err)
	}
	if _, err := s.Eval(0, "fetch(1)"); err == nil || !strings.Contains(err.Error(), "it threw an exception that nothing in it catches; the program stands as before") {
		t.Errorf("fetch(1): %v", err)
	}
	out.Reset()
	if stop, err := s.Continue(); err != nil || !stop.Exited() || stop.ExitCode != 0 || !strings.HasPrefix(out.String(), "~fetch\n~retry\n~fetch\nagain\n") {
		t.Errorf("%v, %v: %s", stop, err, out)
	}
}
