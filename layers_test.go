package sphex

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers holds the packages in rows: a package imports only from rows above its own.
// docs/architecture.md shows the same list.
var layers = [][]string{
	{"internal/testneeds"}, // for tests alone
	{"dwarf"},              // with everything below it
	{"aot/wasm"},
	{"aot/wasm/wat", "runtime/coredump", "aot/minisign"},
	{"aot/abi"},
	{"aot/codemap"},
	{"aot/amd64", "aot/unwind"},
	{"aot/debuginfo"},
	{"aot/object"},
	{"aot"},
	{"runtime/internal/guestcode", "runtime/native"},
	{"runtime"},
	{"runtime/wasi"},
	{"runtime/interp"},
	{"runtime/conformance"},
	{"debugger/symbols", "debugger/natvis"},
	{"debugger/value"},
	{"debugger"},
	{"debugger/proof"},
	{"debugger/dump"},
	{"debugger/command"},
	{"debugger/colour"},
	{"repl/tui"},
	{"repl", "dap"},
	{"cmd/sphex"},
}

// row returns the row of a package of this module, or -1.
func row(pkg string) int {
	for i, names := range layers {
		for _, n := range names {
			if pkg == n || n == "dwarf" && strings.HasPrefix(pkg, "dwarf/") {
				return i
			}
		}
	}
	return -1
}

// outside names the only packages that may import a library which is an implementation choice.
var outside = map[string]string{
	"github.com/google/go-dap":                    "dap",
	"github.com/chzyer/readline":                  "repl",
	"github.com/gdamore/tcell/v2":                 "repl/tui",
	"github.com/spf13/cobra":                      "cmd/sphex",
	"github.com/go-delve/delve/pkg/proc":          "nobody",
	"github.com/tetratelabs/wazero":               "nobody",
	"github.com/bytecodealliance/wasmtime-go/v39": "nobody",
}

func TestLayers(t *testing.T) {
	seen := map[int]bool{}
	files := 0
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case "bench", "editors", "testdata", "node_modules", ".git":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		pkg := filepath.ToSlash(filepath.Dir(path))
		mine := row(pkg)
		if mine < 0 {
			t.Errorf("%s: package %s stands in no layer", path, pkg)
			return nil
		}
		seen[mine] = true
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range f.Imports {
			name, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, "sphex/"); ok {
				theirs := row(own)
				within := strings.HasPrefix(pkg, "dwarf") && strings.HasPrefix(own, "dwarf")
				if theirs < 0 || theirs >= mine && !within {
					t.Errorf("%s imports %s, which does not stand above %s", path, own, pkg)
				}
			}
			for lib, owner := range outside {
				if (name == lib || strings.HasPrefix(name, lib+"/")) && pkg != owner {
					t.Errorf("%s imports %s, which is for %s alone", path, name, owner)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("found no Go files")
	}
	for i := range layers {
		if !seen[i] {
			t.Errorf("no package for layer %v", layers[i])
		}
	}
}
