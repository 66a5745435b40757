package tui

import (
	"fmt"
	"path"
	"strings"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger"
	"sphex/debugger/command"
)

var (
	plain    = tcell.StyleDefault
	dim      = tcell.StyleDefault.Dim(true)
	bold     = tcell.StyleDefault.Bold(true)
	title    = tcell.StyleDefault.Reverse(true)
	titleOn  = tcell.StyleDefault.Reverse(true).Bold(true)
	selected = tcell.StyleDefault.Underline(true)
	red      = tcell.StyleDefault.Foreground(tcell.ColorMaroon)
	green    = tcell.StyleDefault.Foreground(tcell.ColorGreen).Bold(true)
	yellow   = tcell.StyleDefault.Foreground(tcell.ColorOlive)
	cyan     = tcell.StyleDefault.Foreground(tcell.ColorTeal)
)

// coloured is a style, or its plain kin where there are to be no colours.
func (v *view) coloured(s tcell.Style) tcell.Style {
	if v.cfg.Colour {
		return s
	}
	_, _, attrs := s.Decompose()
	return tcell.StyleDefault.Attributes(attrs)
}

// draw draws everything; the screen sends only what has changed.
func (v *view) draw() {
	w, h := v.screen.Size()
	v.screen.Clear()
	v.screen.HideCursor()
	if w < 1 || h < 1 {
		v.screen.Show()
		return
	}
	places := v.layout(w, h)
	if w >= wide && h > 6 {
		for y := range h - 1 {
			v.screen.SetContent(places[consolePane].w, y, '│', nil, v.coloured(dim))
		}
	}
	for p, r := range places {
		v.drawTitle(p, r)
		r.y, r.h = r.y+1, r.h-1
		switch p {
		case sourcePane:
			v.drawSource(r)
		case codePane:
			v.drawCode(r)
		case stackPane:
			v.drawStack(r)
		case varsPane:
			if v.now != nil {
				v.drawVars(p, r, v.now.Variables)
			}
		case displayPane:
			if v.now != nil {
				v.drawVars(p, r, v.now.Displays)
			}
		case outputPane:
			v.drawRecord(r, &v.output, v.scroll[outputPane], 0)
		case consolePane:
			v.drawConsole(r)
		}
	}
	v.drawStatus(w, h-1)
	if v.help {
		v.drawHelp(w, h)
	}
	v.screen.Show()
}

func (v *view) drawTitle(p pane, r rect) {
	text := " " + paneNames[p] + " "
	if p == sourcePane && v.now != nil && v.now.Source.File != "" {
		text = " " + path.Base(v.now.Source.File) + " "
	}
	if p == codePane && v.now != nil && v.now.Code.Function != "" {
		text = " Code of " + v.now.Code.Function + " "
	}
	style := title
	if p == v.focus {
		text = " ▸" + text[1:]
		style = titleOn
	} else {
		style = style.Dim(true)
	}
	put(v.screen, r.x, r.y, r.w, cells(text, style), style)
}

func (v *view) drawSource(r rect) {
	if v.now == nil {
		return
	}
	s := &v.now.Source
	if s.Problem != "" {
		v.drawProblem(r, s.Problem)
		return
	}
	top := v.sourceTop(r.h)
	for i := range r.h {
		n := top + i
		if n < s.First || n-s.First >= len(s.Lines) {
			continue
		}
		sign, style := "  ", plain
		if m, ok := s.Marks[n]; ok {
			sign, style = signOf(&m), v.coloured(red)
		}
		arrow := " "
		numbers := v.coloured(dim)
		if n == s.Line {
			arrow, numbers = "▶", v.coloured(green)
		}
		row := cells(sign, style)
		row = append(row, cells(fmt.Sprintf("%4d%s", n, arrow), numbers)...)
		row = append(row, cells(" "+s.Lines[n-s.First], plain)...)
		fill := plain
		if n == s.Line || v.focus == sourcePane && n == v.cursor[sourcePane] {
			for j := range row {
				if n == s.Line {
					row[j].style = row[j].style.Bold(true)
				}
				if v.focus == sourcePane && n == v.cursor[sourcePane] {
					row[j].style = row[j].style.Underline(true)
					fill = selected
				}
			}
		}
		put(v.screen, r.x, r.y+i, r.w, row, fill)
	}
}

