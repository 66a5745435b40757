package debuginfo

import (
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// For the tests that compile with package aot, which imports this one.

var (
	FakeObject = fakeObject
	ReadModule = readModule
	Sections   = sections
	Programs   = programs
)

// sections collects the module's own DWARF.
func sections(m *wasm.Module) *dwarf.Sections { return sectionsOf(m.Customs, "") }

// Removed returns the subprograms that a translation leaves out, in order.
func Removed(m *wasm.Module, cm *codemap.Map) (d *info.Data, removed []info.Entry) {
	d, _ = info.New(sections(m))
	t := &translation{cm: cm, report: &Report{}, places: newPlaces(m, cm, nil), lineStrs: dwarf.NewStringTable(nil),
		referenced: newOffsetSet(info.Offset(len(d.Sections.Info) + len(d.Sections.Types)))}
	t.budget.Store(listBudget)
	lines := readLineTables(m, d)
	units := t.open(d, lines)
	for _, u := range units {
		u.facts = t.scan(u.in)
	}
	t.complete(units)
	t.settle(units)
	for _, u := range units {
		for _, x := range u.facts.dead {
			if e, err := u.in.Entry(x.lo); err == nil && !t.referenced.any(x.lo, x.hi) {
				removed = append(removed, e)
			}
		}
	}
	return d, removed
}
