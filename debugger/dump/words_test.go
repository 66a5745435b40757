package dump

import (
	"fmt"
	"testing"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

func testWording() *wording {
	return &wording{
		target:   codemap.Target{SP: 7, RA: 16, Context: 15, Memory: 14},
		register: func(r codemap.Reg) string { return fmt.Sprintf("r%d", r) },
		globals:  map[int64]string{0x40: "global __stack_pointer"},
		// memory + r3, as the translation writes it.
		frameBase: []expr.Op{expr.Const(0), expr.Breg(3, 0), expr.Breg(14, 0), {Code: dwarf.OpPlus}, {Code: dwarf.OpPlus}},
	}
}

// Locations read as a person would say them.
func TestWords(t *testing.T) {
	op := func(c dwarf.Op) expr.Op { return expr.Op{Code: c} }
	for _, r := range []struct {
		want string
		ops  []expr.Op
	}{
		{"optimized out", nil},
		{"r3", []expr.Op{expr.Reg(3)}},
		{"r40", []expr.Op{expr.Reg(40)}},
		{"memory[r3+12]", []expr.Op{{Code: dwarf.OpFbreg, A: 12}}},
		{"memory[r3-4]", []expr.Op{{Code: dwarf.OpFbreg, A: ^uint64(3)}}},
		{"[cfa-24]", []expr.Op{op(dwarf.OpCallFrameCFA), {Code: dwarf.OpConsts, A: ^uint64(23)}, op(dwarf.OpPlus)}},
		{"memory[0x104520]", []expr.Op{expr.Breg(14, 0x104520)}},
		{"global __stack_pointer", []expr.Op{expr.Breg(15, 0x40)}},
		{"[ctx+80]", []expr.Op{expr.Breg(15, 0x50)}},
		{"= 7", []expr.Op{expr.Const(7), op(dwarf.OpStackValue)}},
		{"= -1", []expr.Op{{Code: dwarf.OpConsts, A: ^uint64(0)}, op(dwarf.OpStackValue)}},
		{"= r1+r2+8", []expr.Op{expr.Breg(1, 8), expr.Breg(2, 0), op(dwarf.OpPlus), op(dwarf.OpStackValue)}},
		// An i32 wraps: adding 0xffffffff takes 1 away.
		{"= r1-1", []expr.Op{expr.Breg(1, 0), expr.Const(0xffff_ffff), op(dwarf.OpPlus), expr.Const(0xffff_ffff), op(dwarf.OpAnd), op(dwarf.OpStackValue)}},
		{"memory[[cfa-16]+8]", []expr.Op{op(dwarf.OpCallFrameCFA), expr.Const(16), op(dwarf.OpMinus), {Code: dwarf.OpDerefSize, A: 4},
			{Code: dwarf.OpPlusUconst, A: 8}, expr.Breg(14, 0), op(dwarf.OpPlus)}},
		{"= (r1+2) * 3", []expr.Op{expr.Breg(1, 2), expr.Const(3), op(dwarf.OpMul), op(dwarf.OpStackValue)}},
		{"= r1 < 5", []expr.Op{expr.Breg(1, 0), expr.Const(5), op(dwarf.OpLt), op(dwarf.OpStackValue)}},
		{"= r1", []expr.Op{expr.Breg(1, 0), expr.Const(32), op(dwarf.OpShl), expr.Const(32), op(dwarf.OpShra), op(dwarf.OpStackValue)}},
		{"= 0x3f800000", []expr.Op{{Code: dwarf.OpImplicitValue, Data: []byte{0, 0, 0x80, 0x3f}}}},
		{"bytes 0–3: r1; bytes 4–7: optimized out", []expr.Op{expr.Reg(1), {Code: dwarf.OpPiece, A: 4}, {Code: dwarf.OpPiece, A: 4}}},
		{"bits 0–2: r1; bits 3–7: = 1", []expr.Op{expr.Reg(1), {Code: dwarf.OpBitPiece, A: 3}, expr.Const(1), op(dwarf.OpStackValue), {Code: dwarf.OpBitPiece, A: 5}}},
		// What is not understood is printed as it is: a branch, an empty stack, a piece with no end.
		{"breg1 0, bra op 2, lit1", []expr.Op{expr.Breg(1, 0), {Code: dwarf.OpBra, A: 2}, expr.Const(1)}},
		{"plus", []expr.Op{op(dwarf.OpPlus)}},
		{"reg1, piece 4, reg2", []expr.Op{expr.Reg(1), {Code: dwarf.OpPiece, A: 4}, expr.Reg(2)}},
	} {
		if got := testWording().location(r.ops); got != r.want {
			t.Errorf("%v: %q, want %q", r.ops, got, r.want)
		}
	}
}

func TestOperandWords(t *testing.T) {
	local := func(i uint32) string { return fmt.Sprintf("home%d", i) }
	for _, r := range []struct {
		want string
		p    codemap.Place
	}{
		{"r3", codemap.Place{Kind: codemap.InReg, Type: wasm.I32, Reg: 3}},
		{"[cfa-32]", codemap.Place{Kind: codemap.InSlot, Type: wasm.I64, Offset: -32}},
		{"-1", codemap.Place{Kind: codemap.IsConst, Type: wasm.I32, Value: 0xffff_ffff}},
		{"4294967295", codemap.Place{Kind: codemap.IsConst, Type: wasm.I64, Value: 0xffff_ffff}},
		{"1.5", codemap.Place{Kind: codemap.IsConst, Type: wasm.F64, Value: 0x3ff8_0000_0000_0000}},
		{"home2", codemap.Place{Kind: codemap.IsLocal, Type: wasm.I32, Index: 2}},
		{"home2-16", codemap.Place{Kind: codemap.IsAddend, Type: wasm.I32, Index: 2, Value: 0xffff_fff0}},
		{"r1+r2*4+8", codemap.Place{Kind: codemap.IsSum, Type: wasm.I32, Reg: 1, Reg2: 2, Scale: 2, Value: 8}},
		{"r2*2", codemap.Place{Kind: codemap.IsSum, Type: wasm.I32, Reg: codemap.NoReg, Reg2: 2, Scale: 1}},
		{"pending", codemap.Place{Type: wasm.I32}},
	} {
		if got := testWording().operandPlace(&r.p, nil, local); got != r.want {
			t.Errorf("%+v: %q, want %q", r.p, got, r.want)
		}
	}
}

// An expression that doubles itself does not fill the memory.
func TestWordsBounded(t *testing.T) {
	ops := []expr.Op{expr.Breg(1, 0)}
	for range 1000 {
		ops = append(ops, expr.Op{Code: dwarf.OpDup}, expr.Op{Code: dwarf.OpMul})
	}
	if got := testWording().location(ops); len(got) > 10*maxWords {
		t.Errorf("%d bytes", len(got))
	}
}
