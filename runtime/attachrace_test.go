//go:build linux && amd64

package runtime_test

import (
	"context"
	"testing"

	"sphex/runtime"
)

// TestAttachAtTheEnd attaches while a call ends: it must not wait for the thread of one that is over.
func TestAttachAtTheEnd(t *testing.T) {
	entered := make(chan bool)
	in := hostGuest(t, runtime.Config{}, map[string]any{"ask": func(a int32) int32 { entered <- true; return a }})
	for range 3000 {
		called := make(chan error)
		go func() {
			_, err := in.Call(context.Background(), "asks", 1)
			called <- err
		}()
		<-entered
		if _, err := in.Attach(); err != nil {
			t.Fatal(err)
		}
		in.Detach()
		if err := <-called; err != nil {
			t.Fatal(err)
		}
	}
}
