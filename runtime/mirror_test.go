//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// mirrored makes an instance of mirror.wasm, whose functions access a shared memory each in a way of its own.
func mirrored(t *testing.T, m *runtime.Module, mirror bool) *runtime.Instance {
	t.Helper()
	store, imports := runtime.NewStore(), runtime.NewImports()
	t.Cleanup(store.Close)
	if mirror {
		store.MirrorShared()
	}
	if err := store.DefineShared(m.Wasm(), imports); err != nil {
		t.Fatal(err)
	}
	in, err := store.Instantiate(context.Background(), m, imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	if in.Memory(0).Mirrored() != mirror {
		t.Fatalf("mirrored: %v", in.Memory(0).Mirrored())
	}
	return in
}

// TestMirror accesses memory in every way, watched and not: results, traps and memory must be the same, and an access is
// told if, and only if, it touched or changed what is watched.
func TestMirror(t *testing.T) {
	m := guest(t, "mirror.wasm", aot.Options{})
	plain, watched := mirrored(t, m, false), mirrored(t, m, true)
	const at, size = 0x11000 - 8, 16 // across a page's end
	base := watched.Memory(0).Base()
	type access struct {
		name string
		args []uint64
	}
	var list []access
	for _, e := range m.Wasm().Exports {
		name := strings.Clone(e.Name)
		n := len(m.Wasm().FuncType(e.Index).Params)
		for _, a := range []uint64{at - 40, at - 16, at - 8, at, at + 8, at + 16, 0x2000, 0x1fffc, 0x1fff8, 0x20000} {
			switch {
			case n == 1:
				list = append(list, access{name, []uint64{a}})
			case n == 2:
				list = append(list, access{name, []uint64{a, 0x1122334455667788}}, access{name, []uint64{a, 0}})
			case name == "fill":
				for _, n := range []uint64{0, 1, 3, 5, 12, 20, 40, 70, 300} {
					list = append(list, access{name, []uint64{a - n/2, 0xa5, n}})
				}
			default:
				for _, n := range []uint64{1, 2, 3, 7, 13, 31, 50, 100, 500} {
					// from elsewhere, forwards over itself, backwards over itself, out of what is watched
					list = append(list, access{name, []uint64{a - n/2, 0x3000, n}}, access{name, []uint64{a - n/2, a, n}},
						access{name, []uint64{a, a - n/2, n}}, access{name, []uint64{0x5000, a - n/2, n}})
				}
			}
		}
	}
	fresh := make([]byte, plain.Memory(0).Size())
	for i := range fresh {
		fresh[i] = byte(i*7 + i>>8)
	}
	for _, kind := range []runtime.WatchKind{runtime.WatchWrite, runtime.WatchAccess} {
		told := 0
		copy(plain.Memory(0).All(), fresh)
		copy(watched.Memory(0).All(), fresh)
		if err := watched.SetWatches([]runtime.Watch{{ID: 7, Addr: base + at, Len: size, Kind: kind}}); err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			before := bytes.Clone(watched.Memory(0).All()[at : at+size])
			want, wantErr := plain.Call(context.Background(), x.name, x.args...)
			_, f := watched.ExportedFunc(x.name).Instance()
			if err := watched.Start(context.Background(), f, x.args...); err != nil {
				t.Fatal(err)
			}
			hits, wrote := 0, false
			s := watched.Resume()
			for ; !s.Final(); s = watched.Resume() {
				for _, h := range s.Watched {
					hits++
					wrote = wrote || h.Wrote
				}
			}
			what := fmt.Sprintf("%v: %s%#x", kind, x.name, x.args)
			if fmt.Sprint(s.Results) != fmt.Sprint(want) || (s.Err == nil) != (wantErr == nil) || s.Err != nil && s.Err.Error() != wantErr.Error() {
				t.Errorf("%s: %v, %v; want %v, %v", what, s.Results, s.Err, want, wantErr)
			}
			if !bytes.Equal(watched.Memory(0).All(), plain.Memory(0).All()) {
				t.Fatalf("%s: memories differ", what)
			}
			if changed := !bytes.Equal(before, watched.Memory(0).All()[at:at+size]); changed != wrote || kind == runtime.WatchWrite && wrote != (hits > 0) {
				t.Errorf("%s: changed %v, told of %d accesses, of writes %v", what, changed, hits, wrote)
			}
			told += hits
		}
		if told < 100 {
			t.Errorf("%v: only %d accesses were told", kind, told)
		}
		if err := watched.SetWatches(nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMirrorThreads has threads add to a word that is watched, while a debugger follows one of them, watches something
// else on the page, and gives up: no addition is lost.
func TestMirrorThreads(t *testing.T) {
	const threads, rounds, at = 4, 400, 0x1008
	m := guest(t, "mirror.wasm", aot.Options{})
	store, imports := runtime.NewStore(), runtime.NewImports()
	t.Cleanup(store.Close)
	store.MirrorShared()
	if err := store.DefineShared(m.Wasm(), imports); err != nil {
		t.Fatal(err)
	}
	var list []*runtime.Instance
	for range threads {
		in, err := store.Instantiate(context.Background(), m, imports, runtime.Config{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		if len(list) > 0 {
			in.ShareBreakpoints(list[0])
		}
		list = append(list, in)
	}
	base := list[0].Memory(0).Base()
	watch := func(addr abi.Addr) {
		if err := list[0].SetWatches([]runtime.Watch{{ID: 1, Addr: base + addr, Len: 8, Kind: runtime.WatchWrite}}); err != nil {
			t.Error(err)
		}
	}
	watch(at)
	var told atomic.Int64
	var all sync.WaitGroup
	_, add := list[0].ExportedFunc("atomic.add").Instance()
	for i, in := range list {
		all.Go(func() {
			for n := range rounds {
				if err := in.Start(context.Background(), add, at, 1); err != nil {
					t.Error(err)
					return
				}
				for s := in.Resume(); !s.Final(); s = in.Resume() {
					told.Add(int64(len(s.Watched)))
				}
				if i == 0 && n%50 == 25 { // others are in the middle of it
					watch(at + 0x100)
					watch(at)
				}
			}
		})
	}
	all.Wait()
	b, _ := list[0].Memory(0).Slice(wasm.MemAddr(at), 8)
	if n := binary.LittleEndian.Uint64(b); n != threads*rounds {
		t.Errorf("%d additions, want %d", n, threads*rounds)
	}
	if n := told.Load(); n < threads*rounds/2 || n > threads*rounds {
		t.Errorf("%d of %d writes were told", n, threads*rounds)
	}
}
