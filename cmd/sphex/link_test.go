package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const linkedPrograms = programs + "c_linked/"

// What the functions return is what their sources say; the forms of the values are wasmtime's.
func TestInvokeValues(t *testing.T) {
	for _, r := range []struct{ call, out, failure string }{
		{"i32 -7", "-7", ""},
		{"i32 4294967295", "-1", ""},
		{"i32 0x10", "16", ""},
		{"i32 010", "10", ""},
		{"i32 4294967296", "", `argument 1 of i32: "4294967296" is no 32-bit integer`},
		{"i32", "", "i32 takes 1 argument, not 0"},
		{"i64 -9223372036854775808", "-9223372036854775808", ""},
		{"f32 1e30", "1000000000000000000000000000000", ""},
		{"f32 16777217", "16777216", ""},
		{"f64 0.1", "0.1", ""},
		{"f64 5e-324", "0." + strings.Repeat("0", 323) + "5", ""},
		{"f64 -inf", "-inf", ""},
		{"f64 nan", "NaN", ""},
		{"v128 0x0102030405060708090a0b0c0d0e0f10", "1339673755198158349044581307228491536", ""},
		{"v128 -1", "340282366920938463463374607431768211455", ""},
		{"ref null", "<null externref>\n<funcref>", ""},
		{"ref 1", "", "of references only null can be given"},
		{"all 1 2 3.5", "3.5\n2\n1", ""},
		{"both 2", "43\n2", ""}, // 40 + 1 + 2 from the other module's function, and our own
		{"none", "", "the module exports no function none; a function to invoke must be one of i32, i64"},
	} {
		words := strings.Fields(r.call)
		args := append([]string{"run", "--preload", "shared=" + linkedPrograms + "shared.wasm", "--invoke", words[0], linkedPrograms + "values.wasm"}, words[1:]...)
		got := run1(t, "", args...)
		switch {
		case r.failure != "" && (got.status != 1 || !strings.Contains(got.stderr, r.failure)):
			t.Errorf("%s: status %d, %s", r.call, got.status, got.stderr)
		case r.failure == "" && (got.status != 0 || got.stdout != r.out+"\n"):
			t.Errorf("%s: status %d, printed %q, want %q\n%s", r.call, got.status, got.stdout, r.out, got.stderr)
		}
	}
}

func TestImports(t *testing.T) {
	list := filepath.Join(t.TempDir(), "imports")
	if err := os.WriteFile(list, []byte("# what the program needs\nlib.*\nenv.log2\nwasi_snapshot_preview1.proc_exit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const preload = "--preload lib=" + linkedPrograms + "lib.wasm "
	for _, r := range []struct {
		args   string // main.wasm is the program
		status int
		words  string // of both outputs
	}{
		{"run main.wasm", 1, "unknown import: lib.add, lib.divide, env.log2, lib.count"},
		{"run " + preload + "main.wasm", 1, "unknown import: env.log2 ("},
		{"run " + preload + "--stub-imports trap main.wasm", 37, ""}, // 2 * (1+0+1+2+3+4), 10 and 5 calls
		{"run " + preload + "--stub-imports zero --invoke ask main.wasm 3", 0, "1\n"},
		{"run " + preload + "--stub-imports trap --invoke ask main.wasm 3", 134, "the program called the import env.log2, which nothing defines"},
		{"run --stub-imports zero --invoke average main.wasm 3", 0, "0\n"},
		{"run --stub-imports perhaps main.wasm", 1, "--stub-imports perhaps: want trap or zero"},
		{"run --preload lib main.wasm", 1, "--preload lib: want NAME=FILE"},
		{"run " + preload + preload + "main.wasm", 1, "there is another module lib"},
		{"run --preload lib=none.wasm main.wasm", 1, "preload lib: open none.wasm"},
		{"run --preload lib=main.wasm main.wasm", 1, "preload lib: unknown import: lib.add"},
		{"run " + preload + "--stub-imports trap --allow-import lib.* main.wasm", 1, "the policy does not allow to import env.log2, wasi_snapshot_preview1.proc_exit"},
		{"run " + preload + "--stub-imports trap --allow-import @" + list + " main.wasm", 37, ""},
		{"run --allow-import @none main.wasm", 1, "--allow-import @none: open none"},
		{"run --allow-import lib main.wasm", 1, "--allow-import lib: import pattern"},
		{"compile --allow-import lib.* main.wasm -o /dev/null", 1, "main.wasm: the policy does not allow to import env.log2"},
		{"run --invoke count " + linkedPrograms + "lib.wasm", 0, "10\n"}, // _initialize has run
		{"run " + linkedPrograms + "lib.wasm", 1, "the module is no program: it exports no function _start; a function to invoke must be one of"},
		{"debug " + preload + "--stub-imports trap -c continue -c exit main.wasm", 0, "The program exited with status 37."},
	} {
		got := run1(t, "", strings.Fields(strings.ReplaceAll(r.args, "main.wasm", linkedPrograms+"main.wasm"))...)
		if got.status != r.status || !strings.Contains(got.stdout+got.stderr, r.words) {
			t.Errorf("%s: status %d, want %d with %q\n%s%s", r.args, got.status, r.status, r.words, got.stdout, got.stderr)
		}
	}
}
