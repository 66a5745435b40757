package info

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"sphex/dwarf"
)

// Offset is the place of an entry or unit in .debug_info. Units of .debug_types, a section
// of DWARF 4, count on behind the end of .debug_info, and those of split DWARF behind them, so
// that every Offset is unique.
type Offset uint64

// Data is the units of one module or object, and the split units that were added to it.
type Data struct {
	Sections dwarf.Sections
	Units    []*Unit // by Offset

	end   Offset           // behind all sections of units
	types map[uint64]*Unit // by signature

	mu      sync.Mutex
	abbrevs map[abbrevKey]*abbrevTable
	// Room for one table that is read.
	roomSpecs   []attrSpec
	roomAbbrevs []abbrev
	budget      int                   // bytes of abbreviations that may still be read
	long        map[*byte]longStrings // by section

	budgeted map[*byte]bool // the sections of abbreviations of split files that are in budget
}

// abbrevKey is the place of a table of abbreviations: the section, by its first byte, and the
// offset.
type abbrevKey struct {
	section *byte
	off     uint64
}

// Damaged is what New returns beside the units that can be read: one *dwarf.Error for each
// damaged header.
type Damaged []error

// Error tells each, a line for each.
func (d Damaged) Error() string { return errors.Join(d...).Error() }

// Unwrap returns each.
func (d Damaged) Unwrap() []error { return d }

// New scans the headers of all units. Those with a damaged header are left out; the error is
// then a Damaged.
func New(s *dwarf.Sections) (*Data, error) {
	d := &Data{
		Sections: *s,
		abbrevs:  map[abbrevKey]*abbrevTable{},
		// Producers do not overlap their tables; hostile input must not make us read one
		// byte a million times.
		budget: 8*len(s.Abbrev) + 1<<20,
	}
	_, err := d.add(&d.Sections, "")
	return d, err
}

// Add adds the units of other sections, which share nothing with those that are there. When a
// header is damaged, it returns the units before it together with the error. It must not run beside
// other methods.
func (d *Data) Add(s *dwarf.Sections) ([]*Unit, error) {
	d.budget += 8 * len(s.Abbrev)
	return d.add(s, "")
}

// add scans the headers of the units of s, which continue those of d. suffix is that of the
// sections' names.
func (d *Data) add(s *dwarf.Sections, suffix string) ([]*Unit, error) {
	first := len(d.Units)
	base := d.end
	damage := d.scan(s, ".debug_info"+suffix, s.Info, base, base)
	damage = append(damage, d.scan(s, ".debug_types"+suffix, s.Types, base, base+Offset(len(s.Info)))...)
	d.end = base + Offset(len(s.Info)+len(s.Types))
	for _, u := range d.Units[first:] {
		d.addType(u)
	}
	if len(damage) > 0 {
		return d.Units[first:], damage
	}
	return d.Units[first:], nil
}

// addType makes a unit known by its signature if it is one of types.
func (d *Data) addType(u *Unit) {
	if u.Type != dwarf.UnitTypes && u.Type != dwarf.UnitSplitTypes {
		return
	}
	if d.types == nil {
		d.types = map[uint64]*Unit{}
	}
	if _, ok := d.types[u.Signature]; !ok {
		d.types[u.Signature] = u
	}
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

// maxDamaged bounds how many damaged headers of a section are told one by one.
const maxDamaged = 100

// scan reads the headers of a section's units. info is where the .debug_info of s starts,
// base where the section does. A unit whose header is damaged is left out; where even its length
// is, those behind it are found by their look.
func (d *Data) scan(s *dwarf.Sections, section string, data []byte, info, base Offset) Damaged {
	var damage Damaged
	more := 0
	for pos := uint64(0); pos < uint64(len(data)); {
		u, err := parseHeader(section, data, pos)
		if err != nil {
			if more++; len(damage) < maxDamaged {
				damage = append(damage, err)
			}
			// A length that leads nowhere is no length.
			if u != nil && (uint64(u.End) == uint64(len(data)) || plausibleUnit(s, section, data, uint64(u.End)) != nil) {
				pos = uint64(u.End)
			} else {
				pos = nextHeader(s, section, data, pos+1)
			}
			continue
		}
		pos = uint64(u.End)
		u.place(d, s, data, info, base)
		d.Units = append(d.Units, u)
	}
	if more -= len(damage); more > 0 {
		damage = append(damage, dwarf.Errorf(section, 0, "%d more headers of units are damaged", more))
	}
	return damage
}

// nextHeader finds the first place from pos on where units seem to start: a header, behind whose
// unit stands another one or the end of the section.
func nextHeader(s *dwarf.Sections, section string, data []byte, pos uint64) uint64 {
	for ; pos+11 <= uint64(len(data)); pos++ {
		// Nearly all places are none, and an error for each would cost much.
		if n, version := binary.LittleEndian.Uint32(data[pos:]), data[pos+4]; uint64(n) > uint64(len(data))-pos-4 || version < 2 || version > 5 || data[pos+5] != 0 {
			continue
		}
		u := plausibleUnit(s, section, data, pos)
		if u == nil {
			continue
		}
		if uint64(u.End) == uint64(len(data)) || plausibleUnit(s, section, data, uint64(u.End)) != nil {
			return pos
		}
	}
	return uint64(len(data))
}

// plausibleUnit reads what may be a header; it is nil if that can't be one.
func plausibleUnit(s *dwarf.Sections, section string, data []byte, pos uint64) *Unit {
	if pos+11 > uint64(len(data)) {
		return nil
	}
	u, err := parseHeader(section, data, pos)
	if err != nil || u.AbbrevOffset >= uint64(len(s.Abbrev)) || u.AddrSize < 4 || u.First >= u.End {
		return nil
	}
	return u
}

// place makes a unit, whose header was read from data, one of d; see scan.
func (u *Unit) place(d *Data, s *dwarf.Sections, data []byte, info, base Offset) {
	u.data, u.sections, u.all, u.info, u.shift = d, s, data, info, base
	u.Offset += base
	u.End += base
	u.First += base
	if u.Type == dwarf.UnitTypes || u.Type == dwarf.UnitSplitTypes {
		u.TypeEntry += u.Offset
	}
}

// parseHeader reads the header of the unit at pos. With an error it returns the unit if it is known
// where that ends, and nil otherwise.
func parseHeader(section string, data []byte, pos uint64) (*Unit, error) {
	c := dwarf.CursorAt(section, data, pos)
	u := &Unit{section: section, Offset: Offset(pos)}
	n, is64 := c.InitialLength()
	c.Limit(n)
	u.Is64 = is64
	u.End = Offset(c.Offset() + n)
	u.Version = c.U16()
	if c.Err() != nil {
		return nil, c.Err()
	}
	if u.Version < 2 || u.Version > 5 {
		return u, dwarf.Errorf(section, pos, "unit of unsupported DWARF version %d", u.Version)
	}
	u.Type = dwarf.UnitCompile
	if u.Version >= 5 {
		u.Type = dwarf.UnitType(c.U8())
		u.AddrSize = c.U8()
		u.AbbrevOffset = c.Word(is64)
	} else {
		u.AbbrevOffset = c.Word(is64)
		u.AddrSize = c.U8()
		if strings.HasPrefix(section, ".debug_types") {
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
		return u, err
	}
	if !slices.Contains([]uint8{1, 2, 4, 8}, u.AddrSize) {
		return u, dwarf.Errorf(section, pos, "unit with addresses of %d bytes", u.AddrSize)
	}
	u.First = Offset(c.Offset())
	return u, nil
}
