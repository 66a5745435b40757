package wasi

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"reflect"
	"runtime"
	"time"
)

// host is the ordinary World: this machine.
type host struct {
	start   time.Time
	streams [3]File
	dirs    []Dir

	listeners []*Listener
}

// NewHost gives the World of a configuration's streams and directories on this machine.
func NewHost(cfg Config) World {
	h := &host{start: time.Now(), dirs: cfg.Dirs, listeners: cfg.Listeners}
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

func (h *host) Listener(i int) File { return h.listeners[i] }

func (h *host) OpenDir(i int) (File, error) { return openDir(h.dirs[i]) }

// grace is what a read that has just been started gets to find the input that is there, on a
// busy machine too. A guest that polls in a loop waits for it once: the read stays pending.
const grace = 50 * time.Millisecond

// waitsFor is a file on which a guest can wait: all others are always ready.
type waitsFor interface {
	hasInput() bool // false: a read that is started now finds nothing
	fill(most int) (arrived <-chan struct{}, started bool)
	ready() Readiness
}

// Poll waits for the timeout, or for those files that have something to wait for: all others are always ready.
func (h *host) Poll(ctx context.Context, timeout time.Duration, want []Interest) ([]Readiness, error) {
	ready := make([]Readiness, len(want))
	arriving := map[waitsFor]<-chan struct{}{}
	started := false
	for i, w := range want {
		if f, ok := w.File.(waitsFor); ok && !w.Write {
			if arriving[f] == nil {
				there := f.hasInput()
				arrived, first := f.fill(inputBuffer)
				arriving[f], started = arrived, started || first && there
			}
			continue
		}
		ready[i] = Readiness{Ready: true, Bytes: 1}
		if st, err := w.File.Stat(); err == nil && !w.Write && st.Type == TypeRegularFile {
			if pos, err := w.File.Seek(0, io.SeekCurrent); err == nil {
				ready[i].Bytes = max(st.Size, uint64(pos)) - uint64(pos)
			}
		}
		timeout = 0
	}
	if started && timeout >= 0 {
		timeout = max(timeout, grace)
	}
	if err := awaitAny(ctx, timeout, arriving); err != nil {
		return nil, err
	}
	for i, w := range want {
		if f, ok := w.File.(waitsFor); ok && !w.Write {
			ready[i] = f.ready()
		}
	}
	return ready, nil
}

// awaitAny waits until the timeout has passed, never if it is negative, or one of the channels is closed.
func awaitAny(ctx context.Context, timeout time.Duration, channels map[waitsFor]<-chan struct{}) error {
	var expired <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		expired = t.C
	}
	cases := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(expired)},
	}
	for _, c := range channels {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)})
	}
	if chosen, _, _ := reflect.Select(cases); chosen == 0 {
		return context.Cause(ctx)
	}
	return nil
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

// input is standard input.
type input struct {
	noFile
	typ FileType
	arrivals[byte]
}

const inputBuffer = 16 << 10

func newInput(r io.Reader) *input {
	f := &input{typ: streamType(r)}
	f.receive = func(most int) ([]byte, error) {
		if r == nil {
			return nil, io.EOF
		}
		buf := make([]byte, most)
		got, err := r.Read(buf)
		return buf[:got], err
	}
	return f
}

func (f *input) hasInput() bool      { return true }
func (f *input) Type() FileType      { return f.typ }
func (f *input) Stat() (Stat, error) { return Stat{Type: f.typ}, nil }

func (f *input) Read(ctx context.Context, p []byte) (int, error) {
	n, err := f.take(ctx, p, false)
	if n == 0 && err == nil && f.typ == TypeCharacterDevice {
		f.again() // a terminal may go on behind Ctrl-D
	}
	return n, err
}
