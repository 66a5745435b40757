package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every program prints and returns what it does under node's WASI.
func TestRun(t *testing.T) {
	calc, err := os.ReadFile(programs + "rs_calc/stdin.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		program, stdin string
		flags, args    []string
		status         int
	}{
		{program: "orders"},
		{program: "rs_types"},
		{program: "rs_calc", stdin: string(calc)},
		{program: "rs_panic", args: []string{"help"}},
		{program: "rs_wasi", stdin: "line one\nline two\n", flags: []string{"--env", "DBG_A=1", "--dir", "TMP::/", "--dir", "TMP::."}, status: 1},
		{program: "c_steps"},
		{program: "c_types"},
		{program: "c_multi"},
		{program: "c_trap"},
		{program: "c_wasi", stdin: "line one\nline two\n", flags: []string{"--env", "DBG_A=1", "--dir", "TMP::/", "--dir", "TMP::."}, status: 1},
		{program: "c_vectors"},
		{program: "cpp_throw"},
		{program: "cpp_exc"},
		{program: "cpp_shapes"},
		{program: "cpp_stl", stdin: "line one\nline two\n"},
	} {
		for _, module := range modules(t, r.program) {
			t.Run(filepath.Base(module), func(t *testing.T) {
				args := []string{"run"}
				tmp := t.TempDir()
				for _, f := range r.flags {
					args = append(args, strings.ReplaceAll(f, "TMP", tmp))
				}
				args = append(append(args, module, "--"), r.args...)
				got := run1(t, r.stdin, args...)
				if got.status != r.status {
					t.Errorf("status %d, want %d\n%s", got.status, r.status, got.stderr)
				}
				if want := expected(t, r.program); got.stdout != want {
					t.Errorf("printed\n%s\nwant\n%s", got.stdout, want)
				}
			})
		}
	}
}

// Every way to die names itself, the function and the line, and gives the status of an abort.
// The lines are those of the programs' sources; for panics they are what Rust itself prints.
func TestTraps(t *testing.T) {
	panics := func(line string) string { return "panicked at main.rs:" + line }
	for _, r := range []struct {
		module, mode string
		words        string // on stderr
		function     string // of the first frame in the program's own source
		place        string
	}{
		{"rs_panic/rs_panic-debug", "unwrap", panics("12:60"), "unwrap_none", "main.rs:12:60"},
		{"rs_panic/rs_panic-debug", "oob", panics("15:72"), "out_of_bounds", "main.rs:15:72"},
		{"rs_panic/rs_panic-debug", "overflow", panics("21:13"), "overflow", "main.rs:21:13"},
		{"rs_panic/rs_panic-debug", "div0", panics("27:36"), "divide", "main.rs:27:36"},
		{"rs_panic/rs_panic-debug", "divmin", panics("27:36"), "divide", "main.rs:27:36"},
		{"rs_panic/rs_panic-debug", "expect", panics("71:34"), "main", "main.rs:71:34"},
		{"rs_panic/rs_panic-debug", "key", panics("72:19"), "main", "main.rs:72:19"},
		{"rs_panic/rs_panic-debug", "slice", panics("73:36"), "main", "main.rs:73:36"},
		{"rs_panic/rs_panic-debug", "str", panics("74:25"), "main", "main.rs:74"},
		{"rs_panic/rs_panic-debug", "refcell", panics("45:20"), "double_borrow", "main.rs:45:20"},
		{"rs_panic/rs_panic-debug", "unreachable", panics("76:26"), "main", "main.rs:76:26"},
		{"rs_panic/rs_panic-debug", "todo", panics("77:19"), "main", "main.rs:77:19"},
		{"rs_panic/rs_panic-debug", "assert", panics("78:23"), "main", "main.rs:78:23"},
		{"rs_panic/rs_panic-debug", "badptr", panics("50:47"), "bad_pointer", "main.rs:50:47"},
		{"rs_panic/rs_panic-debug", "trap", "unreachable", "wasm_unreachable", "main.rs:53"},
		{"rs_panic/rs_panic-debug", "abort", "unreachable", "main", "main.rs:82"},
		{"rs_panic/rs_panic-debug", "recurse", "", "recurse", "main.rs:3"},
		{"rs_panic/rs_panic-release-dw5", "unwrap", panics("12:60"), "unwrap_none", "main.rs:12:60"},
		{"rs_panic/rs_panic-release-dw5", "oob", panics("15:72"), "out_of_bounds", "main.rs:15:72"},
		{"rs_panic/rs_panic-release-dw5", "trap", "unreachable", "wasm_unreachable", "main.rs:53"},

		{"c_trap/c_trap-O0-dw5", "div0", "divide by zero", "div_by", "main.c:13"},
		{"c_trap/c_trap-O0-dw5", "divmin", "integer overflow", "div_by", "main.c:13"},
		{"c_trap/c_trap-O0-dw5", "rem0", "divide by zero", "rem_by", "main.c:14"},
		{"c_trap/c_trap-O0-dw5", "float", "integer overflow", "to_int", "main.c:15"},
		{"c_trap/c_trap-O0-dw5", "nan", "invalid conversion to integer", "to_int", "main.c:15"},
		{"c_trap/c_trap-O0-dw5", "oob", "out of bounds memory access", "read_at", "main.c:16"},
		{"c_trap/c_trap-O0-dw5", "oobwrite", "out of bounds memory access", "write_at", "main.c:17"},
		{"c_trap/c_trap-O0-dw5", "unreachable", "unreachable", "main", "main.c:43"},
		{"c_trap/c_trap-O0-dw5", "abort", "unreachable", "main", "main.c:44"},
		{"c_trap/c_trap-O0-dw5", "assert", "local must be zero", "main", "main.c:45"},
		{"c_trap/c_trap-O0-dw5", "stack", "out of bounds memory access", "deep", "main.c:"},
		{"c_trap/c_trap-O0-dw5", "callstack", "", "deep_small", "main.c:24"},
		{"c_trap/c_trap-O0-dw5", "nullcall", "uninitialized", "main", "main.c:48"},
		{"c_trap/c_trap-O0-dw5", "badcall", "undefined element", "main", "main.c:49"},
		{"c_trap/c_trap-O0-dw5", "sigcall", "indirect call type mismatch", "main", "main.c:50"},
		{"c_trap/c_trap-O0-dw5", "memcpy", "out of bounds memory access", "main", "main.c:51"},
		{"c_trap/c_trap-O0-dw5", "smash", "out of bounds memory access", "main", "main.c:53"},
		{"c_trap/c_trap-O2-dw4", "div0", "divide by zero", "div_by", "main.c:13"},
		{"c_trap/c_trap-O2-dw4", "oob", "out of bounds memory access", "read_at", "main.c:16"},
		{"c_trap/c_trap-O2-dw4", "sigcall", "indirect call type mismatch", "main", "main.c:50"},
	} {
		t.Run(fmt.Sprintf("%s/%s", filepath.Base(r.module), r.mode), func(t *testing.T) {
			got := run1(t, "", "run", programs+r.module+".wasm", "--", r.mode)
			if got.status != 134 {
				t.Errorf("status %d, want 134", got.status)
			}
			if !strings.Contains(got.stderr, r.words) {
				t.Errorf("stderr does not say %q", r.words)
			}
			frame := regexp.MustCompile(`(?m)^#\d+ (\S+).* at \S*(main\.(?:rs|c):\S+)`).FindStringSubmatch(got.stderr)
			if frame == nil {
				t.Fatalf("no frame in the program's own source:\n%s", got.stderr)
			}
			if name := frame[1]; name != r.function && !strings.HasSuffix(name, "::"+r.function) || !strings.HasPrefix(frame[2], r.place) {
				t.Errorf("the guilty frame is %s at %s, want %s at %s", frame[1], frame[2], r.function, r.place)
			}
			if t.Failed() {
				t.Logf("stderr:\n%s", got.stderr)
			}
		})
	}
}

