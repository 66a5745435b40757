package debugger

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An editor names a file by its whole path on this machine, and sends the breakpoints of all files that it has open. Which file of the
// debug information that is, if any, is not for the last part of the path alone to say: there is a main.c in every second project.

// LocalFile returns the file of the debug information that a file of this machine is, given by its whole path. file is "" if it
// is none, and why says so where one might take it for one.
func (s *Session) LocalFile(name string) (file, why string) {
	return s.localFile(s.imageNow(), name)
}

func (s *Session) localFile(im *image, name string) (file, why string) {
	slashed := slashes(name)
	if files := im.table.FindFiles(slashed); len(files) == 1 && files[0] == slashed {
		return files[0], "" // as it was compiled, or the text of a module without sources
	}
	real := realPath(name)
	var alike []string
	for _, f := range im.table.Files() {
		local, found := s.SourcePath(f)
		switch {
		case path.Base(slashes(local)) != path.Base(slashed) && path.Base(slashes(local)) != filepath.Base(real):
			continue
		case slashes(local) == slashed || found && realPath(local) == real:
			return f, ""
		}
		alike = append(alike, f)
	}
	return s.likeliest(im, name, alike)
}

// likeliest chooses among files of the same name as one of this machine that is at none of their places: what has its contents, or
// else what shares the longest end of its path, its folder at least.
func (s *Session) likeliest(im *image, name string, files []string) (file, why string) {
	sum, err := fileMD5(name)
	here := err == nil
	if here {
		for _, f := range files {
			if want, known := im.table.Checksum(f); known && fmt.Sprintf("%x", want) == sum {
				return f, ""
			}
		}
	}
	best := -1
	for _, f := range files {
		n := commonEnd(name, f)
		if local, found := s.SourcePath(f); found && here && commonEnd(local, slashes(s.mappedSource(f))) >= n {
			if other, err := fileMD5(local); err != nil || other != sum {
				why = fmt.Sprintf("the program's %s is another file: %s", path.Base(f), local)
				continue
			}
		} else if n < 2 && strings.Contains(strings.TrimPrefix(slashes(f), "./"), "/") {
			why = fmt.Sprintf("the program's %s is %s, which has only its name in common with this file; if it is the same, map its folder (sourceMap)", path.Base(f), f)
			continue
		}
		switch {
		case n > best || n == best && isLibrary(file) && !isLibrary(f):
			file, best = f, n
		case n == best && file != "" && isLibrary(file) == isLibrary(f):
			return "", fmt.Sprintf("it may be %s or %s: map its folder (sourceMap)", file, f)
		}
	}
	if file != "" {
		return file, ""
	}
	return "", why
}

// mappedSource is a file's path as the mappings have it.
func (s *Session) mappedSource(file string) string {
	s.source.mu.Lock()
	defer s.source.mu.Unlock()
	return s.source.mapped(file)
}

// bind finds the places of a breakpoint in an image, which is the session's own.
func (s *Session) bind(im *image, spec *BreakpointSpec) (places []BreakPlace, message string) {
	if spec.Line > 0 {
		there := *spec
		if there.File, message = s.fileMeant(im, spec.File); message != "" {
			return nil, message
		}
		spec = &there
	}
	if places, message = im.bind(spec); len(places) == 0 && spec.Function != "" {
		if found := s.leftOut(im, spec.Function); found != "" {
			message, _, _ = strings.Cut(message, "; did you mean")
			message += ": " + found
		}
	}
	return places, message
}

// fileMeant is a file's name for an image, if it may be one of this machine, or else why it is none of the program's.
func (s *Session) fileMeant(im *image, name string) (file, why string) {
	if isWholePath(name) {
		if file, why = s.localFile(im, name); file != "" || why != "" {
			return file, why
		}
	}
	return name, ""
}

// isWholePath tells whether a path begins at a root, of this system or of one with drives.
func isWholePath(name string) bool {
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\\`) || len(name) > 2 && name[1] == ':' && (name[2] == '/' || name[2] == '\\')
}

// slashes is a path of any system with the separators of this one.
func slashes(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// commonEnd counts the parts that two paths have in common at their ends.
func commonEnd(a, b string) int {
	as, bs := strings.Split(path.Clean(slashes(a)), "/"), strings.Split(path.Clean(slashes(b)), "/")
	slices.Reverse(as)
	slices.Reverse(bs)
	n := 0
	for n < len(as) && n < len(bs) && as[n] != "" && as[n] == bs[n] {
		n++
	}
	return n
}

// realPath is where a file is when links have been followed; the path as it is if there is none.
func realPath(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	return filepath.Clean(name)
}
