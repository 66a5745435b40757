package symbols

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// scanAll walks all units, in parallel. It reports false, and does not, when who asks does not wait for
// what there is to walk over.
func (t *Table) scanAll() bool {
	if !t.finish() {
		return false
	}
	t.eachUnit(func(u *Unit) {
		u.root()
		u.scanned()
	})
	return true
}

// eachUnit calls f for all units, on all processors.
func (t *Table) eachUnit(f func(*Unit)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(t.units); i = int(next.Add(1)) - 1 {
				f(t.units[i])
			}
		})
	}
	wg.Wait()
}

// names builds the index of function names. It reports false, and does not, when who asks does not wait.
func (t *Table) names() bool {
	if !t.finish() {
		return false
	}
	t.namesOnce.Do(func() {
		t.scanAll()
		t.byName = map[string][]*Function{}
		t.copies = map[info.Offset][]inlineCopy{}
		known := map[uint32]bool{}
		for _, u := range t.units {
			for _, f := range u.funcs {
				if t.Function(f.Entry) != f { // replaced by another definition
					continue
				}
				t.all = append(t.all, f)
				if f.HasIndex {
					known[f.Index] = true
				}
			}
			for _, c := range u.inlined {
				t.copies[c.origin] = append(t.copies[c.origin], c)
			}
		}
		for i := range t.data.Funcs {
			if fr := &t.data.Funcs[i]; !known[fr.Index] {
				t.all = append(t.all, t.plainFunction(fr))
			}
		}
		sort.SliceStable(t.all, func(i, j int) bool { return t.all[i].Entry < t.all[j].Entry })
		add := func(f *Function) {
			last := lastPart(stripArgs(f.Name))
			t.byName[last] = append(t.byName[last], f)
			more := []string{f.Short, f.Linkage, Unversioned(last)}
			for i, n := range more {
				if n != "" && n != last && !slices.Contains(more[:i], n) {
					t.byName[n] = append(t.byName[n], f)
				}
			}
		}
		for _, f := range t.all {
			add(f)
		}
		origins := make([]info.Offset, 0, len(t.copies))
		for o := range t.copies {
			origins = append(origins, o)
		}
		sort.Slice(origins, func(i, j int) bool { return origins[i] < origins[j] })
		for _, o := range origins {
			add(t.abstractFunction(o))
		}
	})
	return true
}

// AllFunctions lists every function with code, ascending by Entry.
func (t *Table) AllFunctions() []*Function {
	if !t.names() {
		return nil
	}
	return t.all
}

// Functions finds functions by name: the qualified name, any suffix of it at a `::`, with
// or without template arguments, or a linkage name. Functions that exist only inlined are
// there too, with empty Ranges. What DW_AT_name says counts before what a linkage name
// says, which differs for inherited constructors and for closures.
func (t *Table) Functions(name string) []*Function { return t.functionsOf(newNameQuery(name)) }

func (t *Table) functionsOf(q nameQuery) []*Function {
	if out, ok := t.indexedFunctions(q); ok {
		return out
	}
	return t.scannedFunctions(q)
}

// scannedFunctions is Functions without an index of names.
func (t *Table) scannedFunctions(q nameQuery) []*Function {
	if !t.names() {
		return nil
	}
	var byName, byLinkage []*Function
	for _, key := range q.keys() {
		for _, f := range t.byName[key] {
			switch {
			case !q.matches(f):
			case f.Short == key || strings.HasPrefix(f.Short, key+"<") || f.Linkage == key || f.Unit == nil:
				byName = append(byName, f)
			default: // only the linkage name says so
				byLinkage = append(byLinkage, f)
			}
		}
	}
	if len(byName) > 0 {
		return arrange(byName)
	}
	return arrange(byLinkage)
}

// Place is a text address that a breakpoint can bind to.
type Place struct {
	Text         abi.TextOffset
	Func         *Function // the innermost one, which may be inlined there
	Inlined      bool
	File         string
	Line, Column int
}

// place describes pc.
func (t *Table) place(pc abi.TextOffset) Place {
	p := Place{Text: pc}
	if fs := t.Frames(pc); len(fs) > 0 {
		p.Func, p.Inlined, p.File, p.Line, p.Column = fs[0].Func, fs[0].Inlined, fs[0].File, fs[0].Line, fs[0].Column
	}
	return p
}

// placeOf describes pc as a place of f: what is inlined there does not matter.
func (t *Table) placeOf(pc abi.TextOffset, f *Function, inlined bool) Place {
	p := t.place(pc)
	p.Func, p.Inlined = f, inlined
	for _, fr := range t.Frames(pc) {
		if fr.Func == f {
			p.File, p.Line, p.Column = fr.File, fr.Line, fr.Column
		}
	}
	return p
}

