package list

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"sphex/dwarf"
)

// Context is what a unit contributes to the meaning of its lists.
type Context struct {
	Version  uint16 // of the unit: up to 4 reads .debug_ranges and .debug_loc, 5 the others
	AddrSize uint8
	Is64     bool
	Split    bool   // .debug_loc.dwo of GNU's split DWARF 4 has entry kinds of its own
	Base     uint64 // the unit's DW_AT_low_pc
	// Addrx resolves an index into .debug_addr.
	Addrx func(index uint64) (uint64, error)
}

// Range is an entry of a range list: [Low, High).
type Range struct {
	Low, High uint64
	Dead      bool // the linker's mark of removed code stands there, not an address
}

// Location is an entry of a location list: Expr holds in [Low, High), or, when Default is
// set, wherever no other entry holds.
type Location struct {
	Low, High uint64
	Expr      []byte // aliases the section
	Default   bool
	Dead      bool // the linker's mark of removed code stands there, not an address
}

// Tombstone reports whether addr marks removed code: all ones, or all ones but the last bit.
// In old producers 0 does too, which only the caller can know.
func Tombstone(addr uint64, addrSize uint8) bool {
	return addr >= mask(addrSize)-1
}

func mask(addrSize uint8) uint64 {
	if addrSize >= 8 {
		return ^uint64(0)
	}
	return 1<<(8*addrSize) - 1
}

// Ranges appends the list at off of .debug_ranges or .debug_rnglists, whichever c.Version
// reads, to dst. Empty entries are dropped. On an error the entries before it are returned.
func Ranges(dst []Range, s *dwarf.Sections, c *Context, off uint64) ([]Range, error) {
	w := walker{ctx: c, ranges: true, rangeList: dst}
	var err error
	if c.Version >= 5 {
		err = w.v5(".debug_rnglists", s.Rnglists, off)
	} else {
		err = w.v4(".debug_ranges", s.Ranges, off)
	}
	return w.rangeList, err
}

// Locations appends the list at off of .debug_loc or .debug_loclists, whichever c.Version
// reads, to dst. Empty entries are dropped. On an error the entries before it are returned.
func Locations(dst []Location, s *dwarf.Sections, c *Context, off uint64) ([]Location, error) {
	w := walker{ctx: c, locations: dst}
	var err error
	switch {
	case c.Version >= 5:
		err = w.v5(".debug_loclists", s.Loclists, off)
	case c.Split:
		err = w.gnuSplit(s.Loc, off)
	default:
		err = w.v4(".debug_loc", s.Loc, off)
	}
	return w.locations, err
}

// walker reads one list.
type walker struct {
	ctx    *Context
	ranges bool // entries have no expression
	base   uint64
	dead   bool // the base address marks removed code
	// What was read: one of them.
	rangeList []Range
	locations []Location
}

// v4 reads a list of .debug_ranges or .debug_loc (DWARF 4, 2.6.2 and 2.17.3).
func (w *walker) v4(section string, data []byte, off uint64) error {
	c := dwarf.CursorAt(section, data, off)
	size := w.ctx.AddrSize
	m := mask(size)
	w.setBase(w.ctx.Base)
	for {
		if size == 4 && c.Err() == nil {
			at := int(c.Offset())
			c.Skip(uint64(w.pairs(data, at) - at))
		}
		low, high := c.Uint(size), c.Uint(size)
		if c.Err() != nil {
			return c.Err()
		}
		switch {
		case low == 0 && high == 0:
			return nil
		case low == m:
			w.setBase(high)
			continue
		}
		var expr []byte
		if !w.ranges {
			expr = c.Bytes(uint64(c.U16()))
			if c.Err() != nil {
				return c.Err()
			}
		}
		l := Location{Low: low, High: high, Expr: expr, Dead: w.dead}
		if low == m-1 {
			// What wasm-ld writes for removed code, since all ones select a base address.
			l.Dead = true
		} else if !l.Dead {
			l.Low, l.High = (low+w.base)&m, (high+w.base)&m
		}
		w.entry(&l)
	}
}

