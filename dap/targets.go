package dap

import (
	"fmt"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// stepInTargets lists the calls of the statement that the program stands at. Only the innermost frame has some.
func (s *server) stepInTargets(a *dap.StepInTargetsArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	body := &dap.StepInTargetsResponseBody{Targets: []dap.StepInTarget{}}
	if s.level(a.FrameId) != 0 {
		return body, nil
	}
	targets, err := session.StepTargets()
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		out := dap.StepInTarget{Id: t.ID, Label: t.Name}
		if t.Name == "" {
			out.Label = "(a call through a table)"
		}
		if t.Line > 0 {
			out.Line, out.Column = s.line(t.Line), s.column(t.Column)
		}
		body.Targets = append(body.Targets, out)
	}
	return body, nil
}

// gotoTargets lists where on a line the program could be made to go on. Whether it may is told by the jump.
func (s *server) gotoTargets(a *dap.GotoTargetsArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	name := a.Source.Path
	if name == "" {
		name = a.Source.Name
	}
	spec := debugger.BreakpointSpec{File: name, Line: s.fromLine(a.Line), Column: s.fromColumn(a.Column)}
	body := &dap.GotoTargetsResponseBody{Targets: []dap.GotoTarget{}}
	places, _ := session.FindPlaces(spec)
	if len(places) == 0 {
		return body, nil
	}
	s.jumps = append(s.jumps, spec)
	p := &places[0]
	body.Targets = append(body.Targets, dap.GotoTarget{Id: len(s.jumps), Label: fmt.Sprintf("%s:%d", debugger.BriefPath(p.File), p.Line), Line: s.line(p.Line)})
	return body, nil
}

// gotoTarget makes the program go on elsewhere; it does not run yet.
func (s *server) gotoTarget(a *dap.GotoArguments) (any, func(), error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	if err := s.checkThread(a.ThreadId); err != nil {
		return nil, nil, err
	}
	if a.TargetId < 1 || a.TargetId > len(s.jumps) {
		return nil, nil, fmt.Errorf("there is no target %d", a.TargetId)
	}
	if _, err := session.JumpTo(s.jumps[a.TargetId-1]); err != nil {
		return nil, nil, err
	}
	s.handles.reset()
	return nil, func() { s.movedTo("goto") }, nil
}
