package wasm

// The functions here decode LEB128 integers as the specification bounds them (5.2.2): no more
// than ⌈N/7⌉ bytes, unused bits all zero or all equal to the sign. They return the value, the
// position behind it, and an error message or "".

// uleb32 decodes a u32 at b[pos].
func uleb32(b []byte, pos int) (v uint32, next int, msg string) {
	for shift := uint(0); ; shift += 7 {
		if uint(pos) >= uint(len(b)) {
			return 0, pos, msgEnd
		}
		c := b[pos]
		pos++
		if shift == 28 && c > 0x0f {
			if c&0x80 != 0 {
				return 0, pos - 1, msgTooLong
			}
			return 0, pos - 1, msgTooLarge
		}
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return v, pos, ""
		}
	}
}

// uleb64 decodes a u64 at b[pos].
func uleb64(b []byte, pos int) (v uint64, next int, msg string) {
	for shift := uint(0); ; shift += 7 {
		if uint(pos) >= uint(len(b)) {
			return 0, pos, msgEnd
		}
		c := b[pos]
		pos++
		if shift == 63 && c > 1 {
			if c&0x80 != 0 {
				return 0, pos - 1, msgTooLong
			}
			return 0, pos - 1, msgTooLarge
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, pos, ""
		}
	}
}

// sleb decodes a signed integer of the given width (32, 33 or 64 bits) at b[pos].
func sleb(b []byte, pos int, bits uint) (v int64, next int, msg string) {
	for shift := uint(0); ; shift += 7 {
		if uint(pos) >= uint(len(b)) {
			return 0, pos, msgEnd
		}
		c := b[pos]
		pos++
		if shift+7 >= bits {
			if c&0x80 != 0 {
				return 0, pos - 1, msgTooLong
			}
			// All bits from the sign bit up must agree.
			sign := int8(c<<1) >> (bits - shift) // the sign bit and those above it
			if sign != 0 && sign != -1 {
				return 0, pos - 1, msgTooLarge
			}
		}
		v |= int64(c&0x7f) << shift
		if c < 0x80 {
			if s := shift + 7; s < 64 {
				v = v << (64 - s) >> (64 - s)
			}
			return v, pos, ""
		}
	}
}
