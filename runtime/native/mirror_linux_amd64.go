package native

import (
	"fmt"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// mirrored is what a Reservation has whose bytes are mapped twice: the second mapping stays open when pages of the
// first are closed.
type mirrored struct {
	at abi.Addr // of the second mapping; 0: there is none
	fd int
}

// ReserveMirrored is Reserve for a memory of zeros whose bytes are there twice: see Mirror.
func ReserveMirrored(n uint64) (*Reservation, error) {
	fd, err := unix.MemfdCreate("sphex-memory", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("a file for a memory: %w", err)
	}
	var at [2]uintptr
	for i := range at {
		at[i], err = mmap(0, ReservationSize, unix.PROT_NONE, unix.MAP_SHARED|unix.MAP_NORESERVE, fd, 0)
		if err != nil {
			if i > 0 {
				must("unmapping a memory", munmap(at[0], ReservationSize))
			}
			unix.Close(fd)
			return nil, fmt.Errorf("reserving %d GiB of address space for a memory: %w", ReservationSize>>30, err)
		}
	}
	r := &Reservation{Base: abi.Addr(at[0]), mirror: mirrored{abi.Addr(at[1]), fd}}
	if err := r.Commit(n); err != nil {
		r.freeMirrored()
		return nil, err
	}
	return r, nil
}

// Mirror returns where the memory's bytes are a second time; 0: nowhere.
func (r *Reservation) Mirror() abi.Addr { return r.mirror.at }

// resizeMirrored makes the first n bytes accessible, and no others.
func (r *Reservation) resizeMirrored(n uint64) error {
	if err := unix.Ftruncate(r.mirror.fd, int64(n)); err != nil {
		return fmt.Errorf("making a memory of %d bytes: %w", n, err)
	}
	lo, hi, prot := min(n, r.committed), max(n, r.committed), unix.PROT_READ|unix.PROT_WRITE
	if n < r.committed {
		prot = unix.PROT_NONE
	}
	for _, base := range [...]abi.Addr{r.Base, r.mirror.at} {
		if err := mprotect(uintptr(base)+uintptr(lo), uintptr(hi-lo), prot); err != nil {
			return fmt.Errorf("making a memory of %d bytes: %w", n, err)
		}
	}
	r.committed = n
	return nil
}

func (r *Reservation) freeMirrored() {
	for _, base := range [...]abi.Addr{r.Base, r.mirror.at} {
		must("unmapping a memory", munmap(uintptr(base), ReservationSize))
	}
	unix.Close(r.mirror.fd)
}
