package aot

import (
	"bytes"
	"fmt"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/amd64"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// Operands finds out where the operand stack's entries are in the code of an object: an object
// does not keep that, since only the translation of debug information and a person who looks
// at the code ask for it.
type Operands struct {
	object  *object.File
	module  *wasm.Module
	layout  *abi.Layout
	scratch wasm.Scratch
	// The compiler used last, and the form of its stop sites.
	compiler codemap.Compiler
	sites    codemap.SiteForm
}

// NewOperands returns the Operands of an object, whose module is m.
func NewOperands(o *object.File, m *wasm.Module) (*Operands, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if err := checkLocals(m); err != nil {
		return nil, err
	}
	return &Operands{object: o, module: m, layout: abi.NewLayout(m)}, nil
}

// Moves returns codemap.Func.StackMoves and Pairs of a function of the object. It compiles the function
// again, and fails if that gives other code than the object has.
func (p *Operands) Moves(f *codemap.Func) (moves []codemap.StackMove, pairs [][2]codemap.Place, err error) {
	statements := make([]wasm.CodeOffset, len(f.Read().Sites))
	sites := codemap.SiteByte
	for k, s := range f.Sites {
		statements[k] = s.Wasm
		switch {
		case s.Size == 0:
			sites = codemap.SiteNone
		case s.Size > 1:
			sites = codemap.SiteCall
		}
	}
	return p.compile(f, statements, sites)
}

// compile compiles a function again, with the stop sites that it had.
func (p *Operands) compile(f *codemap.Func, statements []wasm.CodeOffset, sites codemap.SiteForm) (moves []codemap.StackMove, pairs [][2]codemap.Place, err error) {
	m, text := p.module, p.object.Text
	i := int(f.Index) - m.NumImportedFuncs
	if i < 0 || i >= len(m.Code) || f.TextEnd < f.Text || int(f.TextEnd) > len(text) {
		return nil, nil, fmt.Errorf("function %d is not in the module", f.Index)
	}
	if err := m.ValidateFunc(i, &p.scratch); err != nil {
		return nil, nil, err
	}
	if p.compiler == nil || p.sites != sites {
		p.compiler, p.sites = amd64.Backend{}.Compiler(m, p.layout, codemap.Options{Sites: sites, StackMoves: true, Metered: p.object.Map.Metered}), sites
	}
	code := p.compiler.Function(i, within(statements, &m.Code[i]))
	if !sameCode(text[f.Text:f.TextEnd], &code) {
		return nil, nil, fmt.Errorf("function %d was compiled by another compiler or with other options", f.Index)
	}
	moves = code.Func.StackMoves
	for k := range moves {
		moves[k].Text += f.Text
	}
	return moves, code.Func.Pairs, nil
}

// operandsOf compiles functions of an object again, for the translation of its debug information: from the
// same statements as before.
func operandsOf(f *object.File, m *wasm.Module, layout *abi.Layout, statements []wasm.CodeOffset, sites codemap.SiteForm) debuginfo.Operands {
	pool := sync.Pool{New: func() any { return &Operands{object: f, module: m, layout: layout} }}
	return func(fn *codemap.Func) ([]codemap.StackMove, [][2]codemap.Place) {
		p := pool.Get().(*Operands)
		defer pool.Put(p)
		moves, pairs, err := p.compile(fn, within(statements, &m.Code[int(fn.Index)-m.NumImportedFuncs]), sites)
		if err != nil {
			panic(fmt.Sprintf("aot: operands: function %d: %v", fn.Index, err))
		}
		return moves, pairs
	}
}

// sameCode compares placed code with code that still lacks its references.
func sameCode(placed []byte, code *codemap.Code) bool {
	if len(placed) != len(code.Text) {
		return false
	}
	text := bytes.Clone(code.Text)
	for _, r := range code.Refs {
		field := text[r.At:min(int(r.At)+referenceSize, len(text))]
		copy(field, placed[r.At:])
	}
	return bytes.Equal(placed, text)
}

// referenceSize is the size in bytes of the field that a codemap.Ref stands for.
const referenceSize = 4
