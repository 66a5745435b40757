package value

import "sync"

// whole is sync.Once for what is made from all of the debug information. As long as somebody did not wait for
// that, it is made again.
type whole struct {
	mu   sync.Mutex
	made bool
}

func (w *whole) do(ts *Types, f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.made {
		f()
		w.made = !ts.tab.Interrupted()
	}
}
