//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/runtime"
)

// Every type of value, both ways, with the extremes of each.
func TestTypedHostFunctions(t *testing.T) {
	type handle runtime.ExternRef // of one's own: not an externref, but an i64
	if _, err := runtime.NewFunc("f", func(handle) {}); err != nil {
		t.Error(err)
	}
	type account struct{ asked []int32 }
	var got []any
	var called *runtime.Func
	in := hostGuest(t, runtime.Config{Host: &account{}}, map[string]any{
		"mix": func(ctx context.Context, in *runtime.Instance, a int32, b uint64, c float32, d float64) (float64, error) {
			got = []any{a, b, c, d}
			return -d, nil
		},
		"pair": func(a uint32) (int32, int64) { return -1, math.MinInt64 },
		"wide": func(v runtime.V128) runtime.V128 { return runtime.V128{^v[0], ^v[1]} },
		"refs": func(f *runtime.Func, e runtime.ExternRef) runtime.ExternRef {
			called = f
			return e + 1
		},
		"ask": func(in *runtime.Instance, n int32) int32 {
			a, ok := runtime.HostAs[*account](in)
			if !ok {
				t.Error("the host's context is gone")
			}
			a.asked = append(a.asked, n)
			return n * n
		},
	})
	var mix func(context.Context, int32, int64, float32, float64) (float64, error)
	var pair func(int32) (uint64, error)
	var wide func(runtime.V128) (runtime.V128, error)
	var refs func(runtime.ExternRef) (runtime.ExternRef, error)
	var swap func(int32, int64) (int64, int32, error)
	var halve func(float32) (float32, error)
	for name, f := range map[string]any{"mix": &mix, "pair": &pair, "wide": &wide, "refs": &refs, "swap": &swap, "halve": &halve} {
		if err := in.Bind(name, f); err != nil {
			t.Fatal(err)
		}
	}
	r, err := mix(context.Background(), math.MinInt32, -2, 1.5, math.Inf(1))
	if err != nil || r != math.Inf(-1) {
		t.Errorf("mix: %v, %v", r, err)
	}
	if want := []any{int32(math.MinInt32), uint64(math.MaxUint64 - 1), float32(1.5), math.Inf(1)}; len(got) != 4 ||
		got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || got[3] != want[3] {
		t.Errorf("mix was given %v, want %v", got, want)
	}
	if r, err := pair(0); err != nil || r != 1<<63+math.MaxUint32 {
		t.Errorf("pair: %#x, %v", r, err)
	}
	if r, err := wide(runtime.V128{1, 1 << 63}); err != nil || r != (runtime.V128{^uint64(1), math.MaxInt64}) {
		t.Errorf("wide: %x, %v", r, err)
	}
	if r, err := refs(41); err != nil || r != 42 {
		t.Errorf("refs: %v, %v", r, err)
	}
	if res, err := called.Call(context.Background(), 21); err != nil || res[0] != 42 {
		t.Errorf("the function of the reference: %v, %v", res, err)
	}
	if a, b, err := swap(-7, math.MinInt64); err != nil || a != math.MinInt64 || b != -7 {
		t.Errorf("swap: %v, %v, %v", a, b, err)
	}
	if r, err := halve(float32(math.SmallestNonzeroFloat32) * 2); err != nil || r != math.SmallestNonzeroFloat32 {
		t.Errorf("halve: %v, %v", r, err)
	}
	if res, err := in.Call(context.Background(), "asks", 4); err != nil || res[0] != 30 {
		t.Errorf("asks: %v, %v", res, err)
	}
	if a, _ := runtime.HostAs[*account](in); len(a.asked) != 4 || a.asked[0] != 4 || a.asked[3] != 1 {
		t.Errorf("asked %v", a.asked)
	}
	if _, ok := runtime.HostAs[string](in); ok {
		t.Error("the host's context is a string")
	}
}

// A signalling NaN passes as it is.
func TestTypedNaN(t *testing.T) {
	const signalling = 0x7fa00001
	f, err := runtime.NewFunc("f", func(a float32) float32 { return a })
	if err != nil {
		t.Fatal(err)
	}
	if r, err := f.Call(context.Background(), signalling); err != nil || r[0] != signalling {
		t.Errorf("%#x, %v", r, err)
	}
}

