package debugger

import (
	"fmt"
	"slices"
	"strings"

	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// narrowed keeps the places of functions that are in a file, if one is named.
func narrowed(found []symbols.Place, file string) []symbols.Place {
	if file == "" {
		return found
	}
	return slices.DeleteFunc(found, func(p symbols.Place) bool { return p.Func == nil || !p.Func.InFile(file) })
}

// overloads finds the places of the functions that a name with types of parameters means, as C++'s users write them:
// area(int), ns::Shape::area(const Point &) const. ok is false if the name has none.
func (im *image) overloads(name, file string) (found []symbols.Place, err error, ok bool) {
	base, want, ok := cutParameters(name)
	if !ok {
		return nil, nil, false
	}
	all, err := im.table.FuncPlaces(base)
	if err != nil {
		return nil, err, true
	}
	var others []string
	for _, p := range narrowed(all, file) {
		params := im.types.Params(p.Func)
		if takes(params, want) || len(params) > 0 && takes(params[1:], want) {
			found = append(found, p)
			continue
		}
		if other := p.Func.Name + parameterList(params); !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	if len(found) == 0 {
		err = fmt.Errorf("no function %s; there is %s", name, strings.Join(others, ", "))
	}
	return found, err, true
}

// cutParameters splits f(int, char) into f and its parameters.
func cutParameters(name string) (base string, params []string, ok bool) {
	name = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(name), "const"))
	open := strings.IndexByte(name, '(')
	if open <= 0 || !strings.HasSuffix(name, ")") {
		return "", nil, false
	}
	if base = strings.TrimSpace(name[:open]); strings.Contains(base, "<") && strings.Count(base, "<") != strings.Count(base, ">") || strings.HasSuffix(base, "operator") {
		return "", nil, false
	}
	depth, from := 0, open+1
	for i := from; i < len(name); i++ {
		switch name[i] {
		case '(', '<', '[':
			depth++
		case ')', '>', ']':
			depth--
		}
		if depth < 0 || depth == 0 && name[i] == ',' {
			if p := strings.TrimSpace(name[from:i]); p != "" && p != "void" {
				params = append(params, plainType(p))
			}
			from = i + 1
		}
	}
	return base, params, true
}

// takes reports whether a function's parameters have the types that are wanted.
func takes(params []*value.Type, want []string) bool {
	if len(params) != len(want) {
		return false
	}
	for i, p := range params {
		if p == nil || !slices.ContainsFunc([]string{p.Name(true), p.Name(false)}, func(name string) bool {
			name = plainType(name)
			return name == want[i] || strings.HasSuffix(name, "::"+want[i]) || strings.HasSuffix(want[i], "::"+name)
		}) {
			return false
		}
	}
	return true
}

// plainType is a type's name without what is written in several ways: blanks, const, and the words before tags.
func plainType(name string) string {
	var words []string
	for _, w := range strings.Fields(strings.NewReplacer("*", " * ", "&", " & ").Replace(name)) {
		switch w {
		case "const", "volatile", "struct", "class", "enum", "union":
		default:
			words = append(words, w)
		}
	}
	return strings.Join(words, "")
}

func parameterList(params []*value.Type) string {
	var names []string
	for _, p := range params {
		names = append(names, p.Name(false))
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// withBodies puts the bodies of async functions in the place of what makes their futures: a call
// runs nothing that was written.
func withBodies(found, bodies []symbols.Place) []symbols.Place {
	owner := func(name string) string {
		if i := strings.LastIndex(name, "::{"); i > 0 {
			return name[:i]
		}
		return name
	}
	found = slices.DeleteFunc(found, func(p symbols.Place) bool {
		return p.Func != nil && slices.ContainsFunc(bodies, func(b symbols.Place) bool { return owner(b.Func.Name) == p.Func.Name })
	})
	return append(found, bodies...)
}

// namesTrait reports whether a path, Display::fmt, is that of a trait that each function found implements.
func namesTrait(path string, found []symbols.Place) bool {
	return !strings.Contains(path, "<") && !slices.ContainsFunc(found, func(p symbols.Place) bool { return p.Func == nil || !p.Func.Implements(path) })
}

// ownFirst leaves a library's functions out where a name alone means some of the program's own, too: it is those that a
// person has in mind who types take, and not Option::take. The message tells of the others.
func ownFirst(spec *BreakpointSpec, found []symbols.Place) (own []symbols.Place, message string) {
	if spec.File != "" || strings.ContainsAny(spec.Function, ":<") && !namesTrait(spec.Function, found) {
		return found, ""
	}
	var libraries []string
	for _, p := range found {
		switch {
		case !isLibrary(p.File):
			own = append(own, p)
		case p.Func != nil && !slices.Contains(libraries, BriefName(p.Func.Name)):
			libraries = append(libraries, BriefName(p.Func.Name))
		}
	}
	if len(own) == 0 || len(libraries) == 0 {
		return found, ""
	}
	const named = 3
	others := strings.Join(libraries[:min(named, len(libraries))], ", ")
	if more := len(libraries) - named; more > 0 {
		others += fmt.Sprintf(" and %d more", more)
	}
	return own, "libraries have functions of that name, too; more of their path chooses them: " + others
}
