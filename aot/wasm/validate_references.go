package wasm

// Typed function references (core specification, 3.4 "Reference Instructions" and "Local Instructions").

// known checks the index in a type that an instruction names.
func (s *Scratch) known(t ValType) bool {
	return s.m.validType(t) || s.fail("%s: %s", msgUnknownType, t)
}

// popRef takes an operand of any reference type.
func (s *Scratch) popRef() (ValType, bool) {
	t, ok := s.pop()
	switch {
	case !ok:
		return 0, false
	case t == 0:
		return anyRef, true
	case !t.IsRef():
		return 0, s.fail(msgMismatch+": %s expects a reference, found %s", s.in.Op, t)
	}
	return t, true
}

// nullTest checks the instructions that ask whether a reference is null.
func (s *Scratch) nullTest() bool {
	t, ok := s.popRef()
	if !ok {
		return false
	}
	if s.in.Op == OpRefAsNonNull {
		s.stack = append(s.stack, t.NonNull())
		return true
	}
	types, ok := s.label(s.in.Index)
	if !ok {
		return false
	}
	if s.in.Op == OpBrOnNull {
		if !s.expectAll(types) || !s.give(types) {
			return false
		}
		s.stack = append(s.stack, t.NonNull())
		return true
	}
	n := len(types) - 1
	if n < 0 || !s.m.Subtype(t.NonNull(), types[n]) {
		return s.fail(msgMismatch+": the label of br_on_non_null does not take a %s", t.NonNull())
	}
	return s.expectAll(types[:n]) && s.give(types[:n])
}

// callRef checks call_ref and return_call_ref.
func (s *Scratch) callRef() bool {
	i := s.in.Index
	if uint64(i) >= uint64(len(s.m.Types)) || i >= maxTypes {
		return s.fail("%s %d", msgUnknownType, i)
	}
	f := &s.m.Types[i]
	if !s.expect(RefTo(i)) {
		return false
	}
	if s.in.Op == OpReturnCallRef {
		return s.tailCall(f)
	}
	return s.expectAll(f.Params) && s.give(f.Results)
}

// isSet reports whether local i has a value.
func (s *Scratch) isSet(i uint32) bool {
	params, _ := s.m.BlockSignature(s.frames[0].block)
	return int64(i) < int64(len(params)) || s.given[i] || s.local(i).Defaultable()
}

// setLocal notes that local i has a value until the block ends.
func (s *Scratch) setLocal(i uint32) {
	if !s.late || s.isSet(i) {
		return
	}
	if s.given == nil {
		s.given = map[uint32]bool{}
	}
	s.given[i] = true
	s.set = append(s.set, i)
}

// forget takes back all but the first n of the locals that got a value.
func (s *Scratch) forget(n int) {
	for _, i := range s.set[n:] {
		delete(s.given, i)
	}
	s.set = s.set[:n]
}
