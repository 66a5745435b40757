package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"sphex/aot"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger"
)

// runSphex runs a program as it is compiled for debugging, with stop sites of the given form.
// It compiles it without its debug information before, which is what the others do.
func runSphex(file string, sites codemap.SiteForm) (sample, error) {
	bin, err := os.ReadFile(file)
	if err != nil {
		return sample{}, err
	}
	m, err := wasm.Decode(bin)
	if err != nil {
		return sample{}, err
	}
	bare := m.WithoutCustom(func(name string) bool { return !strings.HasPrefix(name, ".debug_") })
	t0 := cpuTime()
	if _, err := aot.Compile(bare, aot.Options{Sites: sites}); err != nil {
		return sample{}, err
	}
	t1 := cpuTime()
	f, err := aot.Compile(bin, aot.Options{Sites: sites})
	if err != nil {
		return sample{}, err
	}
	debug := cpuTime() - t1
	var out bytes.Buffer
	s, err := debugger.Open(context.Background(), debugger.Config{
		Program: file, Stdout: &out, Stderr: os.Stderr,
		Compile: func([]byte, *aot.Companions) (*object.File, error) { return f, nil },
	})
	if err != nil {
		return sample{}, err
	}
	defer s.Close()
	t2 := cpuTime()
	stop, err := s.Continue()
	t3 := cpuTime()
	if err != nil {
		return sample{}, err
	}
	if !stop.Exited() || stop.ExitCode != 0 {
		return sample{}, fmt.Errorf("sphex: %s", stop)
	}
	return sample{t1 - t0, t3 - t2, debug, codeBytes(bin), out.String()}, nil
}

// passes is how often stops/loop.c comes to its line 7.
const passes = 300000

// reportStops measures breakpoints whose condition is false: stop, evaluate, resume.
func reportStops() error {
	for _, form := range []struct {
		name  string
		sites codemap.SiteForm
	}{{"one byte", codemap.SiteByte}, {"call", codemap.SiteCall}} {
		fmt.Printf("stop sites of the form %q:\n", form.name)
		if err := measureStops(form.sites); err != nil {
			return err
		}
	}
	return nil
}

func measureStops(sites codemap.SiteForm) error {
	for _, condition := range []string{"", "1 == 2", "i == -1"} {
		s, err := debugger.Open(context.Background(), debugger.Config{
			Program: "stops/loop.wasm",
			Compile: func(b []byte, _ *aot.Companions) (*object.File, error) {
				return aot.Compile(b, aot.Options{Sites: sites})
			},
		})
		if err != nil {
			return err
		}
		if condition != "" {
			b, err := s.SetBreakpoint(debugger.BreakpointSpec{File: "loop.c", Line: 7, Condition: condition})
			if err != nil {
				return err
			}
			if !b.Bound() {
				return fmt.Errorf("stops/loop.c:7: %s", b.Message)
			}
		}
		start, cpu := time.Now(), cpuTime()
		stop, err := s.Continue()
		took, used := time.Since(start), cpuTime()-cpu
		if err != nil {
			return err
		}
		if !stop.Exited() {
			return fmt.Errorf("stops/loop.c stopped: %s", stop)
		}
		if condition == "" {
			fmt.Printf("loop of %d passes without a breakpoint: %.2f ms\n", passes, took.Seconds()*1000)
		} else {
			fmt.Printf("breakpoint with the false condition %q: %.0f per second, %.2f µs of CPU time each\n", condition, passes/took.Seconds(), used.Seconds()*1e6/passes)
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}
