// Package amd64 makes x86-64 code of function bodies: an encoder for the instructions that
// are used, and a lowering that emits each body in one pass over its bytecode.
//
// # Registers
//
//	r15        address of the instance's context (abi.Context)
//	r14        address of byte 0 of memory 0
//	rsp        guest stack; there is no frame pointer
//	r10, xmm7  scratch within one instruction
//	rax rcx rdx r8 r9, xmm0–xmm6        changed by calls: operands; some are homes in leaf functions
//	rbx rsi rdi rbp r12 r13 r11, xmm8–xmm15  kept by calls: homes
//
// # Calls
//
// Parameters travel in r9 r8 rdx rcx rax and xmm6 xmm5 xmm4 xmm0 xmm1 xmm2 xmm3, results in
// rax rcx rdx r8 r9 and xmm0 to xmm6, in the order of their types; i32 zero-extended, f32 in
// the low half of the register. What finds no register travels in words of 8 bytes from the
// caller's stack pointer up: parameters before the call, results, in the same place, after
// it. A function keeps r14, r15, the stack pointer and the registers above; of xmm8 to xmm15
// the low 64 bits, or all in a module that has vectors in locals.
//
// # Homes
//
// Every local has one home for the whole function: a register that the function's calls keep
// (any in a leaf function) or a slot of the frame, by its number of uses, each weighted by
// the loops around it. A home holds the local's value at every instruction behind the
// prologue and is never used for anything else, so that a debugger can read and set it. A
// parameter that code never reads has a home as well: where it arrives, if nobody else wants that
// register or it is in the caller's frame, else a slot.
//
// # The operand stack
//
// Operands are computed as late as possible. An entry of the compiler's stack may be a
// constant, a local, a sum of registers and a constant, the processor's flags, or a load that
// the next instruction does along with its own work; and a result goes straight to the home
// of the local that the next instruction sets. Entries that refer to a local get a register
// when the local changes under them. Those below a block are brought to the frame before it,
// so that all branches to its end agree on where they are; a branch carries one value in rax
// or xmm0 and more in the frame.
//
// Nothing with an effect moves across a stop site, and no result is put into a home early
// over one. An operand that is the same as a local, or a sum with it, is still that behind a
// stop site: if a debugger sets the local there, the operand follows. Where the debug information
// may ask for operands, the code map has a place for each, computed or not: a condition is some
// bits of the flags register, and an and whose value nobody wants its two operands.
//
// # Memory
//
// A memory access is one instruction with the index in a register and the offset in the
// displacement. The runtime reserves what both can reach, so that there is no check: what is
// out of bounds faults. Traps that need a test jump to a ud2 behind the body, one for each
// place. Frames that could reach beyond the stack's guard touch their pages first.
//
// The base of a memory other than the first is loaded for each access. A memory with addresses of
// 64 bits, or with pages of a byte, is checked against its size before each (memories.go).
//
// # Guessing processors
//
// A processor may go on behind a check before it knows its outcome, and what it reads then can be
// found out from the caches (Spectre, variant 1). So the index into a table, into the targets of
// br_table and into a memory that is checked is made zero where the check fails, or, where a large offset is added, one that
// leads to the first byte, by a mask that is made of the check's carry or by a conditional move, at which no
// processor guesses. An access without a check reaches nothing but the memory's own reservation.
//
// # What the processor must have
//
// x86-64-v2, LZCNT and BMI1 (for TZCNT), which all processors since 2013 have. There are no
// VEX encodings: disassemblers for users must be able to show all of the code.
package amd64
