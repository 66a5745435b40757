package debuginfo

import (
	"errors"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// Survey is what DWARF holds, counted: of a module before its translation, of an object behind it.
type Survey struct {
	Units   []UnitSurvey
	Damaged []string // what could not be read, with section and offset
}

// UnitSurvey is what one unit holds.
type UnitSurvey struct {
	Name, Producer, Language string
	Version                  uint16
	Type                     dwarf.UnitType
	Place                    Place
	Size                     uint64 // bytes of entries
	Tally
}

// Tally counts what users care about.
type Tally struct {
	Entries int
	Types   int // type entries of all kinds
	// Functions have code; Removed is those whose code the linker removed.
	Functions, Removed int
	Inlined            int // inlined calls with code
	// Variables and parameters of functions with code. Those in Placed have a place somewhere,
	// those in Constant a value; the producer gave neither to the others: no location at all
	// (Unplaced), or a list that holds nowhere (Nowhere).
	Placed, Constant, Unplaced, Nowhere int
	// Statics and globals: with a place or a value; without any; of data that the linker removed.
	Statics, StaticsUnplaced, StaticsRemoved int
	// Rows of the line table with code, and those of removed code.
	Rows, RowsRemoved int
}

// Variables is how many variables and parameters there are in functions with code.
func (t *Tally) Variables() int { return t.Placed + t.Constant + t.Unplaced + t.Nowhere }

// Add adds another tally.
func (t *Tally) Add(o *Tally) {
	t.Entries += o.Entries
	t.Types += o.Types
	t.Functions += o.Functions
	t.Removed += o.Removed
	t.Inlined += o.Inlined
	t.Placed += o.Placed
	t.Constant += o.Constant
	t.Unplaced += o.Unplaced
	t.Nowhere += o.Nowhere
	t.Statics += o.Statics
	t.StaticsUnplaced += o.StaticsUnplaced
	t.StaticsRemoved += o.StaticsRemoved
	t.Rows += o.Rows
	t.RowsRemoved += o.RowsRemoved
}

// Total is the tally of all units.
func (s *Survey) Total() Tally {
	var t Tally
	for i := range s.Units {
		t.Add(&s.Units[i].Tally)
	}
	return t
}

// Survey counts what the input holds.
func (in *Input) Survey() *Survey {
	m := in.Module
	s := survey(in.Data, in.damaged, func(addr uint64) bool {
		return addr < 1<<32 && inBody(m, wasm.CodeOffset(addr))
	})
	for _, err := range in.mended {
		s.Damaged = append(s.Damaged, err.Error())
	}
	return s
}

// SurveyObject counts what the DWARF of an object with so many bytes of text holds.
func SurveyObject(sections *dwarf.Sections, text int) *Survey {
	data, err := info.New(sections)
	return survey(data, err, func(addr uint64) bool {
		return addr >= abi.TextBase && addr < abi.TextBase+uint64(text)
	})
}

// surveyor counts one unit.
type surveyor struct {
	unit *info.Unit
	live func(addr uint64) bool
	out  UnitSurvey
	open []surveyScope // of the entries that are open, by depth
	locs []list.Location
	ops  []expr.Op
	left *int // entries of lists that may still be read; see listBudget
}

// surveyScope is what an entry's descendants need to know.
type surveyScope struct {
	inside bool // of a function
	live   bool // which has code
	shape  bool // of a type that parameters describe
}

func survey(data *info.Data, damaged error, live func(addr uint64) bool) *Survey {
	s := &Survey{}
	var each info.Damaged
	if errors.As(damaged, &each) {
		for _, err := range each {
			s.Damaged = append(s.Damaged, err.Error())
		}
	} else if damaged != nil {
		s.Damaged = append(s.Damaged, damaged.Error())
	}
	programs := map[*dwarf.Sections]map[uint64]bool{}
	var budgets lineBudgets
	left := listBudget
	for _, u := range data.Units {
		left += int(u.End - u.Offset)
	}
	for _, u := range data.Units {
		v := surveyor{unit: u, live: live, left: &left}
		v.entries(s)
		sections := u.Sections()
		if programs[sections] == nil {
			programs[sections] = map[uint64]bool{}
		}
		v.rows(s, programs[sections], &budgets)
		s.Units = append(s.Units, v.out)
	}
	if left < 0 {
		s.Damaged = append(s.Damaged, "there are too many list entries for sections of this size; the last are not counted")
	}
	return s
}

func (v *surveyor) entries(s *Survey) {
	u, out := v.unit, &v.out
	section, at := u.SectionOffset(u.Offset)
	out.Place, out.Size, out.Version, out.Type = Place{section, at}, uint64(u.End-u.Offset), u.Version, u.Type
	w := u.Walk()
	var e info.Entry
	for w.Next(&e) {
		out.Entries++
		if e.Depth == 0 {
			out.Name, out.Producer = e.Name(), e.Str(dwarf.AttrProducer)
			if l, ok := e.Uint(dwarf.AttrLanguage); ok {
				out.Language = dwarf.Lang(l).String()
			}
		}
		scope := surveyScope{}
		if e.Depth > 0 {
			scope = v.open[e.Depth-1]
		}
		v.open = append(v.open[:e.Depth], v.entry(&e, scope))
	}
	if err := w.Err(); err != nil {
		s.Damaged = append(s.Damaged, err.Error())
	} else if rest, ok := w.Rest(); ok {
		section, at := v.unit.SectionOffset(rest)
		s.Damaged = append(s.Damaged, dwarf.Errorf(section, at, "%d bytes of the unit stand behind its root entry; units that may be in them are not read", v.unit.End-rest).Error())
	}
}

// entry counts an entry and returns the scope of its children.
func (v *surveyor) entry(e *info.Entry, scope surveyScope) surveyScope {
	out := &v.out
	switch tag := e.Tag(); tag {
	case dwarf.TagSubprogram:
		scope = surveyScope{inside: true}
		if live, has := v.hasCode(e); live {
			out.Functions++
			scope.live = true
		} else if has {
			out.Removed++
		}
	case dwarf.TagInlinedSubroutine:
		if live, _ := v.hasCode(e); !live {
			scope.live = false
		} else if scope.live {
			out.Inlined++
		}
	case dwarf.TagLexicalBlock:
		if live, has := v.hasCode(e); has && !live {
			scope.live = false
		}
	case dwarf.TagVariable, dwarf.TagFormalParameter, dwarf.TagMember:
		switch {
		case scope.shape || tag == dwarf.TagMember && !e.Has(dwarf.AttrLocation):
		case !scope.inside:
			v.static(e)
		case scope.live && !e.Flag(dwarf.AttrDeclaration):
			v.variable(e)
		}
	case dwarf.TagSubroutineType:
		out.Types++
		scope.shape = true
	case dwarf.TagArrayType, dwarf.TagClassType, dwarf.TagEnumerationType, dwarf.TagPointerType, dwarf.TagReferenceType,
		dwarf.TagStringType, dwarf.TagStructureType, dwarf.TagTypedef, dwarf.TagUnionType, dwarf.TagPtrToMemberType,
		dwarf.TagSetType, dwarf.TagSubrangeType, dwarf.TagBaseType, dwarf.TagConstType, dwarf.TagPackedType,
		dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagInterfaceType, dwarf.TagUnspecifiedType,
		dwarf.TagSharedType, dwarf.TagRvalueReferenceType, dwarf.TagTemplateAlias:
		out.Types++
	}
	return scope
}

// hasCode reports whether an entry has addresses, and whether one of them is that of code.
func (v *surveyor) hasCode(e *info.Entry) (live, has bool) {
	if !e.Has(dwarf.AttrLowPC) && !e.Has(dwarf.AttrRanges) {
		return false, false
	}
	if *v.left < 0 {
		return false, true
	}
	ranges, err := e.Ranges()
	*v.left -= len(ranges)
	if err != nil {
		return false, true
	}
	for _, r := range ranges {
		if !r.Dead && r.Low < r.High && v.live(r.Low) {
			return true, true
		}
	}
	return false, true
}

func (v *surveyor) variable(e *info.Entry) {
	out := &v.out
	if e.Has(dwarf.AttrConstValue) {
		out.Constant++
		return
	}
	a, ok := e.Attr(dwarf.AttrLocation)
	if !ok {
		out.Unplaced++
		return
	}
	if code, ok := a.Expr(); ok {
		if len(code) == 0 {
			out.Nowhere++
		} else {
			out.Placed++
		}
		return
	}
	if *v.left < 0 {
		out.Nowhere++
		return
	}
	v.locs, _ = a.Locations(v.locs[:0]) // what is read before an error counts
	*v.left -= len(v.locs)
	for _, l := range v.locs {
		if !l.Dead && len(l.Expr) > 0 && (l.Default || l.Low < l.High && v.live(l.Low)) {
			out.Placed++
			return
		}
	}
	out.Nowhere++
}

// static counts a variable outside of functions.
func (v *surveyor) static(e *info.Entry) {
	out := &v.out
	if e.Has(dwarf.AttrConstValue) {
		out.Statics++
		return
	}
	a, ok := e.Attr(dwarf.AttrLocation)
	if !ok {
		if !e.Flag(dwarf.AttrDeclaration) && !e.Flag(dwarf.AttrExternal) {
			out.StaticsUnplaced++
		}
		return
	}
	code, _ := a.Expr()
	var err error
	v.ops, err = expr.Decode(v.ops[:0], code, v.unit.Format())
	switch {
	case err != nil || len(v.ops) == 0:
		out.StaticsUnplaced++
	case v.removed(&v.ops[0]):
		out.StaticsRemoved++
	default:
		out.Statics++
	}
}

// removed reports whether an operation is the address of data that the linker removed.
func (v *surveyor) removed(o *expr.Op) bool {
	addr := o.A
	switch o.Code {
	case dwarf.OpAddr:
	case dwarf.OpAddrx, dwarf.OpGNUAddrIndex:
		var err error
		if addr, err = v.unit.Addrx(o.A); err != nil {
			return false
		}
	default:
		return false
	}
	return list.Tombstone(addr, v.unit.AddrSize)
}

// rows counts the rows of the unit's line table, once for each table.
func (v *surveyor) rows(s *Survey, seen map[uint64]bool, budgets *lineBudgets) {
	root, err := v.unit.Root()
	if err != nil {
		return
	}
	a, ok := root.Attr(dwarf.AttrStmtList)
	if !ok {
		return
	}
	off, ok := a.SecOffset()
	if !ok || seen[off] {
		return
	}
	seen[off] = true
	var prog *line.Program
	if err = budgets.take(v.unit.Sections(), off); err == nil {
		prog, err = line.Parse(v.unit.Sections(), off, v.unit.AddrSize, "")
	}
	if err == nil {
		err = prog.Rows(func(r *line.Row) bool {
			switch {
			case r.Flags&line.EndSequence != 0:
			case v.live(r.Address):
				v.out.Rows++
			default:
				v.out.RowsRemoved++
			}
			return true
		})
	}
	if err != nil {
		s.Damaged = append(s.Damaged, err.Error())
	}
}

// SectionSize is a section with its size in bytes.
type SectionSize struct {
	Name string
	Size int
}

// SectionSizes lists the sections of DWARF that the input is read from, those of all files
// together.
func (in *Input) SectionSizes() []SectionSize {
	var sizes []SectionSize
	all := in.all()
	for _, name := range dwarf.SectionNames {
		n := 0
		for _, s := range all {
			n += len(*s.Section(name))
		}
		if n > 0 {
			sizes = append(sizes, SectionSize{name, n})
		}
	}
	return sizes
}

// inBody reports whether a body holds the offset.
func inBody(m *wasm.Module, off wasm.CodeOffset) bool {
	i := sort.Search(len(m.Code), func(i int) bool { return m.Code[i].End > off })
	return i < len(m.Code) && m.Code[i].Start <= off
}
