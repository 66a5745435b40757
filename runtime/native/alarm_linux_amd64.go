package native

import (
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The alarm is a timer of the kernel's. Go's own timers run when a goroutine leaves a processor, which one in guest
// code does only every 10 ms; when the alarm rings, the signal handler brings all guests back to Go.

// rings counts how often the alarm rang. The handler adds to it, and knows the timer's signal by its address.
var rings uint64

var alarmTimer int32

// sigevent is struct sigevent.
type sigevent struct {
	value  uintptr
	signo  int32
	notify int32
	_      [48]byte
}

func initAlarm() error {
	e := sigevent{value: uintptr(unsafe.Pointer(&rings)), signo: int32(unix.SIGURG)}
	if _, _, err := unix.RawSyscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&e)), uintptr(unsafe.Pointer(&alarmTimer))); err != 0 {
		return fmt.Errorf("making a timer: %w", err)
	}
	return nil
}

// SetAlarm makes the alarm ring once after some time, in place of when it would have rung.
func SetAlarm(after time.Duration) {
	spec := [2]unix.Timespec{1: unix.NsecToTimespec(int64(max(after, 1)))}
	_, _, e := unix.RawSyscall6(unix.SYS_TIMER_SETTIME, uintptr(alarmTimer), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	if e != 0 {
		must("setting a timer", e)
	}
}

// Rings returns how often the alarm has rung, or InterruptGuests was called.
func Rings() uint64 { return atomic.LoadUint64(&rings) }
