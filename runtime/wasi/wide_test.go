package wasi

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/runtime"
)

// In a program with 64-bit addresses, addresses and sizes have 64 bits: as parameters, and in the structures that they lead to.
func TestWide(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	b, err := os.ReadFile(filepath.Join("testdata", "wide.wasm")) // wat2wasm --enable-memory64 wide.wat
	if err != nil {
		t.Fatal(err)
	}
	m := load(t, b)
	defer m.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("contents"), 0o666); err != nil {
		t.Fatal(err)
	}
	var out, trace bytes.Buffer
	system, err := New(Config{Args: []string{"prog", "argument"}, Stdout: &out, Trace: &trace, Dirs: []Dir{{Host: dir, Guest: "/some/where"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	imports := runtime.NewImports()
	system.Define(imports)
	in, err := runtime.Instantiate(context.Background(), m, imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	const base = 1<<32 + 0x100 // beyond what 32 bits reach
	at := func(i uint64) uint64 { return base + i }
	call := func(want Errno, name string, args ...uint64) {
		t.Helper()
		r, err := in.Call(context.Background(), name, args...)
		if err != nil || r[0] != uint64(want) {
			t.Errorf("%s: %v, %v, want %v", name, r, err, want)
		}
	}
	word := func(i uint64) uint64 {
		v, ok := in.Memory(0).Uint64(wasm.MemAddr(at(i)))
		if !ok {
			t.Fatalf("no word at %#x", at(i))
		}
		return v
	}
	put := func(i uint64, words ...uint64) {
		for k, w := range words {
			in.Memory(0).PutUint64(wasm.MemAddr(at(i)+8*uint64(k)), w)
		}
	}
	text := func(i, n uint64) string {
		b, _ := in.Memory(0).Slice(wasm.MemAddr(at(i)), n)
		return string(b)
	}
	call(ESUCCESS, "args_sizes", at(0), at(8))
	if word(0) != 2 || word(8) != 14 {
		t.Errorf("%d arguments of %d bytes", word(0), word(8))
	}
	call(ESUCCESS, "args", at(16), at(64))
	if word(16) != at(64) || word(24) != at(69) || text(64, 14) != "prog\x00argument\x00" {
		t.Errorf("arguments at %#x and %#x: %q", word(16), word(24), text(64, 14))
	}
	put(128, at(69), 8, at(64), 4) // two buffers
	put(192, ^uint64(0))
	call(ESUCCESS, "write", 1, at(128), 2, at(192))
	if word(192) != 12 || out.String() != "argumentprog" {
		t.Errorf("wrote %d bytes, %q", word(192), &out)
	}
	call(ESUCCESS, "prestat", 3, at(200))
	if word(200) != 0 || word(208) != 11 {
		t.Errorf("an opened directory of kind %d with a name of %d bytes", word(200), word(208))
	}
	in.Memory(0).Write(base+256, []byte("file"))
	put(264, ^uint64(0))
	call(ESUCCESS, "open", at(256), 4, at(264))
	fd := word(264) & 0xffffffff
	if fd != 4 || word(264)>>32 != 0xffffffff { // a descriptor has 32 bits
		t.Errorf("descriptor %#x", word(264))
	}
	put(272, at(320), 100)
	call(ESUCCESS, "read", fd, at(272), 1, at(288))
	if word(288) != 8 || text(320, 8) != "contents" {
		t.Errorf("read %d bytes, %q", word(288), text(320, 8))
	}
	call(ESUCCESS, "readdir", 3, at(512), 200, 0, at(504))
	if n := word(504); n != 3*24+1+2+4 || !strings.HasSuffix(text(512, n), "file") { // ., .., file
		t.Errorf("%d bytes of entries: %q", n, text(512, n))
	}
	put(800, 77, eventClock, 1, 1000, 0, 0) // a clock that has run out after a microsecond
	call(ESUCCESS, "poll", at(800), at(900), 1, at(960))
	if word(960) != 1 || word(900) != 77 {
		t.Errorf("%d events, the first of %d", word(960), word(900))
	}
	call(ESUCCESS, "close", fd)
	if !strings.Contains(trace.String(), "iovs=0x100000180+2, nwritten=0x1000001c0") {
		t.Errorf("the trace has no addresses of 64 bits:\n%s", &trace)
	}

	end := uint64(65538 << 16)
	for _, c := range [][]uint64{{at(128), 1 << 60, at(192)}, {end - 8, 1, at(192)}, {1 << 63, 1, at(192)}, {at(128), 1, end - 7}, {at(128), 1, ^uint64(0)}} {
		call(EFAULT, "write", append([]uint64{1}, c...)...)
	}
	put(128, at(0), ^uint64(0)-base)
	call(EFAULT, "write", 1, at(128), 1, at(192))
	for _, n := range []uint64{1 << 58, 1 << 60, 1 << 63, ^uint64(0)} { // times the size of an entry wraps
		call(EFAULT, "poll", at(800), at(900), n, at(960))
	}
	if _, err := in.Call(context.Background(), "raw", 1, at(128), 1, at(192)); err == nil || !strings.Contains(err.Error(), "no instance calls") {
		t.Errorf("called by the host: %v", err)
	}
}
