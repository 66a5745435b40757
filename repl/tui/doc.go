// Package tui is the full-screen view of the terminal debugger: source, stack, variables, the program's output and a
// command line over the interpreter of package command. It is a guest of package repl, which opens it and gets the
// interpreter back when it is left.
//
// Two goroutines share the work. The caller of Run owns the screen: it takes keys and draws. A worker owns the interpreter
// while the view is open, and so is the only one that asks the session; what it finds it hands over as a snapshot, which
// nobody changes any more.
package tui
