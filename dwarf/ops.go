package dwarf

import "strconv"

// Op is the code of an operation of an expression (DWARF 5, 7.7.1; GNU and WebAssembly extensions).
type Op uint8

const (
	OpAddr               Op = 0x03
	OpDeref              Op = 0x06
	OpConst1u            Op = 0x08
	OpConst1s            Op = 0x09
	OpConst2u            Op = 0x0a
	OpConst2s            Op = 0x0b
	OpConst4u            Op = 0x0c
	OpConst4s            Op = 0x0d
	OpConst8u            Op = 0x0e
	OpConst8s            Op = 0x0f
	OpConstu             Op = 0x10
	OpConsts             Op = 0x11
	OpDup                Op = 0x12
	OpDrop               Op = 0x13
	OpOver               Op = 0x14
	OpPick               Op = 0x15
	OpSwap               Op = 0x16
	OpRot                Op = 0x17
	OpXderef             Op = 0x18
	OpAbs                Op = 0x19
	OpAnd                Op = 0x1a
	OpDiv                Op = 0x1b
	OpMinus              Op = 0x1c
	OpMod                Op = 0x1d
	OpMul                Op = 0x1e
	OpNeg                Op = 0x1f
	OpNot                Op = 0x20
	OpOr                 Op = 0x21
	OpPlus               Op = 0x22
	OpPlusUconst         Op = 0x23
	OpShl                Op = 0x24
	OpShr                Op = 0x25
	OpShra               Op = 0x26
	OpXor                Op = 0x27
	OpBra                Op = 0x28
	OpEq                 Op = 0x29
	OpGe                 Op = 0x2a
	OpGt                 Op = 0x2b
	OpLe                 Op = 0x2c
	OpLt                 Op = 0x2d
	OpNe                 Op = 0x2e
	OpSkip               Op = 0x2f
	OpLit0               Op = 0x30
	OpLit1               Op = 0x31
	OpLit2               Op = 0x32
	OpLit3               Op = 0x33
	OpLit4               Op = 0x34
	OpLit5               Op = 0x35
	OpLit6               Op = 0x36
	OpLit7               Op = 0x37
	OpLit8               Op = 0x38
	OpLit9               Op = 0x39
	OpLit10              Op = 0x3a
	OpLit11              Op = 0x3b
	OpLit12              Op = 0x3c
	OpLit13              Op = 0x3d
	OpLit14              Op = 0x3e
	OpLit15              Op = 0x3f
	OpLit16              Op = 0x40
	OpLit17              Op = 0x41
	OpLit18              Op = 0x42
	OpLit19              Op = 0x43
	OpLit20              Op = 0x44
	OpLit21              Op = 0x45
	OpLit22              Op = 0x46
	OpLit23              Op = 0x47
	OpLit24              Op = 0x48
	OpLit25              Op = 0x49
	OpLit26              Op = 0x4a
	OpLit27              Op = 0x4b
	OpLit28              Op = 0x4c
	OpLit29              Op = 0x4d
	OpLit30              Op = 0x4e
	OpLit31              Op = 0x4f
	OpReg0               Op = 0x50
	OpReg1               Op = 0x51
	OpReg2               Op = 0x52
	OpReg3               Op = 0x53
	OpReg4               Op = 0x54
	OpReg5               Op = 0x55
	OpReg6               Op = 0x56
	OpReg7               Op = 0x57
	OpReg8               Op = 0x58
	OpReg9               Op = 0x59
	OpReg10              Op = 0x5a
	OpReg11              Op = 0x5b
	OpReg12              Op = 0x5c
	OpReg13              Op = 0x5d
	OpReg14              Op = 0x5e
	OpReg15              Op = 0x5f
	OpReg16              Op = 0x60
	OpReg17              Op = 0x61
	OpReg18              Op = 0x62
	OpReg19              Op = 0x63
	OpReg20              Op = 0x64
	OpReg21              Op = 0x65
	OpReg22              Op = 0x66
	OpReg23              Op = 0x67
	OpReg24              Op = 0x68
	OpReg25              Op = 0x69
	OpReg26              Op = 0x6a
	OpReg27              Op = 0x6b
	OpReg28              Op = 0x6c
	OpReg29              Op = 0x6d
	OpReg30              Op = 0x6e
	OpReg31              Op = 0x6f
	OpBreg0              Op = 0x70
	OpBreg1              Op = 0x71
	OpBreg2              Op = 0x72
	OpBreg3              Op = 0x73
	OpBreg4              Op = 0x74
	OpBreg5              Op = 0x75
	OpBreg6              Op = 0x76
	OpBreg7              Op = 0x77
	OpBreg8              Op = 0x78
	OpBreg9              Op = 0x79
	OpBreg10             Op = 0x7a
	OpBreg11             Op = 0x7b
	OpBreg12             Op = 0x7c
	OpBreg13             Op = 0x7d
	OpBreg14             Op = 0x7e
	OpBreg15             Op = 0x7f
	OpBreg16             Op = 0x80
	OpBreg17             Op = 0x81
	OpBreg18             Op = 0x82
	OpBreg19             Op = 0x83
	OpBreg20             Op = 0x84
	OpBreg21             Op = 0x85
	OpBreg22             Op = 0x86
	OpBreg23             Op = 0x87
	OpBreg24             Op = 0x88
	OpBreg25             Op = 0x89
	OpBreg26             Op = 0x8a
	OpBreg27             Op = 0x8b
	OpBreg28             Op = 0x8c
	OpBreg29             Op = 0x8d
	OpBreg30             Op = 0x8e
	OpBreg31             Op = 0x8f
	OpRegx               Op = 0x90
	OpFbreg              Op = 0x91
	OpBregx              Op = 0x92
	OpPiece              Op = 0x93
	OpDerefSize          Op = 0x94
	OpXderefSize         Op = 0x95
	OpNop                Op = 0x96
	OpPushObjectAddress  Op = 0x97
	OpCall2              Op = 0x98
	OpCall4              Op = 0x99
	OpCallRef            Op = 0x9a
	OpFormTLSAddress     Op = 0x9b
	OpCallFrameCFA       Op = 0x9c
	OpBitPiece           Op = 0x9d
	OpImplicitValue      Op = 0x9e
	OpStackValue         Op = 0x9f
	OpImplicitPointer    Op = 0xa0
	OpAddrx              Op = 0xa1
	OpConstx             Op = 0xa2
	OpEntryValue         Op = 0xa3
	OpConstType          Op = 0xa4
	OpRegvalType         Op = 0xa5
	OpDerefType          Op = 0xa6
	OpXderefType         Op = 0xa7
	OpConvert            Op = 0xa8
	OpReinterpret        Op = 0xa9
	OpGNUPushTLSAddress  Op = 0xe0
	OpLLVMUser           Op = 0xe9
	OpWASMLocation       Op = 0xed
	OpGNUUninit          Op = 0xf0
	OpGNUEncodedAddr     Op = 0xf1
	OpGNUImplicitPointer Op = 0xf2
	OpGNUEntryValue      Op = 0xf3
	OpGNUConstType       Op = 0xf4
	OpGNURegvalType      Op = 0xf5
	OpGNUDerefType       Op = 0xf6
	OpGNUConvert         Op = 0xf7
	OpGNUReinterpret     Op = 0xf9
	OpGNUParameterRef    Op = 0xfa
	OpGNUAddrIndex       Op = 0xfb
	OpGNUConstIndex      Op = 0xfc
	OpGNUVariableValue   Op = 0xfd
)

