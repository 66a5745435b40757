package dap

import (
	"bufio"
	"io"
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

// deaf is a client that sends without end and takes no answers.
type deaf struct{}

func (deaf) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
func (deaf) Close() error              { return nil }
func (deaf) Read(b []byte) (int, error) {
	return copy(b, "Content-Length: 44\r\n\r\n{\"seq\":1,\"type\":\"request\",\"command\":\"threads\"}"), nil
}

// TestInboxIsLeft ends a session whose client has sent more than is read ahead: nobody may wait for room any more.
func TestInboxIsLeft(t *testing.T) {
	s := newServer(deaf{}, Options{})
	if err := s.loop(bufio.NewReader(deaf{})); err == nil {
		t.Error("the client could not be told anything")
	}
	for range mostWaiting + 1 {
		if !s.inbox.put(&message{}) {
			return
		}
	}
	t.Error("there is still room")
}
