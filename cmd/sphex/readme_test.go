package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"sphex/repl"
)

// The session in the README is what Sphex prints.
func TestReadme(t *testing.T) {
	const readme = "../../README.md"
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const open = "```console\n$ sphex "
	before, rest, ok := strings.Cut(string(b), open)
	block, after, ok2 := strings.Cut(rest, "```\n")
	if !ok || !ok2 {
		t.Fatal("the README has no session")
	}
	command, session, _ := strings.Cut(block, "\n")
	var input strings.Builder
	for _, line := range strings.Split(session, "\n") {
		if c, ok := strings.CutPrefix(line, repl.Prompt); ok {
			input.WriteString(c + "\n")
		}
	}
	cmd := exec.Command(sphex, strings.Fields(command)...)
	cmd.Dir = "../.." // where a reader of the README is
	cmd.Stdin = strings.NewReader(input.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if *update {
		text := before + open + command + "\n" + string(out) + "```\n" + after
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if session != string(out) {
		t.Errorf("the README's session is not what happens (-update rewrites it):\n%s", out)
	}
	for _, line := range strings.Split(strings.TrimSpace(expected(t, "orders")), "\n") {
		if !strings.Contains(session, line) {
			t.Errorf("the session lacks the program's line %q", line)
		}
	}
}
