package symbols

import (
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// asyncBody tells whether f is what rustc makes of the body of an async fn: a function of its own
// below the name that the source gives, which each poll calls. Under the name itself is only what
// makes the future.
func (f *Function) asyncBody() bool { return strings.HasPrefix(f.Short, "{async_fn#") }

// resumes tells whether f is the body of something that waits and goes on where it waited.
func (f *Function) resumes() bool {
	return f != nil && (f.asyncBody() || strings.HasPrefix(f.Short, "{async_block#") || strings.HasPrefix(f.Short, "{async_closure_body#") ||
		strings.HasPrefix(f.Short, "{coroutine#") || strings.HasPrefix(f.Short, "{generator#"))
}

// whereBegun is the row at which a line of such a body begins; first is one of the line. The code that goes on at an
// .await of the line may stand before all else, and does not run if it need not wait: one row with the column of the .await,
// where the code that begins the line has others, too.
func (t *Table) whereBegun(first *lineRow, f *Frame) *lineRow {
	u := t.lineUnitAt(first.text)
	if u == nil {
		return first
	}
	var run *lineRow
	var columns []uint32
	rows, runs := 0, 0
	var alone *lineRow
	found := func() *lineRow { // at the end of a run of rows
		defer func() { run, columns, rows = nil, nil, 0 }()
		switch {
		case run == nil:
			return nil
		case len(columns) > 1, runs == 0 && rows > 1:
			return run
		}
		if runs++; alone == nil {
			alone = run
		}
		return nil
	}
	for _, r := range u.rowsIn(f.Ranges) {
		if r.line == 0 {
			continue
		}
		fs := []*Frame(nil)
		if r.line == first.line && r.file == first.file {
			fs = t.Frames(r.text)
		}
		if len(fs) == 0 || !fs[0].Same(f) {
			if at := found(); at != nil {
				return at
			}
			continue
		}
		if run == nil && r.flags&line.Stmt != 0 {
			run = r
		}
		rows++
		if !slices.Contains(columns, r.column) {
			columns = append(columns, r.column)
		}
	}
	if at := found(); at != nil {
		return at
	}
	if alone != nil {
		return alone
	}
	return first
}

// whereEnded is where the line begins that such a body ends with, its }: there is code for each of the ways that lead
// there, after which comes a return that they share and that those who wait have too. It is nil for any other line.
func (t *Table) whereEnded(first *lineRow, f *Frame) (ends []*lineRow) {
	u := t.lineUnitAt(first.text)
	if u == nil || first.column == 0 || int(first.line) <= f.Func.Line {
		return nil
	}
	var last *lineRow
	for _, r := range u.rowsIn(f.Ranges) {
		if r.line == 0 || r.file != first.file {
			last = r
			continue
		}
		if r.line > first.line {
			return nil
		}
		if r.line == first.line && r.column == first.column && r.flags&line.Stmt != 0 && (last == nil || last.line != r.line || last.file != r.file) {
			if fs := t.Frames(r.text); len(fs) > 0 && fs[0].Same(f) {
				ends = append(ends, r)
			}
		}
		last = r
	}
	return ends
}

// asyncBodies finds the bodies of the async functions called name. Their linkage names end in a closure's; they are looked
// for by the last part that they have in the debug information, which nothing else has: to find that a large program has
// none takes no time then.
func (t *Table) asyncBodies(name string) (bodies []*Function) {
	found, ok := t.functionsCalled("{async_fn#0}", "")
	for _, closure := range []string{"::{{closure}}", "::{closure#0}"} { // the two ways of mangling
		if ok {
			bodies = append(bodies, t.chosen(newNameQuery(name+closure), found)...)
		} else {
			bodies = append(bodies, t.Functions(name+closure)...)
		}
	}
	return slices.DeleteFunc(arrange(bodies), func(f *Function) bool { return !f.asyncBody() })
}

// AsyncPlaces finds where the bodies of the async functions called name begin: their first
// statements, which run in the first poll, in each inlined copy too.
func (t *Table) AsyncPlaces(name string) []Place {
	if strings.HasSuffix(name, "}") {
		return nil
	}
	var out []Place
	add := func(f *Function, u *Unit, rs []Range, inlined bool) {
		p, ok := t.bodyPlace(f, u, rs, inlined)
		if ok && !slices.ContainsFunc(out, func(o Place) bool { return o.Text == p.Text }) {
			out = append(out, p)
		}
	}
	var origins []info.Offset
	for _, f := range t.asyncBodies(name) {
		if len(f.Ranges) > 0 {
			add(f, f.Unit, f.Ranges, false)
		}
		if f.origin != 0 && !slices.Contains(origins, f.origin) {
			origins = append(origins, f.origin)
		}
	}
	for _, o := range origins {
		for _, c := range t.copiesOf(o) {
			if e, err := t.info.Entry(c.entry); err == nil && t.unitOf(c.entry) != nil {
				add(t.abstractFunction(o), t.unitOf(c.entry), t.ranges(&e), true)
			}
		}
	}
	return out
}

// bodyPlace finds where such a body, f, begins: its first statement behind the line of its name. What stands at that line looks
// where the future waits, in each poll. ok is false without any statement.
func (t *Table) bodyPlace(f *Function, u *Unit, rs []Range, inlined bool) (p Place, ok bool) {
	var first *lineRow
	from := uint32(f.Line)
	for _, r := range u.rowsIn(rs) {
		if r.flags&line.Stmt == 0 || r.line == 0 || !t.isIn(f, r) {
			continue
		}
		if first == nil || r.line > from && (first.line <= from || r.line < first.line) {
			first = r
		}
	}
	if first == nil {
		return Place{}, false
	}
	p = t.place(first.text)
	p.Func, p.Inlined = f, inlined
	return p, true
}

// bodiesOf finds where the bodies begin that a line opens: the one that fr, which has that line, is, or those of the async
// function whose futures it makes. It finds none if the line is all that there is of a body.
func (t *Table) bodiesOf(pc abi.TextOffset, fr *Frame) (begun []Place) {
	f := fr.Func
	if f.resumes() {
		if p, ok := t.bodyPlace(f, t.lineUnitAt(pc), fr.Ranges, fr.Inlined); ok && p.Line > f.Line {
			begun = append(begun, p)
		}
		return begun
	}
	if f.Unit == nil || f.Unit.Language != LangRust {
		return nil
	}
	for _, p := range t.AsyncPlaces(f.Name) {
		if p.Func.Line >= f.Line && p.Line > f.Line {
			begun = append(begun, p)
		}
	}
	return begun
}

// withBegun adds the bodies that a line opens to the line's other places: those of async functions, and those of blocks only
// where nothing else is. What makes a block's future is the program's code, and the block has lines of its own.
func withBegun(places, bodies []Place) []Place {
	others := slices.ContainsFunc(places, func(p Place) bool { return !isDropGlue(p.Func) })
	for _, b := range bodies {
		if b.Func.asyncBody() || !others {
			if !slices.ContainsFunc(places, func(p Place) bool { return p.Text == b.Text }) {
				places = append(places, b)
			}
		}
	}
	return places
}

// isDropGlue tells whether f is what rustc makes to drop values of a type.
func isDropGlue(f *Function) bool {
	return f != nil && strings.HasPrefix(f.Name, "core::ptr::drop_in_place")
}

// isIn reports whether the innermost function at a row is f.
func (t *Table) isIn(f *Function, r *lineRow) bool {
	fs := t.Frames(r.text)
	if len(fs) == 0 || fs[0].Func == nil {
		return false
	}
	in := fs[0].Func
	return in == f || in.origin != 0 && in.origin == f.origin
}

// withoutGlue leaves out, where a line begins or ends the body of an async function, what else has that line: the function
// that makes the future, and those that drop one. Of an async block's line, what makes the future is the program's, and the
// body is left out: it has its own lines.
func withoutGlue(places []Place) []Place {
	i := slices.IndexFunc(places, func(p Place) bool { return p.Func.resumes() && p.Line > p.Func.Line })
	if i < 0 {
		return places
	}
	outer, _, _ := strings.Cut(places[i].Func.Name, "::{")
	async := places[i].Func.asyncBody()
	return slices.DeleteFunc(places, func(p Place) bool {
		return p.Func != nil && async && p.Func.Name == outer || isDropGlue(p.Func)
	})
}
