package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode"
	"unicode/utf8"

	"sphex/dwarf"
)

const section = ".debug_names"

// Index attributes (DWARF 5, 7.19).
const (
	idxCompileUnit = 1
	idxTypeUnit    = 2
	idxDIEOffset   = 3
	idxParent      = 4
	idxTypeHash    = 5
)

// Entry is an entry of .debug_names.
type Entry struct {
	Unit uint64 // offset of the unit in .debug_info
	DIE  uint64 // offset of the entry from the start of the unit
	Tag  dwarf.Tag
	// Parent is the offset of the parent entry from the start of the unit, if ParentKnown;
	// 0 says that the parent is the unit itself.
	Parent      uint64
	ParentKnown bool
}

// ID is the place of a name in Names.
type ID struct {
	index int
	name  uint64
}

// Names is .debug_names: one name index, or several that a linker put one after the other.
type Names struct {
	str     []byte
	indexes []*nameIndex
}

type nameIndex struct {
	is64       bool
	units      []uint64
	typeUnits  []uint64
	buckets    array
	hashes     array
	strings    array
	entries    array
	abbrevs    map[uint64]*nameAbbrev
	pool       []byte
	poolOffset uint64 // in the section
}

type nameAbbrev struct {
	tag   dwarf.Tag
	attrs []nameAttr
}

type nameAttr struct {
	idx  uint64
	form dwarf.Form
}

// array is an array of numbers of 4 or 8 bytes.
type array struct {
	data []byte
	size uint8
}

func (a array) len() uint64 { return uint64(len(a.data)) / uint64(a.size) }

func (a array) at(i uint64) uint64 {
	if a.size == 8 {
		return binary.LittleEndian.Uint64(a.data[8*i:])
	}
	return uint64(binary.LittleEndian.Uint32(a.data[4*i:]))
}

var (
	errTooMany = errors.New("more entries than the section has room for")
	errTwice   = errors.New("abbreviation is declared twice")
	errAbbrev  = errors.New("no such abbreviation")
	errForm    = errors.New("unsupported form of an index attribute")
	errUnit    = errors.New("no such unit")
)

// ParseNames reads the headers of .debug_names. On an error the result holds the indexes
// before it.
func ParseNames(s *dwarf.Sections) (*Names, error) {
	n := &Names{str: s.Str}
	for off := uint64(0); off < uint64(len(s.Names)); {
		c := dwarf.CursorAt(section, s.Names, off)
		ix := parseIndex(&c)
		if c.Err() != nil {
			return n, c.Err()
		}
		n.indexes = append(n.indexes, ix)
		off = ix.poolOffset + uint64(len(ix.pool))
	}
	return n, nil
}

func parseIndex(c *dwarf.Cursor) *nameIndex {
	ix := &nameIndex{abbrevs: map[uint64]*nameAbbrev{}}
	n, is64 := c.InitialLength()
	c.Limit(n)
	ix.is64 = is64
	if v := c.U16(); v != 5 && c.Err() == nil {
		c.Fail(errors.New("name index of unsupported version"))
	}
	c.U16()
	var counts [7]uint64 // compilation, local and foreign type units, buckets, names, abbreviations, augmentation
	for i := range counts {
		counts[i] = uint64(c.U32())
	}
	c.Skip(counts[6])
	word := uint8(4)
	if is64 {
		word = 8
	}
	take := func(count uint64, size uint8) array {
		if count > uint64(c.Len())/uint64(size) {
			c.Fail(errTooMany)
			return array{nil, size}
		}
		return array{c.Bytes(count * uint64(size)), size}
	}
	units, typeUnits := take(counts[0], word), take(counts[1], word)
	take(counts[2], 8)
	for i := range units.len() {
		ix.units = append(ix.units, units.at(i))
	}
	for i := range typeUnits.len() {
		ix.typeUnits = append(ix.typeUnits, typeUnits.at(i))
	}
	ix.buckets = take(counts[3], 4)
	hashes := uint64(0)
	if counts[3] > 0 {
		hashes = counts[4]
	}
	ix.hashes = take(hashes, 4)
	ix.strings, ix.entries = take(counts[4], word), take(counts[4], word)
	abbrevs := dwarf.NewCursor(section, c.Bytes(counts[5]), c.Offset()-min(counts[5], c.Offset()))
	ix.poolOffset = c.Offset()
	ix.pool = c.Rest()
	if c.Err() == nil {
		if err := ix.parseAbbrevs(&abbrevs); err != nil {
			c.Fail(err)
		}
	}
	return ix
}

