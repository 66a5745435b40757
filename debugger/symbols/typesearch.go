package symbols

import "sphex/dwarf/info"

// maxTypeUnits is how many units TypeLike looks through.
const maxTypeUnits = 256

// TypeLike finds a complete type by what its qualified name looks like: in first, then in other units,
// of which not more than some hundreds are read.
func (t *Table) TypeLike(first *Unit, like func(full string) bool) (info.Offset, bool) {
	in := func(u *Unit) (best info.Offset) {
		for full, off := range u.typeNames() {
			if (best == 0 || off < best) && like(full) {
				best = off
			}
		}
		return best
	}
	if first != nil {
		if off := in(first); off != 0 {
			return off, true
		}
	}
	if !t.finish() {
		return 0, false
	}
	for i, u := range t.units {
		if i == maxTypeUnits {
			break
		}
		if u == first {
			continue
		}
		if off := in(u); off != 0 {
			return off, true
		}
	}
	return 0, false
}