var opNames = map[Op]string{
	OpAddr:               "DW_OP_addr",
	OpDeref:              "DW_OP_deref",
	OpConst1u:            "DW_OP_const1u",
	OpConst1s:            "DW_OP_const1s",
	OpConst2u:            "DW_OP_const2u",
	OpConst2s:            "DW_OP_const2s",
	OpConst4u:            "DW_OP_const4u",
	OpConst4s:            "DW_OP_const4s",
	OpConst8u:            "DW_OP_const8u",
	OpConst8s:            "DW_OP_const8s",
	OpConstu:             "DW_OP_constu",
	OpConsts:             "DW_OP_consts",
	OpDup:                "DW_OP_dup",
	OpDrop:               "DW_OP_drop",
	OpOver:               "DW_OP_over",
	OpPick:               "DW_OP_pick",
	OpSwap:               "DW_OP_swap",
	OpRot:                "DW_OP_rot",
	OpXderef:             "DW_OP_xderef",
	OpAbs:                "DW_OP_abs",
	OpAnd:                "DW_OP_and",
	OpDiv:                "DW_OP_div",
	OpMinus:              "DW_OP_minus",
	OpMod:                "DW_OP_mod",
	OpMul:                "DW_OP_mul",
	OpNeg:                "DW_OP_neg",
	OpNot:                "DW_OP_not",
	OpOr:                 "DW_OP_or",
	OpPlus:               "DW_OP_plus",
	OpPlusUconst:         "DW_OP_plus_uconst",
	OpShl:                "DW_OP_shl",
	OpShr:                "DW_OP_shr",
	OpShra:               "DW_OP_shra",
	OpXor:                "DW_OP_xor",
	OpBra:                "DW_OP_bra",
	OpEq:                 "DW_OP_eq",
	OpGe:                 "DW_OP_ge",
	OpGt:                 "DW_OP_gt",
	OpLe:                 "DW_OP_le",
	OpLt:                 "DW_OP_lt",
	OpNe:                 "DW_OP_ne",
	OpSkip:               "DW_OP_skip",
	OpLit0:               "DW_OP_lit0",
	OpLit1:               "DW_OP_lit1",
	OpLit2:               "DW_OP_lit2",
	OpLit3:               "DW_OP_lit3",
	OpLit4:               "DW_OP_lit4",
	OpLit5:               "DW_OP_lit5",
	OpLit6:               "DW_OP_lit6",
	OpLit7:               "DW_OP_lit7",
	OpLit8:               "DW_OP_lit8",
	OpLit9:               "DW_OP_lit9",
	OpLit10:              "DW_OP_lit10",
	OpLit11:              "DW_OP_lit11",
	OpLit12:              "DW_OP_lit12",
	OpLit13:              "DW_OP_lit13",
	OpLit14:              "DW_OP_lit14",
	OpLit15:              "DW_OP_lit15",
	OpLit16:              "DW_OP_lit16",
	OpLit17:              "DW_OP_lit17",
	OpLit18:              "DW_OP_lit18",
	OpLit19:              "DW_OP_lit19",
	OpLit20:              "DW_OP_lit20",
	OpLit21:              "DW_OP_lit21",
	OpLit22:              "DW_OP_lit22",
	OpLit23:              "DW_OP_lit23",
	OpLit24:              "DW_OP_lit24",
	OpLit25:              "DW_OP_lit25",
	OpLit26:              "DW_OP_lit26",
	OpLit27:              "DW_OP_lit27",
	OpLit28:              "DW_OP_lit28",
	OpLit29:              "DW_OP_lit29",
	OpLit30:              "DW_OP_lit30",
	OpLit31:              "DW_OP_lit31",
	OpReg0:               "DW_OP_reg0",
	OpReg1:               "DW_OP_reg1",
	OpReg2:               "DW_OP_reg2",
	OpReg3:               "DW_OP_reg3",
	OpReg4:               "DW_OP_reg4",
	OpReg5:               "DW_OP_reg5",
	OpReg6:               "DW_OP_reg6",
	OpReg7:               "DW_OP_reg7",
	OpReg8:               "DW_OP_reg8",
	OpReg9:               "DW_OP_reg9",
	OpReg10:              "DW_OP_reg10",
	OpReg11:              "DW_OP_reg11",
	OpReg12:              "DW_OP_reg12",
	OpReg13:              "DW_OP_reg13",
	OpReg14:              "DW_OP_reg14",
	OpReg15:              "DW_OP_reg15",
	OpReg16:              "DW_OP_reg16",
	OpReg17:              "DW_OP_reg17",
	OpReg18:              "DW_OP_reg18",
	OpReg19:              "DW_OP_reg19",
	OpReg20:              "DW_OP_reg20",
	OpReg21:              "DW_OP_reg21",
	OpReg22:              "DW_OP_reg22",
	OpReg23:              "DW_OP_reg23",
	OpReg24:              "DW_OP_reg24",
	OpReg25:              "DW_OP_reg25",
	OpReg26:              "DW_OP_reg26",
	OpReg27:              "DW_OP_reg27",
	OpReg28:              "DW_OP_reg28",
	OpReg29:              "DW_OP_reg29",
	OpReg30:              "DW_OP_reg30",
	OpReg31:              "DW_OP_reg31",
	OpBreg0:              "DW_OP_breg0",
	OpBreg1:              "DW_OP_breg1",
	OpBreg2:              "DW_OP_breg2",
	OpBreg3:              "DW_OP_breg3",
	OpBreg4:              "DW_OP_breg4",
	OpBreg5:              "DW_OP_breg5",
	OpBreg6:              "DW_OP_breg6",
	OpBreg7:              "DW_OP_breg7",
	OpBreg8:              "DW_OP_breg8",
	OpBreg9:              "DW_OP_breg9",
	OpBreg10:             "DW_OP_breg10",
	OpBreg11:             "DW_OP_breg11",
	OpBreg12:             "DW_OP_breg12",
	OpBreg13:             "DW_OP_breg13",
	OpBreg14:             "DW_OP_breg14",
	OpBreg15:             "DW_OP_breg15",
	OpBreg16:             "DW_OP_breg16",
	OpBreg17:             "DW_OP_breg17",
	OpBreg18:             "DW_OP_breg18",
	OpBreg19:             "DW_OP_breg19",
	OpBreg20:             "DW_OP_breg20",
	OpBreg21:             "DW_OP_breg21",
	OpBreg22:             "DW_OP_breg22",
	OpBreg23:             "DW_OP_breg23",
	OpBreg24:             "DW_OP_breg24",
	OpBreg25:             "DW_OP_breg25",
	OpBreg26:             "DW_OP_breg26",
	OpBreg27:             "DW_OP_breg27",
	OpBreg28:             "DW_OP_breg28",
	OpBreg29:             "DW_OP_breg29",
	OpBreg30:             "DW_OP_breg30",
	OpBreg31:             "DW_OP_breg31",
	OpRegx:               "DW_OP_regx",
	OpFbreg:              "DW_OP_fbreg",
	OpBregx:              "DW_OP_bregx",
	OpPiece:              "DW_OP_piece",
	OpDerefSize:          "DW_OP_deref_size",
	OpXderefSize:         "DW_OP_xderef_size",
	OpNop:                "DW_OP_nop",
	OpPushObjectAddress:  "DW_OP_push_object_address",
	OpCall2:              "DW_OP_call2",
	OpCall4:              "DW_OP_call4",
	OpCallRef:            "DW_OP_call_ref",
	OpFormTLSAddress:     "DW_OP_form_tls_address",
	OpCallFrameCFA:       "DW_OP_call_frame_cfa",
	OpBitPiece:           "DW_OP_bit_piece",
	OpImplicitValue:      "DW_OP_implicit_value",
	OpStackValue:         "DW_OP_stack_value",
	OpImplicitPointer:    "DW_OP_implicit_pointer",
	OpAddrx:              "DW_OP_addrx",
	OpConstx:             "DW_OP_constx",
	OpEntryValue:         "DW_OP_entry_value",
	OpConstType:          "DW_OP_const_type",
	OpRegvalType:         "DW_OP_regval_type",
	OpDerefType:          "DW_OP_deref_type",
	OpXderefType:         "DW_OP_xderef_type",
	OpConvert:            "DW_OP_convert",
	OpReinterpret:        "DW_OP_reinterpret",
	OpGNUPushTLSAddress:  "DW_OP_GNU_push_tls_address",
	OpLLVMUser:           "DW_OP_LLVM_user",
	OpWASMLocation:       "DW_OP_WASM_location",
	OpGNUUninit:          "DW_OP_GNU_uninit",
	OpGNUEncodedAddr:     "DW_OP_GNU_encoded_addr",
	OpGNUImplicitPointer: "DW_OP_GNU_implicit_pointer",
	OpGNUEntryValue:      "DW_OP_GNU_entry_value",
	OpGNUConstType:       "DW_OP_GNU_const_type",
	OpGNURegvalType:      "DW_OP_GNU_regval_type",
	OpGNUDerefType:       "DW_OP_GNU_deref_type",
	OpGNUConvert:         "DW_OP_GNU_convert",
	OpGNUReinterpret:     "DW_OP_GNU_reinterpret",
	OpGNUParameterRef:    "DW_OP_GNU_parameter_ref",
	OpGNUAddrIndex:       "DW_OP_GNU_addr_index",
	OpGNUConstIndex:      "DW_OP_GNU_const_index",
	OpGNUVariableValue:   "DW_OP_GNU_variable_value",
}

// String returns the standard name, or "DW_OP_0x…" for an unknown number.
func (x Op) String() string {
	if s, ok := opNames[x]; ok {
		return s
	}
	return "DW_OP_0x" + strconv.FormatUint(uint64(x), 16)
}
