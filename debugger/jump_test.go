package debugger

import (
	"strings"
	"testing"
)

func mustFailWith(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("%v, want …%s…", err, part)
	}
}

// Lines 55 and 56 of c_ledger run twice: 26, and 24 more, both times.
func TestJump(t *testing.T) {
	s := ledger(t, "O0", false)
	spec := func(line int) BreakpointSpec { return BreakpointSpec{File: "main.c", Line: line} }
	b, err := s.SetBreakpoint(spec(57))
	if err != nil {
		t.Fatal(err)
	}
	if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
		t.Fatal(stop, err)
	}
	stop, err := s.JumpTo(spec(56))
	if err != nil || stop.Frame.Line != 56 {
		t.Fatal(stop, err)
	}
	wantValue(t, s, "total", "50")
	if stop, err = s.StepOver(); err != nil || stop.Frame.Line != 57 {
		t.Fatal(stop, err)
	}
	wantValue(t, s, "total", "74")
	_, err = s.JumpTo(spec(18))
	mustFailWith(t, err, "another function")
	_, err = s.JumpTo(BreakpointSpec{Function: "nowhere"})
	mustFailWith(t, err, "nowhere")
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Error(err)
	}
	// Behind a return, main's line 56 is half computed: total stands on the operand stack or is read later.
	mustRunTo(t, s, "half", "")
	if _, err := s.ReturnEarly(0, "2.5"); err != nil {
		t.Fatal(err)
	}
	if stop, err = s.StepOver(); err != nil || stop.Frame.Line != 64 {
		t.Fatal(stop, err)
	}
	wantValue(t, s, "h", "2.5")
}

// Returns from a recursion, from below a library's frame, and of what can't.
func TestReturnEarly(t *testing.T) {
	for _, variant := range []string{"O0", "O2"} {
		s := ledger(t, variant, false)
		mustRunTo(t, s, "deposit", "")
		_, err := s.ReturnEarly(0, "1")
		mustFailWith(t, err, "no value")
		if stop, err := s.ReturnEarly(0, ""); err != nil || stop.Frame.Function != "main" {
			t.Fatal(stop, err)
		}
		wantValue(t, s, "accounts[1].balance", "0")
		mustRunTo(t, s, "snprintf", "")
		frames, _, err := s.Frames(0, 8)
		if err != nil {
			t.Fatal(err)
		}
		level := 0
		for frames[level].Function != "half" {
			level++
		}
		_, err = s.ReturnEarly(level, "")
		mustFailWith(t, err, "give a value")
		_, err = s.ReturnEarly(level, "no_such_name")
		mustFailWith(t, err, "no_such_name")
		_, err = s.ReturnEarly(level, "half_of(1)")
		mustFailWith(t, err, "half_of")
		if stop, err := s.ReturnEarly(level, "0.125"); err != nil || stop.Frame.Function != "main" {
			t.Fatal(stop, err)
		}
		mustRunTo(t, s, "spin", "")
		frames, _, err = s.Frames(0, 8)
		if err != nil {
			t.Fatal(err)
		}
		last := frames[len(frames)-1].Level
		_, err = s.ReturnEarly(last+10, "")
		mustFailWith(t, err, "no frame")
		out := s.cfg.Stdout.(interface{ String() string })
		if stop, err := s.Continue(); err != nil || !stop.Exited() || out.String() != "0 5 7 total 100 line hello got 5 half 0.1\n" {
			t.Errorf("%s: %v, %v: %q", variant, stop, err, out)
		}
	}
}
