package debugger

import (
	"fmt"
	"strings"

	"sphex/aot/debuginfo"
	"sphex/aot/wasm"
)

// The text of a source file comes from one of three places: the module's own text is printed
// from the module; what the producer embedded in the line table is what was compiled; all
// others are read from the disk of this machine.

// Source returns the lines of a source file, without line ends.
func (s *Session) Source(file string) (lines []string, err error) {
	if debuginfo.IsText(file) {
		return s.moduleText(1, s.imageNow().text().Lines())
	}
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	if lines, ok := s.embedded(file); ok {
		return lines, nil
	}
	return s.source.read(file)
}

// SourcePart returns at least those of the lines from to to of a source file that there are; first
// is the number of the first one returned, total how many the file has. The text of a large module
// is long, and printed only where somebody looks at it.
func (s *Session) SourcePart(file string, from, to int) (lines []string, first, total int, err error) {
	if !debuginfo.IsText(file) {
		lines, err = s.Source(file)
		return lines, 1, len(lines), err
	}
	total = s.imageNow().text().Lines()
	first = max(from, 1)
	lines, err = s.moduleText(first, min(to, total))
	return lines, first, total, err
}

// HasSource reports whether there are lines for a file of the DWARF.
func (s *Session) HasSource(file string) bool {
	if debuginfo.IsText(file) {
		return true
	}
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	if _, ok := s.source.find(file); ok {
		return true
	}
	_, ok := s.embedded(file)
	return ok
}

// moduleText prints lines of the module's own text.
func (s *Session) moduleText(first, last int) ([]string, error) {
	const most = 4 << 20 // lines
	if last-first >= most {
		return nil, fmt.Errorf("the module's text is %d lines long", s.imageNow().text().Lines())
	}
	if last < first {
		return nil, nil
	}
	return splitLines(string(s.imageNow().text().Append(nil, first, last))), nil
}

// embedded returns the lines that the producer embedded, unless a path mapping asks for another file.
func (s *Session) embedded(file string) ([]string, bool) {
	if s.source.mapped(file) != file {
		if _, ok := s.source.find(file); ok {
			return nil, false
		}
	}
	const mark = "\x00embedded "
	if lines, ok := s.source.lines[mark+file]; ok {
		return lines, lines != nil
	}
	var lines []string
	if text, ok := s.imageNow().table.Embedded(file); ok {
		lines = splitLines(strings.TrimPrefix(text, "\ufeff"))
	}
	s.source.lines[mark+file] = lines
	return lines, lines != nil
}

// FrameText returns where a frame stands in the module's own text, which shows what a frame does that
// has no other source. ok is false for the host's.
func (s *Session) FrameText(f *Frame) (file string, line int, ok bool) {
	im := s.imageNow()
	m, text := im.module, im.text()
	i := int(f.Index) - m.NumImportedFuncs
	if f.Host || f.Code == 0 || i < 0 || i >= len(m.Code) || text.CodeLine(i) == 0 {
		return "", 0, false
	}
	line = text.CodeLine(i)
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m, &m.Code[i]); r.Next(&in) && in.Offset < f.Code; line++ {
	}
	return debuginfo.TextFile(text.Names()), line, true
}
