package split

import (
	"cmp"
	"errors"
	"slices"

	"sphex/dwarf"
)

// Package is an indexed package of split units.
type Package struct {
	units map[uint64]*dwarf.Sections // by the unit's id
	types []*dwarf.Sections
}

// Unit returns the sections of the unit with that id, as a .dwo file of its own would have
// them: under their names without ".dwo".
func (p *Package) Unit(id uint64) (*dwarf.Sections, bool) {
	s, ok := p.units[id]
	return s, ok
}

// Len is the number of units, without type units.
func (p *Package) Len() int { return len(p.units) }

// Types returns the sections of each type unit, in the order of the index.
func (p *Package) Types() []*dwarf.Sections { return p.types }

// Names of the index sections, for errors.
const (
	cuIndex = ".debug_cu_index"
	tuIndex = ".debug_tu_index"
)

// ReadPackage reads the indexes in s, which holds the package's sections under their names
// without ".dwo". What is damaged is left out: the error says what, and the package has the
// rest.
func ReadPackage(s *dwarf.Sections) (*Package, error) {
	p := &Package{units: map[uint64]*dwarf.Sections{}}
	cus, err := readIndex(cuIndex, s.CUIndex, s)
	tus, err2 := readIndex(tuIndex, s.TUIndex, s)
	if err == nil {
		err = err2
	}
	rows := append(slices.Clone(cus), tus...)
	bad := overlapping(rows)
	for i, r := range rows {
		if bad[i] {
			if err == nil {
				err = dwarf.Errorf(r.section, r.at, "the parts of unit %#016x overlap those of another", r.signature)
			}
			continue
		}
		part := r.cut(s)
		if i >= len(cus) {
			p.types = append(p.types, part)
		} else if _, ok := p.units[r.signature]; !ok {
			p.units[r.signature] = part
		}
	}
	return p, err
}

// column is a section in which units have parts.
type column uint8

const (
	colInfo column = iota
	colTypes
	colAbbrev
	colLine
	colLoc
	colLoclists
	colStrOffsets
	colMacinfo
	colMacro
	colRnglists
	numColumns
	colUnknown
)

// place is the column's section.
func (c column) place(s *dwarf.Sections) *[]byte {
	switch c {
	case colInfo:
		return &s.Info
	case colTypes:
		return &s.Types
	case colAbbrev:
		return &s.Abbrev
	case colLine:
		return &s.Line
	case colLoc:
		return &s.Loc
	case colLoclists:
		return &s.Loclists
	case colStrOffsets:
		return &s.StrOffsets
	case colMacinfo:
		return &s.Macinfo
	case colMacro:
		return &s.Macro
	case colRnglists:
		return &s.Rnglists
	}
	return nil
}

// columns are the numbers of the columns in the index: those of GNU's version 2, and those of
// version 5 (DWARF 5, table 7.1).
var columns = map[uint32][]column{
	2: {colUnknown, colInfo, colTypes, colAbbrev, colLine, colLoc, colStrOffsets, colMacinfo, colMacro},
	5: {colUnknown, colInfo, colUnknown, colAbbrev, colLine, colLoclists, colStrOffsets, colMacro, colRnglists},
}

// part is a piece of a section.
type part struct{ off, size uint32 }

// row is what the index says of one unit.
type row struct {
	section   string
	at        uint64 // of its signature in the index
	signature uint64
	parts     [numColumns]part
}

// cut returns the row's parts, and whole what all units share.
func (r *row) cut(s *dwarf.Sections) *dwarf.Sections {
	out := &dwarf.Sections{Str: s.Str, LineStr: s.LineStr}
	for c := column(0); c < numColumns; c++ {
		if p := r.parts[c]; p.size > 0 {
			end := uint64(p.off) + uint64(p.size)
			*c.place(out) = (*c.place(s))[p.off:end:end]
		}
	}
	return out
}

var (
	errVersion = errors.New("index of unsupported version")
	errSize    = errors.New("the index does not fit its section")
	errPart    = errors.New("a unit's part lies outside of its section")
)

// readIndex reads one index, which is a hash table from signatures to rows, and two tables of
// rows: offsets, and sizes.
func readIndex(name string, data []byte, s *dwarf.Sections) ([]row, error) {
	if len(data) == 0 {
		return nil, nil
	}
	c := dwarf.NewCursor(name, data, 0)
	version := c.U32() & 0xffff // in version 5 two bytes of padding follow
	ncols, nunits, nslots := uint64(c.U32()), uint64(c.U32()), uint64(c.U32())
	if c.Err() != nil {
		return nil, c.Err()
	}
	numbers, ok := columns[version]
	if !ok {
		return nil, &dwarf.Error{Section: name, Err: errVersion}
	}
	// Each term is bounded before they are added.
	room := uint64(len(data))
	if ncols > 64 || nunits > room || nslots > room || 12*nslots+4*ncols+8*ncols*nunits > room-16 {
		return nil, &dwarf.Error{Section: name, Err: errSize}
	}
	hashes, indexes := uint64(16), 16+8*nslots
	table := indexes + 4*nslots
	offsets := table + 4*ncols
	sizes := offsets + 4*ncols*nunits
	at := func(pos uint64) uint32 {
		c := dwarf.CursorAt(name, data, pos)
		return c.U32()
	}
	cols := make([]column, ncols)
	for i := range cols {
		cols[i] = colUnknown
		if id := at(table + 4*uint64(i)); uint64(id) < uint64(len(numbers)) {
			cols[i] = numbers[id]
		}
	}
	var rows []row
	var err error
	seen := make([]bool, nunits)
	for slot := range nslots {
		n := uint64(at(indexes + 4*slot))
		if n == 0 || n > nunits || seen[n-1] {
			continue
		}
		seen[n-1] = true
		h := dwarf.CursorAt(name, data, hashes+8*slot)
		r := row{section: name, at: h.Offset(), signature: h.U64()}
		whole := true
		for i, col := range cols {
			if col == colUnknown {
				continue
			}
			where := 4 * ((n-1)*ncols + uint64(i))
			p := part{at(offsets + where), at(sizes + where)}
			if uint64(p.off)+uint64(p.size) > uint64(len(*col.place(s))) {
				if whole = false; err == nil {
					err = &dwarf.Error{Section: name, Offset: offsets + where, Err: errPart}
				}
			}
			r.parts[col] = p
		}
		if whole {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.parts[colInfo].off, b.parts[colInfo].off) })
	return rows, err
}

// overlapping finds the rows whose parts overlap those of others. Units of one .dwo file share
// whole parts, but no producer lets units share a piece of one; a hostile index could make us
// read one megabyte a thousand times.
func overlapping(rows []row) []bool {
	bad := make([]bool, len(rows))
	order := make([]int, len(rows))
	for c := column(0); c < numColumns; c++ {
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			p, q := rows[a].parts[c], rows[b].parts[c]
			return cmp.Or(cmp.Compare(p.off, q.off), cmp.Compare(p.size, q.size))
		})
		var last part
		for _, i := range order {
			p := rows[i].parts[c]
			switch {
			case p.size == 0:
			case p == last && c != colInfo && c != colTypes:
			case uint64(p.off) < uint64(last.off)+uint64(last.size):
				bad[i] = true
			default:
				last = p
			}
		}
	}
	return bad
}
