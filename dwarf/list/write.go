package list

import (
	"encoding/binary"
	"slices"

	"sphex/dwarf"
)

// RangeWriter collects the lists of one unit for .debug_rnglists: DWARF 5, 32-bit format,
// 8-byte addresses. The zero value is ready for use.
type RangeWriter struct {
	buf []byte
}

// Add appends a list and returns its offset from the first list. base is the unit's
// DW_AT_low_pc, which readers take as base address where a list starts. Empty and dead
// ranges are left out.
func (w *RangeWriter) Add(ranges []Range, base uint64) uint32 {
	off := uint32(len(w.buf))
	live := 0
	for _, r := range ranges {
		if !r.Dead && r.Low < r.High {
			live++
		}
	}
	for _, r := range ranges {
		if r.Dead || r.Low >= r.High {
			continue
		}
		switch {
		case r.Low >= base && r.Low-base < 1<<28:
		case live == 1:
			w.buf = binary.LittleEndian.AppendUint64(append(w.buf, rleStartLength), r.Low)
			w.buf = dwarf.AppendULEB(w.buf, r.High-r.Low)
			continue
		default:
			base = r.Low
			w.buf = binary.LittleEndian.AppendUint64(append(w.buf, rleBaseAddress), base)
		}
		w.buf = dwarf.AppendULEB(append(w.buf, rleOffsetPair), r.Low-base)
		w.buf = dwarf.AppendULEB(w.buf, r.High-base)
	}
	w.buf = append(w.buf, rleEndOfList)
	return off
}

// Reset empties the writer.
func (w *RangeWriter) Reset() { w.buf = w.buf[:0] }

// Bytes is the lists, without a header.
func (w *RangeWriter) Bytes() []byte { return w.buf }

// LocationWriter collects the lists of one unit for .debug_loclists: DWARF 5, 32-bit
// format, 8-byte addresses. The zero value is ready for use.
type LocationWriter struct {
	buf  []byte
	base uint64
}

// Begin starts a list and returns its offset from the first list. base is the unit's
// DW_AT_low_pc, which readers take as base address where a list starts.
func (w *LocationWriter) Begin(base uint64) uint32 {
	w.base = base
	return uint32(len(w.buf))
}

// Grow makes room for n bytes.
func (w *LocationWriter) Grow(n int) { w.buf = slices.Grow(w.buf, n) }

// Entry appends an entry that holds in [low, high) and returns the offset of its expression
// from the first list.
func (w *LocationWriter) Entry(low, high uint64, expr []byte) uint32 {
	if low < w.base || low-w.base >= 1<<28 {
		w.base = low
		w.buf = binary.LittleEndian.AppendUint64(append(w.buf, lleBaseAddress), low)
	}
	b := dwarf.AppendULEB(append(w.buf, lleOffsetPair), low-w.base)
	b = dwarf.AppendULEB(dwarf.AppendULEB(b, high-w.base), uint64(len(expr)))
	w.buf = append(b, expr...)
	return uint32(len(b))
}

// Default appends an entry that holds wherever no other does.
func (w *LocationWriter) Default(expr []byte) uint32 {
	w.buf = append(w.buf, lleDefaultLocation)
	return w.expr(expr)
}

func (w *LocationWriter) expr(expr []byte) uint32 {
	w.buf = dwarf.AppendULEB(w.buf, uint64(len(expr)))
	off := uint32(len(w.buf))
	w.buf = append(w.buf, expr...)
	return off
}

// End ends the list.
func (w *LocationWriter) End() { w.buf = append(w.buf, lleEndOfList) }

// Reset empties the writer.
func (w *LocationWriter) Reset() { w.buf = w.buf[:0] }

// Bytes is the lists, without a header.
func (w *LocationWriter) Bytes() []byte { return w.buf }
