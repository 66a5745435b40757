package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/debugger/value"
	"sphex/dwarf"
)

// question asks the debugger itself at the statements that a run reaches.
type question struct {
	*proof
	scopes sourceScopes
	own    func(string) bool
	places map[abi.TextOffset]place
	counts *Availability
}

// run runs the program under the debugger.
func (q *question) run(path string, c Config) error {
	var args []string
	if len(c.Runs) > 0 {
		args = c.Runs[0]
	}
	s, err := debugger.Open(context.Background(), debugger.Config{Program: path, Args: args, Stdin: strings.NewReader(c.Stdin),
		Compile: func([]byte, *aot.Companions) (*object.File, error) { return q.object, nil }})
	if err != nil {
		return err
	}
	defer s.Close()
	ids := map[abi.TextOffset]int{}
	for at := range q.places {
		b, err := s.SetBreakpoint(debugger.BreakpointSpec{Text: &at})
		if err != nil {
			return err
		}
		ids[at] = b.ID
	}
	for {
		stop, err := s.Continue()
		if err != nil || stop.Exited() || !stop.Has(debugger.ReasonBreakpoint) {
			return err
		}
		frames, _, err := s.Frames(0, 50)
		if err != nil || len(frames) == 0 {
			return err
		}
		if id, ok := ids[frames[0].PC]; ok {
			delete(ids, frames[0].PC)
			if err := s.RemoveBreakpoint(id); err != nil {
				return err
			}
		}
		if err := q.ask(s, frames); err != nil {
			return err
		}
	}
}

// ask counts what the debugger shows in the innermost frame of the program's own source.
func (q *question) ask(s *debugger.Session, frames []*debugger.Frame) error {
	at := q.places[frames[0].PC]
	if at.f == nil {
		return nil
	}
	for _, f := range frames {
		if f.Symbol == nil {
			return nil
		}
		fn := declaration{file: f.Symbol.Func.File, line: uint64(f.Symbol.Func.Line)}
		if !q.own(fn.file) {
			if !f.Inlined {
				return nil
			}
			continue
		}
		names, owner := q.scopes.at(fn, uint32(f.Line)), q.ownerOf(at, fn)
		if names == nil || owner < -1 {
			return nil
		}
		return q.count(s, f, names, at, owner)
	}
	return nil
}

// ownerOf finds the innermost inlined call of a function at a place; -1 if it is the function that
// holds the code, -2 if neither is.
func (q *question) ownerOf(at place, fn declaration) int {
	found := -2
	if file, line := q.declared(&at.f.in); file == fn.file && line == fn.line {
		found = -1
	}
	for i := range at.f.scopes {
		s := &at.f.scopes[i]
		if s.in.Tag() != dwarf.TagInlinedSubroutine || !holds(s.inside, uint64(at.at.wasm)) {
			continue
		}
		if file, line := q.declared(&s.in); file == fn.file && line == fn.line {
			found = i
		}
	}
	return found
}

func (q *question) count(s *debugger.Session, f *debugger.Frame, names map[declaration]bool, at place, owner int) error {
	locals, err := s.Locals(f.Level)
	if err != nil {
		return err
	}
	params, err := s.Arguments(f.Level)
	if err != nil {
		return err
	}
	shown, hidden := map[string]*value.Variable{}, map[string]*value.Variable{}
	for _, v := range append(params, locals...) {
		if v.Shadowed {
			hidden[v.Name] = v
		} else {
			shown[v.Name] = v
		}
	}
	here, _ := q.located(at, owner)
	a := q.counts
	a.Stops++
	for d := range names {
		v := shown[d.name]
		ok := v != nil && visible(v)
		if v := hidden[d.name]; !ok && v != nil && here[d] != nothing {
			ok = visible(v) // by what is declared on this very line
		}
		a.Asked.add(here[d], ok)
		if !ok && here[d] != nothing {
			text := "not listed"
			if v != nil {
				text = v.String()
			}
			if here[d] == part {
				text += " (allowed in part)"
			}
			a.Missing = append(a.Missing, fmt.Sprintf("stop at %#x, line %d: %s: %s", at.at.text, f.Line, d.name, text))
		}
	}
	return nil
}

// visible reports whether a person sees something of a variable: a value, or why the program's own
// value is none (a null reference), or a part.
func visible(v *value.Variable) bool {
	if err := v.Err(); err == nil || !strings.Contains(err.Error(), "optimized out") {
		return true
	}
	return slices.ContainsFunc(v.Children(0, 16), func(c *value.Variable) bool { return c.Err() == nil })
}
