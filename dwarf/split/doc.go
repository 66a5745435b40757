// Package split reads packages of split DWARF: one file, commonly with the suffix .dwp, that
// holds what several .dwo files held, and an index of it (DWARF 5, 7.3.5; GNU's extension to
// DWARF 4 has the same with a version of its own).
package split
