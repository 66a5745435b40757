package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/runtime"
)

// Continue runs until a breakpoint, a trap, a pause, or the end.
func (s *Session) Continue() (*Stop, error) {
	return s.resume(func() (*step, *Stop) {
		if s.cfg.StopOnEntry && !s.atEntry {
			s.atEntry = true
			return s.entryPlan(), nil
		}
		return nil, nil
	})
}

// ContinueTo runs until a place, given as for breakpoints, is reached, or until any other stop.
func (s *Session) ContinueTo(spec BreakpointSpec) (*Stop, error) {
	im := s.imageNow()
	places, message := s.bind(im, &spec)
	if len(places) == 0 {
		return nil, fmt.Errorf("%s", message)
	}
	return s.resume(func() (*step, *Stop) {
		st := newStep()
		if im != s.image { // loaded meanwhile
			places, _ = s.bind(s.image, &spec)
		}
		for i := range places {
			st.add(places[i].Text, planAction{do: endStep, shown: places[i].shownAt(s.image.levelsAt(places[i].Text))})
		}
		return st, nil
	})
}

// resume has the owner run the program with a plan, which is built when the program
// stands; nil runs to the next breakpoint. A plan may also come out as a stop at once.
func (s *Session) resume(plan func() (*step, *Stop)) (*Stop, error) {
	var stop *Stop
	var failed error
	if err := s.do(func() {
		switch s.State() {
		case Running:
			failed = ErrRunning
			return
		case Exited:
			failed = ErrExited
			return
		}
		if s.program.core != nil {
			failed = errCore
			return
		}
		var st *step
		if s.trapped == nil {
			var at *Stop
			if st, at = plan(); at != nil {
				stop = at
				s.setState(Stopped, stop)
				return
			}
		}
		stop = s.run(st)
	}); err != nil {
		return nil, err
	}
	return stop, failed
}

// run resumes the program until a stop matters and returns it. It is the only place where
// guest code runs, and the only one that leaves state Running.
func (s *Session) run(st *step) *Stop {
	s.epoch.Add(1)
	s.stack, s.shown = nil, 0
	s.pausing.Store(false)
	s.killing.Store(false)
	if s.hosted != nil {
		s.trapped = nil // the call has ended with it, others come
	}
	s.setState(Running, nil)
	s.plant(st)
	if st != nil && s.program.threads != nil {
		st.thread = s.program.threads.at
	}
	s.current = st
	stop := s.runPlan(st)
	st, s.current = s.current, nil
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	s.stack = nil
	if stop.Exited() {
		s.traceEnds("the program ended")
		s.endRun()
		s.setState(Exited, stop)
		return stop
	}
	if s.trapped != nil {
		s.traceEnds("trapped")
	}
	stop.Frame, stop.Thread = s.topFrame(), s.threadNumber()
	if st != nil && st.returned {
		stop.Value, _ = s.returned() // there is one
	}
	s.setState(Stopped, stop)
	return stop
}

