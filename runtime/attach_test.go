//go:build linux && amd64

package runtime

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"sphex/runtime/native"
)

// TestAttach attaches to an instance between two of its host's calls, stops in one, and leaves it without a trace.
func TestAttach(t *testing.T) {
	entered, goOn := make(chan struct{}), make(chan struct{})
	m := rawModule(t, "nested")
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		entered <- struct{}{}
		<-goOn
		stack[0] *= 2
		return nil
	})
	call := func() <-chan uint64 {
		c := make(chan uint64, 1)
		go func() {
			r, err := in.Call(context.Background(), "nested", 20, 1)
			if err != nil {
				t.Error(err)
				r = []uint64{0}
			}
			c <- r[0]
		}()
		return c
	}
	at := textOf(in, "nested")
	text := make([]byte, m.cm.TextSize)
	copy(text, native.Bytes(m.addr(0), uint64(len(text))))
	s, err := in.Attach()
	if err != nil || s.Reason != StopPaused || !s.Idle {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := in.Attach(); !errors.Is(err, ErrAttached) {
		t.Errorf("a second debugger: %v", err)
	}
	if err := in.SetBreakpoint(at); err != nil {
		t.Fatal(err)
	}
	result := call() // it stands, since the instance does
	time.Sleep(10 * time.Millisecond)
	for range 3 {
		if s := in.Resume(); s.Reason != StopBreakpoint || s.PC != at {
			t.Fatalf("%v", s)
		}
		n := 0
		for range in.Frames() {
			n++
		}
		if n == 0 {
			t.Error("no frames")
		}
		go func() { <-entered; goOn <- struct{}{} }()
		stops := make(chan *Stop)
		go func() { stops <- in.Resume() }()
		if r := <-result; r != 41 {
			t.Errorf("the call returned %d", r)
		}
		in.Pause() // none runs
		if s := <-stops; s.Reason != StopPaused || !s.Idle {
			t.Fatalf("%v", s)
		}
		result = call()
	}
	// It stands at its breakpoint when the debugger leaves.
	if s := in.Resume(); s.Reason != StopBreakpoint {
		t.Fatalf("%v", s)
	}
	in.Detach()
	<-entered
	// It is in the host when one comes again.
	s, err = in.Attach()
	if err != nil || s.Reason != StopPaused || !s.InHost || s.Idle {
		t.Fatalf("%v, %v", s, err)
	}
	goOn <- struct{}{}
	select {
	case <-result:
		t.Error("the call returned though it stands")
	case <-time.After(20 * time.Millisecond):
	}
	in.Detach()
	if r := <-result; r != 41 {
		t.Errorf("the call returned %d", r)
	}
	if !bytes.Equal(native.Bytes(m.addr(0), uint64(len(text))), text) {
		t.Error("the text is another than before")
	}
	if in.debug != nil || in.watcher.Load() != nil || in.thread.Load() != nil {
		t.Error("something of the debugger is left")
	}
	// An instance that is closed ends the session.
	if _, err = in.Attach(); err != nil {
		t.Fatal(err)
	}
	go in.Close()
	if s := in.Resume(); !s.Final() || !errors.Is(s.Err, ErrClosed) {
		t.Errorf("%v", s)
	}
	in.Detach()
}
