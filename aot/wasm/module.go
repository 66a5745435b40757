package wasm

import (
	"math"
	"slices"
)

// FileOffset is a byte offset from the start of the .wasm file. Other engines' backtraces
// and LLDB print these.
type FileOffset uint32

// CodeOffset is a byte offset from the start of the code section's contents: the function
// count is at 0. It is the address space of DWARF in WebAssembly ("DWARF for WebAssembly",
// section "Code addresses").
type CodeOffset uint32

// MemAddr is an address in a linear memory.
type MemAddr uint64

// FuncType is a function signature.
type FuncType struct {
	Params, Results []ValType
}

// Limits bound a memory (unit: pages) or a table (unit: elements).
type Limits struct {
	Min    uint64
	Max    uint64 // valid if HasMax
	HasMax bool
}

// TableType describes a table.
type TableType struct {
	Elem   ValType
	Limits Limits
	Is64   bool // indices are i64 (memory64)
}

// AddrType is the type of the table's indices.
func (t *TableType) AddrType() ValType { return addrType(t.Is64) }

// MemoryType describes a linear memory.
type MemoryType struct {
	Limits    Limits
	Shared    bool // among threads
	Is64      bool // addresses are i64 (memory64)
	BytePages bool // a page is a byte and not 64 KiB (custom page sizes)
}

// AddrType is the type of the memory's addresses and sizes.
func (t *MemoryType) AddrType() ValType { return addrType(t.Is64) }

// PageLog2 is the binary logarithm of the page size in bytes.
func (t *MemoryType) PageLog2() uint8 {
	if t.BytePages {
		return 0
	}
	return 16
}

// PageSize is the unit of the memory's limits, size and growth, in bytes.
func (t *MemoryType) PageSize() uint64 { return 1 << t.PageLog2() }

// MaxPages is how many pages a memory of the type may have at most, whatever its limits say: as many as its addresses
// reach, at most 2^48 of 64 KiB.
func (t *MemoryType) MaxPages() uint64 {
	switch {
	case t.Is64 && t.BytePages:
		return math.MaxUint64
	case t.Is64:
		return 1 << 48
	case t.BytePages:
		return math.MaxUint32
	}
	return 1 << 16
}

// Guarded reports whether nothing that an instruction can address is beyond the address space which is reserved for the
// memory, so that accesses need no check: what is out of bounds faults. Others are checked against the size.
func (t *MemoryType) Guarded() bool { return !t.Is64 && !t.BytePages }

func addrType(is64 bool) ValType {
	if is64 {
		return I64
	}
	return I32
}

// GlobalType describes a global.
type GlobalType struct {
	Type    ValType
	Mutable bool
}

// ExternKind says what an import or export is, in its binary encoding.
type ExternKind byte

const (
	ExternFunc   ExternKind = 0
	ExternTable  ExternKind = 1
	ExternMemory ExternKind = 2
	ExternGlobal ExternKind = 3
	ExternTag    ExternKind = 4
)

// Import is one import. Only the field that belongs to Kind is meaningful.
type Import struct {
	Module, Name string
	Kind         ExternKind
	Type         uint32 // ExternFunc, ExternTag: index into Module.Types
	Table        TableType
	Memory       MemoryType
	Global       GlobalType
	Offset       FileOffset
}

// Export is one export; Index is in the index space of Kind (imports first).
type Export struct {
	Name   string
	Kind   ExternKind
	Index  uint32
	Offset FileOffset
}

// ConstExpr is a constant expression: one constant, global or reference, or sums and products of integers.
type ConstExpr struct {
	Kind   ConstKind
	Value  uint64 // ConstValue: bits of the constant; ConstGlobal, ConstFunc: the index
	High   uint64 // of a v128: the upper half of its bits
	Type   ValType
	Offset FileOffset
	Terms  []ConstTerm // ConstTerms: as the instructions stand
}

// ConstTerm is an instruction of a constant expression.
type ConstTerm struct {
	Op    Op
	Kind  ConstKind // ConstTerms for an operation on the last two values
	Value uint64    // see ConstExpr
	High  uint64
}

// Eval computes the value of an expression of integers; global gives the word of a global.
func (c *ConstExpr) Eval(global func(i uint32) uint64) uint64 {
	var stack []uint64
	for _, t := range c.Terms {
		switch t.Kind {
		case ConstTerms:
			n := len(stack) - 2
			a, b := stack[n], stack[n+1]
			switch t.Op {
			case OpI32Add, OpI64Add:
				a += b
			case OpI32Sub, OpI64Sub:
				a -= b
			default:
				a *= b
			}
			stack = append(stack[:n], a)
		case ConstGlobal:
			stack = append(stack, global(uint32(t.Value)))
		default:
			stack = append(stack, t.Value)
		}
	}
	if c.Type == I32 {
		return uint64(uint32(stack[0]))
	}
	return stack[0]
}

