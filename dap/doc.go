// Package dap serves the Debug Adapter Protocol: a view over debugger.Session for editors.
//
//	wire.go          messages: framing, reading and writing
//	inbox.go         what has been read and not been answered; cancel
//	server.go        one client: the loop, the table of requests
//	capabilities.go  initialize: what client and server can do
//	words.go         the words of launch and attach configurations, a row each; their schema
//	launch.go        from launch to the end of the session
//	envfile.go       the program's environment
//	terminal.go      a program in a terminal of the client's
//	attach.go        sessions of a host's instances
//	relay.go         an editor's adapter that passes on what a host says
//	client.go        a terminal's end of a session with a host
//	progress.go      work that takes long
//	breakpoints.go   setBreakpoints, setFunctionBreakpoints, setInstructionBreakpoints; sources
//	databreakpoints.go, exceptions.go  the other breakpoints
//	running.go       continue, steps, pause and the events that follow
//	targets.go       stepInTargets, gotoTargets
//	stack.go         threads, stack, scopes
//	variables.go     variables, setVariable, locations
//	evaluate.go      expressions and the commands of the debug console
//	source.go, memory.go, disassembly.go, modules.go  what else an editor shows
//	output.go        the program's output as events
//
// Specification: https://microsoft.github.io/debug-adapter-protocol/specification
package dap
