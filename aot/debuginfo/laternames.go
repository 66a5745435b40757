package debuginfo

import (
	"bytes"
	"encoding/binary"
	"sync"
	"sync/atomic"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// laterName is a name of a unit's index.
type laterName struct {
	index.Entry
	text     string
	template uint32 // of the name without template arguments: where the name with them is, + 1; else 0
}

// Lookup calls yield for the entries of exactly that name, as index.Names does. It translates the units
// in which there may be such, or, when those are many, all.
func (l *Later) Lookup(name string, yield func(index.Entry) bool) error {
	units, ok := l.MayHave(name)
	if !ok {
		return l.allNames().Lookup(name, yield)
	}
	inParallel(len(units), func() func(int) {
		return func(k int) { l.namesIn(units[k]) }
	})
	if l.finished.Load() != nil { // meanwhile, so that there may be no names
		return l.allNames().Lookup(name, yield)
	}
	templates := map[uint32]bool{}
	for _, i := range units {
		for k := range l.units[i].names {
			n := &l.units[i].names[k]
			if n.text != name {
				continue
			}
			if n.template != 0 {
				if templates[n.template] {
					continue
				}
				templates[n.template] = true
			}
			if !yield(n.Entry) {
				return nil
			}
		}
	}
	return nil
}

// Texts calls yield for every name, as index.Names does. It translates all units.
func (l *Later) Texts(yield func(text []byte, id index.ID) bool) error {
	return l.allNames().Texts(yield)
}

// Entries calls yield for each entry of a name, as index.Names does.
func (l *Later) Entries(id index.ID, yield func(index.Entry) bool) error {
	return l.allNames().Entries(id, yield)
}

// allNames is the finished index.
func (l *Later) allNames() *index.Names {
	l.Finish()
	return l.finished.Load().names
}

// namesIn returns the names of a unit, in which they are collected as those of all are for the index.
func (l *Later) namesIn(i int) []laterName {
	u := &l.units[i]
	u.namesOnce.Do(func() {
		if _, err := l.data.Units[i].Bases(); err != nil {
			return
		}
		a := u.made.Load()
		if a == nil {
			return // everything was translated meanwhile, so that nobody asks
		}
		x := &nameIndexer{
			info: a.Sections.Info, abbrev: a.Sections.Abbrev, str: l.str, memory: byte(dwarf.OpBreg0) + l.memory,
			tables: map[uint32][]namePlan{},
			across: func(n uint32) entryNames { return l.namesAcross(a, n) },
		}
		body := indexedUnit{first: uint32(l.data.Units[i].First - l.data.Units[i].Offset), end: uint32(len(x.info)), plans: x.table(0)}
		w := nameWalk{x: x, u: &body, cache: &namesCache{}, seen: map[uint32]bool{}}
		w.walk()
		texts := make([]string, len(w.names))
		for k := range w.names {
			text, _ := dwarf.String(x.str, uint64(w.names[k].Str))
			texts[k] = string(text)
		}
		for _, n := range body.inline {
			texts[n.at] = n.text
		}
		entry := func(k int, text string, template uint32) {
			n := &w.names[k]
			e := index.Entry{Unit: uint64(info.LaterOffset(i, 0)), DIE: uint64(n.DIE), Tag: n.Tag}
			switch {
			case n.Parent == index.ParentUnit:
				e.ParentKnown = true
			case n.Parent >= 0:
				e.ParentKnown, e.Parent = true, uint64(w.names[n.Parent].DIE)
			}
			u.names = append(u.names, laterName{e, text, template})
		}
		for k := range w.names {
			entry(k, texts[k], 0)
		}
		for _, t := range w.templates {
			entry(t.at, texts[t.at][:t.length], w.names[t.at].Str+1)
		}
	})
	return u.names
}

// namesAcross are the names of the entry that a reference across units means, in a unit that was
// translated alone.
func (l *Later) namesAcross(a *info.Alone, n uint32) entryNames {
	names := entryNames{name: noString, linkage: noString}
	key, ok := a.Key(uint64(n))
	if !ok {
		return names
	}
	off, ok := l.place(key)
	for range 8 {
		if !ok {
			break
		}
		e, err := l.data.Entry(off)
		if err != nil {
			break
		}
		var next info.Value
		for v := range e.Attrs() {
			at, known := v.StrOffset()
			switch v.Attr {
			case dwarf.AttrName:
				if names.name != noString || names.inline != "" {
				} else if known {
					names.name = uint32(at)
				} else if v.Form == dwarf.FormString {
					names.inline, _ = v.Str()
				}
			case dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
				if known && names.linkage == noString {
					names.linkage = uint32(at)
				}
			case dwarf.AttrAbstractOrigin:
				next = v
			case dwarf.AttrSpecification:
				if next.Attr == 0 {
					next = v
				}
			}
		}
		off, ok = next.Ref()
	}
	return names
}

// nameSearch is what the search for names in the input knows of its units.
type nameSearch struct {
	units []searchedUnit
}

// searchedUnit says in which ways a unit of the input names its entries.
type searchedUnit struct {
	strp, strx, inline, other bool
	across                    bool // entries may have the names of those of other units
}

// mostPlaces is how many strings a search may have in view.
const mostPlaces = 1 << 16

// MayHave lists the units, ascending, in which an entry may have the name, or the name with template
// arguments behind it; ok is false if those are so many, or so hard to find, that it is better to
// translate all, and when that is done.
func (l *Later) MayHave(name string) (units []int, ok bool) {
	if name == "" {
		return nil, false
	}
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.begun == nil {
		return nil, false
	}
	places := l.placesOf(name)
	if len(places) > mostPlaces {
		return nil, false
	}
	l.searchOnce.Do(func() { l.search = l.newSearch() })
	found := make([]bool, len(l.units))
	windows := map[uint32]*window{} // by the place of a unit's strings among all
	for _, u := range l.begun.units {
		base := l.begun.strBase[u.in.Sections()]
		if windows[base] == nil {
			windows[base] = newWindow(places, base, uint32(len(u.in.Sections().Str)))
		}
	}
	var hard atomic.Bool
	inParallel(len(found), func() func(int) {
		return func(i int) {
			s, u := &l.search.units[i], l.begun.units[i].in
			if s.across {
				hard.Store(true)
			}
			w := windows[l.begun.strBase[u.Sections()]]
			found[i] = s.other || s.strp && w.in(u.Bytes()) || s.strx && w.in(stringOffsets(u)) || s.inline && hasText(u.Bytes(), name)
		}
	})
	if hard.Load() {
		return nil, false
	}
	size := 0
	for i, is := range found {
		if is {
			units = append(units, i)
			size += l.units[i].size
		}
	}
	return units, float64(size) <= tooMuch*float64(l.size)
}

// placesOf finds where in .debug_str the name stands, alone or with template arguments. It may stand at
// the end of another.
func (l *Later) placesOf(name string) (places []uint32) {
	str := l.str
	const pieces = 16
	var mu sync.Mutex
	inParallel(pieces, func() func(int) {
		return func(p int) {
			var own []uint32
			lo, hi := len(str)/pieces*p, len(str)/pieces*(p+1)
			if p == pieces-1 {
				hi = len(str)
			}
			for _, end := range []string{"\x00", "<"} {
				pattern := []byte(name + end)
				from := str[lo:min(hi+len(pattern)-1, len(str))]
				for at := 0; len(own) <= mostPlaces; at++ {
					n := bytes.Index(from[at:], pattern)
					if n < 0 {
						break
					}
					at += n
					if end == "<" {
						if text, _ := dwarf.String(str, uint64(lo+at)); templateName(text) != len(name) {
							continue
						}
					}
					own = append(own, uint32(lo+at))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			places = append(places, own...)
		}
	})
	return places
}

// newSearch looks through the abbreviations.
func (l *Later) newSearch() *nameSearch {
	s := &nameSearch{units: make([]searchedUnit, len(l.units))}
	inParallel(len(l.units), func() func(int) {
		return func(i int) {
			u := &s.units[i]
			l.begun.units[i].in.Forms(func(tag dwarf.Tag, a dwarf.Attr, f dwarf.Form) bool {
				switch tag {
				case dwarf.TagCompileUnit, dwarf.TagPartialUnit, dwarf.TagTypeUnit, dwarf.TagSkeletonUnit:
					return true
				}
				switch a {
				case dwarf.AttrName, dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
					switch f {
					case dwarf.FormStrp:
						u.strp = true
					case dwarf.FormStrx, dwarf.FormStrx1, dwarf.FormStrx2, dwarf.FormStrx3, dwarf.FormStrx4, dwarf.FormGNUStrIndex:
						u.strx = true
					case dwarf.FormString:
						u.inline = true
					default:
						u.other = true
					}
				case dwarf.AttrAbstractOrigin, dwarf.AttrSpecification:
					u.across = u.across || f == dwarf.FormRefAddr || f == dwarf.FormIndirect
				}
				return true
			})
		}
	})
	return s
}

// hasText reports whether a name may stand in entries themselves.
func hasText(entries []byte, name string) bool {
	return bytes.Contains(entries, []byte(name+"\x00")) || bytes.Contains(entries, []byte(name+"<"))
}

// stringOffsets is a unit's part of .debug_str_offsets, as far as that is known: no more than is left of
// the section.
func stringOffsets(u *info.Unit) []byte {
	b, err := u.Bases()
	s := u.Sections().StrOffsets
	if err != nil || b.StrOffsets > uint64(len(s)) {
		return nil
	}
	part := s[b.StrOffsets:]
	if b.StrOffsets >= 8 && u.Version >= 5 && !u.Is64 {
		if n := uint64(binary.LittleEndian.Uint32(s[b.StrOffsets-8:])); n >= 4 && n-4 < uint64(len(part)) {
			part = part[:n-4]
		}
	}
	return part
}

// window finds any of several numbers of 4 bytes wherever they stand.
type window struct {
	bits  [1 << 13]uint64
	exact map[uint32]bool
}

// newWindow takes those of the places that lie in a part of all strings, as that part counts them.
func newWindow(places []uint32, base, size uint32) *window {
	w := &window{exact: map[uint32]bool{}}
	for _, p := range places {
		if p -= base; p < size {
			w.exact[p] = true
			h := windowHash(p)
			w.bits[h/64] |= 1 << (h % 64)
		}
	}
	return w
}

func windowHash(v uint32) uint32 { return v * 2654435769 >> (32 - 19) }

// in reports whether one of the numbers stands somewhere.
func (w *window) in(b []byte) bool {
	switch len(w.exact) {
	case 0:
		return false
	case 1, 2, 3: // as fast as memory
		for v := range w.exact {
			if bytes.Contains(b, binary.LittleEndian.AppendUint32(nil, v)) {
				return true
			}
		}
		return false
	}
	if len(b) < 4 {
		return false
	}
	v := binary.LittleEndian.Uint32(b) << 8
	for _, c := range b[3:] {
		v = v>>8 | uint32(c)<<24
		if h := windowHash(v); w.bits[h/64]>>(h%64)&1 != 0 && w.exact[v] {
			return true
		}
	}
	return false
}
