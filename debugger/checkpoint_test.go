package debugger

import (
	goruntime "runtime"
	"testing"

	"sphex/aot/abi"
)

func mustCheckpoint(t *testing.T, s *Session) Checkpoint {
	t.Helper()
	c, err := s.SetCheckpoint()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustRestore(t *testing.T, s *Session, id int) {
	t.Helper()
	stop, lost, err := s.RestoreCheckpoint(id)
	if err != nil || lost != 0 || !stop.Has(ReasonRestored) {
		t.Fatal(stop, lost, err)
	}
}

func wantValue(t *testing.T, s *Session, expr, want string) {
	t.Helper()
	if v, err := s.Eval(0, expr); err != nil || v.String() != want {
		t.Errorf("%s = %v (%v), want %s", expr, v, err, want)
	}
}

// A checkpoint is come back to from a deeper frame, from outside, from the end and from another run, and
// the program then does what it did. fact(2) of 4*3*2*1 in c_ledger, and a till's total of orders.
func TestCheckpoint(t *testing.T) {
	s := ledger(t, "O0", false)
	mustRunTo(t, s, "fact", "n == 2")
	c := mustCheckpoint(t, s)
	finish := func(total string) {
		t.Helper()
		mustRunTo(t, s, "half", "")
		wantValue(t, s, "total", total)
	}
	if _, err := s.StepOut(0); err != nil {
		t.Fatal(err)
	}
	mustRestore(t, s, c.ID)
	wantValue(t, s, "n", "2")
	finish("50") // 26 + 24
	mustRestore(t, s, c.ID)
	if _, err := s.SetVariable(0, "n", "3"); err != nil {
		t.Fatal(err)
	}
	finish("98") // 26 + 4*3*(3*2)
	if stop, err := s.Continue(); err != nil || !stop.Exited() {
		t.Fatal(stop, err)
	}
	mustRestore(t, s, c.ID)
	finish("50")
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	mustRunTo(t, s, "deposit", "")
	mustRestore(t, s, c.ID)
	wantValue(t, s, "total", "26")
	finish("50")
	s.Kill()
	mustRestore(t, s, c.ID)
	finish("50")
	if err := s.RemoveCheckpoint(c.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := s.RestoreCheckpoint(c.ID); err == nil {
		t.Error("a removed checkpoint is restored")
	}
}

// TestCheckpointLoop goes back a thousand times, in Rust, over growth of the heap.
func TestCheckpointLoop(t *testing.T) {
	s, out := open(t, "orders/orders.wasm", nil)
	mustRunTo(t, s, "main::total", "")
	c := mustCheckpoint(t, s)
	places, _ := s.FindPlaces(BreakpointSpec{File: "main.rs", Line: 42})
	if len(places) == 0 {
		t.Fatal("no line 42")
	}
	if _, err := s.SetBreakpoint(BreakpointSpec{File: "main.rs", Line: 42}); err != nil {
		t.Fatal(err)
	}
	once := func() {
		t.Helper()
		if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
			t.Fatal(stop, err)
		}
		wantValue(t, s, "sum", "670")
		mustRestore(t, s, c.ID)
	}
	once()
	memory := func() uint64 {
		var m goruntime.MemStats
		goruntime.GC()
		goruntime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, routines := memory(), goruntime.NumGoroutine()
	for range 1000 {
		once()
	}
	if after := memory(); after > before+8<<20 {
		t.Errorf("the heap grew from %d to %d", before, after)
	}
	if n := goruntime.NumGoroutine(); n > routines+2 {
		t.Errorf("%d goroutines, before %d", n, routines)
	}
	again := mustCheckpoint(t, s) // shares all but little
	mustRestore(t, s, again.ID)
	for _, b := range s.Breakpoints() {
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Fatal(err)
		}
	}
	want := "Ada paid 670 cents\nGrace paid 1224 cents\nEdsger could not pay: no price for goto\nBarbara paid 380 cents\n3 orders, 2274 cents\n"
	if stop, err := s.Continue(); err != nil || !stop.Exited() || out.String() != want {
		t.Errorf("%v, %v: %q", stop, err, out)
	}
}

// TestCheckpointAtThrow comes back to an exception that nobody catches: going on from there is that trap again.
func TestCheckpointAtThrow(t *testing.T) {
	s, _ := open(t, "cpp_exc/cpp_exc-exnref-O0.wasm", func(c *Config) { c.Args = []string{"more"} })
	stop := mustStop(t, s.Continue)
	if stop.Trap() == nil {
		t.Fatalf("stopped for %v, want an exception that nobody catches", stop)
	}
	c, err := s.SetCheckpoint()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, _, err := s.RestoreCheckpoint(c.ID); err != nil {
			t.Fatal(err)
		}
		if stop := mustStop(t, s.Continue); stop.Trap() == nil || stop.Trap().Trap != abi.TrapException {
			t.Fatalf("behind the checkpoint: %v", stop)
		}
		if stop := mustStop(t, s.Continue); !stop.Exited() {
			t.Fatalf("behind the trap: %v", stop)
		}
	}
}
