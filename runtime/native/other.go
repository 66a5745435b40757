//go:build !linux || !amd64

package native

import (
	"fmt"
	"runtime"
	"time"

	"sphex/aot/abi"
)

// Init returns an error: there is no such machinery for this platform.
func Init() error {
	return fmt.Errorf("Sphex runs guest code on linux/amd64 only; this is %s/%s", runtime.GOOS, runtime.GOARCH)
}

// unreachable is for what can only be called after Init has succeeded.
func unreachable() {
	panic("native: used although Init failed")
}

// Text is the mapped code of one module.
type Text struct{}

func MapText([]byte, bool) (*Text, error)           { return nil, Init() }
func (t *Text) Unmap()                              { unreachable() }
func (t *Text) Addr() abi.Addr                      { unreachable(); return 0 }
func (t *Text) Byte(o abi.TextOffset) byte          { unreachable(); return 0 }
func (t *Text) Read(o abi.TextOffset, b []byte) int { unreachable(); return 0 }
func (t *Text) SetByte(o abi.TextOffset, b byte)    { unreachable() }
func (t *Text) SetSiteCall(o abi.TextOffset)        { unreachable() }
func (t *Text) SetBytes([]ByteEdit, bool)           { unreachable() }
func SyncCores()                                    { unreachable() }
func (t *Text) Write(abi.TextOffset, []byte)        { unreachable() }
func (t *Text) Size() uint64                        { unreachable(); return 0 }

func (t *Text) ClearSiteCall(abi.TextOffset, [SiteCallSize]byte) { unreachable() }

// ByteEdit is one byte of code that is to be another.
type ByteEdit struct {
	At   abi.TextOffset
	Byte byte
}

// Moved says where an instruction went.
type Moved struct{ From, To uint32 }

func Relocate(code []byte, skip, n int, from, to abi.Addr) ([]byte, []Moved, error) {
	return nil, nil, Init()
}

func NewContext(size uint32) (*abi.Context, error) { return nil, Init() }
func FreeContext(c *abi.Context, size uint32)      { unreachable() }
func InitState(c *abi.Context)                     { unreachable() }
func Enter(c *abi.Context, s Stub)                 { unreachable() }
func Inside(c *abi.Context) bool                   { return false }
func Interrupt(c *abi.Context)                     {}
func InterruptGuests()                             {}
func InterruptAll()                                {}
func SetAlarm(time.Duration)                       {}
func Rings() uint64                                { return 0 }

// Stack is a guest stack with its guard below.
type Stack struct {
	Lo, Hi abi.Addr // guard included
}

func NewStack(size uint64) (Stack, error) { return Stack{}, Init() }
func (s Stack) Free()                     { unreachable() }

// Reservation is the address space of a linear memory.
type Reservation struct {
	Base abi.Addr
}

func Reserve(n uint64, image *Image) (*Reservation, error) { return nil, Init() }
func ReserveSpace(space, n uint64) (*Reservation, error)   { return nil, Init() }
func ReserveMirrored(n uint64) (*Reservation, error)       { return nil, Init() }
func (r *Reservation) Mirror() abi.Addr                    { return 0 }
func (r *Reservation) Space() uint64                       { return 0 }
func (r *Reservation) Commit(n uint64) error               { return Init() }
func (r *Reservation) Free(initial uint64)                 { unreachable() }

// Image is a part of the initial contents of a memory.
type Image struct{}

func NewImage(start uint64, data []byte) (*Image, error) { return nil, Init() }
func (i *Image) Close()                                  {}

// DebugImage is an ELF file in memory that debuggers of this process read.
type DebugImage struct{}

func ShowDebugger(file []byte) (*DebugImage, error) { return nil, Init() }
func (i *DebugImage) Hide()                         { unreachable() }

func HoldInterrupts() (restore func()) { return func() {} }

func Protect(at abi.Addr, n uint64, access Access) error { return Init() }

// HardwareWatch is a debug register.
type HardwareWatch struct{}

func WatchHardware(at abi.Addr, n uint64, reads bool, data uint64) (HardwareWatch, error) {
	return HardwareWatch{}, Init()
}
func (h HardwareWatch) Close()      {}
func AccessSize(code []byte) uint64 { unreachable(); return 0 }
func IsWrite(errCode uint64) bool   { unreachable(); return false }

func MemoryOperand(code []byte) (regs []int, moves bool) { unreachable(); return nil, false }

func (r *Reservation) Shrink(n uint64) error { return Init() }

func (s Stack) Reset() error                      { return Init() }
func (r *Reservation) Reset(initial uint64) error { return Init() }
func ResetContext(c *abi.Context, words int)      { unreachable() }
