//go:build linux && amd64

package runtime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/runtime"
)

// compiled are the objects that tests have made of this package's testdata.
var compiled sync.Map // string -> *object.File

// guestObject compiles a module of this package's testdata, once.
func guestObject(t testing.TB, name string, o aot.Options) *object.File {
	t.Helper()
	key := fmt.Sprint(name, o.Sites, o.Fuel)
	f, ok := compiled.Load(key)
	if !ok {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		o, err := aot.Compile(b, o)
		if err != nil {
			t.Fatal(err)
		}
		f, _ = compiled.LoadOrStore(key, o)
	}
	return f.(*object.File)
}

// guest loads a module of this package's testdata.
func guest(t testing.TB, name string, o aot.Options) *runtime.Module {
	t.Helper()
	m, err := runtime.Load(guestObject(t, name, o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// hostImports is what host.wasm imports, but for what a test defines itself: functions that return what they are given.
func hostImports(t testing.TB, defs map[string]any) *runtime.Imports {
	t.Helper()
	imports := runtime.NewImports()
	for name, f := range map[string]any{
		"mix":  func(a int32, b int64, c float32, d float64) float64 { return float64(a) + float64(b) + float64(c) + d },
		"pair": func(a int32) (int32, int64) { return a, int64(a) },
		"wide": func(v runtime.V128) runtime.V128 { return v },
		"refs": func(_ *runtime.Func, e runtime.ExternRef) runtime.ExternRef { return e },
		"ask":  func(a int32) int32 { return a },
	} {
		if defs[name] != nil {
			f = defs[name]
		}
		if err := imports.DefineGo("env", name, f); err != nil {
			t.Fatal(err)
		}
	}
	return imports
}

// hostGuest makes an instance of host.wasm.
func hostGuest(t testing.TB, cfg runtime.Config, defs map[string]any) *runtime.Instance {
	t.Helper()
	return instantiate(t, guest(t, "host.wasm", aot.Options{}), hostImports(t, defs), cfg)
}

func instantiate(t testing.TB, m *runtime.Module, imports *runtime.Imports, cfg runtime.Config) *runtime.Instance {
	t.Helper()
	in, err := runtime.Instantiate(context.Background(), m, imports, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return in
}
