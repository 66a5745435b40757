package runtime

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Config has the options of an instance. The zero value is good.
type Config struct {
	StackSize  uint64 // bytes of guest stack; 0: DefaultStackSize
	Limits     Limits
	Limiter    MemoryLimiter      // nil: none but Limits
	DeferStart bool               // do not run the start function: see StartFunc
	Host       any                // the embedder's own: Instance.Host
	Imports    *wasm.ImportPolicy // what may be imported; nil: everything
	// Fuel is how much the instance may spend, if its module is metered (Module.Metered); 0: as much as it will. When it
	// is used up, OnFuel is asked for more.
	Fuel   uint64
	OnFuel OnFuel
}

// DefaultStackSize is the usable size of a guest stack.
const DefaultStackSize = 1 << 20

// Instance is a module with its state.
type Instance struct {
	mod   *Module
	store *Store
	cfg   Config

	ctx    *abi.Context
	addr   abi.Addr // of ctx
	stack  native.Stack
	memory abi.Addr // base of memory 0

	imports  []*Func // of the function index space
	tables   []*Table
	memories []*Memory
	globals  []*Global
	tags     []*Tag
	elems    [][]uint64 // what is left of the element segments
	datas    [][]byte   // what is left of the data segments

	state  atomic.Uint32 // stateIdle, …
	top    *activation   // innermost one of this instance
	thread atomic.Pointer[thread]
	killed atomic.Bool
	leader *Instance                  // whose breakpoints it has; nil: its own
	fatal  atomic.Pointer[FatalFault] // that ended a call: there can be no other
	given  uint64                     // fuel, so far
	rest   atomic.Pointer[uint64]     // of it, when the context was given back; nil: it is the instance's own

	bytes, elements budget // of the memories and tables of its own
	refused         atomic.Pointer[error]
	initial         *initial             // of a pool's: what it holds at first
	pool            atomic.Pointer[Pool] // that it goes back to

	debug *debugRun
	// watcher is debug where a debugger is attached to whatever calls there are.
	watcher atomic.Pointer[debugRun]
	// onBreakpoint decides whether a breakpoint stops; nil: each does.
	onBreakpoint func(pc abi.TextOffset) bool
	onWatch      func(s *Stop) bool // the same for accesses of what is watched
	handlerStops atomic.Bool        // see StopAtHandlers
	onTrap       func(t *TrapError, frames iter.Seq[Frame]) any

	closed atomic.Bool
	mu     sync.Mutex
	linked bool // shares something with other instances: freed by the store
	freed  bool
}

// Instantiate makes an instance: it resolves the imports, sets up globals, tables and
// memories, applies the active segments, and runs the start function (core specification,
// 4.5.4). A trap in a segment or the start function is a *TrapError; what was written to
// imported tables and memories until then stays.
func (s *Store) Instantiate(ctx context.Context, m *Module, imports *Imports, cfg Config) (*Instance, error) {
	if err := cfg.Imports.Check(m.wasm); err != nil {
		return nil, err
	}
	externs, err := imports.resolve(m.wasm, m.types)
	if err != nil {
		return nil, err
	}
	return s.instantiate(ctx, m, externs, cfg)
}

// instantiate is Instantiate when the imports are known.
func (s *Store) instantiate(ctx context.Context, m *Module, externs []Extern, cfg Config) (_ *Instance, err error) {
	if cfg.StackSize == 0 {
		cfg.StackSize = DefaultStackSize
	}
	if err := cfg.meters(m); err != nil {
		return nil, err
	}
	if n := len(m.wasm.Memories) - m.wasm.NumImportedMemories; cfg.Limits.Memories > 0 && n > cfg.Limits.Memories {
		return nil, &LimitError{"memories", uint64(n), uint64(cfg.Limits.Memories)}
	}
	if err := s.count.take(1, uint64(s.limits.Instances), "instances in the store"); err != nil {
		return nil, err
	}
	if err := m.retain(); err != nil {
		s.count.give(1)
		return nil, err
	}
	in := &Instance{mod: m, store: s, cfg: cfg}
	made := false
	defer func() { // also when the start function, or the limiter, panics
		if !made && !in.linked { // else its functions may stand in a table of another: the store keeps it
			in.Close()
		}
	}()
	err = in.allocate(ctx, externs)
	if err == nil {
		err = in.initialize()
	}
	if err == nil && m.wasm.Start != nil && !cfg.DeferStart {
		_, err = in.call(ctx, *m.wasm.Start, nil)
	}
	if err != nil {
		return nil, err
	}
	made = true
	return in, nil
}

