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
	}
	return "", 0
}

// unsupportedOneByte has the opcodes without a prefix.
var unsupportedOneByte = [256]struct {
	name    string
	feature Feature
}{
	0xd3: {"ref.eq", FeatureGC},
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
