package index

import (
	"encoding/binary"

	"sphex/dwarf"
)

// Arange says that [Low, High) belongs to the unit at offset Unit of .debug_info.
type Arange struct {
	Low, High uint64
	Unit      uint64
}

// Aranges reads .debug_aranges. Entries of length 0 are dropped. On an error the entries
// before it are returned.
func Aranges(section []byte) ([]Arange, error) {
	var out []Arange
	err := eachPair(section, func(_, low, length, unit uint64, _ uint8) {
		if length != 0 {
			out = append(out, Arange{low, low + length, unit})
		}
	})
	return out, err
}

// eachPair calls f for each pair: at is the offset of its address, of size bytes.
func eachPair(section []byte, f func(at, low, length, unit uint64, size uint8)) error {
	for off := uint64(0); off < uint64(len(section)); {
		c := dwarf.CursorAt(".debug_aranges", section, off)
		n, is64 := c.InitialLength()
		c.Limit(n)
		next := c.Offset() + n
		version := c.U16()
		unit := c.Word(is64)
		size, segment := c.U8(), c.U8()
		if c.Err() != nil {
			return c.Err()
		}
		if version != 2 || segment != 0 || size == 0 || size > 8 {
			return dwarf.Errorf(".debug_aranges", off, "unsupported set: version %d, addresses of %d bytes, segments of %d", version, size, segment)
		}
		// The first pair is aligned to its size, counted from the start of the set.
		if over := (c.Offset() - off) % (2 * uint64(size)); over != 0 {
			c.Skip(2*uint64(size) - over)
		}
		for c.Len() > 0 {
			at := c.Offset()
			low, length := c.Uint(size), c.Uint(size)
			if c.Err() != nil {
				return c.Err()
			}
			if low == 0 && length == 0 {
				break
			}
			f(at, low, length, unit, size)
		}
		off = next
	}
	return nil
}

// AppendAranges appends the set of the unit at offset unit of .debug_info: 32-bit format,
// 8-byte addresses. Sets can follow each other.
func AppendAranges(dst []byte, unit uint64, ranges []Arange) []byte {
	le := binary.LittleEndian
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 2, 0)
	dst = le.AppendUint32(dst, uint32(unit))
	dst = append(dst, 8, 0, 0, 0, 0, 0)
	for _, r := range ranges {
		if r.High > r.Low {
			dst = le.AppendUint64(le.AppendUint64(dst, r.Low), r.High-r.Low)
		}
	}
	dst = append(dst, make([]byte, 16)...)
	le.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// Sets calls yield for each set: the unit that it is about, and its ranges, which may be none.
func Sets(section []byte, yield func(unit uint64, ranges []Arange)) error {
	for off := uint64(0); off < uint64(len(section)); {
		c := dwarf.CursorAt(".debug_aranges", section, off)
		n, is64 := c.InitialLength()
		c.Limit(n)
		next := c.Offset() + n
		c.U16()
		unit := c.Word(is64)
		if c.Err() != nil {
			return c.Err()
		}
		ranges, err := Aranges(section[off:next])
		if err != nil {
			return err
		}
		yield(unit, ranges)
		off = next
	}
	return nil
}
