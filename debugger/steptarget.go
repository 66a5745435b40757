package debugger

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
)

// StepTarget is a call of the statement that the program stands at, into which a step can go.
type StepTarget struct {
	ID      int    // for StepIntoTarget; as long as the program stands
	Name    string // "" if only the run can tell, through a table
	Inlined bool
	Line    int
	Column  int
}

// StepTargets lists the calls of the present statement, in the order of its code; those that were
// inlined, too.
func (s *Session) StepTargets() (list []StepTarget, err error) {
	err = s.whileStopped(func() error {
		frame := s.stackNow().physical(0)
		_, shown := s.stackNow().locate(0)
		if frame == nil || !frame.guest() || shown == 0 {
			return nil
		}
		levels := s.image.levelsAt(frame.pc)
		if shown > len(levels) {
			return nil
		}
		here := levels[shown-1]
		chain := keys(levels, shown)
		type found struct {
			StepTarget
			text abi.TextOffset
		}
		var all []found
		// What is in this frame, on this line, at an address; and the call inlined there, if any.
		at := func(text abi.TextOffset) (in *level, inner *level) {
			ls := s.image.levels(text)
			if len(ls) < shown || common(chain, ls) < shown || ls[shown-1].line != here.line || ls[shown-1].file != here.file {
				return nil, nil
			}
			if len(ls) > shown {
				inner = &ls[shown]
			}
			return &ls[shown-1], inner
		}
		inlined := map[frameKey]bool{}
		for _, st := range s.image.functionStatements(frame.pc) {
			if in, inner := at(st.text); inner != nil && !inlined[inner.key] {
				inlined[inner.key] = true
				all = append(all, found{StepTarget{Name: inner.key.name, Inlined: true, Line: in.line, Column: in.column}, st.text})
			}
		}
		for _, c := range s.image.functionCalls(frame.Func) {
			in, inner := at(c.text)
			if in == nil || inner != nil || c.kind == direct && s.image.thunk(c.target) != nil {
				continue
			}
			t := StepTarget{Line: in.line, Column: in.column}
			if c.kind == direct {
				if fn := s.image.table.Function(c.target); fn != nil {
					t.Name = fn.Name
				}
			}
			all = append(all, found{t, c.text})
		}
		slices.SortStableFunc(all, func(a, b found) int { return int(int64(a.text) - int64(b.text)) })
		for _, f := range all {
			if slices.ContainsFunc(list, func(t StepTarget) bool { return t.Name == f.Name && t.Inlined == f.Inlined && f.Name != "" }) {
				continue
			}
			f.ID = len(list) + 1
			list = append(list, f.StepTarget)
		}
		return nil
	})
	return list, err
}

// StepInto steps into the call of a function that the present statement makes, over all others. The
// name is qualified, or the end of one, or a pattern (path.Match). Where the statement ends without the
// call, the step ends as StepOver does; a statement that can't make such a call is an error.
func (s *Session) StepInto(name string) (*Stop, error) {
	if name == "" {
		return nil, errors.New("into which function?")
	}
	if list, err := s.StepTargets(); err == nil && s.State() == Stopped {
		names := make([]string, len(list))
		for i, t := range list {
			if t.Name == "" || nameMatches(t.Name, name) || strings.HasSuffix(t.Name, name) {
				list = nil // only the run can tell
				break
			}
			names[i] = BriefName(t.Name)
		}
		if list != nil {
			if len(list) == 0 {
				return nil, errors.New("this statement makes no call")
			}
			return nil, fmt.Errorf("this statement makes no call of %s, but of %s", name, strings.Join(names, ", "))
		}
	}
	return s.resume(func() (*step, *Stop) {
		if !s.launched {
			s.atEntry = true
			return s.entryPlan(), nil
		}
		return s.plan(stepIn, 0, name)
	})
}

// StepIntoTarget is StepInto for one of StepTargets. One whose name is not known is entered wherever it leads.
func (s *Session) StepIntoTarget(id int) (*Stop, error) {
	list, err := s.StepTargets()
	if err != nil {
		return nil, err
	}
	if id < 1 || id > len(list) {
		return nil, fmt.Errorf("this statement makes no call %d", id)
	}
	if list[id-1].Name == "" {
		return s.StepIn()
	}
	return s.StepInto(list[id-1].Name)
}

// nameMatches tells whether a function's qualified name is what the user calls it.
func nameMatches(function, name string) bool {
	if function == name || strings.HasSuffix(function, "::"+name) || BriefName(function) == name {
		return true
	}
	plain := function
	if i := strings.IndexByte(plain, '<'); i > 0 {
		plain = plain[:i] // without the arguments of a template
	}
	if plain == name || strings.HasSuffix(plain, "::"+name) {
		return true
	}
	ok, _ := path.Match(name, function)
	return ok
}

