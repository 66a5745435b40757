package dump

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/debugger"
)

// Columns of a function's table, as users name them.
const (
	ColumnSource    = "source"
	ColumnWasm      = "wasm"
	ColumnNative    = "native"
	ColumnStack     = "stack"
	ColumnVariables = "vars"
)

// ColumnNames lists the columns in their order.
var ColumnNames = []string{ColumnSource, ColumnWasm, ColumnNative, ColumnStack, ColumnVariables}

// Layout is how text is printed.
type Layout struct {
	Width   int      // of the terminal, in characters
	Colour  bool     // the terminal understands escape sequences
	Columns []string // of ColumnNames; nil: all
}

func (l *Layout) has(name string) bool {
	return len(l.Columns) == 0 || slices.Contains(l.Columns, name)
}

// WriteFunction prints a function for a terminal.
func WriteFunction(w io.Writer, f *Function, l Layout) error {
	t := &functionText{f: f, l: l, indent: commonIndent(f), grid: grid{w: w, width: l.Width, colour: l.Colour, separator: " │ "}}
	t.head()
	t.places()
	t.code()
	return t.grid.err
}

type functionText struct {
	f      *Function
	l      Layout
	indent string // that all lines of the function's own file have
	grid
}

// commonIndent finds the blanks that all lines of a function's own file begin with.
func commonIndent(f *Function) string {
	indent, found := "", false
	for i := range f.Statements {
		st := &f.Statements[i]
		text := detab(st.Source)
		if st.File != f.File || len(st.Inside) > 0 || strings.TrimSpace(text) == "" {
			continue
		}
		blanks := text[:len(text)-len(strings.TrimLeft(text, " "))]
		if !found || len(blanks) < len(indent) {
			indent, found = blanks, true
		}
	}
	return indent
}

func (t *functionText) printf(format string, args ...any) {
	t.line(cut(fmt.Sprintf(format, args...), t.width))
}

func (t *functionText) head() {
	f := t.f
	t.line(t.paint(bold, f.Name))
	place := fmt.Sprintf("function %d, %s", f.Index, f.Type)
	if f.File != "" {
		place = debugger.BriefPath(f.File)
		if f.Line > 0 {
			place += fmt.Sprintf(":%d", f.Line)
		}
		place += fmt.Sprintf(", function %d, %s", f.Index, f.Type)
	}
	t.printf("  %s", place)
	if f.Unit != "" {
		t.printf("  unit %s (%s, %s)", f.Unit, f.Language, f.Producer)
	}
	t.printf("  wasm %#x–%#x (%s, at %#x in the file), native %06x–%06x (%s)", uint32(f.Body), uint32(f.BodyEnd), count(int(f.BodyEnd-f.Body), "byte"),
		uint32(f.Offset), uint32(f.Text), uint32(f.TextEnd), count(int(f.TextEnd-f.Text), "byte"))
	frame := fmt.Sprintf("  frame of %s", count(int(f.FrameSize), "byte"))
	if len(f.Saved) > 0 {
		frame += ", saves " + strings.Join(f.Saved, ", ")
	}
	if f.FrameBase != "" {
		frame += "; frame base " + f.FrameBase
	}
	t.printf("%s", frame)
	for _, n := range f.Notes {
		t.printf("  note: %s", n)
	}
}

