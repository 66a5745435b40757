package aot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sphex/aot/object"
)

// smallObject is a sealed object of a small module, and how much of it is under the seal.
func smallObject(t testing.TB, k Key) (sealed []byte, trusted int) {
	t.Helper()
	f, err := Compile([]byte("\x00asm\x01\x00\x00\x00"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.Debug = map[string][]byte{".debug_str": []byte("not under the seal")}
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if trusted, err = object.SealedLen(b); err != nil {
		t.Fatal(err)
	}
	if sealed, err = k.Seal(b); err != nil {
		t.Fatal(err)
	}
	return sealed, trusted
}

// FuzzSeal changes a sealed file in any way: it opens only while what the runtime trusts is as it was.
func FuzzSeal(f *testing.F) {
	k := Key{1}
	sealed, _ := smallObject(f, k)
	original, err := k.Open(sealed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[len(sealed)-sealSize:])
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := k.Open(b); err == nil && (!bytes.Equal(o.Text, original.Text) || !bytes.Equal(o.Module, original.Module)) {
			t.Error("another object was opened")
		}
	})
}

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
	sealed, trusted := smallObject(t, k)
	if f, err := k.Open(sealed); err != nil || string(f.Debug[".debug_str"]) != "not under the seal" {
		t.Fatalf("%v", err)
	}
	other, err := keyIn(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed); !errors.Is(err, ErrSeal) {
		t.Fatalf("a foreign object was opened: %v", err)
	}
	original, err := k.Open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	// What a runtime trusts is what was sealed, whatever byte was changed: also those of the
	// headers that say where it is.
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		f, err := k.Open(bad)
		if i < trusted && !errors.Is(err, ErrSeal) {
			t.Fatalf("a changed object was opened (byte %d of %d under the seal): %v", i, trusted, err)
		}
		if err == nil && (!bytes.Equal(f.Text, original.Text) || !bytes.Equal(f.Module, original.Module) || len(f.Map.Thunks) != len(original.Map.Thunks)) {
			t.Fatalf("byte %d changes what runs", i)
		}
	}
	for n := range sealed {
		if _, err := k.Open(sealed[:n]); err == nil {
			t.Fatalf("a truncated object was opened (%d bytes)", n)
		}
	}
}

// TestSealedHeaders swaps the headers of .text and of another section as long as it.
func TestSealedHeaders(t *testing.T) {
	k := Key{1}
	sealed, _ := smallObject(t, k)
	f, err := k.Open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	f.Debug[".debug_str"] = bytes.Repeat([]byte{0xcc}, len(f.Text))
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err = k.Seal(b); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	table := le.Uint64(sealed[40:])
	text := sealed[table+64+24:][:8]
	at := bytes.LastIndex(sealed, f.Debug[".debug_str"])
	le.PutUint64(text, uint64(at))
	if _, err := k.Open(sealed); err == nil {
		t.Fatal("an object was opened whose text is what stands in .debug_str")
	}
}

