package debugger

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// step is a plan that is being carried out: what to do at each address where it stops.
type step struct {
	fn          *codemap.Func // that it began in
	cfa         abi.Addr      // of the frame that it began in
	own         *planSet      // where it ends there; nil: nowhere
	stops       map[abi.TextOffset][]planAction
	reason      ReasonKind
	kind        stepKind
	scope       *stepScope
	instruction bool   // one machine instruction, nothing else
	returned    bool   // the session has the result of the frame that the step has left
	target      string // stepIn: the only function to stop in; "": any
	left        int    // steps of this kind that are to follow
	future      *stepFuture
	thread      *thread
	single      bool // that thread is in the middle of a single step
}

func newStep() *step {
	return &step{stops: map[abi.TextOffset][]planAction{}, reason: ReasonStep}
}

// planAction is what to do at an address of a plan. The same address may serve several
// activations of a recursive function, so an action belongs to a frame's CFA.
type planAction struct {
	cfa   abi.Addr // of the frame that must have arrived; 0: any
	do    actionKind
	shown int        // endStep: logical frames to show; 0: all
	chain []frameKey // endReturn: of the frame that was returned to
	left  abi.Addr   // leaveFrame: CFA of the frame that has returned

	result *pendingResult // endReturn, leaveFuture: of the frame that has returned
}

type actionKind uint8

const (
	endStep     actionKind = iota
	endReturn              // the frame has returned
	enterCall              // execute the call and look where it led
	leaveCallee            // a callee without lines has returned
	leaveFrame             // the stepping frame has returned to one without lines, which may call it again
	leaveFuture            // the stepping frame, which runs a future, has returned
	pollFuture             // a future is polled again, which has returned from the stepping frame
	dropFuture             // it is dropped
)

// wants tells whether the step has something to do at an address.
func (st *step) wants(text abi.TextOffset) bool {
	if st.own != nil {
		if _, ok := st.own.at[text]; ok {
			return true
		}
	}
	return len(st.stops[text]) > 0
}

func (st *step) add(text abi.TextOffset, a planAction) {
	st.stops[text] = append(st.stops[text], a)
}

// StepOver runs to the next statement on another line of this logical frame, or in its
// caller. From Loaded it runs to the main function.
func (s *Session) StepOver() (*Stop, error) { return s.step(stepOver, 0) }

// StepIn runs to the next statement on another line, into calls and inlined calls too.
// From Loaded it runs to the main function.
func (s *Session) StepIn() (*Stop, error) { return s.step(stepIn, 0) }

// StepUntil is StepOver, but does not stop on an earlier line of the same frame: at a loop's end
// it runs on to what lies behind the loop.
func (s *Session) StepUntil() (*Stop, error) { return s.step(stepUntil, 0) }

// StepOut runs until frame level (0 is the innermost) has returned.
func (s *Session) StepOut(level int) (*Stop, error) { return s.step(stepOut, level) }

// StepInstruction runs one machine instruction; over runs calls to their return.
func (s *Session) StepInstruction(over bool) (*Stop, error) {
	return s.resume(func() (*step, *Stop) {
		if !s.launched {
			st := newStep()
			st.add(s.program.entryText(), planAction{do: endStep})
			return st, nil
		}
		st := newStep()
		top := s.stackNow().physical(0)
		if f := s.image.function(top.pc); over && f != nil {
			for _, c := range s.image.functionCalls(f) {
				if c.text == top.pc {
					st.add(c.ret, planAction{do: endStep, cfa: top.cfa})
					return st, nil
				}
			}
		}
		st.instruction = true
		return st, nil
	})
}

func (s *Session) step(kind stepKind, depth int) (*Stop, error) {
	return s.resume(func() (*step, *Stop) {
		if !s.launched {
			s.atEntry = true
			return s.entryPlan(), nil
		}
		return s.plan(kind, depth, "")
	})
}

