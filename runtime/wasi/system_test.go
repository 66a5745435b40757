package wasi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"sphex/aot/wasm"
)

// The signatures of some functions as the witx files give them, one letter per word.
func TestSignatures(t *testing.T) {
	for name, want := range map[string]string{
		"args_get": "ii:i", "clock_time_get": "iIi:i", "fd_seek": "iIii:i", "fd_pread": "iiiIi:i",
		"fd_readdir": "iiiIi:i", "path_open": "iiiiiIIii:i", "path_link": "iiiiiii:i",
		"path_filestat_set_times": "iiiiIIi:i", "path_rename": "iiiiii:i", "path_symlink": "iiiii:i",
		"poll_oneoff": "iiii:i", "proc_exit": "i:", "sched_yield": ":i", "random_get": "ii:i",
		"sock_recv": "iiiiii:i", "sock_send": "iiiii:i", "fd_filestat_set_times": "iIIi:i",
		"fd_fdstat_set_rights": "iII:i", "path_readlink": "iiiiii:i",
	} {
		typ := lookUp(t, name).Type()
		got := ""
		for _, v := range typ.Params {
			got += map[wasm.ValType]string{wasm.I32: "i", wasm.I64: "I"}[v]
		}
		got += ":"
		for range typ.Results {
			got += "i"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if n := len(Functions); n != 46 {
		t.Errorf("%d functions; preview 1 has 46", n)
	}
}

func TestArgsAndEnviron(t *testing.T) {
	g := newGuest(t, Config{Args: []string{"prog", "", "größe"}, Env: []string{"A=1", "B="}})
	check := func(sizes, get string, want ...string) {
		n, size := uint64(g.alloc(4)), uint64(g.alloc(4))
		g.call(ESUCCESS, sizes, n, size)
		joined := strings.Join(want, "\x00") + "\x00"
		if g.u32(n) != uint32(len(want)) || g.u32(size) != uint32(len(joined)) {
			t.Fatalf("%s: %d, %d", sizes, g.u32(n), g.u32(size))
		}
		array, buf := uint64(g.alloc(4*len(want))), uint64(g.alloc(len(joined)))
		g.call(ESUCCESS, get, array, buf)
		if got := string(g.mem[buf : buf+uint64(len(joined))]); got != joined {
			t.Errorf("%s: %q", get, got)
		}
		for i, s := range want {
			p := g.u32(array + 4*uint64(i))
			if got := string(g.mem[p : p+uint32(len(s))+1]); got != s+"\x00" {
				t.Errorf("%s: string %d is %q, want %q", get, i, got, s)
			}
		}
		g.call(EFAULT, get, array, uint64(len(g.mem)-len(joined)+1))
		g.call(EFAULT, get, uint64(len(g.mem)-4*len(want)+1), buf)
	}
	check("args_sizes_get", "args_get", "prog", "", "größe")
	check("environ_sizes_get", "environ_get", "A=1", "B=")
	if _, err := New(Config{Args: []string{"a\x00b"}}); err == nil {
		t.Error("a NUL in an argument was taken")
	}
}

func TestClocks(t *testing.T) {
	g := newGuest(t, Config{})
	p := uint64(g.alloc(8))
	before := time.Now().UnixNano()
	g.call(ESUCCESS, "clock_time_get", uint64(ClockRealtime), 0, p)
	if now := int64(g.u64(p)); now < before || now > time.Now().UnixNano() {
		t.Errorf("realtime %d", now)
	}
	g.call(ESUCCESS, "clock_time_get", uint64(ClockMonotonic), 0, p)
	first := g.u64(p)
	g.call(ESUCCESS, "clock_time_get", uint64(ClockMonotonic), 0, p)
	if g.u64(p) < first {
		t.Error("the monotonic clock went back")
	}
	g.call(ESUCCESS, "clock_res_get", uint64(ClockMonotonic), p)
	if g.u64(p) == 0 {
		t.Error("no resolution")
	}
	g.call(EINVAL, "clock_time_get", 4, 0, p)
	g.call(EINVAL, "clock_res_get", 4, p)
	g.call(EFAULT, "clock_time_get", 0, 0, uint64(len(g.mem)-7))
}

func TestRandom(t *testing.T) {
	g := newGuest(t, Config{})
	p := uint64(g.alloc(64))
	before := bytes.Clone(g.mem)
	g.call(ESUCCESS, "random_get", p, 64)
	if bytes.Equal(g.mem[p:p+64], before[p:p+64]) || !bytes.Equal(g.mem[p+64:], before[p+64:]) {
		t.Error("random_get filled something else")
	}
	g.call(EFAULT, "random_get", 0xffff_ffff, 0xffff_ffff)
	g.call(EFAULT, "random_get", 0, uint64(len(g.mem)+1))
	g.call(ESUCCESS, "random_get", uint64(len(g.mem)), 0)
}

func TestExit(t *testing.T) {
	g := newGuest(t, Config{})
	var exit *ExitError
	if err := g.try(context.Background(), "proc_exit", 7); !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("proc_exit: %v", err)
	}
	g.call(ENOTSUP, "proc_raise", 6)
	g.call(ESUCCESS, "sched_yield")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.try(ctx, "sched_yield"); err != context.Canceled {
		t.Errorf("sched_yield: %v", err)
	}
}

func TestStreams(t *testing.T) {
	var stdout bytes.Buffer
	g := newGuest(t, Config{Stdin: strings.NewReader("hello"), Stdout: &stdout})
	a, an := g.put("one ")
	b, bn := g.put("two")
	count := uint64(g.alloc(4))
	g.call(ESUCCESS, "fd_write", 1, g.vec(a, an, b, 0, b, bn), 3, count)
	g.write(2, "nobody listens")
	if stdout.String() != "one two" || g.u32(count) != 7 {
		t.Errorf("stdout %q, %d bytes", stdout.String(), g.u32(count))
	}
	if s := g.read(0, 3) + "|" + g.read(0, 10) + "|" + g.read(0, 10) + "|" + g.read(0, 0); s != "hel|lo||" {
		t.Errorf("stdin: %s", s)
	}
	g.call(EBADF, "fd_write", 0, 0, 0, count)
	g.call(EBADF, "fd_read", 1, 0, 0, count)
	g.call(EBADF, "fd_read", 9, 0, 0, count)
	g.call(ESPIPE, "fd_seek", 1, 0, 0, uint64(g.alloc(8)))
	g.call(ESPIPE, "fd_tell", 0, uint64(g.alloc(8)))
	g.call(ESPIPE, "fd_pread", 0, g.vec(a, an), 1, 0, count)
	g.call(EBADF, "fd_prestat_get", 0, uint64(g.alloc(8)))
	g.call(EBADF, "fd_prestat_get", 3, uint64(g.alloc(8)))
	g.call(ENOTDIR, "path_create_directory", 1, a, an)
	g.call(ENOTDIR, "fd_readdir", 1, a, an, 0, count)
	g.call(ENOTSOCK, "sock_shutdown", 1, 0)
	g.call(EBADF, "sock_shutdown", 5, 0)
	// Bad pointers in every place of a vector.
	end := uint64(len(g.mem))
	g.call(EFAULT, "fd_write", 1, end-7, 1, count)
	g.call(EFAULT, "fd_write", 1, 0, 0xffff_ffff, count)
	g.call(EFAULT, "fd_write", 1, g.vec(end, 1), 1, count)
	g.call(EFAULT, "fd_write", 1, g.vec(a, 0xffff_ffff), 1, count)
	g.call(EFAULT, "fd_write", 1, g.vec(a, an), 1, end-3)
	if stdout.String() != "one two" {
		t.Errorf("a refused call wrote: %q", stdout.String())
	}
	g.call(ESUCCESS, "fd_close", 1)
	g.call(EBADF, "fd_close", 1)
}

// A guest that waits for input can be ended, and the input is not lost.
func TestReadIsCancelled(t *testing.T) {
	r, w := io.Pipe()
	g := newGuest(t, Config{Stdin: r})
	p, count := uint64(g.alloc(8)), uint64(g.alloc(4))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := g.try(ctx, "fd_read", 0, g.vec(p, 8), 1, count); err != context.DeadlineExceeded {
		t.Errorf("fd_read: %v", err)
	}
	go w.Write([]byte("late"))
	if s := g.read(0, 8); s != "late" {
		t.Errorf("read %q", s)
	}
	w.CloseWithError(errors.New("broken"))
	g.call(EIO, "fd_read", 0, g.vec(p, 8), 1, count)
}

func TestTrace(t *testing.T) {
	var trace bytes.Buffer
	g := newGuest(t, Config{Trace: &trace})
	copy(g.mem[16:], "abc")
	g.call(EBADF, "fd_close", 9)
	g.call(ENOTDIR, "path_create_directory", 1, 16, 3)
	g.try(context.Background(), "proc_exit", 3)
	want := "fd_close(fd=9) = EBADF\npath_create_directory(fd=1, path=0x10+3) = ENOTDIR\nproc_exit(code=3): exit status 3\n"
	if trace.String() != want {
		t.Errorf("trace:\n%s", trace.String())
	}
}
