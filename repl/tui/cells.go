package tui

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"
)

// cell is a character with its style.
type cell struct {
	r     rune
	width int
	style tcell.Style
	marks []rune // that are put over it: accents
}

// mostMarks bounds what is put over one character.
const mostMarks = 8

// cells makes characters of a text. Colours that it has as escape codes become styles; everything else that would command
// the terminal is left out. A tab goes to the next multiple of eight.
func cells(text string, style tcell.Style) []cell {
	out := make([]cell, 0, len(text))
	now, column := style, 0
	for text != "" {
		if strings.HasPrefix(text, "\x1b[") {
			end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' && r <= '~' })
			if end < 0 {
				break
			}
			if text[2+end] == 'm' {
				now = sgr(now, style, text[2:2+end])
			}
			text = text[3+end:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case r == '\t':
			for n := 8 - column%8; n > 0; n-- {
				out = append(out, cell{r: ' ', width: 1, style: now})
				column++
			}
			continue
		case unicode.IsControl(r):
			continue
		}
		w := 1
		if r >= 0x300 {
			w = uniseg.StringWidth(string(r))
		}
		if w == 0 {
			if last := len(out) - 1; last >= 0 && unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Variation_Selector, r) && len(out[last].marks) < mostMarks {
				out[last].marks = append(out[last].marks, r)
			}
			continue
		}
		out = append(out, cell{r: r, width: w, style: now})
		column += w
	}
	return out
}

// palette are the colours that escape codes name.
var palette = [...]tcell.Color{
	tcell.ColorBlack, tcell.ColorMaroon, tcell.ColorGreen, tcell.ColorOlive, tcell.ColorNavy, tcell.ColorPurple, tcell.ColorTeal, tcell.ColorSilver,
	tcell.ColorGray, tcell.ColorRed, tcell.ColorLime, tcell.ColorYellow, tcell.ColorBlue, tcell.ColorFuchsia, tcell.ColorAqua, tcell.ColorWhite,
}

// sgr applies an escape code for colours to a style.
func sgr(now, plain tcell.Style, codes string) tcell.Style {
	for _, c := range strings.Split(codes, ";") {
		n, _ := strconv.Atoi(c) // nothing is 0
		switch {
		case n == 0:
			now = plain
		case n == 1:
			now = now.Bold(true)
		case n == 4:
			now = now.Underline(true)
		case n == 7:
			now = now.Reverse(true)
		case n >= 30 && n <= 37:
			now = now.Foreground(palette[n-30])
		case n >= 90 && n <= 97:
			now = now.Foreground(palette[n-90+8])
		case n == 38 || n == 48: // of 256 or more: what follows is theirs
			return now
		}
	}
	return now
}

// columns is how many columns characters take.
func columns(cs []cell) int {
	n := 0
	for _, c := range cs {
		n += c.width
	}
	return n
}

// wrap breaks characters into rows of so many columns.
func wrap(cs []cell, width int) [][]cell {
	if width < 1 || columns(cs) <= width {
		return [][]cell{cs}
	}
	var rows [][]cell
	start, at := 0, 0
	for i, c := range cs {
		if at+c.width > width && i > start {
			rows = append(rows, cs[start:i])
			start, at = i, 0
		}
		at += c.width
	}
	return append(rows, cs[start:])
}

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

// put draws characters in one row, as many as fit, and fills the rest of it.
func put(s tcell.Screen, x, y, w int, cs []cell, fill tcell.Style) {
	end := x + w
	for _, c := range cs {
		if x+c.width > end {
			break
		}
		s.SetContent(x, y, c.r, c.marks, c.style)
		x += c.width
	}
	for ; x < end; x++ {
		s.SetContent(x, y, ' ', nil, fill)
	}
}