// ConstKind is the form of a ConstExpr.
type ConstKind byte

const (
	ConstValue  ConstKind = iota // i32.const, i64.const, f32.const, f64.const, v128.const
	ConstGlobal                  // global.get of an imported immutable global
	ConstFunc                    // ref.func
	ConstNull                    // ref.null
	ConstTerms                   // more than one instruction
)

// Global is a global of the index space; Init is meaningless for an imported one.
type Global struct {
	GlobalType
	Init ConstExpr
}

// SegmentMode says when an element or data segment is applied.
type SegmentMode byte

const (
	Active SegmentMode = iota
	Passive
	Declarative // element segments only
)

// Elem is an element segment.
type Elem struct {
	Mode   SegmentMode
	Type   ValType
	Table  uint32    // Active
	Offset ConstExpr // Active
	Init   []ConstExpr
	Start  FileOffset // of the segment
}

// Data is a data segment. Init aliases the file's bytes.
type Data struct {
	Mode   SegmentMode
	Memory uint32    // Active
	Offset ConstExpr // Active
	Init   []byte
	Start  FileOffset // of the segment
}

// LocalRun is one entry of a body's compressed local declarations.
type LocalRun struct {
	Count uint32
	Type  ValType
}

// Body is one function body.
type Body struct {
	Start  CodeOffset // first byte behind the size field: DWARF's DW_AT_low_pc
	Code   CodeOffset // first instruction, behind the local declarations
	End    CodeOffset // one past the final `end`
	Locals []LocalRun
	Bytes  []byte // [Code, End), aliases the file's bytes
}

// Custom is a custom section, kept byte for byte. Data aliases the file's bytes.
type Custom struct {
	Name   string
	Offset FileOffset // of Data
	Data   []byte
}

// Section is one section as it lies in the file.
type Section struct {
	ID    SectionID
	Start FileOffset // of the section's id byte
	Data  FileOffset // of its contents
	End   FileOffset
}

// SectionID is a section's id in its binary encoding.
type SectionID byte

const (
	SectionCustom SectionID = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount
	SectionTag // of exception handling
)

// Module is a decoded module. Index spaces hold the imported entities first, as in the
// specification: Funcs[i] for i < NumImportedFuncs is an import.
type Module struct {
	Types   []FuncType
	Imports []Import
	Funcs   []uint32 // type index of every function
	Tables  []TableType
	// TableInits has what the elements of a table are at first, by index; null if there is no entry.
	TableInits map[uint32]ConstExpr
	Memories   []MemoryType
	Globals    []Global
	Tags       []uint32 // type index of every tag; exceptions carry the type's parameters
	Exports    []Export
	Start      *uint32
	Elems      []Elem
	Datas      []Data
	Code       []Body // Code[i] is the body of function NumImportedFuncs+i
	Customs    []Custom

	HasDataCount bool
	DataCount    uint32

	NumImportedFuncs    int
	NumImportedTables   int
	NumImportedMemories int
	NumImportedGlobals  int
	NumImportedTags     int

	CodeSection FileOffset // of the code section's contents; zero when there is none
	CodeSize    uint32     // of the code section's contents
	Bytes       []byte     // the whole file
	Sections    []Section  // in the order of the file

	canon    []uint32 // of each type, the first that is the same
	declared []uint64 // set of the functions that ref.func may name; made by Validate
}

// VectorLocals reports whether a function of m has a local or parameter of type v128. The functions of such a
// module keep vector registers whole for their callers.
func (m *Module) VectorLocals() bool {
	for i := range m.Types {
		if slices.Contains(m.Types[i].Params, V128) {
			return true
		}
	}
	for i := range m.Code {
		for _, r := range m.Code[i].Locals {
			if r.Type == V128 {
				return true
			}
		}
	}
	return false
}

// FuncType returns the signature of function i of the function index space.
func (m *Module) FuncType(i uint32) *FuncType { return &m.Types[m.Funcs[i]] }

// FileOffset converts an offset in the code section to one in the file.
func (m *Module) FileOffset(c CodeOffset) FileOffset { return m.CodeSection + FileOffset(c) }
