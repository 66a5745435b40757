package aot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sphex/aot/debuginfo"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// askAll asks for all that there is of every so many units.
func askAll(t *testing.T, l *debuginfo.Later, every int) {
	t.Helper()
	for i := 0; i < l.Units(); i += every {
		w := l.Data().Units[i].Walk()
		var e info.Entry
		for w.Next(&e) {
			for v := range e.Attrs() {
				attrText(&e, v)
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
		lines, err := l.Lines(i)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 1000 {
			if lines != nil && lines.Path(uint64(n)) != l.Files(i).Path(uint64(n)) {
				t.Errorf("unit %d: file %d is %s and %s", i, n, lines.Path(uint64(n)), l.Files(i).Path(uint64(n)))
			}
		}
		if r := l.Root(i); r.Name != "" {
			if err := l.Lookup(r.Name, func(index.Entry) bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestBorrow compiles modules whose files are mapped: writers wait as long as that lasts, and nothing of
// the file is in use behind it, which unmapping shows.
func TestBorrow(t *testing.T) {
	from, back, after := borrowFrom, returned, behindAfter
	var unmapped atomic.Int32 // the files that were given back
	borrowFrom, behindAfter = 1, time.Hour
	returned = func(b []byte) {
		unmapped.Add(1)
		unmapFile(b)
	}
	t.Cleanup(func() { borrowFrom, returned, behindAfter = from, back, after })
	for _, name := range []string{"c_kinds/c_kinds-O2.wasm", "c_macros/dw5.wasm", "cpp_values/objects-O0.wasm", "rs_calc/rs_calc-debug-dw5.wasm"} {
		t.Run(name, func(t *testing.T) {
			module, err := os.ReadFile(filepath.Join("..", "testdata", "programs", name))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "app.wasm")
			if err := os.WriteFile(path, module, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, giveBack, ok := borrowFile(path); !ok {
				t.Skip("this file system grants no leases (some network and overlay ones): files are read there, which other tests do")
			} else {
				giveBack()
			}
			key, err := keyIn(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			c := &Cache{Dir: t.TempDir(), Key: key}
			write := func() error {
				fd, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_TRUNC, 0)
				if err == nil {
					unix.Close(fd)
				}
				return err
			}
			var during error
			before := unmapped.Load()
			f, _, err := c.Load(path, Options{Report: func(*debuginfo.Report) { during = write() }})
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(during, unix.EWOULDBLOCK) {
				t.Errorf("a writer was let in while the module is read: %v", during)
			}
			if unmapped.Load() != before+1 {
				t.Fatalf("the file was not borrowed, or not given back")
			}
			if err := write(); err != nil {
				t.Errorf("the file cannot be written to behind Load: %v", err)
			}
			c.Wait() // it is written to the cache without the file
			got, err := f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			plain, err := Compile(module, Options{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := plain.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes of an object, %d of the one of a module in memory", len(got), len(want))
			}

			// Debug information that is made later borrows the file until all of it is there.
			if err := os.WriteFile(path, module, 0o600); err != nil {
				t.Fatal(err)
			}
			c = &Cache{Dir: t.TempDir(), Key: key}
			f = laterObject(t, c, path)
			later := f.Later.(*debuginfo.Later)
			later.Part = 1
			askAll(t, later, 2)
			before = unmapped.Load()
			if err := write(); !errors.Is(err, unix.EWOULDBLOCK) {
				t.Errorf("a writer was let in while the module is needed: %v", err)
			}
			got, err = f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			c.behind.running.Wait()
			if unmapped.Load() != before+1 {
				t.Error("the file was not given back")
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes of an object that was made later, want %d", len(got), len(want))
			}
			askAll(t, later, 1)

			// Nor does a writer wait for long, though nobody asks for anything.
			if err := os.WriteFile(path, module, 0o600); err != nil {
				t.Fatal(err)
			}
			c = &Cache{Dir: t.TempDir(), Key: key}
			laterObject(t, c, path)
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Error(err)
			}
			c.behind.running.Wait()
		})
	}
}
