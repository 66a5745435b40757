package info

import (
	"bytes"
	"encoding/binary"

	"sphex/dwarf"
	"sphex/dwarf/list"
)

// Value is an attribute with its value. Methods that return ok answer false when the value
// is of another class, or when what it points at is not there.
type Value struct {
	Attr dwarf.Attr
	Form dwarf.Form // never FormIndirect: that is resolved

	u    uint64 // number, offset, index
	b    []byte // block, inline string
	unit *Unit
}

// Raw is the number as it is encoded: constant, offset, index, flag.
func (v Value) Raw() uint64 { return v.u }

// uleb decodes an unsigned LEB128 number of b at pos.
func uleb(b []byte, pos int) (v uint64, next int, ok bool) {
	if pos < len(b) && b[pos] < 0x80 {
		return uint64(b[pos]), pos + 1, true
	}
	for shift := uint(0); pos < len(b); shift += 7 {
		c := b[pos]
		pos++
		if shift >= 63 && (shift > 63 && c&0x7f != 0 || shift == 63 && c&0x7f > 1) {
			return 0, pos, false
		}
		v |= uint64(c&0x7f) << min(shift, 63)
		if c < 0x80 {
			return v, pos, true
		}
	}
	return 0, pos, false
}

// lebEnd is the position behind a LEB128 number.
func lebEnd(b []byte, pos int) (int, bool) {
	for pos < len(b) {
		pos++
		if b[pos-1] < 0x80 {
			return pos, true
		}
	}
	return pos, false
}

// formSize is the size of values of a form of fixed size.
func (u *Unit) formSize(f dwarf.Form) (n int, ok bool) {
	return u.weightSize(weigh(f))
}

// weightSize is formSize for a form that is weighed.
func (u *Unit) weightSize(w weight, bytes uint8) (n int, ok bool) {
	switch w {
	case weightBytes:
		return int(bytes), true
	case weightAddr:
		return int(u.AddrSize), true
	case weightWord:
		return int(u.wordSize()), true
	case weightRefAddr:
		return int(u.refAddrSize()), true
	}
	return 0, false
}

// pass is skip for the value of an attribute, the position of which is in u.bytes or at their end.
func (u *Unit) pass(s *attrSpec, pos int) (next int, ok bool) {
	b := u.bytes
	switch s.weight {
	case weightBytes:
		pos += int(s.bytes)
		return pos, pos <= len(b)
	case weightLEB:
		if pos < len(b) && b[pos] < 0x80 {
			return pos + 1, true
		}
	case weightExpr:
		if pos < len(b) && int(b[pos]) < min(0x80, len(b)-pos) {
			return pos + 1 + int(b[pos]), true
		}
	case weightWord:
		if !u.Is64 {
			return pos + 4, pos+4 <= len(b)
		}
	}
	return u.skip(s.form, pos)
}

func (u *Unit) refAddrSize() uint8 {
	if u.Version <= 2 {
		return u.AddrSize
	}
	return u.wordSize()
}

