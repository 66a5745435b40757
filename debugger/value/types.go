package value

import (
	"encoding/binary"
	"math/big"
	"strings"
	"sync"
	"sync/atomic"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Types reads and caches the types of an object. It is safe for concurrent use.
type Types struct {
	tab  *symbols.Table
	wide bool // pointers have eight bytes

	mu    sync.Mutex
	byOff map[uint64]*Type
	made  map[madeKey]*Type
	named map[string]*Type

	natvis atomic.Pointer[Natvis] // a person's own renderings; nil: none

	vtablesOnce whole
	vtableTypes map[wasm.MemAddr]*Type // nil types: several at one address

	tablesOnce whole
	tables     []classTable     // of C++'s classes, by address
	classes    map[uint64]*Type // of the tables that were met; guarded by mu
}

// NewTypes returns the type reader for tab. One per session is enough.
func NewTypes(tab *symbols.Table) *Types {
	return &Types{tab: tab, byOff: map[uint64]*Type{}, made: map[madeKey]*Type{}, named: map[string]*Type{}}
}

// Wide says that addresses in the program's memory have 64 bits. It must be called before a type is read.
func (ts *Types) Wide() { ts.wide = true }

// pointerSize is the size of a pointer that does not say its own.
func (ts *Types) pointerSize() int64 {
	if ts.wide {
		return 8
	}
	return 4
}

// addressType is what an address is to WebAssembly.
func (ts *Types) addressType() wasm.ValType {
	if ts.wide {
		return wasm.I64
	}
	return wasm.I32
}

// pointerBytes is a pointer as it lies in memory.
func (ts *Types) pointerBytes(at wasm.MemAddr) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(at))[:ts.pointerSize()]
}

// address wraps the result of arithmetic on pointers.
func (ts *Types) address(a int64) wasm.MemAddr {
	if ts.wide {
		return wasm.MemAddr(a)
	}
	return wasm.MemAddr(uint32(a))
}

// at returns the type that the entry at off describes; nil is void.
func (ts *Types) at(off uint64) *Type {
	if off == 0 {
		return nil
	}
	ts.mu.Lock()
	t := ts.byOff[off]
	ts.mu.Unlock()
	if t != nil {
		return t
	}
	t = ts.parse(off)
	t.character()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if u := ts.byOff[off]; u != nil {
		return u
	}
	ts.byOff[off] = t
	return t
}

// parse reads what a type says about itself; members are read by load.
func (ts *Types) parse(off uint64) *Type {
	t := &Type{types: ts, off: off, size: -1, count: -1}
	e, err := ts.tab.Info().Entry(info.Offset(off))
	if err != nil {
		t.kind, t.members.err = typeUnspecified, err
		t.once.Do(func() {})
		return t
	}
	t.lang = ts.language(&e)
	if d, ok := ts.definition(t.lang, &e); ok {
		e = d
	}
	t.off = uint64(e.Offset)
	if n, ok := e.Uint(dwarf.AttrByteSize); ok && n < 1<<40 {
		t.size = int64(n)
	} else if n, ok := e.Uint(dwarf.AttrBitSize); ok && n < 1<<40 {
		t.size = int64(n+7) / 8
	}
	if n, ok := e.Uint(dwarf.AttrAlignment); ok && n < 1<<32 {
		t.align = int64(n)
	}
	if r, ok := e.Ref(dwarf.AttrType); ok {
		t.ref = uint64(r)
	}
	t.decl = e.Flag(dwarf.AttrDeclaration)
	name := e.Name()
	switch e.Tag() {
	case dwarf.TagBaseType:
		t.kind, t.name = typeBase, name
		enc, _ := e.Uint(dwarf.AttrEncoding)
		t.setEncoding(dwarf.Encoding(enc))
	case dwarf.TagPointerType:
		t.kind, t.name = typePointer, name
	case dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
		t.kind, t.name = typeReference, name
		t.rvalue = e.Tag() == dwarf.TagRvalueReferenceType
	case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagInterfaceType:
		t.kind, t.name = typeStruct, ts.structName(t, e)
		t.class = e.Tag() == dwarf.TagClassType
	case dwarf.TagUnionType:
		t.kind, t.name = typeUnion, ts.structName(t, e)
	case dwarf.TagEnumerationType:
		t.kind, t.name = typeEnum, symbols.QualifiedName(e)
		t.class = e.Flag(dwarf.AttrEnumClass)
		t.basic = basicType{classInt, int(8 * max(t.size, 0)), false}
	case dwarf.TagArrayType:
		t.kind, t.vector = typeArray, e.Flag(dwarf.AttrGNUVector)
		ts.dimensions(t, &e)
	case dwarf.TagSubroutineType:
		t.kind, t.name = typeFunc, name
	case dwarf.TagTypedef, dwarf.TagTemplateAlias:
		t.kind, t.name = typeTypedef, symbols.QualifiedName(e)
	case dwarf.TagConstType:
		t.kind, t.qual = typeQualified, "const"
	case dwarf.TagVolatileType:
		t.kind, t.qual = typeQualified, "volatile"
	case dwarf.TagRestrictType:
		t.kind, t.qual = typeQualified, "restrict"
	case dwarf.TagAtomicType:
		t.kind, t.qual = typeQualified, "_Atomic"
	case dwarf.TagPtrToMemberType:
		t.kind = typeMemberPointer
		if c, ok := e.Follow(dwarf.AttrContainingType); ok {
			t.qual, t.within = symbols.QualifiedName(c), uint64(c.Offset)
		}
	case dwarf.TagSubrangeType:
		t.kind, t.name = typeTypedef, name
	default:
		t.kind, t.name = typeUnspecified, name
	}
	if t.lang == symbols.LangSwift {
		ts.swift(t, e)
	}
	return t
}

