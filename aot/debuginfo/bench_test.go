package debuginfo

import (
	"testing"

	"sphex/aot/abi"
)

// BenchmarkTranslate reports the throughput in bytes of the input's debug information.
func BenchmarkTranslate(b *testing.B) {
	m := readModule(b, "rs_types/rs_types-debug.wasm")
	cm := fakeCode(m, Statements(m))
	layout := abi.NewLayout(m)
	n := 0
	for name, data := range customSections(m) {
		if len(name) > 6 && name[:7] == ".debug_" {
			n += len(data)
		}
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		Translate(m, cm, layout)
	}
}

func BenchmarkStatements(b *testing.B) {
	m := readModule(b, "rs_types/rs_types-debug.wasm")
	b.ReportAllocs()
	for b.Loop() {
		Statements(m)
	}
}