// places prints the homes of locals, and the variables that stay in one place.
func (t *functionText) places() {
	f := t.f
	if len(f.Locals) > 0 {
		t.line("")
		t.line(t.paint(bold, "homes of the locals, good from the first line of the body on"))
		g := grid{w: t.w, width: t.width, colour: t.colour, separator: "  ", columns: []column{
			{limit: 10}, {limit: 9}, {limit: 24, style: cyan}, {limit: 60}, {limit: 80, style: green}}}
		var rows [][]string
		for i := 0; i < len(f.Locals); i++ {
			l := &f.Locals[i]
			n := i
			for n+1 < len(f.Locals) && f.Locals[n+1].Home == l.Home && f.Locals[n+1].Type == l.Type && l.Name == "" && f.Locals[n+1].Name == "" && l.Param == f.Locals[n+1].Param {
				n++
			}
			number := fmt.Sprintf("  local %d", i)
			if n > i {
				number = fmt.Sprintf("  %d–%d", i, n)
			}
			kind := l.Type
			if l.Param {
				kind += " param"
			}
			rows = append(rows, []string{number, kind, l.Home, l.Name, strings.Join(l.Variables, ", ")})
			i = n
		}
		g.table(rows)
	}
	if len(f.Variables) == 0 {
		return
	}
	t.line("")
	t.line(t.paint(bold, "variables"))
	g := grid{w: t.w, width: t.width, colour: t.colour, separator: "  ", columns: []column{
		{limit: 40, least: 8, style: green}, {limit: 48, least: 8}, {limit: 24, least: 6, style: faint}, {limit: 100, least: 16, style: cyan}}}
	var rows [][]string
	inlined := ""
	for i := range f.Variables {
		v := &f.Variables[i]
		if v.Inlined != inlined {
			inlined = v.Inlined
			title := "  of the function itself"
			if inlined != "" {
				title = "  of " + debugger.BriefName(inlined) + ", inlined"
			}
			rows = append(rows, []string{title})
		}
		at := ""
		if v.Line > 0 {
			at = fmt.Sprintf("%s:%d", path.Base(v.File), v.Line)
		}
		name := "  " + v.Name
		if v.Param {
			name += " (param)"
		}
		rows = append(rows, []string{name, v.Type, at, strings.Join(v.words(f), "; ")})
	}
	g.table(rows)
}

// table prints rows; one with a single cell goes over all columns.
func (g *grid) table(rows [][]string) {
	for _, r := range rows {
		if len(r) == len(g.columns) {
			g.measure(r)
		}
	}
	g.fit()
	for _, r := range rows {
		if len(r) == 1 {
			g.line(cut(r[0], g.width))
			continue
		}
		g.row(r)
	}
}

// words says where a variable is, and where in the text if that is not all of the function.
func (v *Variable) words(f *Function) []string {
	if len(v.Places) == 0 {
		return []string{optimizedOut + ": the producer gives no place"}
	}
	if v.Whole(f) {
		return []string{v.Places[0].Place}
	}
	same := true
	for _, p := range v.Places {
		same = same && p.Place == v.Places[0].Place
	}
	var list []string
	if same {
		var ranges []string
		for _, p := range v.Places {
			ranges = append(ranges, p.Range.String())
		}
		return []string{v.Places[0].Place + " in " + strings.Join(ranges, " ")}
	}
	for _, p := range v.Places {
		list = append(list, p.Place+" in "+p.Range.String())
	}
	return list
}

func (r Range) String() string { return fmt.Sprintf("%06x–%06x", uint32(r.From), uint32(r.To)) }

// code prints the table of statements.
func (t *functionText) code() {
	var rows []codeRow
	events := t.f.events()
	for i := range t.f.Statements {
		st := &t.f.Statements[i]
		first := len(rows)
		for k := range st.Insts {
			rows = append(rows, t.instRows(&st.Insts[k], &events)...)
		}
		for len(rows)-first < len(t.sourceCells(st)) {
			rows = append(rows, codeRow{})
		}
		for k, c := range t.sourceCells(st) {
			rows[first+k].source = c
		}
		rows[first].first = true
	}
	wants := []struct {
		name         string
		limit, least int
		style        style
		cell         func(*codeRow) string
	}{
		{ColumnSource, 56, 16, plain, func(r *codeRow) string { return r.source }},
		{ColumnWasm, 44, 20, plain, func(r *codeRow) string { return r.wasm }},
		{ColumnNative, 58, 24, plain, func(r *codeRow) string { return r.native }},
		{ColumnStack, 36, 8, cyan, func(r *codeRow) string { return r.stack }},
		{ColumnVariables, 48, 12, green, func(r *codeRow) string { return r.vars }},
	}
	var cells []func(*codeRow) string
	for _, w := range wants {
		if t.l.has(w.name) {
			t.columns = append(t.columns, column{head: heads[w.name], limit: w.limit, least: w.least, style: w.style})
			cells = append(cells, w.cell)
		}
	}
	if len(cells) == 0 || len(rows) == 0 {
		return
	}
	table := make([][]string, len(rows))
	for i := range rows {
		for _, c := range cells {
			table[i] = append(table[i], c(&rows[i]))
		}
		t.measure(table[i])
	}
	t.fit()
	t.line("")
	t.heads()
	for i, r := range table {
		if rows[i].first {
			t.rule()
		}
		if strings.Join(r, "") == "" {
			continue
		}
		t.row(r, t.styles(&rows[i])...)
	}
}

