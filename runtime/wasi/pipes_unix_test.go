//go:build unix

package wasi

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A named pipe is opened without waiting, and then answers like a socket.
func TestNamedPipe(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	g.open(ENOTSUP, "fifo", 0, uint64(rightFDRead), 0)
	g.open(ENXIO, "fifo", 0, uint64(rightFDWrite), flagNonblock) // nobody reads
	fd := g.open(ESUCCESS, "fifo", 0, uint64(rightFDRead|rightFDFdstatSetFlags), flagNonblock)
	if s := g.read(fd, 4); s != "" {
		t.Errorf("read %q where nobody writes", s)
	}
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	g.call(EAGAIN, "fd_read", fd, g.vec(64, 4), 1, uint64(g.alloc(4)))
	w.WriteString("text")
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, uint32(fd), 0, 0}), event{1, 0, eventRead})
	if s := g.read(fd, 9); s != "text" {
		t.Errorf("read %q", s)
	}
	if out := g.open(ESUCCESS, "fifo", 0, uint64(rightFDWrite), flagNonblock); out != fd+1 {
		t.Errorf("descriptor %d", out)
	}
	g.write(fd+1, "loop")
	g.call(ESUCCESS, "fd_fdstat_set_flags", fd, 0)
	if s := g.read(fd, 9); s != "loop" {
		t.Errorf("read %q", s)
	}
}

// TestWazeroPipe runs the program that wazero tests its pipes with, as it does.
func TestWazeroPipe(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(wazeroPrograms(t), "zig-cc", "wasi.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	fifo := filepath.Join(tmp, "test-fifo")
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Fatal(err)
	}
	go func() {
		if f, err := os.OpenFile(fifo, os.O_APPEND|os.O_WRONLY, 0); err == nil { // when the guest has opened it
			time.Sleep(300 * time.Millisecond) // for some dots
			f.WriteString("wazero")
			f.Close()
		}
	}()
	var out bytes.Buffer
	runListening(t, b, Config{Args: []string{"wasi", "nonblock", "/test-fifo"}, Stdout: &out, Dirs: []Dir{{Host: tmp, Guest: "/"}}})
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], ".") || len(lines) < 2 || lines[1] != "wazero" {
		t.Errorf("%q", out.String())
	}
}
