package debugger

// PathMapping replaces the prefix From of a path in DWARF by To.
type PathMapping struct{ From, To string }

// SourcePath returns where on this machine the source file is that DWARF calls file: as it
// is, through the path mappings, beside the module, or by its longest suffix under the source roots. ok is false
// if it was not found; path is then the mapped name.
func (s *Session) SourcePath(file string) (path string, ok bool) { return file, false }

// Source returns the lines of a source file, without line ends.
func (s *Session) Source(file string) (lines []string, err error) { return nil, ErrClosed }

// Files lists the source files that have code, as named in DWARF.
func (s *Session) Files() []string { return nil }
