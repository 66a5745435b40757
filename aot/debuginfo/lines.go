package debuginfo

import (
	"cmp"
	"path"
	"slices"
	"sort"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/line"
)

// lineSpan is the code that one row of the input stands for: [lo, hi) of a sequence. Rows that
// a later one at the same address hides have lo == hi.
type lineSpan struct {
	lo, hi uint32
	row    uint32 // its index in lineRows.rows
}

// lineRows is the rows of one sequence.
type lineRows struct {
	rows  []line.Row // as they are read
	spans []lineSpan // ascending
}

// lineWriter is memory that is used again from table to table.
type lineWriter struct {
	lineRows
	kept map[int]lineRows // of sequences whose functions do not stand together in the text
}

// nativeSequence is the sequence that is being written: a start and an end of one's own for each function
// would take more room than the rows of a short one.
type nativeSequence struct {
	*line.Writer
	starts []abi.TextOffset // see places
	end    abi.TextOffset   // of the functions that are in it, 0 if there are none
}

// enter goes on to the function at start, of which the first row is at first.
func (s *nativeSequence) enter(start, first abi.TextOffset) {
	// Without a row at its start the function would begin with the last line of the one before.
	if s.end > 0 && (first > start || !onlyPadding(s.end, start, s.starts)) {
		s.close()
	}
}

// close ends the sequence.
func (s *nativeSequence) close() {
	if s.end > 0 {
		s.Row(&line.Row{Address: address(s.end), Flags: line.EndSequence})
		s.end = 0
	}
}

// write writes the rows of the table's functions, one native sequence for those that stand together. It
// returns the number of rows.
func (lw *lineWriter) write(t *nativeTable, p *places, w *line.Writer) (rows int) {
	code := 0
	for _, k := range t.funcs {
		code += int(p.funcs[k].BodyEnd - p.funcs[k].Body)
	}
	w.Grow(min(t.prog.Size()+t.prog.Size()/16, 2*code))
	left := slices.Clone(t.left)
	seq := nativeSequence{Writer: w, starts: p.starts}
	for i, k := range t.funcs {
		f := &p.funcs[k]
		if i == 0 || p.funcs[t.funcs[i-1]].lines.item != f.lines.item {
			lw.load(t, f.lines.item)
		}
		rows += f.writeLines(&lw.lineRows, &t.files, &seq)
		left[f.lines.item]--
		if left[f.lines.item] > 0 && (i+1 == len(t.funcs) || p.funcs[t.funcs[i+1]].lines.item != f.lines.item) {
			if lw.kept == nil {
				lw.kept = map[int]lineRows{}
			}
			lw.kept[f.lines.item], lw.lineRows = lw.lineRows, lineRows{}
		}
	}
	seq.close()
	clear(lw.kept)
	return rows
}

// load reads sequence i.
func (lw *lineWriter) load(t *nativeTable, i int) {
	if rows, ok := lw.kept[i]; ok {
		lw.lineRows = rows
		delete(lw.kept, i)
		return
	}
	d := t.prog.Decoder(t.rows.sequences[i].pos)
	d.Live = true // sequences of removed code may stand before it
	rows := lw.rows[:0]
	// An error was met when the table was read, and is told there.
	for n := 1; n > 0; {
		if len(rows) == cap(rows) {
			rows = slices.Grow(rows, 256)
		}
		n = d.Next(rows[len(rows):cap(rows)])
		rows = rows[:len(rows)+n]
		if len(rows) > 0 && rows[len(rows)-1].Flags&line.EndSequence != 0 {
			break
		}
	}
	spans := slices.Grow(lw.spans[:0], len(rows))
	sorted := true
	for k := 1; k < len(rows); k++ {
		lo, hi := rows[k-1].Address, rows[k].Address
		if hi < lo || hi >= maxAddr {
			continue
		}
		if n := len(spans); n > 0 && spans[n-1].lo > uint32(lo) {
			sorted = false
		}
		spans = append(spans, lineSpan{uint32(lo), uint32(hi), uint32(k - 1)})
	}
	if !sorted {
		slices.SortStableFunc(spans, func(a, b lineSpan) int { return cmp.Compare(a.lo, b.lo) })
	}
	lw.rows, lw.spans = rows, spans
}

