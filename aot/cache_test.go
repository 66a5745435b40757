package aot

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestSeal(t *testing.T) {
	dir := t.TempDir()
	k, err := keyIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keyIn(dir)
	if err != nil || again != k {
		t.Fatalf("the second key differs: %v", err)
	}
	if st, err := os.Stat(filepath.Join(dir, "object.key")); err != nil || st.Mode().Perm()&0o077 != 0 {
		t.Fatalf("the key can be read by others: %v %v", st.Mode(), err)
	}
	sealed := k.Seal([]byte("object"))
	if b, err := k.Open(sealed); err != nil || string(b) != "object" {
		t.Fatalf("%q, %v", b, err)
	}
	other, err := keyIn(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed); !errors.Is(err, ErrSeal) {
		t.Fatalf("a foreign object was opened: %v", err)
	}
	for i := range sealed {
		bad := append([]byte(nil), sealed...)
		bad[i] ^= 1
		if _, err := k.Open(bad); !errors.Is(err, ErrSeal) {
			t.Fatalf("a changed object was opened (byte %d)", i)
		}
	}
	for n := range sealed {
		if _, err := k.Open(sealed[:n]); !errors.Is(err, ErrSeal) {
			t.Fatalf("a truncated object was opened (%d bytes)", n)
		}
	}
}

func TestCache(t *testing.T) {
	module, err := os.ReadFile("../testdata/programs/c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache"), Key: Key{1}}
	first, hit, err := c.Compile(module, Options{})
	if err != nil || hit {
		t.Fatalf("hit %v, %v", hit, err)
	}
	second, hit, err := c.Compile(module, Options{})
	if err != nil || !hit {
		t.Fatalf("the second start compiled: hit %v, %v", hit, err)
	}
	if string(first.Text) != string(second.Text) || len(first.Debug) != len(second.Debug) {
		t.Fatal("the cached object differs")
	}
	files, err := filepath.Glob(filepath.Join(c.Dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files in the cache: %v %v", files, err)
	}
	// A damaged entry is compiled again and mended.
	if err := os.WriteFile(files[0], []byte("damage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, hit, err := c.Compile(module, Options{}); err != nil || hit {
		t.Fatalf("damage: hit %v, %v", hit, err)
	}
	if _, hit, err := c.Compile(module, Options{}); err != nil || !hit {
		t.Fatalf("after damage: hit %v, %v", hit, err)
	}
}
