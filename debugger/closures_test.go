package debugger

import (
	"strings"
	"testing"
)

// TestCallClosures calls closures of both layouts and of both ways to capture, through whatever they stand behind. n is 1 and the
// text "captured 1", of ten bytes; what must come out is in functions.rs.
func TestCallClosures(t *testing.T) {
	for _, name := range []string{"163-debug", "196-debug", "196-release"} {
		t.Run(name, func(t *testing.T) {
			s := silent(t, "rs_values/rs_values-"+name+".wasm")
			debug := strings.HasSuffix(name, "debug")
			mustBreak(t, s, BreakpointSpec{Function: "main::stop"})
			run := func(function string) {
				t.Helper()
				for {
					stop := mustStop(t, s.Continue)
					if stop.Exited() {
						t.Fatalf("%s is not there", function)
					}
					if f, err := s.Frame(1); err == nil && f.Function == function {
						return
					}
				}
			}
			check := func(rows [][2]string) {
				t.Helper()
				for _, r := range rows {
					v, err := s.Eval(1, r[0])
					got := ""
					if err != nil {
						got = err.Error()
					} else {
						got = v.String()
					}
					if got != r[1] && (err == nil || !strings.Contains(got, r[1])) {
						t.Errorf("%s is %s, want %s", r[0], got, r[1])
					}
				}
			}
			run("main::functions::functions")
			check([][2]string{
				{"pointer(3, 4)", "7"}, {"table[0](8, 2)", "10"},
				{"table[1](8, 2)", "6"}, // a closure without captures, made a pointer
				{"table[1](8)", "takes 2 arguments, not 1"},
			})
			if debug {
				check([][2]string{
					{"plain(1)", "2"}, {"by_ref(2)", "12"}, {"by_move(3)", "14"},
					{"count", "5"}, {"by_mut(1)", "()"}, {"count", "6"}, {"by_mut(4)", "()"}, {"count", "10"},
					{"by_ref(2, 3)", "can't be called"}, {"(by_ref)(1) + plain(by_move(0))", "23"},
				})
			} else {
				check([][2]string{{"plain(1)", "the compiler has put its code into its callers"}})
			}
			run("main::functions::traits")
			check([][2]string{{"dyn_fn(3)", "4"}, {"(*dyn_fn)(41)", "42"}, {"zoo[1].area()", "16.0"}})
		})
	}
}
