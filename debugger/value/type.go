package value

import (
	"math/big"
	"strings"
	"sync"
	"sync/atomic"

	"sphex/debugger/symbols"
	"sphex/dwarf/info"
)

// typeKind is the shape of a type in DWARF's terms.
type typeKind uint8

const (
	typeVoid typeKind = iota
	typeBase
	typePointer
	typeReference
	typeStruct // structures and classes
	typeUnion
	typeArray
	typeEnum
	typeFunc
	typeTypedef
	typeQualified // const, volatile, atomic, restrict
	typeMemberPointer
	typeUnspecified
)

// Type is a type of the program. What it refers to is read when it is asked for.
type Type struct {
	kind  typeKind
	name  string // qualified, as in DWARF
	size  int64  // bytes; -1 is unknown
	align int64  // bytes, where it is given; 0: that which the parts have
	basic basicType
	char  bool // base type: a character of text
	lang  symbols.Language
	qual  string // typeQualified: const, volatile, …
	decl  bool   // declared only
	class bool   // typeEnum: scoped; typeStruct: class

	rvalue bool   // typeReference: &&
	vector bool   // typeArray: of the processor
	within uint64 // typeMemberPointer: the class

	types  *Types
	off    uint64               // of the entry; 0 for types that were made here
	ref    uint64               // of the element type; 0 is void
	elem   *Type                // typeArray and made types: instead of ref
	count  int64                // typeArray: elements; -1 is unknown
	target atomic.Pointer[Type] // what ref describes, once it was asked for
	vla    uint64               // typeArray: variable that holds the count

	once    sync.Once
	members members
}

// members is what is inside of a structure, union or enum.
type members struct {
	fields   []field
	statics  []field // of unknown place: only names and types
	variants []variantPart
	enums    []enumerator
	args     []templateArg
	params   []uint64
	variadic bool // more parameters may follow
	err      error
}

// field is a member or a base class.
type field struct {
	name       string
	ref        uint64
	offset     int64 // bytes
	bitOffset  int64 // from the structure's start, bit 0 is the lowest of byte 0; valid if bitSize > 0
	bitSize    int64
	base       bool
	virtual    bool // offset is not constant: place computes the address from the structure's
	place      []byte
	unit       *info.Unit // of place
	artificial bool
	unplaced   bool // where it is can't be told
	unaligned  bool // it may be at any address
}

// variantPart is the part of a Rust enum that depends on a discriminant.
type variantPart struct {
	discr    *field // nil: a single variant
	variants []variant

	// Of Swift, whose enums have no discriminant:
	spare uint64 // bits that no payload uses
	tag   int64  // where the tag is behind the payloads; 0: nowhere
}

// variant is one arm of a variantPart.
type variant struct {
	ranges  []discrRange
	deflt   bool // chosen when no other matches
	name    string
	line    int   // of its declaration; of a future's state, of the await
	payload field // type is a structure with the fields
}

type discrRange struct{ lo, hi *big.Int }

type enumerator struct {
	name  string
	value *big.Int
}

type templateArg struct {
	name  string
	ref   uint64 // of the type argument, or of the value's type
	typ   bool
	value *big.Int // of an argument that is a number
}

// fullTypeName is the name as in DWARF, or one built in the language's manner for types that have none.
func (t *Type) fullTypeName() string { return t.nameDepth(0) }

func (t *Type) nameDepth(depth int) string {
	if t == nil {
		return "void"
	}
	if depth > 12 {
		return "…"
	}
	if t.name != "" {
		switch {
		case strings.ContainsAny(t.name, ".[?!") || t.name == "":
			return t.name // no tag of C
		case t.lang == symbols.LangC && t.kind == typeStruct:
			return "struct " + t.name
		case t.lang == symbols.LangC && t.kind == typeUnion:
			return "union " + t.name
		case t.lang == symbols.LangC && t.kind == typeEnum:
			return "enum " + t.name
		}
		return t.name
	}
	if t.lang == symbols.LangRust {
		switch t.kind {
		case typeVoid:
			return "()"
		case typePointer, typeReference:
			return "*mut " + t.Elem().nameDepth(depth+1)
		case typeArray:
			return "[" + t.Elem().nameDepth(depth+1) + "; " + itoa(t.count) + "]"
		}
	}
	return t.declare("", depth)
}

