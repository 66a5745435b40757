package value

import (
	"fmt"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// location is where a value's bytes are.
type location struct {
	inMemory bool
	addr     abi.Addr // inMemory
	data     []byte   // otherwise: the bytes
	pieces   []piece  // where data came from; nil for computed values
	off      int64    // of data[0] in the pieces
	err      error    // no bytes
	points   *implicitPointer
	computed *computation // how the pieces that have no place come about; nil: not known
	null     bool         // a part of what a null pointer leads to: it has no value, but addr says where it would be
}

// implicitPointer is what a pointer points at that the producer optimised out, together with the
// memory behind it (DW_OP_implicit_pointer): a part of a variable. Such a location has an err.
type implicitPointer struct {
	target *symbols.Variable
	off    int64
}

// piece is one part of a value that is not simply in memory.
type piece struct {
	size    int64 // bytes
	kind    pieceKind
	addr    abi.Addr
	reg     codemap.Reg
	missing string // why there is nothing
}

type pieceKind uint8

const (
	pieceMemory pieceKind = iota
	pieceRegister
	pieceConst
	pieceEmpty
)

// at returns the location of a part of size bytes at off. It has an error if none of them is known;
// read has one if any is not.
func (l location) at(off, size int64) location {
	if l.err != nil {
		if l.null {
			l.addr += abi.Addr(off)
		}
		return l
	}
	if l.inMemory {
		l.addr += abi.Addr(off)
		return l
	}
	if off < 0 || size < 0 || off > int64(len(l.data)) || size > int64(len(l.data))-off {
		return location{err: fmt.Errorf("bytes %d to %d of a value that has %d", off, off+size, len(l.data))}
	}
	if lost, known := l.gaps(off, size); !known {
		return location{err: lost}
	}
	l.data = l.data[off : off+size : off+size]
	l.off += off
	return l
}

// unavailable is why a value can't be had.
type unavailable string

func (u unavailable) Error() string { return string(u) }

// maxRead bounds one read of a value's bytes.
const maxRead = 1 << 20

// read returns size bytes of the location.
func (s *Scope) read(l location, size int64) ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	if size < 0 || size > maxRead {
		return nil, unavailable(fmt.Sprintf("value of %d bytes is too large", size))
	}
	if !l.inMemory {
		if lost, _ := l.gaps(0, size); lost != nil {
			return nil, lost
		}
		p := l.at(0, size)
		return p.data, p.err
	}
	b := make([]byte, size)
	if size == 0 {
		return b, nil
	}
	if err := s.Frame.ReadNative(l.addr, b); err != nil {
		return nil, err
	}
	return b, nil
}

// pointee is the location of size bytes at a linear-memory address.
func (s *Scope) pointee(p wasm.MemAddr, size int64) location {
	base, memSize := s.Frame.Memory()
	if p == 0 {
		return location{err: unavailable("null pointer"), null: true, addr: base}
	}
	if uint64(p) > memSize || size > 0 && uint64(size) > memSize-uint64(p) {
		return location{err: unavailable(fmt.Sprintf("pointer %#x is outside of linear memory (size %#x)", uint64(p), memSize))}
	}
	return location{inMemory: true, addr: base + abi.Addr(p)}
}

// linear converts a native address to one in linear memory.
func (s *Scope) linear(a abi.Addr) (wasm.MemAddr, bool) {
	base, size := s.Frame.Memory()
	if a >= base && uint64(a-base) <= size {
		return wasm.MemAddr(a - base), true
	}
	return 0, false
}

// make returns a variable of type t at l.
func (s *Scope) make(name, eval string, t *Type, l location) *Variable {
	v := &Variable{Name: name, EvalName: eval, typ: t, loc: l, scope: s}
	if l.err != nil {
		v.Unreadable = l.err
	}
	return v
}

// unreadable returns a variable without value.
func (s *Scope) unreadable(name string, t *Type, err error) *Variable {
	return s.make(name, "", t, location{err: err})
}

// bytes reads the value.
func (v *Variable) bytes() ([]byte, error) {
	if v.typ == nil {
		return nil, unavailable("the type is unknown")
	}
	return v.scope.read(v.loc, v.typ.byteSize())
}

// field returns the part of v that f describes.
func (v *Variable) field(f *field) *Variable {
	t := v.typ.types.at(f.ref)
	name := f.name
	eval := ""
	if v.EvalName != "" && name != "" {
		eval = postfixable(v.EvalName) + "." + tupleName(name)
	}
	if f.base {
		name, eval = t.short(), v.EvalName
	}
	if f.unplaced {
		return v.scope.unreadable(name, t, unavailable("where it is can't be told"))
	}
	if f.bitSize > 0 {
		return v.bitField(f, t, name, eval)
	}
	if f.virtual {
		return v.scope.make(name, eval, t, v.computed(f))
	}
	in := v.scope.make(name, eval, t, v.loc.at(f.offset, t.byteSize()))
	in.item = (f.unaligned || f.offset+t.byteSize() > v.typ.strip().byteSize()) && t.isFunctionItem()
	return in
}