// pairs reads the entries from pos on that are pairs of addresses of live code, each of four bytes, and returns
// the place behind them.
func (w *walker) pairs(data []byte, pos int) int {
	le := binary.LittleEndian
	base := w.base
	if w.dead {
		return pos
	}
	for {
		if len(data)-pos < 10 {
			return pos
		}
		low, high := le.Uint32(data[pos:]), le.Uint32(data[pos+4:])
		if low == 0 && high == 0 || low >= math.MaxUint32-1 {
			return pos
		}
		low, high = low+uint32(base), high+uint32(base)
		if w.ranges {
			pos += 8
			if low != high {
				w.rangeList = append(w.rangeList, Range{Low: uint64(low), High: uint64(high)})
			}
			continue
		}
		next := pos + 10
		size := int(le.Uint16(data[pos+8:]))
		if size > len(data)-next {
			return pos
		}
		pos = next + size
		if low != high {
			w.locations = append(w.locations, Location{Low: uint64(low), High: uint64(high), Expr: data[next:pos:pos]})
		}
	}
}

func (w *walker) setBase(base uint64) {
	w.base, w.dead = base, Tombstone(base, w.ctx.AddrSize)
}

// entry passes on what is not empty.
func (w *walker) entry(l *Location) {
	switch {
	case l.Low == l.High && !l.Dead && !l.Default:
	case w.ranges:
		w.rangeList = append(w.rangeList, Range{l.Low, l.High, l.Dead})
	default:
		w.locations = append(w.locations, *l)
	}
}

// Kinds of entries in .debug_rnglists (DWARF 5, 7.25) and .debug_loclists (7.7.3).
const (
	rleEndOfList = iota
	rleBaseAddressx
	rleStartxEndx
	rleStartxLength
	rleOffsetPair
	rleBaseAddress
	rleStartEnd
	rleStartLength
)

const (
	lleEndOfList = iota
	lleBaseAddressx
	lleStartxEndx
	lleStartxLength
	lleOffsetPair
	lleDefaultLocation
	lleBaseAddress
	lleStartEnd
	lleStartLength
	lleGNUViewPair
)

var (
	errNoAddrx = errors.New("index of an address, but no .debug_addr")
	errKind    = errors.New("unknown kind of entry")
)

// v5 reads a list of .debug_rnglists or .debug_loclists. The kinds of the first are those
// of the second without default_location.
func (w *walker) v5(section string, data []byte, off uint64) error {
	c := dwarf.CursorAt(section, data, off)
	m := mask(w.ctx.AddrSize)
	w.setBase(w.ctx.Base)
	addrx := func() uint64 {
		i := c.ULEB()
		if c.Err() != nil {
			return 0
		}
		if w.ctx.Addrx == nil {
			c.Fail(errNoAddrx)
			return 0
		}
		a, err := w.ctx.Addrx(i)
		if err != nil {
			c.Fail(err)
		}
		return a
	}
	addr := func() uint64 { return c.Uint(w.ctx.AddrSize) }
	for {
		if c.Err() == nil {
			at := int(c.Offset())
			c.Skip(uint64(w.offsetPairs(data, at, m) - at))
		}
		kind := c.U8()
		if w.ranges && kind >= lleDefaultLocation {
			kind++
			if kind > lleStartLength {
				c.Fail(errKind)
			}
		}
		var l Location
		switch kind {
		case lleEndOfList:
			return c.Err()
		case lleBaseAddressx:
			w.setBase(addrx())
			continue
		case lleBaseAddress:
			w.setBase(addr())
			continue
		case lleGNUViewPair:
			c.ULEB()
			c.ULEB()
			continue
		case lleStartxEndx:
			l.Low, l.High = addrx(), addrx()
		case lleStartxLength:
			l.Low = addrx()
			l.High = (l.Low + c.ULEB()) & m
		case lleStartEnd:
			l.Low, l.High = addr(), addr()
		case lleStartLength:
			l.Low = addr()
			l.High = (l.Low + c.ULEB()) & m
		case lleOffsetPair:
			l.Low, l.High, l.Dead = c.ULEB(), c.ULEB(), w.dead
			if !l.Dead {
				l.Low, l.High = (l.Low+w.base)&m, (l.High+w.base)&m
			}
		case lleDefaultLocation:
			l.Default = true
		default:
			c.Fail(fmt.Errorf("%w 0x%x", errKind, kind))
		}
		if kind != lleOffsetPair && kind != lleDefaultLocation {
			l.Dead = Tombstone(l.Low, w.ctx.AddrSize)
		}
		if !w.ranges {
			l.Expr = c.Bytes(c.ULEB())
		}
		if c.Err() != nil {
			return c.Err()
		}
		w.entry(&l)
	}
}

