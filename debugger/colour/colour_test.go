package colour

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPainter gives one file's parts one after the other, and the same part twice.
func TestPainter(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m")
	var p Painter
	one, two := []string{"nop", "drop"}, []string{"end", "else"}
	for _, part := range [][]string{one, two, two, one} {
		got := p.Paint("a.wat", part)
		if len(got) != 2 || escapes.ReplaceAllString(got[0], "") != part[0] || escapes.ReplaceAllString(got[1], "") != part[1] {
			t.Errorf("%q painted: %q", part, got)
		}
	}
	if got := p.Paint("a.wat", nil); len(got) != 0 {
		t.Errorf("nothing painted: %q", got)
	}
}

// Colours change nothing but colours, and a comment has one on each of its lines.
func TestPaint(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, file := range []string{"orders/main.rs", "c_steps/main.c", "cpp_shapes/main.cpp", "orders/build.txt"} {
		b, err := os.ReadFile("../../testdata/programs/" + file)
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
