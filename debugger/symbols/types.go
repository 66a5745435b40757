package symbols

import (
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// LanguageOf sorts a DW_LANG number.
func LanguageOf(l dwarf.Lang) Language { return language(l) }

// typeNames indexes the unit's complete types by name, once.
func (u *Unit) typeNames() map[string]info.Offset {
	u.typesOnce.Do(func() {
		u.types, u.enums = map[string]info.Offset{}, map[string]info.Offset{}
		var enum info.Offset
		w := u.info.Walk()
		var e info.Entry
		for w.Next(&e) {
			if e.Depth > maxDepth {
				w.SkipChildren()
				continue
			}
			switch e.Tag() {
			case dwarf.TagEnumerator:
				if name := e.Name(); u.enums[name] == 0 {
					u.enums[name] = enum
				}
			case dwarf.TagEnumerationType:
				enum = e.Offset
			}
			switch e.Tag() {
			case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagBaseType, dwarf.TagTypedef:
				if name := e.Name(); name != "" && !e.Flag(dwarf.AttrDeclaration) {
					if _, ok := u.types[name]; !ok {
						u.types[name] = e.Offset
					}
					if full := qualified(e, name); full != name {
						if _, ok := u.types[full]; !ok {
							u.types[full] = e.Offset
						}
					}
				}
			}
		}
	})
	return u.types
}

// TypeNamed finds a complete type by name or qualified name.
func (t *Table) TypeNamed(name string) (info.Offset, bool) {
	name = strings.TrimPrefix(name, "::")
	if off, found, ok := t.typeCalled(name); ok {
		return off, found
	}
	if !t.finish() {
		return 0, false
	}
	for _, u := range t.units {
		if off, ok := u.typeNames()[name]; ok {
			return off, true
		}
	}
	// A suffix of a qualified name: shapes::Circle for app::shapes::Circle.
	if !strings.Contains(name, "::") {
		return 0, false
	}
	var best info.Offset
	for _, u := range t.units {
		for full, off := range u.typeNames() {
			if strings.HasSuffix(full, "::"+name) && (best == 0 || off < best) {
				// Not the end of a name like "dyn core::fmt::Write".
				if e, err := t.info.Entry(off); err == nil && e.Name() == lastName(name) {
					best = off
				}
			}
		}
	}
	return best, best != 0
}

// EnumOf finds the enumeration that has a constant called name: in first, else in any unit.
func (t *Table) EnumOf(name string, first *Unit) (info.Offset, bool) {
	if first != nil {
		first.typeNames()
		if off := first.enums[name]; off != 0 {
			return off, true
		}
	}
	if found, ok := t.lookup(name, isEnumerator); ok {
		for _, n := range found {
			if n.unit == nil {
				continue
			}
			n.unit.typeNames()
			if off := n.unit.enums[name]; off != 0 {
				return off, true
			}
		}
		return 0, false
	}
	if !t.finish() {
		return 0, false
	}
	for _, u := range t.units {
		u.typeNames()
		if off := u.enums[name]; off != 0 {
			return off, true
		}
	}
	return 0, false
}