// sourceTop is the first line of the source on the screen: around what is shown, moved by scrolling and so far that the cursor
// is on the screen.
func (v *view) sourceTop(h int) int {
	s := &v.now.Source
	top := s.Show - h/2 + v.scroll[sourcePane]
	if v.focus == sourcePane {
		if c := v.cursor[sourcePane]; c < top {
			top = c
		} else if c >= top+h {
			top = c - h + 1
		}
	}
	return max(min(top, s.First+len(s.Lines)-h), s.First, 1)
}

// listTop is the first row of a list, so that the selected one is on the screen.
func (v *view) listTop(p pane, h int) int {
	c := v.cursor[p]
	if c < v.scroll[p] {
		v.scroll[p] = c
	} else if c >= v.scroll[p]+h {
		v.scroll[p] = c - h + 1
	}
	return v.scroll[p]
}

func (v *view) drawStack(r rect) {
	s := v.now
	if s == nil {
		return
	}
	if len(s.Frames) == 0 {
		put(v.screen, r.x+1, r.y, r.w-1, cells("The program "+notStanding(s.State)+".", v.coloured(dim)), plain)
		return
	}
	top := v.listTop(stackPane, r.h)
	for i := 0; i < r.h && top+i < len(s.Frames); i++ {
		mark, style := "  ", plain
		if top+i == s.Selected {
			mark, style = "▶ ", v.coloured(green)
		}
		fill := plain
		if v.focus == stackPane && top+i == v.cursor[stackPane] {
			style, fill = style.Underline(true), selected
		}
		put(v.screen, r.x, r.y+i, r.w, cells(mark+s.Frames[top+i], style), fill)
	}
}

func notStanding(s debugger.State) string {
	switch s {
	case debugger.Loaded:
		return "has not been started: F5 runs it"
	case debugger.Exited:
		return "has ended: F5 runs it again"
	}
	return "runs"
}

// drawVars draws variables, or what is displayed.
func (v *view) drawVars(p pane, r rect, rows []command.VariableRow) {
	if len(rows) == 0 {
		put(v.screen, r.x+1, r.y, r.w-1, cells("(none)", v.coloured(dim)), plain)
		return
	}
	top := v.listTop(p, r.h)
	for i := 0; i < r.h && top+i < len(rows); i++ {
		x := &rows[top+i]
		sign := "  "
		if x.Expandable {
			if sign = "▸ "; x.Expanded {
				sign = "▾ "
			}
		}
		row := cells(strings.Repeat("  ", x.Depth)+sign, plain)
		row = append(row, cells(x.Name, v.coloured(cyan))...)
		if x.Value != "" {
			style := plain
			if x.Changed {
				style = v.coloured(yellow).Bold(true)
			}
			row = append(row, cells(" = "+x.Value, style)...)
		}
		if x.Type != "" && columns(row)+len(x.Type)+3 < r.w {
			row = append(row, cells("  "+x.Type, v.coloured(dim))...)
		}
		fill := plain
		if v.focus == p && top+i == v.cursor[p] {
			for j := range row {
				row[j].style = row[j].style.Underline(true)
			}
			fill = selected
		}
		put(v.screen, r.x, r.y+i, r.w, row, fill)
	}
}

// drawRecord draws the end of a record, back rows before its last; below leaves rows free.
func (v *view) drawRecord(r rect, l *record, back, below int) {
	h := r.h - below
	if h < 1 {
		return
	}
	var rows [][]cell
	for _, text := range l.last(h, back) {
		rows = append(rows, wrap(cells(text, plain), r.w)...)
	}
	rows = rows[max(len(rows)-h, 0):]
	for i, row := range rows {
		put(v.screen, r.x, r.y+i, r.w, row, plain)
	}
}

