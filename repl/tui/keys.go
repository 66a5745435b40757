package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger"
)

// leaveKeys are the keys by which one returns to the prompt.
const leaveKeys = "Ctrl-X a"

// action is one row of the table of keys.
type action struct {
	names string // as they are written in help
	keys  []tcell.Key
	help  string
	do    func(v *view)
}

// actions are the keys that work in every pane. What a pane does with others stands in its own function.
var actions = []action{
	{"F1", []tcell.Key{tcell.KeyF1}, "show the keys", func(v *view) { v.help = true }},
	{"F5", []tcell.Key{tcell.KeyF5}, "run, or go on", func(v *view) { v.command(v.goOn()) }},
	{"F6, Shift-F6, Ctrl-X o", []tcell.Key{tcell.KeyF6}, "go to the next pane, to the one before", func(v *view) { v.nextPane(1) }},
	{"", []tcell.Key{tcell.KeyF18}, "", func(v *view) { v.nextPane(-1) }},
	{"F9", []tcell.Key{tcell.KeyF9}, "set or remove a breakpoint at the line", func(v *view) { v.toggleBreakpoint() }},
	{"F10", []tcell.Key{tcell.KeyF10}, "step over calls: next", func(v *view) { v.command("next") }},
	{"F11", []tcell.Key{tcell.KeyF11}, "step into calls: step", func(v *view) { v.command("step") }},
	{"F12, Shift-F11", []tcell.Key{tcell.KeyF12, tcell.KeyF23}, "run until the function returns: finish", func(v *view) { v.command("finish") }},
	{"Escape", []tcell.Key{tcell.KeyEscape}, "go to the command line", func(v *view) { v.toConsole() }},
	{"Ctrl-C", []tcell.Key{tcell.KeyCtrlC}, "pause the program; else empty the command line", func(v *view) { v.interrupt() }},
	{"Ctrl-L", []tcell.Key{tcell.KeyCtrlL}, "draw the screen again", func(v *view) { v.screen.Sync() }},
	{"PgUp, PgDn", []tcell.Key{tcell.KeyPgUp}, "scroll", func(v *view) { v.page(-1) }},
	{"", []tcell.Key{tcell.KeyPgDn}, "", func(v *view) { v.page(1) }},
}

// others are the keys that stand in no table, for the help.
var others = [][2]string{
	{leaveKeys, "return to the prompt"},
	{"Ctrl-X s", "keys are commands, as in gdb: n s c f u d r v w q"},
	{"Ctrl-X 1", "source, source and code, code: layout src, split, asm"},
	{"Ctrl-X 2", "hide or show the program's output"},
	{"Ctrl-Z", "back to the shell; fg comes back here"},
	{"mouse", "select; a line's number: breakpoint; wheel: scroll"},
	{"Ctrl-X m", "leave the mouse to the terminal, to mark text; take it"},
	{"Tab", "complete, on the command line; else go to the next pane"},
	{"↑ ↓, Ctrl-R", "what was typed before; a line in other panes"},
	{"in Source: Enter or b, t, g", "breakpoint, run to the line, go to the frame's line"},
	{"in Code: the same; n, s", "step over, into one instruction"},
	{"in Stack: Enter", "select the frame"},
	{"in Variables: Enter → ←", "open and close; =, d, w: set, display, watch"},
	{"in Display: x", "no longer display it"},
	{"while the program runs", "what is typed is its input; Ctrl-D ends that"},
}

func helpRows() (rows []string) {
	for _, a := range actions {
		if a.names != "" {
			rows = append(rows, fmt.Sprintf("%-28s %s", a.names, a.help))
		}
	}
	for _, o := range others {
		rows = append(rows, o[0]+strings.Repeat(" ", max(28-utf8.RuneCountInString(o[0]), 0))+" "+o[1])
	}
	return rows
}

