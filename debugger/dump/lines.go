package dump

import (
	"cmp"
	"slices"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/debugger/symbols"
)

// contextLines is how many lines are kept around one that has code.
const contextLines = 3

// lineTable is the function's rows of the line table with what stands at them.
type lineTable struct {
	b       *builder
	rows    []symbols.Row
	sources map[string]sourcePart
	// What stands at the row that was asked for last.
	last      *symbols.Row
	statement Statement
}

// sourcePart is a piece of a source file.
type sourcePart struct {
	first int // number of its first line
	lines []string
}

func (s *sourcePart) line(n int) (string, bool) {
	if n < s.first || n-s.first >= len(s.lines) {
		return "", false
	}
	return s.lines[n-s.first], true
}

func (b *builder) lineTable() *lineTable {
	t := &lineTable{b: b, sources: map[string]sourcePart{}}
	if b.fn == nil {
		return t
	}
	t.rows = b.Symbols().Rows(b.fn)
	slices.SortStableFunc(t.rows, func(x, y symbols.Row) int { return cmp.Compare(x.Text, y.Text) })
	type span struct{ from, to int }
	spans := map[string]span{}
	for _, r := range t.rows {
		if s, ok := spans[r.File]; !ok {
			spans[r.File] = span{r.Line, r.Line}
		} else {
			spans[r.File] = span{min(s.from, r.Line), max(s.to, r.Line)}
		}
	}
	for file, s := range spans {
		// Without the source, the line's number has to do.
		if lines, first, err := b.SourcePart(file, s.from-contextLines, s.to+contextLines); err == nil {
			t.sources[file] = sourcePart{first, lines}
		}
	}
	return t
}

// row returns the row that covers pc.
func (t *lineTable) row(pc abi.TextOffset) *symbols.Row {
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].Text > pc })
	if i == 0 || pc >= t.rows[i-1].End {
		return nil
	}
	return &t.rows[i-1]
}

// at describes the statement that an instruction belongs to.
func (t *lineTable) at(in *inst) Statement {
	r := t.row(in.start)
	if r == nil {
		return Statement{}
	}
	if r.Text == in.start && !in.begins(t.b.f) && in.start > t.b.f.Text {
		// It has no code, and stands before the site of the next statement.
		if before := t.row(in.start - 1); before != nil {
			r = before
		}
	}
	for i := range in.Native {
		if n := &in.Native[i]; n.Site {
			if nr := t.row(n.Text); nr != nil {
				n.Column = nr.Column
			}
		}
	}
	if r != t.last {
		t.last, t.statement = r, t.describe(r)
	}
	return t.statement
}

// describe is the statement that a row stands for.
func (t *lineTable) describe(r *symbols.Row) Statement {
	st := Statement{File: r.File, Line: r.Line, Context: map[int]string{}}
	if r.Line > 0 {
		part := t.sources[r.File]
		st.Source, _ = part.line(r.Line)
		for n := r.Line - contextLines; n <= r.Line+contextLines; n++ {
			if text, ok := part.line(n); ok {
				st.Context[n] = text
			}
		}
	}
	chain := t.b.Symbols().Frames(r.Text)
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i].Inlined {
			call := chain[i+1]
			st.Inside = append(st.Inside, Call{chain[i].Func.Name, call.File, call.Line})
		}
	}
	return st
}

// begins reports whether a statement may begin at the instruction: there is code for it, or a site.
func (in *inst) begins(f *codemap.Func) bool {
	if len(in.Native) > 0 {
		return true
	}
	i := sort.Search(len(f.Sites), func(i int) bool { return f.Sites[i].Wasm >= in.Code })
	return i < len(f.Sites) && f.Sites[i].Wasm == in.Code
}
