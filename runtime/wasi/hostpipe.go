package wasi

import (
	"context"
	"os"
)

// hostPipe is a named pipe. It is only opened without waiting for a partner, and where the guest waits for what
// comes it can be ended.
type hostPipe struct {
	hostFile
	arrivals[byte]
}

func newHostPipe(f *os.File, readOnly bool) *hostPipe {
	h := &hostPipe{hostFile: hostFile{f: f, typ: TypeUnknown, readOnly: readOnly}}
	h.receive = func(most int) ([]byte, error) {
		buf := make([]byte, most)
		n, err := h.f.Read(buf)
		return buf[:n], err
	}
	return h
}

// hasInput says yes: a pipe that nobody has written to yet is at its end, though poll(2) does not call that readable.
func (h *hostPipe) hasInput() bool { return true }

// Read gives 0 while nobody writes to the pipe; somebody may later.
func (h *hostPipe) Read(ctx context.Context, p []byte) (int, error) {
	n, err := h.take(ctx, p, false)
	if n == 0 && err == nil {
		h.again()
	}
	return n, err
}

func (h *hostPipe) Write(ctx context.Context, p []byte) (int, error) {
	return writeUntilDone(ctx, h.f, p)
}
