package dump

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"sphex/debugger"
)

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// WriteHTML writes one page that shows the functions and needs nothing from elsewhere. It is well-formed
// XML too.
func WriteHTML(w io.Writer, functions []*Function) error {
	p := &page{w: w}
	title := "functions"
	if len(functions) == 1 {
		title = functions[0].Name
	}
	p.printf("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"/><title>%s</title>\n", esc(title))
	p.printf("<meta name=\"viewport\" content=\"width=device-width\"/>\n<style>\n%s</style></head>\n<body>\n", pageCSS)
	p.printf("<div id=\"bar\"><b>sphex dump</b> <select id=\"pick\">")
	for i, f := range functions {
		p.printf("<option value=\"%d\">%s</option>", i, esc(debugger.BriefName(f.Name)))
	}
	p.printf("</select>\n<span class=\"toggles\">")
	for _, c := range [][2]string{{"src", "source"}, {"off", "offsets"}, {"bytes", "bytes"}, {"stack", "operand stack"}, {"vars", "variables"}} {
		on := " checked=\"checked\""
		if c[0] == "bytes" {
			on = ""
		}
		p.printf("<label><input type=\"checkbox\" data-col=\"%s\"%s/> %s</label> ", c[0], on, c[1])
	}
	p.printf("</span> <button id=\"theme\" type=\"button\" title=\"dark or light\">◐</button></div>\n")
	for i, f := range functions {
		p.function(i, f)
	}
	p.printf("<script>\n//<![CDATA[\n%s//]]>\n</script>\n</body></html>\n", pageJS)
	return p.err
}

type page struct {
	w   io.Writer
	err error
}

func (p *page) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// esc makes text fit for HTML and XML: characters that XML can't have become blanks.
func esc(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return html.EscapeString(s)
}

func (p *page) function(i int, f *Function) {
	hidden := ""
	if i > 0 {
		hidden = " hidden=\"hidden\""
	}
	p.printf("<section class=\"fn\" id=\"f%d\"%s>\n<header><h1>%s</h1><p>", i, hidden, esc(f.Name))
	if f.File != "" {
		p.printf("%s:%d · ", esc(debugger.BriefPath(f.File)), f.Line)
	}
	p.printf("function %d <code>%s</code> · wasm %#x–%#x (%d bytes, at %#x in the file) · native %06x–%06x (%d bytes) · frame of %d bytes",
		f.Index, esc(f.Type), uint32(f.Body), uint32(f.BodyEnd), f.BodyEnd-f.Body, uint32(f.Offset), uint32(f.Text), uint32(f.TextEnd), f.TextEnd-f.Text, f.FrameSize)
	if len(f.Saved) > 0 {
		p.printf(", saves %s", esc(strings.Join(f.Saved, ", ")))
	}
	if f.FrameBase != "" {
		p.printf(" · frame base <code>%s</code>", esc(f.FrameBase))
	}
	p.printf("</p>")
	if f.Unit != "" {
		p.printf("<p class=\"faint\">unit %s (%s, %s)</p>", esc(f.Unit), esc(f.Language), esc(f.Producer))
	}
	for _, n := range f.Notes {
		p.printf("<p class=\"note\">%s</p>", esc(n))
	}
	p.printf("</header>\n<div class=\"panes\">\n")
	lines := p.source(f)
	p.code(f, lines)
	p.places(f)
	p.printf("</div>\n")
	p.data(f)
	p.printf("</section>\n")
}

// lineKey names a line of a file on the page.
type lineKey struct {
	file string
	line int
}

// source writes the pane of source lines, and returns the number of each on the page.
func (p *page) source(f *Function) map[lineKey]int {
	type fileLines struct {
		name string
		text map[int]string
	}
	var files []*fileLines
	byName := map[string]*fileLines{}
	add := func(file string, line int, text string) {
		if line == 0 {
			return
		}
		fl := byName[file]
		if fl == nil {
			fl = &fileLines{name: file, text: map[int]string{}}
			byName[file] = fl
			if file == f.File {
				files = append([]*fileLines{fl}, files...)
			} else {
				files = append(files, fl)
			}
		}
		if _, ok := fl.text[line]; !ok || text != "" {
			fl.text[line] = text
		}
	}
	for i := range f.Statements {
		st := &f.Statements[i]
		add(st.File, st.Line, st.Source)
		for k, n := range st.Context {
			add(st.File, k, n)
		}
	}
	numbers := map[lineKey]int{}
	for i := range f.Statements {
		if st := &f.Statements[i]; st.Line > 0 {
			numbers[lineKey{st.File, st.Line}] = 0
		}
	}
	p.printf("<div class=\"pane src\">")
	next := 0
	for _, fl := range files {
		p.printf("<h2 title=\"%s\">%s</h2><table class=\"lines\">", esc(fl.name), esc(path.Base(fl.name)))
		last := 0
		for _, line := range slices.Sorted(maps.Keys(fl.text)) {
			text := fl.text[line]
			if last > 0 && line > last+1 {
				p.printf("<tr class=\"gap\"><td colspan=\"2\">⋯</td></tr>\n")
			}
			last = line
			key := lineKey{fl.name, line}
			attr := ""
			if _, coded := numbers[key]; coded {
				numbers[key] = next
				attr = fmt.Sprintf(" class=\"l coded\" data-l=\"%d\"", next)
				next++
			}
			p.printf("<tr%s><td class=\"n\">%d</td><td>%s</td></tr>\n", attr, line, esc(detab(text)))
		}
		p.printf("</table>")
	}
	if len(files) == 0 {
		p.printf("<p class=\"faint\">no lines</p>")
	}
	p.printf("</div>\n")
	return numbers
}

// code writes the pane of wasm and native code. Rows carry the number of their line and their text
// offset for the script.
func (p *page) code(f *Function, lines map[lineKey]int) {
	p.printf("<div class=\"pane code\"><table><thead><tr><th class=\"off\">wasm</th><th>instruction</th><th class=\"off\">native</th><th class=\"bytes\">bytes</th><th>machine code</th><th class=\"stack\">operand stack</th></tr></thead>\n")
	for i := range f.Statements {
		st := &f.Statements[i]
		attr := ""
		if n, ok := lines[lineKey{st.File, st.Line}]; ok && st.Line > 0 {
			attr = fmt.Sprintf(" data-l=\"%d\" style=\"--h:%d\"", n, hue(n))
		}
		p.printf("<tbody%s><tr class=\"st\"><td colspan=\"6\">%s</td></tr>\n", attr, esc(st.title()))
		for k := range st.Insts {
			p.inst(&st.Insts[k])
		}
		p.printf("</tbody>\n")
	}
	p.printf("</table></div>\n")
}

// hue spreads the colours of lines around the circle.
func hue(n int) int { return n * 137 % 360 }

func (st *Statement) title() string {
	if st.Apart != "" {
		return st.Apart
	}
	if st.Line == 0 {
		return "no line"
	}
	text := fmt.Sprintf("%s:%d  %s", path.Base(st.File), st.Line, strings.TrimSpace(detab(st.Source)))
	for i := len(st.Inside) - 1; i >= 0; i-- {
		c := &st.Inside[i]
		text += fmt.Sprintf("   ‹ %s, inlined at %s:%d", debugger.BriefName(c.Function), path.Base(c.File), c.Line)
	}
	return text
}

func (p *page) inst(in *Inst) {
	off, wasm := "", ""
	if in.Wasm != "" {
		off, wasm = fmt.Sprintf("%06x", uint32(in.Code)), strings.Repeat("  ", min(in.Depth, 12))+in.Wasm
	}
	stack := strings.Join(in.Operands, ", ")
	if len(in.Native) == 0 {
		p.printf("<tr class=\"none\"><td class=\"off\" title=\"at %#x in the file\">%s</td><td class=\"w\" title=\"%s\">%s</td><td class=\"off\"></td><td class=\"bytes\"></td><td></td><td class=\"stack\"></td></tr>\n",
			uint32(in.Offset), off, esc(in.Wasm), esc(wasm))
		return
	}
	for i := range in.Native {
		n := &in.Native[i]
		mark, trap := "", ""
		if n.Site {
			mark = fmt.Sprintf("<span class=\"site\" title=\"stop site, column %d\">●</span> ", n.Column)
		}
		if n.Trap != "" {
			trap = fmt.Sprintf(" <span class=\"trap\" title=\"may trap: %s\">⚠</span>", esc(n.Trap))
		}
		p.printf("<tr data-t=\"%d\"><td class=\"off\" title=\"at %#x in the file\">%s</td><td class=\"w\" title=\"%s\">%s</td><td class=\"off\">%06x</td><td class=\"bytes\">%s</td><td class=\"m\" title=\"%s\">%s%s%s</td><td class=\"stack\">%s</td></tr>\n",
			uint32(n.Text), uint32(in.Offset), off, esc(in.Wasm), esc(wasm), uint32(n.Text), n.Bytes, esc(n.Asm), mark, esc(n.Asm), trap, esc(stack))
		off, wasm, stack = "", "", ""
	}
}

// places writes the pane of variables and homes; the script fills in where variables are at the row
// that is looked at.
func (p *page) places(f *Function) {
	p.printf("<div class=\"pane vars\"><h2>variables <span class=\"where\"></span></h2><table class=\"v\">")
	inlined := ""
	for i := range f.Variables {
		v := &f.Variables[i]
		if v.Inlined != inlined {
			inlined = v.Inlined
			p.printf("<tr class=\"in\"><td colspan=\"3\">%s</td></tr>\n", esc("inlined "+debugger.BriefName(inlined)))
		}
		kind := ""
		if v.Param {
			kind = " <span class=\"faint\">param</span>"
		}
		p.printf("<tr data-v=\"%d\" title=\"%s\"><td>%s%s</td><td class=\"type\">%s</td><td class=\"at\">%s</td></tr>\n",
			i, esc(strings.Join(v.words(f), "\n")), esc(v.Name), kind, esc(v.Type), esc(v.summary(f)))
	}
	p.printf("</table>")
	if len(f.Variables) == 0 {
		p.printf("<p class=\"faint\">none</p>")
	}
	p.printf("<h2>homes of the locals</h2><table class=\"homes\">")
	for i := range f.Locals {
		l := &f.Locals[i]
		kind := l.Type
		if l.Param {
			kind += " param"
		}
		p.printf("<tr><td>%d</td><td>%s</td><td class=\"at\">%s</td><td>%s</td><td>%s</td></tr>\n", l.Index, kind, esc(l.Home), esc(l.Name), esc(strings.Join(l.Variables, ", ")))
	}
	p.printf("</table></div>\n")
}

// summary says where a variable is as long as no row is looked at.
func (v *Variable) summary(f *Function) string {
	switch {
	case len(v.Places) == 0:
		return optimizedOut
	case v.Whole(f):
		return v.Places[0].Place
	}
	return count(len(v.Places), "place")
}

// data gives the script the ranges of the variables.
func (p *page) data(f *Function) {
	type place struct {
		From, To uint32
		Place    string
	}
	type variable struct {
		Scope  [][2]uint32
		Places []place
	}
	list := make([]variable, len(f.Variables))
	for i := range f.Variables {
		v := &f.Variables[i]
		for _, r := range v.Scope {
			list[i].Scope = append(list[i].Scope, [2]uint32{uint32(r.From), uint32(r.To)})
		}
		for _, pl := range v.Places {
			list[i].Places = append(list[i].Places, place{uint32(pl.From), uint32(pl.To), pl.Place})
		}
	}
	b, err := json.Marshal(list) // which escapes <, > and &
	if err != nil {
		p.err = err
		return
	}
	p.printf("<script type=\"application/json\" class=\"data\">%s</script>\n", b)
}
