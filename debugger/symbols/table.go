package symbols

import (
	"errors"

	"sphex/aot/abi"
)

// Data is what a Table reads.
type Data struct {
	Sections map[string][]byte // .debug_info and so on; missing ones are absent
	TextBase uint64            // DWARF address of text offset 0
	Funcs    []FuncRange       // every function of the module, ascending by Text; named where a name is known
}

// FuncRange is a function as the code map and the name section know it.
type FuncRange struct {
	Index     uint32 // in the function index space
	Text, End abi.TextOffset
	Body      abi.TextOffset // first code behind the prologue
	Name      string         // from the name section, "" if it has none
}

// Table answers questions to one object's DWARF.
type Table struct {
	data Data
}

// New opens the DWARF in d. It fails only when the unit headers can't be read; damage
// inside a unit costs the answers from that unit, see Problems.
func New(d Data) (*Table, error) {
	return &Table{data: d}, nil
}

// Problems lists what could not be read so far, at most one line per unit.
func (t *Table) Problems() []string { return nil }

// Language is a source language as far as the debugger treats them differently.
type Language uint8

const (
	LangUnknown Language = iota
	LangC
	LangCPP
	LangRust
	LangOther
)

// Unit is a compilation unit.
type Unit struct {
	Name     string // DW_AT_name
	CompDir  string
	Producer string
	Language Language
}

// Range is [Lo, Hi) of text.
type Range struct{ Lo, Hi abi.TextOffset }

// Function is a subprogram with code, an inlined one without (then Ranges is empty), or a
// function of the module that DWARF does not know (then Unit is nil).
type Function struct {
	Name     string // qualified and demangled: main::Point::norm, ns::Class::method, add
	Short    string // last part of Name, without parameters and template arguments
	Linkage  string // DW_AT_linkage_name, as it is
	Unit     *Unit
	File     string // declaration
	Line     int
	Ranges   []Range // ascending; the first holds the entry
	Entry    abi.TextOffset
	Index    uint32 // wasm function index; valid if HasIndex
	HasIndex bool
	NoReturn bool
}

// Row is a row of the line table: it covers [Text, End).
type Row struct {
	Text, End     abi.TextOffset
	File          string // as in DWARF, made absolute with the unit's directory
	Line, Column  int    // Line 0: no source line
	Stmt          bool
	PrologueEnd   bool
	EpilogueBegin bool
	Discriminator uint32
}

// Frame is one logical frame at a text address: the function that holds it or an inlined
// call in it.
type Frame struct {
	Func    *Function
	Inlined bool    // Func was inlined into the next frame of the chain
	Ranges  []Range // text of this copy
	// Position in this frame: for the innermost the line at the address, for the others the
	// place of the call that was inlined.
	File         string
	Line, Column int
}

// Place is a text address that a breakpoint can bind to.
type Place struct {
	Text         abi.TextOffset
	Func         *Function // innermost, inlined copies included
	File         string
	Line, Column int
}

// Scope is a lexical block, or the outermost block of a function or of an inlined copy.
type Scope struct {
	Ranges []Range
	Vars   []*Variable
	Depth  int // 0 is the outermost
}

// Variable is a parameter, local, static or global.
type Variable struct {
	Name       string // simple name
	Full       string // namespace-qualified for statics and globals
	Param      bool
	Static     bool // has one place for the whole run
	Artificial bool
	Unit       *Unit
	File       string // declaration
	Line       int
}

// errNotYet is returned by questions that nothing answers yet.
var errNotYet = errors.New("symbols: not answered yet")

// Units lists all units.
func (t *Table) Units() []*Unit { return nil }

// Function returns the function whose code holds pc. It answers for every function of the
// module, with DWARF or without; nil for thunks and gaps.
func (t *Table) Function(pc abi.TextOffset) *Function { return nil }

// Functions finds functions by name: the qualified name, any suffix of it at a `::`, a
// linkage name, or a name without template arguments or parameters. Inlined-only functions are included.
func (t *Table) Functions(name string) []*Function { return nil }

// AllFunctions lists every function with code, ascending by Entry.
func (t *Table) AllFunctions() []*Function { return nil }

// Row returns the line table's row that covers pc.
func (t *Table) Row(pc abi.TextOffset) (Row, bool) { return Row{}, false }

// Rows returns all rows of f's code, ascending.
func (t *Table) Rows(f *Function) []Row { return nil }

// PrologueEnd returns the first statement address behind f's prologue, where parameters
// have their values.
func (t *Table) PrologueEnd(f *Function) abi.TextOffset { return f.Entry }

// Frames returns the chain of logical frames at pc, innermost first; the last is the
// function itself. It is never empty for an address inside a function.
func (t *Table) Frames(pc abi.TextOffset) []*Frame { return nil }

// Scopes returns the blocks of f that hold pc, innermost first.
func (t *Table) Scopes(f *Frame, pc abi.TextOffset) []*Scope { return nil }

// Globals lists statics and globals of all units.
func (t *Table) Globals() []*Variable { return nil }

// GlobalsNamed finds statics and globals by simple name or by a suffix of the qualified name.
func (t *Table) GlobalsNamed(name string) []*Variable { return nil }

// LinePlaces finds the places of a source line: of that line, or of the next line of the
// same file that has code. File may be a suffix of the path. It returns the path and line
// that it bound to; errors are *FileError or *LineError.
func (t *Table) LinePlaces(file string, line int) (path string, bound int, places []Place, err error) {
	return "", 0, nil, errNotYet
}

// FuncPlaces finds the places behind the prologues of the functions called name, in each
// inlined copy too.
func (t *Table) FuncPlaces(name string) ([]Place, error) { return nil, errNotYet }

// Files lists the source files that have code, sorted.
func (t *Table) Files() []string { return nil }

// FindFiles returns the files whose path is name or ends in /name.
func (t *Table) FindFiles(name string) []string { return nil }
