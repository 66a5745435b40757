#include "textflag.h"
#include "go_asm.h"

// The stubs. Nothing here runs in place: Init copies each one, up to its end mark, to the
// first page of the arena. Jumps are therefore only within one stub.
//
// R15 is the context, R14 the base of memory 0.

#define END UNDEF; UNDEF; UNDEF; UNDEF

// An entry that a pause overtook goes back at once. SP is still Go's.
#define RETRYIFPAUSED \
	CMPL	const_ctxPause(R15), $0; \
	JEQ	go; \
	MOVQ	$const_reasonRetry, const_ctxReason(R15); \
	RET; \
go:

#define TOGO \
	MOVQ	const_ctxGoSP(R15), SP; \
	MOVQ	const_ctxGoBP(R15), BP

#define REG(n) (const_ctxRegs+8*n)(R15)

#define LOADREGS \
	MOVQ	REG(0), AX; \
	MOVQ	REG(1), CX; \
	MOVQ	REG(2), DX; \
	MOVQ	REG(3), BX; \
	MOVQ	REG(5), BP; \
	MOVQ	REG(6), SI; \
	MOVQ	REG(7), DI; \
	MOVQ	REG(8), R8; \
	MOVQ	REG(9), R9; \
	MOVQ	REG(10), R10; \
	MOVQ	REG(11), R11; \
	MOVQ	REG(12), R12; \
	MOVQ	REG(13), R13; \
	MOVQ	REG(14), R14

#define LOADXMM(n, x, y) MOVUPS (const_ctxXMM+16*n)(R15), x
#define SAVEXMM(n, x, y) MOVUPS x, (const_ctxXMM+16*n)(R15)
#define LOADYMM(n, x, y) \
	VMOVUPS	(const_ctxXMM+16*n)(R15), x; \
	VINSERTF128	$1, (const_ctxYMMHigh+16*n)(R15), y, y

#define LOWVECTORS(OP) \
	OP(0, X0, Y0); OP(1, X1, Y1); OP(2, X2, Y2); OP(3, X3, Y3); \
	OP(4, X4, Y4); OP(5, X5, Y5); OP(6, X6, Y6); OP(7, X7, Y7)

// Those that survive a host call; hostSaved in saved.go has the general registers too.
#define HOSTVECTORS(OP) \
	OP(8, X8, Y8); OP(9, X9, Y9); OP(10, X10, Y10); OP(11, X11, Y11); \
	OP(12, X12, Y12); OP(13, X13, Y13); OP(14, X14, Y14); OP(15, X15, Y15)

#define EACHVECTOR(OP) \
	LOWVECTORS(OP); \
	HOSTVECTORS(OP)

#define LOADVECTORS \
	LDMXCSR	const_ctxMXCSR(R15); \
	CMPL	const_ctxVecValid(R15), $2; \
	JEQ	wide; \
	EACHVECTOR(LOADXMM); \
	JMP	loaded; \
wide: \
	EACHVECTOR(LOADYMM); \
loaded:

// What Go, or another guest, left in registers is no business of the guest's, which reads none that it has not written; but
// who looks at it by a debugger would see them.
#define CLEARXMM(n, x, y) XORPS x, x
#define CLEARCHANGED \
	XORL	AX, AX; \
	XORL	CX, CX; \
	XORL	DX, DX; \
	XORL	R8, R8; \
	XORL	R9, R9; \
	XORL	R10, R10; \
	LOWVECTORS(CLEARXMM)

TEXT ·stubEnter(SB),NOSPLIT|NOFRAME,$0
	RETRYIFPAUSED
	MOVQ	REG(14), R14
	CLEARCHANGED
	XORL	BX, BX
	XORL	BP, BP
	XORL	SI, SI
	XORL	DI, DI
	MOVQ	REG(11), R11 // fuel: a signal may come before the entry thunk has read it
	XORL	R12, R12
	XORL	R13, R13
	HOSTVECTORS(CLEARXMM)
	MOVQ	const_ctxStackTop(R15), SP
	JMP	const_ctxEntry(R15)
	END