// heads are what stands above the columns.
var heads = map[string]string{
	ColumnSource: "source", ColumnWasm: "wasm", ColumnNative: "native code (● stop site, ! may trap)",
	ColumnStack: "operand stack", ColumnVariables: "variables from here on",
}

func (t *functionText) styles(r *codeRow) []style {
	var list []style
	for _, name := range ColumnNames {
		if !t.l.has(name) {
			continue
		}
		st := plain
		switch {
		case name == ColumnNative && r.site:
			st = yellow
		case name == ColumnWasm && r.native == "":
			st = faint
		}
		list = append(list, st)
	}
	return list
}

// codeRow is a row of the table of statements.
type codeRow struct {
	first, site                       bool
	source, wasm, native, stack, vars string
}

func (t *functionText) instRows(in *Inst, events *[]event) []codeRow {
	rows := make([]codeRow, max(1, len(in.Native)))
	if in.Wasm != "" {
		rows[0].wasm = fmt.Sprintf("%06x %s%s", uint32(in.Code), strings.Repeat(" ", min(in.Depth, 12)), in.Wasm)
	}
	rows[0].stack = strings.Join(in.Operands, ", ")
	for i := range in.Native {
		n := &in.Native[i]
		mark := " "
		if n.Site {
			mark, rows[i].site = "●", true
		}
		rows[i].native = fmt.Sprintf("%06x %s %s", uint32(n.Text), mark, n.Asm)
		if n.Trap != "" {
			rows[i].native += " !"
		}
		if n.Trap != "" && n.Trap != trapText(abi.TrapMemory) {
			rows[i].native += " " + n.Trap
		}
		for _, e := range takeEvents(events, n.Text) {
			if rows[i].vars != "" {
				rows[i].vars += "; "
			}
			rows[i].vars += e
		}
	}
	return rows
}

func (t *functionText) sourceCells(st *Statement) []string {
	if st.Apart != "" {
		return []string{"(" + st.Apart + ")"}
	}
	var cells []string
	if n := len(st.Inside); n > 0 {
		cells = append(cells, "in "+debugger.BriefName(st.Inside[n-1].Function))
	}
	switch {
	case st.Line == 0:
		cells = append(cells, "(no line)")
	case len(st.Inside) > 0 || st.File != t.f.File:
		cells = append(cells, fmt.Sprintf("%s:%d %s", path.Base(st.File), st.Line, strings.TrimSpace(detab(st.Source))))
	default:
		cells = append(cells, fmt.Sprintf("%4d %s", st.Line, strings.TrimPrefix(detab(st.Source), t.indent)))
	}
	return cells
}

func detab(s string) string { return strings.ReplaceAll(s, "\t", "    ") }

// event is a change of where a variable is.
type event struct {
	at       abi.TextOffset
	variable int
	text     string
}

// takeEvents takes what happens up to pc from the list: for each variable the last change.
func takeEvents(events *[]event, pc abi.TextOffset) []string {
	list := *events
	n := 0
	for n < len(list) && list[n].at <= pc {
		n++
	}
	*events = list[n:]
	var texts []string
	for i, e := range list[:n] {
		if !slices.ContainsFunc(list[i+1:n], func(later event) bool { return later.variable == e.variable }) {
			texts = append(texts, e.text)
		}
	}
	return texts
}

// events lists where variables that have no one place in all of the function come, move and go.
func (f *Function) events() []event {
	var list []event
	for i := range f.Variables {
		v := &f.Variables[i]
		if v.Whole(f) {
			continue
		}
		for k, p := range v.Places {
			list = append(list, event{p.From, i, assignment(v.Name, p.Place)})
			follows := k+1 < len(v.Places) && v.Places[k+1].From <= p.To
			if _, inScope := v.At(p.To); inScope && !follows && p.To < f.TextEnd {
				list = append(list, event{p.To, i, assignment(v.Name, optimizedOut)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return int(int64(a.at) - int64(b.at)) })
	return list
}

// assignment says that a variable is at a place, or what it is.
func assignment(name, place string) string {
	if strings.HasPrefix(place, "= ") {
		return name + " " + place
	}
	return name + ": " + place
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}
