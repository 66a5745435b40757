// Package dump shows what became of a program: its functions with source, WebAssembly, native code,
// the places of the operand stack and of variables side by side, as text for a terminal or as a page of
// HTML; an overview of its units, functions and sections; and what the translation of its debug
// information kept and what not. It runs nothing.
package dump
