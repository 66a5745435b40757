package debuginfo

import (
	"slices"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// maxAddr is the end of the 32-bit space of code offsets. Behind it lie rows that a
// tombstone's overflow made.
const maxAddr = 1 << 32

// lineTable is a line number program with what the first reading of it found.
type lineTable struct {
	number     int
	prog       *line.Program // nil if its header is damaged
	sequences  []sequence    // those of code that is there
	statements []wasm.CodeOffset
	err        error // that ended the program early, or that of its header
}

// sequence is a run of rows for code that was not moved apart: commonly that of one function.
type sequence struct {
	lo, hi     uint64 // the code it describes
	pos        int    // in the program
	statements int    // where its statements end in those of the table
}

// lineTables is all of an input.
type lineTables struct {
	module *wasm.Module
	tables []*lineTable
	at     map[tablePlace]*lineTable

	budgets lineBudgets
	owners  []owner // of the module's bodies: owner.unit is an index of tables
}

// lines reads the line tables, once.
func (in *Input) lines() *lineTables {
	in.linesOnce.Do(func() { in.lineTables = readLineTables(in.Module, in.Data) })
	return in.lineTables
}

func readLineTables(m *wasm.Module, d *info.Data) *lineTables {
	l := &lineTables{at: map[tablePlace]*lineTable{}, module: m}
	units := make([]*info.Unit, 0, len(d.Units))
	for _, u := range d.Units {
		if u.Sections() == &d.Sections { // a split unit's rows are in its skeleton's table
			units = append(units, u)
		}
	}
	claims := l.read(units)
	owners, misfits, stale := settle(m, claims)
	l.owners = owners
	if !stale && misfits <= len(claims)/2 {
		l.adopt(m, claims)
	}
	return l
}

// fill reads the tables of more units, which get the bodies that they describe.
func (l *lineTables) fill(m *wasm.Module, units []*info.Unit) {
	owners, _, _ := settle(m, l.read(units))
	for i, o := range owners {
		if o.unit != nobody {
			l.owners[i] = o
		}
	}
}

// adopt gives bodies that belong to nobody to sequences which neither start nor end with them: a
// tool that adds code to functions on both sides, as wasm-opt --asyncify does, keeps the rows
// between. That they are meant for this code is told by their statements, which must all be
// instructions of one body, and by the other sequences, most of which fit as they are.
func (l *lineTables) adopt(m *wasm.Module, claims []claim) {
	for _, c := range claims {
		i := bodyAt(m, wasm.CodeOffset(c.lo))
		if i < 0 || l.owners[i].unit != nobody || c.hi > uint64(m.Code[i].End) {
			continue
		}
		b := &m.Code[i]
		at := slices.Compact(slices.Clone(l.tables[c.unit].statementsOf(c.item, b.Start, b.End)))
		if len(at) > 0 && len(appendInstructions(nil, m, b, at)) == len(at) {
			l.owners[i] = owner{unit: c.unit, item: c.item}
		}
	}
}

// withoutLines lists the bodies that no row with a line describes.
func (l *lineTables) withoutLines(m *wasm.Module) (bodies []int) {
	for i, o := range l.owners {
		b := &m.Code[i]
		if o.unit == nobody || !l.tables[o.unit].describes(o.item, b.Start, b.End) {
			bodies = append(bodies, i)
		}
	}
	return bodies
}

// describes reports whether a row of sequence i names a line for code in [lo, hi).
func (t *lineTable) describes(i int, lo, hi wasm.CodeOffset) bool {
	if len(t.statementsOf(i, lo, hi)) > 0 {
		return true
	}
	d := t.prog.Decoder(t.sequences[i].pos)
	d.Live = true
	rows := make([]line.Row, 64)
	var last line.Row
	for n := d.Next(rows); n > 0; n = d.Next(rows) {
		for _, r := range rows[:n] {
			// A row that is not empty reaches into the body.
			if last.Line != 0 && max(last.Address, uint64(lo)) < min(r.Address, uint64(hi)) {
				return true
			}
			last = r
			if r.Flags&line.EndSequence != 0 {
				return false
			}
		}
	}
	return false
}

// read reads the tables of the units and returns what these claim.
func (l *lineTables) read(units []*info.Unit) []claim {
	first := len(l.tables)
	var headers []lineHeader
	for _, u := range units {
		h, ok := lineHeaderOf(u)
		if !ok || l.at[h.place()] != nil {
			continue
		}
		t := &lineTable{number: len(l.tables)}
		l.at[h.place()] = t
		l.tables = append(l.tables, t)
		headers = append(headers, h)
	}
	tables := l.tables[first:]
	for i, t := range tables {
		t.err = l.budgets.take(headers[i].sections, headers[i].off)
	}
	inParallel(len(tables), func() func(int) {
		rows := make([]line.Row, 256)
		code := &markers{m: l.module}
		return func(i int) {
			if tables[i].err == nil {
				tables[i].read(headers[i], rows, code)
			}
		}
	})
	n := 0
	for _, t := range tables {
		n += len(t.sequences)
	}
	claims := make([]claim, 0, n)
	for _, t := range tables {
		for k, s := range t.sequences {
			claims = append(claims, claim{lo: s.lo, hi: s.hi, unit: t.number, item: k})
		}
	}
	return claims
}

// lineHeader is what reading the header of a line number program takes.
type lineHeader struct {
	sections *dwarf.Sections
	off      uint64
	addrSize uint8
	dir      string
}

func lineHeaderOf(u *info.Unit) (h lineHeader, ok bool) {
	root, err := u.Root()
	if err != nil {
		return h, false
	}
	v, ok := root.Attr(dwarf.AttrStmtList)
	if !ok {
		return h, false
	}
	h = lineHeader{sections: u.Sections(), addrSize: u.AddrSize, dir: root.Str(dwarf.AttrCompDir)}
	h.off, ok = v.SecOffset()
	return h, ok
}

func (h *lineHeader) place() tablePlace { return placeOf(h.sections, h.off) }

// read finds the sequences and the statements. rows is room for some rows.
func (t *lineTable) read(h lineHeader, rows []line.Row, code *markers) {
	prog, err := line.Parse(h.sections, h.off, h.addrSize, h.dir)
	if err != nil {
		t.err = err
		return
	}
	t.prog = prog
	t.statements = make([]wasm.CodeOffset, 0, prog.Size()/10) // it is that or less
	d := prog.Decoder(0)
	d.Live = true
	var last line.Row
	open := false
	s0 := sequence{} // the one that is being read
	claimed := false // it has code
	hidden := false  // there was a statement at the last row's address
	for {
		n := d.Next(rows)
		if n == 0 {
			break
		}
		for i := range rows[:n] {
			r := &rows[i]
			if open && r.Address >= last.Address && r.Address < maxAddr {
				if !claimed {
					claimed = true
					s0.lo = last.Address
				}
				s0.hi = r.Address
				stmt := last.Flags&line.Stmt != 0 && last.Line != 0
				if last.Address == r.Address && r.Flags&line.EndSequence == 0 {
					hidden = hidden || stmt // by r, whose statement is at the same place if it is one
				} else {
					switch {
					case stmt:
						t.statements = append(t.statements, wasm.CodeOffset(code.behind(last.Address, r.Address)))
					case hidden:
						t.statements = append(t.statements, wasm.CodeOffset(last.Address))
					}
					hidden = false
				}
			} else if hidden {
				t.statements = append(t.statements, wasm.CodeOffset(last.Address))
				hidden = false
			}
			last, open = *r, true
		}
		if last.Flags&line.EndSequence != 0 {
			t.end(&s0, claimed)
			s0, open, claimed, hidden = sequence{pos: d.Pos()}, false, false, false
		}
	}
	t.end(&s0, claimed) // that an error cut off
	t.err = d.Err()
}

// end ends a sequence. Statements ascend in it.
func (t *lineTable) end(s *sequence, claimed bool) {
	if !claimed {
		return
	}
	first := 0
	if n := len(t.sequences); n > 0 {
		first = t.sequences[n-1].statements
	}
	if own := t.statements[first:]; !slices.IsSorted(own) {
		slices.Sort(own)
	}
	s.statements = len(t.statements)
	t.sequences = append(t.sequences, *s)
}

// statementsOf returns the statements of sequence i in [lo, hi).
func (t *lineTable) statementsOf(i int, lo, hi wasm.CodeOffset) []wasm.CodeOffset {
	at := t.statements[:t.sequences[i].statements]
	if i > 0 {
		at = at[t.sequences[i-1].statements:]
	}
	from, _ := slices.BinarySearch(at, lo)
	to, _ := slices.BinarySearch(at, hi)
	return at[from:max(from, to)]
}

// nativeTable is a line number program of the output.
type nativeTable struct {
	prog  *line.Program
	rows  *lineTable // nil if it has none: it is that of types only
	name  string     // of the unit
	files fileTables
	unit  *unit // that writes it; others that have the same refer to it

	funcs []int32 // places.funcs whose lines it tells, ascending by text
	left  []int32 // of them, by sequence, those that are to be written
}

// nativeTables is all of the output.
type nativeTables struct {
	lines *lineTables
	list  []*nativeTable
	at    map[tablePlace]*nativeTable
	split lineBudgets
}

// tablePlace is where a line number program is: in the module or in a file of split DWARF.
type tablePlace struct {
	section *byte // the first one: the units of a package that were one file have theirs in common
	off     uint64
}

func placeOf(s *dwarf.Sections, off uint64) tablePlace {
	p := tablePlace{off: off}
	if len(s.Line) > 0 {
		p.section = &s.Line[0]
	}
	return p
}

// add finds the table of a unit whose DW_AT_stmt_list is in root, which is of in.
func (n *nativeTables) add(u *unit, in *info.Unit, root *info.Entry, name string) {
	v, ok := root.Attr(dwarf.AttrStmtList)
	if !ok {
		return
	}
	off, ok := v.SecOffset()
	if !ok {
		return
	}
	sections := in.Sections()
	place := placeOf(sections, off)
	t := n.at[place]
	if t == nil {
		t = &nativeTable{}
		n.at[place] = t
		var err error
		if t.rows = n.lines.at[place]; t.rows != nil {
			t.prog, err = t.rows.prog, t.rows.err
		} else if err = n.split.take(sections, off); err == nil {
			t.prog, err = line.Parse(sections, off, in.AddrSize, root.Str(dwarf.AttrCompDir))
		}
		if t.prog == nil {
			u.report.lost("line table", reason(err), ".debug_line", off)
			return
		}
		n.list = append(n.list, t)
	}
	if t.prog == nil {
		return
	}
	u.table = t
	if t.unit == nil || t.unit.types && !u.types {
		t.unit, t.name = u, name
	}
}

// settle says what the tables are like when all units are known.
func (n *nativeTables) settle(p *places, strs *dwarf.StringTable) {
	p.own(n.lines.owners, func(f *function) *owner { return &f.lines })
	writers := make([]*nativeTable, len(n.lines.tables))
	for _, t := range n.list {
		if t.unit.types {
			t.rows = nil // types have no code
		}
		if t.rows != nil {
			writers[t.rows.number] = t
			t.left = make([]int32, len(t.rows.sequences))
		}
		t.files = newFileTables(t.prog, t.name)
		t.files.intern(strs)
	}
	for _, k := range p.byText() {
		if o := &p.funcs[k].lines; o.unit != nobody {
			if t := writers[o.unit]; t != nil {
				t.funcs = append(t.funcs, k)
				t.left[o.item]++
				o.unit = t.unit.number
			} else {
				o.unit = nobody
			}
		}
	}
}

// file returns the native number of a file of the unit; ok is false if there is none.
func (u *unit) file(n uint64) (native uint64, ok bool) {
	if u.table == nil {
		return n, true
	}
	return u.table.files.file(n)
}