// singles are the keys of gdb's single-key mode, which the panes other than the command line have always.
var singles = map[rune]string{'n': "next", 's': "step", 'c': "continue", 'f': "finish", 'u': "up", 'd': "down", 'r': "run", 'v': "info locals", 'w': "where", 'o': "next-instruction", 'i': "step-instruction"}

// key takes a key.
func (v *view) key(ev *tcell.EventKey) {
	if v.help {
		v.help = false
		return
	}
	if v.prefix {
		v.prefix = false
		v.prefixed(ev)
		return
	}
	if ev.Key() == tcell.KeyCtrlX {
		v.prefix = true
		return
	}
	if ev.Key() != tcell.KeyTab {
		v.completions = nil
	}
	if v.typed.searching && v.searchKey(ev) {
		return
	}
	key := ev.Key()
	if key == tcell.KeyF11 && ev.Modifiers()&tcell.ModShift != 0 {
		key = tcell.KeyF12
	}
	if key == tcell.KeyF6 && ev.Modifiers()&tcell.ModShift != 0 {
		key = tcell.KeyF18
	}
	for i := range actions {
		for _, k := range actions[i].keys {
			if k == key {
				actions[i].do(v)
				return
			}
		}
	}
	if ev.Key() == tcell.KeyRune && ev.Modifiers()&^tcell.ModShift != 0 && v.focus != consolePane {
		return
	}
	if v.single {
		v.singleKey(ev.Rune())
		return
	}
	switch {
	case v.focus == consolePane:
		v.consoleKey(ev)
	case v.moves(ev):
	case v.focus == sourcePane:
		v.sourceKey(ev)
	case v.focus == codePane:
		v.codeKey(ev)
	default:
		v.listKey(ev)
	}
}

// prefixed takes the key behind Ctrl-X.
func (v *view) prefixed(ev *tcell.EventKey) {
	switch {
	case ev.Rune() == 'a' || ev.Key() == tcell.KeyCtrlA:
		v.leave()
	case ev.Rune() == 'o' || ev.Key() == tcell.KeyCtrlO:
		v.nextPane(1)
	case ev.Rune() == 's':
		v.single = !v.single
	case ev.Rune() == 'm':
		v.holdMouse(v.mouseless)
	case ev.Rune() == '1':
		v.show((v.mode + 1) % layoutModes)
		v.refresh()
	case ev.Rune() == '2':
		v.hidden[outputPane] = !v.hidden[outputPane]
	}
}

// leave returns to the prompt, unless the program runs.
func (v *view) leave() {
	if v.running.Load() {
		fmt.Fprintln(&v.console, "The program runs: Ctrl-C pauses it.")
		return
	}
	v.left = true
}

// command runs a command as if it had been typed, unless something still runs.
func (v *view) command(text string) {
	if v.running.Load() || v.busy {
		return
	}
	v.scroll[consolePane] = 0
	v.worker.ask(func(w *worker) { w.execute(text) })
}

// goOn is what F5 means.
func (v *view) goOn() string {
	if v.now != nil && v.now.State != debugger.Stopped {
		return "run"
	}
	return "continue"
}

func (v *view) interrupt() {
	if v.running.Load() {
		v.worker.backend.Pause()
		return
	}
	if v.busy {
		v.worker.backend.Pause() // ends what it waits for
	}
	v.typed.set("")
	v.toConsole()
}

func (v *view) toConsole() {
	v.single = false
	v.focus = consolePane
}

func (v *view) nextPane(step int) {
	for range panes {
		v.focus = (v.focus + pane(step) + panes) % panes
		if v.present(v.focus) {
			break
		}
	}
	if v.focus == sourcePane && v.now != nil && v.cursor[sourcePane] == 0 {
		v.cursor[sourcePane] = v.now.Source.Show
	}
}

