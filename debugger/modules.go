package debugger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// A program may consist of several modules: those that are preloaded are instantiated first, in their order, and
// each gives its exports to those behind it. The session debugs the program's own module. Frames of the others are
// named by their debug information, and Host.Run shows each as an instance that debuggers attach to.

// Preload is a module that the program, or another preloaded one, imports from.
type Preload struct {
	Name string // the module's name in imports
	Path string // of a .wasm module or an object, as Config.Program
}

// StubImports says what becomes of imports that nothing defines.
type StubImports uint8

const (
	StubNone StubImports = iota // the program is not started
	StubTrap                    // functions stop the program when they are called
	StubZero                    // functions return zero; globals are zero, tables and memories empty
)

// ParsePreload reads NAME=FILE.
func ParsePreload(text string) (Preload, error) {
	name, path, ok := strings.Cut(text, "=")
	if !ok || name == "" || path == "" {
		return Preload{}, errors.New("want NAME=FILE")
	}
	return Preload{Name: name, Path: path}, nil
}

// ParseStubImports reads trap or zero; nothing is StubNone.
func ParseStubImports(text string) (StubImports, error) {
	switch text {
	case "":
		return StubNone, nil
	case "trap":
		return StubTrap, nil
	case "zero":
		return StubZero, nil
	}
	return StubNone, errors.New("want trap or zero")
}

// preloaded is a Preload that was loaded.
type preloaded struct {
	Preload
	object *object.File
	code   *runtime.Module
	image  func() *image // opened when a frame is shown
}

// linked is an instance of a preloaded module.
type linked struct {
	of       *preloaded
	instance *runtime.Instance
}

// loadPreloads loads the modules before the program's own.
func (s *Session) loadPreloads(ctx context.Context) error {
	for _, p := range s.cfg.Preloads {
		cfg := s.cfg
		cfg.Program = p.Path
		o, err := openObject(ctx, &cfg)
		var code *runtime.Module
		if err == nil {
			code, err = runtime.Load(o)
		}
		if err != nil {
			s.closePreloads()
			return fmt.Errorf("preload %s: %w", p.Name, err)
		}
		s.preloads = append(s.preloads, &preloaded{Preload: p, object: o, code: code, image: onceImage(o, code)})
	}
	return nil
}

// closePreloads gives up what loadPreloads has loaded.
func (s *Session) closePreloads() {
	for _, p := range s.preloads {
		p.code.Close()
	}
	s.preloads = nil
}

// link makes the store of a run: instances of the preloaded modules, and stubs for what is missing.
func (s *Session) link(p *program, imports *runtime.Imports) error {
	p.store = runtime.NewStore()
	p.store.MirrorShared()
	for _, l := range s.preloads {
		in, err := s.instantiateIn(p, l.code, imports, runtime.Config{})
		if err == nil && in.ExportedFunc("_initialize") != nil {
			_, err = in.Call(context.Background(), "_initialize")
		}
		if err != nil {
			return fmt.Errorf("preload %s: %w", l.Name, err)
		}
		imports.DefineInstance(l.Name, in)
		p.linked = append(p.linked, linked{l, in})
	}
	var err error
	p.instance, err = s.instantiateIn(p, s.code, imports, runtime.Config{DeferStart: true, StackSize: s.cfg.StackSize, Fuel: s.cfg.Fuel})
	var missing *runtime.LinkError
	if errors.As(err, &missing) && strings.HasPrefix(missing.Msg, "unknown import") && s.cfg.StubImports == StubNone {
		err = fmt.Errorf("%w (preload a module that exports them, or stub them)", err)
	}
	return err
}

func (s *Session) instantiateIn(p *program, code *runtime.Module, imports *runtime.Imports, cfg runtime.Config) (*runtime.Instance, error) {
	cfg.Imports = s.cfg.Imports
	if err := p.store.DefineShared(code.Wasm(), imports); err != nil {
		return nil, err
	}
	if err := stubImports(p.store, s.cfg.StubImports, code.Wasm(), imports); err != nil {
		return nil, err
	}
	return p.store.Instantiate(context.Background(), code, imports, cfg)
}

