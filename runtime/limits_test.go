//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/wasm"
	"sphex/runtime"
)

const (
	wasmPage = 64 << 10
	refused  = math.MaxUint32 // what a grow instruction gives
)

func wantLimit(t *testing.T, err error, want runtime.LimitError) {
	t.Helper()
	var l *runtime.LimitError
	if !errors.As(err, &l) || *l != want {
		t.Errorf("%v, want %v", err, &want)
	}
}

// Growth within the limits succeeds, beyond it the guest is told so, and the host can ask why.
func TestLimits(t *testing.T) {
	in := hostGuest(t, runtime.Config{Limits: runtime.Limits{Memory: 10 * wasmPage, Elements: 20, Memories: 1}}, nil)
	ctx := context.Background()
	for _, c := range []struct {
		what   string
		by     uint64
		want   uint64
		reason *runtime.LimitError // of what is refused
	}{
		{"grow", 9, 1, nil},
		{"grow", 1, refused, &runtime.LimitError{What: "bytes of memory", Wanted: 11 * wasmPage, Limit: 10 * wasmPage}},
		{"grow", 0, 10, nil},
		{"tablegrow", 16, 4, nil},
		{"tablegrow", 1, refused, &runtime.LimitError{What: "elements of tables", Wanted: 21, Limit: 20}},
		{"tablegrow", 0, 20, nil},
	} {
		r, err := in.Call(ctx, c.what, c.by)
		if err != nil || r[0] != c.want {
			t.Errorf("%s by %d: %v, %v, want %d", c.what, c.by, r, err, c.want)
		}
		if c.reason != nil {
			wantLimit(t, in.Refused(), *c.reason)
		}
	}
	m, imports := in.Module(), hostImports(t, nil)
	_, err := runtime.Instantiate(ctx, m, imports, runtime.Config{Limits: runtime.Limits{Memory: wasmPage - 1}})
	wantLimit(t, err, runtime.LimitError{What: "bytes of memory", Wanted: wasmPage, Limit: wasmPage - 1})
	_, err = runtime.Instantiate(ctx, m, imports, runtime.Config{Limits: runtime.Limits{Elements: 3}})
	wantLimit(t, err, runtime.LimitError{What: "elements of tables", Wanted: 4, Limit: 3})
	if _, err = runtime.Instantiate(ctx, m, imports, runtime.Config{StackSize: 1 << 62}); err == nil {
		t.Error("a stack of 4 EiB was made")
	}
}

// What instances of a store take together is limited, given back when they go, and theirs alone.
func TestStoreLimits(t *testing.T) {
	ctx := context.Background()
	m, imports := guest(t, "host.wasm", aot.Options{}), hostImports(t, nil)
	s := runtime.NewStoreWithLimits(runtime.StoreLimits{Instances: 3, Memory: 8 * wasmPage})
	defer s.Close()
	for range 20 { // what is given back can be taken again
		var all []*runtime.Instance
		for range 3 {
			in, err := s.Instantiate(ctx, m, imports, runtime.Config{})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, in)
		}
		_, err := s.Instantiate(ctx, m, imports, runtime.Config{})
		wantLimit(t, err, runtime.LimitError{What: "instances in the store", Wanted: 4, Limit: 3})
		if r, err := all[0].Call(ctx, "grow", 5); err != nil || r[0] != 1 {
			t.Fatal(r, err)
		}
		if r, err := all[1].Call(ctx, "grow", 1); err != nil || r[0] != refused {
			t.Fatal(r, err)
		}
		wantLimit(t, all[1].Refused(), runtime.LimitError{What: "bytes of memory in the store", Wanted: 9 * wasmPage, Limit: 8 * wasmPage})
		if all[0].Refused() != nil {
			t.Error("one instance is told of the other's refusal")
		}
		_, err = s.NewMemory(wasm.MemoryType{Limits: wasm.Limits{Min: 1}})
		wantLimit(t, err, runtime.LimitError{What: "bytes of memory in the store", Wanted: 9 * wasmPage, Limit: 8 * wasmPage})
		all[0].Close()
		if r, err := all[1].Call(ctx, "grow", 6); err != nil || r[0] != 1 {
			t.Fatal(r, err)
		}
		all[1].Close()
		all[2].Close()
	}
}

