package wasm

// Exceptions: those of WebAssembly 3.0, and the form before them that compilers still emit
// (github.com/WebAssembly/exception-handling, "Exceptions.md" and "legacy/Exceptions.md").

// validateTags checks that tags have function types without results.
func (m *Module) validateTags() *Error {
	for i, t := range m.Tags {
		at := m.contents(SectionTag)
		if i < m.NumImportedTags {
			at = m.contents(SectionImport)
		}
		if uint64(t) >= uint64(len(m.Types)) {
			return invalid(at, "unknown type %d of tag %d", t, i)
		}
		if len(m.Types[t].Results) > 0 {
			return invalid(at, "non-empty tag result type: tag %d", i)
		}
	}
	return nil
}

// TagType returns the types of the values that exceptions with tag i carry.
func (m *Module) TagType(i uint32) []ValType { return m.Types[m.Tags[i]].Params }

// tag returns the values of tag i.
func (s *Scratch) tag(i uint32) ([]ValType, bool) {
	if uint64(i) >= uint64(len(s.m.Tags)) {
		return nil, s.fail("unknown tag %d", i)
	}
	return s.m.TagType(i), true
}

// exception checks the instructions that throw and catch.
func (s *Scratch) exception() bool {
	in := &s.in
	switch in.Op {
	case OpThrow:
		types, ok := s.tag(in.Index)
		ok = ok && s.matches(types)
		s.unreachable()
		return ok
	case OpThrowRef:
		ok := s.expect(ExnRef)
		s.unreachable()
		return ok
	case OpRethrow:
		if _, ok := s.label(in.Index); !ok {
			return false
		}
		if op := s.frames[len(s.frames)-1-int(in.Index)].op; op != OpCatch && op != OpCatchAll {
			return s.fail("invalid rethrow label %d: no catch block", in.Index)
		}
		s.unreachable()
	case OpTryTable:
		for _, c := range in.Catches {
			if !s.clause(c) {
				return false
			}
		}
		return s.enter()
	case OpCatch, OpCatchAll:
		f := s.frames[len(s.frames)-1]
		if f.op != OpTry && f.op != OpCatch {
			return s.fail("%s without try", in.Op)
		}
		if _, _, ok := s.results(); !ok {
			return false
		}
		var types []ValType
		if in.Op == OpCatch {
			var ok bool
			if types, ok = s.tag(in.Index); !ok {
				return false
			}
		}
		s.leave()
		s.push(in.Op, f.block, int(f.height))
		return s.give(types)
	case OpDelegate:
		if s.frames[len(s.frames)-1].op != OpTry {
			return s.fail("delegate without try")
		}
		_, results, ok := s.results()
		if !ok {
			return false
		}
		s.leave()
		if _, ok := s.label(in.Index); !ok {
			return false
		}
		return s.give(results)
	}
	return true
}

// clause checks a clause of try_table, whose labels count from outside of it.
func (s *Scratch) clause(c Catch) bool {
	var types []ValType
	if !c.All {
		t, ok := s.tag(c.Tag)
		if !ok {
			return false
		}
		types = t
	}
	want, ok := s.label(c.Label)
	if !ok {
		return false
	}
	n := len(types)
	if c.Ref {
		n++
	}
	same := len(want) == n && s.m.Subtypes(types, want[:len(types)]) && (!c.Ref || s.m.Subtype(ExnRef.NonNull(), want[n-1]))
	return same || s.fail(msgMismatch+": a catch clause does not fit label %d", c.Label)
}
