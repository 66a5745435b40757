package runtime

import (
	"fmt"
	"sort"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// patch is a place of a module's text that is changed because instances have breakpoints
// there. The text is shared: instances without one go on as if nothing stood there.
type patch struct {
	owners map[*Instance]*owner
	nop    uint8 // size of the stop site's nop; 0: another instruction
	orig   byte  // the byte that int3 stands for
	// detour is how to go on behind the breakpoint without the byte; nil if it was not needed yet.
	detour  *detour
	call    bool // the text calls the site stub, over the instructions that detour has copied
	refused bool // detour can't be made
}

// owner is what an instance has at a place.
type owner struct {
	count int
	hook  func(*Hit) (stop bool)
}

// ShareBreakpoints gives the instance those of another one of its module, and all that will be set through
// either of them: it is another thread of the same program. It must be called before anything runs in the
// instance, which has none of its own.
func (in *Instance) ShareBreakpoints(with *Instance) { in.leader = with.owner() }

// owner is the instance in whose name breakpoints are set.
func (in *Instance) owner() *Instance {
	if in.leader != nil {
		return in.leader
	}
	return in
}

// SetBreakpoint makes the instance stop before the instruction at pc, which must begin there.
// At a stop site that is cheapest, and nowhere does it disturb other instances of the module.
// Several breakpoints at one place count.
func (in *Instance) SetBreakpoint(pc abi.TextOffset) error {
	return in.ChangeBreakpoints([]abi.TextOffset{pc}, nil)
}

// ClearBreakpoint takes back one SetBreakpoint.
func (in *Instance) ClearBreakpoint(pc abi.TextOffset) error {
	return in.ChangeBreakpoints(nil, []abi.TextOffset{pc})
}

// ChangeBreakpoints clears and then sets breakpoints, at the price of one. An error means that
// those behind the place that it names were left alone.
func (in *Instance) ChangeBreakpoints(set, clear []abi.TextOffset) (err error) {
	m := in.mod
	m.mu.Lock()
	defer m.mu.Unlock()
	var edits []native.ByteEdit
	defer func() { m.edit(in, edits) }()
	for _, pc := range clear {
		p := m.patches[pc]
		if p == nil || p.owners[in.owner()] == nil || p.owners[in.owner()].count == 0 {
			return fmt.Errorf("there is no breakpoint at %#x", pc)
		}
		o := p.owners[in.owner()]
		if o.count--; o.count == 0 {
			delete(p.owners, in.owner())
		}
		if len(p.owners) == 0 {
			edits = m.unpatch(pc, p, edits)
		}
	}
	for _, pc := range set {
		if pc >= m.cm.TextSize {
			return fmt.Errorf("%#x is outside of the text (size %#x)", pc, m.cm.TextSize)
		}
		if edits, err = m.patch(in, pc, edits); err != nil {
			return err
		}
	}
	return nil
}

// edit changes the text. While the only thread that could run it stands, that costs no system call: the
// thread goes on by an instruction that serializes its processor. m.mu is held.
func (m *Module) edit(in *Instance, edits []native.ByteEdit) {
	th := in.thread.Load()
	later := m.live == 1 && th != nil && th.stands.Load()
	m.text.SetBytes(edits, !later)
	if later && len(edits) > 0 {
		m.unseen.Store(true)
	}
}

// patch makes pc stop the instance. m.mu is held; the edits come before anything else runs.
func (m *Module) patch(in *Instance, pc abi.TextOffset, edits []native.ByteEdit) ([]native.ByteEdit, error) {
	if p := m.patches[pc]; p != nil {
		if p.owners[in.owner()] == nil {
			p.owners[in.owner()] = &owner{}
		}
		p.owners[in.owner()].count++
		return edits, nil
	}
	for d := abi.TextOffset(1); d < 5 && d <= pc; d++ {
		if q := m.patches[pc-d]; q != nil && abi.TextOffset(q.nop) > d {
			return edits, fmt.Errorf("%#x is inside of the stop site at %#x", pc, pc-d)
		}
	}
	if at, ok := m.detoured(pc); ok { // a call stands over the place
		m.uncall(at)
	}
	p := &patch{owners: map[*Instance]*owner{in.owner(): {count: 1}}, nop: m.siteSize(pc)}
	p.orig = m.text.Byte(pc)
	for i := range edits { // taken away just now
		if edits[i].At == pc {
			p.orig = edits[i].Byte
		}
	}
	m.patches[pc] = p
	return append(edits, native.ByteEdit{At: pc, Byte: 0xcc}), nil
}

// unpatch takes the breakpoint at pc away. m.mu is held.
func (m *Module) unpatch(pc abi.TextOffset, p *patch, edits []native.ByteEdit) []native.ByteEdit {
	if p.call {
		m.uncall(pc)
	}
	m.forget(pc)
	return append(edits, native.ByteEdit{At: pc, Byte: p.orig})
}

// forget drops what is known of the breakpoint at pc, but for the detour: somebody may stand in
// it, and the next breakpoint at the place takes it.
func (m *Module) forget(pc abi.TextOffset) {
	delete(m.patches, pc)
	m.generation.Add(1)
}

// SetHook has f decide whether the instance's breakpoint at pc stops a call that Resume runs.
// f is called on the goroutine of the call, while Resume waits, and may look at the guest as at a
// stop. Where OnBreakpoint is set, too, f decides whether that is asked. At a stop site such a
// breakpoint costs some fifty nanoseconds where f says no. nil takes the hook away. There must be
// a breakpoint of the instance's at pc, with which the hook goes.
func (in *Instance) SetHook(pc abi.TextOffset, f func(*Hit) (stop bool)) error {
	m := in.mod
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.patches[pc]
	if p == nil || p.owners[in.owner()] == nil {
		return fmt.Errorf("there is no breakpoint at %#x", pc)
	}
	p.owners[in.owner()].hook = f
	m.generation.Add(1)
	if f == nil && p.call && !p.hooked() {
		m.uncall(pc)
	}
	return nil
}

func (p *patch) hooked() bool {
	for _, o := range p.owners {
		if o.hook != nil {
			return true
		}
	}
	return false
}

// removeOwner takes all breakpoints of an instance away.
func (m *Module) removeOwner(in *Instance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var edits []native.ByteEdit
	for pc, p := range m.patches {
		if delete(p.owners, in); len(p.owners) == 0 {
			edits = m.unpatch(pc, p, edits)
		}
	}
	m.text.SetBytes(edits, true)
}

// siteSize returns the size of the nop if pc is a stop site.
func (m *Module) siteSize(pc abi.TextOffset) uint8 {
	f := m.FuncAt(pc)
	if f == nil {
		return 0
	}
	i := sort.Search(len(f.Sites), func(i int) bool { return f.Sites[i].Text >= pc })
	if i < len(f.Sites) && f.Sites[i].Text == pc {
		return f.Sites[i].Size
	}
	return 0
}

// ReadText copies text as the compiler wrote it, without patches, and returns how much of b
// it filled.
func (m *Module) ReadText(pc abi.TextOffset, b []byte) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.readText(pc, b)
}

