//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/runtime"
	"sphex/runtime/native"
)

// secret is what a tenant leaves; needle stands in all words that differ from it in the low 16 bits.
const secret = 0xa1b2c3d4e5f60000

var needle = binary.LittleEndian.AppendUint64(nil, secret)[2:]

func newPool(t testing.TB, m *runtime.Module, imports *runtime.Imports, cfg runtime.PoolConfig) *runtime.Pool {
	t.Helper()
	p, err := runtime.NewPool(context.Background(), m, imports, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func take(t testing.TB, p *runtime.Pool, host any) *runtime.Instance {
	t.Helper()
	in, err := p.Get(context.Background(), host)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// holding says which parts of an instance hold the secret.
func holding(in *runtime.Instance) string {
	var list []string
	for _, name := range []string{"context", "words", "stack", "memory"} {
		if bytes.Contains(in.Parts()[name], needle) {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

// Whatever a tenant leaves, and wherever, the next one finds an instance as new.
func TestPoolForgets(t *testing.T) {
	ctx := context.Background()
	dirty := func(in *runtime.Instance) {
		for _, c := range []struct {
			name string
			args []uint64
		}{
			{"store", []uint64{64, secret}}, {"store", []uint64{65528, secret}}, {"grow", []uint64{3}}, {"store", []uint64{4*65536 - 8, secret}},
			{"keep", []uint64{secret}}, {"tableset", []uint64{3}}, {"tablegrow", []uint64{50}}, {"tableset", []uint64{53}}, {"tally", nil}, {"drop", nil},
			{"wide", []uint64{secret, secret}}, {"deep", []uint64{3000}}, {"fill", []uint64{16, 'x', 5}}, {"secret", []uint64{secret}},
		} {
			if _, err := in.Call(ctx, c.name, c.args...); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		in.Call(ctx, "mix", 1, secret, 0, secret)
	}
	var during string
	m := guest(t, "host.wasm", aot.Options{})
	p := newPool(t, m, hostImports(t, map[string]any{"ask": func(in *runtime.Instance, n int32) int32 {
		if n == 7 && in.Host() == "tenant" {
			during = holding(in)
		}
		return n
	}}), runtime.PoolConfig{Config: runtime.Config{StackSize: 256 << 10}, Idle: 1})
	in := take(t, p, "tenant")
	if got := holding(in); got != "" {
		t.Fatalf("a new instance holds the secret: %s", got)
	}
	want := map[string][]byte{}
	for name, b := range in.Parts() {
		if name != "context" {
			want[name] = bytes.Clone(b)
		}
	}
	first := in.Context()
	dirty(in)
	if during != "context words stack memory" {
		t.Fatalf("the search finds the secret in: %q", during)
	}
	old, memory, table := in, in.Memory(0), in.Table(0)
	value := in.Export("value").(*runtime.Global)
	p.Put(in)
	for round := range 3 {
		in = take(t, p, "next")
		if in.Context() != first || in == old {
			t.Fatal("the instance is not reused")
		}
		if in.Host() != "next" {
			t.Error("the host's context is", in.Host())
		}
		if got := holding(in); got != "" {
			t.Errorf("round %d: the next tenant holds the secret: %s", round, got)
		}
		for name, b := range in.Parts() {
			if name != "context" && name != "words" && !bytes.Equal(b, want[name]) { // words hold the table's place
				t.Errorf("round %d: %s differs from that of a new instance", round, name)
			}
		}
		if in.Memory(0).Pages() != 1 || in.Table(0).Len() != 4 {
			t.Errorf("round %d: %d pages, %d elements", round, in.Memory(0).Pages(), in.Table(0).Len())
		}
		for _, c := range []struct {
			name string
			arg  []uint64
			want uint64
		}{{"kept", nil, 7 + 2}, {"tally", nil, 1}, {"tableget", []uint64{3}, 1}, {"tableget", []uint64{0}, 0}, {"load", []uint64{64}, 0}} {
			if r, err := in.Call(ctx, c.name, c.arg...); err != nil || r[0] != c.want {
				t.Errorf("round %d: %s: %#x, %v, want %#x", round, c.name, r, err, c.want)
			}
		}
		if _, err := in.Call(ctx, "unpack", 100); err != nil {
			t.Errorf("round %d: the passive segment stays dropped: %v", round, err)
		}
		// The registers with which guest code begins.
		_, err := in.Call(ctx, "trap")
		wantTrap(t, err, abi.TrapUnreachable)
		general, vector := in.Captured()
		for r, v := range general {
			if v>>16 == secret>>16 {
				t.Errorf("round %d: register %d is %#x at the entry", round, r, v)
			}
			if fuel := r == native.RegFuel && v == math.MaxInt64; r != native.RegSP && r != native.RegMemory && r != native.RegContext && v != 0 && !fuel {
				t.Errorf("round %d: register %d is %#x at the entry", round, r, v)
			}
		}
		if vector != [16][2]uint64{} {
			t.Errorf("round %d: vector registers %x at the entry", round, vector)
		}
		dirty(in)
		// The last tenant's host still has its handles.
		old.Kill()
		if _, err := old.Call(ctx, "load", 64); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("a call of the instance that was put back: %v", err)
		}
		if b, ok := memory.Slice(64, 8); ok {
			t.Errorf("the old memory still reads %x", b)
		}
		if _, ok := memory.Grow(1); ok || table.Len() != 0 || value.Get() == secret {
			t.Errorf("old handles reach the new tenant: %d, %#x", table.Len(), value.Get())
		}
		if _, err := in.Call(ctx, "add", 1, 2); err != nil {
			t.Errorf("the old tenant's handle ends the new one: %v", err)
		}
		p.Put(in)
		p.Put(in) // once is enough
		if all, idle := p.Stats(); all != 1 || idle != 1 {
			t.Errorf("%d instances, %d idle", all, idle)
		}
		old = in
	}
}

// The start function runs for each tenant, with its host.
func TestPoolStart(t *testing.T) {
	imports := runtime.NewImports()
	if err := imports.DefineGo("env", "ask", func(in *runtime.Instance, n int32) (int32, error) {
		if in.Host() == nil {
			return 0, errors.New("nobody is there")
		}
		return n * in.Host().(int32), nil
	}); err != nil {
		t.Fatal(err)
	}
	p := newPool(t, guest(t, "start.wasm", aot.Options{}), imports, runtime.PoolConfig{Ready: 2})
	for i := range int32(5) {
		in := take(t, p, i)
		if r, err := in.Call(context.Background(), "answer"); err != nil || r[0] != uint64(5*i) {
			t.Errorf("tenant %d: %v, %v", i, r, err)
		}
		p.Put(in)
		if _, err := p.Get(context.Background(), nil); err == nil || err.Error() != "nobody is there" {
			t.Error(err)
		}
	}
	if all, idle := p.Stats(); all != 2 || idle != 2 {
		t.Errorf("%d instances, %d idle", all, idle)
	}
}

// After every way in which a tenant can end, the next one works; what can not be reused is freed.
func TestPoolEnds(t *testing.T) {
	ctx := context.Background()
	entered := make(chan *runtime.Instance, 1)
	hold := make(chan struct{})
	p := newPool(t, guest(t, "host.wasm", aot.Options{Fuel: true}), hostImports(t, map[string]any{"ask": func(ctx context.Context, in *runtime.Instance, n int32) (int32, error) {
		switch in.Host() {
		case "exit":
			return 0, &runtime.ExitError{Code: 3}
		case "panic":
			panic("host")
		case "running":
			entered <- in
			<-hold
		}
		return n, ctx.Err()
	}}), runtime.PoolConfig{Config: runtime.Config{StackSize: 64 << 10, Fuel: 5000, Limits: runtime.Limits{Memory: 10 << 16}}, Max: 2})
	for _, how := range []string{"trap", "exit", "panic", "deep", "fuel", "killed", "running", "closed", "started", "grown", "return"} {
		for range 3 {
			in := take(t, p, how)
			switch how {
			case "trap":
				_, err := in.Call(ctx, "load", 1<<20)
				wantTrap(t, err, abi.TrapMemory)
			case "exit":
				in.Call(ctx, "asks", 1)
			case "panic":
				func() {
					defer func() { recover() }()
					in.Call(ctx, "asks", 1)
				}()
			case "deep":
				_, err := in.Call(ctx, "deep", 4900)
				wantTrap(t, err, abi.TrapStack)
			case "fuel":
				_, err := in.Call(ctx, "spin")
				wantTrap(t, err, abi.TrapFuel)
			case "killed":
				in.Kill()
			case "running":
				done := make(chan error)
				go func() {
					_, err := in.Call(ctx, "asks", 1)
					done <- err
				}()
				<-entered
				p.Put(in)
				hold <- struct{}{}
				if err := <-done; !errors.Is(err, runtime.ErrKilled) && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			case "closed":
				in.Close()
			case "started":
				if err := in.Start(ctx, 6, 1, 2); err != nil {
					t.Fatal(err)
				}
			case "grown":
				if r, err := in.Call(ctx, "grow", 9); err != nil || r[0] != 1 {
					t.Error(r, err)
				}
			}
			p.Put(in)
			next := take(t, p, "next")
			if r, err := next.Call(ctx, "asks", 4); err != nil || r[0] != 10 {
				t.Errorf("after %s: %v, %v", how, r, err)
			}
			if next.FuelSpent() != 6 || next.Refused() != nil {
				t.Errorf("after %s: %d units spent, refused %v", how, next.FuelSpent(), next.Refused())
			}
			p.Put(next)
		}
	}
}

// A pool has bounds, refuses what instances would share, and ends.
func TestPoolBounds(t *testing.T) {
	ctx := context.Background()
	m := guest(t, "host.wasm", aot.Options{})
	p := newPool(t, m, hostImports(t, nil), runtime.PoolConfig{Max: 3, Idle: 2, Ready: 1})
	var all []*runtime.Instance
	for range 3 {
		all = append(all, take(t, p, nil))
	}
	_, err := p.Get(ctx, nil)
	wantLimit(t, err, runtime.LimitError{What: "instances in the pool", Wanted: 4, Limit: 3})
	for _, in := range all {
		p.Put(in)
	}
	if all, idle := p.Stats(); all != 2 || idle != 2 {
		t.Errorf("%d instances, %d idle", all, idle)
	}
	other := hostGuest(t, runtime.Config{}, nil)
	p.Put(other) // none of its own
	if _, err := other.Call(ctx, "add", 1, 2); err != nil {
		t.Error(err)
	}
	imports := hostImports(t, nil)
	imports.Define("env", "ask", other.ExportedFunc("double"))
	if _, err := runtime.NewPool(ctx, m, imports, runtime.PoolConfig{}); err == nil || !strings.Contains(err.Error(), "import env.ask is shared") {
		t.Error(err)
	}
	in := take(t, p, nil)
	p.Close()
	if _, err := p.Get(ctx, nil); !errors.Is(err, runtime.ErrPoolClosed) {
		t.Error(err)
	}
	p.Put(in)
	if all, idle := p.Stats(); all != 0 || idle != 0 {
		t.Errorf("%d instances, %d idle", all, idle)
	}
	if _, err := in.Call(ctx, "add", 1, 2); !errors.Is(err, runtime.ErrClosed) {
		t.Error(err)
	}
}

// A reference that a tenant's host has given to another instance outlives the tenant: the instance is not reused.
func TestPoolReferences(t *testing.T) {
	ctx := context.Background()
	m := guest(t, "host.wasm", aot.Options{})
	p := newPool(t, m, hostImports(t, nil), runtime.PoolConfig{})
	in := take(t, p, nil)
	place := in.Context()
	double := in.ExportedFunc("double")
	holder, err := runtime.NewFunc("holder", func() *runtime.Func { return double })
	if err != nil {
		t.Fatal(err)
	}
	ref, err := holder.Call(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.Put(in)
	if next := take(t, p, nil); next.Context() == place {
		t.Error("the instance is reused though a reference to it is out")
	}
	if f := runtime.FuncOfRef(ref[0]); f == nil {
		t.Error("the reference is dangling")
	} else if _, err := f.Call(ctx, 4); !errors.Is(err, runtime.ErrKilled) && !errors.Is(err, runtime.ErrClosed) {
		t.Error(err)
	}
}

// Thousands of instances live at once, used by many goroutines.
func TestPoolThousands(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 500
	}
	m := guest(t, "host.wasm", aot.Options{})
	p := newPool(t, m, hostImports(t, nil), runtime.PoolConfig{Config: runtime.Config{StackSize: 64 << 10}, Idle: n})
	all := make([]*runtime.Instance, n)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				in, err := p.Get(context.Background(), i)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := in.Call(context.Background(), "store", 128, uint64(i)); err != nil {
					t.Error(err)
				}
				all[i] = in
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for i, in := range all {
		if r, err := in.Call(context.Background(), "load", 128); err != nil || r[0] != uint64(i) {
			t.Fatalf("instance %d: %v, %v", i, r, err)
		}
		p.Put(in)
	}
	if all, idle := p.Stats(); all != n || idle != n {
		t.Errorf("%d instances, %d idle", all, idle)
	}
}

func BenchmarkPool(b *testing.B) {
	p := newPool(b, guest(b, "host.wasm", aot.Options{}), hostImports(b, nil), runtime.PoolConfig{})
	ctx := context.Background()
	stack := make([]uint64, 2)
	for b.Loop() {
		in, err := p.Get(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		stack[0], stack[1] = 128, 1
		if err := in.ExportedFunc("store").CallWords(ctx, stack); err != nil {
			b.Fatal(err)
		}
		p.Put(in)
	}
}

// Who kept an instance that he has put back can give its successor no fuel, and sees none of what that spends.
func TestPoolFuel(t *testing.T) {
	p := newPool(t, guest(t, "host.wasm", aot.Options{Fuel: true}), hostImports(t, nil), runtime.PoolConfig{Config: runtime.Config{StackSize: 64 << 10, Fuel: 1000}, Idle: 1})
	old := take(t, p, nil)
	if r, err := old.Call(context.Background(), "sum", 10); err != nil || r[0] != 55 {
		t.Fatal(r, err)
	}
	spent := old.FuelSpent()
	p.Put(old)
	in := take(t, p, nil)
	old.SetFuel(1 << 40)
	if in.Fuel() != 1000 || in.FuelSpent() != 0 {
		t.Errorf("the next one has %d units of fuel, and has spent %d", in.Fuel(), in.FuelSpent())
	}
	if _, err := in.Call(context.Background(), "sum", 20); err != nil {
		t.Fatal(err)
	}
	if old.FuelSpent() != spent || spent < 10 || old.Fuel() != 1000-spent {
		t.Errorf("the old one has spent %d of %d units, before it was put back %d", old.FuelSpent(), old.Fuel()+old.FuelSpent(), spent)
	}
	in.Close()
	if in.FuelSpent() <= spent {
		t.Errorf("closed, it has spent %d", in.FuelSpent())
	}
	p.Put(in)
}

// Each memory of an instance is as new, also one with 64-bit addresses, and passive segments are there again.
func TestPoolMemories(t *testing.T) {
	p := newPool(t, guest(t, "memories.wasm", aot.Options{}), runtime.NewImports(), runtime.PoolConfig{Idle: 1})
	want := [2][]byte{make([]byte, wasmPage), make([]byte, wasmPage)}
	copy(want[0][7:], "first")
	copy(want[1][5:], "second")
	for round := range 3 {
		in := take(t, p, nil)
		for i, w := range want {
			if got := in.Memory(i).All(); !bytes.Equal(got, w) {
				t.Errorf("round %d: memory %d has %d bytes, which are not those of the start", round, i, len(got))
			}
		}
		if r, err := in.Call(context.Background(), "dirty"); err != nil || r[0] != 'p' {
			t.Errorf("round %d: %v, %v", round, r, err)
		}
		p.Put(in)
	}
	if all, _ := p.Stats(); all != 1 {
		t.Errorf("%d instances", all)
	}
}
