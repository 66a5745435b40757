package wasm

import (
	"slices"
	"strconv"
)

// ValType is a value type. Those that the binary format writes as one byte are that byte (core specification, 5.3). A
// reference that is never null has the bit nonNull besides; one to functions of a type has its index above the byte.
type ValType uint32

const (
	I32       ValType = 0x7f
	I64       ValType = 0x7e
	F32       ValType = 0x7d
	F64       ValType = 0x7c
	V128      ValType = 0x7b
	FuncRef   ValType = 0x70
	ExternRef ValType = 0x6f
	ExnRef    ValType = 0x69

	// References that are always null.
	NullFuncRef   ValType = 0x73
	NullExternRef ValType = 0x72
	NullExnRef    ValType = 0x74

	// anyRef is the unknown reference type of unreachable code.
	anyRef ValType = 0x01 | nonNull
)

const (
	refNull  ValType = 0x63 // a reference to functions of a type
	nonNull  ValType = 1 << 31
	codeMask ValType = 0xff
)

const (
	refCode   = 0x64 // in the binary format: a reference that is never null
	indexAt   = 8
	maxTypes  = 1 << 22 // indices that a ValType can hold
	indexMask = maxTypes - 1
)

// RefTo is the type of references to functions of type i of the module, null included.
func RefTo(i uint32) ValType { return refNull | ValType(i)<<indexAt }

// NonNull is the reference type t without null.
func (t ValType) NonNull() ValType { return t | nonNull }

// OrNull is the reference type t with null.
func (t ValType) OrNull() ValType { return t &^ nonNull }

// Nullable reports whether null is of type t.
func (t ValType) Nullable() bool { return t.IsRef() && t&nonNull == 0 }

// Defaultable reports whether there is a value that locals of type t begin with.
func (t ValType) Defaultable() bool { return t&nonNull == 0 }

// TypeIndex is the index in Module.Types of the functions that t refers to.
func (t ValType) TypeIndex() (i uint32, ok bool) {
	return uint32(t) >> indexAt & indexMask, t&codeMask == refNull
}

// Top is the one of FuncRef, ExternRef and ExnRef that has all values of the reference type t, and t itself of any other.
func (t ValType) Top() ValType {
	switch t & codeMask {
	case refNull, FuncRef, NullFuncRef:
		return FuncRef
	case ExternRef, NullExternRef:
		return ExternRef
	case ExnRef, NullExnRef:
		return ExnRef
	}
	return t
}

// IsRef reports whether t is a reference type.
func (t ValType) IsRef() bool {
	switch t.Top() {
	case FuncRef, ExternRef, ExnRef, anyRef:
		return true
	}
	return false
}

// String is the type's name in the text format.
func (t ValType) String() string {
	switch {
	case t == anyRef:
		return "a reference"
	case t&nonNull != 0:
		return "(ref " + t.Heap() + ")"
	case t&codeMask == refNull:
		return "(ref null " + t.Heap() + ")"
	case t <= codeMask && valTypes[t].name != "":
		return valTypes[t].name
	}
	return "invalid type"
}

// Heap is the heap type of a reference type in the text format, the operand of ref.null.
func (t ValType) Heap() string {
	if i, ok := t.TypeIndex(); ok {
		return strconv.FormatUint(uint64(i), 10)
	}
	if h := valTypes[t&codeMask].heap; h != "" {
		return h
	}
	return t.String()
}

// valTypes has one row per byte that starts a value type in some version of the language.
var valTypes = [256]struct {
	name    string
	feature Feature
	ref     bool
	heap    string
}{
	I32:           {"i32", FeatureMVP, false, ""},
	I64:           {"i64", FeatureMVP, false, ""},
	F32:           {"f32", FeatureMVP, false, ""},
	F64:           {"f64", FeatureMVP, false, ""},
	V128:          {"v128", FeatureSIMD, false, ""},
	FuncRef:       {"funcref", FeatureReferenceTypes, true, "func"},
	ExternRef:     {"externref", FeatureReferenceTypes, true, "extern"},
	refCode:       {"(ref …)", FeatureTypedReferences, true, ""},
	refNull:       {"(ref null …)", FeatureTypedReferences, true, ""},
	0x6e:          {"anyref", FeatureGC, true, ""},
	0x6d:          {"eqref", FeatureGC, true, ""},
	0x6c:          {"i31ref", FeatureGC, true, ""},
	0x6b:          {"structref", FeatureGC, true, ""},
	0x6a:          {"arrayref", FeatureGC, true, ""},
	0x71:          {"nullref", FeatureGC, true, ""},
	NullExternRef: {"nullexternref", FeatureTypedReferences, true, "noextern"},
	NullFuncRef:   {"nullfuncref", FeatureTypedReferences, true, "nofunc"},
	ExnRef:        {"exnref", FeatureExceptions, true, "exn"},
	NullExnRef:    {"nullexnref", FeatureTypedReferences, true, "noexn"},
	0x68:          {"contref", FeatureStackSwitching, true, ""},
	0x75:          {"nullcontref", FeatureStackSwitching, true, ""},
}

