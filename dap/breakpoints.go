package dap

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// line and column convert to the client's counting, fromLine and fromColumn from it.
func (s *server) line(n int) int     { return n - 1 + s.client.lineBase }
func (s *server) column(n int) int   { return max(n, 1) - 1 + s.client.columnBase }
func (s *server) fromLine(n int) int { return n + 1 - s.client.lineBase }

// fromColumn gives 0, any column, for one that is not there: clients leave it out.
func (s *server) fromColumn(n int) int {
	if n == 0 {
		return 0
	}
	return n + 1 - s.client.columnBase
}

// breakpointLocations lists where on some lines breakpoints can be set.
func (s *server) breakpointLocations(a *dap.BreakpointLocationsArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	name := a.Source.Path
	if name == "" {
		name = a.Source.Name
	}
	from := s.fromLine(a.Line)
	to := from
	if a.EndLine != 0 {
		to = s.fromLine(a.EndLine)
	}
	low, high := s.fromColumn(a.Column), s.fromColumn(a.EndColumn)
	body := &dap.BreakpointLocationsResponseBody{Breakpoints: []dap.BreakpointLocation{}}
	for _, p := range session.Positions(name, from, to) {
		if p.Line == from && p.Column < low || p.Line == to && high > 0 && p.Column > high {
			continue
		}
		body.Breakpoints = append(body.Breakpoints, dap.BreakpointLocation{Line: s.line(p.Line), Column: s.column(p.Column)})
		if len(body.Breakpoints) == maxLocations {
			break
		}
	}
	return body, nil
}

// maxLocations is how many locations one request is told of.
const maxLocations = 10000

func (s *server) setBreakpoints(a *dap.SetBreakpointsArguments) (any, error) {
	if _, err := s.need(); err != nil {
		return nil, err
	}
	name := a.Source.Path
	if name == "" {
		name = a.Source.Name
	}
	wanted := a.Breakpoints
	for _, l := range a.Lines { // clients of old
		if len(a.Breakpoints) == 0 {
			wanted = append(wanted, dap.SourceBreakpoint{Line: l})
		}
	}
	specs := make([]debugger.BreakpointSpec, len(wanted))
	for i := range wanted {
		w := &wanted[i]
		specs[i] = debugger.BreakpointSpec{
			File: name, Line: s.fromLine(w.Line), Column: s.fromColumn(w.Column),
			Condition: w.Condition, HitCondition: w.HitCondition, LogMessage: w.LogMessage,
			Disabled: s.launch.NoDebug,
		}
	}
	answers, now, err := s.replace(s.byFile[name], specs)
	s.byFile[name] = now
	if err != nil {
		return nil, err
	}
	for i := range answers {
		if answers[i].Line == 0 {
			answers[i].Line = wanted[i].Line
		}
	}
	return &dap.SetBreakpointsResponseBody{Breakpoints: answers}, nil
}

func (s *server) setFunctionBreakpoints(a *dap.SetFunctionBreakpointsArguments) (any, error) {
	if _, err := s.need(); err != nil {
		return nil, err
	}
	specs := make([]debugger.BreakpointSpec, len(a.Breakpoints))
	for i := range a.Breakpoints {
		w := &a.Breakpoints[i]
		specs[i] = debugger.BreakpointSpec{Function: w.Name, Condition: w.Condition, HitCondition: w.HitCondition, Disabled: s.launch.NoDebug}
	}
	answers, now, err := s.replace(s.byFunction, specs)
	s.mu.Lock()
	s.byFunction = now
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return &dap.SetFunctionBreakpointsResponseBody{Breakpoints: answers}, nil
}

// setInstructionBreakpoints sets breakpoints where disassembled instructions are.
func (s *server) setInstructionBreakpoints(a *dap.SetInstructionBreakpointsArguments) (any, error) {
	if _, err := s.need(); err != nil {
		return nil, err
	}
	specs := make([]debugger.BreakpointSpec, len(a.Breakpoints))
	for i := range a.Breakpoints {
		w := &a.Breakpoints[i]
		at, err := textOffset(w.InstructionReference, w.Offset)
		if err != nil {
			return nil, err
		}
		specs[i] = debugger.BreakpointSpec{Text: &at, Condition: w.Condition, HitCondition: w.HitCondition, Disabled: s.launch.NoDebug}
	}
	answers, now, err := s.replace(s.byInstruction, specs)
	s.mu.Lock()
	s.byInstruction = now
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for i := range answers {
		answers[i].InstructionReference = address(*specs[i].Text)
	}
	return &dap.SetInstructionBreakpointsResponseBody{Breakpoints: answers}, nil
}

// placed is a breakpoint of the client's.
type placed struct {
	id   int
	spec debugger.BreakpointSpec
}

