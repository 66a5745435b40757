// Package value turns what a stopped program holds into values in the terms of its source:
// it reads types from DWARF, evaluates locations, renders Rust, C and C++ values with lazy
// children, and evaluates expressions over them.
//
// It asks the session for registers and memory through Frame, so it can be tested without
// a process.
package value
