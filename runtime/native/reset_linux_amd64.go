package native

import (
	"fmt"
	"unsafe"

	"sphex/aot/abi"
)

// keptStack is how much of a stack is cleared by writing zeros: what small programs use. Their next run then finds these pages
// there, which costs less than to have the kernel take them away and give new ones.
const keptStack = 8 << 10

// Reset makes the stack zero again.
func (s Stack) Reset() error {
	lo, hi := uintptr(s.Lo)+GuardSize, uintptr(s.Hi)
	top := hi - min(keptStack, hi-lo)
	clear(unsafe.Slice((*byte)(pointer(top)), hi-top))
	if top == lo {
		return nil
	}
	if err := discard(lo, top-lo); err != nil {
		return fmt.Errorf("clearing a guest stack: %w", err)
	}
	return nil
}

// Reset makes the memory what it was at first, with initial bytes accessible.
func (r *Reservation) Reset(initial uint64) error {
	if err := r.Shrink(initial); err != nil {
		return err
	}
	if r.committed == 0 {
		return nil
	}
	if err := discard(uintptr(r.Base), uintptr(r.committed)); err != nil {
		return fmt.Errorf("clearing a memory of %d bytes: %w", initial, err)
	}
	return nil
}

// ResetContext makes the head of a context zero but for what NewContext and the instance have set, of its arguments the first words.
func ResetContext(c *abi.Context, words int) {
	host, site, done := c.HostStub, c.SiteStub, c.DoneStub
	cs, ss, lo, hi, self := c.CS, c.SS, c.StackLo, c.StackHi, c.Regs[RegContext]
	clear(head(c)[:])
	c.HostStub, c.SiteStub, c.DoneStub = host, site, done
	c.CS, c.SS, c.StackLo, c.StackHi, c.Regs[RegContext] = cs, ss, lo, hi, self
	clear(c.Args[:words])
}