// stubImports defines what m imports and nothing defines.
func stubImports(store *runtime.Store, how StubImports, m *wasm.Module, imports *runtime.Imports) error {
	for i := range m.Imports {
		im := &m.Imports[i]
		if how == StubNone || imports.Lookup(im.Module, im.Name) != nil || how == StubTrap && im.Kind != wasm.ExternFunc {
			continue
		}
		var stub runtime.Extern
		var err error
		switch im.Kind {
		case wasm.ExternFunc:
			stub = stubFunc(how, im, m.Types[im.Type])
		case wasm.ExternTable:
			stub, err = runtime.NewTable(im.Table)
		case wasm.ExternMemory:
			stub, err = store.NewMemory(im.Memory)
		case wasm.ExternGlobal:
			stub = runtime.NewGlobal(im.Global, 0)
		case wasm.ExternTag:
			stub = runtime.NewTag(m.Types[im.Type].Params...)
		}
		if err != nil {
			return fmt.Errorf("stub for %s.%s: %w", im.Module, im.Name, err)
		}
		imports.Define(im.Module, im.Name, stub)
	}
	return nil
}

func stubFunc(how StubImports, im *wasm.Import, t wasm.FuncType) *runtime.Func {
	name := im.Module + "." + im.Name
	return runtime.NewHostFunc(name, t, func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		if how == StubTrap {
			return fmt.Errorf("the program called the import %s, which nothing defines", name)
		}
		clear(stack)
		return nil
	})
}

// afterStart is what runs before the entry function behind p.start, or nil.
func (p *program) afterStart() *runtime.Func {
	if i, ok := p.instance.StartFunc(); ok {
		if _, index := p.start.Instance(); index == i {
			return p.initialize()
		}
	}
	return nil
}

// initialize is the function of a reactor that runs before all others, or nil.
func (p *program) initialize() *runtime.Func {
	f := p.instance.ExportedFunc("_initialize")
	if f == nil || len(f.Type().Params)+len(f.Type().Results) > 0 {
		return nil
	}
	if in, _ := f.Instance(); in != p.instance {
		return nil
	}
	return f
}

func onceImage(o *object.File, code *runtime.Module) func() *image {
	return sync.OnceValue(func() *image { return newImage(o, code.Wasm()) })
}

// physicalFrame makes a frame of what the walk of the stack has found. A function of another module is none of the guest's
// functions to the session: it is only named.
func (p *program) physicalFrame(f runtime.Frame) *physicalFrame {
	frame := &physicalFrame{Frame: f, pc: f.PC, cfa: f.CFA}
	if f.Instance == p.instance || f.Host != nil {
		return frame
	}
	frame.foreign = "(another module)"
	for _, l := range p.linked {
		if l.instance == f.Instance {
			frame.foreign = l.of.name(f)
		}
	}
	frame.Func, frame.Thunk = nil, nil
	return frame
}

// name says which function of the module a frame is of, and where it stands.
func (l *preloaded) name(f runtime.Frame) string {
	switch {
	case f.Func != nil:
	case f.Thunk != nil && f.Thunk.Kind == codemap.ImportThunk:
		return fmt.Sprintf("(%s: call of %s)", l.Name, l.image().importName(f.Thunk.Index))
	default:
		return fmt.Sprintf("(%s)", l.Name)
	}
	im, at := l.image(), f.Lookup()
	name, place := fmt.Sprintf("wasm function %d", f.Func.Index), ""
	if fn := im.table.Function(at); fn != nil && fn.Name != "" {
		name = fn.Name
	}
	if chain := im.chain(at); len(chain) > 0 {
		if fr := chain[0]; fr.Func != nil && fr.Func.Name != "" {
			name = fr.Func.Name
		}
		if fr := chain[0]; fr.File != "" && fr.Line > 0 {
			place = fmt.Sprintf(" at %s:%d", fr.File, fr.Line)
		}
	}
	return fmt.Sprintf("(%s: %s%s)", l.Name, name, place)
}