// character makes base types of C's typedefs for characters, and for numbers of the size of one.
func (t *Type) character() {
	if t.kind != typeTypedef || !isCLike(t.lang) {
		return
	}
	text := false
	switch lastSegment(t.name) {
	case "wchar_t", "char16_t", "char32_t", "char8_t":
		text = true
	case "int8_t", "uint8_t":
	default:
		return
	}
	b := t.strip()
	if b == nil || b.kind != typeBase || b.basic.class != classInt {
		return
	}
	t.kind, t.size, t.basic, t.char = typeBase, b.size, b.basic, text
}

// definition follows type signatures, and a declaration to its definition in the same program.
func (ts *Types) definition(lang symbols.Language, e *info.Entry) (info.Entry, bool) {
	if v, ok := e.Attr(dwarf.AttrSignature); ok {
		if r, ok := v.Ref(); ok {
			if d, err := ts.tab.Info().Entry(r); err == nil {
				return d, true
			}
		}
	}
	if isCLike(lang) && e.Flag(dwarf.AttrDeclaration) {
		switch e.Tag() {
		case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType:
			return ts.tab.Completed(e)
		}
	}
	return info.Entry{}, false
}

// language is that of the unit which holds e.
func (ts *Types) language(e *info.Entry) symbols.Language {
	if u := ts.tab.UnitAt(e.Offset); u != nil {
		return u.Language
	}
	if r, err := e.Unit.Root(); err == nil { // a type unit
		if l, ok := r.Uint(dwarf.AttrLanguage); ok {
			return symbols.LanguageOf(dwarf.Lang(l))
		}
	}
	return symbols.LangC
}

func (t *Type) setEncoding(enc dwarf.Encoding) {
	bits := int(8 * max(t.size, 0))
	switch enc {
	case dwarf.EncBoolean:
		t.basic = basicType{classBool, bits, false}
	case dwarf.EncFloat:
		if t.size == 2 || t.size == 4 || t.size == 8 || t.size == 16 {
			t.basic = basicType{classFloat, bits, true}
		}
	case dwarf.EncSigned, dwarf.EncSignedFixed:
		t.basic = basicType{classInt, bits, true}
	case dwarf.EncSignedChar:
		t.basic, t.char = basicType{classInt, bits, true}, true
	case dwarf.EncUnsigned, dwarf.EncUnsignedFixed, dwarf.EncAddress:
		t.basic = basicType{classInt, bits, false}
	case dwarf.EncUnsignedChar:
		t.basic, t.char = basicType{classInt, bits, false}, true
	case dwarf.EncUTF, dwarf.EncASCII, dwarf.EncUCS:
		t.basic, t.char = basicType{classChar, bits, false}, true
	case dwarf.EncComplexFloat:
		t.complex(floatComplex, map[int64]string{8: "float", 16: "double", 32: "long double"})
	case clangComplexInteger:
		if t.name == "complex" {
			t.complex(integerComplex, map[int64]string{2: "char", 4: "short", 8: "int", 16: "long long"})
		}
	}
	if t.lang == symbols.LangRust && t.basic.class == classInt {
		t.char = false // u8 and i8 are numbers
	}
	if bits > 128 || bits == 0 {
		t.basic = basicType{}
	}
	if t.lang != symbols.LangRust && t.name == "wchar_t" {
		t.char = true
	}
}

