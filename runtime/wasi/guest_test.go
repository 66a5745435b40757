package wasi

import (
	"context"
	"testing"
)

// guest stands in for a program: a memory, and calls by name.
type guest struct {
	t   *testing.T
	sys *System
	mem []byte
	top uint32
}

func newGuest(t *testing.T, cfg Config) *guest {
	t.Helper()
	sys, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close() })
	return &guest{t: t, sys: sys, mem: make([]byte, 64<<10), top: 1024}
}

// alloc takes n bytes of memory that nothing else uses, filled with a pattern.
func (g *guest) alloc(n int) uint32 {
	p := g.top
	g.top += uint32(n+15) &^ 15
	if int(g.top) > len(g.mem) {
		g.t.Fatal("the test's memory is too small")
	}
	for i := range n {
		g.mem[int(p)+i] = 0xa5
	}
	return p
}

func (g *guest) put(s string) (addr, n uint64) {
	p := g.alloc(len(s))
	copy(g.mem[p:], s)
	return uint64(p), uint64(len(s))
}

// vec makes one iovec for each buffer of [addr, len] pairs.
func (g *guest) vec(pairs ...uint64) uint64 {
	p := g.alloc(4 * len(pairs))
	for i, v := range pairs {
		le.PutUint32(g.mem[int(p)+4*i:], uint32(v))
	}
	return uint64(p)
}

func (g *guest) u32(addr uint64) uint32 { return le.Uint32(g.mem[addr:]) }
func (g *guest) u64(addr uint64) uint64 { return le.Uint64(g.mem[addr:]) }

func lookUp(t testing.TB, name string) *Function {
	for i := range Functions {
		if Functions[i].Name == name {
			return &Functions[i]
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

// try calls a function; the error is an Errno or what ends the run.
func (g *guest) try(ctx context.Context, name string, args ...uint64) error {
	g.t.Helper()
	f := lookUp(g.t, name)
	if n := len(f.Type().Params); n != len(args) {
		g.t.Fatalf("%s has %d parameters, the test gives %d", name, n, len(args))
	}
	stack := append(make([]uint64, 0, 16), args...)
	if len(stack) == 0 {
		stack = stack[:1]
	}
	if err := f.Call(ctx, g.sys, g.mem, stack); err != nil {
		return err
	}
	return Errno(stack[0])
}

// call expects an Errno.
func (g *guest) call(want Errno, name string, args ...uint64) {
	g.t.Helper()
	if err := g.try(context.Background(), name, args...); err != error(want) {
		g.t.Errorf("%s%v = %v, want %v", name, args, err, want)
	}
}

// open opens a path below the first directory.
func (g *guest) open(want Errno, path string, oflags, rights, fdflags uint64) uint64 {
	g.t.Helper()
	p, n := g.put(path)
	fd := uint64(g.alloc(4))
	g.call(want, "path_open", 3, lookupFollow, p, n, oflags, rights, uint64(rightsAll), fdflags, fd)
	return uint64(g.u32(fd))
}

const readWrite = uint64(rightFDRead | rightFDWrite | rightFDSeek | rightFDTell | rightFDFilestatSetSize)

func (g *guest) write(fd uint64, s string) {
	g.t.Helper()
	p, n := g.put(s)
	count := uint64(g.alloc(4))
	g.call(ESUCCESS, "fd_write", fd, g.vec(p, n), 1, count)
	if got := uint64(g.u32(count)); got != n {
		g.t.Errorf("wrote %d of %d bytes", got, n)
	}
}

func (g *guest) read(fd uint64, max int) string {
	g.t.Helper()
	p, count := uint64(g.alloc(max)), uint64(g.alloc(4))
	g.call(ESUCCESS, "fd_read", fd, g.vec(p, uint64(max)), 1, count)
	return string(g.mem[p : p+uint64(g.u32(count))])
}
