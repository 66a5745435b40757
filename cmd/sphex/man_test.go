package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger/command"
	"sphex/internal/testneeds"
)

// The manual page is made from the tables, and troff has nothing to say against it.
func TestMan(t *testing.T) {
	const file = "../../docs/man/sphex.1"
	var b bytes.Buffer
	writeMan(&b, rootCommand())
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not what sphex man prints: run go test ./cmd/sphex -run TestMan -update", file)
	}
	cmd := exec.Command(testneeds.Tool(t, "groff"), "-man", "-ww", "-Tutf8", "-P-cbou")
	cmd.Stdin = bytes.NewReader(got)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Errorf("%v: %s", err, errs.String())
	}
	text := strings.ReplaceAll(out.String(), "‐", "-")
	for _, want := range []string{"sphex debug [flags] PROGRAM [ARGS...]", "--no-cache", "max-string", "XDG_STATE_HOME", "$global0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	for i := range command.Table {
		if n := command.Table[i].Names[0]; !strings.Contains(text, n) {
			t.Errorf("the page does not show %s", n)
		}
	}
}

// help explains commands of sphex and of the debugger.
func TestHelp(t *testing.T) {
	for _, r := range []struct{ args, want string }{
		{"help", "Available Commands:"},
		{"help debug", "sphex debug [flags] PROGRAM [ARGS...]"},
		{"help break", "Set a breakpoint."},
		{"help max-string", "Bytes of a string that are shown."},
		{"help stepping", "next goes over calls"},
		{"help br s", "breakpoint"},
	} {
		if got := run1(t, "", strings.Fields(r.args)...); got.status != 0 || !strings.Contains(got.stdout, r.want) {
			t.Errorf("%s: %d\n%s%s", r.args, got.status, got.stdout, got.stderr)
		}
	}
	if got := run1(t, "", "help", "nonsense"); got.status != 1 || !strings.Contains(got.stderr, "unknown command") {
		t.Errorf("%d %s", got.status, got.stderr)
	}
}

// Shells complete commands, flags and programs.
func TestShellCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		got := run1(t, "", "completion", shell)
		if got.status != 0 || !strings.Contains(got.stdout, "__complete") {
			t.Errorf("%s: %d %.200s%s", shell, got.status, got.stdout, got.stderr)
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			continue // what a shell would say is asked of bash, which is everywhere
		}
		cmd := exec.Command(path, "-n")
		cmd.Stdin = strings.NewReader(got.stdout)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
	for _, r := range []struct{ args, want string }{
		{"__complete de", "debug\t"},
		{"__complete run --back", "--backtrace\t"},
		{"__complete debug ", "wasm\n"},
		{"__complete help r", "run\t"},
	} {
		args := strings.Split(r.args, " ")
		if got := run1(t, "", args...); !strings.Contains(got.stdout, r.want) {
			t.Errorf("%s: %s", r.args, got.stdout)
		}
	}
}

// What stands behind the program is its own, with -- or without: rs_panic's argument says how it ends.
func TestProgramArguments(t *testing.T) {
	panics := programs + "rs_panic/rs_panic-debug.wasm"
	for _, r := range []struct {
		args   []string
		status int
		note   string
	}{
		{[]string{"run", panics, "exit"}, 3, ""},
		{[]string{"run", panics, "--", "exit"}, 3, ""},
		{[]string{"run", panics, "exit", "--no-cache", "-c"}, 3, ""},
		{[]string{"debug", "-c", "run", panics, "exit", "-c"}, 0, "-c behind " + panics + " is passed to the program"},
		{[]string{"debug", "-c", "run", panics, "--", "exit", "-c"}, 0, ""},
	} {
		got := run1(t, "", r.args...)
		if got.status != r.status {
			t.Errorf("%q: status %d\n%s%s", r.args, got.status, got.stdout, got.stderr)
		}
		if r.args[0] == "debug" && !strings.Contains(got.stdout, "exited with status 3") {
			t.Errorf("%q: %s", r.args, got.stdout)
		}
		if (r.note == "") != (got.stderr == "") || !strings.Contains(got.stderr, r.note) {
			t.Errorf("%q: %q", r.args, got.stderr)
		}
	}
}
