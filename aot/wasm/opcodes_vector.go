package wasm

// The vector opcodes, behind the prefix 0xFD.
const (
	OpV128Load                  Op = prefixFD + 0x00
	OpV128Load8x8S              Op = prefixFD + 0x01
	OpV128Load8x8U              Op = prefixFD + 0x02
	OpV128Load16x4S             Op = prefixFD + 0x03
	OpV128Load16x4U             Op = prefixFD + 0x04
	OpV128Load32x2S             Op = prefixFD + 0x05
	OpV128Load32x2U             Op = prefixFD + 0x06
	OpV128Load8Splat            Op = prefixFD + 0x07
	OpV128Load16Splat           Op = prefixFD + 0x08
	OpV128Load32Splat           Op = prefixFD + 0x09
	OpV128Load64Splat           Op = prefixFD + 0x0a
	OpV128Store                 Op = prefixFD + 0x0b
	OpV128Const                 Op = prefixFD + 0x0c
	OpI8x16Shuffle              Op = prefixFD + 0x0d
	OpI8x16Swizzle              Op = prefixFD + 0x0e
	OpI8x16Splat                Op = prefixFD + 0x0f
	OpI16x8Splat                Op = prefixFD + 0x10
	OpI32x4Splat                Op = prefixFD + 0x11
	OpI64x2Splat                Op = prefixFD + 0x12
	OpF32x4Splat                Op = prefixFD + 0x13
	OpF64x2Splat                Op = prefixFD + 0x14
	OpI8x16ExtractLaneS         Op = prefixFD + 0x15
	OpI8x16ExtractLaneU         Op = prefixFD + 0x16
	OpI8x16ReplaceLane          Op = prefixFD + 0x17
	OpI16x8ExtractLaneS         Op = prefixFD + 0x18
	OpI16x8ExtractLaneU         Op = prefixFD + 0x19
	OpI16x8ReplaceLane          Op = prefixFD + 0x1a
	OpI32x4ExtractLane          Op = prefixFD + 0x1b
	OpI32x4ReplaceLane          Op = prefixFD + 0x1c
	OpI64x2ExtractLane          Op = prefixFD + 0x1d
	OpI64x2ReplaceLane          Op = prefixFD + 0x1e
	OpF32x4ExtractLane          Op = prefixFD + 0x1f
	OpF32x4ReplaceLane          Op = prefixFD + 0x20
	OpF64x2ExtractLane          Op = prefixFD + 0x21
	OpF64x2ReplaceLane          Op = prefixFD + 0x22
	OpI8x16Eq                   Op = prefixFD + 0x23
	OpI8x16Ne                   Op = prefixFD + 0x24
	OpI8x16LtS                  Op = prefixFD + 0x25
	OpI8x16LtU                  Op = prefixFD + 0x26
	OpI8x16GtS                  Op = prefixFD + 0x27
	OpI8x16GtU                  Op = prefixFD + 0x28
	OpI8x16LeS                  Op = prefixFD + 0x29
	OpI8x16LeU                  Op = prefixFD + 0x2a
	OpI8x16GeS                  Op = prefixFD + 0x2b
	OpI8x16GeU                  Op = prefixFD + 0x2c
	OpI16x8Eq                   Op = prefixFD + 0x2d
	OpI16x8Ne                   Op = prefixFD + 0x2e
	OpI16x8LtS                  Op = prefixFD + 0x2f
	OpI16x8LtU                  Op = prefixFD + 0x30
	OpI16x8GtS                  Op = prefixFD + 0x31
	OpI16x8GtU                  Op = prefixFD + 0x32
	OpI16x8LeS                  Op = prefixFD + 0x33
	OpI16x8LeU                  Op = prefixFD + 0x34
	OpI16x8GeS                  Op = prefixFD + 0x35
	OpI16x8GeU                  Op = prefixFD + 0x36
	OpI32x4Eq                   Op = prefixFD + 0x37
	OpI32x4Ne                   Op = prefixFD + 0x38
	OpI32x4LtS                  Op = prefixFD + 0x39
	OpI32x4LtU                  Op = prefixFD + 0x3a
	OpI32x4GtS                  Op = prefixFD + 0x3b
	OpI32x4GtU                  Op = prefixFD + 0x3c
	OpI32x4LeS                  Op = prefixFD + 0x3d
	OpI32x4LeU                  Op = prefixFD + 0x3e
	OpI32x4GeS                  Op = prefixFD + 0x3f
	OpI32x4GeU                  Op = prefixFD + 0x40
	OpF32x4Eq                   Op = prefixFD + 0x41
	OpF32x4Ne                   Op = prefixFD + 0x42
	OpF32x4Lt                   Op = prefixFD + 0x43
	OpF32x4Gt                   Op = prefixFD + 0x44
	OpF32x4Le                   Op = prefixFD + 0x45
	OpF32x4Ge                   Op = prefixFD + 0x46
	OpF64x2Eq                   Op = prefixFD + 0x47
	OpF64x2Ne                   Op = prefixFD + 0x48
	OpF64x2Lt                   Op = prefixFD + 0x49
	OpF64x2Gt                   Op = prefixFD + 0x4a
	OpF64x2Le                   Op = prefixFD + 0x4b
	OpF64x2Ge                   Op = prefixFD + 0x4c
	OpV128Not                   Op = prefixFD + 0x4d
	OpV128And                   Op = prefixFD + 0x4e
	OpV128Andnot                Op = prefixFD + 0x4f
	OpV128Or                    Op = prefixFD + 0x50
	OpV128Xor                   Op = prefixFD + 0x51
	OpV128Bitselect             Op = prefixFD + 0x52
	OpV128AnyTrue               Op = prefixFD + 0x53
	OpV128Load8Lane             Op = prefixFD + 0x54
	OpV128Load16Lane            Op = prefixFD + 0x55
	OpV128Load32Lane            Op = prefixFD + 0x56
	OpV128Load64Lane            Op = prefixFD + 0x57
	OpV128Store8Lane            Op = prefixFD + 0x58
	OpV128Store16Lane           Op = prefixFD + 0x59
	OpV128Store32Lane           Op = prefixFD + 0x5a
	OpV128Store64Lane           Op = prefixFD + 0x5b
	OpV128Load32Zero            Op = prefixFD + 0x5c
	OpV128Load64Zero            Op = prefixFD + 0x5d
	OpF32x4DemoteF64x2Zero      Op = prefixFD + 0x5e
	OpF64x2PromoteLowF32x4      Op = prefixFD + 0x5f
	OpI8x16Abs                  Op = prefixFD + 0x60
	OpI8x16Neg                  Op = prefixFD + 0x61
	OpI8x16Popcnt               Op = prefixFD + 0x62
	OpI8x16AllTrue              Op = prefixFD + 0x63
	OpI8x16Bitmask              Op = prefixFD + 0x64
	OpI8x16NarrowI16x8S         Op = prefixFD + 0x65
	OpI8x16NarrowI16x8U         Op = prefixFD + 0x66
	OpF32x4Ceil                 Op = prefixFD + 0x67
	OpF32x4Floor                Op = prefixFD + 0x68
	OpF32x4Trunc                Op = prefixFD + 0x69
	OpF32x4Nearest              Op = prefixFD + 0x6a
	OpI8x16Shl                  Op = prefixFD + 0x6b
	OpI8x16ShrS                 Op = prefixFD + 0x6c
	OpI8x16ShrU                 Op = prefixFD + 0x6d
	OpI8x16Add                  Op = prefixFD + 0x6e
	OpI8x16AddSatS              Op = prefixFD + 0x6f
	OpI8x16AddSatU              Op = prefixFD + 0x70
	OpI8x16Sub                  Op = prefixFD + 0x71
	OpI8x16SubSatS              Op = prefixFD + 0x72
	OpI8x16SubSatU              Op = prefixFD + 0x73
	OpF64x2Ceil                 Op = prefixFD + 0x74
	OpF64x2Floor                Op = prefixFD + 0x75
	OpI8x16MinS                 Op = prefixFD + 0x76
	OpI8x16MinU                 Op = prefixFD + 0x77
	OpI8x16MaxS                 Op = prefixFD + 0x78
	OpI8x16MaxU                 Op = prefixFD + 0x79
	OpF64x2Trunc                Op = prefixFD + 0x7a
	OpI8x16AvgrU                Op = prefixFD + 0x7b
	OpI16x8ExtaddPairwiseI8x16S Op = prefixFD + 0x7c
	OpI16x8ExtaddPairwiseI8x16U Op = prefixFD + 0x7d
	OpI32x4ExtaddPairwiseI16x8S Op = prefixFD + 0x7e
	OpI32x4ExtaddPairwiseI16x8U Op = prefixFD + 0x7f
	OpI16x8Abs                  Op = prefixFD + 0x80
	OpI16x8Neg                  Op = prefixFD + 0x81
	OpI16x8Q15mulrSatS          Op = prefixFD + 0x82
	OpI16x8AllTrue              Op = prefixFD + 0x83
	OpI16x8Bitmask              Op = prefixFD + 0x84
	OpI16x8NarrowI32x4S         Op = prefixFD + 0x85
	OpI16x8NarrowI32x4U         Op = prefixFD + 0x86
	OpI16x8ExtendLowI8x16S      Op = prefixFD + 0x87
	OpI16x8ExtendHighI8x16S     Op = prefixFD + 0x88
	OpI16x8ExtendLowI8x16U      Op = prefixFD + 0x89
	OpI16x8ExtendHighI8x16U     Op = prefixFD + 0x8a
	OpI16x8Shl                  Op = prefixFD + 0x8b
	OpI16x8ShrS                 Op = prefixFD + 0x8c
	OpI16x8ShrU                 Op = prefixFD + 0x8d
	OpI16x8Add                  Op = prefixFD + 0x8e
	OpI16x8AddSatS              Op = prefixFD + 0x8f
	OpI16x8AddSatU              Op = prefixFD + 0x90
	OpI16x8Sub                  Op = prefixFD + 0x91
	OpI16x8SubSatS              Op = prefixFD + 0x92
	OpI16x8SubSatU              Op = prefixFD + 0x93
	OpF64x2Nearest              Op = prefixFD + 0x94
	OpI16x8Mul                  Op = prefixFD + 0x95
	OpI16x8MinS                 Op = prefixFD + 0x96
	OpI16x8MinU                 Op = prefixFD + 0x97
	OpI16x8MaxS                 Op = prefixFD + 0x98
	OpI16x8MaxU                 Op = prefixFD + 0x99
	OpI16x8AvgrU                Op = prefixFD + 0x9b
	OpI16x8ExtmulLowI8x16S      Op = prefixFD + 0x9c
	OpI16x8ExtmulHighI8x16S     Op = prefixFD + 0x9d
	OpI16x8ExtmulLowI8x16U      Op = prefixFD + 0x9e
	OpI16x8ExtmulHighI8x16U     Op = prefixFD + 0x9f
	OpI32x4Abs                  Op = prefixFD + 0xa0
	OpI32x4Neg                  Op = prefixFD + 0xa1
	OpI32x4AllTrue              Op = prefixFD + 0xa3
	OpI32x4Bitmask              Op = prefixFD + 0xa4
	OpI32x4ExtendLowI16x8S      Op = prefixFD + 0xa7
	OpI32x4ExtendHighI16x8S     Op = prefixFD + 0xa8
	OpI32x4ExtendLowI16x8U      Op = prefixFD + 0xa9
	OpI32x4ExtendHighI16x8U     Op = prefixFD + 0xaa
	OpI32x4Shl                  Op = prefixFD + 0xab
	OpI32x4ShrS                 Op = prefixFD + 0xac
	OpI32x4ShrU                 Op = prefixFD + 0xad
	OpI32x4Add                  Op = prefixFD + 0xae
	OpI32x4Sub                  Op = prefixFD + 0xb1
	OpI32x4Mul                  Op = prefixFD + 0xb5
	OpI32x4MinS                 Op = prefixFD + 0xb6
	OpI32x4MinU                 Op = prefixFD + 0xb7
	OpI32x4MaxS                 Op = prefixFD + 0xb8
	OpI32x4MaxU                 Op = prefixFD + 0xb9
	OpI32x4DotI16x8S            Op = prefixFD + 0xba
	OpI32x4ExtmulLowI16x8S      Op = prefixFD + 0xbc
	OpI32x4ExtmulHighI16x8S     Op = prefixFD + 0xbd
	OpI32x4ExtmulLowI16x8U      Op = prefixFD + 0xbe
	OpI32x4ExtmulHighI16x8U     Op = prefixFD + 0xbf
	OpI64x2Abs                  Op = prefixFD + 0xc0
	OpI64x2Neg                  Op = prefixFD + 0xc1
	OpI64x2AllTrue              Op = prefixFD + 0xc3
	OpI64x2Bitmask              Op = prefixFD + 0xc4
	OpI64x2ExtendLowI32x4S      Op = prefixFD + 0xc7
	OpI64x2ExtendHighI32x4S     Op = prefixFD + 0xc8
	OpI64x2ExtendLowI32x4U      Op = prefixFD + 0xc9
	OpI64x2ExtendHighI32x4U     Op = prefixFD + 0xca
	OpI64x2Shl                  Op = prefixFD + 0xcb
	OpI64x2ShrS                 Op = prefixFD + 0xcc
	OpI64x2ShrU                 Op = prefixFD + 0xcd
	OpI64x2Add                  Op = prefixFD + 0xce
	OpI64x2Sub                  Op = prefixFD + 0xd1
	OpI64x2Mul                  Op = prefixFD + 0xd5
	OpI64x2Eq                   Op = prefixFD + 0xd6
	OpI64x2Ne                   Op = prefixFD + 0xd7
	OpI64x2LtS                  Op = prefixFD + 0xd8
	OpI64x2GtS                  Op = prefixFD + 0xd9
	OpI64x2LeS                  Op = prefixFD + 0xda
	OpI64x2GeS                  Op = prefixFD + 0xdb
	OpI64x2ExtmulLowI32x4S      Op = prefixFD + 0xdc
	OpI64x2ExtmulHighI32x4S     Op = prefixFD + 0xdd
	OpI64x2ExtmulLowI32x4U      Op = prefixFD + 0xde
	OpI64x2ExtmulHighI32x4U     Op = prefixFD + 0xdf
	OpF32x4Abs                  Op = prefixFD + 0xe0
	OpF32x4Neg                  Op = prefixFD + 0xe1
	OpF32x4Sqrt                 Op = prefixFD + 0xe3
	OpF32x4Add                  Op = prefixFD + 0xe4
	OpF32x4Sub                  Op = prefixFD + 0xe5
	OpF32x4Mul                  Op = prefixFD + 0xe6
	OpF32x4Div                  Op = prefixFD + 0xe7
	OpF32x4Min                  Op = prefixFD + 0xe8
	OpF32x4Max                  Op = prefixFD + 0xe9
	OpF32x4Pmin                 Op = prefixFD + 0xea
	OpF32x4Pmax                 Op = prefixFD + 0xeb
	OpF64x2Abs                  Op = prefixFD + 0xec
	OpF64x2Neg                  Op = prefixFD + 0xed
	OpF64x2Sqrt                 Op = prefixFD + 0xef
	OpF64x2Add                  Op = prefixFD + 0xf0
	OpF64x2Sub                  Op = prefixFD + 0xf1
	OpF64x2Mul                  Op = prefixFD + 0xf2
	OpF64x2Div                  Op = prefixFD + 0xf3
	OpF64x2Min                  Op = prefixFD + 0xf4
	OpF64x2Max                  Op = prefixFD + 0xf5
	OpF64x2Pmin                 Op = prefixFD + 0xf6
	OpF64x2Pmax                 Op = prefixFD + 0xf7
	OpI32x4TruncSatF32x4S       Op = prefixFD + 0xf8
	OpI32x4TruncSatF32x4U       Op = prefixFD + 0xf9
	OpF32x4ConvertI32x4S        Op = prefixFD + 0xfa
	OpF32x4ConvertI32x4U        Op = prefixFD + 0xfb
	OpI32x4TruncSatF64x2SZero   Op = prefixFD + 0xfc
	OpI32x4TruncSatF64x2UZero   Op = prefixFD + 0xfd
	OpF64x2ConvertLowI32x4S     Op = prefixFD + 0xfe
	OpF64x2ConvertLowI32x4U     Op = prefixFD + 0xff

	// relaxed SIMD

	OpI8x16RelaxedSwizzle           Op = prefixFD + 0x100
	OpI32x4RelaxedTruncF32x4S       Op = prefixFD + 0x101
	OpI32x4RelaxedTruncF32x4U       Op = prefixFD + 0x102
	OpI32x4RelaxedTruncF64x2SZero   Op = prefixFD + 0x103
	OpI32x4RelaxedTruncF64x2UZero   Op = prefixFD + 0x104
	OpF32x4RelaxedMadd              Op = prefixFD + 0x105
	OpF32x4RelaxedNmadd             Op = prefixFD + 0x106
	OpF64x2RelaxedMadd              Op = prefixFD + 0x107
	OpF64x2RelaxedNmadd             Op = prefixFD + 0x108
	OpI8x16RelaxedLaneselect        Op = prefixFD + 0x109
	OpI16x8RelaxedLaneselect        Op = prefixFD + 0x10a
	OpI32x4RelaxedLaneselect        Op = prefixFD + 0x10b
	OpI64x2RelaxedLaneselect        Op = prefixFD + 0x10c
	OpF32x4RelaxedMin               Op = prefixFD + 0x10d
	OpF32x4RelaxedMax               Op = prefixFD + 0x10e
	OpF64x2RelaxedMin               Op = prefixFD + 0x10f
	OpF64x2RelaxedMax               Op = prefixFD + 0x110
	OpI16x8RelaxedQ15mulrS          Op = prefixFD + 0x111
	OpI16x8RelaxedDotI8x16I7x16S    Op = prefixFD + 0x112
	OpI32x4RelaxedDotI8x16I7x16AddS Op = prefixFD + 0x113
)

