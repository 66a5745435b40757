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
	// Fuel makes the code count what it does, so that it can be limited: see codemap.Map.Metered.
	Fuel bool
	// Workers is the number of functions that compile at the same time; 0: one per processor.
	// The output does not depend on it.
	Workers int
	// Imports is the allow-list of what the module may import; nil allows everything. An object of the cache is
	// not asked again: runtime.Config has the same list.
	Imports *wasm.ImportPolicy
	// Report, if set, is told what became of the module's debug information.
	Report func(*debuginfo.Report)

	// Companions finds the files that the module's debug information names; nil: none is read.
	Companions *Companions

	// Text makes the module's own text the source of functions without another.
	Text debuginfo.Text

	// Moves keeps in the object's map where operands are (codemap.Func.StackMoves), of the functions
	// of which the translation of debug information asked it.
	Moves bool

	// LaterFrom, unless Report or Moves are set, is the size in bytes from which on a module's debug information is translated only
	// when somebody asks for it (object.File.Later); 0: never. The module must stay as it is until
	// all of it is translated. LargeModule is a good choice for a debugger.
	LaterFrom int

	// released, if set, is called when the module is not needed any more, but for the caller itself.
	released func()

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
	if err := o.Imports.Check(m); err != nil {
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
	size := len(module)
	later := o.LaterFrom > 0 && size >= o.LaterFrom && o.Report == nil && !o.Moves && len(input.Sections.Info) > 0
	recorded := func(int) bool { return false }
	if !later {
		recorded = input.NamesOperands()
	}
	funcs, err := compileFunctions(backend, m, layout, statements, workers, codemap.Options{
		Sites:      o.Sites,
		StackMoves: o.stackMoves,
		Metered:    o.Fuel,
	}, recorded)
	if err != nil {
		return nil, err
	}
	text, cm, err := link(backend, m, funcs, backend.Thunks(m, layout, funcs))
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	cm.Metered = o.Fuel
	f := &object.File{
		ABIVersion: abi.Version,
		Text:       text,
		Map:        cm,
		Module:     object.Strip(module),
		Symbols:    object.Symbols(cm, functionName(m)),
	}
	// released is called when the debug information needs neither the module nor where operands are.
	released := func() {
		if !o.Moves && !o.stackMoves {
			forgetMoves(cm)
		}
		if o.released != nil {
			o.released()
		}
	}
	if later {
		l := debuginfo.TranslateLater(input, cm, layout, operandsOf(f, m, layout, statements, o.Sites), released)
		f.Later, f.Notes = l, l.Notes
		return f, nil
	}
	collect(size)
	defer save(size)() // most is in use from here on
	debug := debuginfo.Rewrite(input, cm, layout)
	if o.Report != nil {
		o.Report(debug.Report)
	}
	f.Notes = debug.Report.Notes()
	released()
	collect(size) // the module, too, if the caller has no more use for it
	f.Debug = debug.Sections()
	return f, nil
}

// LargeModule is the size from which on it shows when debug information is translated later. That of a
// smaller module takes less than a second, and then the object is in the cache, however soon the process
// ends.
const LargeModule = bigModule

// forgetMoves frees what nobody but the translation of debug information asks for.
func forgetMoves(cm *codemap.Map) {
	for i := range cm.Funcs {
		cm.Funcs[i].StackMoves = nil
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
