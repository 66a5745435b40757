package aot

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime"
)

var stopsRuns = flag.Int("stops", 120, "random modules for TestStops")

// stopper runs calls with breakpoints and steps at random places.
type stopper struct {
	r      *rand.Rand
	places []abi.TextOffset // where breakpoints may be: stop sites, and other instructions
	set    []abi.TextOffset // where they are
	stops  int              // so far
}

// maxStops is how often a call stops before it runs on freely.
const maxStops = 60

func newStopper(seed uint64) *stopper { return &stopper{r: rand.New(rand.NewPCG(seed, 4))} }

// toggle sets or clears a breakpoint.
func (s *stopper) toggle(in *runtime.Instance) error {
	if s.places == nil {
		for i := range in.Module().Map().Funcs {
			f := in.Module().Map().Funcs[i].Read()
			for _, site := range f.Sites {
				s.places = append(s.places, site.Text)
			}
			for _, inst := range f.Insts {
				if s.r.IntN(8) == 0 && inst.Text < f.TextEnd {
					s.places = append(s.places, inst.Text)
				}
			}
		}
	}
	if n := len(s.set); n > 0 && s.r.IntN(2) == 0 {
		i := s.r.IntN(n)
		pc := s.set[i]
		s.set = slices.Delete(s.set, i, i+1)
		return in.ClearBreakpoint(pc)
	}
	if len(s.places) == 0 {
		return nil
	}
	pc := s.places[s.r.IntN(len(s.places))]
	if in.SetBreakpoint(pc) != nil { // inside of a stop site
		return nil
	}
	s.set = append(s.set, pc)
	if s.r.IntN(3) > 0 {
		return nil
	}
	stops := s.r.IntN(4) == 0
	return in.SetHook(pc, func(*runtime.Hit) bool { return stops })
}

// call runs a call to its end with stops on the way.
func (s *stopper) call(ctx context.Context, in *runtime.Instance, f uint32, args []uint64) ([]uint64, error) {
	for range s.r.IntN(16) {
		if err := s.toggle(in); err != nil {
			return nil, err
		}
	}
	if err := in.Start(ctx, f, args...); err != nil {
		return nil, err
	}
	at := abi.TextOffset(0)
	for n := 0; ; n++ {
		var stop *runtime.Stop
		how := s.r.IntN(6)
		switch {
		case n >= maxStops:
			stop = in.Resume()
		case how == 0 || how == 1:
			stop = in.StepInstruction()
		case how == 2 && at != 0:
			stop = in.StepRange(at, at+abi.TextOffset(s.r.IntN(200)))
		default:
			stop = in.Resume()
		}
		switch {
		case stop.Reason == runtime.StopReturned:
			return stop.Results, nil
		case stop.Final():
			return nil, stop.Err
		case stop.Reason == runtime.StopFault:
			return nil, fmt.Errorf("%v", stop)
		}
		s.stops++
		at = stop.PC
		if n == maxStops {
			if err := in.ChangeBreakpoints(nil, s.set); err != nil {
				return nil, err
			}
			s.set = nil
		} else if n < maxStops && s.r.IntN(4) == 0 {
			if err := s.toggle(in); err != nil {
				return nil, err
			}
		}
	}
}

// compareStops runs a module with and without stops.
func compareStops(t *testing.T, seed uint64) (stops int) {
	module, types, _ := generateWith(seed, seed%2 == 0)
	want, err := runHere(module, types, seed, freely)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	s := newStopper(seed)
	got, err := runHere(module, types, seed, s.call)
	if err != nil {
		t.Fatalf("seed %d: with stops: %v", seed, err)
	}
	if diff := got.difference(want, len(types)); diff != "" {
		t.Errorf("seed %d: with stops: %s", seed, diff)
	}
	return s.stops
}

// TestStops checks that breakpoints and steps change nothing of what random modules do.
func TestStops(t *testing.T) {
	skipWithoutGuest(t)
	stops := 0
	for seed := range uint64(*stopsRuns) {
		stops += compareStops(t, *firstSeed+seed)
	}
	t.Logf("%d stops", stops)
	if stops < 10*(*stopsRuns) {
		t.Errorf("only %d stops", stops)
	}
}
