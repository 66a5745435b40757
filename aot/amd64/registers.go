package amd64

import "sphex/aot/codemap"

// reg is a register by its hardware number: 0–15 general, 16–31 xmm.
type reg uint8

const (
	rax reg = iota
	rcx
	rdx
	rbx
	rsp
	rbp
	rsi
	rdi
	r8
	r9
	r10
	r11
	r12
	r13
	r14
	r15
	xmm0
)

const (
	noReg reg = 255
	rip   reg = 254 // as a base: the displacement counts from the end of the instruction

	regContext = r15
	regMemory  = r14
	// regFuel holds abi.Context.Fuel while metered code runs; elsewhere it is a home like others.
	regFuel = r11
	// regScratch is never a home and never holds an operand: it is there for the moves
	// between other registers and for the address of an indirect call.
	regScratch = r10
	xmmScratch = xmm0 + 7
)

func (r reg) isXMM() bool { return r >= xmm0 && r < xmm0+16 }

// regSet is a set of registers.
type regSet uint32

func (s regSet) has(r reg) bool { return s>>r&1 != 0 }

func setOf(rs ...reg) regSet {
	var s regSet
	for _, r := range rs {
		s |= 1 << r
	}
	return s
}

// The convention of calls between functions of the module; doc.go has the whole of it.
var (
	// Parameters begin with the registers that leaf functions use as homes, so that the first
	// ones stay where they arrive.
	paramRegs       = [...]reg{r9, r8, rdx, rcx, rax}
	floatParamRegs  = [...]reg{xmm0 + 6, xmm0 + 5, xmm0 + 4, xmm0, xmm0 + 1, xmm0 + 2, xmm0 + 3}
	resultRegs      = [...]reg{rax, rcx, rdx, r8, r9}
	floatResultRegs = [...]reg{xmm0, xmm0 + 1, xmm0 + 2, xmm0 + 3, xmm0 + 4, xmm0 + 5, xmm0 + 6}

	calleeSavedGPR = [...]reg{rbx, rsi, rdi, rbp, r12, r13, r11}
	calleeSavedXMM = [...]reg{xmm0 + 8, xmm0 + 9, xmm0 + 10, xmm0 + 11, xmm0 + 12, xmm0 + 13, xmm0 + 14, xmm0 + 15}
	calleeSaved    = setOf(calleeSavedGPR[:]...) | setOf(calleeSavedXMM[:]...)

	// Registers that may be homes in functions without calls, besides the callee-saved ones.
	leafGPR = [...]reg{r9, r8}
	leafXMM = [...]reg{xmm0 + 6, xmm0 + 5, xmm0 + 4}

	// Registers for operands, in the order in which they are taken; those that are homes of
	// the function at hand are left out.
	operandGPR = [...]reg{rax, rcx, rdx, r8, r9}
	operandXMM = [...]reg{xmm0, xmm0 + 1, xmm0 + 2, xmm0 + 3, xmm0 + 4, xmm0 + 5, xmm0 + 6}
)

// dwarfNumbers maps the hardware numbers of the general registers to those of the psABI.
var dwarfNumbers = [16]codemap.Reg{0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15}

// dwarf returns r's number in DWARF.
func (r reg) dwarf() codemap.Reg {
	if r.isXMM() {
		return 17 + codemap.Reg(r-xmm0)
	}
	return dwarfNumbers[r]
}

const (
	dwarfReturnAddress = 16
	dwarfFlags         = 49
)
