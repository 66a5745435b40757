package debuginfo_test

import (
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
)

// TestSize holds what the output may take: 1.3 times the input. An index of names, a table of
// call frames and a list of addresses are new in it; what is of removed code is gone.
func TestSize(t *testing.T) {
	// Without a standard library little of the input is of removed code.
	small := []string{"natvis_rs/natvis_rs-debug.wasm", "zig_kinds/kinds-Debug.wasm"}
	for _, path := range append(small, debuginfo.Programs...) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			in, out, _ := sizes(t, path)
			t.Logf("%d bytes became %d: %.2f times", in, out, float64(out)/float64(in))
			if 10*out > 13*in {
				t.Errorf("%d bytes of debug information became %d", in, out)
			}
		})
	}
}

// TestSizeOfSmall holds the same for programs with little debug information, where what is new counts for
// more: what the input has must not grow by a quarter even then.
func TestSizeOfSmall(t *testing.T) {
	for _, path := range []string{
		"ops/ops.wasm", "c_tail/c_tail-O0.wasm", "c_half/c_half-O2.wasm", "cpp_writes/cpp_writes-O0.wasm",
		"d_kinds/kinds-O0.wasm", "nim_kinds/kinds.wasm", "rs_half/rs_half-O1.wasm",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			in, out, added := sizes(t, path)
			t.Logf("%d bytes became %d and %d more: %.2f and %.2f times", in, out-added, added, float64(out-added)/float64(in), float64(out)/float64(in))
			if 4*(out-added) > 5*in {
				t.Errorf("%d bytes of debug information became %d without what is new", in, out-added)
			}
		})
	}
}

// sizes returns how much debug information a program has before and after, and how much of the latter is
// what the former cannot have.
func sizes(t *testing.T, path string) (in, out, added int) {
	t.Helper()
	m := debuginfo.ReadModule(t, path)
	for i := range m.Customs {
		if c := &m.Customs[i]; strings.HasPrefix(c.Name, ".debug_") {
			in += len(c.Data)
		}
	}
	o, err := aot.Compile(m.Bytes, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range o.Debug {
		t.Logf("%s: %d, was %d", name, len(data), len(m.Custom(name)))
		out += len(data)
		switch name {
		case ".debug_names", ".debug_frame", ".debug_aranges":
			added += len(data)
		}
	}
	if in == 0 || out == 0 {
		t.Fatalf("%d bytes of debug information became %d", in, out)
	}
	return in, out, added
}
