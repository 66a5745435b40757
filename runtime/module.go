package runtime

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Code is what a Module is made of.
type Code struct {
	Text []byte
	Map  *codemap.Map
	Wasm *wasm.Module

	private bool // see native.MapText
}

// Module is a compiled module whose text is mapped and can run. Any number of instances share
// it. It is safe for concurrent use.
type Module struct {
	wasm   *wasm.Module
	cm     *codemap.Map
	layout *abi.Layout
	text   *native.Text
	shown  *native.DebugImage // nil if native debuggers are not to see the module

	funcs   []*codemap.Func // ascending by Text
	thunks  []codemap.Thunk // ascending by Text
	bodies  []*codemap.Func // by function index - NumImportedFuncs
	entry   []abi.Addr      // entry thunk by type index, 0 if there is none
	imports []abi.Addr      // import thunk by function index, 0 if there is none

	mu      sync.RWMutex
	patches map[abi.TextOffset]*patch
	detours map[abi.TextOffset]*detour
	calls   int        // patches that are calls
	stepMu  sync.Mutex // held while an int3 is away for one step
	users   int        // instances, pools, and the loader's own reference
	closed  bool       // the loader has given it up
	live    int        // instances

	pads       atomic.Pointer[[]*pad]
	generation atomic.Uint32 // changes with everything that a siteCache knows
	unseen     atomic.Bool   // the text was changed since its only thread ran: see edit
	private    bool          // see native.MapText

	imageOnce sync.Once
	mapped    *native.Image // initial contents of memory 0, or nil

	exports map[string]int
	types   []uint64 // engine-wide number of each type
	strict  bool     // some have references that are never null

	vectorsOnce sync.Once
	hasVectors  bool
}

// vectors reports whether functions save vector registers whole: see wasm.Module.VectorLocals.
func (m *Module) vectors() bool {
	m.vectorsOnce.Do(func() { m.hasVectors = m.wasm.VectorLocals() })
	return m.hasVectors
}

// Load maps an object's text.
func Load(f *object.File) (*Module, error) {
	w, err := wasm.Decode(f.Module)
	if err != nil {
		return nil, fmt.Errorf("the object's module: %w", err)
	}
	return LoadCode(Code{Text: f.Text, Map: f.Map, Wasm: w})
}

// LoadShown is Load for a module that native debuggers of this process (gdb, lldb) are to see:
// its text is mapped so that they can set breakpoints in it, and its symbols and DWARF are
// shown to them, with the addresses that they have in this process. The calls that Start
// begins stay on one thread each, since such a debugger steps threads, and are interrupted by
// nothing: Pause and Kill take effect, and Go's collector works, when they call the host.
func LoadShown(f *object.File) (*Module, error) {
	w, err := wasm.Decode(f.Module)
	if err != nil {
		return nil, fmt.Errorf("the object's module: %w", err)
	}
	m, err := LoadCode(Code{Text: f.Text, Map: f.Map, Wasm: w, private: true})
	if err != nil {
		return nil, err
	}
	image, err := f.Image(m.text.Addr())
	if err == nil {
		m.shown, err = native.ShowDebugger(image)
	}
	if err != nil {
		m.Close()
		return nil, fmt.Errorf("showing the module to native debuggers: %w", err)
	}
	return m, nil
}

// LoadCode is Load for code that never was in an object.
func LoadCode(c Code) (*Module, error) {
	if err := native.Init(); err != nil {
		return nil, err
	}
	m := &Module{
		wasm: c.Wasm, cm: c.Map, layout: abi.NewLayout(c.Wasm),
		patches: map[abi.TextOffset]*patch{}, detours: map[abi.TextOffset]*detour{}, users: 1, exports: map[string]int{},
		private: c.private,
	}
	if err := m.index(len(c.Text)); err != nil {
		return nil, err
	}
	text, err := native.MapText(c.Text, c.private)
	if err != nil {
		return nil, err
	}
	m.text = text
	for i := range m.thunks {
		t := &m.thunks[i]
		switch t.Kind {
		case codemap.EntryThunk:
			m.entry[t.Index] = m.addr(t.Text)
		case codemap.ImportThunk:
			m.imports[t.Index] = m.addr(t.Text)
		}
	}
	return m, nil
}

