package symbols

import (
	"math"
	"sort"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/dwarf/line"
)

// Row is a row of the line table: it covers [Text, End).
type Row struct {
	Text, End     abi.TextOffset
	File          string // absolute as far as DWARF says
	Line, Column  int    // Line 0: no source line
	Stmt          bool
	PrologueEnd   bool
	EpilogueBegin bool
	Discriminator uint32
}

// lineRow is a Row of one unit, with the number of its file.
type lineRow struct {
	text, end    abi.TextOffset
	file         uint32
	line, column uint32
	disc         uint32
	flags        line.Flags
}

func (u *Unit) row(r *lineRow) Row {
	return Row{
		Text: r.text, End: r.end, File: u.path(uint64(r.file)), Line: clampInt(uint64(r.line)), Column: clampInt(uint64(r.column)),
		Stmt: r.flags&line.Stmt != 0, PrologueEnd: r.flags&line.PrologueEnd != 0, EpilogueBegin: r.flags&line.EpilogueBegin != 0,
		Discriminator: r.disc,
	}
}

// lineRows runs the unit's line number program once. Rows of dead code and rows that cover
// nothing are left out; flags of the latter pass to the next row of the same line.
func (u *Unit) lineRows() []lineRow {
	u.rowsOnce.Do(func() {
		p := u.lines()
		if p == nil {
			return
		}
		var rows []lineRow
		start := 0 // of the sequence
		live := true
		err := p.Rows(func(r *line.Row) bool {
			text, ok := u.table.text(r.Address)
			if !ok {
				live = false
			}
			if n := len(rows); n > start {
				rows[n-1].end = text
			}
			if r.Flags&line.EndSequence != 0 {
				if !live {
					rows = rows[:start]
				}
				start, live = len(rows), true
				return true
			}
			rows = append(rows, lineRow{text: text, file: r.File, line: r.Line, column: r.Column, disc: r.Discriminator, flags: r.Flags})
			return true
		})
		rows = rows[:start] // what no end_sequence closed has no extent
		if err != nil {
			u.table.problem("unit %s: %v", u.Name, err)
		}
		kept := rows[:0]
		var carry *lineRow
		for i := range rows {
			r := rows[i]
			if carry != nil && carry.text == r.text && carry.line == r.line && carry.file == r.file {
				r.flags |= carry.flags
			}
			carry = nil
			if r.end <= r.text {
				carry = &rows[i]
				continue
			}
			kept = append(kept, r)
		}
		sort.SliceStable(kept, func(i, j int) bool { return kept[i].text < kept[j].text })
		u.rows = kept
	})
	return u.rows
}

// rowAt finds the row of the unit that covers pc.
func (u *Unit) rowAt(pc abi.TextOffset) *lineRow {
	rows := u.lineRows()
	i := sort.Search(len(rows), func(i int) bool { return rows[i].text > pc })
	if i == 0 || pc >= rows[i-1].end {
		return nil
	}
	return &rows[i-1]
}

// Row returns the line table's row that covers pc.
func (t *Table) Row(pc abi.TextOffset) (Row, bool) {
	u := t.lineUnitAt(pc)
	if u == nil {
		return Row{}, false
	}
	r := u.rowAt(pc)
	if r == nil {
		return Row{}, false
	}
	return u.row(r), true
}

// Rows returns all rows of f's code, ascending.
func (t *Table) Rows(f *Function) []Row {
	u := t.lineUnit(f)
	if u == nil {
		return nil
	}
	var out []Row
	for _, r := range u.rowsIn(f.Ranges) {
		out = append(out, u.row(r))
	}
	return out
}

// lineUnit is the unit whose line table covers f, or nil. Functions without an entry can have
// lines too: with -g1, and where the entries are in another file.
func (t *Table) lineUnit(f *Function) *Unit {
	if len(f.Ranges) == 0 {
		return f.Unit
	}
	if f.Unit != nil {
		if text := t.textUnitAt(f.Ranges[0].Lo); text != nil {
			return text
		}
		return f.Unit
	}
	if fr := t.funcRange(f.Ranges[0].Lo); fr != nil {
		return t.lineUnitAt(fr.Body)
	}
	return nil
}

