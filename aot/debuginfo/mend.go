package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// mend saves units that the one before them covers, because its length is wrong. To find such takes
// a walk over all entries, which is worth it only if something says that units are missing: a line
// table that belongs to none.
func (in *Input) mend() {
	if orphanLines(in.Data) {
		in.mended = in.Data.Mend()
	}
}

// orphanLines reports whether there is a line table to which no unit refers.
func orphanLines(d *info.Data) bool {
	s := &d.Sections
	if len(d.Units) == 0 {
		return false
	}
	known := make(map[uint64]bool, len(d.Units))
	for _, u := range d.Units {
		if h, ok := lineHeaderOf(u); ok {
			known[h.off] = true
		}
	}
	for at := uint64(0); at < uint64(len(s.Line)); {
		c := dwarf.CursorAt(".debug_line", s.Line, at)
		n, _ := c.InitialLength()
		end := c.Offset() + n
		if version := c.U16(); c.Err() != nil || version < 2 || version > 5 || end > uint64(len(s.Line)) {
			return false // who reads it will be told
		}
		if !known[at] {
			return true
		}
		at = end
	}
	return false
}
