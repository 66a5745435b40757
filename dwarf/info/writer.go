package info

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sort"
	"sync"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/list"
	"sphex/dwarf/macro"
)

// Writer collects units: DWARF 5, 32-bit format, 8-byte addresses. Units are written
// independently of each other, also concurrently, and then appended in order.
type Writer struct {
	Str     *dwarf.StringTable
	LineStr *dwarf.StringTable

	keys    *Keys // nil: each unit has a table of its own
	few     *Keys // the keys that this has, if not nil; see OnlyKeys
	out     Output
	abbrevs map[string]uint32 // offset of each distinct table
	units   []unitKeys
	order   []unitKeys // units by their least key, once all are there
	far     []farRef
	lines   map[int]uint32 // offsets of line number programs that units share
	shared  []sharedLine

	mu   sync.Mutex
	free []*UnitWriter // appended: their memory is used again
}

// sharedLine is a place in .debug_info for the offset of another unit's line number program.
type sharedLine struct {
	at uint32
	id int
}

// Output is the sections that a Writer makes. Str and LineStr are those of the tables.
type Output struct {
	Info, Abbrev, Str, LineStr, Line, Loclists, Rnglists, Macro []byte
}

// unitKeys is what remains of an appended unit for references from other units.
type unitKeys struct {
	base uint32 // offset in .debug_info
	low  uint64 // see UnitWriter.LowKey
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
	return &Writer{Str: str, LineStr: lineStr, abbrevs: map[string]uint32{}, lines: map[int]uint32{}}
}

const (
	listHeaderSize = 12 // of .debug_rnglists and .debug_loclists
	addrSize       = 8
)

// SetKeys tells the writer which keys there are. It comes before the first unit. The keys of a
// unit are then those from its LowKey on to the next LowKey.
func (w *Writer) SetKeys(k *Keys) { w.keys = k }

// OnlyKeys makes the tables that units have of their own shorter: references are to keys of the set,
// of which more is not used. It takes the place of SetKeys.
func (w *Writer) OnlyKeys(k *Keys) { w.few = k }

// Reserve makes room for sections of about these sizes.
func (w *Writer) Reserve(info, line, loclists, rnglists int) {
	// Not slices.Grow: that writes to all of it.
	w.out.Info = make([]byte, 0, info)
	w.out.Line = make([]byte, 0, line)
	w.out.Loclists = make([]byte, 0, loclists)
	w.out.Rnglists = make([]byte, 0, rnglists)
}

// NewUnit starts a compilation or partial unit. Its root entry is the first that is begun.
func (w *Writer) NewUnit(typ dwarf.UnitType) *UnitWriter {
	u := w.recycled()
	u.buf = append(u.buf, 0, 0, 0, 0, 5, 0, byte(typ), addrSize, 0, 0, 0, 0)
	return u
}

// NewTypeUnit starts a type unit; typeKey is the key of the type's entry.
func (w *Writer) NewTypeUnit(signature, typeKey uint64) *UnitWriter {
	u := w.NewUnit(dwarf.UnitTypes)
	u.buf = binary.LittleEndian.AppendUint64(u.buf, signature)
	u.near = append(u.near, nearRef{at: uint32(len(u.buf)), kind: typeOfUnit, key: typeKey})
	u.buf = append(u.buf, 0, 0, 0, 0)
	return u
}

// Append puts the finished unit behind those appended before and returns its offset in
// .debug_info. The UnitWriter must not be used any more.
func (w *Writer) Append(u *UnitWriter) (offset uint64) {
	base := uint32(len(w.out.Info))
	le := binary.LittleEndian

	abbrev, ok := w.abbrevs[string(u.abbrevs.bytes)]
	if !ok {
		abbrev = uint32(len(w.out.Abbrev))
		w.abbrevs[string(u.abbrevs.bytes)] = abbrev
		w.out.Abbrev = append(append(w.out.Abbrev, u.abbrevs.bytes...), 0)
	}
	le.PutUint32(u.buf[8:], abbrev)

	line := uint32(len(w.out.Line))
	w.out.Line = append(w.out.Line, u.Line...)
	if u.LineID != 0 {
		w.lines[u.LineID] = line
	}
	mac := uint32(len(w.out.Macro))
	w.out.Macro = append(w.out.Macro, u.Macro...)
	if len(u.Macro) > 0 {
		le.PutUint32(w.out.Macro[mac+macro.LineOffset:], line)
	}
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
		case toMacro:
			add = mac
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
	for _, l := range u.shared {
		w.shared = append(w.shared, sharedLine{l.at + base, l.id})
	}
	w.out.Info = append(w.out.Info, u.buf...)
	w.units = append(w.units, unitKeys{base, u.LowKey, u.keys})
	w.recycle(u)
	return uint64(base)
}