// limiter notes what it is asked, and lets decide decide.
type limiter struct {
	mu     sync.Mutex
	asked  [][3]uint64 // index, from, to
	tables [][3]uint64
	decide func(ctx context.Context, in *runtime.Instance, to uint64) error
}

func (l *limiter) GrowMemory(ctx context.Context, in *runtime.Instance, i int, from, to uint64) error {
	l.mu.Lock()
	l.asked = append(l.asked, [3]uint64{uint64(i), from, to})
	l.mu.Unlock()
	return l.decide(ctx, in, to)
}

func (l *limiter) GrowTable(ctx context.Context, in *runtime.Instance, i int, from, to uint64) error {
	l.mu.Lock()
	l.tables = append(l.tables, [3]uint64{uint64(i), from, to})
	l.mu.Unlock()
	return l.decide(ctx, in, 0)
}

// The host is asked before each growth; it may refuse, and delay until it likes or until the guest is killed.
func TestMemoryLimiter(t *testing.T) {
	full := errors.New("no room")
	room := make(chan struct{})
	l := &limiter{decide: func(ctx context.Context, in *runtime.Instance, to uint64) error {
		switch {
		case to > 8*wasmPage:
			return full
		case to > 4*wasmPage:
			select {
			case <-room:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if in.Memory(0) != nil && to > wasmPage {
			if _, err := in.Call(ctx, "add", 1, 2); !errors.Is(err, runtime.ErrBusy) {
				t.Errorf("the limiter called the guest: %v", err)
			}
		}
		return nil
	}}
	in := hostGuest(t, runtime.Config{Limiter: l}, nil)
	ctx := context.Background()
	grow := func(by, want uint64) {
		t.Helper()
		if r, err := in.Call(ctx, "grow", by); err != nil || r[0] != want {
			t.Errorf("grow by %d: %v, %v, want %d", by, r, err, want)
		}
	}
	grow(1, 1)
	grow(20, refused)
	if !errors.Is(in.Refused(), full) {
		t.Error(in.Refused())
	}
	grow(200, refused) // beyond the type's maximum: not the limiter's business
	go func() { time.Sleep(10 * time.Millisecond); room <- struct{}{} }()
	grow(3, 2)
	if r, err := in.Call(ctx, "tablegrow", 3); err != nil || r[0] != 4 {
		t.Error(r, err)
	}
	if want := [][3]uint64{{0, 0, wasmPage}, {0, wasmPage, 2 * wasmPage}, {0, 2 * wasmPage, 22 * wasmPage}, {0, 2 * wasmPage, 5 * wasmPage}}; !slices.Equal(l.asked, want) {
		t.Errorf("asked %v, want %v", l.asked, want)
	}
	if want := [][3]uint64{{0, 0, 4}, {0, 4, 7}}; !slices.Equal(l.tables, want) {
		t.Errorf("asked for tables %v, want %v", l.tables, want)
	}
	time.AfterFunc(10*time.Millisecond, in.Kill)
	if _, err := in.Call(ctx, "grow", 1); !errors.Is(err, runtime.ErrKilled) { // waits for room
		t.Error(err)
	}
}

// ledger counts what is taken and given back.
type ledger struct {
	mu               sync.Mutex
	memory, elements uint64
	refuse           bool
}

func (l *ledger) book(what *uint64, from, to uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse && to > from {
		return errors.New("refused")
	}
	*what += to - from
	return nil
}

func (l *ledger) GrowMemory(_ context.Context, _ *runtime.Instance, _ int, from, to uint64) error {
	return l.book(&l.memory, from, to)
}

func (l *ledger) GrowTable(_ context.Context, _ *runtime.Instance, _ int, from, to uint64) error {
	return l.book(&l.elements, from, to)
}

func (l *ledger) ReleaseMemory(_ *runtime.Instance, _ int, from, to uint64) {
	_ = l.book(&l.memory, from, to)
}

func (l *ledger) ReleaseTable(_ *runtime.Instance, _ int, from, to uint64) {
	_ = l.book(&l.elements, from, to)
}

func (l *ledger) want(t *testing.T, when string, pages, elements uint64) {
	t.Helper()
	if l.memory != pages*wasmPage || l.elements != elements {
		t.Errorf("%s: %d bytes and %d elements are booked, want %d pages and %d elements", when, l.memory, l.elements, pages, elements)
	}
}

// What the limiter has allowed is told to it when it is given back: at the end of an instance, in a pool, at a checkpoint, and when an
// instance could not be made.
func TestMemoryReleaser(t *testing.T) {
	l := &ledger{}
	ctx := context.Background()
	grow := func(in *runtime.Instance) {
		t.Helper()
		if r, err := in.Call(ctx, "grow", 3); err != nil || r[0] != 1 {
			t.Error(r, err)
		}
		if r, err := in.Call(ctx, "tablegrow", 5); err != nil || r[0] != 4 {
			t.Error(r, err)
		}
	}
	in := hostGuest(t, runtime.Config{Limiter: l}, nil)
	l.want(t, "an instance", 1, 4)
	grow(in)
	l.want(t, "grown", 4, 9)
	l.refuse = true
	if r, err := in.Call(ctx, "grow", 1); err != nil || r[0] != refused {
		t.Error(r, err)
	}
	l.refuse = false
	l.want(t, "refused", 4, 9)
	in.Close()
	l.want(t, "closed", 0, 0)
	in.Close()
	l.want(t, "closed twice", 0, 0)

	p := newPool(t, in.Module(), hostImports(t, nil), runtime.PoolConfig{Config: runtime.Config{Limiter: l}, Idle: 1})
	a, b := take(t, p, nil), take(t, p, nil)
	l.want(t, "two of a pool", 2, 8)
	grow(a)
	p.Put(a)
	l.want(t, "one that waits", 2, 8)
	a = take(t, p, nil)
	l.want(t, "taken again", 2, 8)
	grow(a)
	p.Put(b)
	p.Put(a) // one too many
	l.want(t, "of two only one waits", 1, 4)
	p.Close()
	l.want(t, "the pool's end", 0, 0)

	full := runtime.Limits{Elements: 3}
	if _, err := runtime.Instantiate(ctx, in.Module(), hostImports(t, nil), runtime.Config{Limiter: l, Limits: full}); err == nil {
		t.Error("an instance with a table that is too large")
	}
	l.want(t, "an instance that could not be made", 0, 0)

	in = hostGuest(t, runtime.Config{Limiter: l}, nil)
	_, i := in.ExportedFunc("sum").Instance()
	if err := in.Start(ctx, i, 10); err != nil {
		t.Fatal(err)
	}
	in.Pause()
	if s := in.Resume(); s.Reason != runtime.StopPaused {
		t.Fatal(s)
	}
	before, err := in.Checkpoint(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := in.Memory(0).Grow(2); !ok {
		t.Error("no growth")
	}
	l.want(t, "grown by the host", 3, 4)
	if err := in.Restore(before); err != nil {
		t.Fatal(err)
	}
	l.want(t, "at the checkpoint", 1, 4)
	in.Close()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) { // the call ends first
		l.mu.Lock()
		gone := l.memory == 0 && l.elements == 0
		l.mu.Unlock()
		if gone {
			return
		}
	}
	l.want(t, "closed at a checkpoint", 0, 0)
}