// FuncPlaces finds the places behind the prologues of the functions called name, in each
// inlined copy too; Trait::f is a name of each function that implements it. The error is a *FuncError.
func (t *Table) FuncPlaces(name string) ([]Place, error) {
	var out []Place
	q := newNameQuery(name)
	q.impls = true
	fs := t.functionsOf(q)
	seen := map[abi.TextOffset]bool{}
	add := func(pc abi.TextOffset, f *Function, inlined bool) {
		if !seen[pc] {
			seen[pc] = true
			out = append(out, t.placeOf(pc, f, inlined))
		}
	}
	var origins []info.Offset
	for _, f := range fs {
		if len(f.Ranges) > 0 {
			add(t.PrologueEnd(f), f, false)
		}
		if f.origin != 0 {
			origins = append(origins, f.origin)
		}
	}
	slices.Sort(origins)
	for _, o := range slices.Compact(origins) {
		for _, c := range t.copiesOf(o) {
			e, err := t.info.Entry(c.entry)
			u := t.unitOf(c.entry)
			if err != nil || u == nil {
				continue
			}
			rs := t.ranges(&e)
			for _, r := range u.rowsIn(rs) {
				if r.flags&line.Stmt != 0 && r.line != 0 {
					add(r.text, t.abstractFunction(o), true)
					break
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, &FuncError{Name: name, Nearest: t.nearestFuncs(name)}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Text < out[j].Text })
	return out, nil
}

// LinePlaces finds the places of a source line: of that line, or of the next line of the
// same file that has code. File may be a suffix of the path. It returns the path and line
// that it bound to. Errors are *FileError or *LineError.
func (t *Table) LinePlaces(file string, line int) (path string, bound int, places []Place, err error) {
	files := t.FindFiles(file)
	switch {
	case len(files) == 0:
		return "", 0, nil, &FileError{Name: file, Files: t.nearestFiles(file)}
	case len(files) > 1:
		return "", 0, nil, &FileError{Name: file, Files: files, Ambiguous: true}
	}
	path = files[0]
	bound, places = t.linePlaces(path, line)
	if len(places) == 0 {
		return path, 0, nil, &LineError{Path: path, Line: line, Last: t.lastLine(path)}
	}
	return path, bound, places, nil
}

// linePlaces finds the first line of path at or behind want that has statements or calls that were inlined, and one
// place in each function, inlined copies counted by themselves, that has that line.
func (t *Table) linePlaces(path string, want int) (int, []Place) {
	if want < 0 {
		want = 0
	}
	best := maxLine
	var hits []*lineRow
	for _, u := range t.fileUnits(path) {
		is := u.fileNumbers(path)
		rows := u.lineRows()
		for i := range rows {
			r := &rows[i]
			if r.flags&line.Stmt == 0 || r.line == 0 || !is[r.file] || int64(r.line) < int64(want) || int64(r.line) > int64(best) {
				continue
			}
			if int(r.line) < best {
				best, hits = int(r.line), hits[:0]
			}
			hits = append(hits, r)
		}
	}
	if best != want {
		if calls := t.callPlaces(path, want); len(calls) > 0 {
			return want, calls
		}
	}
	var out, bodies []Place
	t.firstOfCopies(hits, func(pc abi.TextOffset, fr *Frame) {
		f := fr.Func
		if f != nil && f.Line == best {
			if begun := t.bodiesOf(pc, fr); len(begun) > 0 {
				bodies = append(bodies, begun...)
				return
			}
		}
		if f != nil && !fr.Inlined {
			// At the line that opens the function, stop where parameters are there.
			if end := t.PrologueEnd(f); pc < end && pc >= f.Entry && contains(f.Ranges, end) {
				out = append(out, t.placeOf(end, f, false))
				return
			}
		}
		out = append(out, t.place(pc))
	})
	out = withBegun(out, bodies)
	return best, withoutGlue(out)
}

func (t *Table) lastLine(path string) int {
	last := 0
	for _, u := range t.fileUnits(path) {
		is := u.fileNumbers(path)
		for _, r := range u.lineRows() {
			if is[r.file] && r.flags&line.Stmt != 0 && int(r.line) > last {
				last = int(r.line)
			}
		}
	}
	return last
}

// Position is a line and a column, 0 for none, both from 1.
type Position struct{ Line, Column int }

// Statements lists where statements of a file begin on the lines between from and to, ascending.
func (t *Table) Statements(path string, from, to int) []Position {
	set := map[Position]bool{}
	for _, u := range t.fileUnits(path) {
		is := u.fileNumbers(path)
		for _, r := range u.lineRows() {
			if n := clampInt(uint64(r.line)); is[r.file] && r.flags&line.Stmt != 0 && n >= from && n <= to && n > 0 {
				set[Position{n, clampInt(uint64(r.column))}] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b Position) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
