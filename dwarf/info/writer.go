package info

import (
	"encoding/binary"
	"math"
	"slices"
	"sort"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/list"
)

// Writer collects units: DWARF 5, 32-bit format, 8-byte addresses. Units are written
// independently of each other, also concurrently, and then appended in order.
type Writer struct {
	Str     *dwarf.StringTable
	LineStr *dwarf.StringTable

	out     Output
	abbrevs map[string]uint32 // offset of each distinct table
	units   []unitKeys
	far     []farRef
}

// Output is the sections that a Writer makes. Str and LineStr are those of the tables.
type Output struct {
	Info, Abbrev, Str, LineStr, Line, Loclists, Rnglists []byte
}

// unitKeys is what remains of an appended unit for references from other units.
type unitKeys struct {
	base uint32 // offset in .debug_info
	keys keyTable
}

// farRef is a reference to an entry of any unit.
type farRef struct {
	at  uint32 // in .debug_info or, if loc is set, in .debug_loclists
	loc bool
	key uint64
}

// NewWriter makes a writer. Its string tables may start with existing sections, whose
// offsets are then good for Strp and LineStrp.
func NewWriter(str, lineStr *dwarf.StringTable) *Writer {
	return &Writer{Str: str, LineStr: lineStr, abbrevs: map[string]uint32{}}
}

const (
	listHeaderSize = 12 // of .debug_rnglists and .debug_loclists
	addrSize       = 8
)

// NewUnit starts a compilation or partial unit. Its root entry is the first that is begun.
func (w *Writer) NewUnit(typ dwarf.UnitType) *UnitWriter {
	u := &UnitWriter{w: w, codes: map[string]uint32{}}
	u.buf = append(u.buf, 0, 0, 0, 0, 5, 0, byte(typ), addrSize, 0, 0, 0, 0)
	return u
}

// NewTypeUnit starts a type unit; typeKey is the key of the type's entry.
func (w *Writer) NewTypeUnit(signature, typeKey uint64) *UnitWriter {
	u := w.NewUnit(dwarf.UnitTypes)
	u.buf = binary.LittleEndian.AppendUint64(u.buf, signature)
	u.near = append(u.near, nearRef{at: uint32(len(u.buf)), kind: expr.Ref4, key: typeKey})
	u.buf = append(u.buf, 0, 0, 0, 0)
	return u
}

// Append puts the finished unit behind those appended before and returns its offset in
// .debug_info. The UnitWriter must not be used any more.
func (w *Writer) Append(u *UnitWriter) (offset uint64) {
	base := uint32(len(w.out.Info))
	le := binary.LittleEndian

	abbrev, ok := w.abbrevs[string(u.abbrevs)]
	if !ok {
		abbrev = uint32(len(w.out.Abbrev))
		w.abbrevs[string(u.abbrevs)] = abbrev
		w.out.Abbrev = append(append(w.out.Abbrev, u.abbrevs...), 0)
	}
	le.PutUint32(u.buf[8:], abbrev)

	line := uint32(len(w.out.Line))
	w.out.Line = append(w.out.Line, u.Line...)
	var rng, loc uint32
	w.out.Rnglists, rng = appendLists(w.out.Rnglists, u.ranges.Bytes())
	w.out.Loclists, loc = appendLists(w.out.Loclists, u.locs.Bytes())
	for _, r := range u.relocs {
		add := line
		switch r.to {
		case toRanges:
			add = rng
		case toLocs:
			add = loc
		}
		le.PutUint32(u.buf[r.at:], le.Uint32(u.buf[r.at:])+add)
	}
	for _, r := range u.far {
		if r.loc {
			r.at += loc
		} else {
			r.at += base
		}
		w.far = append(w.far, r)
	}
	w.out.Info = append(w.out.Info, u.buf...)
	w.units = append(w.units, unitKeys{base, u.keys})
	return uint64(base)
}

// appendLists appends a unit's part of .debug_rnglists or .debug_loclists with its header,
// and returns where the first list is.
func appendLists(dst, lists []byte) ([]byte, uint32) {
	if len(lists) == 0 {
		return dst, uint32(len(dst)) + listHeaderSize
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(lists)+listHeaderSize-4))
	dst = append(dst, 5, 0, addrSize, 0, 0, 0, 0, 0)
	return append(dst, lists...), uint32(len(dst))
}

