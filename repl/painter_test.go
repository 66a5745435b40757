package repl

import (
	"regexp"
	"testing"
)

// TestPainter gives one file's parts one after the other, and the same part twice.
func TestPainter(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m")
	var p painter
	one, two := []string{"nop", "drop"}, []string{"end", "else"}
	for _, part := range [][]string{one, two, two, one} {
		got := p.paint("a.wat", part)
		if len(got) != 2 || escapes.ReplaceAllString(got[0], "") != part[0] || escapes.ReplaceAllString(got[1], "") != part[1] {
			t.Errorf("%q painted: %q", part, got)
		}
	}
	if got := p.paint("a.wat", nil); len(got) != 0 {
		t.Errorf("nothing painted: %q", got)
	}
}
