package native

import (
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// Contexts stand in an arena of slots; one that is larger takes several in a row.
const (
	contextShift = 16
	contextSlot  = 1 << contextShift
)

// Read by the signal handler: written once, before it is installed. contextHeads points at
// one byte per slot, 1 where a context begins.
var contextLo, contextSize, contextHeads uintptr

var contexts struct {
	mu   sync.Mutex
	free map[uintptr][]uintptr // by slots: addresses, clean
	next uintptr
}

func initContexts() error {
	var err error
	for _, size := range []uintptr{16 << 30, 1 << 30, 64 << 20} {
		var lo uintptr
		// One slot more, to begin at a multiple of the slot size.
		lo, err = mmap(0, size+contextSlot, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
		if err != nil {
			continue
		}
		heads, err := mmap(0, pageUp(size>>contextShift), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
		if err != nil {
			return fmt.Errorf("reserving the map of contexts: %w", err)
		}
		contextLo = (lo + contextSlot - 1) &^ (contextSlot - 1)
		contextSize, contextHeads = size, heads
		contexts.next = contextLo
		contexts.free = map[uintptr][]uintptr{}
		return nil
	}
	return fmt.Errorf("reserving address space for contexts: %w", err)
}

// NewContext returns a zeroed context with size bytes in all, at a fixed address.
func NewContext(size uint32) (*abi.Context, error) {
	slots := (uintptr(max(size, 1)) + contextSlot - 1) >> contextShift
	contexts.mu.Lock()
	defer contexts.mu.Unlock()
	var a uintptr
	if l := contexts.free[slots]; len(l) > 0 {
		a = l[len(l)-1]
		contexts.free[slots] = l[:len(l)-1]
	} else {
		if contextLo+contextSize-contexts.next < slots<<contextShift {
			return nil, fmt.Errorf("too many instances: %d MiB of contexts are in use", contextSize>>20)
		}
		a = contexts.next
		contexts.next += slots << contextShift
	}
	*headMark(a) = 1
	c := (*abi.Context)(pointer(a))
	c.HostStub = uint64(arenaLo + stubHost)
	c.SiteStub = uint64(arenaLo + stubSite)
	c.DoneStub = uint64(arenaLo + stubDone)
	c.CS, c.SS = userCS, userSS // a stop at a call-patched site does not save them
	return c, nil
}

func headMark(a uintptr) *byte { return (*byte)(pointer(contextHeads + (a-contextLo)>>contextShift)) }

// FreeContext takes a context back that NewContext made with the same size.
func FreeContext(c *abi.Context, size uint32) {
	a := uintptr(unsafe.Pointer(c))
	slots := (uintptr(max(size, 1)) + contextSlot - 1) >> contextShift
	contexts.mu.Lock()
	defer contexts.mu.Unlock()
	*headMark(a) = 0
	if size <= contextSlot {
		clear(unsafe.Slice((*byte)(pointer(a)), size)) // cheaper than to give the pages back
	} else {
		must("clearing a context", discard(a, pageUp(uintptr(size))))
	}
	contexts.free[slots] = append(contexts.free[slots], a)
}

// Selectors of user code and data, as the frame of an interrupt return wants them.
const userCS, userSS = 0x33, 0x2b

// InitState makes c's saved state one that StubResume can load, but for PC and SP.
func InitState(c *abi.Context) {
	c.CS, c.SS = userCS, userSS
	c.Flags = 0x202
	c.MXCSR = 0x1f80
	c.VecValid = 1
	c.Regs[RegSP], c.Regs[RegContext] = c.SP, uint64(uintptr(unsafe.Pointer(c)))
}

func enter(c *abi.Context, stub uintptr)

// Enter runs guest code until c.Reason says why it came back.
func Enter(c *abi.Context, s Stub) {
	for enter(c, arenaLo+uintptr(s)); c.Inside == 0; enter(c, arenaLo+uintptr(s)) {
		ride(c) // it was not this thread that ran it before
	}
	c.Inside = 0
}
