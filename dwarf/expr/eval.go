package expr

import (
	"errors"

	"sphex/dwarf"
)

// Type is a base type of the stack's values. The zero Type is the generic type: an integer
// of an address's size and no sign.
type Type struct {
	Encoding dwarf.Encoding
	Size     uint8 // bytes, 1 to 16
}

// Value is an element of the stack. Bits holds its bytes, little-endian from the lowest bit, and
// High those above 8; those above its size are zero.
type Value struct {
	Type Type
	Bits uint64
	High uint64
}

// Bytes appends the value's bytes, little-endian; size is that of the generic type.
func (v Value) Bytes(dst []byte, size uint8) []byte {
	if v.Type != (Type{}) {
		size = v.Type.Size
	}
	for i := range size {
		if i < 8 {
			dst = append(dst, byte(v.Bits>>(8*i)))
		} else {
			dst = append(dst, byte(v.High>>(8*(i-8))))
		}
	}
	return dst
}

// ErrUnavailable is what a Host returns for what it cannot know.
var ErrUnavailable = errors.New("not available")

// Host answers what an expression asks. Every method may fail; then the evaluation fails
// with that error.
// Embed NoHost to implement only some.
type Host interface {
	// Register reads the low len(buf) bytes of a register, by its DWARF number.
	Register(reg uint64, buf []byte) error
	// Memory reads len(buf) bytes at addr.
	Memory(addr uint64, buf []byte) error
	// FrameBase is the value of the function's DW_AT_frame_base.
	FrameBase() (uint64, error)
	// CFA is the canonical frame address.
	CFA() (uint64, error)
	// Wasm reads a WebAssembly location: kind 0 a local, 1 and 3 a global, 2 an operand.
	Wasm(kind uint8, index uint32) (Value, error)
	// TLS is the address of a thread-local variable.
	TLS(offset uint64) (uint64, error)
	// EntryValue evaluates an expression as it was when the function was entered.
	EntryValue(code []byte) (Value, error)
	// Addrx reads entry index of the unit's part of .debug_addr.
	Addrx(index uint64) (uint64, error)
	// BaseType describes the base type entry at an offset from the start of the unit.
	BaseType(off uint64) (Type, error)
	// Call returns the DW_AT_location of the entry at an offset from the start of the unit,
	// or in .debug_info if section is set. It may be empty.
	Call(off uint64, section bool) ([]byte, error)
	// ObjectAddress is the address of the object that the expression is about.
	ObjectAddress() (uint64, error)
	// VariableValue is the value of the variable that the entry at an offset in .debug_info describes.
	VariableValue(off uint64) (Value, error)
}

// NoHost is a Host that knows nothing.
type NoHost struct{}

func (NoHost) Register(uint64, []byte) error     { return ErrUnavailable }
func (NoHost) Memory(uint64, []byte) error       { return ErrUnavailable }
func (NoHost) FrameBase() (uint64, error)        { return 0, ErrUnavailable }
func (NoHost) CFA() (uint64, error)              { return 0, ErrUnavailable }
func (NoHost) Wasm(uint8, uint32) (Value, error) { return Value{}, ErrUnavailable }
func (NoHost) TLS(uint64) (uint64, error)        { return 0, ErrUnavailable }
func (NoHost) EntryValue([]byte) (Value, error)  { return Value{}, ErrUnavailable }
func (NoHost) Addrx(uint64) (uint64, error)      { return 0, ErrUnavailable }
func (NoHost) BaseType(uint64) (Type, error)     { return Type{}, ErrUnavailable }
func (NoHost) Call(uint64, bool) ([]byte, error) { return nil, ErrUnavailable }
func (NoHost) ObjectAddress() (uint64, error)    { return 0, ErrUnavailable }

func (NoHost) VariableValue(uint64) (Value, error) { return Value{}, ErrUnavailable }

// PieceKind says where a piece of an object is.
type PieceKind uint8

const (
	Empty           PieceKind = iota // optimised out
	Memory                           // at Addr
	Register                         // in register Reg
	Implicit                         // the bytes Data
	StackValue                       // the value Value
	ImplicitPointer                  // it points Offset bytes into the entry at Ref of .debug_info, which has no address
)

// Piece is a part of an object's location description.
type Piece struct {
	Kind   PieceKind
	Addr   uint64
	Reg    uint64
	Value  Value
	Data   []byte // aliases the expression
	Ref    uint64
	Offset int64
	// Bits is the size of the piece; 0 when the location is the whole object's.
	Bits uint64
	// BitOffset is where the piece starts in its place (DW_OP_bit_piece).
	BitOffset uint64
}
