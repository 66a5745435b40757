package runtime

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Memory is a linear memory. Its base never moves. It may belong to several instances, which must not
// run at the same time unless its type says that it is shared.
type Memory struct {
	desc  *abi.Memory
	res   *native.Reservation
	typ   wasm.MemoryType
	owner *Instance // nil: the host
	store *Store    // that its bytes count in
	index int       // in the owner

	waiters waiters    // of a shared one
	growing sync.Mutex // a shared one grows from several threads

	// mirror is where the bytes are a second time, for Go's accesses, when the pages at Base may be closed; 0: they
	// are closed only while none of those can happen. See mirror.go.
	mirror abi.Addr
	shared sharedWatches

	// watched is told what a host function asks for while it runs; nil: nobody wants to know.
	watched atomic.Pointer[watchSet]
}

// maxUnguarded is the address space of a memory that is checked, when its type lets it grow further: as in browsers.
const maxUnguarded = 16 << 30

func (*Memory) externKind() wasm.ExternKind { return wasm.ExternMemory }

// NewMemory makes a memory of the host's, for import by instances of the store.
func (s *Store) NewMemory(t wasm.MemoryType) (*Memory, error) {
	if err := native.Init(); err != nil {
		return nil, err
	}
	size, _ := bytesOf(&t, t.Limits.Min)
	if err := s.bytes.take(size, s.limits.Memory, "bytes of memory in the store"); err != nil {
		return nil, err
	}
	make := func(t wasm.MemoryType) (*Memory, error) { return newMemory(t, new(abi.Memory), nil) }
	if s.mirrors && t.Shared && t.Guarded() {
		make = newMirrored
	}
	m, err := make(t)
	if err != nil {
		s.bytes.give(size)
		return nil, err
	}
	m.store = s
	s.mu.Lock()
	s.memories = append(s.memories, m)
	s.mu.Unlock()
	return m, nil
}

func newMemory(t wasm.MemoryType, desc *abi.Memory, image *native.Image) (*Memory, error) {
	size, ok := bytesOf(&t, t.Limits.Min)
	if !ok {
		return nil, fmt.Errorf("a memory of %d pages of %d bytes is larger than its addresses reach", t.Limits.Min, t.PageSize())
	}
	var res *native.Reservation
	var err error
	if t.Guarded() {
		res, err = native.Reserve(size, image)
	} else {
		space, ok := bytesOf(&t, t.Limits.Max)
		if !t.Limits.HasMax || !ok {
			space, ok = bytesOf(&t, t.MaxPages())
		}
		if !ok || space > maxUnguarded {
			space = maxUnguarded
		}
		res, err = native.ReserveSpace(max(space, size), size)
	}
	if err != nil {
		return nil, err
	}
	desc.Base, desc.Size = res.Base, size
	return &Memory{desc: desc, res: res, typ: t}, nil
}

// bytesOf is the size of so many pages of a memory; ok is false if it cannot have as many, or if that has no 64 bits.
func bytesOf(t *wasm.MemoryType, pages uint64) (n uint64, ok bool) {
	return pages << t.PageLog2(), pages <= t.MaxPages() && pages <= math.MaxUint64>>t.PageLog2()
}

func (m *Memory) free() {
	m.book(0)
	m.desc.Base, m.desc.Size = 0, 0
	m.res.Free(m.typ.Limits.Min * m.typ.PageSize())
}

// Type returns the declared type.
func (m *Memory) Type() wasm.MemoryType { return m.typ }

// Base returns the address in this process of byte 0.
func (m *Memory) Base() abi.Addr { return m.desc.Base }

// Size returns the size in bytes.
func (m *Memory) Size() uint64 { return atomic.LoadUint64(&m.desc.Size) }

// Pages returns the size in pages of the memory's type, mostly of 64 KiB.
func (m *Memory) Pages() uint64 { return m.Size() / m.typ.PageSize() }

// Mirrored reports whether the memory can be watched while several threads run: see Store.MirrorShared.
func (m *Memory) Mirrored() bool { return m.mirror != 0 }

// Slice returns the n bytes at addr themselves; they alias the memory and stay valid until
// its instance is closed. ok is false when they are not all inside.
func (m *Memory) Slice(addr wasm.MemAddr, n uint64) (b []byte, ok bool) {
	size := m.Size()
	if uint64(addr) > size || n > size-uint64(addr) {
		return nil, false
	}
	m.Asked(addr, n)
	return native.Bytes(m.bytes()+abi.Addr(addr), n), true
}

// All returns the whole memory. A host function that reads a part of it says which by Asked.
func (m *Memory) All() []byte { return native.Bytes(m.bytes(), m.Size()) }

