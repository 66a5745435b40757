//go:build linux && amd64

package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	goruntime "runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// storm sends signals to every thread of the process until stop is called.
func storm(sigs ...syscall.Signal) (stop func()) {
	var over atomic.Bool
	done := make(chan bool)
	go func() {
		pid := syscall.Getpid()
		for !over.Load() {
			tasks, _ := os.ReadDir("/proc/self/task")
			for range 20 {
				for _, e := range tasks {
					tid, _ := strconv.Atoi(e.Name())
					for _, s := range sigs {
						syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(pid), uintptr(tid), uintptr(s))
					}
				}
				time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond)
			}
		}
		close(done)
	}()
	return func() { over.Store(true); <-done }
}

func stormTime() time.Duration {
	if testing.Short() {
		return 200 * time.Millisecond
	}
	return 2 * time.Second
}

// Everything that a guest can do, under signals, a profile, a trace and the collector.
func TestStorm(t *testing.T) {
	m := rawModule(t, "mix", "hosts", "fib", "nops", "sites", "load", "recurse", "count", "nested")
	ref := rawInstance(t, m, nil)
	const n = 100000
	want := call(t, ref, "mix", n, 5)
	var profile, tr bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err == nil {
		defer pprof.StopCPUProfile()
	}
	if err := trace.Start(&tr); err == nil {
		defer trace.Stop()
	}
	defer storm(syscall.SIGURG, syscall.SIGPROF)()
	var collect atomic.Bool
	go func() {
		for !collect.Load() {
			goruntime.GC()
			time.Sleep(time.Millisecond)
		}
	}()
	defer collect.Store(true)
	var rounds atomic.Int64
	var wg sync.WaitGroup
	for range 6 {
		in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
			if stack[0]%32 == 0 {
				goruntime.Gosched()
				grow(20)
			}
			return nil
		})
		wg.Add(1)
		go func() {
			defer wg.Done()
			for t0 := time.Now(); time.Since(t0) < stormTime(); rounds.Add(1) {
				if err := stormRound(in, n, want); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	t.Logf("%d rounds, %d signals captured and %d entries retried in the reference", rounds.Load(), ref.ctx.Signals, ref.ctx.Retries)
}

func stormRound(in *Instance, n, want uint64) error {
	do := func(name string, a, b, want uint64) error {
		r, err := in.Call(context.Background(), name, a, b)
		if err != nil || r[0] != want {
			return fmt.Errorf("%s(%d, %d) = %v, %v; want %d", name, a, b, r, err, want)
		}
		return nil
	}
	trap := func(name string, a uint64) error {
		_, err := in.Call(context.Background(), name, a, 0)
		var e *TrapError
		if !errors.As(err, &e) {
			return fmt.Errorf("%s: %v, want a trap", name, err)
		}
		return nil
	}
	m := in.mod
	site := m.FuncByIndex(in.ExportedFunc("sites").index).Sites[0].Text
	in.SetBreakpoint(site)
	defer in.ClearBreakpoint(site)
	if err := in.Start(context.Background(), in.ExportedFunc("sites").index, 50, 0); err != nil {
		return err
	}
	for i := range uint64(50) {
		s := in.Resume()
		for f := range in.Frames() {
			if v, _ := f.Reg(rax); s.Reason != StopBreakpoint || v[0] != i {
				return fmt.Errorf("stop %d: %v, rax = %d", i, s, v[0])
			}
			break
		}
	}
	if s := in.Resume(); s.Reason != StopReturned || s.Results[0] != 50 {
		return fmt.Errorf("sites: %v", s)
	}
	if err := in.Start(context.Background(), in.ExportedFunc("count").index, 10, 0); err != nil {
		return err
	}
	in.Pause()
	steps := -1
	s := in.Resume()
	for ; !s.Final(); s = in.StepInstruction() {
		steps++
	}
	if steps != 5+1+3*10+2-1 || s.Reason != StopReturned || s.Results[0] != 55 {
		return fmt.Errorf("stepping through count: %d steps, %v %v", steps, s, s.Results)
	}
	return errors.Join(do("mix", n, 5, want), do("fib", 15, 0, 610), do("hosts", 500, 0, 500*501/2), do("nested", 4, 4, 5),
		do("nops", 100, 0, 100), trap("load", 1<<20), trap("recurse", 0))
}

//go:noinline
func grow(n int) int {
	var a [256]byte
	if n == 0 {
		return int(a[3])
	}
	a[n] = byte(n)
	return grow(n-1) + int(a[n])
}

// A guest that never ends must not hold the collector or the scheduler up.
func TestCollectBesideSpin(t *testing.T) {
	for _, procs := range []int{1, 2} {
		func() {
			defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(procs))
			in := rawInstance(t, rawModule(t, "spin"), nil)
			done := make(chan error)
			go func() {
				_, err := in.Call(context.Background(), "spin", 0, 0)
				done <- err
			}()
			n, worst := 0, time.Duration(0)
			for t0 := time.Now(); time.Since(t0) < stormTime()/2; n++ {
				t1 := time.Now()
				goruntime.GC()
				worst = max(worst, time.Since(t1))
			}
			in.Memory(0).Write(8, []byte{1})
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			t.Logf("GOMAXPROCS %d: %d collections, the longest %v", procs, n, worst)
			if worst > 5*time.Second {
				t.Fatal("the guest holds the collector up")
			}
		}()
	}
}

