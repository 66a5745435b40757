//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// sharing makes n instances of shared.wasm on one memory of one page, which may have four.
func sharing(t *testing.T, n int) (list []*runtime.Instance, mem *runtime.Memory) {
	t.Helper()
	m := guest(t, "shared.wasm", aot.Options{})
	store, imports := runtime.NewStore(), runtime.NewImports()
	t.Cleanup(store.Close)
	if err := store.DefineShared(m.Wasm(), imports); err != nil {
		t.Fatal(err)
	}
	for range n {
		in, err := store.Instantiate(context.Background(), m, imports, runtime.Config{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		list = append(list, in)
	}
	return list, list[0].Memory(0)
}

func callShared(t *testing.T, in *runtime.Instance, name string, args ...uint64) uint32 {
	t.Helper()
	r, err := in.Call(context.Background(), name, args...)
	if err != nil {
		t.Errorf("%s%v: %v", name, args, err)
		return 0
	}
	return uint32(r[0])
}

// forever is a timeout.
const forever = 1<<64 - 1

// TestSharedGrow grows a memory in one instance and looks at it from another.
func TestSharedGrow(t *testing.T) {
	in, mem := sharing(t, 2)
	if old := callShared(t, in[0], "grow", 2); old != 1 {
		t.Errorf("grow: the old size was %d", old)
	}
	if n := callShared(t, in[1], "size"); n != 3 || mem.Pages() != 3 {
		t.Errorf("size %d and %d", n, mem.Pages())
	}
	if r := callShared(t, in[1], "grow", 2); r != 1<<32-1 {
		t.Errorf("grew beyond the maximum: %d", r)
	}
	callShared(t, in[1], "load", 3<<16-4)
	if _, err := in[1].Call(context.Background(), "load", 3<<16); err == nil {
		t.Error("a load behind the end")
	}
	// A memory is imported as shared if it is.
	imports := runtime.NewImports()
	store := runtime.NewStore()
	defer store.Close()
	own, err := store.NewMemory(wasm.MemoryType{Limits: wasm.Limits{Min: 1, Max: 4, HasMax: true}})
	if err != nil {
		t.Fatal(err)
	}
	imports.Define("env", "memory", own)
	var link *runtime.LinkError
	if _, err := store.Instantiate(context.Background(), in[0].Module(), imports, runtime.Config{}); !errors.As(err, &link) || !strings.Contains(link.Msg, "shared") {
		t.Errorf("an unshared memory: %v", err)
	}
}

// TestAtomicStress adds to the same words from four threads, in several ways. None is lost.
func TestAtomicStress(t *testing.T) {
	const n = 20_000
	in, mem := sharing(t, 4)
	var all sync.WaitGroup
	for _, in := range in {
		all.Go(func() {
			if _, err := in.Call(context.Background(), "add", 32, n); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	word, _ := mem.Uint32(32)
	half, _ := mem.Uint32(36)
	b, _ := mem.Uint32(40)
	twice, _ := mem.Uint64(48)
	if word != 4*n || half != 4*n%(1<<16) || b != 4*n%(1<<8) || twice != 0 {
		t.Errorf("%d, %d, %d and %#x", word, half, b, twice)
	}
}

// waits waits until the instances are in memory.atomic.wait.
func waits(t *testing.T, list ...*runtime.Instance) {
	t.Helper()
	for _, in := range list {
		for end := time.Now().Add(time.Minute); in.WaitingFor() == nil; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("it does not wait")
			}
		}
	}
}

func TestWaitNotify(t *testing.T) {
	in, mem := sharing(t, 4)
	if r := callShared(t, in[0], "wait32", 0, 1, forever); r != 1 {
		t.Errorf("another value: %d", r)
	}
	if r := callShared(t, in[0], "wait32", 0, 0, 1000); r != 2 {
		t.Errorf("late: %d", r)
	}
	if r := callShared(t, in[0], "wait64", 0, 0, 0); r != 2 {
		t.Errorf("late at once: %d", r)
	}
	woken := make(chan uint32, 3)
	for _, in := range in[:3] {
		go func() { woken <- callShared(t, in, "wait64", 8, 0, forever) }()
		waits(t, in)
	}
	if w := in[2].WaitingFor(); w.Addr != 16 || w.Bytes != 8 || !w.Forever || w.Memory != mem {
		t.Errorf("it waits for %+v", w)
	}
	if n := callShared(t, in[3], "notify", 24, 9); n != 0 {
		t.Errorf("%d woken elsewhere", n)
	}
	if n := callShared(t, in[3], "notify", 16, 2); n != 2 || <-woken != 0 || <-woken != 0 {
		t.Errorf("%d woken", n)
	}
	waits(t, in[2]) // who came last
	if n := mem.Notify(16, runtime.NotifyAll); n != 1 || <-woken != 0 {
		t.Errorf("%d woken", n)
	}
}

// TestWaitEnds ends waits by what ends everything else.
func TestWaitEnds(t *testing.T) {
	in, mem := sharing(t, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := in[0].Call(ctx, "wait32", 0, 0, forever); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a deadline: %v", err)
	}
	failed := make(chan error)
	go func() {
		_, err := in[1].Call(context.Background(), "wait32", 0, 0, forever)
		failed <- err
	}()
	waits(t, in[1])
	in[1].Kill()
	if err := <-failed; !errors.Is(err, runtime.ErrKilled) {
		t.Errorf("killed: %v", err)
	}
	if n := mem.Notify(0, runtime.NotifyAll); n != 0 {
		t.Errorf("%d of them wait still", n)
	}

	// A pause finds it waiting, and it goes on to wait.
	f := in[2].ExportedFunc("wait32")
	_, index := f.Instance()
	if err := in[2].Start(context.Background(), index, 0, 0, forever); err != nil {
		t.Fatal(err)
	}
	go func() {
		waits(t, in[2])
		in[2].Pause()
	}()
	if s := in[2].Resume(); s.Reason != runtime.StopPaused || !s.InHost || in[2].WaitingFor() == nil {
		t.Fatalf("a pause: %v", s)
	}
	go func() {
		for mem.Notify(0, 1) == 0 {
			time.Sleep(time.Millisecond)
		}
	}()
	if s := in[2].Resume(); s.Reason != runtime.StopReturned || s.Results[0] != 0 {
		t.Errorf("woken: %v %v", s, s.Results)
	}
}
