package symbols

import "fmt"

// FileError says that a file name matches no file with code, or several.
type FileError struct {
	Name      string
	Files     []string // all matches of an ambiguous name, or the nearest names
	Ambiguous bool
}

func (e *FileError) Error() string {
	if e.Ambiguous {
		return fmt.Sprintf("%s is ambiguous: %q", e.Name, e.Files)
	}
	if len(e.Files) > 0 {
		return fmt.Sprintf("no code from a file %s; nearest: %q", e.Name, e.Files)
	}
	return fmt.Sprintf("no code from a file %s", e.Name)
}

// LineError says that there is no code at or behind a line.
type LineError struct {
	Path string
	Line int
	Last int // last line with code
}

func (e *LineError) Error() string {
	return fmt.Sprintf("no code at or after %s:%d (last line with code: %d)", e.Path, e.Line, e.Last)
}