// page scrolls the pane that has the focus; from the command line, the source.
func (v *view) page(direction int) {
	_, h := v.screen.Size()
	step := max(h/3, 1) * direction
	switch v.focus {
	case sourcePane:
		v.moveCursor(step)
	case consolePane, outputPane:
		l := &v.console
		if v.focus == outputPane {
			l = &v.output
		}
		v.scroll[v.focus] = min(max(v.scroll[v.focus]-step, 0), max(l.len()-1, 0))
	default:
		v.moveCursor(step)
	}
}

// moveCursor moves the selected line of a pane.
func (v *view) moveCursor(by int) {
	s := v.now
	if s == nil {
		return
	}
	low, high := 0, 0
	switch v.focus {
	case sourcePane:
		low, high = max(s.Source.First, 1), s.Source.First+len(s.Source.Lines)-1
		v.scroll[sourcePane] = 0
	case codePane:
		high = len(s.Code.Rows) - 1
		v.scroll[codePane] = 0
	case stackPane:
		high = len(s.Frames) - 1
	case varsPane:
		high = len(s.Variables) - 1
	case displayPane:
		high = len(s.Displays) - 1
	case outputPane:
		v.scroll[outputPane] = min(max(v.scroll[outputPane]-by, 0), max(v.output.len()-1, 0))
		return
	}
	v.cursor[v.focus] = max(min(v.cursor[v.focus]+by, high), low, 0)
}

// consoleKey takes a key on the command line.
func (v *view) consoleKey(ev *tcell.EventKey) {
	l := &v.typed
	alt := ev.Modifiers()&tcell.ModAlt != 0
	switch ev.Key() {
	case tcell.KeyEnter:
		v.enter()
	case tcell.KeyTab:
		v.complete()
	case tcell.KeyUp, tcell.KeyCtrlP:
		l.earlier()
	case tcell.KeyDown, tcell.KeyCtrlN:
		l.later()
	case tcell.KeyLeft, tcell.KeyCtrlB:
		if l.move(l.at - 1); alt || ev.Modifiers()&tcell.ModCtrl != 0 && ev.Key() == tcell.KeyLeft {
			l.move(l.word(true))
		}
	case tcell.KeyRight, tcell.KeyCtrlF:
		if alt || ev.Modifiers()&tcell.ModCtrl != 0 && ev.Key() == tcell.KeyRight {
			l.move(l.word(false))
		} else {
			l.move(l.at + 1)
		}
	case tcell.KeyHome, tcell.KeyCtrlA:
		l.move(0)
	case tcell.KeyEnd, tcell.KeyCtrlE:
		l.move(len(l.text))
	case tcell.KeyBackspace, tcell.KeyBackspace2:
		l.remove(l.at - 1)
	case tcell.KeyDelete:
		l.remove(l.at + 1)
	case tcell.KeyCtrlK:
		l.remove(len(l.text))
	case tcell.KeyCtrlU:
		l.remove(0)
	case tcell.KeyCtrlW:
		l.remove(l.word(true))
	case tcell.KeyCtrlR:
		l.searching, l.found = true, ""
		l.set("")
	case tcell.KeyCtrlD:
		switch {
		case v.running.Load():
			if v.cfg.Feed != nil {
				v.cfg.Feed([]byte(string(l.text)), true)
				l.set("")
			}
		case len(l.text) > 0:
			l.remove(l.at + 1)
		default:
			v.leave()
		}
	case tcell.KeyRune:
		if !alt {
			l.insert(ev.Rune())
		}
	}
}

// searchKey takes a key while the history is searched, and tells whether it was for that.
func (v *view) searchKey(ev *tcell.EventKey) bool {
	l := &v.typed
	switch ev.Key() {
	case tcell.KeyRune:
		l.insert(ev.Rune())
		l.search(false)
	case tcell.KeyBackspace, tcell.KeyBackspace2:
		l.remove(l.at - 1)
		l.search(false)
	case tcell.KeyCtrlR:
		l.search(true)
	case tcell.KeyEnter:
		v.enter()
	case tcell.KeyEscape, tcell.KeyCtrlC, tcell.KeyCtrlG:
		l.searching = false
		l.set("")
	default: // it is edited
		l.searching = false
		l.set(l.found)
		return false
	}
	return true
}