// readText is ReadText with m.mu held.
func (m *Module) readText(pc abi.TextOffset, b []byte) int {
	if pc >= m.cm.TextSize {
		return 0
	}
	b = b[:min(len(b), int(m.cm.TextSize-pc))]
	n := m.text.Read(pc, b)
	put := func(at abi.TextOffset, orig []byte) {
		for i, c := range orig {
			if k := int64(at) + int64(i) - int64(pc); k >= 0 && k < int64(n) {
				b[k] = c
			}
		}
	}
	look := func(at abi.TextOffset) {
		if p := m.patches[at]; p != nil {
			if p.call {
				put(at, p.detour.was[:])
			} else {
				put(at, []byte{p.orig})
			}
		}
	}
	first := pc - min(pc, native.SiteCallSize-1)
	if end := pc + abi.TextOffset(n); int(end-first) < len(m.patches) {
		for at := first; at < end; at++ {
			look(at)
		}
		return n
	}
	for at := range m.patches {
		look(at)
	}
	return n
}

// found is what stands at a place of the text.
type found struct {
	patched bool
	mine    bool // the instance has a breakpoint there
	nop     uint8
	orig    byte
	stale   bool // not patched, and no int3 there: one that was hit has been taken away
}

func (in *Instance) patchAt(pc abi.TextOffset) found {
	m := in.mod
	m.mu.RLock()
	defer m.mu.RUnlock()
	p := m.patches[pc]
	if p == nil {
		return found{stale: m.text.Byte(pc) != 0xcc}
	}
	return found{patched: true, mine: p.owners[in.owner()] != nil, nop: p.nop, orig: p.orig}
}
