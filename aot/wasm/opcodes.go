package wasm

// Op is an opcode. One-byte opcodes are themselves; those behind a prefix byte get a page
// of their own (core specification, 5.4 and appendix "Index of Instructions").
type Op uint16

const (
	prefixFB Op = 0x100 // garbage collection
	prefixFC Op = 0x200
	prefixFE Op = 0x300 // threads
	prefixFD Op = 0x400 // SIMD; two pages, the second is relaxed SIMD
	numOps   Op = 0x600
)

// The opcodes that are supported. unsupported.go has the names of the others.
const (

	// control
	OpUnreachable        Op = 0x00
	OpNop                Op = 0x01
	OpBlock              Op = 0x02
	OpLoop               Op = 0x03
	OpIf                 Op = 0x04
	OpElse               Op = 0x05
	OpTry                Op = 0x06
	OpCatch              Op = 0x07
	OpThrow              Op = 0x08
	OpRethrow            Op = 0x09
	OpThrowRef           Op = 0x0a
	OpEnd                Op = 0x0b
	OpBr                 Op = 0x0c
	OpBrIf               Op = 0x0d
	OpBrTable            Op = 0x0e
	OpReturn             Op = 0x0f
	OpCall               Op = 0x10
	OpCallIndirect       Op = 0x11
	OpReturnCall         Op = 0x12
	OpReturnCallIndirect Op = 0x13
	OpCallRef            Op = 0x14
	OpReturnCallRef      Op = 0x15
	OpDelegate           Op = 0x18
	OpCatchAll           Op = 0x19
	OpTryTable           Op = 0x1f

	// parametric
	OpDrop    Op = 0x1a
	OpSelect  Op = 0x1b
	OpSelectT Op = 0x1c

	// variables
	OpLocalGet  Op = 0x20
	OpLocalSet  Op = 0x21
	OpLocalTee  Op = 0x22
	OpGlobalGet Op = 0x23
	OpGlobalSet Op = 0x24

	// tables
	OpTableGet Op = 0x25
	OpTableSet Op = 0x26

	// memory
	OpI32Load    Op = 0x28
	OpI64Load    Op = 0x29
	OpF32Load    Op = 0x2a
	OpF64Load    Op = 0x2b
	OpI32Load8S  Op = 0x2c
	OpI32Load8U  Op = 0x2d
	OpI32Load16S Op = 0x2e
	OpI32Load16U Op = 0x2f
	OpI64Load8S  Op = 0x30
	OpI64Load8U  Op = 0x31
	OpI64Load16S Op = 0x32
	OpI64Load16U Op = 0x33
	OpI64Load32S Op = 0x34
	OpI64Load32U Op = 0x35
	OpI32Store   Op = 0x36
	OpI64Store   Op = 0x37
	OpF32Store   Op = 0x38
	OpF64Store   Op = 0x39
	OpI32Store8  Op = 0x3a
	OpI32Store16 Op = 0x3b
	OpI64Store8  Op = 0x3c
	OpI64Store16 Op = 0x3d
	OpI64Store32 Op = 0x3e
	OpMemorySize Op = 0x3f
	OpMemoryGrow Op = 0x40

	// constants
	OpI32Const Op = 0x41
	OpI64Const Op = 0x42
	OpF32Const Op = 0x43
	OpF64Const Op = 0x44

	// comparison
	OpI32Eqz Op = 0x45
	OpI32Eq  Op = 0x46
	OpI32Ne  Op = 0x47
	OpI32LtS Op = 0x48
	OpI32LtU Op = 0x49
	OpI32GtS Op = 0x4a
	OpI32GtU Op = 0x4b
	OpI32LeS Op = 0x4c
	OpI32LeU Op = 0x4d
	OpI32GeS Op = 0x4e
	OpI32GeU Op = 0x4f
	OpI64Eqz Op = 0x50
	OpI64Eq  Op = 0x51
	OpI64Ne  Op = 0x52
	OpI64LtS Op = 0x53
	OpI64LtU Op = 0x54
	OpI64GtS Op = 0x55
	OpI64GtU Op = 0x56
	OpI64LeS Op = 0x57
	OpI64LeU Op = 0x58
	OpI64GeS Op = 0x59
	OpI64GeU Op = 0x5a
	OpF32Eq  Op = 0x5b
	OpF32Ne  Op = 0x5c
	OpF32Lt  Op = 0x5d
	OpF32Gt  Op = 0x5e
	OpF32Le  Op = 0x5f
	OpF32Ge  Op = 0x60
	OpF64Eq  Op = 0x61
	OpF64Ne  Op = 0x62
	OpF64Lt  Op = 0x63
	OpF64Gt  Op = 0x64
	OpF64Le  Op = 0x65
	OpF64Ge  Op = 0x66

	// arithmetic
	OpI32Clz      Op = 0x67
	OpI32Ctz      Op = 0x68
	OpI32Popcnt   Op = 0x69
	OpI32Add      Op = 0x6a
	OpI32Sub      Op = 0x6b
	OpI32Mul      Op = 0x6c
	OpI32DivS     Op = 0x6d
	OpI32DivU     Op = 0x6e
	OpI32RemS     Op = 0x6f
	OpI32RemU     Op = 0x70
	OpI32And      Op = 0x71
	OpI32Or       Op = 0x72
	OpI32Xor      Op = 0x73
	OpI32Shl      Op = 0x74
	OpI32ShrS     Op = 0x75
	OpI32ShrU     Op = 0x76
	OpI32Rotl     Op = 0x77
	OpI32Rotr     Op = 0x78
	OpI64Clz      Op = 0x79
	OpI64Ctz      Op = 0x7a
	OpI64Popcnt   Op = 0x7b
	OpI64Add      Op = 0x7c
	OpI64Sub      Op = 0x7d
	OpI64Mul      Op = 0x7e
	OpI64DivS     Op = 0x7f
	OpI64DivU     Op = 0x80
	OpI64RemS     Op = 0x81
	OpI64RemU     Op = 0x82
	OpI64And      Op = 0x83
	OpI64Or       Op = 0x84
	OpI64Xor      Op = 0x85
	OpI64Shl      Op = 0x86
	OpI64ShrS     Op = 0x87
	OpI64ShrU     Op = 0x88
	OpI64Rotl     Op = 0x89
	OpI64Rotr     Op = 0x8a
	OpF32Abs      Op = 0x8b
	OpF32Neg      Op = 0x8c
	OpF32Ceil     Op = 0x8d
	OpF32Floor    Op = 0x8e
	OpF32Trunc    Op = 0x8f
	OpF32Nearest  Op = 0x90
	OpF32Sqrt     Op = 0x91
	OpF32Add      Op = 0x92
	OpF32Sub      Op = 0x93
	OpF32Mul      Op = 0x94
	OpF32Div      Op = 0x95
	OpF32Min      Op = 0x96
	OpF32Max      Op = 0x97
	OpF32Copysign Op = 0x98
	OpF64Abs      Op = 0x99
	OpF64Neg      Op = 0x9a
	OpF64Ceil     Op = 0x9b
	OpF64Floor    Op = 0x9c
	OpF64Trunc    Op = 0x9d
	OpF64Nearest  Op = 0x9e
	OpF64Sqrt     Op = 0x9f
	OpF64Add      Op = 0xa0
	OpF64Sub      Op = 0xa1
	OpF64Mul      Op = 0xa2
	OpF64Div      Op = 0xa3
	OpF64Min      Op = 0xa4
	OpF64Max      Op = 0xa5
	OpF64Copysign Op = 0xa6

	// conversions
	OpI32WrapI64        Op = 0xa7
	OpI32TruncF32S      Op = 0xa8
	OpI32TruncF32U      Op = 0xa9
	OpI32TruncF64S      Op = 0xaa
	OpI32TruncF64U      Op = 0xab
	OpI64ExtendI32S     Op = 0xac
	OpI64ExtendI32U     Op = 0xad
	OpI64TruncF32S      Op = 0xae
	OpI64TruncF32U      Op = 0xaf
	OpI64TruncF64S      Op = 0xb0
	OpI64TruncF64U      Op = 0xb1
	OpF32ConvertI32S    Op = 0xb2
	OpF32ConvertI32U    Op = 0xb3
	OpF32ConvertI64S    Op = 0xb4
	OpF32ConvertI64U    Op = 0xb5
	OpF32DemoteF64      Op = 0xb6
	OpF64ConvertI32S    Op = 0xb7
	OpF64ConvertI32U    Op = 0xb8
	OpF64ConvertI64S    Op = 0xb9
	OpF64ConvertI64U    Op = 0xba
	OpF64PromoteF32     Op = 0xbb
	OpI32ReinterpretF32 Op = 0xbc
	OpI64ReinterpretF64 Op = 0xbd
	OpF32ReinterpretI32 Op = 0xbe
	OpF64ReinterpretI64 Op = 0xbf

	// sign extension
	OpI32Extend8S  Op = 0xc0
	OpI32Extend16S Op = 0xc1
	OpI64Extend8S  Op = 0xc2
	OpI64Extend16S Op = 0xc3
	OpI64Extend32S Op = 0xc4

	// references
	OpRefNull   Op = 0xd0
	OpRefIsNull Op = 0xd1
	OpRefFunc   Op = 0xd2

	OpRefAsNonNull Op = 0xd4
	OpBrOnNull     Op = 0xd5
	OpBrOnNonNull  Op = 0xd6

	// prefix 0xFC
	OpI32TruncSatF32S Op = prefixFC + 0x00
	OpI32TruncSatF32U Op = prefixFC + 0x01
	OpI32TruncSatF64S Op = prefixFC + 0x02
	OpI32TruncSatF64U Op = prefixFC + 0x03
	OpI64TruncSatF32S Op = prefixFC + 0x04
	OpI64TruncSatF32U Op = prefixFC + 0x05
	OpI64TruncSatF64S Op = prefixFC + 0x06
	OpI64TruncSatF64U Op = prefixFC + 0x07
	OpMemoryInit      Op = prefixFC + 0x08
	OpDataDrop        Op = prefixFC + 0x09
	OpMemoryCopy      Op = prefixFC + 0x0a
	OpMemoryFill      Op = prefixFC + 0x0b
	OpTableInit       Op = prefixFC + 0x0c
	OpElemDrop        Op = prefixFC + 0x0d
	OpTableCopy       Op = prefixFC + 0x0e
	OpTableGrow       Op = prefixFC + 0x0f
	OpTableSize       Op = prefixFC + 0x10
	OpTableFill       Op = prefixFC + 0x11
	OpI64Add128       Op = prefixFC + 0x13
	OpI64Sub128       Op = prefixFC + 0x14
	OpI64MulWideS     Op = prefixFC + 0x15
	OpI64MulWideU     Op = prefixFC + 0x16
)

