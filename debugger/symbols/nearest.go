package symbols

import (
	"bytes"
	"cmp"
	"slices"

	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// near is the name of a function and how far it is from the one that somebody asked for.
type near struct {
	name  string
	d     int
	entry uint64 // the function's code, by which those that are as near are in order
}

// nearestFuncs finds names like a function name that matched nothing.
func (t *Table) nearestFuncs(name string) []string {
	want := lastPart(stripArgs(name))
	best, ok := t.indexedNear(want)
	if !ok {
		best = t.scannedNear(want)
	}
	slices.SortStableFunc(best, func(a, b near) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.entry, b.entry)) })
	var out []string
	for _, b := range best {
		if name := typed(b.name); len(out) < 5 && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// typed is what a person types for a function: its name without the arguments of templates.
func typed(name string) string { return stripArgs(Unversioned(name)) }

// isNear tells whether a name may be meant by another one, and how far it is from that.
func isNear(want, short string) (d int, ok bool) {
	d = distance(want, short)
	return d, d <= 1+len(want)/4
}

// scannedNear looks at all functions.
func (t *Table) scannedNear(want string) (best []near) {
	if !t.names() {
		return nil
	}
	for _, f := range t.all {
		if f.Unit == nil && f.Linkage == "" {
			continue
		}
		if d, ok := isNear(want, f.Short); ok {
			best = append(best, near{f.Name, d, uint64(f.Entry)})
		}
	}
	return best
}

// maxNear bounds how many functions of one name are read.
const maxNear = 8

// indexedNear looks at the names of the index and at the functions that no unit describes; ok is false if
// there is no index.
func (t *Table) indexedNear(want string) (best []near, ok bool) {
	names := t.nameIndex()
	if names == nil {
		return nil, false
	}
	type hit struct {
		id index.ID
		d  int
	}
	var hits []hit
	err := names.Texts(func(text []byte, id index.ID) bool {
		if len(text) > maxNearName {
			return true
		}
		short := stripArgs(string(text))
		if bytes.HasPrefix(text, []byte("_ZT")) { // thunks have no other name
			short = lastPart(stripArgs(displayName(short)))
		}
		if d, ok := isNear(want, short); ok {
			hits = append(hits, hit{id, d})
		}
		return true
	})
	for _, h := range hits {
		if err != nil {
			break
		}
		left := maxNear
		err = names.Entries(h.id, func(n index.Entry) bool {
			if n.Tag != dwarf.TagSubprogram {
				return true
			}
			e, failed := t.info.Entry(info.Offset(n.Unit + n.DIE))
			if failed != nil {
				return true
			}
			f := &Function{}
			f.title(f.names(e))
			if d, ok := isNear(want, f.Short); ok {
				low, _ := e.Addr(dwarf.AttrLowPC)
				entry, _ := t.text(low)
				best = append(best, near{f.Name, d, uint64(entry)})
			}
			left--
			return left > 0
		})
	}
	if err != nil {
		return nil, t.failed(err)
	}
	for i := range t.data.Funcs {
		fr := &t.data.Funcs[i]
		if fr.Name == "" || len(t.unitsAt(fr.Body)) > 0 {
			continue
		}
		f := t.plainFunction(fr)
		if d, ok := isNear(want, f.Short); ok {
			best = append(best, near{f.Name, d, uint64(f.Entry)})
		}
	}
	return best, true
}

// maxNearName is how long a name may be, its template arguments included, that somebody may have meant.
const maxNearName = 256

// SyntheticFunctions lists the functions, ascending by Entry, of units that we made: from a source map or
// from the module's own text.
func (t *Table) SyntheticFunctions() (list []*Function) {
	for _, u := range t.Units() {
		if !debuginfo.IsSynthetic(u.Producer) {
			continue
		}
		for _, f := range u.scanned().funcs {
			if t.Function(f.Entry) == f { // else replaced by another definition
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Function) int { return cmp.Compare(a.Entry, b.Entry) })
	return list
}
