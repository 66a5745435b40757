//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/runtime"
)

// hostileGuest makes an instance of hostile.wasm, and another one that must not notice what the first does.
func hostileGuest(t testing.TB, cfg runtime.Config, ask any) (in, bystander *runtime.Instance) {
	t.Helper()
	m := guest(t, "hostile.wasm", aot.Options{})
	imports := runtime.NewImports()
	if ask == nil {
		ask = func(n int32) int32 { return n }
	}
	if err := imports.DefineGo("env", "ask", ask); err != nil {
		t.Fatal(err)
	}
	bystander = instantiate(t, m, imports, cfg)
	bystander.Memory(0).Write(0, bytes.Repeat([]byte{0x5a}, wasmPage))
	return instantiate(t, m, imports, cfg), bystander
}

// unharmed checks that both still work.
func unharmed(t testing.TB, in, bystander *runtime.Instance) {
	t.Helper()
	for _, i := range []*runtime.Instance{in, bystander} {
		if r, err := i.Call(context.Background(), "add", 41); err != nil || r[0] != 42 {
			t.Fatalf("41+1: %v, %v", r, err)
		}
	}
	if !bytes.Equal(bystander.Memory(0).All(), bytes.Repeat([]byte{0x5a}, wasmPage)) {
		t.Fatal("another instance's memory has changed")
	}
	if bystander.Table(0).Len() != 8 {
		t.Fatal("another instance's table has changed")
	}
}

const allOnes = math.MaxUint32

