package debuginfo

import (
	"bytes"
	"encoding/binary"
	"sync"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// A name is looked for in the input where it is cheapest: it stands once among the strings, and units
// that use it have its place, four bytes, somewhere. That may find too many units, but not too few.

// nameSearch is what the search for names in the input knows of its units.
type nameSearch struct {
	units  []searchedUnit
	across bool // of any unit
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
// translate all, and when that is done. In the first case they are listed all the same.
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
			windows[base] = newWindow(places, uint64(base), uint64(len(u.in.Sections().Str)))
		}
	}
	inParallel(len(found), func() func(int) {
		return func(i int) {
			s, u := &l.search.units[i], l.begun.units[i].in
			w := windows[l.begun.strBase[u.Sections()]]
			found[i] = s.other || s.strp && w.in(u.Bytes()) || s.strx && w.in(stringOffsets(u)) || s.inline && hasText(u.Bytes(), name)
		}
	})
	n := namesakes{later: l, name: name, places: map[uint64]bool{}, named: map[info.Offset]bool{}, found: found}
	for _, p := range places {
		n.places[p] = true
	}
	if l.search.across && !n.follow() {
		return nil, false
	}
	units, few := l.chosen(found)
	if !few {
		// Parameters and local variables may have that name, which are in no index.
		inParallel(len(units), func() func(int) {
			return func(k int) { found[units[k]] = n.lists(l.begun.units[units[k]]) }
		})
		units, few = l.chosen(found)
	}
	return units, few
}

// chosen lists the units that were found; few says that they are not too much.
func (l *Later) chosen(found []bool) (units []int, few bool) {
	size := 0
	for i, is := range found {
		if is {
			units = append(units, i)
			size += l.units[i].size
		}
	}
	return units, float64(size) <= l.Part*float64(l.size)
}

// placesOf finds where in .debug_str the name stands, alone or with template arguments. It may stand at
// the end of another.
func (l *Later) placesOf(name string) (places []uint64) {
	str := l.str
	const pieces = 16
	var mu sync.Mutex
	inParallel(pieces, func() func(int) {
		return func(p int) {
			var own []uint64
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
					own = append(own, uint64(lo+at))
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
	for i := range s.units {
		s.across = s.across || s.units[i].across
	}
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

// newWindow takes those of the places that lie in [base, base+size), as they count from there.
func newWindow(places []uint64, base, size uint64) *window {
	w := &window{exact: map[uint32]bool{}}
	for _, p := range places {
		if p -= base; p < size {
			w.exact[uint32(p)] = true
			h := windowHash(uint32(p))
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
