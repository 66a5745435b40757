package debugger

import "slices"

// What a session was opened with, and may be changed while it lasts.

// Program is the path of the module or object that is debugged.
func (s *Session) Program() string { return s.cfg.Program }

// Args are the arguments that the program gets when it starts again, without its name.
func (s *Session) Args() (args []string) {
	_ = s.do(func() { args = slices.Clone(s.cfg.Args) }) // a closed session has none
	return args
}

// SetArgs changes the arguments of the next start.
func (s *Session) SetArgs(args []string) error {
	return s.do(func() { s.cfg.Args = slices.Clone(args) })
}

// Env is the environment that the program gets when it starts again: NAME=VALUE.
func (s *Session) Env() (env []string) {
	_ = s.do(func() { env = slices.Clone(s.cfg.Env) })
	return env
}

// SetEnv changes the environment of the next start.
func (s *Session) SetEnv(env []string) error {
	return s.do(func() { s.cfg.Env = slices.Clone(env) })
}

// SourceMap returns the mappings of source paths.
func (s *Session) SourceMap() []PathMapping {
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	return slices.Clone(s.source.maps)
}

// SetSourceMap replaces the mappings of source paths. Sources are looked for anew; which files a step takes for
// the program's own may change, too.
func (s *Session) SetSourceMap(maps []PathMapping) error {
	return s.findAnew(func(f *sourceFinder) { f.maps = slices.Clone(maps) })
}

// SourceRoots returns the folders under which sources are looked for, beside the program's own.
func (s *Session) SourceRoots() []string {
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	return slices.Clone(s.source.roots)
}

// SetSourceRoots replaces those folders. Sources are looked for anew.
func (s *Session) SetSourceRoots(roots []string) error {
	return s.findAnew(func(f *sourceFinder) { f.roots = slices.Clone(roots) })
}

func (s *Session) findAnew(change func(*sourceFinder)) error {
	return s.do(func() {
		s.source.mu.Lock()
		change(s.source)
		s.source.mu.Unlock()
		s.source.forget()
		s.makeScopes()
	})
}

// StepsIntoLibraries tells what StepIntoLibraries has set.
func (s *Session) StepsIntoLibraries() (on bool) {
	_ = s.do(func() { on = s.cfg.StepIntoLibraries })
	return on
}

// TypeNames lists the program's types whose qualified name contains part, sorted, at most so many; more tells that there are others.
func (s *Session) TypeNames(part string, most int) (names []string, more bool) {
	return s.imageNow().table.TypeNames(part, most)
}

// FunctionsBeginning lists unqualified names of functions that begin with a few letters, at most so many; ok is false for a program
// without an index of names, where FunctionNames is quick.
func (s *Session) FunctionsBeginning(prefix string, most int) (names []string, ok bool) {
	return s.imageNow().table.FunctionsBeginning(prefix, most)
}
