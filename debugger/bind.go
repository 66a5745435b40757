package debugger

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// bind finds the places of a breakpoint. Without any, message says why; with some, it says
// what differs from what was asked for.
func (im *image) bind(spec *BreakpointSpec) (places []BreakPlace, message string) {
	switch {
	case spec.Catch != CatchNothing:
		return im.bindCatch(spec)
	case spec.Text != nil:
		if im.function(*spec.Text) == nil {
			return nil, fmt.Sprintf("text offset %#x is in no function", uint32(*spec.Text))
		}
		if message := im.noInstruction(*spec.Text); message != "" {
			return nil, message
		}
		return im.places([]symbols.Place{im.placeAt(*spec.Text)}), ""
	case spec.Code != nil:
		return im.bindCode(*spec.Code, fmt.Sprintf("code offset %#x", uint32(*spec.Code)))
	case spec.Offset != nil:
		what := fmt.Sprintf("file offset %#x", uint32(*spec.Offset))
		if *spec.Offset < im.module.CodeSection {
			return nil, what + " is in no function"
		}
		return im.bindCode(wasm.CodeOffset(*spec.Offset-im.module.CodeSection), what)
	case spec.Pattern != "":
		return im.bindPattern(spec.Pattern)
	case spec.EveryFunction:
		return im.bindFile(spec.File)
	case spec.Function != "":
		if index, ok := im.wasmFunction(spec.Function); ok {
			return im.bindIndex(index)
		}
		found, err := im.table.FuncPlaces(spec.Function)
		found = narrowed(found, spec.File)
		if bodies := narrowed(im.table.AsyncPlaces(spec.Function), spec.File); len(bodies) > 0 {
			found, message = ownFirst(spec, withBodies(found, bodies))
			return im.places(found), message
		}
		if err != nil || len(found) == 0 {
			for _, name := range im.endingIn(spec.Function) {
				more, failed := im.table.FuncPlaces(name)
				if failed == nil {
					found, err = append(found, narrowed(more, spec.File)...), nil
				}
			}
			if len(found) == 0 {
				if chosen, failed, ok := im.overloads(spec.Function, spec.File); ok {
					found, err = chosen, failed
				}
			}
			if len(found) == 0 {
				if instances := im.instances(spec.Function); len(instances) > 0 {
					found, err = instances, nil
				}
			}
			if index, ok := im.exported(spec.Function); ok && err != nil {
				return im.bindIndex(index)
			}
		}
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("no function %s", spec.String())
		}
		if err != nil {
			return nil, err.Error()
		}
		found, message = ownFirst(spec, found)
		return im.places(im.entries(im.waysIn(found))), message
	}
	return im.bindLine(spec)
}

func (im *image) bindCode(code wasm.CodeOffset, what string) ([]BreakPlace, string) {
	text, ok := im.textOffset(code)
	if !ok {
		return nil, what + " is in no function"
	}
	places := im.places([]symbols.Place{im.placeAt(text)})
	if len(places) == 0 { // unreachable instructions at a function's end
		return nil, what + " has no code: it can't be reached"
	}
	if places[0].Code != code {
		return places, fmt.Sprintf("%s has no code; moved to %#x", what, uint32(places[0].Code))
	}
	return places, ""
}

func (im *image) bindLine(spec *BreakpointSpec) (places []BreakPlace, message string) {
	file := spec.File
	switch files := im.files(file); {
	case len(files) == 1:
		file = files[0]
	case len(files) > 1 && !isLibrary(files[0]):
		return im.bindFiles(spec, files)
	}
	file, bound, found, err := im.table.LinePlaces(file, spec.Line)
	var fileErr *symbols.FileError
	if errors.As(err, &fileErr) && !fileErr.Ambiguous {
		// A client may send a path of this machine where DWARF has one of the builder's.
		if f := im.suffixFile(spec.File); f != "" {
			file, bound, found, err = im.table.LinePlaces(f, spec.Line)
		}
	}
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("no code at %s:%d", spec.File, spec.Line)
	}
	if err != nil {
		return nil, err.Error()
	}
	if spec.Column > 0 {
		if exact := im.table.ColumnPlaces(file, spec.Line, spec.Column); len(exact) > 0 {
			found = exact
		} else if bound == spec.Line {
			message = fmt.Sprintf("no statement at column %d; at each of line %d instead", spec.Column, spec.Line)
		}
	}
	places = im.places(im.waysIn(found))
	if bound != spec.Line && len(places) > 0 {
		return places, fmt.Sprintf("no code at %s:%d; moved to line %d", path.Base(file), spec.Line, places[0].Line)
	}
	return places, message
}

// files finds the files that a name may mean. The program's own go before those of libraries: many a crate has a lib.rs.
func (im *image) files(name string) []string {
	all := im.table.FindFiles(name)
	if own := slices.DeleteFunc(slices.Clone(all), isLibrary); len(own) > 0 {
		return own
	}
	return all
}

// suffixFile returns the file of the object that shares the longest end of its path with
// name, the last part at least, if there is exactly one such.
func (im *image) suffixFile(name string) string {
	parts := strings.Split(strings.ReplaceAll(name, "\\", "/"), "/")
	for i := range parts {
		if suffix := strings.Join(parts[i:], "/"); suffix != "" {
			if files := im.files(suffix); len(files) == 1 {
				return files[0]
			} else if len(files) > 1 {
				return ""
			}
		}
	}
	return ""
}

// placeAt describes an address as a place.
func (im *image) placeAt(text abi.TextOffset) symbols.Place {
	p := symbols.Place{Text: text, Func: im.table.Function(text)}
	if frames := im.table.Frames(text); len(frames) > 0 {
		p.Func, p.File, p.Line, p.Column = frames[0].Func, frames[0].File, frames[0].Line, frames[0].Column
	}
	return p
}

func (im *image) places(found []symbols.Place) []BreakPlace {
	var list []BreakPlace
	seen := map[abi.TextOffset]bool{}
	for _, p := range found {
		f := im.function(p.Text)
		if f == nil || seen[p.Text] {
			continue
		}
		seen[p.Text] = true
		b := BreakPlace{Text: p.Text, File: p.File, Line: p.Line, Column: p.Column}
		b.Code, _ = wasmOffset(f, p.Text)
		b.Offset = im.module.FileOffset(b.Code)
		if p.Func != nil {
			b.Function, b.Generic = p.Func.Name, p.Func.Arguments()
		}
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b BreakPlace) int { return int(int64(a.Text) - int64(b.Text)) })
	return list
}

// frameFor returns the logical frame that a stop at p shows.
func (im *image) frameFor(p *BreakPlace) *symbols.Frame {
	chain := im.table.Frames(p.Text)
	if n := len(chain) - p.shownAt(im.levelsAt(p.Text)); n >= 0 && n < len(chain) {
		return chain[n]
	}
	return nil
}

// shownAt returns how many logical frames to show where a breakpoint stops: a breakpoint on
// a function shows that function, though an inlined call may begin there, or be at work already
// where the optimiser has mixed their code.
func (b *BreakPlace) shownAt(levels []level) int {
	for n := len(levels); n > 0; n-- {
		if levels[n-1].key.name == b.Function {
			return n
		}
	}
	return len(levels)
}
