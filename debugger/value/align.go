package value

import "sphex/debugger/symbols"

// alignment is what the addresses of a type's values are multiples of, in bytes; 0 if that is not known. Rust says it of
// structures and enums, C of what has an attribute; otherwise it follows from the parts.
func (t *Type) alignment(depth int) int64 {
	if t == nil || depth > 64 {
		return 0
	}
	if t.align > 0 {
		return t.align
	}
	switch t.kind {
	case typeTypedef, typeQualified:
		return t.Elem().alignment(depth + 1)
	case typeArray:
		if t.vector {
			return t.byteSize()
		}
		return t.Elem().alignment(depth + 1)
	case typePointer, typeReference, typeMemberPointer:
		return t.types.pointerSize()
	case typeBase, typeEnum:
		n := t.byteSize()
		if t.kind == typeBase && t.qual == "complex" {
			n /= 2
		}
		if n == 16 && t.lang == symbols.LangRust { // 8 before version 1.77
			return 0
		}
		return n
	case typeStruct, typeUnion:
		return t.memberAlignment(depth)
	}
	return 0
}

// memberAlignment is the alignment of a structure or union by its members. That of a packed one is the largest that all
// their places allow.
func (t *Type) memberAlignment(depth int) int64 {
	m := t.load()
	if m.err != nil || t.decl || len(m.variants) > 0 {
		return 0
	}
	most := int64(1)
	for i := range m.fields {
		f := &m.fields[i]
		if f.virtual {
			return 0
		}
		n := t.types.at(f.ref).alignment(depth + 1)
		if n == 0 {
			return 0
		}
		for f.bitSize == 0 && n > 1 && f.offset%n != 0 {
			n /= 2
		}
		most = max(most, n)
	}
	for most > 1 && t.byteSize()%most != 0 {
		most /= 2
	}
	return most
}
