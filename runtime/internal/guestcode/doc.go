// Package guestcode has guest functions written in assembly, for the tests of the runtime:
// instructions that no compiler makes, and known ones at known places.
//
// A function takes its parameters in AX and CX and returns AX. BX, SI, DI, BP, R11 to R13 and
// X8 to X15 belong to its caller. R15 is the context, R14 the base of memory 0. Each function
// is position-independent, so that its bytes can stand anywhere.
package guestcode
