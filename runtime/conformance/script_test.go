package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strings"
	"time"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// command is one line of a script.
type command struct {
	Type       string
	Line       int
	Name       string
	Filename   string
	ModuleType string `json:"module_type"`
	As         string
	Text       string
	Instance   string
	Module     string // of which Instance is one
	Action     struct {
		Type   string
		Module string
		Field  string
		Args   []value
	}
	Expected []value
}

// script is a running script.
type script struct {
	files   fs.FS
	dir     string // of the script's modules in files
	store   *runtime.Store
	imports *runtime.Imports
	modules []*runtime.Module
	named   map[string]*runtime.Instance
	defined map[string]*runtime.Module // by module_definition; "" is the last one
	current *runtime.Instance
}

// errSkipped marks a command that nothing can be said about.
var errSkipped = errors.New("skipped")

// readScript reads a script's commands.
func readScript(files fs.FS, name string) ([]command, error) {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var s struct{ Commands []command }
	err = json.Unmarshal(b, &s)
	return s.Commands, err
}

func newScript(files fs.FS, dir string) (*script, error) {
	s := &script{
		files: files, dir: dir, store: runtime.NewStore(), imports: runtime.NewImports(),
		named: map[string]*runtime.Instance{}, defined: map[string]*runtime.Module{},
	}
	return s, s.spectest()
}

func (s *script) close() {
	s.store.Close()
	for _, m := range s.modules {
		m.Close()
	}
}

// spectest defines the host module that the scripts import from (see the suite's
// interpreter/README.md, "Scripts").
func (s *script) spectest() error {
	types := map[wasm.ValType]string{wasm.I32: "i32", wasm.I64: "i64", wasm.F32: "f32", wasm.F64: "f64"}
	values := map[wasm.ValType]uint64{
		wasm.I32: 666, wasm.I64: 666,
		wasm.F32: uint64(math.Float32bits(666.6)), wasm.F64: math.Float64bits(666.6),
	}
	nothing := func(context.Context, *runtime.Instance, []uint64) error { return nil }
	print := func(name string, params ...wasm.ValType) {
		s.imports.DefineFunc("spectest", name, wasm.FuncType{Params: params}, nothing)
	}
	print("print")
	print("print_i32_f32", wasm.I32, wasm.F32)
	print("print_f64_f64", wasm.F64, wasm.F64)
	for t, name := range types {
		print("print_"+name, t)
		s.imports.Define("spectest", "global_"+name, runtime.NewGlobal(wasm.GlobalType{Type: t}, values[t]))
	}
	for name, is64 := range map[string]bool{"table": false, "table64": true} {
		table, err := runtime.NewTable(wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 10, Max: 20, HasMax: true}, Is64: is64})
		if err != nil {
			return err
		}
		s.imports.Define("spectest", name, table)
	}
	for name, shared := range map[string]bool{"memory": false, "shared_memory": true} {
		memory, err := s.store.NewMemory(wasm.MemoryType{Limits: wasm.Limits{Min: 1, Max: 2, HasMax: true}, Shared: shared})
		if err != nil {
			return err
		}
		s.imports.Define("spectest", name, memory)
	}
	return nil
}

