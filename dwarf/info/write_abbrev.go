package info

import (
	"bytes"

	"sphex/dwarf"
)

// abbrevSet numbers the abbreviations of one unit that is written. They are found by their
// hash, which the attributes make up one by one.
type abbrevSet struct {
	bytes []byte // the table, in order of codes
	slots []abbrevSlot
	n     int
}

// abbrevSlot is an abbreviation; free if code is 0.
type abbrevSlot struct {
	hash     uint64
	from, to uint32 // tag, flag, attributes and forms in bytes
	code     uint32
}

const hashFactor = 0x9e3779b97f4a7c15

func addHash(h, v uint64) uint64 { return (h ^ v) * hashFactor }

func (t *abbrevSet) reset() {
	t.bytes, t.n = t.bytes[:0], 0
	clear(t.slots)
}

// code returns the code of the abbreviation, which is a new one if there is none. specs is its
// attributes and forms, hash what addHash made of them.
func (t *abbrevSet) code(tag dwarf.Tag, children bool, specs []byte, hash uint64) uint32 {
	if 2*t.n >= len(t.slots) {
		t.grow()
	}
	flag := byte(0)
	if children {
		flag = 1
	}
	hash = addHash(hash, uint64(tag)<<1|uint64(flag))
	head := dwarf.ULEBSize(uint64(tag)) + 1
	mask := uint64(len(t.slots) - 1)
	i := hash >> 32 & mask
	for ; t.slots[i].code != 0; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.hash != hash || int(s.to-s.from) != head+len(specs) {
			continue
		}
		own := t.bytes[s.from:s.to]
		if own[head-1] == flag && bytes.Equal(own[head:], specs) && t.tag(own) == tag {
			return s.code
		}
	}
	t.n++
	code := uint32(t.n)
	t.bytes = dwarf.AppendULEB(t.bytes, uint64(code))
	from := uint32(len(t.bytes))
	t.bytes = append(dwarf.AppendULEB(t.bytes, uint64(tag)), flag)
	t.bytes = append(t.bytes, specs...)
	t.slots[i] = abbrevSlot{hash, from, uint32(len(t.bytes)), code}
	t.bytes = append(t.bytes, 0, 0)
	return code
}

func (t *abbrevSet) tag(b []byte) dwarf.Tag {
	v, _, _ := uleb(b, 0)
	return dwarf.Tag(v)
}

func (t *abbrevSet) grow() {
	old := t.slots
	t.slots = make([]abbrevSlot, max(64, 2*len(old)))
	mask := uint64(len(t.slots) - 1)
	for _, s := range old {
		if s.code == 0 {
			continue
		}
		i := s.hash >> 32 & mask
		for t.slots[i].code != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}
