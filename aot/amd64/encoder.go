package amd64

import "encoding/binary"

// opcode is an instruction's encoding without its operands: the opcode byte with the
// mandatory prefix, the opcode map, the width and what the operands are.
type opcode uint32

const (
	map0F   opcode = 1 << 8
	map0F38 opcode = 1 << 9
	map0F3A opcode = 1 << 10
	pre66   opcode = 1 << 11
	preF3   opcode = 1 << 12
	preF2   opcode = 1 << 13
	rexW    opcode = 1 << 14
	byteReg opcode = 1 << 15 // the register operand is a byte
	byteRM  opcode = 1 << 16 // the register or memory operand is a byte
)

// Integer instructions with a register and a register-or-memory operand. With w the 64-bit
// forms (opcode.w).
const (
	opMovLoad  opcode = 0x8b // reg ← r/m
	opMovStore opcode = 0x89 // r/m ← reg
	opMov8     opcode = 0x88 | byteReg | byteRM
	opMov16    opcode = 0x89 | pre66
	opMovzx8   opcode = 0xb6 | map0F | byteRM
	opMovzx16  opcode = 0xb7 | map0F
	opMovsx8   opcode = 0xbe | map0F | byteRM
	opMovsx16  opcode = 0xbf | map0F
	opMovsxd   opcode = 0x63 | rexW
	opLea      opcode = 0x8d
	opTest     opcode = 0x85
	opImul     opcode = 0xaf | map0F
	opImulI    opcode = 0x69
	opImulI8   opcode = 0x6b
	opXchg     opcode = 0x87
	opCmov     opcode = 0x40 | map0F // plus condition
	opPopcnt   opcode = 0xb8 | map0F | preF3
	opLzcnt    opcode = 0xbd | map0F | preF3
	opTzcnt    opcode = 0xbc | map0F | preF3
)

// alu is one of the eight operations of the classic group: its number is the digit of the
// forms with an immediate, and its opcode byte is the number times eight.
type alu uint8

const (
	aluAdd alu = 0
	aluOr  alu = 1
	aluAdc alu = 2
	aluSbb alu = 3
	aluAnd alu = 4
	aluSub alu = 5
	aluXor alu = 6
	aluCmp alu = 7
)

func (o alu) load() opcode  { return opcode(o)<<3 | 3 } // reg ← reg op r/m
func (o alu) store() opcode { return opcode(o)<<3 | 1 } // r/m ← r/m op reg

// Digits of the groups that have one operand.
const (
	digitRol  = 0
	digitRor  = 1
	digitShl  = 4
	digitShr  = 5
	digitSar  = 7
	digitTest = 0 // group 3 (F7)
	digitNeg  = 3
	digitMul  = 4
	digitImul = 5
	digitDiv  = 6
	digitIdiv = 7
	digitCall = 2 // group 5 (FF)
	digitJmp  = 4
)

// Scalar and bitwise floating point instructions. The scalar ones are given for single
// precision (F3); opcode.double makes them double.
const (
	opMovss      opcode = 0x10 | map0F | preF3
	opMovssTo    opcode = 0x11 | map0F | preF3
	opMovaps     opcode = 0x28 | map0F
	opMovups     opcode = 0x10 | map0F
	opMovupsTo   opcode = 0x11 | map0F
	opMovd       opcode = 0x6e | map0F | pre66 // xmm ← general
	opMovdTo     opcode = 0x7e | map0F | pre66 // general ← xmm (the reg operand)
	opAddss      opcode = 0x58 | map0F | preF3
	opMulss      opcode = 0x59 | map0F | preF3
	opSubss      opcode = 0x5c | map0F | preF3
	opMinss      opcode = 0x5d | map0F | preF3
	opDivss      opcode = 0x5e | map0F | preF3
	opMaxss      opcode = 0x5f | map0F | preF3
	opSqrtss     opcode = 0x51 | map0F | preF3
	opCvtss2sd   opcode = 0x5a | map0F | preF3
	opCvtsd2ss   opcode = 0x5a | map0F | preF2
	opCvtsi2ss   opcode = 0x2a | map0F | preF3
	opCvttss2si  opcode = 0x2c | map0F | preF3
	opUcomiss    opcode = 0x2e | map0F
	opUcomisd    opcode = 0x2e | map0F | pre66
	opRoundss    opcode = 0x0a | map0F3A | pre66
	opRoundsd    opcode = 0x0b | map0F3A | pre66
	opAndps      opcode = 0x54 | map0F
	opPunpcklqdq opcode = 0x6c | map0F | pre66
	opOrps       opcode = 0x56 | map0F
	opXorps      opcode = 0x57 | map0F
)

