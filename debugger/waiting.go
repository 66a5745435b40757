package debugger

import (
	"context"
	"time"

	"sphex/aot/debuginfo"
)

// OnWait calls f once, from a goroutine of its own, when a question of somebody has waited for delay for all
// of a large program's debug information: that of so many units. done tells true when it is there, or false when
// the question was ended (see Until).
func (s *Session) OnWait(delay time.Duration, f func(units int, done <-chan bool)) {
	s.mu.Lock()
	later, _ := s.image.object.Later.(*debuginfo.Later)
	s.mu.Unlock()
	if later == nil {
		return
	}
	go func() {
		if waits(later.Awaited(), later.Done(), func() <-chan time.Time { return time.After(delay) }) {
			done := make(chan bool, 1)
			go func() {
				select {
				case <-later.Done():
					done <- true
				case <-later.GivenUp():
					done <- false
				}
			}()
			f(later.Units(), done)
		}
	}()
}

// waits returns when what was begun is done, or, true, when it has been awaited for a time.
func waits(awaited, done <-chan struct{}, delay func() <-chan time.Time) bool {
	select {
	case <-done:
		return false
	case <-awaited:
	}
	select {
	case <-done:
		return false
	case <-delay():
		return true
	}
}

// ErrInterrupted says that a question was ended by Until.
var ErrInterrupted = debuginfo.ErrInterrupted

// Until makes questions that wait for all of a large program's debug information end when ctx does, as if
// there were no answer; only the program's runs go on. over takes that back, and returns ErrInterrupted if a
// question was ended: what was said meanwhile may not be the whole truth.
func (s *Session) Until(ctx context.Context) (over func() error) {
	s.mu.Lock()
	table := s.image.table
	s.mu.Unlock()
	table.Until(ctx)
	return func() error {
		interrupted := table.Interrupted()
		table.Until(context.Background())
		if interrupted {
			return ErrInterrupted
		}
		return nil
	}
}
