package debuginfo

import (
	"bytes"
	"runtime"
	"testing"

	"sphex/aot/abi"
)

// TestDeterministic translates on one processor and on several: the bytes must be the same, since
// objects are cached and signed.
func TestDeterministic(t *testing.T) {
	m := readModule(t, "rs_types/rs_types-release-dw5.wasm")
	cm := fakeCode(m, Statements(Open(m, nil)))
	layout := abi.NewLayout(m)
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	want, _ := Translate(Open(m, nil), cm, layout)
	runtime.GOMAXPROCS(4)
	for range 3 {
		got, _ := Translate(Open(m, nil), cm, layout)
		if len(got) != len(want) {
			t.Fatalf("%d sections, want %d", len(got), len(want))
		}
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s differs", name)
			}
		}
	}
}
