package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sphex/debugger"
)

func init() {
	operations = append(operations,
		operation{"writes of a watched local, condition false", "writes", sphexWatch,
			nativeWatch("gdb", 20000, "watch sum if sum == -1"),
			nativeWatch("lldb-22", 2000, "watchpoint set variable sum", "watchpoint modify -c 'sum == -1'")},
		operation{"print a HashMap of a million entries", "", sphexMap, nativeMap, nil}, // lldb-22 with Rust's formatters does not end
	)
}

// sphexWatch counts the rounds of stops/loop.c with its sum watched.
func sphexWatch(string) (float64, error) {
	s, err := stopped("stops/loop.wasm", "main")
	if err != nil {
		return 0, err
	}
	defer s.Close()
	if _, err := s.StepOver(); err != nil { // sum is there
		return 0, err
	}
	if _, err := s.SetWatch(debugger.WatchSpec{Expr: "sum"}, debugger.BreakpointSpec{Condition: "sum == -1"}); err != nil {
		return 0, err
	}
	for _, b := range s.Breakpoints() {
		if b.Watch == nil {
			if err := s.RemoveBreakpoint(b.ID); err != nil {
				return 0, err
			}
		}
	}
	start := time.Now()
	stop, err := s.Continue()
	took := time.Since(start)
	for err == nil && !stop.Exited() { // the watched frame has returned
		stop, err = s.Continue()
	}
	return passes / took.Seconds(), err
}

// nativeWatch is what so many rounds take beyond one.
func nativeWatch(tool string, rounds int, watch ...string) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		var took [2]time.Duration
		for i, n := range []int{1, rounds} {
			program, err := native(dir, "stops/loop.c", "300000", fmt.Sprint(n))
			if err != nil {
				return 0, err
			}
			commands := append([]string{breakAt(tool, "main"), "run", "next"}, watch...)
			t, out, err := timed(tool, program, append(commands, "continue", "continue")...)
			if !strings.Contains(out, "exited") { // gdb complains when there is no process left
				return 0, fmt.Errorf("%s: %w\n%.2000s", tool, err, out)
			}
			took[i] = t
		}
		return float64(rounds-1) / (took[1] - took[0]).Seconds(), nil
	}
}

// sphexMap prints the map of kernels/r_hashmap.rs as the command print does.
func sphexMap(string) (float64, error) {
	s, err := stopped("kernels/r_hashmap.wasm", "r_hashmap::main")
	if err != nil {
		return 0, err
	}
	defer s.Close()
	if stop, err := s.ContinueTo(debugger.BreakpointSpec{File: "r_hashmap.rs", Line: 5}); err != nil || stop.Exited() {
		return 0, fmt.Errorf("%v, %w", stop, err)
	}
	start := time.Now()
	v, err := s.Eval(0, "m")
	if err != nil {
		return 0, err
	}
	text := v.String()
	took := time.Since(start).Seconds()
	if !strings.Contains(text, ": ") {
		return 0, fmt.Errorf("m is %.100s", text)
	}
	return took, nil
}

// nativeMap is what gdb takes for it with rustc's pretty printers, beyond what it takes to come there.
func nativeMap(dir string) (float64, error) {
	rustc, err := exec.LookPath("rustc")
	if err != nil {
		return 0, errNoTool
	}
	root, err := exec.Command(rustc, "--print", "sysroot").Output()
	if err != nil {
		return 0, errNoTool
	}
	printers, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "lib/rustlib/etc/gdb_load_rust_pretty_printers.py"))
	if len(printers) == 0 {
		return 0, errNoTool
	}
	program := filepath.Join(dir, "r_hashmap")
	if out, err := exec.Command(rustc, "--edition", "2021", "-g", "-C", "opt-level=1", "kernels/r_hashmap.rs", "-o", program).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("rustc: %w\n%s", err, out)
	}
	var took [2]time.Duration
	for i, more := range [][]string{nil, {"print m"}} {
		commands := append([]string{fmt.Sprintf("python import sys; sys.path.insert(0, %q)", filepath.Dir(printers[0])),
			"source " + printers[0], "break r_hashmap.rs:5", "run"}, more...)
		t, out, err := timed("gdb", program, commands...)
		if err != nil {
			return 0, err
		}
		if more != nil && !strings.Contains(out, "HashMap(size=") {
			return 0, errors.New("gdb did not print the map")
		}
		took[i] = t
	}
	return (took[1] - took[0]).Seconds(), nil
}
