// Package abi is the contract between generated code and the runtime: the context that the
// pinned register points at, the places of an instance's globals, tables and memories in it,
// function references, trap kinds and the stubs. Generated code and the assembly of
// runtime/native know these structures only through the offsets here, which a test proves
// against unsafe.Offsetof.
package abi

import "sphex/aot/wasm"

// TextOffset is a byte offset from the start of a compiled module's native text.
type TextOffset uint32

// Addr is an address in this process.
type Addr uint64

// Version changes whenever generated code and runtime must change together. It is part of
// the cache key and of every object.
const Version = 5

// PageSize is the unit of WebAssembly linear memory.
const PageSize = 64 << 10

// Reason says why control came back from guest code to Go.
type Reason uint64

const (
	ReasonReturn Reason = 1 // the entry function returned; results are in Args
	ReasonHost   Reason = 2 // call of import HostFunc; arguments are in Args
	ReasonSignal Reason = 3 // Sig, Code, Fault and all registers are valid
	ReasonSite   Reason = 4 // a call-patched stop site; all registers are valid
	ReasonRetry  Reason = 5 // the entry was aborted by a pause or a preemption; nothing changed
)

// Host functions above the module's imports that generated code calls for work that is not
// worth inlining. Arguments and results travel in Args like those of imports.
const (
	HostBuiltin     = 0x8000_0000      // first of the builtins
	HostMemoryGrow  = HostBuiltin + 0  // (memory, pages) -> old pages or -1 (i32)
	HostMemoryInit  = HostBuiltin + 1  // (memory, segment, dst, src, n)
	HostDataDrop    = HostBuiltin + 2  // (segment)
	HostMemoryCopy  = HostBuiltin + 3  // (dst memory, src memory, dst, src, n)
	HostMemoryFill  = HostBuiltin + 4  // (memory, dst, value, n)
	HostTableInit   = HostBuiltin + 5  // (table, segment, dst, src, n)
	HostElemDrop    = HostBuiltin + 6  // (segment)
	HostTableCopy   = HostBuiltin + 7  // (dst table, src table, dst, src, n)
	HostTableGrow   = HostBuiltin + 8  // (table, value, n) -> old size or -1 (i32)
	HostTableFill   = HostBuiltin + 9  // (table, dst, value, n)
	HostForeignCall = HostBuiltin + 10 // (pointer to FuncRef of another instance, arguments...) -> results...
	HostThrow       = HostBuiltin + 11 // (tag, values...); does not return
	HostThrowRef    = HostBuiltin + 12 // (reference of an exception); does not return

	HostAtomicNotify = HostBuiltin + 24 // (memory, offset in two halves, address, count) -> woken (i32)
	HostAtomicWait   = HostBuiltin + 25 // (memory, offset in two halves, bytes, address, expected, ns) -> 0, 1, 2 (i32)
)

// A builtin that fails (out of bounds, ...) makes the runtime end the call with a trap whose
// PC is the return address of the call; the code map gives that call its wasm offset.

// Trap is why guest code cannot go on.
type Trap uint8

const (
	TrapNone            Trap = iota
	TrapUnreachable          // unreachable executed
	TrapMemory               // out of bounds memory access
	TrapTable                // out of bounds table access
	TrapDivideByZero         // integer divide by zero
	TrapOverflow             // integer overflow (INT_MIN / -1)
	TrapConversion           // invalid conversion to integer (NaN)
	TrapConversionRange      // integer overflow in a conversion
	TrapUninitialized        // call of a null table element
	TrapSignature            // indirect call type mismatch
	TrapStack                // call stack exhausted
	TrapNullReference        // null reference
	TrapIndirectBounds       // undefined element: indirect call with an index out of the table
	TrapException            // an exception that nothing catches
	TrapUnaligned            // atomic access that is not aligned
	TrapUnshared             // wait on a memory that is not shared
	TrapFuel                 // the fuel is used up; the two bytes of the instruction are followed by where code goes on with more
)

// FuncRef is what a funcref value points at. One lives in the context of the instance that
// defines the function for each function that escapes (see Layout.Escaping). A null funcref
// is a zero pointer; loads from it fault at addresses below 4096, which the trap table may
// list as TrapUninitialized.
type FuncRef struct {
	Code    Addr   // the function's body, internal calling convention
	Type    uint64 // engine-wide number of its signature
	Context Addr   // of the instance that it belongs to: pinned register when running it
	Index   uint64 // in the function index space of that instance's module
}

const (
	FuncRefCode    = 0
	FuncRefType    = 8
	FuncRefContext = 16
	FuncRefIndex   = 24
	FuncRefSize    = 32
)

