//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"testing"
	"time"

	"sphex/aot"
	"sphex/runtime"
)

// leaving runs f, in which one of the host's functions panics or ends its goroutine, and tells which of both got through.
func leaving(f func()) (panicked, left bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		returned := false
		defer func() {
			panicked = recover() == errOut
			left = !panicked && !returned
		}()
		f()
		returned = true
	}()
	<-done
	return panicked, left
}

var errOut = fmt.Errorf("out of here")

// ways are how a function of the host can leave without returning.
var ways = map[string]func(){"panic": func() { panic(errOut) }, "Goexit": goruntime.Goexit}

// rude is a limiter that leaves when it is told to.
type rude struct{ leave func() }

func (r *rude) GrowMemory(context.Context, *runtime.Instance, int, uint64, uint64) error {
	if r.leave != nil {
		r.leave()
	}
	return nil
}

func (r *rude) GrowTable(ctx context.Context, in *runtime.Instance, i int, from, to uint64) error {
	return r.GrowMemory(ctx, in, i, from, to)
}

// A function of the host that panics or ends its goroutine leaves nothing behind: neither a budget that is taken, nor a deadline, nor an
// instance that is busy, nor one that a pool misses.
func TestLeftCalls(t *testing.T) {
	m := guest(t, "host.wasm", aot.Options{Fuel: true})
	for way, leave := range ways {
		t.Run(way, func(t *testing.T) {
			var nest *runtime.Instance // where the host function calls in again first
			var limiter rude
			out, fuelOut := false, false
			ask := func(ctx context.Context, n int32) int32 {
				if !out {
					return n
				}
				if nest != nil {
					in := nest
					nest = nil
					if _, err := in.Call(ctx, "asks", 1); err != nil {
						t.Errorf("the nested call: %v", err)
					}
				}
				leave()
				return 0
			}
			onFuel := func(context.Context, *runtime.Instance) (uint64, error) {
				if fuelOut {
					leave()
				}
				return 1 << 30, nil
			}
			imports := hostImports(t, map[string]any{"ask": ask})
			cfg := runtime.Config{
				StackSize: 64 << 10, Limiter: &limiter, Fuel: 1 << 30, OnFuel: onFuel,
				Limits: runtime.Limits{Memory: 3 * wasmPage, Elements: 6},
			}
			pool := newPool(t, m, imports, runtime.PoolConfig{Config: cfg, Max: 1})
			heap := runtime.Deadlines()
			for round := range 20 {
				in := take(t, pool, nil)
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				for name, call := range map[string]func(){
					"host":    func() { in.Call(ctx, "asks", 1) },
					"table":   func() { in.Call(ctx, "indirect", 1, 1) },
					"nested":  func() { nest = in; in.Call(ctx, "asks", 1) },
					"memory":  func() { limiter.leave = leave; in.Call(ctx, "grow", 2) },
					"growth":  func() { limiter.leave = leave; in.Memory(0).Grow(2) },
					"element": func() { limiter.leave = leave; in.Call(ctx, "tablegrow", 2) },
					"fuel":    func() { fuelOut = true; in.SetFuel(1); in.Call(ctx, "sum", 100) },
					"coroutine": func() {
						co, err := in.Begin(ctx, "asks", 1)
						if err != nil {
							t.Error(err)
							return
						}
						defer func() {
							if r := co.Results(); r != nil {
								t.Errorf("a call that was left has results: %v", r)
							}
							if _, done, err := co.Resume(nil); !done || err == nil {
								t.Errorf("a call that was left goes on: %v, %v", done, err)
							}
							co.Stop()
						}()
						co.Resume(nil)
					},
				} {
					out = true
					panicked, left := leaving(call)
					out, fuelOut, limiter.leave = false, false, nil
					if panicked != (way == "panic") || left != (way == "Goexit") {
						t.Fatalf("%s: panicked: %v, left: %v", name, panicked, left)
					}
					in.SetFuel(1 << 30)
					if r, err := in.Call(ctx, "asks", 4); err != nil || r[0] != 10 {
						t.Fatalf("behind %s: %v, %v", name, r, err)
					}
				}
				cancel()
				// All that the limits allow is there still.
				for _, grow := range []string{"grow", "tablegrow"} {
					if r, err := in.Call(context.Background(), grow, 2); err != nil || r[0] == refused {
						t.Fatalf("%s: %v, %v", grow, r, err)
					}
				}
				if round%2 == 0 { // it can still be ended from outside
					go in.Kill()
					if _, err := in.Call(context.Background(), "spin"); !errors.Is(err, runtime.ErrKilled) {
						t.Fatal(err)
					}
				}
				pool.Put(in)
			}
			if n := runtime.Deadlines(); n != heap {
				t.Errorf("%d deadlines are left", n-heap)
			}
			for start := time.Now(); runtime.Leaving() != 0 && time.Since(start) < time.Minute; {
				time.Sleep(time.Millisecond)
			}
			if n := runtime.Leaving(); n != 0 {
				t.Errorf("%d threads are still leaving", n)
			}
		})
	}
}

