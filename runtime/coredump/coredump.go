// Package coredump reads and writes core dumps in WebAssembly's format (tool-conventions, Coredump.md): a module whose custom
// sections hold modules, instances and stacks, with memories, their contents and globals in ordinary sections. It is a format
// only: package debugger fills dumps and shows them.
package coredump

import "sphex/aot/wasm"

// Absent stands for an index that the writer did not know.
const Absent = 0xffffffff

// Dump is a core dump.
type Dump struct {
	Name      string // of the program
	Modules   []string
	Instances []Instance
	Threads   []Thread
	Memories  []Memory
	Globals   []Global
}

// Instance says which of the dump's entities belong to an instance, in the order of its index spaces.
type Instance struct {
	Module            uint32
	Memories, Globals []uint32
}

// Thread is a stack.
type Thread struct {
	Name   string
	Frames []Frame // youngest first
}

// Frame is an activation of a function.
type Frame struct {
	Instance uint32
	Func     uint32  // in the index space of the instance's module
	Code     uint32  // bytes from the start of the function's body, that is of its local declarations
	Locals   []Value // parameters first; empty when the writer did not know them
	Stack    []Value // operand stack, from the bottom
}

// Value is a value of a local, an operand or a global. Type 0: missing.
type Value struct {
	Type wasm.ValType
	Bits uint64
}

// Memory is a linear memory: zeros where no segment is.
type Memory struct {
	Pages    uint64
	Max      uint64
	HasMax   bool
	Type     wasm.MemoryType // without limits
	Segments []Segment
}

// Segment is a piece of a memory's contents.
type Segment struct {
	Offset uint64
	Data   []byte
}

// Global is a global with its value.
type Global struct {
	Value   Value
	Mutable bool
}

// Section names.
const (
	sectionCore      = "core"
	sectionModules   = "coremodules"
	sectionInstances = "coreinstances"
	sectionStack     = "corestack"
)

// Numbers of ordinary sections, and opcodes of the expressions in them.
const (
	idCustom, idMemory, idGlobal, idData = 0, 5, 6, 11

	opEnd, opI32, opI64, opF32, opF64 = 0x0b, 0x41, 0x42, 0x43, 0x44
	opV128Prefix, opRefNull           = 0xfd, 0xd0
)

const missing = 0x01

// chunk is the piece of memory that is left out if it is zero.
const chunk = 4096
