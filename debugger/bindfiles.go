package debugger

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// bindFiles binds a line in all files that a name means: in those that have code at the line itself, if there are any.
func (im *image) bindFiles(spec *BreakpointSpec, files []string) (places []BreakPlace, message string) {
	var exact, moved []BreakPlace
	var in, other []string
	for _, file := range files {
		one := *spec
		one.File = file
		found, why := im.bindLine(&one)
		switch {
		case len(found) == 0:
			message = why
		case slices.ContainsFunc(found, func(p BreakPlace) bool { return p.Line == spec.Line }):
			exact, in = append(exact, found...), append(in, file)
		default:
			moved, other = append(moved, found...), append(other, file)
		}
	}
	places = exact
	if len(exact) == 0 {
		places, in = moved, other
	}
	if len(places) == 0 {
		return nil, message
	}
	slices.SortFunc(places, func(a, b BreakPlace) int { return int(int64(a.Text) - int64(b.Text)) })
	message = fmt.Sprintf("%s means %s; more of the path chooses one", spec.File, strings.Join(endings(in), " and "))
	if len(in) == 1 {
		message = fmt.Sprintf("%s has no code at line %d in other files of that name", path.Base(spec.File), spec.Line)
	}
	if len(exact) == 0 {
		message = fmt.Sprintf("no code at %s:%d; moved to the next line that has some. %s", path.Base(spec.File), spec.Line, message)
	}
	return places, message
}

// endings shortens paths to the shortest ends that tell them apart.
func endings(paths []string) []string {
	for parts := 2; ; parts++ {
		short, seen, whole := make([]string, len(paths)), map[string]bool{}, true
		for i, p := range paths {
			all := strings.Split(p, "/")
			from := max(len(all)-parts, 0)
			whole = whole && from == 0
			short[i] = strings.Join(all[from:], "/")
			seen[short[i]] = true
		}
		if len(seen) == len(paths) || whole {
			return short
		}
	}
}

// FileOf is the file of a place: its name, and as much of its path as tells it from the files of the other places.
func (b *Breakpoint) FileOf(n int) string {
	file := b.Places[n].File
	base := path.Base(file)
	same := []string{file}
	for i := range b.Places {
		if f := b.Places[i].File; path.Base(f) == base && !slices.Contains(same, f) {
			same = append(same, f)
		}
	}
	if len(same) == 1 {
		return base
	}
	return endings(same)[0]
}
