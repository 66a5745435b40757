//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/runtime"
)

// metered makes an instance of host.wasm that counts its fuel.
func metered(t testing.TB, cfg runtime.Config, defs map[string]any) *runtime.Instance {
	t.Helper()
	return instantiate(t, guest(t, "host.wasm", aot.Options{Fuel: true}), hostImports(t, defs), cfg)
}

func wantTrap(t testing.TB, err error, k abi.Trap) {
	t.Helper()
	var trap *runtime.TrapError
	if !errors.As(err, &trap) || trap.Kind != k {
		t.Fatalf("%v, want: %s", err, runtime.TrapWords(k))
	}
}

// The counts of host.wat's functions, by hand: entries, and rounds that begin.
func TestFuelCounts(t *testing.T) {
	in := metered(t, runtime.Config{}, nil)
	ctx := context.Background()
	for _, c := range []struct {
		name string
		args []uint64
		want uint64
	}{
		{"add", []uint64{1, 2}, 1},
		{"sum", []uint64{1000}, 1 + 1000},
		{"deep", []uint64{20}, 21},
		{"fib", []uint64{10}, 177},                 // 2 fib(11) - 1 calls
		{"indirect", []uint64{10, 0}, 1 + 10 + 10}, // its own function, ten times
		{"indirect", []uint64{10, 1}, 1 + 10},      // the host's
		{"asks", []uint64{10}, 1 + 11},             // the round that ends it, too
		{"mix", []uint64{0, 0, 0, 0}, 1},           // what the host does is for the host to count
		{"fill", []uint64{0, 0, 65536}, 1},         // and a bulk instruction is one
		{"secret", []uint64{math.MaxUint64}, 1},
	} {
		before := in.FuelSpent()
		if _, err := in.Call(ctx, c.name, c.args...); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := in.FuelSpent() - before; got != c.want {
			t.Errorf("%s: %d units, want %d", c.name, got, c.want)
		}
	}
	before := in.FuelSpent()
	if _, err := in.Call(ctx, "trap"); err == nil || in.FuelSpent() != before+1 {
		t.Errorf("trap: %v, %d units", err, in.FuelSpent()-before)
	}
}

// Without fuel the call ends with a trap of its own; with more, a call that begins later does its work.
func TestFuelEnds(t *testing.T) {
	in := metered(t, runtime.Config{Fuel: 1001}, nil)
	ctx := context.Background()
	if r, err := in.Call(ctx, "sum", 1000); err != nil || r[0] != 500500 || in.Fuel() != 0 {
		t.Fatal(r, err, in.Fuel())
	}
	_, err := in.Call(ctx, "add", 1, 2)
	wantTrap(t, err, abi.TrapFuel)
	if err.Error() != "all fuel is used up" {
		t.Error(err)
	}
	in.SetFuel(500)
	_, err = in.Call(ctx, "spin")
	wantTrap(t, err, abi.TrapFuel)
	if in.Fuel() != 0 || in.FuelSpent() != 1501 {
		t.Errorf("%d units left, %d spent", in.Fuel(), in.FuelSpent())
	}
	in.SetFuel(3)
	if r, err := in.Call(ctx, "add", 1, 2); err != nil || r[0] != 3 || in.Fuel() != 2 {
		t.Error(r, err, in.Fuel())
	}
	in.SetFuel(math.MaxUint64) // more than can be counted
	if in.Fuel() != math.MaxInt64 {
		t.Error(in.Fuel())
	}
}

// The host gives more, piece by piece, as long as it likes: what the guest computes is the same, in whatever registers its values
// are when it stands.
func TestRefuel(t *testing.T) {
	for _, piece := range []uint64{1, 2, 7, 1000} {
		asked := 0
		in := metered(t, runtime.Config{Fuel: piece, OnFuel: func(ctx context.Context, in *runtime.Instance) (uint64, error) {
			asked++
			if in.Fuel() != 0 {
				t.Errorf("asked with %d units left", in.Fuel())
			}
			if _, err := in.Call(ctx, "add", 1, 2); !errors.Is(err, runtime.ErrBusy) {
				t.Errorf("the guest was called: %v", err)
			}
			return piece, nil
		}}, nil)
		if r, err := in.Call(context.Background(), "fib", 15); err != nil || r[0] != 610 {
			t.Fatal(r, err)
		}
		if r, err := in.Call(context.Background(), "sum", 1000); err != nil || r[0] != 500500 {
			t.Fatal(r, err)
		}
		const want = 1973 + 1001 // 2 fib(16) - 1, and the sum's
		if in.FuelSpent() != want || asked != int((want-1)/piece) {
			t.Errorf("pieces of %d: %d units spent, asked %d times", piece, in.FuelSpent(), asked)
		}
	}
	broken := errors.New("bankrupt")
	in := metered(t, runtime.Config{OnFuel: func(context.Context, *runtime.Instance) (uint64, error) { return 0, broken }}, nil)
	in.SetFuel(10)
	if _, err := in.Call(context.Background(), "spin"); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// A guest that has spent its fuel is suspended, and resumed with more: slices of time that count work.
func TestFuelSlices(t *testing.T) {
	in := metered(t, runtime.Config{Fuel: 100, OnFuel: func(ctx context.Context, in *runtime.Instance) (uint64, error) {
		v, err := runtime.Yield(ctx, "more")
		if err != nil {
			return 0, err
		}
		return v.(uint64), nil
	}}, nil)
	c, err := in.Begin(context.Background(), "sum", 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices := 0
	for {
		v, over, err := c.Resume(uint64(100))
		if err != nil {
			t.Fatal(err)
		}
		if over {
			break
		}
		if v != "more" {
			t.Fatal(v)
		}
		slices++
	}
	if slices != 10 || c.Results()[0] != 500500 {
		t.Errorf("%d slices, %v", slices, c.Results())
	}
	c, _ = in.Begin(context.Background(), "spin")
	c.Resume(nil)
	c.Stop()
	if _, over, err := c.Resume(nil); !over || !errors.Is(err, runtime.ErrKilled) {
		t.Error(over, err)
	}
}

// What a host function's calls of the guest spend is spent.
func TestFuelNested(t *testing.T) {
	in := metered(t, runtime.Config{}, map[string]any{
		"ask": func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
			r, err := in.Call(ctx, "sum", uint64(n))
			return int32(r[0]), err
		},
	})
	if r, err := in.Call(context.Background(), "asks", 3); err != nil || r[0] != 6+3+1 {
		t.Fatal(r, err)
	}
	if got, want := in.FuelSpent(), uint64(1+4+4+3+2); got != want {
		t.Errorf("%d units, want %d", got, want)
	}
}

// A limit is refused where nothing counts; the object says whether something does.
func TestFuelNeedsMeter(t *testing.T) {
	m := guest(t, "host.wasm", aot.Options{})
	if _, err := runtime.Instantiate(context.Background(), m, hostImports(t, nil), runtime.Config{Fuel: 1}); !errors.Is(err, runtime.ErrNotMetered) {
		t.Error(err)
	}
	b, err := guestObject(t, "host.wasm", aot.Options{Fuel: true}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	read, err := object.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if !read.Map.Metered || m.Metered() {
		t.Error("the object does not keep whether it is metered")
	}
}
