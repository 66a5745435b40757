package aot

import (
	"testing"

	"sphex/aot/abi"
	"sphex/aot/amd64"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/wasm"
)

// BenchmarkFunctions validates and compiles the bodies of a program on one processor; the
// bytes are those of the code section.
func BenchmarkFunctions(b *testing.B) {
	m, err := wasm.Decode(read(b, "../testdata/programs/rs_types/rs_types-debug.wasm"))
	if err != nil {
		b.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		b.Fatal(err)
	}
	l := abi.NewLayout(m)
	statements := debuginfo.Statements(debuginfo.Open(m, nil))
	b.SetBytes(int64(m.CodeSize))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compileFunctions(amd64.Backend{}, m, l, statements, 1, codemap.Options{}, debuginfo.Open(m, nil).NamesOperands()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile is the whole way with the debug information.
func BenchmarkCompile(b *testing.B) {
	module := read(b, "../testdata/programs/rs_types/rs_types-debug.wasm")
	m, err := wasm.Decode(module)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(m.CodeSize))
	for b.Loop() {
		if _, err := Compile(module, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
