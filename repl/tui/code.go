package tui

import (
	"fmt"
	"path"
	"strings"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger/command"
)

// signOf is what stands beside a line or an instruction with a breakpoint.
func signOf(m *command.Mark) string {
	if m.Disabled {
		return "○ "
	}
	return "● "
}

// drawProblem says why a pane has nothing to show.
func (v *view) drawProblem(r rect, text string) {
	for i, row := range wrap(cells(text, v.coloured(dim)), r.w-2) {
		if i < r.h {
			put(v.screen, r.x+1, r.y+i, r.w-1, row, plain)
		}
	}
}

// wasmColumn is where the WebAssembly stands behind the native instructions, on a pane with room for both.
const wasmColumn = 46

// drawCode draws instructions: the native one, the WebAssembly behind it where one begins, and lines of source between.
func (v *view) drawCode(r rect) {
	if v.now == nil {
		return
	}
	c := &v.now.Code
	if len(c.Rows) == 0 {
		v.drawProblem(r, c.Problem)
		return
	}
	top := v.codeTop(r.h)
	for i := 0; i < r.h && top+i < len(c.Rows); i++ {
		x, at := &c.Rows[top+i], top+i == c.At
		var row []cell
		if x.Address == "" {
			row = cells(fmt.Sprintf("  %s:%d  ", path.Base(x.File), x.Line), v.coloured(cyan))
			row = append(row, cells(x.Text, plain)...)
		} else {
			row = v.instruction(x, at, r.w)
		}
		fill := plain
		if v.focus == codePane && top+i == v.cursor[codePane] {
			for j := range row {
				row[j].style = row[j].style.Underline(true)
			}
			fill = selected
		}
		put(v.screen, r.x, r.y+i, r.w, row, fill)
	}
}

// instruction is the row of one.
func (v *view) instruction(x *command.CodeRow, at bool, width int) []cell {
	sign, style := "  ", plain
	if x.Mark != nil {
		sign, style = signOf(x.Mark), v.coloured(red)
	}
	arrow, numbers := " ", v.coloured(dim)
	if at {
		arrow, numbers = "▶", v.coloured(green)
	}
	row := cells(sign, style)
	row = append(row, cells(x.Address[len("0x"):]+arrow+" ", numbers)...)
	row = append(row, cells(x.Native, plain)...)
	if x.Wasm != "" {
		column := min(wasmColumn, width*3/5)
		row = append(row, cells(strings.Repeat(" ", max(column-columns(row), 0))+"  "+x.Wasm, v.coloured(dim))...)
	}
	if at {
		for j := range row {
			row[j].style = row[j].style.Bold(true)
		}
	}
	return row
}

// codeTop is the first row of the code on the screen: around where the frame stands, moved by scrolling and so far that the cursor
// is on the screen.
func (v *view) codeTop(h int) int {
	c := &v.now.Code
	top := max(c.At, 0) - h/2 + v.scroll[codePane]
	if v.focus == codePane {
		if at := v.cursor[codePane]; at < top {
			top = at
		} else if at >= top+h {
			top = at - h + 1
		}
	}
	return max(min(top, len(c.Rows)-h), 0)
}

// codeKey takes a key in the code.
func (v *view) codeKey(ev *tcell.EventKey) {
	switch ev.Key() {
	case tcell.KeyEnter:
		v.toggleInstruction()
	case tcell.KeyRune:
		switch r := ev.Rune(); r {
		case 'b', ' ':
			v.toggleInstruction()
		case 'n':
			v.command("next-instruction")
		case 's':
			v.command("step-instruction")
		case 't':
			if x := v.codeRow(); x != nil && x.Address != "" {
				v.command("until *text:" + x.Address)
			} else if x != nil {
				v.command(fmt.Sprintf("until %s:%d", x.File, x.Line))
			}
		case 'g':
			if v.now != nil {
				v.cursor[codePane], v.scroll[codePane] = max(v.now.Code.At, 0), 0
			}
		default:
			v.singleKey(r)
		}
	}
}

// codeRow is the row of the code with the cursor; nil if there is none.
func (v *view) codeRow() *command.CodeRow {
	if v.now == nil || v.cursor[codePane] >= len(v.now.Code.Rows) {
		return nil
	}
	return &v.now.Code.Rows[v.cursor[codePane]]
}

// toggleInstruction sets a breakpoint at the cursor's instruction or line, or removes the one that is there.
func (v *view) toggleInstruction() {
	x := v.codeRow()
	if x == nil {
		return
	}
	switch {
	case x.Mark != nil:
		v.command(fmt.Sprintf("clear %d", x.Mark.ID))
	case x.Address != "":
		v.command("break *text:" + x.Address)
	default:
		v.command(fmt.Sprintf("break %s:%d", x.File, x.Line))
	}
}
