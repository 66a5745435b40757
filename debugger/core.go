package debugger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/coredump"
	"sphex/runtime/wasi"
)

// A core dump is looked at like a program that stands: an instance gets the dump's memory and globals, and
// never runs. Its frames are made from the dump. A wasm local's value stands in the home that the compiler gave the
// local, so that the debug information finds it as in a live frame.

// errCore is what commands that would run the program answer when a core dump is open.
var errCore = errors.New("this is a core dump: it can be looked at, and not run")

var (
	errNotDumped    = errors.New("the core dump does not hold this value")
	errCoreRegister = errors.New("the core dump does not hold this register")
)

// core is what a core dump has in place of a live program's stack.
type core struct {
	frames []*physicalFrame
	slots  map[abi.Addr][8]byte // of all frames, by address
}

// coreFrame is what stands in for the registers of a frame.
type coreFrame struct {
	registers map[codemap.Reg][16]byte
}

// Frames of a dump stand at addresses of their own, where nothing of the process is.
const (
	coreStack = abi.Addr(0x4000_0000_0000)
	coreRoom  = abi.Addr(16 << 20)
	maxFrames = 1 << 20
)

func (p *program) read(addr abi.Addr, b []byte) error {
	if p.core != nil && addr >= coreStack && addr < coreStack+coreRoom*(maxFrames+1) {
		return p.core.read(addr, b)
	}
	return p.instance.ReadNative(addr, b)
}

func (c *core) read(addr abi.Addr, b []byte) error {
	for at := addr - 7; at <= addr; at++ {
		if slot, ok := c.slots[at]; ok && int(addr-at)+len(b) <= len(slot) {
			copy(b, slot[addr-at:])
			return nil
		}
	}
	return errNotDumped
}

func (f *coreFrame) register(r codemap.Reg) ([]byte, error) {
	v, ok := f.registers[r]
	if !ok {
		return nil, errCoreRegister
	}
	if r >= firstVector {
		return v[:], nil
	}
	return v[:8], nil
}

// OpenCore opens a core dump of the program that cfg names. The session is in state Stopped and stays there.
func OpenCore(ctx context.Context, cfg Config, dump []byte) (*Session, error) {
	d, err := coredump.Read(dump)
	if err != nil {
		return nil, err
	}
	s := newSession(cfg)
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	p, err := s.instantiateCore(d)
	if err != nil {
		s.code.Close()
		return nil, err
	}
	s.program = p
	s.launched, s.atEntry = true, true
	s.traps = newTrapSet(s.changeTraps)
	s.makeScopes()
	if err := s.coreThreads(d); err != nil {
		p.close()
		s.code.Close()
		return nil, err
	}
	stop := &Stop{Reasons: []Reason{{Kind: ReasonPause}}, Frame: s.topFrame(), Thread: s.threadNumber()}
	s.setState(Stopped, stop)
	go s.own()
	return s, nil
}

