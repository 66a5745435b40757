package proof

import (
	"fmt"
	"sort"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// source is what a row of a line table says.
type source struct {
	path         string
	line, column uint32
	stmt         bool
}

func (s source) String() string {
	mark := ""
	if s.stmt {
		mark = " (statement)"
	}
	return fmt.Sprintf("%s:%d:%d%s", s.path, s.line, s.column, mark)
}

// row is a row, of several at one address the last.
type row struct {
	addr uint64
	file uint32
	source
}

// sequence is a sequence of a line table.
type sequence struct {
	prog *line.Program
	low  uint64
	high uint64
	rows []row
}

// at returns the row that holds at an address; exact if it is of that very address.
func (s *sequence) at(addr uint64) (r *row, exact bool) {
	i := sort.Search(len(s.rows), func(i int) bool { return s.rows[i].addr > addr })
	if i == 0 || addr >= s.high {
		return nil, false
	}
	return &s.rows[i-1], s.rows[i-1].addr == addr
}

// lineTable is all sequences of one side, ascending.
type lineTable struct {
	seqs []*sequence
	most uint64 // bytes of the longest
}

func readLines(d *info.Data) *lineTable {
	t := &lineTable{}
	type place struct {
		s   *dwarf.Sections
		off uint64
	}
	seen := map[place]bool{}
	for _, u := range d.Units {
		if prog, at := program(u); prog != nil && !seen[place{u.Sections(), at}] {
			seen[place{u.Sections(), at}] = true
			t.read(prog)
		}
	}
	sort.SliceStable(t.seqs, func(i, j int) bool { return t.seqs[i].low < t.seqs[j].low })
	return t
}

// program reads the header of a unit's line number program; nil if it has none.
func program(u *info.Unit) (prog *line.Program, off uint64) {
	root, err := u.Root()
	if err != nil {
		return nil, 0
	}
	if v, ok := root.Attr(dwarf.AttrStmtList); ok {
		if off, ok = v.SecOffset(); !ok {
			return nil, 0
		}
	} else if u.SkeletonUnit() == nil {
		return nil, 0
	} else {
		return program(u.SkeletonUnit()) // a table in the split file is that of its type units
	}
	if prog, err = line.Parse(u.Sections(), off, u.AddrSize, root.Str(dwarf.AttrCompDir)); err != nil {
		return nil, 0
	}
	return prog, off
}

func (t *lineTable) read(prog *line.Program) {
	paths := map[uint32]string{}
	s := &sequence{prog: prog}
	_ = prog.Rows(func(r *line.Row) bool { // the rows before an error are good
		switch {
		case r.Flags&line.EndSequence != 0:
			if s.high = r.Address; len(s.rows) > 0 && s.low < s.high && r.Flags&line.Dead == 0 {
				t.seqs = append(t.seqs, s)
				t.most = max(t.most, s.high-s.low)
			}
			s = &sequence{prog: prog}
		case r.Flags&line.Dead != 0:
		default:
			path, ok := paths[r.File]
			if !ok {
				path = prog.Path(uint64(r.File))
				paths[r.File] = path
			}
			x := row{addr: r.Address, file: r.File, source: source{path, r.Line, r.Column, r.Flags&line.Stmt != 0}}
			if n := len(s.rows); n == 0 {
				s.low = r.Address
				s.rows = append(s.rows, x)
			} else if s.rows[n-1].addr == r.Address {
				s.rows[n-1] = x
			} else {
				s.rows = append(s.rows, x)
			}
		}
		return true
	})
}

// over calls f for each sequence that covers an address until it returns false.
func (t *lineTable) over(addr uint64, f func(*sequence) bool) {
	i := sort.Search(len(t.seqs), func(i int) bool { return t.seqs[i].low > addr })
	for i--; i >= 0 && addr-t.seqs[i].low < t.most; i-- {
		if t.seqs[i].high > addr && !f(t.seqs[i]) {
			return
		}
	}
}

// compareLines compares the line at each point, and each row of the output with the input.
func (p *proof) compareLines() {
	in, out := readLines(p.input), readLines(p.output)
	r := p.report
	for _, f := range p.order {
		for _, at := range f.points {
			got := source{}
			out.over(abi.TextBase+uint64(at.text), func(s *sequence) bool {
				if x, exact := s.at(abi.TextBase + uint64(at.text)); x != nil {
					got = x.source
					got.stmt = got.stmt && exact
				}
				return false
			})
			p.compareLine(f, in, uint64(at.wasm), uint64(at.text), got, &r.Lines)
		}
	}
	for _, s := range out.seqs {
		for i := range s.rows {
			x := &s.rows[i]
			text := abi.TextOffset(x.addr - abi.TextBase)
			// The native prologue has no counterpart.
			if f := p.functionAt(text); f != nil && text >= f.BodyText {
				p.compareLine(f, in, f.wasmAt(text), uint64(text), x.source, &r.Rows)
			}
		}
	}
}

// compareLine compares a row of the output with those of the input at the same place. Several
// sequences may describe it, when the linker kept one copy of a function: one must agree.
func (p *proof) compareLine(f *function, in *lineTable, wasm, text uint64, got source, tally *Tally) {
	found, same := false, false
	var want source
	in.over(wasm, func(s *sequence) bool {
		x, exact := s.at(wasm)
		if x == nil {
			return true
		}
		w := x.source
		_, site := f.siteAt[abi.TextOffset(text)]
		switch {
		case !site:
			w.stmt = false // statements are at stop sites; none is in the prologue and in out-of-line code
		case !exact:
			w.stmt = got.stmt // the input has none in this sequence
		}
		if w.line == 0 && x.addr == uint64(f.first) {
			// The row of the local declarations, which are no code, lands on the first instruction.
			if y, _ := s.at(uint64(f.Body)); y != nil && y.line != 0 {
				w.line, w.column, w.path, w.stmt = y.line, y.column, y.path, got.stmt
			}
		}
		if !found || s.high == uint64(f.BodyEnd) {
			want = w
		}
		found = true
		same = w == got || w.line == 0 && got.line == 0
		return !same
	})
	if !found {
		return
	}
	tally.Compared++
	if !same {
		tally.Different++
		p.except(Exception{Kind: "line", Unit: f.unit, Function: f.name, First: wasm, Reason: fmt.Sprintf("at text %#x is %v, want %v", text, got, want)})
	}
}

// functionAt returns the function whose code holds a text offset.
func (p *proof) functionAt(text abi.TextOffset) *function {
	i := sort.Search(len(p.byText), func(i int) bool { return p.byText[i].TextEnd > text })
	if i == len(p.byText) || p.byText[i].Text > text {
		return nil
	}
	return p.byText[i]
}

// wasmAt is the code offset of the instruction whose code holds a text offset.
func (f *function) wasmAt(text abi.TextOffset) uint64 {
	if at, ok := f.siteAt[text]; ok {
		return uint64(at)
	}
	i := sort.Search(len(f.Insts), func(i int) bool { return f.Insts[i].Text > text })
	for i--; i >= 0; i-- {
		// A loop is recorded before its label is aligned, its site behind.
		if site, ok := f.siteOf[f.Insts[i].Wasm]; !ok || site <= text {
			return uint64(f.Insts[i].Wasm)
		}
	}
	return uint64(f.Body)
}

// compareScopes compares which blocks and inlined calls hold at each point, and where the
// inlined calls were.
func (p *proof) compareScopes() {
	r := p.report
	for _, f := range p.order {
		for i := range f.fixed {
			c := &f.fixed[i]
			r.Constants.Compared++
			if want, got := fixedValue(&c.in), fixedValue(&c.out); want != got {
				r.Constants.Different++
				p.except(Exception{Kind: "constant", Unit: f.unit, Function: f.name, Variable: nameOf(&c.in), Reason: fmt.Sprintf("is %s, want %s", got, want)})
			}
		}
		for i := range f.scopes {
			s := &f.scopes[i]
			name := nameOf(&s.in)
			if name == "" {
				name = "(block)"
			}
			for _, at := range f.points {
				want, got := holds(s.inside, uint64(at.wasm)), holds(s.there, abi.TextBase+uint64(at.text))
				if want || got {
					r.Scopes.Compared++
				}
				if want != got {
					r.Scopes.Different++
					p.except(Exception{Kind: "scope", Unit: f.unit, Function: f.name, Variable: name, First: uint64(at.wasm),
						Reason: fmt.Sprintf("at text %#x inside: %v, want %v", at.text, got, want)})
				}
			}
			if s.in.Tag() != dwarf.TagInlinedSubroutine || s.out.Tag() == 0 {
				continue
			}
			r.Calls.Compared++
			if want, got := p.callPlace(&s.in), p.callPlace(&s.out); want != got {
				r.Calls.Different++
				p.except(Exception{Kind: "call", Unit: f.unit, Function: f.name, Variable: name, Reason: fmt.Sprintf("is %v, want %v", got, want)})
			}
		}
	}
}

// callPlace is where an inlined call was.
func (p *proof) callPlace(e *info.Entry) source {
	file, _ := e.Uint(dwarf.AttrCallFile)
	ln, _ := e.Uint(dwarf.AttrCallLine)
	col, _ := e.Uint(dwarf.AttrCallColumn)
	s := source{line: uint32(ln), column: uint32(col)}
	prog, ok := p.programs[e.Unit]
	if !ok {
		prog, _ = program(e.Unit)
		p.programs[e.Unit] = prog
	}
	if prog != nil {
		s.path = prog.Path(file)
	}
	return s
}

// fixedValue is a DW_AT_const_value in words.
func fixedValue(e *info.Entry) string {
	if e.Tag() == 0 {
		return "nothing"
	}
	v, ok := e.Attr(dwarf.AttrConstValue)
	if !ok {
		return "nothing"
	}
	if n, ok := v.Int(); ok {
		return fmt.Sprint(n)
	}
	if b, ok := v.Block(); ok {
		return fmt.Sprintf("% x", b)
	}
	s, _ := v.Str()
	return s
}
