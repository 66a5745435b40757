// Package macro reads and writes macro information: .debug_macro of DWARF 5 (6.3) and of GNU's
// extension to DWARF 4, and .debug_macinfo of the versions before.
package macro
