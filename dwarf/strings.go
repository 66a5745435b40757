package dwarf

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// StringTable is a string section that is being written. It may start as a copy of an
// existing section, whose offsets stay valid. It is safe for concurrent use.
type StringTable struct {
	mu       sync.Mutex
	existing []byte
	data     []byte // behind it
	index    map[string]uint32
}

// NewStringTable starts with the strings of an existing section, or nil.
func NewStringTable(existing []byte) *StringTable {
	t := &StringTable{existing: existing, index: map[string]uint32{}}
	if n := len(existing); n > 0 && existing[n-1] != 0 {
		t.data = append(t.data, 0)
	}
	return t
}

// Append appends another section, and returns where it starts. Add does not find its strings.
func (t *StringTable) Append(section []byte) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	off := uint32(len(t.existing) + len(t.data))
	t.data = append(t.data, section...)
	if n := len(section); n > 0 && section[n-1] != 0 {
		t.data = append(t.data, 0)
	}
	return off
}

// Index makes Add find the strings of the existing section, too.
func (t *StringTable) Index() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for off := 0; off < len(t.existing); {
		n := bytes.IndexByte(t.existing[off:], 0)
		if n < 0 {
			n = len(t.existing) - off // the zero byte is the first of data
		}
		if _, ok := t.index[string(t.existing[off:off+n])]; !ok {
			t.index[string(t.existing[off:off+n])] = uint32(off)
		}
		off += n + 1
	}
}

// Add returns the offset of s, which it appends when it has not been added before. Strings of
// the existing section are not searched, unless Index was called. Bytes from a zero byte on are dropped.
func (t *StringTable) Add(s string) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if off, ok := t.index[s]; ok {
		return off
	}
	off := uint32(len(t.existing) + len(t.data))
	text, _, _ := strings.Cut(s, "\x00")
	t.data = append(append(t.data, text...), 0)
	t.index[s] = off
	return off
}

// Bytes is the section. It is the existing one itself if nothing was added.
func (t *StringTable) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.data) == 0 {
		return t.existing
	}
	return slices.Concat(t.existing, t.data)
}

// Copy is Bytes in memory of its own, with room behind it for others to append to it.
func (t *StringTable) Copy(room int) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]byte, 0, len(t.existing)+len(t.data)+room)
	return append(append(all, t.existing...), t.data...)
}

// Len is the length of the section.
func (t *StringTable) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.existing) + len(t.data)
}

// String reads the string at off of a string section; ok is false outside of it.
func String(section []byte, off uint64) (s []byte, ok bool) {
	if off >= uint64(len(section)) {
		return nil, false
	}
	b := section[off:]
	n := bytes.IndexByte(b, 0)
	if n < 0 {
		return nil, false
	}
	return b[:n:n], true
}
