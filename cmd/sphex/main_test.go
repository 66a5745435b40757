package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sphex/internal/testneeds"
)

var (
	update = flag.Bool("update", false, "rewrite the transcripts in testdata")
	sphex  string // the program under test
)

// TestMain builds the program and gives it a cache and a key of its own.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "sphex")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		environ := os.Environ() // with Go's own cache
		os.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
		os.Unsetenv("COLUMNS") // the width of dumps is that of a pipe
		os.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
		os.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
		sphex = filepath.Join(dir, "sphex")
		build := exec.Command("go", "build", "-o", sphex, ".")
		build.Env = append(environ, "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s\n%v\n", out, err)
			return 1
		}
		return m.Run()
	}())
}

const programs = "../../testdata/programs/"

// result is what a run of the program gave.
type result struct {
	stdout, stderr string
	status         int
}

func run1(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	cmd := exec.Command(sphex, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// expected is what every variant of a program prints.
func expected(t *testing.T, program string) string {
	t.Helper()
	b, err := os.ReadFile(programs + program + "/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func modules(t *testing.T, program string) []string {
	t.Helper()
	files, err := filepath.Glob(programs + program + "/*.wasm")
	packed, err2 := filepath.Glob(programs + program + "/*.wasm.gz")
	if files = append(files, packed...); err != nil || err2 != nil || len(files) == 0 {
		t.Fatalf("%s has no modules: %v, %v", program, err, err2)
	}
	for i, file := range files {
		files[i] = testneeds.Unpacked(t, strings.TrimSuffix(file, ".gz"))
	}
	return files
}
