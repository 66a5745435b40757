//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"sync"
	"testing"
	"time"

	"sphex/aot"
	"sphex/runtime"
)

// More guests spin than there are processors; the collector, timers and other goroutines get their turn all the same, and each guest ends
// as soon as it is told to.
func TestManySpin(t *testing.T) {
	m := guest(t, "host.wasm", aot.Options{})
	for _, procs := range []int{1, 2} {
		func() {
			defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(procs))
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			var all []*runtime.Instance
			errs := make([]error, 4)
			var wg sync.WaitGroup
			for i := range errs {
				in := instantiate(t, m, hostImports(t, nil), runtime.Config{})
				all = append(all, in)
				until := ctx
				if i == 0 {
					until = context.Background()
				}
				wg.Go(func() { _, errs[i] = in.Call(until, "spin") })
			}
			collections := 0
			for range 5 {
				goruntime.GC()
				collections++
			}
			all[0].Kill()
			wg.Wait()
			for i, err := range errs {
				if want := context.DeadlineExceeded; i > 0 && !errors.Is(err, want) || i == 0 && !errors.Is(err, runtime.ErrKilled) {
					t.Errorf("%d processors, guest %d: %v", procs, i, err)
				}
			}
			if collections != 5 {
				t.Error(collections)
			}
		}()
	}
}

// Kill works before the call, in guest code and in a host function, from any goroutine, any number of times; what was killed
// stays so, and its neighbours do not notice.
func TestKillAnywhere(t *testing.T) {
	m := guest(t, "host.wasm", aot.Options{})
	entered := make(chan bool, 1)
	imports := hostImports(t, map[string]any{"ask": func(ctx context.Context, n int32) (int32, error) {
		entered <- true
		<-ctx.Done()
		return 0, context.Cause(ctx)
	}})
	neighbour := instantiate(t, m, imports, runtime.Config{})
	for _, how := range []string{"before", "guest", "host"} {
		in := instantiate(t, m, imports, runtime.Config{})
		name, args := "spin", []uint64(nil)
		switch how {
		case "before":
			in.Kill()
		case "guest":
			time.AfterFunc(time.Millisecond, in.Kill)
		case "host":
			name, args = "asks", []uint64{1}
			go func() { <-entered; in.Kill() }()
		}
		for range 3 {
			var wg sync.WaitGroup
			if how != "before" {
				wg.Go(func() { time.Sleep(2 * time.Millisecond); in.Kill() })
			}
			_, err := in.Call(context.Background(), name, args...)
			if !errors.Is(err, runtime.ErrKilled) && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", how, err)
			}
			wg.Wait()
		}
		if r, err := neighbour.Call(context.Background(), "sum", 10); err != nil || r[0] != 55 {
			t.Errorf("%s: the neighbour: %v, %v", how, r, err)
		}
	}
}

// A host function that makes light of the end of its call returns to nobody, however quick it is.
func TestKillIsSeenFirst(t *testing.T) {
	m := guest(t, "host.wasm", aot.Options{})
	entered := make(chan bool, 1)
	imports := hostImports(t, map[string]any{"ask": func(ctx context.Context, n int32) int32 {
		entered <- true
		<-ctx.Done()
		return n
	}})
	for i := range 500 {
		in := instantiate(t, m, imports, runtime.Config{})
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-entered
			if i%2 == 0 {
				in.Kill()
			} else {
				cancel()
			}
		}()
		if _, err := in.Call(ctx, "asks", 1); !errors.Is(err, runtime.ErrKilled) && !errors.Is(err, context.Canceled) {
			t.Fatalf("round %d: %v", i, err)
		}
		cancel()
		in.Close()
	}
}
