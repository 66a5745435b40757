package info

import (
	"bytes"
	"encoding/binary"
	"math"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/list"
)

// The methods below write attributes of the entry that was begun last, before its first
// child is begun.

func (u *UnitWriter) attr(a dwarf.Attr, f dwarf.Form) {
	if !u.open {
		panic("dwarf/info: UnitWriter: attribute " + a.String() + " outside of an entry or behind its children")
	}
	if a < 0x80 && f < 0x80 {
		u.specs = append(u.specs, byte(a), byte(f))
	} else {
		u.specs = dwarf.AppendULEB(dwarf.AppendULEB(u.specs, uint64(a)), uint64(f))
	}
	u.hash = addHash(u.hash, uint64(a)<<16|uint64(f))
}

// Uint writes a constant in the smallest of data1, data2, data4 and data8.
func (u *UnitWriter) Uint(a dwarf.Attr, v uint64) {
	switch {
	case v <= math.MaxUint8:
		u.Data(a, v, 1)
	case v <= math.MaxUint16:
		u.Data(a, v, 2)
	case v <= math.MaxUint32:
		u.Data(a, v, 4)
	default:
		u.Data(a, v, 8)
	}
}

// Data writes a constant of 1, 2, 4 or 8 bytes, where the width means something.
func (u *UnitWriter) Data(a dwarf.Attr, v uint64, size uint8) {
	form := dwarf.FormData8
	switch size {
	case 1:
		form = dwarf.FormData1
	case 2:
		form = dwarf.FormData2
	case 4:
		form = dwarf.FormData4
	}
	u.attr(a, form)
	u.vals = dwarf.AppendUint(u.vals, v, size)
}

// Int writes a signed constant (sdata).
func (u *UnitWriter) Int(a dwarf.Attr, v int64) {
	u.attr(a, dwarf.FormSdata)
	u.vals = dwarf.AppendSLEB(u.vals, v)
}

// Udata writes an unsigned constant as LEB128.
func (u *UnitWriter) Udata(a dwarf.Attr, v uint64) {
	u.attr(a, dwarf.FormUdata)
	u.vals = dwarf.AppendULEB(u.vals, v)
}

// ImplicitConst writes a constant into the abbreviation, for what many entries share.
func (u *UnitWriter) ImplicitConst(a dwarf.Attr, v int64) {
	u.attr(a, dwarf.FormImplicitConst)
	u.specs = dwarf.AppendSLEB(u.specs, v)
	u.hash = addHash(u.hash, uint64(v))
}

// Flag writes a true flag (flag_present).
func (u *UnitWriter) Flag(a dwarf.Attr) { u.attr(a, dwarf.FormFlagPresent) }

// False writes a false flag.
func (u *UnitWriter) False(a dwarf.Attr) {
	u.attr(a, dwarf.FormFlag)
	u.vals = append(u.vals, 0)
}

// Addr writes an address.
func (u *UnitWriter) Addr(a dwarf.Attr, addr uint64) {
	u.attr(a, dwarf.FormAddr)
	u.vals = binary.LittleEndian.AppendUint64(u.vals, addr)
}

// Str writes a string: inline when it is short, else through the table.
func (u *UnitWriter) Str(a dwarf.Attr, s string) {
	if len(s) < 4 {
		u.attr(a, dwarf.FormString)
		for i := 0; i < len(s) && s[i] != 0; i++ {
			u.vals = append(u.vals, s[i])
		}
		u.vals = append(u.vals, 0)
		return
	}
	u.Strp(a, u.w.Str.Add(s))
}

// InlineStr writes a string into the entry itself.
func (u *UnitWriter) InlineStr(a dwarf.Attr, s []byte) {
	u.attr(a, dwarf.FormString)
	if i := bytes.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	u.vals = append(append(u.vals, s...), 0)
}

// Strp writes the offset of a string in .debug_str.
func (u *UnitWriter) Strp(a dwarf.Attr, off uint32) {
	u.attr(a, dwarf.FormStrp)
	u.vals = binary.LittleEndian.AppendUint32(u.vals, off)
}

// LineStrp writes the offset of a string in .debug_line_str.
func (u *UnitWriter) LineStrp(a dwarf.Attr, off uint32) {
	u.attr(a, dwarf.FormLineStrp)
	u.vals = binary.LittleEndian.AppendUint32(u.vals, off)
}

// Block writes a block.
func (u *UnitWriter) Block(a dwarf.Attr, b []byte) {
	u.attr(a, dwarf.FormBlock)
	u.vals = append(dwarf.AppendULEB(u.vals, uint64(len(b))), b...)
}