// bitField extracts a bit field as a value of its own.
func (v *Variable) bitField(f *field, t *Type, name, eval string) *Variable {
	first := f.bitOffset / 8
	last := (f.bitOffset + f.bitSize - 1) / 8
	st := t.strip()
	if f.bitOffset < 0 || f.bitSize > 128 || st == nil {
		return v.scope.unreadable(name, t, unavailable("impossible bit field"))
	}
	part := v.loc.at(first, last-first+1)
	b, err := v.scope.read(part, last-first+1)
	if err != nil {
		return v.scope.unreadable(name, t, err)
	}
	n := bigBits(b, false)
	n.Rsh(n, uint(f.bitOffset%8))
	st.load() // an enum's members tell whether it has a sign
	signed := st.basic.signed
	n = wrap(n, basicType{classInt, int(f.bitSize), signed})
	out := scalar{basicType: basicType{classInt, int(8 * t.byteSize()), signed}, i: integerOf(n)}
	r := v.scope.make(name, eval, t, location{data: out.bytes()})
	r.bits = &bitPlace{whole: part, size: last - first + 1, shift: f.bitOffset % 8, bits: f.bitSize}
	return r
}

// bitPlace is where a bit field came from.
type bitPlace struct {
	whole       location
	size        int64
	shift, bits int64
}

// fieldNamed returns the direct field called name, or nil.
func (v *Variable) fieldNamed(name string) *Variable {
	t := v.typ.strip()
	f := t.fieldNamed(name)
	if f == nil && strings.HasPrefix(name, "__") && strings.HasSuffix(name, "_") { // libc++ before LLVM 15
		f = t.fieldNamed(name[:len(name)-1])
	}
	if f == nil {
		return nil
	}
	return v.as(t).field(f)
}

// path follows direct fields; nil if one is missing.
func (v *Variable) path(names ...string) *Variable {
	for _, n := range names {
		if v = v.fieldNamed(n); v == nil {
			return nil
		}
	}
	return v
}

// as returns v seen as a t.
func (v *Variable) as(t *Type) *Variable {
	if v.typ == t {
		return v
	}
	return &Variable{Name: v.Name, EvalName: v.EvalName, typ: t, loc: v.loc, scope: v.scope, bits: v.bits, Unreadable: v.Unreadable}
}

// uint reads v as an unsigned number; pointers are addresses.
func (v *Variable) uint() (uint64, error) {
	if v == nil {
		return 0, unavailable("a field is missing")
	}
	b, err := v.bytes()
	if err != nil {
		return 0, err
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, unavailable("not a number")
	}
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	return n, nil
}

// scalar reads v as a number, if it is one.
func (v *Variable) scalar() (scalar, error) {
	t := v.typ.strip()
	if t == nil {
		return scalar{}, unavailable("the type is unknown")
	}
	bt, ok := t.scalarType()
	if !ok {
		return scalar{}, notNumber{t}
	}
	b, err := v.scope.read(v.loc, t.byteSize())
	if err != nil {
		return scalar{}, err
	}
	if len(b) == 0 {
		return scalar{}, unavailable("a " + t.short() + " has no bytes")
	}
	s := decodeScalar(b, bt)
	s.untyped = v.untyped
	return s, nil
}

// notNumber is a value that is asked for its number and has none. Its words are only made
// when somebody reads them.
type notNumber struct{ t *Type }

func (e notNumber) Error() string { return "a " + e.t.short() + " is not a number" }

// scalarType is what the bits of a value of a stripped type mean as a number; ok is false
// if it is none.
func (t *Type) scalarType() (b basicType, ok bool) {
	switch t.kind {
	case typeBase:
		return t.basic, t.basic.class != classNone
	case typeEnum:
		t.load() // sets size and sign
		return basicType{classInt, int(8 * t.byteSize()), t.basic.signed}, true
	case typePointer, typeReference, typeMemberPointer:
		return basicType{classInt, int(8 * t.byteSize()), false}, true
	}
	return b, false
}

// deref returns what the pointer v points at, as a t.
func (v *Variable) deref(t *Type) *Variable {
	name, eval := "", ""
	if v.Name != "" {
		name = "*" + v.Name
	}
	if v.EvalName != "" {
		eval = "*" + v.EvalName
	}
	if p := v.loc.points; p != nil {
		target := v.scope.variable(p.target)
		if t == nil || t.kind == typeVoid {
			t = target.typ
		}
		return v.scope.make(name, eval, t, target.loc.at(p.off, t.byteSize()))
	}
	p, err := v.uint()
	if err != nil {
		return v.scope.unreadable(name, t, err)
	}
	if t == nil || t.kind == typeVoid {
		return v.scope.unreadable(name, t, unavailable("a pointer to void has no value behind it"))
	}
	r := v.scope.make(name, eval, t, v.scope.pointee(wasm.MemAddr(p), t.byteSize()))
	r.behind = true
	return r
}
