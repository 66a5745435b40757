// Package proof measures whether the translation of a module's debug information conserves it.
//
// It compiles the module, runs it natively and at the same time in package runtime/interp, the
// two stopping together at every statement. There it evaluates, for every variable that the
// input's DWARF describes at that address, the input's location over the interpreter's locals,
// operands, globals and memory, and the output's location over the registers and the memory of
// the native run, and compares them. What no run reaches is compared by calling functions
// with made-up arguments, and the rest over random states. Lines, functions and inlined chains
// are compared at the same addresses.
//
// Beside that, Available counts the variables as a person meets them: of those in scope in the
// source, how many the module's DWARF allows to show, and how many the debugger shows.
//
// Of aot/debuginfo, whose work it judges, it uses nothing but OpenText, which finds the files that the
// input consists of. It pairs the entries of both sides by itself. Of the code map it takes the
// addresses of statements and, for code that does not run, the homes of locals.
//
// docs/proof.md has the method and the figures.
package proof
