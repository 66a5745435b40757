package runtime

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Several threads may run on a shared memory, so that its watched pages can't be opened for one of them without
// opening them for all. Such a memory is therefore mapped twice. The pages that guest code uses stay closed
// as long as they are watched; an instruction that faults on one of them is carried out with the registers of its
// address moved to the second mapping, where Go accesses the memory, too.

// newMirrored makes a memory that is mapped twice.
func newMirrored(t wasm.MemoryType) (*Memory, error) {
	size, _ := bytesOf(&t, t.Limits.Min)
	res, err := native.ReserveMirrored(size)
	if err != nil {
		return nil, err
	}
	return &Memory{desc: &abi.Memory{Base: res.Base, Size: size}, res: res, typ: t, mirror: res.Mirror()}, nil
}

// bytes is where Go finds the bytes of the memory.
func (m *Memory) bytes() abi.Addr {
	if m.mirror != 0 {
		return m.mirror
	}
	return m.desc.Base
}

// sharedWatches are what debuggers watch in a memory that is mapped twice.
type sharedWatches struct {
	mu    sync.Mutex // held while a watched access is carried out
	list  []watched  // their contents are compared at the second mapping
	pages map[abi.Addr]native.Access
}

// setShared replaces what is watched in the name of an instance.
func (m *Memory) setShared(by *Instance, list []Watch) {
	s := &m.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(list) == 0 && len(s.list) == 0 {
		return
	}
	before := s.list
	next := slices.DeleteFunc(slices.Clone(before), func(w watched) bool { return w.by == by })
	for _, w := range list {
		x := watched{Watch: w, by: by, shift: m.mirror - m.desc.Base}
		x.Pages = true
		// What the host has written and nobody has been told of stays to be found.
		if i := slices.IndexFunc(before, func(o watched) bool { return o.by == by && o.Watch == x.Watch }); i >= 0 {
			x.last, x.asked = before[i].last, before[i].asked
		} else {
			x.last = bytes.Clone(x.now(w.Addr, w.Len))
		}
		next = append(next, x)
	}
	s.list = next
	pages := map[abi.Addr]native.Access{}
	for i := range next {
		r := next[i].wholePages()
		for at := r.lo; at < r.hi; at += native.PageSize {
			pages[at] = max(pages[at], r.access) // the stricter one
		}
	}
	for at, access := range pages {
		if s.pages[at] != access {
			protect(pageRange{at, at + native.PageSize, access})
		}
	}
	for at := range maps.Keys(s.pages) {
		if pages[at] == native.ReadWrite && uint64(at-m.desc.Base) < m.Size() {
			protect(pageRange{at, at + native.PageSize, native.ReadWrite})
		}
	}
	s.pages = pages
}

// asked notes that a host function has asked for n bytes at a.
func (s *sharedWatches) asked(a abi.Addr, n uint64) {
	s.mu.Lock()
	ask(s.list, a, n)
	s.mu.Unlock()
}

// wrote notes that the debugger has written n bytes at a: nobody wants to be told.
func (s *sharedWatches) wrote(a abi.Addr, n uint64) {
	s.mu.Lock()
	for i := range s.list {
		s.list[i].changed(a, a+abi.Addr(n))
	}
	s.mu.Unlock()
}

// forMe keeps the hits of a thread's own debugger, while that is not the one who calls a function.
func (a *activation) forMe(list []watched, hits []WatchHit) (mine []WatchHit) {
	d := a.thread.debug.Load()
	if d == nil || d.here != nil {
		return nil
	}
	for _, h := range hits {
		if slices.ContainsFunc(list, func(w watched) bool { return w.ID == h.ID && w.by == d.in.owner() }) {
			mine = append(mine, h)
		}
	}
	return mine
}

// sharedAt returns the memory that is mapped twice and holds a, nil if there is none.
func (in *Instance) sharedAt(a abi.Addr) *Memory {
	if m, off := in.memoryAt(a); m != nil && m.mirror != 0 && off < m.Size() {
		return m
	}
	return nil
}

// stepShared runs the instruction at pc, which has faulted on a closed page of m, at the second mapping. It returns
// the accesses that count; ok is false if the page is open by now.
func (a *activation) stepShared(m *Memory, pc abi.TextOffset) (hits []WatchHit, ok bool) {
	c, s := a.in.ctx, &m.shared
	start, fault, write := c.PC, abi.Addr(c.Fault), native.IsWrite(c.ErrCode)
	var code [native.MaxInstruction]byte
	n := a.in.mod.ReadText(pc, code[:])
	regs, moves := native.MemoryOperand(code[:n])
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages[fault&^(native.PageSize-1)] == native.ReadWrite {
		return nil, false
	}
	shift, space := uint64(m.mirror-m.desc.Base), m.res.Space()
	var moved [2]uint64
	for i, r := range regs {
		if v := c.Regs[r]; v-uint64(m.desc.Base) < space {
			c.Regs[r] += shift
			moved[i] = c.Regs[r]
		}
	}
	a.stepOne(pc)
	for i, r := range regs { // a load may have put something else there
		if moved[i] != 0 && (moves || c.Regs[r] == moved[i]) {
			c.Regs[r] -= shift
		}
	}
	stopped := c.Reason == abi.ReasonSignal
	if stopped && c.Sig == native.SigSegv && c.Fault-uint64(m.mirror) < space {
		c.Fault -= shift // it reached behind the end
	}
	if c.PC != start || stopped && c.Sig == native.SigTrap {
		hits = a.forMe(s.list, touched(s.list, fault, native.AccessSize(code[:n]), write, pc))
	}
	return hits, true
}

// watchesShared reports whether something in a memory that is mapped twice may be watched.
func (in *Instance) watchesShared() bool {
	return slices.ContainsFunc(in.memories, func(m *Memory) bool { return m.mirror != 0 })
}

// sharedByHost lists the watches of memories that are mapped twice that a host function concerns which has returned.
func (a *activation) sharedByHost(at abi.TextOffset, host string) (hits []WatchHit) {
	for _, m := range a.in.memories {
		if m.mirror == 0 {
			continue
		}
		m.shared.mu.Lock()
		hits = append(hits, a.forMe(m.shared.list, byHost(m.shared.list, at, host))...)
		m.shared.mu.Unlock()
	}
	return hits
}

// writtenShared lists the watches of memories that are mapped twice whose contents are new.
func (a *activation) writtenShared(at abi.TextOffset) (hits []WatchHit) {
	for _, m := range a.in.memories {
		if m.mirror == 0 {
			continue
		}
		m.shared.mu.Lock()
		hits = append(hits, a.forMe(m.shared.list, written(m.shared.list, at))...)
		m.shared.mu.Unlock()
	}
	return hits
}

// unwatchShared ends all watching in an instance's name.
func (in *Instance) unwatchShared() {
	for _, m := range in.memories {
		if m.mirror != 0 {
			m.setShared(in.owner(), nil)
		}
	}
}
