package wasi

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
)

// TestJudge runs wazero's own WASI test programs, which come with its module, under both.
func TestJudge(t *testing.T) {
	dir := wazeroPrograms(t)
	type run struct{ args, stdin string }
	ls := []run{{"ls .", ""}, {"ls full", ""}, {"ls empty", ""}, {"ls full repeat", ""}, {"ls full/a", ""}, {"ls none", ""}}
	runs := map[string][]run{
		"cargo-wasi": append(ls, run{"stat", ""}, run{"other", ""}),
		"zig-cc": append(ls, run{"stat", ""}, run{"poll", "x"}, run{"poll 0 1000", "x"}, run{"sleepmillis 1", ""},
			run{"open-rdonly", ""}, run{"open-wronly", ""}, run{"other", ""}),
		"zig": append(ls, run{"stat", ""}),
		// Without those where wazero and wasmtime differ: seeking in and listing what is no directory.
		"tinygo": {ls[0], ls[1], ls[2], ls[5], {"stat", ""}},
	}
	ctx := context.Background()
	for lang, list := range runs {
		b, err := os.ReadFile(filepath.Join(dir, lang, "wasi.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithDebugInfoEnabled(false))
		code, err := r.CompileModule(ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			t.Run(lang+" "+c.args, func(t *testing.T) {
				cfg := runConfig{args: append([]string{"wasi"}, strings.Fields(c.args)...), stdin: []byte(c.stdin)}
				cfg.dir = sampleDir(t)
				ours := runOurs(t, ctx, r, code, cfg)
				cfg.dir = sampleDir(t)
				compare(t, ours, runTheirs(t, ctx, r, code, cfg))
			})
		}
		r.Close(ctx)
	}
}

// wazeroPrograms is where they are.
func wazeroPrograms(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("cannot find the module github.com/tetratelabs/wazero: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "imports", "wasi_snapshot_preview1", "testdata")
}

func sampleDir(t *testing.T) string {
	dir := t.TempDir()
	for _, d := range []string{"full", "empty"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"a", "b", "c"} {
		if err := os.WriteFile(filepath.Join(dir, "full", f), []byte(f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