// skip returns the position behind a value of form f at pos of u.bytes.
func (u *Unit) skip(f dwarf.Form, pos int) (next int, ok bool) {
	b := u.bytes
	if n, ok := u.formSize(f); ok {
		return pos + n, n <= len(b)-pos
	}
	var n uint64
	switch f {
	case dwarf.FormUdata, dwarf.FormRefUdata, dwarf.FormStrx, dwarf.FormAddrx, dwarf.FormLoclistx,
		dwarf.FormRnglistx, dwarf.FormGNUAddrIndex, dwarf.FormGNUStrIndex:
		_, pos, ok = uleb(b, pos)
		return pos, ok
	case dwarf.FormSdata:
		return lebEnd(b, pos)
	case dwarf.FormLLVMAddrxOffset:
		if _, pos, ok = uleb(b, pos); !ok {
			return pos, false
		}
		return pos + 4, 4 <= len(b)-pos
	case dwarf.FormString:
		i := bytes.IndexByte(b[pos:], 0)
		return pos + i + 1, i >= 0
	case dwarf.FormBlock1:
		if pos >= len(b) {
			return pos, false
		}
		n, pos = uint64(b[pos]), pos+1
	case dwarf.FormBlock2:
		if len(b)-pos < 2 {
			return pos, false
		}
		n, pos = uint64(binary.LittleEndian.Uint16(b[pos:])), pos+2
	case dwarf.FormBlock4:
		if len(b)-pos < 4 {
			return pos, false
		}
		n, pos = uint64(binary.LittleEndian.Uint32(b[pos:])), pos+4
	case dwarf.FormBlock, dwarf.FormExprloc:
		if n, pos, ok = uleb(b, pos); !ok {
			return pos, false
		}
	case dwarf.FormIndirect:
		f, pos, ok := uleb(b, pos)
		if !ok || f > 0xffff || dwarf.Form(f) == dwarf.FormIndirect || dwarf.Form(f) == dwarf.FormImplicitConst {
			return pos, false
		}
		return u.skip(dwarf.Form(f), pos)
	default:
		return pos, false
	}
	if n > uint64(len(b)-pos) {
		return pos, false
	}
	return pos + int(n), true
}

// value decodes a value that skip has passed, and returns the position behind it.
func (u *Unit) value(s *attrSpec, pos int, v *Value) int {
	b := u.bytes
	f := s.form
	switch s.weight { // the most frequent
	case weightBytes:
		switch s.bytes {
		case 1:
			v.Attr, v.Form, v.unit, v.u = s.attr, f, u, uint64(b[pos])
			return pos + 1
		case 2:
			v.Attr, v.Form, v.unit, v.u = s.attr, f, u, uint64(binary.LittleEndian.Uint16(b[pos:]))
			return pos + 2
		case 4:
			v.Attr, v.Form, v.unit, v.u = s.attr, f, u, uint64(binary.LittleEndian.Uint32(b[pos:]))
			return pos + 4
		}
	case weightLEB:
		if c := b[pos]; c < 0x80 && f != dwarf.FormSdata {
			v.Attr, v.Form, v.unit, v.u = s.attr, f, u, uint64(c)
			return pos + 1
		}
	case weightExpr:
		if c := b[pos]; c < 0x80 {
			v.Attr, v.Form, v.unit = s.attr, f, u
			v.b = b[pos+1 : pos+1+int(c) : pos+1+int(c)]
			return pos + 1 + int(c)
		}
	case weightWord:
		if !u.Is64 {
			v.Attr, v.Form, v.unit, v.u = s.attr, f, u, uint64(binary.LittleEndian.Uint32(b[pos:]))
			return pos + 4
		}
	}
	if f == dwarf.FormIndirect {
		n, next, _ := uleb(b, pos)
		f, pos = dwarf.Form(n), next
	}
	v.Attr, v.Form, v.unit = s.attr, f, u
	next, _ := u.skip(f, pos)
	switch f {
	case dwarf.FormFlagPresent:
		v.u = 1
	case dwarf.FormImplicitConst:
		v.u = uint64(s.implicit)
	case dwarf.FormString:
		v.b = b[pos : next-1 : next-1]
	case dwarf.FormData16:
		v.b = b[pos:next:next]
	case dwarf.FormBlock1:
		v.b = b[pos+1 : next : next]
	case dwarf.FormBlock2:
		v.b = b[pos+2 : next : next]
	case dwarf.FormBlock4:
		v.b = b[pos+4 : next : next]
	case dwarf.FormBlock, dwarf.FormExprloc:
		_, start, _ := uleb(b, pos)
		v.b = b[start:next:next]
	case dwarf.FormSdata:
		c := dwarf.NewCursor("", b[pos:next], 0)
		v.u = uint64(c.SLEB())
	case dwarf.FormUdata, dwarf.FormRefUdata, dwarf.FormStrx, dwarf.FormAddrx, dwarf.FormLoclistx,
		dwarf.FormRnglistx, dwarf.FormGNUAddrIndex, dwarf.FormGNUStrIndex:
		v.u, _, _ = uleb(b, pos)
	case dwarf.FormLLVMAddrxOffset:
		v.b = b[pos:next:next]
	default:
		switch next - pos {
		case 1:
			v.u = uint64(b[pos])
		case 2:
			v.u = uint64(binary.LittleEndian.Uint16(b[pos:]))
		case 3:
			v.u = uint64(b[pos]) | uint64(b[pos+1])<<8 | uint64(b[pos+2])<<16
		case 4:
			v.u = uint64(binary.LittleEndian.Uint32(b[pos:]))
		case 8:
			v.u = binary.LittleEndian.Uint64(b[pos:])
		}
	}
	return next
}

