package info

import (
	"fmt"

	"sphex/dwarf"
)

// In split DWARF a unit's entries are in another file: in the module there is a skeleton, which
// has what a linker must see, the addresses and the line table (DWARF 5, 3.1.2 and 7.3.2).
// GNU's extension to DWARF 4 does the same with attributes of its own.

// SplitName is where a skeleton says that its unit proper is.
type SplitName struct {
	File string // DW_AT_dwo_name
	Dir  string // DW_AT_comp_dir, to which File is relative
	ID   uint64 // that of the unit, too
}

// Skeleton reports whether the unit is a skeleton, and where its unit proper is.
func (u *Unit) Skeleton() (SplitName, bool) {
	if u.split != nil || u.sections != &u.data.Sections {
		return SplitName{}, false
	}
	root, err := u.Root()
	if err != nil {
		return SplitName{}, false
	}
	name := root.raw(dwarf.AttrDWOName)
	if name == "" {
		name = root.raw(dwarf.AttrGNUDWOName)
	}
	id, ok := u.splitID(&root)
	if u.Type != dwarf.UnitSkeleton && (name == "" || !ok) {
		return SplitName{}, false
	}
	return SplitName{File: name, Dir: root.raw(dwarf.AttrCompDir), ID: id}, true
}

// SplitID is the number that a skeleton and its unit proper share; ok is false if the unit is
// neither.
func (u *Unit) SplitID() (id uint64, ok bool) {
	root, err := u.Root()
	if err != nil {
		return 0, false
	}
	return u.splitID(&root)
}

func (u *Unit) splitID(root *Entry) (id uint64, ok bool) {
	if u.Type == dwarf.UnitSkeleton || u.Type == dwarf.UnitSplitCompile {
		return u.Signature, true
	}
	if v, has := root.Attr(dwarf.AttrGNUDWOID); has {
		return v.Raw(), true
	}
	return 0, false
}

// AddSplit adds the units of a file of split DWARF, or of one unit's part of a package of such
// files. s holds the sections under their names without ".dwo". When a header is damaged, it
// returns the units before it together with the error. It must not run beside other methods.
func (d *Data) AddSplit(s *dwarf.Sections) ([]*Unit, error) {
	// As for the units of the module; parts of a package that are the same count once.
	if n := len(s.Abbrev); n > 0 && !d.budgeted[&s.Abbrev[0]] {
		if d.budgeted == nil {
			d.budgeted = map[*byte]bool{}
		}
		d.budgeted[&s.Abbrev[0]] = true
		d.budget += 8 * n
	}
	return d.add(s, ".dwo")
}

// Join makes split, which AddSplit has returned, the unit proper of the skeleton u, whose bases
// and addresses it then uses. It must come before the first use of split's entries, apart from
// SplitID.
func (u *Unit) Join(split *Unit) error {
	if split.skeleton != nil || u.split != nil || split.data != u.data {
		return fmt.Errorf("the unit at 0x%x is joined already", uint64(u.Offset))
	}
	if err := split.load(); err != nil {
		return err
	}
	if err := split.joinBases(u); err != nil {
		return err
	}
	u.split, split.skeleton = split, u
	return nil
}

// SplitUnit is the unit proper of a skeleton that was joined, else nil.
func (u *Unit) SplitUnit() *Unit { return u.split }

// SkeletonUnit is the skeleton to which a split unit was joined, else nil.
func (u *Unit) SkeletonUnit() *Unit { return u.skeleton }

// Sections is where the unit comes from: the sections of its Data, or those of a split file.
func (u *Unit) Sections() *dwarf.Sections { return u.sections }

// End is behind the last Offset of all.
func (d *Data) End() Offset { return d.end }

// joinBases completes the bases of a split unit by those of its skeleton.
func (u *Unit) joinBases(skeleton *Unit) error {
	bases, err := skeleton.Bases()
	if err != nil {
		return err
	}
	b := &u.bases
	b.Addr, b.LowPC, b.Addrs = bases.Addr, bases.LowPC, skeleton.sections.Addr
	if b.Addrs == nil {
		b.Addrs = []byte{}
	}
	if u.Version < 5 {
		u.ranges = skeleton.sections // there is no .debug_ranges.dwo
		root, err := skeleton.Root()
		if err != nil {
			return err
		}
		if v, ok := root.Attr(dwarf.AttrGNURangesBase); ok {
			b.Ranges = v.u
		}
	}
	u.setLists()
	return nil
}
