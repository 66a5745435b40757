package debuginfo

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
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
	other  bool // as well
}

// searchedUnit says in which ways a unit of the input names its entries.
type searchedUnit struct {
	strp, strx, inline, other bool
	across                    bool // entries may have the names of those of other units
}

// longText is the length from which on a string is not looked at closely.
const longText = 8 << 10

// mostPlaces is how many strings a search may have in view.
const mostPlaces = 1 << 16

// MayHave lists the units, ascending, in which an entry may have the name, or the name with template
// arguments behind it; ok is false if those are so many, or so hard to find, that it is better to
// translate all, and when that is done. In the first case they are listed all the same.
func (l *Later) MayHave(name string) (units []int, ok bool) { return l.mayHave(name, "") }

// mayHave is MayHave for entries of which the names of what they stand in are known: part is a part of one,
// or "".
func (l *Later) mayHave(name, part string) (units []int, ok bool) {
	if name == "" {
		return nil, false
	}
	l.reading.RLock()
	defer l.reading.RUnlock()
	if l.begun == nil {
		return nil, false
	}
	if name == anonymousNamespace { // which stands nowhere
		return l.chosen(slices.Repeat([]bool{true}, len(l.units)))
	}
	places := l.placesOf(name)
	if len(places) > mostPlaces {
		return nil, false
	}
	found := l.using(name, places)
	n := namesakes{later: l, name: name, places: map[uint64]bool{}, named: map[info.Offset]bool{}, found: found}
	for _, p := range places {
		n.places[p] = true
	}
	if l.search.across && !n.follow() {
		return nil, false
	}
	units, few := l.chosen(found)
	if !few {
		// Parameters and local variables may have that name, which are in no index. And units may have
		// nothing of which the name has the part.
		if part != "" && !l.search.across {
			if with, ok := stringsWith(l.str, part, mostPlaces); ok {
				n.part, n.with = part, newWindow(with, 0, uint64(len(l.str)))
			}
		}
		inParallel(len(units), func() func(int) {
			return func(k int) { found[units[k]] = n.lists(l.begun.units[units[k]]) }
		})
		units, few = l.chosen(found)
	}
	return units, few
}

// using tells which units may use a string at one of the places, or have the name in their entries.
func (l *Later) using(name string, places []uint64) (found []bool) {
	// Of a unit's strings: where they are among all, and their size. Units share theirs.
	part := func(u *unit) [2]uint64 {
		s := u.in.Sections()
		return [2]uint64{uint64(u.strBase[s]), uint64(len(s.Str))}
	}
	windows := map[[2]uint64]*window{}
	for _, u := range l.begun.units {
		if p := part(u); windows[p] == nil {
			windows[p] = newWindow(single(places), p[0], p[1])
		}
	}
	found = make([]bool, len(l.units))
	inParallel(len(found), func() func(int) {
		return func(i int) {
			s, u := &l.search.units[i], l.begun.units[i].in
			w := windows[part(l.begun.units[i])]
			found[i] = s.other || s.strp && w.in(u.Bytes()) || s.strx && w.in(stringOffsets(u)) || s.inline && hasText(u.Bytes(), name)
		}
	})
	return found
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
						text := str[lo+at : min(lo+at+longText, len(str))]
						if end := bytes.IndexByte(text, 0); end >= 0 && templateName(text[:end]) != len(name) {
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

// span is places in a string section: [lo, hi].
type span struct{ lo, hi uint64 }

// stringsWith finds where in bytes with strings among them, such as .debug_str, strings may begin that have a part: a
// string may begin within another. ok is false if there are more than most.
func stringsWith(data []byte, part string, most int) (spans []span, ok bool) {
	for at := 0; len(spans) <= most; {
		n := bytes.Index(data[at:], []byte(part))
		if n < 0 {
			return spans, true
		}
		at += n
		end := bytes.IndexByte(data[at:], 0)
		if end < 0 {
			end = len(data) - at
		}
		last := at + bytes.LastIndex(data[at:at+end], []byte(part))
		spans = append(spans, span{uint64(bytes.LastIndexByte(data[:at], 0) + 1), uint64(last)})
		at += end
	}
	return nil, false
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
		s.other = s.other || s.units[i].other
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
	few  []uint32 // the numbers, if they are not many
	bits []uint64 // else a bit for each number
}

// fewNumbers are found one after the other, as fast as memory is read.
const fewNumbers = 3

// newWindow takes those of the places that lie in [base, base+size), as they count from there.
func newWindow(places []span, base, size uint64) *window {
	w := &window{}
	n := 0
	for _, p := range places {
		if p.hi < base || p.lo >= base+size {
			continue
		}
		for at := max(p.lo, base); at <= min(p.hi, base+size-1); at++ {
			v := uint32(at - base)
			if n++; n <= fewNumbers {
				w.few = append(w.few, v)
				continue
			}
			if w.bits == nil {
				w.bits = make([]uint64, size/64+1)
				for _, v := range w.few {
					w.bits[v/64] |= 1 << (v % 64)
				}
			}
			w.bits[v/64] |= 1 << (v % 64)
		}
	}
	return w
}

// has reports whether a number is one of them.
func (w *window) has(v uint64) bool {
	if w.bits == nil {
		return v <= math.MaxUint32 && slices.Contains(w.few, uint32(v))
	}
	return v/64 < uint64(len(w.bits)) && w.bits[v/64]>>(v%64)&1 != 0
}

// single is spans of a place each.
func single(places []uint64) []span {
	out := make([]span, len(places))
	for i, p := range places {
		out[i] = span{p, p}
	}
	return out
}

// in reports whether one of the numbers stands somewhere.
func (w *window) in(b []byte) bool {
	if w.bits == nil {
		for _, v := range w.few {
			if bytes.Contains(b, binary.LittleEndian.AppendUint32(nil, v)) {
				return true
			}
		}
		return false
	}
	if len(b) < 4 {
		return false
	}
	bits := w.bits
	v := binary.LittleEndian.Uint32(b) << 8
	for _, c := range b[3:] {
		v = v>>8 | uint32(c)<<24
		if k := uint64(v / 64); k < uint64(len(bits)) && bits[k]>>(v%64)&1 != 0 {
			return true
		}
	}
	return false
}
