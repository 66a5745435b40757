package wasi

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
)

// host is the ordinary World: this machine.
type host struct {
	start   time.Time
	streams [3]File
	dirs    []Dir
}

// NewHost gives the World of a configuration's streams and directories on this machine.
func NewHost(cfg Config) World {
	h := &host{start: time.Now(), dirs: cfg.Dirs}
	h.streams[0] = newInput(cfg.Stdin)
	h.streams[1] = newOutput(cfg.Stdout)
	h.streams[2] = newOutput(cfg.Stderr)
	return h
}

func (h *host) Now(c Clock) (int64, error) {
	switch c {
	case ClockRealtime:
		return time.Now().UnixNano(), nil
	case ClockMonotonic:
		// Guests subtract hours from the first moment that they see: there must be some before it.
		return int64(time.Since(h.start) + monotonicStart), nil
	case ClockProcess, ClockThread:
		return cpuTime(c)
	}
	return 0, EINVAL
}

const monotonicStart = 30 * 24 * time.Hour

func (h *host) Resolution(c Clock) (int64, error) {
	if _, err := h.Now(c); err != nil {
		return 0, err
	}
	return 1, nil
}

func (h *host) Random(p []byte) error {
	_, err := rand.Read(p)
	return err
}

func (h *host) Yield() { runtime.Gosched() }

func (h *host) Stream(n int) File { return h.streams[n] }

func (h *host) OpenDir(i int) (File, error) { return openDir(h.dirs[i]) }

// grace is what a read that has just been started gets to find the input that is there, on a
// busy machine too. A guest that polls in a loop waits for it once: the read stays pending.
const grace = 50 * time.Millisecond

// Poll waits for the timeout or for standard input: everything else is always ready.
func (h *host) Poll(ctx context.Context, timeout time.Duration, want []Interest) ([]Readiness, error) {
	ready := make([]Readiness, len(want))
	var in *input
	any := false
	for i, w := range want {
		if f, ok := w.File.(*input); ok && !w.Write {
			in = f
			continue
		}
		ready[i] = Readiness{Ready: true, Bytes: 1}
		if st, err := w.File.Stat(); err == nil && !w.Write && st.Type == TypeRegularFile {
			if pos, err := w.File.Seek(0, io.SeekCurrent); err == nil {
				ready[i].Bytes = max(st.Size, uint64(pos)) - uint64(pos)
			}
		}
		any = true
	}
	if any {
		timeout = 0
	}
	var expired <-chan time.Time
	var arrived <-chan struct{}
	if in != nil {
		var started bool
		if arrived, started = in.fill(inputBuffer); started && timeout >= 0 {
			timeout = max(timeout, grace)
		}
	}
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-arrived:
	case <-expired:
	}
	if in != nil {
		state := in.ready()
		for i, w := range want {
			if w.File == File(in) && !w.Write {
				ready[i] = state
			}
		}
	}
	return ready, nil
}

// streamType tells a terminal from everything else, for the guest's choice of buffering. A
// stream that wraps one says so by a method IsTerminal.
func streamType(v any) FileType {
	if w, ok := v.(interface{ IsTerminal() bool }); ok && w.IsTerminal() {
		return TypeCharacterDevice
	}
	if f, ok := v.(*os.File); ok {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 && isTerminal(f) {
			return TypeCharacterDevice
		}
	}
	return TypeUnknown
}

// output is standard output or error.
type output struct {
	noFile
	typ FileType
	w   io.Writer
}

func newOutput(w io.Writer) *output {
	if w == nil {
		w = io.Discard
	}
	return &output{typ: streamType(w), w: w}
}

func (f *output) Type() FileType      { return f.typ }
func (f *output) Stat() (Stat, error) { return Stat{Type: f.typ}, nil }

func (f *output) Write(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	return f.w.Write(p)
}

// input is standard input. It reads in a goroutine of its own, and only when the guest asks,
// so that a guest that waits for input can be ended and poll_oneoff can wait for a clock too.
type input struct {
	noFile
	typ FileType
	r   io.Reader

	mu      sync.Mutex
	buf     []byte        // read and not taken yet
	err     error         // behind buf
	pending chan struct{} // closed when the read under way ends; nil: none is
}

const inputBuffer = 16 << 10

func newInput(r io.Reader) *input {
	return &input{typ: streamType(r), r: r}
}

func (f *input) Type() FileType      { return f.typ }
func (f *input) Stat() (Stat, error) { return Stat{Type: f.typ}, nil }

// closedChannel is ready at once.
var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// fill starts reading up to n bytes if there are none, and gives a channel that is closed
// when there are some, or the end, or an error.
func (f *input) fill(n int) (arrived <-chan struct{}, started bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.r == nil && f.err == nil {
		f.err = io.EOF
	}
	if len(f.buf) > 0 || f.err != nil {
		return closedChannel, false
	}
	if started = f.pending == nil; started {
		done := make(chan struct{})
		f.pending = done
		go func() {
			buf := make([]byte, n)
			got, err := f.r.Read(buf)
			f.mu.Lock()
			defer f.mu.Unlock()
			f.buf, f.err, f.pending = buf[:got], err, nil
			close(done)
		}()
	}
	return f.pending, started
}

func (f *input) ready() Readiness {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Readiness{Ready: len(f.buf) > 0 || f.err != nil, Bytes: uint64(len(f.buf)), Hangup: f.err != nil && len(f.buf) == 0}
}

func (f *input) Read(ctx context.Context, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		arrived, _ := f.fill(min(len(p), inputBuffer))
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-arrived:
		}
		f.mu.Lock()
		n, err := copy(p, f.buf), f.err
		f.buf = f.buf[n:]
		if n == 0 && err != nil && err != io.EOF {
			f.err = nil // an error is told once
		}
		if n == 0 && err == io.EOF && f.typ == TypeCharacterDevice {
			f.err = nil // a terminal may go on behind Ctrl-D
		}
		f.mu.Unlock()
		switch {
		case n > 0, err == io.EOF:
			return n, nil
		case err != nil:
			return 0, err
		}
	}
}
