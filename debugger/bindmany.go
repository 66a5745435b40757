package debugger

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"sphex/aot/debuginfo"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// mostNames bounds the names whose inlined copies are looked for: of more functions than that only those with
// code of their own count.
const mostNames = 2000

// bindPattern finds the places of a breakpoint on all functions whose name matches a regular expression.
func (im *image) bindPattern(pattern string) ([]BreakPlace, string) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err.Error()
	}
	places := im.functionsWhere(func(f *symbols.Function) bool { return re.MatchString(f.Name) })
	if len(places) == 0 {
		return nil, fmt.Sprintf("no function's name matches %s", pattern)
	}
	return places, ""
}

// bindFile finds the places of a breakpoint on all functions of a file.
func (im *image) bindFile(name string) ([]BreakPlace, string) {
	files := im.files(name)
	if len(files) == 0 {
		if f := im.suffixFile(name); f != "" {
			files = []string{f}
		}
	}
	switch len(files) {
	case 0:
		return nil, fmt.Sprintf("no file %s has code", name)
	case 1:
	default:
		if slices.IndexFunc(files, func(f string) bool { return path.Base(f) != path.Base(files[0]) }) < 0 && len(files) > 1 {
			return nil, fmt.Sprintf("%s may be %s or %s", name, files[0], files[1])
		}
	}
	in := func(f *symbols.Function) bool { return slices.Contains(files, f.File) }
	places := im.functionsWhere(in)
	if len(places) == 0 {
		return nil, fmt.Sprintf("no function of %s has code", name)
	}
	return places, ""
}

// functionsWhere finds where functions begin, inlined copies included.
func (im *image) functionsWhere(want func(*symbols.Function) bool) []BreakPlace {
	var found, made []symbols.Place
	set := map[string]bool{}
	for _, f := range im.table.AllFunctions() {
		if !want(f) || len(f.Ranges) == 0 {
			continue
		}
		p := symbols.Place{Text: im.table.PrologueEnd(f), Func: f, File: f.File, Line: f.Line}
		if fs := im.table.Frames(p.Text); len(fs) > 0 {
			outer := fs[len(fs)-1]
			p.File, p.Line, p.Column = outer.File, outer.Line, outer.Column
		}
		if f.Unit == nil || debuginfo.IsSynthetic(f.Unit.Producer) {
			made = append(made, p)
			continue
		}
		found = append(found, p)
		set[f.Name] = true
	}
	for _, f := range im.table.InlinedFunctions() {
		if want(f) {
			set[f.Name] = true
		}
	}
	if len(set) <= mostNames {
		for n := range set {
			more, err := im.table.FuncPlaces(n)
			var none *symbols.FuncError
			if errors.As(err, &none) {
				continue
			}
			for _, p := range more {
				if p.Inlined && p.Func != nil && want(p.Func) {
					found = append(found, p)
				}
			}
		}
	}
	if len(found) == 0 {
		found = made // the program has no source
	}
	return im.places(im.entries(im.waysIn(found)))
}

func squeezed(s string) string { return strings.ReplaceAll(s, " ", "") }

// instances finds the places of a generic function's instance with the arguments that its name ends in, where
// names of functions lack them: largest<f64>, or largest::<f64> as in Rust's expressions.
func (im *image) instances(name string) (list []symbols.Place) {
	i := strings.IndexByte(name, '<')
	if i <= 0 || !strings.HasSuffix(name, ">") {
		return nil
	}
	places, err := im.table.FuncPlaces(strings.TrimSuffix(name[:i], "::"))
	if err != nil {
		return nil
	}
	want := squeezed(name[i:])
	for _, p := range places {
		if args := p.Func.Arguments(); args != "" && (squeezed(args) == want || squeezed(value.ShortTypeName(args)) == want) {
			list = append(list, p)
		}
	}
	return list
}
