package dap

import (
	"fmt"
	"strings"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// threadID is the one thread's: a guest has one.
const threadID = 1

// run lets the program run until f returns, and tells the client how it stopped.
func (s *server) run(f func() (*debugger.Stop, error)) {
	done := make(chan struct{})
	s.mu.Lock()
	s.running = done
	s.mu.Unlock()
	s.handles.reset()
	go func() {
		defer close(done)
		stop, err := f()
		s.mu.Lock()
		s.running = nil
		s.mu.Unlock()
		s.stopped(stop, err)
	}()
}

// isRunning tells whether the program runs, and gives what is closed when it stops.
func (s *server) isRunning() (chan struct{}, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running, s.running != nil
}

func (s *server) setEnding(e ending) {
	s.mu.Lock()
	s.ending = e
	s.mu.Unlock()
}

// end kills the program and waits until it has stopped.
func (s *server) end(e ending) {
	s.setEnding(e)
	s.session.Kill()
	if done, running := s.isRunning(); running {
		<-done
	}
}

// stopped tells the client why the program stopped.
func (s *server) stopped(stop *debugger.Stop, err error) {
	if err != nil {
		s.outputError(err.Error())
		if s.session.State() == debugger.Exited {
			s.tellEnd(nil)
			return
		}
		s.w.event("stopped", &dap.StoppedEventBody{Reason: "pause", Description: err.Error(), ThreadId: threadID, AllThreadsStopped: true})
		return
	}
	if stop.Exited() {
		s.tellEnd(stop)
		return
	}
	body := &dap.StoppedEventBody{ThreadId: threadID, AllThreadsStopped: true, HitBreakpointIds: stop.Breakpoints()}
	var problems []string
	for i := range stop.Reasons {
		r := &stop.Reasons[i]
		if name := s.reasonName(r); rank(name) > rank(body.Reason) {
			body.Reason = name
		}
		switch {
		case r.Kind == debugger.ReasonTrap:
			body.Text, body.Description = r.Text, "Trap: "+r.Text
		case r.Problem != nil:
			problems = append(problems, fmt.Sprintf("the condition of breakpoint %d failed: %v", r.Breakpoint, r.Problem))
		}
	}
	if len(problems) > 0 {
		body.Description = strings.Join(problems, "; ")
		s.outputError(body.Description)
	}
	s.w.event("stopped", body)
}

// reasonName is the protocol's word for a reason.
func (s *server) reasonName(r *debugger.Reason) string {
	switch r.Kind {
	case debugger.ReasonTrap:
		return "exception"
	case debugger.ReasonBreakpoint:
		for _, id := range s.byFunction {
			if id == r.Breakpoint {
				return "function breakpoint"
			}
		}
		return "breakpoint"
	}
	return r.Kind.String() // entry, step, pause
}

// rank orders reasons: a stop has one for the client, the strongest.
func rank(reason string) int {
	for i, r := range []string{"", "step", "pause", "entry", "function breakpoint", "breakpoint", "exception"} {
		if r == reason {
			return i
		}
	}
	return 0
}

// tellEnd sends the events of the program's end, once. A nil stop is an end by the client.
func (s *server) tellEnd(stop *debugger.Stop) {
	s.mu.Lock()
	tell := s.ending == endTells
	if tell {
		s.ending = endTold
	}
	s.mu.Unlock()
	if !tell {
		return
	}
	if stop != nil {
		if stop.Err != nil {
			s.outputError(stop.Err.Error())
		}
		s.w.event("exited", &dap.ExitedEventBody{ExitCode: stop.ExitCode})
	}
	s.w.event("terminated", &dap.TerminatedEventBody{})
}

// resume answers a request that lets the program run.
func (s *server) resume(body any, f func() (*debugger.Stop, error)) (any, func(), error) {
	session, err := s.need()
	if err != nil {
		return nil, nil, err
	}
	if _, running := s.isRunning(); running {
		return nil, nil, debugger.ErrRunning
	}
	if session.State() == debugger.Exited {
		return nil, nil, debugger.ErrExited
	}
	return body, func() { s.run(f) }, nil
}

func (s *server) continueProgram(*none) (any, func(), error) {
	return s.resume(&dap.ContinueResponseBody{AllThreadsContinued: true}, func() (*debugger.Stop, error) { return s.session.Continue() })
}

func (s *server) next(a *dap.NextArguments) (any, func(), error) {
	return s.resume(nil, func() (*debugger.Stop, error) {
		if a.Granularity == "instruction" {
			return s.session.StepInstruction(true)
		}
		return s.session.StepOver()
	})
}

func (s *server) stepIn(a *dap.StepInArguments) (any, func(), error) {
	return s.resume(nil, func() (*debugger.Stop, error) {
		if a.Granularity == "instruction" {
			return s.session.StepInstruction(false)
		}
		return s.session.StepIn()
	})
}

func (s *server) stepOut(*dap.StepOutArguments) (any, func(), error) {
	return s.resume(nil, func() (*debugger.Stop, error) { return s.session.StepOut(0) })
}

func (s *server) pause(*dap.PauseArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	session.Pause()
	return nil, nil
}

// onEvent passes on what the session tells beside its answers.
func (s *server) onEvent(e debugger.Event) {
	switch e := e.(type) {
	case *debugger.BreakpointChanged:
		reason := "changed"
		if e.Removed {
			reason = "removed"
		}
		s.w.event("breakpoint", &dap.BreakpointEventBody{Reason: reason, Breakpoint: s.breakpoint(&e.Breakpoint)})
	case *debugger.LogOutput:
		body := &dap.OutputEventBody{Category: "console", Output: e.Text + "\n"}
		if f := e.Frame; f != nil && f.HasSource() {
			body.Source, body.Line = s.source(f.File), s.line(f.Line)
		}
		s.w.event("output", body)
	}
}
