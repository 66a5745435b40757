package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Without a place, there is an overview.
func TestDumpOverview(t *testing.T) {
	got := run1(t, "", "dump", programs+"orders/orders.wasm")
	for _, want := range []string{
		"orders.wasm\n", " functions in ", "\nunits (30 of ", "  main.rs/@/main.", "  Rust ", "main::Till::take ", "main.rs:46–57", "\nsections\n", ".debug_info ", "native text",
	} {
		if got.status != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("status %d, no %q in\n%s%s", got.status, want, got.stdout, got.stderr)
		}
	}
	all := run1(t, "", "dump", "-v", programs+"orders/orders.wasm")
	if n, few := strings.Count(all.stdout, "\n"), strings.Count(got.stdout, "\n"); n < 2*few {
		t.Errorf("%d lines with -v, %d without", n, few)
	}
	if n := run1(t, "", "dump", programs+"orders/orders.wasm", "--json"); !json.Valid([]byte(n.stdout)) {
		t.Errorf("no JSON: %.200s", n.stdout)
	}
}

// An object is dumped as its module is.
func TestDumpObject(t *testing.T) {
	module := programs + "c_steps/c_steps-O2.wasm"
	object := filepath.Join(t.TempDir(), "c_steps.elf")
	if got := run1(t, "", "compile", module, "-o", object); got.status != 0 {
		t.Fatal(got.stderr)
	}
	sources, err := filepath.Abs(programs + "c_steps")
	if err != nil {
		t.Fatal(err)
	}
	of := func(program string, args ...string) string {
		t.Helper()
		got := run1(t, "", append([]string{"dump", "--map", "/src/c_steps=" + sources, program}, args...)...)
		if got.status != 0 {
			t.Fatalf("status %d: %s", got.status, got.stderr)
		}
		return got.stdout
	}
	if a, b := of(module, "main"), of(object, "main"); a != b {
		t.Error(difference(a, b))
	}
	holds := of(object, "--dwarf")
	for _, want := range []string{"what the object's debug information holds", "functions with code", ".debug_info"} {
		if !strings.Contains(holds, want) {
			t.Errorf("no %q in\n%s", want, holds)
		}
	}
}

func TestDumpDwarf(t *testing.T) {
	got := run1(t, "", "dump", "--dwarf", programs+"c_steps/c_steps-O2.wasm")
	for _, want := range []string{
		"what became of the debug information", "in the module  in the object\n", "Before that, the linker had removed ",
		"is about data that the linker removed", "the linker  .debug_info+0x", "variables that the producer gave no place", "  main.c ", "ratio\n",
	} {
		if got.status != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("status %d, no %q in\n%s%s", got.status, want, got.stdout, got.stderr)
		}
	}
	each := run1(t, "", "dump", "--dwarf", "-v", programs+"c_steps/c_steps-O2.wasm")
	if !strings.Contains(each.stdout, " in ./libc-top-half/musl/") {
		t.Errorf("--verbose names no units:\n%s", each.stdout)
	}

	// What is damaged is named, and the rest is translated.
	b, err := os.ReadFile(programs + "c_steps/c_steps-O2.wasm")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(b), ".debug_info")
	for i := range 40 {
		b[at+len(".debug_info")+12000+i] = 0xff
	}
	file := filepath.Join(t.TempDir(), "damaged.wasm")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := run1(t, "", "dump", "--dwarf", file)
	for _, want := range []string{"what is damaged\n  .debug_info", "rest of a unit", "damage  "} {
		if damaged.status != 0 || !strings.Contains(damaged.stdout, want) {
			t.Errorf("status %d, no %q in\n%s%s", damaged.status, want, damaged.stdout, damaged.stderr)
		}
	}
}

func TestDumpPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	got := run1(t, "", "dump", programs+"c_steps/c_steps-O2.wasm", "--func", "^is_", "--html", page)
	b, err := os.ReadFile(page)
	if got.status != 0 || err != nil || strings.Count(string(b), `<section class="fn"`) != 2 {
		t.Errorf("status %d, %v: %s", got.status, err, got.stderr)
	}
}

func TestDumpCommandLines(t *testing.T) {
	steps := programs + "c_steps/c_steps-O2.wasm"
	for _, r := range []struct {
		args  []string
		words string
	}{
		{nil, "dump needs a program"},
		{[]string{steps, "a", "b"}, "not 3 arguments"},
		{[]string{steps, "mian"}, "no function mian; did you mean main"},
		{[]string{steps, "main.c:5000"}, "no code at or behind"},
		{[]string{steps, "main", "--func", "x"}, "name one place"},
		{[]string{steps, "--func", "("}, "missing closing"},
		{[]string{steps, "--func", "nothing_has_this"}, "no function's name matches"},
		{[]string{steps, "--at", "x"}, "is no offset"},
		{[]string{steps, "--at", "1"}, "is in no function"},
		{[]string{steps, "main", "--columns", "wasm,wat"}, `no column "wat": source, wasm, native, stack, vars`},
		{[]string{steps, "--html", "x"}, "name one"},
		{[]string{steps, "main", "--dwarf"}, "whole program"},
		{[]string{steps, "main", "--html", "/does/not/exist/x"}, "/does/not/exist/x"},
		{[]string{"main.go"}, "magic"},
		{[]string{"main.go", "--dwarf"}, "magic"},
	} {
		if got := run1(t, "", append([]string{"dump"}, r.args...)...); got.status != 1 || !strings.Contains(got.stderr, r.words) {
			t.Errorf("%v: status %d: %s", r.args, got.status, got.stderr)
		}
	}
}

// The example in the manual is the transcript that is tested.
func TestDumpManual(t *testing.T) {
	const manual, open = "../../docs/dump.md", "```console\n"
	b, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	transcript, err := os.ReadFile("testdata/dump_line.txt")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), open)
	block, after, ok2 := strings.Cut(rest, "```\n")
	if !ok || !ok2 {
		t.Fatal("the manual has no example")
	}
	if block == string(transcript) {
		return
	}
	if !*update {
		t.Errorf("the manual's example has changed (-update rewrites it):\n%s", difference(block, string(transcript)))
		return
	}
	if err := os.WriteFile(manual, []byte(before+open+string(transcript)+"```\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
