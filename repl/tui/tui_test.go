package tui

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger"
	"sphex/debugger/command"
)

func text(cs []cell) string {
	var b strings.Builder
	for _, c := range cs {
		b.WriteRune(c.r)
		b.WriteString(string(c.marks))
	}
	return b.String()
}

// Colours become styles, and nothing else of what a text has commands the terminal.
func TestCells(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                            "plain",
		"a\tb":                             "a       b",
		"\x1b[31mred\x1b[0m and \x1b[1mb":  "red and b",
		"\x1b[2J\x1b[Hgone\x07\x1b":        "gone",
		"\x1b[31":                          "",
		"wide 世界":                          "wide 世界",
		"bad \xff\xfe utf":                 "bad \ufffd\ufffd utf",
		"e\u0301a \u0301\u200db\ufe0f":     "e\u0301a \u0301b", // accents stay where they are, joiners join nothing
		"x" + strings.Repeat("\u0301", 99): "x" + strings.Repeat("\u0301", mostMarks),
	} {
		if got := text(cells(in, plain)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	cs := cells("\x1b[31mr\x1b[0mp", plain)
	if fg, _, _ := cs[0].style.Decompose(); fg != tcell.ColorMaroon || cs[1].style != plain {
		t.Errorf("%v %v", fg, cs[1].style)
	}
	if n := columns(cells("世界!", plain)); n != 5 {
		t.Errorf("%d columns", n)
	}
	var rows []string
	for _, r := range wrap(cells("ab世cd", plain), 3) {
		rows = append(rows, text(r))
	}
	if got := strings.Join(rows, "|"); got != "ab|世c|d" { // what is two columns wide is not cut
		t.Errorf("%s", got)
	}
}

// A record takes lines in pieces, and keeps the last ones.
func TestRecord(t *testing.T) {
	l := &record{changed: func() {}}
	for _, p := range []string{"one\ntw", "o\n", "\n", "10%\r20%\r30%", "\r40%\n", "left"} {
		l.Write([]byte(p))
	}
	l.end()
	l.Write([]byte("next\n"))
	if got := strings.Join(l.last(10, 0), "|"); got != "one|two||40%|left|next" {
		t.Errorf("%s", got)
	}
	if got := strings.Join(l.last(2, 1), "|"); got != "40%|left" {
		t.Errorf("%s", got)
	}
	for range 3 * mostKept {
		l.Write([]byte("x\n"))
	}
	if n := l.len(); n < mostKept || n > 2*mostKept {
		t.Errorf("%d lines are kept", n)
	}
}

// The command line is edited, and remembers.
func TestLine(t *testing.T) {
	l := &line{}
	typed := func(s string) {
		for _, r := range s {
			l.insert(r)
		}
	}
	typed("print a.b")
	l.move(l.word(true))
	l.remove(l.at - 1)
	typed("->")
	if got := l.String(); got != "print a->b" {
		t.Errorf("%q", got)
	}
	l.move(0)
	l.move(l.word(false))
	l.remove(0)
	if got := l.take(); got != " a->b" {
		t.Errorf("%q", got)
	}
	typed("next")
	l.take()
	typed("nex")
	l.earlier()
	l.earlier()
	l.earlier()
	if got := l.String(); got != " a->b" {
		t.Errorf("%q", got)
	}
	l.later()
	l.later()
	if got := l.String(); got != "nex" {
		t.Errorf("%q", got)
	}
	l.set("")
	l.searching = true
	typed("->")
	l.search(false)
	if got := l.take(); got != " a->b" || l.searching {
		t.Errorf("%q", got)
	}
}

// Whatever the size, panes lie on the screen and not on each other, one has the command line, and drawing stays inside.
func TestLayout(t *testing.T) {
	screen := tcell.NewSimulationScreen("UTF-8")
	if err := screen.Init(); err != nil {
		t.Fatal(err)
	}
	defer screen.Fini()
	wideRow := command.VariableRow{Name: "x", Value: strings.Repeat("9", 300), Type: "T", Expandable: true, Changed: true}
	s := &snapshot{Panes: &command.Panes{State: debugger.Stopped, Status: "breakpoint 1", Prompt: "(sphex) ", Frames: []string{"#0 main"},
		Source:    command.SourcePane{File: "main.rs", Lines: []string{"fn main() {", "\tf();", "}"}, First: 1, Line: 2, Show: 2, Marks: map[int]command.Mark{2: {ID: 1}, 3: {ID: 2, Disabled: true}}},
		Code:      command.CodePane{Function: "main", At: 1, Rows: []command.CodeRow{{File: "main.rs", Line: 1, Text: "fn main() {"}, {Address: "0x001234", Native: strings.Repeat("nop ", 30), Wasm: "nop", Mark: &command.Mark{ID: 3}}}},
		Variables: []command.VariableRow{wideRow}, Displays: []command.VariableRow{wideRow}}}
	v := &view{screen: screen, now: s, cfg: Config{Colour: true}}
	v.console.changed, v.output.changed = func() {}, func() {}
	v.console.Write([]byte(strings.Repeat("a line of the console that is long\n", 30)))
	for w := 0; w < 140; w += 3 {
		for h := 0; h < 50; h += 2 {
			for f := range panes * pane(layoutModes) {
				v.mode, v.focus = layoutMode(f/panes), f%panes
				taken := map[[2]int]pane{}
				places := v.layout(w, h)
				if w > 1 && h > 1 && places[consolePane].h < 1 {
					t.Fatalf("%dx%d: no command line", w, h)
				}
				for p, r := range places {
					if r.x < 0 || r.y < 0 || r.x+r.w > w || r.y+r.h > max(h-1, 0) {
						if h > 0 {
							t.Fatalf("%dx%d: %s is at %+v", w, h, paneNames[p], r)
						}
					}
					for y := r.y; y < r.y+r.h; y++ {
						if q, ok := taken[[2]int{r.x, y}]; ok {
							t.Fatalf("%dx%d: %s and %s lie on each other", w, h, paneNames[p], paneNames[q])
						}
						taken[[2]int{r.x, y}] = p
					}
				}
				if w%9 == 0 && h%6 == 0 {
					screen.SetSize(max(w, 1), max(h, 1))
					v.help = h%12 == 0
					v.typed.set(strings.Repeat("typed ", w%7))
					v.draw()
				}
			}
		}
	}
	v.hidden[outputPane], v.hidden[stackPane], v.hidden[varsPane] = true, true, true
	v.layout(120, 40)
	v.draw()
}

// Each key stands for one thing.
func TestActions(t *testing.T) {
	seen := map[tcell.Key]bool{}
	for _, a := range actions {
		for _, k := range a.keys {
			if seen[k] {
				t.Errorf("%s: its key has another meaning", a.names)
			}
			seen[k] = true
		}
		if (a.names == "") != (a.help == "") {
			t.Errorf("%q %q", a.names, a.help)
		}
	}
}
