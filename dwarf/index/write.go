package index

import (
	"cmp"
	"encoding/binary"
	"slices"

	"sphex/dwarf"
)

// NamesWriter collects .debug_names: one index in the 32-bit format.
type NamesWriter struct {
	names []writeName
	index map[uint32]int32 // offset in .debug_str to names
	recs  []writeEntry
}

type writeName struct {
	strp        uint32
	hash        uint32
	first, last int32 // in recs, a chain; -1 ends
	pool        uint32
}

type writeEntry struct {
	unit   uint32
	die    uint32
	parent uint32
	tag    dwarf.Tag
	next   int32
	pool   uint32
}

// ParentUnknown is for Add, where an entry's parent has no entry in the index.
const ParentUnknown = ^uint32(0)

// Add adds an entry: its name as offset in .debug_str (the same for the same name) and as text, the unit's number in
// the list given to Bytes, the entry's offset from the start of the unit, its tag, and the
// offset of its parent: 0 if that is the unit itself, or ParentUnknown.
func (w *NamesWriter) Add(strp uint32, name string, unit int, die uint32, tag dwarf.Tag, parent uint32) {
	if w.index == nil {
		w.index = map[uint32]int32{}
	}
	rec := int32(len(w.recs))
	w.recs = append(w.recs, writeEntry{unit: uint32(unit), die: die, parent: parent, tag: tag, next: -1})
	if i, ok := w.index[strp]; ok {
		n := &w.names[i]
		w.recs[n.last].next = rec
		n.last = rec
		return
	}
	w.index[strp] = int32(len(w.names))
	w.names = append(w.names, writeName{strp: strp, hash: Hash(name), first: rec, last: rec})
}

// Kinds of parents, which differ in the abbreviation.
const (
	parentUnknown = iota
	parentUnit
	parentEntry
)

// augmentation tells LLDB and others that the index is complete in LLVM's sense.
const augmentation = "LLVM0700"

// Bytes writes the section. units are the offsets of the units in .debug_info.
func (w *NamesWriter) Bytes(units []uint64) []byte {
	le := binary.LittleEndian
	unitForm, unitSize := dwarf.FormData4, uint8(4)
	switch {
	case len(units) <= 1<<8:
		unitForm, unitSize = dwarf.FormData1, 1
	case len(units) <= 1<<16:
		unitForm, unitSize = dwarf.FormData2, 2
	}

	// As many buckets as LLVM takes.
	buckets := uint32(1)
	if n := len(w.names); n > 1024 {
		buckets = uint32(n / 4)
	} else if n > 16 {
		buckets = uint32(n / 2)
	} else if n > 0 {
		buckets = uint32(n)
	}
	slices.SortStableFunc(w.names, func(a, b writeName) int {
		if c := cmp.Compare(a.hash%buckets, b.hash%buckets); c != 0 {
			return c
		}
		return cmp.Compare(a.hash, b.hash)
	})

	pool, abbrevs := w.pool(unitForm, unitSize)

	b := make([]byte, 0, 64+len(units)*4+int(buckets)*4+len(w.names)*12+len(abbrevs)+len(pool))
	b = append(b, 0, 0, 0, 0, 5, 0, 0, 0)
	for _, n := range []int{len(units), 0, 0, int(buckets), len(w.names), len(abbrevs), len(augmentation)} {
		b = le.AppendUint32(b, uint32(n))
	}
	b = append(b, augmentation...)
	for _, u := range units {
		b = le.AppendUint32(b, uint32(u))
	}
	first := len(b)
	b = append(b, make([]byte, buckets*4)...)
	for i := len(w.names) - 1; i >= 0; i-- {
		le.PutUint32(b[first+4*int(w.names[i].hash%buckets):], uint32(i+1))
	}
	for i := range w.names {
		b = le.AppendUint32(b, w.names[i].hash)
	}
	for i := range w.names {
		b = le.AppendUint32(b, w.names[i].strp)
	}
	for i := range w.names {
		b = le.AppendUint32(b, w.names[i].pool)
	}
	b = append(append(b, abbrevs...), pool...)
	le.PutUint32(b, uint32(len(b)-4))
	return b
}

// pool writes the entries, in the order of the names, and their abbreviations.
func (w *NamesWriter) pool(unitForm dwarf.Form, unitSize uint8) (pool, abbrevs []byte) {
	type place struct{ unit, die uint32 }
	// Parents are named by the place of one of their entries.
	places := make(map[place]int32, len(w.recs))
	for i := range w.recs {
		r := &w.recs[i]
		if _, ok := places[place{r.unit, r.die}]; !ok {
			places[place{r.unit, r.die}] = int32(i)
		}
	}
	type shape struct {
		tag    dwarf.Tag
		parent uint8
	}
	codes := map[shape]uint64{}
	type fixup struct {
		at     uint32
		parent int32
	}
	var fixups []fixup
	le := binary.LittleEndian
	for i := range w.names {
		n := &w.names[i]
		n.pool = uint32(len(pool))
		for rec := n.first; rec >= 0; rec = w.recs[rec].next {
			r := &w.recs[rec]
			s := shape{tag: r.tag, parent: parentUnknown}
			parent := int32(-1)
			if r.parent == 0 {
				s.parent = parentUnit
			} else if p, ok := places[place{r.unit, r.parent}]; ok && r.parent != ParentUnknown {
				s.parent, parent = parentEntry, p
			}
			code, ok := codes[s]
			if !ok {
				code = uint64(len(codes) + 1)
				codes[s] = code
				abbrevs = dwarf.AppendULEB(dwarf.AppendULEB(abbrevs, code), uint64(s.tag))
				abbrevs = append(abbrevs, idxCompileUnit, byte(unitForm), idxDIEOffset, byte(dwarf.FormRef4))
				switch s.parent {
				case parentUnit:
					abbrevs = append(abbrevs, idxParent, byte(dwarf.FormFlagPresent))
				case parentEntry:
					abbrevs = append(abbrevs, idxParent, byte(dwarf.FormRef4))
				}
				abbrevs = append(abbrevs, 0, 0)
			}
			r.pool = uint32(len(pool))
			pool = dwarf.AppendULEB(pool, code)
			pool = dwarf.AppendUint(pool, uint64(r.unit), unitSize)
			pool = le.AppendUint32(pool, r.die)
			if parent >= 0 {
				fixups = append(fixups, fixup{uint32(len(pool)), parent})
				pool = append(pool, 0, 0, 0, 0)
			}
		}
		pool = append(pool, 0)
	}
	for _, f := range fixups {
		le.PutUint32(pool[f.at:], w.recs[f.parent].pool)
	}
	return pool, append(abbrevs, 0)
}
