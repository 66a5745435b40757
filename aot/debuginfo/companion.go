package debuginfo

import (
	"fmt"
	"strings"
)

// Kind says what a companion file is.
type Kind uint8

const (
	// External is the file with all of a stripped module's debug information. The module names
	// it in the custom section external_debug_info.
	External Kind = iota
	// ByBuildID is the same, found by the number in the custom section build_id.
	ByBuildID
	// SplitUnit is a .dwo file with one unit of split DWARF, or an object file with the same.
	SplitUnit
	// SplitPackage is a .dwp file with many units of split DWARF.
	SplitPackage
	// SourceMap is a source map, version 3.
	SourceMap
)

// Companion is a file that a module's debug information asks for.
type Companion struct {
	Kind Kind
	// Name is the file's name as the debug information has it: a path, absolute or relative, or
	// a URL; "" if there is only a build id. The module is not trusted, and so is the name not.
	Name string
	// Dir is the directory to which a split unit's name is relative (DW_AT_comp_dir).
	Dir     string
	BuildID []byte // nil if there is none
	// Accept says whether contents are those that are meant; a finder goes on to the next place
	// where they are not.
	Accept func(contents []byte) error
}

// Finder finds companion files. It may be called from one goroutine at a time.
type Finder interface {
	// Find returns the contents of the first file that is acceptable, and its path. The error
	// is a *NotFoundError if there is none.
	Find(c *Companion) (contents []byte, path string, err error)
}

// NotFoundError says where a companion was looked for.
type NotFoundError struct {
	Looked  []string // the paths at which there is no such file
	Refused []string // what there is and why it was not taken: "PATH: REASON"
	Why     string   // why no path was tried: the name is that of no file
}

func (e *NotFoundError) Error() string {
	var parts []string
	if e.Why != "" {
		parts = append(parts, e.Why)
	}
	for i, r := range e.Refused {
		if i == maxPlaces {
			break
		}
		parts = append(parts, r)
	}
	if n := len(e.Looked); n > 0 {
		some := e.Looked[:min(n, maxPlaces)]
		text := "looked for " + strings.Join(some, ", ")
		if more := n - len(some); more > 0 {
			text += fmt.Sprintf(" and in %d more places", more)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "there is no such file"
	}
	return strings.Join(parts, "; ")
}

// maxPlaces is how many of the places where a file was looked for are told.
const maxPlaces = 4