// Every attempt ends as a trap of the right kind, or is none: then the result is given. What is refused has no effect.
func TestHostileGuests(t *testing.T) {
	in, bystander := hostileGuest(t, runtime.Config{StackSize: 128 << 10}, nil)
	ctx := context.Background()
	const none = abi.TrapNone
	for _, c := range []struct {
		name string
		args []uint64
		kind abi.Trap
		want uint64 // the result, if there is one
	}{
		{"unreachable", nil, abi.TrapUnreachable, 0},
		{"div_s", []uint64{7, 0}, abi.TrapDivideByZero, 0},
		{"div_s", []uint64{1 << 31, allOnes}, abi.TrapOverflow, 0},
		{"rem_u", []uint64{7, 0}, abi.TrapDivideByZero, 0},
		{"div64_s", []uint64{1 << 63, math.MaxUint64}, abi.TrapOverflow, 0},
		{"rem64_s", []uint64{1 << 63, math.MaxUint64}, none, 0},
		{"rem64_s", []uint64{1, 0}, abi.TrapDivideByZero, 0},
		{"trunc", []uint64{math.Float64bits(math.NaN())}, abi.TrapConversion, 0},
		{"trunc", []uint64{math.Float64bits(1e10)}, abi.TrapConversionRange, 0},
		{"trunc64", []uint64{uint64(math.Float32bits(-1))}, abi.TrapConversionRange, 0},
		{"trunc64", []uint64{uint64(math.Float32bits(float32(math.Inf(1))))}, abi.TrapConversionRange, 0},

		{"memfill", []uint64{65536, 0}, none, 0},
		{"memfill", []uint64{65537, 0}, abi.TrapMemory, 0},
		{"memfill", []uint64{65535, 2}, abi.TrapMemory, 0},
		{"memfill", []uint64{16, allOnes}, abi.TrapMemory, 0},
		{"memfill", []uint64{allOnes, allOnes}, abi.TrapMemory, 0},
		{"memfill", []uint64{0x80000000, 0x80000000}, abi.TrapMemory, 0},
		{"memcopy", []uint64{0, 65535, 2}, abi.TrapMemory, 0},
		{"memcopy", []uint64{65535, 0, 2}, abi.TrapMemory, 0},
		{"memcopy", []uint64{1, 0, allOnes}, abi.TrapMemory, 0},
		{"memcopy", []uint64{0, 1, allOnes}, abi.TrapMemory, 0},
		{"memcopy", []uint64{allOnes, allOnes, 1}, abi.TrapMemory, 0},
		{"meminit", []uint64{65530, 0, 10}, abi.TrapMemory, 0},
		{"meminit", []uint64{0, 1, 10}, abi.TrapMemory, 0},
		{"meminit", []uint64{0, allOnes, 2}, abi.TrapMemory, 0},
		{"meminit", []uint64{0, 0, allOnes}, abi.TrapMemory, 0},
		{"datadrop", nil, none, 0},
		{"meminit", []uint64{0, 0, 1}, abi.TrapMemory, 0},
		{"meminit", []uint64{0, 0, 0}, none, 0},

		{"tabget", []uint64{0}, none, 0},
		{"tabget", []uint64{8}, abi.TrapTable, 0},
		{"tabget", []uint64{allOnes}, abi.TrapTable, 0},
		{"tabset", []uint64{8}, abi.TrapTable, 0},
		{"tabset", []uint64{0x20000000}, abi.TrapTable, 0}, // times eight, that is beyond 32 bits
		{"tabset", []uint64{allOnes}, abi.TrapTable, 0},
		{"tabfill", []uint64{7, 2}, abi.TrapTable, 0},
		{"tabfill", []uint64{allOnes, allOnes}, abi.TrapTable, 0},
		{"tabcopy", []uint64{0, 7, 2}, abi.TrapTable, 0},
		{"tabcopy", []uint64{3, 0, 2}, abi.TrapTable, 0},
		{"tabcopy", []uint64{0, 0, allOnes}, abi.TrapTable, 0},
		{"tabinit", []uint64{0, 2, 2}, abi.TrapTable, 0},
		{"tabinit", []uint64{7, 0, 2}, abi.TrapTable, 0},
		{"tabinit", []uint64{0, allOnes, 2}, abi.TrapTable, 0},
		{"elemdrop", nil, none, 0},
		{"tabinit", []uint64{0, 0, 1}, abi.TrapTable, 0},
		{"tabgrow", []uint64{allOnes}, none, allOnes},
		{"tabgrow", []uint64{10_000_000}, none, allOnes},
		{"memgrow", []uint64{65536}, none, allOnes},
		{"memgrow", []uint64{allOnes}, none, allOnes},

		{"icall", []uint64{0}, none, 2},
		{"icall", []uint64{3}, none, 1}, // the host's
		{"icall", []uint64{1}, abi.TrapSignature, 0},
		{"icall", []uint64{2}, abi.TrapSignature, 0},
		{"icall", []uint64{4}, abi.TrapUninitialized, 0},
		{"icall", []uint64{8}, abi.TrapIndirectBounds, 0},
		{"icall", []uint64{0x20000000}, abi.TrapIndirectBounds, 0},
		{"icall", []uint64{allOnes}, abi.TrapIndirectBounds, 0},
		{"icall_long", []uint64{0}, abi.TrapSignature, 0},
		{"icall_long", []uint64{2}, none, 1},
		{"icall_void", []uint64{0}, abi.TrapSignature, 0},
		{"icall_other", []uint64{0}, abi.TrapUninitialized, 0},
		{"icall_other", []uint64{4}, abi.TrapIndirectBounds, 0},
		{"tail_icall", []uint64{1}, abi.TrapSignature, 0},
		{"tail_icall", []uint64{5}, abi.TrapUninitialized, 0},
		{"tail_icall", []uint64{1 << 31}, abi.TrapIndirectBounds, 0},

		{"self", []uint64{1}, abi.TrapStack, 0},
		{"ping", []uint64{1, 0}, abi.TrapStack, 0},
		{"arm", nil, none, 0},
		{"through", []uint64{1}, abi.TrapStack, 0},
		{"visit", []uint64{1}, abi.TrapStack, 0},
		{"visit2", []uint64{1}, abi.TrapStack, 0},
		{"grow_deep", []uint64{0}, abi.TrapStack, 0},
		{"tail", []uint64{1_000_000}, none, 99},

		{"throw", nil, abi.TrapException, 0},
		{"catch", nil, none, 5},
		{"catch_trap", nil, abi.TrapUnreachable, 0},
		{"catch_load", nil, abi.TrapMemory, 0},
		{"catch_throw", nil, abi.TrapException, 0},
		{"catch_all_trap", nil, abi.TrapDivideByZero, 0},
		{"catch_deep", []uint64{1000}, none, 5},
		{"catch_deep", []uint64{1_000_000}, abi.TrapStack, 0},
		{"host_throw", nil, none, 3},
	} {
		memory := bytes.Clone(in.Memory(0).All())
		for range 3 {
			r, err := in.Call(ctx, c.name, c.args...)
			var trap *runtime.TrapError
			switch {
			case c.kind == none && (err != nil || len(r) > 0 && r[0] != c.want):
				t.Errorf("%s%v: %v, %v, want %d", c.name, c.args, r, err, c.want)
			case c.kind != none && (!errors.As(err, &trap) || trap.Kind != c.kind):
				t.Errorf("%s%v: %v, want: %s", c.name, c.args, err, runtime.TrapWords(c.kind))
			}
			if !bytes.Equal(in.Memory(0).All(), memory) {
				t.Errorf("%s%v has changed the memory", c.name, c.args)
			}
			if in.Table(0).Len() != 8 || in.Table(1).Len() != 4 {
				t.Errorf("%s%v has changed a table's size", c.name, c.args)
			}
			unharmed(t, in, bystander)
		}
	}
}

