package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
)

// Limits bound what an instance takes of its host. The zero value stands for the largest that there may be.
type Limits struct {
	Memory   uint64 // bytes of the memories of its own, together
	Memories int    // how many those are
	Elements uint64 // of the tables of its own, together; at most 10,000,000
}

// LimitError says what was asked for beyond a limit.
type LimitError struct {
	What          string // "bytes of memory", …
	Wanted, Limit uint64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%d %s are wanted, the limit is %d", e.Wanted, e.What, e.Limit)
}

// MemoryLimiter decides on what an instance's memories and tables take, besides its Limits, whoever has them grow. It is
// asked on the goroutine of the guest, which waits for it: so it may delay the guest, until there is room or ctx is done. It
// can not call the instance. An error refuses: the guest's instruction gives -1, and Refused the error. What an instance
// takes from the beginning is asked for as growth from 0, and there an error is that of Instantiate.
type MemoryLimiter interface {
	// GrowMemory is asked before a memory of the instance's own gets from a size to another, in bytes. i is its index.
	GrowMemory(ctx context.Context, in *Instance, i int, from, to uint64) error
	// GrowTable is the same for a table, in elements.
	GrowTable(ctx context.Context, in *Instance, i int, from, to uint64) error
}

// MemoryReleaser is a MemoryLimiter that is told, too, when what it has allowed is given back: when an instance is freed (to is
// 0 then), when a Pool makes one as new (to is what it has at first), and when growth failed behind the limiter's back. Going back to a
// Checkpoint may take again what was given back: then to is more than from. It is told on any goroutine, and can not call or
// close the instance.
type MemoryReleaser interface {
	MemoryLimiter
	// ReleaseMemory tells that memory i of the instance's own has come from a size to another, in bytes.
	ReleaseMemory(in *Instance, i int, from, to uint64)
	// ReleaseTable is the same for a table, in elements.
	ReleaseTable(in *Instance, i int, from, to uint64)
}

// StoreLimits bound what all instances of a store take together. The zero value stands for no limit.
type StoreLimits struct {
	Instances int    // that there are at a time
	Memory    uint64 // bytes of their memories and of those that the host makes
}

// NewStoreWithLimits returns an empty store whose instances together take no more than that.
func NewStoreWithLimits(l StoreLimits) *Store { return &Store{limits: l} }

// Refused returns why the instance was refused growth for the last time, nil if it never was: a *LimitError, what
// Config.Limiter returned, or the system's error.
func (in *Instance) Refused() error {
	if e := in.refused.Load(); e != nil {
		return *e
	}
	return nil
}

func (in *Instance) refuse(err error) {
	if in != nil && err != nil {
		in.refused.Store(&err)
	}
}

// budget counts what is taken of something that is limited. It may be used by several goroutines.
type budget struct{ used atomic.Uint64 }

// take adds n if that stays within limit; 0: any.
func (b *budget) take(n, limit uint64, what string) error {
	for {
		used := b.used.Load()
		if n > math.MaxUint64-used || limit > 0 && used+n > limit {
			return &LimitError{What: what, Wanted: used + n, Limit: limit}
		}
		if b.used.CompareAndSwap(used, used+n) {
			return nil
		}
	}
}

func (b *budget) give(n uint64) { b.used.Add(-n) }

// addMemory asks whether memory i of in may get from a size to another, and books it.
func (in *Instance) addMemory(ctx context.Context, i int, from, to uint64) error {
	const what = "bytes of memory"
	if err := in.bytes.take(to-from, in.cfg.Limits.Memory, what); err != nil {
		return err
	}
	if err := in.store.bytes.take(to-from, in.store.limits.Memory, what+" in the store"); err != nil {
		in.bytes.give(to - from)
		return err
	}
	l := in.cfg.Limiter
	if l == nil {
		return nil
	}
	granted := false
	defer func() { // also when the limiter panics
		if !granted {
			in.store.bytes.give(to - from)
			in.bytes.give(to - from)
		}
	}()
	err := l.GrowMemory(ctx, in, i, from, to)
	granted = err == nil
	return err
}

// giveMemory books that memory i, which had from bytes, has to of them, whatever the limits are.
func (in *Instance) giveMemory(i int, from, to uint64) {
	in.bytes.give(from - to)
	in.store.bytes.give(from - to)
	in.releaseMemory(i, from, to)
}

func (in *Instance) releaseMemory(i int, from, to uint64) {
	if l, ok := in.cfg.Limiter.(MemoryReleaser); ok && from != to {
		l.ReleaseMemory(in, i, from, to)
	}
}

// giveElements is giveMemory for a table.
func (in *Instance) giveElements(i int, from, to uint64) {
	in.elements.give(from - to)
	in.releaseTable(i, from, to)
}

func (in *Instance) releaseTable(i int, from, to uint64) {
	if l, ok := in.cfg.Limiter.(MemoryReleaser); ok && from != to {
		l.ReleaseTable(in, i, from, to)
	}
}

// addElements asks whether table i of in may get from a length to another, and books it.
func (in *Instance) addElements(ctx context.Context, i int, from, to uint64) error {
	limit := uint64(maxElements)
	if l := in.cfg.Limits.Elements; l > 0 {
		limit = min(limit, l)
	}
	if err := in.elements.take(to-from, limit, "elements of tables"); err != nil {
		return err
	}
	l := in.cfg.Limiter
	if l == nil {
		return nil
	}
	granted := false
	defer func() {
		if !granted {
			in.elements.give(to - from)
		}
	}()
	err := l.GrowTable(ctx, in, i, from, to)
	granted = err == nil
	return err
}

// errFull is what Refused returns when the type's maximum forbids growth.
var errFull = errors.New("that is more than the type allows")
