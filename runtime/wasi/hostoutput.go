package wasi

import (
	"bytes"
	"context"
	"io"
	"os"
	"syscall"
	"time"
)

// output is standard output or error. A guest that waits for who reads it can be ended, if it is a file of the host's: what a
// Writer of another kind does is its own affair.
type output struct {
	noFile
	typ   FileType
	w     io.Writer
	slow  *os.File        // w, where a write may wait
	pipe  syscall.RawConn // slow, if that is a pipe
	timed bool            // slow has deadlines
}

func newOutput(w io.Writer) *output {
	if w == nil {
		w = io.Discard
	}
	o := &output{typ: streamType(w), w: w}
	if f, ok := w.(*os.File); ok {
		st, err := f.Stat()
		regular := err == nil && (st.Mode().IsRegular() || st.Mode()&os.ModeCharDevice != 0 && o.typ != TypeCharacterDevice)
		if !regular {
			o.slow, o.timed = f, f.SetWriteDeadline(time.Time{}) == nil
		}
		if raw, err2 := f.SyscallConn(); err == nil && err2 == nil && st.Mode()&os.ModeNamedPipe != 0 {
			o.pipe = raw
		}
	}
	return o
}

func (f *output) Type() FileType      { return f.typ }
func (f *output) Stat() (Stat, error) { return Stat{Type: f.typ}, nil }

func (f *output) Write(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	switch {
	case f.slow == nil || f.pipe != nil && hasRoom(f.pipe, len(p)):
		return f.w.Write(p)
	case f.timed:
		return f.writeTimed(ctx, p)
	}
	return f.writeAside(ctx, p)
}

// writeTimed gives up when the run ends, and leaves the file as it was: it is the host's.
func (f *output) writeTimed(ctx context.Context, p []byte) (int, error) {
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = f.slow.SetWriteDeadline(past)
		close(late)
	})
	n, err := f.w.Write(p)
	if !stop() {
		<-late
		_ = f.slow.SetWriteDeadline(time.Time{})
		if err != nil {
			err = context.Cause(ctx)
		}
	}
	return n, err
}

// writeAside leaves a write that waits to a goroutine of its own when the run ends: nothing else ends it.
func (f *output) writeAside(ctx context.Context, p []byte) (int, error) {
	type written struct {
		n   int
		err error
	}
	done := make(chan written, 1)
	p = bytes.Clone(p) // the guest's memory may be gone by then
	go func() {
		n, err := f.w.Write(p)
		done <- written{n, err}
	}()
	select {
	case w := <-done:
		return w.n, w.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