// Instantiate makes an instance that shares nothing with others but what imports say.
func Instantiate(ctx context.Context, m *Module, imports *Imports, cfg Config) (*Instance, error) {
	return NewStore().Instantiate(ctx, m, imports, cfg)
}

// allocate takes the instance's pieces and links them.
func (in *Instance) allocate(ctx context.Context, externs []Extern) (err error) {
	l := in.mod.layout
	if in.ctx, err = native.NewContext(l.Size); err != nil {
		return err
	}
	in.addr = native.Address(in.ctx)
	instances.Store(in.addr, in)
	if in.stack, err = native.NewStack(in.cfg.StackSize); err != nil {
		return err
	}
	in.ctx.StackLo, in.ctx.StackHi = uint64(in.stack.Lo), uint64(in.stack.Hi)
	in.ctx.Regs[native.RegContext] = uint64(in.addr)
	in.setFuel()
	for _, e := range externs {
		in.link(e)
	}
	w := in.mod.wasm
	for i := w.NumImportedMemories; i < len(w.Memories); i++ {
		var image *native.Image
		if i == 0 {
			image = in.mod.image()
		}
		size, _ := bytesOf(&w.Memories[i], w.Memories[i].Limits.Min)
		if err := in.addMemory(ctx, i, 0, size); err != nil {
			return fmt.Errorf("memory %d: %w", i, err)
		}
		mem, err := newMemory(w.Memories[i], native.Memory(in.place(l.Memories[i])), image)
		if err != nil {
			in.giveMemory(i, size, 0)
			return fmt.Errorf("memory %d: %w", i, err)
		}
		mem.owner, mem.store, mem.index = in, in.store, i
		in.memories = append(in.memories, mem)
	}
	for i := w.NumImportedTables; i < len(w.Tables); i++ {
		if err := in.addElements(ctx, i, 0, w.Tables[i].Limits.Min); err != nil {
			return fmt.Errorf("table %d: %w", i, err)
		}
		tab, err := newTable(w.Tables[i], native.Table(in.place(l.Tables[i])))
		if err != nil {
			in.giveElements(i, w.Tables[i].Limits.Min, 0)
			return fmt.Errorf("table %d: %w", i, err)
		}
		tab.owner, tab.index = in, i
		in.tables = append(in.tables, tab)
	}
	for i := w.NumImportedTags; i < len(w.Tags); i++ {
		in.tags = append(in.tags, &Tag{params: w.TagType(uint32(i)), owner: in})
	}
	if len(in.memories) > 0 {
		in.memory = in.memories[0].Base()
	}
	for i, t := range in.mod.types {
		*in.word(l.TypeIDs + 8*int32(i)) = t
	}
	for _, f := range l.Escaping {
		in.makeRef(f)
	}
	return nil
}

// link makes an import the next entity of its index space.
func (in *Instance) link(e Extern) {
	l := in.mod.layout
	switch e := e.(type) {
	case *Func:
		if e.in != nil {
			in.share(e.in)
		}
		in.imports = append(in.imports, e)
	case *Table:
		*in.word(l.Tables[len(in.tables)].Off) = uint64(native.PointerAddress(e.desc))
		in.tables = append(in.tables, e)
		in.share(e.owner)
	case *Memory:
		*in.word(l.Memories[len(in.memories)].Off) = uint64(native.PointerAddress(e.desc))
		in.memories = append(in.memories, e)
		if e.owner != nil && e.owner != in { // nothing of in can be reached through a memory
			e.owner.keep()
		}
	case *Global:
		*in.word(l.Globals[len(in.globals)].Off) = uint64(e.Addr())
		in.globals = append(in.globals, e)
		in.share(e.owner)
	case *Tag:
		in.tags = append(in.tags, e)
		in.share(e.owner)
	}
}

// share makes the store keep in, and other, which one of its imports belongs to.
func (in *Instance) share(other *Instance) {
	in.keep()
	if other != nil && other != in {
		other.keep()
	}
}

func (in *Instance) keep() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.linked {
		in.linked = true
		in.store.mu.Lock()
		in.store.linked = append(in.store.linked, in)
		in.store.mu.Unlock()
	}
}

