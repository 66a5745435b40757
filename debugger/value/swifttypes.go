package value

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Swift's compiler leaves to its own debugger what it can compute itself: numbers are structures around types of the
// compiler, an instance of a generic type has no members but arguments, an instance of a class has its members' places
// without the header and its superclass, tuples and generic types have no places at all, and the cases of an enum without
// payloads no numbers. The mangled names tell the kind of each type.
// https://github.com/swiftlang/swift/blob/main/docs/ABI/Mangling.rst, docs/ABI/TypeLayout.rst

// swiftSpareBits is Swift's own attribute of an enum's variants.
const swiftSpareBits dwarf.Attr = 0x3ff2

// swiftHeader is in front of an object's members: its metadata and its counts, a word each.
func (ts *Types) swiftHeader() int64 { return 2 * ts.pointerSize() }

// swift makes of what has been read about a type of Swift, e, what it is.
func (ts *Types) swift(t *Type, e info.Entry) {
	switch t.kind {
	case typeBase:
		ts.swiftBuiltin(t, e.Name())
	case typeQualified:
		if t.qual == "const" { // every let
			t.qual = ""
			if target, ok := e.Follow(dwarf.AttrType); ok {
				t.name = swiftName(target)
			}
		}
	case typeTypedef:
		if t.name == "" || strings.HasPrefix(lastSegment(t.name), "$s") {
			t.name = swiftName(e)
		}
	case typeEnum:
		t.basic = basicType{classInt, int(8 * max(t.size, 0)), false}
	case typeStruct:
		mangled := e.Str(dwarf.AttrLinkageName)
		t.name = swiftName(e)
		switch {
		case ts.swiftNumber(t):
		case strings.HasPrefix(t.name, "$sB"):
			t.kind = typePointer // of the compiler: to bytes or to an object
		case swiftKind(mangled) == 'C':
			t.kind, t.elem = typeReference, &Type{kind: typeStruct, class: true, name: t.name, size: -1, count: -1, lang: t.lang, types: ts, off: t.off}
			t.off, t.size = 0, ts.pointerSize()
		default:
			ts.swiftPointer(t, e)
		}
	}
}

// swiftKind is the letter for the kind of a nominal type at the end of its mangled name: V, C or O; 0 for others.
func swiftKind(mangled string) byte {
	s := strings.TrimSuffix(mangled, "D")
	if strings.HasSuffix(s, "G") { // with arguments, from y on
		if i := strings.IndexByte(s, 'y'); i > 0 {
			s = s[:i]
		}
	}
	if s == "" || s == mangled {
		return 0
	}
	switch c := s[len(s)-1]; c {
	case 'V', 'C', 'O':
		return c
	}
	return 0
}

// swiftBuiltin gives a type of the compiler its meaning, which is in its name: $sBi32_D, $sBf64_D, $sBwD.
func (ts *Types) swiftBuiltin(t *Type, name string) {
	t.name = name
	bits := int(8 * max(t.size, 0))
	switch {
	case bits == 0 || bits > 128:
	case strings.HasPrefix(name, "$sBf"):
		if t.size == 2 || t.size == 4 || t.size == 8 {
			t.basic = basicType{classFloat, bits, true}
		}
	case strings.HasPrefix(name, "$sBi1_"):
		t.basic = basicType{classBool, bits, false}
	case strings.HasPrefix(name, "$sBi"), strings.HasPrefix(name, "$sBw"):
		t.basic = basicType{classInt, bits, false}
	}
}

// swiftNumber makes a number of the standard library's structure for it.
func (ts *Types) swiftNumber(t *Type) bool {
	bits := int(8 * max(t.size, 0))
	name, ok := strings.CutPrefix(t.name, "Swift::")
	if !ok || bits == 0 || bits > 128 {
		return false
	}
	width := func(prefix string) bool {
		s, ok := strings.CutPrefix(name, prefix)
		return ok && (s == "" || s == strconv.Itoa(bits))
	}
	switch {
	case name == "Bool":
		t.basic = basicType{classBool, bits, false}
	case width("Int"):
		t.basic = basicType{classInt, bits, true}
	case width("UInt"):
		t.basic = basicType{classInt, bits, false}
	case name == "Double" && bits == 64, name == "Float" && bits == 32, name == "Float16" && bits == 16:
		t.basic = basicType{classFloat, bits, true}
	case bits == 32 && lastSegment(name) == "Scalar":
		t.basic, t.char = basicType{classChar, bits, false}, true
	default:
		return false
	}
	t.kind = typeBase
	return true
}

