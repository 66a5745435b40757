//go:build linux && amd64

package runtime_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// The code that calls a function of another instance through a table stands out of line, behind the try that it is in.
func TestCatchFromTable(t *testing.T) {
	store := runtime.NewStore()
	t.Cleanup(store.Close)
	imports := runtime.NewImports()
	imports.Define("env", "tag", runtime.NewTag(wasm.I32))
	a, err := store.Instantiate(context.Background(), guest(t, "catcher.wasm", aot.Options{}), imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	imports.Define("env", "table", a.Export("table"))
	if _, err := store.Instantiate(context.Background(), guest(t, "thrower.wasm", aot.Options{}), imports, runtime.Config{}); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Call(context.Background(), "catch", 7); err != nil || r[0] != 7 {
		t.Errorf("what was thrown: %v, %v", r, err)
	}
}

// leb is a number in the format of modules.
func leb(n int) string { return string(binary.AppendUvarint(nil, uint64(n))) }

// section is a section of a module.
func section(id byte, content string) string { return string(id) + leb(len(content)) + content }

// An exception, a call through a table and its function carry a word of ours beside as many values as there may be.
func TestMostValues(t *testing.T) {
	const most = abi.MaxArgs
	values := strings.Repeat("\x42\x07", most)
	body := "\x00\x06\x40" + values + "\x08\x00" + "\x07\x00" + strings.Repeat("\x1a", most) + "\x09\x00\x0b\x0b" // try, throw, catch, rethrow
	m := "\x00asm\x01\x00\x00\x00" +
		section(1, "\x02\x60"+leb(most)+strings.Repeat("\x7e", most)+"\x00\x60\x00\x00") +
		section(3, "\x01\x01") + section(13, "\x01\x00\x00") + section(7, "\x01\x01f\x00\x00") +
		section(10, "\x01"+leb(len(body))+body)
	in := instantiate(t, compile(t, m), nil, runtime.Config{})
	_, err := in.Call(context.Background(), "f")
	var trap *runtime.TrapError
	if !errors.As(err, &trap) || trap.Exception == nil || len(trap.Exception.Values) != most || trap.Exception.Values[most-1] != 7 {
		t.Errorf("%v", err)
	}
}

func compile(t testing.TB, module string) *runtime.Module {
	t.Helper()
	o, err := aot.Compile([]byte(module), aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := runtime.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// What a vector that is caught lies in has room for it, even in a function that does nothing else with vectors.
func TestCatchVector(t *testing.T) {
	lo, hi := "\x01\x02\x03\x04\x05\x06\x07\x08", "\x11\x12\x13\x14\x15\x16\x17\x18"
	throw := "\x00\xfd\x0c" + lo + hi + "\x08\x00\x0b"
	for name, catch := range map[string]string{
		"catch":     "\x00\x06\x7b\x10\x00\x00\x07\x00\x0b\x0b",
		"try_table": "\x00\x02\x7b\x1f\x40\x01\x00\x00\x00\x10\x00\x0b\x00\x0b\x0b",
	} {
		m := "\x00asm\x01\x00\x00\x00" +
			section(1, "\x03\x60\x00\x00\x60\x00\x01\x7b\x60\x01\x7b\x00") +
			section(3, "\x02\x00\x01") + section(13, "\x01\x00\x02") + section(7, "\x01\x01f\x00\x01") +
			section(10, "\x02"+leb(len(throw))+throw+leb(len(catch))+catch)
		in := instantiate(t, compile(t, m), nil, runtime.Config{})
		r, err := in.Call(context.Background(), "f")
		if err != nil || r[0] != 0x0807060504030201 || r[1] != 0x1817161514131211 {
			t.Errorf("%s: %x, %v", name, r, err)
		}
	}
}

// Exceptions to which the guest has dropped its reference go, although a block of the module returns references: so it is in
// what clang makes.
func TestSweptExceptions(t *testing.T) {
	code := "\x00\x03\x40\x02\x01\x1f\x40\x01\x01\x00\x00\x41\x07\x08\x00\x0b\x00\x0b\x1a\x1a" + // throw, catch_ref, drop
		"\x20\x00\x41\x01\x6b\x22\x00\x0d\x00\x0b\x0b" // as often as the parameter says
	m := "\x00asm\x01\x00\x00\x00" +
		section(1, "\x02\x60\x01\x7f\x00\x60\x00\x02\x7f\x69") +
		section(3, "\x01\x00") + section(13, "\x01\x00\x00") + section(7, "\x01\x01f\x00\x00") +
		section(10, "\x01"+leb(len(code))+code)
	store := runtime.NewStore()
	t.Cleanup(store.Close)
	in, err := store.Instantiate(context.Background(), compile(t, m), nil, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Call(context.Background(), "f", 10000); err != nil || store.References() > 3000 {
		t.Errorf("%d references are kept: %v", store.References(), err)
	}
}

// Where references to exceptions may go elsewhere, none is forgotten, so that they can be only so many; and so where the guest
// keeps them all.
func TestMostExceptions(t *testing.T) {
	defer runtime.LimitReferences(5000)()
	code := "\x00\x03\x40\x02\x01\x1f\x40\x01\x01\x00\x00\x41\x07\x08\x00\x0b\x00\x0b\x1a\x1a" + // as in TestSweptExceptions
		"\x20\x00\x41\x01\x6b\x22\x00\x0d\x00\x0b\x0b"
	m := "\x00asm\x01\x00\x00\x00" +
		section(1, "\x03\x60\x01\x7f\x00\x60\x00\x02\x7f\x69\x60\x01\x69\x00") + // and a function may take an exnref
		section(3, "\x01\x00") + section(13, "\x01\x00\x00") + section(7, "\x01\x01f\x00\x00") +
		section(10, "\x01"+leb(len(code))+code)
	store := runtime.NewStore()
	t.Cleanup(store.Close)
	in, err := store.Instantiate(context.Background(), compile(t, m), nil, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Call(context.Background(), "f", 4999); err != nil {
		t.Error(err)
	}
	_, err = in.Call(context.Background(), "f", 10000)
	wantLimit(t, err, runtime.LimitError{What: "references to exceptions", Wanted: 5001, Limit: 5000})
	if n := store.References(); n != 5000 {
		t.Errorf("%d references are kept", n)
	}
}

// A host function can not make guest code take values that are not there.
func TestHostException(t *testing.T) {
	imports := runtime.NewImports()
	tag := runtime.NewTag(wasm.I32)
	var made runtime.Exception
	imports.Define("env", "tag", tag)
	imports.DefineFunc("env", "boom", wasm.FuncType{}, func(context.Context, *runtime.Instance, []uint64) error { return &made })
	code := "\x00\x06\x7f\x10\x00\x41\x7f\x07\x00\x19\x41\x05\x0b\x0b" // try, call, -1, catch, catch_all: 5
	m := "\x00asm\x01\x00\x00\x00" +
		section(1, "\x03\x60\x00\x00\x60\x00\x01\x7f\x60\x01\x7f\x00") +
		section(2, "\x02\x03env\x04boom\x00\x00\x03env\x03tag\x04\x00\x02") +
		section(3, "\x01\x01") + section(7, "\x01\x01f\x00\x01") + section(10, "\x01"+leb(len(code))+code)
	in := instantiate(t, compile(t, m), imports, runtime.Config{})
	for _, c := range []struct {
		e    runtime.Exception
		want uint64
		err  string
	}{
		{runtime.Exception{Tag: tag, Values: []uint64{7}}, 7, ""},
		{runtime.Exception{}, 5, ""},
		{runtime.Exception{Tag: tag}, 0, "an exception has 0 words of values where its tag says 1"},
	} {
		made = c.e
		r, err := in.Call(context.Background(), "f")
		if c.err == "" && (err != nil || r[0] != c.want) || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("%+v: %v, %v", c.e, r, err)
		}
	}
}

// A tail call leaves its function, and with it the blocks that catch, also where it needs more room than that function's caller
// has left and is made as a call.
func TestTailCallLeavesTry(t *testing.T) {
	long := "\x20\x00\x08\x00\x0b"        // throw the first of seven parameters
	args := strings.Repeat("\x41\x07", 7) // of i32.const 7
	callers := map[string]string{
		"catch":     "\x00\x06\x40" + args + "\x12\x00\x07\x00\x1a\x0b\x0b",                         // try, return_call
		"try_table": "\x00\x02\x7f\x1f\x40\x01\x00\x00\x00" + args + "\x12\x00\x0b\x0f\x0b\x1a\x0b", // return_call
		"indirect":  "\x00\x06\x40" + args + "\x41\x00\x13\x00\x00\x07\x00\x1a\x0b\x0b",             // return_call_indirect
	}
	for name, tail := range callers {
		long, outer := "\x00"+long, "\x00\x06\x7f\x10\x01\x41\x01\x07\x00\x0b\x0b" // try, call, 1, catch: what was thrown
		m := "\x00asm\x01\x00\x00\x00" +
			section(1, "\x04\x60\x07\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x00\x60\x00\x00\x60\x00\x01\x7f\x60\x01\x7f\x00") +
			section(3, "\x03\x00\x01\x02") + section(4, "\x01\x70\x00\x01") + section(13, "\x01\x00\x03") + section(7, "\x01\x01f\x00\x02") +
			section(9, "\x01\x00\x41\x00\x0b\x01\x00") +
			section(10, "\x03"+leb(len(long))+long+leb(len(tail))+tail+leb(len(outer))+outer)
		in := instantiate(t, compile(t, m), nil, runtime.Config{})
		if r, err := in.Call(context.Background(), "f"); err != nil || r[0] != 7 {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}