// instantiateCore makes an instance with the dump's memory and globals.
func (s *Session) instantiateCore(d *coredump.Dump) (*program, error) {
	p := &program{im: s.image, module: s.code}
	var err error
	if p.system, err = wasi.New(wasi.Config{}); err != nil {
		return nil, err
	}
	p.imports, err = coreImports(s.image.module)
	if err == nil {
		p.instance, err = runtime.Instantiate(context.Background(), s.code, p.imports, runtime.Config{DeferStart: true})
	}
	if err != nil {
		return nil, errors.Join(err, p.system.Close())
	}
	own, _ := s.coreOwn(d)
	if err := p.fill(d, own); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// coreImports makes something that fits for each import.
func coreImports(m *wasm.Module) (*runtime.Imports, error) {
	imports, store := runtime.NewImports(), runtime.NewStore()
	for i := range m.Imports {
		switch imp := &m.Imports[i]; imp.Kind {
		case wasm.ExternFunc:
			imports.DefineFunc(imp.Module, imp.Name, m.Types[imp.Type], func(context.Context, *runtime.Instance, []uint64) error { return errCore })
		case wasm.ExternMemory:
			mem, err := store.NewMemory(imp.Memory)
			if err != nil {
				return nil, err
			}
			imports.Define(imp.Module, imp.Name, mem)
		case wasm.ExternTable:
			tab, err := runtime.NewTable(imp.Table)
			if err != nil {
				return nil, err
			}
			imports.Define(imp.Module, imp.Name, tab)
		case wasm.ExternGlobal:
			imports.Define(imp.Module, imp.Name, runtime.NewGlobal(imp.Global, 0))
		}
	}
	return imports, nil
}

// fill gives the instance the memories and globals that the dump has of it.
func (p *program) fill(d *coredump.Dump, own coredump.Instance) error {
	if len(own.Memories) == 0 {
		own.Memories = allNumbers(len(d.Memories))
	}
	for i, index := range own.Memories {
		m := p.instance.Memory(i)
		if m == nil || uint64(index) >= uint64(len(d.Memories)) {
			continue
		}
		from := &d.Memories[index]
		if from.Pages < m.Pages() {
			return fmt.Errorf("memory %d of the dump has %d pages, and the program's never less than %d: it is another program's", i, from.Pages, m.Pages())
		}
		b, _ := m.Slice(0, m.Size())
		clear(b)
		if _, ok := m.Grow(from.Pages - m.Pages()); !ok {
			return fmt.Errorf("memory %d of the dump has %d pages, which the program's can't have", i, from.Pages)
		}
		b, _ = m.Slice(0, m.Size())
		for _, seg := range from.Segments {
			copy(b[seg.Offset:], seg.Data)
		}
	}
	p.dumped = fillGlobals(p.instance, d, own)
	return nil
}

// allNumbers stands in for the lists of tools that write none.
func allNumbers(n int) (list []uint32) {
	for i := range n {
		list = append(list, uint32(i))
	}
	return list
}

// fillGlobals gives an instance the globals that the dump has of it, and lists them.
func fillGlobals(in *runtime.Instance, d *coredump.Dump, own coredump.Instance) (dumped []int) {
	if len(own.Globals) == 0 {
		own.Globals = allNumbers(len(d.Globals))
	}
	for i, index := range own.Globals {
		g := in.Global(i)
		if g == nil || uint64(index) >= uint64(len(d.Globals)) {
			continue
		}
		if v := d.Globals[index].Value; v.Type == g.Type().Type {
			g.Set(v.Bits)
			dumped = append(dumped, i)
		}
	}
	return dumped
}

// coreOf makes the frames of a thread of the dump, whose instance is the program's now. left is how many are of other
// modules. slots are those of the frames of all threads, of which first were there before.
func (s *Session) coreOf(d *coredump.Dump, own int, frames []coredump.Frame, slots map[abi.Addr][8]byte, first int) (c *core, left int) {
	c = &core{slots: slots}
	m, t := s.image.module, &s.image.object.Map.Target
	base, _ := s.program.memory()
	pointers := s.corePointers(d, own, frames)
	for i := range frames {
		f := &frames[i]
		if foreign(d, own, f) {
			left++
			continue
		}
		k := int64(f.Func) - int64(m.NumImportedFuncs)
		if k < 0 || k >= int64(len(m.Code)) {
			continue // a host function, or one that the writer did not know
		}
		fn := s.code.FuncByIndex(f.Func)
		if fn == nil {
			continue
		}
		pf := &physicalFrame{dead: &coreFrame{registers: map[codemap.Reg][16]byte{}}}
		pf.Instance, pf.Func = s.program.instance, fn
		pf.pc, pf.Return = coreText(fn, fn.Body+wasm.CodeOffset(f.Code), len(c.frames) > 0)
		pf.PC = pf.pc
		pf.cfa = coreStack + coreRoom*abi.Addr(first+i+1)
		pf.CFA, pf.SP = pf.cfa, pf.cfa-abi.Addr(fn.Frame.Size)-8
		set := func(r codemap.Reg, v uint64) {
			var b [16]byte
			putWord(b[:8], v)
			pf.dead.registers[r] = b
		}
		set(t.Memory, uint64(base))
		set(t.Context, uint64(s.program.instance.Context()))
		set(t.SP, uint64(pf.SP))
		locals := slices.Clone(f.Locals)
		if v, ok := pointers[i]; ok && len(locals) == 0 {
			locals = make([]coredump.Value, v.local+1)
			locals[v.local] = coredump.Value{Type: wasm.I32, Bits: uint64(v.value)}
		}
		for n, v := range locals {
			if n >= len(fn.Locals) || v.Type == 0 {
				continue
			}
			switch h := &fn.Locals[n]; h.Kind {
			case codemap.InReg:
				set(h.Reg, v.Bits)
			case codemap.InSlot:
				var b [8]byte
				putWord(b[:], v.Bits)
				c.slots[pf.cfa+abi.Addr(int64(h.Offset))] = b
			}
		}
		c.frames = append(c.frames, pf)
	}
	return c, left
}

func putWord(b []byte, v uint64) {
	for i := range b {
		b[i] = byte(v >> (8 * i))
	}
}

// coreText finds the text of the instruction that a frame of a dump stands at: where it traps, or, in a caller,
// behind its call.
func coreText(f *codemap.Func, code wasm.CodeOffset, caller bool) (pc abi.TextOffset, isReturn bool) {
	f.Read()
	for _, c := range f.Calls {
		if caller && c.Wasm == code {
			return c.Return, true
		}
	}
	for _, t := range f.Traps {
		if t.Wasm == code {
			return t.Text, false
		}
	}
	for _, st := range f.Sites {
		if st.Wasm == code {
			return st.Text, false
		}
	}
	best, found := f.BodyText, false
	at := wasm.CodeOffset(0)
	for _, in := range f.Insts {
		if in.Wasm <= code && (!found || in.Wasm > at) {
			best, at, found = in.Text, in.Wasm, true
		}
	}
	return max(best, f.BodyText), false
}

// corePointer is the local that holds a function's stack pointer, with its value.
type corePointer struct {
	local int
	value uint32
}

// corePointers finds the stack pointers of frames for dumps that hold no locals: the global has the innermost one's, and
// each function takes a fixed number of bytes. Where that is not so, the frames further out are left without.
func (s *Session) corePointers(d *coredump.Dump, own int, frames []coredump.Frame) map[int]corePointer {
	found := map[int]corePointer{}
	g, index := s.stackPointer(), s.stackPointerIndex()
	if g == nil || index < 0 || !slices.Contains(s.program.dumped, index) {
		return found // without it all would be found at the wrong place
	}
	now := uint32(g.Get())
	for i := range frames {
		if foreign(d, own, &frames[i]) {
			continue
		}
		first, off, local := s.image.findPrologue(frames[i].Func, uint32(index))
		fn := s.code.FuncByIndex(frames[i].Func)
		switch {
		case fn == nil:
		case first == 0: // it leaves the pointer as it is, and may have room below it
			if local >= 0 {
				found[i] = corePointer{local, now + uint32(off)}
			}
		case fn.Body+wasm.CodeOffset(frames[i].Code) <= first:
		case local < 0 || off == 0:
			return found
		default:
			found[i] = corePointer{local, now}
			now -= uint32(off)
		}
	}
	return found
}

// WriteCore makes a core dump of the program that stands, name says of what.
func (s *Session) WriteCore(name string) (dump []byte, err error) {
	err = s.whileStopped(func() error {
		if s.program.core != nil {
			return errCore
		}
		d, err := s.dumpCore(name)
		if err == nil {
			dump = d.Bytes()
		}
		return err
	})
	return dump, err
}

func (s *Session) dumpCore(name string) (*coredump.Dump, error) {
	m, in := s.image.module, s.program.instance
	d := &coredump.Dump{Name: name, Modules: []string{name}}
	for i := range m.Memories {
		mem := in.Memory(i)
		b, _ := mem.Slice(0, mem.Size())
		typ := mem.Type()
		l := typ.Limits
		typ.Limits = wasm.Limits{}
		d.Memories = append(d.Memories, coredump.Memory{Pages: mem.Pages(), Max: l.Max, HasMax: l.HasMax, Type: typ, Segments: coredump.Segments(b)})
	}
	s.dumpThread(d, s.threadTitle())
	s.eachOther(func(title string) { s.dumpThread(d, title) })
	return d, nil
}

// dumpThread adds the thread that the session looks at: an instance, with globals of its own, and frames.
func (s *Session) dumpThread(d *coredump.Dump, title string) {
	m, in := s.image.module, s.program.instance
	number := uint32(len(d.Instances))
	own := coredump.Instance{}
	for i := range m.Memories {
		own.Memories = append(own.Memories, uint32(i))
	}
	for i := range m.Globals {
		g := in.Global(i)
		v := coredump.Value{Type: g.Type().Type, Bits: g.Get()}
		own.Globals = append(own.Globals, uint32(len(d.Globals)))
		d.Globals = append(d.Globals, coredump.Global{Value: v, Mutable: g.Type().Mutable})
	}
	d.Instances = append(d.Instances, own)
	operands := s.newOperandReader()
	t := coredump.Thread{Name: title}
	stack := s.stackNow()
	for n := 0; len(t.Frames) < maxFrames; n++ {
		p := stack.physical(n)
		if p == nil {
			break
		}
		if !p.guest() || p.Instance != in {
			continue
		}
		code, _ := wasmOffset(p.Func, p.lookup())
		f := coredump.Frame{Instance: number, Func: p.Func.Index, Code: uint32(code - p.Func.Body)}
		for i := range p.Func.Locals {
			v := coredump.Value{Type: p.Func.Locals[i].Type}
			bits, ok := s.wasmLocal(p, i)
			if v.Bits = bits; !ok || v.Type == wasm.V128 {
				v = coredump.Value{}
			}
			f.Locals = append(f.Locals, v)
		}
		f.Stack = operands.at(s, p, code)
		t.Frames = append(t.Frames, f)
	}
	d.Threads = append(d.Threads, t)
}

// movesBefore returns the moves up to an address.
func movesBefore(moves []codemap.StackMove, at abi.TextOffset) []codemap.StackMove {
	return moves[:sort.Search(len(moves), func(i int) bool { return moves[i].Text > at })]
}