// Finish fills in the references across units and returns all sections. unresolved lists
// the keys that no entry has; references to them are left 0.
func (w *Writer) Finish() (out *Output, unresolved []uint64) {
	// Most references across units come in runs to the same unit.
	order := slices.Clone(w.units)
	slices.SortStableFunc(order, func(a, b unitKeys) int {
		switch {
		case a.keys.min() < b.keys.min():
			return -1
		case a.keys.min() > b.keys.min():
			return 1
		}
		return 0
	})
	for _, r := range w.far {
		target, ok := resolve(order, r.key)
		if !ok {
			unresolved = append(unresolved, r.key)
		}
		section := w.out.Info
		if r.loc {
			section = w.out.Loclists
		}
		binary.LittleEndian.PutUint32(section[r.at:], target)
	}
	w.out.Str, w.out.LineStr = w.Str.Bytes(), w.LineStr.Bytes()
	return &w.out, unresolved
}

// resolve finds key in units, which are sorted by their least key. Their key intervals
// commonly do not overlap, so that the last candidate is nearly always the one.
func resolve(units []unitKeys, key uint64) (uint32, bool) {
	i := sort.Search(len(units), func(i int) bool { return units[i].keys.min() > key })
	for i--; i >= 0; i-- {
		if off, ok := units[i].keys.lookup(key); ok {
			return units[i].base + off, true
		}
	}
	return 0, false
}

// keyTable maps keys to offsets in a unit.
type keyTable struct {
	keys   []uint64
	offs   []uint32
	sorted bool
}

func (t *keyTable) add(key uint64, off uint32) {
	t.keys, t.offs = append(t.keys, key), append(t.offs, off)
}

func (t *keyTable) Len() int           { return len(t.keys) }
func (t *keyTable) Less(i, j int) bool { return t.keys[i] < t.keys[j] }
func (t *keyTable) Swap(i, j int) {
	t.keys[i], t.keys[j] = t.keys[j], t.keys[i]
	t.offs[i], t.offs[j] = t.offs[j], t.offs[i]
}

func (t *keyTable) sort() {
	if !t.sorted && !slices.IsSorted(t.keys) {
		sort.Stable(t)
	}
	t.sorted = true
}

func (t *keyTable) min() uint64 {
	if len(t.keys) == 0 {
		return math.MaxUint64
	}
	return t.keys[0]
}

func (t *keyTable) lookup(key uint64) (uint32, bool) {
	i, ok := slices.BinarySearch(t.keys, key)
	if !ok {
		return 0, false
	}
	return t.offs[i], true
}

// UnitWriter writes one unit, entry by entry in order: an entry is begun, gets its
// attributes, then its children, and is ended.
type UnitWriter struct {
	// Line is the unit's line number program, to which StmtList refers. It may be set until Append.
	Line []byte

	w       *Writer
	buf     []byte            // the unit: all but the entry that is open for attributes
	codes   map[string]uint32 // abbreviation (without its code) to code
	abbrevs []byte            // the table, in order of codes
	keys    keyTable
	near    []nearRef
	far     []farRef
	relocs  []reloc
	ranges  list.RangeWriter
	locs    list.LocationWriter

	open  bool   // an entry is open for attributes
	tag   uint64 // of that
	specs []byte // its attributes and forms
	vals  []byte // its values
	stack []bool // of the entries begun: they have children
	// Where near, far and relocs of the open entry start: their places count in vals until
	// the length of the code before them is known.
	firstNear, firstFar, firstReloc int
}

// nearRef is a reference within the unit.
type nearRef struct {
	at   uint32
	kind expr.RefKind
	loc  bool // at counts in the unit's location lists
	key  uint64
}

// reloc is a place in the unit that holds an offset in a section of which only the unit's
// part is known.
type reloc struct {
	at uint32
	to relocKind
}

type relocKind uint8

const (
	toLine relocKind = iota
	toRanges
	toLocs
)

