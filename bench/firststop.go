package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func init() {
	operations = append(operations,
		operation{"start to first stop, nothing cached", "", sphexFirstStop(false), nil, nil},
		operation{"start to first stop", "", sphexFirstStop(true), nativeFirstStop("gdb"), nativeFirstStop("lldb-22")},
	)
}

// firstStop runs a debugger and returns how long it takes from exec until it has printed what the first stop shows,
// the fastest of five times.
func firstStop(shown string, command func() *exec.Cmd) (float64, error) {
	best := time.Duration(0)
	for range 5 {
		cmd := command()
		out, err := cmd.StdoutPipe()
		if err != nil {
			return 0, err
		}
		start := time.Now()
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		var text []byte
		took := time.Duration(0)
		for buf := make([]byte, 4096); ; {
			n, err := out.Read(buf)
			text = append(text, buf[:n]...)
			if took == 0 && strings.Contains(string(text), shown) {
				took = time.Since(start)
			}
			if err != nil {
				break
			}
		}
		if err := cmd.Wait(); err != nil {
			return 0, fmt.Errorf("%s: %w\n%s", cmd, err, text)
		}
		if took == 0 {
			return 0, fmt.Errorf("%s has not printed %q:\n%.2000s", cmd, shown, text)
		}
		if best == 0 || took < best {
			best = took
		}
	}
	return best.Seconds(), nil
}

// The line that all of them show at the first stop.
const firstLine = "int sum = 0;"

// sphexFirstStop is a process of sphex debug, with a cache of its own.
func sphexFirstStop(cached bool) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		binary := filepath.Join(dir, "sphex")
		if _, err := os.Stat(binary); errors.Is(err, os.ErrNotExist) {
			build := exec.Command("go", "build", "-o", binary, "./cmd/sphex")
			build.Dir = ".."
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				return 0, fmt.Errorf("go build: %w\n%s", err, out)
			}
		}
		cache := filepath.Join(dir, "cache")
		return firstStop(firstLine, func() *exec.Cmd {
			if !cached {
				_ = os.RemoveAll(cache) // what is left shows as a time that is too good
			}
			cmd := exec.Command(binary, "debug", "stops/loop.wasm")
			cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cache)
			cmd.Stdin = strings.NewReader("break main\ncontinue\nclearall\nkill\n")
			return cmd
		})
	}
}

func nativeFirstStop(tool string) func(string) (float64, error) {
	return func(dir string) (float64, error) {
		program, err := native(dir, "stops/loop.c")
		if err != nil {
			return 0, err
		}
		if _, err := exec.LookPath(tool); err != nil {
			return 0, errNoTool
		}
		return firstStop(firstLine, func() *exec.Cmd {
			return batch(tool, program, breakAt(tool, "main"), "run")
		})
	}
}
