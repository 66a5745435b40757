package debugger

import (
	"fmt"
	"testing"

	"sphex/aot"
	"sphex/aot/codemap"
	"sphex/aot/object"
)

// BenchmarkFalseCondition is a stop at a breakpoint whose condition does not hold, and going
// on, with each form of stop sites.
func BenchmarkFalseCondition(b *testing.B) {
	for name, sites := range map[string]codemap.SiteForm{"byte": codemap.SiteByte, "call": codemap.SiteCall} {
		b.Run(name, func(b *testing.B) { benchmarkFalseCondition(b, sites) })
	}
}

func benchmarkFalseCondition(b *testing.B, sites codemap.SiteForm) {
	s, _ := open(b, "c_callback/c_callback-O0.wasm", func(c *Config) {
		c.Args = []string{"spin"}
		c.Compile = func(m []byte, _ *aot.Companions) (*object.File, error) {
			return aot.Compile(m, aot.Options{Sites: sites})
		}
	})
	bp, err := s.SetBreakpoint(BreakpointSpec{File: "c_callback/main.c", Line: 18, HitCondition: "1"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Continue(); err != nil {
		b.Fatal(err)
	}
	v, err := s.Eval(0, "rounds")
	if err != nil {
		b.Fatal(err)
	}
	if err := s.RemoveBreakpoint(bp.ID); err != nil {
		b.Fatal(err)
	}
	n, _ := v.Int()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.SetBreakpoint(BreakpointSpec{File: "c_callback/main.c", Line: 18, Condition: fmt.Sprintf("rounds == %d", n+int64(b.N))}); err != nil {
		b.Fatal(err)
	}
	if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
		b.Fatal(stop, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stops/s")
}

// BenchmarkStepOver is one step over a line of a loop.
func BenchmarkStepOver(b *testing.B) { benchmarkStep(b, (*Session).StepOver) }

// BenchmarkStepIn is one step into from a line of a loop.
func BenchmarkStepIn(b *testing.B) { benchmarkStep(b, (*Session).StepIn) }

func benchmarkStep(b *testing.B, step func(*Session) (*Stop, error)) {
	s, _ := open(b, "c_callback/c_callback-O0.wasm", func(c *Config) { c.Args = []string{"spin"} })
	if _, err := s.SetBreakpoint(BreakpointSpec{Function: "spin"}); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Continue(); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if stop, err := step(s); err != nil || !stop.Has(ReasonStep) {
			b.Fatal(stop, err)
		}
	}
}

// BenchmarkBacktrace is unwinding and naming a thousand frames.
func BenchmarkBacktrace(b *testing.B) {
	s, _ := open(b, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"callstack"} })
	if _, err := s.Continue(); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		if err := s.do(func() { s.stack = nil }); err != nil {
			b.Fatal(err)
		}
		if frames, _, err := s.Frames(0, 1000); err != nil || len(frames) != 1000 {
			b.Fatal(len(frames), err)
		}
	}
}
