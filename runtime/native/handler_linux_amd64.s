#include "textflag.h"
#include "go_asm.h"

// Linux, x86-64: struct ucontext_t and the signal frame's FXSAVE area.
#define UC_R8 40
#define UC_R9 48
#define UC_R10 56
#define UC_R11 64
#define UC_R12 72
#define UC_R13 80
#define UC_R14 88
#define UC_R15 96
#define UC_RDI 104
#define UC_RSI 112
#define UC_RBP 120
#define UC_RBX 128
#define UC_RDX 136
#define UC_RAX 144
#define UC_RCX 152
#define UC_RSP 160
#define UC_RIP 168
#define UC_FLAGS 176
#define UC_CS 184
#define UC_SS 190
#define UC_ERR 192
#define UC_TRAPNO 200
#define UC_CR2 216
#define UC_FPSTATE 224

#define FP_MXCSR 24
#define FP_XMM 160
#define FP_MAGIC 464
#define FP_XSTATE_BV 512
#define FP_YMMHIGH 576

#define MAGIC1 0x46505853

#define SI_CODE 8
#define SI_ADDR 16
#define SI_PERFDATA 24
#define SI_PERFTYPE 32

#define SI_VALUE 24
#define SI_TIMER -2
#define SYS_TGKILL 234

#define SIGTRAP 5
#define SIGSEGV 11
#define SIGURG 23
#define TRAP_TRACE 2
#define TRAP_PERF 6
#define TRAPFLAG 0x100
#define RESUMEFLAG 0x10000
#define MXCSRDEFAULT 0x1f80

// The signals that an instruction of the guest may cause: ILL, TRAP, BUS, FPE, SEGV.
#define FAULTSIGNALS 0x9b0

#define RDFSBASECX BYTE $0xf3; BYTE $0x48; BYTE $0x0f; BYTE $0xae; BYTE $0xc1

#define REG(n) (const_ctxRegs+8*n)(R15)

// func enter(c *abi.Context, stub uintptr)
//
// Jumps to a stub, or returns with Context.Inside = 0 on another thread than last time. Whatever the guest does, control comes back by a return with SP = GoSP and
// BP = GoBP, written anew by each entry, so that Go's stack may move between entries.
TEXT ·enter(SB),NOSPLIT|NOFRAME,$0-16
	MOVQ	c+0(FP), R15
	MOVQ	stub+8(FP), AX
	MOVQ	SP, const_ctxGoSP(R15)
	MOVQ	BP, const_ctxGoBP(R15)
	CMPB	·hasThreadBase(SB), $0
	JEQ	known
	RDFSBASECX
	CMPQ	CX, const_ctxThread(R15)
	JNE	other
known:
	MOVL	$1, const_ctxInside(R15)
	JMP	AX
other:
	MOVQ	CX, const_ctxThread(R15)
	MOVL	$0, const_ctxInside(R15) // a panic out of enter has left 1
	RET

// Where the return from a signal lands, with SP = GoSP: the return of enter.
TEXT ·exit(SB),NOSPLIT|NOFRAME,$0
	RET

#define COPY(from, to) \
	MOVQ	from, AX; \
	MOVQ	AX, to

#define COPYXMM(n) \
	MOVUPS	(FP_XMM+16*n)(R8), X0; \
	MOVUPS	X0, (const_ctxXMM+16*n)(R15)

#define COPYYMM(n) \
	MOVUPS	(FP_YMMHIGH+16*n)(R8), X0; \
	MOVUPS	X0, (const_ctxYMMHigh+16*n)(R15)

#define EACHVECTOR(OP) \
	OP(0); OP(1); OP(2); OP(3); OP(4); OP(5); OP(6); OP(7); \
	OP(8); OP(9); OP(10); OP(11); OP(12); OP(13); OP(14); OP(15)

// Runs on the signal stack with all signals blocked. DI = signal, SI = siginfo, DX = ucontext;
// they must reach Go's handler unchanged, as must SP.
TEXT ·handler(SB),NOSPLIT|NOFRAME|TOPFRAME,$0
	CMPL	DI, $SIGURG
	JNE	sort
	CMPL	SI_CODE(SI), $SI_TIMER
	JNE	sort
	LEAQ	·rings(SB), AX
	CMPQ	SI_VALUE(SI), AX
	JNE	sort
	// The alarm: every thread that runs guests is to come to Go.
	LOCK
	INCQ	(AX)
	PUSHQ	DI
	PUSHQ	SI
	PUSHQ	DX
	MOVL	·riderCount(SB), R12
	LEAQ	·riders(SB), R13