// Memory describes one linear memory. Base never changes once it is set.
type Memory struct {
	Base Addr   // process address of byte 0
	Size uint64 // bytes; a multiple of the page size of its type
}

// Table describes one table: elements are 8 bytes, a pointer to a FuncRef or zero, or an
// external reference's handle (0 is null).
type Table struct {
	Base Addr
	Len  uint64 // elements
}

// MaxArgs is how many words the parameters, or the results, of a function may take: a module with more does not decode.
const MaxArgs = wasm.MaxWords

// Context is the fixed head of one guest activation's page-aligned area: the pinned register
// holds its address while guest code runs. Behind it, at HeadSize, stand the instance's own
// words as Layout places them.
//
// Regs is indexed by the processor's own register numbers.
type Context struct {
	Regs     [16]uint64 // 0x000
	PC       uint64     // 0x080 \
	CS       uint64     // 0x088  |
	Flags    uint64     // 0x090  | the frame that the return from an interrupt pops
	SP       uint64     // 0x098  |
	SS       uint64     // 0x0a0 /
	GoSP     uint64     // 0x0a8
	GoBP     uint64     // 0x0b0
	Reason   Reason     // 0x0b8
	Sig      uint64     // 0x0c0
	Code     uint64     // 0x0c8 si_code, sign-extended
	Fault    uint64     // 0x0d0 si_addr
	TrapNo   uint64     // 0x0d8
	ErrCode  uint64     // 0x0e0
	CR2      uint64     // 0x0e8
	PerfData uint64     // 0x0f0
	PerfType uint64     // 0x0f8 type in the low half, flags in the high
	Entry    uint64     // 0x100 where the enter stub jumps: an entry thunk
	EntryFn  uint64     // 0x108 what the entry thunk calls
	StackTop uint64     // 0x110 initial guest stack pointer, 16-byte aligned
	HostFunc uint64     // 0x118 index of the import, or a Host… builtin
	HostSP   uint64     // 0x120 guest stack pointer at the host call; the return address is on top
	HostStub uint64     // 0x128 address of the outbound stub: generated code does call [HostStub]
	SiteStub uint64     // 0x130 address of the stub that call-patched stop sites call
	DoneStub uint64     // 0x138 address of the outbound stub where an entry thunk ends
	StackLo  uint64     // 0x140 guest stack with its guard
	StackHi  uint64     // 0x148
	StepLo   uint64     // 0x150 single steps inside [StepLo, StepHi) go on in the handler
	StepHi   uint64     // 0x158
	StepN    uint64     // 0x160
	Pause    uint32     // 0x168 set by another goroutine: stop as soon as possible
	StepOut  uint32     // 0x16c a single step ran into a stub; the trap flag was dropped
	MXCSR    uint32     // 0x170
	VecValid uint32     // 0x174 1: XMM holds the vector registers, 2: YMMHigh too
	Signals  uint64     // 0x178 captured so far
	Retries  uint64     // 0x180 entries that were aborted
	Host     uint64     // 0x188 the runtime's own handle
	Thread   uint64     // 0x190 what tells the thread that entered last from others: its base of thread-local storage
	TID      uint32     // 0x198 its number
	Inside   uint32     // 0x19c the thread is between an entry and the way back
	_        [11]uint64 // 0x1a0
	Fuel     int64      // 0x1f8 what metered code may still spend; below zero: it was spent, and asked for more
	XMM      [16][2]uint64
	YMMHigh  [16][2]uint64

	// 0x400 arguments and results of entries and host calls, one word each, and what the runtime is told
	// beside them: an exception's tag or reference, the function of a call through a table.
	Args [MaxArgs + 1]uint64
}

// The outbound stub (HostStub) keeps, besides the stack pointer and the pinned registers, all
// registers that are callee-saved in the convention of generated code: on x86-64 rbx, rbp,
// rsi, rdi, r11, r12 and r13 in Regs, and the low 128 bits of xmm8 to xmm15 in XMM.

// Offsets from the pinned register, for generated code and for the stubs.
const (
	OffRegs     = 0x000
	OffPC       = 0x080
	OffFlags    = 0x090
	OffSP       = 0x098
	OffGoSP     = 0x0a8
	OffGoBP     = 0x0b0
	OffReason   = 0x0b8
	OffEntry    = 0x100
	OffEntryFn  = 0x108
	OffStackTop = 0x110
	OffHostFunc = 0x118
	OffHostSP   = 0x120
	OffHostStub = 0x128
	OffSiteStub = 0x130
	OffDoneStub = 0x138
	OffPause    = 0x168
	OffMXCSR    = 0x170
	OffVecValid = 0x174
	OffFuel     = 0x1f8
	OffXMM      = 0x200
	OffYMMHigh  = 0x300
	OffArgs     = 0x400
)