// Uint reads a constant; those that are signed and negative are none. Flags are 0 or 1.
func (v Value) Uint() (uint64, bool) {
	switch v.Form {
	case dwarf.FormData1, dwarf.FormData2, dwarf.FormData4, dwarf.FormData8, dwarf.FormUdata,
		dwarf.FormFlag, dwarf.FormFlagPresent:
		return v.u, true
	case dwarf.FormSdata, dwarf.FormImplicitConst:
		return v.u, int64(v.u) >= 0
	}
	return 0, false
}

// Int reads a constant: data1 to data8 without sign.
func (v Value) Int() (int64, bool) {
	switch v.Form {
	case dwarf.FormSdata, dwarf.FormImplicitConst:
		return int64(v.u), true
	}
	u, ok := v.Uint()
	return int64(u), ok
}

// SignExtended reads a constant, data1 to data8 with the sign of their width.
func (v Value) SignExtended() (int64, bool) {
	switch v.Form {
	case dwarf.FormData1:
		return int64(int8(v.u)), true
	case dwarf.FormData2:
		return int64(int16(v.u)), true
	case dwarf.FormData4:
		return int64(int32(v.u)), true
	}
	return v.Int()
}

// Flag reads a flag.
func (v Value) Flag() (f, ok bool) {
	return v.u != 0, v.Form == dwarf.FormFlag || v.Form == dwarf.FormFlagPresent
}

// Addr reads an address, also through .debug_addr.
func (v Value) Addr() (uint64, bool) {
	if v.unit == nil {
		return 0, false
	}
	return v.addr(&v.unit.bases)
}

func (v Value) addr(bases *Bases) (uint64, bool) {
	switch v.Form {
	case dwarf.FormAddr:
		return v.u, true
	case dwarf.FormAddrx, dwarf.FormAddrx1, dwarf.FormAddrx2, dwarf.FormAddrx3, dwarf.FormAddrx4, dwarf.FormGNUAddrIndex:
		a, err := v.unit.addrx(bases, v.u)
		return a, err == nil
	case dwarf.FormLLVMAddrxOffset:
		i, at, _ := uleb(v.b, 0)
		a, err := v.unit.addrx(bases, i)
		return a + uint64(binary.LittleEndian.Uint32(v.b[at:])), err == nil
	}
	return 0, false
}

// Ref is the offset of the entry that the value refers to.
func (v Value) Ref() (Offset, bool) {
	switch v.Form {
	case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRef4, dwarf.FormRef8, dwarf.FormRefUdata:
		off := v.unit.Offset + Offset(v.u)
		return off, off >= v.unit.First && off < v.unit.End
	case dwarf.FormRefAddr:
		return v.unit.Across(v.u)
	case dwarf.FormRefSig8:
		if t, ok := v.unit.data.TypeUnit(v.u); ok {
			if t.make != nil && t.load() != nil { // which tells where the type is
				return 0, false
			}
			return t.TypeEntry, t.Contains(t.TypeEntry)
		}
	}
	return 0, false
}

