package symbols

import (
	"strings"

	"sphex/dwarf"
)

// Closure names the closure that f runs: main::run::{closure#0}, "" if it runs none. Rust makes
// of a closure without captures, where a function pointer is wanted, an instance of
// FnOnce::call_once, which is called after the closure only in its generic arguments.
func (f *Function) Closure() string {
	if f.Short != "call_once" {
		return ""
	}
	e := f.entry
	for n := 0; n < 8; n++ {
		if name := e.Name(); name != "" {
			args, ok := strings.CutPrefix(name, "call_once<")
			if !ok {
				return ""
			}
			env := strings.Index(args, "{closure_env#")
			if env < 0 || strings.ContainsAny(args[:env], "<, ") {
				return ""
			}
			number, _, ok := strings.Cut(args[env+len("{closure_env#"):], "}")
			if !ok {
				return ""
			}
			return bounded(args[:env] + "{closure#" + number + "}")
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return ""
}
