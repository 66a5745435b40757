package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// openSuite returns a suite's files: those of the core suite from the archive, the others from the module cache.
func openSuite(t *testing.T, suite string) fs.FS {
	if suite != Core {
		return os.DirFS(suiteDir(t, suite))
	}
	files, err := OpenArchive(Archive)
	if err != nil {
		t.Fatal(err)
	}
	return files
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
