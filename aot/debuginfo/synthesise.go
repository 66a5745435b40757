package debuginfo

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"sphex/aot/wasm"
	"sphex/aot/wasm/wat"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// textDir is the directory of the file that stands for a module's own text in line tables. It is
// on no disk: the text is printed when somebody wants to see it.
const textDir = "wasm:"

// IsText reports whether a file of the line tables is the module's own text, as aot/wasm/wat
// prints it.
func IsText(file string) bool { return path.Dir(file) == textDir }

// TextFile is the name of a module's own text in line tables.
func TextFile(n *wat.Names) string { return textDir + "/" + textName(n) }

// textName is the name of the file that stands for the module's own text.
func textName(n *wat.Names) string {
	name := path.Base(strings.ReplaceAll(n.Module(), `\`, "/"))
	name = strings.TrimSuffix(name, ".wasm")
	if name == "" || name == "." || name == "/" || len(name) > 80 || strings.ContainsAny(name, ":\x00\n ") {
		name = "module"
	}
	return name + ".wat"
}

// synthesis makes WebAssembly's DWARF: code offsets for addresses, DW_OP_WASM_location for
// variables, so that it goes the way of a producer's.
type synthesis struct {
	m      *wasm.Module
	text   *wat.Text
	file   string // name of the text
	lines  *sourceMap
	shown  bool // the text is a source
	size   int  // of the bodies that are described, in bytes
	strs   *dwarf.StringTable
	writer *info.Writer
}

// maxStacks is the size of the code, in bytes, up to which the operand stack is described. The
// description takes several times the code's size.
const maxStacks = 8 << 20

// unitCode is how much code, in bytes, a synthesised unit has at least, so that units are
// translated side by side, and read only where they are looked at.
const unitCode = 64 << 10

// synthesise makes WebAssembly's DWARF for a module that has none: from its source map, if
// there is one, and from its own text if that is wanted, in which each instruction is a statement.
// It is nil if there is neither. notes tells the user what was done.
func synthesise(m *wasm.Module, sourceMap []byte, text bool) (s *dwarf.Sections, notes []string) {
	if len(m.Code) == 0 {
		return nil, nil
	}
	y := &synthesis{m: m, shown: text}
	if sourceMap != nil {
		lines, err := parseSourceMap(m, sourceMap)
		if err != nil {
			notes = append(notes, fmt.Sprintf("the module's source map is damaged: %v", err))
		}
		if lines != nil && len(lines.segments) > 0 {
			y.lines = lines
			notes = append(notes, "no debug information but a source map: it gives lines; variables are those of WebAssembly")
		}
	}
	if y.lines == nil && !text {
		return nil, notes
	}
	y.text = wat.NewText(m)
	y.file = textName(y.text.Names())
	if y.lines == nil {
		notes = append(notes, fmt.Sprintf("no debug information: showing the module's own text, %s (to see the program's source, compile and link with -g)", y.file))
	}
	bodies := make([]int, len(m.Code))
	for i := range bodies {
		bodies[i] = i
	}
	return y.sections(bodies), notes
}

// synthesiseText makes WebAssembly's DWARF for some of a module's bodies from its own text, whose
// name it returns.
func synthesiseText(m *wasm.Module, bodies []int) (s *dwarf.Sections, name string) {
	text := wat.NewText(m)
	y := &synthesis{m: m, shown: true, text: text, file: textName(text.Names())}
	return y.sections(bodies), y.file
}

// sections makes the DWARF of the bodies, which ascend.
func (y *synthesis) sections(bodies []int) *dwarf.Sections {
	y.strs = dwarf.NewStringTable(nil)
	y.writer = info.NewWriter(dwarf.NewStringTable(nil), y.strs)
	for _, i := range bodies {
		y.size += int(y.m.Code[i].End - y.m.Code[i].Start)
	}
	y.intern(bodies)
	groups := y.groups(bodies)
	all := len(bodies) == len(y.m.Code)
	units := make([]*info.UnitWriter, len(groups))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		wg.Go(func() {
			var scratch wasm.Scratch
			for i := int(next.Add(1)) - 1; i < len(groups); i = int(next.Add(1)) - 1 {
				units[i] = y.unit(groups[i], i == 0 && all, &scratch)
			}
		})
	}
	wg.Wait()
	for _, u := range units {
		y.writer.Append(u)
	}
	out, _ := y.writer.Finish()
	return &dwarf.Sections{
		Info: out.Info, Abbrev: out.Abbrev, Str: out.Str, LineStr: out.LineStr, Line: out.Line,
		Loclists: out.Loclists, Rnglists: out.Rnglists,
	}
}

// intern puts strings into the tables in a fixed order, so that the bytes do not depend on which
// unit is made first.
func (y *synthesis) intern(bodies []int) {
	y.strs.Add("")
	y.strs.Add(textDir)
	y.strs.Add(y.file)
	if y.lines != nil {
		for i := range y.lines.sources {
			f := &y.lines.sources[i]
			dir, name := f.fileName()
			y.strs.Add(dir)
			y.strs.Add(name)
			if f.hasText {
				y.strs.Add(f.text)
			}
		}
	}
	y.writer.Str.Add(synthProducer)
	y.writer.Str.Add(y.file)
	for _, i := range bodies {
		if name := y.funcName(i); len(name) >= 4 {
			y.writer.Str.Add(name)
		}
	}
}

const synthProducer = "Sphex, from the module itself"

// IsSynthetic reports whether a unit with this producer was made from the module itself. Such
// units divide the code by its size. If they describe all of it, the first one has the globals.
func IsSynthetic(producer string) bool { return producer == synthProducer }

func (y *synthesis) funcName(i int) string {
	return y.text.Names().FuncName(uint32(y.m.NumImportedFuncs + i))
}

// groups divides the bodies into units.
func (y *synthesis) groups(bodies []int) [][]int {
	var gs [][]int
	from, size := 0, 0
	for k, i := range bodies {
		size += int(y.m.Code[i].End - y.m.Code[i].Start)
		if k+1 == len(bodies) || size >= unitCode {
			gs = append(gs, bodies[from:k+1])
			from, size = k+1, 0
		}
	}
	return gs
}

// synthUnit is one unit in the making.
type synthUnit struct {
	*synthesis
	out   *info.UnitWriter
	prog  *line.Writer
	files map[int32]uint32 // of sources, in the unit's table
	scan  bodyScan
}

// unit makes the unit of some bodies.
func (y *synthesis) unit(group []int, globals bool, scratch *wasm.Scratch) *info.UnitWriter {
	u := &synthUnit{synthesis: y, out: y.writer.NewUnit(dwarf.UnitCompile)}
	dirs, files := u.table(group)
	u.prog = line.NewWriter(dirs, files, y.strs)
	low := uint64(y.m.Code[group[0]].Start)
	u.out.Begin(dwarf.TagCompileUnit, 0)
	u.out.Str(dwarf.AttrProducer, synthProducer)
	u.out.Str(dwarf.AttrName, y.file)
	u.out.Addr(dwarf.AttrLowPC, low)
	if code := y.code(group); len(code) == 1 {
		u.out.Data(dwarf.AttrHighPC, code[0].High-low, 4)
	} else {
		u.out.Ranges(dwarf.AttrRanges, code, low)
	}
	u.out.StmtList()
	u.types()
	if globals {
		u.globals()
	}
	for _, i := range group {
		u.scan.read(y.m, i, scratch, y.stacks(i))
		u.lines(i)
		u.function(i, low)
	}
	u.out.End()
	u.out.Line = u.prog.Bytes()
	u.out.Finish() // all references are to types of this unit
	return u.out
}

// code lists where the bodies are; neighbours are one range.
func (y *synthesis) code(bodies []int) []list.Range {
	var rs []list.Range
	for k, i := range bodies {
		b := &y.m.Code[i]
		if k > 0 && bodies[k-1] == i-1 {
			rs[len(rs)-1].High = uint64(b.End)
		} else {
			rs = append(rs, list.Range{Low: uint64(b.Start), High: uint64(b.End)})
		}
	}
	return rs
}

// stacks tells whether the operand stack of a body is described: where each instruction is a line.
func (y *synthesis) stacks(i int) bool {
	return y.shown && y.size <= maxStacks && (y.lines == nil || len(y.lines.in(&y.m.Code[i])) == 0)
}

// table lists the files that the bodies' lines are of: the text first, then those of the source map.
func (u *synthUnit) table(group []int) (dirs []string, files []line.File) {
	dirs, files = []string{"", textDir}, []line.File{{Name: u.synthesis.file, Dir: 1}}
	if u.synthesis.lines == nil {
		return dirs, files
	}
	number := map[string]uint64{}
	u.files = map[int32]uint32{}
	for _, i := range group {
		for _, g := range u.synthesis.lines.in(&u.m.Code[i]) {
			if _, known := u.files[g.source]; known || g.source < 0 {
				continue
			}
			f := &u.synthesis.lines.sources[g.source]
			dir, name := f.fileName()
			if _, known := number[dir]; !known {
				number[dir] = uint64(len(dirs))
				if dir == "" {
					number[dir] = 0
				} else {
					dirs = append(dirs, dir)
				}
			}
			u.files[g.source] = uint32(len(files))
			files = append(files, line.File{Name: name, Dir: number[dir], Source: f.text, HasSource: f.hasText})
		}
	}
	return dirs, files
}

// lines writes the line table's sequence of a body.
func (u *synthUnit) lines(i int) {
	b := &u.m.Code[i]
	if u.synthesis.lines != nil {
		if gs := u.synthesis.lines.in(b); len(gs) > 0 {
			u.mapped(b, gs)
			return
		}
	}
	if u.text.FuncLine(i) == 0 || !u.shown {
		return
	}
	at := u.text.CodeLine(i)
	u.prog.Row(&line.Row{Address: uint64(b.Start), Line: uint32(u.text.FuncLine(i))})
	for k, off := range u.scan.insts {
		r := line.Row{Address: uint64(off), Line: uint32(at + k), Flags: line.Stmt}
		if k == 0 {
			r.Flags |= line.PrologueEnd
		}
		u.prog.Row(&r)
	}
	u.prog.Row(&line.Row{Address: uint64(b.End), Flags: line.EndSequence})
}

// mapped writes the rows of a body that the source map describes.
func (u *synthUnit) mapped(b *wasm.Body, gs []segment) {
	row := func(g *segment, at wasm.CodeOffset) line.Row {
		if g.source < 0 {
			return line.Row{Address: uint64(at)}
		}
		return line.Row{Address: uint64(at), File: u.files[g.source], Line: g.line, Column: g.column}
	}
	first := gs[0].at
	if first > b.Start { // the entry belongs to the first line, but no statement begins there
		r := row(&gs[0], b.Start)
		u.prog.Row(&r)
	}
	// Maps that come from line tables have a row for the function's own line at its start; others
	// begin with the first statement.
	prologue := first >= b.Code
	for k := range gs {
		r := row(&gs[k], u.scan.align(max(gs[k].at, b.Start)))
		if k+1 < len(gs) && uint64(u.scan.align(gs[k+1].at)) == r.Address {
			continue
		}
		if gs[k].source >= 0 {
			r.Flags = line.Stmt
			if prologue {
				r.Flags |= line.PrologueEnd
				prologue = false
			}
		}
		u.prog.Row(&r)
	}
	u.prog.Row(&line.Row{Address: uint64(b.End), Flags: line.EndSequence})
}
