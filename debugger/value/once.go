package value

import (
	"strings"

	"sphex/aot/abi"
)

// What changes the program is done once, however often an expression's parts are looked at: x in x += 1 is read,
// written, and read again to be shown; f() in f() == Red is asked for its type before its value is compared.

// effect is a part of an expression that changes the program.
type effect struct {
	column int
	entry  abi.TextOffset // of the function that a call runs
	kind   byte           // '=', '+' for ++ and --, '('
}

// once does what has an effect, or gives the value that it had before.
func (ev *evaluator) once(e effect, do func() (*Variable, error)) (*Variable, error) {
	if v := ev.done[e]; v != nil {
		return v, nil
	}
	v, err := do()
	if err == nil {
		if ev.done == nil {
			ev.done = map[effect]*Variable{}
		}
		ev.done[e] = v
	}
	return v, err
}

// parseShown is Parse for what a person has made of a value as it is shown: of 66 'B', the number counts.
func parseShown(src string) (*Expr, error) {
	e, err := Parse(src)
	if number, char, ok := strings.Cut(src, " '"); err != nil && ok && strings.HasSuffix(char, "'") && !strings.ContainsAny(number, "'\"") {
		if shown, failed := Parse(number); failed == nil {
			return shown, nil
		}
	}
	return e, err
}

// Assign stores the value of an expression in the place that another names, and returns what is there then.
func (s *Scope) Assign(place, src string) (*Variable, error) {
	where, err := Parse(place)
	if err != nil {
		return nil, err
	}
	what, err := parseShown(src)
	if err != nil {
		return nil, err
	}
	ev := evaluator{scope: s, src: place}
	v, err := ev.whole(where)
	if err != nil {
		return nil, err
	}
	if v.Unreadable != nil {
		return nil, v.Unreadable
	}
	to := evaluator{scope: s, src: src}
	if what, err = to.unfolded(what); err != nil {
		return nil, err
	}
	if err := to.store(what.root, v, what.tree(to.lang())); err != nil {
		return nil, err
	}
	return ev.whole(where)
}