// makeRef fills the abi.FuncRef of function f.
func (in *Instance) makeRef(f uint32) {
	off, _ := in.mod.layout.FuncRef(f)
	r := native.FuncRef(in.addr + abi.Addr(off))
	r.Type, r.Context, r.Index = in.mod.types[in.mod.wasm.Funcs[f]], in.addr, uint64(f)
	if c := in.mod.FuncByIndex(f); c != nil {
		r.Code = in.mod.addr(c.Text)
		return
	}
	imp := in.imports[f]
	if imp.in != nil {
		if ref, ok := imp.in.ref(imp.index); ok {
			*r = *native.FuncRef(abi.Addr(ref))
			return
		}
	}
	r.Code = in.mod.imports[f]
}

// ref returns the reference of function f: the address of its abi.FuncRef.
func (in *Instance) ref(f uint32) (uint64, bool) {
	off, ok := in.mod.layout.FuncRef(f)
	return uint64(in.addr) + uint64(off), ok
}

// initialize evaluates the globals and applies the segments, in the specification's order.
func (in *Instance) initialize() error {
	w := in.mod.wasm
	for i := w.NumImportedGlobals; i < len(w.Globals); i++ {
		g := &Global{w.Globals[i].GlobalType, native.Global(in.place(in.mod.layout.Globals[i])), in}
		v := in.evalVector(&w.Globals[i].Init)
		if g.word[0] = v[0]; g.typ.Type == wasm.V128 {
			g.word[1] = v[1]
		}
		in.globals = append(in.globals, g)
	}
	for i, init := range w.TableInits {
		in.tables[i].fill(in.eval(&init))
	}
	in.elems = make([][]uint64, len(w.Elems))
	for i := range w.Elems {
		if w.Elems[i].Mode == wasm.Declarative {
			continue
		}
		vals := make([]uint64, len(w.Elems[i].Init))
		for k := range vals {
			vals[k] = in.eval(&w.Elems[i].Init[k])
		}
		in.elems[i] = vals
	}
	for i := range w.Elems {
		if e := &w.Elems[i]; e.Mode == wasm.Active {
			at := in.offset(&e.Offset)
			if !in.tableInit(int(e.Table), i, at, 0, uint64(len(e.Init))) {
				return &TrapError{Kind: abi.TrapTable, Instance: in}
			}
			in.elems[i] = nil
		}
	}
	in.datas = make([][]byte, len(w.Datas))
	for i := range w.Datas {
		if d := &w.Datas[i]; d.Mode != wasm.Active {
			in.datas[i] = d.Init
		}
	}
	return in.copyData()
}

// copyData copies the active data segments to where they belong, unless the memory is a mapping of them.
func (in *Instance) copyData() error {
	if in.mod.image() != nil {
		return nil
	}
	w := in.mod.wasm
	for i := range w.Datas {
		d := &w.Datas[i]
		if d.Mode != wasm.Active {
			continue
		}
		to, ok := in.memories[d.Memory].Slice(wasm.MemAddr(in.offset(&d.Offset)), uint64(len(d.Init)))
		if !ok {
			return &TrapError{Kind: abi.TrapMemory, Instance: in}
		}
		copy(to, d.Init)
	}
	return nil
}

// evalVector evaluates a constant expression of any type: the second word is only of a v128.
func (in *Instance) evalVector(c *wasm.ConstExpr) [2]uint64 {
	if c.Kind == wasm.ConstGlobal && c.Type == wasm.V128 {
		return *in.globals[c.Value].word
	}
	return [2]uint64{in.eval(c), c.High}
}

// offset evaluates where a segment goes.
func (in *Instance) offset(c *wasm.ConstExpr) uint64 {
	if v := in.eval(c); c.Type == wasm.I64 {
		return v
	} else {
		return uint64(uint32(v))
	}
}

// eval evaluates a constant expression.
func (in *Instance) eval(c *wasm.ConstExpr) uint64 {
	switch c.Kind {
	case wasm.ConstValue:
		if c.Type == wasm.I32 || c.Type == wasm.F32 {
			return uint64(uint32(c.Value))
		}
		return c.Value
	case wasm.ConstGlobal:
		return in.globals[c.Value].word[0]
	case wasm.ConstTerms:
		return c.Eval(func(i uint32) uint64 { return in.globals[i].word[0] })
	case wasm.ConstFunc:
		r, ok := in.ref(uint32(c.Value))
		if !ok {
			panic(fmt.Sprintf("runtime: instantiate: no reference of function %d", c.Value))
		}
		return r
	}
	return 0
}

// place resolves where an entity of the instance's own is.
func (in *Instance) place(p abi.Place) abi.Addr { return in.addr + abi.Addr(p.Off) }

func (in *Instance) word(off int32) *uint64 { return native.Word(in.addr + abi.Addr(off)) }

