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
	image     *Image
	space     uint64 // of ReserveSpace, else 0
	mirror    mirrored
}

// pool keeps mappings for reuse, so that an instance costs no more system calls than it must.
var pool struct {
	mu       sync.Mutex
	stacks   map[uint64][]Stack
	empty    []abi.Addr // reservations, all inaccessible
	memories map[memoryKind][]abi.Addr
	kept     int // in memories
}

// memoryKind is what a memory looks like at its start.
type memoryKind struct {
	image     *Image
	committed uint64
}

// How many mappings of each sort the pool keeps.
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

// Reserve returns the address space of one linear memory, of which the first n bytes are
// accessible: zero, or image (which may be nil) with zeros around.
func Reserve(n uint64, image *Image) (*Reservation, error) {
	r := &Reservation{committed: n, image: image}
	if r.fromPool() {
		return r, nil
	}
	if r.Base == 0 {
		base, err := mmap(0, ReservationSize, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
		if err != nil {
			return nil, fmt.Errorf("reserving %d GiB of address space for a memory: %w", ReservationSize>>30, err)
		}
		r.Base = abi.Addr(base)
	}
	r.committed = 0
	err := r.Commit(n)
	if err == nil && image != nil {
		_, err = mmap(uintptr(r.Base)+uintptr(image.start), uintptr(image.size), unix.PROT_READ|unix.PROT_WRITE,
			unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE, image.fd, 0)
	}
	if err != nil {
		must("unmapping a memory", munmap(uintptr(r.Base), ReservationSize))
		return nil, err
	}
	return r, nil
}

// fromPool takes a reservation that is ready for use, or else an empty one.
func (r *Reservation) fromPool() bool {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	kind := memoryKind{r.image, r.committed}
	if l := pool.memories[kind]; len(l) > 0 {
		r.Base = l[len(l)-1]
		pool.memories[kind] = l[:len(l)-1]
		pool.kept--
		return true
	}
	if n := len(pool.empty); n > 0 {
		r.Base = pool.empty[n-1]
		pool.empty = pool.empty[:n-1]
	}
	return false
}

// Commit makes the first n bytes accessible; new ones are zero.
func (r *Reservation) Commit(n uint64) error {
	if n = r.whole(n); n <= r.committed {
		return nil
	}
	if n > r.Space() {
		return fmt.Errorf("making %d bytes of memory accessible, of %d", n, r.Space())
	}
	if r.mirror.at != 0 {
		return r.resizeMirrored(n)
	}
	at := uintptr(r.Base) + uintptr(r.committed)
	if err := mprotect(at, uintptr(n-r.committed), unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return fmt.Errorf("making %d bytes of memory accessible: %w", n, err)
	}
	r.committed = n
	return nil
}

// Free gives the address space back. initial is how much of it was accessible at first.
func (r *Reservation) Free(initial uint64) {
	if r.mirror.at != 0 {
		r.freeMirrored()
		return
	}
	if r.space != 0 {
		must("unmapping a memory", munmap(uintptr(r.Base), uintptr(r.space)))
		return
	}
	pool.mu.Lock()
	defer pool.mu.Unlock()
	// Without changes, the pages are what they were: zero, or those of the image.
	if r.committed == initial && pool.kept < maxPooled && (r.image == nil || !r.image.closed) &&
		(initial == 0 || discard(uintptr(r.Base), uintptr(initial)) == nil) {
		if pool.memories == nil {
			pool.memories = map[memoryKind][]abi.Addr{}
		}
		kind := memoryKind{r.image, initial}
		pool.memories[kind] = append(pool.memories[kind], r.Base)
		pool.kept++
		return
	}
	recycle(r.Base, r.committed)
}

// recycle makes a reservation empty, or gives it back to the system when there are enough.
// The pool is locked.
func recycle(base abi.Addr, committed uint64) {
	if len(pool.empty) >= maxPooled {
		must("unmapping a memory", munmap(uintptr(base), ReservationSize))
		return
	}
	if committed > 0 {
		_, err := mmap(uintptr(base), uintptr(committed), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED, -1, 0)
		must("clearing a memory", err)
	}
	pool.empty = append(pool.empty, base)
}

// Image is a part of the initial contents of a memory, shared by all that start from it.
type Image struct {
	fd          int
	start, size uint64 // multiples of the page size
	closed      bool
}

// NewImage keeps a copy of data, which stands at start, a multiple of the page size, and is
// rounded up to pages with zeros.
func NewImage(start uint64, data []byte) (*Image, error) {
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
	return &Image{fd: fd, start: start, size: uint64(size)}, nil
}

// Close gives the image up; memories that map it keep what they have.
func (i *Image) Close() {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	i.closed = true
	for kind, l := range pool.memories {
		if kind.image != i {
			continue
		}
		for _, base := range l {
			recycle(base, kind.committed)
		}
		pool.kept -= len(l)
		delete(pool.memories, kind)
	}
	unix.Close(i.fd)
}
