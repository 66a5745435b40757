// Package testneeds finds what tests need beside Go: other people's tools, and programs that are kept packed.
package testneeds

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program that a test needs. Without it the test is skipped, but fails where CI is set.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// Unpacked returns path if there is such a file, else that of a copy of path.gz, unpacked, which lasts as long as
// the test. A file that is neither is left to whoever opens it.
func Unpacked(t testing.TB, path string) string {
	t.Helper()
	f, err := os.Open(path + ".gz")
	if errors.Is(err, fs.ErrNotExist) {
		return path
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
