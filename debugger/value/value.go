package value

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Frame is a physical frame of a stopped program.
type Frame interface {
	// PC is the address to look symbols up at: of an outer frame, its return address - 1.
	PC() abi.TextOffset
	// CFA is the canonical frame address; ok is false in a frame that has none.
	CFA() (addr abi.Addr, ok bool)
	// Register reads a register as it was in this frame: 8 bytes for general registers, 16
	// for vector registers, little-endian. It fails for one that the frame does not preserve.
	Register(r codemap.Reg) ([]byte, error)
	SetRegister(r codemap.Reg, b []byte) error
	// ReadNative reads process memory that belongs to the guest: its stack, its linear
	// memory, its context. WriteNative writes it.
	ReadNative(addr abi.Addr, p []byte) error
	WriteNative(addr abi.Addr, p []byte) error
	// Memory is linear memory 0: where its byte 0 is in the process, and its size.
	Memory() (base abi.Addr, size uint64)
	// FuncAt names the function that element i of a table refers to; "" if it is not known.
	FuncAt(table, i uint64) string
}

// Kind is what a value looks like to a view.
type Kind uint8

const (
	KindUnknown Kind = iota
	KindInt
	KindFloat
	KindBool
	KindChar
	KindUnit // (), void
	KindString
	KindPointer // raw pointers
	KindStruct
	KindTuple
	KindArray // arrays, slices, vectors, sets
	KindEnum  // C-like, or with data
	KindUnion
	KindFunc
	KindMap
)

// Variable is a value with a name, a type and children that are read when asked for. It reads
// the program when it is asked, so it is valid only until the program runs on; it is not safe for
// concurrent use.
type Variable struct {
	Name       string // of the variable, field or element: x, [3], 0
	EvalName   string // an expression that names it in the scope it came from; "" if there is none
	Shadowed   bool   // a variable of an inner block has the same name
	Param      bool   // a parameter of the scope's function
	Ahead      int    // the line of its declaration, which the program has not reached; 0: it has
	Unreadable error  // why there is no value

	typ     *Type
	loc     location
	scope   *Scope
	bits    *bitPlace
	variant string        // the mark of an enum's variant, in comparisons
	untyped bool          // made from literals alone
	made    func() *shape // a value that is no object: the string of a literal
	item    bool          // a function as a value of its own type, which has no bytes
	lent    bool          // what an expression has by reference: * gives the value itself
	depth   int           // transparent wrappers around it
	sh      *shape
	behind  bool // reached through a pointer: may be a base of something larger

	// Of a person's own renderings.
	raw  bool   // shown without
	view string // which of an entry's views is meant
	base Base   // of the numbers in it

	function *symbols.Function // the function that a name stands for
	decl     *symbols.Variable // what it is the value of; nil for parts and results
}

// Kind is what the value looks like.
func (v *Variable) Kind() Kind { return v.unwrapped().shape().kind }

// Err says why the value can't be shown, if that is so.
func (v *Variable) Err() error {
	if v.Unreadable != nil {
		return v.Unreadable
	}
	return v.unwrapped().shape().err
}

// Addr returns where the value is in linear memory.
func (v *Variable) Addr() (wasm.MemAddr, bool) {
	if !v.loc.inMemory || v.loc.err != nil {
		return 0, false
	}
	return v.scope.linear(v.loc.addr)
}

// NativeAddr returns where the value is in the process's memory.
func (v *Variable) NativeAddr() (abi.Addr, bool) {
	return v.loc.addr, v.loc.inMemory && v.loc.err == nil
}

// Pointer returns the linear-memory address that a pointer or reference holds.
func (v *Variable) Pointer() (wasm.MemAddr, bool) {
	t := v.typ.strip()
	if t == nil || t.kind != typePointer && t.kind != typeReference {
		return 0, false
	}
	p, err := v.uint()
	return wasm.MemAddr(p), err == nil
}

// Size returns the bytes of the value's type; 0 if it is not known.
func (v *Variable) Size() int64 { return v.typ.byteSize() }

// Bytes reads the raw bytes of the value.
func (v *Variable) Bytes() ([]byte, error) { return v.bytes() }

// Bool returns the truth of a condition's value.
func (v *Variable) Bool() (bool, error) {
	s, err := v.unwrapped().scalar()
	if err != nil {
		return false, err
	}
	return s.truth(), nil
}

// Int returns the value of an integer, character, boolean, enum or pointer that fits.
func (v *Variable) Int() (int64, bool) {
	s, err := v.unwrapped().scalar()
	if err != nil || s.class == classFloat {
		return 0, false
	}
	return s.i.int64()
}

// Text returns the contents of a string, at most max bytes, without quotes.
func (v *Variable) Text(max int) (string, bool) {
	u := v.unwrapped()
	s := u.shape().str
	if s == nil {
		return "", false
	}
	text, _, err := u.scope.readText(s, max)
	return text, err == nil
}

// Language is that of the value's type.
func (v *Variable) Language() symbols.Language {
	if v.typ == nil {
		return symbols.LangUnknown
	}
	return v.typ.lang
}
