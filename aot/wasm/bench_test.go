package wasm_test

import (
	"os"
	"testing"

	"sphex/aot/wasm"
)

// benchModule is a release build of a Rust program with the parts of std that it uses.
const benchModule = "../../testdata/programs/rs_types/rs_types-release-dw5.wasm"

func readBench(b *testing.B) *wasm.Module {
	data, err := os.ReadFile(benchModule)
	if err != nil {
		b.Fatal(err)
	}
	m, err := load(data)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkDecode(b *testing.B) {
	m := readBench(b)
	b.SetBytes(int64(len(m.Bytes)))
	for b.Loop() {
		if _, err := wasm.Decode(m.Bytes); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReader reads all instructions; bytes are those of the code.
func BenchmarkReader(b *testing.B) {
	m := readBench(b)
	b.SetBytes(int64(m.CodeSize))
	var r wasm.Reader
	var in wasm.Inst
	n := 0
	for b.Loop() {
		n = 0
		for i := range m.Code {
			r.Reset(m, &m.Code[i])
			for r.Next(&in) {
				n++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/instruction")
}

// BenchmarkValidate validates all bodies on one processor; bytes are those of the code.
func BenchmarkValidate(b *testing.B) {
	m := readBench(b)
	b.SetBytes(int64(m.CodeSize))
	b.ReportAllocs()
	var s wasm.Scratch
	for b.Loop() {
		for i := range m.Code {
			if err := m.ValidateFunc(i, &s); err != nil {
				b.Fatal(err)
			}
		}
	}
}
