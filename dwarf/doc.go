// Package dwarf holds what all of DWARF's sections share: the standard's numbers with their
// names, the set of sections, a cursor for reading and functions for appending little-endian
// data, and the pool of strings. The formats themselves stand in the packages below it, each
// with its reader beside its writer:
//
//	dwarf/info    units, abbreviations and entries
//	dwarf/line    line number programs
//	dwarf/expr    expressions: decoding, encoding, evaluation
//	dwarf/list    range lists and location lists
//	dwarf/frame   call frame information
//	dwarf/index   .debug_names and .debug_aranges
//
// They know the format alone, DWARF 2 to 5 in the 32- and the 64-bit form, and nothing of
// compilers or processes. All data is little-endian, as that of WebAssembly and of every
// processor that it is compiled for here.
package dwarf
