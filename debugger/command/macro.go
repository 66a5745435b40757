package command

import (
	"errors"
	"path"
	"strings"

	"sphex/debugger/symbols"
)

// runMacro prints a macro's definition, or an expression with its macros replaced.
func runMacro(in *Interp, c *call) error {
	word, rest, _ := strings.Cut(strings.TrimSpace(c.args), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "":
		return errors.New("which macro? macro NAME, macro expand EXPRESSION, macro list [PATTERN]")
	case (word == "expand" || word == "exp") && rest != "":
		text, err := in.Session.ExpandMacros(in.Level, rest)
		if err != nil {
			return explain(err)
		}
		in.printf("%s\n", text)
		return nil
	case word == "list":
		return runListMacros(in, &call{args: rest})
	}
	m, err := in.Session.Macro(in.Level, word)
	if err != nil {
		return explain(err)
	}
	if m.Name == "" {
		in.printf("no macro %s is known\n", word)
		return nil
	}
	in.printMacro(&m.Macro)
	switch {
	case m.InSource:
		in.printf("  read in the source, since the debug information has no macros\n")
	case !m.Held:
		in.printf("  it does not hold at the selected frame's line\n")
	}
	return nil
}

// runListMacros lists the macros that hold in the selected frame.
func runListMacros(in *Interp, c *call) error {
	pattern := strings.TrimSpace(c.args)
	list, ok, err := in.Session.Macros(in.Level, func(name string) bool { return strings.Contains(name, pattern) })
	switch {
	case err != nil:
		return explain(err)
	case !ok:
		in.printf("the debug information has no macros here (clang writes them with -fdebug-macro)\n")
	case len(list) == 0:
		in.printf("(none)\n")
	}
	for i := range list {
		in.printMacro(&list[i])
	}
	return nil
}

func (in *Interp) printMacro(m *symbols.Macro) {
	switch {
	case m.File != "":
		in.printf("%s:%d: ", path.Base(m.File), m.Line)
	case m.Line > 0:
		in.printf("line %d of a file that the debug information does not name: ", m.Line)
	default:
		in.printf("by the compiler: ")
	}
	in.printf("%s\n", m.String())
}
