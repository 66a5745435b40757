package wat

import (
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"sphex/aot/wasm"
)

// Text is the text of a module, of which any lines can be had without the others. It is a
// function of the module without its custom sections other than the name section.
//
// Lines count from 1. The fields stand in the order of the binary format, but for the data,
// which may be long and stands last:
//
//	(module $name
//	  types, imports, tables, memories, globals, tags, exports, start, element segments
//	  (func $f (type $t) (param $p0 i32) (result i32)
//	    (local $l1 i32)
//	    instructions, one on each line; the line of the last end is the parenthesis that closes
//	  )
//	  data segments
//	)
type Text struct {
	m     *wasm.Module
	names *Names
	parts []part   // ascending by line
	index []uint32 // of each import in its index space
	funcs []int32  // first line of each body
	lines int
}

// part is a run of lines of one kind: of one segment, of all functions, of all types, …
type part struct {
	first int
	index int
	print func(t *Text, dst []byte, index, line int) []byte // line 0 is the first of the part
}

// How many things of a kind stand on one line.
const (
	localsPerLine = 8
	elemsPerLine  = 8
	bytesPerLine  = 32
)

// maxLines bounds the text, so that a line's number fits into 31 bits.
const maxLines = 1<<31 - 1

// NewText lays out the text of a module, which must be valid.
func NewText(m *wasm.Module) *Text {
	t := &Text{m: m, lines: 1}
	var naming sync.WaitGroup
	naming.Go(func() { t.names = NewNames(m) }) // laying out asks for none
	defer naming.Wait()
	add := func(index, lines int, print func(*Text, []byte, int, int) []byte) {
		if lines > 0 && t.lines+lines < maxLines {
			t.parts = append(t.parts, part{t.lines, index, print})
			t.lines += lines
		}
	}
	var seen [wasm.ExternTag + 1]uint32
	for i := range m.Imports {
		k := m.Imports[i].Kind
		t.index = append(t.index, seen[k])
		seen[k]++
	}
	add(0, 1, (*Text).header)
	add(0, len(m.Types), (*Text).typeDef)
	add(0, len(m.Imports), (*Text).importDef)
	add(0, len(m.Tables)-m.NumImportedTables, (*Text).tableDef)
	add(0, len(m.Memories)-m.NumImportedMemories, (*Text).memoryDef)
	add(0, len(m.Globals)-m.NumImportedGlobals, (*Text).globalDef)
	add(0, len(m.Tags)-m.NumImportedTags, (*Text).tagDef)
	add(0, len(m.Exports), (*Text).exportDef)
	if m.Start != nil {
		add(0, 1, (*Text).startDef)
	}
	for i := range m.Elems {
		add(i, 2+ceil(len(m.Elems[i].Init), elemsPerLine), (*Text).elemDef)
	}
	add(0, t.layFuncs(), nil)
	for i := range m.Datas {
		add(i, 2+ceil(len(m.Datas[i].Init), bytesPerLine), (*Text).dataDef)
	}
	add(0, 1, (*Text).footer)
	return t
}

func ceil(n, by int) int { return (n + by - 1) / by }

// layFuncs computes the first line of each body and returns the number of lines of all.
func (t *Text) layFuncs() int {
	t.funcs = make([]int32, len(t.m.Code))
	var next atomic.Int64
	var wg sync.WaitGroup
	const batch = 64
	for range min(runtime.GOMAXPROCS(0), ceil(len(t.m.Code), batch)) {
		wg.Go(func() {
			for {
				n := int(next.Add(1)-1) * batch
				if n >= len(t.m.Code) {
					return
				}
				for i := n; i < min(n+batch, len(t.m.Code)); i++ {
					t.funcs[i] = int32(t.funcLines(i))
				}
			}
		})
	}
	wg.Wait()
	at := t.lines
	for i, n := range t.funcs {
		if at+int(n) >= maxLines {
			clear(t.funcs[i:]) // no lines: there is no room for them
			break
		}
		t.funcs[i] = int32(at)
		at += int(n)
	}
	return at - t.lines
}

