package macro

import (
	"encoding/binary"

	"sphex/dwarf"
)

// Writer writes one unit's part of .debug_macro: DWARF 5, 32-bit format. The zero value is
// ready for use.
type Writer struct {
	buf []byte
}

// LineOffset is where the part has the place of the unit's line table in .debug_line, four
// bytes that are 0.
const LineOffset = 3

// Entry appends an entry. The text of a shared one is at str in .debug_str.
func (w *Writer) Entry(e *Entry, str uint32) {
	if w.buf == nil {
		w.buf = append(w.buf, 5, 0, 2, 0, 0, 0, 0)
	}
	kind := byte(e.Kind)
	switch {
	case e.Kind == EndFile:
		w.buf = append(w.buf, kind)
	case e.Kind == StartFile:
		w.buf = dwarf.AppendULEB(append(w.buf, kind), e.Line)
		w.buf = dwarf.AppendULEB(w.buf, e.File)
	case e.Shared:
		w.buf = dwarf.AppendULEB(append(w.buf, kind+defineStrp-byte(Define)), e.Line)
		w.buf = binary.LittleEndian.AppendUint32(w.buf, str)
	default:
		w.buf = dwarf.AppendULEB(append(w.buf, kind), e.Line)
		w.buf = append(append(w.buf, e.Text...), 0)
	}
}

// Bytes ends the part and returns it; nil if it has no entries.
func (w *Writer) Bytes() []byte {
	if w.buf == nil {
		return nil
	}
	return append(w.buf, 0)
}
