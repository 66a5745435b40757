// Package codemap says where everything went when a module was compiled: each wasm offset's
// native code, each local's home, the operand stack's places, the frame's shape, the stop
// sites and the instructions that may trap. The compiler fills it, the DWARF translation
// reads it, and the parts that a debugger needs travel in the object.
package codemap

import (
	"sync"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Map is the code map of a module. Funcs holds the module's own functions in the order of
// their bodies; Thunks the pieces of text that belong to no body.
type Map struct {
	Target   Target
	Funcs    []Func
	Thunks   []Thunk
	TextSize abi.TextOffset
	// Metered says that the code counts down Context.Fuel: by one whenever a function of the module's own is entered, and whenever a
	// round of a loop begins, the first one included. At less than zero there is an instruction of kind
	// abi.TrapFuel, before the function's first instruction or the loop's.
	Metered bool
	// Params says where parameters are when a function of each type (Module.Types) is entered: InReg,
	// or InSlot, at CFA+Offset for as long as the function runs. The object does not keep it.
	Params [][]Place
}

// Target names the registers of the machine that the text is for, so that the packages that
// read a code map need not know it.
type Target struct {
	Machine uint16 // ELF's e_machine
	SP      Reg    // stack pointer
	RA      Reg    // return address column
	Context Reg    // pinned: address of the instance's abi.Context
	Memory  Reg    // pinned: address of byte 0 of memory 0
}

// Func is the code map of one function. All its text offsets count from the start of the
// module's text once the function is placed (from the function's own start before). The lists of one
// that comes from a file are there once Read was called.
type Func struct {
	Index      uint32          // in the function index space
	Body       wasm.CodeOffset // Body.Start of the wasm body
	BodyEnd    wasm.CodeOffset
	Text       abi.TextOffset // [Text, TextEnd)
	TextEnd    abi.TextOffset
	BodyText   abi.TextOffset // first code behind the prologue: homes are valid from here
	Frame      Frame
	Locals     []Home // of every wasm local, parameters first
	Insts      []Inst // ascending by Text; see Inst
	Sites      []Site // stop sites, ascending by Text
	Traps      []Trap // ascending by Text
	Calls      []Call // ascending by Return
	StackMoves []StackMove
	Pairs      [][2]Place // of IsPair
	Handlers   []Handler  // the innermost first

	pending *Pending
}

// Pending is the reading of what a function has beside its offsets: Frame, Locals, Insts, Sites, Traps
// and Calls. A map has hundreds of thousands of functions, of which a session asks for few.
type Pending struct {
	From Reader
	N    int // of the function, for From
	once sync.Once
}

// Reader reads the lists of function n of a map that was opened and not read.
type Reader interface{ ReadFunc(n int, f *Func) }

// ReadLater has the lists of f read when Read asks for them.
func (f *Func) ReadLater(p *Pending) { f.pending = p }

// Read returns f with all of its lists. Who has f from a map of a file calls it before asking for one of
// them; it may be called at any time and by several.
func (f *Func) Read() *Func {
	if p := f.pending; p != nil {
		p.once.Do(func() { p.From.ReadFunc(p.N, f) })
	}
	return f
}

// Returns lists where the function's return instructions are: the rows of its frame behind the prologue's come in
// pairs, one at a return and one behind it.
func (f *Func) Returns() []abi.TextOffset {
	var list []abi.TextOffset
	for i := 2; i < len(f.Frame.Rows); i += 2 {
		if !f.Frame.Rows[i].Tail {
			list = append(list, f.Frame.Rows[i].Text)
		}
	}
	return list
}

// Frame is the shape of a function's frame, which is constant between prologue and epilogue.
//
// At the function's first instruction the canonical frame address (CFA) is SP+8 and the
// return address is at CFA-8. Behind the prologue CFA is SP+Size+8.
type Frame struct {
	Size  uint32 // bytes that the prologue takes from the stack pointer, pushes included
	Rows  []CFARow
	Saved []Saved
}

// CFARow says that from Text on, CFA = SP + Offset. The first row is that of the entry;
// epilogues in the middle of a function add rows.
type CFARow struct {
	Text   abi.TextOffset
	Offset uint32
	Tail   bool // the function is left by the jump of a tail call
}

// Saved is a callee-saved register that the function keeps at CFA+Offset from Text on. All are saved before
// one of them is written.
type Saved struct {
	Reg    Reg
	Offset int32
	Text   abi.TextOffset
}

// Reg is a register by its DWARF number for the target (System V psABI for x86-64: 0–15
// general in the order rax rdx rcx rbx rsi rdi rbp rsp r8…r15, 16 the return address,
// 17–32 xmm0–xmm15).
type Reg uint8

// PlaceKind says where a value is.
type PlaceKind uint8

const (
	Nowhere PlaceKind = iota // there is no such operand
	InReg                    // in Reg
	InSlot                   // in the frame, at CFA+Offset
	IsConst                  // the constant Value

	// Operands that the code has not computed yet.
	IsLocal  // the same as local Index
	IsAddend // local Index plus Value, wrapped to the type's width
	IsSum    // Reg + Reg2<<Scale + Value, wrapped to the type's width
	IsLoad   // the word of linear memory at Reg + Value
	IsFlags  // 0 or 1: whether the condition Flags holds for Reg
	IsPair   // what Func.Pairs[Index] are together by the operation Value: add, sub, and, or, xor of i32
)

// Home is the one place of a wasm local for the whole function behind the prologue. The
// upper half of a register that holds an i32 is zero. Slots are 8 bytes (16 for v128),
// little-endian. A local that code never touches and that is no parameter is the constant 0.
type Home struct {
	Kind   PlaceKind // InReg, InSlot or IsConst
	Type   wasm.ValType
	Reg    Reg
	Offset int32 // InSlot: from the CFA
}

// Inst maps a wasm instruction to the text where code emission stood when the compiler came
// to it. Wasm offsets ascend with Text, except for out-of-line code at a function's end, which has
// rows of its own. All code from one row's Text to the next row's belongs to that instruction
// (or was folded into a later one).
type Inst struct {
	Text abi.TextOffset
	Wasm wasm.CodeOffset
}

// Site is a stop site: a nop at the start of the code for a statement row of the line table.
// When execution stands there, every effect of the instructions before Wasm has happened and
// none of those from Wasm on.
//
// No branch leads into the SiteRoom bytes from Text on, but to Text itself, and no call returns
// into them: a debugger may put a call there, and run the instructions that it replaces elsewhere.
type Site struct {
	Text abi.TextOffset
	Wasm wasm.CodeOffset
	Size uint8 // bytes of the nop
}

// SiteRoom is the size of a call: see Site.
const SiteRoom = 5

// Trap is an instruction that may fault: a load or store (Kind TrapMemory), a ud2 or a
// division. Wasm is the offset of the wasm instruction to blame.
type Trap struct {
	Text abi.TextOffset
	Wasm wasm.CodeOffset
	Kind abi.Trap
}

// Call is a call's return address and the wasm instruction that calls. It covers direct,
// indirect, import and builtin calls.
type Call struct {
	Return abi.TextOffset
	Wasm   wasm.CodeOffset
}

// Handler says where an exception goes on that comes from a call, or is thrown by one, whose return address is
// behind From and not behind To; a call that stands out of line has the one of the first call with its wasm offset. Of those that
// fit, the first in Func.Handlers is meant. At Pad the stack pointer is that of the
// frame, callee-saved registers are what they were, and Context.Args has the values that the exception
// carries, then its reference if Ref.
type Handler struct {
	From, To abi.TextOffset
	Pad      abi.TextOffset
	Kind     HandlerKind
	Index    uint32 // CatchTag: the tag; Delegate: only handlers of at most this Depth follow
	Depth    uint32 // of blocks around
	Ref      bool
}

// HandlerKind says which exceptions a Handler takes.
type HandlerKind uint8

const (
	CatchTag HandlerKind = iota
	CatchAll
	Delegate
)

// StackMove says that from Text on, the operand stack entry Depth (0 is the bottom) is at
// Place. Entries at or above the next Depth pushed are dead. Recorded only when the compiler is asked to.
type StackMove struct {
	Text  abi.TextOffset
	Depth uint32
	Place Place
}

// NoReg stands for a register of a Place that is not there.
const NoReg Reg = 255

// Place is where an operand stack entry is.
type Place struct {
	Kind   PlaceKind
	Type   wasm.ValType
	Reg    Reg
	Reg2   Reg   // IsSum
	Scale  uint8 // IsSum
	Offset int32
	Index  uint32
	Value  uint64 // IsFlags: see Flags; IsPair: a wasm.Op
}

// Flags is a condition over the bits of the processor's flags register r: that
// (r xor Invert) and Any is not zero, or that bits Differ and Differ2 of r are not equal (they
// are one bit if that is no part of the condition); Negate: the opposite.
type Flags struct {
	Any, Invert     uint16 // masks
	Differ, Differ2 uint8  // numbers of bits
	Negate          bool
}

// Pack makes the Value of a Place of kind IsFlags.
func (f Flags) Pack() uint64 {
	v := uint64(f.Any) | uint64(f.Invert)<<16 | uint64(f.Differ)<<32 | uint64(f.Differ2)<<40
	if f.Negate {
		v |= 1 << 48
	}
	return v
}

// Flags returns the condition of a place of kind IsFlags.
func (p *Place) Flags() Flags {
	v := p.Value
	return Flags{uint16(v), uint16(v >> 16), uint8(v >> 32), uint8(v >> 40), v>>48 != 0}
}

// Holds reports whether the condition holds for a value of the register.
func (f Flags) Holds(r uint64) bool {
	yes := (uint16(r)^f.Invert)&f.Any != 0 || r>>f.Differ&1 != r>>f.Differ2&1
	return yes != f.Negate
}

// ThunkKind says what a Thunk is for.
type ThunkKind uint8

const (
	EntryThunk   ThunkKind = iota // from Go into a function of type Index (Module.Types)
	ImportThunk                   // from guest code out to import Index (function index space)
	ForeignThunk                  // out to a function of type Index of another instance
	RoutineThunk                  // routine Index of the backend, which generated code calls and which calls nothing
)

// Thunk is a piece of text that the compiler makes beside the bodies.
//
// An entry thunk is reached by the enter stub with the pinned register set and the stack
// pointer at StackTop; it loads the parameters from Context.Args, calls Context.EntryFn,
// stores the results to Context.Args and jumps to Context.DoneStub. An import thunk has the
// internal calling convention, stores its parameters to Context.Args and its number to
// Context.HostFunc, calls Context.HostStub, loads the results from Context.Args and returns.
// A foreign thunk does the same for abi.HostForeignCall.
type Thunk struct {
	Kind    ThunkKind
	Index   uint32
	Text    abi.TextOffset
	TextEnd abi.TextOffset
	Rows    []CFARow
	Calls   []Call
}
