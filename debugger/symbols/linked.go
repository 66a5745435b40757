package symbols

// LinkedFunctions lists the functions whose names, as the linker knew them, have one of the parts in
// them. The debug information is not asked. ok is false if the linker left no names at all.
func (t *Table) LinkedFunctions(parts []string) (list []*Function, ok bool) {
	find := newPartFinder(parts)
	for i := range t.data.Funcs {
		fr := &t.data.Funcs[i]
		if fr.Name == "" {
			continue
		}
		ok = true
		if find.in(fr.Name) {
			list = append(list, t.plainFunction(fr))
		}
	}
	return list, ok
}

// IsCalled tells whether a user who says name means f: see Table.Functions.
func (f *Function) IsCalled(name string) bool { return newNameQuery(name).matches(f) }