// valType decodes a value type at b[pos], or a reference type alone. The error has no offset: it is of pos.
func valType(b []byte, pos int, refOnly bool) (t ValType, next int, e *Error) {
	if pos >= len(b) {
		return 0, pos, &Error{Msg: msgEnd}
	}
	r := &valTypes[b[pos]]
	switch {
	case r.name == "" && refOnly, !r.ref && refOnly:
		return 0, pos, &Error{Msg: "malformed reference type"}
	case r.name == "":
		return 0, pos, &Error{Msg: "invalid value type"}
	case !r.feature.Supported():
		return 0, pos, &Error{Feature: r.feature, Msg: "type " + r.name}
	case b[pos] == refCode:
		t, next, e = heapType(b, pos+1)
		return t.NonNull(), next, e
	case ValType(b[pos]) == refNull:
		return heapType(b, pos+1)
	}
	return ValType(b[pos]), pos + 1, nil
}

// heapType decodes a heap type at b[pos] and returns the type of the references to it, null included.
func heapType(b []byte, pos int) (t ValType, next int, e *Error) {
	if pos >= len(b) {
		return 0, pos, &Error{Msg: msgEnd}
	}
	if c := b[pos]; c&0xc0 == 0x40 { // a negative number in one byte
		r := &valTypes[c]
		switch {
		case r.heap == "" && (r.name == "" || r.feature.Supported()):
			return 0, pos, &Error{Msg: "malformed heap type"}
		case !r.feature.Supported():
			return 0, pos, &Error{Feature: r.feature, Msg: "type " + r.name}
		}
		return ValType(c), pos + 1, nil
	}
	v, next, msg := sleb(b, pos, 33)
	switch {
	case msg != "":
		return 0, next, &Error{Msg: msg}
	case v < 0:
		return 0, pos, &Error{Msg: "malformed heap type"}
	case v >= maxTypes:
		return 0, pos, &Error{Msg: msgUnknownType}
	}
	if !FeatureTypedReferences.Supported() {
		return 0, pos, &Error{Feature: FeatureTypedReferences, Msg: "type index"}
	}
	return RefTo(uint32(v)), next, nil
}

// validType checks the index in t.
func (m *Module) validType(t ValType) bool {
	i, ok := t.TypeIndex()
	return !ok || uint64(i) < uint64(len(m.Types))
}

// canonical is the first of the types that are the same as type i.
func (m *Module) canonical(i uint32) uint32 {
	if int(i) < len(m.canon) {
		return m.canon[i]
	}
	return i
}

// canonize finds the types that are the same. A type names only those before it, and itself.
func (m *Module) canonize() {
	m.canon = make([]uint32, len(m.Types))
	seen := make(map[string]uint32, len(m.Types))
	var key []byte
	for i := range m.Types {
		key = key[:0]
		for _, list := range [...][]ValType{m.Types[i].Params, m.Types[i].Results} {
			for _, t := range list {
				k, ok := t.TypeIndex()
				switch {
				case ok && int(k) < i:
					t = RefTo(m.canon[k]) | t&nonNull
				case ok:
					t = RefTo(indexMask) | t&nonNull // itself
				}
				key = append(key, byte(t), byte(t>>8), byte(t>>16), byte(t>>24))
			}
			key = append(key, 0)
		}
		first, ok := seen[string(key)]
		if !ok {
			first = uint32(i)
			seen[string(key)] = first
		}
		m.canon[i] = first
	}
}

// Subtype reports whether all values of type have are of type want (core specification, 3.3 "Matching").
func (m *Module) Subtype(have, want ValType) bool {
	switch {
	case have == want || have == 0:
		return true
	case !have.IsRef() || !want.IsRef() || want&nonNull != 0 && have&nonNull == 0:
		return false
	case have == anyRef || have&codeMask == want&codeMask && have&codeMask != refNull:
		return true
	}
	switch want & codeMask {
	case FuncRef, ExternRef, ExnRef:
		return have.Top() == want.Top()
	case refNull:
		if have&codeMask == NullFuncRef {
			return true
		}
		i, ok := have.TypeIndex()
		k, _ := want.TypeIndex()
		return ok && m.canonical(i) == m.canonical(k)
	}
	return false
}

// Subtypes is Subtype for lists.
func (m *Module) Subtypes(have, want []ValType) bool {
	if slices.Equal(have, want) {
		return true
	}
	if len(have) != len(want) {
		return false
	}
	for i := range have {
		if !m.Subtype(have[i], want[i]) {
			return false
		}
	}
	return true
}
