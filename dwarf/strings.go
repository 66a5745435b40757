package dwarf

import (
	"bytes"
	"strings"
	"sync"
)

// StringTable is a string section that is being written. It may start as a copy of an
// existing section, whose offsets stay valid. It is safe for concurrent use.
type StringTable struct {
	mu    sync.Mutex
	data  []byte
	index map[string]uint32
}

// NewStringTable starts with the strings of an existing section, or nil.
func NewStringTable(existing []byte) *StringTable {
	t := &StringTable{data: existing[:len(existing):len(existing)], index: map[string]uint32{}}
	if n := len(existing); n > 0 && existing[n-1] != 0 {
		t.data = append(t.data, 0)
	}
	return t
}

// Index makes Add find the strings of the existing section, too.
func (t *StringTable) Index() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for off := 0; off < len(t.data); {
		n := bytes.IndexByte(t.data[off:], 0)
		if n < 0 {
			return
		}
		if _, ok := t.index[string(t.data[off:off+n])]; !ok {
			t.index[string(t.data[off:off+n])] = uint32(off)
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
	off := uint32(len(t.data))
	text, _, _ := strings.Cut(s, "\x00")
	t.data = append(append(t.data, text...), 0)
	t.index[s] = off
	return off
}

// Bytes is the section.
func (t *StringTable) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.data
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