func (s *Session) runPlan(st *step) *Stop {
	if !s.launched {
		if err := s.program.begin(); err != nil {
			return &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: err}
		}
		s.launched = true
	}
	stepping := st != nil && st.instruction
	for {
		stepping = s.stepsOn(stepping)
		ev := s.enter(stepping)
		s.stepped(ev)
		if ev.Final() {
			if ev.Reason == runtime.StopReturned && s.leaveThread() {
				continue
			}
			if s.program.start != nil && ev.Reason == runtime.StopReturned {
				s.program.start = s.program.afterStart()
				if err := s.program.begin(); err != nil {
					return &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: err}
				}
				continue
			}
			return s.exited(ev)
		}
		if s.killing.Load() && s.hosted != nil { // its calls have ended, and none will come
			return &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: runtime.ErrKilled}
		}
		if s.killing.Load() {
			continue // the kill comes with the next resume
		}
		switch ev.Reason {
		case runtime.StopPaused:
			s.serve()
			if s.parting.Load() {
				return s.ended()
			}
			if s.pausing.Swap(false) {
				return &Stop{Reasons: []Reason{{Kind: ReasonPause}}}
			}
		case runtime.StopTrap:
			r := Reason{Kind: ReasonTrap, Catch: CatchTrap, Trap: ev.Trap.Kind, Text: s.explainTrap(ev.Trap)}
			s.explainMemory(&r)
			s.trapped = &r
			if stop := s.trapStop(); stop != nil {
				return stop
			}
		case runtime.StopHostError:
			s.trapped = &Reason{Kind: ReasonTrap, Catch: CatchTrap, Text: ev.Err.Error()}
			if stop := s.trapStop(); stop != nil {
				return stop
			}
		case runtime.StopHandler:
			stepping = false
			if s.current != nil {
				s.caughtBy(s.current)
			}
		case runtime.StopWatch:
			if stop := s.watchStop(ev, stepping); stop != nil {
				return stop
			}
			stepping = s.hit.into
		case runtime.StopStep:
			s.deciding = true
			reasons, shown := s.checkBreakpoints(ev.PC)
			s.deciding = false
			reasons = append(reasons, s.checkWatchTraps(ev.PC)...)
			if s.current.instruction {
				s.shown = shown
				return &Stop{Reasons: append(reasons, Reason{Kind: ReasonStep})}
			}
			stepping = false
			s.entered(s.current, ev.PC)
			if s.pausing.Swap(false) { // a pause may end a single step
				reasons = append(reasons, Reason{Kind: ReasonPause})
			}
			if len(reasons) > 0 {
				s.shown = shown
				return &Stop{Reasons: reasons}
			}
		case runtime.StopBreakpoint:
			if !s.hit.decided { // met by a single step, or a function is to be called
				s.deciding = true
				s.decide(ev.PC)
				s.deciding = false
				if s.killing.Load() {
					continue
				}
			}
			if len(s.hit.reasons) > 0 {
				return &Stop{Reasons: s.hit.reasons}
			}
			stepping = s.hit.into
		}
	}
}

// hit is what a breakpoint has come to.
type hit struct {
	decided bool
	reasons []Reason // to stop; none: go on
	into    bool     // the program stands at a call that is to be stepped into
}

// filter decides whether a physical breakpoint stops the program. It runs on the program's
// goroutine while the owner waits in Resume, so that a condition that does not hold costs
// no change of goroutines.
func (s *Session) filter(pc abi.TextOffset) (stop bool) {
	s.memory.Unlock()
	defer s.memory.Lock()
	if s.mayCall(pc) { // the owner can have it called, where the program stands
		s.stack, s.topRead = nil, false
		s.hit = hit{}
		return true
	}
	s.decide(pc)
	return len(s.hit.reasons) > 0 || s.hit.into
}

// decide finds out what a physical breakpoint at pc has come to.
func (s *Session) decide(pc abi.TextOffset) {
	s.stack, s.topRead = nil, false
	s.hit = hit{decided: true}
	s.hit.reasons, s.shown = s.checkBreakpoints(pc)
	s.hit.reasons = append(s.hit.reasons, s.checkWatchTraps(pc)...)
	if s.current != nil && s.stepsHere() {
		done := false
		if done, s.hit.into = s.arrived(s.current, pc); done && (len(s.hit.reasons) > 0 || !s.goesOn()) {
			s.hit.reasons = append(s.hit.reasons, Reason{Kind: s.current.reason, Text: s.current.words()})
		}
	}
}

// enter runs guest code once, or one instruction of it.
func (s *Session) enter(stepping bool) *runtime.Stop {
	in := s.program.instance
	s.mu.Lock()
	for len(s.queue) > 0 {
		s.mu.Unlock()
		s.serve()
		s.mu.Lock()
	}
	s.running = in
	s.mu.Unlock()
	if s.pausing.Load() {
		in.Pause()
	}
	if s.killing.Load() {
		in.Kill()
	}
	s.applyWatches()
	in.StopAtHandlers(s.current != nil && s.stepsHere())
	s.memory.Lock()
	defer s.memory.Unlock()
	s.stack, s.topRead = nil, false
	s.hit = hit{}
	if t := s.waiting(); t != nil {
		return s.takeStop(t)
	}
	ran := s.startOthers()
	if stepping {
		return s.stand(ran, in.StepInstruction())
	}
	return s.stand(ran, in.Resume())
}

// exited makes the stop of a run that is over.
func (s *Session) exited(ev *runtime.Stop) *Stop {
	stop := &Stop{Reasons: []Reason{{Kind: ReasonExited}}}
	switch ev.Reason {
	case runtime.StopExited:
		stop.ExitCode = int(ev.ExitCode)
	case runtime.StopReturned:
		stop.Returned = ev.Results
		stop.results = s.program.renderResults(ev.Results)
	default:
		stop.ExitCode = TrapStatus
		if s.trapped == nil {
			stop.Err = ev.Err
		}
	}
	return stop
}
