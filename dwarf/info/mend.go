package info

import (
	"fmt"

	"sphex/dwarf"
)

// Mend cuts units whose length is too large, so that it covers units that stand behind them, and adds
// those. The end of the root entry's tree tells where a unit ends: there must stand a header, and
// headers must follow each other from there to the next unit or the end of the section. It walks over
// all units, must run before anything is read of them but their roots, and tells of each unit
// that it cut.
func (d *Data) Mend() Damaged {
	var damage Damaged
	var units []*Unit
	for i, u := range d.Units {
		units = append(units, u)
		limit := u.sectionEnd()
		if i+1 < len(d.Units) {
			limit = min(limit, d.Units[i+1].Offset)
		}
		covered := u.covered(limit)
		if len(covered) == 0 {
			continue
		}
		section, at := u.SectionOffset(u.Offset)
		damage = append(damage, dwarf.Errorf(section, at, "the length is wrong: what stands behind the unit's entries was read as %s", count(len(covered))))
		units = append(units, d.cut(u, covered)...)
	}
	d.Units = units
	return damage
}

func count(units int) string {
	if units == 1 {
		return "a unit"
	}
	return fmt.Sprintf("%d units", units)
}

// cut ends a unit where the first of those begins that it covers, and returns them.
func (d *Data) cut(u *Unit, covered []*Unit) []*Unit {
	u.End = covered[0].Offset
	u.bytes = u.bytes[:u.End-u.shift]
	for _, c := range covered {
		d.addType(c)
	}
	return covered
}

// covered lists the units that begin behind the root entry's tree and before the unit's end, and of
// which the last one ends at the limit.
func (u *Unit) covered(limit Offset) []*Unit {
	if u.split != nil || u.skeleton != nil || u.ranges != nil || u.make != nil {
		return nil
	}
	w := u.Walk()
	for e := (Entry{}); w.Next(&e); {
	}
	rest, ok := w.Rest()
	if !ok {
		return nil
	}
	// A header may begin with zero bytes, which elsewhere are padding.
	for at := Offset(w.pos) + u.shift; at <= rest; at++ {
		if list := u.chain(at, limit); list != nil {
			return list
		}
	}
	return nil
}

// chain lists the units that follow each other from at up to the limit, if there are such.
func (u *Unit) chain(at, limit Offset) (list []*Unit) {
	for at < limit {
		c := plausibleUnit(u.sections, u.section, u.all, uint64(at-u.shift))
		if c == nil {
			return nil
		}
		c.place(u.data, u.sections, u.all, u.info, u.shift)
		root, err := c.Root()
		if err != nil || c.End > limit {
			return nil
		}
		switch root.Tag() {
		case dwarf.TagCompileUnit, dwarf.TagPartialUnit, dwarf.TagTypeUnit, dwarf.TagSkeletonUnit:
		default:
			return nil
		}
		list = append(list, c)
		at = c.End
	}
	return list
}

// sectionEnd is where the unit's section ends.
func (u *Unit) sectionEnd() Offset { return u.shift + Offset(len(u.all)) }
