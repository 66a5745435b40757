package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sphex/debugger"
)

func init() {
	operations = append(operations,
		operation{"next in a loop", "steps", sphexSteps(debugger.Over, 100000),
			nativeSteps("gdb", 4000, "next %d"), nativeSteps("lldb-22", 500, lldbSteps("StepOver"))},
		operation{"step in a loop", "steps", sphexSteps(debugger.Into, 100000),
			nativeSteps("gdb", 4000, "step %d"), nativeSteps("lldb-22", 500, lldbSteps("StepInto"))},
		operation{"next in a loop, one call each", "steps", sphexStepsAlone(30000), nil, nil},
		operation{"backtrace of 1,000 frames", "", sphexBacktrace(1000), nativeBacktrace("gdb", "bt %d", 1000), nativeBacktrace("lldb-22", "bt %d", 1000)},
		operation{"backtrace of 100,000 frames", "", sphexBacktrace(100000), nativeBacktrace("gdb", "bt %d", 100000), nativeBacktrace("lldb-22", "bt %d", 100000)},
	)
}

// stopped opens a program of the folder and runs it to a function.
func stopped(program, function string) (*debugger.Session, error) {
	s, err := debugger.Open(context.Background(), debugger.Config{Program: program, StackSize: 16 << 20})
	if err != nil {
		return nil, err
	}
	if _, err = s.SetBreakpoint(debugger.BreakpointSpec{Function: function}); err == nil {
		var stop *debugger.Stop
		if stop, err = s.Continue(); err == nil && !stop.Has(debugger.ReasonBreakpoint) {
			err = fmt.Errorf("%s: %v", program, stop)
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func sphexSteps(kind debugger.StepKind, n int) func(string) (float64, error) {
	return func(string) (float64, error) {
		s, err := stopped("stops/loop.wasm", "main")
		if err != nil {
			return 0, err
		}
		defer s.Close()
		start := time.Now()
		if stop, err := s.StepMany(kind, n); err != nil || !stop.Has(debugger.ReasonStep) {
			return 0, fmt.Errorf("%v, %w", stop, err)
		}
		return float64(n) / time.Since(start).Seconds(), nil
	}
}

// sphexStepsAlone asks for each step by itself, as an editor does.
func sphexStepsAlone(n int) func(string) (float64, error) {
	return func(string) (float64, error) {
		s, err := stopped("stops/loop.wasm", "main")
		if err != nil {
			return 0, err
		}
		defer s.Close()
		start := time.Now()
		for range n {
			if stop, err := s.StepOver(); err != nil || !stop.Has(debugger.ReasonStep) {
				return 0, fmt.Errorf("%v, %w", stop, err)
			}
		}
		return float64(n) / time.Since(start).Seconds(), nil
	}
}

// lldbSteps is a loop of steps; the command has no count.
func lldbSteps(step string) string {
	return "script [lldb.debugger.GetSelectedTarget().GetProcess().GetSelectedThread()." + step + "() for _ in range(%d)]"
}

// nativeSteps is the difference between many steps and one.
func nativeSteps(tool string, n int, step string) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		took, err := timeOfMore(tool, dir, "loop", "main", step, n)
		return float64(n-1) / took.Seconds(), err
	}
}

// timeOfMore is the difference between doing something n times and once, or with n and with one, in a program of stops that
// stands in a function; command has a %d for how often.
func timeOfMore(tool, dir, name, function, command string, n int) (time.Duration, error) {
	program, err := native(dir, "stops/"+name+".c")
	if err != nil {
		return 0, err
	}
	var took [2]time.Duration
	for i, count := range []int{1, n} {
		if took[i], _, err = timed(tool, program, breakAt(tool, function), "run", fmt.Sprintf(command, count)); err != nil {
			return 0, err
		}
	}
	return took[1] - took[0], nil
}

func breakAt(tool, function string) string {
	if tool == "gdb" {
		return "break " + function
	}
	return "breakpoint set -n " + function
}

// sphexBacktrace unwinds and renders.
func sphexBacktrace(n int) func(string) (float64, error) {
	return func(string) (float64, error) {
		s, err := stopped("stops/deep.wasm", "bottom")
		if err != nil {
			return 0, err
		}
		defer s.Close()
		start := time.Now()
		frames, _, err := s.Frames(0, n)
		if err != nil || len(frames) != n {
			return 0, fmt.Errorf("%d frames, %w", len(frames), err)
		}
		length := 0
		for _, f := range frames {
			length += len(f.Brief())
		}
		return time.Since(start).Seconds(), nil
	}
}

// nativeBacktrace is the difference between many frames and one.
func nativeBacktrace(tool, bt string, n int) func(string) (float64, error) {
	if tool != "gdb" {
		bt = "bt -c %d"
	}
	return func(dir string) (float64, error) {
		took, err := timeOfMore(tool, dir, "deep", "bottom", bt, n)
		return took.Seconds(), err
	}
}
