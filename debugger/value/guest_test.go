package value

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// guestFrame is a Frame over a copy of linear memory, taken from a real program under wazero.
// The native address of a byte is its linear address plus base.
type guestFrame struct {
	pc   abi.TextOffset
	mem  []byte
	regs map[codemap.Reg][]byte
	base abi.Addr
}

func (f *guestFrame) PC() abi.TextOffset    { return f.pc }
func (f *guestFrame) CFA() (abi.Addr, bool) { return 0, false }
func (f *guestFrame) Register(r codemap.Reg) ([]byte, error) {
	if b, ok := f.regs[r]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("register %d", r)
}
func (f *guestFrame) SetRegister(r codemap.Reg, b []byte) error {
	f.regs[r] = b
	return nil
}
func (f *guestFrame) at(addr abi.Addr, n int) ([]byte, error) {
	a := addr - f.base
	if uint64(a) > uint64(len(f.mem)) || uint64(n) > uint64(len(f.mem))-uint64(a) {
		return nil, fmt.Errorf("no memory at %#x", uint64(addr))
	}
	return f.mem[a:][:n], nil
}
func (f *guestFrame) ReadNative(addr abi.Addr, p []byte) error {
	b, err := f.at(addr, len(p))
	copy(p, b)
	return err
}
func (f *guestFrame) WriteNative(addr abi.Addr, p []byte) error {
	b, err := f.at(addr, len(p))
	copy(b, p)
	return err
}
func (f *guestFrame) Memory() (abi.Addr, uint64)    { return f.base, uint64(len(f.mem)) }
func (f *guestFrame) FuncAt(table, i uint64) string { return fmt.Sprintf("f%d", i) }

// snapshot is linear memory and the shadow stack pointer at one call.
type snapshot struct {
	mem []byte
	sp  uint64
}

// watcher takes a snapshot whenever a function is called.
type watcher struct {
	fn    string
	shots []snapshot
}

func (w *watcher) NewFunctionListener(d api.FunctionDefinition) experimental.FunctionListener {
	if name := d.Name(); name == w.fn || strings.HasSuffix(w.fn, "(") && strings.HasPrefix(name, w.fn) || strings.HasSuffix(w.fn, "17h") && strings.Contains(name, w.fn) {
		return w
	}
	return nil
}

func (w *watcher) Before(_ context.Context, m api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	mem, _ := m.Memory().Read(0, m.Memory().Size())
	sp := m.(experimental.InternalModule).Global(0).Get()
	w.shots = append(w.shots, snapshot{append([]byte(nil), mem...), sp})
}
func (w *watcher) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}
func (w *watcher) Abort(context.Context, api.Module, api.FunctionDefinition, error)    {}

// program is a module's DWARF and the snapshots of its run. Its addresses are offsets in the
// code section; every variable that these tests look at is in the shadow stack's frame or static.
type program struct {
	tab   *symbols.Table
	types *Types
	shots []snapshot
}

func run(t testing.TB, name, fn string) *program {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/programs", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	d := symbols.Data{TextSize: uint64(m.CodeSize)}
	for _, c := range m.Customs {
		d.Sections.Set(c.Name, c.Data)
	}
	p := &program{tab: symbols.New(d)}
	p.types = NewTypes(p.tab)
	w := &watcher{fn: fn}
	ctx := experimental.WithFunctionListenerFactory(context.Background(), w)
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	_, err = r.InstantiateWithConfig(ctx, b, wazero.NewModuleConfig().WithArgs("prog").WithStdout(io.Discard).WithStderr(io.Discard))
	if err != nil && len(w.shots) == 0 {
		t.Fatal(err)
	}
	p.shots = w.shots
	return p
}

// scope is the frame of the function that holds file:line, at the n-th snapshot.
func (p *program) scope(t testing.TB, file string, line, n int) *Scope {
	t.Helper()
	_, bound, places, err := p.tab.LinePlaces(file, line)
	if err != nil || bound != line || len(places) != 1 {
		t.Fatalf("%s:%d: bound to %d, %d places: %v", file, line, bound, len(places), err)
	}
	if n >= len(p.shots) {
		t.Fatalf("only %d snapshots", len(p.shots))
	}
	pc := places[0].Text
	return &Scope{
		Table: p.tab, Types: p.types, Frame: &guestFrame{pc: pc, mem: p.shots[n].mem, regs: map[codemap.Reg][]byte{}},
		Sym: p.tab.Frames(pc)[0], frameBase: p.shots[n].sp, frameBaseOK: true,
	}
}
