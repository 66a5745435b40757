package wasm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"sphex/aot/wasm"
)

// programs returns the modules of testdata/programs.
func programs(t *testing.T) map[string][]byte {
	files, err := filepath.Glob("../../testdata/programs/*/*.wasm")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	mods := map[string][]byte{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mods[filepath.Base(file)] = b
	}
	return mods
}

// TestPrograms validates what compilers make, function bodies in parallel.
func TestPrograms(t *testing.T) {
	for name, b := range programs(t) {
		m, err := wasm.Decode(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var next atomic.Int32
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) + 1 {
			wg.Go(func() {
				var s wasm.Scratch
				for {
					i := int(next.Add(1)) - 1
					if i >= len(m.Code) {
						return
					}
					if err := m.ValidateFunc(i, &s); err != nil {
						t.Errorf("%s: function %d: %v", name, m.NumImportedFuncs+i, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestWithoutCustom strips the debug sections and leaves the rest as it was.
func TestWithoutCustom(t *testing.T) {
	for name, b := range programs(t) {
		m, err := wasm.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(m.WithoutCustom(func(string) bool { return true }), b) {
			t.Errorf("%s: not the same although every section was kept", name)
		}
		small, err := wasm.Decode(m.WithoutCustom(func(s string) bool { return s == "name" }))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		left := 0
		for i := range m.Customs {
			if m.Customs[i].Name == "name" {
				left++ // some programs are linked without
			}
		}
		if len(small.Customs) != left || !bytes.Equal(small.Custom("name"), m.Custom("name")) {
			t.Errorf("%s: the name section is not the only one left", name)
		}
		code := func(m *wasm.Module) []byte { return m.Bytes[m.CodeSection:][:m.CodeSize] }
		if !bytes.Equal(code(small), code(m)) {
			t.Errorf("%s: the code differs", name)
		}
	}
}

// TestNames reads the names that the linker wrote for a C program.
func TestNames(t *testing.T) {
	m, err := wasm.Decode(programs(t)["c_steps-O0.wasm"])
	if err != nil {
		t.Fatal(err)
	}
	names := m.Names()
	named := map[string]bool{}
	for i, name := range names.Funcs {
		if int(i) >= len(m.Funcs) {
			t.Errorf("name for function %d, which does not exist", i)
		}
		named[name] = true
	}
	for _, want := range []string{"_start", "fact", "classify"} {
		if !named[want] {
			t.Errorf("no function named %q", want)
		}
	}
	if g := names.Globals[0]; g != "__stack_pointer" {
		t.Errorf("global 0 is named %q", g)
	}
}