// Pauses at random moments of a guest that computes, calls the host and returns: none is lost.
func TestPauseStorm(t *testing.T) {
	m := rawModule(t, "mix", "hosts", "add", "fib", "nested")
	ref := rawInstance(t, m, nil)
	want := call(t, ref, "mix", 20000, 9)
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		if stack[1] > 0 {
			stack[1]--
			r, err := in.Call(ctx, "nested", stack[0], stack[1])
			if err != nil {
				return err
			}
			stack[0] = r[0]
		}
		return nil
	})
	pauses, answered := 0, 0
	drive := func(name string, a, b, want uint64) {
		start(t, in, name, a, b)
		for {
			asked := rand.IntN(2) == 0
			if asked {
				pauses++
				d := time.Duration(rand.IntN(100)) * time.Microsecond
				fired := make(chan bool)
				go func() {
					for t0 := time.Now(); time.Since(t0) < d; {
					}
					in.Pause()
					close(fired)
				}()
				s := in.Resume()
				<-fired
				if s.Reason == StopPaused {
					answered++
					continue
				}
				wantReturn(t, s, want)
				return
			}
			s := in.Resume()
			if s.Reason == StopPaused {
				continue // asked for after the last stop
			}
			wantReturn(t, s, want)
			return
		}
	}
	for t0 := time.Now(); time.Since(t0) < stormTime(); {
		drive("mix", 20000, 9, want) // some 200 µs
		drive("hosts", 200, 0, 200*201/2)
		drive("add", 3, 4, 7)
		drive("fib", 18, 0, 2584)
		drive("nested", 1, 20, 22)
	}
	t.Logf("%d pauses, %d met a running guest", pauses, answered)
}

func TestReentrance(t *testing.T) {
	m := rawModule(t, "nested", "regs", "fib")
	depth := 0
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		n := stack[0]
		depth++
		if n == 0 {
			frames, hosts := 0, 0
			for f := range in.Frames() {
				if f.Host != nil {
					hosts++
				} else if f.Func != nil && f.Func.Index == 1 {
					// nested keeps its first parameter in rbx.
					if v, ok := f.Reg(rbx); ok && frames > 0 && v[0] != uint64(frames) {
						return fmt.Errorf("frame %d: rbx = %d", frames, v[0])
					}
					frames++
				}
			}
			if frames != 301 || hosts != 301 {
				return fmt.Errorf("%d frames, %d of the host", frames, hosts)
			}
			stack[0] = 100
			return nil
		}
		grow(50) // Go's stack moves between the entries
		r, err := in.Call(ctx, "nested", n-1, 0)
		if err != nil {
			return err
		}
		stack[0] = r[0]
		return nil
	})
	if got := call(t, in, "nested", 300, 0); got != 401 || depth != 301 {
		t.Fatalf("%d at depth %d", got, depth)
	}
}

