package debugger

import (
	"debug/elf"
	"fmt"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

const x86Machine = uint16(elf.EM_X86_64)

// x86 is the machine interface for x86-64.
type x86 struct{}

func (x86) decode(code []byte) int {
	if len(code) >= 4 && code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x1e && code[3] == 0xfa {
		return 4 // endbr64, which the decoder does not know
	}
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return 0
	}
	return in.Len
}

func (x86) format(code []byte, pc abi.TextOffset, name func(abi.TextOffset) string) string {
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return "endbr64"
	}
	_, branch := in.Args[0].(x86asm.Rel)
	return x86asm.GNUSyntax(in, uint64(pc), func(a uint64) (string, uint64) {
		if !branch {
			return "", 0 // a number, no address
		}
		if n := name(abi.TextOffset(a)); n != "" {
			return n, a
		}
		return "", 0
	})
}

func (x86) call(code []byte, pc abi.TextOffset) (callKind, abi.TextOffset) {
	in, err := x86asm.Decode(code, 64)
	if err != nil || in.Op != x86asm.CALL {
		return noCall, 0
	}
	switch a := in.Args[0].(type) {
	case x86asm.Rel:
		return direct, pc + abi.TextOffset(in.Len) + abi.TextOffset(a)
	case x86asm.Mem:
		if a.Base == x86asm.R15 && a.Index == 0 && (a.Disp == abi.OffHostStub || a.Disp == abi.OffSiteStub) {
			return outward, 0
		}
	}
	return indirect, 0
}

func (x86) refers(code []byte, pc abi.TextOffset) (abi.TextOffset, bool) {
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return 0, false
	}
	for _, a := range in.Args {
		if mem, ok := a.(x86asm.Mem); ok && mem.Base == x86asm.RIP {
			return pc + abi.TextOffset(in.Len) + abi.TextOffset(mem.Disp), true
		}
	}
	return 0, false
}

var x86Names = [...]string{
	"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
}

func (x86) registers() []codemap.Reg {
	return []codemap.Reg{0, 3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
}

// registerName knows the numbers of the System V psABI: general registers, the return address, and xmm0 to xmm15.
func (x86) registerName(r codemap.Reg) string {
	switch {
	case int(r) < len(x86Names):
		return x86Names[r]
	case r == 16:
		return "rip"
	case r < 33:
		return fmt.Sprintf("xmm%d", r-17)
	}
	return fmt.Sprintf("reg%d", r)
}
