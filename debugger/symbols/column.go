package symbols

import (
	"sort"

	"sphex/aot/abi"
	"sphex/dwarf/line"
)

// ColumnPlaces finds the places of the statement at a line and column of a file, whose path is as
// LinePlaces returns it: one in each function, inlined copies counted by themselves.
func (t *Table) ColumnPlaces(path string, at, column int) []Place {
	var hits []*lineRow
	for _, u := range t.fileUnits(path) {
		is := u.fileNumbers(path)
		rows := u.lineRows()
		for i := range rows {
			if r := &rows[i]; r.flags&line.Stmt != 0 && is[r.file] && int64(r.line) == int64(at) && int64(r.column) == int64(column) {
				hits = append(hits, r)
			}
		}
	}
	var out []Place
	t.firstOfCopies(hits, func(pc abi.TextOffset, _ *Frame) { out = append(out, t.place(pc)) })
	return out
}

// firstOfCopies calls visit with the first row of each function and of each copy of one that is inlined: one that is
// inlined twice at one place is two.
func (t *Table) firstOfCopies(rows []*lineRow, visit func(abi.TextOffset, *Frame)) {
	sort.Slice(rows, func(i, j int) bool { return rows[i].text < rows[j].text })
	type key struct {
		outer *Function
		block *block
	}
	seen := map[key]bool{}
	for _, r := range rows {
		fs := t.Frames(r.text)
		if len(fs) == 0 || seen[key{fs[0].Outer, fs[0].block}] {
			continue
		}
		seen[key{fs[0].Outer, fs[0].block}] = true
		if fs[0].Func.resumes() {
			if ends := t.whereEnded(r, fs[0]); len(ends) > 0 {
				for _, e := range ends {
					visit(e.text, fs[0])
				}
				continue
			}
			r = t.whereBegun(r, fs[0])
		}
		visit(r.text, fs[0])
	}
}