// w returns the 64-bit form of an integer instruction if wide.
func (o opcode) w(wide bool) opcode {
	if wide {
		return o | rexW
	}
	return o
}

// double returns the double precision form of a scalar instruction if wide.
func (o opcode) double(wide bool) opcode {
	if wide {
		return o&^preF3 | preF2
	}
	return o
}

// cond is a condition code as in jcc, setcc and cmovcc.
type cond uint8

const (
	condO  cond = 0x0
	condB  cond = 0x2
	condAE cond = 0x3
	condE  cond = 0x4
	condNE cond = 0x5
	condBE cond = 0x6
	condA  cond = 0x7
	condS  cond = 0x8
	condP  cond = 0xa
	condNP cond = 0xb
	condL  cond = 0xc
	condGE cond = 0xd
	condLE cond = 0xe
	condG  cond = 0xf
)

func (c cond) not() cond { return c ^ 1 }

// swapped returns the condition for the operands in the other order.
func (c cond) swapped() cond {
	switch c {
	case condB:
		return condA
	case condA:
		return condB
	case condAE:
		return condBE
	case condBE:
		return condAE
	case condL:
		return condG
	case condG:
		return condL
	case condLE:
		return condGE
	case condGE:
		return condLE
	}
	return c
}

// mem is a memory operand: base + index<<scale + disp. A missing part is noReg.
type mem struct {
	base, index reg
	scale       uint8
	disp        int32
}

// at returns the operand base + disp.
func at(base reg, disp int32) mem { return mem{base: base, index: noReg, disp: disp} }

// encoder appends instructions to buf.
type encoder struct {
	buf []byte
}

func (e *encoder) pos() int { return len(e.buf) }

func (e *encoder) imm32(v int32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, uint32(v)) }

// prefixes emits the mandatory prefix, REX if needed, and the opcode.
func (e *encoder) prefixes(o opcode, rex byte, force bool) {
	b := e.buf
	switch {
	case o&pre66 != 0:
		b = append(b, 0x66)
	case o&preF3 != 0:
		b = append(b, 0xf3)
	case o&preF2 != 0:
		b = append(b, 0xf2)
	}
	if o&rexW != 0 {
		rex |= 8
	}
	if rex != 0 || force {
		b = append(b, 0x40|rex)
	}
	switch {
	case o&map0F != 0:
		b = append(b, 0x0f)
	case o&map0F38 != 0:
		b = append(b, 0x0f, 0x38)
	case o&map0F3A != 0:
		b = append(b, 0x0f, 0x3a)
	}
	e.buf = append(b, byte(o))
}

// rr emits an instruction with two registers: r in the reg field, m in the r/m field.
func (e *encoder) rr(o opcode, r, m reg) {
	rn, mn := byte(r&15), byte(m&15)
	force := o&byteReg != 0 && rn >= 4 || o&byteRM != 0 && mn >= 4
	e.prefixes(o, rn>>3<<2|mn>>3, force)
	e.buf = append(e.buf, 0xc0|rn&7<<3|mn&7)
}