// declare writes the C declaration of something that has the type. Around its name, or around an
// empty place for it, stands inner.
func (t *Type) declare(inner string, depth int) string {
	if t == nil || t.name != "" || depth > 12 {
		return declared(t.nameDepth(depth), inner)
	}
	e := t.Elem()
	of := func(mark string) string {
		if e != nil && e.name == "" && (e.kind == typeFunc || e.kind == typeArray) {
			mark = "(" + mark + ")"
		}
		return e.declare(mark, depth+1)
	}
	switch t.kind {
	case typePointer:
		return of("*" + inner)
	case typeReference:
		if t.rvalue {
			return of("&&" + inner)
		}
		return of("&" + inner)
	case typeMemberPointer:
		if e != nil && e.kind == typeFunc && e.name == "" {
			s := e.function("("+t.qual+"::*"+inner+")", 1, depth+1) // without this
			if e.constMethod() {
				s += " const"
			}
			return s
		}
		return of(t.qual + "::*" + inner)
	case typeArray:
		if t.count < 0 {
			return e.declare(inner+"[]", depth+1)
		}
		return e.declare(inner+"["+itoa(t.count)+"]", depth+1)
	case typeFunc:
		return t.function(inner, 0, depth+1)
	case typeQualified:
		if e != nil && e.kind == typePointer && e.name == "" {
			return e.declare(declared(" "+t.qual, inner), depth+1)
		}
		return t.qual + " " + e.declare(inner, depth+1)
	case typeVoid:
		return declared("void", inner)
	case typeStruct:
		if t.class && t.lang == symbols.LangCPP {
			return declared("lambda", inner)
		}
		return declared("struct {…}", inner)
	case typeUnion:
		return declared("union {…}", inner)
	case typeEnum:
		return declared("enum {…}", inner)
	}
	return declared("?", inner)
}

// declared joins a type's name and what stands around the declared name.
func declared(name, inner string) string {
	if inner == "" || inner[0] == '[' {
		return name + inner
	}
	return name + " " + inner
}

// function declares a function, without its first parameters.
func (t *Type) function(inner string, without, depth int) string {
	var params []string
	m := t.load()
	for i, p := range m.params {
		if i >= without {
			params = append(params, t.types.at(p).nameDepth(depth))
		}
	}
	if m.variadic {
		params = append(params, "...")
	}
	return t.Elem().declare(inner+"("+strings.Join(params, ", ")+")", depth)
}

// constMethod reports whether a member function's this points to something constant.
func (t *Type) constMethod() bool {
	m := t.load()
	if len(m.params) == 0 {
		return false
	}
	this := t.types.at(m.params[0])
	if this == nil || this.kind != typePointer {
		return false
	}
	e := this.Elem()
	return e != nil && e.kind == typeQualified && e.qual == "const"
}

// strip removes typedefs and qualifiers.
func (t *Type) strip() *Type {
	for n := 0; t != nil && (t.kind == typeTypedef || t.kind == typeQualified); n++ {
		if n > 64 {
			return nil
		}
		t = t.Elem()
	}
	return t
}

// byteSize is the size of a value in memory; 0 if it is unknown.
func (t *Type) byteSize() int64 { return t.sizeDepth(0) }

func (t *Type) sizeDepth(depth int) int64 {
	if t == nil || depth > 64 {
		return 0
	}
	if t.kind == typeMemberPointer {
		// A function, and what it adds to `this`. Clang leaves the size out, and the translation, which
		// fills in that of pointers, does not look at what they point to.
		if e := t.Elem().strip(); e != nil && e.kind == typeFunc {
			return max(t.size, 2*t.types.pointerSize())
		}
	}
	if t.size >= 0 {
		return t.size
	}
	switch t.kind {
	case typeTypedef, typeQualified:
		return t.Elem().sizeDepth(depth + 1)
	case typePointer, typeReference:
		return t.types.pointerSize()
	case typeMemberPointer:
		return t.types.pointerSize()
	case typeArray:
		e := t.Elem().sizeDepth(depth + 1)
		if t.count > 0 && e > 0 && t.count < 1<<40/e {
			return t.count * e
		}
	}
	return 0
}

// isScalar reports whether values are numbers, booleans, characters.
func (t *Type) isScalar() bool { return t != nil && t.kind == typeBase && t.basic.class != classNone }

// isNumber reports whether values show themselves: numbers, enums, and pointers of C.
func (t *Type) isNumber() bool {
	if t == nil {
		return false
	}
	s := t.strip()
	return s != nil && (s.kind == typeBase || s.kind == typeEnum || s.kind == typePointer && isCLike(s.lang))
}

// fieldNamed returns the field of that name.
func (t *Type) fieldNamed(name string) *field {
	if t == nil {
		return nil
	}
	m := t.load()
	for i := range m.fields {
		if m.fields[i].name == name && !m.fields[i].base {
			return &m.fields[i]
		}
	}
	return nil
}

// typeArg returns template argument i if it is a type; nil otherwise.
func (t *Type) typeArg(i int) *Type {
	if t == nil {
		return nil
	}
	if args := t.load().args; i < len(args) && args[i].typ {
		return t.types.at(args[i].ref)
	}
	return nil
}

// numberArg returns template argument i if it is a number that fits.
func (t *Type) numberArg(i int) (int64, bool) {
	if t == nil {
		return 0, false
	}
	if args := t.load().args; i < len(args) && args[i].value != nil && args[i].value.IsInt64() {
		return args[i].value.Int64(), true
	}
	return 0, false
}

// arg returns the type argument called name, nil if there is none.
func (t *Type) arg(name string) *Type {
	if t == nil {
		return nil
	}
	for _, a := range t.load().args {
		if a.typ && a.name == name {
			return t.types.at(a.ref)
		}
	}
	return nil
}