// called tells whether the function at text is called name.
func (im *image) called(text abi.TextOffset, name string) bool {
	fn := im.table.Function(text)
	return fn != nil && (nameMatches(fn.Name, name) || fn.Short == name)
}

// enters returns how many frames to show where a step into what is inlined at this very address ends;
// 0 if nothing is to be entered.
func (st *step) enters(levels []level, shown int) int {
	if st.target == "" {
		return st.scope.inner(levels, shown+1)
	}
	for n := shown + 1; n <= len(levels); n++ {
		if nameMatches(levels[n-1].key.name, st.target) {
			return n
		}
	}
	return 0
}

// ends chooses the statements where the step ends.
func (st *step) ends(from origin, list []statement) []planStop {
	if st.target == "" {
		return st.scope.statements(st.kind, from, list)
	}
	stops := st.scope.statements(stepOver, from, list)
	for i := range list {
		levels := list[i].levels
		same := common(from.chain, levels)
		if same < len(from.chain) {
			continue
		}
		for n := same + 1; n <= len(levels); n++ {
			if nameMatches(levels[n-1].key.name, st.target) {
				stops = append(stops, planStop{list[i].text, n})
				break
			}
		}
	}
	return stops
}

// enteredTarget looks whether a call has led to the function that the step is to stop in.
func (s *Session) enteredTarget(st *step, f *codemap.Func) {
	if s.image.called(f.BodyText, st.target) {
		text, shown := f.BodyText, 0
		if list := s.image.functionStatements(f.BodyText); len(list) > 0 {
			text, shown = list[0].text, outermost(list[0].levels)
		}
		s.addStop(st, text, planAction{do: endStep, shown: shown, cfa: s.cfaNow()})
		return
	}
	if caller := s.stackNow().physical(1); caller != nil {
		s.addStop(st, caller.pc, planAction{do: leaveCallee, cfa: caller.cfa})
	}
}

// SkipRule leaves functions out of steps, as if they were a library's.
type SkipRule struct {
	ID       int
	Function string // pattern of path.Match for the qualified name, or the end of one at ::
	File     string // pattern of path.Match for the path, or for the end of one
}

func (r *SkipRule) String() string {
	if r.Function != "" {
		return "function " + r.Function
	}
	return "file " + r.File
}

// Skip adds a rule. Steps that start in a function that it leaves out are not bound by rules.
func (s *Session) Skip(r SkipRule) (SkipRule, error) {
	if (r.Function == "") == (r.File == "") {
		return r, errors.New("a rule skips functions or files")
	}
	if _, err := path.Match(r.Function+r.File, ""); err != nil {
		return r, fmt.Errorf("%s: %w", r.Function+r.File, err)
	}
	err := s.do(func() {
		s.lastSkip++
		r.ID = s.lastSkip
		s.skipRules = append(s.skipRules, r)
		s.forgetScopes()
	})
	return r, err
}

// Skips lists the rules.
func (s *Session) Skips() (list []SkipRule) {
	_ = s.do(func() { list = slices.Clone(s.skipRules) }) // a closed session has none
	return list
}

// Unskip removes a rule.
func (s *Session) Unskip(id int) error {
	err := fmt.Errorf("there is no rule %d", id)
	if failed := s.do(func() {
		n := len(s.skipRules)
		s.skipRules = slices.DeleteFunc(s.skipRules, func(r SkipRule) bool { return r.ID == id })
		if len(s.skipRules) < n {
			err = nil
			s.forgetScopes()
		}
	}); failed != nil {
		return failed
	}
	return err
}

// StepIntoLibraries is Config.StepIntoLibraries for a session that is on its way.
func (s *Session) StepIntoLibraries(on bool) error {
	return s.do(func() { s.cfg.StepIntoLibraries, s.scopeFor = on, nil })
}

func (s *Session) forgetScopes() {
	for _, p := range []*stepScope{s.ownScope, s.sourceScope, s.fullScope} {
		p.forget()
	}
}

// skips tells whether a rule leaves out what a logical frame is of.
func (s *Session) skips(l *level) bool {
	for i := range s.skipRules {
		r := &s.skipRules[i]
		function := l.key.name
		if i := strings.Index(function, "::{"); i > 0 {
			function = function[:i] // a closure goes with the function that it stands in
		}
		if r.Function != "" && (fitsTail(r.Function, function, "::") || fitsTail(r.Function, l.key.name, "::")) || r.File != "" && !debuginfo.IsText(l.file) && fitsTail(r.File, l.file, "/") {
			return true
		}
	}
	return false
}

// fitsTail matches a pattern with a name or with what stands behind one of its separators; a pattern
// that ends in a separator and * fits all that lies below.
func fitsTail(pattern, name, separator string) bool {
	if below, ok := strings.CutSuffix(pattern, separator+"*"); ok && strings.Contains(separator+name+separator, separator+below+separator) {
		return true
	}
	for {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
		_, rest, ok := strings.Cut(name, separator)
		if !ok {
			return false
		}
		name = rest
	}
}
