package conformance

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing/fstest"
)

// Core is the suite of WebAssembly 3.0, Archive where it is in this package's folder: see testdata/README.md.
const (
	Core    = "core-3.0"
	Archive = "testdata/" + Core + ".tar.gz"
)

// OpenArchive returns the files of a suite: the scripts as JSON, and their modules.
func OpenArchive(name string) (fs.FS, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	files := fstest.MapFS{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, h.Name, err)
		}
		files[h.Name] = &fstest.MapFile{Data: b, Mode: 0o444}
	}
}
