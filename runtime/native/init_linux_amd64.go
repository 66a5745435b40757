package native

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Init reserves the arenas and installs the signal handler. It is called once; later calls
// return the first result.
func Init() error { return initOnce() }

var initOnce = sync.OnceValue(func() error {
	if err := checkProcessor(); err != nil {
		return err
	}
	if err := initContexts(); err != nil {
		return err
	}
	if err := initArena(); err != nil {
		return err
	}
	// Kernels without it have no need for patches to be seen at once: they run a breakpoint late.
	unix.Syscall(unix.SYS_MEMBARRIER, membarrierRegisterSyncCore, 0, 0)
	initRiders()
	if err := initAlarm(); err != nil {
		return err
	}
	return installHandler()
})

// handled are the signals that the handler looks at first. QUIT, ABRT and PROF are there
// because Go walks the stack in their handlers.
var handled = [...]unix.Signal{
	unix.SIGQUIT, unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGBUS,
	unix.SIGFPE, unix.SIGSEGV, unix.SIGURG, unix.SIGPROF,
}

// kernelAction is the kernel's struct sigaction.
type kernelAction struct {
	handler, flags, restorer, mask uintptr
}

func sigaction(sig unix.Signal, to, from *kernelAction) error {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(from)), 8, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func handlerAddr() uintptr

func installHandler() error {
	const saSigInfo, saRestorer, saOnStack = 0x4, 0x04000000, 0x08000000
	for _, s := range handled {
		var a kernelAction
		if err := sigaction(s, nil, &a); err != nil {
			return fmt.Errorf("reading the handler of %v: %w", s, err)
		}
		const need = saSigInfo | saRestorer | saOnStack
		if a.handler <= 1 || a.flags&need != need {
			return fmt.Errorf("the handler of %v is not Go's: is this process a C program's library?", s)
		}
		goHandlers[s] = a.handler
	}
	for _, s := range handled {
		var a kernelAction
		if err := sigaction(s, nil, &a); err != nil {
			return fmt.Errorf("reading the handler of %v: %w", s, err)
		}
		a.handler = handlerAddr()
		a.mask = ^uintptr(0)
		if err := sigaction(s, &a, nil); err != nil {
			return fmt.Errorf("installing the handler of %v: %w", s, err)
		}
	}
	return nil
}

func mmap(at, n uintptr, prot, flags, fd int, off int64) (uintptr, error) {
	p, _, e := unix.Syscall6(unix.SYS_MMAP, at, n, uintptr(prot), uintptr(flags), uintptr(fd), uintptr(off))
	if e != 0 {
		return 0, e
	}
	return p, nil
}

func munmap(at, n uintptr) error {
	if _, _, e := unix.Syscall(unix.SYS_MUNMAP, at, n, 0); e != 0 {
		return e
	}
	return nil
}

func mprotect(at, n uintptr, prot int) error {
	if _, _, e := unix.Syscall(unix.SYS_MPROTECT, at, n, uintptr(prot)); e != 0 {
		return e
	}
	return nil
}

// discard makes private anonymous pages zero again.
func discard(at, n uintptr) error {
	if _, _, e := unix.Syscall(unix.SYS_MADVISE, at, n, unix.MADV_DONTNEED); e != 0 {
		return e
	}
	return nil
}

// must is for system calls whose failure leaves no way on.
func must(what string, err error) {
	if err != nil && !errors.Is(err, unix.EINTR) {
		panic(fmt.Sprintf("native: %s: %v", what, err))
	}
}

func pageUp(n uintptr) uintptr { return (n + 0xfff) &^ 0xfff }