// Marks of complex numbers, in qual.
const (
	floatComplex   = "complex"
	integerComplex = "complex integer"
)

// clangComplexInteger is how clang encodes GNU's complex integers.
const clangComplexInteger dwarf.Encoding = 0x80

// complex makes t a complex number. Clang gives all of them one name; C's tells what is in it.
func (t *Type) complex(mark string, parts map[int64]string) {
	t.qual = mark
	if part := parts[t.size]; part != "" && t.name == "complex" {
		t.name = "_Complex " + part
	}
}

// dimensions reads the bounds of an array. Arrays of several dimensions become arrays of arrays.
func (ts *Types) dimensions(t *Type, e *info.Entry) {
	type dim struct {
		n   int64
		vla uint64
	}
	var dims []dim
	for c := range e.Children() {
		if c.Tag() != dwarf.TagSubrangeType && c.Tag() != dwarf.TagGenericSubrange || len(dims) >= 16 {
			continue
		}
		d := dim{n: -1}
		if n, ok := c.Uint(dwarf.AttrCount); ok && n < 1<<40 {
			d.n = int64(n)
		} else if r, ok := c.Ref(dwarf.AttrCount); ok {
			d.vla = uint64(r)
		} else if v, ok := c.Attr(dwarf.AttrUpperBound); ok {
			lo, _ := c.Int(dwarf.AttrLowerBound)
			if hi, ok := v.SignExtended(); ok && hi-lo >= -1 && hi-lo < 1<<40 {
				d.n = hi - lo + 1
			}
		}
		dims = append(dims, d)
	}
	if len(dims) == 0 {
		return
	}
	t.count, t.vla = dims[0].n, dims[0].vla
	inner := t.ref
	var elem *Type
	for i := len(dims) - 1; i > 0; i-- {
		elem = &Type{kind: typeArray, lang: t.lang, types: ts, size: -1, count: dims[i].n, vla: dims[i].vla, ref: inner, elem: elem}
	}
	t.elem = elem
	if len(dims) > 1 && t.size < 0 {
		t.size = -1
	}
}

// Elem is the type that a pointer, array, typedef or qualifier is about; nil is void.
func (t *Type) Elem() *Type {
	if t == nil {
		return nil
	}
	if t.elem != nil {
		return t.elem
	}
	if e := t.target.Load(); e != nil {
		return e
	}
	e := t.types.at(t.ref)
	t.target.Store(e)
	return e
}

// load reads the members once.
func (t *Type) load() *members {
	t.once.Do(func() {
		if t.off == 0 || t.kind == typeBase {
			return
		}
		e, err := t.types.tab.Info().Entry(info.Offset(t.off))
		if err != nil {
			t.members.err = err
			return
		}
		if t.decl && (t.kind == typeStruct || t.kind == typeUnion || t.kind == typeEnum) && (!isCLike(t.lang) || strings.Contains(t.name, "<")) {
			// What definition did not find: a producer may spell arguments in another way.
			if d := t.types.Lookup(t.name); d != nil && d != t && !d.decl {
				t.size = d.size
				t.members = *d.load()
				return
			}
		}
		if t.lang == symbols.LangSwift {
			t.types.swiftMembers(t, &e)
			return
		}
		t.types.readMembers(t, &e)
	})
	return &t.members
}

func (ts *Types) readMembers(t *Type, e *info.Entry) {
	m := &t.members
	for c := range e.Children() {
		if len(m.fields)+len(m.enums) > maxMembers {
			break
		}
		switch c.Tag() {
		case dwarf.TagMember, dwarf.TagInheritance:
			f, static := readField(&c)
			switch {
			case static:
				m.statics = append(m.statics, f)
			default:
				m.fields = append(m.fields, f)
			}
		case dwarf.TagVariable:
			f, _ := readField(&c)
			m.statics = append(m.statics, f)
		case dwarf.TagVariantPart:
			m.variants = append(m.variants, readVariants(&c))
		case dwarf.TagEnumerator:
			n, ok := constant(&c, dwarf.AttrConstValue)
			if ok {
				m.enums = append(m.enums, enumerator{c.Name(), n})
				if n.Sign() < 0 {
					t.basic.signed = true
				}
			}
		case dwarf.TagTemplateTypeParameter, dwarf.TagTemplateValueParameter:
			m.args = append(m.args, readTemplateArg(&c))
		case dwarf.TagGNUTemplateParameterPack:
			for p := range c.Children() {
				if len(m.args) < maxMembers {
					m.args = append(m.args, readTemplateArg(&p))
				}
			}
		case dwarf.TagFormalParameter:
			r, _ := c.Ref(dwarf.AttrType)
			m.params = append(m.params, uint64(r))
		case dwarf.TagUnspecifiedParameters:
			m.variadic = true
		}
	}
	if t.kind == typeEnum {
		if u := ts.at(t.ref).strip(); u != nil && u.kind == typeBase {
			if t.size < 0 {
				t.size = u.size
			}
			t.basic = u.basic
		}
	}
}

