// Package repl is the terminal debugger: a prompt with history and completion over a
// debugger.Session, or, when the input is no terminal, a transcript of the commands read
// from it.
package repl
