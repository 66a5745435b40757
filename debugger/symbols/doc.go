// Package symbols answers read-only questions to the DWARF of a compiled object: which line
// is at a text address and where is a line, which functions are there, which inlined calls
// surround an address, and which variables are visible at it. It stands between the object
// and the debugger: it knows no process, no registers and no values.
//
// Opening reads unit headers only; .debug_aranges and .debug_names lead from addresses and names
// to units (names.go, namelists.go). A unit is parsed when a question needs it, once, and a
// Table may be asked by any number of goroutines.
package symbols
