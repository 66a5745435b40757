package native

import (
	"fmt"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// ReserveSpace is Reserve for a memory whose accesses are all checked: it gets the address space that it can grow into,
// space bytes, and no guard. Its size need not be whole pages.
func ReserveSpace(space, n uint64) (*Reservation, error) {
	if n > space || space > maxSpace {
		return nil, fmt.Errorf("a memory of %d bytes, in %d bytes of address space, is too large", n, space)
	}
	space = max(uint64(pageUp(uintptr(space))), PageSize)
	base, err := mmap(0, uintptr(space), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
	if err != nil {
		return nil, fmt.Errorf("reserving %d bytes of address space for a memory: %w", space, err)
	}
	r := &Reservation{Base: abi.Addr(base), space: space}
	if err := r.Commit(n); err != nil {
		must("unmapping a memory", munmap(base, uintptr(space)))
		return nil, err
	}
	return r, nil
}

// maxSpace is less than what a process can address.
const maxSpace = 1 << 46

// Space is the address space that the memory has.
func (r *Reservation) Space() uint64 {
	if r.space != 0 {
		return r.space
	}
	return ReservationSize
}

// whole rounds a size up to what can be made accessible.
func (r *Reservation) whole(n uint64) uint64 {
	if r.space == 0 {
		return n
	}
	return uint64(pageUp(uintptr(n)))
}
