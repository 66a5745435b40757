package symbols

import (
	"sphex/dwarf/line"
)

// callPlaces finds the places of a line that no row names: all of its code is that of calls which were inlined. Such a
// line begins where the first of these calls begins in its caller, whether that is a function or was inlined itself.
func (t *Table) callPlaces(path string, want int) []Place {
	var out []Place
	for _, u := range t.fileUnits(path) {
		for _, f := range u.scanned().funcs {
			if root := f.blocks(); root != nil {
				out = u.callsFrom(out, root, root, path, want)
			}
		}
	}
	return out
}

// callsFrom appends the place of the first call from a line in a function or an inlined copy, caller, and those in
// the copies inside of it. b is what of the caller is looked at.
func (u *Unit) callsFrom(out []Place, caller, b *block, path string, want int) []Place {
	for _, c := range b.children {
		if !c.inlined {
			out = u.callsFrom(out, caller, c, path, want)
			continue
		}
		if c.callLine == want && u.path(c.callFile) == path {
			for _, r := range u.rowsIn(c.ranges) {
				if r.flags&line.Stmt == 0 || r.line == 0 {
					continue
				}
				p := Place{Text: r.text, Func: caller.fn, Inlined: caller.inlined, File: path, Line: want, Column: c.callCol}
				if n := len(out) - 1; n >= 0 && out[n].Func == p.Func && contains(caller.ranges, out[n].Text) {
					if p.Text < out[n].Text {
						out[n] = p
					}
				} else {
					out = append(out, p)
				}
				break
			}
		}
		out = u.callsFrom(out, c, c, path, want)
	}
	return out
}
