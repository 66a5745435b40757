package debuginfo

import (
	"strings"
	"testing"

	"sphex/aot/abi"
)

// BenchmarkTranslate is all that is done with a module's debug information: finding the
// statements before it is compiled, and the translation behind that. It reports the throughput in
// bytes of the input's debug information.
func BenchmarkTranslate(b *testing.B) {
	for _, path := range []string{"rs_types/rs_types-debug.wasm", "rs_types/rs_types-release-dw5.wasm", "cpp_stl/cpp_stl-O0-dw4.wasm"} {
		b.Run(path[strings.IndexByte(path, '/')+1:], func(b *testing.B) {
			m := readModule(b, path)
			cm := fakeCode(m, Statements(Open(m, nil)))
			layout := abi.NewLayout(m)
			n := 0
			for i := range m.Customs {
				if strings.HasPrefix(m.Customs[i].Name, ".debug_") {
					n += len(m.Customs[i].Data)
				}
			}
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				in := Open(m, nil)
				Statements(in)
				Translate(in, cm, layout)
			}
		})
	}
}

func BenchmarkStatements(b *testing.B) {
	m := readModule(b, "rs_types/rs_types-debug.wasm")
	b.ReportAllocs()
	for b.Loop() {
		Statements(Open(m, nil))
	}
}
