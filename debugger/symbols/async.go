package symbols

import (
	"slices"
	"strings"

	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// asyncBody tells whether f is what rustc makes of the body of an async fn: a function of its own
// below the name that the source gives, which each poll calls. Under the name itself is only what
// makes the future.
func (f *Function) asyncBody() bool { return strings.HasPrefix(f.Short, "{async_fn#") }

// AsyncPlaces finds where the bodies of the async functions called name begin: their first
// statements, which run in the first poll, in each inlined copy too.
func (t *Table) AsyncPlaces(name string) []Place {
	if strings.HasSuffix(name, "}") {
		return nil
	}
	var out []Place
	add := func(f *Function, u *Unit, rs []Range, inlined bool) {
		var first *lineRow
		from := uint32(f.Line)
		for _, r := range u.rowsIn(rs) {
			if r.flags&line.Stmt == 0 || r.line == 0 || !t.isIn(f, r) {
				continue
			}
			// What stands at the line of the name looks where the future waits, in each poll.
			if first == nil || r.line > from && (first.line <= from || r.line < first.line) {
				first = r
			}
		}
		if first == nil {
			return
		}
		p := t.place(first.text)
		p.Func, p.Inlined = f, inlined
		if !slices.ContainsFunc(out, func(o Place) bool { return o.Text == p.Text }) {
			out = append(out, p)
		}
	}
	var origins []info.Offset
	for _, closure := range []string{"::{{closure}}", "::{closure#0}"} { // the two ways of mangling
		for _, f := range t.Functions(name + closure) {
			if !f.asyncBody() {
				continue
			}
			if len(f.Ranges) > 0 {
				add(f, f.Unit, f.Ranges, false)
			}
			if f.origin != 0 && !slices.Contains(origins, f.origin) {
				origins = append(origins, f.origin)
			}
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

// isIn reports whether the innermost function at a row is f.
func (t *Table) isIn(f *Function, r *lineRow) bool {
	fs := t.Frames(r.text)
	if len(fs) == 0 || fs[0].Func == nil {
		return false
	}
	in := fs[0].Func
	return in == f || in.origin != 0 && in.origin == f.origin
}
