package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// BreakpointSpec is what a user asks for. Exactly one of File, Function, Text, Code and
// Offset says where.
type BreakpointSpec struct {
	File     string // path or the end of one, with Line
	Line     int
	Column   int // 0: any
	Function string
	Text     *abi.TextOffset
	Code     *wasm.CodeOffset
	Offset   *wasm.FileOffset

	Condition    string // expression; "" is true
	HitCondition string // "5", "== 5", ">= 3", "> 3", "< 3", "<= 3", "% 2"; counts hits whose condition holds
	LogMessage   string // with {expression}; the program goes on
	Temporary    bool   // removed at its first stop
	Disabled     bool
}

// String renders where the breakpoint is: main.rs:12, main::run, code 0x1234.
func (b *BreakpointSpec) String() string {
	switch {
	case b.Text != nil:
		return fmt.Sprintf("text %#x", uint32(*b.Text))
	case b.Code != nil:
		return fmt.Sprintf("code %#x", uint32(*b.Code))
	case b.Offset != nil:
		return fmt.Sprintf("offset %#x", uint32(*b.Offset))
	case b.Function != "":
		return b.Function
	}
	return fmt.Sprintf("%s:%d", b.File, b.Line)
}

// Breakpoint is a logical breakpoint: what the user asked for and where it got bound.
type Breakpoint struct {
	ID int
	BreakpointSpec
	Hits   int          // times that a stop here had its condition fulfilled
	Places []BreakPlace // empty: not bound
	// Message says why the breakpoint is not bound, or that its line moved; "" otherwise.
	Message string
}

// Bound tells whether the breakpoint has code to stop at.
func (b *Breakpoint) Bound() bool { return len(b.Places) > 0 }

// BreakPlace is one address of a breakpoint: a line may be in several functions, inlined
// copies and generic instances.
type BreakPlace struct {
	Text     abi.TextOffset
	Code     wasm.CodeOffset
	Offset   wasm.FileOffset
	Function string
	File     string // as in DWARF
	Line     int
	Column   int
}

// SetBreakpoint adds a breakpoint. One that can't be bound is kept, with the reason in its
// Message; an error means that the request itself is wrong (a condition that doesn't parse).
func (s *Session) SetBreakpoint(spec BreakpointSpec) (Breakpoint, error) {
	return Breakpoint{}, ErrClosed
}

// ChangeBreakpoint replaces conditions, log message and Disabled of a breakpoint by spec's;
// its place and hit count stay.
func (s *Session) ChangeBreakpoint(id int, spec BreakpointSpec) (Breakpoint, error) {
	return Breakpoint{}, ErrClosed
}

// RemoveBreakpoint removes a breakpoint.
func (s *Session) RemoveBreakpoint(id int) error { return ErrClosed }

// Breakpoints lists all breakpoints by ID.
func (s *Session) Breakpoints() []Breakpoint { return nil }

// FindPlaces returns where a breakpoint would bind, and its message, without setting it.
func (s *Session) FindPlaces(spec BreakpointSpec) ([]BreakPlace, string) { return nil, "" }
