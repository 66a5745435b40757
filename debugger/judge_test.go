package debugger

import (
	"bytes"
	"context"
	stddwarf "debug/dwarf"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"testing"

	"sphex/aot/wasm"
	"sphex/runtime/interp"
	"sphex/runtime/wasi"
)

// This file says where steps must end without anything of ours but the decoder: the standard library reads
// the module's own debug information, and the interpreter runs the module.

// judge is what the debug information of a module says about where statements are.
type judge struct {
	module *wasm.Module
	bodies map[uint32]*judgedBody // by function index; those with statements of the program's own
}

// judgedBody is a function of the module.
type judgedBody struct {
	body       *wasm.Body
	rows       []judgedRow // ascending; the last one at an address
	tree       *judgedScope
	statements map[wasm.CodeOffset][]level // behind the prologue
}

type judgedRow struct {
	at                       uint64
	file                     string
	line                     int
	stmt, prologueEnd, ended bool
}

// judgedScope is the function, or a call inlined into it.
type judgedScope struct {
	name     string // its entry's place
	ranges   [][2]uint64
	file     string // of the call
	line     int
	children []*judgedScope
}

func newJudge(t *testing.T, file string) *judge {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{bodies: map[uint32]*judgedBody{}}
	if j.module, err = wasm.Decode(data); err != nil {
		t.Fatal(err)
	}
	section := func(name string) []byte {
		for _, c := range j.module.Customs {
			if c.Name == name {
				return c.Data
			}
		}
		return nil
	}
	d, err := stddwarf.New(section(".debug_abbrev"), nil, nil, section(".debug_info"), section(".debug_line"), nil, section(".debug_ranges"), section(".debug_str"))
	for _, name := range []string{".debug_addr", ".debug_line_str", ".debug_rnglists", ".debug_str_offsets"} {
		if b := section(name); err == nil && b != nil {
			err = d.AddSection(name, b)
		}
	}
	if err == nil {
		err = j.readUnits(d)
	}
	if err != nil {
		t.Fatal(err)
	}
	for index, b := range j.bodies {
		if b.tree == nil || !b.findStatements(j.module) {
			delete(j.bodies, index)
		}
	}
	return j
}

// bodyAt returns the function whose body holds an address.
func (j *judge) bodyAt(at uint64) *judgedBody {
	code := j.module.Code
	i := sort.Search(len(code), func(i int) bool { return uint64(code[i].End) > at })
	if i == len(code) || uint64(code[i].Start) > at {
		return nil
	}
	index := uint32(i + j.module.NumImportedFuncs)
	if j.bodies[index] == nil {
		j.bodies[index] = &judgedBody{body: &code[i]}
	}
	return j.bodies[index]
}

func (j *judge) readUnits(d *stddwarf.Data) error {
	r := d.Reader()
	for {
		unit, err := r.Next()
		if unit == nil || err != nil {
			return err
		}
		lines, err := d.LineReader(unit)
		if err != nil {
			return err
		}
		if lines == nil {
			r.SkipChildren()
			continue
		}
		if err := j.readLines(lines); err != nil {
			return err
		}
		if err := j.readScopes(d, r, lines.Files(), nil); err != nil {
			return err
		}
	}
}

func (j *judge) readLines(lines *stddwarf.LineReader) error {
	var sequence []judgedRow
	for {
		var e stddwarf.LineEntry
		if err := lines.Next(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		row := judgedRow{at: e.Address, file: e.File.Name, line: e.Line, stmt: e.IsStmt, prologueEnd: e.PrologueEnd, ended: e.EndSequence}
		sequence = append(sequence, row)
		if !e.EndSequence {
			continue
		}
		if b := j.bodyAt(sequence[0].at); b != nil && sequence[0].at <= uint64(b.body.Code) && e.Address == uint64(b.body.End) {
			b.rows = sequence
		}
		sequence = nil
	}
}

// readScopes reads the children of the reader's entry.
func (j *judge) readScopes(d *stddwarf.Data, r *stddwarf.Reader, files []*stddwarf.LineFile, outer *judgedScope) error {
	for {
		e, err := r.Next()
		if e == nil || e.Tag == 0 || err != nil {
			return err
		}
		inner := outer
		switch e.Tag {
		case stddwarf.TagSubprogram:
			inner = nil
			if ranges, err := d.Ranges(e); err == nil && len(ranges) == 1 {
				if b := j.bodyAt(ranges[0][0]); b != nil && ranges[0] == [2]uint64{uint64(b.body.Start), uint64(b.body.End)} {
					inner = &judgedScope{name: fmt.Sprint(e.Offset), ranges: ranges}
					b.tree = inner
				}
			}
		case stddwarf.TagInlinedSubroutine:
			if outer != nil {
				inner = &judgedScope{name: fmt.Sprint(e.Offset)}
				if inner.ranges, err = d.Ranges(e); err != nil {
					return err
				}
				if n, ok := e.Val(stddwarf.AttrCallFile).(int64); ok && int(n) < len(files) && files[n] != nil {
					inner.file = files[n].Name
				}
				if n, ok := e.Val(stddwarf.AttrCallLine).(int64); ok {
					inner.line = int(n)
				}
				outer.children = append(outer.children, inner)
			}
		}
		if e.Children {
			if err := j.readScopes(d, r, files, inner); err != nil {
				return err
			}
		}
	}
}

// levels returns the logical frames at an offset, outermost first.
func (b *judgedBody) levels(at wasm.CodeOffset) (list []level) {
	for s := b.tree; s != nil; {
		list = append(list, level{key: frameKey{name: s.name}})
		var in *judgedScope
		for _, c := range s.children {
			if in == nil && slices.ContainsFunc(c.ranges, func(r [2]uint64) bool { return r[0] <= uint64(at) && uint64(at) < r[1] }) {
				in = c
			}
		}
		if l := &list[len(list)-1]; in != nil {
			l.file, l.line = in.file, in.line
		} else if i := sort.Search(len(b.rows), func(i int) bool { return b.rows[i].at > uint64(at) }); i > 0 {
			l.file, l.line = b.rows[i-1].file, b.rows[i-1].line
		}
		s = in
	}
	return list
}

// findStatements finds out where statements begin; false if none is of the program's own. A row at labels
// is one of what stands behind them.
func (b *judgedBody) findStatements(m *wasm.Module) bool {
	var offsets []uint64
	var labels []bool
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m, b.body); r.Next(&in); {
		offsets = append(offsets, uint64(in.Offset))
		labels = append(labels, in.Op == wasm.OpBlock || in.Op == wasm.OpLoop || in.Op == wasm.OpEnd && in.Offset+1 < b.body.End)
	}
	type statement struct {
		at          uint64
		line        int
		file        string
		prologueEnd bool
	}
	var list []statement
	for i, row := range b.rows {
		if !row.stmt || row.line == 0 || row.ended {
			continue
		}
		next := b.rows[i+1].at
		at := max(row.at, offsets[0])
		k, ok := slices.BinarySearch(offsets, at)
		if !ok {
			return false
		}
		to := k
		for labels[to] {
			to++
		}
		if offsets[to] < next {
			at = offsets[to]
		}
		list = append(list, statement{at, row.line, row.file, row.prologueEnd})
	}
	first := -1 // of the statements behind the prologue
	for i, s := range list {
		if s.prologueEnd {
			first = i
			break
		}
	}
	for i := 0; first < 0 && i < len(list); i++ {
		if list[i].line != list[0].line || list[i].file != list[0].file {
			first = i
		}
	}
	b.statements = map[wasm.CodeOffset][]level{}
	seen := map[string]bool{}
	own := false
	for _, s := range list {
		at := wasm.CodeOffset(s.at)
		levels := b.levels(at)
		for k := range levels {
			l := &levels[k]
			l.starts = k > 0 && !seen[l.key.name]
			if before := b.statements[at]; len(before) > k && before[k].starts && before[k].key == l.key {
				l.starts = true
			}
			seen[l.key.name] = true
			own = own || judgeOwns(l)
		}
		if s.at >= list[max(first, 0)].at {
			b.statements[at] = levels
		}
	}
	return own
}

