// Package dap serves the Debug Adapter Protocol: a view over debugger.Session for editors.
//
//	wire.go         messages: framing, reading and writing
//	server.go       one client: the loop, the table of requests
//	launch.go       from initialize to the end of the session
//	breakpoints.go  setBreakpoints and setFunctionBreakpoints
//	running.go      continue, steps, pause and the events that follow
//	inspect.go      threads, stack, scopes, variables
//	evaluate.go     expressions and the commands of the debug console
//	output.go       the program's output as events
//
// Specification: https://microsoft.github.io/debug-adapter-protocol/specification
package dap
