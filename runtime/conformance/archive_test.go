package conformance

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// core is the suite of WebAssembly 3.0: see testdata/README.md.
const core = "core-3.0"

// openSuite returns a suite's files: those of the core suite from the archive, the others from the module cache.
func openSuite(t *testing.T, suite string) fs.FS {
	if suite != core {
		return os.DirFS(suiteDir(t, suite))
	}
	f, err := os.Open(filepath.Join("testdata", core+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = &fstest.MapFile{Data: b, Mode: 0o444}
	}
}

// scripts lists a suite's scripts.
func scripts(t *testing.T, suite fs.FS) (names []string) {
	err := fs.WalkDir(suite, ".", func(name string, d fs.DirEntry, err error) error {
		if filepath.Ext(name) == ".json" {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return names
}
