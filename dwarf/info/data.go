package info

import (
	"fmt"
	"slices"
	"sort"
	"sync"

	"sphex/dwarf"
)

// Offset is the place of an entry or unit in .debug_info. Units of .debug_types, a section
// of DWARF 4, count on behind the end of .debug_info, so that every Offset is unique.
type Offset uint64

// Data is the units of one module or object.
type Data struct {
	Sections dwarf.Sections
	Units    []*Unit // by Offset

	types map[uint64]*Unit // by signature

	mu      sync.Mutex
	abbrevs map[uint64]*abbrevTable
	budget  int // bytes of abbreviations that may still be read
}

// New scans the headers of all units. When a header is damaged, it returns the units before
// it together with the error.
func New(s *dwarf.Sections) (*Data, error) {
	d := &Data{
		Sections: *s,
		abbrevs:  map[uint64]*abbrevTable{},
		// Producers do not overlap their tables; hostile input must not make us read one
		// byte a million times.
		budget: 8*len(s.Abbrev) + 1<<20,
	}
	err := d.scan(".debug_info", s.Info, 0)
	err4 := d.scan(".debug_types", s.Types, Offset(len(s.Info)))
	if err == nil {
		err = err4
	}
	for _, u := range d.Units {
		if u.Type == dwarf.UnitTypes || u.Type == dwarf.UnitSplitTypes {
			if d.types == nil {
				d.types = map[uint64]*Unit{}
			}
			if _, ok := d.types[u.Signature]; !ok {
				d.types[u.Signature] = u
			}
		}
	}
	return d, err
}

// UnitAt returns the unit that contains off.
func (d *Data) UnitAt(off Offset) (*Unit, bool) {
	i := sort.Search(len(d.Units), func(i int) bool { return d.Units[i].End > off })
	if i == len(d.Units) || d.Units[i].Offset > off {
		return nil, false
	}
	return d.Units[i], true
}

// TypeUnit returns the type unit of that signature.
func (d *Data) TypeUnit(signature uint64) (*Unit, bool) {
	u, ok := d.types[signature]
	return u, ok
}

// Entry reads the entry at off of any unit.
func (d *Data) Entry(off Offset) (Entry, error) {
	u, ok := d.UnitAt(off)
	if !ok {
		return Entry{}, dwarf.Errorf(".debug_info", uint64(off), "no unit there")
	}
	return u.Entry(off)
}

// scan reads the headers of a section's units.
func (d *Data) scan(section string, data []byte, base Offset) error {
	for pos := uint64(0); pos < uint64(len(data)); {
		u, err := parseHeader(section, data, pos)
		if err != nil {
			return err
		}
		u.data = d
		u.shift = base
		pos = uint64(u.End)
		u.Offset += base
		u.End += base
		u.First += base
		if u.Type == dwarf.UnitTypes || u.Type == dwarf.UnitSplitTypes {
			u.TypeEntry += u.Offset
		}
		d.Units = append(d.Units, u)
	}
	return nil
}

func parseHeader(section string, data []byte, pos uint64) (*Unit, error) {
	c := dwarf.CursorAt(section, data, pos)
	u := &Unit{section: section, Offset: Offset(pos)}
	n, is64 := c.InitialLength()
	c.Limit(n)
	u.Is64 = is64
	u.End = Offset(c.Offset() + n)
	u.Version = c.U16()
	if c.Err() == nil && (u.Version < 2 || u.Version > 5) {
		return nil, dwarf.Errorf(section, pos, "unit of unsupported DWARF version %d", u.Version)
	}
	u.Type = dwarf.UnitCompile
	if u.Version >= 5 {
		u.Type = dwarf.UnitType(c.U8())
		u.AddrSize = c.U8()
		u.AbbrevOffset = c.Word(is64)
	} else {
		u.AbbrevOffset = c.Word(is64)
		u.AddrSize = c.U8()
		if section == ".debug_types" {
			u.Type = dwarf.UnitTypes
		}
	}
	switch u.Type {
	case dwarf.UnitCompile, dwarf.UnitPartial:
	case dwarf.UnitSkeleton, dwarf.UnitSplitCompile:
		u.Signature = c.U64()
	case dwarf.UnitTypes, dwarf.UnitSplitTypes:
		u.Signature = c.U64()
		u.TypeEntry = Offset(c.Word(is64))
	default:
		c.Fail(fmt.Errorf("unknown unit type %d", u.Type))
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if !slices.Contains([]uint8{1, 2, 4, 8}, u.AddrSize) {
		return nil, dwarf.Errorf(section, pos, "unit with addresses of %d bytes", u.AddrSize)
	}
	u.First = Offset(c.Offset())
	return u, nil
}
