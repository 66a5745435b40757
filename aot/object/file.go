package object

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// TextBase is the virtual address of the first byte of the text.
const TextBase = abi.TextBase

// File is an object in memory. After Read, Text, Module, Debug and the names of
// Symbols alias the input.
type File struct {
	// ABIVersion is abi.Version of the compiler. Write sets it when it is zero; Read refuses
	// any other than its own.
	ABIVersion uint32
	// Text is the native code. Text[i] is at TextBase+i in symbols and DWARF.
	Text []byte
	// Map is the code map, without StackMoves, which only the DWARF translation needs.
	Map *codemap.Map
	// Module is the WebAssembly module without its .debug_* custom sections (Strip).
	Module []byte
	// Debug holds the DWARF sections by name: ".debug_info", …
	Debug map[string][]byte
	// Later, if it is set, makes the debug information when somebody asks for it: then Debug is nil.
	Later Later
	// Notes tells a user, in a line each, what is wrong with the module's debug information.
	Notes []string
	// Symbols names pieces of the text, ascending by Text.
	Symbols []Symbol
}

// Later is debug information that is still to be made: a *debuginfo.Later, which debuggers ask.
type Later interface {
	// Sections makes all of it.
	Sections() map[string][]byte
}

// Sections returns the DWARF sections by name, all of them.
func (f *File) Sections() map[string][]byte {
	if f.Later != nil {
		return f.Later.Sections()
	}
	return f.Debug
}

// Symbol names a piece of the text. Name is as the linker knew it, that is, mangled.
type Symbol struct {
	Name string
	Text abi.TextOffset
	Size uint32
}