// entryPlan stops in the main function: the program's, the invoked one, or _start.
func (s *Session) entryPlan() *step {
	st := newStep()
	st.reason = ReasonEntry
	for _, text := range s.mainPlaces() {
		a := planAction{do: endStep}
		if at := statementAt(s.image.functionStatements(text), text); at != nil {
			a.shown = outermost(at.levels)
		}
		st.add(text, a)
	}
	return st
}

// plan builds the plan of a step from logical frame depth. It may also come out as a stop
// at once, where an inlined call is only entered by showing it.
func (s *Session) plan(kind stepKind, depth int, target string) (*step, *Stop) {
	st := newStep()
	st.kind, st.scope, st.target = kind, s.fullScope, target
	stack := s.stackNow()
	n, shown := stack.locate(depth) // physical frame, and how many of its logical ones are F and outside of it
	frame := stack.physical(n)
	if frame == nil {
		return nil, nil
	}
	if !frame.guest() {
		s.planReturn(st, n)
		return st, nil
	}
	var levels []level
	if n == 0 {
		levels = s.image.levelsAt(frame.pc)
	} else {
		levels = s.image.levelsIn(frame.lookup())
	}
	if shown > 0 && shown <= len(levels) {
		st.scope = s.stepScopeFor(levels[shown-1].file)
		if s.skips(&levels[shown-1]) {
			st.scope = st.scope.withoutSkips()
		}
		if n == 0 && kind == stepIn {
			// What begins here is entered by showing it.
			if in := st.enters(levels, shown); in > 0 {
				s.shown = in
				s.stack = nil
				s.epoch.Add(1)
				return nil, &Stop{Reasons: []Reason{{Kind: ReasonStep}}, Frame: s.topFrame()}
			}
		}
	}
	st.fn, st.cfa = s.image.function(frame.pc), frame.cfa
	choose := func() *planSet { return s.planSet(st, frame.Func, frame.pc, levels, shown) }
	if n == 0 && target == "" {
		st.own = st.scope.planned(planKey{frame.pc, shown, kind}, choose)
	} else {
		st.own = choose()
	}
	if kind.within() && shown == 1 && n == 0 {
		s.planFuture(st, n, origin{chain: keys(levels, 1), file: levels[0].file, line: levels[0].line})
	}
	s.planReturn(st, n)
	return st, nil
}

// planReturn makes the plan end where physical frame n returns to: its caller, or the next
// outer frame that is in the plan's scope.
func (s *Session) planReturn(st *step, n int) {
	stack := s.stackNow()
	frame := stack.physical(n)
	for k := n + 1; ; k++ {
		caller := stack.physical(k)
		if caller == nil {
			return
		}
		if !caller.guest() {
			continue
		}
		if levels := s.image.levelsIn(caller.lookup()); st.scope.outer(levels, len(levels)) > 0 {
			a := planAction{do: endReturn, cfa: caller.cfa, chain: keys(levels, len(levels))}
			if k == n+1 {
				a.result = s.awaited(frame)
			}
			st.add(caller.pc, a)
			return
		}
		if k == n+1 {
			st.add(caller.pc, planAction{do: leaveFrame, cfa: caller.cfa, left: frame.cfa})
		}
	}
}

