package symbols

import (
	"fmt"
	"strings"
)

// FileError says that a file name matches no file with code, or several.
type FileError struct {
	Name      string
	Files     []string // all matches of an ambiguous name, or the nearest names
	Ambiguous bool
}

func (e *FileError) Error() string {
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("%s is ambiguous: %s", e.Name, strings.Join(e.Files, ", "))
	case len(e.Files) > 0:
		return fmt.Sprintf("no source file %s; did you mean %s?", e.Name, strings.Join(e.Files, ", "))
	}
	return fmt.Sprintf("no source file %s", e.Name)
}

// LineError says that there is no code at or behind a line.
type LineError struct {
	Path string
	Line int
	Last int // last line with code; 0 if none has any
}

func (e *LineError) Error() string {
	if e.Last == 0 {
		return fmt.Sprintf("no code comes from %s", e.Path)
	}
	return fmt.Sprintf("no code at or behind %s:%d (the last line with code is %d)", e.Path, e.Line, e.Last)
}

// FuncError says that no function has a name.
type FuncError struct {
	Name    string
	Nearest []string
}

func (e *FuncError) Error() string {
	if len(e.Nearest) > 0 {
		return fmt.Sprintf("no function %s; did you mean %s?", e.Name, strings.Join(e.Nearest, ", "))
	}
	return fmt.Sprintf("no function %s", e.Name)
}