// Close frees the instance, or leaves that to its store when others may still use parts of it.
// A call that is running is killed, and what it uses goes when it has ended.
func (in *Instance) Close() error {
	first := !in.closed.Swap(true)
	in.mu.Lock()
	d := in.debug
	in.mu.Unlock()
	if first && d != nil && d.attached {
		d.instanceClosed() // before a debugger hears of Kill
	}
	in.Kill()
	if !first {
		return nil
	}
	if d != nil && !d.attached {
		d.abandon(0)
	}
	in.freeIfClosed()
	return nil
}

// Closed reports whether Close has been called.
func (in *Instance) Closed() bool { return in.closed.Load() }

// freeIfClosed frees the instance if nothing runs in it and nobody else needs it.
func (in *Instance) freeIfClosed() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed.Load() && !in.linked && in.state.CompareAndSwap(stateIdle, stateClosed) {
		in.freeLocked()
	}
}

// free is for the store.
func (in *Instance) free() {
	in.closed.Store(true)
	in.mu.Lock()
	in.linked = false
	in.mu.Unlock()
	in.freeIfClosed()
}

func (in *Instance) freeLocked() {
	if in.freed {
		return
	}
	in.freed = true
	in.mod.removeOwner(in)
	for _, m := range in.memories[min(len(in.memories), in.mod.wasm.NumImportedMemories):] {
		m.free()
	}
	for _, t := range in.tables[min(len(in.tables), in.mod.wasm.NumImportedTables):] {
		in.giveElements(t.index, uint64(len(t.elems)), 0)
	}
	if in.stack.Hi != 0 {
		in.stack.Free()
	}
	if in.ctx != nil {
		in.keepFuel()
		instances.Delete(in.addr)
		native.FreeContext(in.ctx, in.mod.layout.Size)
	}
	in.store.count.give(1)
	in.mod.leave()
}

// Module returns what the instance was made of.
func (in *Instance) Module() *Module { return in.mod }

// Host returns Config.Host.
func (in *Instance) Host() any { return in.cfg.Host }

// Context returns the address of the instance's abi.Context: the pinned register's value.
func (in *Instance) Context() abi.Addr { return in.addr }

// Export returns an export or nil.
func (in *Instance) Export(name string) Extern {
	i, ok := in.mod.exports[name]
	if !ok {
		return nil
	}
	e := &in.mod.wasm.Exports[i]
	switch e.Kind {
	case wasm.ExternFunc:
		f := in.Func(e.Index)
		if f.in != nil {
			f.name = name
		}
		return f
	case wasm.ExternTable:
		return in.tables[e.Index]
	case wasm.ExternMemory:
		return in.memories[e.Index]
	case wasm.ExternTag:
		return in.tags[e.Index]
	default:
		return in.globals[e.Index]
	}
}

// Func returns function i of the function index space: the imported one itself for an import.
func (in *Instance) Func(i uint32) *Func {
	if int(i) < len(in.imports) {
		return in.imports[i]
	}
	t := in.mod.wasm.FuncType(i)
	return &Func{typ: t, params: words(t.Params), results: words(t.Results), in: in, index: i}
}

// ExportedFunc returns an exported function or nil.
func (in *Instance) ExportedFunc(name string) *Func {
	f, _ := in.Export(name).(*Func)
	return f
}

// StartFunc returns the index of the start function, which Config.DeferStart leaves to run.
func (in *Instance) StartFunc() (i uint32, ok bool) {
	if s := in.mod.wasm.Start; s != nil {
		return *s, true
	}
	return 0, false
}

// Memory returns memory i or nil.
func (in *Instance) Memory(i int) *Memory {
	if i < 0 || i >= len(in.memories) {
		return nil
	}
	return in.memories[i]
}

// Table returns table i or nil.
func (in *Instance) Table(i int) *Table {
	if i < 0 || i >= len(in.tables) {
		return nil
	}
	return in.tables[i]
}

// Global returns global i or nil.
func (in *Instance) Global(i int) *Global {
	if i < 0 || i >= len(in.globals) {
		return nil
	}
	return in.globals[i]
}

// FuncOfRef resolves a reference to a function, as tables and globals hold it; nil for null
// and for what is no reference.
func FuncOfRef(ref uint64) *Func {
	if ref == 0 {
		return nil
	}
	r := native.FuncRef(abi.Addr(ref))
	in := instanceAt(r.Context)
	if in == nil || r.Index >= uint64(len(in.mod.wasm.Funcs)) {
		return nil
	}
	return in.Func(uint32(r.Index))
}
