package symbols

import (
	"slices"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// TypeNames lists the qualified names of complete types that contain part, sorted; more tells that there are more than most. A part
// without :: is looked for in the types' own names only.
func (t *Table) TypeNames(part string, most int) (list []string, more bool) {
	set := map[string]bool{}
	if !t.indexedTypes(part, most, set) {
		clear(set)
		own := !strings.Contains(part, "::") // else it may stand in a namespace's name
		for _, u := range t.units {
			for name, off := range u.typeNames() {
				if len(set) > most || own && !strings.Contains(name, part) {
					continue
				}
				if e, err := t.info.Entry(off); err == nil {
					if full, ok := typeLike(e, part); ok {
						set[full] = true
					}
				}
			}
		}
	}
	for n := range set {
		list = append(list, n)
	}
	slices.Sort(list)
	if len(list) > most {
		return list[:most], true
	}
	return list, false
}

// InlineStd leaves out the namespaces that standard libraries of C++ keep their versions apart with: std::__1::vector becomes
// std::vector, as a person writes it.
var InlineStd = strings.NewReplacer("std::__1::", "std::", "std::__2::", "std::", "std::__ndk1::", "std::", "std::__cxx11::", "std::")

// Unversioned is a name without what C++'s libraries put into it to tell their versions apart, std::__2::map::find[abi:v160000].
func Unversioned(full string) string {
	if strings.Contains(full, "[abi:") {
		parts := strings.Split(full, "[abi:")
		for i := range parts[1:] {
			_, parts[i+1], _ = strings.Cut(parts[i+1], "]")
		}
		full = strings.Join(parts, "")
	}
	return InlineStd.Replace(full)
}

// typeLike tells whether a type's name has a part, as a person writes it or in full, and its qualified name.
func typeLike(e info.Entry, part string) (full string, ok bool) {
	name := e.Name()
	if !strings.Contains(part, "::") && !strings.Contains(name, part) {
		return "", false
	}
	full = qualified(e, name)
	return full, strings.Contains(full, part) || strings.Contains(InlineStd.Replace(full), part)
}

// indexedTypes collects TypeNames from the index; false, if there is none.
func (t *Table) indexedTypes(part string, most int, set map[string]bool) bool {
	names := t.nameIndex()
	if names == nil {
		return false
	}
	// What is asked for may stand in a namespace's name, which the index has for itself.
	own := !strings.Contains(part, "::")
	budget := t.indexSize() // no entry is shorter than a byte
	var failed error
	err := names.Texts(func(text []byte, id index.ID) bool {
		if own && !strings.Contains(string(text), part) {
			return true
		}
		failed = names.Entries(id, func(n index.Entry) bool {
			if budget--; budget < 0 {
				return false
			}
			switch n.Tag {
			case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagBaseType, dwarf.TagTypedef:
			default:
				return true
			}
			e, unread := t.info.Entry(info.Offset(n.Unit + n.DIE))
			if unread != nil || e.Flag(dwarf.AttrDeclaration) {
				return true
			}
			if full, ok := typeLike(e, part); ok {
				set[full] = true
			}
			return len(set) <= most
		})
		return len(set) <= most && failed == nil && budget >= 0
	})
	return t.wholeIndex(budget, err, failed)
}

// wholeIndex reports whether the name index was read without a failure and within the budget; one that was not is
// not used again. What was interrupted is taken for whole, since nobody waits for more.
func (t *Table) wholeIndex(budget int, failures ...error) bool {
	for _, err := range failures {
		if err != nil {
			return t.failed(err)
		}
	}
	if budget < 0 {
		return t.failed(errOverlap)
	}
	return true
}

// FunctionsBeginning lists unqualified names of functions that begin with a few letters, at most so many, without reading what the
// functions are; ok is false where there is no index of names.
func (t *Table) FunctionsBeginning(prefix string, most int) (list []string, ok bool) {
	names := t.nameIndex()
	if names == nil {
		return nil, false
	}
	type hit struct {
		text string
		id   index.ID
	}
	var hits []hit
	err := names.Texts(func(text []byte, id index.ID) bool {
		if strings.HasPrefix(string(text), prefix) && !strings.HasPrefix(string(text), "_Z") && !strings.HasPrefix(string(text), "_R") {
			hits = append(hits, hit{string(text), id})
		}
		return true
	})
	budget := t.indexSize()
	for i := 0; i < len(hits) && err == nil && len(list) < most; i++ {
		function := false
		err = names.Entries(hits[i].id, func(n index.Entry) bool {
			budget--
			function = n.Tag == dwarf.TagSubprogram
			return !function && budget > 0
		})
		if function {
			list = append(list, hits[i].text)
		}
	}
	if err != nil {
		return nil, t.failed(err)
	}
	slices.Sort(list)
	return slices.Compact(list), true
}
