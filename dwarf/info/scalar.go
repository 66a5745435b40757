package info

import "sphex/dwarf"

// Scalar reports whether a variable's type is that of a number, an enumeration or a pointer, which one value can be.
func (e *Entry) Scalar() bool {
	v := *e
	for range 8 {
		if v.Has(dwarf.AttrType) {
			break
		}
		next, ok := v.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = v.Follow(dwarf.AttrSpecification); !ok {
				return false
			}
		}
		v = next
	}
	for range 32 {
		next, ok := v.Follow(dwarf.AttrType)
		if !ok {
			return false
		}
		switch v = next; v.Tag() {
		case dwarf.TagBaseType, dwarf.TagEnumerationType, dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType,
			dwarf.TagPtrToMemberType:
			return true
		case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType, dwarf.TagSubrangeType:
		default:
			return false
		}
	}
	return false
}