// HeadSize is the size of Context rounded up to a page: instance words start here.
const HeadSize = 0x3000

// Place is where generated code finds an entity of the instance: at Off from the pinned
// register, or, when Indirect, at the address that the word there holds (imports).
type Place struct {
	Off      int32
	Indirect bool
}

// Layout places an instance's entities behind the context's head. It is a pure function of
// the module, so that compiler and runtime compute the same.
type Layout struct {
	Size     uint32           // of the whole area, head included, rounded up to a page
	Memories []Place          // of a Memory
	Tables   []Place          // of a Table
	Globals  []Place          // of 8 bytes (16 for v128), low bytes first
	TypeIDs  int32            // array of u64: the engine-wide number of each Module.Types entry
	FuncRefs int32            // array of FuncRef, one per entry of Escaping
	Escaping []uint32         // functions whose reference can be taken, ascending
	refIndex map[uint32]int32 // function index -> position in Escaping
}

// NewLayout computes the layout of m's instances.
func NewLayout(m *wasm.Module) *Layout {
	l := &Layout{refIndex: map[uint32]int32{}}
	off := int32(HeadSize)
	alloc := func(n int32) int32 { o := off; off += n; return o }
	for i := range m.Globals {
		if i < m.NumImportedGlobals {
			l.Globals = append(l.Globals, Place{alloc(8), true})
		} else if m.Globals[i].Type == wasm.V128 {
			off = (off + 15) &^ 15
			l.Globals = append(l.Globals, Place{alloc(16), false})
		} else {
			l.Globals = append(l.Globals, Place{alloc(8), false})
		}
	}
	for i := range m.Memories {
		if i < m.NumImportedMemories {
			l.Memories = append(l.Memories, Place{alloc(8), true})
		} else {
			l.Memories = append(l.Memories, Place{alloc(16), false})
		}
	}
	for i := range m.Tables {
		if i < m.NumImportedTables {
			l.Tables = append(l.Tables, Place{alloc(8), true})
		} else {
			l.Tables = append(l.Tables, Place{alloc(16), false})
		}
	}
	l.TypeIDs = alloc(8 * int32(len(m.Types)))
	escaping := make([]bool, len(m.Funcs))
	mark := func(e []uint32) {
		for _, f := range e {
			if int(f) < len(escaping) {
				escaping[f] = true
			}
		}
	}
	mark(constFuncs(m))
	for i, e := range escaping {
		if e {
			l.refIndex[uint32(i)] = int32(len(l.Escaping))
			l.Escaping = append(l.Escaping, uint32(i))
		}
	}
	l.FuncRefs = alloc(FuncRefSize * int32(len(l.Escaping)))
	l.Size = (uint32(off) + 4095) &^ 4095
	return l
}

// constFuncs lists the functions that exports, tables, element segments and globals name. A ref.func
// in a body is only valid for a function that one of these declares (core specification,
// 3.4.1), so that these are all.
func constFuncs(m *wasm.Module) []uint32 {
	var fs []uint32
	for _, e := range m.Exports {
		if e.Kind == wasm.ExternFunc {
			fs = append(fs, e.Index)
		}
	}
	for i := range m.Elems {
		for _, c := range m.Elems[i].Init {
			if c.Kind == wasm.ConstFunc {
				fs = append(fs, uint32(c.Value))
			}
		}
	}
	for _, c := range m.TableInits {
		if c.Kind == wasm.ConstFunc {
			fs = append(fs, uint32(c.Value))
		}
	}
	for i := range m.Globals {
		if g := &m.Globals[i]; i >= m.NumImportedGlobals && g.Init.Kind == wasm.ConstFunc {
			fs = append(fs, uint32(g.Init.Value))
		}
	}
	return fs
}

// FuncRef returns the offset from the pinned register of function i's FuncRef; ok is false
// when no reference to it can be taken.
func (l *Layout) FuncRef(i uint32) (off int32, ok bool) {
	n, ok := l.refIndex[i]
	return l.FuncRefs + n*FuncRefSize, ok
}

// TextBase is the virtual address that an object gives its text: DWARF and symbols in it
// count from here. It is neither zero, which debuggers take for dead code, nor near the
// addresses that linkers use to mark dead code.
const TextBase = 0x100000