// StrBytes is a string, from whichever section; it aliases that.
func (v Value) StrBytes() ([]byte, bool) {
	switch v.Form {
	case dwarf.FormString:
		return v.b, true
	case dwarf.FormStrp:
		return dwarf.String(v.unit.sections.Str, v.u)
	case dwarf.FormLineStrp:
		return dwarf.String(v.unit.sections.LineStr, v.u)
	case dwarf.FormStrx, dwarf.FormStrx1, dwarf.FormStrx2, dwarf.FormStrx3, dwarf.FormStrx4, dwarf.FormGNUStrIndex:
		if off, ok := v.StrOffset(); ok {
			return dwarf.String(v.unit.sections.Str, off)
		}
	}
	return nil, false
}

// StrOffset is the place in .debug_str of a string that is there.
func (v Value) StrOffset() (uint64, bool) {
	switch v.Form {
	case dwarf.FormStrp:
		return v.u, true
	case dwarf.FormStrx, dwarf.FormStrx1, dwarf.FormStrx2, dwarf.FormStrx3, dwarf.FormStrx4, dwarf.FormGNUStrIndex:
		off, err := indexed(".debug_str_offsets", v.unit.sections.StrOffsets, v.unit.bases.StrOffsets, v.u, v.unit.wordSize())
		return off, err == nil
	}
	return 0, false
}

// Str is a string.
func (v Value) Str() (string, bool) {
	b, ok := v.StrBytes()
	return string(b), ok
}

// Block is the bytes of a block, exprloc or data16.
func (v Value) Block() ([]byte, bool) {
	switch v.Form {
	case dwarf.FormBlock, dwarf.FormBlock1, dwarf.FormBlock2, dwarf.FormBlock4, dwarf.FormExprloc, dwarf.FormData16:
		return v.b, true
	}
	return nil, false
}

// Expr is an expression.
func (v Value) Expr() ([]byte, bool) {
	return v.b, v.Class() == ClassExpr
}

// SecOffset is an offset into another section; of loclistx and rnglistx the offset to which
// the index leads.
func (v Value) SecOffset() (uint64, bool) {
	if v.Class() != ClassOffset {
		return 0, false
	}
	s := v.unit.sections
	switch v.Form {
	case dwarf.FormLoclistx:
		base := v.unit.bases.Loclists
		off, err := indexed(".debug_loclists", s.Loclists, base, v.u, v.unit.wordSize())
		return base + off, err == nil
	case dwarf.FormRnglistx:
		base := v.unit.bases.Rnglists
		off, err := indexed(".debug_rnglists", s.Rnglists, base, v.u, v.unit.wordSize())
		return base + off, err == nil
	}
	return v.u, true
}

// Locations appends the location list that the value names to dst.
func (v Value) Locations(dst []list.Location) ([]list.Location, error) {
	off, ok := v.SecOffset()
	if !ok {
		return dst, v.bad("location list")
	}
	return list.Locations(dst, v.unit.sections, &v.unit.lists, off)
}

// Ranges appends the range list that the value names to dst.
func (v Value) Ranges(dst []list.Range) ([]list.Range, error) {
	off, ok := v.SecOffset()
	if !ok {
		return dst, v.bad("range list")
	}
	if v.unit.Version < 5 {
		off += v.unit.bases.Ranges
	}
	s := v.unit.sections
	if v.unit.ranges != nil {
		s = v.unit.ranges
	}
	return list.Ranges(dst, s, &v.unit.lists, off)
}

func (v Value) bad(what string) error {
	if v.unit == nil {
		return dwarf.Errorf(".debug_info", 0, "no %s", what)
	}
	return dwarf.Errorf(v.unit.section, uint64(v.unit.Offset-v.unit.shift), "%v in %v names no %s of the unit", v.Attr, v.Form, what)
}
