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

// A breakpoint that comes and goes at a call-patched site, and one at a byte, while the
// instance that owns it and three others run over it at full speed: every hit is one of the owner's, at
// that place, and nobody loses a pass of its loop.
func TestLiveSites(t *testing.T) {
	for _, name := range []string{"sites", "nops"} {
		t.Run(name, func(t *testing.T) {
			m := rawModule(t, "sites", "nops")
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
				time.Sleep(time.Duration(toggles%5) * 20 * time.Microsecond)
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
