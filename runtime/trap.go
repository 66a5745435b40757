package runtime

import (
	"errors"
	"fmt"
	"iter"

	"sphex/aot/abi"
)

// ErrKilled is how a call ends after Kill.
var ErrKilled = errors.New("killed")

// ExitError ends a run from a host function: the program has finished with Code.
type ExitError struct{ Code uint32 }

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// TrapError is a trap of guest code.
type TrapError struct {
	Kind      abi.Trap
	Instance  *Instance
	PC        abi.TextOffset // of the instruction; of the return address if a builtin trapped
	Return    bool           // PC is a return address
	Fault     abi.Addr       // the address that was accessed, for TrapMemory and TrapStack
	MemAddr   uint64         // the same in the linear memory that it belongs to, for TrapMemory
	Frames    []TrapFrame    // innermost first, at most MaxTrapFrames
	More      bool           // there were more frames
	Exception *Exception     // for TrapException
	Report    any            // what OnTrap's function has made of it; nil without one
}

// OnTrap has f look at each trap of a call that nobody debugs, while the guest still stands where it trapped:
// frames walks its stack, and registers and memory can be read. What f returns becomes the error's Report. It
// costs nothing as long as nothing traps. It must be set before a call.
func (in *Instance) OnTrap(f func(t *TrapError, frames iter.Seq[Frame]) (report any)) { in.onTrap = f }

// seen finishes the error of a trap in activation a, whose state is whole.
func (e *TrapError) seen(a *activation) {
	e.collect(a)
	if d := a.thread.debug.Load(); a.in.onTrap != nil && (d == nil || d.attached) {
		f := a.in.onTrap
		e.Report = f(e, func(yield func(Frame) bool) { walk(a, true, yield) })
	}
}

// TrapFrame is one frame of a trap's backtrace.
type TrapFrame struct {
	Instance *Instance
	PC       abi.TextOffset
	Return   bool // PC is a return address: look it up with PC-1
}

// MaxTrapFrames is how many frames a TrapError keeps.
const MaxTrapFrames = 128

// trapWords are the words of the specification's test suite.
var trapWords = [...]string{
	abi.TrapNone:            "no trap",
	abi.TrapUnreachable:     "unreachable",
	abi.TrapMemory:          "out of bounds memory access",
	abi.TrapTable:           "out of bounds table access",
	abi.TrapDivideByZero:    "integer divide by zero",
	abi.TrapOverflow:        "integer overflow",
	abi.TrapConversion:      "invalid conversion to integer",
	abi.TrapConversionRange: "integer overflow",
	abi.TrapUninitialized:   "uninitialized element",
	abi.TrapSignature:       "indirect call type mismatch",
	abi.TrapStack:           "call stack exhausted",
	abi.TrapNullReference:   "null reference",
	abi.TrapIndirectBounds:  "undefined element",
	abi.TrapException:       "uncaught exception",
	abi.TrapUnaligned:       "unaligned atomic",
	abi.TrapUnshared:        "expected shared memory",
	abi.TrapFuel:            "all fuel is used up",
}

// TrapWords returns the words of the specification's test suite for a trap.
func TrapWords(t abi.Trap) string {
	if int(t) < len(trapWords) {
		return trapWords[t]
	}
	return fmt.Sprintf("trap %d", t)
}

func (e *TrapError) Error() string { return TrapWords(e.Kind) }

// FatalFault is a fault of guest code that no trap explains: a defect of the compiler or of
// the runtime. What the instance holds can not be trusted any more: later calls of it return the same error.
type FatalFault struct {
	Instance *Instance
	Signal   uint64
	Code     int64
	Fault    abi.Addr
	PC       abi.Addr
	Regs     [16]uint64 // in the processor's own numbering
	Flags    uint64
	Vectors  [16][2]uint64
}

func (e *FatalFault) Error() string {
	return fmt.Sprintf("fatal fault: signal %d code %d at address %#x, pc %#x, registers %x, flags %#x, vector registers %x",
		e.Signal, e.Code, uint64(e.Fault), uint64(e.PC), e.Regs, e.Flags, e.Vectors)
}
