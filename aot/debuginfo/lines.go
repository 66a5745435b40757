package debuginfo

import (
	"cmp"
	"path"
	"slices"
	"sort"
	"strings"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// maxAddr is the end of the 32-bit space of code offsets. Behind it lie rows that a
// tombstone's overflow made.
const maxAddr = 1 << 32

// lineSpan is the code that one row of the input stands for: [lo, hi) in one function.
// Rows that a later one at the same address hides have lo == hi.
type lineSpan struct {
	fn     int // index into places.funcs
	lo, hi uint32
	row    line.Row
}

// eachRow calls yield for each row of the program's live sequences, with the number of the
// sequence in the program and the address where the next row starts.
func eachRow(p *line.Program, yield func(seq int, r *line.Row, end uint64)) error {
	var last line.Row
	open, dead, seq := false, false, -1
	return p.Rows(func(r *line.Row) bool {
		if !open {
			// No body stands at 0, where the code section counts its functions.
			dead = r.Address == 0 || list.Tombstone(r.Address, 4)
			seq++
		} else if !dead && r.Address >= last.Address && r.Address < maxAddr {
			yield(seq, &last, r.Address)
		}
		last = *r
		open = r.Flags&line.EndSequence == 0
		return true
	})
}

// sequenceClaims appends the code that each of the program's sequences describes.
func sequenceClaims(dst []claim, p *line.Program, unit int) []claim {
	first := len(dst)
	// Translating the rows meets the same error again and reports it.
	_ = eachRow(p, func(seq int, r *line.Row, end uint64) {
		if n := len(dst); n > first && dst[n-1].item == seq {
			dst[n-1].hi = end
		} else {
			dst = append(dst, claim{lo: r.Address, hi: end, unit: unit, item: seq})
		}
	})
	return dst
}

// lineSpans splits the rows of a unit's program at functions, and sorts them by text. It leaves
// out functions whose lines another sequence tells.
func (p *places) lineSpans(prog *line.Program, unit int, tables *fileTables) ([]lineSpan, error) {
	var spans []lineSpan
	var fn int // most rows lie in the function of the one before
	err := eachRow(prog, func(seq int, r *line.Row, end uint64) {
		native := *r
		file, _ := tables.file(uint64(r.File))
		native.File = uint32(file)
		lo := r.Address
		if fn >= len(p.funcs) || lo < uint64(p.funcs[fn].Body) || lo >= uint64(p.funcs[fn].BodyEnd) {
			fn = sort.Search(len(p.funcs), func(i int) bool { return uint64(p.funcs[i].BodyEnd) > lo })
		}
		for i := fn; i < len(p.funcs) && uint64(p.funcs[i].Body) < max(end, lo+1); i++ {
			f := &p.funcs[i]
			if o := f.lines; o.unit != unit || o.item != seq {
				continue
			}
			a, b := max(lo, uint64(f.Body)), min(end, uint64(f.BodyEnd))
			if a < b || a == lo && b == lo {
				spans = append(spans, lineSpan{fn: i, lo: uint32(a), hi: uint32(b), row: native})
			}
		}
	})
	slices.SortStableFunc(spans, func(a, b lineSpan) int {
		return cmp.Or(cmp.Compare(p.funcs[a.fn].Text, p.funcs[b.fn].Text), cmp.Compare(a.lo, b.lo))
	})
	return spans, err
}

// writeLines writes the native program: one sequence for each function. It returns the number of
// rows.
func (p *places) writeLines(spans []lineSpan, w *line.Writer) (rows int) {
	for len(spans) > 0 {
		n := 1
		for n < len(spans) && spans[n].fn == spans[0].fn {
			n++
		}
		rows += p.funcs[spans[0].fn].writeLines(spans[:n], w)
		spans = spans[n:]
	}
	return rows
}

func (f *function) writeLines(spans []lineSpan, w *line.Writer) (rows int) {
	at := f.Text
	put := func(r line.Row, text abi.TextOffset) {
		at = max(at, text)
		r.Address = address(at)
		w.Row(&r)
		rows++
	}
	// The native prologue belongs to the line where the body starts, but no statement starts
	// there: variables have their places only behind it.
	first := uint64(f.BodyEnd)
	if f.main > 0 {
		first = uint64(f.Insts[0].Wasm)
	}
	prologue := line.Row{File: spans[0].row.File}
	if uint64(spans[0].lo) <= first {
		prologue = spans[0].row
		for _, s := range spans[1:] {
			if s.lo != spans[0].lo {
				break
			}
			prologue = s.row
		}
		prologue.Flags = 0
		prologue.Discriminator = 0
	}
	if f.main == 0 || f.stand(f.Insts[0].Wasm) > f.Text || uint64(spans[0].lo) > first {
		put(prologue, f.Text)
	}
	declared := false
	for _, s := range spans {
		lo, hi := max(uint64(s.lo), first), max(uint64(s.hi), first)
		i := f.inst(lo)
		if i == f.main || uint64(f.Insts[i].Wasm) >= max(hi, lo+1) {
			continue // the compiler dropped it as unreachable
		}
		// Where the row of the local declarations, which are no code, lands on the first
		// instruction, it tells more than one that names no line.
		if i == 0 && s.row.Line == 0 && declared {
			continue
		}
		declared = i == 0 && s.row.Line != 0 && uint64(s.lo) < first
		row := s.row
		text, isSite := f.site(f.Insts[i].Wasm)
		if !isSite {
			row.Flags &^= line.Stmt // see Statements for why it wanted none
		}
		put(row, text)
	}
	// Out-of-line code, such as traps, belongs to the line of its instruction.
	for i := f.main; i < len(f.Insts); i++ {
		if f.Insts[i].Text >= f.instEnd(i) {
			continue
		}
		w := uint32(f.Insts[i].Wasm)
		k := sort.Search(len(spans), func(k int) bool { return spans[k].lo > w })
		r := line.Row{File: spans[0].row.File}
		if k > 0 && w < spans[k-1].hi {
			r = spans[k-1].row
			r.Flags = 0
		}
		put(r, f.Insts[i].Text)
	}
	w.Row(&line.Row{Address: address(f.TextEnd), Flags: line.EndSequence})
	return rows
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
	for i := 1; i < len(t.files); i++ {
		if f := &t.files[i]; f.Name == unitName && f.Dir == 0 || path.Clean(prog.Path(uint64(i))) == own {
			t.own, t.last = uint64(i), uint64(len(t.files)-1)
			t.files[0], t.files[t.own] = t.files[t.own], t.files[t.last]
			t.files = t.files[:t.last]
			return t
		}
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
