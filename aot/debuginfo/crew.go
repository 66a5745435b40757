package debuginfo

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// crew is who works on something that may be in the background: one processor less than there are,
// until somebody waits for it. A nil crew is all processors.
type crew struct {
	once    sync.Once
	awaited chan struct{}
}

func newCrew() *crew { return &crew{awaited: make(chan struct{})} }

// hurry brings all processors.
func (c *crew) hurry() { c.once.Do(func() { close(c.awaited) }) }

// size is how many work now.
func (c *crew) size() int {
	n := runtime.GOMAXPROCS(0)
	if c == nil {
		return n
	}
	select {
	case <-c.awaited:
		return n
	default:
		return max(n-1, 1)
	}
}

// each calls the functions that worker makes, one for each processor, for 0 to n-1.
func (c *crew) each(n int, worker func() func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var once sync.Once
	done := make(chan struct{})
	work := func() {
		f := worker()
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			f(int(i))
		}
		once.Do(func() { close(done) }) // there is nothing left to begin
	}
	all := min(runtime.GOMAXPROCS(0), n)
	few := min(c.size(), all)
	for range few {
		wg.Go(work)
	}
	if few < all {
		wg.Go(func() {
			select {
			case <-done:
			case <-c.awaited:
				for range all - few {
					wg.Go(work)
				}
			}
		})
	}
	wg.Wait()
}

// inParallel is each for all processors.
func inParallel(n int, worker func() func(i int)) { (*crew)(nil).each(n, worker) }