// enter takes the line: a command, or input of the program.
func (v *view) enter() {
	if v.running.Load() {
		if v.cfg.Feed != nil {
			text := v.typed.String()
			v.typed.set("")
			fmt.Fprintln(&v.output, text)
			v.cfg.Feed([]byte(text+"\n"), false)
		}
		return
	}
	if v.busy {
		return
	}
	text := v.typed.take()
	v.scroll[consolePane] = 0
	v.worker.ask(func(w *worker) { w.execute(text) })
}

// moves takes a key that moves the selected line, or to the next pane, and tells whether it was one.
func (v *view) moves(ev *tcell.EventKey) bool {
	key, r := ev.Key(), ev.Rune()
	switch {
	case key == tcell.KeyUp, key == tcell.KeyRune && r == 'k':
		v.moveCursor(-1)
	case key == tcell.KeyDown, key == tcell.KeyRune && r == 'j':
		v.moveCursor(1)
	case key == tcell.KeyHome:
		v.moveCursor(-1 << 30)
	case key == tcell.KeyEnd:
		v.moveCursor(1 << 30)
	case key == tcell.KeyTab:
		v.nextPane(1)
	default:
		return false
	}
	return true
}

// sourceKey takes a key in the source.
func (v *view) sourceKey(ev *tcell.EventKey) {
	switch ev.Key() {
	case tcell.KeyEnter:
		v.toggleBreakpoint()
	case tcell.KeyRune:
		switch r := ev.Rune(); r {
		case 'b', ' ':
			v.toggleBreakpoint()
		case 't':
			if v.now != nil && v.now.Source.File != "" {
				v.command(fmt.Sprintf("until %s:%d", v.now.Source.File, v.cursor[sourcePane]))
			}
		case 'g':
			if v.now != nil {
				v.cursor[sourcePane], v.scroll[sourcePane] = v.now.Source.Show, 0
			}
		default:
			v.singleKey(r)
		}
	}
}

// listKey takes a key in the stack, the variables and the output.
func (v *view) listKey(ev *tcell.EventKey) {
	switch ev.Key() {
	case tcell.KeyEnter, tcell.KeyRight, tcell.KeyLeft:
		v.open(ev.Key())
	case tcell.KeyRune:
		switch r := ev.Rune(); {
		case r == ' ':
			v.open(tcell.KeyEnter)
		case v.focus == varsPane && strings.ContainsRune("=dw", r):
			v.onVariable(r)
		case v.focus == displayPane && r == 'x':
			v.undisplay()
		default:
			v.singleKey(r)
		}
	}
}

// refresh has the worker look again, for what is shown now.
func (v *view) refresh() {
	if !v.busy && !v.running.Load() {
		v.worker.ask(func(*worker) {})
	}
}

// singleKey runs the command of a key.
func (v *view) singleKey(r rune) {
	if r == 'q' {
		v.toConsole()
		return
	}
	if text := singles[r]; text != "" {
		if text == "run" && v.now != nil && v.now.State == debugger.Stopped {
			return // to start again is not done by one key
		}
		v.command(text)
	}
}

// toggleBreakpoint sets a breakpoint at the cursor's line of the source, or removes the one that is there. Without the focus it is the
// frame's line.
func (v *view) toggleBreakpoint() {
	if v.focus == codePane {
		v.toggleInstruction()
		return
	}
	s := v.now
	if s == nil || s.Source.File == "" {
		return
	}
	n := s.Source.Show
	if v.focus == sourcePane {
		n = v.cursor[sourcePane]
	}
	if m, ok := s.Source.Marks[n]; ok {
		v.command(fmt.Sprintf("clear %d", m.ID))
		return
	}
	v.command(fmt.Sprintf("break %s:%d", s.Source.File, n))
}
