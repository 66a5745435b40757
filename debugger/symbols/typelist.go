package symbols

import (
	"slices"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// TypeNames lists the qualified names of complete types that contain part, sorted; more tells that there are more than most.
func (t *Table) TypeNames(part string, most int) (list []string, more bool) {
	set := map[string]bool{}
	if !t.indexedTypes(part, most, set) {
		clear(set)
		for _, u := range t.units {
			for name, off := range u.typeNames() {
				if len(set) > most || !strings.Contains(name, lastName(part)) {
					continue
				}
				if e, err := t.info.Entry(off); err == nil {
					if full := qualified(e, e.Name()); strings.Contains(full, part) {
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

// indexedTypes collects TypeNames from the index; false, if there is none.
func (t *Table) indexedTypes(part string, most int, set map[string]bool) bool {
	names := t.nameIndex()
	if names == nil {
		return false
	}
	// What is asked for may stand in a namespace's name, which the index has for itself.
	own := !strings.Contains(part, "::")
	var hits []index.ID
	err := names.Texts(func(text []byte, id index.ID) bool {
		if !own || strings.Contains(string(text), part) {
			hits = append(hits, id)
		}
		return true
	})
	budget := t.indexSize() // no entry is shorter than a byte
	for i := 0; i < len(hits) && err == nil && len(set) <= most; i++ {
		err = names.Entries(hits[i], func(n index.Entry) bool {
			if budget--; budget < 0 {
				return false
			}
			switch n.Tag {
			case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagBaseType, dwarf.TagTypedef:
			default:
				return true
			}
			e, failed := t.info.Entry(info.Offset(n.Unit + n.DIE))
			if failed != nil || e.Flag(dwarf.AttrDeclaration) {
				return true
			}
			if full := qualified(e, e.Name()); strings.Contains(full, part) {
				set[full] = true
			}
			return len(set) <= most
		})
	}
	if err == nil && budget < 0 {
		err = errOverlap
	}
	if err != nil {
		t.damagedIndex(err)
		return false
	}
	return true
}
