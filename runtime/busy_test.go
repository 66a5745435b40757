//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"sphex/aot"
	"sphex/runtime"
)

// Kills and deadlines while other guests want all processors, and all that those have: each ends its call, and the others
// go on. How long it took is only told, since that is the machine's to say, too.
func TestKillBusy(t *testing.T) {
	m, imports := guest(t, "host.wasm", aot.Options{}), hostImports(t, map[string]any{"ask": func(n int32) int32 { return n }})
	rounds := 10
	if testing.Short() {
		rounds = 4
	}
	cores := goruntime.GOMAXPROCS(0)
	for _, others := range []int{cores, 2 * cores, 8 * cores} {
		pool := newPool(t, m, imports, runtime.PoolConfig{Config: runtime.Config{StackSize: 64 << 10}, Max: others + 1})
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for range others {
			in := take(t, pool, nil)
			wg.Go(func() {
				if _, err := in.Call(ctx, "spin"); !errors.Is(err, context.Canceled) {
					t.Errorf("another guest: %v", err)
				}
				pool.Put(in)
			})
		}
		var kills, deadlines []time.Duration
		for i := range rounds {
			wait := time.Duration(i%10+1) * 100 * time.Microsecond
			in := take(t, pool, nil)
			begun := make(chan struct{})
			go func() {
				<-begun
				time.Sleep(wait)
				kills = append(kills, -time.Since(epoch))
				in.Kill()
			}()
			close(begun)
			_, err := in.Call(context.Background(), "spin")
			kills[i] += time.Since(epoch)
			if !errors.Is(err, runtime.ErrKilled) {
				t.Fatalf("killed beside %d others: %v", others, err)
			}
			pool.Put(in)

			in = take(t, pool, nil)
			late := time.Now().Add(wait)
			limited, done := context.WithDeadline(context.Background(), late)
			_, err = in.Call(limited, "spin")
			deadlines = append(deadlines, time.Since(late))
			if done(); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("deadline beside %d others: %v", others, err)
			}
			pool.Put(in)
		}
		cancel()
		wg.Wait()
		slices.Sort(kills)
		slices.Sort(deadlines)
		t.Logf("%d guests beside it on %d processors: killed after %v (median), longest %v; deadline after %v, longest %v", others, cores,
			kills[rounds/2], kills[rounds-1], deadlines[rounds/2], deadlines[rounds-1])
	}
}

var epoch = time.Now()

// Others give way to one that was killed for a while only: it may wait for something of the host's.
func TestKillStuck(t *testing.T) {
	m, imports := guest(t, "host.wasm", aot.Options{Fuel: true}), hostImports(t, map[string]any{"ask": func(n int32) int32 { return n }})
	asked, release := make(chan struct{}), make(chan struct{})
	in := instantiate(t, m, imports, runtime.Config{Fuel: 10, OnFuel: func(context.Context, *runtime.Instance) (uint64, error) {
		close(asked)
		<-release
		return 10, nil
	}})
	done := make(chan error)
	go func() {
		_, err := in.Call(context.Background(), "spin")
		done <- err
	}()
	<-asked
	in.Kill()
	none := func(when string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); runtime.Leaving() != 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s others give way to %d", when, runtime.Leaving())
			}
		}
	}
	none("while it waits,")
	close(release)
	if err := <-done; !errors.Is(err, runtime.ErrKilled) {
		t.Error(err)
	}
	none("in the end,")
}

// Many deadlines, of which most do not come: the calls end in the order of theirs or by themselves, and nothing is left.
func TestDeadlines(t *testing.T) {
	m, imports := guest(t, "host.wasm", aot.Options{}), hostImports(t, map[string]any{"ask": func(n int32) int32 { return n }})
	var wg sync.WaitGroup
	for i := range 40 {
		in := instantiate(t, m, imports, runtime.Config{StackSize: 64 << 10})
		wg.Go(func() {
			for k := range 5 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration((i*7+k*13)%40+1)*time.Millisecond)
				if _, err := in.Call(ctx, "spin"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("spin: %v", err)
				}
				cancel()
				ctx, cancel = context.WithTimeout(context.Background(), time.Hour)
				if r, err := in.Call(ctx, "add", 1, 2); err != nil || r[0] != 3 {
					t.Errorf("add: %v, %v", r, err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if n := runtime.Deadlines(); n != 0 {
		t.Errorf("%d deadlines are left", n)
	}
}
