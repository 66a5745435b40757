package debugger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRestartChanged compiles a program again, so to speak, in the middle of a session: the next start runs the
// new one, with the breakpoints and traced functions of before where the new code has them.
func TestRestartChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "program.wasm")
	build := 0
	install := func(name string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join("..", "testdata", "programs", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		build++
		if at := time.Now().Add(time.Duration(build) * time.Second); os.Chtimes(file, at, at) != nil {
			t.Fatal("no times")
		}
	}
	install("c_steps/c_steps-O0.wasm")
	s, lines := logged(t, "", func(c *Config) { c.Program, c.Compile = file, nil })
	fact := mustBreak(t, s, BreakpointSpec{Function: "fact", Condition: "n == 2"})
	missing, err := s.SetBreakpoint(BreakpointSpec{Function: "price"})
	if err != nil || missing.Bound() {
		t.Fatal(missing, err)
	}
	if _, err := s.Trace("is_even"); err != nil {
		t.Fatal(err)
	}
	if stop := mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) || stop.Frame.Function != "fact" {
		t.Fatal(stop)
	}
	old := s.Breakpoints()[0].Places[0].Text

	install("c_steps/c_steps-O2.wasm")
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	if got := lines(); len(got) == 0 || !strings.Contains(got[len(got)-1], "has changed") {
		t.Errorf("%v", got)
	}
	b := s.Breakpoints()[0]
	if b.ID != fact.ID || !b.Bound() || b.Places[0].Text == old {
		t.Errorf("%+v", b)
	}
	before := len(lines())
	for range 20 {
		if stop := mustStop(t, s.Continue); stop.Exited() {
			break
		} else if f := stop.Frame; !strings.Contains(f.Function, "fact") {
			t.Fatal(stop, f.Function)
		}
	}
	if s.State() != Exited || len(lines()) < before {
		t.Error(s.State())
	}

	// Another program altogether: what waited is bound, what has gone waits.
	install("orders/orders.wasm")
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	list := s.Breakpoints()
	if list[0].Bound() || list[0].Message == "" || !list[1].Bound() {
		t.Errorf("%+v", list)
	}
	if stop := mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) || stop.Frame.Function != "main::price" {
		t.Error(stop)
	}
	if stop := mustStop(t, s.StepOver); !stop.Has(ReasonStep) {
		t.Error(stop)
	}

	// One that can't be loaded leaves the last.
	if err := os.WriteFile(file, []byte("\x00asm\x01\x00\x00\x00 what is this"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(nil); err == nil || s.State() != Exited {
		t.Error(err, s.State())
	}
	install("orders/orders.wasm")
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	if stop := mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) {
		t.Error(stop)
	}
}
