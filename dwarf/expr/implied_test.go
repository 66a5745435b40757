package expr

import (
	"bytes"
	"testing"

	"sphex/dwarf"
)

// TestImplied has what clang writes for -gdwarf-3, beside what it writes for -gdwarf-4.
func TestImplied(t *testing.T) {
	const (
		wasm  = byte(dwarf.OpWASMLocation)
		value = byte(dwarf.OpStackValue)
		piece = byte(dwarf.OpPiece)
		plus  = byte(dwarf.OpPlusUconst)
		deref = byte(dwarf.OpDeref)
		fbreg = byte(dwarf.OpFbreg)
		lit3  = byte(dwarf.OpLit0) + 3
		minus = byte(dwarf.OpMinus)
	)
	f := Format{Version: 3, AddrSize: 4}
	for _, c := range []struct {
		name   string
		scalar bool
		code   []byte
		want   []byte // nil: the same
	}{
		{"a number in a local", true, []byte{wasm, 0, 3}, []byte{wasm, 0, 3, value}},
		{"a number on the operand stack", true, []byte{wasm, 2, 0}, []byte{wasm, 2, 0, value}},
		{"a structure at a pointer", false, []byte{wasm, 0, 3}, nil},
		{"a number at the frame's base", true, []byte{wasm, 0, 1}, nil},
		{"a number in the frame", true, []byte{wasm, 0, 1, plus, 12}, nil},
		{"what is left of a number", true, []byte{wasm, 0, 3, plus, 1}, []byte{wasm, 0, 3, plus, 1, value}},
		{"the same", true, []byte{wasm, 0, 3, lit3, minus}, []byte{wasm, 0, 3, lit3, minus, value}},
		{"behind a pointer", true, []byte{wasm, 0, 3, deref}, nil},
		{"in the frame, by its base", true, []byte{fbreg, 12}, nil},
		{"a constant", true, []byte{lit3}, []byte{lit3, value}},
		{"a constant structure", false, []byte{lit3}, []byte{lit3, value}},
		{"parts of a structure", false, []byte{wasm, 0, 3, piece, 4, piece, 4, lit3, piece, 1, wasm, 0, 2, plus, 4, piece, 4},
			[]byte{wasm, 0, 3, value, piece, 4, piece, 4, lit3, value, piece, 1, wasm, 0, 2, plus, 4, piece, 4}},
		{"what says it", true, []byte{wasm, 0, 3, value}, nil},
		{"damaged", true, []byte{wasm, 0}, nil},
		{"nothing", true, nil, nil},
	} {
		want := c.want
		if want == nil {
			want = c.code
		}
		if got := Implied(c.code, f, c.scalar, 1); !bytes.Equal(got, want) {
			t.Errorf("%s: % x became % x, not % x", c.name, c.code, got, want)
		}
	}
	if n := FrameLocal([]byte{wasm, 0, 5, value}, f); n != 5 {
		t.Errorf("the frame's local is %d", n)
	}
	if n := FrameLocal([]byte{wasm, 3, 0, 0, 0, 0, value}, f); n != NoLocal {
		t.Errorf("the global is local %d", n)
	}
}
