package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// The statics of Rust's thread_local!. The name that the source gives is a constant without a
// place; the value is a static of the macro's function, inside of that name.

// threadLocalOwner takes from a path inside of what thread_local! makes of `static NAME` the path
// of NAME; "" when the path has no such part.
func threadLocalOwner(path string) string {
	for _, end := range []string{"::__getit", "::{"} {
		if at := strings.Index(path, end); at > 0 {
			return path[:at]
		}
	}
	return path
}

// threadLocal finds the static that holds the value of a thread_local! whose path is wanted.
func (s *Scope) threadLocal(wanted func(owner string) bool) *symbols.Variable {
	for _, name := range []string{"VAL", "__KEY", "__RUST_STD_INTERNAL_VAL"} {
		for _, g := range s.Table.GlobalsNamed(name, nil) {
			if owner := threadLocalOwner(g.Full); owner != g.Full && wanted(owner) {
				return g
			}
		}
	}
	return nil
}

// threadLocal finds a thread_local! by the name that the source gives it: its value, once the
// program has made it, else the place where it will be.
func (ev *evaluator) threadLocal(path string) *Variable {
	if ev.lang() != symbols.LangRust {
		return nil
	}
	s := ev.scope
	g := s.threadLocal(func(owner string) bool { return owner == path || strings.HasSuffix(owner, "::"+path) })
	if g == nil {
		return nil
	}
	v := s.variable(g)
	if t := v.typ.strip(); t != nil {
		switch lastSegment(t.name) {
		case "EagerStorage", "LazyStorage", "Key":
			if t := t.arg("T"); t != nil {
				if in := v.holder(t.strip(), 0); in != nil {
					v = in
				}
			}
		}
	}
	v.EvalName = path
	return v
}
