package debugger

import (
	"errors"
	"runtime"
	"testing"

	wasm "sphex/runtime"
)

// TestKillMeetsContinue kills a program that is let go at the same moment: the kill is asked for while the program stands, and
// comes to its turn when it runs.
func TestKillMeetsContinue(t *testing.T) {
	s, _ := open(t, "c_endless/c_endless-O0.wasm", nil)
	gate, inside := make(chan struct{}), make(chan struct{})
	go s.do(func() {
		close(inside)
		<-gate
	})
	<-inside
	queued := func(n int) {
		for {
			s.mu.Lock()
			waiting := len(s.queue)
			s.mu.Unlock()
			if waiting == n {
				return
			}
			runtime.Gosched()
		}
	}
	ended := make(chan *Stop)
	go func() {
		stop, err := s.Continue()
		if err != nil {
			t.Error(err)
		}
		ended <- stop
	}()
	queued(1)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		s.Kill()
	}()
	queued(2)
	close(gate)
	if stop := <-ended; stop == nil || !stop.Exited() || !errors.Is(stop.Err, wasm.ErrKilled) {
		t.Errorf("%+v", stop)
	}
	<-killed
}
