package native

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/arch/x86/x86asm"
	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// Protect changes what may be done with the whole pages from at on.
func Protect(at abi.Addr, n uint64, access Access) error {
	prot := [...]int{ReadWrite: unix.PROT_READ | unix.PROT_WRITE, ReadOnly: unix.PROT_READ, NoAccess: unix.PROT_NONE}[access]
	return mprotect(uintptr(at), uintptr(n), prot)
}

// HardwareWatch is a debug register of the thread that asked for it.
type HardwareWatch struct{ fd int }

// struct perf_event_attr of linux/perf_event.h, as far as it is needed.
const (
	perfAttrSize        = 136
	perfTypeBreakpoint  = 5
	perfSampleAddr      = 1 << 3
	perfPinned          = 1 << 2
	perfExcludeKernel   = 1 << 5
	perfExcludeHV       = 1 << 6
	perfRemoveOnExec    = 1 << 36
	perfSigtrap         = 1 << 37
	perfFlagCloseOnExec = 8

	perfAttrPeriod, perfAttrSample, perfAttrFlags = 16, 24, 40
	perfAttrKind, perfAttrAddr, perfAttrLen       = 52, 56, 64
	perfAttrData                                  = 120
)

// WatchHardware makes the processor trap behind each instruction of this thread that accesses the
// n bytes at at: 1, 2, 4 or 8, aligned. data comes back in Context.PerfData. It fails where the kernel
// does not allow it, and when all debug registers are in use.
func WatchHardware(at abi.Addr, n uint64, reads bool, data uint64) (HardwareWatch, error) {
	var a [perfAttrSize]byte
	le := binary.LittleEndian
	kind := uint32(2) // writes
	if reads {
		kind = 3
	}
	le.PutUint32(a[0:], perfTypeBreakpoint)
	le.PutUint32(a[4:], perfAttrSize)
	le.PutUint64(a[perfAttrPeriod:], 1)
	le.PutUint64(a[perfAttrSample:], perfSampleAddr)
	le.PutUint64(a[perfAttrFlags:], perfPinned|perfExcludeKernel|perfExcludeHV|perfRemoveOnExec|perfSigtrap)
	le.PutUint32(a[perfAttrKind:], kind)
	le.PutUint64(a[perfAttrAddr:], uint64(at))
	le.PutUint64(a[perfAttrLen:], n)
	le.PutUint64(a[perfAttrData:], data)
	fd, _, e := unix.Syscall6(unix.SYS_PERF_EVENT_OPEN, uintptr(unsafe.Pointer(&a[0])), 0, ^uintptr(0), ^uintptr(0), perfFlagCloseOnExec, 0)
	if e != 0 {
		return HardwareWatch{-1}, fmt.Errorf("a hardware watchpoint: %w", e)
	}
	return HardwareWatch{int(fd)}, nil
}

// Close gives the debug register back.
func (h HardwareWatch) Close() {
	if h.fd >= 0 {
		unix.Close(h.fd)
	}
}

// AccessSize returns how many bytes of memory the instruction that begins with code accesses.
// Where it repeats itself, that is one round.
func AccessSize(code []byte) uint64 {
	in, err := x86asm.Decode(code, 64)
	if err != nil || in.MemBytes == 0 {
		return 1
	}
	return uint64(in.MemBytes)
}

// IsWrite tells whether a fault with this error code was a write's (Intel SDM volume 3, 5.12).
func IsWrite(errCode uint64) bool { return errCode&2 != 0 }

// MemoryOperand lists the registers that the address which an instruction accesses is made of, as indices of
// Context.Regs: those that may hold the base of a memory. moves says that the instruction moves them on (the string
// instructions). The instruction must be one with an operand in memory.
func MemoryOperand(code []byte) (regs []int, moves bool) {
	at, rex := 0, byte(0)
	next := func() (b byte) {
		if at < len(code) {
			b = code[at]
		}
		at++
		return b
	}
	b := next()
	for ; b >= 0x64 && b <= 0x67 || b == 0xf0 || b == 0xf2 || b == 0xf3 || b == 0x2e || b == 0x3e; b = next() {
	}
	if b&0xf0 == 0x40 {
		rex, b = b, next()
	}
	switch b {
	case 0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xa7, 0xac, 0xad, 0xae, 0xaf:
		return []int{6, 7}, true
	case 0x0f:
		if b = next(); b == 0x38 || b == 0x3a {
			next()
		}
	}
	modrm := next()
	if modrm>>6 == 3 {
		return nil, false
	}
	base := int(modrm & 7)
	if base != 4 {
		return []int{base | int(rex&1)<<3}, false
	}
	sib := next()
	regs = []int{int(sib&7) | int(rex&1)<<3}
	if index := int(sib>>3&7) | int(rex&2)<<2; index != 4 && sib>>6 == 0 {
		regs = append(regs, index)
	}
	return regs, false
}
