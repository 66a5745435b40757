package symbols

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

var errOverlap = errors.New("the index of names: lists of entries overlap")

// FunctionNames lists the names of functions with code that contain part, sorted.
func (t *Table) FunctionNames(part string) []string {
	return t.FunctionNamesLike(part, math.MaxInt, func(string) bool { return true })
}

// FunctionNamesLike is FunctionNames for those that fit, and for so many of them at most.
func (t *Table) FunctionNamesLike(part string, most int, fits func(name string) bool) []string {
	want := wantedNames{part: part, most: most, fits: fits, found: map[string]bool{}}
	if !t.indexedNames(&want) {
		clear(want.found)
		for _, f := range t.AllFunctions() {
			if !want.add(f.Name) {
				break
			}
		}
	}
	set := want.found
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// wantedNames is what FunctionNamesLike looks for, and has found.
type wantedNames struct {
	part  string
	most  int
	fits  func(name string) bool
	found map[string]bool
}

// add takes a name if it is wanted. It reports false once there are enough.
func (w *wantedNames) add(name string) (more bool) {
	if strings.Contains(name, w.part) && w.fits(name) {
		w.found[name] = true
	}
	return len(w.found) < w.most
}

// indexedNames collects names from the strings of the index. It reports false if there
// is no index, or if the part has nothing that stands in a mangled name as it is.
func (t *Table) indexedNames(want *wantedNames) bool {
	names, part := t.nameIndex(), want.part
	pattern := []byte(longestIdentifier(part))
	if last := longestIdentifier(lastPart(part)); len(last) >= 3 { // namespaces stand in many names
		pattern = []byte(last)
	}
	if names == nil || len(pattern) < 3 {
		return false
	}
	std := string(pattern) == "std"
	type hit struct {
		linkage bool
		own     bool // the text has the pattern
	}
	budget := t.indexSize() // no entry is shorter than a byte
	more := true
	var failed error
	err := names.Texts(func(text []byte, id index.ID) bool {
		h := hit{bytes.HasPrefix(text, []byte("_Z")) || bytes.HasPrefix(text, []byte("_R")), bytes.Contains(text, pattern)}
		if std && h.linkage && !h.own { // which is mangled in a way of its own
			h.own = bytes.Contains(text, []byte("St")) || bytes.Contains(text, []byte("S")) && bytes.HasPrefix(text, []byte("_ZNS"))
		}
		if !h.own && h.linkage {
			return true
		}
		// A function without a linkage name may have the pattern in what it stands in.
		failed = names.Entries(id, func(n index.Entry) bool {
			if budget--; budget < 0 {
				return false
			}
			if n.Tag != dwarf.TagSubprogram {
				return true
			}
			top := n.ParentKnown && n.Parent == 0
			if top && !h.own {
				return true // its own name is the whole
			}
			e, unread := t.info.Entry(info.Offset(n.Unit + n.DIE))
			if unread != nil {
				return true
			}
			f := &Function{}
			decl, name := f.names(e)
			mangled := strings.HasPrefix(f.Linkage, "_Z") || strings.HasPrefix(f.Linkage, "_R")
			if mangled && !h.own {
				return true // the text of the linkage name tells
			}
			if top && decl.Offset == e.Offset && (!mangled || displayName(f.Linkage) == "") {
				f.Name = name
			} else {
				f.title(decl, name)
			}
			more = want.add(f.Name)
			return more && !h.linkage // all others of a linkage name have the same
		})
		return more && failed == nil && budget >= 0
	})
	if !t.wholeIndex(budget, err, failed) {
		return false
	}
	for i := 0; i < len(t.data.Funcs) && more; i++ {
		fr := &t.data.Funcs[i]
		if !strings.Contains(fr.Name, string(pattern)) {
			continue
		}
		f := t.plainFunction(fr)
		if !strings.Contains(f.Name, part) || want.found[withoutParameters(f.Name)] {
			continue
		}
		if known := t.Function(fr.Body); known == nil || known.Unit == nil {
			more = want.add(f.Name)
		}
	}
	return true
}

// KnownPath reports whether each part of a path is the name of something; what has no index knows all.
func (t *Table) KnownPath(path string) bool {
	names := t.nameIndex()
	if names == nil {
		return true
	}
	for _, part := range strings.Split(path, "::") {
		if part == "" || longestIdentifier(part) != part { // {impl#0}, Vec<T>
			continue
		}
		known := false
		if err := names.Lookup(part, func(index.Entry) bool {
			known = true
			return false
		}); err != nil || !known {
			return err != nil
		}
	}
	return true
}

// withoutParameters cuts the parameters off a name that the linker demangled.
func withoutParameters(name string) string {
	name = strings.TrimSuffix(name, " const")
	if !strings.HasSuffix(name, ")") {
		return name
	}
	depth := 0
	for i := len(name) - 1; i > 0; i-- {
		switch name[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return name[:i]
			}
		}
	}
	return name
}

// GlobalsEnding finds the statics and globals whose own name ends in suffix, which must not be
// empty; those of functions may be among them. Their Full is their name.
func (t *Table) GlobalsEnding(suffix string) []*Variable {
	end := []byte(suffix)
	return t.globalsWhose(func(name []byte) bool { return bytes.HasSuffix(name, end) })
}

// GlobalsStarting does the same for names that begin with prefix.
func (t *Table) GlobalsStarting(prefix string) []*Variable {
	start := []byte(prefix)
	return t.globalsWhose(func(name []byte) bool { return bytes.HasPrefix(name, start) })
}

func (t *Table) globalsWhose(match func(name []byte) bool) []*Variable {
	var out []*Variable
	if names := t.nameIndex(); names != nil {
		var ids []index.ID
		err := names.Texts(func(text []byte, id index.ID) bool {
			if match(text) {
				ids = append(ids, id)
			}
			return true
		})
		for i := 0; i < len(ids) && err == nil; i++ {
			err = names.Entries(ids[i], func(n index.Entry) bool {
				if !isVariable(n.Tag) {
					return true
				}
				if e, err := t.info.Entry(info.Offset(n.Unit + n.DIE)); err == nil {
					if v := t.newVariable(&e); v.located && match([]byte(v.Name)) {
						v.Static = true
						out = append(out, v)
					}
				}
				return true
			})
		}
		if err == nil {
			slices.SortStableFunc(out, func(a, b *Variable) int { return cmp.Compare(a.entry.Offset, b.entry.Offset) })
			return out
		}
		if out = nil; t.failed(err) {
			return nil
		}
	}
	for _, g := range t.Globals() {
		if match([]byte(g.Name)) {
			out = append(out, g)
		}
	}
	return out
}
