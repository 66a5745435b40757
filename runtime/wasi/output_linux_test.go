package wasi

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A guest that waits for who reads its output can be ended, whether the pipe knows of deadlines or not; and until then, all that it
// writes arrives.
func TestBlockedOutput(t *testing.T) {
	pipes := map[string]func() (r, w *os.File){
		"pollable": func() (r, w *os.File) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			return r, w
		},
		"blocking": func() (r, w *os.File) { // as standard output is
			var fds [2]int
			if err := syscall.Pipe(fds[:]); err != nil {
				t.Fatal(err)
			}
			return os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
		},
	}
	for name, pipe := range pipes {
		t.Run(name, func(t *testing.T) {
			r, w := pipe()
			defer w.Close()
			g := newGuest(t, Config{Stdout: w})
			const size = 20_000
			p := uint64(g.alloc(size))
			iov, count := g.vec(p, size, p, 3), uint64(g.alloc(4))
			wrote := uint64(0)
			ctx, cancel := context.WithCancel(context.Background())
			result := make(chan error)
			go func() {
				for { // until the pipe is full, and then for ever
					if err := g.try(ctx, "fd_write", 1, iov, 2, count); err != error(ESUCCESS) {
						result <- err
						return
					}
					wrote += uint64(g.u32(count))
				}
			}()
			buf := make([]byte, 1<<20)
			for range 3 { // as long as somebody reads, it goes on
				if _, err := io.ReadFull(r, buf[:200_000]); err != nil {
					t.Fatal(err)
				}
			}
			cancel()
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if wrote < 540_000 {
				t.Errorf("it had written %d bytes", wrote)
			}
			// The pipe is the host's: another guest can go on with it.
			go io.Copy(io.Discard, r)
			g = newGuest(t, Config{Stdout: w})
			g.write(1, "again")
			w.Close()
		})
	}
}

// What does not fit stays as it is.
func TestFailedRename(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "a/b"), 0o700)
	os.Mkdir(filepath.Join(dir, "empty"), 0o700)
	os.Symlink("/", filepath.Join(dir, "out"))
	g := newGuest(t, Config{Dirs: []Dir{{Host: dir, Guest: "/"}}})
	for _, c := range []struct {
		want     Errno
		from, to string
	}{
		{EINVAL, "a", "a/b"},
		{EBUSY, ".", "empty"},
		{EBUSY, "a/.", "empty"},
		{EBUSY, "a/b/..", "empty"},
		{EBUSY, "empty", "a/b/."},
		{EBUSY, "empty", "a/b/.."},
		{EPERM, "empty", ".."},
		{EPERM, "empty", "out/tmp"},
		{ENOENT, "none", "empty"},
	} {
		p, pn := g.put(c.from)
		q, qn := g.put(c.to)
		g.call(c.want, "path_rename", 3, p, pn, 3, q, qn)
		for _, name := range []string{"a", "a/b", "empty"} {
			if st, err := os.Stat(filepath.Join(dir, name)); err != nil || !st.IsDir() {
				t.Fatalf("%s to %s: %s: %v", c.from, c.to, name, err)
			}
		}
	}
	p, pn := g.put("a/b")
	q, qn := g.put("empty")
	g.call(ESUCCESS, "path_rename", 3, p, pn, 3, q, qn)
}
