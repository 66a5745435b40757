package native

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// Stack is a guest stack with its guard below.
type Stack struct {
	Lo, Hi abi.Addr // guard included
}

// Reservation is the address space of a linear memory.
type Reservation struct {
	Base      abi.Addr
	committed uint64
}

// pool keeps mappings for reuse, so that an instance costs no more system calls than it must.
var pool struct {
	mu       sync.Mutex
	stacks   map[uint64][]Stack
	memories []abi.Addr
}

// How many mappings the pool keeps.
const maxPooled = 256

// NewStack returns a zeroed stack with size bytes above its guard.
func NewStack(size uint64) (Stack, error) {
	size = uint64(pageUp(uintptr(size)))
	pool.mu.Lock()
	if l := pool.stacks[size]; len(l) > 0 {
		s := l[len(l)-1]
		pool.stacks[size] = l[:len(l)-1]
		pool.mu.Unlock()
		return s, nil
	}
	pool.mu.Unlock()
	lo, err := mmap(0, uintptr(size)+GuardSize, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
	if err != nil {
		return Stack{}, fmt.Errorf("mapping a guest stack of %d bytes: %w", size, err)
	}
	if err := mprotect(lo+GuardSize, uintptr(size), unix.PROT_READ|unix.PROT_WRITE); err != nil {
		munmap(lo, uintptr(size)+GuardSize)
		return Stack{}, fmt.Errorf("mapping a guest stack of %d bytes: %w", size, err)
	}
	return Stack{abi.Addr(lo), abi.Addr(lo) + abi.Addr(size) + GuardSize}, nil
}

// Free gives the stack back.
func (s Stack) Free() {
	size := uint64(s.Hi-s.Lo) - GuardSize
	pool.mu.Lock()
	keep := len(pool.stacks[size]) < maxPooled
	pool.mu.Unlock()
	if keep && discard(uintptr(s.Lo)+GuardSize, uintptr(size)) == nil {
		pool.mu.Lock()
		if pool.stacks == nil {
			pool.stacks = map[uint64][]Stack{}
		}
		pool.stacks[size] = append(pool.stacks[size], s)
		pool.mu.Unlock()
		return
	}
	must("unmapping a guest stack", munmap(uintptr(s.Lo), uintptr(s.Hi-s.Lo)))
}

// Reserve returns the address space of one linear memory, all of it inaccessible.
func Reserve() (*Reservation, error) {
	pool.mu.Lock()
	if n := len(pool.memories); n > 0 {
		r := &Reservation{Base: pool.memories[n-1]}
		pool.memories = pool.memories[:n-1]
		pool.mu.Unlock()
		return r, nil
	}
	pool.mu.Unlock()
	base, err := mmap(0, ReservationSize, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
	if err != nil {
		return nil, fmt.Errorf("reserving %d GiB of address space for a memory: %w", ReservationSize>>30, err)
	}
	return &Reservation{Base: abi.Addr(base)}, nil
}

// Commit makes the first n bytes accessible; new ones are zero.
func (r *Reservation) Commit(n uint64) error {
	if n <= r.committed {
		return nil
	}
	at := uintptr(r.Base) + uintptr(r.committed)
	if err := mprotect(at, uintptr(n-r.committed), unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return fmt.Errorf("making %d bytes of memory accessible: %w", n, err)
	}
	r.committed = n
	return nil
}

// MapImage puts a private copy of an image at the start of committed memory: pages are only
// copied when they are written.
func (r *Reservation) MapImage(i *Image) error {
	if i.size > r.committed {
		panic("native: an image larger than its memory")
	}
	_, err := mmap(uintptr(r.Base), uintptr(i.size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE, i.fd, 0)
	return err
}

// Free gives the address space back.
func (r *Reservation) Free() {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if len(pool.memories) < maxPooled {
		if r.committed > 0 {
			_, err := mmap(uintptr(r.Base), uintptr(r.committed), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED, -1, 0)
			must("clearing a memory", err)
		}
		pool.memories = append(pool.memories, r.Base)
		return
	}
	must("unmapping a memory", munmap(uintptr(r.Base), ReservationSize))
}

// Image is the initial contents of a memory, shared by all that start from it.
type Image struct {
	fd   int
	size uint64
}

// NewImage keeps a copy of data, rounded up to pages with zeros.
func NewImage(data []byte) (*Image, error) {
	fd, err := unix.MemfdCreate("sphex-data", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	size := pageUp(uintptr(len(data)))
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		unix.Close(fd)
		return nil, err
	}
	for off := 0; off < len(data); {
		n, err := unix.Pwrite(fd, data[off:], int64(off))
		if err != nil {
			unix.Close(fd)
			return nil, err
		}
		off += n
	}
	return &Image{fd, uint64(size)}, nil
}

// Size is a multiple of the page size.
func (i *Image) Size() uint64 { return i.size }

// Close gives the image up; memories that map it keep what they have.
func (i *Image) Close() { unix.Close(i.fd) }