// compile takes a module all the way to a mapped one.
func (s *script) compile(name string) (*runtime.Module, error) {
	b, err := fs.ReadFile(s.files, path.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	f, err := aot.Compile(b, aot.Options{Workers: 1})
	if err != nil {
		return nil, err
	}
	var elf bytes.Buffer
	if err := object.Write(&elf, f); err != nil {
		return nil, err
	}
	if f, err = object.Read(elf.Bytes()); err != nil {
		return nil, err
	}
	m, err := runtime.Load(f)
	if err != nil {
		return nil, err
	}
	s.modules = append(s.modules, m)
	return m, nil
}

// timeLimit is for one command: an endless loop is a failure and not the test's end.
const timeLimit = 60 * time.Second

// run executes one command; nil if what it says is so.
func (s *script) run(c *command) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()
	switch c.Type {
	case "module":
		in, err := s.instantiate(ctx, c)
		s.current = in
		if in != nil && c.Name != "" {
			s.named[c.Name] = in
		}
		return err
	case "module_definition":
		m, err := s.compile(c.Filename)
		s.defined[c.Name], s.defined[""] = m, m
		return err
	case "module_instance":
		m := s.defined[c.Module]
		if m == nil {
			return fmt.Errorf("no definition %q", c.Module)
		}
		in, err := s.store.Instantiate(ctx, m, s.imports, runtime.Config{})
		s.current = in
		if c.Instance != "" {
			s.named[c.Instance] = in
		}
		return err
	case "register":
		in, err := s.instance(c.Name)
		if err != nil {
			return err
		}
		s.imports.DefineInstance(c.As, in)
		return nil
	case "action":
		_, err := s.act(ctx, c)
		return err
	case "assert_return":
		got, err := s.act(ctx, c)
		if err != nil {
			return err
		}
		return matchAll(got, c.Expected)
	case "assert_exception":
		_, err := s.act(ctx, c)
		return wantTrap(err, runtime.TrapWords(abi.TrapException))
	case "assert_trap", "assert_exhaustion":
		got, err := s.act(ctx, c)
		if err == nil {
			return fmt.Errorf("returned %x, want trap %q", got, c.Text)
		}
		return wantTrap(err, c.Text)
	case "assert_uninstantiable":
		_, err := s.instantiate(ctx, c)
		return wantTrap(err, c.Text)
	case "assert_unlinkable":
		_, err := s.instantiate(ctx, c)
		return wantUnlinkable(err, c.Text)
	case "assert_invalid", "assert_malformed", "assert_invalid_custom", "assert_malformed_custom":
		if c.ModuleType == "text" {
			return errSkipped // for a reader of the text format
		}
		_, err := s.compile(c.Filename)
		var e *wasm.Error
		if !errors.As(err, &e) {
			return fmt.Errorf("%v, want it refused: %q", err, c.Text)
		}
		return nil
	}
	return fmt.Errorf("unknown command %q", c.Type)
}

func (s *script) instantiate(ctx context.Context, c *command) (*runtime.Instance, error) {
	m, err := s.compile(c.Filename)
	if err != nil {
		return nil, err
	}
	return s.store.Instantiate(ctx, m, s.imports, runtime.Config{})
}

func (s *script) instance(name string) (*runtime.Instance, error) {
	in := s.current
	if name != "" {
		in = s.named[name]
	}
	if in == nil {
		return nil, fmt.Errorf("no instance %q", name)
	}
	return in, nil
}

// act invokes a function or reads a global.
func (s *script) act(ctx context.Context, c *command) ([]uint64, error) {
	in, err := s.instance(c.Action.Module)
	if err != nil {
		return nil, err
	}
	if c.Action.Type == "get" {
		g, ok := in.Export(c.Action.Field).(*runtime.Global)
		if !ok {
			return nil, fmt.Errorf("no global %q", c.Action.Field)
		}
		if g.Type().Type == wasm.V128 {
			v := g.Vector()
			return v[:], nil
		}
		return []uint64{g.Get()}, nil
	}
	var args []uint64
	for _, a := range c.Action.Args {
		w, err := a.words()
		if err != nil {
			return nil, err
		}
		args = append(args, w...)
	}
	return in.Call(ctx, c.Action.Field, args...)
}

// wantTrap expects a trap of the suite's words. Where 1.0 and 2.0 differ in words for the
// same trap, ours are those of 2.0.
func wantTrap(err error, text string) error {
	var trap *runtime.TrapError
	if !errors.As(err, &trap) {
		return fmt.Errorf("%v, want trap %q", err, text)
	}
	words := runtime.TrapWords(trap.Kind)
	if strings.HasPrefix(words, text) || strings.HasPrefix(text, words) {
		return nil
	}
	switch {
	case text == "indirect call" && trap.Kind == abi.TrapSignature,
		strings.HasPrefix(text, "null ") && strings.HasSuffix(text, " reference") && trap.Kind == abi.TrapNullReference,
		// A passive segment that was dropped counts as empty.
		text == "undefined element" && trap.Kind == abi.TrapTable:
		return nil
	}
	return fmt.Errorf("trap %q, want %q", words, text)
}

// wantUnlinkable expects that an instance is refused for its imports. Segments that do not fit
// were that too in 1.0 and are traps since.
func wantUnlinkable(err error, text string) error {
	if strings.HasSuffix(text, "segment does not fit") {
		if err := wantTrap(err, "out of bounds "); err != nil {
			return fmt.Errorf("%w (%q)", err, text)
		}
		return nil
	}
	var link *runtime.LinkError
	if !errors.As(err, &link) {
		return fmt.Errorf("%v, want it unlinkable: %q", err, text)
	}
	if !strings.HasPrefix(link.Error(), text) {
		return fmt.Errorf("%q, want %q", link, text)
	}
	return nil
}