// offsetPairs reads the entries from pos on that are pairs of offsets with short numbers, as nearly all are,
// and returns the place behind them.
func (w *walker) offsetPairs(data []byte, pos int, m uint64) int {
	base := w.base
	if w.dead {
		return pos
	}
	for {
		if len(data)-pos < 12 || data[pos] != lleOffsetPair {
			return pos
		}
		low, n := shortULEB(data[pos+1:])
		if n == 0 {
			return pos
		}
		next := pos + 1 + n
		high, n := shortULEB(data[next:])
		if n == 0 {
			return pos
		}
		next += n
		low, high = (low+base)&m, (high+base)&m
		if w.ranges {
			pos = next
			if low != high {
				w.rangeList = append(w.rangeList, Range{Low: low, High: high})
			}
			continue
		}
		size := int(data[next])
		if next++; size >= 0x80 || size > len(data)-next {
			return pos
		}
		pos = next + size
		if low != high {
			w.locations = append(w.locations, Location{Low: low, High: high, Expr: data[next:pos:pos]})
		}
	}
}

// shortULEB decodes a number of up to four bytes, all of which must be there; n is 0 if it is longer.
func shortULEB(b []byte) (v uint64, n int) {
	_ = b[3]
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	v = uint64(b[0]&0x7f) | uint64(b[1])<<7
	if b[1] < 0x80 {
		return v, 2
	}
	v = v&(1<<14-1) | uint64(b[2])<<14
	if b[2] < 0x80 {
		return v, 3
	}
	v = v&(1<<21-1) | uint64(b[3])<<21
	if b[3] < 0x80 {
		return v, 4
	}
	return 0, 0
}

// gnuSplit reads a list of .debug_loc.dwo: the kinds of an early draft of DWARF 5, with
// lengths in fixed numbers of bytes.
func (w *walker) gnuSplit(data []byte, off uint64) error {
	c := dwarf.CursorAt(".debug_loc.dwo", data, off)
	m := mask(w.ctx.AddrSize)
	w.setBase(w.ctx.Base)
	addrx := func() uint64 {
		i := c.ULEB()
		if c.Err() != nil || w.ctx.Addrx == nil {
			c.Fail(errNoAddrx)
			return 0
		}
		a, err := w.ctx.Addrx(i)
		if err != nil {
			c.Fail(err)
		}
		return a
	}
	for {
		var l Location
		switch kind := c.U8(); kind {
		case 0:
			return c.Err()
		case 1:
			w.setBase(addrx())
			continue
		case 2:
			l.Low, l.High = addrx(), addrx()
			l.Dead = Tombstone(l.Low, w.ctx.AddrSize)
		case 3:
			l.Low = addrx()
			l.High = (l.Low + uint64(c.U32())) & m
			l.Dead = Tombstone(l.Low, w.ctx.AddrSize)
		case 4:
			l.Low, l.High, l.Dead = uint64(c.U32()), uint64(c.U32()), w.dead
			if !l.Dead {
				l.Low, l.High = (l.Low+w.base)&m, (l.High+w.base)&m
			}
		default:
			c.Fail(fmt.Errorf("%w 0x%x", errKind, kind))
		}
		l.Expr = c.Bytes(uint64(c.U16()))
		if c.Err() != nil {
			return c.Err()
		}
		w.entry(&l)
	}
}
