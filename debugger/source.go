package debugger

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sphex/aot/debuginfo"
)

// PathMapping replaces the prefix From of a path in DWARF by To.
type PathMapping struct{ From, To string }

// maxSource bounds the source files that are read, in bytes.
const maxSource = 64 << 20

// sourceFinder finds source files on this machine; every answer is remembered.
type sourceFinder struct {
	mu     sync.Mutex
	maps   []PathMapping
	beside string   // folder of the program
	above  []string // the folders above that one: of a build folder, the project's
	roots  []string
	rust   toolchains
	paths  map[string]string // "" for one that was not found
	lines  map[string][]string
}

func newSourceFinder(cfg *Config) *sourceFinder {
	beside := filepath.Dir(cfg.Program)
	if abs, err := filepath.Abs(beside); err == nil {
		beside = abs
	}
	return &sourceFinder{
		maps:   cfg.SourceMap,
		beside: beside,
		above:  []string{filepath.Dir(beside), filepath.Dir(filepath.Dir(beside))},
		roots:  cfg.SourceRoots,
		rust:   toolchains{dir: beside},
		paths:  map[string]string{},
		lines:  map[string][]string{},
	}
}

// mapped applies the longest mapping that fits.
func (s *sourceFinder) mapped(file string) string {
	best, to := -1, ""
	for _, m := range s.maps {
		from := strings.TrimRight(m.From, "/\\")
		if rest, ok := strings.CutPrefix(file, from); ok && len(from) > best && (rest == "" || rest[0] == '/' || rest[0] == '\\') {
			best, to = len(from), strings.TrimRight(m.To, "/\\")+rest
		}
	}
	if best < 0 {
		return file
	}
	return to
}

// find returns the path of a source file. What a mapping says comes first, then the path as it is,
// then the longest suffix of it beside the program and under the roots, then above the program.
func (s *sourceFinder) find(file string) (string, bool) {
	if p, ok := s.paths[file]; ok {
		return p, p != ""
	}
	p := s.search(file)
	s.paths[file] = p
	return p, p != ""
}

func (s *sourceFinder) search(file string) string {
	if debuginfo.IsText(file) {
		return "" // what is here under that name is something else
	}
	m := s.mapped(file)
	if m != "" && filepath.IsAbs(m) && isFile(m) {
		return m
	}
	if file == "" {
		return ""
	}
	if p := s.rust.source(m); p != "" {
		return p
	}
	// A path from another system may have its own separators and drive.
	parts := strings.Split(strings.Trim(path.Clean(strings.ReplaceAll(m, "\\", "/")), "/"), "/")
	least := 1
	if isLibrary(file) {
		least = 3 // src/lib.rs is in every crate
	}
	if p := longestSuffix(parts, append([]string{s.beside}, s.roots...), least); p != "" {
		return p
	}
	// There a mere file name is as likely that of another program.
	return longestSuffix(parts, s.above, max(least, 2))
}

// longestSuffix finds a file under one of the roots by the end of its path, by so many parts of it
// at least.
func longestSuffix(parts, roots []string, least int) string {
	for i := range parts {
		if len(parts)-i < least {
			break
		}
		if parts[i] == ".." || strings.HasSuffix(parts[i], ":") {
			continue
		}
		suffix := filepath.Join(parts[i:]...)
		for _, root := range roots {
			if p := filepath.Join(root, suffix); isFile(p) {
				return p
			}
		}
	}
	return ""
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular()
}

// read returns the lines of a source file.
func (s *sourceFinder) read(file string) ([]string, error) {
	p, ok := s.find(file)
	if !ok {
		return nil, fmt.Errorf("source file %s was not found; map its path, or name a folder that holds it", s.mapped(file))
	}
	if l, ok := s.lines[p]; ok {
		return l, nil
	}
	st, err := os.Stat(p)
	if err != nil {
		return nil, err
	}
	if st.Size() > maxSource {
		return nil, fmt.Errorf("source file %s is %d bytes long", p, st.Size())
	}
	b, err := os.ReadFile(p)
	if err != nil {
		return nil, err
	}
	lines := splitLines(string(b))
	s.lines[p] = lines
	return lines, nil
}

func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// SourcePath returns where on this machine the source file is that DWARF calls file: as it
// is, through the path mappings, beside the module, or by its longest suffix under the
// source roots. ok is false if it was not found; path is then the mapped name.
func (s *Session) SourcePath(file string) (path string, ok bool) {
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	if p, ok := s.source.find(file); ok {
		return p, true
	}
	return s.source.mapped(file), false
}

// Notes tells what is wrong with the program's debug information, in a line each.
func (s *Session) Notes() []string {
	return slices.Concat(s.imageNow().object.Notes, s.coreNotes, s.natvisNotes())
}

// Files lists the source files that have code, as named in DWARF.
func (s *Session) Files() []string { return s.imageNow().table.Files() }

// FunctionNamesLike lists functions with code whose name contains part and fits, sorted, so many at most.
func (s *Session) FunctionNamesLike(part string, most int, fits func(name string) bool) []string {
	return s.imageNow().table.FunctionNamesLike(part, most, fits)
}

// KnownPath reports whether each part of a path, as std::vec, may be the name of something in the program.
func (s *Session) KnownPath(path string) bool { return s.imageNow().table.KnownPath(path) }

// FunctionNames lists the functions with code whose name contains part, sorted.
func (s *Session) FunctionNames(part string) []string {
	return s.imageNow().table.FunctionNames(part)
}
