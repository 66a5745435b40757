package codemap

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Backend makes native code for one processor.
type Backend interface {
	Target() Target
	// Params returns where the parameters of a function of the type arrive; see Map.Params.
	Params(t *wasm.FuncType) []Place
	// Compiler returns a compiler of m's functions for one goroutine.
	Compiler(m *wasm.Module, l *abi.Layout, o Options) Compiler
	// Thunks makes the pieces of text that belong to no body. funcs holds the code of all
	// bodies, some of which refer to thunks.
	Thunks(m *wasm.Module, l *abi.Layout, funcs []Code) []ThunkCode
	// Patch makes the field at text[at:] refer to the text at target.
	Patch(text []byte, at, target abi.TextOffset)
	// Align is the alignment of functions and thunks in the text. Pad fills the gaps.
	Align() int
	Pad(gap []byte)
}

// Compiler compiles function bodies one after the other, reusing its scratch memory.
type Compiler interface {
	// Function compiles the body Module.Code[i], which must be valid. Statements are the
	// places in it that want a stop site, ascending. All text offsets of the result count
	// from the start of the function.
	Function(i int, statements []wasm.CodeOffset) Code
}

// Options are the choices that a backend has to know.
type Options struct {
	Sites      SiteForm
	StackMoves bool // record Func.StackMoves
	Metered    bool // count: see Map.Metered
}

// SiteForm is the form of the nop at a stop site.
type SiteForm uint8

const (
	SiteByte SiteForm = iota // one byte: becomes a breakpoint instruction
	SiteCall                 // room for a call
	SiteNone                 // no nop: Site.Size is 0
)

// Code is a compiled function before it is placed.
type Code struct {
	Text []byte
	Refs []Ref
	Func Func
}

// ThunkCode is a thunk before it is placed.
type ThunkCode struct {
	Text  []byte
	Refs  []Ref
	Thunk Thunk
}

// Ref is a field in the text that refers to another function or thunk.
type Ref struct {
	At    abi.TextOffset
	Kind  RefKind
	Index uint32
}

// RefKind says what a Ref refers to.
type RefKind uint8

const (
	RefFunc  RefKind = iota // function Index of the index space: its body or its import thunk
	RefThunk                // the thunk of kind ThunkKind(Index>>24) for Index&0xffffff
)
