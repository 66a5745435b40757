package debugger

import (
	"context"
	"io"
	"testing"

	"sphex/aot"
	"sphex/aot/object"
)

// BenchmarkFirstStop measures the way from a file to the first breakpoint, with the compiler
// and with an object in the cache. MB/s counts the module's bytes. bench/bigmodule makes modules
// that are a hundred times as large.
func BenchmarkFirstStop(b *testing.B) {
	const program = "../testdata/programs/rs_types/rs_types-debug.wasm"
	for _, c := range []struct {
		name  string
		fresh bool // an empty cache each time
	}{{"cold", true}, {"cached", false}} {
		b.Run(c.name, func(b *testing.B) {
			cache := &aot.Cache{Dir: b.TempDir(), Key: aot.Key{1}}
			run := func() {
				s, err := Open(context.Background(), Config{
					Program: program, Stdout: io.Discard, Stderr: io.Discard,
					Load: func(path string, companions *aot.Companions) (*object.File, error) {
						o, _, err := cache.Load(path, aot.Options{Companions: companions})
						return o, err
					},
				})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				if _, err := s.SetBreakpoint(BreakpointSpec{Function: "main::enums"}); err != nil {
					b.Fatal(err)
				}
				if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
					b.Fatal(stop, err)
				}
			}
			if !c.fresh {
				run()
				cache.Wait()
			}
			b.ResetTimer()
			for range b.N {
				if c.fresh {
					b.StopTimer()
					cache.Wait()
					cache = &aot.Cache{Dir: b.TempDir(), Key: aot.Key{1}}
					b.StartTimer()
				}
				run()
			}
			cache.Wait()
		})
	}
}
