package wasi

import (
	"context"
	"io"
	"sync"
)

// arrivals is what comes from outside when it comes: input, connections. It is received in a goroutine of its own, and
// only when the guest asks, so that a guest that waits can be ended, and poll_oneoff can wait for several things. What has been
// received and not taken yet stays.
type arrivals[T any] struct {
	receive func(most int) ([]T, error) // waits for some, or the end

	mu      sync.Mutex
	list    []T           // received and not taken yet
	err     error         // behind list
	pending chan struct{} // closed when the receiving under way ends; nil: none is
}

// closedChannel is ready at once.
var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// fill starts receiving if nothing is there, no more than so many, and gives a channel that is closed when there is
// something, or the end, or an error.
func (a *arrivals[T]) fill(most int) (arrived <-chan struct{}, started bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) > 0 || a.err != nil {
		return closedChannel, false
	}
	if started = a.pending == nil; started {
		done := make(chan struct{})
		a.pending = done
		go func() {
			list, err := a.receive(most)
			a.mu.Lock()
			defer a.mu.Unlock()
			a.list, a.err, a.pending = list, err, nil
			close(done)
		}()
	}
	return a.pending, started
}

// ready says what is there by now.
func (a *arrivals[T]) ready() Readiness {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Readiness{Ready: len(a.list) > 0 || a.err != nil, Bytes: uint64(len(a.list)), Hangup: a.err != nil && len(a.list) == 0}
}

// take waits for something and copies as much as there is room for. With keep it stays there, too. At the end it
// returns 0 and no error; another error is told once.
func (a *arrivals[T]) take(ctx context.Context, to []T, keep bool) (int, error) {
	if len(to) == 0 {
		return 0, nil
	}
	for {
		arrived, _ := a.fill(min(len(to), inputBuffer))
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-arrived:
		}
		a.mu.Lock()
		n, err := copy(to, a.list), a.err
		if !keep {
			a.list = a.list[n:]
		}
		if n == 0 && err != nil && err != io.EOF {
			a.err = nil
		}
		a.mu.Unlock()
		switch {
		case n > 0, err == io.EOF:
			return n, nil
		case err != nil:
			return 0, err
		}
	}
}

// again forgets the end: there may be more behind it.
func (a *arrivals[T]) again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == io.EOF && len(a.list) == 0 {
		a.err = nil
	}
}
