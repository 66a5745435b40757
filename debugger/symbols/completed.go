package symbols

import (
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Completed finds the definition of a type of C or C++ that an entry only declares: a unit that has nothing but `struct list;`
// of a type, or whose compiler left the definition to the unit that has the constructor. Where units define different
// types of that name, none is meant for sure, and ok is false.
func (t *Table) Completed(e *info.Entry) (found info.Entry, ok bool) {
	name := e.Name()
	if name == "" {
		return found, false
	}
	full := QualifiedName(*e)
	same := func(tag dwarf.Tag) bool {
		return tag == e.Tag() || tag == dwarf.TagStructureType && e.Tag() == dwarf.TagClassType || tag == dwarf.TagClassType && e.Tag() == dwarf.TagStructureType
	}
	size := uint64(0)
	// add takes a definition in account; more is false when there is no use in going on.
	add := func(d info.Entry) (more bool) {
		n, sized := d.Uint(dwarf.AttrByteSize)
		if !sized {
			return true
		}
		if d.Unit == e.Unit {
			found, ok = d, true
			return false
		}
		if ok && n != size {
			ok = false
			return false
		}
		if !ok {
			found, size, ok = d, n, true
		}
		return true
	}
	if entries, indexed := t.lookup(name, same); indexed {
		for i := range entries {
			n := &entries[i]
			d, err := t.info.Entry(n.offset())
			if err != nil || d.Flag(dwarf.AttrDeclaration) || d.Name() != name || t.qualifiedByIndex(n, d, name) != full {
				continue
			}
			if !add(d) {
				break
			}
		}
		return found, ok
	}
	if !t.finish() {
		return found, false
	}
	for _, u := range t.units {
		off, has := u.typeNames()[full]
		if !has {
			continue
		}
		if d, err := t.info.Entry(off); err == nil && same(d.Tag()) && !add(d) {
			break
		}
	}
	return found, ok
}
