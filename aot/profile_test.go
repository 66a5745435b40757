package aot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkModules compiles the modules that the environment variable MODULES names, with their debug
// information: files or folders, separated by colons. The profile for the compiler that builds Sphex
// (cmd/sphex/default.pgo) is made with it, from programs of several languages and levels of optimisation:
//
//	MODULES=FILE:FOLDER:… go test -run '^$' -bench Modules -benchtime 20x -cpuprofile cmd/sphex/default.pgo ./aot
//
// Whatever the profile says, the output is the same; it only makes compiling and translating faster.
func BenchmarkModules(b *testing.B) {
	var modules [][]byte
	for _, root := range filepath.SplitList(os.Getenv("MODULES")) {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".wasm") {
				return err
			}
			module := read(b, path)
			if _, err := Compile(module, Options{}); err != nil {
				b.Logf("left out %s: %v", path, err)
				return nil
			}
			modules = append(modules, module)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if len(modules) == 0 {
		b.Skip("MODULES names none")
	}
	for b.Loop() {
		for _, m := range modules {
			if _, err := Compile(m, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
