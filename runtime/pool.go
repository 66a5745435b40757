package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// PoolConfig has the options of a Pool.
type PoolConfig struct {
	Config     // of each instance, but for Host, which is Get's
	Max    int // instances that there may be at a time, waiting ones included; 0: any number
	Idle   int // that wait at most, the others are freed; 0: DefaultIdle
	Ready  int // that are made at once
}

// DefaultIdle is how many instances wait in a Pool.
const DefaultIdle = 64

// Pool keeps instances of a module for reuse, for hosts that run many calls of strangers: an instance that is taken from it is as
// new. Of what the last tenant did, nothing is left that the next one, or its debugger, can read: memories, tables, globals,
// segments, the stack, registers and arguments are what they were at first, and Instance, Memory, Table and Global are other
// objects, so that who kept the old ones can neither call, kill nor read the new tenant; slices of a memory, though, must not be
// kept. It is safe for concurrent use.
//
// The instances share nothing: imports are functions of the host and immutable globals.
type Pool struct {
	mod     *Module
	imports []Extern
	cfg     PoolConfig
	words   int // of arguments and results that the module's functions have at most

	mu     sync.Mutex
	idle   []*Instance
	count  int         // of all that there are
	shared []*Instance // that others may refer to: freed at the end
	closed bool
}

// ErrPoolClosed is a use of a Pool after Close.
var ErrPoolClosed = errors.New("the pool is closed")

// NewPool makes a pool of instances of m.
func NewPool(ctx context.Context, m *Module, imports *Imports, cfg PoolConfig) (*Pool, error) {
	if err := cfg.Imports.Check(m.wasm); err != nil {
		return nil, err
	}
	externs, err := imports.resolve(m.wasm, m.types)
	if err != nil {
		return nil, err
	}
	for i, e := range externs {
		if !private(e) {
			im := &m.wasm.Imports[i]
			return nil, fmt.Errorf("the import %s.%s is shared: instances of a pool share nothing", im.Module, im.Name)
		}
	}
	if cfg.Idle == 0 {
		cfg.Idle = DefaultIdle
	}
	p := &Pool{mod: m, imports: externs, cfg: cfg}
	for i := range m.wasm.Types {
		p.words = max(p.words, words(m.wasm.Types[i].Params), words(m.wasm.Types[i].Results))
	}
	p.words = min(p.words+1, abi.MaxArgs) // a call of another instance has one more
	p.words = max(p.words, builtinWords)
	if err := m.hold(); err != nil {
		return nil, err
	}
	ready := false
	defer func() { // also when the limiter panics
		if !ready {
			p.Close()
		}
	}()
	for range cfg.Ready {
		in, err := p.make(ctx)
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		p.idle = append(p.idle, in)
		p.mu.Unlock()
	}
	ready = true
	return p, nil
}

// builtinWords is more than a builtin has arguments.
const builtinWords = 16

// private reports whether instances that import e share nothing that one can change and another see.
func private(e Extern) bool {
	switch e := e.(type) {
	case *Func:
		return e.in == nil
	case *Global:
		return e.owner == nil && !e.typ.Mutable
	}
	return false
}

// Get returns an instance as new, whose Host is host. Its start function, if there is one, has run.
func (p *Pool) Get(ctx context.Context, host any) (*Instance, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrPoolClosed
	}
	var in *Instance
	if n := len(p.idle); n > 0 {
		in, p.idle[n-1] = p.idle[n-1], nil
		p.idle = p.idle[:n-1]
	} else if err := p.mod.hold(); err != nil { // Close may give the module up meanwhile
		p.mu.Unlock()
		return nil, err
	} else {
		defer p.mod.release()
	}
	p.mu.Unlock()
	if in == nil {
		var err error
		if in, err = p.make(ctx); err != nil {
			return nil, err
		}
	}
	in.cfg.Host = host
	in.state.Store(stateIdle)
	if start := p.mod.wasm.Start; start != nil && !p.cfg.DeferStart {
		begun := false
		defer func() { // also when a function of the host panics
			if !begun {
				p.Put(in)
			}
		}()
		if _, err := in.call(ctx, *start, nil); err != nil {
			return nil, err
		}
		begun = true
	}
	return in, nil
}

// make makes an instance that waits.
func (p *Pool) make(ctx context.Context) (*Instance, error) {
	p.mu.Lock()
	if p.cfg.Max > 0 && p.count >= p.cfg.Max {
		p.mu.Unlock()
		return nil, &LimitError{"instances in the pool", uint64(p.cfg.Max) + 1, uint64(p.cfg.Max)}
	}
	p.count++
	p.mu.Unlock()
	made := false
	defer func() { // also when the limiter panics
		if !made {
			p.forget()
		}
	}()
	cfg := p.cfg.Config
	cfg.DeferStart, cfg.Host = true, nil
	in, err := NewStore().instantiate(ctx, p.mod, p.imports, cfg)
	if err != nil {
		return nil, err
	}
	made = true
	in.saveInitial()
	in.pool.Store(p)
	in.state.Store(stateClosed)
	return in, nil
}

func (p *Pool) forget() {
	p.mu.Lock()
	p.count--
	p.mu.Unlock()
}

// Put takes an instance back that Get returned, and which must not be used any more. If it still runs, it is killed and
// freed, as is what can not be made as new: an instance that a debugger has, for example.
func (p *Pool) Put(in *Instance) {
	if !in.pool.CompareAndSwap(p, nil) {
		return
	}
	next := p.reset(in)
	p.mu.Lock()
	if next != nil && !p.closed && len(p.idle) < p.cfg.Idle {
		p.idle = append(p.idle, next)
		p.mu.Unlock()
		return
	}
	p.count--
	p.mu.Unlock()
	if next != nil {
		next.state.Store(stateIdle)
		next.Close()
	}
}

