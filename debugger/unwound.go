package debugger

// caughtBy goes on with a step after an exception that the program now stands to catch. If that is in the frame
// that the step began in, or further in, the plan holds. Else that frame is gone: the step ends at the first
// statement of the one that catches, or, if that is not in the scope, where it returns to.
func (s *Session) caughtBy(st *step) {
	top := s.stackNow().physical(0)
	if top == nil || st.fn == nil || top.cfa <= st.cfa {
		return
	}
	st.own, st.cfa = nil, top.cfa
	s.forget(st, func(*planAction) bool { return true })
	inScope := false
	for _, at := range s.image.functionStatements(top.pc) {
		if shown := st.scope.outer(at.levels, len(at.levels)); shown > 0 {
			inScope = true
			s.addStop(st, at.text, planAction{do: endStep, cfa: top.cfa, shown: shown})
		}
	}
	if !inScope {
		s.planReturn(st, 0)
		for text := range st.stops {
			s.traps.add(planTraps, text)
		}
	}
}
