package debugger

import (
	"slices"
	"strings"
	"testing"
)

// at68 stands in main of orders on line 68, which makes strings of literals and calls order.
func at68(t *testing.T, program string) *Session {
	t.Helper()
	s, _ := open(t, program, nil)
	b, err := s.SetBreakpoint(BreakpointSpec{File: "main.rs", Line: 68})
	if err != nil || !b.Bound() {
		t.Fatal(b, err)
	}
	mustStop(t, s.Continue)
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStepInto chooses among the calls of a statement.
func TestStepInto(t *testing.T) {
	s := at68(t, "orders/orders.wasm")
	list, err := s.StepTargets()
	if err != nil || !slices.ContainsFunc(list, func(g StepTarget) bool { return g.Name == "main::order" && g.Line == 68 }) {
		t.Fatalf("targets %+v, %v", list, err)
	}
	stop := mustStop(t, func() (*Stop, error) { return s.StepInto("order") })
	if f := stop.Frame; f.Function != "main::order" || f.Line != 61 {
		t.Errorf("%v", f)
	}
	// What it returns is an aggregate in memory.
	stop = mustStop(t, func() (*Stop, error) { return s.StepOut(0) })
	if stop.Value == nil || !strings.HasPrefix(stop.Value.String(), `Order { customer: "Ada", items: ["tea", "cake"], discount: None`) {
		t.Errorf("returned %v", stop.Value)
	}
	v, err := s.Returned()
	if err != nil || v.TypeName(false) != "Order" {
		t.Errorf("%v, %v", v, err)
	}
}

// TestReturned leaves functions whose results the source tells: cake costs 420, and cake and tea 670.
func TestReturned(t *testing.T) {
	s, _ := open(t, "orders/orders.wasm", nil)
	for _, test := range []struct{ function, value string }{{"price", "Some(250)"}, {"price", "Some(420)"}} {
		b, err := s.SetBreakpoint(BreakpointSpec{Function: test.function})
		if err != nil {
			t.Fatal(err)
		}
		mustStop(t, s.Continue)
		if stop := mustStop(t, func() (*Stop, error) { return s.StepOut(0) }); stop.Value == nil || stop.Value.String() != test.value {
			t.Errorf("%s returned %v, want %s", test.function, stop.Value, test.value)
		}
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Fatal(err)
		}
	}
	if stop := mustStop(t, func() (*Stop, error) { return s.StepOut(0) }); stop.Value == nil || stop.Value.String() != "Ok(670)" {
		t.Errorf("total returned %v", stop.Value)
	}
}

// TestSkip leaves a function of the program's own out of steps.
func TestSkip(t *testing.T) {
	s := at68(t, "orders/orders.wasm")
	r, err := s.Skip(SkipRule{Function: "order"})
	if err != nil {
		t.Fatal(err)
	}
	if stop := mustStop(t, s.StepIn); stop.Frame.Function != "main::main" {
		t.Errorf("with the rule: %v", stop.Frame)
	}
	if err := s.Unskip(r.ID); err != nil || len(s.Skips()) != 0 {
		t.Error(err)
	}
	stop := mustStop(t, s.StepIn)
	for stop.Frame.Function == "main::main" && stop.Frame.Line < 72 {
		stop = mustStop(t, s.StepIn)
	}
	if stop.Frame.Function != "main::order" {
		t.Errorf("without it: %v", stop.Frame)
	}
	if _, err := s.Skip(SkipRule{Function: "[", File: ""}); err == nil {
		t.Error("a bad pattern was accepted")
	}
}

// TestStepUntil does not go back in a loop.
func TestStepUntil(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", nil)
	last := mustStop(t, s.StepUntil).Frame
	for range 100 {
		stop := mustStop(t, s.StepUntil)
		if stop.Exited() {
			return
		}
		if f := stop.Frame; f.CFA == last.CFA && f.Line <= last.Line {
			t.Fatalf("from %v to %v", last, f)
		}
		last = stop.Frame
	}
	t.Error("it does not end")
}
