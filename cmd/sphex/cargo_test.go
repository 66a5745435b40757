package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/internal/testneeds"
)

// Cargo runs what it builds in Sphex, by the example's .cargo/config.toml: programs, tests, and a program that traps.
func TestCargoRunner(t *testing.T) {
	for _, name := range []string{"/usr/bin/cargo", "/usr/bin/rustc", "wasm-ld-14"} { // Debian's, which need no network
		testneeds.Tool(t, name)
	}
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS("../../examples/shop")); err != nil {
		t.Fatal(err)
	}
	cargo := func(args ...string) (string, error) {
		cmd := exec.Command("/usr/bin/cargo", args...)
		cmd.Dir = project
		cmd.Env = append(os.Environ(), "RUSTC=/usr/bin/rustc", "CARGO_BUILD_TARGET=wasm32-wasi", "CARGO_HOME="+t.TempDir(),
			"PATH="+filepath.Dir(sphex)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := cargo("run", "--quiet", "--offline")
	if err != nil || out != "3 of 4 customers served\n1670 cents\n" {
		t.Errorf("cargo run: %v\n%s", err, out)
	}
	out, err = cargo("run", "--quiet", "--offline", "--", "broken")
	for _, want := range []string{"out of bounds memory access: load of 1 byte at 0xfffffff0", "shop::label at ", "src/main.rs:5"} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("cargo run -- broken: %v, lacks %q\n%s", err, want, out)
		}
	}
	out, err = cargo("test", "--quiet", "--offline", "--test", "day")
	if err != nil || !strings.Contains(out, "test result: ok. 1 passed") {
		t.Errorf("cargo test: %v\n%s", err, out)
	}
	file := filepath.Join(project, "src/lib.rs")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(b), "takings, 500", "takings, 501", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = cargo("test", "--quiet", "--offline", "--lib", "--", "--nocapture", "sells")
	for _, want := range []string{"left: `500`", "right: `501`", "shop::tests::sells_what_is_there at ", "src/lib.rs:62"} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("a test that fails: %v, lacks %q\n%s", err, want, out)
		}
	}
}
