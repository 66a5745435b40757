package repl

import "testing"

// A pager that counts too few columns lets lines leave the screen unseen.
func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":                      0,
		"plain":                 5,
		"a\tb":                  9,
		"\x1b[1;31mred\x1b[0m!": 4,
		"漢字 é":                  6,
		"e\u0301x":              2,
		"🎉":                     2,
	} {
		if got := width(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}
