package aot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

// laterObject loads a module through a cache so that its debug information is made later.
func laterObject(t *testing.T, c *Cache, path string) *object.File {
	t.Helper()
	f, hit, err := c.Load(path, Options{LaterFrom: 1})
	if err != nil {
		t.Fatal(err)
	}
	if hit || f.Later == nil || f.Debug != nil {
		t.Fatalf("the debug information is there already: from the cache %v", hit)
	}
	return f
}

// moduleFile copies a program to a folder of its own.
func moduleFile(t *testing.T, program string) (path string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../testdata/programs", program))
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "app.wasm")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBehind stores an object of which the debug information was made later: it is the same as any other.
func TestBehind(t *testing.T) {
	path := moduleFile(t, "c_kinds/c_kinds-O2.wasm")
	module, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Compile(module, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache"), Key: Key{1}}
	f := laterObject(t, c, path)
	if n := len(cacheFiles(t, c, "*")); n > 0 {
		t.Errorf("%d files before the debug information is made", n)
	}
	f.Sections()
	c.behind.running.Wait()
	again, hit, err := c.Load(path, Options{LaterFrom: 1})
	if err != nil || !hit || again.Later != nil {
		t.Fatalf("the object is not in the cache: %v", err)
	}
	if !bytes.Equal(again.Text, plain.Text) || !bytes.Equal(again.Module, plain.Module) || len(again.Debug) != len(plain.Debug) {
		t.Error("the object differs from that which is compiled at once")
	}
	for name, b := range plain.Debug {
		if !bytes.Equal(again.Debug[name], b) {
			t.Errorf("%s differs from that of the object which is compiled at once", name)
		}
	}
	if left := cacheFiles(t, c, "new*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestBehindGivesUp ends a process that has not made the debug information.
func TestBehindGivesUp(t *testing.T) {
	path := moduleFile(t, "c_kinds/c_kinds-O2.wasm")
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache"), Key: Key{1}}
	laterObject(t, c, path)
	c.Wait()
	c.behind.running.Wait()
	if left := cacheFiles(t, c, "*"); len(left) > 0 {
		t.Errorf("there is %v, but nothing was made", left)
	}

	// And one that is about to write it.
	c = &Cache{Dir: t.TempDir(), Key: Key{1}}
	written := errors.New("written")
	err := replaceFile(filepath.Join(c.Dir, "object.elf"), 0o600, c.behind.create, func(w *os.File) error {
		if _, err := w.WriteString("a part"); err != nil {
			return err
		}
		c.Wait()
		if left := cacheFiles(t, c, "*"); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		return nil
	})
	if err == nil || len(cacheFiles(t, c, "*")) > 0 {
		t.Errorf("a file was put into the cache by a process that ends: %v", err)
	}
	if err := replaceFile(filepath.Join(c.Dir, "object.elf"), 0o600, c.behind.create, func(*os.File) error { return written }); !errors.Is(err, errGivenUp) {
		t.Errorf("a process that ends began to write: %v", err)
	}
}

// TestBehindWhole has a Report, which needs all of the translation, and a module with nothing to translate.
func TestBehindWhole(t *testing.T) {
	b, err := os.ReadFile("../testdata/programs/c_kinds/c_kinds-O2.wasm")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(b, Options{LaterFrom: 1, Report: func(*debuginfo.Report) {}})
	if err != nil || f.Later != nil {
		t.Errorf("a report of what is still to be done: %v", err)
	}
	if f, err = Compile([]byte("\x00asm\x01\x00\x00\x00"), Options{LaterFrom: 1}); err != nil || f.Later != nil {
		t.Errorf("debug information of a module that has none: %v", err)
	}
	if f, err = Compile(b, Options{LaterFrom: len(b) + 1}); err != nil || f.Later != nil {
		t.Errorf("a small module waits: %v", err)
	}
}
