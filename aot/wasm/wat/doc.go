// Package wat prints a module in WebAssembly's text format (core specification, 6). It is what
// a debugger shows of a program that has no other source, so that the text is made for that: one
// instruction on each line, names for everything, and the same lines each time, so that a line
// can be computed without the text, and any part of the text without the rest.
//
// Names come from the name section, else from imports and exports, else from the index: $func12,
// $p0 for a parameter, $l3 for another local, $block2 for a label.
package wat
