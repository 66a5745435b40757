package wasi

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
)

// listen opens a socket at a free port, with its end for the test's side of connections.
func listen(t *testing.T) (l *Listener, dial func() net.Conn) {
	t.Helper()
	n, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return NewListener(n), func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", n.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// accept calls sock_accept.
func (g *guest) accept(want Errno, fd, flags uint64) uint64 {
	g.t.Helper()
	opened := uint64(g.alloc(4))
	g.call(want, "sock_accept", fd, flags, opened)
	return uint64(g.u32(opened))
}

// recv calls sock_recv with buffers of these sizes.
func (g *guest) recv(want Errno, fd, flags uint64, sizes ...uint64) string {
	g.t.Helper()
	var pairs []uint64
	for _, n := range sizes {
		pairs = append(pairs, uint64(g.alloc(int(n))), n)
	}
	count, out := uint64(g.alloc(4)), uint64(g.alloc(2))
	g.call(want, "sock_recv", fd, g.vec(pairs...), uint64(len(sizes)), flags, count, out)
	if want != ESUCCESS {
		return ""
	}
	if le.Uint16(g.mem[out:]) != 0 {
		g.t.Errorf("flags %#x", le.Uint16(g.mem[out:]))
	}
	all, left := "", uint64(g.u32(count))
	for i, n := range sizes {
		n = min(n, left)
		all += string(g.mem[pairs[2*i] : pairs[2*i]+n])
		left -= n
	}
	return all
}

func (g *guest) send(want Errno, fd, flags uint64, parts ...string) uint64 {
	g.t.Helper()
	var pairs []uint64
	for _, s := range parts {
		p, n := g.put(s)
		pairs = append(pairs, p, n)
	}
	count := uint64(g.alloc(4))
	g.call(want, "sock_send", fd, g.vec(pairs...), uint64(len(parts)), flags, count)
	return uint64(g.u32(count))
}

func TestSockets(t *testing.T) {
	l, dial := listen(t)
	g := newGuest(t, Config{Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}}, Listeners: []*Listener{l}})
	const fd = 4 // behind the directory
	stat := uint64(g.alloc(sizeFdstat))
	g.call(ESUCCESS, "fd_fdstat_get", fd, stat)
	if FileType(g.mem[stat]) != TypeStreamSocket || rights(g.u64(stat+8))&rightSockAccept == 0 {
		t.Errorf("fdstat % x", g.mem[stat:stat+sizeFdstat])
	}
	g.call(EBADF, "fd_prestat_get", fd, uint64(g.alloc(8)))
	g.accept(ENOTSOCK, 1, 0)
	g.accept(ENOTSOCK, 3, 0)
	g.accept(EBADF, 9, 0)
	g.accept(EINVAL, fd, flagAppend)
	g.recv(ENOTCONN, fd, 0, 4)
	g.send(ENOTCONN, fd, 0, "x")
	g.call(ENOTCONN, "sock_shutdown", fd, shutRead)
	g.call(EBADF, "fd_read", fd, g.vec(64, 4), 1, uint64(g.alloc(4)))

	// Nobody is there yet.
	g.call(ESUCCESS, "fd_fdstat_set_flags", fd, flagNonblock)
	g.accept(EAGAIN, fd, 0)
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, fd, 0, 0}, sub{2, eventClock, 1, uint64(time.Millisecond), 0}), event{2, 0, eventClock})
	peer := dial()
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, fd, 0, 0}, sub{2, eventClock, 1, uint64(time.Hour), 0}), event{1, 0, eventRead})
	conn := g.accept(ESUCCESS, fd, flagNonblock)
	if conn != 5 {
		t.Errorf("descriptor %d, want the lowest that is free", conn)
	}
	g.call(ESUCCESS, "fd_fdstat_get", conn, stat)
	if FileType(g.mem[stat]) != TypeStreamSocket || le.Uint16(g.mem[stat+2:]) != flagNonblock {
		t.Errorf("fdstat % x", g.mem[stat:stat+sizeFdstat])
	}
	g.accept(EINVAL, conn, 0)
	g.recv(EAGAIN, conn, 0, 4)
	g.call(EAGAIN, "fd_read", conn, g.vec(64, 4), 1, uint64(g.alloc(4)))

	io.WriteString(peer, "hello world")
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, uint32(conn), 0, 0}), event{1, 0, eventRead})
	for g.recv(ESUCCESS, conn, recvPeek, 11) != "hello world" {
	}
	if s := g.recv(ESUCCESS, conn, recvPeek, 3, 2); s != "hel" {
		t.Errorf("peeked %q", s)
	}
	if s := g.recv(ESUCCESS, conn, 0, 3, 3); s != "hello " {
		t.Errorf("received %q", s)
	}
	if s := g.read(conn, 2); s != "wo" {
		t.Errorf("read %q", s)
	}
	g.recv(ENOTSUP, conn, 1<<2, 3)
	g.call(ESUCCESS, "fd_fdstat_set_flags", conn, 0)
	go func() {
		time.Sleep(time.Millisecond)
		io.WriteString(peer, "!")
		time.Sleep(time.Millisecond)
		io.WriteString(peer, "?.")
	}()
	if s := g.recv(ESUCCESS, conn, recvWaitAll, 4, 2); s != "rld!?." {
		t.Errorf("waited for %q", s)
	}
	if n := g.send(ESUCCESS, conn, 0, "to ", "", "you"); n != 6 {
		t.Errorf("sent %d bytes", n)
	}
	g.send(ENOTSUP, conn, 1, "x")
	g.write(conn, ", too")
	g.call(ESPIPE, "fd_seek", conn, 0, 0, uint64(g.alloc(8)))
	g.call(EINVAL, "sock_shutdown", conn, 0)
	g.call(EINVAL, "sock_shutdown", conn, 4)
	g.call(ESUCCESS, "sock_shutdown", conn, shutWrite)
	if b, err := io.ReadAll(peer); string(b) != "to you, too" || err != nil {
		t.Errorf("the other side read %q, %v", b, err)
	}
	g.send(EPIPE, conn, 0, "x")
	peer.Close()
	if s := g.recv(ESUCCESS, conn, 0, 4); s != "" {
		t.Errorf("received %q at the end", s)
	}
	g.call(ESUCCESS, "fd_close", conn)
	g.call(EBADF, "fd_close", conn)

	// A guest that waits can be ended, and the next one has the connection that it waited for.
	g.call(ESUCCESS, "fd_fdstat_set_flags", fd, 0)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	if err := g.try(ctx, "sock_accept", fd, 0, uint64(g.alloc(4))); err != context.DeadlineExceeded {
		t.Errorf("sock_accept: %v", err)
	}
	g.call(ESUCCESS, "fd_close", fd)
	next := newGuest(t, Config{Listeners: []*Listener{l}})
	io.WriteString(dial(), "again")
	if s := next.recv(ESUCCESS, next.accept(ESUCCESS, 3, 0), recvWaitAll, 5); s != "again" {
		t.Errorf("received %q", s)
	}
}