// Data16 writes a constant of 16 bytes.
func (u *UnitWriter) Data16(a dwarf.Attr, b []byte) {
	if len(b) != 16 {
		panic("dwarf/info: UnitWriter.Data16: not 16 bytes")
	}
	u.attr(a, dwarf.FormData16)
	u.vals = append(u.vals, b...)
}

// Ref writes a reference to an entry of this unit, by its key (ref4).
func (u *UnitWriter) Ref(a dwarf.Attr, key uint64) {
	u.attr(a, dwarf.FormRef4)
	u.vals = u.appendRef(u.vals, key)
}

// RefAddr writes a reference to an entry of any unit, by its key (ref_addr).
func (u *UnitWriter) RefAddr(a dwarf.Attr, key uint64) {
	u.attr(a, dwarf.FormRefAddr)
	u.far = append(u.far, farRef{at: uint32(len(u.vals)), key: key})
	u.vals = append(u.vals, 0, 0, 0, 0)
}

// RefSig writes a reference to a type unit (ref_sig8).
func (u *UnitWriter) RefSig(a dwarf.Attr, signature uint64) {
	u.attr(a, dwarf.FormRefSig8)
	u.vals = binary.LittleEndian.AppendUint64(u.vals, signature)
}

// Expr writes an expression (exprloc). refs are as expr.Append makes them; their keys are
// those of entries.
func (u *UnitWriter) Expr(a dwarf.Attr, code []byte, refs []expr.Ref) {
	u.attr(a, dwarf.FormExprloc)
	u.vals = dwarf.AppendULEB(u.vals, uint64(len(code)))
	u.refs(uint32(len(u.vals)), refs, false)
	u.vals = append(u.vals, code...)
}

func (u *UnitWriter) refs(at uint32, refs []expr.Ref, loc bool) {
	for _, r := range refs {
		if r.Kind == expr.RefInfo {
			u.far = append(u.far, farRef{at: at + r.At, loc: loc, key: r.Key})
		} else {
			u.near = append(u.near, nearRef{at: at + r.At, kind: r.Kind, loc: loc, key: r.Key})
		}
	}
}

// SecOffset writes an offset in another section as it is.
func (u *UnitWriter) SecOffset(a dwarf.Attr, off uint32) {
	u.attr(a, dwarf.FormSecOffset)
	u.vals = binary.LittleEndian.AppendUint32(u.vals, off)
}

func (u *UnitWriter) relocated(a dwarf.Attr, off uint32, to relocKind) {
	u.attr(a, dwarf.FormSecOffset)
	u.relocs = append(u.relocs, reloc{uint32(len(u.vals)), to})
	u.vals = binary.LittleEndian.AppendUint32(u.vals, off)
}

// StmtList writes the place of Line (DW_AT_stmt_list).
func (u *UnitWriter) StmtList() { u.relocated(dwarf.AttrStmtList, 0, toLine) }

// SharedLine writes the place of the Line of the unit with that LineID.
func (u *UnitWriter) SharedLine(id int) {
	u.attr(dwarf.AttrStmtList, dwarf.FormSecOffset)
	u.shared = append(u.shared, sharedLine{uint32(len(u.vals)), id})
	u.vals = append(u.vals, 0, 0, 0, 0)
}

// Macros writes the place of Macro (DW_AT_macros).
func (u *UnitWriter) Macros() { u.relocated(dwarf.AttrMacros, 0, toMacro) }

// Ranges writes a range list, and the attribute that names it. base is the value of the
// unit's DW_AT_low_pc, 0 if it has none.
func (u *UnitWriter) Ranges(a dwarf.Attr, ranges []list.Range, base uint64) {
	u.relocated(a, u.ranges.Add(ranges, base), toRanges)
}

// LocEntry is an entry of a location list to write.
type LocEntry struct {
	Low, High uint64
	Default   bool // holds wherever no other entry does
	Code      []byte
	Refs      []expr.Ref // as expr.Append makes them, with keys of entries
}

// Locs writes a location list, and the attribute that names it. base is the value of the
// unit's DW_AT_low_pc, 0 if it has none.
func (u *UnitWriter) Locs(a dwarf.Attr, entries []LocEntry, base uint64) {
	off := u.locs.Begin(base)
	for i := range entries {
		e := &entries[i]
		var at uint32
		if e.Default {
			at = u.locs.Default(e.Code)
		} else {
			at = u.locs.Entry(e.Low, e.High, e.Code)
		}
		u.refs(at, e.Refs, true)
	}
	u.locs.End()
	u.relocated(a, off, toLocs)
}