// An instance that is not finished when a function of the host leaves is freed, and the pool can make another.
func TestLeftStart(t *testing.T) {
	m := guest(t, "start.wasm", aot.Options{})
	for way, leave := range ways {
		t.Run(way, func(t *testing.T) {
			out := true
			var limiter rude
			imports := runtime.NewImports()
			if err := imports.DefineGo("env", "ask", func(n int32) int32 {
				if out {
					leave()
				}
				return n + 1
			}); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			store := runtime.NewStoreWithLimits(runtime.StoreLimits{Instances: 1, Memory: wasmPage})
			defer store.Close()
			pool := newPool(t, m, imports, runtime.PoolConfig{Config: runtime.Config{Limiter: &limiter}, Max: 1})
			for _, early := range []bool{false, true, false} {
				for _, make := range []func(){
					func() { store.Instantiate(ctx, m, imports, runtime.Config{Limiter: &limiter}) },
					func() { pool.Get(ctx, nil) },
				} {
					if out = true; early {
						limiter.leave = leave
						if all, _ := pool.Stats(); all > 0 { // nothing is asked of the limiter
							limiter.leave = nil
						}
					}
					if panicked, left := leaving(make); panicked == left {
						t.Fatal("nothing left")
					}
					out, limiter.leave = false, nil
				}
				in, err := store.Instantiate(ctx, m, imports, runtime.Config{Limiter: &limiter})
				if err != nil {
					t.Fatal(err)
				}
				if r, err := in.Call(ctx, "answer"); err != nil || r[0] != 6 {
					t.Fatal(r, err)
				}
				in.Close()
				if in, err = pool.Get(ctx, nil); err != nil {
					t.Fatal(err)
				}
				if r, err := in.Call(ctx, "answer"); err != nil || r[0] != 6 {
					t.Fatal(r, err)
				}
				in.Close() // so that the next is made anew
				pool.Put(in)
			}
		})
	}
}

// A host function that ends its goroutine ends the call that a debugger runs, and the debugger hears of it.
func TestLeftUnderDebugger(t *testing.T) {
	var in *runtime.Instance
	out := true
	in = hostGuest(t, runtime.Config{}, map[string]any{"ask": func(n int32) int32 {
		if out {
			goruntime.Goexit()
		}
		return n
	}})
	_, asks := in.ExportedFunc("asks").Instance()
	for range 5 {
		for _, watched := range []bool{false, true} {
			out = true
			if err := in.Start(context.Background(), asks, 3); err != nil {
				t.Fatal(err)
			}
			if watched {
				if err := in.SetWatches([]runtime.Watch{{ID: 1, Addr: in.Memory(0).Base() + 16, Len: 4, Kind: runtime.WatchAccess, Pages: true}}); err != nil {
					t.Fatal(err)
				}
			}
			if s := in.Resume(); s.Reason != runtime.StopFailed || s.Err == nil {
				t.Fatal(s)
			}
			out = false
			if r, err := in.Call(context.Background(), "asks", 4); err != nil || r[0] != 10 {
				t.Fatal(r, err)
			}
		}
	}
}

// A module may be closed more than once, while instances live and pools make them; and nothing is made of one whose text is gone.
func TestClosedModule(t *testing.T) {
	ctx := context.Background()
	for i := range 200 {
		m, err := runtime.Load(guestObject(t, "host.wasm", aot.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		imports := hostImports(t, nil)
		in, err := runtime.Instantiate(ctx, m, imports, runtime.Config{StackSize: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		pool, err := runtime.NewPool(ctx, m, imports, runtime.PoolConfig{Config: runtime.Config{StackSize: 64 << 10}})
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		m.Close()
		begun, done := make(chan bool), make(chan error)
		go func() {
			begun <- true
			got, err := pool.Get(ctx, nil)
			if err == nil {
				_, err = got.Call(ctx, "add", 1, 2)
				pool.Put(got)
			}
			done <- err
		}()
		<-begun
		if r, err := in.Call(ctx, "add", 1, 2); err != nil || r[0] != 3 {
			t.Fatal(r, err)
		}
		in.Close()
		for range i % 20 {
			goruntime.Gosched()
		}
		pool.Close()
		if err := <-done; err != nil && !errors.Is(err, runtime.ErrPoolClosed) {
			t.Fatal(err)
		}
		if _, err := runtime.Instantiate(ctx, m, imports, runtime.Config{}); !errors.Is(err, runtime.ErrModuleClosed) {
			t.Fatal(err)
		}
		if _, err := runtime.NewPool(ctx, m, imports, runtime.PoolConfig{}); !errors.Is(err, runtime.ErrModuleClosed) {
			t.Fatal(err)
		}
	}
}
