package debugger

import "sphex/debugger/symbols"

// Positions lists where statements of a file, as breakpoints name it, begin on the lines between
// from and to, ascending. A breakpoint can be set at each.
func (s *Session) Positions(file string, from, to int) []symbols.Position {
	im := s.imageNow()
	file, why := s.fileMeant(im, file)
	if why != "" {
		return nil
	}
	files := im.files(file)
	if len(files) == 0 {
		if f := im.suffixFile(file); f != "" {
			files = []string{f}
		}
	}
	if len(files) != 1 {
		return nil
	}
	return im.table.Statements(files[0], from, to)
}

// HasDebugInfo tells whether the program has a source of its own, and not only its module's text.
func (s *Session) HasDebugInfo() bool { return s.imageNow().hasSource() }
