//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/runtime"
)

var soakTime = flag.Duration("soak", 2*time.Second, "how long TestSoak runs")

// soak is what the rounds of TestSoak share.
type soak struct {
	host, metered, hostile *runtime.Module
	pool                   *runtime.Pool
	imports                *runtime.Imports

	mu    sync.Mutex
	kills []time.Duration // from Kill, or the deadline, to the end of the call
	count map[string]int
	wrong []string
}

// tenant is what a host function does for a call.
type tenant struct {
	how     string
	entered chan struct{}
}

func (s *soak) ask(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
	h, _ := runtime.HostAs[*tenant](in)
	if h == nil {
		return n, nil
	}
	switch h.how {
	case "exit":
		return 0, &runtime.ExitError{Code: uint32(n)}
	case "panic":
		panic("host")
	case "yield":
		v, err := runtime.Yield(ctx, n)
		if err != nil {
			return 0, err
		}
		return v.(int32), nil
	case "nest":
		if n > 1 {
			r, err := in.Call(ctx, "asks", uint64(n-1))
			if err != nil {
				return 0, err
			}
			return int32(r[0]), nil
		}
	case "wait":
		close(h.entered)
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return n, nil
}

func (s *soak) ended(after time.Duration) {
	s.mu.Lock()
	s.kills = append(s.kills, after)
	s.mu.Unlock()
}

// soakRounds are what the goroutines do, at random. Each gets an instance of host.wasm from the pool.
var soakRounds = map[string]func(s *soak, in *runtime.Instance, h *tenant, r *rand.Rand) error{
	"call": func(_ *soak, in *runtime.Instance, _ *tenant, r *rand.Rand) error {
		n := uint64(1 + r.IntN(100000))
		if err := in.Memory(0).Write(1000, []byte{1, 2, 3}); err != nil {
			return err
		}
		return wants(in, "sum", n*(n+1)/2, n)
	},
	"fib": func(_ *soak, in *runtime.Instance, _ *tenant, _ *rand.Rand) error { return wants(in, "fib", 2584, 18) },
	"trap": func(_ *soak, in *runtime.Instance, _ *tenant, _ *rand.Rand) error {
		return traps(in, abi.TrapMemory, "load", 1<<20)
	},
	"deep": func(_ *soak, in *runtime.Instance, _ *tenant, _ *rand.Rand) error {
		return traps(in, abi.TrapStack, "deep", 1<<30)
	},
	"grow": func(_ *soak, in *runtime.Instance, _ *tenant, r *rand.Rand) error {
		pages := uint64(1 + r.IntN(15))
		if err := wants(in, "grow", 1, pages); err != nil {
			return err
		}
		if _, err := in.Call(context.Background(), "store", pages*wasmPage, 77); err != nil {
			return err
		}
		if err := wants(in, "load", 77, pages*wasmPage); err != nil {
			return err
		}
		return wants(in, "grow", refused, 17)
	},
	"exit": func(_ *soak, in *runtime.Instance, h *tenant, _ *rand.Rand) error {
		h.how = "exit"
		_, err := in.Call(context.Background(), "asks", 9)
		var exit *runtime.ExitError
		if !errors.As(err, &exit) || exit.Code != 9 {
			return fmt.Errorf("exit: %v", err)
		}
		return nil
	},
	"panic": func(_ *soak, in *runtime.Instance, h *tenant, _ *rand.Rand) (err error) {
		h.how = "panic"
		defer func() {
			if recover() != "host" {
				err = errors.New("the panic is lost")
			}
		}()
		in.Call(context.Background(), "asks", 1)
		return nil
	},
	"nest": func(_ *soak, in *runtime.Instance, h *tenant, _ *rand.Rand) error {
		h.how = "nest"
		return wants(in, "asks", 64, 7)
	},
	"kill": func(s *soak, in *runtime.Instance, _ *tenant, r *rand.Rand) error {
		done := make(chan error)
		go func() {
			_, err := in.Call(context.Background(), "spin")
			done <- err
		}()
		time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond)
		t0 := time.Now()
		in.Kill()
		err := <-done
		s.ended(time.Since(t0))
		if !errors.Is(err, runtime.ErrKilled) {
			return fmt.Errorf("killed: %v", err)
		}
		return nil
	},
	"deadline": func(s *soak, in *runtime.Instance, _ *tenant, r *rand.Rand) error {
		after := time.Duration(200+r.IntN(2000)) * time.Microsecond
		t0 := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), after)
		defer cancel()
		_, err := in.Call(ctx, "spin")
		s.ended(time.Since(t0) - after)
		if !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("deadline: %v", err)
		}
		return nil
	},
	"killhost": func(s *soak, in *runtime.Instance, h *tenant, _ *rand.Rand) error {
		h.how, h.entered = "wait", make(chan struct{})
		done := make(chan error)
		go func() {
			_, err := in.Call(context.Background(), "asks", 1)
			done <- err
		}()
		<-h.entered
		t0 := time.Now()
		in.Kill()
		err := <-done
		s.ended(time.Since(t0))
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("killed in a host function: %v", err)
		}
		return nil
	},
	"yield": func(_ *soak, in *runtime.Instance, h *tenant, r *rand.Rand) error {
		h.how = "yield"
		c, err := in.Begin(context.Background(), "asks", 5)
		if err != nil {
			return err
		}
		defer c.Stop()
		for i := range int32(5) {
			if v, over, err := c.Resume(int32(100)); v != 5-i || over || err != nil {
				return fmt.Errorf("yielded %v, %v, %v", v, over, err)
			}
			if r.IntN(10) == 0 {
				return nil // Stop ends it
			}
		}
		if _, over, err := c.Resume(int32(100)); !over || err != nil || c.Results()[0] != 500 {
			return fmt.Errorf("yield: %v, %v, %v", over, err, c.Results())
		}
		return nil
	},
	"pause": func(_ *soak, in *runtime.Instance, _ *tenant, r *rand.Rand) error {
		f := in.ExportedFunc("sum")
		_, i := f.Instance()
		const n = 3_000_000
		if err := in.Start(context.Background(), i, n); err != nil {
			return err
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wait := time.Duration(r.IntN(300)) * time.Microsecond
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(wait):
					in.Pause()
				}
			}
		})
		defer wg.Wait()
		defer close(stop)
		for range 20 {
			st := in.Resume()
			switch st.Reason {
			case runtime.StopReturned:
				if st.Results[0] != n*(n+1)/2 {
					return fmt.Errorf("paused and resumed: %d", st.Results[0])
				}
				return nil
			case runtime.StopPaused:
			default:
				return fmt.Errorf("paused: %v", st)
			}
			if r.IntN(2) == 0 {
				if st := in.StepInstruction(); st.Err != nil {
					return fmt.Errorf("step: %v", st)
				}
			}
		}
		return nil // the pool ends it
	},
	"fuel": func(s *soak, _ *runtime.Instance, _ *tenant, r *rand.Rand) error {
		n := uint64(1 + r.IntN(1000))
		in, err := runtime.Instantiate(context.Background(), s.metered, s.imports, runtime.Config{Fuel: n})
		if err != nil {
			return err
		}
		defer in.Close()
		if err := traps(in, abi.TrapFuel, "spin"); err != nil {
			return err
		}
		if in.FuelSpent() != n {
			return fmt.Errorf("%d units spent of %d", in.FuelSpent(), n)
		}
		return nil
	},
	"module": func(s *soak, _ *runtime.Instance, _ *tenant, _ *rand.Rand) error {
		in, err := runtime.Instantiate(context.Background(), s.hostile, s.imports, runtime.Config{StackSize: 128 << 10})
		if err != nil {
			return err
		}
		defer in.Close()
		if err := wants(in, "catch_deep", 5, 500); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		if _, err := in.Call(ctx, "throwstorm"); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("throwstorm: %v", err)
		}
		return nil
	},
}

