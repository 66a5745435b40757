package aot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/interp"
)

// Metered code counts what the interpreter counts, whatever the form of the stop sites; and where half of the fuel is there, it
// stops at that very unit.
func TestFuelOfGenerated(t *testing.T) {
	skipWithoutGuest(t)
	compared, stopped := 0, 0
	for seed := range uint64(150) {
		module, types := generate(seed + 7000)
		f, err := Compile(module, Options{Workers: 1, Fuel: true, Sites: codemap.SiteForm(seed % 3)})
		if err != nil {
			t.Fatal(err)
		}
		if !f.Map.Metered {
			t.Fatal("the map does not say that the code is metered")
		}
		m, err := runtime.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		w, err := wasm.Decode(module)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Validate(); err != nil {
			t.Fatal(err)
		}
		fresh := func(fuel uint64) *runtime.Instance {
			in, err := runtime.Instantiate(context.Background(), m, nil, runtime.Config{Fuel: fuel})
			if err != nil {
				t.Fatal(err)
			}
			return in
		}
		args := rand.New(rand.NewPCG(seed, 3))
		for i := range types {
			judge, err := interp.New(w)
			if err != nil {
				t.Fatal(err)
			}
			words := arguments(args, types[i].Params)
			judge.Budget = 1 << 20
			judge.Call(uint32(i), words...)
			if err := judge.Run(); errors.Is(err, interp.ErrBudget) || errors.Is(err, interp.TrapCallStack) {
				continue
			}
			in := fresh(0)
			_, err = in.Call(context.Background(), fmt.Sprint(i), words...)
			var trap *runtime.TrapError
			if err != nil && (!errors.As(err, &trap) || trap.Kind == abi.TrapStack) {
				in.Close()
				continue
			}
			want := uint64(judge.Spent)
			if got := in.FuelSpent(); got != want {
				t.Errorf("seed %d, function %d: %d units, the interpreter counts %d", seed, i, got, want)
			}
			in.Close()
			compared++
			if want < 2 {
				continue
			}
			in = fresh(want - 1)
			if _, err = in.Call(context.Background(), fmt.Sprint(i), words...); !errors.As(err, &trap) || trap.Kind != abi.TrapFuel || in.Fuel() != 0 || in.FuelSpent() != want-1 {
				t.Errorf("seed %d, function %d with %d units of %d: %v, %d are left, %d spent", seed, i, want-1, want, err, in.Fuel(), in.FuelSpent())
			}
			stopped++
			in.Close()
		}
		m.Close()
	}
	if compared < 300 || stopped < 200 {
		t.Errorf("only %d calls compared, %d of them stopped", compared, stopped)
	}
	t.Logf("%d calls compared, %d stopped at their last unit", compared, stopped)
}
