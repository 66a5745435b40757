package command

import (
	"bytes"
	"strings"
	"testing"
)

func TestReflow(t *testing.T) {
	const long = "A line that was broken for the manual, which is wider than many a\nterminal, goes on here.\nShort.\n  an example that stays as it is\n\nThe end."
	for columns, want := range map[int]string{
		0:   long,
		200: "A line that was broken for the manual, which is wider than many a terminal, goes on here.\nShort.\n  an example that stays as it is\n\nThe end.",
		41:  "A line that was broken for the manual,\nwhich is wider than many a terminal,\ngoes on here.\nShort.\n  an example that stays as it is\n\nThe end.",
		25:  "A line that was broken\nfor the manual, which is\nwider than many a\nterminal, goes on here.\nShort.\n  an example that stays\n  as it is\n\nThe end.",
	} {
		if got := reflow(long, columns); got != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", columns, got, want)
		}
	}
}

// No line of any command's or topic's help is cut in the midst of a word by a terminal of 60 columns, and no word is lost.
func TestHelpIsNarrow(t *testing.T) {
	var names []string
	for i := range Table {
		names = append(names, Table[i].Names[0])
	}
	for i := range Topics {
		names = append(names, Topics[i].Name)
	}
	for _, name := range names {
		help := func(columns int) string {
			var out bytes.Buffer
			in := &Interp{Out: &out, Columns: func() int { return columns }}
			if err := in.Execute("help " + name); err != nil {
				t.Errorf("help %s: %v", name, err)
			}
			return out.String()
		}
		narrow := help(60)
		for line := range strings.Lines(narrow) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 60 {
				t.Errorf("help %s: a line of %d columns: %s", name, n, line)
			}
		}
		if wide := help(0); strings.Join(strings.Fields(wide), " ") != strings.Join(strings.Fields(narrow), " ") {
			t.Errorf("help %s says something else in a narrow terminal:\n%s", name, narrow)
		}
	}
}
