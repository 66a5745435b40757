package amd64

import (
	"os"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// TestNoInstructionAmongConstants holds that no instruction is said to be where a function's constants stand:
// a debugger would plant a trap there. It is the end behind a return that has no code.
func TestNoInstructionAmongConstants(t *testing.T) {
	b, err := os.ReadFile("../../testdata/programs/cpp_stl/cpp_stl-O0-dw4.wasm")
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	l := abi.NewLayout(m)
	c := Backend{}.Compiler(m, l, codemap.Options{}).(*compiler)
	var scratch wasm.Scratch
	pools, ends := 0, 0
	for i := range m.Code {
		if err := m.ValidateFunc(i, &scratch); err != nil {
			t.Fatal(err)
		}
		code := c.Function(i, nil)
		size := 0
		for _, p := range c.pool {
			size += p.size
		}
		if size == 0 {
			continue
		}
		pools++
		for _, in := range code.Func.Insts {
			switch at := int(in.Text); {
			case at == len(code.Text):
				ends++
			case at >= len(code.Text)-size:
				t.Errorf("function %d: the instruction at %#x is at %#x, where constants stand until %#x", i, in.Wasm, at, len(code.Text))
			}
		}
	}
	if pools < 9 || ends < 2 {
		t.Errorf("%d functions with constants, %d instructions behind them", pools, ends)
	}
}