// recycle keeps the memory of a unit for another.
func (w *Writer) recycle(u *UnitWriter) {
	u.abbrevs.reset()
	u.ranges.Reset()
	u.locs.Reset()
	if cap(u.Line) > cap(u.Spare) {
		u.Spare = u.Line
	}
	*u = UnitWriter{w: w, Spare: u.Spare[:0], buf: u.buf[:0], abbrevs: u.abbrevs, forward: u.forward[:0], near: u.near[:0], far: u.far[:0], relocs: u.relocs[:0],
		ranges: u.ranges, locs: u.locs, specs: u.specs[:0], vals: u.vals[:0], stack: u.stack[:0]}
	w.mu.Lock()
	w.free = append(w.free, u)
	w.mu.Unlock()
}

// recycled is an empty UnitWriter.
func (w *Writer) recycled() *UnitWriter {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.free)
	if n == 0 {
		return &UnitWriter{w: w}
	}
	u := w.free[n-1]
	w.free = w.free[:n-1]
	return u
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
	if w.keys == nil {
		for i := range order {
			order[i].low = order[i].keys.min()
		}
	}
	slices.SortStableFunc(order, func(a, b unitKeys) int { return cmp.Compare(a.low, b.low) })
	for _, r := range w.far {
		target, ok := w.resolve(order, r.key)
		if !ok {
			unresolved = append(unresolved, r.key)
		}
		section := w.out.Info
		if r.loc {
			section = w.out.Loclists
		}
		binary.LittleEndian.PutUint32(section[r.at:], target)
	}
	for _, l := range w.shared {
		binary.LittleEndian.PutUint32(w.out.Info[l.at:], w.lines[l.id])
	}
	w.free, w.order = nil, order
	w.out.Str, w.out.LineStr = w.Str.Bytes(), w.LineStr.Bytes()
	return &w.out, unresolved
}

// Place returns the offset in .debug_info of the entry with that key. It comes behind Finish.
func (w *Writer) Place(key uint64) (off uint32, ok bool) { return w.resolve(w.order, key) }

// LineAt returns where the line number program with that LineID is. It comes behind Finish.
func (w *Writer) LineAt(id int) (off uint32, ok bool) {
	off, ok = w.lines[id]
	return off, ok
}

// resolve finds key in units, which are sorted by their least key. Their key intervals
// commonly do not overlap, so that the last candidate is nearly always the one.
func (w *Writer) resolve(units []unitKeys, key uint64) (uint32, bool) {
	i := sort.Search(len(units), func(i int) bool { return units[i].low > key })
	if w.keys != nil {
		off, ok := w.keys.lookup(key)
		if i == 0 || !ok {
			return 0, false
		}
		return units[i-1].base + off, true
	}
	for i--; i >= 0; i-- {
		if off, ok := units[i].keys.lookup(key); ok {
			return units[i].base + off, true
		}
	}
	return 0, false
}

// UnitWriter writes one unit, entry by entry in order: an entry is begun, gets its
// attributes, then its children, and is ended.
type UnitWriter struct {
	// Line is the unit's line number program, to which StmtList refers. It may be set until Append.
	Line []byte
	// Spare is memory for Line, of a unit before.
	Spare []byte
	// LineID, if it is not 0, is how other units name Line for SharedLine.
	LineID int
	// LowKey is the least key of the unit, if the Writer knows the keys.
	LowKey uint64
	// Macro is the unit's macro information, to which Macros refers, as a macro.Writer makes it.
	Macro []byte

	w       *Writer
	buf     []byte // the unit: all but the entry that is open for attributes
	abbrevs abbrevSet
	keys    keyTable // if the Writer has no Keys
	shared  []sharedLine
	forward []uint32 // places in the unit that hold the rank of a key whose entry is not begun
	lost    []uint64 // keys of references that no entry has
	near    []nearRef
	far     []farRef
	relocs  []reloc
	ranges  list.RangeWriter
	locs    list.LocationWriter

	open  bool        // an entry is open for attributes
	tag   dwarf.Tag   // of that
	specs []byte      // its attributes and forms
	hash  uint64      // of specs
	vals  []byte      // its values
	stack []openEntry // the entries begun
	// Where the references and relocs of the open entry start: their places count in vals until
	// the length of the code before them is known.
	firstForward, firstNear, firstFar, firstReloc int
}

// openEntry is an entry that was begun and not ended.
type openEntry struct {
	kids bool  // it has children
	plan *Plan // of an entry that was copied whole with a code for one that has children
	from *Copier
	at   uint32 // where such a one starts in the unit
}

// typeOfUnit is the kind of the reference in the header of a type unit.
const typeOfUnit expr.RefKind = 0xff

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
	toMacro
)

