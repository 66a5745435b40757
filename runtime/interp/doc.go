// Package interp is an interpreter of WebAssembly, written by the letter of the core
// specification and for nothing but that: slow, simple, without a compiler, a code map or a
// native register. It is a judge. Beside a native run it says what the locals, the operands
// and the memory of a program are at a moment (debugger/proof), so that no answer about native
// code is checked against the tables that the answer was made from.
package interp
