package debugger

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// step is a plan that is being carried out: what to do at each address where it stops.
type step struct {
	stops       map[abi.TextOffset][]planAction
	reason      ReasonKind
	kind        stepKind
	instruction bool // one machine instruction, nothing else
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
	call  callSite   // enterCall
	left  abi.Addr   // leaveFrame: CFA of the frame that has returned
}

type actionKind uint8

const (
	endStep     actionKind = iota
	endReturn              // the frame has returned
	enterCall              // execute the call and look where it led
	leaveCallee            // a callee without lines has returned
	leaveFrame             // the stepping frame has returned to one without lines, which may call it again
)

func (st *step) add(text abi.TextOffset, a planAction) {
	st.stops[text] = append(st.stops[text], a)
}

// StepOver runs to the next statement on another line of this logical frame, or in its
// caller. From Loaded it runs to the main function.
func (s *Session) StepOver() (*Stop, error) { return s.step(stepOver, 0) }

// StepIn runs to the next statement on another line, into calls and inlined calls too.
// From Loaded it runs to the main function.
func (s *Session) StepIn() (*Stop, error) { return s.step(stepIn, 0) }

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
		return s.plan(kind, depth)
	})
}

// entryPlan stops in the main function: the program's, the invoked one, or _start.
func (s *Session) entryPlan() *step {
	st := newStep()
	st.reason = ReasonEntry
	for _, text := range s.mainPlaces() {
		st.add(text, planAction{do: endStep})
	}
	return st
}

// plan builds the plan of a step from logical frame depth. It may also come out as a stop
// at once, where an inlined call is only entered by showing it.
func (s *Session) plan(kind stepKind, depth int) (*step, *Stop) {
	st := newStep()
	st.kind = kind
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
	levels := s.image.levels(frame.lookup())
	if n == 0 {
		if at := statementAt(s.image.functionStatements(frame.pc), frame.pc); at != nil {
			levels = at.levels
		}
		if kind == stepIn && shown < len(levels) {
			s.shown = shown + 1
			s.stack = nil
			s.epoch.Add(1)
			return nil, &Stop{Reasons: []Reason{{Kind: ReasonStep}}, Frame: s.topFrame()}
		}
	}
	if shown > 0 && shown <= len(levels) {
		from := origin{chain: keys(levels, shown), file: levels[shown-1].file, line: levels[shown-1].line}
		for _, p := range planStatements(kind, from, s.image.functionStatements(frame.pc)) {
			st.add(p.text, planAction{do: endStep, shown: p.shown, cfa: frame.cfa})
		}
	}
	if kind == stepIn && s.image.hasLines(frame.pc) {
		for _, c := range s.image.functionCalls(frame.Func) {
			if c.kind == direct && s.image.thunk(c.target) != nil {
				continue
			}
			st.add(c.text, planAction{do: enterCall, cfa: frame.cfa, call: c})
		}
	}
	s.planReturn(st, n)
	return st, nil
}

// planReturn makes the plan end where physical frame n returns to: its caller, or the next
// outer frame that has lines.
func (s *Session) planReturn(st *step, n int) {
	stack := s.stackNow()
	frame := stack.physical(n)
	for k := n + 1; ; k++ {
		caller := stack.physical(k)
		if caller == nil {
			return
		}
		if caller.guest() && !s.image.hasLines(caller.lookup()) && k == n+1 {
			st.add(caller.pc, planAction{do: leaveFrame, cfa: caller.cfa, left: frame.cfa})
		}
		if caller.guest() && s.image.hasLines(caller.lookup()) {
			levels := s.image.levels(caller.lookup())
			st.add(caller.pc, planAction{do: endReturn, cfa: caller.cfa, chain: keys(levels, len(levels))})
			return
		}
	}
}

// arrived carries out the plan's actions at pc. done says that the step has ended, into
// that the program stands at a call which is to be executed by single steps.
func (s *Session) arrived(st *step, pc abi.TextOffset) (done, into bool) {
	actions := st.stops[pc]
	if len(actions) == 0 {
		return false, false
	}
	at := s.cfaNow()
	for i := range actions {
		a := &actions[i]
		if a.cfa != 0 && a.cfa != at {
			continue
		}
		switch a.do {
		case endStep:
			s.shown = a.shown
			return true, false
		case endReturn:
			if stmt := statementAt(s.image.functionStatements(pc), pc); stmt != nil {
				s.shown = shownAfterReturn(a.chain, stmt.levels)
			}
			return true, false
		case enterCall:
			into = true
		case leaveCallee:
			s.forget(st, func(a *planAction) bool { return a.do == leaveCallee || a.do == endStep && a.cfa == 0 })
		case leaveFrame:
			left := a.left
			s.forget(st, func(a *planAction) bool { return a.cfa == left || a.left == left })
			if st.kind == stepIn {
				s.addEntries(st, s.image.function(pc))
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
	if stmts := s.image.functionStatements(pc); len(stmts) > 0 {
		s.addStop(st, stmts[0].text, planAction{do: endStep, shown: outermost(stmts[0].levels), cfa: s.cfaNow()})
		return
	}
	caller := s.stackNow().physical(1)
	if caller == nil {
		return
	}
	s.addEntries(st, f)
	s.addStop(st, caller.pc, planAction{do: leaveCallee, cfa: caller.cfa})
}

// addEntries makes the plan stop in functions with lines that f, which has none, calls back.
func (s *Session) addEntries(st *step, f *codemap.Func) {
	for _, text := range s.image.reachableEntries(f, s.code.Layout().Escaping) {
		stmt := statementAt(s.image.functionStatements(text), text)
		s.addStop(st, text, planAction{do: endStep, shown: outermost(stmt.levels)})
	}
}

func (s *Session) addStop(st *step, text abi.TextOffset, a planAction) {
	st.add(text, a)
	s.traps.add(planTraps, text)
}

// forget removes actions from the plan.
func (s *Session) forget(st *step, gone func(*planAction) bool) {
	for text, actions := range st.stops {
		actions = slices.DeleteFunc(actions, func(a planAction) bool { return gone(&a) })
		if len(actions) == 0 {
			delete(st.stops, text)
			s.traps.drop(planTraps, text)
		} else {
			st.stops[text] = actions
		}
	}
}

// cfaNow returns the CFA of the innermost frame.
func (s *Session) cfaNow() abi.Addr {
	if f := s.stackNow().physical(0); f != nil {
		return f.cfa
	}
	return 0
}

// reachableEntries returns the first statements of the functions with lines that f, which
// has none, may call: through functions without lines, and any function of a table.
func (im *image) reachableEntries(f *codemap.Func, escaping []uint32) []abi.TextOffset {
	const limit = 20000
	var entries []abi.TextOffset
	seen := map[abi.TextOffset]bool{f.Text: true}
	todo := []*codemap.Func{f}
	visit := func(g *codemap.Func) {
		if g == nil || seen[g.Text] || len(seen) > limit {
			return
		}
		seen[g.Text] = true
		if stmts := im.functionStatements(g.Text); len(stmts) > 0 {
			entries = append(entries, stmts[0].text)
		} else {
			todo = append(todo, g)
		}
	}
	tables := false
	for len(todo) > 0 {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range im.functionCalls(g) {
			switch {
			case c.kind == direct:
				visit(im.function(c.target))
			case !tables:
				tables = true
				byIndex := map[uint32]*codemap.Func{}
				for _, h := range im.funcs {
					byIndex[h.Index] = h
				}
				for _, i := range escaping {
					visit(byIndex[i])
				}
			}
		}
	}
	return entries
}
