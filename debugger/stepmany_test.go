package debugger

import (
	"fmt"
	"testing"
)

// TestStepMany compares many steps at once with as many one by one.
func TestStepMany(t *testing.T) {
	for _, program := range []string{"c_steps/c_steps-O0.wasm", "c_steps/c_steps-O2.wasm", "orders/orders.wasm", "orders/orders-release.wasm", "cpp_shapes/cpp_shapes-O2.wasm"} {
		for _, kind := range []StepKind{Over, Into} {
			one := map[StepKind]func(*Session) (*Stop, error){Over: (*Session).StepOver, Into: (*Session).StepIn}[kind]
			a, _ := open(t, program, nil)
			b, _ := open(t, program, nil)
			for n := 1; n < 12; n++ {
				var want *Stop
				for range n {
					if want = mustStop(t, func() (*Stop, error) { return one(a) }); want.Exited() {
						break
					}
				}
				got := mustStop(t, func() (*Stop, error) { return b.StepMany(kind, n) })
				if w, g := fmt.Sprint(want, want.Frame), fmt.Sprint(got, got.Frame); w != g {
					t.Fatalf("%s, %d steps of kind %d: %s, and one by one %s", program, n, kind, g, w)
				}
				if want.Exited() {
					break
				}
			}
		}
	}
}

// BenchmarkStepMany is one of many steps over lines of a loop.
func BenchmarkStepMany(b *testing.B) {
	for name, kind := range map[string]StepKind{"over": Over, "into": Into} {
		b.Run(name, func(b *testing.B) {
			s, _ := open(b, "c_callback/c_callback-O0.wasm", func(c *Config) { c.Args = []string{"spin"} })
			if _, err := s.SetBreakpoint(BreakpointSpec{Function: "spin"}); err != nil {
				b.Fatal(err)
			}
			if _, err := s.Continue(); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if stop, err := s.StepMany(kind, b.N); err != nil || !stop.Has(ReasonStep) {
				b.Fatal(stop, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}
