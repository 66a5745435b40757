package amd64

import (
	"fmt"
	"math"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

// Register names by hardware number for each width.
var (
	regs64 = []x86asm.Reg{x86asm.RAX, x86asm.RCX, x86asm.RDX, x86asm.RBX, x86asm.RSP, x86asm.RBP, x86asm.RSI, x86asm.RDI,
		x86asm.R8, x86asm.R9, x86asm.R10, x86asm.R11, x86asm.R12, x86asm.R13, x86asm.R14, x86asm.R15}
	regs32 = []x86asm.Reg{x86asm.EAX, x86asm.ECX, x86asm.EDX, x86asm.EBX, x86asm.ESP, x86asm.EBP, x86asm.ESI, x86asm.EDI,
		x86asm.R8L, x86asm.R9L, x86asm.R10L, x86asm.R11L, x86asm.R12L, x86asm.R13L, x86asm.R14L, x86asm.R15L}
	regs16 = []x86asm.Reg{x86asm.AX, x86asm.CX, x86asm.DX, x86asm.BX, x86asm.SP, x86asm.BP, x86asm.SI, x86asm.DI,
		x86asm.R8W, x86asm.R9W, x86asm.R10W, x86asm.R11W, x86asm.R12W, x86asm.R13W, x86asm.R14W, x86asm.R15W}
	regs8 = []x86asm.Reg{x86asm.AL, x86asm.CL, x86asm.DL, x86asm.BL, x86asm.SPB, x86asm.BPB, x86asm.SIB, x86asm.DIB,
		x86asm.R8B, x86asm.R9B, x86asm.R10B, x86asm.R11B, x86asm.R12B, x86asm.R13B, x86asm.R14B, x86asm.R15B}
	regsX = []x86asm.Reg{x86asm.X0, x86asm.X1, x86asm.X2, x86asm.X3, x86asm.X4, x86asm.X5, x86asm.X6, x86asm.X7,
		x86asm.X8, x86asm.X9, x86asm.X10, x86asm.X11, x86asm.X12, x86asm.X13, x86asm.X14, x86asm.X15}
)

// decode disassembles exactly one instruction.
func decode(t *testing.T, b []byte, what string) x86asm.Inst {
	t.Helper()
	in, err := x86asm.Decode(b, 64)
	if err != nil {
		t.Fatalf("%s: % x: %v", what, b, err)
	}
	if in.Len != len(b) {
		t.Fatalf("%s: % x: decoded %d bytes of %d as %v", what, b, in.Len, len(b), in)
	}
	return in
}

func expect(t *testing.T, in x86asm.Inst, b []byte, op x86asm.Op, args ...x86asm.Arg) {
	t.Helper()
	same := in.Op == op
	for i := range in.Args {
		var want x86asm.Arg
		if i < len(args) {
			want = args[i]
		}
		got := in.Args[i]
		// The decoder gives the segment that it assumes, a scale without an index, and
		// displacements of 32 bits without their sign.
		if m, ok := got.(x86asm.Mem); ok {
			m.Segment, m.Disp = 0, int64(int32(m.Disp))
			if m.Index == 0 {
				m.Scale = 0
			}
			got = m
		}
		same = same && got == want
	}
	if !same {
		t.Fatalf("% x: got %v %v, want %v %v", b, in.Op, in.Args, op, args)
	}
}

// operandRows has one row for each opcode with a register and a register-or-memory operand:
// what it is called, and the names of the two operands' registers. order is true if the
// register operand comes first in the disassembly.
var operandRows = []struct {
	op      opcode
	name    x86asm.Op
	reg, rm []x86asm.Reg
	order   bool
	memory  bool // has a form with memory that is used
}{
	{opMovLoad, x86asm.MOV, regs32, regs32, true, true},
	{opMovLoad | rexW, x86asm.MOV, regs64, regs64, true, true},
	{opMovStore, x86asm.MOV, regs32, regs32, false, true},
	{opMovStore | rexW, x86asm.MOV, regs64, regs64, false, true},
	{opMov8, x86asm.MOV, regs8, regs8, false, true},
	{opMov16, x86asm.MOV, regs16, regs16, false, true},
	{opMovzx8, x86asm.MOVZX, regs32, regs8, true, true},
	{opMovzx16, x86asm.MOVZX, regs32, regs16, true, true},
	{opMovsx8, x86asm.MOVSX, regs32, regs8, true, true},
	{opMovsx8 | rexW, x86asm.MOVSX, regs64, regs8, true, true},
	{opMovsx16, x86asm.MOVSX, regs32, regs16, true, true},
	{opMovsx16 | rexW, x86asm.MOVSX, regs64, regs16, true, true},
	{opMovsxd, x86asm.MOVSXD, regs64, regs32, true, true},
	{opTest, x86asm.TEST, regs32, regs32, false, true},
	{opTest | rexW, x86asm.TEST, regs64, regs64, false, true},
	{opImul, x86asm.IMUL, regs32, regs32, true, true},
	{opImul | rexW, x86asm.IMUL, regs64, regs64, true, true},
	{opXchg | rexW, x86asm.XCHG, regs64, regs64, false, false},
	{opPopcnt, x86asm.POPCNT, regs32, regs32, true, true},
	{opPopcnt | rexW, x86asm.POPCNT, regs64, regs64, true, true},
	{opLzcnt, x86asm.LZCNT, regs32, regs32, true, true},
	{opLzcnt | rexW, x86asm.LZCNT, regs64, regs64, true, true},
	{opTzcnt, x86asm.TZCNT, regs32, regs32, true, true},
	{opTzcnt | rexW, x86asm.TZCNT, regs64, regs64, true, true},
	{opCmov | opcode(condE), x86asm.CMOVE, regs32, regs32, true, true},
	{opCmov | opcode(condA) | rexW, x86asm.CMOVA, regs64, regs64, true, true},
	{aluAdd.load(), x86asm.ADD, regs32, regs32, true, true},
	{aluAdd.store() | rexW, x86asm.ADD, regs64, regs64, false, true},
	{aluOr.load(), x86asm.OR, regs32, regs32, true, true},
	{aluAnd.load() | rexW, x86asm.AND, regs64, regs64, true, true},
	{aluSub.load(), x86asm.SUB, regs32, regs32, true, true},
	{aluXor.store(), x86asm.XOR, regs32, regs32, false, true},
	{aluCmp.load() | rexW, x86asm.CMP, regs64, regs64, true, true},
	{aluCmp.store(), x86asm.CMP, regs32, regs32, false, true},
	{opMovss, x86asm.MOVSS, regsX, regsX, true, true},
	{opMovss.double(true), x86asm.MOVSD_XMM, regsX, regsX, true, true},
	{opMovssTo, x86asm.MOVSS, regsX, regsX, false, true},
	{opMovssTo.double(true), x86asm.MOVSD_XMM, regsX, regsX, false, true},
	{opMovaps, x86asm.MOVAPS, regsX, regsX, true, true},
	{opMovupsTo, x86asm.MOVUPS, regsX, regsX, false, true},
	{opMovd, x86asm.MOVD, regsX, regs32, true, false},
	{opMovd | rexW, x86asm.MOVQ, regsX, regs64, true, false},
	{opMovdTo, x86asm.MOVD, regsX, regs32, false, false},
	{opMovdTo | rexW, x86asm.MOVQ, regsX, regs64, false, false},
	{opAddss, x86asm.ADDSS, regsX, regsX, true, true},
	{opAddss.double(true), x86asm.ADDSD, regsX, regsX, true, true},
	{opMulss.double(true), x86asm.MULSD, regsX, regsX, true, true},
	{opSubss, x86asm.SUBSS, regsX, regsX, true, true},
	{opDivss.double(true), x86asm.DIVSD, regsX, regsX, true, true},
	{opMinss, x86asm.MINSS, regsX, regsX, true, true},
	{opMaxss.double(true), x86asm.MAXSD, regsX, regsX, true, true},
	{opSqrtss, x86asm.SQRTSS, regsX, regsX, true, true},
	{opSqrtss.double(true), x86asm.SQRTSD, regsX, regsX, true, true},
	{opCvtss2sd, x86asm.CVTSS2SD, regsX, regsX, true, true},
	{opCvtsd2ss, x86asm.CVTSD2SS, regsX, regsX, true, true},
	{opCvtsi2ss, x86asm.CVTSI2SS, regsX, regs32, true, true},
	{opCvtsi2ss.double(true) | rexW, x86asm.CVTSI2SD, regsX, regs64, true, true},
	{opCvttss2si, x86asm.CVTTSS2SI, regs32, regsX, true, true},
	{opXchg8, x86asm.XCHG, regs8, regs8, false, true},
	{opXchg16, x86asm.XCHG, regs16, regs16, false, true},
	{opXchg, x86asm.XCHG, regs32, regs32, false, true},
	{opXadd8, x86asm.XADD, regs8, regs8, false, true},
	{opXadd16, x86asm.XADD, regs16, regs16, false, true},
	{opXadd, x86asm.XADD, regs32, regs32, false, true},
	{opXadd | rexW, x86asm.XADD, regs64, regs64, false, true},
	{opCmpxchg8, x86asm.CMPXCHG, regs8, regs8, false, true},
	{opCmpxchg16, x86asm.CMPXCHG, regs16, regs16, false, true},
	{opCmpxchg, x86asm.CMPXCHG, regs32, regs32, false, true},
	{opCmpxchg | rexW, x86asm.CMPXCHG, regs64, regs64, false, true},
	{opCvttss2si.double(true) | rexW, x86asm.CVTTSD2SI, regs64, regsX, true, true},
	{opUcomiss, x86asm.UCOMISS, regsX, regsX, true, true},
	{opUcomisd, x86asm.UCOMISD, regsX, regsX, true, true},
	{opAndps, x86asm.ANDPS, regsX, regsX, true, true},
	{opOrps, x86asm.ORPS, regsX, regsX, true, true},
	{opXorps, x86asm.XORPS, regsX, regsX, true, true},
	{opPunpcklqdq, x86asm.PUNPCKLQDQ, regsX, regsX, true, true},
}

// allRegs sweeps the sixteen registers of a class.
func allRegs(names []x86asm.Reg) []reg {
	first := rax
	if &names[0] == &regsX[0] {
		first = xmm0
	}
	rs := make([]reg, 16)
	for i := range rs {
		rs[i] = first + reg(i)
	}
	return rs
}

func TestRegisterOperands(t *testing.T) {
	for _, row := range operandRows {
		for i, r := range allRegs(row.reg) {
			for j, m := range allRegs(row.rm) {
				var e encoder
				e.rr(row.op, r, m)
				if row.name == x86asm.XCHG && (i == 0 || j == 0) {
					continue // the decoder prints what is not wrong in another order
				}
				args := []x86asm.Arg{row.reg[i], row.rm[j]}
				if !row.order {
					args[0], args[1] = args[1], args[0]
				}
				expect(t, decode(t, e.buf, row.name.String()), e.buf, row.name, args...)
			}
		}
	}
}

// memOperands covers every base with every index and the special cases of each.
func memOperands() (ms []mem) {
	disps := []int32{0, 1, -1, 127, 128, -128, -129, math.MaxInt32, math.MinInt32}
	for b := rax; b <= r15; b++ {
		for _, d := range disps {
			ms = append(ms, mem{b, noReg, 0, d})
			for _, x := range []reg{rax, rbp, r8, r12, r13, r15} {
				for s := range uint8(4) {
					ms = append(ms, mem{b, x, s, d})
				}
			}
		}
	}
	for x := rax; x <= r15; x++ {
		if x != rsp {
			ms = append(ms, mem{noReg, x, 2, 0}, mem{noReg, x, 3, 0x1234})
		}
	}
	return append(ms, mem{base: noReg, index: noReg, disp: 0x1234}, mem{base: rip, index: noReg, disp: 0x77})
}

func (m mem) arg() x86asm.Mem {
	a := x86asm.Mem{Disp: int64(m.disp)}
	switch m.base {
	case rip:
		a.Base = x86asm.RIP
	case noReg:
	default:
		a.Base = regs64[m.base]
	}
	if m.index != noReg && m.base != rip {
		a.Index, a.Scale = regs64[m.index], 1<<m.scale
	}
	return a
}

func TestMemoryOperands(t *testing.T) {
	ms := memOperands()
	for _, row := range operandRows {
		if !row.memory {
			continue
		}
		all := allRegs(row.reg)
		for _, i := range []int{0, 1, 4, 5, 12, 15} {
			r := all[i]
			for _, m := range ms {
				var e encoder
				e.rm(row.op, r, m)
				args := []x86asm.Arg{row.reg[i], m.arg()}
				if !row.order {
					args[0], args[1] = args[1], args[0]
				}
				expect(t, decode(t, e.buf, fmt.Sprint(row.name, m)), e.buf, row.name, args...)
			}
		}
	}
}

func TestLea(t *testing.T) {
	for _, m := range memOperands() {
		for i, r := range allRegs(regs64) {
			var e encoder
			e.rm(opLea, r, m)
			expect(t, decode(t, e.buf, "lea"), e.buf, x86asm.LEA, regs32[i], m.arg())
			e.buf = nil
			e.rm(opLea|rexW, r, m)
			expect(t, decode(t, e.buf, "lea"), e.buf, x86asm.LEA, regs64[i], m.arg())
		}
	}
}

// immediates around every boundary of the encodings.
var immediates = []int32{0, 1, -1, 5, 127, 128, -128, -129, 255, 256, 65535, math.MaxInt32, math.MinInt32}

func TestImmediates(t *testing.T) {
	names := map[alu]x86asm.Op{aluAdd: x86asm.ADD, aluOr: x86asm.OR, aluAnd: x86asm.AND, aluSub: x86asm.SUB, aluXor: x86asm.XOR, aluCmp: x86asm.CMP}
	slot := mem{r14, r13, 0, 8}
	for op, name := range names {
		for _, v := range immediates {
			for i, r := range allRegs(regs64) {
				var e encoder
				e.aluRI(op, false, r, v)
				expect(t, decode(t, e.buf, "alu"), e.buf, name, regs32[i], x86asm.Imm(v))
				e.buf = nil
				e.aluRI(op, true, r, v)
				expect(t, decode(t, e.buf, "alu"), e.buf, name, regs64[i], x86asm.Imm(v))
			}
			for _, wide := range []bool{false, true} {
				var e encoder
				e.aluMI(op, wide, slot, v)
				in := decode(t, e.buf, "alu")
				expect(t, in, e.buf, name, slot.arg(), x86asm.Imm(v))
				if want := map[bool]int{false: 4, true: 8}[wide]; in.MemBytes != want {
					t.Fatalf("% x: %d bytes of memory, want %d", e.buf, in.MemBytes, want)
				}
			}
		}
	}
	for _, v := range immediates {
		for i, r := range allRegs(regs64) {
			var e encoder
			e.imulI(true, r, rbx, v)
			expect(t, decode(t, e.buf, "imul"), e.buf, x86asm.IMUL, regs64[i], x86asm.RBX, x86asm.Imm(v))
			e.buf = nil
			e.testRI(false, r, v)
			in := decode(t, e.buf, "test")
			if v >= 0 && v < 128 {
				expect(t, in, e.buf, x86asm.TEST, regs8[i], x86asm.Imm(v))
			} else {
				expect(t, in, e.buf, x86asm.TEST, regs32[i], x86asm.Imm(v))
			}
		}
		for _, size := range []uint8{1, 2, 4, 8} {
			var e encoder
			e.movMI(size, slot, v)
			in := decode(t, e.buf, "mov")
			want := map[uint8]int64{1: int64(uint8(v)), 2: int64(int16(v)), 4: int64(v), 8: int64(v)}[size]
			expect(t, in, e.buf, x86asm.MOV, slot.arg(), x86asm.Imm(want))
			if in.MemBytes != int(size) {
				t.Fatalf("% x: %d bytes of memory, want %d", e.buf, in.MemBytes, size)
			}
		}
	}
}

func TestMovConstant(t *testing.T) {
	for _, v := range []uint64{0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 32, 0xffffffff80000000, 0xffffffff7fffffff, math.MaxUint64} {
		for i, r := range allRegs(regs64) {
			var e encoder
			e.movRI(r, v)
			in := decode(t, e.buf, "mov")
			if v <= math.MaxUint32 { // the upper half becomes zero
				imm, _ := in.Args[1].(x86asm.Imm)
				expect(t, in, e.buf, x86asm.MOV, regs32[i], imm)
				if uint32(imm) != uint32(v) {
					t.Fatalf("% x: constant %#x, want %#x", e.buf, uint32(imm), v)
				}
				continue
			}
			expect(t, in, e.buf, x86asm.MOV, regs64[i], x86asm.Imm(v))
		}
	}
}

func TestOneOperand(t *testing.T) {
	group3 := map[reg]x86asm.Op{digitNeg: x86asm.NEG, digitIdiv: x86asm.IDIV, digitDiv: x86asm.DIV}
	shifts := map[reg]x86asm.Op{digitRol: x86asm.ROL, digitRor: x86asm.ROR, digitShl: x86asm.SHL, digitShr: x86asm.SHR, digitSar: x86asm.SAR}
	for i, r := range allRegs(regs64) {
		for digit, name := range group3 {
			var e encoder
			e.group3(digit, false, r)
			expect(t, decode(t, e.buf, "group 3"), e.buf, name, regs32[i])
			e.buf = nil
			e.group3(digit, true, r)
			expect(t, decode(t, e.buf, "group 3"), e.buf, name, regs64[i])
		}
		for digit, name := range shifts {
			for n := uint8(1); n < 64; n++ {
				var e encoder
				e.shiftI(digit, true, r, n)
				expect(t, decode(t, e.buf, "shift"), e.buf, name, regs64[i], x86asm.Imm(n))
			}
			var e encoder
			e.shiftCL(digit, false, r)
			expect(t, decode(t, e.buf, "shift"), e.buf, name, regs32[i], x86asm.CL)
		}
		var e encoder
		e.setcc(condG, r)
		expect(t, decode(t, e.buf, "setcc"), e.buf, x86asm.SETG, regs8[i])
		e.buf = nil
		e.jmpReg(r)
		expect(t, decode(t, e.buf, "jmp"), e.buf, x86asm.JMP, regs64[i])
	}
	slot := at(r15, 0x128)
	var e encoder
	e.callMem(slot)
	expect(t, decode(t, e.buf, "call"), e.buf, x86asm.CALL, slot.arg())
	e.buf = nil
	e.jmpMem(slot)
	expect(t, decode(t, e.buf, "jmp"), e.buf, x86asm.JMP, slot.arg())
	for _, c := range []struct {
		emit func(*encoder)
		op   x86asm.Op
	}{
		{(*encoder).ret, x86asm.RET}, {(*encoder).ud2, x86asm.UD2},
		{func(e *encoder) { e.cdq(false) }, x86asm.CDQ}, {func(e *encoder) { e.cdq(true) }, x86asm.CQO},
	} {
		var e encoder
		c.emit(&e)
		expect(t, decode(t, e.buf, "no operand"), e.buf, c.op)
	}
	for wide, o := range map[x86asm.Op]opcode{x86asm.ROUNDSS: opRoundss, x86asm.ROUNDSD: opRoundsd} {
		var e encoder
		e.rr(o, xmm0+9, xmm0+3)
		e.buf = append(e.buf, roundDown)
		expect(t, decode(t, e.buf, "round"), e.buf, wide, x86asm.X9, x86asm.X3, x86asm.Imm(roundDown))
	}
}

func TestConditions(t *testing.T) {
	names := map[cond]x86asm.Op{condO: x86asm.JO, condB: x86asm.JB, condAE: x86asm.JAE, condE: x86asm.JE, condNE: x86asm.JNE,
		condBE: x86asm.JBE, condA: x86asm.JA, condS: x86asm.JS, condP: x86asm.JP, condNP: x86asm.JNP,
		condL: x86asm.JL, condGE: x86asm.JGE, condLE: x86asm.JLE, condG: x86asm.JG}
	for c, name := range names {
		var e encoder
		e.jcc(c)
		expect(t, decode(t, e.buf, "jcc"), e.buf, name, x86asm.Rel(0))
		if inverse := c.not(); c != condO && c != condS && names[inverse] == 0 {
			t.Errorf("condition %d has no inverse", c)
		}
	}
	for c, s := range map[cond]cond{condB: condA, condAE: condBE, condL: condG, condGE: condLE, condE: condE, condNE: condNE} {
		if c.swapped() != s || s.swapped() != c {
			t.Errorf("%d with exchanged operands: %d, want %d", c, c.swapped(), s)
		}
	}
}

// Jumps land where they should, near and far, forward and backward.
func TestJumps(t *testing.T) {
	for _, gap := range []int{0, 1, 100, 125, 126, 127, 128, 129, 130, 1000} {
		for _, conditional := range []bool{false, true} {
			var e encoder
			e.nop(gap)
			start := e.pos()
			if conditional {
				e.jccTo(condE, 0)
			} else {
				e.jmpTo(0)
			}
			in := decode(t, e.buf[start:], "backward")
			if to := e.pos() + int(in.Args[0].(x86asm.Rel)); to != 0 {
				t.Errorf("backward over %d: lands at %d", gap, to)
			}
			if short := in.Len == 2; short != (gap+2 <= 128) {
				t.Errorf("backward over %d takes %d bytes", gap, in.Len)
			}
		}
		var e encoder
		at := e.jmp()
		n := e.pos()
		e.nop(gap)
		fix(e.buf, at, e.pos())
		if in := decode(t, e.buf[:n], "forward"); int(in.Args[0].(x86asm.Rel)) != gap {
			t.Errorf("forward over %d: jumps by %v", gap, in.Args[0])
		}
		if gap < 128 {
			e.buf = nil
			at := e.jccShort(condP)
			e.nop(gap)
			e.fixShort(at)
			if in := decode(t, e.buf[:2], "short"); int(in.Args[0].(x86asm.Rel)) != gap {
				t.Errorf("short forward over %d: jumps by %v", gap, in.Args[0])
			}
		}
	}
}

func TestNops(t *testing.T) {
	for n := 1; n <= 9; n++ {
		var e encoder
		e.nop(n)
		if n == 2 { // the decoder knows 66 90 as xchg
			continue
		}
		if in := decode(t, e.buf, "nop"); in.Op != x86asm.NOP {
			t.Errorf("%d bytes: % x is %v", n, e.buf, in)
		}
	}
	for n := range 40 {
		var e encoder
		e.nop(n)
		if len(e.buf) != n {
			t.Errorf("nop(%d) has %d bytes", n, len(e.buf))
		}
	}
}
