package symbols

import "strings"

// partFinder tells whether a name has one of several parts in it, for names that are many and long: it
// looks at every few bytes only. A name's bytes at [i, i+2) say how far from there no part can end (Wu and
// Manber, "A Fast Algorithm for Multi-Pattern Searching", 1994).
type partFinder struct {
	parts    []string // none empty
	shortest int
	short    bool // one of the parts is too short for pairs of bytes
	skips    [1 << 12]uint8
}

// pairKey is the row of a pair of bytes; others may share it, and the least skip of all counts.
func pairKey(a, b byte) int { return (int(a)<<5 ^ int(b)) & (1<<12 - 1) }

func newPartFinder(parts []string) *partFinder {
	f := &partFinder{parts: parts, shortest: 1 << 7}
	for _, p := range parts {
		f.shortest = min(f.shortest, len(p))
	}
	if f.short = f.shortest < 2; f.short {
		return f
	}
	for i := range f.skips {
		f.skips[i] = uint8(f.shortest - 1)
	}
	for _, p := range parts {
		for i := 0; i+2 <= f.shortest; i++ {
			k := pairKey(p[i], p[i+1])
			f.skips[k] = min(f.skips[k], uint8(f.shortest-2-i))
		}
	}
	return f
}

// in tells whether name has one of the parts.
func (f *partFinder) in(name string) bool {
	if f.short {
		for _, p := range f.parts {
			if strings.Contains(name, p) {
				return true
			}
		}
		return false
	}
	for i := f.shortest - 2; i+1 < len(name); { // where the last pair of the shortest length is
		if n := f.skips[pairKey(name[i], name[i+1])]; n > 0 {
			i += int(n)
			continue
		}
		at := name[i+2-f.shortest:]
		for _, p := range f.parts {
			if strings.HasPrefix(at, p) {
				return true
			}
		}
		i++
	}
	return false
}