// drawConsole draws what commands printed, and the command line.
func (v *view) drawConsole(r rect) {
	if r.h < 1 {
		return
	}
	prompt := repl
	if v.now != nil {
		prompt = v.now.Prompt
	}
	switch {
	case v.running.Load() && v.cfg.Feed != nil:
		prompt = "input> "
	case v.running.Load():
		prompt = "running… "
	case v.typed.searching:
		prompt = fmt.Sprintf("(search) %s: ", string(v.typed.text))
	case v.single:
		prompt = "(single key) "
	}
	text := v.typed.text
	at := v.typed.at
	if v.typed.searching {
		text, at = []rune(v.typed.found), len([]rune(v.typed.found))
	}
	head := cells(prompt, v.coloured(bold))
	before := cells(string(text[:at]), plain)
	whole := append(append(append([]cell(nil), head...), before...), cells(string(text[at:]), plain)...)
	rows := wrap(whole, max(r.w, 1))
	at = columns(head) + columns(before)
	if at == len(rows)*r.w {
		rows = append(rows, nil)
	}
	rows = rows[max(len(rows)-r.h, 0):]
	var proposals [][]cell
	if len(v.completions) > 0 {
		proposals = wrap(cells(strings.Join(v.completions, "  "), v.coloured(dim)), r.w)
		proposals = proposals[:min(len(proposals), max(r.h-len(rows)-1, 0), 6)]
	}
	v.drawRecord(r, &v.console, v.scroll[consolePane], len(rows)+len(proposals))
	y := r.y + min(v.consoleRows(r), r.h-len(rows)-len(proposals))
	for i, row := range proposals {
		put(v.screen, r.x, y+i, r.w, row, plain)
	}
	y += len(proposals)
	for i, row := range rows {
		put(v.screen, r.x, y+i, r.w, row, plain)
	}
	if v.focus == consolePane && !v.single && r.w > 0 {
		v.screen.ShowCursor(r.x+at%r.w, y+min(at/r.w, len(rows)-1))
	}
}

// consoleRows is how many rows the console's text takes, as far as it matters.
func (v *view) consoleRows(r rect) int {
	n := 0
	for _, text := range v.console.last(r.h, v.scroll[consolePane]) {
		n += len(wrap(cells(text, plain), r.w))
	}
	return n
}

func (v *view) drawStatus(w, y int) {
	text := ""
	if v.now != nil {
		text = v.now.Status
	}
	switch {
	case v.running.Load():
		text = "running: Ctrl-C pauses"
	case v.busy:
		text = "…"
	}
	keys := "F1 help  F5 run  F9 break  F10 next  F11 step  F12 finish  F6 pane "
	if w < len(keys)+20 {
		keys = "F1 help "
	}
	row := cells(" "+text, title)
	if room := w - len(keys); columns(row) > room {
		row = cells(" "+text, title)[:max(min(room-2, len(row)), 0)]
	}
	put(v.screen, 0, y, w, row, title)
	if len(keys) < w {
		put(v.screen, w-len(keys), y, len(keys), cells(keys, title), title)
	}
}

// drawHelp draws the keys over everything.
func (v *view) drawHelp(w, h int) {
	rows := helpRows()
	width := 0
	for _, r := range rows {
		width = max(width, columns(cells(r, plain)))
	}
	width = min(width+4, w)
	height := min(len(rows)+2, h)
	x, y := (w-width)/2, (h-height)/2
	put(v.screen, x, y, width, cells(" Keys (any key goes on)", titleOn), title)
	for i := 1; i < height; i++ {
		var row []cell
		if i-1 < len(rows) {
			row = cells("  "+rows[i-1], plain)
		}
		put(v.screen, x, y+i, width, row, plain)
	}
}
