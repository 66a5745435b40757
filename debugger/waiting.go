package debugger

import (
	"time"

	"sphex/aot/debuginfo"
)

// OnWait calls f once, from a goroutine of its own, when a question of somebody has waited for delay for all
// of a large program's debug information: that of so many units. done is closed when it is there.
func (s *Session) OnWait(delay time.Duration, f func(units int, done <-chan struct{})) {
	s.mu.Lock()
	later, _ := s.image.object.Later.(*debuginfo.Later)
	s.mu.Unlock()
	if later == nil {
		return
	}
	go func() {
		if waits(later.Awaited(), later.Done(), func() <-chan time.Time { return time.After(delay) }) {
			f(later.Units(), later.Done())
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