// A function is linked where its Go type fits, and only there.
func TestTypedErrors(t *testing.T) {
	for _, c := range []struct {
		f    any
		want string
	}{
		{nil, "no Go function"},
		{7, "no Go function"},
		{(func())(nil), "no Go function"},
		{func(int) {}, "parameter 1, a int, is of no type of WebAssembly"},
		{func(int32, string) {}, "parameter 2, a string"},
		{func() []byte { return nil }, "result 1, a []uint8"},
		{func() (any, int32) { return nil, 0 }, "result 1, a interface {}"},
		{func(...int32) {}, "any number of arguments"},
		{func(*runtime.Instance, context.Context) {}, "parameter 2, a context.Context"},
	} {
		if _, err := runtime.NewFunc("f", c.f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %q", c.f, err, c.want)
		}
	}
	m := hostGuest(t, runtime.Config{}, nil)
	for _, c := range []struct {
		name, want string
		fn         any
	}{
		{"nothing", `no function "nothing"`, new(func() error)},
		{"memory", `no function "memory"`, new(func() error)},
		{"add", "no pointer to a variable of a function type", func(int32, int32) (int32, error) { return 0, nil }},
		{"add", "has no error as its last result", new(func(int32, int32) int32)},
		{"add", "the function is [i32 i32] -> [i32]", new(func(int32, int64) (int32, error))},
		{"add", "the function is [i32 i32] -> [i32]", new(func(int32, int32) error)},
		{"add", "there is no caller", new(func(*runtime.Instance, int32, int32) (int32, error))},
	} {
		if err := m.Bind(c.name, c.fn); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %T: %v, want %q", c.name, c.fn, err, c.want)
		}
	}
	imports := hostImports(t, map[string]any{"ask": func(int64) int32 { return 0 }})
	_, err := runtime.Instantiate(context.Background(), m.Module(), imports, runtime.Config{})
	var link *runtime.LinkError
	if !errors.As(err, &link) || !strings.Contains(err.Error(), "env.ask is a function of another type") {
		t.Error(err)
	}
}

// What a host function returns as an error ends the guest's call with it; a reference that there is none of, too.
func TestTypedFailures(t *testing.T) {
	broken := errors.New("broken")
	var mode int32
	in := hostGuest(t, runtime.Config{}, map[string]any{
		"ask": func(n int32) (int32, error) {
			mode = n
			if n == 1 {
				return 5, broken
			}
			return 5, nil
		},
	})
	var asks func(int32) (int32, error)
	if err := in.Bind("asks", &asks); err != nil {
		t.Fatal(err)
	}
	if r, err := asks(3); !errors.Is(err, broken) || r != 0 || mode != 1 {
		t.Errorf("%v, %v", r, err)
	}
	host := runtime.NewHostFunc("h", wasm.FuncType{}, func(context.Context, *runtime.Instance, []uint64) error { return nil })
	f, err := runtime.NewFunc("f", func() *runtime.Func { return host })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Call(context.Background()); err == nil || !strings.Contains(err.Error(), `no reference of function "h"`) {
		t.Error(err)
	}
}

// The host calls the guest back from a host function, again and again, typed on both sides.
func TestTypedReentrance(t *testing.T) {
	var asks func(context.Context, int32) (int32, error)
	depth := 0
	in := hostGuest(t, runtime.Config{}, map[string]any{
		"ask": func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
			depth++
			if n == 1 {
				return 1, nil
			}
			return asks(ctx, n-1) // the sum of all below
		},
	})
	if err := in.Bind("asks", &asks); err != nil {
		t.Fatal(err)
	}
	// s(n) = ask(n) + … + ask(1) with ask(1) = 1 and ask(k) = s(k-1): 1, 2, 4, 8, …
	if r, err := asks(context.Background(), 10); err != nil || r != 512 {
		t.Errorf("%v, %v", r, err)
	}
	if depth != 1023 {
		t.Errorf("%d calls of the host", depth)
	}
}

func BenchmarkTypedHostCall(b *testing.B) {
	in := hostGuest(b, runtime.Config{}, nil)
	for b.Loop() {
		in.Call(context.Background(), "asks", 100)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/hostcall")
}
