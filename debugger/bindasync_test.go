package debugger

import (
	"strings"
	"testing"
)

// TestBreakAsync stops in the body of an async function, and not where a call makes its future: once for each call,
// though the body is polled again after each wait. both() calls fetch twice, and fetch waits once.
// In optimised code the first statement may be where later polls come by too.
func TestBreakAsync(t *testing.T) {
	for _, build := range []string{"debug", "release"} {
		t.Run(build, func(t *testing.T) {
			s, _ := open(t, "rs_steps/rs_steps-"+build+".wasm", nil)
			mustBreak(t, s, BreakpointSpec{Function: "fetch"})
			mustBreak(t, s, BreakpointSpec{Function: "main::both"})
			var bodies []string
			for {
				stop := mustStop(t, s.Continue)
				if stop.Exited() {
					break
				}
				switch line := stop.Frame.Line; {
				case line >= 226 && line <= 228:
					bodies = append(bodies, "fetch")
				case line >= 232 && line <= 234:
					bodies = append(bodies, "both")
				default:
					t.Errorf("stopped at line %d, in no body", line)
				}
			}
			got := strings.Join(bodies, " ")
			if build == "debug" && got != "both fetch fetch" || !strings.HasPrefix(got, "both fetch") || !strings.HasSuffix(got, "fetch") {
				t.Errorf("stops in %s", got)
			}
		})
	}
}

// TestBreakAwaitLine stops at lines with an .await: once each time that the line begins, and not where a later poll goes on in the
// middle of it, and at the } behind it not where a future is made or dropped. Three workers run lines 22 to 26; the others run once, and some of them wait several times.
// At the line that opens an async function (21, 28, 43) it stops at the first line of the body, once for each call, and at one that opens an async block (44) where its future is made.
func TestBreakAwaitLine(t *testing.T) {
	for line, want := range map[int]int{21: 3, 22: 3, 24: 3, 25: 3, 26: 3, 28: 1, 41: 1, 43: 1, 44: 1, 50: 0, 40: 1, 45: 1, 47: 1, 48: 1} {
		s, _ := open(t, "rs_async/rs_async-debug.wasm", nil)
		mustBreak(t, s, BreakpointSpec{File: "main.rs", Line: line})
		hits, shown := 0, line
		if line == 21 || line == 28 || line == 43 {
			shown++
		}
		for stop := mustStop(t, s.Continue); !stop.Exited(); stop = mustStop(t, s.Continue) {
			if hits++; stop.Frame.Line != shown {
				t.Errorf("stopped at line %d, want %d", stop.Frame.Line, shown)
			}
			if line == 24 {
				if v, err := s.Eval(0, "sum - first - id"); err != nil || v.String() != "0" {
					t.Errorf("at line 24 the lines before have not run: %v, %v", v, err)
				}
			}
		}
		if hits != want {
			t.Errorf("line %d: %d stops, want %d", line, hits, want)
		}
	}
}
