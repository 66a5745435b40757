package amd64

// Vector instructions, all of SSE up to 4.2, with an xmm register as their destination (the reg field)
// and an xmm register or 16 aligned bytes of memory as their source.
const (
	opPunpcklbw  opcode = 0x60 | map0F | pre66
	opPacksswb   opcode = 0x63 | map0F | pre66
	opPcmpgtb    opcode = 0x64 | map0F | pre66
	opPcmpgtw    opcode = 0x65 | map0F | pre66
	opPcmpgtd    opcode = 0x66 | map0F | pre66
	opPackuswb   opcode = 0x67 | map0F | pre66
	opPunpckhbw  opcode = 0x68 | map0F | pre66
	opPackssdw   opcode = 0x6b | map0F | pre66
	opPshufd     opcode = 0x70 | map0F | pre66 // imm8
	opPshuflw    opcode = 0x70 | map0F | preF2 // imm8
	opPcmpeqb    opcode = 0x74 | map0F | pre66
	opPcmpeqw    opcode = 0x75 | map0F | pre66
	opPcmpeqd    opcode = 0x76 | map0F | pre66
	opPsrlw      opcode = 0xd1 | map0F | pre66
	opPsrld      opcode = 0xd2 | map0F | pre66
	opPsrlq      opcode = 0xd3 | map0F | pre66
	opPaddq      opcode = 0xd4 | map0F | pre66
	opPmullw     opcode = 0xd5 | map0F | pre66
	opPmovmskb   opcode = 0xd7 | map0F | pre66 // to a general register
	opPsubusb    opcode = 0xd8 | map0F | pre66
	opPsubusw    opcode = 0xd9 | map0F | pre66
	opPminub     opcode = 0xda | map0F | pre66
	opPand       opcode = 0xdb | map0F | pre66
	opPaddusb    opcode = 0xdc | map0F | pre66
	opPaddusw    opcode = 0xdd | map0F | pre66
	opPmaxub     opcode = 0xde | map0F | pre66
	opPandn      opcode = 0xdf | map0F | pre66
	opPavgb      opcode = 0xe0 | map0F | pre66
	opPsraw      opcode = 0xe1 | map0F | pre66
	opPsrad      opcode = 0xe2 | map0F | pre66
	opPavgw      opcode = 0xe3 | map0F | pre66
	opPsubsb     opcode = 0xe8 | map0F | pre66
	opPsubsw     opcode = 0xe9 | map0F | pre66
	opPminsw     opcode = 0xea | map0F | pre66
	opPor        opcode = 0xeb | map0F | pre66
	opPaddsb     opcode = 0xec | map0F | pre66
	opPaddsw     opcode = 0xed | map0F | pre66
	opPmaxsw     opcode = 0xee | map0F | pre66
	opPxor       opcode = 0xef | map0F | pre66
	opPsllw      opcode = 0xf1 | map0F | pre66
	opPslld      opcode = 0xf2 | map0F | pre66
	opPsllq      opcode = 0xf3 | map0F | pre66
	opPmuludq    opcode = 0xf4 | map0F | pre66
	opPmaddwd    opcode = 0xf5 | map0F | pre66
	opPsubb      opcode = 0xf8 | map0F | pre66
	opPsubw      opcode = 0xf9 | map0F | pre66
	opPsubd      opcode = 0xfa | map0F | pre66
	opPsubq      opcode = 0xfb | map0F | pre66
	opPaddb      opcode = 0xfc | map0F | pre66
	opPaddw      opcode = 0xfd | map0F | pre66
	opPaddd      opcode = 0xfe | map0F | pre66
	opPshufb     opcode = 0x00 | map0F38 | pre66
	opPmaddubsw  opcode = 0x04 | map0F38 | pre66
	opPmulhrsw   opcode = 0x0b | map0F38 | pre66
	opPtest      opcode = 0x17 | map0F38 | pre66
	opPabsb      opcode = 0x1c | map0F38 | pre66
	opPabsw      opcode = 0x1d | map0F38 | pre66
	opPabsd      opcode = 0x1e | map0F38 | pre66
	opPmovsxbw   opcode = 0x20 | map0F38 | pre66 // from 8 bytes, like the next five
	opPmovsxwd   opcode = 0x23 | map0F38 | pre66
	opPmovsxdq   opcode = 0x25 | map0F38 | pre66
	opPmuldq     opcode = 0x28 | map0F38 | pre66
	opPcmpeqq    opcode = 0x29 | map0F38 | pre66
	opPackusdw   opcode = 0x2b | map0F38 | pre66
	opPmovzxbw   opcode = 0x30 | map0F38 | pre66
	opPmovzxwd   opcode = 0x33 | map0F38 | pre66
	opPmovzxdq   opcode = 0x35 | map0F38 | pre66
	opPcmpgtq    opcode = 0x37 | map0F38 | pre66
	opPminsb     opcode = 0x38 | map0F38 | pre66
	opPminsd     opcode = 0x39 | map0F38 | pre66
	opPminuw     opcode = 0x3a | map0F38 | pre66
	opPminud     opcode = 0x3b | map0F38 | pre66
	opPmaxsb     opcode = 0x3c | map0F38 | pre66
	opPmaxsd     opcode = 0x3d | map0F38 | pre66
	opPmaxuw     opcode = 0x3e | map0F38 | pre66
	opPmaxud     opcode = 0x3f | map0F38 | pre66
	opPmulld     opcode = 0x40 | map0F38 | pre66
	opRoundps    opcode = 0x08 | map0F3A | pre66 // imm8
	opRoundpd    opcode = 0x09 | map0F3A | pre66 // imm8
	opInsertps   opcode = 0x21 | map0F3A | pre66 // imm8
	opUnpcklps   opcode = 0x14 | map0F
	opMovlhps    opcode = 0x16 | map0F // register to register
	opMovmskps   opcode = 0x50 | map0F // to a general register
	opMovddup    opcode = 0x12 | map0F | preF2
	opCvtdq2pd   opcode = 0xe6 | map0F | preF3
	opCvttpd2dq  opcode = 0xe6 | map0F | pre66
	opCvtdq2ps   opcode = 0x5b | map0F
	opCvttps2dq  opcode = 0x5b | map0F | preF3
	opCvtpd2ps   opcode = 0x5a | map0F | pre66
	opCvtps2pd   opcode = 0x5a | map0F
	opAndnps     opcode = 0x55 | map0F
	opAddps      opcode = 0x58 | map0F
	opMulps      opcode = 0x59 | map0F
	opSubps      opcode = 0x5c | map0F
	opMinps      opcode = 0x5d | map0F
	opDivps      opcode = 0x5e | map0F
	opMaxps      opcode = 0x5f | map0F
	opSqrtps     opcode = 0x51 | map0F
	opCmpps      opcode = 0xc2 | map0F // imm8
	opShufps     opcode = 0xc6 | map0F // imm8
	opMovqLoad   opcode = 0x7e | map0F | preF3
	opPunpckhqdq opcode = 0x6d | map0F | pre66
)

