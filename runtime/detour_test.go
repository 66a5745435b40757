//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime"
)

// allSites lists the stop sites of a module.
func allSites(m *runtime.Module) []abi.TextOffset {
	var list []abi.TextOffset
	for i := range m.Map().Funcs {
		for _, s := range m.Map().Funcs[i].Read().Sites {
			list = append(list, s.Text)
		}
	}
	return list
}

// hookAll puts a breakpoint with a hook on every stop site, or on each of so many.
func hookAll(t *testing.T, in *runtime.Instance, each int, f func(*runtime.Hit) bool) {
	t.Helper()
	var sites []abi.TextOffset
	for i, pc := range allSites(in.Module()) {
		if i%each == 0 {
			sites = append(sites, pc)
		}
	}
	if err := in.ChangeBreakpoints(sites, nil); err != nil {
		t.Fatal(err)
	}
	for _, pc := range sites {
		if err := in.SetHook(pc, f); err != nil {
			t.Fatal(err)
		}
	}
}

var detourPrograms = []struct{ dir, file string }{ // the rs_calc ones hash with random keys
	{"c_steps", "c_steps-O0.wasm"}, {"c_steps", "c_steps-O2.wasm"}, {"c_types", "c_types-O2-dw5.wasm"}, {"rs_kinds", "rs_kinds-debug.wasm"},
	{"cpp_shapes", "cpp_shapes-O2.wasm"}, {"rs_calc", "rs_calc-release.wasm"}, {"rs_calc", "rs_calc-debug-dw5.wasm"}, {"orders", "orders.wasm"},
}

// TestDetours runs programs with a breakpoint on every stop site, where each hit of one that was hit
// before comes by a call that stands over moved instructions: a hook sees the same sequence of places
// whether it stops the program at each or at none, and the program does what it does without.
func TestDetours(t *testing.T) {
	for _, p := range detourPrograms {
		t.Run(p.file, func(t *testing.T) {
			stdin, want := expected(t, p.dir)
			run := func(each int, hook func(n int) bool) (hits []abi.TextOffset, stops int) {
				var out bytes.Buffer
				in := launch(t, program(t, filepath.Join(p.dir, p.file)), stdin, &out)
				hookAll(t, in, each, func(h *runtime.Hit) bool {
					hits = append(hits, h.PC)
					return hook(len(hits))
				})
				if err := in.Start(context.Background(), entry(in)); err != nil {
					t.Fatal(err)
				}
				s := in.Resume()
				for s.Reason == runtime.StopBreakpoint {
					stops++
					if at := hits[len(hits)-1]; s.PC != at {
						t.Fatalf("stop at %#x, the hook was at %#x", s.PC, at)
					}
					if f := innermostFrame(t, in); f.PC != s.PC || f.Func == nil {
						t.Fatalf("the innermost frame is at %#x", f.PC)
					}
					s = in.Resume()
				}
				if s.Reason != runtime.StopExited && s.Reason != runtime.StopReturned || s.ExitCode != 0 || out.String() != want {
					t.Fatalf("%v\n%s\nwant\n%s", s, &out, want)
				}
				if done, refused := in.Module().Detours(); refused > 0 || done == 0 {
					t.Fatalf("%d breakpoints became calls, %d could not", done, refused)
				}
				return hits, stops
			}
			for _, each := range []int{1, 3} {
				free, stops := run(each, func(int) bool { return false })
				if stops != 0 {
					t.Fatalf("%d stops", stops)
				}
				mixed, stops := run(each, func(n int) bool { return n%7 == 0 })
				if p.dir == "rs_calc" {
					continue
				}
				if stops != len(free)/7 || len(mixed) != len(free) {
					t.Fatalf("%d hits with %d stops, %d without", len(mixed), stops, len(free))
				}
				for i := range free {
					if free[i] != mixed[i] {
						t.Fatalf("hit %d is at %#x with stops, at %#x without", i, mixed[i], free[i])
					}
				}
				t.Logf("%d hits", len(free))
			}
		})
	}
}

// TestStepThroughDetours is TestUnwindEveryInstruction in a text in which another instance has made calls of
// all the places that a run comes to.
func TestStepThroughDetours(t *testing.T) {
	for _, p := range detourPrograms {
		t.Run(p.file, func(t *testing.T) {
			stdin, want := expected(t, p.dir)
			m := program(t, filepath.Join(p.dir, p.file))
			var out bytes.Buffer
			other := launch(t, m, stdin, &out)
			hookAll(t, other, 2, func(*runtime.Hit) bool { return false })
			if err := other.Start(context.Background(), entry(other)); err != nil {
				t.Fatal(err)
			}
			other.Resume()
			out.Reset()
			in := launch(t, m, stdin, &out)
			if err := in.Start(context.Background(), entry(in)); err != nil {
				t.Fatal(err)
			}
			limit := 10000
			if testing.Short() {
				limit = 1000
			}
			steps, frames := shadow(t, in, limit)
			t.Logf("%d instructions, %d frames compared", steps, frames)
			s := in.Resume()
			if s.Reason != runtime.StopExited && s.Reason != runtime.StopReturned || s.ExitCode != 0 {
				t.Fatal(s)
			}
			if out.String() != want {
				t.Fatalf("stepping changed the output:\n%s\nwant\n%s", &out, want)
			}
		})
	}
}
