package debugger

import (
	"context"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Inspection is a program that is looked at and not run: it needs no imports, no processor of
// the right kind, and no rights.
type Inspection struct {
	image *image
	// session never runs: it is asked for source text only.
	session *Session
}

// Inspect opens a program for looking at it. Of cfg it needs what is about the program's file
// and its sources.
func Inspect(ctx context.Context, cfg Config) (*Inspection, error) {
	o, err := openObject(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	m, err := wasm.Decode(o.Module)
	if err != nil {
		return nil, fmt.Errorf("%s: the module in the object: %w", cfg.Program, err)
	}
	im := newImage(o, m)
	return &Inspection{image: im, session: &Session{cfg: cfg, image: im, source: newSourceFinder(&cfg)}}, nil
}

// Object is the program's native code with its debug information.
func (p *Inspection) Object() *object.File { return p.image.object }

// Module is the program without its debug information.
func (p *Inspection) Module() *wasm.Module { return p.image.module }

// Symbols answers what the object's DWARF says.
func (p *Inspection) Symbols() *symbols.Table { return p.image.table }

// TypeName returns the short name of a variable's type, "" for one without.
func (p *Inspection) TypeName(v *symbols.Variable) string {
	if off, ok := v.Type(); ok {
		return p.image.types.NameAt(off)
	}
	return ""
}

// Find returns the places that a breakpoint with this spec would get, and what there is to say
// about them.
func (p *Inspection) Find(spec BreakpointSpec) (places []BreakPlace, message string) {
	return p.image.bind(&spec)
}

// Code returns the code map of the function that holds at, or nil.
func (p *Inspection) Code(at abi.TextOffset) *codemap.Func { return p.image.function(at) }

// Disassemble decodes [lo, hi) of the text. What is no instruction comes as single bytes.
func (p *Inspection) Disassemble(lo, hi abi.TextOffset) ([]Instruction, error) {
	number := p.image.object.Map.Target.Machine
	m := machineFor(number)
	if m == nil {
		return nil, fmt.Errorf("no disassembler for ELF machine %d", number)
	}
	return p.image.disassemble(m, lo, hi, -1), nil
}

// RegisterName names a register of the program's processor by its DWARF number.
func (p *Inspection) RegisterName(r codemap.Reg) string {
	if m := machineFor(p.image.object.Map.Target.Machine); m != nil {
		return m.registerName(r)
	}
	return fmt.Sprintf("reg%d", r)
}

// FunctionName names a function of the module's index space.
func (p *Inspection) FunctionName(index uint32) string {
	if int(index) < p.image.module.NumImportedFuncs {
		return p.image.importName(index)
	}
	i := int(index) - p.image.module.NumImportedFuncs
	if funcs := p.image.object.Map.Funcs; i < len(funcs) && funcs[i].Index == index {
		if fn := p.image.table.Function(funcs[i].BodyText); fn != nil {
			return fn.Name
		}
	}
	return ""
}

// SourcePart returns at least those of the lines from to to of a source file that there are; first
// is the number of the first one returned.
func (p *Inspection) SourcePart(file string, from, to int) (lines []string, first int, err error) {
	lines, first, _, err = p.session.SourcePart(file, from, to)
	return lines, first, err
}
