package aot

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// bigModule is the size from which on a module's compilation spends time to save memory.
const bigModule = 64 << 20

// collect frees, between the phases of a big module's compilation, what the phase before left.
func collect(size int) {
	if size > bigModule {
		runtime.GC()
	}
}

// pace says how often the collector runs, while something goes on that wants it otherwise.
var pace struct {
	mu      sync.Mutex
	big     int // compilations of big modules
	loads   int // see Loading
	percent int // as it was
	now     int
}

// How much the memory in use may grow before the collector runs, in percent.
const (
	thrifty = 10
	hasty   = 400
)

// save makes the collector run more often, for a big module, until done is called: it would wait until
// the memory in use has doubled. Nearly all of that is bytes, over which it does not walk.
func save(size int) (done func()) {
	if size <= bigModule {
		return func() {}
	}
	changePace(1, 0)
	return func() { changePace(-1, 0) }
}

// Loading makes the collector run seldom for that long: what is read of an object stays, so that there
// is nothing to collect while a person waits for the program to be ready.
func Loading(d time.Duration) {
	changePace(0, 1)
	time.AfterFunc(d, func() { changePace(0, -1) })
}

// changePace begins or ends what wants another pace.
func changePace(big, loads int) {
	p := &pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.big == 0 && p.loads == 0 {
		p.now = hasty
		p.percent = debug.SetGCPercent(hasty)
	}
	p.big += big
	p.loads += loads
	now := p.percent
	switch off := now < 0; {
	case p.big > 0 && (off || now > thrifty):
		now = thrifty
	case p.big == 0 && p.loads > 0 && !off:
		now = max(now, hasty)
	}
	if now != p.now {
		p.now = now
		debug.SetGCPercent(now)
	}
}
