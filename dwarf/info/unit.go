package info

import (
	"encoding/binary"
	"errors"
	"sync"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/list"
)

// Unit is a compilation, type, partial, skeleton or split unit.
type Unit struct {
	Offset       Offset // of the header
	First        Offset // of the root entry
	End          Offset // behind the last byte
	Version      uint16
	Is64         bool
	AddrSize     uint8
	Type         dwarf.UnitType
	AbbrevOffset uint64
	Signature    uint64 // of a type unit, or the id of a skeleton or split unit
	TypeEntry    Offset // the type that a type unit is about

	data     *Data
	sections *dwarf.Sections // where the unit comes from: those of data, or of a split file
	ranges   *dwarf.Sections // where its range lists are, if not there
	section  string
	all      []byte // that section
	shift    Offset // Offset minus the offset in the unit's own section
	info     Offset // of the start of .debug_info of sections

	skeleton, split *Unit // the other half of a split unit; see Join

	make   func() (*Made, error)         // the contents, of one that is made later; see NewLater
	across func(n uint64) (Offset, bool) // of such a one; see Made

	once    sync.Once
	err     error
	bytes   []byte // the unit's section up to the unit's end
	abbrevs *abbrevTable
	bases   Bases
	lists   list.Context

	parentsOnce sync.Once
	parents     parentTable
}

// Bases are the places of a unit's parts of other sections. They are read from the root
// entry, those of a split unit also from its skeleton's.
type Bases struct {
	StrOffsets uint64 // in .debug_str_offsets
	Addr       uint64 // in .debug_addr
	Rnglists   uint64
	Loclists   uint64
	Ranges     uint64 // DW_AT_GNU_ranges_base of the skeleton
	LowPC      uint64 // base address of the unit's lists
	Addrs      []byte // another .debug_addr than that of the Data, or nil
}

// Data is the Data that the unit belongs to.
func (u *Unit) Data() *Data { return u.data }

// Format is what expressions of the unit depend on.
func (u *Unit) Format() expr.Format {
	return expr.Format{Version: u.Version, AddrSize: u.AddrSize, Is64: u.Is64}
}

// SectionOffset is off's place in the unit's own section, for messages.
func (u *Unit) SectionOffset(off Offset) (section string, at uint64) {
	return u.section, uint64(off - u.shift)
}

// Contains reports whether off lies in the unit.
func (u *Unit) Contains(off Offset) bool { return off >= u.Offset && off < u.End }

// Across is the entry at an offset of the .debug_info of the unit's sections, as references across
// units name it; of a unit that is made later, at what stands there for one.
func (u *Unit) Across(off uint64) (Offset, bool) {
	if u.across != nil {
		return u.across(off)
	}
	return u.info + Offset(off), off < uint64(len(u.sections.Info))
}

// Bytes is the unit as it stands in its section, nil if it cannot be read.
func (u *Unit) Bytes() []byte {
	if u.load() != nil {
		return nil
	}
	return u.bytes[u.Offset-u.shift:]
}

// Info is where the .debug_info of the unit's sections starts among all Offsets.
func (u *Unit) Info() Offset { return u.info }

// Forms calls yield for the attributes of the unit's abbreviations, until it returns false.
func (u *Unit) Forms(yield func(tag dwarf.Tag, a dwarf.Attr, f dwarf.Form) bool) {
	if u.load() != nil {
		return
	}
	each := func(a *abbrev) bool {
		for i := range a.attrs {
			if !yield(a.tag, a.attrs[i].attr, a.attrs[i].form) {
				return false
			}
		}
		return true
	}
	for i := range u.abbrevs.dense {
		if !each(&u.abbrevs.dense[i]) {
			return
		}
	}
	for _, a := range u.abbrevs.sparse {
		if !each(a) {
			return
		}
	}
}

// Root reads the unit's root entry.
func (u *Unit) Root() (Entry, error) { return u.Entry(u.First) }

// Bases returns the unit's bases.
func (u *Unit) Bases() (Bases, error) {
	err := u.load()
	return u.bases, err
}