// vectorOps has the rows of the vector opcodes: see ops. V is v128.
var vectorOps = [0x200]opRow{
	OpV128Load - prefixFD:                  {"v128.load", ImmMem, "i:V", 16, FeatureSIMD},
	OpV128Load8x8S - prefixFD:              {"v128.load8x8_s", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load8x8U - prefixFD:              {"v128.load8x8_u", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load16x4S - prefixFD:             {"v128.load16x4_s", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load16x4U - prefixFD:             {"v128.load16x4_u", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load32x2S - prefixFD:             {"v128.load32x2_s", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load32x2U - prefixFD:             {"v128.load32x2_u", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Load8Splat - prefixFD:            {"v128.load8_splat", ImmMem, "i:V", 1, FeatureSIMD},
	OpV128Load16Splat - prefixFD:           {"v128.load16_splat", ImmMem, "i:V", 2, FeatureSIMD},
	OpV128Load32Splat - prefixFD:           {"v128.load32_splat", ImmMem, "i:V", 4, FeatureSIMD},
	OpV128Load64Splat - prefixFD:           {"v128.load64_splat", ImmMem, "i:V", 8, FeatureSIMD},
	OpV128Store - prefixFD:                 {"v128.store", ImmMem, "iV:", 16, FeatureSIMD},
	OpV128Const - prefixFD:                 {"v128.const", ImmV128, ":V", 0, FeatureSIMD},
	OpI8x16Shuffle - prefixFD:              {"i8x16.shuffle", ImmShuffle, "VV:V", 0, FeatureSIMD},
	OpI8x16Swizzle - prefixFD:              {"i8x16.swizzle", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16Splat - prefixFD:                {"i8x16.splat", ImmNone, "i:V", 0, FeatureSIMD},
	OpI16x8Splat - prefixFD:                {"i16x8.splat", ImmNone, "i:V", 0, FeatureSIMD},
	OpI32x4Splat - prefixFD:                {"i32x4.splat", ImmNone, "i:V", 0, FeatureSIMD},
	OpI64x2Splat - prefixFD:                {"i64x2.splat", ImmNone, "I:V", 0, FeatureSIMD},
	OpF32x4Splat - prefixFD:                {"f32x4.splat", ImmNone, "f:V", 0, FeatureSIMD},
	OpF64x2Splat - prefixFD:                {"f64x2.splat", ImmNone, "F:V", 0, FeatureSIMD},
	OpI8x16ExtractLaneS - prefixFD:         {"i8x16.extract_lane_s", ImmLane, "V:i", 0, FeatureSIMD},
	OpI8x16ExtractLaneU - prefixFD:         {"i8x16.extract_lane_u", ImmLane, "V:i", 0, FeatureSIMD},
	OpI8x16ReplaceLane - prefixFD:          {"i8x16.replace_lane", ImmLane, "Vi:V", 0, FeatureSIMD},
	OpI16x8ExtractLaneS - prefixFD:         {"i16x8.extract_lane_s", ImmLane, "V:i", 0, FeatureSIMD},
	OpI16x8ExtractLaneU - prefixFD:         {"i16x8.extract_lane_u", ImmLane, "V:i", 0, FeatureSIMD},
	OpI16x8ReplaceLane - prefixFD:          {"i16x8.replace_lane", ImmLane, "Vi:V", 0, FeatureSIMD},
	OpI32x4ExtractLane - prefixFD:          {"i32x4.extract_lane", ImmLane, "V:i", 0, FeatureSIMD},
	OpI32x4ReplaceLane - prefixFD:          {"i32x4.replace_lane", ImmLane, "Vi:V", 0, FeatureSIMD},
	OpI64x2ExtractLane - prefixFD:          {"i64x2.extract_lane", ImmLane, "V:I", 0, FeatureSIMD},
	OpI64x2ReplaceLane - prefixFD:          {"i64x2.replace_lane", ImmLane, "VI:V", 0, FeatureSIMD},
	OpF32x4ExtractLane - prefixFD:          {"f32x4.extract_lane", ImmLane, "V:f", 0, FeatureSIMD},
	OpF32x4ReplaceLane - prefixFD:          {"f32x4.replace_lane", ImmLane, "Vf:V", 0, FeatureSIMD},
	OpF64x2ExtractLane - prefixFD:          {"f64x2.extract_lane", ImmLane, "V:F", 0, FeatureSIMD},
	OpF64x2ReplaceLane - prefixFD:          {"f64x2.replace_lane", ImmLane, "VF:V", 0, FeatureSIMD},
	OpI8x16Eq - prefixFD:                   {"i8x16.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16Ne - prefixFD:                   {"i8x16.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16LtS - prefixFD:                  {"i8x16.lt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16LtU - prefixFD:                  {"i8x16.lt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16GtS - prefixFD:                  {"i8x16.gt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16GtU - prefixFD:                  {"i8x16.gt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16LeS - prefixFD:                  {"i8x16.le_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16LeU - prefixFD:                  {"i8x16.le_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16GeS - prefixFD:                  {"i8x16.ge_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16GeU - prefixFD:                  {"i8x16.ge_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8Eq - prefixFD:                   {"i16x8.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8Ne - prefixFD:                   {"i16x8.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8LtS - prefixFD:                  {"i16x8.lt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8LtU - prefixFD:                  {"i16x8.lt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8GtS - prefixFD:                  {"i16x8.gt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8GtU - prefixFD:                  {"i16x8.gt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8LeS - prefixFD:                  {"i16x8.le_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8LeU - prefixFD:                  {"i16x8.le_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8GeS - prefixFD:                  {"i16x8.ge_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8GeU - prefixFD:                  {"i16x8.ge_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4Eq - prefixFD:                   {"i32x4.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4Ne - prefixFD:                   {"i32x4.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4LtS - prefixFD:                  {"i32x4.lt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4LtU - prefixFD:                  {"i32x4.lt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4GtS - prefixFD:                  {"i32x4.gt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4GtU - prefixFD:                  {"i32x4.gt_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4LeS - prefixFD:                  {"i32x4.le_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4LeU - prefixFD:                  {"i32x4.le_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4GeS - prefixFD:                  {"i32x4.ge_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4GeU - prefixFD:                  {"i32x4.ge_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Eq - prefixFD:                   {"f32x4.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Ne - prefixFD:                   {"f32x4.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Lt - prefixFD:                   {"f32x4.lt", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Gt - prefixFD:                   {"f32x4.gt", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Le - prefixFD:                   {"f32x4.le", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Ge - prefixFD:                   {"f32x4.ge", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Eq - prefixFD:                   {"f64x2.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Ne - prefixFD:                   {"f64x2.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Lt - prefixFD:                   {"f64x2.lt", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Gt - prefixFD:                   {"f64x2.gt", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Le - prefixFD:                   {"f64x2.le", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Ge - prefixFD:                   {"f64x2.ge", ImmNone, "VV:V", 0, FeatureSIMD},
	OpV128Not - prefixFD:                   {"v128.not", ImmNone, "V:V", 0, FeatureSIMD},
	OpV128And - prefixFD:                   {"v128.and", ImmNone, "VV:V", 0, FeatureSIMD},
	OpV128Andnot - prefixFD:                {"v128.andnot", ImmNone, "VV:V", 0, FeatureSIMD},
	OpV128Or - prefixFD:                    {"v128.or", ImmNone, "VV:V", 0, FeatureSIMD},
	OpV128Xor - prefixFD:                   {"v128.xor", ImmNone, "VV:V", 0, FeatureSIMD},
	OpV128Bitselect - prefixFD:             {"v128.bitselect", ImmNone, "VVV:V", 0, FeatureSIMD},
	OpV128AnyTrue - prefixFD:               {"v128.any_true", ImmNone, "V:i", 0, FeatureSIMD},
	OpV128Load8Lane - prefixFD:             {"v128.load8_lane", ImmMemLane, "iV:V", 1, FeatureSIMD},
	OpV128Load16Lane - prefixFD:            {"v128.load16_lane", ImmMemLane, "iV:V", 2, FeatureSIMD},
	OpV128Load32Lane - prefixFD:            {"v128.load32_lane", ImmMemLane, "iV:V", 4, FeatureSIMD},
	OpV128Load64Lane - prefixFD:            {"v128.load64_lane", ImmMemLane, "iV:V", 8, FeatureSIMD},
	OpV128Store8Lane - prefixFD:            {"v128.store8_lane", ImmMemLane, "iV:", 1, FeatureSIMD},
	OpV128Store16Lane - prefixFD:           {"v128.store16_lane", ImmMemLane, "iV:", 2, FeatureSIMD},
	OpV128Store32Lane - prefixFD:           {"v128.store32_lane", ImmMemLane, "iV:", 4, FeatureSIMD},
	OpV128Store64Lane - prefixFD:           {"v128.store64_lane", ImmMemLane, "iV:", 8, FeatureSIMD},
	OpV128Load32Zero - prefixFD:            {"v128.load32_zero", ImmMem, "i:V", 4, FeatureSIMD},
	OpV128Load64Zero - prefixFD:            {"v128.load64_zero", ImmMem, "i:V", 8, FeatureSIMD},
	OpF32x4DemoteF64x2Zero - prefixFD:      {"f32x4.demote_f64x2_zero", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2PromoteLowF32x4 - prefixFD:      {"f64x2.promote_low_f32x4", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16Abs - prefixFD:                  {"i8x16.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16Neg - prefixFD:                  {"i8x16.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16Popcnt - prefixFD:               {"i8x16.popcnt", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16AllTrue - prefixFD:              {"i8x16.all_true", ImmNone, "V:i", 0, FeatureSIMD},
	OpI8x16Bitmask - prefixFD:              {"i8x16.bitmask", ImmNone, "V:i", 0, FeatureSIMD},
	OpI8x16NarrowI16x8S - prefixFD:         {"i8x16.narrow_i16x8_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16NarrowI16x8U - prefixFD:         {"i8x16.narrow_i16x8_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Ceil - prefixFD:                 {"f32x4.ceil", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Floor - prefixFD:                {"f32x4.floor", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Trunc - prefixFD:                {"f32x4.trunc", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Nearest - prefixFD:              {"f32x4.nearest", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16Shl - prefixFD:                  {"i8x16.shl", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI8x16ShrS - prefixFD:                 {"i8x16.shr_s", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI8x16ShrU - prefixFD:                 {"i8x16.shr_u", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI8x16Add - prefixFD:                  {"i8x16.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16AddSatS - prefixFD:              {"i8x16.add_sat_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16AddSatU - prefixFD:              {"i8x16.add_sat_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16Sub - prefixFD:                  {"i8x16.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16SubSatS - prefixFD:              {"i8x16.sub_sat_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16SubSatU - prefixFD:              {"i8x16.sub_sat_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Ceil - prefixFD:                 {"f64x2.ceil", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2Floor - prefixFD:                {"f64x2.floor", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16MinS - prefixFD:                 {"i8x16.min_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16MinU - prefixFD:                 {"i8x16.min_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16MaxS - prefixFD:                 {"i8x16.max_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI8x16MaxU - prefixFD:                 {"i8x16.max_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Trunc - prefixFD:                {"f64x2.trunc", ImmNone, "V:V", 0, FeatureSIMD},
	OpI8x16AvgrU - prefixFD:                {"i8x16.avgr_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtaddPairwiseI8x16S - prefixFD: {"i16x8.extadd_pairwise_i8x16_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8ExtaddPairwiseI8x16U - prefixFD: {"i16x8.extadd_pairwise_i8x16_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4ExtaddPairwiseI16x8S - prefixFD: {"i32x4.extadd_pairwise_i16x8_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4ExtaddPairwiseI16x8U - prefixFD: {"i32x4.extadd_pairwise_i16x8_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8Abs - prefixFD:                  {"i16x8.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8Neg - prefixFD:                  {"i16x8.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8Q15mulrSatS - prefixFD:          {"i16x8.q15mulr_sat_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8AllTrue - prefixFD:              {"i16x8.all_true", ImmNone, "V:i", 0, FeatureSIMD},
	OpI16x8Bitmask - prefixFD:              {"i16x8.bitmask", ImmNone, "V:i", 0, FeatureSIMD},
	OpI16x8NarrowI32x4S - prefixFD:         {"i16x8.narrow_i32x4_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8NarrowI32x4U - prefixFD:         {"i16x8.narrow_i32x4_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtendLowI8x16S - prefixFD:      {"i16x8.extend_low_i8x16_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8ExtendHighI8x16S - prefixFD:     {"i16x8.extend_high_i8x16_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8ExtendLowI8x16U - prefixFD:      {"i16x8.extend_low_i8x16_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8ExtendHighI8x16U - prefixFD:     {"i16x8.extend_high_i8x16_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8Shl - prefixFD:                  {"i16x8.shl", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI16x8ShrS - prefixFD:                 {"i16x8.shr_s", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI16x8ShrU - prefixFD:                 {"i16x8.shr_u", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI16x8Add - prefixFD:                  {"i16x8.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8AddSatS - prefixFD:              {"i16x8.add_sat_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8AddSatU - prefixFD:              {"i16x8.add_sat_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8Sub - prefixFD:                  {"i16x8.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8SubSatS - prefixFD:              {"i16x8.sub_sat_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8SubSatU - prefixFD:              {"i16x8.sub_sat_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Nearest - prefixFD:              {"f64x2.nearest", ImmNone, "V:V", 0, FeatureSIMD},
	OpI16x8Mul - prefixFD:                  {"i16x8.mul", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8MinS - prefixFD:                 {"i16x8.min_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8MinU - prefixFD:                 {"i16x8.min_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8MaxS - prefixFD:                 {"i16x8.max_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8MaxU - prefixFD:                 {"i16x8.max_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8AvgrU - prefixFD:                {"i16x8.avgr_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtmulLowI8x16S - prefixFD:      {"i16x8.extmul_low_i8x16_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtmulHighI8x16S - prefixFD:     {"i16x8.extmul_high_i8x16_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtmulLowI8x16U - prefixFD:      {"i16x8.extmul_low_i8x16_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI16x8ExtmulHighI8x16U - prefixFD:     {"i16x8.extmul_high_i8x16_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4Abs - prefixFD:                  {"i32x4.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4Neg - prefixFD:                  {"i32x4.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4AllTrue - prefixFD:              {"i32x4.all_true", ImmNone, "V:i", 0, FeatureSIMD},
	OpI32x4Bitmask - prefixFD:              {"i32x4.bitmask", ImmNone, "V:i", 0, FeatureSIMD},
	OpI32x4ExtendLowI16x8S - prefixFD:      {"i32x4.extend_low_i16x8_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4ExtendHighI16x8S - prefixFD:     {"i32x4.extend_high_i16x8_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4ExtendLowI16x8U - prefixFD:      {"i32x4.extend_low_i16x8_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4ExtendHighI16x8U - prefixFD:     {"i32x4.extend_high_i16x8_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4Shl - prefixFD:                  {"i32x4.shl", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI32x4ShrS - prefixFD:                 {"i32x4.shr_s", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI32x4ShrU - prefixFD:                 {"i32x4.shr_u", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI32x4Add - prefixFD:                  {"i32x4.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4Sub - prefixFD:                  {"i32x4.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4Mul - prefixFD:                  {"i32x4.mul", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4MinS - prefixFD:                 {"i32x4.min_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4MinU - prefixFD:                 {"i32x4.min_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4MaxS - prefixFD:                 {"i32x4.max_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4MaxU - prefixFD:                 {"i32x4.max_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4DotI16x8S - prefixFD:            {"i32x4.dot_i16x8_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4ExtmulLowI16x8S - prefixFD:      {"i32x4.extmul_low_i16x8_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4ExtmulHighI16x8S - prefixFD:     {"i32x4.extmul_high_i16x8_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4ExtmulLowI16x8U - prefixFD:      {"i32x4.extmul_low_i16x8_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4ExtmulHighI16x8U - prefixFD:     {"i32x4.extmul_high_i16x8_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2Abs - prefixFD:                  {"i64x2.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2Neg - prefixFD:                  {"i64x2.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2AllTrue - prefixFD:              {"i64x2.all_true", ImmNone, "V:i", 0, FeatureSIMD},
	OpI64x2Bitmask - prefixFD:              {"i64x2.bitmask", ImmNone, "V:i", 0, FeatureSIMD},
	OpI64x2ExtendLowI32x4S - prefixFD:      {"i64x2.extend_low_i32x4_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2ExtendHighI32x4S - prefixFD:     {"i64x2.extend_high_i32x4_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2ExtendLowI32x4U - prefixFD:      {"i64x2.extend_low_i32x4_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2ExtendHighI32x4U - prefixFD:     {"i64x2.extend_high_i32x4_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI64x2Shl - prefixFD:                  {"i64x2.shl", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI64x2ShrS - prefixFD:                 {"i64x2.shr_s", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI64x2ShrU - prefixFD:                 {"i64x2.shr_u", ImmNone, "Vi:V", 0, FeatureSIMD},
	OpI64x2Add - prefixFD:                  {"i64x2.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2Sub - prefixFD:                  {"i64x2.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2Mul - prefixFD:                  {"i64x2.mul", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2Eq - prefixFD:                   {"i64x2.eq", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2Ne - prefixFD:                   {"i64x2.ne", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2LtS - prefixFD:                  {"i64x2.lt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2GtS - prefixFD:                  {"i64x2.gt_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2LeS - prefixFD:                  {"i64x2.le_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2GeS - prefixFD:                  {"i64x2.ge_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2ExtmulLowI32x4S - prefixFD:      {"i64x2.extmul_low_i32x4_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2ExtmulHighI32x4S - prefixFD:     {"i64x2.extmul_high_i32x4_s", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2ExtmulLowI32x4U - prefixFD:      {"i64x2.extmul_low_i32x4_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI64x2ExtmulHighI32x4U - prefixFD:     {"i64x2.extmul_high_i32x4_u", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Abs - prefixFD:                  {"f32x4.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Neg - prefixFD:                  {"f32x4.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Sqrt - prefixFD:                 {"f32x4.sqrt", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4Add - prefixFD:                  {"f32x4.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Sub - prefixFD:                  {"f32x4.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Mul - prefixFD:                  {"f32x4.mul", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Div - prefixFD:                  {"f32x4.div", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Min - prefixFD:                  {"f32x4.min", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Max - prefixFD:                  {"f32x4.max", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Pmin - prefixFD:                 {"f32x4.pmin", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF32x4Pmax - prefixFD:                 {"f32x4.pmax", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Abs - prefixFD:                  {"f64x2.abs", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2Neg - prefixFD:                  {"f64x2.neg", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2Sqrt - prefixFD:                 {"f64x2.sqrt", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2Add - prefixFD:                  {"f64x2.add", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Sub - prefixFD:                  {"f64x2.sub", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Mul - prefixFD:                  {"f64x2.mul", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Div - prefixFD:                  {"f64x2.div", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Min - prefixFD:                  {"f64x2.min", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Max - prefixFD:                  {"f64x2.max", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Pmin - prefixFD:                 {"f64x2.pmin", ImmNone, "VV:V", 0, FeatureSIMD},
	OpF64x2Pmax - prefixFD:                 {"f64x2.pmax", ImmNone, "VV:V", 0, FeatureSIMD},
	OpI32x4TruncSatF32x4S - prefixFD:       {"i32x4.trunc_sat_f32x4_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4TruncSatF32x4U - prefixFD:       {"i32x4.trunc_sat_f32x4_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4ConvertI32x4S - prefixFD:        {"f32x4.convert_i32x4_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpF32x4ConvertI32x4U - prefixFD:        {"f32x4.convert_i32x4_u", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4TruncSatF64x2SZero - prefixFD:   {"i32x4.trunc_sat_f64x2_s_zero", ImmNone, "V:V", 0, FeatureSIMD},
	OpI32x4TruncSatF64x2UZero - prefixFD:   {"i32x4.trunc_sat_f64x2_u_zero", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2ConvertLowI32x4S - prefixFD:     {"f64x2.convert_low_i32x4_s", ImmNone, "V:V", 0, FeatureSIMD},
	OpF64x2ConvertLowI32x4U - prefixFD:     {"f64x2.convert_low_i32x4_u", ImmNone, "V:V", 0, FeatureSIMD},

	// relaxed SIMD

	OpI8x16RelaxedSwizzle - prefixFD:           {"i8x16.relaxed_swizzle", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedTruncF32x4S - prefixFD:       {"i32x4.relaxed_trunc_f32x4_s", ImmNone, "V:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedTruncF32x4U - prefixFD:       {"i32x4.relaxed_trunc_f32x4_u", ImmNone, "V:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedTruncF64x2SZero - prefixFD:   {"i32x4.relaxed_trunc_f64x2_s_zero", ImmNone, "V:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedTruncF64x2UZero - prefixFD:   {"i32x4.relaxed_trunc_f64x2_u_zero", ImmNone, "V:V", 0, FeatureRelaxedSIMD},
	OpF32x4RelaxedMadd - prefixFD:              {"f32x4.relaxed_madd", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpF32x4RelaxedNmadd - prefixFD:             {"f32x4.relaxed_nmadd", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpF64x2RelaxedMadd - prefixFD:              {"f64x2.relaxed_madd", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpF64x2RelaxedNmadd - prefixFD:             {"f64x2.relaxed_nmadd", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpI8x16RelaxedLaneselect - prefixFD:        {"i8x16.relaxed_laneselect", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpI16x8RelaxedLaneselect - prefixFD:        {"i16x8.relaxed_laneselect", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedLaneselect - prefixFD:        {"i32x4.relaxed_laneselect", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpI64x2RelaxedLaneselect - prefixFD:        {"i64x2.relaxed_laneselect", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
	OpF32x4RelaxedMin - prefixFD:               {"f32x4.relaxed_min", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpF32x4RelaxedMax - prefixFD:               {"f32x4.relaxed_max", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpF64x2RelaxedMin - prefixFD:               {"f64x2.relaxed_min", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpF64x2RelaxedMax - prefixFD:               {"f64x2.relaxed_max", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpI16x8RelaxedQ15mulrS - prefixFD:          {"i16x8.relaxed_q15mulr_s", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpI16x8RelaxedDotI8x16I7x16S - prefixFD:    {"i16x8.relaxed_dot_i8x16_i7x16_s", ImmNone, "VV:V", 0, FeatureRelaxedSIMD},
	OpI32x4RelaxedDotI8x16I7x16AddS - prefixFD: {"i32x4.relaxed_dot_i8x16_i7x16_add_s", ImmNone, "VVV:V", 0, FeatureRelaxedSIMD},
}
