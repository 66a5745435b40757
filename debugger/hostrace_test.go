package debugger

import (
	"runtime"
	"testing"
)

// TestHideWhileAttaching takes back an instance to which somebody attaches, in vain: hide must not wait for that session.
func TestHideWhileAttaching(t *testing.T) {
	s := newSession(Config{})
	s.hosted = &hosted{}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	waiting := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.queue) > 0
	}
	for !waiting() {
		runtime.Gosched()
	}
	s.unattached()
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
