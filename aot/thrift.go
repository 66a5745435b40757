package aot

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// bigModule is the size from which on a module's compilation spends time to save memory.
const bigModule = 64 << 20

// collect frees, between the phases of a big module's compilation, what the phase before left.
func collect(size int) {
	if size > bigModule {
		runtime.GC()
	}
}

// thrift counts the compilations of big modules that go on.
var thrift struct {
	mu      sync.Mutex
	n       int
	percent int // as it was
}

// save makes the collector run more often, for a big module, until done is called: it would wait until
// the memory in use has doubled. Nearly all of that is bytes, over which it does not walk.
func save(size int) (done func()) {
	if size <= bigModule {
		return func() {}
	}
	t := &thrift
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n++; t.n == 1 {
		const percent = 10
		if t.percent = debug.SetGCPercent(percent); t.percent >= 0 && t.percent < percent {
			debug.SetGCPercent(t.percent)
		}
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.n--; t.n == 0 {
			debug.SetGCPercent(t.percent)
		}
	}
}
