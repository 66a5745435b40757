package object

import (
	"slices"
	"strings"
)

// Strip returns the bytes of a decoded module without the custom sections whose names begin
// with ".debug_". Everything else stays byte for byte, so that code offsets still hold.
func Strip(wasm []byte) []byte {
	const header = 8 // magic and version
	if len(wasm) < header {
		return wasm
	}
	var kept [][]byte
	from := 0 // of what is kept
	for p := header; p < len(wasm); {
		size, n := leb32(wasm[p+1:])
		end := p + 1 + n + int(size)
		if n == 0 || end > len(wasm) {
			break
		}
		if wasm[p] == 0 && strings.HasPrefix(customName(wasm[p+1+n:end]), ".debug_") {
			kept = append(kept, wasm[from:p])
			from = end
		}
		p = end
	}
	return slices.Concat(append(kept, wasm[from:])...) // no larger than it needs to be
}

func customName(b []byte) string {
	size, n := leb32(b)
	if n == 0 || int(size) > len(b)-n {
		return ""
	}
	return string(b[n : n+int(size)])
}

// leb32 decodes an unsigned LEB128 of at most 32 bits; n is 0 when there is none.
func leb32(b []byte) (v uint32, n int) {
	for i := 0; i < len(b) && i < 5; i++ {
		v |= uint32(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
