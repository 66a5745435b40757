package repl

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"sphex/debugger"
)

// Colours change nothing but colours, and a comment has one on each of its lines.
func TestPaint(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, file := range []string{"orders/main.rs", "c_steps/main.c", "cpp_shapes/main.cpp", "orders/build.txt"} {
		b, err := os.ReadFile("../testdata/programs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		painted := paint(file, lines)
		if len(painted) != len(lines) {
			t.Fatalf("%s: %d lines became %d", file, len(lines), len(painted))
		}
		colours := 0
		for i := range lines {
			plain := escapes.ReplaceAllString(painted[i], "")
			if strings.TrimRight(plain, " \t") != strings.TrimRight(lines[i], " \t") {
				t.Errorf("%s:%d: %q became %q", file, i+1, lines[i], plain)
			}
			colours += strings.Count(painted[i], "\x1b[0m")
		}
		if (colours > 0) != !strings.HasSuffix(file, ".txt") {
			t.Errorf("%s: %d coloured words", file, colours)
		}
	}
	for i, l := range paint("a.c", []string{"/* one", "two", "three */ int x;"}) {
		if !strings.HasPrefix(l, "\x1b[90m") {
			t.Errorf("line %d of a comment is %q", i+1, l)
		}
	}
}

// What is ours begins on a line of its own.
func TestGuestOutput(t *testing.T) {
	var b bytes.Buffer
	g := &GuestOutput{W: &b}
	g.freshLine()
	g.Write([]byte("half"))
	g.freshLine()
	g.freshLine()
	g.Write([]byte("a line\n"))
	g.freshLine()
	g.Write([]byte("name? "))
	g.typed() // the user has ended the line
	g.freshLine()
	g.Write([]byte("more"))
	g.Event(&debugger.LogOutput{Text: "i is 3", Frame: &debugger.Frame{File: "/src/main.c", Line: 7}})
	g.Event(&debugger.BreakpointChanged{})
	g.freshLine() // messages of log points wait for others, or for anything else
	if want := "half\na line\nname? more\nmain.c:7: i is 3\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
