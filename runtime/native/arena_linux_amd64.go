package native

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// arenaReserve is the address space for code. A call from anywhere in it reaches page 0.
const arenaReserve = 2 << 30

// Read by the signal handler: written once, before it is installed.
var (
	arenaLo    uintptr
	arenaSize  uintptr //lint:ignore U1000 only the handler reads it
	goHandlers [65]uintptr
)

// arena is the code reservation: text is mapped into it readable and executable, and written
// through another mapping of the same memory, so that no page is both.
var arena struct {
	mu    sync.Mutex
	free  []span  // ascending, never adjacent
	fd    int     // the memory; -1 if the kernel has no memfd
	alias uintptr // where all of it is writable
	self  *os.File
}

// span is a piece of the arena.
type span struct{ off, size uintptr }

func initArena() error {
	lo, err := mmap(0, arenaReserve, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
	if err != nil {
		return fmt.Errorf("reserving %d MiB of address space for code: %w", arenaReserve>>20, err)
	}
	if err := initAlias(); err != nil {
		arena.fd, arena.alias = -1, 0
	}
	arenaLo, arenaSize = lo, arenaReserve
	arena.free = []span{{stubPage, arenaReserve - stubPage}}
	page, err := stubBytes()
	if err != nil {
		return err
	}
	return mapSpan(0, page, arena.fd < 0)
}

var memfdCreate = unix.MemfdCreate // a test refuses it

func initAlias() error {
	fd, err := memfdCreate("sphex-code", unix.MFD_CLOEXEC)
	if err != nil {
		return err
	}
	if err := unix.Ftruncate(fd, arenaReserve); err != nil {
		unix.Close(fd)
		return err
	}
	alias, err := mmap(0, arenaReserve, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE, fd, 0)
	if err != nil {
		unix.Close(fd)
		return err
	}
	arena.fd, arena.alias = fd, alias
	return nil
}

func stubCode() *[7]uintptr

// stubBytes lays page 0 out.
func stubBytes() ([]byte, error) {
	page := bytes.Repeat([]byte{0xcc}, stubPage)
	places := [...]Stub{StubEnter, StubReturn, StubResume, StubStep, stubHost, stubDone, stubSite, stubPage}
	end := bytes.Repeat([]byte{0x0f, 0x0b}, 4)
	for i, a := range stubCode() {
		room := places[i+1] - places[i]
		code := unsafe.Slice((*byte)(pointer(a)), room+Stub(len(end)))
		n := bytes.Index(code, end)
		if n < 0 {
			return nil, fmt.Errorf("stub %d has no room", i)
		}
		copy(page[places[i]:], code[:n])
	}
	return page, nil
}

// mapSpan puts code at a page-aligned offset of the arena. Private code, which is all code
// without memfd, is written through /proc/self/mem.
func mapSpan(off uintptr, code []byte, private bool) error {
	n := pageUp(uintptr(max(len(code), 1))) // a module may have no functions
	at := arenaLo + off
	if private {
		if arena.self == nil {
			var err error
			if arena.self, err = os.OpenFile("/proc/self/mem", os.O_RDWR, 0); err != nil {
				return fmt.Errorf("no way to write code: %w", err)
			}
		}
		if _, err := mmap(at, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED, -1, 0); err != nil {
			return fmt.Errorf("mapping %d bytes of code: %w", n, err)
		}
		fill(unsafe.Slice((*byte)(pointer(at)), n), code)
		if err := mprotect(at, n, unix.PROT_READ|unix.PROT_EXEC); err != nil {
			return fmt.Errorf("making code executable: %w", err)
		}
		return nil
	}
	// The kernel would clear each page of the alias before it is copied over; it need not for a write.
	if err := writeWhole(arena.fd, code, int64(off)); err != nil {
		return fmt.Errorf("writing %d bytes of code: %w", len(code), err)
	}
	fill(unsafe.Slice((*byte)(pointer(arena.alias+off)), n)[len(code):], nil)
	if _, err := mmap(at, n, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_SHARED|unix.MAP_FIXED, arena.fd, int64(off)); err != nil {
		return fmt.Errorf("mapping %d bytes of code: %w", n, err)
	}
	return nil
}

// writeWhole writes all of b at an offset of a file.
func writeWhole(fd int, b []byte, at int64) error {
	for len(b) > 0 {
		n, err := unix.Pwrite(fd, b, at)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		case n == 0:
			return io.ErrShortWrite
		}
		n = max(n, 0)
		b, at = b[n:], at+int64(n)
	}
	return nil
}

// fill copies code and pads with int3.
func fill(to, code []byte) {
	n := copy(to, code)
	for i := range to[n:] {
		to[n+i] = 0xcc
	}
}

// Text is the mapped code of one module.
type Text struct {
	span
	private bool
}

// MapText puts code into the arena. Private code can be patched by a debugger of this process:
// ptrace does not write to shared pages that are not writable.
func MapText(code []byte, private bool) (*Text, error) {
	n := pageUp(uintptr(max(len(code), 1)))
	arena.mu.Lock()
	defer arena.mu.Unlock()
	for i := range arena.free {
		f := &arena.free[i]
		if f.size < n {
			continue
		}
		t := &Text{span{f.off, n}, private || arena.fd < 0}
		if err := mapSpan(t.off, code, t.private); err != nil {
			return nil, err
		}
		f.off += n
		f.size -= n
		if f.size == 0 {
			arena.free = append(arena.free[:i], arena.free[i+1:]...)
		}
		return t, nil
	}
	return nil, fmt.Errorf("the %d MiB for code have no %d bytes left", arenaReserve>>20, n)
}