// writeLines writes the rows of the function among those of its sequence.
func (f *function) writeLines(in *lineRows, files *fileTables, w *nativeSequence) (rows int) {
	spans := in.spans
	body, bodyEnd := uint32(f.Body), uint32(f.BodyEnd)
	from := sort.Search(len(spans), func(i int) bool { return spans[i].hi > body || spans[i].lo >= body })
	to := from + sort.Search(len(spans)-from, func(i int) bool { return spans[from+i].lo >= bodyEnd })
	spans = spans[from:to]
	if len(spans) == 0 {
		return 0
	}
	lo := func(i int) uint32 { return max(spans[i].lo, body) }
	at := f.Text
	var last line.Row
	put := func(r *line.Row, flags line.Flags, text abi.TextOffset) {
		at = max(at, text)
		if rows == 0 {
			w.enter(f.Text, at)
		}
		last = *r
		file, _ := files.file(uint64(r.File))
		last.File, last.Flags, last.Address = uint32(file), flags, address(at)
		w.Row(&last)
		rows++
	}
	// The native prologue belongs to the line where the body starts, but no statement starts
	// there: variables have their places only behind it.
	first := bodyEnd
	if f.main > 0 {
		first = uint32(f.Insts[0].Wasm)
	}
	prologue := line.Row{File: in.rows[spans[0].row].File}
	if lo(0) <= first {
		prologue = in.rows[spans[0].row]
		for i := 1; i < len(spans) && lo(i) == lo(0); i++ {
			prologue = in.rows[spans[i].row]
		}
		prologue.Discriminator = 0
	}
	if f.main == 0 || f.stand(f.Insts[0].Wasm) > f.Text || lo(0) > first {
		put(&prologue, 0, f.Text)
	}
	declared := false
	i, k := 0, 0 // the instruction and the stop site at or behind the span
	for n := range spans {
		s := &spans[n]
		lo, hi := max(s.lo, first), max(min(s.hi, bodyEnd), first)
		row := &in.rows[s.row]
		if f.body != nil && row.Flags&line.Stmt != 0 && row.Line != 0 {
			if at := uint32(behindMarkers(f.body, uint64(lo), uint64(in.shown(spans, n)))); at != lo {
				// The markers are of this line, too.
				var text, behind abi.TextOffset
				if i == 0 || uint32(f.Insts[i-1].Wasm) < lo {
					i = f.next(i, lo)
					text = f.textOf(i, k)
					i = f.next(i, at)
					behind = f.textOf(i, k)
				} else { // rows overlap
					text, behind = f.start(uint64(lo)), f.start(uint64(at))
				}
				if text < behind {
					put(row, row.Flags&^line.Stmt, text)
				}
				lo = at
			}
		}
		if i = f.next(i, lo); i == f.main {
			break
		}
		inst := f.Insts[i]
		if uint32(inst.Wasm) >= max(hi, lo+1) {
			continue // the compiler dropped it as unreachable
		}
		// Where the row of the local declarations, which are no code, lands on the first
		// instruction, it tells more than one that names no line.
		if i == 0 && row.Line == 0 && declared {
			continue
		}
		declared = i == 0 && row.Line != 0 && s.lo < first
		if k < len(f.Sites) {
			k -= less(f.Sites[k].Wasm, inst.Wasm) // most often it is that or the next
		}
		for k < len(f.Sites) && f.Sites[k].Wasm < inst.Wasm {
			k++
		}
		if k < len(f.Sites) && f.Sites[k].Wasm == inst.Wasm {
			put(row, row.Flags, f.Sites[k].Text)
		} else {
			put(row, row.Flags&^line.Stmt, inst.Text) // see Statements for why it wanted none
		}
	}
	// Out-of-line code, such as traps, belongs to the line of its instruction.
	none := line.Row{File: in.rows[spans[0].row].File}
	n := 0 // spans up to the instruction
	for i := f.main; i < len(f.Insts); i++ {
		if f.Insts[i].Text >= f.instEnd(i) {
			continue
		}
		wasm := uint32(f.Insts[i].Wasm)
		if n > 0 && spans[n-1].lo > wasm {
			n = 0
		}
		for n < len(spans) && spans[n].lo <= wasm {
			n++
		}
		r := &none
		if n > 0 && wasm < spans[n-1].hi {
			r = &in.rows[spans[n-1].row]
		}
		if file, _ := files.file(uint64(r.File)); i > f.main && last.Flags == 0 && uint32(file) == last.File && r.Line == last.Line && r.Column == last.Column &&
			r.Discriminator == last.Discriminator && r.ISA == last.ISA {
			continue // the row before goes on
		}
		put(r, 0, f.Insts[i].Text)
	}
	if rows > 0 {
		if w.end = f.TextEnd; at >= f.TextEnd {
			w.close() // a row without code must not get the padding
		}
	}
	return rows
}

