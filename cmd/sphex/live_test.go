package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

// Here debuggers that are not ours debug `sphex run --gdb`. What they must print is written by
// hand from the sources.

// live is a session with such a debugger.
type live struct {
	name   string
	module string // below programs
	args   []string
	script []string
	// want are regular expressions that match lines of the debugger's output in this order,
	// with others between. Those that start with ! must not match before the next.
	want []string
	// output is whether the program runs to its end and prints what it should.
	output bool
}

// inOrder checks that the expressions match lines of out one after the other.
func inOrder(t *testing.T, out string, want []string) {
	t.Helper()
	lines := strings.Split(out, "\n")
	at := 0
	for _, w := range want {
		re := regexp.MustCompile(w)
		i := at
		for i < len(lines) && !re.MatchString(lines[i]) {
			i++
		}
		if i == len(lines) {
			t.Fatalf("behind line %d, no line matches %s:\n%s", at, w, out)
		}
		at = i + 1
	}
}

// underDebugger runs a debugger and returns what it printed.
func underDebugger(t *testing.T, debugger string, args ...string) string {
	t.Helper()
	out, err := oneDebuggerRun(t, debugger, args...)
	for again := 0; again < 4 && losesThreads(out, err); again++ {
		t.Logf("%s lost a thread that exited, once more", debugger)
		out, err = oneDebuggerRun(t, debugger, args...)
	}
	if strings.Contains(string(out), "ptrace: Operation not permitted") {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s may not trace processes here", debugger)
		}
		t.Skipf("%s may not trace processes here", debugger)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", debugger, err, out)
	}
	return string(out)
}

// losesThreads tells whether a debugger was surprised by the end of a process with several threads, as the
// debuggers are now and then on a busy machine with any program written in Go; that says nothing about us, and
// the session is held again. gdb 13 reads a thread that is gone, and gives up its script (gdb's PR 18749).
// lldb-server 22 ends, or waits for ever for the process.
func losesThreads(out []byte, err error) bool {
	text := strings.TrimSpace(string(out))
	last := text[strings.LastIndexByte(text, '\n')+1:]
	return err != nil && strings.Contains(text, "Couldn't get registers: No such process") ||
		strings.Contains(text, "exited with status = -1 (0xffffffff) lost connection") ||
		err != nil && last == "(lldb) continue"
}

// oneDebuggerRun runs a debugger once, for so long at most.
func oneDebuggerRun(t *testing.T, debugger string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, testneeds.Tool(t, debugger), args...)
	cmd.WaitDelay = patience // its server may hold the pipe
	return cmd.CombinedOutput()
}

// scriptFile writes commands to a file.
func scriptFile(t *testing.T, commands []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte(strings.Join(commands, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkOutput compares what the program printed to a file with what it should print.
func checkOutput(t *testing.T, file string, l *live, transcript string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := expected(t, filepath.Dir(l.module)); string(b) != want {
		t.Errorf("the program printed %q, want %q\n%s", b, want, transcript)
	}
}

// running starts a program that does not end, waits until it is in its loop, and returns the
// number of its process.
func running(t *testing.T) int {
	t.Helper()
	cmd := exec.Command(sphex, "run", "--gdb", endless)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	if b, err := bufio.NewReader(out).Peek(len("turning")); string(b) != "turning" {
		t.Fatalf("%q, %v", b, err)
	}
	return cmd.Process.Pid
}
