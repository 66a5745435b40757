package dap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-dap"

	"sphex/debugger"
	"sphex/runtime"
)

// run lets the program run until f returns, and tells the client how it stopped.
func (s *server) run(f func() (*debugger.Stop, error)) {
	done := make(chan struct{})
	s.mu.Lock()
	s.running = done
	s.mu.Unlock()
	s.handles.reset()
	s.runs.Add(1)
	go func() {
		defer s.runs.Done()
		defer close(done)
		stop, err := f()
		if err == nil && s.launch.NoDebug && stop.Trap() != nil {
			s.outputTrap(stop.Trap())
			stop, err = s.session.Continue()
		}
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
	if errors.Is(err, debugger.ErrExited) || errors.Is(err, debugger.ErrClosed) { // it was ended before it ran
		s.tellEnd(nil)
		return
	}
	if err != nil {
		s.outputError(err.Error())
		if s.session.State() == debugger.Exited {
			s.tellEnd(nil)
			return
		}
		s.w.event("stopped", &dap.StoppedEventBody{Reason: "pause", Description: err.Error(), ThreadId: s.thread(0), AllThreadsStopped: true})
		return
	}
	if stop.Exited() {
		s.tellEnd(stop)
		return
	}
	body := &dap.StoppedEventBody{ThreadId: max(stop.Thread, mainThread), AllThreadsStopped: true, HitBreakpointIds: stop.Breakpoints()}
	var problems []string
	for i := range stop.Reasons {
		r := &stop.Reasons[i]
		if name := s.reasonName(r); rank(name) > rank(body.Reason) {
			body.Reason = name
		}
		switch {
		case r.Kind == debugger.ReasonStep && r.Text != "":
			body.Description = "Step: " + r.Text
		case r.Kind == debugger.ReasonTrap:
			body.Text, body.Description = r.Text, "Trap: "+r.Text
		case r.Kind == debugger.ReasonPanic || r.Kind == debugger.ReasonCatch:
			body.Text, body.Description = r.Text, r.String()
		case r.Kind == debugger.ReasonWatchEnd || r.Kind == debugger.ReasonWatch && r.Problem == nil:
			body.Description = r.String()
			body.Text = body.Description
		case r.Problem != nil:
			problems = append(problems, fmt.Sprintf("the condition of breakpoint %d failed: %v", r.Breakpoint, r.Problem))
		}
	}
	if len(problems) > 0 {
		body.Description = strings.Join(problems, "; ")
		s.outputError(body.Description)
	}
	if s.runCommands(s.launch.StopCommands) {
		return // one of them has let it run
	}
	s.w.event("stopped", body)
}

// reasonName is the protocol's word for a reason.
func (s *server) reasonName(r *debugger.Reason) string {
	switch r.Kind {
	case debugger.ReasonTrap, debugger.ReasonPanic, debugger.ReasonCatch:
		return "exception"
	case debugger.ReasonWatch, debugger.ReasonWatchEnd:
		return "data breakpoint"
	case debugger.ReasonRestored:
		return "goto"
	case debugger.ReasonBreakpoint:
		s.mu.Lock()
		defer s.mu.Unlock()
		if slices.ContainsFunc(s.byFunction, func(p placed) bool { return p.id == r.Breakpoint }) {
			return "function breakpoint"
		}
		if slices.ContainsFunc(s.byInstruction, func(p placed) bool { return p.id == r.Breakpoint }) {
			return "instruction breakpoint"
		}
		return "breakpoint"
	}
	return r.Kind.String() // entry, step, pause
}

// rank orders reasons: a stop has one for the client, the strongest.
func rank(reason string) int {
	for i, r := range []string{"", "step", "pause", "entry", "function breakpoint", "instruction breakpoint", "breakpoint", "goto", "data breakpoint", "exception"} {
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
	for _, o := range s.outputs {
		o.flush()
	}
	if stop != nil {
		if stop.Err != nil && !errors.Is(stop.Err, runtime.ErrKilled) && !errors.Is(stop.Err, debugger.ErrDetached) {
			s.outputError(stop.Err.Error())
		}
		for _, r := range stop.Results() {
			s.w.event("output", &dap.OutputEventBody{Category: "console", Output: "returned " + r + "\n"})
		}
		s.w.event("thread", &dap.ThreadEventBody{Reason: "exited", ThreadId: mainThread})
		if !errors.Is(stop.Err, debugger.ErrDetached) {
			s.w.event("exited", &dap.ExitedEventBody{ExitCode: stop.ExitCode})
		}
	}
	s.runCommands(s.launch.ExitCommands)
	s.w.event("terminated", &dap.TerminatedEventBody{})
}

var errCore = errors.New("this is a core dump: it can't run")

var errNotConfigured = errors.New("configurationDone has not been requested: it starts the program")

// resume answers a request that lets the program run: f is about a thread, and the others stand meanwhile if alone is
// set.
func (s *server) resume(thread int, alone bool, body any, f func() (*debugger.Stop, error)) (any, func(), error) {
	session, err := s.need()
	if err == nil {
		err = s.checkThread(thread)
	}
	if err == nil && !s.configured {
		err = errNotConfigured
	}
	if err != nil {
		return nil, nil, err
	}
	if _, running := s.isRunning(); running {
		return nil, nil, debugger.ErrRunning
	}
	if session.State() == debugger.Exited {
		return nil, nil, debugger.ErrExited
	}
	if s.launch.Core != "" {
		return nil, nil, errCore
	}
	return body, func() {
		s.selectThread(thread)
		if alone && !session.RunsAlone() { // for this once; set scheduler-locking is for good
			session.RunAlone(true)
			then := f
			f = func() (*debugger.Stop, error) {
				defer session.RunAlone(false)
				return then()
			}
		}
		s.run(f)
	}, nil
}

// standing tells whether the other threads stand while one goes on, because the client asks for that, or the console did.
func (s *server) standing(asked bool) bool {
	return s.session != nil && (asked || s.session.RunsAlone()) && s.session.ThreadCount() > 1
}

// With singleThread the other threads stand meanwhile. Other instances of a host are sessions of their own.
func (s *server) continueProgram(a *dap.ContinueArguments) (any, func(), error) {
	alone := s.standing(a.SingleThread)
	return s.resume(a.ThreadId, alone, &dap.ContinueResponseBody{AllThreadsContinued: !alone}, func() (*debugger.Stop, error) { return s.session.Continue() })
}

func (s *server) next(a *dap.NextArguments) (any, func(), error) {
	return s.resume(a.ThreadId, a.SingleThread, nil, func() (*debugger.Stop, error) {
		if a.Granularity == "instruction" {
			return s.session.StepInstruction(true)
		}
		return s.session.StepOver()
	})
}

func (s *server) stepIn(a *dap.StepInArguments) (any, func(), error) {
	return s.resume(a.ThreadId, a.SingleThread, nil, func() (*debugger.Stop, error) {
		if a.Granularity == "instruction" {
			return s.session.StepInstruction(false)
		}
		if a.TargetId > 0 {
			return s.session.StepIntoTarget(a.TargetId)
		}
		return s.session.StepIn()
	})
}

func (s *server) stepOut(a *dap.StepOutArguments) (any, func(), error) {
	return s.resume(a.ThreadId, a.SingleThread, nil, func() (*debugger.Stop, error) { return s.session.StepOut(0) })
}

func (s *server) pause(a *dap.PauseArguments) (any, func(), error) {
	session, err := s.need()
	if err == nil {
		err = s.checkThread(a.ThreadId)
	}
	if err != nil {
		return nil, nil, err
	}
	done, running := s.isRunning()
	if !running {
		return nil, nil, nil // it has stopped meanwhile: there is an event of that
	}
	return nil, func() { go pauseSoon(session, done) }, nil
}

// pauseSoon pauses the program as soon as the run whose end done tells has begun: the client
// may ask before the session knows of the run.
func pauseSoon(session *debugger.Session, done <-chan struct{}) {
	for session.State() != debugger.Running {
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
	session.Pause()
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
	case *debugger.ThreadStarted:
		s.w.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: e.ID})
	case *debugger.ThreadRefused:
		s.outputError("no thread could begin: " + e.Err.Error())
	case *debugger.ThreadEnded:
		s.w.event("thread", &dap.ThreadEventBody{Reason: "exited", ThreadId: e.ID})
	case *debugger.LogOutput:
		body := &dap.OutputEventBody{Category: "console", Output: e.Text + "\n"}
		if f := e.Frame; f != nil && f.HasSource() {
			body.Source, body.Line = s.source(f.File), s.line(f.Line)
		}
		s.w.output(body)
	}
}