// funcLines counts the lines of a body.
func (t *Text) funcLines(i int) int {
	n := 1 + t.localLines(i)
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(t.m, &t.m.Code[i]); r.Next(&in); {
		n++
	}
	return n
}

// localLines counts the lines of a body's declarations of locals.
func (t *Text) localLines(i int) int {
	n := 0
	for _, r := range t.m.Code[i].Locals {
		n += int(r.Count)
	}
	return ceil(n, localsPerLine)
}

// Lines is the number of lines.
func (t *Text) Lines() int { return t.lines - 1 }

// Names are the names that the text uses.
func (t *Text) Names() *Names { return t.names }

// FuncLine is the line where the body m.Code[i] begins: that of its name and type. It is 0 for
// a body that the text has no room for.
func (t *Text) FuncLine(i int) int { return int(t.funcs[i]) }

// CodeLine is the line of the first instruction of m.Code[i]; each further one has the next.
func (t *Text) CodeLine(i int) int {
	if t.funcs[i] == 0 {
		return 0
	}
	return int(t.funcs[i]) + 1 + t.localLines(i)
}

// Append appends the lines from first to last, each with its newline. Lines that there are not
// give nothing.
func (t *Text) Append(dst []byte, first, last int) []byte {
	first, last = max(first, 1), min(last, t.Lines())
	for k := t.part(first); k < len(t.parts) && first <= last; k++ {
		p := &t.parts[k]
		end := t.lines
		if k+1 < len(t.parts) {
			end = t.parts[k+1].first
		}
		if p.print == nil {
			dst = t.appendFuncs(dst, first, min(last, end-1))
			first = end
			continue
		}
		for ; first <= last && first < end; first++ {
			dst = append(p.print(t, dst, p.index, first-p.first), '\n')
		}
	}
	return dst
}

// part returns the index of the part that holds a line.
func (t *Text) part(line int) int {
	return max(0, sort.Search(len(t.parts), func(i int) bool { return t.parts[i].first > line })-1)
}

// appendFuncs appends lines that are all of functions.
func (t *Text) appendFuncs(dst []byte, first, last int) []byte {
	i := max(0, sort.Search(len(t.funcs), func(i int) bool { return t.funcs[i] == 0 || int(t.funcs[i]) > first })-1)
	p := newPrinter(t.m, t.names)
	for ; i < len(t.funcs) && int(t.funcs[i]) <= last && t.funcs[i] != 0; i++ {
		dst = t.appendFunc(dst, p, i, first, last)
	}
	return dst
}

// appendFunc appends those lines of a body that lie in first to last.
func (t *Text) appendFunc(dst []byte, p *Printer, i, first, last int) []byte {
	b := &t.m.Code[i]
	p.Begin(i)
	line := int(t.funcs[i])
	if line >= first {
		dst = append(t.signature(dst, p, i), '\n')
	}
	line++
	if locals := t.localLines(i); line+locals > first {
		dst = t.locals(dst, p, i, max(first-line, 0), min(last+1-line, locals))
		line += locals
	} else {
		line += locals
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(t.m, b); line <= last && r.Next(&in); line++ {
		start := len(dst)
		dst = indent(dst, 2+p.Depth()) // else and end take one back
		text := len(dst)
		var depth int
		dst, depth = p.Append(dst, &in)
		switch {
		case line < first:
			dst = dst[:start]
			continue
		case r.Offset() == b.End:
			dst = append(dst[:start], "  )"...)
		case 2*(2+depth) < text-start:
			dst = append(dst[:start+2*(2+depth)], dst[text:]...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// indent appends the space before a line in so many nested things. Deep nesting is not shown
// by more and more space, which would make the text grow with the square of the code.
func indent(dst []byte, depth int) []byte {
	for range min(depth, maxIndent) {
		dst = append(dst, "  "...)
	}
	return dst
}

const maxIndent = 40
