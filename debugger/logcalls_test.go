package debugger

import (
	"slices"
	"strings"
	"testing"
)

// TestCallsInLogMessages runs functions of the program from log messages. One that is given up says so in its place, and the
// program goes on as without it.
func TestCallsInLogMessages(t *testing.T) {
	for _, c := range []struct {
		module, file string
		line         int
		message      string
		condition    string
		want         []string
	}{
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 169, "{a.legs()} {a.name():s} of {legs}", "", []string{"4 dog 3 of 4", "2 TWEET of 8"}},
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 169, "{a.legs()}", `a.name() == "TWEET"`, []string{"2"}},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", 65, "{depth}: {*b.kind():c}", "depth == 1", []string{"1: 'b'"}},
		{"c_kinds/c_kinds-O0.wasm", "main.c", 73, "{fact(3)} and {fact(4) + total}", "", []string{"6 and 24"}},
		{"c_trap/c_trap-O0-dw5.wasm", "main.c", 33, "{div_by(1, local - local)} {local}", "", []string{"integer divide by zero"}},
		{"c_trap/c_trap-O0-dw5.wasm", "main.c", 33, "{local = 4} {local}", "", []string{"assigns"}},
	} {
		t.Run(c.message, func(t *testing.T) {
			s, lines := logged(t, c.module, nil)
			mustBreak(t, s, BreakpointSpec{File: c.file, Line: c.line, Condition: c.condition, LogMessage: c.message})
			if stop := mustStop(t, s.Continue); !stop.Exited() {
				t.Error(stop)
			}
			got := lines()
			if len(got) != len(c.want) || !slices.EqualFunc(got, c.want, strings.Contains) {
				t.Errorf("it wrote %q, want %q", got, c.want)
			}
		})
	}
	t.Run("met by a single step", func(t *testing.T) {
		s, _ := atLine(t, "c_kinds/c_kinds-O0.wasm", "main.c", 73, nil)
		mustBreak(t, s, BreakpointSpec{File: "main.c", Line: 74, Condition: "fact(3) == 7"})
		mustBreak(t, s, BreakpointSpec{File: "main.c", Line: 74, Condition: "fact(3) == 6"})
		met := false
		for range 1000 {
			stop := mustStop(t, func() (*Stop, error) { return s.StepInstruction(true) })
			for _, r := range stop.Reasons {
				if r.Problem != nil {
					t.Fatal(r.Problem)
				}
				met = met || r.Breakpoint == 3
			}
			if stop.Exited() || met {
				break
			}
		}
		if !met {
			t.Error("the breakpoint whose condition holds was not met")
		}
	})
}
