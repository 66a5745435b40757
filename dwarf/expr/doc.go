// Package expr decodes, encodes and evaluates DWARF expressions.
//
// Decode turns bytes into a slice of operations that can be changed, cut and joined, Append
// turns such a slice into bytes again. Eval computes a location description. It never reads
// registers or memory itself but asks a Host, and so can be tested without a process.
package expr
