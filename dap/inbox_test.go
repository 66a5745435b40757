package dap

import (
	"runtime"
	"testing"
)

// TestInboxBytes reads ahead of a client's large messages only as far as there is room for them.
func TestInboxBytes(t *testing.T) {
	b := newInbox()
	go func() {
		for range 100 {
			b.put(&message{raw: make([]byte, 1<<20)})
		}
		b.end()
	}()
	waiting := func() int {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.bytes
	}
	for waiting() < mostWaitingBytes {
		runtime.Gosched()
	}
	for range 10000 {
		runtime.Gosched() // more might come
	}
	if n := waiting(); n > mostWaitingBytes {
		t.Errorf("%d bytes wait", n)
	}
	taken := 0
	for m, ok := b.next(); ok; m, ok = b.next() {
		taken += len(m.raw) >> 20
		b.done()
	}
	if taken != 100 || waiting() != 0 {
		t.Errorf("%d messages came, %d bytes are left", taken, waiting())
	}
}
