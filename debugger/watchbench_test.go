package debugger

import (
	"fmt"
	"testing"
)

// BenchmarkWatch measures writes of a watched variable whose condition is false, in c_ledger's loop of a million
// rounds, every second one of which changes it: by debug registers, by protected pages, and a neighbour on the
// same page that nobody asked about.
func BenchmarkWatch(b *testing.B) {
	for _, r := range []struct {
		name, expr string
		pages      bool
		accesses   int
	}{
		{"registers", "total", false, 1}, {"pages", "total", true, 1}, {"neighbour", "flags", true, 1},
	} {
		b.Run(r.name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				s, _ := open(b, "c_ledger/c_ledger-O0.wasm", func(c *Config) { c.WatchPages = r.pages })
				if _, err := s.SetBreakpoint(BreakpointSpec{Function: "spin"}); err != nil {
					b.Fatal(err)
				}
				if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
					b.Fatal(stop, err)
				}
				const rounds = 20000
				if _, err := s.SetVariable(0, "n", fmt.Sprint(rounds)); err != nil {
					b.Fatal(err)
				}
				if _, err := s.SetWatch(WatchSpec{Expr: r.expr}, BreakpointSpec{Condition: r.expr + " == 1 << 30"}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if stop, err := s.Continue(); err != nil || !stop.Exited() {
					b.Fatal(stop, err)
				}
				b.ReportMetric(float64(rounds)*float64(b.N)/b.Elapsed().Seconds(), "writes/s")
				s.Close()
			}
		})
	}
}
