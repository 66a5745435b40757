package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const endless = programs + "c_endless/c_endless-O0.wasm"

// An interrupt ends a program that runs, as a shell expects it: by the signal, status 130.
func TestInterrupt(t *testing.T) {
	cmd := exec.Command(sphex, "run", endless)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	if b, err := bufio.NewReader(out).Peek(len("turning")); string(b) != "turning" {
		t.Fatalf("%q, %v", b, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its status follows
	ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !(ws.Signaled() && ws.Signal() == syscall.SIGINT) && ws.ExitStatus() != 130 {
		t.Errorf("%v", cmd.ProcessState)
	}
}

// A reader that leaves ends a program that writes, without a word.
func TestClosedPipe(t *testing.T) {
	cmd := exec.Command(sphex, "run", endless, "--", "flood")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "line 0 of a flood\n" {
		t.Fatalf("%q, %v", line, err)
	}
	out.Close()
	_ = cmd.Wait()
	ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ws.Signaled() || ws.Signal() != syscall.SIGPIPE || errs.Len() > 0 {
		t.Errorf("%v: %s", cmd.ProcessState, errs.String())
	}
}

// Much output arrives whole, and standard input is read from a pipe.
func TestBigStreams(t *testing.T) {
	cmd := exec.Command(sphex, "run", endless, "--", "greet")
	const n = 20000
	cmd.Stdin = io.LimitReader(strings.NewReader(strings.Repeat("Ada\n", n)), 4*n)
	b, err := cmd.Output()
	if want := strings.Repeat("name? hello Ada 3\n", n) + "name? bye\n"; string(b) != want {
		t.Errorf("%d bytes, want %d", len(b), len(want))
	}
	if err == nil || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%v", err)
	}
}

// A second start compiles nothing: it runs what is in the cache, whatever that is.
func TestCache(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	entries := func() []string {
		t.Helper()
		files, err := filepath.Glob(dir + "/sphex/*.elf") // one for each object
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	check := func(program, module string, flags ...string) {
		t.Helper()
		got := run1(t, "", append(append([]string{"run"}, flags...), programs+module)...)
		if got.stdout != expected(t, program) {
			t.Errorf("%s %v: %s%s", module, flags, got.stdout, got.stderr)
		}
	}
	check("orders", "orders/orders.wasm", "--no-cache")
	if e := entries(); len(e) > 0 {
		t.Errorf("--no-cache wrote %v", e)
	}
	check("orders", "orders/orders.wasm")
	first := entries()
	if len(first) != 1 {
		t.Fatalf("the cache holds %v", first)
	}
	check("orders", "orders/orders.wasm")
	check("c_steps", "c_steps/c_steps-O0.wasm")
	both := entries()
	if len(both) != 2 {
		t.Fatalf("the cache holds %v", both)
	}
	other := both[0]
	if other == first[0] {
		other = both[1]
	}
	if err := os.Rename(other, first[0]); err != nil {
		t.Fatal(err)
	}
	check("c_steps", "orders/orders.wasm")
	check("orders", "orders/orders.wasm", "--no-cache")
	// An entry that was tampered with is none.
	if err := os.WriteFile(first[0], []byte("\x7fELF"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("orders", "orders/orders.wasm")
}

// A module that exports functions of all types of numbers:
//
//	(func (export "sub") (param i32 i32) (result i32) local.get 0 local.get 1 i32.sub)
//	(func (export "half") (param f64) (result f64) local.get 0 f64.const 0.5 f64.mul)
//	(func (export "both") (param i64 f32) (result f32 i64) local.get 1 local.get 0)
//	(func (export "die") unreachable)
const exports = "\x00asm\x01\x00\x00\x00" +
	"\x01\x16\x04\x60\x02\x7f\x7f\x01\x7f\x60\x01\x7c\x01\x7c\x60\x02\x7e\x7d\x02\x7d\x7e\x60\x00\x00" +
	"\x03\x05\x04\x00\x01\x02\x03" +
	"\x07\x1b\x04\x03sub\x00\x00\x04half\x00\x01\x04both\x00\x02\x03die\x00\x03" +
	"\x0a\x23\x04\x07\x00\x20\x00\x20\x01\x6b\x0b\x0e\x00\x20\x00\x44\x00\x00\x00\x00\x00\x00\xe0\x3f\xa2\x0b\x06\x00\x20\x01\x20\x00\x0b\x03\x00\x00\x0b"

func TestInvoke(t *testing.T) {
	module := filepath.Join(t.TempDir(), "exports.wasm")
	if err := os.WriteFile(module, []byte(exports), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		args   string
		status int
		stdout string
		words  string // on stderr
	}{
		{"sub 5 7", 0, "-2\n", ""},
		{"sub 0x10 -1", 0, "17\n", ""},
		{"half 5", 0, "2.5\n", ""},
		{"both -9223372036854775808 1.5", 0, "1.5\n-9223372036854775808\n", ""},
		{"sub 5", 1, "", "sub takes 2 arguments, not 1"},
		{"sub 5 x", 1, "", `argument 2 of sub: "x" is no 32-bit integer`},
		{"sub 5 4294967296", 1, "", "no 32-bit integer"},
		{"half much", 1, "", "is no number"},
		{"none", 1, "", "sub, half, both, die"},
		{"die", 134, "", "#0 die (wasm function 3) at offset 0x67\n"},
	} {
		name, args, _ := strings.Cut(r.args, " ")
		got := run1(t, "", append([]string{"run", "--invoke", name, module, "--"}, strings.Fields(args)...)...)
		if got.status != r.status || got.stdout != r.stdout || !strings.Contains(got.stderr, r.words) {
			t.Errorf("%s: status %d, %q, %s", r.args, got.status, got.stdout, got.stderr)
		}
	}
	got := run1(t, "c\nr\n", "debug", "--invoke", "both", module, "--", "7", "0.5")
	if !strings.Contains(got.stdout, "It returned 0.5, 7.\n") {
		t.Errorf("%s", got.stdout)
	}
}

// What is wrong with a command line is said, with what would be right.
func TestCommandLines(t *testing.T) {
	orders := programs + "orders/orders.wasm"
	for _, r := range []struct {
		args  []string
		words string
	}{
		{[]string{"run"}, "run needs a program: sphex run [flags] PROGRAM [ARGS...]"},
		{[]string{"debug"}, "debug needs a program"},
		{[]string{"compile", orders}, "compile needs a name for the object"},
		{[]string{"connect"}, "connect takes the one address"},
		{[]string{"debg"}, "there is no command debg: there is debug"},
		{[]string{"fly"}, "there is no command fly: sphex help lists them"},
		{[]string{"app.wasm"}, "sphex debug app.wasm debugs it"},
		{[]string{"run", sphex}, "this is an ELF file, but no object that sphex compile made"},
		{[]string{"run", programs + "rs_values/rs_values-163-debug.wasm.gz"}, "the file is packed by gzip"},
		{[]string{"core", "--fuel", "1", "dump", "app.wasm"}, "unknown flag: --fuel"},
		{[]string{"run", "--fly", orders}, "sphex run --help lists the flags"},
		{[]string{"run", "--verbose", orders}, "stand behind it"},
		{[]string{"run", "testdata"}, "is a directory"},
		{[]string{"run", "--dir", "/does/not/exist", orders}, "/does/not/exist"},
		{[]string{"run", "--map", "x", orders}, "want FROM=TO"},
		{[]string{"debug", "--stdin", "/does/not/exist", orders}, "/does/not/exist"},
		{[]string{"run", "--fuel", "x", orders}, "flag: it takes a number (sphex run --help"},
		{[]string{"compile", "-o", "x"}, "one module, not 0"},
		{[]string{"compile", "main.go", "-o", filepath.Join(t.TempDir(), "x")}, "magic"},
		{[]string{"compile", orders, "-o", "/does/not/exist/x"}, "/does/not/exist/x"},
		{[]string{"dap", "--listen", "nowhere"}, "missing port"},
		{[]string{"dap", "--listen", "0.0.0.0:0"}, "--any-host"},
		{[]string{"dap", "--listen", ":0"}, "--any-host"},
		{[]string{"dap", "--listen", "[::]:0"}, "--any-host"},
	} {
		if got := run1(t, "", r.args...); got.status != 1 || !strings.Contains(got.stderr, r.words) || !strings.HasPrefix(got.stderr, "sphex: ") {
			t.Errorf("%v: status %d: %s", r.args, got.status, got.stderr)
		}
	}
}

// What is no file gets the object and stays what it is.
func TestCompileIntoPipe(t *testing.T) {
	orders := programs + "orders/orders.wasm"
	object := filepath.Join(t.TempDir(), "orders.elf")
	if got := run1(t, "", "compile", orders, "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	want, err := os.ReadFile(object)
	if err != nil {
		t.Fatal(err)
	}
	const seal = 64 // bytes at the end, at most, which are new each time
	want = want[:len(want)-seal]
	if got := run1(t, "", "compile", orders, "-o", "/dev/stdout"); got.status != 0 || !strings.HasPrefix(got.stdout, string(want)) {
		t.Errorf("status %d, %d bytes instead of %d: %s", got.status, len(got.stdout), len(want), got.stderr)
	}
}

// A sealed object is debugged as its module is.
func TestDebugObject(t *testing.T) {
	object := filepath.Join(t.TempDir(), "orders.elf")
	if got := run1(t, "", "compile", programs+"orders/orders.wasm", "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	got := run1(t, "b main.rs:54\nc\np order.items\np due\n", "debug", "--map", "/src/orders="+programs+"orders", object)
	for _, want := range []string{`["tea", "cake"]`, "\n670\n"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("no %s in\n%s%s", want, got.stdout, got.stderr)
		}
	}
}
