package debugger

import (
	"strings"
	"testing"
)

// TestMemory64 watches memory beyond 4 GiB, where a store is checked against the size instead of a guard, and lets the
// program run out of bounds: the address in the words is &total + 8 * 0x8000000000.
func TestMemory64(t *testing.T) {
	for _, c := range []struct {
		variant string
		pages   bool
	}{{"O0", false}, {"O2", false}, {"O2", true}} {
		t.Run(c.variant, func(t *testing.T) {
			s, _ := open(t, "c_far/c_far-"+c.variant+".wasm", func(cfg *Config) { cfg.WatchPages = c.pages })
			mustRunTo(t, s, "fill", "")
			mustWatch(t, s, WatchSpec{Expr: "far[1].y"}, BreakpointSpec{})
			got := watchStops(t, s)
			want := []string{"1: 0 -> 1 line 37", "1: 1 -> 77 line 59"}
			if len(got) != 3 || got[0][1:] != want[0][1:] || got[1][1:] != want[1][1:] {
				t.Fatalf("stops %q, want %q and a trap", got, want)
			}
			if trap := got[2]; !strings.Contains(trap, "load of 8 bytes at 0x400000100") || !strings.Contains(trap, "beyond the memory of 0x10012") {
				t.Errorf("trap %q", trap)
			}
		})
	}
}
