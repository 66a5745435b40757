package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every testdata/NAME.txt is a session: its first line is the command line, and its lines
// behind the prompt are the commands. Programs are named as in testdata/programs.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			checkTranscript(t, file)
		})
	}
}

// textAddress finds addresses of machine code, which change whenever the compiler does: those
// of info line, and those at the beginning of disassembled lines.
var textAddress = regexp.MustCompile(`(?m)(\btext |^(?:=>|  ) )(?:0x)?[0-9a-f]{2,6}\b`)

// dumpAddress and dumpRange find those in dumps: before machine instructions, and ranges.
var (
	dumpAddress = regexp.MustCompile(`\b[0-9a-f]{6}( [● ] )`)
	dumpRange   = regexp.MustCompile(`\b[0-9a-f]{6}–[0-9a-f]{6}\b`)
)

// maskDump hides the addresses of machine code in a dump.
func maskDump(text string) string {
	text = dumpRange.ReplaceAllString(text, "……–……")
	if strings.Contains(text, "native code (") {
		text = dumpAddress.ReplaceAllString(text, "……$1")
	}
	return text
}

// checkTranscript runs the session that a file holds, and compares.
func checkTranscript(t *testing.T, file string) {
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	session := string(old)
	first, rest, _ := strings.Cut(session, "\n")
	command, ok := strings.CutPrefix(first, "$ sphex ")
	if !ok {
		t.Fatalf("%s does not begin with a command line", file)
	}
	var commands strings.Builder
	for _, line := range strings.Split(rest, "\n") {
		if c, ok := strings.CutPrefix(line, "(sphex) "); ok {
			commands.WriteString(c + "\n")
		} else if line == "(sphex)" {
			commands.WriteString("\n")
		}
	}
	args := strings.Fields(command)
	for i := range args {
		if strings.HasSuffix(args[i], ".wasm") {
			args[i] = programs + args[i]
		}
	}
	got := run1(t, commands.String(), args...)
	var lines strings.Builder
	for _, l := range strings.SplitAfter(got.stdout+got.stderr, "\n") {
		lines.WriteString(strings.TrimRight(l, " \n"))
		if strings.HasSuffix(l, "\n") {
			lines.WriteByte('\n')
		}
	}
	now := first + "\n" + textAddress.ReplaceAllString(lines.String(), "${1}……")
	if strings.HasPrefix(command, "dump ") {
		now = first + "\n" + maskDump(lines.String())
	}
	if now == session {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s has changed:\n%s", file, difference(session, now))
}

// difference shows where two texts part.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	var b bytes.Buffer
	b.WriteString(strings.Join(w[max(i-3, 0):i], "\n"))
	for _, l := range w[i:min(i+5, len(w))] {
		b.WriteString("\n- " + l)
	}
	for _, l := range g[i:min(i+5, len(g))] {
		b.WriteString("\n+ " + l)
	}
	return b.String()
}