func cacheFiles(t *testing.T, c *Cache, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.Dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCache(t *testing.T) {
	module, err := os.ReadFile("../testdata/programs/c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache"), Key: Key{1}}
	compile := func() (*object.File, bool) {
		t.Helper()
		f, hit, err := c.Compile(module, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.Wait()
		return f, hit
	}
	first, hit := compile()
	if hit {
		t.Fatal("the first start compiled nothing")
	}
	second, hit := compile()
	if !hit {
		t.Fatal("the second start compiled")
	}
	if string(first.Text) != string(second.Text) || len(first.Debug) != len(second.Debug) {
		t.Fatal("the cached object differs")
	}
	files := cacheFiles(t, c, "*")
	if len(files) != 1 {
		t.Fatalf("files in the cache: %v", files)
	}
	// A damaged entry is compiled again and mended.
	if err := os.WriteFile(files[0], []byte("damage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, hit := compile(); hit {
		t.Fatal("damage was taken for an object")
	}
	if _, hit := compile(); !hit {
		t.Fatal("after damage it compiles each time")
	}
	// A module that differs only where the quick key doesn't look has an object of its own.
	big := append(bytes.Clone(module), 0, 0x80, 0x80, 0x40, 1, 'x') // a custom section of 1 MB
	big = append(big, make([]byte, 1<<20-2)...)
	other := bytes.Clone(big)
	other[len(other)-sampleEnds-samplePage] ^= 1
	if quickKey(big, Options{}) != quickKey(other, Options{}) {
		t.Fatal("choose another byte")
	}
	for _, m := range [][]byte{big, other} {
		module = m
		if _, hit := compile(); hit {
			t.Fatal("another module's object was taken")
		}
	}
	if _, hit := compile(); !hit {
		t.Fatal("the other module's object was not found")
	}
}

// TestCacheKnowsFiles starts a program by its path: the second time its module is not read.
func TestCacheKnowsFiles(t *testing.T) {
	module, err := os.ReadFile("../testdata/programs/c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := &Cache{Dir: filepath.Join(dir, "cache"), Key: Key{1}}
	path := filepath.Join(dir, "a.wasm")
	past := time.Now().Add(-time.Hour)
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, past, past); err != nil {
			t.Fatal(err)
		}
	}
	load := func() bool {
		t.Helper()
		_, hit, err := c.Load(path, Options{Companions: &Companions{Module: path}})
		if err != nil {
			t.Fatal(err)
		}
		c.Wait()
		return hit
	}
	write(module)
	if load() {
		t.Fatal("the first start compiled nothing")
	}
	if !load() {
		t.Fatal("the second start compiled")
	}
	if _, ok := stampOf(path); ok && len(cacheFiles(t, c, "*.known")) != 1 {
		t.Fatalf("the cache holds %v", cacheFiles(t, c, "*"))
	}
	// The same size and the same time of change, another content.
	other := bytes.Clone(module)
	i := bytes.Index(other, []byte("main.c"))
	if i < 0 {
		t.Fatal("the module does not name its source")
	}
	other[i] = 'n'
	write(other)
	if load() {
		t.Fatal("the object of what the file was before")
	}
	if !load() {
		t.Fatal("the other module's object was not found")
	}
	// A sealed object needs no cache.
	f, _, err := c.Load(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	elf := filepath.Join(dir, "a.elf")
	if err := WriteSealed(elf, c.Key, f); err != nil {
		t.Fatal(err)
	}
	if g, _, err := c.Load(elf, Options{}); err != nil || string(g.Text) != string(f.Text) {
		t.Fatalf("the sealed object: %v", err)
	}
	if _, _, err := (&Cache{Dir: c.Dir, Key: Key{2}}).Load(elf, Options{}); !errors.Is(err, ErrSeal) {
		t.Fatalf("an object of another user: %v", err)
	}
}

// TestCacheKnowsCompanions changes the file that a module's debug information is in.
func TestCacheKnowsCompanions(t *testing.T) {
	dir := t.TempDir()
	module := []byte("\x00asm\x01\x00\x00\x00\x00\x1e\x13external_debug_info\x09info.wasm")
	path := filepath.Join(dir, "a.wasm")
	if err := os.WriteFile(path, module, 0o644); err != nil {
		t.Fatal(err)
	}
	c := &Cache{Dir: filepath.Join(dir, "cache"), Key: Key{1}}
	load := func() bool {
		t.Helper()
		_, hit, err := c.Load(path, Options{Companions: &Companions{Module: path}})
		if err != nil {
			t.Fatal(err)
		}
		c.Wait()
		return hit
	}
	if load() || !load() {
		t.Fatal("without the companion: the second start must not compile, the first must")
	}
	if err := os.WriteFile(filepath.Join(dir, "info.wasm"), module[:8], 0o644); err != nil {
		t.Fatal(err)
	}
	if load() || !load() {
		t.Fatal("with the companion: the second start must not compile, the first must")
	}
}
