//go:build linux && amd64

package runtime

import (
	"context"
	"errors"
	goruntime "runtime"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/runtime/internal/guestcode"
)

// linked returns two instances of which the first imports a function of the second.
func linked(t *testing.T, caller, callee *Module, name string, f HostFunc) (a, b *Instance) {
	t.Helper()
	store := NewStore()
	t.Cleanup(store.Close)
	host := NewImports()
	host.DefineFunc("env", "f", callee.wasm.Types[0], f)
	b, err := store.Instantiate(context.Background(), callee, host, Config{})
	if err != nil {
		t.Fatal(err)
	}
	imports := NewImports()
	imports.Define("env", "f", b.Export(name))
	a, err = store.Instantiate(context.Background(), caller, imports, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestDebugAcrossInstances(t *testing.T) {
	m := rawModule(t, "nested", "nops", "ud2", "spin")
	a, b := linked(t, m, m, "nops", nil)
	site := m.FuncByIndex(b.ExportedFunc("nops").index).Sites[0].Text
	if err := b.SetBreakpoint(site); err != nil {
		t.Fatal(err)
	}
	start(t, a, "nested", 3, 0)
	for range 3 {
		s := a.Resume()
		wantStop(t, s, StopBreakpoint, site)
		if s.Instance != b {
			t.Fatal("the stop is not in the other instance")
		}
		var chain []*Instance
		for f := range a.Frames() {
			if f.Host != nil {
				t.Fatal("a call between instances shows a host function")
			}
			chain = append(chain, f.Instance)
		}
		if len(chain) != 2 || chain[0] != b || chain[1] != a {
			t.Fatalf("%d frames", len(chain))
		}
	}
	wantReturn(t, a.Resume(), 4)

	// A trap in the other instance ends both.
	a, b = linked(t, m, m, "ud2", nil)
	_, err := a.Call(context.Background(), "nested", 1, 1)
	var trap *TrapError
	if !errors.As(err, &trap) || trap.Instance != b || trap.Kind != abi.TrapUnreachable || len(trap.Frames) != 2 || trap.Frames[1].Instance != a {
		t.Fatalf("%v %+v", err, trap)
	}
	start(t, a, "nested", 1, 1)
	s := a.Resume()
	if s.Reason != StopTrap || s.Instance != b {
		t.Fatal(s)
	}
	if s = a.Resume(); s.Reason != StopFailed {
		t.Fatal(s)
	}

	// So does a kill, and a pause finds the one that runs.
	a, b = linked(t, m, m, "spin", nil)
	start(t, a, "nested", 1, 1)
	go func() {
		for n, _ := b.Memory(0).Uint64(0); n == 0; n, _ = b.Memory(0).Uint64(0) { // it spins
			time.Sleep(time.Millisecond)
		}
		a.Pause()
	}()
	if s = a.Resume(); s.Reason != StopPaused || s.Instance != b {
		t.Fatal(s)
	}
	time.AfterFunc(5*time.Millisecond, a.Kill)
	if s = a.Resume(); s.Reason != StopFailed || !errors.Is(s.Err, ErrKilled) {
		t.Fatal(s)
	}
}

// A stack of a hundred thousand frames is walked without recursion.
func TestDeepStack(t *testing.T) {
	const depth = 100_000
	m := rawModule(t, "recurse")
	imports := NewImports()
	imports.DefineFunc("env", "f", m.wasm.Types[0], func(context.Context, *Instance, []uint64) error { return nil })
	in, err := Instantiate(context.Background(), m, imports, Config{StackSize: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out := textOf(in, "recurse") + guestcode.Find("recurse", []byte{0x48, 0x83, 0xc4}) // add rsp, 72
	in.SetBreakpoint(out)
	start(t, in, "recurse", depth, 0)
	wantStop(t, in.Resume(), StopBreakpoint, out)
	n, t0 := 0, time.Now()
	for f := range in.Frames() {
		if n++; f.Func == nil {
			t.Fatalf("frame %d is in no function", n)
		}
	}
	t.Logf("%v for %d frames", time.Since(t0), n)
	if n != depth {
		t.Fatalf("%d frames", n)
	}
	n = 0
	for range in.Frames() {
		if n++; n == 20 {
			break
		}
	}
	if n != 20 {
		t.Fatal(n)
	}
	in.ClearBreakpoint(out)
	if s := in.Resume(); s.Reason != StopReturned {
		t.Fatal(s)
	}
}

// A defect that makes a stub fault is a Go panic, not the end of the process.
func TestStubFault(t *testing.T) {
	var in *Instance
	in = rawInstance(t, rawModule(t, "nested", "fib"), func(ctx context.Context, _ *Instance, stack []uint64) error {
		if stack[0] == 1 {
			in.ctx.HostSP = 0x800
		}
		return nil
	})
	fault := func() {
		defer func() {
			if _, ok := recover().(goruntime.Error); !ok {
				t.Error("no runtime error")
			}
		}()
		in.Call(context.Background(), "nested", 1, 0)
	}
	for range 50 {
		fault()
		if got := call(t, in, "fib", 10, 0); got != 55 {
			t.Fatal(got)
		}
	}
	// The next call may come from another thread of the system's.
	for range 50 {
		done := make(chan struct{})
		go func() {
			goruntime.LockOSThread() // and the thread ends with the goroutine
			fault()
			close(done)
		}()
		<-done
		if got := call(t, in, "fib", 10, 0); got != 55 {
			t.Fatal(got)
		}
	}
}
