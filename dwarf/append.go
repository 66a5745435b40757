package dwarf

import (
	"encoding/binary"
	"errors"
)

var (
	errBadSize        = errors.New("number of unsupported size")
	errReservedLength = errors.New("reserved value of an initial length")
)

// AppendULEB appends v as unsigned LEB128.
func AppendULEB(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// AppendSLEB appends v as signed LEB128.
func AppendSLEB(b []byte, v int64) []byte {
	for {
		c := byte(v) & 0x7f
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

// ULEBSize is the number of bytes that AppendULEB appends.
func ULEBSize(v uint64) int {
	n := 1
	for v >= 0x80 {
		n++
		v >>= 7
	}
	return n
}

// PutPaddedULEB writes v over all of b as unsigned LEB128, and reports whether it fits.
func PutPaddedULEB(b []byte, v uint64) bool {
	for i := range b {
		b[i] = byte(v) | 0x80
		v >>= 7
	}
	b[len(b)-1] &= 0x7f
	return v == 0
}

// AppendUint appends the low size bytes of v.
func AppendUint(b []byte, v uint64, size uint8) []byte {
	switch size {
	case 1:
		return append(b, byte(v))
	case 2:
		return binary.LittleEndian.AppendUint16(b, uint16(v))
	case 4:
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	case 8:
		return binary.LittleEndian.AppendUint64(b, v)
	}
	for range size {
		b = append(b, byte(v))
		v >>= 8
	}
	return b
}