// judgeOwns tells whether a level is of the program's own source.
func judgeOwns(l *level) bool { return l.line > 0 && l.file != "" && !isLibrary(l.file) }

// judgedCall is an activation of a function.
type judgedCall struct {
	number, depth int
	body          *judgedBody // nil: of no interest
	function      uint32
	caller        *judgedCall
	at            wasm.CodeOffset // of the call in the caller
}

// in tells whether an activation is one or was called from there.
func (c *judgedCall) in(outer *judgedCall) bool {
	for c != nil && c.depth > outer.depth {
		c = c.caller
	}
	return c == outer
}

// judgedEvent is a statement of the program's own that is reached.
type judgedEvent struct {
	call   *judgedCall
	at     wasm.CodeOffset
	levels []level
}

// run runs the program to its end and notes the statements that it comes to.
func (j *judge) run(t *testing.T) []judgedEvent {
	t.Helper()
	machine, err := interp.New(j.module)
	if err != nil {
		t.Fatal(err)
	}
	system, err := wasi.New(wasi.Config{Args: []string{"program"}, Stdin: &bytes.Buffer{}, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	var imports []*wasi.Function
	for i := range j.module.Imports {
		for k := range wasi.Functions {
			if wasi.Functions[k].Name == j.module.Imports[i].Name {
				imports = append(imports, &wasi.Functions[k])
			}
		}
	}
	machine.Host = func(index uint32, args []interp.Value) ([]interp.Value, error) {
		types := j.module.FuncType(index)
		stack := make([]uint64, max(len(args), len(types.Results)))
		for i := range args {
			stack[i] = args[i].Bits
		}
		err := imports[index].Call(context.Background(), system, machine.Memory(), stack)
		results := make([]interp.Value, len(types.Results))
		for i, typ := range types.Results {
			results[i] = interp.Value{Bits: stack[i], Type: typ}
		}
		return results, err
	}
	machine.Budget = 1 << 30
	for index, b := range j.bodies {
		for at := range b.statements {
			if !machine.Stop(index, at, true) {
				t.Fatalf("function %d has no instruction at %#x", index, at)
			}
		}
	}
	var events []judgedEvent
	calls := map[int]*judgedCall{}
	var callOf func(n int) *judgedCall
	callOf = func(n int) *judgedCall { // the nth frame from the innermost
		f := machine.Frame(n)
		c := calls[f.Number]
		if c == nil {
			c = &judgedCall{number: f.Number, depth: machine.Depth() - 1 - n, body: j.bodies[f.Func], function: f.Func}
			if c.depth > 0 {
				c.caller, c.at = callOf(n+1), machine.Frame(n+1).At()
			}
			calls[f.Number] = c
		}
		return c
	}
	start := slices.IndexFunc(j.module.Exports, func(e wasm.Export) bool { return e.Name == "_start" })
	machine.Call(j.module.Exports[start].Index)
	for {
		var exit *wasi.ExitError
		if err := machine.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if machine.Depth() == 0 || exit != nil {
			return events
		}
		c := callOf(0)
		levels := c.body.statements[machine.Frame(0).At()]
		for k := range levels {
			if judgeOwns(&levels[k]) {
				events = append(events, judgedEvent{c, machine.Frame(0).At(), levels})
				break
			}
		}
	}
}