// reset returns a new instance with what in had, which is closed by that; nil if there can be none: then in is closed too.
func (p *Pool) reset(in *Instance) *Instance {
	in.mu.Lock()
	linked := in.linked
	again := !linked && in.debug == nil && in.fatal.Load() == nil && !in.closed.Load() && in.state.CompareAndSwap(stateIdle, stateClosed)
	if again {
		in.closed.Store(true) // before a debugger can attach to it
	}
	in.mu.Unlock()
	if linked {
		p.mu.Lock()
		p.shared = append(p.shared, in)
		p.mu.Unlock()
	}
	if !again {
		in.Close()
		return nil
	}
	next, err := in.successor()
	if err != nil {
		in.state.Store(stateIdle)
		in.freeIfClosed()
		return nil
	}
	if err := next.clear(p.words); err != nil {
		panic(fmt.Sprintf("runtime: pool: what could be done once can not be done again: %v", err))
	}
	next.pool.Store(p)
	return next
}

// Close frees the instances that wait. Those that are in use stay so until Put.
func (p *Pool) Close() error {
	p.mu.Lock()
	idle, shared := p.idle, p.shared
	p.idle, p.shared = nil, nil
	was := p.closed
	p.closed = true
	p.count -= len(idle)
	p.mu.Unlock()
	for _, in := range idle {
		in.state.Store(stateIdle)
		in.Close()
	}
	for _, in := range shared {
		in.store.Close()
	}
	if !was {
		p.mod.release()
	}
	return nil
}

// Stats returns how many instances there are, and how many of them wait.
func (p *Pool) Stats() (all, idle int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count, len(p.idle)
}

// initial is what a pool's instance is made as new of.
type initial struct {
	tables  [][]uint64
	globals [][2]uint64
	elems   [][]uint64
	datas   [][]byte
}

// saveInitial remembers what the instance holds beside its memories.
func (in *Instance) saveInitial() {
	i := &initial{elems: slices.Clone(in.elems), datas: slices.Clone(in.datas)}
	for _, t := range in.tables {
		i.tables = append(i.tables, slices.Clone(t.elems))
	}
	for _, g := range in.globals {
		v := [2]uint64{g.word[0]}
		if g.wide() {
			v[1] = g.word[1]
		}
		i.globals = append(i.globals, v)
	}
	in.initial = i
}

// successor returns an instance with the same memories, stack and context, and leaves the old one without.
func (in *Instance) successor() (*Instance, error) {
	w, l := in.mod.wasm, in.mod.layout
	for _, m := range in.memories {
		if err := m.res.Reset(m.typ.Limits.Min * m.typ.PageSize()); err != nil {
			return nil, err
		}
	}
	if err := in.stack.Reset(); err != nil {
		return nil, err
	}
	next := &Instance{
		mod: in.mod, store: NewStore(), cfg: in.cfg, ctx: in.ctx, addr: in.addr, stack: in.stack, memory: in.memory,
		imports: in.imports, elems: slices.Clone(in.initial.elems), datas: slices.Clone(in.initial.datas), initial: in.initial,
	}
	next.cfg.Host = nil
	next.state.Store(stateClosed)
	globals := make([]Global, len(in.globals))
	next.globals = make([]*Global, len(in.globals))
	for i, g := range in.globals {
		if i < w.NumImportedGlobals {
			next.globals[i] = g
			continue
		}
		globals[i] = Global{g.typ, g.word, next}
		next.globals[i] = &globals[i]
		g.word = new([2]uint64)
	}
	for i, m := range in.memories {
		size := m.typ.Limits.Min * m.typ.PageSize()
		in.releaseMemory(i, m.Size(), size)
		n := &Memory{desc: native.Memory(in.place(l.Memories[i])), res: m.res, typ: m.typ, owner: next, store: next.store, index: i}
		m.desc, m.typ.Limits = new(abi.Memory), wasm.Limits{HasMax: true} // empty, for good
		n.desc.Size = size
		next.bytes.used.Add(size)
		next.store.bytes.used.Add(size)
		next.memories = append(next.memories, n)
	}
	for i, t := range in.tables {
		n := &Table{desc: native.Table(in.place(l.Tables[i])), typ: t.typ, owner: next, index: i}
		first := in.initial.tables[i]
		in.releaseTable(i, uint64(len(t.elems)), uint64(len(first)))
		elems := t.elems
		if len(elems) != len(first) {
			elems = make([]uint64, len(first))
		}
		copy(elems, first)
		t.desc, t.elems = new(abi.Table), nil
		n.set(elems)
		next.elements.used.Add(uint64(len(elems)))
		next.tables = append(next.tables, n)
	}
	for i, t := range in.tags {
		if i < w.NumImportedTags {
			next.tags = append(next.tags, t)
		} else {
			next.tags = append(next.tags, &Tag{params: t.params, owner: next})
		}
	}
	next.store.count.used.Add(1)
	in.keepFuel()
	in.closed.Store(true)
	in.mu.Lock()
	in.freed = true // what it had is next's
	in.mu.Unlock()
	instances.Store(in.addr, next)
	return next, nil
}

// clear makes globals, segments of memory and the context as new, once memories are; words is how many arguments there may be.
func (in *Instance) clear(words int) error {
	for i, g := range in.globals {
		if g.owner != in {
			continue
		}
		if g.word[0] = in.initial.globals[i][0]; g.wide() {
			g.word[1] = in.initial.globals[i][1]
		}
	}
	native.ResetContext(in.ctx, words)
	in.setFuel()
	return in.copyData()
}