// arrived carries out the plan's actions at pc. done says that the step has ended, into
// that the program stands at a call which is to be executed by single steps.
func (s *Session) arrived(st *step, pc abi.TextOffset) (done, into bool) {
	if !st.wants(pc) {
		return false, false
	}
	at := s.cfaNow()
	if st.own != nil && at == st.cfa {
		switch what := st.own.at[pc]; {
		case what == callSet:
			into = true
		case what > 0:
			s.shown = what
			return true, false
		}
	}
	actions := st.stops[pc]
	for i := range actions {
		a := &actions[i]
		if a.cfa != 0 && a.cfa != at {
			continue
		}
		switch a.do {
		case leaveFuture:
			if s.isPending(a.result) {
				s.waitForPoll(st)
				return false, false
			}
		case pollFuture:
			s.polled(st)
			return false, false
		case dropFuture:
			s.dropped(st)
			return false, false
		case endStep:
			s.shown = a.shown
			return true, false
		case endReturn:
			levels := s.image.levelsAt(pc)
			n := len(levels)
			if statementAt(s.image.functionStatements(pc), pc) != nil {
				n = shownAfterReturn(a.chain, levels)
			}
			s.shown = st.scope.outer(levels, n)
			s.keepResult(a.result)
			st.returned = s.result != nil
			return s.shown > 0 || !s.goesToStatement(st, a.chain), false
		case enterCall:
			into = true
		case leaveCallee:
			s.forget(st, func(a *planAction) bool { return a.do == leaveCallee || a.do == endStep && a.cfa == 0 })
		case leaveFrame:
			left := a.left
			if st.cfa == left {
				st.own = nil
			}
			s.forget(st, func(a *planAction) bool { return a.cfa == left || a.left == left })
			for n := 0; st.kind == stepIn; n++ {
				f := s.stackNow().physical(n)
				if f == nil || !f.guest() {
					break
				}
				if levels := s.image.levels(f.lookup()); st.scope.outer(levels, len(levels)) > 0 {
					break
				}
				s.addCallbacks(st, f.Func)
			}
		}
	}
	return false, into
}

// entered looks where a single step from a call led, and plans how to go on.
func (s *Session) entered(st *step, pc abi.TextOffset) {
	f := s.image.function(pc)
	if f == nil || f.Text != pc {
		return // an import, or the call led nowhere: its trap comes next
	}
	cfa := s.cfaNow()
	if st.target != "" {
		s.enteredTarget(st, f)
		return
	}
	entry := st.scope.enter(f, true)
	for _, stop := range entry {
		s.addStop(st, stop.text, planAction{do: endStep, shown: stop.shown, cfa: cfa})
	}
	if st.scope.atStart(f, entry) {
		return
	}
	if caller := s.stackNow().physical(1); caller != nil {
		s.addCallbacks(st, f)
		s.addStop(st, caller.pc, planAction{do: leaveCallee, cfa: caller.cfa})
	}
}

// goesToStatement goes on with a step that has returned to code without a line, in a frame with these logical
// ones: to its next statement, or out of it. It is false if there is none to come.
func (s *Session) goesToStatement(st *step, chain []frameKey) bool {
	top := s.stackNow().physical(0)
	stops := st.scope.statements(stepOver, origin{chain: chain}, s.image.functionStatements(top.pc))
	if len(stops) == 0 {
		return false
	}
	st.own = nil
	s.forget(st, func(*planAction) bool { return true })
	for _, p := range stops {
		s.addStop(st, p.text, planAction{do: endStep, shown: p.shown, cfa: top.cfa})
	}
	returned := s.result
	s.planReturn(st, 0)
	for text := range st.stops {
		s.traps.add(planTraps, text)
	}
	s.result = returned
	return true
}

// addCallbacks makes the plan stop where f, which is not in its scope, calls back.
func (s *Session) addCallbacks(st *step, f *codemap.Func) {
	for _, stop := range st.scope.callbacks(f) {
		s.addStop(st, stop.text, planAction{do: endStep, shown: stop.shown})
	}
}

func (s *Session) addStop(st *step, text abi.TextOffset, a planAction) {
	st.add(text, a)
	s.traps.add(planTraps, text)
	s.traps.plans.loose = append(s.traps.plans.loose, text)
}

// forget removes actions from the plan.
func (s *Session) forget(st *step, gone func(*planAction) bool) {
	for text, actions := range st.stops {
		actions = slices.DeleteFunc(actions, func(a planAction) bool { return gone(&a) })
		if len(actions) == 0 {
			delete(st.stops, text)
			s.unplant(text)
		} else {
			st.stops[text] = actions
		}
	}
}

// cfaNow returns the CFA of the innermost frame.
func (s *Session) cfaNow() abi.Addr {
	if f := s.innermost(); f != nil {
		return f.cfa
	}
	return 0
}
