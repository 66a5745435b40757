package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A program that has used up its fuel stops with a backtrace, where its first loop is; with enough of it nothing changes.
func TestFuel(t *testing.T) {
	endless := programs + "c_endless/c_endless-O0.wasm"
	got := run1(t, "", "run", "--fuel", "1000", endless)
	if got.status != 134 || !strings.Contains(got.stderr, "all fuel is used up") || !strings.Contains(got.stderr, "main.c:33") {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	steps := programs + "c_steps/c_steps-O0.wasm"
	if got := run1(t, "", "run", "--fuel", "100000000", steps); got.status != 0 || got.stdout != expected(t, "c_steps") {
		t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
	object := filepath.Join(t.TempDir(), "steps.elf")
	if got := run1(t, "", "compile", "--fuel", steps, "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	if got := run1(t, "", "run", "--fuel", "3", object); got.status != 134 {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	if got := run1(t, "", "compile", steps, "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	if got := run1(t, "", "run", "--fuel", "3", object); got.status == 0 || !strings.Contains(got.stderr, "does not count its fuel") {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
}
