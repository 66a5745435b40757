// Package object reads and writes the file that stands between compiling and debugging: an
// ELF object with the native text, its DWARF and symbols, the module without its own debug
// information, and the code map. Everything that runs, unwinds or shows a program reads it
// from here.
//
// To the world it is an executable for 64-bit ELF whose text is at TextBase: readelf,
// objdump, gdb, lldb and llvm-dwarfdump read it. Our own parts are in sections that others
// skip:
//
//	.sphex.meta  magic, versions, places and checksums of the next two and of the text
//	.sphex.map   the code map, one varint stream per function (mapwrite.go, mapread.go)
//	.sphex.wasm  the module without its .debug_* sections
//
// These and the text stand at the start of the file, .sphex.meta at a fixed place, so that
// one seal over the start covers all that a runtime trusts (SealedLen); the debug information,
// which may be many times as large, stands behind it and is not read to open a file.
//
// The writer and the reader of each part stand side by side. Read trusts nothing: text, map
// and module are checked against their checksums, every count against the bytes behind it, and
// every offset against the text. ReadSealed is for a file whose seal has been verified.
package object
