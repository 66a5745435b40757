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
