package debugger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// load reads the program, compiles it unless it is an object, opens its symbols and maps
// its code.
func (s *Session) load(ctx context.Context) error {
	stamp := stampOf(s.cfg.Program)
	s.progress("Compiling")
	first := s.imageNow() == nil
	if first {
		if err := s.loadPreloads(ctx); err != nil {
			return err
		}
	}
	o, err := openObject(ctx, &s.cfg)
	if err != nil {
		return err
	}
	s.progress("Reading debug information")
	load := runtime.Load
	if s.cfg.ShowNative {
		load = runtime.LoadShown
	}
	code, err := load(o)
	if err != nil {
		return fmt.Errorf("%s: %w", s.cfg.Program, err)
	}
	image := newImage(o, code.Wasm())
	s.mu.Lock()
	s.code, s.image, s.stamp = code, image, stamp
	s.mu.Unlock()
	if first {
		s.findNatvis()
	}
	s.useNatvis()
	return nil
}

// progress tells what is being done.
func (s *Session) progress(stage string) {
	if s.cfg.Progress != nil {
		s.cfg.Progress(stage)
	}
}

// openObject reads the program, and compiles it unless it is an object.
func openObject(ctx context.Context, cfg *Config) (*object.File, error) {
	if cfg.Load != nil {
		o, err := cfg.Load(cfg.Program, companions(cfg))
		var path *fs.PathError
		if err != nil && !errors.As(err, &path) {
			err = fmt.Errorf("%s: %w", cfg.Program, err)
		}
		return o, err
	}
	b, err := os.ReadFile(cfg.Program)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var o *object.File
	switch {
	case strings.HasPrefix(string(b), "\x7fELF"):
		o, err = object.Read(b)
	case cfg.Compile != nil:
		o, err = cfg.Compile(b, companions(cfg))
	default:
		o, err = aot.Compile(b, aot.Options{Companions: companions(cfg), Text: debuginfo.TextFills, Imports: cfg.Imports, Fuel: cfg.Fuel > 0})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Program, err)
	}
	return o, nil
}

// companions finds the files that the module's debug information names.
func companions(cfg *Config) *aot.Companions {
	return &aot.Companions{Module: cfg.Program, Dirs: cfg.DebugDirs}
}

// program is one run: an instance with what it was given.
type program struct {
	im       *image
	instance *runtime.Instance
	store    *runtime.Store // of this run
	linked   []linked       // instances of preloaded modules
	system   *wasi.System
	entry    *runtime.Func
	args     []uint64
	start    *runtime.Func // the module's start function, which runs before the entry; nil if there is none
	module   *runtime.Module
	core     *core // of a core dump, which stands in for the program; nil: it is live
	dumped   []int // the globals that the core dump has
	hosted   bool  // the instance is a host's: it is left as it was

	imports *runtime.Imports // of all threads
	threads *threads         // nil: there is one, and will be
	free    *wasi.Threads    // that run under no debugger; nil: they do
	leaks   bool             // a thread did not end in time: what it uses stays
}

// instantiate makes a run of the program.
func (s *Session) instantiate() (*program, error) {
	p := &program{im: s.image, module: s.code}
	cfg := wasi.Config{
		Args:   append([]string{filepath.Base(s.cfg.Program)}, s.cfg.Args...),
		Env:    s.cfg.Env,
		Stdin:  s.cfg.Stdin,
		Stdout: s.cfg.Stdout,
		Stderr: s.cfg.Stderr,

		Listeners: s.cfg.Listeners,
	}
	for _, d := range s.cfg.Dirs {
		cfg.Dirs = append(cfg.Dirs, wasi.Dir{Host: d.Host, Guest: d.Guest, ReadOnly: d.ReadOnly})
	}
	var err error
	if p.system, err = wasi.New(cfg); err != nil {
		return nil, err
	}
	imports := runtime.NewImports()
	p.system.Define(imports)
	p.imports = imports
	wasi.DefineThreads(imports, func(ctx context.Context, arg uint32) (uint32, error) { return s.spawn(ctx, p, arg) })
	if err = s.link(p, imports); err != nil {
		p.store.Close()
		return nil, errors.Join(err, p.system.Close())
	}
	p.begun(s)
	if i, ok := p.instance.StartFunc(); ok {
		p.start = p.instance.Func(i)
	} else {
		p.start = p.initialize()
	}
	if err := p.chooseEntry(s.cfg.Invoke, s.cfg.InvokeArgs); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// chooseEntry finds the function to run and its arguments.
func (p *program) chooseEntry(invoke string, args []string) (err error) {
	name := invoke
	if name == "" {
		name = "_start"
	}
	p.entry = p.instance.ExportedFunc(name)
	if p.entry == nil {
		var names []string
		for i := range p.im.module.Exports {
			if e := &p.im.module.Exports[i]; e.Kind == wasm.ExternFunc {
				names = append(names, e.Name)
			}
		}
		what := "the module exports no function " + name
		if invoke == "" {
			what = "the module is no program: it exports no function _start"
		}
		if len(names) == 0 {
			return errors.New(what)
		}
		return fmt.Errorf("%s; a function to invoke must be one of %s", what, strings.Join(names, ", "))
	}
	t := p.entry.Type()
	if invoke == "" && len(t.Params) > 0 {
		return errors.New("_start takes parameters")
	}
	if invoke == "" {
		return nil
	}
	p.args, err = parseArgs(name, t.Params, args)
	return err
}

// close ends the run and frees it.
func (p *program) close() {
	if p.hosted {
		p.instance.Detach()
		return
	}
	p.closeCoreThreads()
	p.endThreads()
	if p.leaks {
		return
	}
	// These fail only for what is closed already.
	_ = p.instance.Close()
	if p.store != nil {
		p.store.Close()
	}
	_ = p.system.Close()
}

// entryText is where the entry function begins.
func (p *program) entryText() abi.TextOffset {
	if in, i := p.entry.Instance(); in != nil && in.Module() == p.module {
		if f := p.module.FuncByIndex(i); f != nil {
			return f.Text
		}
	}
	return 0
}

// mainPlaces finds where the program's own code begins: behind the prologue of main, of the
// invoked function, or of _start.
func (s *Session) mainPlaces() []abi.TextOffset {
	im := s.image
	if s.cfg.Invoke == "" {
		var best []*symbols.Function
		inRust := false
		for _, f := range im.table.Functions("main") {
			if len(f.Ranges) == 0 || !im.hasLines(f.Entry) {
				continue
			}
			rust := f.Unit != nil && f.Unit.Language == symbols.LangRust
			// Rust's main is called through a C function main, which has no lines worth a stop.
			if inRust && !rust {
				continue
			}
			if rust && !inRust {
				best, inRust = nil, true
			}
			best = append(best, f)
		}
		described := func(f *symbols.Function) bool { return f.Unit == nil || !debuginfo.IsSynthetic(f.Unit.Producer) }
		if slices.ContainsFunc(best, described) {
			best = slices.DeleteFunc(best, func(f *symbols.Function) bool { return !described(f) })
		}
		var places []abi.TextOffset
		for _, f := range best {
			places = append(places, im.functionStatements(f.Entry)[0].text)
		}
		if len(places) > 0 {
			return places
		}
	}
	entry := s.program.entryText()
	if stmts := im.functionStatements(entry); len(stmts) > 0 {
		return []abi.TextOffset{stmts[0].text}
	}
	if f := im.function(entry); f != nil {
		return []abi.TextOffset{f.BodyText}
	}
	return nil
}