// swiftPointer makes a pointer of the standard library's structure for one.
func (ts *Types) swiftPointer(t *Type, e info.Entry) {
	name := strings.TrimPrefix(t.name, "Swift::")
	if i := strings.IndexByte(name, '<'); i > 0 {
		name = name[:i]
	}
	switch name {
	case "UnsafePointer", "UnsafeMutablePointer":
		for c := range e.Children() {
			if r, ok := c.Ref(dwarf.AttrType); ok && c.Tag() == dwarf.TagTemplateTypeParameter {
				t.ref = uint64(r)
			}
		}
	case "UnsafeRawPointer", "UnsafeMutableRawPointer", "OpaquePointer":
	default:
		return
	}
	t.kind, t.size = typePointer, ts.pointerSize()
}

// swiftTypeName is a type as Swift writes it: Int?, [Point], (Int, Bool), Pair<UInt16, Point>; with its module in front
// where it is a nominal type by itself.
func swiftName(e info.Entry) string {
	budget := 200
	return swiftTypeName(e, &budget)
}

func swiftTypeName(e info.Entry, budget *int) string {
	for n := 0; n < 16 && (e.Tag() == dwarf.TagConstType || e.Tag() == dwarf.TagTypedef); n++ {
		target, ok := e.Follow(dwarf.AttrType)
		if !ok {
			break
		}
		e = target
	}
	if *budget--; *budget < 0 {
		return "…"
	}
	generic, special := e.Follow(dwarf.AttrSpecification)
	if !special {
		name := symbols.QualifiedName(e)
		mangled := lastSegment(name)
		if !strings.HasPrefix(mangled, "$s") || !strings.HasSuffix(mangled, "tD") {
			return name
		}
		var parts []string
		for c := range e.Children() {
			if len(parts) < 16 && c.Tag() == dwarf.TagMember {
				parts = append(parts, swiftMemberType(&c, budget))
			}
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	name := symbols.QualifiedName(generic)
	var args []string
	for c := range e.Children() {
		if len(args) < 16 && c.Tag() == dwarf.TagTemplateTypeParameter {
			args = append(args, swiftMemberType(&c, budget))
		}
	}
	switch {
	case name == "Swift::Optional" && len(args) == 1:
		return args[0] + "?"
	case name == "Swift::Array" && len(args) == 1:
		return "[" + args[0] + "]"
	case name == "Swift::Dictionary" && len(args) == 2:
		return "[" + args[0] + " : " + args[1] + "]"
	}
	return name + "<" + strings.Join(args, ", ") + ">"
}

// swiftMemberType is the name of the type of a member or an argument, without its module.
func swiftMemberType(c *info.Entry, budget *int) string {
	t, ok := c.Follow(dwarf.AttrType)
	if !ok {
		return "()"
	}
	name := swiftTypeName(t, budget)
	if !strings.ContainsAny(name, "<(,") {
		name = lastSegment(name)
	}
	return name
}

// swiftMembers reads the members of a type of Swift: for one with arguments those of the generic type, with the
// arguments in the place of its parameters.
func (ts *Types) swiftMembers(t *Type, e *info.Entry) {
	m := &t.members
	ts.readMembers(t, e)
	if t.kind == typeEnum {
		for i := range m.enums { // by their order
			if m.enums[i].value.Sign() == 0 {
				m.enums[i].value = big.NewInt(int64(i))
			}
		}
		t.basic = basicType{classInt, int(8 * max(t.size, 0)), false}
		return
	}
	generic, special := e.Follow(dwarf.AttrSpecification)
	if special {
		args := m.args
		ts.readMembers(t, &generic)
		m.args = args
		for i := range m.fields {
			m.fields[i].ref = ts.swiftArgument(m.fields[i].ref, args)
		}
		for i := range m.variants {
			for k := range m.variants[i].variants {
				p := &m.variants[i].variants[k].payload
				p.ref = ts.swiftArgument(p.ref, args)
			}
		}
	}
	if len(m.variants) > 0 {
		return
	}
	for i := range m.fields {
		if f := &m.fields[i]; f.name == "" && !f.base {
			f.name = strconv.Itoa(i) // a tuple's
		}
	}
	switch {
	case t.class:
		ts.swiftInstance(t)
	case t.kind == typeStruct: // the places do not count padding
		placed := slices.Clone(m.fields)
		if end := ts.swiftPlaces(placed, 0); end == t.size || special {
			m.fields = placed
			for i := range placed { // behind one of a type that is made of a parameter nothing is known
				if i > 0 && ts.at(placed[i-1].ref).byteSize() == 0 && end != t.size {
					placed[i].unplaced = true
				}
				if i > 0 && placed[i-1].unplaced {
					placed[i].unplaced = true
				}
			}
		}
	}
}

// swiftInstance places the members of a class, its superclass's first.
func (ts *Types) swiftInstance(t *Type) {
	m := &t.members
	at := ts.swiftHeader()
	var all []field
	own := m.fields[:0:0]
	for _, f := range m.fields {
		if !f.base {
			own = append(own, f)
			continue
		}
		if super := ts.at(f.ref).strip(); super != nil && super.kind == typeReference && super.elem != nil && !ts.swiftCircular(super.elem.off) {
			all = append(all, super.elem.load().fields...)
			at = max(at, super.elem.size)
		}
	}
	t.size = ts.swiftPlaces(own, at)
	m.fields = append(all, own...)
}

// swiftCircular reports whether a class is among its own superclasses, or those do not end.
func (ts *Types) swiftCircular(off uint64) bool {
	e, err := ts.tab.Info().Entry(info.Offset(off))
	if err != nil {
		return true
	}
next:
	for range 64 {
		for c := range e.Children() {
			if super, ok := c.Follow(dwarf.AttrType); ok && c.Tag() == dwarf.TagInheritance {
				e = super
				continue next
			}
		}
		return false
	}
	return true
}

// swiftPlaces places members one behind the other from at on, and returns where the last one ends.
func (ts *Types) swiftPlaces(fields []field, at int64) int64 {
	for i := range fields {
		ft := ts.at(fields[i].ref)
		at = alignTo(at, ft.swiftAlign())
		fields[i].offset = at
		at += max(ft.byteSize(), 0)
	}
	return at
}

func alignTo(n, align int64) int64 { return (n + align - 1) / align * align }

// swiftArgument returns what stands for a type: for a parameter, x, q_, q0_ and so on, the argument.
func (ts *Types) swiftArgument(ref uint64, args []templateArg) uint64 {
	t := ts.at(ref)
	for n := 0; t != nil && t.kind == typeTypedef && n < 8; n++ {
		t = t.Elem()
	}
	if t == nil {
		return ref
	}
	n := -1
	switch name := strings.TrimSuffix(strings.TrimPrefix(lastSegment(t.name), "$s"), "D"); {
	case name == "x":
		n = 0
	case name == "q_":
		n = 1
	case strings.HasPrefix(name, "q") && strings.HasSuffix(name, "_"):
		if k, err := strconv.Atoi(name[1 : len(name)-1]); err == nil {
			n = k + 2
		}
	}
	if n < 0 || n >= len(args) {
		return ref
	}
	return args[n].ref
}

// swiftAlign is a type's alignment. It reads entries and loads no type, since it is asked while types are loaded, which
// may be members of themselves.
func (t *Type) swiftAlign() int64 {
	t = t.strip()
	switch {
	case t == nil:
		return 1
	case t.kind == typePointer || t.kind == typeReference:
		return t.types.pointerSize()
	case t.kind != typeStruct:
		return powerFrom(t.size)
	}
	e, err := t.types.tab.Info().Entry(info.Offset(t.off))
	if err != nil {
		return 1
	}
	budget := 1000
	return t.types.swiftEntryAlign(e, &budget)
}

// powerFrom is the smallest power of two, 16 at most, that is no less than size.
func powerFrom(size int64) int64 {
	a := int64(1)
	for a < size && a < 16 {
		a *= 2
	}
	return a
}

func (ts *Types) swiftEntryAlign(e info.Entry, budget *int) int64 {
	if *budget--; *budget < 0 {
		return 1
	}
	size, _ := e.Uint(dwarf.AttrByteSize)
	switch e.Tag() {
	case dwarf.TagConstType, dwarf.TagTypedef:
		if target, ok := e.Follow(dwarf.AttrType); ok {
			return ts.swiftEntryAlign(target, budget)
		}
		return 1
	case dwarf.TagStructureType, dwarf.TagClassType:
	default:
		return powerFrom(int64(min(size, 16)))
	}
	if name := swiftName(e); swiftKind(e.Str(dwarf.AttrLinkageName)) == 'C' || strings.HasPrefix(name, "[") || strings.HasPrefix(name, "$sB") {
		return ts.pointerSize()
	}
	align := int64(1)
	var walk func(e info.Entry)
	walk = func(e info.Entry) {
		for c := range e.Children() {
			switch c.Tag() {
			case dwarf.TagVariantPart, dwarf.TagVariant:
				if *budget--; *budget >= 0 {
					walk(c)
				}
			case dwarf.TagMember, dwarf.TagTemplateTypeParameter:
				if target, ok := c.Follow(dwarf.AttrType); ok && *budget >= 0 {
					align = max(align, ts.swiftEntryAlign(target, budget))
				}
			}
		}
	}
	walk(e)
	if generic, ok := e.Follow(dwarf.AttrSpecification); ok { // whose members are of the arguments' types, or of others
		walk(generic)
	}
	return min(align, powerFrom(int64(min(size, 16))))
}

func swiftIsArray(t *Type) bool {
	return strings.HasPrefix(t.name, "[") && len(t.load().args) == 1
}
