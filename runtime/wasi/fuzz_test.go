package wasi

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzCall makes calls with arguments and a memory of any kind. Whatever they are, the guest
// gets an answer, nothing outside of the directory changes, and the call ends.
func FuzzCall(f *testing.F) {
	for i := range Functions {
		f.Add(uint8(i), []byte("\x03\x00\x00\x00f\x00../secret\x00sub/f"), uint64(3), uint64(4), uint64(8), uint64(0), uint64(16))
		f.Add(uint8(i), []byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, uint64(0xffff_ffff), uint64(0), uint64(1), uint64(1<<63), uint64(3))
		f.Add(uint8(i), []byte("../secret"), uint64(3), uint64(1), uint64(0), uint64(9), uint64(9))
	}
	f.Fuzz(func(t *testing.T, which uint8, memory []byte, a, b, c, d, e uint64) {
		outside := t.TempDir()
		secret := filepath.Join(outside, "secret")
		dir := filepath.Join(outside, "in")
		if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, "f"), []byte("text"), 0o600)
		os.Symlink("../secret", filepath.Join(dir, "out"))
		var stdout bytes.Buffer
		sys, err := New(Config{
			Args: []string{"p"}, Env: []string{"A=1"}, Stdin: bytes.NewReader(memory), Stdout: &stdout,
			Dirs: []Dir{{Host: dir, Guest: "/"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer sys.Close()
		fn := &Functions[int(which)%len(Functions)]
		if fn.Name == "fd_allocate" || fn.Name == "fd_filestat_set_size" {
			return // a sparse file of any size is not ours to refuse
		}
		mem := make([]byte, 1<<16)
		copy(mem, memory)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		stack := make([]uint64, 16)
		copy(stack, []uint64{a, b, c, d, e, a, b, c, d, e})
		start := time.Now()
		fn.Call(ctx, sys, mem, stack)
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s took %v", fn.Name, d)
		}
		if got, err := os.ReadFile(secret); err != nil || string(got) != "s" {
			t.Errorf("%s changed the file outside: %q, %v", fn.Name, got, err)
		}
		if list, _ := os.ReadDir(outside); len(list) != 2 {
			t.Errorf("%s changed the directory outside: %v", fn.Name, list)
		}
	})
}
