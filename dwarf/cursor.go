package dwarf

import (
	"bytes"
	"encoding/binary"
)

// Cursor reads little-endian data from a section. The first error sticks: from then on all
// reads return zero values, so that a caller may check once after a group of reads.
type Cursor struct {
	data    []byte
	pos     int
	base    uint64 // section offset of data[0]
	section string
	err     error
}

// NewCursor reads data, which starts at offset base of the section.
func NewCursor(section string, data []byte, base uint64) Cursor {
	return Cursor{data: data, base: base, section: section}
}

// CursorAt reads the section's data from off on. An offset outside is an error of the first read.
func CursorAt(section string, data []byte, off uint64) Cursor {
	c := Cursor{data: data, section: section}
	if off > uint64(len(data)) {
		c.err = &Error{section, off, ErrTruncated}
		c.pos = len(data)
	} else {
		c.pos = int(off)
	}
	return c
}

// Err returns the first error, with section and offset.
func (c *Cursor) Err() error { return c.err }

// Fail records an error at the present offset, unless there was one before.
func (c *Cursor) Fail(err error) {
	if c.err == nil {
		c.err = &Error{c.section, c.Offset(), err}
	}
}

// Offset is the section offset of the next byte.
func (c *Cursor) Offset() uint64 { return c.base + uint64(c.pos) }

// Len is the number of bytes left; 0 after an error.
func (c *Cursor) Len() int {
	if c.err != nil {
		return 0
	}
	return len(c.data) - c.pos
}

// Limit cuts the cursor's data n bytes from here.
func (c *Cursor) Limit(n uint64) {
	if c.err != nil {
		return
	}
	if n > uint64(len(c.data)-c.pos) {
		c.Fail(ErrTruncated)
		return
	}
	c.data = c.data[: c.pos+int(n) : c.pos+int(n)]
}

// Bytes reads n bytes; the result aliases the section.
func (c *Cursor) Bytes(n uint64) []byte {
	if c.err != nil || n > uint64(len(c.data)-c.pos) {
		c.Fail(ErrTruncated)
		return nil
	}
	b := c.data[c.pos : c.pos+int(n) : c.pos+int(n)]
	c.pos += int(n)
	return b
}

// Skip passes over n bytes.
func (c *Cursor) Skip(n uint64) {
	if c.err != nil || n > uint64(len(c.data)-c.pos) {
		c.Fail(ErrTruncated)
		return
	}
	c.pos += int(n)
}

// U8 reads one byte.
func (c *Cursor) U8() uint8 {
	if c.err != nil || c.pos >= len(c.data) {
		c.Fail(ErrTruncated)
		return 0
	}
	b := c.data[c.pos]
	c.pos++
	return b
}

// U16 reads two bytes.
func (c *Cursor) U16() uint16 {
	if b := c.Bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U24 reads three bytes.
func (c *Cursor) U24() uint32 {
	if b := c.Bytes(3); b != nil {
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	}
	return 0
}

// U32 reads four bytes.
func (c *Cursor) U32() uint32 {
	if b := c.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// U64 reads eight bytes.
func (c *Cursor) U64() uint64 {
	if b := c.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Uint reads a number of 1 to 8 bytes, an address for example.
func (c *Cursor) Uint(size uint8) uint64 {
	switch size {
	case 1:
		return uint64(c.U8())
	case 2:
		return uint64(c.U16())
	case 4:
		return uint64(c.U32())
	case 8:
		return c.U64()
	}
	if size == 0 || size > 8 {
		c.Fail(errBadSize)
		return 0
	}
	var v uint64
	for i, b := range c.Bytes(uint64(size)) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

// Word reads an offset or length: 8 bytes in the 64-bit format of DWARF, else 4.
func (c *Cursor) Word(is64 bool) uint64 {
	if is64 {
		return c.U64()
	}
	return uint64(c.U32())
}

// InitialLength reads the length that starts a unit, and which of the two formats follows.
func (c *Cursor) InitialLength() (n uint64, is64 bool) {
	v := c.U32()
	switch {
	case v == 0xffff_ffff:
		return c.U64(), true
	case v >= 0xffff_fff0:
		c.Fail(errReservedLength)
		return 0, false
	}
	return uint64(v), false
}

// ULEB reads an unsigned LEB128 number.
func (c *Cursor) ULEB() uint64 {
	if c.err == nil && c.pos < len(c.data) {
		if b := c.data[c.pos]; b < 0x80 {
			c.pos++
			return uint64(b)
		}
	}
	return c.ulebSlow()
}

func (c *Cursor) ulebSlow() uint64 {
	var v uint64
	if c.err == nil {
		for i, shift := c.pos, uint(0); i < len(c.data) && shift < 56; i, shift = i+1, shift+7 {
			b := c.data[i]
			if v |= uint64(b&0x7f) << shift; b < 0x80 {
				c.pos = i + 1
				return v
			}
		}
		v = 0 // it is long, or cut off
	}
	for shift := uint(0); ; shift += 7 {
		b := c.U8()
		if c.err != nil {
			return 0
		}
		bits := uint64(b & 0x7f)
		if shift < 64 {
			if shift == 63 && bits > 1 {
				c.Fail(ErrOverflow)
				return 0
			}
			v |= bits << shift
		} else if bits != 0 {
			c.Fail(ErrOverflow)
			return 0
		}
		if b < 0x80 {
			return v
		}
	}
}

// SLEB reads a signed LEB128 number.
func (c *Cursor) SLEB() int64 {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		b := c.U8()
		if c.err != nil {
			return 0
		}
		bits := uint64(b & 0x7f)
		switch {
		case shift < 63:
			v |= bits << shift
		case shift == 63:
			if bits != 0 && bits != 0x7f {
				c.Fail(ErrOverflow)
				return 0
			}
			v |= bits << shift
		case bits != 0x7f*(v>>63): // padding repeats the sign
			c.Fail(ErrOverflow)
			return 0
		}
		if b < 0x80 {
			if shift < 57 && b&0x40 != 0 {
				v |= ^uint64(0) << (shift + 7)
			}
			return int64(v)
		}
	}
}

// CString reads bytes up to a zero byte, which it passes over.
func (c *Cursor) CString() []byte {
	if c.err != nil {
		return nil
	}
	n := bytes.IndexByte(c.data[c.pos:], 0)
	if n < 0 {
		c.Fail(ErrTruncated)
		return nil
	}
	b := c.data[c.pos : c.pos+n : c.pos+n]
	c.pos += n + 1
	return b
}

// Rest reads all that is left.
func (c *Cursor) Rest() []byte { return c.Bytes(uint64(c.Len())) }
