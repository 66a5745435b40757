package symbols

import (
	"slices"

	"sphex/dwarf/info"
)

// InlinedFunctions lists the functions that were inlined somewhere, whether or not they have code of their
// own, too: Ranges is empty.
func (t *Table) InlinedFunctions() []*Function {
	if !t.names() {
		return nil
	}
	origins := make([]info.Offset, 0, len(t.copies))
	for o := range t.copies {
		origins = append(origins, o)
	}
	slices.Sort(origins)
	list := make([]*Function, 0, len(origins))
	for _, o := range origins {
		if f := t.abstractFunction(o); f != nil {
			list = append(list, f)
		}
	}
	return list
}
