package info

import (
	"encoding/binary"
	"math"

	"sphex/dwarf"
)

// Later is a unit of which the contents are made when somebody asks for its entries.
type Later struct {
	Type      dwarf.UnitType // UnitCompile, UnitPartial or UnitTypes
	Signature uint64         // of a type unit
}

// Made is the contents of such a unit, as a Writer makes it.
type Made struct {
	Sections *dwarf.Sections // those of the unit: all but .debug_info and the strings
	Unit     []byte          // the unit itself
	// Across tells which entry a reference across units means, by the number that stands for it
	// in the unit: an offset in .debug_info, or what Alone puts in its place.
	Across func(n uint64) (Offset, bool)
}

// laterSpace is what a unit takes of all Offsets: more than its contents may have bytes.
const laterSpace = 1 << 31

// NewLater makes the Data of units that are made later: make returns the contents of unit i; it is
// called once, but for several units at a time. Where the units are depends on their number alone,
// see LaterOffset. str and lineStr are .debug_str and .debug_line_str.
func NewLater(units []Later, str, lineStr []byte, make func(i int) (*Made, error)) *Data {
	d := &Data{abbrevs: map[abbrevKey]*abbrevTable{}, types: map[uint64]*Unit{}, budget: math.MaxInt}
	d.Sections.Str, d.Sections.LineStr = str, lineStr
	for i := range units {
		l := &units[i]
		at := LaterOffset(i, 0)
		u := &Unit{
			Offset: at, First: at + unitHeaderSize, End: at + laterSpace, shift: at, info: at,
			Version: 5, AddrSize: addrSize, Type: l.Type, Signature: l.Signature,
			data: d, section: ".debug_info", make: func() (*Made, error) { return make(i) },
		}
		if l.Type == dwarf.UnitTypes {
			u.First += typeHeaderSize
			if d.types[l.Signature] == nil {
				d.types[l.Signature] = u
			}
		}
		d.Units = append(d.Units, u)
	}
	d.end = LaterOffset(len(units), 0)
	return d
}

// LaterOffset is the Offset of what is at an offset from the start of unit i of NewLater.
func LaterOffset(i int, off uint32) Offset { return Offset(i)*laterSpace + Offset(off) }

// LaterUnit is the number of the unit of NewLater that has an Offset.
func LaterUnit(off Offset) int { return int(off / laterSpace) }

// fill sets what is known once the unit is made.
func (u *Unit) fill() error {
	m, err := u.make()
	if err != nil {
		return err
	}
	s := *m.Sections
	s.Info, s.Str, s.LineStr = m.Unit, u.data.Sections.Str, u.data.Sections.LineStr
	u.sections, u.all, u.across = &s, m.Unit, m.Across
	u.AbbrevOffset = uint64(binary.LittleEndian.Uint32(m.Unit[unitHeaderSize-4:]))
	if u.Type == dwarf.UnitTypes {
		u.TypeEntry = u.Offset + Offset(binary.LittleEndian.Uint32(m.Unit[unitHeaderSize+8:]))
	}
	return nil
}

// The sizes of the headers that a Writer writes.
const (
	unitHeaderSize = 12
	typeHeaderSize = 12 // more in a type unit
)

// Alone is the unit of a Writer that has no other.
type Alone struct {
	// Sections lacks the strings. The unit is all of Info. References across units have their number
	// in place of an offset: see Key.
	Sections dwarf.Sections

	keys keyTable
	refs []uint64 // the keys of references across units, by their numbers
}

// Key is the entry, by its key, that reference n across units refers to.
func (a *Alone) Key(n uint64) (key uint64, ok bool) {
	if n >= uint64(len(a.refs)) {
		return 0, false
	}
	return a.refs[n], true
}

// Lookup returns the offset from the unit's start of the entry with that key.
func (a *Alone) Lookup(key uint64) (off uint32, ok bool) { return a.keys.lookup(key) }

// Alone returns the only unit that was appended to the writer, which must not have been told the
// keys.
func (w *Writer) Alone() *Alone {
	if len(w.units) != 1 || w.keys != nil {
		panic("dwarf/info: Writer.Alone: not one unit with keys of its own")
	}
	a := &Alone{keys: w.units[0].keys}
	a.keys.sort()
	for _, r := range w.far {
		section := w.out.Info
		if r.loc {
			section = w.out.Loclists
		}
		binary.LittleEndian.PutUint32(section[r.at:], uint32(len(a.refs)))
		a.refs = append(a.refs, r.key)
	}
	a.Sections = dwarf.Sections{
		Info: w.out.Info, Abbrev: w.out.Abbrev, Line: w.out.Line,
		Loclists: w.out.Loclists, Rnglists: w.out.Rnglists, Macro: w.out.Macro,
	}
	return a
}
