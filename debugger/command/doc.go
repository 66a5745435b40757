// Package command holds the commands of the debugger: one row each, from which dispatch,
// help, completion and the manual derive. The terminal (repl) and the debug console of the
// Debug Adapter Protocol (dap) run the same rows against the same session.
//
//	interp.go      the interpreter: one line in, text out
//	table.go       the rows
//	running.go     commands that run the program
//	breaking.go    breakpoints
//	data.go        values, memory, registers
//	stack.go       frames
//	source.go      source, functions, disassembly
//	location.go    places as users write them
//	complete.go    completion
//	help.go        help and the manual
package command