// structName is the qualified name of a structure. C++'s has its template arguments, also when the
// producer leaves them out.
func (ts *Types) structName(t *Type, e info.Entry) string {
	if t.lang == symbols.LangCPP {
		return symbols.WholeName(e)
	}
	return symbols.QualifiedName(e)
}

func readTemplateArg(e *info.Entry) templateArg {
	r, _ := e.Ref(dwarf.AttrType)
	a := templateArg{name: e.Name(), ref: uint64(r), typ: e.Tag() == dwarf.TagTemplateTypeParameter}
	if n, ok := constant(e, dwarf.AttrConstValue); ok && !a.typ {
		a.value = n
	}
	return a
}

// maxMembers bounds the members of one type.
const maxMembers = 1 << 16

func readField(c *info.Entry) (f field, static bool) {
	f = field{name: c.Name(), base: c.Tag() == dwarf.TagInheritance, artificial: c.Flag(dwarf.AttrArtificial)}
	if r, ok := c.Ref(dwarf.AttrType); ok {
		f.ref = uint64(r)
	}
	if c.Flag(dwarf.AttrExternal) && c.Flag(dwarf.AttrDeclaration) {
		return f, true
	}
	if n, ok := c.Uint(dwarf.AttrAlignment); ok {
		f.unaligned = n == 1
	}
	if n, ok := c.Uint(dwarf.AttrDataMemberLocation); ok {
		f.offset = int64(n & (1<<40 - 1))
	} else if v, ok := c.Attr(dwarf.AttrDataMemberLocation); ok {
		x, isExpr := v.Expr()
		if !isExpr {
			x, isExpr = v.Block()
		}
		if n, ok := plusConst(x); ok {
			f.offset = n
		} else if isExpr {
			f.virtual, f.place, f.unit = true, x, c.Unit
		}
	}
	bits, ok := c.Uint(dwarf.AttrBitSize)
	if !ok || bits > 1<<20 {
		return f, false
	}
	f.bitSize = int64(bits)
	if at, ok := c.Uint(dwarf.AttrDataBitOffset); ok && at < 1<<40 {
		f.bitOffset = int64(at)
	} else if at, ok := c.Int(dwarf.AttrBitOffset); ok && at < 1<<30 && at > -(1<<30) {
		// DWARF 2: from the highest bit of the storage unit, which is little-endian here.
		unit := int64(4)
		if n, ok := c.Uint(dwarf.AttrByteSize); ok && n <= 16 {
			unit = int64(n)
		} else if t, ok := c.Follow(dwarf.AttrType); ok {
			if n, ok := t.Uint(dwarf.AttrByteSize); ok && n <= 16 {
				unit = int64(n)
			}
		}
		f.bitOffset = f.offset*8 + unit*8 - at - f.bitSize
	} else {
		f.bitOffset = f.offset * 8
	}
	return f, false
}

// plusConst recognises the old form of a member's offset, an expression that adds a constant.
func plusConst(x []byte) (int64, bool) {
	if len(x) < 2 || dwarf.Op(x[0]) != dwarf.OpPlusUconst {
		return 0, false
	}
	c := dwarf.NewCursor("", x[1:], 0)
	n := c.ULEB()
	return int64(n), c.Err() == nil && c.Len() == 0 && n < 1<<40
}

