#include "textflag.h"
#include "go_asm.h"

#define END UNDEF; UNDEF; UNDEF; UNDEF
#define NOPSITE BYTE $0x0f; BYTE $0x1f; BYTE $0x44; BYTE $0x00; BYTE $0x00

// Entry thunk of every type: two parameters, one result.
TEXT ·entry(SB),NOSPLIT|NOFRAME,$0
	MOVQ	const_ctxArgs(R15), AX
	MOVQ	(const_ctxArgs+8)(R15), CX
	CALL	const_ctxEntryFn(R15)
	MOVQ	AX, const_ctxArgs(R15)
	JMP	const_ctxDoneStub(R15)
	END

// Import thunk of import 0.
TEXT ·import(SB),NOSPLIT|NOFRAME,$0
	SUBQ	$8, SP
	MOVQ	AX, const_ctxArgs(R15)
	MOVQ	CX, (const_ctxArgs+8)(R15)
	MOVQ	$0, const_ctxHostFunc(R15)
	CALL	const_ctxHostStub(R15)
	MOVQ	const_ctxArgs(R15), AX
	ADDQ	$8, SP
	RET
	END

TEXT ·add(SB),NOSPLIT|NOFRAME,$0
	ADDQ	CX, AX
	RET
	END

TEXT ·load(SB),NOSPLIT|NOFRAME,$0
	MOVQ	(R14)(AX*1), AX
	RET
	END

TEXT ·store(SB),NOSPLIT|NOFRAME,$0
	MOVQ	CX, (R14)(AX*1)
	RET
	END

TEXT ·null(SB),NOSPLIT|NOFRAME,$0
	XORL	AX, AX
	MOVQ	8(AX), AX
	RET
	END

