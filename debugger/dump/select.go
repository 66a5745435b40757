package dump

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger"
)

// Selected is what a selector names.
type Selected struct {
	Functions []*codemap.Func
	// File and Line are set when a line was named: only its code is meant.
	File string
	Line int
	Note string // what differs from what was asked for
}

// Select finds what users name as they name a breakpoint's place: a function, FILE:LINE, *OFFSET for an
// offset in the code section, and func[N] for a function by its index.
func (p *Program) Select(text string) (Selected, error) {
	var sel Selected
	var spec debugger.BreakpointSpec
	text = strings.TrimSpace(text)
	if off, ok := strings.CutPrefix(text, "*"); ok {
		n, err := strconv.ParseUint(strings.TrimSpace(off), 0, 32)
		if err != nil {
			return sel, fmt.Errorf("%q is no offset in the code section", off)
		}
		code := wasm.CodeOffset(n)
		spec.Code = &code
	} else if file, line, ok := debugger.CutLine(text); ok {
		spec.File, spec.Line = file, line
	} else {
		spec.Function = text
	}
	return p.find(spec)
}

// SelectOffset finds the function at an offset of the module's file.
func (p *Program) SelectOffset(off wasm.FileOffset) (Selected, error) {
	return p.find(debugger.BreakpointSpec{Offset: &off})
}

func (p *Program) find(spec debugger.BreakpointSpec) (Selected, error) {
	var sel Selected
	places, message := p.Find(spec)
	if len(places) == 0 {
		return sel, errors.New(message)
	}
	sel.Note = message
	for _, pl := range places {
		if f := p.Code(pl.Text); f != nil && !slices.Contains(sel.Functions, f) {
			sel.Functions = append(sel.Functions, f)
		}
		if spec.File != "" {
			sel.File, sel.Line = pl.File, pl.Line
		}
	}
	return sel, nil
}

// Match finds the functions whose names match.
func (p *Program) Match(re *regexp.Regexp) []*codemap.Func {
	var list []*codemap.Func
	for _, fn := range p.Symbols().AllFunctions() {
		if !re.MatchString(fn.Name) {
			continue
		}
		if f := p.Code(fn.Entry); f != nil && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// Narrow leaves of a function what comes from one line, and the variables that are in scope there.
func (f *Function) Narrow(file string, line int) {
	var kept []Statement
	for i := range f.Statements {
		if f.Statements[i].comes(file, line) {
			kept = append(kept, f.Statements[i])
		}
	}
	f.Statements = kept
	var vars []Variable
	for i := range f.Variables {
		v := &f.Variables[i]
		for k := range kept {
			if v.livesIn(&kept[k]) {
				vars = append(vars, *v)
				break
			}
		}
	}
	f.Variables = vars
}

// livesIn reports whether the variable is in scope at some code of the statement.
func (v *Variable) livesIn(st *Statement) bool {
	for i := range st.Insts {
		for _, n := range st.Insts[i].Native {
			if _, ok := v.At(n.Text); ok {
				return true
			}
		}
	}
	return false
}
