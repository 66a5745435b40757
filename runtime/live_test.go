//go:build linux && amd64

package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sphex/aot/abi"
)

// A breakpoint that comes and goes at a call-patched site, or at a byte, while the instance
// that owns it and three others run over it at full speed: every hit is one of the owner's, at that
// place, and nobody loses a pass of its loop.
func TestLiveSites(t *testing.T) {
	for _, c := range []struct {
		what, name string
		line       int // where in a cache line the call's site stands
	}{{"call", "sites", 0}, {"call across cache lines", "sites", 62}, {"byte", "nops", 0}} {
		t.Run(c.what, func(t *testing.T) {
			name := c.name
			m := rawModule(t, name)
			for shift := 0; name == "sites" && int(m.addr(m.FuncByIndex(1).Sites[0].Text))%64 != c.line; shift++ {
				m = shiftedModule(t, shift, name)
			}
			owner := rawInstance(t, m, nil)
			f := owner.ExportedFunc(name).index
			site := m.FuncByIndex(f).Sites[0].Text
			var hits atomic.Int64
			owner.OnBreakpoint(func(pc abi.TextOffset) bool {
				var top Frame
				if !owner.Top(&top) || pc != site || top.PC != pc || top.Func != m.FuncByIndex(f) {
					t.Errorf("hit at %#x, frame at %#x, want %#x", pc, top.PC, site)
				}
				for first := range owner.Frames() {
					if first.PC != top.PC || first.CFA != top.CFA || first.SP != top.SP {
						t.Errorf("Top is %+v, the first of Frames is %+v", top, first)
					}
					break
				}
				hits.Add(1)
				return false
			})
			var stop atomic.Bool
			var all sync.WaitGroup
			for range 3 {
				other := rawInstance(t, m, nil)
				all.Go(func() {
					for !stop.Load() {
						if r, err := other.Call(context.Background(), name, 100_000, 0); err != nil || r[0] != 100_000 {
							t.Errorf("another instance: %v %v", r, err)
							return
						}
					}
				})
			}
			all.Go(func() {
				for !stop.Load() {
					if err := owner.Start(context.Background(), f, 20_000, 0); err != nil {
						t.Error(err)
						return
					}
					if s := owner.Resume(); s.Reason != StopReturned || s.Results[0] != 20_000 {
						t.Errorf("the owner: %v %v", s, s.Results)
						return
					}
				}
			})
			toggles := 0
			for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end) || hits.Load() == 0 && !t.Failed(); toggles++ {
				if err := owner.SetBreakpoint(site); err != nil {
					t.Fatal(err)
				}
				if toggles%16 == 0 {
					time.Sleep(20 * time.Microsecond)
				}
				if err := owner.ClearBreakpoint(site); err != nil {
					t.Fatal(err)
				}
			}
			stop.Store(true)
			all.Wait()
			t.Logf("%d hits while the breakpoint was set and cleared %d times", hits.Load(), toggles)
		})
	}
}

// A step may begin at a call-patched site before any signal has saved the state.
func TestStepFromSite(t *testing.T) {
	m := rawModule(t, "sites")
	in := rawInstance(t, m, nil)
	if err := in.SetBreakpoint(m.FuncByIndex(1).Sites[0].Text); err != nil {
		t.Fatal(err)
	}
	if err := in.Start(context.Background(), 1, 10, 0); err != nil {
		t.Fatal(err)
	}
	if s := in.Resume(); s.Reason != StopBreakpoint {
		t.Fatal(s)
	}
	pc := m.FuncByIndex(1).Sites[0].Text
	for range 3 {
		s := in.StepInstruction()
		if s.Reason != StopStep || s.PC == pc {
			t.Fatal(s)
		}
		pc = s.PC
	}
	if err := in.ClearBreakpoint(m.FuncByIndex(1).Sites[0].Text); err != nil {
		t.Fatal(err)
	}
	if s := in.Resume(); s.Reason != StopReturned || s.Results[0] != 10 {
		t.Fatal(s, s.Results)
	}
}
