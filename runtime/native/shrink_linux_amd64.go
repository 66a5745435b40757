package native

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Shrink takes away what is accessible behind the first n bytes, which must be whole pages but for what ReserveSpace made.
func (r *Reservation) Shrink(n uint64) error {
	if n = r.whole(n); n >= r.committed {
		return nil
	}
	if r.mirror.at != 0 {
		return r.resizeMirrored(n)
	}
	_, err := mmap(uintptr(r.Base)+uintptr(n), uintptr(r.committed-n), unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED, -1, 0)
	if err != nil {
		return fmt.Errorf("taking back memory behind %d bytes: %w", n, err)
	}
	r.committed = n
	return nil
}
