package wasm

// The opcodes behind 0xFE: atomic accesses, and waiting for another thread (threads proposal, "Overview").
const (
	OpAtomicNotify           Op = prefixFE + 0x00
	OpAtomicWait32           Op = prefixFE + 0x01
	OpAtomicWait64           Op = prefixFE + 0x02
	OpAtomicFence            Op = prefixFE + 0x03
	OpI32AtomicLoad          Op = prefixFE + 0x10
	OpI64AtomicLoad          Op = prefixFE + 0x11
	OpI32AtomicLoad8U        Op = prefixFE + 0x12
	OpI32AtomicLoad16U       Op = prefixFE + 0x13
	OpI64AtomicLoad8U        Op = prefixFE + 0x14
	OpI64AtomicLoad16U       Op = prefixFE + 0x15
	OpI64AtomicLoad32U       Op = prefixFE + 0x16
	OpI32AtomicStore         Op = prefixFE + 0x17
	OpI64AtomicStore         Op = prefixFE + 0x18
	OpI32AtomicStore8        Op = prefixFE + 0x19
	OpI32AtomicStore16       Op = prefixFE + 0x1a
	OpI64AtomicStore8        Op = prefixFE + 0x1b
	OpI64AtomicStore16       Op = prefixFE + 0x1c
	OpI64AtomicStore32       Op = prefixFE + 0x1d
	OpI32AtomicRmwAdd        Op = prefixFE + 0x1e
	OpI64AtomicRmwAdd        Op = prefixFE + 0x1f
	OpI32AtomicRmw8AddU      Op = prefixFE + 0x20
	OpI32AtomicRmw16AddU     Op = prefixFE + 0x21
	OpI64AtomicRmw8AddU      Op = prefixFE + 0x22
	OpI64AtomicRmw16AddU     Op = prefixFE + 0x23
	OpI64AtomicRmw32AddU     Op = prefixFE + 0x24
	OpI32AtomicRmwSub        Op = prefixFE + 0x25
	OpI64AtomicRmwSub        Op = prefixFE + 0x26
	OpI32AtomicRmw8SubU      Op = prefixFE + 0x27
	OpI32AtomicRmw16SubU     Op = prefixFE + 0x28
	OpI64AtomicRmw8SubU      Op = prefixFE + 0x29
	OpI64AtomicRmw16SubU     Op = prefixFE + 0x2a
	OpI64AtomicRmw32SubU     Op = prefixFE + 0x2b
	OpI32AtomicRmwAnd        Op = prefixFE + 0x2c
	OpI64AtomicRmwAnd        Op = prefixFE + 0x2d
	OpI32AtomicRmw8AndU      Op = prefixFE + 0x2e
	OpI32AtomicRmw16AndU     Op = prefixFE + 0x2f
	OpI64AtomicRmw8AndU      Op = prefixFE + 0x30
	OpI64AtomicRmw16AndU     Op = prefixFE + 0x31
	OpI64AtomicRmw32AndU     Op = prefixFE + 0x32
	OpI32AtomicRmwOr         Op = prefixFE + 0x33
	OpI64AtomicRmwOr         Op = prefixFE + 0x34
	OpI32AtomicRmw8OrU       Op = prefixFE + 0x35
	OpI32AtomicRmw16OrU      Op = prefixFE + 0x36
	OpI64AtomicRmw8OrU       Op = prefixFE + 0x37
	OpI64AtomicRmw16OrU      Op = prefixFE + 0x38
	OpI64AtomicRmw32OrU      Op = prefixFE + 0x39
	OpI32AtomicRmwXor        Op = prefixFE + 0x3a
	OpI64AtomicRmwXor        Op = prefixFE + 0x3b
	OpI32AtomicRmw8XorU      Op = prefixFE + 0x3c
	OpI32AtomicRmw16XorU     Op = prefixFE + 0x3d
	OpI64AtomicRmw8XorU      Op = prefixFE + 0x3e
	OpI64AtomicRmw16XorU     Op = prefixFE + 0x3f
	OpI64AtomicRmw32XorU     Op = prefixFE + 0x40
	OpI32AtomicRmwXchg       Op = prefixFE + 0x41
	OpI64AtomicRmwXchg       Op = prefixFE + 0x42
	OpI32AtomicRmw8XchgU     Op = prefixFE + 0x43
	OpI32AtomicRmw16XchgU    Op = prefixFE + 0x44
	OpI64AtomicRmw8XchgU     Op = prefixFE + 0x45
	OpI64AtomicRmw16XchgU    Op = prefixFE + 0x46
	OpI64AtomicRmw32XchgU    Op = prefixFE + 0x47
	OpI32AtomicRmwCmpxchg    Op = prefixFE + 0x48
	OpI64AtomicRmwCmpxchg    Op = prefixFE + 0x49
	OpI32AtomicRmw8CmpxchgU  Op = prefixFE + 0x4a
	OpI32AtomicRmw16CmpxchgU Op = prefixFE + 0x4b
	OpI64AtomicRmw8CmpxchgU  Op = prefixFE + 0x4c
	OpI64AtomicRmw16CmpxchgU Op = prefixFE + 0x4d
	OpI64AtomicRmw32CmpxchgU Op = prefixFE + 0x4e
)