// Grow makes room for a unit of n bytes.
func (u *UnitWriter) Grow(n int) { u.buf = slices.Grow(u.buf, n) }

// Begin starts an entry, as a child of the one that was begun last and is not ended. A key
// other than 0 names the entry for references, in all units; it is best if keys ascend. It
// returns the entry's offset from the start of the unit.
func (u *UnitWriter) Begin(tag dwarf.Tag, key uint64) uint32 {
	if n := len(u.stack); n > 0 {
		u.stack[n-1] = true
	}
	u.flush(true)
	off := uint32(len(u.buf))
	if key != 0 {
		u.keys.add(key, off)
	}
	u.open, u.tag = true, uint64(tag)
	u.firstNear, u.firstFar, u.firstReloc = len(u.near), len(u.far), len(u.relocs)
	u.stack = append(u.stack, false)
	return off
}

// End ends the entry that was begun last and is not ended.
func (u *UnitWriter) End() {
	n := len(u.stack) - 1
	if n < 0 {
		panic("dwarf/info: UnitWriter.End: no entry is open")
	}
	if u.stack[n] {
		u.buf = append(u.buf, 0)
	} else {
		u.flush(false)
	}
	u.stack = u.stack[:n]
}

// Size is the number of bytes written so far.
func (u *UnitWriter) Size() int { return len(u.buf) + len(u.vals) }

// flush writes the entry that is open for attributes.
func (u *UnitWriter) flush(children bool) {
	if !u.open {
		return
	}
	u.open = false
	flag := byte(0)
	if children {
		flag = 1
	}
	// The attributes come first in the map's key, since they were collected first.
	u.specs = append(dwarf.AppendULEB(u.specs, u.tag), flag)
	code, ok := u.codes[string(u.specs)]
	if !ok {
		code = uint32(len(u.codes) + 1)
		u.codes[string(u.specs)] = code
		u.abbrevs = dwarf.AppendULEB(u.abbrevs, uint64(code))
		u.abbrevs = append(dwarf.AppendULEB(u.abbrevs, u.tag), flag)
		u.abbrevs = append(u.abbrevs, u.specs[:len(u.specs)-1-dwarf.ULEBSize(u.tag)]...)
		u.abbrevs = append(u.abbrevs, 0, 0)
	}
	u.buf = dwarf.AppendULEB(u.buf, uint64(code))
	at := uint32(len(u.buf))
	for i := u.firstNear; i < len(u.near); i++ {
		if !u.near[i].loc {
			u.near[i].at += at
		}
	}
	for i := u.firstFar; i < len(u.far); i++ {
		if !u.far[i].loc {
			u.far[i].at += at
		}
	}
	for i := u.firstReloc; i < len(u.relocs); i++ {
		u.relocs[i].at += at
	}
	u.buf = append(u.buf, u.vals...)
	u.specs, u.vals = u.specs[:0], u.vals[:0]
}

// Finish ends the unit and fills in the references within it. It returns the keys that no
// entry of the unit has; references to them are left 0.
func (u *UnitWriter) Finish() (unresolved []uint64) {
	if len(u.stack) != 0 {
		panic("dwarf/info: UnitWriter.Finish: an entry is still open")
	}
	binary.LittleEndian.PutUint32(u.buf, uint32(len(u.buf)-4))
	u.keys.sort()
	for _, r := range u.near {
		off, ok := u.keys.lookup(r.key)
		if !ok {
			unresolved = append(unresolved, r.key)
		}
		b := u.buf
		if r.loc {
			b = u.locs.Bytes()
		}
		b = b[r.at:]
		switch r.kind {
		case expr.RefULEB:
			if !dwarf.PutPaddedULEB(b[:expr.RefULEBSize], uint64(off)) {
				unresolved = append(unresolved, r.key)
			}
		case expr.Ref2:
			if off > math.MaxUint16 {
				unresolved = append(unresolved, r.key)
			}
			binary.LittleEndian.PutUint16(b, uint16(off))
		default:
			binary.LittleEndian.PutUint32(b, off)
		}
	}
	u.near, u.codes = nil, nil
	return unresolved
}
