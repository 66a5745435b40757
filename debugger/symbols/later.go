package symbols

import "sort"

// What Data.Later answers without translating a unit.

// laterRoot fills in what the unit's root says.
func (u *Unit) laterRoot() {
	r := u.table.data.Later.Root(u.number)
	u.Name, u.CompDir, u.Producer = r.Name, r.CompDir, r.Producer
	u.Language = language(r.Language)
	u.ranges = u.laterRanges()
}

// laterRanges is what code the unit has.
func (u *Unit) laterRanges() []Range {
	code := u.table.data.Later.Code(u.number)
	out := make([]Range, len(code))
	for i, c := range code {
		out[i] = Range{c.Lo, c.Hi}
	}
	sort.Slice(out, func(i, k int) bool { return out[i].Lo < out[k].Lo })
	return out
}

// unitsNaming lists the units in which an entry may have one of the names, as they are or with template
// arguments; all, if that is not known.
func (t *Table) unitsNaming(names ...string) []*Unit {
	if t.data.Later == nil {
		return t.units
	}
	found := map[int]bool{}
	for _, name := range names {
		units, ok := t.data.Later.MayHave(name)
		if !ok {
			t.finish()
			return t.units
		}
		for _, i := range units {
			found[i] = true
		}
	}
	var list []*Unit
	for _, u := range t.units {
		if found[u.number] {
			list = append(list, u)
		}
	}
	return list
}

// finish makes everything be translated, for those who look at all units.
func (t *Table) finish() {
	if t.data.Later != nil {
		t.data.Later.Finish()
	}
}

// indexSize is the size of the index of names in bytes.
func (t *Table) indexSize() int {
	if t.data.Later != nil {
		return len(t.data.Later.Sections()[".debug_names"])
	}
	return len(t.data.Sections.Names)
}