func (ix *nameIndex) parseAbbrevs(c *dwarf.Cursor) error {
	for c.Len() > 0 {
		code := c.ULEB()
		if code == 0 {
			break // padding may follow
		}
		if ix.abbrevs[code] != nil {
			return errTwice
		}
		a := &nameAbbrev{tag: dwarf.Tag(c.ULEB())}
		for c.Err() == nil {
			attr := nameAttr{c.ULEB(), dwarf.Form(c.ULEB())}
			if attr == (nameAttr{}) {
				break
			}
			a.attrs = append(a.attrs, attr)
		}
		ix.abbrevs[code] = a
	}
	return c.Err()
}

// Lookup calls yield for each entry of exactly that name, until yield returns false.
func (n *Names) Lookup(name string, yield func(Entry) bool) error {
	h := uint64(Hash(name))
	for _, ix := range n.indexes {
		budget := len(ix.pool) // as in All
		count := ix.strings.len()
		first, hashed := uint64(0), ix.buckets.len() > 0
		if hashed {
			// Names are numbered from 1; 0 is an empty bucket.
			if first = ix.buckets.at(h % ix.buckets.len()); first == 0 {
				continue
			}
			if first--; first >= count {
				return dwarf.Errorf(section, ix.poolOffset, "bucket of a name that is not there")
			}
		}
		for i := first; i < count; i++ {
			if hashed {
				hash := ix.hashes.at(i)
				if hash%ix.buckets.len() != h%ix.buckets.len() {
					break
				}
				if hash != h {
					continue
				}
			}
			if !n.is(ix.strings.at(i), name) {
				continue
			}
			more := true
			err := ix.each(ix.entries.at(i), func(e Entry) bool {
				budget--
				more = budget >= 0 && yield(e)
				return more
			})
			if err == nil && budget < 0 {
				err = dwarf.Errorf(section, ix.poolOffset, "lists of entries overlap")
			}
			if err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// is reports whether the string at off is name, without looking for the end of a long one.
func (n *Names) is(off uint64, name string) bool {
	if off > uint64(len(n.str)) {
		return false
	}
	rest, ok := bytes.CutPrefix(n.str[off:], []byte(name))
	return ok && len(rest) > 0 && rest[0] == 0
}

// All calls yield for every name, until it returns false. name aliases .debug_str, entries
// is only valid during the call.
func (n *Names) All(yield func(name []byte, entries []Entry) bool) error {
	var es []Entry
	for _, ix := range n.indexes {
		// Hostile entry lists may overlap: all together they are read once.
		budget := len(ix.pool)
		text := 4*len(n.str) + 1<<20 // nor do producers overlap names at length
		for i := range ix.strings.len() {
			name, ok := dwarf.String(n.str, ix.strings.at(i))
			if !ok {
				return dwarf.Errorf(section, ix.poolOffset, "name %d is not in .debug_str", i)
			}
			if text -= len(name); text < 0 {
				return dwarf.Errorf(section, ix.poolOffset, "names overlap")
			}
			es = es[:0]
			err := ix.each(ix.entries.at(i), func(e Entry) bool {
				es = append(es, e)
				budget--
				return budget >= 0
			})
			if err != nil {
				return err
			}
			if budget < 0 {
				return dwarf.Errorf(section, ix.poolOffset, "lists of entries overlap")
			}
			if !yield(name, es) {
				return nil
			}
		}
	}
	return nil
}

// Texts calls yield for every name, without reading its entries, until it returns false. text
// aliases .debug_str.
func (n *Names) Texts(yield func(text []byte, id ID) bool) error {
	for i, ix := range n.indexes {
		budget := 4*len(n.str) + 1<<20 // as in All
		for k := range ix.strings.len() {
			text, ok := dwarf.String(n.str, ix.strings.at(k))
			if !ok {
				return dwarf.Errorf(section, ix.poolOffset, "name %d is not in .debug_str", k)
			}
			if budget -= len(text); budget < 0 {
				return dwarf.Errorf(section, ix.poolOffset, "names overlap")
			}
			if !yield(text, ID{i, k}) {
				return nil
			}
		}
	}
	return nil
}

// Entries calls yield for each entry of a name, until it returns false.
func (n *Names) Entries(id ID, yield func(Entry) bool) error {
	ix := n.indexes[id.index]
	return ix.each(ix.entries.at(id.name), yield)
}

// Move gives the units other offsets.
func (n *Names) Move(to func(unit uint64) uint64) {
	for _, ix := range n.indexes {
		for _, list := range [][]uint64{ix.units, ix.typeUnits} {
			for i := range list {
				list[i] = to(list[i])
			}
		}
	}
}

// Units lists the offsets in .debug_info of the units that the index covers.
func (n *Names) Units() []uint64 {
	var out []uint64
	for _, ix := range n.indexes {
		out = append(append(out, ix.units...), ix.typeUnits...)
	}
	return out
}

// each reads the list of entries at off of the pool.
func (ix *nameIndex) each(off uint64, yield func(Entry) bool) error {
	c := dwarf.NewCursor(section, ix.pool, ix.poolOffset)
	c.Skip(off)
	for {
		var e Entry
		parent, ok := ix.entry(&c, &e)
		if c.Err() != nil || !ok {
			return c.Err()
		}
		if parent != noParent && e.ParentKnown {
			var p Entry
			at := dwarf.NewCursor(section, ix.pool, ix.poolOffset)
			at.Skip(parent)
			if _, ok := ix.entry(&at, &p); !ok || at.Err() != nil {
				e.ParentKnown = false
			}
			e.Parent = p.DIE
		}
		if !yield(e) {
			return nil
		}
	}
}

const noParent = ^uint64(0)

// entry reads one entry; ok is false where the list ends. parent is its parent's place in the pool.
func (ix *nameIndex) entry(c *dwarf.Cursor, e *Entry) (parent uint64, ok bool) {
	code := c.ULEB()
	if c.Err() != nil || code == 0 {
		return 0, false
	}
	a := ix.abbrevs[code]
	if a == nil {
		c.Fail(errAbbrev)
		return 0, false
	}
	e.Tag = a.tag
	parent = noParent
	unit, units := uint64(0), ix.units
	for _, attr := range a.attrs {
		v := ix.value(c, attr.form)
		switch attr.idx {
		case idxCompileUnit:
			unit = v
		case idxTypeUnit:
			unit, units = v, ix.typeUnits
		case idxDIEOffset:
			e.DIE = v
		case idxParent:
			e.ParentKnown = true
			if attr.form != dwarf.FormFlagPresent {
				parent = v
			}
		}
	}
	if c.Err() == nil && unit >= uint64(len(units)) {
		c.Fail(errUnit)
		return 0, false
	}
	if c.Err() == nil {
		e.Unit = units[unit]
	}
	return parent, c.Err() == nil
}

func (ix *nameIndex) value(c *dwarf.Cursor, f dwarf.Form) uint64 {
	switch f {
	case dwarf.FormFlagPresent:
		return 1
	case dwarf.FormData1, dwarf.FormRef1, dwarf.FormFlag:
		return uint64(c.U8())
	case dwarf.FormData2, dwarf.FormRef2:
		return uint64(c.U16())
	case dwarf.FormData4, dwarf.FormRef4:
		return uint64(c.U32())
	case dwarf.FormData8, dwarf.FormRef8, dwarf.FormRefSig8:
		return c.U64()
	case dwarf.FormUdata, dwarf.FormRefUdata:
		return c.ULEB()
	case dwarf.FormSecOffset:
		return c.Word(ix.is64)
	}
	c.Fail(errForm)
	return 0
}

// Hash is the hash of a name: Bernstein's, of the case-folded name (DWARF 5, 7.33).
func Hash(name string) uint32 { return hash([]byte(name)) }

func hash(name []byte) uint32 {
	h := uint32(5381)
	for i, b := range name {
		if b >= utf8.RuneSelf {
			return hashRunes(h, string(name[i:]))
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		h = h*33 + uint32(b)
	}
	return h
}

func hashRunes(h uint32, s string) uint32 {
	var buf [utf8.UTFMax]byte
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 { // no UTF-8: as it is
				h = h*33 + uint32(s[i])
				continue
			}
		}
		for _, b := range buf[:utf8.EncodeRune(buf[:], fold(r))] {
			h = h*33 + uint32(b)
		}
	}
	return h
}

// fold is Unicode's simple case folding, with the standard's exception that both Turkish
// letters i are folded to i.
func fold(r rune) rune {
	switch {
	case r == 0x130 || r == 0x131:
		return 'i'
	case 0x13a0 <= r && r <= 0x13f5: // Cherokee folds to its older, upper case letters
		return r
	case 0x13f8 <= r && r <= 0x13fd || 0xab70 <= r && r <= 0xabbf:
		return unicode.ToUpper(r)
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
