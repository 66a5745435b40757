package debuginfo_test

import (
	"fmt"
	"slices"

	"sphex/aot/object"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// fieldOpinion is what somebody says of a member or a base.
type fieldOpinion struct {
	Name string
	Bit  int64 // from the start of the structure
	Bits int64 // of a bit field, else 0
	Size int64 // of the member's type
	Base bool
}

// structs returns the structures and unions of the object by their qualified names; those that
// are there more than once in different shapes are left out.
func structs(f *object.File, tab *symbols.Table) map[string]opinion {
	all := map[string]opinion{}
	different := map[string]bool{}
	for _, u := range tab.Info().Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if tag := e.Tag(); tag != dwarf.TagStructureType && tag != dwarf.TagUnionType && tag != dwarf.TagClassType {
				continue
			}
			if e.Flag(dwarf.AttrDeclaration) || e.Name() == "" {
				continue
			}
			o := opinion{Name: symbols.QualifiedName(e)}
			size, _ := e.Uint(dwarf.AttrByteSize)
			o.Size = int64(size)
			for c := range e.Children() {
				if c.Tag() == dwarf.TagVariantPart {
					o.Fields = nil // a judge may show the variants in its own way
					break
				}
				if field, ok := member(c); ok {
					o.Fields = append(o.Fields, field)
				}
			}
			if before, ok := all[o.Name]; ok && fmt.Sprint(before) != fmt.Sprint(o) {
				different[o.Name] = true
			}
			all[o.Name] = o
		}
	}
	for name := range different {
		delete(all, name)
	}
	return all
}

func member(c info.Entry) (fieldOpinion, bool) {
	base := c.Tag() == dwarf.TagInheritance
	if c.Tag() != dwarf.TagMember && !base {
		return fieldOpinion{}, false
	}
	if c.Has(dwarf.AttrExternal) || c.Flag(dwarf.AttrDeclaration) || c.Flag(dwarf.AttrArtificial) {
		return fieldOpinion{}, false // a static member, or a table of virtual functions
	}
	f := fieldOpinion{Name: c.Name(), Base: base}
	if v, ok := c.Uint(dwarf.AttrDataBitOffset); ok {
		f.Bit = int64(v)
	} else if v, ok := c.Uint(dwarf.AttrDataMemberLocation); ok {
		f.Bit = 8 * int64(v)
	} else if c.Has(dwarf.AttrDataMemberLocation) {
		return fieldOpinion{}, false // an expression, as DWARF 2 and virtual bases have it
	}
	bits, _ := c.Uint(dwarf.AttrBitSize)
	f.Bits = int64(bits)
	if t, ok := c.Follow(dwarf.AttrType); ok {
		f.Size = typeSize(t, 0)
		if base {
			f.Name = t.Name()
		}
	}
	return f, true
}

// typeSize is the size of a type; -1 where it is not simply told.
func typeSize(t info.Entry, depth int) int64 {
	if n, ok := t.Uint(dwarf.AttrByteSize); ok {
		return int64(n)
	}
	elem, ok := t.Follow(dwarf.AttrType)
	if !ok || depth > 10 {
		return -1
	}
	size := typeSize(elem, depth+1)
	switch t.Tag() {
	case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		return size
	case dwarf.TagArrayType:
		for c := range t.Children() {
			n, ok := c.Uint(dwarf.AttrCount)
			if upper, ok2 := c.Uint(dwarf.AttrUpperBound); ok2 && !ok {
				n, ok = upper+1, true
			}
			if !ok || size < 0 {
				return -1
			}
			size *= int64(n)
		}
		return size
	}
	return -1
}

// typeExcuses are what a judge may get wrong of types.
type typeExcuses struct {
	pointers bool            // takes pointers for 8 bytes wide
	missing  map[string]bool // members that it has said it cannot read
}

// types compares structures: size, and of each member name, place and size.
func (v *verdict) types(got []opinion, want map[string]opinion, excuses typeExcuses) {
	for _, g := range got {
		w, ok := want[g.Name]
		if !ok {
			continue
		}
		v.asked++
		if g.Size != w.Size {
			v.errorf("%s: %d bytes, ours %d", g.Name, g.Size, w.Size)
			continue
		}
		for _, wf := range w.Fields {
			if wf.Name == "" || wf.Base {
				continue
			}
			i := slices.IndexFunc(g.Fields, func(f fieldOpinion) bool { return f.Name == wf.Name && !f.Base })
			if i < 0 && excuses.missing[wf.Name] {
				continue
			}
			if i < 0 {
				v.errorf("%s has no %s, ours: %v", g.Name, wf.Name, w.Fields)
				continue
			}
			v.asked++
			gf := g.Fields[i]
			sizes := wf.Size < 0 || gf.Size == wf.Size || excuses.pointers && gf.Size > wf.Size
			if gf.Bit != wf.Bit || gf.Bits != wf.Bits || !sizes {
				v.errorf("%s.%s: %+v, ours %+v", g.Name, wf.Name, gf, wf)
			}
		}
	}
}
