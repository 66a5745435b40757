package debugger

import (
	"debug/elf"
	"fmt"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
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

// The internal calling convention: aot/amd64's doc.go has the whole of it.
var (
	x86Params      = []codemap.Reg{9, 8, 1, 2, 0} // r9 r8 rdx rcx rax
	x86FloatParams = []codemap.Reg{23, 22, 21, 17, 18, 19, 20}
	x86Result      = codemap.Reg(0)
	x86FloatResult = codemap.Reg(17)
)

func isFloat(t wasm.ValType) bool { return t == wasm.F32 || t == wasm.F64 }

// parameters tells in which registers parameters of these types arrive; ok is false if some don't.
func (x86) parameters(types []wasm.ValType) (regs []codemap.Reg, ok bool) {
	general, float := x86Params, x86FloatParams
	for _, t := range types {
		from := &general
		if isFloat(t) {
			from = &float
		}
		if len(*from) == 0 {
			return nil, false
		}
		regs = append(regs, (*from)[0])
		*from = (*from)[1:]
	}
	return regs, true
}

// result tells in which register a function returns its first result.
func (x86) result(t wasm.ValType) codemap.Reg {
	if isFloat(t) || t == wasm.V128 {
		return x86FloatResult
	}
	return x86Result
}

func (x86) dividend() codemap.Reg { return 0 }

// x86Numbers are the DWARF numbers of the general registers in the order of the processor.
var x86Numbers = [...]codemap.Reg{0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15}

// x86General returns the number of a general register of any width that wasm's values have.
func x86General(r x86asm.Reg) (codemap.Reg, bool) {
	switch {
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return x86Numbers[r-x86asm.EAX], true
	case r >= x86asm.RAX && r <= x86asm.R15:
		return x86Numbers[r-x86asm.RAX], true
	}
	return 0, false
}

func (x86) accessed(code []byte, register func(codemap.Reg) (uint64, bool)) (addr uint64, ok bool) {
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return 0, false
	}
	for _, a := range in.Args {
		m, isMem := a.(x86asm.Mem)
		if !isMem || m.Base == 0 || m.Segment != 0 {
			continue
		}
		addr = uint64(m.Disp)
		for _, part := range []struct {
			r     x86asm.Reg
			scale uint8
		}{{m.Base, 1}, {m.Index, m.Scale}} {
			if part.r == 0 {
				continue
			}
			n, known := x86General(part.r)
			if !known {
				return 0, false
			}
			v, known := register(n)
			if !known {
				return 0, false
			}
			addr += v * uint64(part.scale)
		}
		return addr, true
	}
	return 0, false
}

func (x86) checkedIndex(code []byte) (r codemap.Reg, ok bool) {
	var compared x86asm.Arg
	for len(code) > 0 {
		in, err := x86asm.Decode(code, 64)
		if err != nil {
			return 0, false
		}
		if in.Op == x86asm.JAE && compared != nil {
			if reg, isReg := compared.(x86asm.Reg); isReg {
				return x86General(reg)
			}
		}
		compared = nil
		if in.Op == x86asm.CMP {
			compared = in.Args[0]
		}
		code = code[in.Len:]
	}
	return 0, false
}

// epilogue knows add rsp, imm32 and the nop of the same size of a function that has no frame.
func (x86) epilogue(text []byte, ret abi.TextOffset) (at abi.TextOffset, ok bool) {
	const size = 7
	if ret < size || int(ret) >= len(text) || text[ret] != 0xc3 {
		return 0, false
	}
	at = ret - size
	b := text[at:ret]
	return at, b[0] == 0x48 && b[1] == 0x81 && b[2] == 0xc4 || b[0] == 0x0f && b[1] == 0x1f && b[2] == 0x80
}
