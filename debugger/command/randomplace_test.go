package command

import (
	stddwarf "debug/dwarf"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger"
)

// statements is where statements begin by the module's own line table, read by the standard library. It is
// the model of where random commands may stop a program.
type statements struct {
	module *wasm.Module
	begin  map[wasm.CodeOffset]bool
	known  []bool // by body: it has rows
}

// largestModel bounds the modules that a model is made of: the standard library takes long for the others.
const largestModel = 16 << 20

// readStatements returns nil for a module without a line table that the standard library reads.
func readStatements(path string) *statements {
	b, err := os.ReadFile(path)
	if err != nil || len(b) > largestModel {
		return nil
	}
	m, err := wasm.Decode(b)
	if err != nil {
		return nil
	}
	sections := map[string][]byte{}
	for _, c := range m.Customs {
		sections[c.Name] = c.Data
	}
	d, err := stddwarf.New(sections[".debug_abbrev"], nil, nil, sections[".debug_info"], sections[".debug_line"], nil, sections[".debug_ranges"], sections[".debug_str"])
	for _, name := range []string{".debug_addr", ".debug_line_str", ".debug_rnglists", ".debug_str_offsets"} {
		if b := sections[name]; err == nil && b != nil {
			err = d.AddSection(name, b)
		}
	}
	if err != nil {
		return nil
	}
	s := &statements{module: m, begin: map[wasm.CodeOffset]bool{}, known: make([]bool, len(m.Code))}
	for r := d.Reader(); ; r.SkipChildren() {
		unit, err := r.Next()
		if err != nil {
			return nil
		}
		if unit == nil {
			break
		}
		if lines, err := d.LineReader(unit); err != nil || lines != nil && s.read(lines) != nil {
			return nil
		}
	}
	if len(s.begin) == 0 {
		return nil
	}
	return s
}

// read takes the sequences of whole functions.
func (s *statements) read(lines *stddwarf.LineReader) error {
	var sequence []stddwarf.LineEntry
	for {
		var row stddwarf.LineEntry
		if err := lines.Next(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if sequence = append(sequence, row); !row.EndSequence {
			continue
		}
		first := wasm.CodeOffset(sequence[0].Address)
		if i := s.body(first); i >= 0 && first <= s.module.Code[i].Code && row.Address == uint64(s.module.Code[i].End) {
			for _, row := range sequence {
				if row.Line > 0 && !row.EndSequence {
					s.known[i] = true
				}
				if row.Line > 0 && row.IsStmt && !row.EndSequence {
					s.begin[max(wasm.CodeOffset(row.Address), s.module.Code[i].Code)] = true
				}
			}
		}
		sequence = sequence[:0]
	}
}

func (s *statements) body(at wasm.CodeOffset) int {
	code := s.module.Code
	i := sort.Search(len(code), func(i int) bool { return code[i].End > at })
	if i == len(code) || code[i].Start > at {
		return -1
	}
	return i
}

// at tells whether a statement begins at an offset: there, or at the labels in front of it. known is false where the line table
// says nothing.
func (s *statements) at(at wasm.CodeOffset) (begins, known bool) {
	i := s.body(at)
	if i < 0 || !s.known[i] {
		return false, false
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(s.module, &s.module.Code[i]); r.Next(&in) && in.Offset <= at; {
		if s.begin[in.Offset] {
			begins = true
		}
		if in.Offset == at {
			return begins, true
		}
		if in.Op != wasm.OpBlock && in.Op != wasm.OpLoop && in.Op != wasm.OpEnd {
			begins = false
		}
	}
	return false, true
}

// lineSteps are the commands whose steps end at statements.
var lineSteps = []string{"next", "step", "stepinto", "finish", "until", "start", "restart", "run"}

// stoppedRight tells what is wrong with a stop that a command came to: a step must end at a statement, behind a call that has
// returned, or where it began, when it has entered an inlined call; a breakpoint stops at its places, and
// one on a line or a function at a statement.
func (p *player) stoppedRight(line string, before, stop *debugger.Stop, list []debugger.Instruction) error {
	if p.model == nil {
		return nil
	}
	f := stop.Frame
	begins, known := p.model.at(f.Code)
	if !known {
		return nil
	}
	for _, id := range stop.Breakpoints() {
		all := p.s.Breakpoints()
		i := slices.IndexFunc(all, func(b debugger.Breakpoint) bool { return b.ID == id })
		if i < 0 || all[i].Catch != debugger.CatchNothing {
			continue // it was temporary, or is no place
		}
		if !slices.ContainsFunc(all[i].Places, func(pl debugger.BreakPlace) bool { return pl.Text == f.PC && !pl.Disabled }) {
			return fmt.Errorf("breakpoint %d stops at %#x, where it has no place", id, f.PC)
		}
		if b := &all[i]; !begins && (b.Function != "" || b.Line > 0) {
			return fmt.Errorf("breakpoint %d, of a line or a function, stops at %#x in %s, which is no statement", id, f.Code, f.Function)
		}
	}
	word, where, _ := strings.Cut(line, " ")
	if begins || strings.HasPrefix(where, "*") || // an instruction was asked for
		!slices.Contains(lineSteps, word) || !stop.Has(debugger.ReasonStep) && !stop.Has(debugger.ReasonEntry) {
		return nil
	}
	if before != nil && before.Frame != nil && before.Frame.PC == f.PC {
		return nil
	}
	if i := slices.IndexFunc(list, func(in debugger.Instruction) bool { return in.Text == f.PC }); i > 0 && strings.HasPrefix(list[i-1].Asm, "call") {
		return nil
	}
	return fmt.Errorf("the step ended at %v, %#x, which is no statement", f, f.Code)
}