// A guest that writes more than anybody reads is ended all the same.
func TestSlowReader(t *testing.T) {
	l, dial := listen(t)
	g := newGuest(t, Config{Listeners: []*Listener{l}})
	dial()
	conn := g.accept(ESUCCESS, 3, 0)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	count := uint64(g.alloc(4))
	buffers := g.vec(0, uint64(len(g.mem)))
	var err error = ESUCCESS
	for err == error(ESUCCESS) {
		err = g.try(ctx, "sock_send", conn, buffers, 1, 0, count)
	}
	if err != context.DeadlineExceeded {
		t.Errorf("sock_send: %v", err)
	}
}

// TestWazeroSockets runs the programs that wazero tests its sockets with, as it does.
func TestWazeroSockets(t *testing.T) {
	dir := wazeroPrograms(t)
	for _, lang := range []string{"zig-cc", "cargo-wasi"} {
		b, err := os.ReadFile(filepath.Join(dir, lang, "wasi.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		l, dial := listen(t)
		var out bytes.Buffer
		go io.WriteString(dial(), "wazero")
		runListening(t, b, Config{Args: []string{"wasi", "sock"}, Stdout: &out, Listeners: []*Listener{l}})
		if !strings.HasSuffix(out.String(), "wazero\n") {
			t.Errorf("%s: %q", lang, out.String())
		}
	}
}

// runListening runs a program in wazero with our system.
func runListening(t *testing.T, module []byte, cfg Config) {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithDebugInfoEnabled(false))
	defer r.Close(ctx)
	system, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	host := defineOurs(t, ctx, r, system)
	defer host.Close(ctx)
	m, _ := r.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithName(""))
	if m != nil {
		m.Close(ctx)
	}
}
