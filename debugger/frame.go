package debugger

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// Frame is a logical frame of a stopped program: a physical frame, an inlined call in one, or the
// boundary to the host.
type Frame struct {
	Level    int    // 0 is the innermost
	Function string // demangled, qualified; wasm function N when it has no name
	Short    string // last part of the name
	File     string // path as in DWARF, "" if there is no source
	Line     int
	Column   int
	Inlined  bool // an inlined call: shares the physical frame with the next one
	Host     bool // the boundary to the host: no code of the guest, no variables
	// Machinery marks frames of panic and abort machinery above the first frame that a
	// user wants to see.
	Machinery bool

	PC     abi.TextOffset // next instruction of this frame
	Lookup abi.TextOffset // address to look symbols up at: PC, or PC-1 behind a call
	CFA    abi.Addr
	Index  uint32          // wasm function index
	Code   wasm.CodeOffset // wasm instruction
	Offset wasm.FileOffset

	Symbol *symbols.Frame // nil for host frames and thunks
}

// HasSource tells whether the frame has a source line.
func (f *Frame) HasSource() bool { return f.File != "" && f.Line > 0 }

// Frames returns count logical frames from level start, and whether there are more. Only
// as many as asked for are unwound.
func (s *Session) Frames(start, count int) (frames []*Frame, more bool, err error) {
	return nil, false, ErrClosed
}

// Arguments returns the arguments of the function of a frame.
func (s *Session) Arguments(level int) ([]*value.Variable, error) { return nil, ErrClosed }

// Locals returns the visible locals of a frame; shadowed ones are marked.
func (s *Session) Locals(level int) ([]*value.Variable, error) { return nil, ErrClosed }

// Globals returns statics and globals of the frame's unit, or of all units.
func (s *Session) Globals(level int, all bool) ([]*value.Variable, error) { return nil, ErrClosed }

// Eval evaluates an expression in a frame. The value is good until the program runs again.
func (s *Session) Eval(level int, expr string) (*value.Variable, error) { return nil, ErrClosed }

// SetVariable assigns to the place that an expression names and returns its new value.
func (s *Session) SetVariable(level int, place, expr string) (*value.Variable, error) {
	return nil, ErrClosed
}

// ReadMemory reads up to n bytes of linear memory 0; fewer come back at its end.
func (s *Session) ReadMemory(addr wasm.MemAddr, n int) ([]byte, error) { return nil, ErrClosed }

// WriteMemory writes linear memory 0.
func (s *Session) WriteMemory(addr wasm.MemAddr, p []byte) error { return ErrClosed }

// Registers returns the registers of the innermost frame, in the machine's usual order.
func (s *Session) Registers() ([]Register, error) { return nil, ErrClosed }

// Register is a register's name and value.
type Register struct {
	Name  string
	Value uint64
}
