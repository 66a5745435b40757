//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// stand launches a program that stands before its first instruction.
func stand(t testing.TB, path, stdin string, out *bytes.Buffer) *runtime.Instance {
	t.Helper()
	in := launch(t, program(t, path), stdin, out)
	if err := in.Start(context.Background(), entry(in)); err != nil {
		t.Fatal(err)
	}
	in.Pause()
	if s := in.Resume(); s.Reason != runtime.StopPaused {
		t.Fatal(s)
	}
	return in
}

// exported is where an exported address of linear memory is.
func exported(t testing.TB, in *runtime.Instance, name string) abi.Addr {
	t.Helper()
	g, ok := in.Export(name).(*runtime.Global)
	if !ok {
		t.Fatalf("no global %s", name)
	}
	return in.Memory(0).Base() + abi.Addr(g.Get())
}

func functionAt(in *runtime.Instance, at abi.TextOffset) string {
	f := in.Module().FuncAt(at)
	if f == nil {
		return "?"
	}
	return in.Module().Wasm().Names().Funcs[f.Index]
}

// TestWatch follows the writers of two variables of c_ledger, found by debug registers and by protected
// pages. What they must be is written down from the source.
func TestWatch(t *testing.T) {
	const hello = "hello"
	for _, variant := range []string{"O0", "O2"} {
		for _, pages := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/pages=%v", variant, pages), func(t *testing.T) {
				var out bytes.Buffer
				in := stand(t, "c_ledger/c_ledger-"+variant+".wasm", hello, &out)
				total, line := exported(t, in, "total"), exported(t, in, "line")
				if err := in.SetWatches([]runtime.Watch{
					{ID: 1, Addr: total, Len: 4, Pages: pages},
					{ID: 2, Addr: line, Len: 8, Pages: pages},
				}); err != nil {
					t.Fatal(err)
				}
				var totals []uint32
				var lines []string
				for s := in.Resume(); !s.Final(); s = in.Resume() {
					if s.Reason != runtime.StopWatch {
						t.Fatal(s)
					}
					for _, h := range s.Watched {
						if !h.Wrote {
							t.Errorf("%+v wrote nothing", h)
						}
						who := functionAt(in, h.At)
						if h.ID == 1 {
							v, _ := in.Memory(0).Uint32(linear(in, total))
							totals = append(totals, v)
							if want := "main"; len(totals) <= 2 && variant == "O0" && who != want {
								t.Errorf("total written by %s, want %s", who, want)
							}
							continue
						}
						b, _ := in.Memory(0).Slice(linear(in, line), 8)
						lines = append(lines, fmt.Sprintf("%q", bytes.TrimRight(b, "\x00")))
						if read := strings.Contains(h.Host, "fd_read"); read != (string(b) == "hello---") || h.Host != "" && !read {
							t.Errorf("%q written by %q", b, h.Host)
						}
					}
				}
				want := []uint32{26, 50}
				for i := range uint32(50) {
					want = append(want, 51+i)
				}
				if variant == "O0" && !slices.Equal(totals, want) || totals[len(totals)-1] != 100 {
					t.Errorf("total: %d", totals)
				}
				got := strings.Join(lines, " ")
				steps := `"--------" "--ab----" "hello---" "hello\x00--"`
				if variant == "O2" { // memset and memcpy became one store
					steps = steps[len(`"--------" `):]
				}
				if got != steps {
					t.Errorf("line: %s", got)
				}
				if _, want := expected(t, "c_ledger"); out.String() != want {
					t.Errorf("printed %q, want %q", &out, want)
				}
			})
		}
	}
}

func linear(in *runtime.Instance, a abi.Addr) wasm.MemAddr {
	return wasm.MemAddr(a - in.Memory(0).Base())
}

// TestWatchReads counts the reads of an array by sum, and tells reads from writes.
func TestWatchReads(t *testing.T) {
	for _, pages := range []bool{false, true} {
		var out bytes.Buffer
		in := stand(t, "c_ledger/c_ledger-O0.wasm", "hello", &out)
		total := exported(t, in, "total")
		if err := in.SetWatches([]runtime.Watch{
			{ID: 1, Addr: total, Len: 4, Kind: runtime.WatchRead, Pages: pages},
			{ID: 2, Addr: total, Len: 4, Kind: runtime.WatchAccess, Pages: pages},
		}); err != nil {
			t.Fatal(err)
		}
		reads, any, wrote := 0, 0, 0
		for s := in.Resume(); !s.Final(); s = in.Resume() {
			for _, h := range s.Watched {
				switch {
				case h.ID == 1:
					reads++
				case h.Wrote:
					wrote++
				}
				if h.ID == 2 {
					any++
				}
			}
		}
		// total += fact(4): 1 read; half(total): 1; spin: 100 and the return's; printf: 1. A debug register
		// can not tell the 50 writes that change nothing from reads.
		wantReads := 104
		if !pages {
			wantReads += 50
		}
		if reads != wantReads || wrote != 52 || any != 104+102 {
			t.Errorf("pages %v: %d reads, %d accesses, %d writes", pages, reads, any, wrote)
		}
	}
}

// TestWatchRefuses is about what can't be watched.
func TestWatchRefuses(t *testing.T) {
	var out bytes.Buffer
	in := stand(t, "c_ledger/c_ledger-O0.wasm", "", &out)
	m := in.Memory(0)
	for _, w := range []runtime.Watch{
		{Addr: m.Base() + abi.Addr(m.Size()) - 2, Len: 4},
		{Addr: m.Base() + abi.Addr(m.Size()), Len: 1},
		{Addr: m.Base(), Len: 0},
		{Addr: m.Base(), Len: 1 << 40},
		{Addr: ^abi.Addr(0) - 2, Len: 8},
		{Addr: in.Context(), Len: 8},
		{Addr: 0, Len: 8},
	} {
		if err := in.SetWatches([]runtime.Watch{w}); err == nil {
			t.Errorf("%+v is watched", w)
		}
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], 1)
	if err := in.WriteNative(m.Base()+64, b[:]); err != nil {
		t.Error(err)
	}
}