// Programs that end by themselves keep their status; what can't be run says why.
func TestStatus(t *testing.T) {
	for _, r := range []struct {
		args   []string
		status int
		words  string
	}{
		{[]string{"run", programs + "rs_panic/rs_panic-debug.wasm", "exit"}, 3, ""},
		{[]string{"run", programs + "c_trap/c_trap-O0-dw5.wasm", "exit"}, 7, ""},
		{[]string{"run", "does-not-exist.wasm"}, 1, "does-not-exist.wasm"},
		{[]string{"run", "main_test.go"}, 1, "magic"},
		{[]string{"run", "--invoke", "nothing", programs + "c_steps/c_steps-O0.wasm"}, 1, "nothing"},
		{[]string{"fly"}, 1, "no command fly"},
	} {
		got := run1(t, "", r.args...)
		if got.status != r.status || !strings.Contains(got.stderr, r.words) {
			t.Errorf("%v: status %d, %s", r.args, got.status, got.stderr)
		}
	}
}

// An object runs without its module, but only if it was made here and is as it was.
func TestCompiledObject(t *testing.T) {
	object := filepath.Join(t.TempDir(), "orders.elf")
	if got := run1(t, "", "compile", programs+"orders/orders.wasm", "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	got := run1(t, "", "run", object)
	if got.stdout != expected(t, "orders") || got.status != 0 {
		t.Fatalf("status %d: %s%s", got.status, got.stdout, got.stderr)
	}
	b, err := os.ReadFile(object)
	if err != nil {
		t.Fatal(err)
	}
	b[0x1000+len(b)/16] ^= 1 // in the native code, which begins there
	if err := os.WriteFile(object, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run1(t, "", "run", object); got.status != 1 || !strings.Contains(got.stderr, "not compiled here") {
		t.Errorf("a changed object: status %d: %s", got.status, got.stderr)
	}
}