// Drop the address and jump to it rather than return: the processor's return predictor does not know the guest.
TEXT ·stubReturn(SB),NOSPLIT|NOFRAME,$0
	RETRYIFPAUSED
	MOVQ	REG(3), BX
	MOVQ	REG(5), BP
	MOVQ	REG(6), SI
	MOVQ	REG(7), DI
	MOVQ	REG(11), R11
	MOVQ	REG(12), R12
	MOVQ	REG(13), R13
	MOVQ	REG(14), R14
	HOSTVECTORS(LOADXMM)
	CLEARCHANGED
	MOVQ	const_ctxHostSP(R15), SP
	LEAQ	8(SP), SP
	JMP	-8(SP)
	END

TEXT ·stubResume(SB),NOSPLIT|NOFRAME,$0
	RETRYIFPAUSED
	LOADVECTORS
	LEAQ	const_ctxFlags(R15), SP
	POPFQ
	LOADREGS
	MOVQ	const_ctxSP(R15), SP
	JMP	const_ctxPC(R15)
	END

// The context holds the five words that IRETQ pops in their order.
TEXT ·stubStep(SB),NOSPLIT|NOFRAME,$0
	RETRYIFPAUSED
	LOADVECTORS
	LOADREGS
	LEAQ	const_ctxPC(R15), SP
	IRETQ
	END

TEXT ·stubHost(SB),NOSPLIT|NOFRAME,$0
	MOVQ	BX, REG(3)
	MOVQ	BP, REG(5)
	MOVQ	SI, REG(6)
	MOVQ	DI, REG(7)
	MOVQ	R11, REG(11)
	MOVQ	R12, REG(12)
	MOVQ	R13, REG(13)
	MOVQ	R14, REG(14)
	HOSTVECTORS(SAVEXMM)
	MOVQ	SP, const_ctxHostSP(R15)
	MOVQ	$const_reasonHost, const_ctxReason(R15)
	TOGO
	POPQ	CX
	JMP	CX
	END

TEXT ·stubDone(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$const_reasonReturn, const_ctxReason(R15)
	TOGO
	RET
	END

// A call-patched stop site: the whole state without the kernel. The return address is where
// to go on.
TEXT ·stubSite(SB),NOSPLIT|NOFRAME,$0
	MOVQ	AX, REG(0)
	MOVQ	CX, REG(1)
	MOVQ	DX, REG(2)
	MOVQ	BX, REG(3)
	MOVQ	BP, REG(5)
	MOVQ	SI, REG(6)
	MOVQ	DI, REG(7)
	MOVQ	R8, REG(8)
	MOVQ	R9, REG(9)
	MOVQ	R10, REG(10)
	MOVQ	R11, REG(11)
	MOVQ	R12, REG(12)
	MOVQ	R13, REG(13)
	MOVQ	R14, REG(14)
	MOVQ	R15, REG(15)
	MOVQ	0(SP), AX
	MOVQ	AX, const_ctxPC(R15)
	LEAQ	8(SP), AX
	MOVQ	AX, const_ctxSP(R15)
	MOVQ	AX, REG(4)
	LEAQ	(const_ctxFlags+8)(R15), SP
	PUSHFQ
	STMXCSR	const_ctxMXCSR(R15)
	EACHVECTOR(SAVEXMM)
	MOVL	$1, const_ctxVecValid(R15)
	MOVQ	$const_reasonSite, const_ctxReason(R15)
	TOGO
	CLD
	POPQ	CX
	JMP	CX
	END

DATA stubTable<>+0(SB)/8, $·stubEnter(SB)
DATA stubTable<>+8(SB)/8, $·stubReturn(SB)
DATA stubTable<>+16(SB)/8, $·stubResume(SB)
DATA stubTable<>+24(SB)/8, $·stubStep(SB)
DATA stubTable<>+32(SB)/8, $·stubHost(SB)
DATA stubTable<>+40(SB)/8, $·stubDone(SB)
DATA stubTable<>+48(SB)/8, $·stubSite(SB)
GLOBL stubTable<>(SB), RODATA, $56

// func stubCode() *[7]uintptr
TEXT ·stubCode(SB),NOSPLIT,$0-8
	LEAQ	stubTable<>(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