// Asked tells a debugger that watches memory that the host function which runs works on n bytes at
// addr.
func (m *Memory) Asked(addr wasm.MemAddr, n uint64) {
	if w := m.watched.Load(); w != nil {
		w.ask(m.desc.Base+abi.Addr(addr), n)
	}
	if m.mirror != 0 {
		m.shared.asked(m.desc.Base+abi.Addr(addr), n)
	}
}

// AddressError is an access outside of a linear memory.
type AddressError struct {
	Addr wasm.MemAddr
	Len  uint64
	Size uint64 // of the memory
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("%d bytes at %#x are outside of the linear memory (size %#x)", e.Len, uint64(e.Addr), e.Size)
}

// Read fills b from addr.
func (m *Memory) Read(addr wasm.MemAddr, b []byte) error {
	s, ok := m.Slice(addr, uint64(len(b)))
	if !ok {
		return &AddressError{addr, uint64(len(b)), m.Size()}
	}
	copy(b, s)
	return nil
}

// Write stores b at addr.
func (m *Memory) Write(addr wasm.MemAddr, b []byte) error {
	s, ok := m.Slice(addr, uint64(len(b)))
	if !ok {
		return &AddressError{addr, uint64(len(b)), m.Size()}
	}
	copy(s, b)
	return nil
}

// Uint32 loads a little-endian word.
func (m *Memory) Uint32(addr wasm.MemAddr) (uint32, bool) {
	s, ok := m.Slice(addr, 4)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint32(s), true
}

// PutUint32 stores a little-endian word.
func (m *Memory) PutUint32(addr wasm.MemAddr, v uint32) bool {
	s, ok := m.Slice(addr, 4)
	if ok {
		binary.LittleEndian.PutUint32(s, v)
	}
	return ok
}

// Uint64 loads a little-endian double word.
func (m *Memory) Uint64(addr wasm.MemAddr) (uint64, bool) {
	s, ok := m.Slice(addr, 8)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint64(s), true
}

// PutUint64 stores a little-endian double word.
func (m *Memory) PutUint64(addr wasm.MemAddr, v uint64) bool {
	s, ok := m.Slice(addr, 8)
	if ok {
		binary.LittleEndian.PutUint64(s, v)
	}
	return ok
}

// Grow adds pages and returns the old size in pages. ok is false, and nothing happens, when
// the type, a limit, the limiter or the system refuses: see Instance.Refused.
func (m *Memory) Grow(pages uint64) (old uint64, ok bool) {
	old, err := m.grow(context.Background(), pages)
	m.owner.refuse(err)
	return old, err == nil
}

// book has the bytes of the memory count as n, whatever the limits are, before it gets that size.
func (m *Memory) book(n uint64) {
	switch size := m.Size(); {
	case m.owner != nil:
		m.owner.giveMemory(m.index, size, n)
	case m.store != nil:
		m.store.bytes.give(size - n)
	}
}

// mayGrow asks whether the memory may get a size, and books it.
func (m *Memory) mayGrow(ctx context.Context, size uint64) error {
	switch {
	case m.owner != nil:
		return m.owner.addMemory(ctx, m.index, m.Size(), size)
	case m.store != nil:
		return m.store.bytes.take(size-m.Size(), m.store.limits.Memory, "bytes of memory in the store")
	}
	return nil
}

func (m *Memory) grow(ctx context.Context, pages uint64) (old uint64, err error) {
	if m.typ.Shared {
		m.growing.Lock()
		defer m.growing.Unlock()
	}
	old = m.Pages()
	limit := m.typ.MaxPages()
	if m.typ.Limits.HasMax {
		limit = min(limit, m.typ.Limits.Max)
	}
	size, ok := bytesOf(&m.typ, old+pages)
	switch {
	case pages > limit || old > limit-pages || !ok:
		return old, errFull
	case pages == 0:
		return old, nil
	}
	if err := m.mayGrow(ctx, size); err != nil {
		return old, err
	}
	if err := m.res.Commit(size); err != nil {
		switch now := m.Size(); { // it was booked for nothing
		case m.owner != nil:
			m.owner.giveMemory(m.index, size, now)
		case m.store != nil:
			m.store.bytes.give(size - now)
		}
		return old, err
	}
	atomic.StoreUint64(&m.desc.Size, size)
	return old, nil
}

// contains reports whether a process address is in the memory's reservation, and where.
func (m *Memory) contains(a abi.Addr) (off uint64, ok bool) {
	off = uint64(a - m.desc.Base)
	return off, m.desc.Base != 0 && off < m.res.Space()
}
