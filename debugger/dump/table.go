package dump

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// column is a column of a table on a terminal.
type column struct {
	head  string
	width int // what it gets
	want  int // what its widest cell needs, at most limit
	limit int
	least int // it is not made narrower than that
	style style
}

// style is a way to print, as the number of a terminal's escape sequence; "" is plain.
type style string

const (
	plain  style = ""
	bold   style = "1"
	faint  style = "90"
	green  style = "32"
	yellow style = "33"
	blue   style = "34"
	cyan   style = "36"
)

// grid prints rows of cells in columns that fit into a width.
type grid struct {
	w         io.Writer
	width     int
	colour    bool
	separator string
	columns   []column
	err       error
}

// measure takes a row into account for the widths of the columns.
func (g *grid) measure(cells []string) {
	for i, c := range cells {
		k := &g.columns[i]
		k.want = min(max(k.want, utf8.RuneCountInString(c), utf8.RuneCountInString(k.head)), k.limit)
	}
}

// fit gives each column its width: what it wants, less where that is too much for the whole.
func (g *grid) fit() {
	total := 0
	for i := range g.columns {
		k := &g.columns[i]
		k.width = k.want
		total += k.width
		if i > 0 {
			total += utf8.RuneCountInString(g.separator)
		}
	}
	for total > g.width {
		widest := -1
		for i := range g.columns {
			k := &g.columns[i]
			if k.width > k.least && (widest < 0 || k.width-k.least > g.columns[widest].width-g.columns[widest].least) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		g.columns[widest].width--
		total--
	}
}

// row prints cells; those of style plain take the style of their column.
func (g *grid) row(cells []string, styles ...style) {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString(g.paint(faint, g.separator))
		}
		k := &g.columns[i]
		c = cut(c, k.width)
		pad := k.width - utf8.RuneCountInString(c)
		st := k.style
		if i < len(styles) && styles[i] != plain {
			st = styles[i]
		}
		b.WriteString(g.paint(st, c))
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", pad))
		}
	}
	g.line(strings.TrimRight(b.String(), " "))
}

// rule prints a line between two parts of the table.
func (g *grid) rule() {
	var b strings.Builder
	for i, k := range g.columns {
		if i > 0 {
			b.WriteString("─┼─")
		}
		b.WriteString(strings.Repeat("─", k.width))
	}
	g.line(g.paint(faint, b.String()))
}

func (g *grid) heads() {
	cells := make([]string, len(g.columns))
	styles := make([]style, len(g.columns))
	for i := range g.columns {
		cells[i], styles[i] = g.columns[i].head, bold
	}
	g.row(cells, styles...)
}

func (g *grid) line(s string) {
	if g.err == nil {
		_, g.err = fmt.Fprintln(g.w, s)
	}
}

func (g *grid) paint(st style, s string) string {
	if !g.colour || st == plain || s == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// cut shortens a text that is too wide.
func cut(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	n := 0
	for i := range s {
		if n++; n == width {
			return s[:i] + "…"
		}
	}
	return s
}