// rm emits an instruction with a register (or a digit) and a memory operand. trail is the
// number of bytes of immediate that follow, which matters for rip-relative operands alone.
func (e *encoder) rm(o opcode, r reg, m mem) {
	rn := byte(r & 15)
	force := o&byteReg != 0 && rn >= 4
	if m.base == rip {
		e.prefixes(o, rn>>3<<2, force)
		e.buf = append(e.buf, rn&7<<3|5)
		e.imm32(m.disp)
		return
	}
	rex := rn >> 3 << 2
	if m.base == noReg { // [index<<scale + disp32], or absolute when there is no index
		sib := byte(4<<3 | 5)
		if m.index != noReg {
			rex |= byte(m.index) >> 3 << 1
			sib = m.scale<<6 | byte(m.index)&7<<3 | 5
		}
		e.prefixes(o, rex, force)
		e.buf = append(e.buf, rn&7<<3|4, sib)
		e.imm32(m.disp)
		return
	}
	base := byte(m.base)
	rex |= base >> 3
	if m.index != noReg {
		rex |= byte(m.index) >> 3 << 1
	}
	e.prefixes(o, rex, force)
	var mod byte
	switch {
	case m.disp == 0 && base&7 != 5: // mod 0 with base 5 means no base
		mod = 0
	case m.disp == int32(int8(m.disp)):
		mod = 0x40
	default:
		mod = 0x80
	}
	if m.index == noReg && base&7 != 4 { // r/m 4 means SIB
		e.buf = append(e.buf, mod|rn&7<<3|base&7)
	} else {
		index := byte(4) // none
		if m.index != noReg {
			index = byte(m.index)
		}
		e.buf = append(e.buf, mod|rn&7<<3|4, m.scale<<6|index&7<<3|base&7)
	}
	switch mod {
	case 0x40:
		e.buf = append(e.buf, byte(m.disp))
	case 0x80:
		e.imm32(m.disp)
	}
}

// isImm8 reports whether v fits a sign-extended byte.
func isImm8(v int32) bool { return v == int32(int8(v)) }

// aluRI emits r op= v.
func (e *encoder) aluRI(o alu, wide bool, r reg, v int32) {
	if isImm8(v) {
		e.rr(opcode(0x83).w(wide), reg(o), r)
		e.buf = append(e.buf, byte(v))
		return
	}
	if r == rax {
		e.prefixes((opcode(o)<<3 | 5).w(wide), 0, false)
	} else {
		e.rr(opcode(0x81).w(wide), reg(o), r)
	}
	e.imm32(v)
}

// aluMI emits [m] op= v.
func (e *encoder) aluMI(o alu, wide bool, m mem, v int32) {
	if isImm8(v) {
		e.rm(opcode(0x83).w(wide), reg(o), m)
		e.buf = append(e.buf, byte(v))
		return
	}
	e.rm(opcode(0x81).w(wide), reg(o), m)
	e.imm32(v)
}

// testRI emits test r, v.
func (e *encoder) testRI(wide bool, r reg, v int32) {
	if v >= 0 && v < 0x80 {
		e.rr(0xf6|byteRM, digitTest, r)
		e.buf = append(e.buf, byte(v))
		return
	}
	e.rr(opcode(0xf7).w(wide), digitTest, r)
	e.imm32(v)
}

// group3 emits not, neg, mul, imul, div or idiv of a register.
func (e *encoder) group3(digit reg, wide bool, r reg) { e.rr(opcode(0xf7).w(wide), digit, r) }

// shiftI emits a shift or rotation by a constant.
func (e *encoder) shiftI(digit reg, wide bool, r reg, n uint8) {
	if n == 1 {
		e.rr(opcode(0xd1).w(wide), digit, r)
		return
	}
	e.rr(opcode(0xc1).w(wide), digit, r)
	e.buf = append(e.buf, n)
}

// shiftCL emits a shift or rotation by cl.
func (e *encoder) shiftCL(digit reg, wide bool, r reg) { e.rr(opcode(0xd3).w(wide), digit, r) }

// imulI emits dst = src * v.
func (e *encoder) imulI(wide bool, dst, src reg, v int32) {
	if isImm8(v) {
		e.rr(opImulI8.w(wide), dst, src)
		e.buf = append(e.buf, byte(v))
		return
	}
	e.rr(opImulI.w(wide), dst, src)
	e.imm32(v)
}

// movRI sets r to v by the shortest way that leaves the flags alone.
func (e *encoder) movRI(r reg, v uint64) {
	switch {
	case v <= 0xffff_ffff:
		e.prefixes(0xb8|opcode(r&7), byte(r)>>3, false)
		e.imm32(int32(uint32(v)))
	case int64(v) == int64(int32(v)):
		e.rr(0xc7|rexW, 0, r)
		e.imm32(int32(v))
	default:
		e.prefixes(0xb8|opcode(r&7)|rexW, byte(r)>>3, false)
		e.buf = binary.LittleEndian.AppendUint64(e.buf, v)
	}
}

