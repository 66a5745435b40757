package symbols

import (
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// EnumIn finds the enumeration with a constant called name whose constants are names of scope, a class or a namespace: of
// exactly that one, or else of one whose qualified name ends so. Of several, the one in first goes before others.
func (t *Table) EnumIn(scope, name string, exact bool, first *Unit) (best info.Offset, ok bool) {
	entries, indexed := t.lookup(name, isEnumerator)
	if !indexed {
		return 0, false
	}
	rank := 0
	for i := range entries {
		if i == maxAlike {
			break
		}
		n := &entries[i]
		e, err := t.info.Entry(n.offset())
		if err != nil || e.Name() != name {
			continue
		}
		enum, has := e.Parent()
		if !has || enum.Tag() != dwarf.TagEnumerationType || enum.Flag(dwarf.AttrEnumClass) {
			continue
		}
		in := ""
		if p, has := enum.Parent(); has {
			in = QualifiedName(p)
			if p.Tag() == dwarf.TagCompileUnit || p.Tag() == dwarf.TagTypeUnit || p.Tag() == dwarf.TagPartialUnit {
				in = ""
			}
		}
		fits := 0
		switch {
		case in == scope:
			fits = 3
		case !exact && strings.HasSuffix(in, "::"+scope):
			fits = 1
		default:
			continue
		}
		if n.unit == first {
			fits++
		}
		if fits > rank {
			best, ok, rank = enum.Offset, true, fits
		}
	}
	return best, ok
}
