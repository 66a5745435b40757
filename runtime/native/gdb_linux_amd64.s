#include "textflag.h"

// The names by which gdb and lldb find the interface: they belong to no package.

// void __jit_debug_register_code(void): the debugger has a breakpoint here.
TEXT __jit_debug_register_code(SB),NOSPLIT|NOFRAME,$0
	RET

// struct jit_descriptor, see jitDescriptor. Its first word is the version, 1.
DATA __jit_debug_descriptor+0(SB)/4, $1
GLOBL __jit_debug_descriptor(SB), NOPTR, $24

// func jitNotify()
TEXT ·jitNotify(SB),NOSPLIT,$0-0
	CALL	__jit_debug_register_code(SB)
	RET

// func jitDescriptorAddr() *jitDescriptor
TEXT ·jitDescriptorAddr(SB),NOSPLIT,$0-8
	LEAQ	__jit_debug_descriptor(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