// General protection: an address that is not canonical.
TEXT ·gp(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$0x1234567812345678, AX
	MOVQ	(AX), AX
	RET
	END

TEXT ·div(SB),NOSPLIT|NOFRAME,$0
	CQO
	IDIVQ	CX
	RET
	END

TEXT ·ud2(SB),NOSPLIT|NOFRAME,$0
	MOVL	$1234, AX
	UNDEF
	MOVL	$77, AX
	RET
	END

TEXT ·jump(SB),NOSPLIT|NOFRAME,$0
	JMP	AX
	END

#define EACHVECTOR(OP) \
	OP(0, X0); OP(1, X1); OP(2, X2); OP(3, X3); OP(4, X4); OP(5, X5); OP(6, X6); OP(7, X7); \
	OP(8, X8); OP(9, X9); OP(10, X10); OP(11, X11); OP(12, X12); OP(13, X13); OP(14, X14); OP(15, X15)

#define PUSHSAVED PUSHQ BX; PUSHQ SI; PUSHQ DI; PUSHQ R11; PUSHQ R12; PUSHQ R13; PUSHQ R14
#define POPSAVED POPQ R14; POPQ R13; POPQ R12; POPQ R11; POPQ DI; POPQ SI; POPQ BX

#define SETVECTOR(n, x) \
	LEAQ	n(BX), AX; \
	MOVQ	AX, x; \
	PUNPCKLQDQ x, x
#define CHECKVECTOR(n, x) \
	LEAQ	n(BX), DI; \
	MOVQ	x, AX; \
	CMPQ	AX, DI; \
	JNE	bad; \
	PEXTRQ	$1, x, AX; \
	CMPQ	AX, DI; \
	JNE	bad
#define CHECK(n, r) \
	LEAQ	n(BX), DI; \
	CMPQ	DI, r; \
	JNE	bad

// Puts seed+n everywhere (seed in AX), stops with carry and direction set, and returns 0 if
// all is as it was. The stop is the int3.
TEXT ·regs(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	PUSHSAVED
	MOVQ	AX, BX
	EACHVECTOR(SETVECTOR)
	LEAQ	1(BX), CX
	LEAQ	2(BX), DX
	LEAQ	3(BX), BP
	LEAQ	4(BX), SI
	LEAQ	5(BX), R8
	LEAQ	6(BX), R9
	LEAQ	7(BX), R10
	LEAQ	8(BX), R11
	LEAQ	9(BX), R12
	LEAQ	10(BX), R13
	LEAQ	11(BX), R14
	LEAQ	12(BX), AX
	STC
	STD
	BYTE	$0xcc
	CLD
	JCC	bad
	CHECK(12, AX)
	CHECK(1, CX)
	CHECK(2, DX)
	CHECK(3, BP)
	CHECK(4, SI)
	CHECK(5, R8)
	CHECK(6, R9)
	CHECK(7, R10)
	CHECK(8, R11)
	CHECK(9, R12)
	CHECK(10, R13)
	CHECK(11, R14)
	EACHVECTOR(CHECKVECTOR)
	XORL	AX, AX
	JMP	out
bad:
	MOVL	$1, AX
out:
	POPSAVED
	POPQ	BP
	RET
	END

// The sum of 1 to AX, two instructions and a jump per round.
TEXT ·count(SB),NOSPLIT|NOFRAME,$0
	XORL	CX, CX
again:
	ADDQ	AX, CX
	DECQ	AX
	JNE	again
	MOVQ	CX, AX
	RET
	END

// AX rounds over a one-byte stop site; returns the rounds.
TEXT ·nops(SB),NOSPLIT|NOFRAME,$0
	MOVQ	AX, CX
	XORL	AX, AX
again:
	BYTE	$0x90
	INCQ	AX
	DECQ	CX
	JNE	again
	RET
	END

// The same over a five-byte site, which does not cross a multiple of 8.
TEXT ·sites(SB),NOSPLIT|NOFRAME,$0
	MOVQ	AX, CX
	XORL	AX, AX
	PCALIGN	$16
again:
	NOPSITE
	INCQ	AX
	DECQ	CX
	JNE	again
	RET
	END

// Calls import 0 with AX, AX-1, … 1 and sums what it returns.
TEXT ·hosts(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BX
	PUSHQ	R12
	SUBQ	$8, SP
	MOVQ	AX, BX
	XORL	R12, R12
	MOVQ	BX, X9
again:
	MOVQ	BX, const_ctxArgs(R15)
	MOVQ	$0, const_ctxHostFunc(R15)
	CALL	const_ctxHostStub(R15)
	ADDQ	const_ctxArgs(R15), R12
	DECQ	BX
	JNE	again
	MOVQ	R12, AX
	ADDQ	$8, SP
	POPQ	R12
	POPQ	BX
	RET
	END

// Calls import 0 with AX and CX, and adds 1: nested entries come through here.
TEXT ·nested(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BX
	MOVQ	AX, BX
	MOVQ	AX, const_ctxArgs(R15)
	MOVQ	CX, (const_ctxArgs+8)(R15)
	MOVQ	$0, const_ctxHostFunc(R15)
	CALL	const_ctxHostStub(R15)
	MOVQ	const_ctxArgs(R15), AX
	INCQ	AX
	POPQ	BX
	RET
	END

// Recursion AX deep, without end for 0; 72 bytes of frame.
TEXT ·recurse(SB),NOSPLIT|NOFRAME,$0
	SUBQ	$72, SP
	MOVQ	AX, 0(SP)
	DECQ	AX
	JEQ	out
	CALL	const_ctxEntryFn(R15)	// itself
out:
	ADDQ	$72, SP
	RET
	END

// Counts in memory at 0 until the byte at 8 is set; returns the count.
TEXT ·spin(SB),NOSPLIT|NOFRAME,$0
	XORL	AX, AX
again:
	INCQ	AX
	MOVQ	AX, (R14)
	CMPB	8(R14), $0
	JEQ	again
	RET
	END

TEXT ·fib(SB),NOSPLIT|NOFRAME,$0
	CMPQ	AX, $2
	JCS	out
	PUSHQ	BX
	PUSHQ	R12
	MOVQ	AX, BX
	LEAQ	-1(BX), AX
	CALL	const_ctxEntryFn(R15)	// itself
	MOVQ	AX, R12
	LEAQ	-2(BX), AX
	CALL	const_ctxEntryFn(R15)	// itself
	ADDQ	R12, AX
	POPQ	R12
	POPQ	BX
out:
	RET
	END

#define MIXVECTOR(n, x) \
	LEAQ	(n+1)(R10), R10; \
	MOVQ	R10, x
#define FOLDVECTOR(n, x) \
	MOVQ	x, BX; \
	XORQ	BX, AX; \
	ROLQ	$3, AX

// Mixes all registers and the carry for AX rounds from seed CX: any bit that an interruption
// loses changes the result.
TEXT ·mix(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	PUSHSAVED
	MOVQ	AX, DI
	MOVQ	CX, R10
	MOVQ	CX, AX
	LEAQ	1(R10), BX
	LEAQ	2(R10), CX
	LEAQ	3(R10), DX
	LEAQ	4(R10), BP
	LEAQ	5(R10), R8
	LEAQ	6(R10), R9
	LEAQ	7(R10), SI
	LEAQ	8(R10), R11
	LEAQ	9(R10), R12
	LEAQ	10(R10), R13
	LEAQ	11(R10), R14
	EACHVECTOR(MIXVECTOR)
again:
	ADDQ	BX, AX
	ADCQ	CX, BX
	ADCQ	DX, CX
	ADCQ	BP, DX
	ADCQ	R8, BP
	ADCQ	R9, R8
	ADCQ	SI, R9
	ADCQ	R11, SI
	ADCQ	R12, R11
	ADCQ	R13, R12
	ADCQ	R14, R13
	ADCQ	AX, R14
	ROLQ	$13, AX
	ROLQ	$7, R9
	XORQ	AX, R10
	ROLQ	$5, R10
	PADDQ	X1, X0
	PXOR	X2, X1
	PADDQ	X3, X2
	PXOR	X4, X3
	PADDQ	X5, X4
	PXOR	X6, X5
	PADDQ	X7, X6
	PXOR	X8, X7
	PADDQ	X9, X8
	PXOR	X10, X9
	PADDQ	X11, X10
	PXOR	X12, X11
	PADDQ	X13, X12
	PXOR	X14, X13
	PADDQ	X15, X14
	PXOR	X0, X15
	DECQ	DI
	JNE	again
	XORQ	BX, AX
	XORQ	CX, AX
	XORQ	DX, AX
	XORQ	BP, AX
	XORQ	SI, AX
	XORQ	R8, AX
	XORQ	R9, AX
	XORQ	R10, AX
	XORQ	R11, AX
	XORQ	R12, AX
	XORQ	R13, AX
	XORQ	R14, AX
	EACHVECTOR(FOLDVECTOR)
	POPSAVED
	POPQ	BP
	RET
	END

// Dirties the upper halves of the wide vector registers, stops, and counts in AX how many did
// not survive.
TEXT ·wide(SB),NOSPLIT|NOFRAME,$0
	MOVQ	AX, X0
	VPBROADCASTQ X0, Y3
	VPBROADCASTQ X0, Y15
	BYTE	$0xcc
	XORL	CX, CX
	VEXTRACTI128 $1, Y3, X1
	MOVQ	X1, DX
	CMPQ	DX, AX
	JEQ	good
	INCQ	CX
good:
	VEXTRACTI128 $1, Y15, X1
	MOVQ	X1, DX
	CMPQ	DX, AX
	JEQ	out
	INCQ	CX
out:
	VZEROUPPER
	MOVQ	CX, AX
	RET
	END

DATA addresses<>+0(SB)/8, $·entry(SB)
DATA addresses<>+8(SB)/8, $·import(SB)
DATA addresses<>+16(SB)/8, $·add(SB)
DATA addresses<>+24(SB)/8, $·load(SB)
DATA addresses<>+32(SB)/8, $·store(SB)
DATA addresses<>+40(SB)/8, $·null(SB)
DATA addresses<>+48(SB)/8, $·div(SB)
DATA addresses<>+56(SB)/8, $·ud2(SB)
DATA addresses<>+64(SB)/8, $·jump(SB)
DATA addresses<>+72(SB)/8, $·regs(SB)
DATA addresses<>+80(SB)/8, $·count(SB)
DATA addresses<>+88(SB)/8, $·nops(SB)
DATA addresses<>+96(SB)/8, $·sites(SB)
DATA addresses<>+104(SB)/8, $·hosts(SB)
DATA addresses<>+112(SB)/8, $·recurse(SB)
DATA addresses<>+120(SB)/8, $·spin(SB)
DATA addresses<>+128(SB)/8, $·fib(SB)
DATA addresses<>+136(SB)/8, $·mix(SB)
DATA addresses<>+144(SB)/8, $·wide(SB)
DATA addresses<>+152(SB)/8, $·gp(SB)
DATA addresses<>+160(SB)/8, $·nested(SB)
GLOBL addresses<>(SB), RODATA, $168

// func table() *[21]uintptr
TEXT ·table(SB),NOSPLIT,$0-8
	LEAQ	addresses<>(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