// A panic in a host function passes through the guest's frames; the instance stays usable.
func TestHostPanic(t *testing.T) {
	in := rawInstance(t, rawModule(t, "nested", "fib"), func(ctx context.Context, in *Instance, stack []uint64) error {
		if stack[0] > 0 {
			_, err := in.Call(ctx, "nested", stack[0]-1, 0)
			return err
		}
		panic("boom")
	})
	for range 100 {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Fatalf("recovered %v", r)
				}
			}()
			in.Call(context.Background(), "nested", 5, 0)
		}()
		if got := call(t, in, "fib", 10, 0); got != 55 {
			t.Fatal(got)
		}
	}
}

func TestEndlessRecursionThroughHost(t *testing.T) {
	in := rawInstance(t, rawModule(t, "nested"), func(ctx context.Context, in *Instance, stack []uint64) error {
		_, err := in.Call(ctx, "nested", 1, 1)
		return err
	})
	_, err := in.Call(context.Background(), "nested", 1, 1)
	var trap *TrapError
	if !errors.As(err, &trap) || trap.Error() != "call stack exhausted" {
		t.Fatal(err)
	}
}

func TestBusy(t *testing.T) {
	in := rawInstance(t, rawModule(t, "spin"), nil)
	done := make(chan error)
	go func() {
		_, err := in.Call(context.Background(), "spin", 0, 0)
		done <- err
	}()
	for in.state.Load() != stateGuest {
		goruntime.Gosched()
	}
	if _, err := in.Call(context.Background(), "spin", 0, 0); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	in.Memory(0).Write(8, []byte{1})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	in.Close()
	if _, err := in.Call(context.Background(), "spin", 0, 0); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

// A running instance that is closed ends, and its pieces come back.
func TestCloseWhileRunning(t *testing.T) {
	m := rawModule(t, "spin")
	for range 20 {
		in := rawInstance(t, m, nil)
		done := make(chan error)
		go func() {
			_, err := in.Call(context.Background(), "spin", 0, 0)
			done <- err
		}()
		for in.state.Load() != stateGuest {
			goruntime.Gosched()
		}
		in.Close()
		if err := <-done; !errors.Is(err, ErrKilled) {
			t.Fatal(err)
		}
		if in.mu.Lock(); !in.freed {
			t.Fatal("not freed")
		}
		in.mu.Unlock()
	}
}

func TestThousandInstances(t *testing.T) {
	m := rawModule(t, "fib", "hosts", "store", "load")
	const n = 1000
	ins := make([]*Instance, n)
	for i := range ins {
		ins[i] = rawInstance(t, m, nil)
	}
	var wg sync.WaitGroup
	for i, in := range ins {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ctx := context.Background()
			if _, err := in.Call(ctx, "store", 128, uint64(i)); err != nil {
				t.Error(err)
			}
			if r, err := in.Call(ctx, "fib", 15, 0); err != nil || r[0] != 610 {
				t.Error(r, err)
			}
			if r, err := in.Call(ctx, "hosts", 20, 0); err != nil || r[0] != 210 {
				t.Error(r, err)
			}
			if r, err := in.Call(ctx, "load", 128, 0); err != nil || r[0] != uint64(i) {
				t.Error(r, err)
			}
		}()
	}
	wg.Wait()
	for _, in := range ins {
		in.Close()
	}
	// What is reused is clean.
	for range n {
		in := rawInstance(t, m, nil)
		if got := call(t, in, "load", 128, 0); got != 0 {
			t.Fatalf("a new instance's memory holds %d", got)
		}
		in.Close()
	}
}