// Grow makes room for a unit of n bytes.
func (u *UnitWriter) Grow(n int) { u.buf = slices.Grow(u.buf, n) }

// GrowLists makes room for location lists of n bytes.
func (u *UnitWriter) GrowLists(n int) { u.locs.Grow(n) }

// Begin starts an entry, as a child of the one that was begun last and is not ended. A key
// other than 0 names the entry for references, in all units; it is best if keys ascend. It
// returns the entry's offset from the start of the unit.
func (u *UnitWriter) Begin(tag dwarf.Tag, key uint64) uint32 {
	if n := len(u.stack); n > 0 {
		u.stack[n-1].kids = true
	}
	u.flush(true)
	u.open, u.tag = true, tag
	u.firstForward, u.firstNear, u.firstFar, u.firstReloc = len(u.forward), len(u.near), len(u.far), len(u.relocs)
	u.stack = append(u.stack, openEntry{})
	return u.name(key)
}

// name gives the entry that starts here a key. It returns its offset from the start of the unit.
func (u *UnitWriter) name(key uint64) uint32 {
	off := uint32(len(u.buf))
	if key != 0 {
		if k := u.w.keys; k == nil {
			if u.w.few == nil || u.w.few.has(key) {
				u.keys.add(key, off)
			}
		} else if n, ok := k.rank(key); ok {
			k.offs[n] = off
		}
	}
	return off
}

// End ends the entry that was begun last and is not ended.
func (u *UnitWriter) End() {
	n := len(u.stack) - 1
	if n < 0 {
		panic("dwarf/info: UnitWriter.End: no entry is open")
	}
	switch e := &u.stack[n]; {
	case e.kids:
		u.buf = append(u.buf, 0)
	case e.plan != nil:
		u.childless(e)
	default:
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
	u.buf = dwarf.AppendULEB(u.buf, uint64(u.abbrevs.code(u.tag, children, u.specs, u.hash)))
	for i := range u.shared { // only the root has one
		if len(u.stack) == 1 {
			u.shared[i].at += uint32(len(u.buf))
		}
	}
	u.shift(uint32(len(u.buf)), u.firstForward, u.firstNear, u.firstFar, u.firstReloc)
	u.buf = append(u.buf, u.vals...)
	u.specs, u.hash, u.vals = u.specs[:0], 0, u.vals[:0]
}

// shift moves the places of references and relocs, from the given ones on.
func (u *UnitWriter) shift(by uint32, forward, near, far, reloc int) {
	for i := forward; i < len(u.forward); i++ {
		u.forward[i] += by
	}
	for i := near; i < len(u.near); i++ {
		if !u.near[i].loc {
			u.near[i].at += by
		}
	}
	for i := far; i < len(u.far); i++ {
		if !u.far[i].loc {
			u.far[i].at += by
		}
	}
	for i := reloc; i < len(u.relocs); i++ {
		u.relocs[i].at += by
	}
}

// appendRef appends 4 bytes for a reference to an entry of the unit to dst, which is buf or vals.
func (u *UnitWriter) appendRef(dst []byte, key uint64) []byte {
	k := u.w.keys
	if k == nil {
		u.near = append(u.near, nearRef{at: uint32(len(dst)), kind: expr.Ref4, key: key})
		return append(dst, 0, 0, 0, 0)
	}
	n, ok := k.rank(key)
	switch {
	case !ok:
		u.lost = append(u.lost, key)
		n = 0
	case k.offs[n] != 0:
		n = k.offs[n]
	default:
		u.forward = append(u.forward, uint32(len(dst)))
	}
	return binary.LittleEndian.AppendUint32(dst, n)
}

// Finish ends the unit and fills in the references within it. It returns the keys that no
// entry of the unit has; references to them are left 0.
func (u *UnitWriter) Finish() (unresolved []uint64) {
	if len(u.stack) != 0 {
		panic("dwarf/info: UnitWriter.Finish: an entry is still open")
	}
	binary.LittleEndian.PutUint32(u.buf, uint32(len(u.buf)-4))
	unresolved = u.lost
	for _, at := range u.forward {
		rank := binary.LittleEndian.Uint32(u.buf[at:])
		off := u.w.keys.offs[rank]
		if off == 0 {
			unresolved = append(unresolved, uint64(rank))
		}
		binary.LittleEndian.PutUint32(u.buf[at:], off)
	}
	u.keys.sort()
	for _, r := range u.near {
		off, ok := u.find(r.key)
		if !ok && r.kind == typeOfUnit {
			off = r.at + 4 // the root, so that there is something
		}
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
	return unresolved
}

// find returns the offset of the unit's entry with that key.
func (u *UnitWriter) find(key uint64) (off uint32, ok bool) {
	if k := u.w.keys; k != nil {
		return k.lookup(key)
	}
	return u.keys.lookup(key)
}
