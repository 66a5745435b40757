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
	// Make returns the contents. It is called once.
	Make func() (*Alone, error)
}

// laterSpace is what a unit takes of all Offsets: more than its contents may have bytes.
const laterSpace = 1 << 31

// NewLater makes the Data of units that are made later. Where the units are depends on their number
// alone: unit i stands at LaterOffset(i, 0).
func NewLater(units []Later) *Data {
	d := &Data{abbrevs: map[abbrevKey]*abbrevTable{}, types: map[uint64]*Unit{}}
	for i := range units {
		l := &units[i]
		at := LaterOffset(i, 0)
		u := &Unit{
			Offset: at, First: at + unitHeaderSize, End: at + laterSpace, shift: at, info: at,
			Version: 5, AddrSize: addrSize, Type: l.Type, Signature: l.Signature,
			data: d, section: ".debug_info", make: l.Make,
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

// fill sets what is known once the unit is made.
func (u *Unit) fill() error {
	a, err := u.make()
	if err != nil {
		return err
	}
	d := u.data
	d.mu.Lock()
	d.budget += 8*len(a.Sections.Abbrev) + 1
	d.mu.Unlock()
	u.sections, u.all, u.bytes, u.far = &a.Sections, a.Sections.Info, a.Sections.Info, a.Far
	if u.Type == dwarf.UnitTypes {
		u.TypeEntry = u.Offset + Offset(binary.LittleEndian.Uint32(u.all[unitHeaderSize+8:]))
	}
	return nil
}

// Across is the entry that a reference across units means, by the number that stands for it in the
// unit's entries and expressions: an offset in .debug_info.
func (u *Unit) Across(n uint64) (Offset, bool) {
	if u.far != nil {
		return u.far(n)
	}
	return u.info + Offset(n), n < uint64(len(u.sections.Info))
}

// The sizes of the headers that a Writer writes.
const (
	unitHeaderSize = 12
	typeHeaderSize = 12 // more in a type unit
)

// Alone is a unit with sections of its own. It stands at the start of Sections.Info.
type Alone struct {
	// Sections lacks the strings.
	Sections dwarf.Sections
	// Far, if it is set, tells which entry a reference across units means: in place of an offset
	// there is a number.
	Far func(n uint64) (Offset, bool)

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
// keys. References across units have their number in place of an offset.
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
		if len(a.refs) == math.MaxUint32 {
			panic("dwarf/info: Writer.Alone: too many references")
		}
		binary.LittleEndian.PutUint32(section[r.at:], uint32(len(a.refs)))
		a.refs = append(a.refs, r.key)
	}
	s := &a.Sections
	s.Info, s.Abbrev, s.Line, s.Loclists, s.Rnglists, s.Macro = w.out.Info, w.out.Abbrev, w.out.Line, w.out.Loclists, w.out.Rnglists, w.out.Macro
	return a
}
