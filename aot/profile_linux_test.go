package aot

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/aot/amd64"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/wasm"
)

// BenchmarkDebugInfo does with the debug information of the modules that MODULES names all that Compile
// does with it: it finds the statements and which operands are named, and translates. The code map is the
// real one, made before. MB/cpu-s counts the bytes of the input's sections by the processor's time, which
// other programs do not change.
func BenchmarkDebugInfo(b *testing.B) {
	for _, path := range filepath.SplitList(os.Getenv("MODULES")) {
		b.Run(filepath.Base(path), func(b *testing.B) {
			m, err := wasm.Decode(read(b, path))
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Validate(); err != nil {
				b.Fatal(err)
			}
			l := abi.NewLayout(m)
			input := debuginfo.Open(m, nil)
			backend := amd64.Backend{}
			funcs, err := compileFunctions(backend, m, l, debuginfo.Statements(input), 1, codemap.Options{}, input.NamesOperands())
			if err != nil {
				b.Fatal(err)
			}
			_, cm, err := link(backend, m, funcs, backend.Thunks(m, l, funcs))
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for i := range m.Customs {
				if strings.HasPrefix(m.Customs[i].Name, ".debug_") {
					n += len(m.Customs[i].Data)
				}
			}
			b.ReportAllocs()
			times, before := 0, processorTime(b)
			for b.Loop() {
				in := debuginfo.Open(m, nil)
				debuginfo.Statements(in)
				in.NamesOperands()
				debuginfo.Translate(in, cm, l)
				times++
			}
			b.ReportMetric(float64(n)*float64(times)/1e6/(processorTime(b)-before).Seconds(), "MB/cpu-s")
		})
	}
}

// processorTime is what this process has used of the processors.
func processorTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
