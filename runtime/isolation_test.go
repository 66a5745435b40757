//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/codemap"
	"sphex/runtime"
)

// A defect in the code between guest and host is no trap of the guest's.
func TestFaultInThunk(t *testing.T) {
	for _, k := range []codemap.ThunkKind{codemap.EntryThunk, codemap.ImportThunk} {
		m := guest(t, "host.wasm", aot.Options{})
		m.SpoilThunks(k)
		in := instantiate(t, m, hostImports(t, nil), runtime.Config{})
		_, err := in.Call(context.Background(), "asks", 3)
		var fault *runtime.FatalFault
		var trap *runtime.TrapError
		if !errors.As(err, &fault) || errors.As(err, &trap) {
			t.Errorf("thunks of kind %d: %v", k, err)
		}
	}
}

// None of the host's addresses stands in what a guest can read as a number: its memory and its globals. The programs have used
// the system interface, the host's functions and tables before.
func TestNoAddressInGuest(t *testing.T) {
	check := func(name string, in *runtime.Instance, before []byte) { // what the module's own data has by chance does not count
		t.Helper()
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		type span struct{ lo, hi uint64 }
		var spans []span
		for _, l := range strings.Split(strings.TrimSpace(string(maps)), "\n") {
			var s span
			if _, err := fmt.Sscanf(l, "%x-%x", &s.lo, &s.hi); err != nil {
				t.Fatal(err)
			}
			if s.lo >= 1<<32 { // the program's own text is where small numbers are, too
				spans = append(spans, s)
			}
		}
		isAddress := func(v uint64) bool {
			for _, s := range spans {
				if v >= s.lo && v < s.hi {
					return true
				}
			}
			return false
		}
		if at := uint64(in.Context()); !isAddress(at) || !isAddress(uint64(in.Memory(0).Base())) {
			t.Fatal("the search finds nothing")
		}
		b := in.Memory(0).All()
		for i := 0; i+8 <= len(b); i++ {
			if v := binary.LittleEndian.Uint64(b[i:]); v >= 1<<32 && v>>47 == 0 && isAddress(v) && (i+8 > len(before) || !bytes.Equal(before[i:i+8], b[i:i+8])) {
				t.Errorf("%s: %#x stands at %#x of the memory", name, v, i)
			}
		}
		for i := 0; in.Global(i) != nil; i++ {
			if g := in.Global(i); !g.Type().Type.IsRef() && isAddress(g.Get()) {
				t.Errorf("%s: global %d is %#x", name, i, g.Get())
			}
		}
	}
	var out bytes.Buffer
	for _, path := range []string{"c_steps/c_steps-O0.wasm", "c_wasi/c_wasi-O2-dw5.wasm", "cpp_kinds/cpp_kinds-O0.wasm"} {
		in := launch(t, program(t, path), "line\n", &out)
		before := bytes.Clone(in.Memory(0).All())
		in.Call(context.Background(), "_start")
		check(path, in, before)
	}
	in := hostGuest(t, runtime.Config{}, nil)
	before := bytes.Clone(in.Memory(0).All())
	for _, c := range []struct {
		name string
		args []uint64
	}{{"asks", []uint64{5}}, {"deep", []uint64{100}}, {"grow", []uint64{2}}, {"tablegrow", []uint64{9}}, {"refs", []uint64{1 << 40}}, {"load", []uint64{1 << 30}}, {"secret", []uint64{1}}} {
		in.Call(context.Background(), c.name, c.args...)
	}
	check("host.wasm", in, before)
}
