package symbols

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

var errOverlap = errors.New("the index of names: lists of entries overlap")

// FunctionNames lists the names of functions with code that contain part, sorted.
func (t *Table) FunctionNames(part string) []string {
	set := map[string]bool{}
	if !t.indexedNames(part, set) {
		clear(set)
		for _, f := range t.AllFunctions() {
			if strings.Contains(f.Name, part) {
				set[f.Name] = true
			}
		}
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// indexedNames collects FunctionNames from the strings of the index. It reports false if there
// is no index, or if part has nothing that stands in a mangled name as it is.
func (t *Table) indexedNames(part string, set map[string]bool) bool {
	names := t.nameIndex()
	pattern := []byte(longestIdentifier(part))
	if names == nil || len(pattern) < 3 {
		return false
	}
	type hit struct {
		id      index.ID
		linkage bool
		own     bool // the text has the pattern
	}
	var hits []hit
	err := names.Texts(func(text []byte, id index.ID) bool {
		h := hit{id, bytes.HasPrefix(text, []byte("_Z")) || bytes.HasPrefix(text, []byte("_R")), bytes.Contains(text, pattern)}
		// A function without a linkage name may have the pattern in what it stands in.
		if h.own || !h.linkage {
			hits = append(hits, h)
		}
		return true
	})
	budget := t.indexSize() // no entry is shorter than a byte
	for i := 0; i < len(hits) && err == nil; i++ {
		h := hits[i]
		err = names.Entries(h.id, func(n index.Entry) bool {
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
			e, failed := t.info.Entry(info.Offset(n.Unit + n.DIE))
			if failed != nil {
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
			if strings.Contains(f.Name, part) {
				set[f.Name] = true
			}
			return !h.linkage // all others of a linkage name have the same
		})
	}
	if err == nil && budget < 0 {
		err = errOverlap
	}
	if err != nil {
		t.damagedIndex(err)
		return false
	}
	for i := range t.data.Funcs {
		fr := &t.data.Funcs[i]
		if !strings.Contains(fr.Name, string(pattern)) {
			continue
		}
		f := t.plainFunction(fr)
		if !strings.Contains(f.Name, part) || set[withoutParameters(f.Name)] {
			continue
		}
		if known := t.Function(fr.Body); known == nil || known.Unit == nil {
			set[f.Name] = true
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
		t.damagedIndex(err)
		out = nil
	}
	for _, g := range t.Globals() {
		if match([]byte(g.Name)) {
			out = append(out, g)
		}
	}
	return out
}