// shown returns the end of what span n or the row that hides it stands for: a hidden statement is where the
// one is that hides it, so that both have one stop site.
func (in *lineRows) shown(spans []lineSpan, n int) uint32 {
	lo, hi := spans[n].lo, spans[n].hi
	if hi > lo {
		return hi
	}
	for _, s := range spans[n+1:] {
		if s.lo != lo {
			break
		}
		if row := &in.rows[s.row]; s.hi > lo {
			if row.Flags&line.Stmt != 0 && row.Line != 0 {
				return s.hi
			}
			break
		}
	}
	return hi
}

// less is -1 if a < b, else 0.
func less(a, b wasm.CodeOffset) int { return int((int64(a) - int64(b)) >> 63) }

// next returns the index of the first instruction at or behind off that has code, which is not before i.
func (f *function) next(i int, off uint32) int {
	// By fours, of which it is not foreseen how many are before off.
	at := wasm.CodeOffset(off)
	for i+4 <= f.main {
		four := f.Insts[i : i+4 : i+4]
		n := less(four[0].Wasm, at) + less(four[1].Wasm, at) + less(four[2].Wasm, at) + less(four[3].Wasm, at)
		if i -= n; n > -4 {
			return i
		}
	}
	for i < f.main && f.Insts[i].Wasm < at {
		i++
	}
	return i
}

// textOf is where the code of instruction i starts, its stop site included, which is not before site k.
func (f *function) textOf(i, k int) abi.TextOffset {
	if i == f.main {
		return f.mainEnd
	}
	inst := f.Insts[i]
	for k < len(f.Sites) && f.Sites[k].Wasm < inst.Wasm {
		k++
	}
	if k < len(f.Sites) && f.Sites[k].Wasm == inst.Wasm {
		return min(inst.Text, f.Sites[k].Text)
	}
	return inst.Text
}

// fileTables is the directories and files of a native program, and how its file numbers come
// from those of the input.
type fileTables struct {
	dirs  []string
	files []line.File
	// Before version 5 files count from 1. The unit's own file, number own of the input, becomes
	// number 0, and the last one takes its place.
	renumber  bool
	own, last uint64
}

func newFileTables(prog *line.Program, unitName string) fileTables {
	t := fileTables{dirs: prog.Dirs, files: prog.Files}
	if len(t.dirs) == 0 {
		t.dirs = []string{""}
	}
	if prog.Version >= 5 {
		return t
	}
	t.renumber = true
	t.files = slices.Clone(t.files)
	if len(t.files) == 0 {
		t.files = make([]line.File, 1)
	}
	own := unitName
	if !strings.HasPrefix(own, "/") {
		own = t.dirs[0] + "/" + own
	}
	own = path.Clean(own)
	base := path.Base(own)
	for i := 1; i < len(t.files); i++ {
		f := &t.files[i]
		if f.Name == unitName && f.Dir == 0 || strings.HasSuffix(f.Name, base) && path.Clean(prog.Path(uint64(i))) == own {
			t.own, t.last = uint64(i), uint64(len(t.files)-1)
			t.files[0], t.files[t.own] = t.files[t.own], t.files[t.last]
			t.files = t.files[:t.last]
			return t
		}
	}
	if unitName == "" {
		unitName = "<unknown>" // gdb 13 crashes over an empty one
	}
	t.files[0] = line.File{Name: unitName}
	return t
}

// file returns the native number of a file; ok is false if the input's number means none.
func (t *fileTables) file(n uint64) (native uint64, ok bool) {
	switch {
	case !t.renumber:
	case n == 0:
		return 0, false
	case n == t.own:
		return 0, true
	case n == t.last:
		return t.own, true
	}
	return n, true
}

// intern puts the tables' strings into the string table in a fixed order, so that writing
// programs concurrently gives the same bytes each time.
func (t *fileTables) intern(strs *dwarf.StringTable) {
	for _, d := range t.dirs {
		strs.Add(d)
	}
	for i := range t.files {
		strs.Add(t.files[i].Name)
		if t.files[i].Source != "" {
			strs.Add(t.files[i].Source)
		}
	}
}
