package dwarf

// Sections holds the sections of one module or object. Absent ones are nil.
type Sections struct {
	Abbrev     []byte
	Addr       []byte
	Aranges    []byte
	CUIndex    []byte // .debug_cu_index, of packages of split DWARF
	EHFrame    []byte // .eh_frame
	Frame      []byte
	Info       []byte
	Line       []byte
	LineStr    []byte
	Loc        []byte // DWARF 2 to 4
	Loclists   []byte // DWARF 5
	Macinfo    []byte
	Macro      []byte
	Names      []byte
	Ranges     []byte // DWARF 2 to 4
	Rnglists   []byte // DWARF 5
	Str        []byte
	StrOffsets []byte
	TUIndex    []byte
	Types      []byte // type units of DWARF 4
}

// Section returns the place of the section of that name; nil if it is none that is read
// here. The ".dwo" sections of split DWARF, which may stand in the same file as the others,
// make up Sections of their own, under their names without ".dwo".
func (s *Sections) Section(name string) *[]byte {
	switch name {
	case ".debug_abbrev":
		return &s.Abbrev
	case ".debug_addr":
		return &s.Addr
	case ".debug_aranges":
		return &s.Aranges
	case ".debug_cu_index":
		return &s.CUIndex
	case ".debug_frame":
		return &s.Frame
	case ".debug_info":
		return &s.Info
	case ".debug_line":
		return &s.Line
	case ".debug_line_str":
		return &s.LineStr
	case ".debug_loc":
		return &s.Loc
	case ".debug_loclists":
		return &s.Loclists
	case ".debug_macinfo":
		return &s.Macinfo
	case ".debug_macro":
		return &s.Macro
	case ".debug_names":
		return &s.Names
	case ".debug_ranges":
		return &s.Ranges
	case ".debug_rnglists":
		return &s.Rnglists
	case ".debug_str":
		return &s.Str
	case ".debug_str_offsets":
		return &s.StrOffsets
	case ".debug_tu_index":
		return &s.TUIndex
	case ".debug_types":
		return &s.Types
	case ".eh_frame":
		return &s.EHFrame
	}
	return nil
}

// Set stores a section by its name and reports whether it is one that is read here.
func (s *Sections) Set(name string, data []byte) bool {
	p := s.Section(name)
	if p != nil {
		*p = data
	}
	return p != nil
}

// SectionsOf collects those sections that are read here.
func SectionsOf(named map[string][]byte) *Sections {
	s := &Sections{}
	for name, data := range named {
		s.Set(name, data)
	}
	return s
}

// SectionNames lists the sections in the order in which writers put them.
var SectionNames = []string{
	".debug_abbrev", ".debug_info", ".debug_types", ".debug_line", ".debug_line_str", ".debug_str",
	".debug_str_offsets", ".debug_addr", ".debug_ranges", ".debug_rnglists", ".debug_loc",
	".debug_loclists", ".debug_macinfo", ".debug_macro", ".debug_aranges", ".debug_names",
	".debug_frame", ".eh_frame", ".debug_cu_index", ".debug_tu_index",
}

// UnitType is the kind of a unit (DWARF 5, 7.5.1). Units of older versions have
// UnitCompile, or UnitTypes in .debug_types.
type UnitType uint8

const (
	UnitCompile      UnitType = 1
	UnitTypes        UnitType = 2
	UnitPartial      UnitType = 3
	UnitSkeleton     UnitType = 4
	UnitSplitCompile UnitType = 5
	UnitSplitTypes   UnitType = 6
)