func wants(in *runtime.Instance, name string, want uint64, args ...uint64) error {
	if r, err := in.Call(context.Background(), name, args...); err != nil || r[0] != want {
		return fmt.Errorf("%s%v: %v, %v, want %d", name, args, r, err, want)
	}
	return nil
}

func traps(in *runtime.Instance, k abi.Trap, name string, args ...uint64) error {
	_, err := in.Call(context.Background(), name, args...)
	var trap *runtime.TrapError
	if !errors.As(err, &trap) || trap.Kind != k {
		return fmt.Errorf("%s%v: %v, want: %s", name, args, err, runtime.TrapWords(k))
	}
	return nil
}

// run has goroutines do rounds for a while.
func (s *soak) run(d time.Duration, seed uint64) {
	names := make([]string, 0, len(soakRounds))
	for n := range soakRounds {
		names = append(names, n)
	}
	slices.Sort(names)
	end := time.Now().Add(d)
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for time.Now().Before(end) {
				name := names[r.IntN(len(names))]
				h := &tenant{}
				in, err := s.pool.Get(context.Background(), h)
				if err == nil {
					err = soakRounds[name](s, in, h, r)
					s.pool.Put(in)
				}
				s.mu.Lock()
				s.count[name]++
				if err != nil {
					s.wrong = append(s.wrong, fmt.Sprintf("%s: %v", name, err))
				}
				s.mu.Unlock()
			}
		})
	}
	wg.Go(func() {
		for time.Now().Before(end) {
			goruntime.GC()
			time.Sleep(10 * time.Millisecond)
		}
	})
	wg.Wait()
}

