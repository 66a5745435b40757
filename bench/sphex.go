package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger"
)

// runSphex runs a program as it is compiled for debugging, with the given options.
// It compiles it without its debug information before, which is what the others do.
func runSphex(file string, o aot.Options) (sample, error) {
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
	if _, err := aot.Compile(bare, o); err != nil {
		return sample{}, err
	}
	t1 := cpuTime()
	f, err := aot.Compile(bin, o)
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
