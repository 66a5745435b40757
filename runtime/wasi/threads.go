package wasi

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sphex/aot/wasm"
	"sphex/runtime"
)

// Source: wasi-threads, https://github.com/WebAssembly/wasi-threads. A thread is an instance of the program's module
// on the same shared memory, in which the export wasi_thread_start is called.

const (
	threadsModule = "wasi"
	threadSpawn   = "thread-spawn"
	// ThreadStart is the export that a new thread begins with. Its parameters are the thread's number and what
	// thread-spawn was given.
	ThreadStart = "wasi_thread_start"
	// MaxThread is the greatest number that a thread may have.
	MaxThread = 1<<29 - 1
	// DefaultThreads is how many threads a program may have at a time, unless somebody says otherwise: each has a stack and a
	// goroutine of the host's.
	DefaultThreads = 1024
)

// errThreadStart is a module that asks for threads and can't begin one.
var errThreadStart = errors.New("the module exports no function " + ThreadStart + " with two parameters of type i32")

// StartOf returns the function that a thread in the instance begins with.
func StartOf(in *runtime.Instance) (*runtime.Func, error) {
	f := in.ExportedFunc(ThreadStart)
	if f == nil || len(f.Type().Params) != 2 || f.Type().Params[0] != wasm.I32 || f.Type().Params[1] != wasm.I32 || len(f.Type().Results) > 0 {
		return nil, errThreadStart
	}
	return f, nil
}

// DefineThreads adds thread-spawn. spawn begins a thread that is to be given arg, and returns its number, from 1 to
// MaxThread; an error tells the guest that there can be no more of them.
func DefineThreads(imports *runtime.Imports, spawn func(ctx context.Context, arg uint32) (id uint32, err error)) {
	t := wasm.FuncType{Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}}
	imports.DefineFunc(threadsModule, threadSpawn, t, func(ctx context.Context, _ *runtime.Instance, stack []uint64) error {
		id, err := spawn(ctx, uint32(stack[0]))
		if err != nil || id == 0 || id > MaxThread {
			id = 1<<32 - 1 // any negative number is a failure
		}
		stack[0] = uint64(id)
		return nil
	})
}

// Threads are the threads of a program that nobody debugs. A trap or an exit in one of them ends all.
type Threads struct {
	// Instantiate makes the instance of a new thread.
	Instantiate func(ctx context.Context) (*runtime.Instance, error)
	// Max is how many spawned threads there may be at a time; 0: DefaultThreads.
	Max int

	mu    sync.Mutex
	last  uint32
	live  map[*runtime.Instance]struct{} // those that were spawned
	main  *runtime.Instance
	err   error // that ended the program
	ended bool
	wait  sync.WaitGroup
	// coming counts those that are being made.
	coming int
}

// ThreadError says which of the spawned threads a program's error comes from.
type ThreadError struct {
	ID  uint32
	Err error
}

func (e *ThreadError) Error() string { return fmt.Sprintf("thread %d: %v", e.ID, e.Err) }
func (e *ThreadError) Unwrap() error { return e.Err }

// errEnded is a thread that comes too late.
var errEnded = errors.New("the program has ended")

// ErrTooManyThreads is why a program is refused one more.
var ErrTooManyThreads = errors.New("too many threads")

// room takes room for one more thread, if there is any.
func (t *Threads) room() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	limit := t.Max
	if limit == 0 {
		limit = DefaultThreads
	}
	if len(t.live)+t.coming >= limit {
		return ErrTooManyThreads
	}
	t.coming++
	return nil
}

// Spawn begins a thread: see DefineThreads.
func (t *Threads) Spawn(ctx context.Context, arg uint32) (id uint32, err error) {
	if err := t.room(); err != nil {
		return 0, err
	}
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.coming--
	}()
	in, err := t.Instantiate(context.WithoutCancel(ctx))
	if err != nil {
		return 0, err
	}
	f, err := StartOf(in)
	t.mu.Lock()
	defer t.mu.Unlock() // before the other one, which counts it out
	switch {
	case err != nil:
	case t.ended:
		err = errEnded
	case t.last == MaxThread:
		err = ErrTooManyThreads
	}
	if err != nil {
		return 0, errors.Join(err, in.Close())
	}
	if t.last == 0 {
		t.last = 1 // the main thread
	}
	t.last++
	id = t.last
	if t.live == nil {
		t.live = map[*runtime.Instance]struct{}{}
	}
	t.live[in] = struct{}{}
	t.wait.Go(func() { t.run(in, f, id, arg) })
	return id, nil
}

func (t *Threads) run(in *runtime.Instance, f *runtime.Func, id, arg uint32) {
	runtime.HeadStart()
	err := errLeft
	defer func() {
		t.mu.Lock()
		delete(t.live, in)
		t.mu.Unlock()
		if err != nil {
			var exit *ExitError
			if !errors.As(err, &exit) {
				err = &ThreadError{id, err}
			}
			t.end(err)
		}
		_ = in.Close() // it is idle
	}()
	_, err = f.Call(context.Background(), uint64(id), uint64(arg))
}

// errLeft is the end of a thread in which a function of the host ended the goroutine.
var errLeft = errors.New("a host function has left the call by a panic or runtime.Goexit")

// end makes the program end with err, unless it has ended already.
func (t *Threads) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	t.ended, t.err = true, err
	for in := range t.live {
		in.Kill()
	}
	if t.main != nil {
		t.main.Kill()
	}
}

// Run runs the program, whose main thread is call in the instance main, to its end, and returns the error that
// ended it. Threads that are left then are killed.
func (t *Threads) Run(main *runtime.Instance, call func() error) (ended error) {
	t.mu.Lock()
	t.main, t.ended, t.err = main, false, nil
	t.mu.Unlock()
	err := errLeft
	defer func() { // also when a function of the host panics
		t.mu.Lock()
		t.main = nil
		t.mu.Unlock()
		t.end(err)
		t.wait.Wait()
		ended = t.err
	}()
	err = call()
	return nil
}