// lineUnitAt finds the unit whose line table covers pc.
func (t *Table) lineUnitAt(pc abi.TextOffset) *Unit {
	if text := t.textUnitAt(pc); text != nil {
		return text
	}
	return t.unitAt(pc)
}

// textUnitAt finds the unit made of the module's own text that has the lines of a function which
// another unit describes.
func (t *Table) textUnitAt(pc abi.TextOffset) *Unit {
	us := t.unitsAt(pc)
	if len(us) < 2 {
		return nil
	}
	for _, u := range us {
		if u.root(); debuginfo.IsSynthetic(u.Producer) {
			return u
		}
	}
	return nil
}

// rowsIn returns the rows that start in one of the ranges, ascending.
func (u *Unit) rowsIn(rs []Range) []*lineRow {
	rows := u.lineRows()
	var out []*lineRow
	for _, rg := range rs {
		i := sort.Search(len(rows), func(i int) bool { return rows[i].text >= rg.Lo })
		for ; i < len(rows) && rows[i].text < rg.Hi; i++ {
			out = append(out, &rows[i])
		}
	}
	return out
}

// PrologueEnd returns the first statement address behind f's prologue, where parameters
// have their values: the row that the producer marked, else the second line of the function.
// It is f.Entry for a function without lines.
func (t *Table) PrologueEnd(f *Function) abi.TextOffset {
	if r := t.prologueRow(f); r != nil {
		return r.text
	}
	if fr := t.funcRange(f.Entry); fr != nil && fr.Body > f.Entry {
		return fr.Body
	}
	return f.Entry
}

func (t *Table) prologueRow(f *Function) *lineRow {
	u := t.lineUnit(f)
	if u == nil || len(f.Ranges) == 0 {
		return nil
	}
	rows := u.rowsIn(f.Ranges)
	for i, r := range rows {
		if r.flags&line.PrologueEnd != 0 && r.flags&line.Stmt != 0 && r.line != 0 && r.text >= f.Entry {
			if f.Unit != nil && f.Unit.marksStores() && int(r.line) == f.Line {
				return nextLine(rows[i:])
			}
			return r
		}
	}
	var first *lineRow
	for _, r := range rows {
		if r.flags&line.Stmt == 0 || r.line == 0 || r.text < f.Entry {
			continue
		}
		if first == nil {
			first = r
		} else if r.line != first.line || r.file != first.file {
			return r
		}
	}
	return first
}

// marksStores reports whether the unit's producer marks as the end of a prologue the place where
// parameters begin to be stored, and not the one where they have been: LDC does, which makes D.
func (u *Unit) marksStores() bool {
	u.root()
	return strings.HasPrefix(u.Producer, "LDC ")
}

// nextLine returns the first statement of another line than the first row's; that row if there
// is none.
func nextLine(rows []*lineRow) *lineRow {
	for _, r := range rows {
		if r.flags&line.Stmt != 0 && r.line != 0 && (r.line != rows[0].line || r.file != rows[0].file) {
			return r
		}
	}
	return rows[0]
}

// NextStatement returns the statement row at or behind pc in the function that holds it.
func (t *Table) NextStatement(pc abi.TextOffset) (Row, bool) {
	u := t.lineUnitAt(pc)
	if u == nil {
		return Row{}, false
	}
	rows := u.lineRows()
	f := t.Function(pc)
	i := sort.Search(len(rows), func(i int) bool { return rows[i].text >= pc })
	for ; i < len(rows); i++ {
		r := &rows[i]
		if f != nil && !contains(f.Ranges, r.text) {
			break
		}
		if r.flags&line.Stmt != 0 && r.line != 0 {
			return u.row(r), true
		}
	}
	return Row{}, false
}

const maxLine = math.MaxInt32
