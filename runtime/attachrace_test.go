//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"testing"

	"sphex/aot"
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

// TestAttachToWhatGoes attaches to instances that are closed, or go back to their pool, at that moment: it is refused, or the debugger
// hears of the end.
func TestAttachToWhatGoes(t *testing.T) {
	m, imports := guest(t, "host.wasm", aot.Options{}), hostImports(t, nil)
	cfg := runtime.Config{StackSize: 64 << 10}
	pool := newPool(t, m, imports, runtime.PoolConfig{Config: cfg, Max: 1})
	refused := 0
	for i := range 2000 {
		in := take(t, pool, nil)
		begun, attached := make(chan bool), make(chan error)
		go func() {
			begun <- true
			_, err := in.Attach()
			attached <- err
		}()
		<-begun
		for range i % 20 {
			goruntime.Gosched()
		}
		if i%3 == 0 {
			in.Close()
		}
		pool.Put(in)
		if err := <-attached; err != nil {
			refused++
			if !errors.Is(err, runtime.ErrClosed) {
				t.Fatal(err)
			}
			continue
		}
		if s := in.Resume(); s.Reason != runtime.StopFailed || !errors.Is(s.Err, runtime.ErrClosed) {
			t.Fatal(s)
		}
		in.Detach()
	}
	t.Logf("%d of 2000 refused", refused)
	if r, err := take(t, pool, nil).Call(context.Background(), "add", 1, 2); err != nil || r[0] != 3 {
		t.Fatal(r, err)
	}
}
