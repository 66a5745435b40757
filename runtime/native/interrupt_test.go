//go:build linux && amd64

package native

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
	"sphex/runtime/internal/guestcode"
)

// Each way to bring a guest back that runs for ever does so, also where threads can't be told apart.
func TestInterrupt(t *testing.T) {
	text, err := MapText(guestcode.Code("spin"), false)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Unmap()
	had := hasThreadBase
	defer func() { hasThreadBase = had }()
	for _, base := range []bool{had, false} {
		for name, by := range map[string]func(*abi.Context){
			"Interrupt":       Interrupt,
			"InterruptGuests": func(*abi.Context) { InterruptGuests() },
			"InterruptAll":    func(*abi.Context) { InterruptAll() },
			"SetAlarm":        func(*abi.Context) { SetAlarm(time.Microsecond) },
		} {
			if name == "SetAlarm" && !base {
				continue // it rings for threads that are known
			}
			hasThreadBase = base
			c := newGuest(t)
			back, rang := make(chan bool), Rings()
			go func() {
				c.Entry = uint64(text.Addr())
				c.Regs[RegMemory] = c.StackLo + GuardSize // where it counts
				stub := StubEnter
				for atomic.LoadUint32(&c.Pause) == 0 {
					if Enter(c, stub); c.Reason == abi.ReasonSignal {
						stub = StubResume
					}
					if c.Reason == abi.ReasonSignal && c.Sig != uint64(unix.SIGURG) {
						t.Errorf("%s: signal %d", name, c.Sig)
						break
					}
					PreemptPoint()
				}
				close(back)
			}()
			for !Inside(c) && !t.Failed() {
				time.Sleep(time.Millisecond)
			}
			atomic.StoreUint32(&c.Pause, 1)
			tries := 0
			for stands := false; !stands; tries++ {
				if tries == 1000 {
					t.Fatalf("%s: the guest runs on", name)
				}
				by(c)
				select {
				case <-back:
					stands = true
				case <-time.After(10 * time.Millisecond): // it changed its thread, or was about to enter
				}
			}
			if Inside(c) {
				t.Errorf("%s: the guest is back, and inside", name)
			}
			if name == "SetAlarm" && Rings() == rang {
				t.Errorf("the alarm has not rung")
			}
		}
	}
}
