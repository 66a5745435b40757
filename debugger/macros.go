package debugger

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"sphex/debugger/symbols"
)

// Macros of the preprocessor come from the debug information where the program was compiled with -fdebug-macro, and
// from the source files where it was not: there only those are taken of which there is no doubt.

// macroFinder is value.Macros for the code of a unit.
type macroFinder struct {
	s    *Session
	unit *symbols.Unit
	file string
	line int
}

// macrosFor finds the macros that a frame's line sees.
func (s *Session) macrosFor(f *symbols.Frame) *macroFinder {
	m := &macroFinder{s: s}
	if f != nil {
		m.file, m.line = f.File, f.Line
		if f.Outer != nil {
			m.unit = f.Outer.Unit
		}
	}
	return m
}

func (m *macroFinder) Macro(name string) (found *symbols.Macro, sure bool, err error) {
	d, err := m.definition(name)
	if d == nil {
		return nil, false, err
	}
	return &d.Macro, d.held, nil
}

// macroDefinition is a macro with what is known about where it holds.
type macroDefinition struct {
	symbols.Macro
	held     bool // it does so at the frame's line
	inSource bool // it was read in the source
}

// definition finds what a name stands for; nil: it is no macro, or err says why there is no telling.
func (m *macroFinder) definition(name string) (*macroDefinition, error) {
	if m.unit != nil {
		if d, held, ok := m.unit.Macro(name, m.file, m.line); ok {
			return &macroDefinition{Macro: d, held: held}, nil
		}
	}
	d, found, has := m.s.image.table.MacroElsewhere(name, m.unit)
	if found {
		return &macroDefinition{Macro: d}, nil
	}
	if has || m.unit == nil || m.unit.HasMacros() {
		return nil, nil
	}
	return m.s.image.sourceMacros(m.s, m.unit).definition(name)
}

// MacroInfo is what a name of the preprocessor stands for.
type MacroInfo struct {
	symbols.Macro
	Held     bool // it does so at the frame's line, by the debug information
	InSource bool // it was read in the source files, since the debug information has none
}

// Macro tells what a name of the preprocessor stands for in a frame; without a Name, it is no macro.
func (s *Session) Macro(level int, name string) (info MacroInfo, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err != nil {
			return err
		}
		d, err := s.macrosFor(f.Symbol).definition(name)
		if d != nil {
			info = MacroInfo{d.Macro, d.held, d.inSource}
		}
		return err
	})
	return info, err
}

// Macros lists the macros that hold in a frame by the debug information, and for whose names fits is true; ok reports whether it has
// macros.
func (s *Session) Macros(level int, fits func(name string) bool) (list []symbols.Macro, ok bool, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err != nil {
			return err
		}
		m := s.macrosFor(f.Symbol)
		if ok = m.unit != nil && m.unit.HasMacros(); ok {
			list = m.unit.Macros(m.file, m.line, fits)
		}
		return nil
	})
	return list, ok, err
}

// ExpandMacros replaces the macros in an expression by what they stand for in a frame.
func (s *Session) ExpandMacros(level int, expr string) (text string, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err == nil {
			text, err = s.scope(f).Expand(expr)
		}
		return err
	})
	return text, err
}

// sourceMacros are the macros that the source files of a unit define.
type sourceMacros struct {
	named   map[string][]sourceMacro
	undone  map[string]bool // the names of which a file has an #undef
	once    sync.Once
	visited map[string]bool // the files that were read
	bytes   int
}

// sourceMacro is a definition in a source file.
type sourceMacro struct {
	symbols.Macro
	fallback bool // it stands behind #ifndef of its own name
}

// Bounds of what is read for the macros of a unit.
const (
	maxMacroFiles  = 3000
	maxMacroSource = 64 << 20 // bytes
)

// sourceMacros reads the source files of a unit, and those that they include, once.
func (im *image) sourceMacros(s *Session, u *symbols.Unit) *sourceMacros {
	im.macroMu.Lock()
	if im.macros == nil {
		im.macros = map[*symbols.Unit]*sourceMacros{}
	}
	ms := im.macros[u]
	if ms == nil {
		ms = &sourceMacros{named: map[string][]sourceMacro{}, undone: map[string]bool{}, visited: map[string]bool{}}
		im.macros[u] = ms
	}
	im.macroMu.Unlock()
	ms.once.Do(func() {
		var queue []string
		var dirs []string
		known := map[string]bool{}
		for _, file := range u.SourceFiles() {
			if path, ok := s.SourcePath(file); ok && s.SourceDoubt(file) == "" && !ofCompiler(path) {
				queue = append(queue, path)
				dir := filepath.Dir(path)
				for range 4 { // sys/types.h is included by the name that it has in a folder above
					if !known[dir] {
						known[dir] = true
						dirs = append(dirs, dir)
					}
					dir = filepath.Dir(dir)
				}
			}
		}
		for len(queue) > 0 && len(ms.visited) < maxMacroFiles && ms.bytes < maxMacroSource {
			file := queue[0]
			queue = queue[1:]
			if !ms.visited[file] {
				ms.visited[file] = true
				for _, include := range ms.read(file, u.Language) {
					queue = append(queue, included(include, filepath.Dir(file), dirs)...)
				}
			}
		}
	})
	return ms
}

// ofCompiler reports whether a header is one of those that clang has around the library's own, which define the same again.
func ofCompiler(path string) bool { return strings.Contains(filepath.ToSlash(path), "/lib/clang/") }

// included is the file that an #include means, if there is one.
func included(name, dir string, dirs []string) []string {
	name, quotes := strings.CutPrefix(name, `"`)
	if quotes {
		dirs = append([]string{dir}, dirs...)
	}
	name = strings.Trim(name, `<>" `)
	if name == "" || filepath.IsAbs(name) {
		return nil
	}
	for _, d := range dirs {
		if path := filepath.Join(d, filepath.FromSlash(name)); isFile(path) {
			return []string{path}
		}
	}
	return nil
}

// definition is the only thing that a name can stand for; without one, err says why, if a file defines the name at all.
func (ms *sourceMacros) definition(name string) (*macroDefinition, error) {
	list := ms.named[name]
	if len(list) == 0 {
		return nil, nil
	}
	first := &list[0]
	place := func(m *sourceMacro) string {
		return fmt.Sprintf("%s:%d (%s)", filepath.Base(m.File), m.Line, cutText(m.Text, 40))
	}
	for i := range list[1:] {
		if m := &list[i+1]; m.Text != first.Text || m.Function != first.Function || strings.Join(m.Params, ",") != strings.Join(first.Params, ",") {
			return nil, fmt.Errorf("%s is a macro with several definitions, %s and %s among them; -fdebug-macro lets clang write down which one holds", name, place(first), place(m))
		}
	}
	if first.fallback || ms.undone[name] {
		return nil, fmt.Errorf("%s is a macro: %s, if nothing else defines it; -fdebug-macro lets clang write down what holds", name, place(first))
	}
	return &macroDefinition{Macro: first.Macro, inSource: true}, nil
}

func cutText(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