next:
	SUBL	$1, R12
	JLT	told
	MOVL	·processID(SB), DI
	MOVL	(R13)(R12*4), SI
	MOVL	$SIGURG, DX
	MOVL	$SYS_TGKILL, AX
	SYSCALL
	JMP	next
told:
	POPQ	DX
	POPQ	SI
	POPQ	DI
sort:
	// Is it a context that the interrupted pinned register points at? Only its head counts:
	// contexts stand at the starts of slots that heads marks.
	MOVQ	UC_R15(DX), R15
	MOVQ	R15, CX
	SUBQ	·contextLo(SB), CX
	CMPQ	CX, ·contextSize(SB)
	JAE	forward
	TESTQ	$(const_contextSlot-1), CX
	JNE	forward
	SHRQ	$const_contextShift, CX
	MOVQ	·contextHeads(SB), AX
	CMPB	(AX)(CX*1), $0
	JEQ	forward

	MOVQ	UC_RIP(DX), CX
	SUBQ	·arenaLo(SB), CX
	CMPQ	CX, ·arenaSize(SB)
	JAE	outside
	CMPQ	CX, $const_stubPage
	JB	stub

guest:
	CMPL	DI, $SIGURG
	JEQ	capture
	CMPL	DI, $SIGSEGV
	JA	disguise
	MOVL	$FAULTSIGNALS, AX
	BTL	DI, AX
	JCC	disguise
	CMPL	SI_CODE(SI), $0
	JLE	disguise	// sent by a process, no doing of this instruction
	CMPL	DI, $SIGTRAP
	JNE	capture
	CMPL	SI_CODE(SI), $TRAP_TRACE
	JNE	capture
	MOVQ	UC_RIP(DX), AX
	CMPQ	AX, const_ctxStepLo(R15)
	JB	capture
	CMPQ	AX, const_ctxStepHi(R15)
	JAE	capture
	CMPL	const_ctxPause(R15), $0
	JNE	capture
	INCQ	const_ctxStepN(R15)
	RET

outside:
	// A wild jump: still the guest's doing if it stands on the guest's stack.
	MOVQ	UC_RSP(DX), CX
	CMPQ	CX, const_ctxStackLo(R15)
	JB	forward
	CMPQ	CX, const_ctxStackHi(R15)
	JB	guest
	JMP	forward

stub:
	CMPL	DI, $SIGTRAP
	JNE	stubSignal
	CMPL	SI_CODE(SI), $TRAP_TRACE
	JNE	stubSignal
	ANDQ	$~TRAPFLAG, UC_FLAGS(DX)	// stepped into a stub: it and Go run freely
	MOVL	$1, const_ctxStepOut(R15)
	RET
stubSignal:
	CMPL	DI, $SIGURG
	JA	disguise
	JB	stubFault
	CMPQ	CX, $const_inboundEnd
	JAE	disguise
	MOVQ	$const_reasonRetry, AX	// an inbound stub has changed nothing yet
	MOVQ	AX, const_ctxReason(R15)
	INCQ	const_ctxRetries(R15)
	MOVQ	UC_FPSTATE(DX), R8
	TESTQ	R8, R8
	JZ	leave
	MOVL	$MXCSRDEFAULT, FP_MXCSR(R8)
	JMP	leave
stubFault:
	CMPL	SI_CODE(SI), $0
	JLE	disguise
	// A defect of ours: it becomes a Go panic in enter.
	COPY(const_ctxGoSP(R15), UC_RSP(DX))
	COPY(const_ctxGoBP(R15), UC_RBP(DX))
	LEAQ	·enter(SB), AX
	MOVQ	AX, UC_RIP(DX)
	JMP	forward