// Recursion that meets the end of the stack anywhere: in a function, on the way out to the host, on the way back in. The stack's size
// moves by words, and so the place.
func TestHostileStack(t *testing.T) {
	depth := 0
	m := guest(t, "hostile.wasm", aot.Options{})
	imports := runtime.NewImports()
	if err := imports.DefineGo("env", "ask", func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
		if in.Host() != "nest" || depth > 5000 {
			return n, nil
		}
		depth++
		defer func() { depth-- }()
		r, err := in.Call(ctx, "visit2", uint64(n))
		if err != nil {
			return 0, err
		}
		return int32(r[0]), nil
	}); err != nil {
		t.Fatal(err)
	}
	for size := uint64(4096); size <= 64<<10; size += 4096 {
		for _, host := range []string{"", "nest"} {
			in := instantiate(t, m, imports, runtime.Config{StackSize: size, Host: host})
			for _, name := range []string{"visit", "visit2", "self", "through", "catch_deep"} {
				if name == "through" {
					in.Call(context.Background(), "arm")
				}
				_, err := in.Call(context.Background(), name, 1_000_000)
				var trap *runtime.TrapError
				if !errors.As(err, &trap) || trap.Kind != abi.TrapStack {
					t.Errorf("a stack of %d bytes, %q: %s: %v", size, host, name, err)
				}
			}
			if r, err := in.Call(context.Background(), "add", 1); err != nil || r[0] != 2 {
				t.Errorf("a stack of %d bytes: %v, %v", size, r, err)
			}
			in.Close()
		}
	}
}

// Storms of growth end at the limit, endless ones by the deadline, whatever is going on.
func TestHostileStorms(t *testing.T) {
	in, bystander := hostileGuest(t, runtime.Config{Limits: runtime.Limits{Memory: 200 * wasmPage, Elements: 50_000}}, nil)
	if r, err := in.Call(context.Background(), "memstorm"); err != nil || r[0] != 200 {
		t.Error(r, err)
	}
	if r, err := in.Call(context.Background(), "tabstorm"); err != nil || r[0] > 50_000 || r[0] < 49_000-8 {
		t.Error(r, err)
	}
	unharmed(t, in, bystander)
	for _, name := range []string{"spin", "askstorm", "throwstorm"} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		_, err := in.Call(ctx, name)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		unharmed(t, in, bystander)
	}
	// Without limits of the host's, the type's are there: 4 GiB and ten million elements. Nothing of it is touched.
	in, bystander = hostileGuest(t, runtime.Config{}, nil)
	if r, err := in.Call(context.Background(), "memgrow", 65535); err != nil || r[0] != 1 {
		t.Error(r, err)
	}
	if r, err := in.Call(context.Background(), "tabstorm"); err != nil || r[0] > 10_000_000-4 || r[0] < 10_000_000-4-1000 {
		t.Error(r, err)
	}
	unharmed(t, in, bystander)
}

// A trap inside of nested calls keeps its kind and its place; a host function that makes light of it goes on, and so does its guest.
func TestHostileNested(t *testing.T) {
	for _, c := range []struct {
		name string
		args []uint64
		kind abi.Trap
	}{
		{"unreachable", nil, abi.TrapUnreachable}, {"div_s", []uint64{1, 0}, abi.TrapDivideByZero}, {"memfill", []uint64{1, allOnes}, abi.TrapMemory},
		{"icall", []uint64{1}, abi.TrapSignature}, {"self", []uint64{1}, abi.TrapStack}, {"throw", nil, abi.TrapException}, {"catch_load", nil, abi.TrapMemory},
	} {
		for _, light := range []bool{false, true} {
			traps := 0
			in, bystander := hostileGuest(t, runtime.Config{StackSize: 128 << 10}, func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
				_, err := in.Call(ctx, c.name, c.args...)
				var trap *runtime.TrapError
				if !errors.As(err, &trap) || trap.Kind != c.kind || trap.Instance != in {
					t.Errorf("%s: %v", c.name, err)
				}
				traps++
				if light {
					return n * 10, nil
				}
				return 0, err
			})
			r, err := in.Call(context.Background(), "icall", 3) // the host's function, through the table
			if light && (err != nil || r[0] != 10) {
				t.Errorf("%s, made light of: %v, %v", c.name, r, err)
			}
			if !light && c.kind != abi.TrapException {
				wantTrap(t, err, c.kind)
			}
			if traps != 1 {
				t.Errorf("%s: %d traps", c.name, traps)
			}
			unharmed(t, in, bystander)
		}
	}
}

// A start function that traps leaves no instance, but what it has written to another's memory.
func TestHostileStart(t *testing.T) {
	s := runtime.NewStoreWithLimits(runtime.StoreLimits{Instances: 2})
	defer s.Close()
	m := guest(t, "starttrap.wasm", aot.Options{})
	bystander, _ := hostileGuest(t, runtime.Config{}, nil)
	imports := runtime.NewImports()
	imports.DefineInstance("env", bystander)
	for range 10 {
		_, err := s.Instantiate(context.Background(), m, imports, runtime.Config{})
		wantTrap(t, err, abi.TrapMemory)
	}
	if v, _ := bystander.Memory(0).Uint32(0); v != 42 {
		t.Errorf("the memory holds %d", v)
	}
}
