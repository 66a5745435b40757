package native

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
)

// Moved says where an instruction went: From counts from the start of the original code, To from
// that of the copy.
type Moved struct{ From, To uint32 }

var errRelocate = errors.New("native: the instruction can't be moved")

// Relocate makes a copy of the instructions in code, which stands at from, that does the same at
// to, and behind it goes on where the last one ends. It leaves skip bytes out and takes whole
// instructions until n bytes are covered, one at least. The last of the rows of moved is the
// jump back, whose From is the number of bytes covered.
//
// What a signal or an unwinder finds in the copy is told from moved; a call in it returns into it.
func Relocate(code []byte, skip, n int, from, to abi.Addr) (out []byte, moved []Moved, err error) {
	off := skip
	for off < n || off == 0 {
		in, err := x86asm.Decode(code[off:], 64)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %v", errRelocate, err)
		}
		raw := code[off : off+in.Len]
		moved = append(moved, Moved{uint32(off), uint32(len(out))})
		off += in.Len
		switch in.PCRel {
		case 0:
			out = append(out, raw...)
			continue
		case 1:
			switch op := raw[0]; {
			case in.Len != 2:
				return nil, nil, errRelocate
			case op == 0xeb:
				out = append(out, 0xe9)
			case op>>4 == 7:
				out = append(out, 0x0f, 0x80|op&15)
			default: // counts or tests rcx: there is no long form
				return nil, nil, errRelocate
			}
			target := int64(from) + int64(off) + int64(int8(raw[1]))
			out = appendRel(out, target, to)
		case 4:
			target := int64(from) + int64(off) + int64(int32(binary.LittleEndian.Uint32(raw[in.PCRelOff:])))
			tail := raw[in.PCRelOff+4:] // an immediate, which the distance counts
			out = append(out, raw[:in.PCRelOff]...)
			out = appendRel(out, target-int64(len(tail)), to)
			out = append(out, tail...)
		default:
			return nil, nil, errRelocate
		}
		if out == nil {
			return nil, nil, errRelocate
		}
	}
	moved = append(moved, Moved{uint32(off), uint32(len(out))})
	if out = appendRel(append(out, 0xe9), int64(from)+int64(off), to); out == nil {
		return nil, nil, errRelocate
	}
	return out, moved, nil
}

// appendRel appends the distance to target from behind the field itself, where out begins at
// base; nil if it does not fit.
func appendRel(out []byte, target int64, base abi.Addr) []byte {
	d := target - (int64(base) + int64(len(out)) + 4)
	if d < math.MinInt32 || d > math.MaxInt32 {
		return nil
	}
	return binary.LittleEndian.AppendUint32(out, uint32(int32(d)))
}
