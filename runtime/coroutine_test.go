//go:build linux && amd64

package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"testing"

	"sphex/runtime"
)

// yielding has env.ask hand its argument out and return what comes back.
func yielding(t testing.TB) *runtime.Instance {
	return hostGuest(t, runtime.Config{}, map[string]any{
		"ask": func(ctx context.Context, n int32) (int32, error) {
			v, err := runtime.Yield(ctx, n)
			if err != nil {
				return 0, err
			}
			return v.(int32), nil
		},
	})
}

// A guest yields values from its host function and gets others back, on whatever goroutine it is resumed.
func TestYield(t *testing.T) {
	in := yielding(t)
	for range 50 {
		c, err := in.Begin(context.Background(), "asks", 5)
		if err != nil {
			t.Fatal(err)
		}
		for i := int32(5); i >= 1; i-- {
			done := make(chan bool)
			go func() {
				defer close(done)
				if v, over, err := c.Resume(10 * (i + 1)); v != i || over || err != nil {
					t.Errorf("%v, %v, %v, want %d", v, over, err, i)
				}
			}()
			<-done
			goruntime.GC()
		}
		v, over, err := c.Resume(int32(10))
		if v != nil || !over || err != nil || len(c.Results()) != 1 || c.Results()[0] != 10+20+30+40+50 {
			t.Fatalf("%v, %v, %v, %v", v, over, err, c.Results())
		}
		if _, over, err := c.Resume(nil); !over || err != nil {
			t.Fatal("resumed behind its end", err)
		}
	}
	if r, err := in.Call(context.Background(), "add", 2, 3); err != nil || r[0] != 5 {
		t.Error(r, err)
	}
}

// Many calls are suspended at once, and end in another order than they began.
func TestYieldMany(t *testing.T) {
	const n = 40
	var all [n]*runtime.Coroutine
	for i := range all {
		c, err := yielding(t).Begin(context.Background(), "secret", uint64(i)<<40)
		if err != nil {
			t.Fatal(err)
		}
		if v, over, err := c.Resume(nil); v != int32(7) || over || err != nil {
			t.Fatal(v, over, err)
		}
		all[i] = c
	}
	for k := range all {
		i := (k*17 + 5) % n
		c, s := all[i], uint64(i)<<40
		want := s + (s ^ 1)
		for x := uint64(1); x <= 9; x++ {
			want += s ^ x
		}
		if _, over, err := c.Resume(int32(0)); !over || err != nil || c.Results()[0] != want {
			t.Errorf("%d: %v, %v, %#x, want %#x", i, over, err, c.Results(), want)
		}
	}
}

// While a call is suspended the instance can be entered, like in any host function, but no second coroutine can begin.
func TestYieldNested(t *testing.T) {
	in := yielding(t)
	ctx := context.Background()
	c, _ := in.Begin(ctx, "asks", 1)
	if v, _, err := c.Resume(nil); v != int32(1) || err != nil {
		t.Fatal(v, err)
	}
	if r, err := in.Call(ctx, "sum", 100); err != nil || r[0] != 5050 {
		t.Error(r, err)
	}
	if _, err := in.Call(ctx, "asks", 1); !errors.Is(err, runtime.ErrNoCoroutine) {
		t.Errorf("a nested call yields: %v", err)
	}
	other, err := in.Begin(ctx, "sum", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, over, err := other.Resume(nil); over || !errors.Is(err, runtime.ErrBusy) {
		t.Errorf("a second coroutine: %v, %v", over, err)
	}
	if _, over, err := c.Resume(int32(77)); !over || err != nil || c.Results()[0] != 77 {
		t.Error(over, err, c.Results())
	}
	if _, over, err := other.Resume(nil); !over || err != nil || other.Results()[0] != 1 {
		t.Error(over, err, other.Results())
	}
	if _, err := in.Call(ctx, "asks", 1); !errors.Is(err, runtime.ErrNoCoroutine) {
		t.Errorf("a call without a coroutine yields: %v", err)
	}
	if _, err := runtime.Yield(ctx, 1); !errors.Is(err, runtime.ErrNoCoroutine) {
		t.Error(err)
	}
	if _, err := in.Begin(ctx, "nothing"); err == nil {
		t.Error("an unknown function begins")
	}
	if _, err := in.Begin(ctx, "sum"); err == nil {
		t.Error("too few arguments")
	}
}

// A suspended call ends by Stop, by Kill, by its context, and by Close; guest code does not run again, even where the host
// function makes light of it.
func TestYieldEnds(t *testing.T) {
	for _, how := range []string{"stop", "kill", "context", "close"} {
		ran, yields := 0, error(nil)
		in := hostGuest(t, runtime.Config{}, map[string]any{
			"ask": func(ctx context.Context, n int32) int32 {
				ran++
				_, yields = runtime.Yield(ctx, n)
				return 1
			},
		})
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		c, err := in.Begin(ctx, "asks", 9)
		if err != nil {
			t.Fatal(err)
		}
		c.Resume(nil)
		want := runtime.ErrKilled
		switch how {
		case "stop":
			c.Stop()
		case "kill":
			in.Kill()
		case "close":
			in.Close()
		case "context":
			want = errors.New("enough")
			cancel(want)
		}
		if _, over, err := c.Resume(nil); !over || !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", how, over, err)
		}
		if ran != 1 || !errors.Is(yields, want) {
			t.Errorf("%s: %d calls of the host function, Yield returned %v", how, ran, yields)
		}
		c.Stop()
		if c.Results() != nil {
			t.Errorf("%s: results %v", how, c.Results())
		}
	}
	c, _ := yielding(t).Begin(context.Background(), "asks", 1)
	c.Stop() // before it began
	if _, over, err := c.Resume(nil); !over || !errors.Is(err, runtime.ErrKilled) {
		t.Error(over, err)
	}
}

// A host function's panic comes out of Resume, and the instance is good afterwards.
func TestYieldPanic(t *testing.T) {
	in := hostGuest(t, runtime.Config{}, map[string]any{
		"ask": func(ctx context.Context, n int32) int32 {
			runtime.Yield(ctx, n)
			panic("burst")
		},
	})
	c, _ := in.Begin(context.Background(), "asks", 1)
	c.Resume(nil)
	func() {
		defer func() {
			if r := recover(); r != "burst" {
				t.Errorf("recovered %v", r)
			}
		}()
		c.Resume(nil)
	}()
	if r, err := in.Call(context.Background(), "add", 2, 3); err != nil || r[0] != 5 {
		t.Error(r, err)
	}
}

func BenchmarkYield(b *testing.B) {
	in := yielding(b)
	c, err := in.Begin(context.Background(), "asks", 1<<31)
	if err != nil {
		b.Fatal(err)
	}
	c.Resume(nil)
	for b.Loop() {
		c.Resume(int32(1))
	}
	c.Stop()
}
