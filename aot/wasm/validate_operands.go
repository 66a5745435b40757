package wasm

import "math"

// What instructions with fixed types name in their immediates: memories, tables, segments and lanes.

// fixed takes the operands of an instruction whose immediates were checked, and pushes its result.
func (s *Scratch) fixed(sig *signature) bool {
	wide, result := s.m.Wide(&s.in)
	for i := int(sig.nin) - 1; i >= 0; i-- {
		t := sig.in[i]
		if wide>>i&1 != 0 {
			t = I64
		}
		if !s.expect(t) {
			return false
		}
	}
	for _, t := range sig.out[:sig.nout] {
		if result {
			t = I64
		}
		s.stack = append(s.stack, t)
	}
	return true
}

// access checks the memory argument of a load or store and sets the type of its address.
func (s *Scratch) access(memory uint32) bool {
	t, ok := s.memory(memory)
	if !ok {
		return false
	}
	s.addr = t.AddrType()
	if !t.Is64 && s.in.Value > math.MaxUint32 {
		return s.fail("offset out of range: %#x in a memory with addresses of 32 bits", s.in.Value)
	}
	switch w := s.in.Op.Width(); {
	case 1<<s.in.Align > w:
		return s.fail("alignment must not be larger than natural: %d for an access of %d bytes", uint64(1)<<s.in.Align, w)
	case 1<<s.in.Align < w && s.in.Op.Atomic():
		return s.fail("atomic alignment must be natural: %d for an access of %d bytes", uint64(1)<<s.in.Align, w)
	}
	return true
}

// memory returns memory i.
func (s *Scratch) memory(i uint32) (*MemoryType, bool) {
	if uint64(i) >= uint64(len(s.m.Memories)) {
		return nil, s.fail("unknown memory %d", i)
	}
	return &s.m.Memories[i], true
}

// operands checks the indices of an instruction whose types are fixed.
func (s *Scratch) operands() bool {
	m, in := s.m, &s.in
	switch in.Op.Imm() {
	case ImmMem:
		return s.access(in.Index)
	case ImmMemLane:
		return s.access(in.Index2) && s.lane()
	case ImmLane:
		return s.lane()
	case ImmShuffle:
		for i := range 16 {
			half := in.Value
			if i >= 8 {
				half = in.High
			}
			if lane := byte(half >> (i % 8 * 8)); lane >= 32 {
				return s.fail("invalid lane index %d", lane)
			}
		}
	case ImmMemory:
		_, ok := s.memory(in.Index)
		return ok
	case ImmMemoryMemory:
		if _, ok := s.memory(in.Index); !ok {
			return false
		}
		_, ok := s.memory(in.Index2)
		return ok
	case ImmDataMemory:
		if _, ok := s.memory(in.Index2); !ok {
			return false
		}
		return s.segment()
	case ImmData:
		return s.segment()
	case ImmElem:
		return uint64(in.Index) < uint64(len(m.Elems)) || s.fail("unknown elem segment %d", in.Index)
	case ImmTable:
		_, ok := s.table(in.Index)
		return ok
	case ImmElemTable:
		t, ok := s.table(in.Index2)
		if !ok {
			return false
		}
		if uint64(in.Index) >= uint64(len(m.Elems)) {
			return s.fail("unknown elem segment %d", in.Index)
		}
		if e := m.Elems[in.Index].Type; !m.Subtype(e, t.Elem) {
			return s.fail(msgMismatch+": element segment of type %s for a table of %s", e, t.Elem)
		}
	case ImmTableTable:
		dst, ok := s.table(in.Index)
		if !ok {
			return false
		}
		src, ok := s.table(in.Index2)
		if !ok {
			return false
		}
		if !m.Subtype(src.Elem, dst.Elem) {
			return s.fail(msgMismatch+": copy from a table of %s to one of %s", src.Elem, dst.Elem)
		}
	}
	return true
}

// lane checks the lane that an instruction names.
func (s *Scratch) lane() bool {
	return int(s.in.Index) < s.in.Op.Lanes() || s.fail("invalid lane index %d", s.in.Index)
}

// segment checks a data segment's index.
func (s *Scratch) segment() bool {
	if !s.m.HasDataCount {
		return s.fail("data count section required")
	}
	return s.in.Index < s.m.DataCount || s.fail("unknown data segment %d", s.in.Index)
}

// table returns table i.
func (s *Scratch) table(i uint32) (*TableType, bool) {
	if uint64(i) >= uint64(len(s.m.Tables)) {
		return nil, s.fail("unknown table %d", i)
	}
	return &s.m.Tables[i], true
}