// Go's own faults, panics and dumps stay what they are, with guests running beside.
func TestGoBesideGuests(t *testing.T) {
	if os.Getenv("SPHEX_TEST_CRASH") != "" {
		for range 3 {
			in := rawInstance(t, rawModule(t, "spin"), nil)
			go in.Call(context.Background(), "spin", 0, 0)
			for in.state.Load() != stateGuest {
				goruntime.Gosched()
			}
		}
		// Not in the test's own goroutine, whose cleanup would end the guests before the dump.
		go func() {
			var p *int
			*p = 1
		}()
		select {}
	}
	in := rawInstance(t, rawModule(t, "spin"), nil)
	done := make(chan error)
	go func() {
		_, err := in.Call(context.Background(), "spin", 0, 0)
		done <- err
	}()
	for in.state.Load() != stateGuest {
		goruntime.Gosched()
	}
	buf := make([]byte, 1<<20)
	for range 50 {
		func() {
			defer func() {
				if e, ok := recover().(goruntime.Error); !ok || !strings.Contains(e.Error(), "nil pointer") {
					t.Fatalf("recovered %v", e)
				}
			}()
			var p *Instance
			p.linked = true
		}()
		if n := goruntime.Stack(buf, true); !bytes.Contains(buf[:n], []byte("runtime.(*activation).run")) {
			t.Fatalf("a dump does not show the guest's goroutine:\n%s", buf[:n])
		}
	}
	in.Memory(0).Write(8, []byte{1})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestGoBesideGuests$")
	cmd.Env = append(os.Environ(), "SPHEX_TEST_CRASH=1", "GOTRACEBACK=all")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nil pointer") || !strings.Contains(string(out), "(*activation).run") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func BenchmarkCall(b *testing.B) {
	in := rawInstance(b, rawModule(b, "add"), nil)
	f := in.ExportedFunc("add")
	for b.Loop() {
		f.Call(context.Background(), 1, 2)
	}
}

func BenchmarkHostCall(b *testing.B) {
	in := rawInstance(b, rawModule(b, "hosts"), nil)
	b.ResetTimer()
	call(b, in, "hosts", uint64(b.N), 0)
}

func benchmarkStops(b *testing.B, name string) {
	m := rawModule(b, name)
	in := rawInstance(b, m, nil)
	in.SetBreakpoint(m.funcs[0].Sites[0].Text)
	start(b, in, name, uint64(b.N), 0)
	b.ResetTimer()
	for in.Resume().Reason == StopBreakpoint {
	}
}

func BenchmarkStopAtByteNop(b *testing.B)  { benchmarkStops(b, "nops") }
func BenchmarkStopAtSiteCall(b *testing.B) { benchmarkStops(b, "sites") }

// Stops of an instance that has no breakpoint there.
func benchmarkForeignStops(b *testing.B, name string) {
	m := rawModule(b, name)
	in := rawInstance(b, m, nil)
	in.SetBreakpoint(m.funcs[0].Sites[0].Text)
	other := rawInstance(b, m, nil)
	b.ResetTimer()
	call(b, other, name, uint64(b.N), 0)
}

func BenchmarkRunOverByteNop(b *testing.B)  { benchmarkForeignStops(b, "nops") }
func BenchmarkRunOverSiteCall(b *testing.B) { benchmarkForeignStops(b, "sites") }

func BenchmarkInstantiate(b *testing.B) {
	m := rawModule(b, "add")
	imports := NewImports()
	imports.DefineFunc("env", "f", m.wasm.Types[0], func(context.Context, *Instance, []uint64) error { return nil })
	for b.Loop() {
		in, err := Instantiate(context.Background(), m, imports, Config{})
		if err != nil {
			b.Fatal(err)
		}
		in.Close()
	}
}
