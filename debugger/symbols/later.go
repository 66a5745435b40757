package symbols

import (
	"context"
	"sort"
	"strings"
)

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
			if !t.finish() {
				return nil
			}
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

// laterTexts returns strings among which are all linkage names that have a part; ok is false if the index is
// as good for that.
func (t *Table) laterTexts(part string) (texts []string, ok bool) {
	if t.data.Later == nil {
		return nil, false
	}
	return t.data.Later.LinkageNamesWith(part)
}

// finish makes everything be translated, for those who look at all units. It reports false when who asks
// does not wait for that: see Interrupted.
func (t *Table) finish() bool { return t.data.Later == nil || t.data.Later.Wait() == nil }

// Until makes questions that wait for all of a large program's debug information end without an answer when
// ctx ends, until it is called again.
func (t *Table) Until(ctx context.Context) {
	t.until.Store(&ctx)
	if t.data.Later != nil {
		t.data.Later.Until(ctx)
	}
}

// Ended reports whether the context that was given to Until has ended: then whoever asked does not wait any more.
func (t *Table) Ended() bool {
	ctx := t.until.Load()
	return ctx != nil && (*ctx).Err() != nil
}

// Interrupted reports whether a question was ended since Until was called: then what was said since may have
// been made from too little, and is not to be kept.
func (t *Table) Interrupted() bool { return t.data.Later != nil && t.data.Later.Interrupted() }

// indexSize is the size of the index of names in bytes.
func (t *Table) indexSize() int {
	if t.data.Later != nil {
		if !t.finish() {
			return 0
		}
		return len(t.data.Later.Sections()[".debug_names"])
	}
	return len(t.data.Sections.Names)
}

// part is the longest name among those of namespaces and types in the query that stands as it is in the
// linkage names of all functions which the query means, or else in the names of what they stand in; "" if
// there is none.
func (q nameQuery) part() (longest string) {
	parts := strings.Split(q.bare, "::")
	for _, p := range parts[:len(parts)-1] {
		if len(p) > len(longest) && isASCII(p) && longestIdentifier(p) == p && !abbreviated[p] {
			longest = p
		}
	}
	return longest
}

// abbreviated are the names for which C++ has letters in linkage names.
var abbreviated = map[string]bool{
	"std": true, "allocator": true, "string": true, "basic_string": true, "char_traits": true,
	"istream": true, "ostream": true, "iostream": true, "basic_istream": true, "basic_ostream": true, "basic_iostream": true,
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
