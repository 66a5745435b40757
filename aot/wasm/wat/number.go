package wat

import (
	"math"
	"strconv"

	"sphex/aot/wasm"
)

// appendConst appends a constant of a number type: integers signed, floats in the shortest
// decimal form that reads back as the same bits.
func appendConst(dst []byte, t wasm.ValType, v uint64) []byte {
	switch t {
	case wasm.I32:
		return strconv.AppendInt(dst, int64(int32(v)), 10)
	case wasm.F32:
		return appendFloat(dst, float64(math.Float32frombits(uint32(v))), 32, v>>31&1 != 0, v&(1<<23-1), 1<<22)
	case wasm.F64:
		return appendFloat(dst, math.Float64frombits(v), 64, v>>63 != 0, v&(1<<52-1), 1<<51)
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

// appendFloat appends a float. payload and quiet are those of a NaN.
func appendFloat(dst []byte, v float64, bits int, negative bool, payload, quiet uint64) []byte {
	switch {
	case v != v:
		if negative {
			dst = append(dst, '-')
		}
		dst = append(dst, "nan"...)
		if payload != quiet {
			dst = strconv.AppendUint(append(dst, ":0x"...), payload, 16)
		}
		return dst
	case math.IsInf(v, 0):
		if negative {
			dst = append(dst, '-')
		}
		return append(dst, "inf"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits)
}

// appendString appends a quoted string; bytes that are not printable ASCII are escaped.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		dst = appendByte(dst, s[i])
	}
	return append(dst, '"')
}

func appendByte(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	if c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
		return append(dst, '\\', hex[c>>4], hex[c&15])
	}
	return append(dst, c)
}