// ops has one row per supported opcode: name; immediates; signature, operands before the
// colon, results behind it (i I f F V: i32 i64 f32 f64 v128), empty for the instructions whose types
// depend on immediates or on the stack; bytes that a load or store accesses; the feature of
// the language that brought it.
var ops = func() (t [numOps]opRow) {
	copy(t[:], scalarOps[:])
	copy(t[prefixFE:], atomicOps[:])
	copy(t[prefixFD:], vectorOps[:])
	return t
}()

// scalarOps has the rows of all opcodes but the atomic and the vector ones.
var scalarOps = [prefixFE]opRow{

	// control
	OpUnreachable:        {"unreachable", ImmNone, "", 0, FeatureMVP},
	OpNop:                {"nop", ImmNone, ":", 0, FeatureMVP},
	OpBlock:              {"block", ImmBlock, "", 0, FeatureMVP},
	OpLoop:               {"loop", ImmBlock, "", 0, FeatureMVP},
	OpIf:                 {"if", ImmBlock, "", 0, FeatureMVP},
	OpElse:               {"else", ImmNone, "", 0, FeatureMVP},
	OpTry:                {"try", ImmBlock, "", 0, FeatureLegacyExceptions},
	OpCatch:              {"catch", ImmTag, "", 0, FeatureLegacyExceptions},
	OpThrow:              {"throw", ImmTag, "", 0, FeatureExceptions},
	OpRethrow:            {"rethrow", ImmLabel, "", 0, FeatureLegacyExceptions},
	OpThrowRef:           {"throw_ref", ImmNone, "", 0, FeatureExceptions},
	OpEnd:                {"end", ImmNone, "", 0, FeatureMVP},
	OpBr:                 {"br", ImmLabel, "", 0, FeatureMVP},
	OpBrIf:               {"br_if", ImmLabel, "", 0, FeatureMVP},
	OpBrTable:            {"br_table", ImmLabels, "", 0, FeatureMVP},
	OpReturn:             {"return", ImmNone, "", 0, FeatureMVP},
	OpCall:               {"call", ImmFunc, "", 0, FeatureMVP},
	OpCallIndirect:       {"call_indirect", ImmCallIndirect, "", 0, FeatureMVP},
	OpReturnCall:         {"return_call", ImmFunc, "", 0, FeatureTailCalls},
	OpReturnCallIndirect: {"return_call_indirect", ImmCallIndirect, "", 0, FeatureTailCalls},
	OpCallRef:            {"call_ref", ImmType, "", 0, FeatureTypedReferences},
	OpReturnCallRef:      {"return_call_ref", ImmType, "", 0, FeatureTypedReferences},
	OpDelegate:           {"delegate", ImmLabel, "", 0, FeatureLegacyExceptions},
	OpCatchAll:           {"catch_all", ImmNone, "", 0, FeatureLegacyExceptions},
	OpTryTable:           {"try_table", ImmTryTable, "", 0, FeatureExceptions},

	// parametric
	OpDrop:    {"drop", ImmNone, "", 0, FeatureMVP},
	OpSelect:  {"select", ImmNone, "", 0, FeatureMVP},
	OpSelectT: {"select", ImmSelect, "", 0, FeatureReferenceTypes},

	// variables
	OpLocalGet:  {"local.get", ImmLocal, "", 0, FeatureMVP},
	OpLocalSet:  {"local.set", ImmLocal, "", 0, FeatureMVP},
	OpLocalTee:  {"local.tee", ImmLocal, "", 0, FeatureMVP},
	OpGlobalGet: {"global.get", ImmGlobal, "", 0, FeatureMVP},
	OpGlobalSet: {"global.set", ImmGlobal, "", 0, FeatureMVP},

	// tables
	OpTableGet: {"table.get", ImmTable, "", 0, FeatureReferenceTypes},
	OpTableSet: {"table.set", ImmTable, "", 0, FeatureReferenceTypes},

	// memory
	OpI32Load:    {"i32.load", ImmMem, "i:i", 4, FeatureMVP},
	OpI64Load:    {"i64.load", ImmMem, "i:I", 8, FeatureMVP},
	OpF32Load:    {"f32.load", ImmMem, "i:f", 4, FeatureMVP},
	OpF64Load:    {"f64.load", ImmMem, "i:F", 8, FeatureMVP},
	OpI32Load8S:  {"i32.load8_s", ImmMem, "i:i", 1, FeatureMVP},
	OpI32Load8U:  {"i32.load8_u", ImmMem, "i:i", 1, FeatureMVP},
	OpI32Load16S: {"i32.load16_s", ImmMem, "i:i", 2, FeatureMVP},
	OpI32Load16U: {"i32.load16_u", ImmMem, "i:i", 2, FeatureMVP},
	OpI64Load8S:  {"i64.load8_s", ImmMem, "i:I", 1, FeatureMVP},
	OpI64Load8U:  {"i64.load8_u", ImmMem, "i:I", 1, FeatureMVP},
	OpI64Load16S: {"i64.load16_s", ImmMem, "i:I", 2, FeatureMVP},
	OpI64Load16U: {"i64.load16_u", ImmMem, "i:I", 2, FeatureMVP},
	OpI64Load32S: {"i64.load32_s", ImmMem, "i:I", 4, FeatureMVP},
	OpI64Load32U: {"i64.load32_u", ImmMem, "i:I", 4, FeatureMVP},
	OpI32Store:   {"i32.store", ImmMem, "ii:", 4, FeatureMVP},
	OpI64Store:   {"i64.store", ImmMem, "iI:", 8, FeatureMVP},
	OpF32Store:   {"f32.store", ImmMem, "if:", 4, FeatureMVP},
	OpF64Store:   {"f64.store", ImmMem, "iF:", 8, FeatureMVP},
	OpI32Store8:  {"i32.store8", ImmMem, "ii:", 1, FeatureMVP},
	OpI32Store16: {"i32.store16", ImmMem, "ii:", 2, FeatureMVP},
	OpI64Store8:  {"i64.store8", ImmMem, "iI:", 1, FeatureMVP},
	OpI64Store16: {"i64.store16", ImmMem, "iI:", 2, FeatureMVP},
	OpI64Store32: {"i64.store32", ImmMem, "iI:", 4, FeatureMVP},
	OpMemorySize: {"memory.size", ImmMemory, ":i", 0, FeatureMVP},
	OpMemoryGrow: {"memory.grow", ImmMemory, "i:i", 0, FeatureMVP},

	// constants
	OpI32Const: {"i32.const", ImmI32, ":i", 0, FeatureMVP},
	OpI64Const: {"i64.const", ImmI64, ":I", 0, FeatureMVP},
	OpF32Const: {"f32.const", ImmF32, ":f", 0, FeatureMVP},
	OpF64Const: {"f64.const", ImmF64, ":F", 0, FeatureMVP},

	// comparison
	OpI32Eqz: {"i32.eqz", ImmNone, "i:i", 0, FeatureMVP},
	OpI32Eq:  {"i32.eq", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Ne:  {"i32.ne", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32LtS: {"i32.lt_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32LtU: {"i32.lt_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32GtS: {"i32.gt_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32GtU: {"i32.gt_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32LeS: {"i32.le_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32LeU: {"i32.le_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32GeS: {"i32.ge_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32GeU: {"i32.ge_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI64Eqz: {"i64.eqz", ImmNone, "I:i", 0, FeatureMVP},
	OpI64Eq:  {"i64.eq", ImmNone, "II:i", 0, FeatureMVP},
	OpI64Ne:  {"i64.ne", ImmNone, "II:i", 0, FeatureMVP},
	OpI64LtS: {"i64.lt_s", ImmNone, "II:i", 0, FeatureMVP},
	OpI64LtU: {"i64.lt_u", ImmNone, "II:i", 0, FeatureMVP},
	OpI64GtS: {"i64.gt_s", ImmNone, "II:i", 0, FeatureMVP},
	OpI64GtU: {"i64.gt_u", ImmNone, "II:i", 0, FeatureMVP},
	OpI64LeS: {"i64.le_s", ImmNone, "II:i", 0, FeatureMVP},
	OpI64LeU: {"i64.le_u", ImmNone, "II:i", 0, FeatureMVP},
	OpI64GeS: {"i64.ge_s", ImmNone, "II:i", 0, FeatureMVP},
	OpI64GeU: {"i64.ge_u", ImmNone, "II:i", 0, FeatureMVP},
	OpF32Eq:  {"f32.eq", ImmNone, "ff:i", 0, FeatureMVP},
	OpF32Ne:  {"f32.ne", ImmNone, "ff:i", 0, FeatureMVP},
	OpF32Lt:  {"f32.lt", ImmNone, "ff:i", 0, FeatureMVP},
	OpF32Gt:  {"f32.gt", ImmNone, "ff:i", 0, FeatureMVP},
	OpF32Le:  {"f32.le", ImmNone, "ff:i", 0, FeatureMVP},
	OpF32Ge:  {"f32.ge", ImmNone, "ff:i", 0, FeatureMVP},
	OpF64Eq:  {"f64.eq", ImmNone, "FF:i", 0, FeatureMVP},
	OpF64Ne:  {"f64.ne", ImmNone, "FF:i", 0, FeatureMVP},
	OpF64Lt:  {"f64.lt", ImmNone, "FF:i", 0, FeatureMVP},
	OpF64Gt:  {"f64.gt", ImmNone, "FF:i", 0, FeatureMVP},
	OpF64Le:  {"f64.le", ImmNone, "FF:i", 0, FeatureMVP},
	OpF64Ge:  {"f64.ge", ImmNone, "FF:i", 0, FeatureMVP},

	// arithmetic
	OpI32Clz:      {"i32.clz", ImmNone, "i:i", 0, FeatureMVP},
	OpI32Ctz:      {"i32.ctz", ImmNone, "i:i", 0, FeatureMVP},
	OpI32Popcnt:   {"i32.popcnt", ImmNone, "i:i", 0, FeatureMVP},
	OpI32Add:      {"i32.add", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Sub:      {"i32.sub", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Mul:      {"i32.mul", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32DivS:     {"i32.div_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32DivU:     {"i32.div_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32RemS:     {"i32.rem_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32RemU:     {"i32.rem_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32And:      {"i32.and", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Or:       {"i32.or", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Xor:      {"i32.xor", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Shl:      {"i32.shl", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32ShrS:     {"i32.shr_s", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32ShrU:     {"i32.shr_u", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Rotl:     {"i32.rotl", ImmNone, "ii:i", 0, FeatureMVP},
	OpI32Rotr:     {"i32.rotr", ImmNone, "ii:i", 0, FeatureMVP},
	OpI64Clz:      {"i64.clz", ImmNone, "I:I", 0, FeatureMVP},
	OpI64Ctz:      {"i64.ctz", ImmNone, "I:I", 0, FeatureMVP},
	OpI64Popcnt:   {"i64.popcnt", ImmNone, "I:I", 0, FeatureMVP},
	OpI64Add:      {"i64.add", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Sub:      {"i64.sub", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Mul:      {"i64.mul", ImmNone, "II:I", 0, FeatureMVP},
	OpI64DivS:     {"i64.div_s", ImmNone, "II:I", 0, FeatureMVP},
	OpI64DivU:     {"i64.div_u", ImmNone, "II:I", 0, FeatureMVP},
	OpI64RemS:     {"i64.rem_s", ImmNone, "II:I", 0, FeatureMVP},
	OpI64RemU:     {"i64.rem_u", ImmNone, "II:I", 0, FeatureMVP},
	OpI64And:      {"i64.and", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Or:       {"i64.or", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Xor:      {"i64.xor", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Shl:      {"i64.shl", ImmNone, "II:I", 0, FeatureMVP},
	OpI64ShrS:     {"i64.shr_s", ImmNone, "II:I", 0, FeatureMVP},
	OpI64ShrU:     {"i64.shr_u", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Rotl:     {"i64.rotl", ImmNone, "II:I", 0, FeatureMVP},
	OpI64Rotr:     {"i64.rotr", ImmNone, "II:I", 0, FeatureMVP},
	OpF32Abs:      {"f32.abs", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Neg:      {"f32.neg", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Ceil:     {"f32.ceil", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Floor:    {"f32.floor", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Trunc:    {"f32.trunc", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Nearest:  {"f32.nearest", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Sqrt:     {"f32.sqrt", ImmNone, "f:f", 0, FeatureMVP},
	OpF32Add:      {"f32.add", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Sub:      {"f32.sub", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Mul:      {"f32.mul", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Div:      {"f32.div", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Min:      {"f32.min", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Max:      {"f32.max", ImmNone, "ff:f", 0, FeatureMVP},
	OpF32Copysign: {"f32.copysign", ImmNone, "ff:f", 0, FeatureMVP},
	OpF64Abs:      {"f64.abs", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Neg:      {"f64.neg", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Ceil:     {"f64.ceil", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Floor:    {"f64.floor", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Trunc:    {"f64.trunc", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Nearest:  {"f64.nearest", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Sqrt:     {"f64.sqrt", ImmNone, "F:F", 0, FeatureMVP},
	OpF64Add:      {"f64.add", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Sub:      {"f64.sub", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Mul:      {"f64.mul", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Div:      {"f64.div", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Min:      {"f64.min", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Max:      {"f64.max", ImmNone, "FF:F", 0, FeatureMVP},
	OpF64Copysign: {"f64.copysign", ImmNone, "FF:F", 0, FeatureMVP},

	// conversions
	OpI32WrapI64:        {"i32.wrap_i64", ImmNone, "I:i", 0, FeatureMVP},
	OpI32TruncF32S:      {"i32.trunc_f32_s", ImmNone, "f:i", 0, FeatureMVP},
	OpI32TruncF32U:      {"i32.trunc_f32_u", ImmNone, "f:i", 0, FeatureMVP},
	OpI32TruncF64S:      {"i32.trunc_f64_s", ImmNone, "F:i", 0, FeatureMVP},
	OpI32TruncF64U:      {"i32.trunc_f64_u", ImmNone, "F:i", 0, FeatureMVP},
	OpI64ExtendI32S:     {"i64.extend_i32_s", ImmNone, "i:I", 0, FeatureMVP},
	OpI64ExtendI32U:     {"i64.extend_i32_u", ImmNone, "i:I", 0, FeatureMVP},
	OpI64TruncF32S:      {"i64.trunc_f32_s", ImmNone, "f:I", 0, FeatureMVP},
	OpI64TruncF32U:      {"i64.trunc_f32_u", ImmNone, "f:I", 0, FeatureMVP},
	OpI64TruncF64S:      {"i64.trunc_f64_s", ImmNone, "F:I", 0, FeatureMVP},
	OpI64TruncF64U:      {"i64.trunc_f64_u", ImmNone, "F:I", 0, FeatureMVP},
	OpF32ConvertI32S:    {"f32.convert_i32_s", ImmNone, "i:f", 0, FeatureMVP},
	OpF32ConvertI32U:    {"f32.convert_i32_u", ImmNone, "i:f", 0, FeatureMVP},
	OpF32ConvertI64S:    {"f32.convert_i64_s", ImmNone, "I:f", 0, FeatureMVP},
	OpF32ConvertI64U:    {"f32.convert_i64_u", ImmNone, "I:f", 0, FeatureMVP},
	OpF32DemoteF64:      {"f32.demote_f64", ImmNone, "F:f", 0, FeatureMVP},
	OpF64ConvertI32S:    {"f64.convert_i32_s", ImmNone, "i:F", 0, FeatureMVP},
	OpF64ConvertI32U:    {"f64.convert_i32_u", ImmNone, "i:F", 0, FeatureMVP},
	OpF64ConvertI64S:    {"f64.convert_i64_s", ImmNone, "I:F", 0, FeatureMVP},
	OpF64ConvertI64U:    {"f64.convert_i64_u", ImmNone, "I:F", 0, FeatureMVP},
	OpF64PromoteF32:     {"f64.promote_f32", ImmNone, "f:F", 0, FeatureMVP},
	OpI32ReinterpretF32: {"i32.reinterpret_f32", ImmNone, "f:i", 0, FeatureMVP},
	OpI64ReinterpretF64: {"i64.reinterpret_f64", ImmNone, "F:I", 0, FeatureMVP},
	OpF32ReinterpretI32: {"f32.reinterpret_i32", ImmNone, "i:f", 0, FeatureMVP},
	OpF64ReinterpretI64: {"f64.reinterpret_i64", ImmNone, "I:F", 0, FeatureMVP},

	// sign extension
	OpI32Extend8S:  {"i32.extend8_s", ImmNone, "i:i", 0, FeatureSignExtension},
	OpI32Extend16S: {"i32.extend16_s", ImmNone, "i:i", 0, FeatureSignExtension},
	OpI64Extend8S:  {"i64.extend8_s", ImmNone, "I:I", 0, FeatureSignExtension},
	OpI64Extend16S: {"i64.extend16_s", ImmNone, "I:I", 0, FeatureSignExtension},
	OpI64Extend32S: {"i64.extend32_s", ImmNone, "I:I", 0, FeatureSignExtension},

	// references
	OpRefNull:   {"ref.null", ImmRefType, "", 0, FeatureReferenceTypes},
	OpRefIsNull: {"ref.is_null", ImmNone, "", 0, FeatureReferenceTypes},
	OpRefFunc:   {"ref.func", ImmFunc, "", 0, FeatureReferenceTypes},

	OpRefAsNonNull: {"ref.as_non_null", ImmNone, "", 0, FeatureTypedReferences},
	OpBrOnNull:     {"br_on_null", ImmLabel, "", 0, FeatureTypedReferences},
	OpBrOnNonNull:  {"br_on_non_null", ImmLabel, "", 0, FeatureTypedReferences},

	// prefix 0xFC
	OpI32TruncSatF32S: {"i32.trunc_sat_f32_s", ImmNone, "f:i", 0, FeatureSaturatingConversion},
	OpI32TruncSatF32U: {"i32.trunc_sat_f32_u", ImmNone, "f:i", 0, FeatureSaturatingConversion},
	OpI32TruncSatF64S: {"i32.trunc_sat_f64_s", ImmNone, "F:i", 0, FeatureSaturatingConversion},
	OpI32TruncSatF64U: {"i32.trunc_sat_f64_u", ImmNone, "F:i", 0, FeatureSaturatingConversion},
	OpI64TruncSatF32S: {"i64.trunc_sat_f32_s", ImmNone, "f:I", 0, FeatureSaturatingConversion},
	OpI64TruncSatF32U: {"i64.trunc_sat_f32_u", ImmNone, "f:I", 0, FeatureSaturatingConversion},
	OpI64TruncSatF64S: {"i64.trunc_sat_f64_s", ImmNone, "F:I", 0, FeatureSaturatingConversion},
	OpI64TruncSatF64U: {"i64.trunc_sat_f64_u", ImmNone, "F:I", 0, FeatureSaturatingConversion},
	OpMemoryInit:      {"memory.init", ImmDataMemory, "iii:", 0, FeatureBulkMemory},
	OpDataDrop:        {"data.drop", ImmData, ":", 0, FeatureBulkMemory},
	OpMemoryCopy:      {"memory.copy", ImmMemoryMemory, "iii:", 0, FeatureBulkMemory},
	OpMemoryFill:      {"memory.fill", ImmMemory, "iii:", 0, FeatureBulkMemory},
	OpTableInit:       {"table.init", ImmElemTable, "iii:", 0, FeatureBulkMemory},
	OpElemDrop:        {"elem.drop", ImmElem, ":", 0, FeatureBulkMemory},
	OpTableCopy:       {"table.copy", ImmTableTable, "iii:", 0, FeatureBulkMemory},
	OpTableGrow:       {"table.grow", ImmTable, "", 0, FeatureReferenceTypes},
	OpTableSize:       {"table.size", ImmTable, ":i", 0, FeatureReferenceTypes},
	OpTableFill:       {"table.fill", ImmTable, "", 0, FeatureReferenceTypes},
	OpI64Add128:       {"i64.add128", ImmNone, "IIII:II", 0, FeatureWideArithmetic},
	OpI64Sub128:       {"i64.sub128", ImmNone, "IIII:II", 0, FeatureWideArithmetic},
	OpI64MulWideS:     {"i64.mul_wide_s", ImmNone, "II:II", 0, FeatureWideArithmetic},
	OpI64MulWideU:     {"i64.mul_wide_u", ImmNone, "II:II", 0, FeatureWideArithmetic},
}
