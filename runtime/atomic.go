package runtime

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// waiters are the threads that wait for a word of a shared memory (threads proposal, "Wait and notify
// operators"): by its offset, the one that came first in front.
type waiters struct {
	mu    sync.Mutex
	queue map[uint64][]*waiter
}

// waiter is one of them. woken is closed when it is notified, under the lock.
type waiter struct{ woken chan struct{} }

// The results of memory.atomic.wait32 and wait64.
const (
	waitWoken    = 0
	waitNotEqual = 1
	waitTimedOut = 2
)

// add puts a waiter into the queue of a word, unless differs says that the word has another value than
// expected: then it returns nil. A notification that comes behind the store of another value finds either
// the waiter or its decision not to wait.
func (w *waiters) add(at uint64, differs func() bool) *waiter {
	w.mu.Lock()
	defer w.mu.Unlock()
	if differs() {
		return nil
	}
	if w.queue == nil {
		w.queue = map[uint64][]*waiter{}
	}
	me := &waiter{make(chan struct{})}
	w.queue[at] = append(w.queue[at], me)
	return me
}

// leave takes a waiter out that does not want to wait any longer. It returns false if it was notified
// before that.
func (w *waiters) leave(at uint64, me *waiter) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queue[at]
	for i := range q {
		if q[i] == me {
			w.set(at, append(q[:i:i], q[i+1:]...))
			return true
		}
	}
	return false
}

// wake notifies at most n waiters of a word and returns how many there were.
func (w *waiters) wake(at uint64, n uint32) uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queue[at]
	k := int(min(uint64(n), uint64(len(q))))
	for _, one := range q[:k] {
		close(one.woken)
	}
	w.set(at, q[k:])
	return uint32(k)
}

func (w *waiters) set(at uint64, q []*waiter) {
	if len(q) == 0 {
		delete(w.queue, at)
		return
	}
	w.queue[at] = q
}

// Waiting is what a thread waits for in memory.atomic.wait32 or wait64.
type Waiting struct {
	Memory  *Memory
	Addr    uint64 // in the memory
	Bytes   int    // 4 or 8
	Timeout time.Duration
	Forever bool // without a timeout
}

// String is the instruction's name.
func (w *Waiting) String() string {
	if w.Bytes == 8 {
		return "memory.atomic.wait64"
	}
	return "memory.atomic.wait32"
}

// atomicPlace checks the access of width bytes at an offset, in two halves, from an address: the first
// words of args behind the memory's index.
func (a *activation) atomicPlace(m *Memory, low, high, addr, width uint64) (uint64, error) {
	off := uint64(uint32(low)) | high<<32
	at := addr + off
	switch size := m.Size(); {
	case at < off || at > size || width > size-at:
		return 0, &TrapError{Kind: abi.TrapMemory}
	case at%width != 0:
		return 0, &TrapError{Kind: abi.TrapUnaligned}
	}
	return at, nil
}

// atomicNotify is memory.atomic.notify.
func (a *activation) atomicNotify(args []uint64) error {
	m := a.in.memories[uint32(args[0])]
	at, err := a.atomicPlace(m, args[1], args[2], args[3], 4)
	if err != nil {
		return err
	}
	args[0] = 0
	if m.typ.Shared {
		args[0] = uint64(m.waiters.wake(at, uint32(args[4])))
	}
	return nil
}

// atomicWait is memory.atomic.wait32 and wait64. While it waits, the instance is in the state that it has in a
// host function: Kill and the context's end reach it, and Pause finds it there.
func (a *activation) atomicWait(args []uint64) error {
	m, width := a.in.memories[uint32(args[0])], uint64(uint32(args[3]))
	at, err := a.atomicPlace(m, args[1], args[2], args[4], width)
	if err != nil {
		return err
	}
	if !m.typ.Shared {
		return &TrapError{Kind: abi.TrapUnshared}
	}
	expected, timeout := args[5], int64(args[6])
	base := m.bytes() + abi.Addr(at)
	me := m.waiters.add(at, func() bool {
		if width == 4 {
			return atomic.LoadUint32(native.Half(base)) != uint32(expected)
		}
		return atomic.LoadUint64(native.Word(base)) != expected
	})
	if me == nil {
		args[0] = waitNotEqual
		return nil
	}
	var late <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(time.Duration(timeout))
		defer t.Stop()
		late = t.C
	}
	in := a.in
	a.waiting.Store(&Waiting{m, at, int(width), time.Duration(max(timeout, 0)), timeout < 0})
	in.state.Store(stateHost)
	result, err := uint64(waitWoken), error(nil)
	select {
	case <-me.woken:
	case <-late:
		result = waitTimedOut
	case <-a.ctx.Done():
		err = a.thread.killError()
	}
	if (result != waitWoken || err != nil) && !m.waiters.leave(at, me) {
		result = waitWoken // at the last moment
	}
	if !in.state.CompareAndSwap(stateHost, stateGuest) {
		panic("runtime: wait: another goroutine entered the instance")
	}
	a.waiting.Store(nil)
	in.ctx.Args[0] = result // nothing else has used it: a nested call puts it back
	return err
}

// WaitingFor returns what the innermost call of the instance waits for, nil if it does not. Any goroutine may
// call it.
func (in *Instance) WaitingFor() *Waiting {
	th := in.thread.Load()
	if th == nil {
		return nil
	}
	if a := th.top.Load(); a != nil {
		return a.waiting.Load()
	}
	return nil
}

// Notify wakes at most n threads that wait for the word at an offset in a shared memory, as the instruction
// does, and returns how many it woke.
func (m *Memory) Notify(at uint64, n uint32) uint32 { return m.waiters.wake(at, n) }

// HeadStart holds a new thread back for a moment, so that the one that has asked for it goes on first: libraries, as
// Zig's, note the thread's number only then, and wait for ever for a thread that has ended before.
func HeadStart() { time.Sleep(200 * time.Microsecond) }

// NotifyAll is a count that wakes all.
const NotifyAll = math.MaxUint32
