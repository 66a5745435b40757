package value

import (
	"errors"

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
	// FuncAt names the function that table element i refers to; "" if it is not known.
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
	KindPointer // pointers and references
	KindStruct
	KindTuple
	KindArray // arrays, slices, vectors
	KindEnum  // C-like, or with data
	KindUnion
	KindFunc
	KindMap
)

// Format says how to render.
type Format struct {
	Hex       bool
	MaxString int // bytes; 0: 200
	MaxItems  int // of arrays; 0: 64
	MaxDepth  int // 0: 3
	FullTypes bool
}

// Scope is where names are looked up: a logical frame of a stopped program.
type Scope struct {
	Table *symbols.Table
	Types *Types
	Frame Frame          // nil: statics only need memory, so never nil in practice
	Sym   *symbols.Frame // logical frame; nil: globals only
}

// Types reads and caches the types of an object.
type Types struct{ tab *symbols.Table }

// NewTypes returns the type reader for tab. One per session is enough.
func NewTypes(tab *symbols.Table) *Types { return &Types{tab: tab} }

// Variable is a value with a name, a type and children that are read when asked for.
type Variable struct {
	Name       string // of the variable, field or element: x, [3], 0
	EvalName   string // an expression that names it from the scope it came from; "" if there is none
	Kind       Kind
	Shadowed   bool  // a variable of an inner block has the same name
	Unreadable error // why there is no value
}

// TypeName returns the type's name, short for display (Vec<String>) or as in DWARF.
func (v *Variable) TypeName(full bool) string { return "" }

// String renders the value on one line with default settings.
func (v *Variable) String() string { return v.Format(Format{}) }

// Format renders the value on one line.
func (v *Variable) Format(f Format) string { return "" }

// NumChildren returns how many named (fields) and indexed (elements) children there are.
func (v *Variable) NumChildren() (named, indexed int) { return 0, 0 }

// Children returns children [start, start+count) of the named ones followed by the
// indexed ones; count < 0 asks for all.
func (v *Variable) Children(start, count int) []*Variable { return nil }

// Addr returns where the value is in linear memory.
func (v *Variable) Addr() (wasm.MemAddr, bool) { return 0, false }

// Place says in words where the value is: linear memory, a register, a frame slot, nowhere.
func (v *Variable) Place() string { return "" }

// Size returns the value's bytes.
func (v *Variable) Size() int64 { return 0 }

// Bool returns the truth of a condition's value.
func (v *Variable) Bool() (bool, error) { return false, errNotYet }

// Int returns the value of an integer, character, boolean, enum or pointer.
func (v *Variable) Int() (int64, bool) { return 0, false }

// Set writes a new value, given as an expression in the variable's scope.
func (v *Variable) Set(expr string) error { return errNotYet }

var errNotYet = errors.New("value: not implemented yet")

// Arguments returns the parameters of the scope's function.
func (s *Scope) Arguments() []*Variable { return nil }

// Locals returns the locals that are visible, innermost block last; shadowed ones are marked.
func (s *Scope) Locals() []*Variable { return nil }

// Globals returns statics and globals of the frame's unit, or of all units.
func (s *Scope) Globals(all bool) []*Variable { return nil }

// Eval evaluates an expression. Errors are *EvalError.
func (s *Scope) Eval(expr string) (*Variable, error) { return nil, errNotYet }

// EvalError says what is wrong with an expression, and where.
type EvalError struct {
	Expr   string
	Column int // in bytes, from 0
	Msg    string
}

func (e *EvalError) Error() string { return e.Msg }
