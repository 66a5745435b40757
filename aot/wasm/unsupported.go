package wasm

// unsupportedOp returns the name and the feature of an opcode that is defined but not
// supported, so that a module that uses it is refused by name; the name is empty for an
// opcode that is not defined.
func unsupportedOp(op Op) (name string, f Feature) {
	at := func(names []string, i Op) string {
		if int(i) < len(names) {
			return names[i]
		}
		return ""
	}
	switch {
	case op < prefixFB:
		r := unsupportedOneByte[op]
		return r.name, r.feature
	case op < prefixFC:
		return at(gcNames[:], op-prefixFB), FeatureGC
	case op < prefixFE:
		return at(wideNames[:], op-prefixFC), FeatureWideArithmetic
	case op < prefixFD:
		return at(threadNames[:], op-prefixFE), FeatureThreads
	}
	return "", 0
}

// unsupportedOneByte has the opcodes without a prefix.
var unsupportedOneByte = [256]struct {
	name    string
	feature Feature
}{
	0x14: {"call_ref", FeatureTypedReferences},
	0x15: {"return_call_ref", FeatureTypedReferences},
	0xd3: {"ref.eq", FeatureGC},
	0xd4: {"ref.as_non_null", FeatureTypedReferences},
	0xd5: {"br_on_null", FeatureTypedReferences},
	0xd6: {"br_on_non_null", FeatureTypedReferences},
	0xe0: {"cont.new", FeatureStackSwitching},
	0xe1: {"cont.bind", FeatureStackSwitching},
	0xe2: {"suspend", FeatureStackSwitching},
	0xe3: {"resume", FeatureStackSwitching},
	0xe4: {"resume_throw", FeatureStackSwitching},
	0xe5: {"resume_throw_ref", FeatureStackSwitching},
	0xe6: {"switch", FeatureStackSwitching},
}

// gcNames are the opcodes behind 0xFB.
var gcNames = [...]string{
	0x00: "struct.new",
	0x01: "struct.new_default",
	0x02: "struct.get",
	0x03: "struct.get_s",
	0x04: "struct.get_u",
	0x05: "struct.set",
	0x06: "array.new",
	0x07: "array.new_default",
	0x08: "array.new_fixed",
	0x09: "array.new_data",
	0x0a: "array.new_elem",
	0x0b: "array.get",
	0x0c: "array.get_s",
	0x0d: "array.get_u",
	0x0e: "array.set",
	0x0f: "array.len",
	0x10: "array.fill",
	0x11: "array.copy",
	0x12: "array.init_data",
	0x13: "array.init_elem",
	0x14: "ref.test",
	0x15: "ref.test_null",
	0x16: "ref.cast",
	0x17: "ref.cast_null",
	0x18: "br_on_cast",
	0x19: "br_on_cast_fail",
	0x1a: "any.convert_extern",
	0x1b: "extern.convert_any",
	0x1c: "ref.i31",
	0x1d: "i31.get_s",
	0x1e: "i31.get_u",
}

// wideNames are those behind 0xFC that are not supported.
var wideNames = [...]string{
	0x13: "i64.add128",
	0x14: "i64.sub128",
	0x15: "i64.mul_wide_s",
	0x16: "i64.mul_wide_u",
}

// threadNames are the opcodes behind 0xFE.
var threadNames = [...]string{
	0x00: "memory.atomic.notify",
	0x01: "memory.atomic.wait32",
	0x02: "memory.atomic.wait64",
	0x03: "atomic.fence",
	0x10: "i32.atomic.load",
	0x11: "i64.atomic.load",
	0x12: "i32.atomic.load8_u",
	0x13: "i32.atomic.load16_u",
	0x14: "i64.atomic.load8_u",
	0x15: "i64.atomic.load16_u",
	0x16: "i64.atomic.load32_u",
	0x17: "i32.atomic.store",
	0x18: "i64.atomic.store",
	0x19: "i32.atomic.store8",
	0x1a: "i32.atomic.store16",
	0x1b: "i64.atomic.store8",
	0x1c: "i64.atomic.store16",
	0x1d: "i64.atomic.store32",
	0x1e: "i32.atomic.rmw.add",
	0x1f: "i64.atomic.rmw.add",
	0x20: "i32.atomic.rmw8.add_u",
	0x21: "i32.atomic.rmw16.add_u",
	0x22: "i64.atomic.rmw8.add_u",
	0x23: "i64.atomic.rmw16.add_u",
	0x24: "i64.atomic.rmw32.add_u",
	0x25: "i32.atomic.rmw.sub",
	0x26: "i64.atomic.rmw.sub",
	0x27: "i32.atomic.rmw8.sub_u",
	0x28: "i32.atomic.rmw16.sub_u",
	0x29: "i64.atomic.rmw8.sub_u",
	0x2a: "i64.atomic.rmw16.sub_u",
	0x2b: "i64.atomic.rmw32.sub_u",
	0x2c: "i32.atomic.rmw.and",
	0x2d: "i64.atomic.rmw.and",
	0x2e: "i32.atomic.rmw8.and_u",
	0x2f: "i32.atomic.rmw16.and_u",
	0x30: "i64.atomic.rmw8.and_u",
	0x31: "i64.atomic.rmw16.and_u",
	0x32: "i64.atomic.rmw32.and_u",
	0x33: "i32.atomic.rmw.or",
	0x34: "i64.atomic.rmw.or",
	0x35: "i32.atomic.rmw8.or_u",
	0x36: "i32.atomic.rmw16.or_u",
	0x37: "i64.atomic.rmw8.or_u",
	0x38: "i64.atomic.rmw16.or_u",
	0x39: "i64.atomic.rmw32.or_u",
	0x3a: "i32.atomic.rmw.xor",
	0x3b: "i64.atomic.rmw.xor",
	0x3c: "i32.atomic.rmw8.xor_u",
	0x3d: "i32.atomic.rmw16.xor_u",
	0x3e: "i64.atomic.rmw8.xor_u",
	0x3f: "i64.atomic.rmw16.xor_u",
	0x40: "i64.atomic.rmw32.xor_u",
	0x41: "i32.atomic.rmw.xchg",
	0x42: "i64.atomic.rmw.xchg",
	0x43: "i32.atomic.rmw8.xchg_u",
	0x44: "i32.atomic.rmw16.xchg_u",
	0x45: "i64.atomic.rmw8.xchg_u",
	0x46: "i64.atomic.rmw16.xchg_u",
	0x47: "i64.atomic.rmw32.xchg_u",
	0x48: "i32.atomic.rmw.cmpxchg",
	0x49: "i64.atomic.rmw.cmpxchg",
	0x4a: "i32.atomic.rmw8.cmpxchg_u",
	0x4b: "i32.atomic.rmw16.cmpxchg_u",
	0x4c: "i64.atomic.rmw8.cmpxchg_u",
	0x4d: "i64.atomic.rmw16.cmpxchg_u",
	0x4e: "i64.atomic.rmw32.cmpxchg_u",
}
