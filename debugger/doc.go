// Package debugger is a debugging session: a program that is compiled, loaded and run in
// this process, with breakpoints, steps, the stack and its variables in the terms of the
// source. Both views, the terminal (repl) and the Debug Adapter Protocol (dap), drive the
// same Session.
//
// It stands between runtime, which runs and stops guest code, with debugger/symbols and
// debugger/value, which answer what a text address and a value mean, and the views.
//
//	session.go     the session: its state, its owner, starting and ending a program
//	run.go         resuming until a stop matters
//	program.go     loading, instantiating and choosing what to run; guest.go the running instance
//	image.go       what does not change while it runs: object, symbols, statements
//	breakpoint.go  logical breakpoints; bind.go, bindmany.go and bindwasm.go their places
//	armed.go       what is to be done at each place; condition.go decides in the middle of a run, hitcondition.go counts
//	logmessage.go  log points; trace.go calls and returns of functions
//	trapset.go     the physical breakpoints
//	plan.go        step plans, as pure functions; step.go runs them; stepscope.go where they may stop
//	frame.go       unwinding and logical frames; scope.go their variables
//	backtrace.go   a stack as text
//	source.go      finding source files
//	disassemble.go native code around an address; x86.go its only processor so far
package debugger
