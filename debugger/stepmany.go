package debugger

import "fmt"

// StepKind is what a step passes over and where it ends.
type StepKind uint8

const (
	Over  StepKind = StepKind(stepOver)  // StepOver
	Into  StepKind = StepKind(stepIn)    // StepIn
	Out   StepKind = StepKind(stepOut)   // StepOut of the innermost frame
	Until StepKind = StepKind(stepUntil) // StepUntil
)

// StepMany does count steps, as if nobody looked in between: the next one is planned where the last one
// has ended, without a stop. Anything else that stops the program ends it.
func (s *Session) StepMany(kind StepKind, count int) (*Stop, error) {
	if count < 1 || kind > Until {
		return nil, fmt.Errorf("%d steps of kind %d can't be done", count, kind)
	}
	var first *Stop // of a step that moves nothing
	stop, err := s.resume(func() (*step, *Stop) {
		if !s.launched {
			s.atEntry = true
			st := s.entryPlan()
			st.kind, st.left = stepKind(kind), count-1
			return st, nil
		}
		var st *step
		for st == nil && count > 0 {
			if st, first = s.plan(stepKind(kind), 0, ""); first == nil && st == nil {
				return nil, nil // no frame: run on
			}
			count--
		}
		if st == nil {
			return nil, first
		}
		st.left = count
		return st, nil
	})
	return stop, err
}

// goesOn plans the next of several steps, where one has ended; false if that was the last. It runs in
// the filter of breakpoints, while the program stands.
func (s *Session) goesOn() bool {
	st := s.current
	if st.left == 0 || st.target != "" || st.instruction || s.pausing.Load() || s.killing.Load() {
		return false
	}
	left := st.left
	for left > 0 {
		left--
		s.stack = nil
		next, at := s.plan(st.kind, 0, "")
		if next == nil && at == nil {
			break
		}
		if at != nil {
			continue // it has entered an inlined call, and stands where it stood
		}
		next.left = left
		s.plant(next)
		s.current = next
		return true
	}
	return false
}