capture:
	COPY(UC_RAX(DX), REG(0))
	COPY(UC_RCX(DX), REG(1))
	COPY(UC_RDX(DX), REG(2))
	COPY(UC_RBX(DX), REG(3))
	COPY(UC_RSP(DX), REG(4))
	MOVQ	AX, const_ctxSP(R15)
	COPY(UC_RBP(DX), REG(5))
	COPY(UC_RSI(DX), REG(6))
	COPY(UC_RDI(DX), REG(7))
	COPY(UC_R8(DX), REG(8))
	COPY(UC_R9(DX), REG(9))
	COPY(UC_R10(DX), REG(10))
	COPY(UC_R11(DX), REG(11))
	COPY(UC_R12(DX), REG(12))
	COPY(UC_R13(DX), REG(13))
	COPY(UC_R14(DX), REG(14))
	MOVQ	R15, REG(15)
	COPY(UC_RIP(DX), const_ctxPC(R15))
	MOVQ	UC_FLAGS(DX), AX
	ANDQ	$~RESUMEFLAG, AX
	MOVQ	AX, const_ctxFlags(R15)
	MOVWQZX	UC_CS(DX), AX
	MOVQ	AX, const_ctxCS(R15)
	MOVWQZX	UC_SS(DX), AX
	MOVQ	AX, const_ctxSS(R15)
	MOVLQZX	DI, AX
	MOVQ	AX, const_ctxSig(R15)
	MOVLQSX	SI_CODE(SI), AX
	MOVQ	AX, const_ctxCode(R15)
	COPY(SI_ADDR(SI), const_ctxFault(R15))
	COPY(SI_PERFDATA(SI), const_ctxPerfData(R15))
	COPY(SI_PERFTYPE(SI), const_ctxPerfType(R15))
	COPY(UC_ERR(DX), const_ctxErrCode(R15))
	COPY(UC_TRAPNO(DX), const_ctxTrapNo(R15))
	COPY(UC_CR2(DX), const_ctxCR2(R15))
	INCQ	const_ctxSignals(R15)
	MOVQ	$const_reasonSignal, AX
	MOVQ	AX, const_ctxReason(R15)
	MOVL	$0, const_ctxVecValid(R15)
	MOVQ	UC_FPSTATE(DX), R8
	TESTQ	R8, R8
	JZ	leave
	MOVL	$1, const_ctxVecValid(R15)
	MOVL	FP_MXCSR(R8), AX
	MOVL	AX, const_ctxMXCSR(R15)
	EACHVECTOR(COPYXMM)
	MOVL	$MXCSRDEFAULT, FP_MXCSR(R8)	// what Go expects
	CMPL	FP_MAGIC(R8), $MAGIC1
	JNE	leave
	MOVQ	FP_XSTATE_BV(R8), AX
	TESTQ	$4, AX
	JZ	narrow
	MOVL	$2, const_ctxVecValid(R15)
	EACHVECTOR(COPYYMM)
narrow:
	ANDQ	$~0xe6, AX	// SSE, AVX and AVX-512 state start clean in Go
	MOVQ	AX, FP_XSTATE_BV(R8)

leave:
	COPY(const_ctxGoSP(R15), UC_RSP(DX))
	COPY(const_ctxGoBP(R15), UC_RBP(DX))
	LEAQ	·exit(SB), AX
	MOVQ	AX, UC_RIP(DX)
	MOVQ	$0x202, UC_FLAGS(DX)
	CMPL	DI, $SIGURG
	JEQ	go	// Go must acknowledge its request; it sees exit on the Go stack
	RET

disguise:
	// Call Go's handler with a state that looks like the entry of enter, then put the
	// interrupted one back.
	PUSHQ	UC_RIP(DX)
	PUSHQ	UC_RSP(DX)
	PUSHQ	UC_RBP(DX)
	PUSHQ	DX
	PUSHQ	DX
	COPY(const_ctxGoSP(R15), UC_RSP(DX))
	COPY(const_ctxGoBP(R15), UC_RBP(DX))
	LEAQ	·enter(SB), AX
	MOVQ	AX, UC_RIP(DX)
	MOVLQZX	DI, AX
	LEAQ	·goHandlers(SB), CX
	MOVQ	(CX)(AX*8), AX
	CALL	AX
	POPQ	DX
	POPQ	DX
	POPQ	UC_RBP(DX)
	POPQ	UC_RSP(DX)
	POPQ	UC_RIP(DX)
	RET

forward:
	// Go code wrote to a watched word: no business of the guest's.
	CMPL	DI, $SIGTRAP
	JNE	go
	CMPL	SI_CODE(SI), $TRAP_PERF
	JNE	go
	RET
go:
	MOVLQZX	DI, AX
	LEAQ	·goHandlers(SB), CX
	MOVQ	(CX)(AX*8), AX
	JMP	AX

// func handlerAddr() uintptr
TEXT ·handlerAddr(SB),NOSPLIT,$0-8
	LEAQ	·handler(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
