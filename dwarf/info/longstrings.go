package info

import (
	"bytes"
	"sort"
)

// Linkers let a string stand at the end of another, so that one may be read in many places. That
// costs nothing while names are short. Many references to all places within one of a megabyte
// would be as many names of about a megabyte, so that a string may not start far from the end
// of another.

// maxTail is how long a string may be that stands at the end of another.
const maxTail = 8 << 10

// longStrings are the places of a section where no string may start, ascending.
type longStrings []struct{ lo, hi uint64 }

// within reports whether off is such a place.
func (l longStrings) within(off uint64) bool {
	i := sort.Search(len(l), func(i int) bool { return l[i].hi > off })
	return i < len(l) && l[i].lo <= off
}

// longStrings finds them, once for each section.
func (d *Data) longStrings(section []byte) longStrings {
	if len(section) <= maxTail {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	l, ok := d.long[&section[0]]
	if !ok {
		l = findLongStrings(section)
		if d.long == nil {
			d.long = map[*byte]longStrings{}
		}
		d.long[&section[0]] = l
	}
	return l
}

// findLongStrings looks at each page only: most have a zero byte at their beginning.
func findLongStrings(section []byte) (l longStrings) {
	const page = maxTail / 2 // a longer string fills one
	for at := 0; at+page <= len(section); {
		if n := bytes.IndexByte(section[at:at+page], 0); n >= 0 {
			at += page
			continue
		}
		start := bytes.LastIndexByte(section[:at], 0) + 1
		end := len(section)
		if n := bytes.IndexByte(section[at:], 0); n >= 0 {
			end = at + n
		}
		if end-maxTail > start {
			l = append(l, struct{ lo, hi uint64 }{uint64(start) + 1, uint64(end - maxTail)})
		}
		at = (end/page + 1) * page
	}
	return l
}