// index builds the lookup tables and checks that the map speaks of this module and this text.
func (m *Module) index(textLen int) error {
	w := m.wasm
	m.types = signatureNumbers(w)
	m.strict = slices.ContainsFunc(w.Types, strict)
	for i, e := range w.Exports {
		m.exports[e.Name] = i
	}
	m.bodies = make([]*codemap.Func, len(w.Code))
	for i := range m.cm.Funcs {
		f := &m.cm.Funcs[i]
		k := int(f.Index) - w.NumImportedFuncs
		if k < 0 || k >= len(m.bodies) || m.bodies[k] != nil {
			return fmt.Errorf("code map: function %d is not of this module", f.Index)
		}
		if f.Text > f.TextEnd || int(f.TextEnd) > textLen {
			return fmt.Errorf("code map: function %d at %#x–%#x lies outside of the text", f.Index, f.Text, f.TextEnd)
		}
		m.bodies[k] = f
		m.funcs = append(m.funcs, f)
	}
	for i, b := range m.bodies {
		if b == nil {
			return fmt.Errorf("code map: no code for function %d", i+w.NumImportedFuncs)
		}
	}
	slices.SortFunc(m.funcs, func(a, b *codemap.Func) int { return int(int64(a.Text) - int64(b.Text)) })
	m.thunks = slices.Clone(m.cm.Thunks)
	slices.SortFunc(m.thunks, func(a, b codemap.Thunk) int { return int(int64(a.Text) - int64(b.Text)) })
	m.entry = make([]abi.Addr, len(w.Types))
	m.imports = make([]abi.Addr, w.NumImportedFuncs)
	for i := range m.thunks {
		t := &m.thunks[i]
		unknown := false
		switch t.Kind {
		case codemap.EntryThunk:
			unknown = int(t.Index) >= len(m.entry)
		case codemap.ImportThunk:
			unknown = int(t.Index) >= len(m.imports)
		}
		if unknown || t.Text > t.TextEnd || int(t.TextEnd) > textLen {
			return fmt.Errorf("code map: thunk %d for %d is not of this module", i, t.Index)
		}
	}
	return nil
}

// Close gives the module up. Its text goes when its last instance is closed, and nothing can be made of it any more.
func (m *Module) Close() error {
	m.mu.Lock()
	first := !m.closed
	m.closed = true
	m.mu.Unlock()
	if first {
		m.release()
	}
	return nil
}

// ErrModuleClosed is an instance, or a pool, of a module whose text is gone.
var ErrModuleClosed = errors.New("the module is closed")

// retain keeps the text for an instance.
func (m *Module) retain() error {
	if err := m.hold(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live++; m.live > 1 && m.unseen.Swap(false) {
		native.SyncCores()
	}
	return nil
}

// hold is retain for who is no instance.
func (m *Module) hold() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.users == 0 {
		return ErrModuleClosed
	}
	m.users++
	return nil
}

// leave is the end of an instance.
func (m *Module) leave() {
	m.mu.Lock()
	m.live--
	m.mu.Unlock()
	m.release()
}

func (m *Module) release() {
	m.mu.Lock()
	m.users--
	last := m.users == 0
	m.mu.Unlock()
	if last {
		if m.mapped != nil {
			m.mapped.Close()
		}
		if m.shown != nil {
			m.shown.Hide()
		}
		m.unmapPads()
		m.text.Unmap()
	}
}

// Wasm returns the module's own description.
func (m *Module) Wasm() *wasm.Module { return m.wasm }

// Map returns the code map.
func (m *Module) Map() *codemap.Map { return m.cm }

// Layout returns where an instance's entities are.
func (m *Module) Layout() *abi.Layout { return m.layout }

// TextAddr converts an offset in the text to an address in this process.
func (m *Module) TextAddr(o abi.TextOffset) abi.Addr { return m.addr(o) }

func (m *Module) addr(o abi.TextOffset) abi.Addr { return m.text.Addr() + abi.Addr(o) }

// FuncAt returns the function whose text holds pc, or nil.
func (m *Module) FuncAt(pc abi.TextOffset) *codemap.Func {
	i := sort.Search(len(m.funcs), func(i int) bool { return m.funcs[i].Text > pc }) - 1
	if i >= 0 && pc < m.funcs[i].TextEnd {
		return m.funcs[i].Read()
	}
	return nil
}

// ThunkAt returns the thunk whose text holds pc, or nil.
func (m *Module) ThunkAt(pc abi.TextOffset) *codemap.Thunk {
	i := sort.Search(len(m.thunks), func(i int) bool { return m.thunks[i].Text > pc }) - 1
	if i >= 0 && pc < m.thunks[i].TextEnd {
		return &m.thunks[i]
	}
	return nil
}

// FuncByIndex returns the code map of a function of the module's own, nil for an import.
func (m *Module) FuncByIndex(i uint32) *codemap.Func {
	k := int(i) - m.wasm.NumImportedFuncs
	if k < 0 || k >= len(m.bodies) {
		return nil
	}
	return m.bodies[k].Read()
}
