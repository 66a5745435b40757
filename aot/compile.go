package aot

import (
	"fmt"
	"runtime"

	"sphex/aot/abi"
	"sphex/aot/amd64"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// Options are the choices of a compilation. The zero value is good.
type Options struct {
	// Sites is the form of the nops at stop sites.
	Sites codemap.SiteForm
	// Workers is the number of functions that compile at the same time; 0: one per processor.
	// The output does not depend on it.
	Workers int
	// Report, if set, is told what became of the module's debug information.
	Report func(*debuginfo.Report)

	// Companions finds the files that the module's debug information names; nil: none is read.
	Companions *Companions

	// Text makes the module's own text the source of functions without another.
	Text debuginfo.Text

	// Tests choose the statements and the record of operands.
	statements func(*wasm.Module) []wasm.CodeOffset
	stackMoves bool
}

// Compile compiles a module. The error is a *wasm.Error when the module is malformed, invalid
// or needs a feature that is not supported.
func Compile(module []byte, o Options) (*object.File, error) {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	m, err := wasm.Decode(module)
	if err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if err := checkLocals(m); err != nil {
		return nil, err
	}
	layout := abi.NewLayout(m)
	var finder debuginfo.Finder
	if o.Companions != nil {
		finder = o.Companions
	}
	input := debuginfo.OpenText(m, finder, o.Text)
	var statements []wasm.CodeOffset
	if o.statements != nil {
		statements = o.statements(m)
	} else {
		statements = debuginfo.Statements(input)
	}
	backend := amd64.Backend{}
	funcs, err := compileFunctions(backend, m, layout, statements, workers, codemap.Options{
		Sites:      o.Sites,
		StackMoves: o.stackMoves,
	}, input.NamesOperands())
	if err != nil {
		return nil, err
	}
	text, cm, err := link(backend, m, funcs, backend.Thunks(m, layout, funcs))
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	collect(module)
	debug, report := debuginfo.Translate(input, cm, layout)
	input = nil
	collect(module)
	if o.Report != nil {
		o.Report(report)
	}
	return &object.File{
		ABIVersion: abi.Version,
		Text:       text,
		Map:        cm,
		Module:     object.Strip(module),
		Debug:      debug,
		Notes:      report.Notes(),
		Symbols:    object.Symbols(cm, functionName(m)),
	}, nil
}

// collect frees, between the phases of a big module's compilation, what the phase before left. The
// collector would wait until the memory in use has doubled.
func collect(module []byte) {
	if len(module) > 64<<20 {
		runtime.GC()
	}
}

// checkLocals bounds the memory that a module can ask for by declaring locals, which takes
// it a few bytes for any number of them.
func checkLocals(m *wasm.Module) error {
	room := 1<<21 + 8*len(m.Bytes)
	for i := range m.Code {
		room -= len(m.FuncType(uint32(m.NumImportedFuncs + i)).Params)
		for _, run := range m.Code[i].Locals {
			room -= int(run.Count)
		}
		if room < 0 {
			return &wasm.Error{Offset: m.FileOffset(m.Code[i].Start), Section: "code", Msg: "too many locals in all"}
		}
	}
	return nil
}

// functionName returns the name of a function: that of the name section, or the two names of
// an import, or the one under which it is exported, or none.
func functionName(m *wasm.Module) func(index uint32) string {
	names := m.Names().Funcs
	imports := make([]string, 0, m.NumImportedFuncs)
	for i := range m.Imports {
		if im := &m.Imports[i]; im.Kind == wasm.ExternFunc {
			imports = append(imports, im.Module+"."+im.Name)
		}
	}
	exports := map[uint32]string{}
	for i := range m.Exports {
		if e := &m.Exports[i]; e.Kind == wasm.ExternFunc && exports[e.Index] == "" {
			exports[e.Index] = e.Name
		}
	}
	return func(index uint32) string {
		if n := names[index]; n != "" {
			return n
		}
		if int(index) < len(imports) {
			return imports[index]
		}
		return exports[index]
	}
}