// atomicOps has the rows of the atomic opcodes: see ops.
var atomicOps = [0x100]opRow{
	OpAtomicNotify - prefixFE:           {"memory.atomic.notify", ImmMem, "ii:i", 4, FeatureThreads},
	OpAtomicWait32 - prefixFE:           {"memory.atomic.wait32", ImmMem, "iiI:i", 4, FeatureThreads},
	OpAtomicWait64 - prefixFE:           {"memory.atomic.wait64", ImmMem, "iII:i", 8, FeatureThreads},
	OpAtomicFence - prefixFE:            {"atomic.fence", ImmFence, ":", 0, FeatureThreads},
	OpI32AtomicLoad - prefixFE:          {"i32.atomic.load", ImmMem, "i:i", 4, FeatureThreads},
	OpI64AtomicLoad - prefixFE:          {"i64.atomic.load", ImmMem, "i:I", 8, FeatureThreads},
	OpI32AtomicLoad8U - prefixFE:        {"i32.atomic.load8_u", ImmMem, "i:i", 1, FeatureThreads},
	OpI32AtomicLoad16U - prefixFE:       {"i32.atomic.load16_u", ImmMem, "i:i", 2, FeatureThreads},
	OpI64AtomicLoad8U - prefixFE:        {"i64.atomic.load8_u", ImmMem, "i:I", 1, FeatureThreads},
	OpI64AtomicLoad16U - prefixFE:       {"i64.atomic.load16_u", ImmMem, "i:I", 2, FeatureThreads},
	OpI64AtomicLoad32U - prefixFE:       {"i64.atomic.load32_u", ImmMem, "i:I", 4, FeatureThreads},
	OpI32AtomicStore - prefixFE:         {"i32.atomic.store", ImmMem, "ii:", 4, FeatureThreads},
	OpI64AtomicStore - prefixFE:         {"i64.atomic.store", ImmMem, "iI:", 8, FeatureThreads},
	OpI32AtomicStore8 - prefixFE:        {"i32.atomic.store8", ImmMem, "ii:", 1, FeatureThreads},
	OpI32AtomicStore16 - prefixFE:       {"i32.atomic.store16", ImmMem, "ii:", 2, FeatureThreads},
	OpI64AtomicStore8 - prefixFE:        {"i64.atomic.store8", ImmMem, "iI:", 1, FeatureThreads},
	OpI64AtomicStore16 - prefixFE:       {"i64.atomic.store16", ImmMem, "iI:", 2, FeatureThreads},
	OpI64AtomicStore32 - prefixFE:       {"i64.atomic.store32", ImmMem, "iI:", 4, FeatureThreads},
	OpI32AtomicRmwAdd - prefixFE:        {"i32.atomic.rmw.add", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwAdd - prefixFE:        {"i64.atomic.rmw.add", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8AddU - prefixFE:      {"i32.atomic.rmw8.add_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16AddU - prefixFE:     {"i32.atomic.rmw16.add_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8AddU - prefixFE:      {"i64.atomic.rmw8.add_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16AddU - prefixFE:     {"i64.atomic.rmw16.add_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32AddU - prefixFE:     {"i64.atomic.rmw32.add_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwSub - prefixFE:        {"i32.atomic.rmw.sub", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwSub - prefixFE:        {"i64.atomic.rmw.sub", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8SubU - prefixFE:      {"i32.atomic.rmw8.sub_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16SubU - prefixFE:     {"i32.atomic.rmw16.sub_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8SubU - prefixFE:      {"i64.atomic.rmw8.sub_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16SubU - prefixFE:     {"i64.atomic.rmw16.sub_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32SubU - prefixFE:     {"i64.atomic.rmw32.sub_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwAnd - prefixFE:        {"i32.atomic.rmw.and", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwAnd - prefixFE:        {"i64.atomic.rmw.and", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8AndU - prefixFE:      {"i32.atomic.rmw8.and_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16AndU - prefixFE:     {"i32.atomic.rmw16.and_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8AndU - prefixFE:      {"i64.atomic.rmw8.and_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16AndU - prefixFE:     {"i64.atomic.rmw16.and_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32AndU - prefixFE:     {"i64.atomic.rmw32.and_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwOr - prefixFE:         {"i32.atomic.rmw.or", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwOr - prefixFE:         {"i64.atomic.rmw.or", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8OrU - prefixFE:       {"i32.atomic.rmw8.or_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16OrU - prefixFE:      {"i32.atomic.rmw16.or_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8OrU - prefixFE:       {"i64.atomic.rmw8.or_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16OrU - prefixFE:      {"i64.atomic.rmw16.or_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32OrU - prefixFE:      {"i64.atomic.rmw32.or_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwXor - prefixFE:        {"i32.atomic.rmw.xor", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwXor - prefixFE:        {"i64.atomic.rmw.xor", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8XorU - prefixFE:      {"i32.atomic.rmw8.xor_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16XorU - prefixFE:     {"i32.atomic.rmw16.xor_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8XorU - prefixFE:      {"i64.atomic.rmw8.xor_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16XorU - prefixFE:     {"i64.atomic.rmw16.xor_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32XorU - prefixFE:     {"i64.atomic.rmw32.xor_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwXchg - prefixFE:       {"i32.atomic.rmw.xchg", ImmMem, "ii:i", 4, FeatureThreads},
	OpI64AtomicRmwXchg - prefixFE:       {"i64.atomic.rmw.xchg", ImmMem, "iI:I", 8, FeatureThreads},
	OpI32AtomicRmw8XchgU - prefixFE:     {"i32.atomic.rmw8.xchg_u", ImmMem, "ii:i", 1, FeatureThreads},
	OpI32AtomicRmw16XchgU - prefixFE:    {"i32.atomic.rmw16.xchg_u", ImmMem, "ii:i", 2, FeatureThreads},
	OpI64AtomicRmw8XchgU - prefixFE:     {"i64.atomic.rmw8.xchg_u", ImmMem, "iI:I", 1, FeatureThreads},
	OpI64AtomicRmw16XchgU - prefixFE:    {"i64.atomic.rmw16.xchg_u", ImmMem, "iI:I", 2, FeatureThreads},
	OpI64AtomicRmw32XchgU - prefixFE:    {"i64.atomic.rmw32.xchg_u", ImmMem, "iI:I", 4, FeatureThreads},
	OpI32AtomicRmwCmpxchg - prefixFE:    {"i32.atomic.rmw.cmpxchg", ImmMem, "iii:i", 4, FeatureThreads},
	OpI64AtomicRmwCmpxchg - prefixFE:    {"i64.atomic.rmw.cmpxchg", ImmMem, "iII:I", 8, FeatureThreads},
	OpI32AtomicRmw8CmpxchgU - prefixFE:  {"i32.atomic.rmw8.cmpxchg_u", ImmMem, "iii:i", 1, FeatureThreads},
	OpI32AtomicRmw16CmpxchgU - prefixFE: {"i32.atomic.rmw16.cmpxchg_u", ImmMem, "iii:i", 2, FeatureThreads},
	OpI64AtomicRmw8CmpxchgU - prefixFE:  {"i64.atomic.rmw8.cmpxchg_u", ImmMem, "iII:I", 1, FeatureThreads},
	OpI64AtomicRmw16CmpxchgU - prefixFE: {"i64.atomic.rmw16.cmpxchg_u", ImmMem, "iII:I", 2, FeatureThreads},
	OpI64AtomicRmw32CmpxchgU - prefixFE: {"i64.atomic.rmw32.cmpxchg_u", ImmMem, "iII:I", 4, FeatureThreads},
}

// Atomic reports whether op is an atomic access: its alignment must be the natural one.
func (op Op) Atomic() bool {
	return op >= OpAtomicNotify && op <= OpI64AtomicRmw32CmpxchgU && op != OpAtomicFence
}
