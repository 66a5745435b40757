package tui

import "github.com/gdamore/tcell/v2"

// wheelLines is how far a notch of the wheel scrolls.
const wheelLines = 3

// signColumns are those of the source pane where breakpoints and numbers stand.
const signColumns = 7

// mouse takes what the mouse does: a click selects what it points at, as Enter would; one on the number of a line sets or removes
// a breakpoint there; the wheel scrolls what it is over.
func (v *view) mouse(ev *tcell.EventMouse) {
	pressed := ev.Buttons() &^ v.buttons
	v.buttons = ev.Buttons() & (tcell.Button1 | tcell.Button2 | tcell.Button3)
	if v.help {
		v.help = v.help && pressed&tcell.Button1 == 0
		return
	}
	x, y := ev.Position()
	w, h := v.screen.Size()
	for p, r := range v.layout(w, h) {
		if x < r.x || x >= r.x+r.w || y < r.y || y >= r.y+r.h {
			continue
		}
		switch {
		case pressed&tcell.WheelUp != 0:
			v.wheel(p, -wheelLines)
		case pressed&tcell.WheelDown != 0:
			v.wheel(p, wheelLines)
		case pressed&tcell.Button1 != 0:
			v.click(p, x-r.x, y-r.y-1, r.h-1)
		}
		return
	}
}

// wheel scrolls a pane, and leaves the focus where it is.
func (v *view) wheel(p pane, by int) {
	if p == consolePane || p == outputPane {
		l := &v.console
		if p == outputPane {
			l = &v.output
		}
		v.scroll[p] = min(max(v.scroll[p]-by, 0), max(l.len()-1, 0))
		return
	}
	if (p == sourcePane || p == codePane) && v.focus != p && v.now != nil {
		most := len(v.now.Source.Lines)
		if p == codePane {
			most = len(v.now.Code.Rows)
		}
		v.scroll[p] = min(max(v.scroll[p]+by, -most), most)
		return
	}
	focus := v.focus
	v.focus = p
	v.moveCursor(by)
	v.focus = focus
}

// click is a press in row y of a pane of h rows, -1 for its title.
func (v *view) click(p pane, x, y, h int) {
	row := 0
	switch p {
	case sourcePane:
		if v.now != nil {
			row = v.sourceTop(h) + y
		}
	case codePane:
		if v.now != nil {
			row = v.codeTop(h) + y
		}
	case stackPane, varsPane, displayPane:
		row = v.listTop(p, h) + y
	}
	again := v.focus == p && v.cursor[p] == row
	v.focus, v.single = p, v.single && p != consolePane
	s := v.now
	if y < 0 || s == nil {
		return
	}
	enter := tcell.NewEventKey(tcell.KeyEnter, 0, tcell.ModNone)
	switch {
	case p == sourcePane && row >= s.Source.First && row < s.Source.First+len(s.Source.Lines):
		v.cursor[p] = row
		if x < signColumns {
			v.toggleBreakpoint()
		}
	case p == codePane && row < len(s.Code.Rows):
		v.cursor[p] = row
		if x < signColumns {
			v.toggleInstruction()
		}
	case p == displayPane && row < len(s.Displays):
		v.cursor[p] = row
	case p == stackPane && row < len(s.Frames):
		v.cursor[p] = row
		v.listKey(enter)
	case p == varsPane && row < len(s.Variables):
		v.cursor[p] = row
		if again { // the first click selects
			v.listKey(enter)
		}
	}
}

// holdMouse takes the mouse, or gives it back to the terminal, which marks text with it.
func (v *view) holdMouse(on bool) {
	if v.mouseless = !on; on {
		v.screen.EnableMouse(tcell.MouseButtonEvents)
	} else {
		v.screen.DisableMouse()
	}
}

// suspend gives the terminal back to the shell until it lets us go on.
func (v *view) suspend() {
	if v.screen.Suspend() != nil {
		return
	}
	stopProcess()
	if v.screen.Resume() == nil {
		v.holdMouse(!v.mouseless)
		v.screen.Sync()
	}
}
