package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Checkpoint is the state of a call that stood: memories, globals, tables, what is left of the segments,
// the guest's stack and all registers. It is good for the instance that it was taken of, as long as
// that is open, also after the call has ended.
type Checkpoint struct {
	in    *Instance
	f     uint32 // that was called
	pc    abi.TextOffset
	head  *native.State
	args  []uint64
	stack []byte // from the stack pointer up

	memories []savedMemory
	tables   [][]uint64
	globals  [][2]uint64
	elems    [][]uint64
	datas    [][]byte
}

// savedMemory is the contents of a memory by pages of the machine; nil is one of zeros. Checkpoints share the
// pages that have not changed between them.
type savedMemory struct {
	size  uint64
	pages [][]byte
}

// maxCheckpoint bounds what one checkpoint copies.
const maxCheckpoint = 1 << 30

var (
	errNested  = errors.New("a host function is in the middle of a call back into the program: its own state can't be saved")
	errHosts   = errors.New("the call is its host's: it can't be made again")
	errForeign = errors.New("the checkpoint is of another instance")
)

var zeroPage [native.PageSize]byte

// Checkpoint saves the state of the call that stands. before, which may be nil, is an earlier checkpoint to share
// memory with.
func (in *Instance) Checkpoint(before *Checkpoint) (*Checkpoint, error) {
	a, err := in.standing()
	if err != nil {
		return nil, err
	}
	if a.in != in || a.parent != nil || a.outer != nil {
		return nil, errNested
	}
	if in.debug.attached {
		return nil, errHosts
	}
	c := in.ctx
	pc, ok := in.mod.TextOffset(abi.Addr(c.PC))
	if !ok || !in.onStack(abi.Addr(c.SP)) {
		return nil, ErrNotStanding
	}
	p := &Checkpoint{in: in, f: in.debug.f, pc: pc, head: native.SaveState(c), args: slices.Clone(c.Args[:])}
	p.stack = bytes.Clone(native.Bytes(abi.Addr(c.SP), uint64(in.stack.Hi)-c.SP))
	if before != nil && before.in != in {
		before = nil
	}
	copied := 0
	for i, m := range in.memories {
		s := savedMemory{size: m.Size(), pages: make([][]byte, (m.Size()+native.PageSize-1)/native.PageSize)}
		all := native.Bytes(m.bytes(), uint64(len(s.pages))*native.PageSize) // a last page that is not whole is there
		for n := range s.pages {
			page := all[n*native.PageSize:][:native.PageSize]
			if bytes.Equal(page, zeroPage[:]) {
				continue
			}
			if before != nil && n < len(before.memories[i].pages) && bytes.Equal(before.memories[i].pages[n], page) {
				s.pages[n] = before.memories[i].pages[n]
				continue
			}
			if copied += native.PageSize; copied > maxCheckpoint {
				return nil, fmt.Errorf("a checkpoint would copy more than %d MiB of memory", maxCheckpoint>>20)
			}
			s.pages[n] = bytes.Clone(page)
		}
		p.memories = append(p.memories, s)
	}
	for _, t := range in.tables {
		p.tables = append(p.tables, slices.Clone(t.elems))
	}
	for _, g := range in.globals {
		v := [2]uint64{g.Get()}
		if g.wide() {
			v = *g.word
		}
		p.globals = append(p.globals, v)
	}
	p.elems, p.datas = slices.Clone(in.elems), slices.Clone(in.datas)
	return p, nil
}

// Restore makes the instance stand where it stood at a checkpoint. The call that stands now is given up if it is
// another one, or if it is over.
func (in *Instance) Restore(p *Checkpoint) error {
	if p.in != in {
		return errForeign
	}
	a, err := in.standing()
	if err != nil || a.in != in || a.parent != nil || a.outer != nil || in.debug.f != p.f {
		if a, err = in.standAnew(p.f); err != nil {
			return err
		}
	}
	for i, m := range in.memories {
		if err := m.restore(&p.memories[i]); err != nil {
			return fmt.Errorf("memory %d: %w", i, err)
		}
	}
	if w := a.watching(); w != nil {
		w.drop(func(w *Watch) bool { return !in.watchable(w.Addr, w.Len) }) // memory may have become smaller
	}
	for i, t := range in.tables {
		if t.owner != nil {
			t.owner.giveElements(t.index, uint64(len(t.elems)), uint64(len(p.tables[i])))
		}
		t.set(slices.Clone(p.tables[i]))
	}
	for i, g := range in.globals {
		g.word[0] = p.globals[i][0]
		if g.wide() {
			g.word[1] = p.globals[i][1]
		}
	}
	in.elems, in.datas = slices.Clone(p.elems), slices.Clone(p.datas)
	c := in.ctx
	p.head.Restore()
	c.PC = uint64(in.mod.addr(p.pc))
	copy(c.Args[:], p.args)
	copy(native.Bytes(in.stack.Hi-abi.Addr(len(p.stack)), uint64(len(p.stack))), p.stack)
	a.thread.debug.Load().moved = true
	return nil
}

// standAnew starts a call that stands before its first instruction.
func (in *Instance) standAnew(f uint32) (*activation, error) {
	var watch *watchSet
	if in.debug != nil {
		watch = in.debug.watch
	}
	if in.closed.Load() {
		return nil, ErrClosed
	}
	in.killed.Store(false)
	args := make([]uint64, in.Func(f).params)
	if err := in.Start(in.debug.thread.ctx, f, args...); err != nil {
		return nil, err
	}
	if watch != nil {
		in.debug.watch = &watchSet{}
	}
	in.Pause()
	if s := in.Resume(); s.Reason != StopPaused {
		return nil, fmt.Errorf("starting again: %v", s)
	}
	return in.standing()
}

// restore writes what differs.
func (m *Memory) restore(s *savedMemory) error {
	m.book(s.size)
	if m.Size() > s.size {
		if err := m.res.Shrink(s.size); err != nil {
			return err
		}
		m.desc.Size = s.size
	}
	if m.Size() < s.size { // an earlier checkpoint was restored meanwhile
		if err := m.res.Commit(s.size); err != nil {
			return err
		}
		m.desc.Size = s.size
	}
	all := native.Bytes(m.bytes(), uint64(len(s.pages))*native.PageSize)
	for n, saved := range s.pages {
		page := all[n*native.PageSize:][:native.PageSize]
		if saved == nil {
			saved = zeroPage[:]
		}
		if !bytes.Equal(page, saved) {
			copy(page, saved)
		}
	}
	if m.mirror != 0 {
		m.shared.wrote(m.desc.Base, m.Size())
	}
	return nil
}

// wide reports whether the global has two words.
func (g *Global) wide() bool { return g.typ.Type == wasm.V128 }

// Park ends the call and takes away all breakpoints; the instance waits for a Restore.
func (in *Instance) Park() {
	if d := in.debug; d != nil && d.final == nil {
		d.abandon(0)
		d.final = &Stop{Reason: StopFailed, Instance: in, Err: ErrKilled} // though it may take a while
	}
	in.mod.removeOwner(in)
}