// load reads the abbreviations and the bases.
func (u *Unit) load() error {
	u.once.Do(func() {
		if u.make != nil {
			if u.err = u.fill(); u.err != nil {
				return
			}
			u.bytes = u.all
		} else {
			u.bytes = u.all[:u.End-u.shift]
		}
		if u.abbrevs, u.err = u.data.abbrevTable(u.sections.Abbrev, u.AbbrevOffset); u.err != nil {
			return
		}
		u.readBases()
		u.setLists()
	})
	return u.err
}

// setLists follows the bases.
func (u *Unit) setLists() {
	u.lists = list.Context{
		Version:  u.Version,
		AddrSize: u.AddrSize,
		Is64:     u.Is64,
		Split:    u.bases.Addrs != nil && u.Version < 5,
		Base:     u.bases.LowPC,
		Addrx:    u.Addrx,
	}
}

func (u *Unit) readBases() {
	if u.Version >= 5 && (u.Type == dwarf.UnitSplitCompile || u.Type == dwarf.UnitSplitTypes) {
		// Split units have no attributes for these: their parts start behind the headers.
		u.bases.StrOffsets, u.bases.Rnglists, u.bases.Loclists = 8, 12, 12
		if u.Is64 {
			u.bases.StrOffsets, u.bases.Rnglists, u.bases.Loclists = 16, 20, 20
		}
	}
	e, err := u.entry(u.First)
	if err != nil {
		return // whoever asks for the root will be told
	}
	var lowPC Value
	for v := range e.Attrs() {
		switch v.Attr {
		case dwarf.AttrStrOffsetsBase:
			u.bases.StrOffsets = v.u
		case dwarf.AttrAddrBase, dwarf.AttrGNUAddrBase:
			u.bases.Addr = v.u
		case dwarf.AttrRnglistsBase:
			u.bases.Rnglists = v.u
		case dwarf.AttrLoclistsBase:
			u.bases.Loclists = v.u
		case dwarf.AttrLowPC:
			lowPC = v
		}
	}
	u.bases.LowPC, _ = lowPC.addr(&u.bases)
}

// Addrx reads entry i of the unit's part of .debug_addr.
func (u *Unit) Addrx(i uint64) (uint64, error) {
	if err := u.load(); err != nil {
		return 0, err
	}
	return u.addrx(&u.bases, i)
}

// addrx takes the bases as an argument since readBases, which fills them, needs it.
func (u *Unit) addrx(b *Bases, i uint64) (uint64, error) {
	addrs := b.Addrs
	if addrs == nil {
		addrs = u.sections.Addr
	}
	return indexed(".debug_addr", addrs, b.Addr, i, u.AddrSize)
}

// Strx reads entry i of the unit's part of .debug_str_offsets: an offset in .debug_str.
func (u *Unit) Strx(i uint64) (uint64, error) {
	if err := u.load(); err != nil {
		return 0, err
	}
	return indexed(".debug_str_offsets", u.sections.StrOffsets, u.bases.StrOffsets, i, u.wordSize())
}

var errIndex = errors.New("index out of range")

// indexed reads entry i of an array of numbers that starts at base.
func indexed(section string, data []byte, base, i uint64, size uint8) (uint64, error) {
	if i > uint64(len(data)) || base > uint64(len(data)) {
		return 0, &dwarf.Error{Section: section, Offset: base, Err: errIndex}
	}
	if at := base + i*4; size == 4 && at+4 <= uint64(len(data)) {
		return uint64(binary.LittleEndian.Uint32(data[at:])), nil
	}
	c := dwarf.CursorAt(section, data, base+i*uint64(size))
	v := c.Uint(size)
	return v, c.Err()
}

func (u *Unit) wordSize() uint8 {
	if u.Is64 {
		return 8
	}
	return 4
}

// Lists is the context in which the unit's lists are read.
func (u *Unit) Lists() (list.Context, error) {
	err := u.load()
	return u.lists, err
}