// movMI stores an immediate of 1, 2, 4 or (sign-extended) 8 bytes.
func (e *encoder) movMI(size uint8, m mem, v int32) {
	switch size {
	case 1:
		e.rm(0xc6, 0, m)
		e.buf = append(e.buf, byte(v))
	case 2:
		e.rm(0xc7|pre66, 0, m)
		e.buf = append(e.buf, byte(v), byte(v>>8))
	case 4:
		e.rm(0xc7, 0, m)
		e.imm32(v)
	default:
		e.rm(0xc7|rexW, 0, m)
		e.imm32(v)
	}
}

// setcc sets the low byte of r to the condition.
func (e *encoder) setcc(c cond, r reg) { e.rr(0x90|opcode(c)|map0F|byteRM, 0, r) }

// cdq sign-extends rax into rdx.
func (e *encoder) cdq(wide bool) { e.prefixes(opcode(0x99).w(wide), 0, false) }

func (e *encoder) ret()          { e.buf = append(e.buf, 0xc3) }
func (e *encoder) ud2()          { e.buf = append(e.buf, 0x0f, 0x0b) }
func (e *encoder) jmpReg(r reg)  { e.rr(0xff, digitJmp, r) }
func (e *encoder) jmpMem(m mem)  { e.rm(0xff, digitJmp, m) }
func (e *encoder) callMem(m mem) { e.rm(0xff, digitCall, m) }

// call, jmp and jcc emit the form with a 32-bit displacement and return the position of that
// field, which fix fills in.
func (e *encoder) call() int {
	e.buf = append(e.buf, 0xe8, 0, 0, 0, 0)
	return len(e.buf) - 4
}

func (e *encoder) jmp() int {
	e.buf = append(e.buf, 0xe9, 0, 0, 0, 0)
	return len(e.buf) - 4
}

func (e *encoder) jcc(c cond) int {
	e.buf = append(e.buf, 0x0f, 0x80|byte(c), 0, 0, 0, 0)
	return len(e.buf) - 4
}

// jmpTo and jccTo jump backwards, in the short form where it reaches.
func (e *encoder) jmpTo(target int) {
	if d := target - (len(e.buf) + 2); d >= -128 {
		e.buf = append(e.buf, 0xeb, byte(d))
		return
	}
	at := e.jmp()
	fix(e.buf, at, target)
}

func (e *encoder) jccTo(c cond, target int) {
	if d := target - (len(e.buf) + 2); d >= -128 {
		e.buf = append(e.buf, 0x70|byte(c), byte(d))
		return
	}
	at := e.jcc(c)
	fix(e.buf, at, target)
}

// jccShort jumps forward by less than 128 bytes; fixShort fills in where to.
func (e *encoder) jccShort(c cond) int {
	e.buf = append(e.buf, 0x70|byte(c), 0)
	return len(e.buf) - 1
}

func (e *encoder) fixShort(at int) {
	d := len(e.buf) - (at + 1)
	if d > 127 {
		panic("amd64: encoder: short jump too far")
	}
	e.buf[at] = byte(d)
}

// fix makes the displacement field at `at` refer to target. A field that is followed by an
// immediate needs the difference added to target.
func fix(text []byte, at, target int) {
	binary.LittleEndian.PutUint32(text[at:], uint32(int32(target-(at+4))))
}

// nops are the recommended forms of 1 to 9 bytes (Intel's manual, volume 2, NOP).
var nops = [...]string{
	"", "\x90", "\x66\x90", "\x0f\x1f\x00", "\x0f\x1f\x40\x00", "\x0f\x1f\x44\x00\x00", "\x66\x0f\x1f\x44\x00\x00",
	"\x0f\x1f\x80\x00\x00\x00\x00", "\x0f\x1f\x84\x00\x00\x00\x00\x00", "\x66\x0f\x1f\x84\x00\x00\x00\x00\x00",
}

// nop emits n bytes that do nothing.
func (e *encoder) nop(n int) {
	for n > 0 {
		k := min(n, 9)
		e.buf = append(e.buf, nops[k]...)
		n -= k
	}
}
