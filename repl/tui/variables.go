package tui

import (
	"fmt"
	"strings"

	"github.com/gdamore/tcell/v2"
)

// open selects a frame, or opens or closes a variable.
func (v *view) open(key tcell.Key) {
	s := v.now
	if s == nil || v.busy || v.running.Load() {
		return
	}
	at := v.cursor[v.focus]
	if v.focus == stackPane && at < len(s.Frames) && key == tcell.KeyEnter {
		v.worker.ask(func(w *worker) { w.quiet(fmt.Sprintf("frame %d", at)) })
	}
	if v.focus != varsPane || at >= len(s.Variables) {
		return
	}
	row := s.Variables[at]
	switch {
	case key == tcell.KeyLeft && !row.Expanded:
		for at > 0 && s.Variables[at].Depth >= row.Depth && row.Depth > 0 { // to what it is a member of
			at--
		}
		v.cursor[varsPane] = at
		return
	case !row.Expandable, key == tcell.KeyRight && row.Expanded:
		return
	}
	v.worker.ask(func(w *worker) {
		if w.expanded[row.Path] = !row.Expanded; row.Expanded {
			delete(w.expanded, row.Path)
		}
	})
}

// onVariable prepares an assignment, displays a variable, or watches it.
func (v *view) onVariable(r rune) {
	s := v.now
	if s == nil || v.cursor[varsPane] >= len(s.Variables) {
		return
	}
	name := s.Variables[v.cursor[varsPane]].Expression
	if name == "" {
		return
	}
	switch r {
	case '=':
		v.typed.set("set var " + name + " = ")
		v.toConsole()
	case 'd':
		v.command("display " + name)
	case 'w':
		v.command("watch " + name)
	}
}

// undisplay ends the display under the cursor.
func (v *view) undisplay() {
	if v.now == nil || v.cursor[displayPane] >= len(v.now.Displays) {
		return
	}
	if number, _, ok := strings.Cut(v.now.Displays[v.cursor[displayPane]].Name, ":"); ok {
		v.command("undisplay " + number)
	}
}