func readVariants(e *info.Entry) variantPart {
	var p variantPart
	discr, hasDiscr := e.Ref(dwarf.AttrDiscr)
	p.spare, _ = e.Uint(swiftSpareBits)
	if at, ok := e.Uint(dwarf.AttrBitOffset); ok && at < 1<<40 {
		p.tag = int64(at / 8)
	}
	for c := range e.Children() {
		switch c.Tag() {
		case dwarf.TagMember:
			if hasDiscr && c.Offset == discr {
				f, _ := readField(&c)
				p.discr = &f
			}
		case dwarf.TagVariant:
			v := variant{}
			if n, ok := constant(&c, dwarf.AttrDiscrValue); ok {
				v.ranges = append(v.ranges, discrRange{n, n})
			} else if l, ok := c.Attr(dwarf.AttrDiscrList); ok {
				v.ranges = discrList(l)
			} else {
				v.deflt = true
			}
			for m := range c.Children() {
				if m.Tag() == dwarf.TagMember {
					v.payload, _ = readField(&m)
					if n, ok := m.Uint(dwarf.AttrDeclLine); ok && n < 1<<31 {
						v.line = int(n)
					}
					v.name = v.payload.name
					break
				}
			}
			if len(p.variants) < maxMembers {
				p.variants = append(p.variants, v)
			}
		}
	}
	return p
}

// discrList decodes DW_AT_discr_list: DW_DSC_label value | DW_DSC_range low high, …. The
// numbers are taken as unsigned; they are compared modulo the discriminant's width.
func discrList(v info.Value) []discrRange {
	b, ok := v.Block()
	if !ok {
		return nil
	}
	c := dwarf.NewCursor("", b, 0)
	var out []discrRange
	for c.Len() > 0 && len(out) < 1<<12 {
		kind := c.U8()
		lo := new(big.Int).SetUint64(c.ULEB())
		hi := lo
		if kind == 1 {
			hi = new(big.Int).SetUint64(c.ULEB())
		}
		if c.Err() != nil {
			break
		}
		out = append(out, discrRange{lo, hi})
	}
	return out
}

// constant reads a number of up to 16 bytes, with sign where the form has one.
func constant(e *info.Entry, a dwarf.Attr) (*big.Int, bool) {
	v, ok := e.Attr(a)
	if !ok {
		return nil, false
	}
	if b, ok := v.Block(); ok {
		if len(b) == 0 || len(b) > 16 {
			return nil, false
		}
		return bigBits(b, false), true
	}
	if n, ok := v.Uint(); ok {
		return new(big.Int).SetUint64(n), true
	}
	if n, ok := v.Int(); ok {
		return big.NewInt(n), true
	}
	return nil, false
}

// madeKey names a scalar type of a language.
type madeKey struct {
	name string
	lang symbols.Language
}

// basicNamed returns a scalar type that needs no DWARF.
func (ts *Types) basicNamed(name string, lang symbols.Language) *Type {
	b, ok := basicTypes[name]
	if !ok {
		return nil
	}
	if ts.wide && addressSized[name] {
		b.bits = 64
	}
	if name == "char" && lang == symbols.LangRust {
		b = basicType{classChar, 32, false}
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	key := madeKey{name, lang}
	t := ts.made[key]
	if t == nil {
		t = &Type{kind: typeBase, name: name, size: int64(b.bits) / 8, basic: b, lang: lang, types: ts, count: -1}
		t.char = b.class == classChar || lang != symbols.LangRust && strings.Contains(name, "char")
		ts.made[key] = t
	}
	return t
}

// pointerTo makes the type of pointers to t.
func (ts *Types) pointerTo(t *Type, lang symbols.Language) *Type {
	p := &Type{kind: typePointer, size: ts.pointerSize(), lang: lang, types: ts, count: -1, elem: t}
	if lang == symbols.LangRust && t != nil {
		p.name = "*const " + t.fullTypeName()
	}
	return p
}

// arrayOf makes the type of arrays of n t.
func (ts *Types) arrayOf(t *Type, n int64, lang symbols.Language) *Type {
	return &Type{kind: typeArray, size: -1, lang: lang, types: ts, count: n, elem: t}
}

// Lookup finds a type by its qualified name or a suffix of it at a `::`; nil if there is none.
func (ts *Types) Lookup(name string) *Type {
	ts.mu.Lock()
	t, ok := ts.named[name]
	ts.mu.Unlock()
	if ok {
		return t
	}
	if off, ok := ts.tab.TypeNamed(name); ok {
		t = ts.at(uint64(off))
	}
	ts.remember(name, t)
	return t
}

// remember keeps what a name means, unless nobody waited for that to be found out.
func (ts *Types) remember(name string, t *Type) {
	if t == nil && ts.tab.Interrupted() {
		return
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.named[name] = t
}
