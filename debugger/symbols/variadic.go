package symbols

import "sphex/dwarf"

// Variadic reports whether the function takes more arguments than its parameters.
func (f *Function) Variadic() bool {
	if f.Unit == nil {
		return false
	}
	e := f.entry
	for range 8 {
		for c := range e.Children() {
			if c.Tag() == dwarf.TagUnspecifiedParameters {
				return true
			}
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return false
}