// Lanes to or from a general register or memory, which is the r/m field. All have an immediate: the lane.
const (
	opPextrb opcode = 0x14 | map0F3A | pre66
	opPextrw opcode = 0x15 | map0F3A | pre66
	opPextrd opcode = 0x16 | map0F3A | pre66
	opPinsrb opcode = 0x20 | map0F3A | pre66
	opPinsrw opcode = 0xc4 | map0F | pre66
	opPinsrd opcode = 0x22 | map0F3A | pre66
)

// packed returns the double precision form of a packed instruction if wide.
func (o opcode) packed(wide bool) opcode {
	if wide {
		return o | pre66
	}
	return o
}

// Predicates of cmpps.
const (
	cmpEqual       = 0
	cmpLess        = 1
	cmpLessOrEqual = 2
	cmpUnordered   = 3
	cmpNotEqual    = 4
)

// rrI emits an instruction with two registers and a byte.
func (e *encoder) rrI(o opcode, r, m reg, imm byte) {
	e.rr(o, r, m)
	e.buf = append(e.buf, imm)
}

// laneBits is the width of integer lanes.
type laneBits uint8

// Digits of the vector shifts by an immediate.
const (
	digitPsrl = 2
	digitPsra = 4
	digitPsll = 6
)

// vecShiftI shifts all lanes of 16, 32 or 64 bits by a constant.
func (e *encoder) vecShiftI(digit reg, lane laneBits, r reg, n byte) {
	o := opcode(0x71)
	switch lane {
	case 32:
		o = 0x72
	case 64:
		o = 0x73
	}
	e.rrI(o|map0F|pre66, digit, r, n)
}
