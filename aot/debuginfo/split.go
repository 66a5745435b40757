package debuginfo

import (
	"errors"
	"path"
	"strings"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/split"
)

var (
	errOtherUnit = errors.New("it belongs to another build of the unit")
	errNoUnit    = errors.New("there is no split unit in it")
)

// splitFiles finds split units, each file once.
type splitFiles struct {
	in      *Input
	finder  Finder
	pack    *split.Package        // nil if there is none
	asked   bool                  // for pack
	from    string                // the path of pack
	types   bool                  // those of pack are added
	packed  map[uint64]*info.Unit // of pack, by id: hostile skeletons may all name one
	opened  map[[2]string]unitsByID
	added   map[string]unitsByID // by path
	missing []info.SplitName
	why     error // of the first of missing
}

// openSplit joins the skeletons among the units with their units proper: from a package beside
// the module, or else from the files that they name.
func (in *Input) openSplit(f Finder) {
	s := &splitFiles{in: in, finder: f, packed: map[uint64]*info.Unit{}, opened: map[[2]string]unitsByID{}, added: map[string]unitsByID{}}
	for _, u := range in.Data.Units[:len(in.Data.Units):len(in.Data.Units)] {
		name, ok := u.Skeleton()
		if !ok {
			continue
		}
		if proper := s.find(name); proper != nil {
			if err := u.Join(proper); err == nil {
				continue
			} else if s.why == nil {
				s.why = err
			}
		}
		if strings.HasSuffix(name.File, ".pcm") {
			continue // a module of clang's, which names what a unit imports, for the compiler
		}
		s.missing = append(s.missing, name)
	}
	if n := len(s.missing); n > 0 {
		in.note("the debug information of %s is in files of its own, and was not found: %s is not there: %v",
			count(n, "unit"), quoted(s.missing[0].File), s.why)
	}
}

// find returns the split unit of that name, nil if there is none.
func (s *splitFiles) find(name info.SplitName) *info.Unit {
	if u := s.inPackage(name.ID); u != nil {
		return u
	}
	key := [2]string{name.Dir, name.File}
	units, ok := s.opened[key]
	if !ok {
		var err error
		if units, err = s.open(name); err != nil && s.why == nil {
			s.why = err
		}
		s.opened[key] = units
	}
	return units[name.ID]
}

// unitsByID are the split units of a file; of several with the same id it has the first.
type unitsByID map[uint64]*info.Unit

func byID(units []*info.Unit) unitsByID {
	m := unitsByID{}
	for _, u := range units {
		if u.Type == dwarf.UnitTypes || u.Type == dwarf.UnitSplitTypes {
			continue
		}
		if id, ok := u.SplitID(); ok && m[id] == nil {
			m[id] = u
		}
	}
	return m
}

// inPackage looks for a unit in the package beside the module.
func (s *splitFiles) inPackage(id uint64) *info.Unit {
	if !s.asked {
		s.asked = true
		_, path, err := s.finder.Find(&Companion{Kind: SplitPackage, BuildID: buildID(s.in.Module.Customs), Accept: s.acceptPackage})
		if err == nil {
			s.from = path
		} else {
			s.pack = nil
		}
	}
	if s.pack == nil {
		return nil
	}
	if u := s.packed[id]; u != nil {
		return u
	}
	sections, ok := s.pack.Unit(id)
	if !ok {
		return nil
	}
	if !s.types {
		s.types = true
		for _, t := range s.pack.Types() {
			s.add(t, s.from)
		}
	}
	s.packed[id] = byID(s.add(sections, s.from))[id]
	return s.packed[id]
}

func (s *splitFiles) acceptPackage(b []byte) error {
	customs, _, err := wasm.CustomSections(b)
	if err != nil {
		return err
	}
	p, err := split.ReadPackage(sectionsOf(customs, dwo))
	if p.Len() == 0 {
		if err == nil {
			err = errNoUnit
		}
		return err
	}
	if err != nil {
		s.in.lost("part of a package of split units", err, ".dwp")
	}
	s.pack = p
	return nil
}

// open reads the file that has the unit, and adds its units.
func (s *splitFiles) open(name info.SplitName) (unitsByID, error) {
	if name.File == "" {
		return nil, errNoUnit
	}
	var found *dwarf.Sections
	accept := func(b []byte) error {
		customs, _, err := wasm.CustomSections(b)
		if err != nil {
			return err
		}
		found = sectionsOf(customs, dwo)
		if len(found.Info) == 0 {
			return errNoUnit
		}
		// What is damaged is told when its units are added.
		if d, _ := info.New(found); d != nil && byID(d.Units)[name.ID] == nil {
			return errOtherUnit
		}
		return nil
	}
	_, file, err := s.finder.Find(&Companion{Kind: SplitUnit, Name: name.File, Dir: name.Dir, Accept: accept})
	if err != nil {
		return nil, err
	}
	if units, ok := s.added[file]; ok {
		return units, nil
	}
	units := byID(s.add(found, file))
	s.added[file] = units
	return units, nil
}

// add adds the units of one file, or of one part of a package.
func (s *splitFiles) add(sections *dwarf.Sections, file string) []*info.Unit {
	units, err := s.in.Data.AddSplit(sections)
	if err != nil {
		s.in.lost("split unit", err, path.Base(file))
	}
	return units
}

// isSplitType reports whether u is a type unit of split DWARF, and the first with its signature:
// each .dwo file has its own copy.
func isSplitType(u *info.Unit) bool {
	if u.Type != dwarf.UnitTypes && u.Type != dwarf.UnitSplitTypes {
		return false
	}
	first, ok := u.Data().TypeUnit(u.Signature)
	return ok && first == u
}

// strings joins the strings of all files into one section, and says where those of each split
// file start in it.
func (in *Input) strings() (all *dwarf.StringTable, base map[*dwarf.Sections]uint32) {
	all = dwarf.NewStringTable(in.Sections.Str)
	base = map[*dwarf.Sections]uint32{}
	pieces := map[*byte]uint32{} // the parts of a package have theirs in common
	for _, s := range in.all()[1:] {
		if len(s.Str) == 0 {
			base[s] = 0
			continue
		}
		at, ok := pieces[&s.Str[0]]
		if !ok {
			at = all.Append(s.Str)
			pieces[&s.Str[0]] = at
		}
		base[s] = at
	}
	return all, base
}

// fromSkeleton writes the attributes of a split unit's root that only its skeleton has.
func (u *unit) fromSkeleton(e *info.Entry, s *scope) {
	if u.skeleton == nil {
		return
	}
	root, err := u.skeleton.Root()
	if err != nil {
		return
	}
	if !e.Has(dwarf.AttrStmtList) {
		u.stmtList()
	}
	for v := range root.Attrs() {
		switch v.Attr {
		case dwarf.AttrHighPC, dwarf.AttrDWOName, dwarf.AttrGNUDWOName, dwarf.AttrGNUDWOID, dwarf.AttrGNUPubnames:
			continue
		}
		switch v.Class() {
		case info.ClassString, info.ClassConstant, info.ClassFlag:
		default:
			continue // addresses and lines are written by code
		}
		if !e.Has(v.Attr) {
			u.attribute(&root, v, s)
		}
	}
}
