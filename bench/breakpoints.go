package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sphex/debugger"
)

// passes is how often stops/loop.c comes to its line 7.
const passes = 300000

func init() {
	operations = append(operations,
		operation{"false condition, i == -1", "hits",
			sphexLoop(debugger.BreakpointSpec{Condition: "i == -1"}, 0),
			nativeLoop("gdb", 20000, "break loop.c:7 if i == -1"),
			nativeLoop("lldb-22", 2000, `breakpoint set -f loop.c -l 7 -c "i == -1"`)},
		operation{"false condition, sum * 2 + i < 0 && sum > 5", "hits",
			sphexLoop(debugger.BreakpointSpec{Condition: "sum * 2 + i < 0 && sum > 5"}, 0),
			nativeLoop("gdb", 20000, "break loop.c:7 if sum * 2 + i < 0 && sum > 5"),
			nativeLoop("lldb-22", 2000, `breakpoint set -f loop.c -l 7 -c "sum * 2 + i < 0 && sum > 5"`)},
		operation{"hit count not reached", "hits",
			sphexLoop(debugger.BreakpointSpec{Ignore: 1 << 30}, 0),
			nativeLoop("gdb", 20000, "break loop.c:7", "ignore 1 1000000000"),
			nativeLoop("lldb-22", 2000, "breakpoint set -f loop.c -l 7 -i 1000000000")},
		operation{"log point, i is {i}", "lines",
			sphexLoop(debugger.BreakpointSpec{LogMessage: "i is {i}"}, passes),
			nativeLoop("gdb", 20000, `dprintf loop.c:7,"i is %d\n",i`),
			nativeLoop("lldb-22", 1000, `breakpoint set -f loop.c -l 7 -G true -C "p i"`)},
		operation{"each call of fib with its argument (sphex: its result, too)", "calls",
			sphexTrace(22),
			nativeTrace("gdb", 16, "break fib\ncommands\nsilent\ninfo args\ncontinue\nend\nrun %d\n"),
			nativeTrace("lldb-22", 10, "breakpoint set -n fib -G true -C \"frame variable\"\nrun %d\n")},
	)
}

// fibCalls is how often kernels/fib.c calls fib for fib(n).
func fibCalls(n int) int {
	if n < 2 {
		return 1
	}
	return 1 + fibCalls(n-1) + fibCalls(n-2)
}

// sphexTrace traces fib.
func sphexTrace(n int) func(string) (float64, error) {
	return func(string) (float64, error) {
		lines := 0
		s, err := debugger.Open(context.Background(), debugger.Config{
			Program: "kernels/fib.wasm", Args: []string{strconv.Itoa(n)},
			Events: func(e debugger.Event) { lines++ },
		})
		if err != nil {
			return 0, err
		}
		defer s.Close()
		if _, err := s.Trace("fib"); err != nil {
			return 0, err
		}
		start := time.Now()
		stop, err := s.Continue()
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		if lines%2 != 0 || lines < fibCalls(n)/2 || !stop.Exited() { // of the two calls in fib, LLVM has made one a loop
			return 0, fmt.Errorf("kernels/fib.c: %s, with %d lines", stop, lines)
		}
		return float64(lines/2) / took.Seconds(), nil
	}
}

// nativeTrace is sphexTrace on native code, by a script with a place for n.
func nativeTrace(tool string, n int, script string) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		program, err := native(dir, "kernels/fib.c")
		if err != nil {
			return 0, err
		}
		var took [2]time.Duration
		for i, n := range []int{1, n} {
			file := filepath.Join(dir, "script")
			if err := os.WriteFile(file, fmt.Appendf(nil, script, n), 0o600); err != nil {
				return 0, err
			}
			command := "source " + file
			if strings.HasPrefix(tool, "lldb") {
				command = "command source " + file
			}
			t, out, err := timed(tool, program, command)
			if err != nil {
				return 0, fmt.Errorf("%s: %w\n%s", tool, err, out)
			}
			if got := strings.Count(out, "n = "); got < fibCalls(n) {
				return 0, fmt.Errorf("%s printed %d of %d calls:\n%.1000s", tool, got, fibCalls(n), out)
			}
			took[i] = t
		}
		return float64(fibCalls(n)-1) / (took[1] - took[0]).Seconds(), nil
	}
}

// sphexLoop runs the loop with a breakpoint in it that never stops, and counts the messages.
func sphexLoop(spec debugger.BreakpointSpec, messages int) func(string) (float64, error) {
	return func(string) (float64, error) {
		bare, err := sphexRun(nil, 0)
		if err != nil {
			return 0, err
		}
		spec.File, spec.Line = "loop.c", 7
		with, err := sphexRun(&spec, messages)
		if err != nil {
			return 0, err
		}
		return passes / (with - bare).Seconds(), nil
	}
}

// sphexRun returns how long the loop takes, the fastest of three runs.
func sphexRun(spec *debugger.BreakpointSpec, messages int) (best time.Duration, err error) {
	for range 3 {
		lines, bytes := 0, 0
		s, err := debugger.Open(context.Background(), debugger.Config{
			Program: "stops/loop.wasm",
			Events: func(e debugger.Event) {
				if l, ok := e.(*debugger.LogOutput); ok {
					lines, bytes = lines+1, bytes+len(l.Text)
				}
			},
		})
		if err != nil {
			return 0, err
		}
		if spec != nil {
			b, err := s.SetBreakpoint(*spec)
			if err != nil {
				return 0, err
			}
			if !b.Bound() {
				return 0, fmt.Errorf("stops/loop.c:7: %s", b.Message)
			}
		}
		start := time.Now()
		stop, err := s.Continue()
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		if !stop.Exited() || lines != messages {
			return 0, fmt.Errorf("stops/loop.c: %s, with %d messages", stop, lines)
		}
		if err := s.Close(); err != nil {
			return 0, err
		}
		if best == 0 || took < best {
			best = took
		}
	}
	return best, nil
}

// nativeLoop is sphexLoop on native code with so many passes: what the debugger takes for them beyond
// what it takes for one.
func nativeLoop(tool string, passes int, commands ...string) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		var took [2]time.Duration
		for i, n := range []int{1, passes} {
			program, err := native(dir, "stops/loop.c", "300000", strconv.Itoa(n))
			if err != nil {
				return 0, err
			}
			t, out, err := timed(tool, program, append(commands, "run")...)
			if err != nil {
				return 0, fmt.Errorf("%s: %w\n%s", tool, err, out)
			}
			if !strings.Contains(out, "exited") {
				return 0, fmt.Errorf("%s did not come to the end:\n%.1000s", tool, out)
			}
			took[i] = t
		}
		return float64(passes-1) / (took[1] - took[0]).Seconds(), nil
	}
}
