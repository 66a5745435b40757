package wasi

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	goruntime "runtime"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime"
)

// runThreads runs a mode of the program c_threads.
func runThreads(t *testing.T, m *runtime.Module, mode string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	system, err := New(Config{Args: []string{"c_threads", mode}, Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	ctx := context.Background()
	imports, store := runtime.NewImports(), runtime.NewStore()
	defer store.Close()
	system.Define(imports)
	if err := store.DefineShared(m.Wasm(), imports); err != nil {
		t.Fatal(err)
	}
	threads := &Threads{Instantiate: func(ctx context.Context) (*runtime.Instance, error) {
		return store.Instantiate(ctx, m, imports, runtime.Config{})
	}}
	DefineThreads(imports, threads.Spawn)
	in, err := threads.Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	err = threads.Run(in, func() error {
		_, err := in.Call(ctx, "_start")
		return err
	})
	return out.String(), err
}

// A function of the host that panics on the main thread, or ends the goroutine of another, ends the program: no thread goes on.
func TestLeftThreads(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	// (import "env" "f" (func)) (func (export "wasi_thread_start") (param i32 i32) call 0)
	m := load(t, []byte("\x00asm\x01\x00\x00\x00\x01\x09\x02\x60\x00\x00\x60\x02\x7f\x7f\x00\x02\x09\x01\x03env\x01f\x00\x00\x03\x02\x01\x01"+
		"\x07\x15\x01\x11"+ThreadStart+"\x00\x01\x0a\x06\x01\x04\x00\x10\x00\x0b"))
	defer m.Close()
	ctx := context.Background()
	out := errors.New("out of here")
	for _, panics := range []bool{false, true} {
		var main *runtime.Instance
		imports, inside := runtime.NewImports(), make(chan bool)
		imports.DefineFunc("env", "f", *m.Wasm().FuncType(0), func(ctx context.Context, in *runtime.Instance, _ []uint64) error {
			switch {
			case panics && in == main:
				<-inside
				panic(out)
			case panics:
				inside <- true
			case in != main:
				goruntime.Goexit()
			}
			<-ctx.Done()
			return context.Cause(ctx)
		})
		threads := &Threads{Instantiate: func(ctx context.Context) (*runtime.Instance, error) {
			return runtime.Instantiate(ctx, m, imports, runtime.Config{})
		}}
		var err error
		if main, err = threads.Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
		panicked := func() (r any) {
			defer func() { r = recover() }()
			err = threads.Run(main, func() error {
				if _, err := threads.Spawn(ctx, 0); err != nil {
					return err
				}
				_, err := main.Call(ctx, ThreadStart, 0, 0)
				return err
			})
			return nil
		}()
		var thread *ThreadError
		switch {
		case panics && panicked != any(out):
			t.Errorf("the main thread's panic became %v, %v", panicked, err)
		case !panics && (panicked != nil || !errors.As(err, &thread) || !errors.Is(err, errLeft)):
			t.Errorf("a thread's end became %v, %v", panicked, err)
		}
		if len(threads.live) > 0 {
			t.Errorf("%d threads go on", len(threads.live))
		}
		main.Close()
	}
}

// Eight threads have their memory grow, 8 times 25 pages, while all of them work at its end; then one traps while the others wait for ever and
// the main thread spins, and all end.
func TestThreadsAtTheEdge(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	b, err := os.ReadFile(filepath.Join("testdata", "edge.wasm")) // wat2wasm --enable-threads edge.wat
	if err != nil {
		t.Fatal(err)
	}
	m := load(t, b)
	defer m.Close()
	for range 3 {
		_, err := runThreads(t, m, "")
		var trap *runtime.TrapError
		var thread *ThreadError
		if !errors.As(err, &trap) || trap.Kind != abi.TrapUnaligned || !errors.As(err, &thread) {
			t.Fatal(err)
		}
	}
}

// A program that makes threads without end is refused at some point, and all end with it.
func TestMostThreads(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	b, err := os.ReadFile(filepath.Join("testdata", "threads.wasm")) // wat2wasm --enable-threads threads.wat
	if err != nil {
		t.Fatal(err)
	}
	m := load(t, b)
	defer m.Close()
	ctx := context.Background()
	imports, store := runtime.NewImports(), runtime.NewStore()
	defer store.Close()
	if err := store.DefineShared(m.Wasm(), imports); err != nil {
		t.Fatal(err)
	}
	made := 0
	threads := &Threads{Max: 20, Instantiate: func(ctx context.Context) (*runtime.Instance, error) {
		made++
		return store.Instantiate(ctx, m, imports, runtime.Config{StackSize: 64 << 10})
	}}
	DefineThreads(imports, threads.Spawn)
	in, err := threads.Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for round := range 2 { // those of the first round do not count in the second
		made = 0
		err = threads.Run(in, func() error {
			n, err := in.Call(ctx, "most")
			if err == nil && (n[0] != 20 || made != 20) {
				t.Errorf("round %d: %d threads of %d instances, want 20", round, n[0], made)
			}
			return err
		})
		if err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
}

// TestThreads runs a program with threads: what it prints is arithmetic. Four threads add 1, 2, 3 and 4 two thousand
// times each under a mutex, and count their rounds by an atomic addition and in a variable of their own, which
// begins at 7.
func TestThreads(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	for _, level := range []string{"O0", "O2"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "programs", "c_threads", "c_threads-"+level+".wasm"))
		if err != nil {
			t.Fatal(err)
		}
		m := load(t, b)
		defer m.Close()
		t.Run(level, func(t *testing.T) {
			out, err := runThreads(t, m, "count")
			if want := "total 20000\nticks 8000\nsum of mine 8028\nmine 7\n"; err != nil || out != want {
				t.Errorf("count: %v, printed %q, want %q", err, out, want)
			}
			out, err = runThreads(t, m, "stand")
			if want := "ready 2\nworker 5\nworker 10\n"; err != nil || out != want {
				t.Errorf("stand: %v, printed %q, want %q", err, out, want)
			}
			for mode, kind := range map[string]abi.Trap{"trap": abi.TrapUnreachable, "memory": abi.TrapMemory} {
				out, err = runThreads(t, m, mode)
				var trap *runtime.TrapError
				var thread *ThreadError
				if !errors.As(err, &trap) || trap.Kind != kind || !errors.As(err, &thread) || thread.ID != 2 || out != "" {
					t.Errorf("%s: %v, printed %q", mode, err, out)
				} else if len(trap.Frames) < 3 { // fail, thread_begin, wasi_thread_start
					t.Errorf("%s: %d frames in the backtrace of the thread", mode, len(trap.Frames))
				}
			}
			_, err = runThreads(t, m, "exit")
			var exit *ExitError
			if !errors.As(err, &exit) || exit.Code != 3 {
				t.Errorf("exit: %v", err)
			}
		})
	}
}