// replace makes the breakpoints old those of specs. One that is there already stays, with its
// hits. An answer for each is returned; a specification that is wrong has a message.
func (s *server) replace(old []placed, specs []debugger.BreakpointSpec) (answers []dap.Breakpoint, now []placed, err error) {
	there := map[int]debugger.Breakpoint{}
	for _, b := range s.session.Breakpoints() {
		there[b.ID] = b // the console may have removed or changed one
	}
	answers = []dap.Breakpoint{}
	for _, spec := range specs {
		i := slices.IndexFunc(old, func(p placed) bool { return same(p.spec, spec) && same(there[p.id].BreakpointSpec, spec) })
		if i >= 0 {
			b := there[old[i].id]
			now = append(now, old[i])
			old = slices.Delete(slices.Clone(old), i, i+1)
			answers = append(answers, s.breakpoint(&b))
			continue
		}
		b, err := s.session.SetBreakpoint(spec)
		if err != nil {
			answers = append(answers, dap.Breakpoint{Message: err.Error()})
			continue
		}
		now = append(now, placed{b.ID, spec})
		answers = append(answers, s.breakpoint(&b))
	}
	for _, p := range old {
		if _, ok := there[p.id]; ok {
			err = errors.Join(err, s.session.RemoveBreakpoint(p.id))
		}
	}
	return answers, now, err
}

// same tells whether two specifications ask for the same.
func same(a, b debugger.BreakpointSpec) bool {
	if a.Text != nil && b.Text != nil && *a.Text == *b.Text {
		a.Text, b.Text = nil, nil
	}
	return a == b
}

// breakpoint renders a breakpoint for the client.
func (s *server) breakpoint(b *debugger.Breakpoint) dap.Breakpoint {
	// A trap needs no place: the processor finds it.
	out := dap.Breakpoint{Id: b.ID, Verified: b.Bound() || b.Catch == debugger.CatchTrap, Message: b.Message}
	if len(b.Places) > 0 {
		if p := b.Places[0]; p.Line > 0 {
			out.Line, out.Source = s.line(p.Line), s.source(p.File)
		}
	}
	return out
}

// source describes a file of the DWARF. One that is not on this machine is shown dimmed.
func (s *server) source(file string) *dap.Source {
	s.sourceMu.Lock()
	defer s.sourceMu.Unlock()
	src, known := s.described[file]
	if !known {
		src = s.describeSource(file)
		if s.described == nil {
			s.described = map[string]dap.Source{}
		}
		s.described[file] = src
	}
	return &src
}

func (s *server) describeSource(file string) dap.Source {
	local, ok := s.session.SourcePath(file)
	src := dap.Source{Name: path.Base(filepath.ToSlash(file)), Path: local}
	switch {
	case ok:
		if doubt := s.session.SourceDoubt(file); doubt != "" {
			src.Origin = "not as it was compiled"
			s.outputNote(doubt)
		}
	case s.session.HasSource(file):
		src.Path, src.SourceReference = file, s.textReference(file)
	default:
		src.PresentationHint = "deemphasize"
		src.Origin = "the source is not on this machine: map its folder with sourceMap"
	}
	if sum := s.session.SourceChecksum(file); sum != "" {
		src.Checksums = []dap.Checksum{{Algorithm: "MD5", Checksum: sum}}
	}
	return src
}

// forgetSources has files looked for anew: they may have changed.
func (s *server) forgetSources() {
	s.sourceMu.Lock()
	defer s.sourceMu.Unlock()
	s.described = nil
}

// tellBreakpoints tells the client which breakpoints a command has set and removed.
func (s *server) tellBreakpoints(before []debugger.Breakpoint) {
	now := s.session.Breakpoints()
	has := func(list []debugger.Breakpoint, id int) bool {
		return slices.ContainsFunc(list, func(b debugger.Breakpoint) bool { return b.ID == id })
	}
	for i := range now {
		if !has(before, now[i].ID) {
			s.w.event("breakpoint", &dap.BreakpointEventBody{Reason: "new", Breakpoint: s.breakpoint(&now[i])})
		}
	}
	for i := range before {
		if !has(now, before[i].ID) {
			s.w.event("breakpoint", &dap.BreakpointEventBody{Reason: "removed", Breakpoint: dap.Breakpoint{Id: before[i].ID}})
		}
	}
}

func (s *server) loadedSources(*none) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	body := &dap.LoadedSourcesResponseBody{Sources: []dap.Source{}}
	for _, f := range session.Files() {
		if local, ok := session.SourcePath(f); ok {
			if _, err := os.Stat(local); err == nil {
				body.Sources = append(body.Sources, *s.source(f))
			}
		}
	}
	return body, nil
}
