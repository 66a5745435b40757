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
	owners map[*Instance]int // breakpoints of each instance
	nop    uint8             // size of the stop site's nop; 0: another instruction
	call   bool              // the nop is a call of the site stub now, else int3 stands there
	orig   byte              // the byte that int3 stands for
}

// SetBreakpoint makes the instance stop before the instruction at pc, which must begin there.
// At a stop site that is cheap; at any other instruction, resuming takes a single step and,
// while it lasts, another instance of the module may run past a breakpoint of its own there.
// Several breakpoints at one place count.
func (in *Instance) SetBreakpoint(pc abi.TextOffset) error {
	m := in.mod
	if pc >= m.cm.TextSize {
		return fmt.Errorf("%#x is outside of the text (size %#x)", pc, m.cm.TextSize)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.patches[pc]; p != nil {
		p.owners[in]++
		return nil
	}
	p := &patch{owners: map[*Instance]int{in: 1}, nop: m.siteSize(pc)}
	for d := abi.TextOffset(1); d < 5; d++ {
		if q := m.patches[pc-d]; d <= pc && q != nil && abi.TextOffset(q.nop) > d {
			return fmt.Errorf("%#x is inside of the stop site at %#x", pc, pc-d)
		}
	}
	m.patches[pc] = p // before the text: whoever runs into it finds it
	if p.orig = m.text.Byte(pc); p.nop == 5 {
		p.call = true
		m.text.SetSiteCall(pc)
	} else {
		m.text.SetByte(pc, 0xcc)
	}
	return nil
}

// ClearBreakpoint takes back one SetBreakpoint.
func (in *Instance) ClearBreakpoint(pc abi.TextOffset) error {
	m := in.mod
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.patches[pc]
	if p == nil || p.owners[in] == 0 {
		return fmt.Errorf("there is no breakpoint at %#x", pc)
	}
	if p.owners[in]--; p.owners[in] == 0 {
		delete(p.owners, in)
	}
	if len(p.owners) == 0 {
		m.unpatch(pc, p)
	}
	return nil
}

func (m *Module) unpatch(pc abi.TextOffset, p *patch) {
	if p.call {
		m.text.SetSiteNop(pc)
	} else {
		m.text.SetByte(pc, p.orig)
	}
	delete(m.patches, pc)
}

// removeOwner takes all breakpoints of an instance away.
func (m *Module) removeOwner(in *Instance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for pc, p := range m.patches {
		if delete(p.owners, in); len(p.owners) == 0 {
			m.unpatch(pc, p)
		}
	}
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
	if pc >= m.cm.TextSize {
		return 0
	}
	b = b[:min(len(b), int(m.cm.TextSize-pc))]
	m.mu.RLock()
	defer m.mu.RUnlock()
	n := m.text.Read(pc, b)
	put := func(at abi.TextOffset, orig []byte) {
		for i, c := range orig {
			if k := int64(at) + int64(i) - int64(pc); k >= 0 && k < int64(n) {
				b[k] = c
			}
		}
	}
	for at, p := range m.patches {
		if p.call {
			put(at, native.SiteNop[:])
		} else {
			put(at, []byte{p.orig})
		}
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
	return found{patched: true, mine: p.owners[in] > 0, nop: p.nop, orig: p.orig}
}
