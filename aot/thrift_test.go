package aot

import (
	"runtime/debug"
	"testing"
	"time"
)

// TestPace holds that a big module's compilation comes before a load, and that the collector is as it was
// when both are over, in whatever order they end.
func TestPace(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	percent := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	for deadline := time.Now().Add(10 * loadTime); ; time.Sleep(time.Millisecond) { // loads of other tests
		pace.mu.Lock()
		idle := pace.big == 0 && pace.loads == 0
		pace.mu.Unlock()
		if idle {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("something still loads")
		}
	}
	debug.SetGCPercent(100)
	expect := func(what string, want int) {
		t.Helper()
		if got := percent(); got != want {
			t.Errorf("%s: %d percent, want %d", what, got, want)
		}
	}
	changePace(0, 1)
	expect("a load", hasty)
	done := save(bigModule + 1)
	expect("a load and a big module", thrifty)
	changePace(0, -1)
	expect("a big module", thrifty)
	changePace(0, 1)
	done()
	expect("a load alone", hasty)
	changePace(0, -1)
	expect("nothing", 100)
	save(bigModule)()
	expect("a small module", 100)

	debug.SetGCPercent(-1)
	changePace(0, 1)
	expect("a load where it is off", -1)
	changePace(0, -1)
	expect("off", -1)
	debug.SetGCPercent(5)
	done = save(bigModule + 1)
	expect("a big module where it runs more often", 5)
	done()
	expect("more often", 5)
}