// usage is what the process holds.
type usage struct{ maps, threads, files, goroutines, heapKB, residentKB int }

func measure(t testing.TB) (u usage) {
	t.Helper()
	for range 3 {
		goruntime.GC()
		time.Sleep(20 * time.Millisecond) // what ends in the background
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	u.maps = strings.Count(string(maps), "\n")
	count := func(dir string) int {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	u.threads, u.files, u.goroutines = count("/proc/self/task"), count("/proc/self/fd"), goruntime.NumGoroutine()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	u.heapKB = int(m.HeapAlloc >> 10)
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int
	fmt.Sscan(string(statm), &size, &resident)
	u.residentKB = resident * 4
	return u
}

// Start, trap, kill, pause, grow, exit, yield and more, at random on several goroutines beside the collector: no wrong result, and nothing
// that the process holds grows with time. -soak says for how long: after a quarter of it the process has what it needs, and
// the rest must get along with that.
func TestSoak(t *testing.T) {
	d := *soakTime
	if testing.Short() {
		d = min(d, 400*time.Millisecond)
	}
	s := &soak{
		host: guest(t, "host.wasm", aot.Options{}), metered: guest(t, "host.wasm", aot.Options{Fuel: true}), hostile: guest(t, "hostile.wasm", aot.Options{}),
		count: map[string]int{},
	}
	s.imports = hostImports(t, map[string]any{"ask": s.ask})
	s.pool = newPool(t, s.host, s.imports, runtime.PoolConfig{
		Config: runtime.Config{StackSize: 256 << 10, Limits: runtime.Limits{Memory: 16 * wasmPage}}, Idle: 8, Max: 64,
	})
	s.run(d/4, 1)
	before := measure(t)
	s.kills = make([]time.Duration, 0, 1<<20)
	before.heapKB += 8 << 10
	s.run(d-d/4, 2)
	after := measure(t)
	for i, w := range s.wrong {
		if t.Errorf("%s", w); i == 20 {
			t.Fatalf("and %d more", len(s.wrong)-i)
		}
	}
	slices.Sort(s.kills)
	rounds := 0
	for _, n := range s.count {
		rounds += n
	}
	t.Logf("%d rounds in %v: %v", rounds, d, s.count)
	if n := len(s.kills); n > 0 {
		t.Logf("%d kills and deadlines: median %v, 90 %%: %v, longest %v", n, s.kills[n/2], s.kills[n*9/10], s.kills[n-1])
	}
	s.kills = nil
	for range 50 { // with nobody else who wants the processors
		h := &tenant{}
		in := take(t, s.pool, h)
		if err := soakRounds["kill"](s, in, h, rand.New(rand.NewPCG(1, 1))); err != nil {
			t.Error(err)
		}
		s.pool.Put(in)
	}
	slices.Sort(s.kills)
	t.Logf("alone: median %v, longest %v", s.kills[len(s.kills)/2], s.kills[len(s.kills)-1])
	t.Logf("before %+v", before)
	t.Logf("after  %+v", after)
	// Go keeps threads and heap for later; instances of the pool that one time more of wait.
	for _, c := range []struct {
		what              string
		before, after, by int
	}{
		{"mappings", before.maps, after.maps, 60}, {"threads", before.threads, after.threads, 12}, {"descriptors", before.files, after.files, 2},
		{"goroutines", before.goroutines, after.goroutines, 4}, {"KB of heap", before.heapKB, after.heapKB, 4 << 10},
		{"KB of memory", before.residentKB, after.residentKB, 48 << 10},
	} {
		if raceDetector && (c.what == "KB of memory" || c.what == "mappings") {
			continue // the detector maps and keeps some 9 KB for each round
		}
		if c.after > c.before+c.by {
			t.Errorf("%s: %d before, %d after", c.what, c.before, c.after)
		}
	}
}
