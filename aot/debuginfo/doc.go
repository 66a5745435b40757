// Package debuginfo carries a module's debug information through compilation: it reads the
// DWARF of the WebAssembly module, whose addresses are code offsets, linear addresses and
// numbers of locals, and writes DWARF 5 for the native text, whose addresses are those of
// the object. The code map says where everything went.
//
// Before compiling, Statements finds the places where a debugger will want to stop. After
// it, Translate writes the sections of the object. What cannot be translated is counted in
// the Report with its reason; broken debug information costs what is broken and no more.
package debuginfo