// Unmap takes the code away. Nothing may run in it.
func (t *Text) Unmap() {
	arena.mu.Lock()
	defer arena.mu.Unlock()
	must("unmapping code", func() error {
		_, err := mmap(arenaLo+t.off, t.size, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|unix.MAP_FIXED, -1, 0)
		return err
	}())
	if !t.private {
		// Gives the memory back; where that fails it is only kept until the span is used again.
		unix.Fallocate(arena.fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, int64(t.off), int64(t.size))
	}
	arena.free = addSpan(arena.free, t.span)
}

// addSpan returns the free list with s.
func addSpan(free []span, s span) []span {
	i := 0
	for i < len(free) && free[i].off < s.off {
		i++
	}
	free = append(free, span{})
	copy(free[i+1:], free[i:])
	free[i] = s
	if i+1 < len(free) && free[i].off+free[i].size == free[i+1].off {
		free[i].size += free[i+1].size
		free = append(free[:i+1], free[i+2:]...)
	}
	if i > 0 && free[i-1].off+free[i-1].size == free[i].off {
		free[i-1].size += free[i].size
		free = append(free[:i], free[i+1:]...)
	}
	return free
}

// Addr returns where the code is.
func (t *Text) Addr() abi.Addr { return abi.Addr(arenaLo + t.off) }

// Byte returns a byte of the code as it stands, patches included.
func (t *Text) Byte(o abi.TextOffset) byte {
	return *(*byte)(pointer(arenaLo + t.off + uintptr(o)))
}

// Read copies code as it stands, patches included, and returns how much there was.
func (t *Text) Read(o abi.TextOffset, b []byte) int {
	if uintptr(o) >= t.size {
		return 0
	}
	return copy(b, unsafe.Slice((*byte)(pointer(arenaLo+t.off+uintptr(o))), t.size-uintptr(o)))
}

// SetByte replaces one byte of code under running guests.
func (t *Text) SetByte(o abi.TextOffset, b byte) {
	arena.mu.Lock()
	defer arena.mu.Unlock()
	t.poke(o, b)
	syncCores()
}

// ByteEdit is one byte of code that is to be another.
type ByteEdit struct {
	At   abi.TextOffset
	Byte byte
}

// SetBytes is SetByte for many, at the price of one. Unless it is to be seen at once, a processor may
// run what stood there before until it has executed an instruction that serializes it, as that which
// StubStep ends with does, or until SyncCores.
func (t *Text) SetBytes(edits []ByteEdit, atOnce bool) {
	if len(edits) == 0 {
		return
	}
	arena.mu.Lock()
	defer arena.mu.Unlock()
	for _, e := range edits {
		t.poke(e.At, e.Byte)
	}
	if atOnce {
		syncCores()
	}
}

// SyncCores makes every processor see changed code.
func SyncCores() { syncCores() }

// Write writes code that nobody can run yet.
func (t *Text) Write(o abi.TextOffset, code []byte) {
	arena.mu.Lock()
	defer arena.mu.Unlock()
	at := t.off + uintptr(o)
	if t.private {
		pokeSlowly(at, code)
		return
	}
	copy(unsafe.Slice((*byte)(pointer(arena.alias+at)), len(code)), code)
}

// Size returns the bytes that are mapped.
func (t *Text) Size() uint64 { return uint64(t.size) }

// SetSiteCall puts a call of the site stub over the five bytes at o, under running guests, none
// of which may stand inside of them.
func (t *Text) SetSiteCall(o abi.TextOffset) {
	at := t.off + uintptr(o)
	rel := uint32(stubSite - int64(at+5))
	t.setFive(o, [5]byte{0xe8, byte(rel), byte(rel >> 8), byte(rel >> 16), byte(rel >> 24)})
}

// ClearSiteCall is the reverse of SetSiteCall; was is what stood there.
func (t *Text) ClearSiteCall(o abi.TextOffset, was [SiteCallSize]byte) { t.setFive(o, was) }

// setFive goes over an int3 in the first byte, so that no processor ever sees a mixture,
// wherever in a cache line the site stands (Intel SDM volume 3, 10.1.3; Linux patches its own
// code so): a guest that runs into the int3 meanwhile goes on in the copy of what stood there.
func (t *Text) setFive(o abi.TextOffset, b [5]byte) {
	arena.mu.Lock()
	defer arena.mu.Unlock()
	t.poke(o, 0xcc)
	syncCores()
	for i, c := range b[1:] { // nobody runs these while the int3 stands before them
		t.poke(o+1+abi.TextOffset(i), c)
	}
	syncCores()
	t.poke(o, b[0])
	syncCores()
}

// poke writes a byte of code. The arena is locked.
func (t *Text) poke(o abi.TextOffset, b byte) {
	at := t.off + uintptr(o)
	if t.private {
		pokeSlowly(at, []byte{b})
		return
	}
	p := (*uint64)(pointer(arena.alias + at&^7))
	shift := 8 * (at & 7)
	atomic.StoreUint64(p, atomic.LoadUint64(p)&^(0xff<<shift)|uint64(b)<<shift)
}

func pokeSlowly(at uintptr, b []byte) {
	_, err := arena.self.WriteAt(b, int64(arenaLo+at))
	must("patching code", err)
}

// syncCores makes every processor that runs this process see changed code.
func syncCores() {
	unix.Syscall(unix.SYS_MEMBARRIER, membarrierSyncCore, 0, 0)
}

const (
	membarrierSyncCore         = 0x20
	membarrierRegisterSyncCore = 0x40
)
