package native

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// gdb and lldb learn of code that appears while a process runs through an interface of two
// names ("Debugging with GDB", chapter 30, JIT Compilation Interface): a list of ELF files in
// memory, and a function that is called when the list has changed. A debugger that comes later
// reads the list.

// jitDescriptor is struct jit_descriptor. Everything that it leads to is mapped memory, which
// Go does not manage, so that the list may stand in a section without pointers.
type jitDescriptor struct {
	version uint32
	action  uint32
	changed uintptr
	first   uintptr
}

// jitEntry is struct jit_code_entry.
type jitEntry struct {
	next, prev uintptr
	file       uintptr
	size       uint64
}

const (
	jitNothing = iota
	jitRegister
	jitUnregister
)

func jitNotify()
func jitDescriptorAddr() *jitDescriptor

var jitMu sync.Mutex

// DebugImage is an ELF file in memory that debuggers of this process read.
type DebugImage struct {
	at, size uintptr // of the mapping: an entry with the file behind it
}

// ShowDebugger shows a file to debuggers of this process, those that come later too.
func ShowDebugger(file []byte) (*DebugImage, error) {
	const head = unsafe.Sizeof(jitEntry{})
	size := pageUp(head + uintptr(len(file)))
	at, err := mmap(0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON, -1, 0)
	if err != nil {
		return nil, fmt.Errorf("mapping %d bytes of debug information: %w", size, err)
	}
	copy(unsafe.Slice((*byte)(pointer(at+head)), len(file)), file)
	jitMu.Lock()
	defer jitMu.Unlock()
	d := jitDescriptorAddr()
	*jitEntryAt(at) = jitEntry{next: d.first, file: at + head, size: uint64(len(file))}
	if d.first != 0 {
		jitEntryAt(d.first).prev = at
	}
	d.first, d.changed, d.action = at, at, jitRegister
	notifyDebugger()
	d.action = jitNothing
	return &DebugImage{at, size}, nil
}

// Hide takes the file away.
func (i *DebugImage) Hide() {
	jitMu.Lock()
	defer jitMu.Unlock()
	d := jitDescriptorAddr()
	e := jitEntryAt(i.at)
	if e.prev != 0 {
		jitEntryAt(e.prev).next = e.next
	} else {
		d.first = e.next
	}
	if e.next != 0 {
		jitEntryAt(e.next).prev = e.prev
	}
	d.changed, d.action = i.at, jitUnregister
	notifyDebugger()
	d.changed, d.action = 0, jitNothing
	must("unmapping debug information", munmap(i.at, i.size))
}

// notifyDebugger calls the function in which the debugger has its breakpoint.
func notifyDebugger() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer HoldInterrupts()()
	jitNotify()
}

// HoldInterrupts keeps SIGURG, by which Go's scheduler and Interrupt stop guests, from the
// calling thread until the function that it returns is called; the goroutine must be locked to
// its thread. A debugger that stops the process for more than 10 ms finds that signal waiting.
// It goes before the step over the breakpoint where the thread stands, so that the thread comes
// to the same breakpoint again, and, where each stop takes so long, for ever.
func HoldInterrupts() (restore func()) {
	old := changeMask(unix.SIG_BLOCK, 1<<(unix.SIGURG-1))
	return func() { changeMask(unix.SIG_SETMASK, old) }
}

// changeMask changes the calling thread's mask of blocked signals and returns the old one.
func changeMask(how int, set uint64) (old uint64) {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(&set)), uintptr(unsafe.Pointer(&old)), unsafe.Sizeof(set), 0, 0)
	if e != 0 {
		must("blocking signals", e)
	}
	return old
}

func jitEntryAt(a uintptr) *jitEntry { return (*jitEntry)(pointer(a)) }
