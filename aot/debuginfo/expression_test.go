package debuginfo

import (
	"encoding/binary"
	"errors"
	"math/rand"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// The function of these tests has locals 0 i32 in rbx, 1 i64 in r12, 2 i32 and 3 i64 in slots,
// 4 f64 in xmm8, 5 not used, and an operand stack; from text offset 16 on one of operands that
// are not computed yet.
var (
	exprFunc = &function{Func: &codemap.Func{
		Locals: []codemap.Home{
			{Kind: codemap.InReg, Type: wasm.I32, Reg: 3}, {Kind: codemap.InReg, Type: wasm.I64, Reg: 12},
			{Kind: codemap.InSlot, Type: wasm.I32, Offset: -24}, {Kind: codemap.InSlot, Type: wasm.I64, Offset: -32},
			{Kind: codemap.InReg, Type: wasm.F64, Reg: 25}, {Kind: codemap.IsConst, Type: wasm.I32},
		},
		StackMoves: []codemap.StackMove{
			{Text: 0, Depth: 0, Place: codemap.Place{Kind: codemap.IsConst, Type: wasm.I32, Value: 7}},
			{Text: 0, Depth: 1, Place: codemap.Place{Kind: codemap.IsLocal, Type: wasm.I32, Index: 2}},
			{Text: 0, Depth: 2, Place: codemap.Place{Kind: codemap.IsAddend, Type: wasm.I32, Index: 0, Value: 0xffff_fffc}},
			{Text: 0, Depth: 3, Place: codemap.Place{Kind: codemap.IsSum, Type: wasm.I32, Reg: 3, Reg2: 1, Scale: 2, Value: 8}},
			{Text: 0, Depth: 4, Place: codemap.Place{Kind: codemap.IsConst, Type: wasm.F64, Value: 0x3ff8_0000_0000_0000}},
			{Text: 8, Depth: 1, Place: codemap.Place{Kind: codemap.InReg, Type: wasm.I32, Reg: 2}},
			{Text: 16, Depth: 0, Place: codemap.Place{Kind: codemap.IsLoad, Type: wasm.I32, Reg: 3, Value: 20}},
			{Text: 16, Depth: 1, Place: codemap.Place{Kind: codemap.IsFlags, Type: wasm.I32, Reg: 49, Value: codemap.Flags{Any: 0x44, Invert: 0x40, Negate: true}.Pack()}},
			{Text: 16, Depth: 2, Place: codemap.Place{Kind: codemap.IsFlags, Type: wasm.I32, Reg: 49, Value: codemap.Flags{Any: 0x40, Differ: 7, Differ2: 11}.Pack()}},
			{Text: 16, Depth: 3, Place: codemap.Place{Kind: codemap.IsPair, Type: wasm.I32, Index: 0, Value: uint64(wasm.OpI32And)}},
			{Text: 16, Depth: 4, Place: codemap.Place{Kind: codemap.IsLoad, Type: wasm.F64, Reg: 3, Value: 0}},
		},
		Pairs: [][2]codemap.Place{{{Kind: codemap.IsLocal, Type: wasm.I32, Index: 2}, {Kind: codemap.IsConst, Type: wasm.I32, Value: 12}}},
	}}
	exprModule = &wasm.Module{Globals: []wasm.Global{{GlobalType: wasm.GlobalType{Type: wasm.I32}}, {GlobalType: wasm.GlobalType{Type: wasm.I64}}}}
	exprLayout = &abi.Layout{Globals: []abi.Place{{Off: 0x3000}, {Off: 0x3008, Indirect: true}}}
)

func newExpression(frameBase []expr.Op) *expression {
	return &expression{
		target: codemap.Target{SP: 7, RA: 16, Context: 15, Memory: 14}, module: exprModule, layout: exprLayout,
		addrSize: 4, fn: exprFunc, frameBase: frameBase,
		facts: func(uint64) localFacts { return localFacts{} },
		addrx: func(i uint64) (uint64, error) {
			if i == 1 {
				return 0x400, nil
			}
			return 0, errors.New("no such entry")
		},
	}
}

// exprEntries are the entries that the tests' expressions name: 0x10 has no location, 0x20 adds 2,
// 0x30 is a local, 0x40 calls itself, 0x50 is 2 bytes in memory, 0x60 is the type unsigned and 0x70 float.
type exprEntries struct{}

func (exprEntries) called(key uint64) (procedure, error) {
	switch key {
	case 0x10:
		return procedure{}, nil
	case 0x20:
		return procedure{ops: []expr.Op{{Code: dwarf.OpPlusUconst, A: 2}}}, nil
	case 0x30:
		return procedure{ops: []expr.Op{local(0), {Code: dwarf.OpStackValue}}, size: 4}, nil
	case 0x40:
		return procedure{ops: []expr.Op{{Code: dwarf.OpCall4, A: 0x40}}}, nil
	case 0x50:
		return procedure{ops: []expr.Op{{Code: dwarf.OpAddr, A: 1024}}, size: 2}, nil
	}
	return procedure{}, errNoEntry
}

func (exprEntries) baseType(key uint64) (expr.Type, bool) {
	switch key {
	case 0x60:
		return expr.Type{Encoding: dwarf.EncUnsigned, Size: 4}, true
	case 0x70:
		return expr.Type{Encoding: dwarf.EncFloat, Size: 4}, true
	}
	return expr.Type{}, false
}

func (exprEntries) typeLike(t expr.Type) (uint64, bool) {
	switch t {
	case expr.Type{Encoding: dwarf.EncUnsigned, Size: 4}:
		return 0x60, true
	case expr.Type{Encoding: dwarf.EncFloat, Size: 8}:
		return 0x80, true
	}
	return 0, false
}

func local(i uint64) expr.Op   { return expr.Op{Code: dwarf.OpWASMLocation, A: 0, B: i} }
func operand(i uint64) expr.Op { return expr.Op{Code: dwarf.OpWASMLocation, A: 2, B: i} }

func printOps(ops []expr.Op) string {
	var s []string
	for i := range ops {
		s = append(s, strings.ReplaceAll(ops[i].String(), "DW_OP_", ""))
	}
	return strings.Join(s, ", ")
}

// TestTranslateExpression has one row per form. The expected operations follow from where the
// function's locals are, from r14 being the base of linear memory and r15 the context.
func TestTranslateExpression(t *testing.T) {
	stackValue, piece4 := expr.Op{Code: dwarf.OpStackValue}, expr.Op{Code: dwarf.OpPiece, A: 4}
	op := func(c dwarf.Op, a ...uint64) expr.Op {
		o := expr.Op{Code: c}
		if len(a) > 0 {
			o.A = a[0]
		}
		return o
	}
	const mask = "const4u 4294967295, and"
	for _, c := range []struct {
		name string
		in   []expr.Op
		mode exprMode
		want string // or an error
	}{
		{"local in a register", []expr.Op{local(0), stackValue}, location, "reg3"},
		{"local in a slot", []expr.Op{local(3), stackValue}, location, "call_frame_cfa, consts -32, plus"},
		{"float local", []expr.Op{local(4), stackValue}, location, "reg25"},
		{"unused local", []expr.Op{local(5), stackValue}, location, "lit0, stack_value"},
		{"no such local", []expr.Op{local(6), stackValue}, location, errNoLocal.Error()},
		{"float that is computed with", []expr.Op{local(4), op(dwarf.OpConvert, 0x70), stackValue}, location, "regval_type 25 0x80, convert 0x70, stack_value"},
		{"float as an integer", []expr.Op{local(4), expr.Const(1), op(dwarf.OpAnd), stackValue}, location, errFloatUse.Error()},
		{"float and an integer", []expr.Op{local(0), local(4), op(dwarf.OpPlus), stackValue}, location, errFloatUse.Error()},
		{"sum of floats", []expr.Op{local(4), local(4), op(dwarf.OpPlus), stackValue}, location, "regval_type 25 0x80, regval_type 25 0x80, plus, stack_value"},
		{"float as an address", []expr.Op{local(4)}, location, errFloatUse.Error()},
		{"memory at a float", []expr.Op{local(4), op(dwarf.OpPlusUconst, 8)}, location, errFloatUse.Error()},
		{"pieces", []expr.Op{local(0), stackValue, piece4, piece4}, location, "reg3, piece 4, piece 4"},
		{"memory at a local", []expr.Op{local(0)}, location, "breg3 0, breg14 0, plus"},
		{"memory at a local plus", []expr.Op{local(0), op(dwarf.OpPlusUconst, 12)}, location, "breg3 12, breg14 0, plus"},
		{"memory at a 64-bit local", []expr.Op{local(1)}, location, "breg12 0, " + mask + ", breg14 0, plus"},
		{"memory below a local", []expr.Op{local(0), op(dwarf.OpPlusUconst, 0xffff_fff0)}, location,
			"breg3 0, const4u 4294967280, plus, " + mask + ", breg14 0, plus"},
		{"memory at a slot's value", []expr.Op{local(2), op(dwarf.OpPlusUconst, 4)}, location,
			"call_frame_cfa, consts -24, plus, deref_size 4, plus_uconst 4, breg14 0, plus"},
		{"through a pointer", []expr.Op{local(0), op(dwarf.OpDeref), op(dwarf.OpPlusUconst, 8)}, location,
			"breg3 0, breg14 0, plus, deref_size 4, plus_uconst 8, breg14 0, plus"},
		{"static", []expr.Op{op(dwarf.OpAddr, 1024)}, location, "breg14 1024"},
		{"static by index", []expr.Op{op(dwarf.OpAddrx, 1)}, location, "breg14 1024"},
		{"static by a bad index", []expr.Op{op(dwarf.OpAddrx, 2)}, location, errIndex.Error()},
		{"removed static", []expr.Op{op(dwarf.OpAddr, 0xffff_ffff)}, location, errDeadData.Error()},
		{"pointer to a static", []expr.Op{op(dwarf.OpAddr, 1024), stackValue}, location, "const2u 1024, stack_value"},
		{"thread-local in a module without threads", []expr.Op{{Code: dwarf.OpWASMLocation, A: 3, B: 0xffff_ffff}, op(dwarf.OpAddr, 64), op(dwarf.OpPlus)},
			location, "breg14 64"},
		{"frame", []expr.Op{op(dwarf.OpFbreg, 16)}, location, "fbreg 16"},
		{"frame, as old LLVM writes it", []expr.Op{op(dwarf.OpPlusUconst, 16)}, location, "fbreg 16"},
		{"pointer into the frame", []expr.Op{op(dwarf.OpFbreg, 16), stackValue}, location, "breg3 16, stack_value"},
		{"global", []expr.Op{{Code: dwarf.OpWASMLocation, A: 1, B: 0}, stackValue}, location, "breg15 12288"},
		{"imported global", []expr.Op{{Code: dwarf.OpWASMLocation, A: 3, B: 1}, stackValue}, location, "breg15 12296, deref"},
		{"memory at a global", []expr.Op{{Code: dwarf.OpWASMLocation, A: 3, B: 0}}, location, "breg15 12288, deref_size 4, breg14 0, plus"},
		{"no such global", []expr.Op{{Code: dwarf.OpWASMLocation, A: 3, B: 2}}, location, errNoGlobal.Error()},
		{"constant operand", []expr.Op{operand(0), stackValue}, location, "lit7, stack_value"},
		{"operand that is a local", []expr.Op{operand(1), stackValue}, location, "call_frame_cfa, consts -24, plus"},
		{"operand that is a local less 4", []expr.Op{operand(2), stackValue}, location, "breg3 0, const4u 4294967292, plus, " + mask + ", stack_value"},
		{"operand that is a sum", []expr.Op{operand(3), stackValue}, location, "lit8, breg3 0, plus, breg1 0, lit2, shl, plus, " + mask + ", stack_value"},
		{"constant float operand", []expr.Op{operand(4), stackValue}, location, "implicit_value 00 00 00 00 00 00 f8 3f"},
		{"no such operand", []expr.Op{operand(5), stackValue}, location, errNoOperand.Error()},
		{"64-bit constant", []expr.Op{expr.Const(1 << 40), stackValue}, location, "constu 1099511627776, stack_value"},
		{"64-bit local", []expr.Op{local(1), expr.Const(3), op(dwarf.OpPlus), stackValue}, location, "breg12 0, lit3, plus, stack_value"},
		{"signed shift", []expr.Op{local(0), expr.Const(2), op(dwarf.OpShra), stackValue}, location,
			"breg3 0, lit2, swap, const1u 32, shl, const1u 32, shra, swap, shra, " + mask + ", stack_value"},
		{"field", []expr.Op{op(dwarf.OpPlusUconst, 8)}, member, "plus_uconst 8"},
		{"virtual base", []expr.Op{op(dwarf.OpDup), op(dwarf.OpDeref), expr.Const(12), op(dwarf.OpMinus), op(dwarf.OpDeref), op(dwarf.OpPlus)}, member,
			"dup, deref_size 4, lit12, minus, " + mask + ", breg14 0, plus, deref_size 4, const1u 32, shl, const1u 32, shra, plus"},
		{"slot in a vtable", []expr.Op{expr.Const(2)}, member, "lit2"},
		{"member by pointer", []expr.Op{op(dwarf.OpPlus)}, use, "swap, const1u 32, shl, const1u 32, shra, swap, plus"},
		{"bound of an array with a descriptor", []expr.Op{op(dwarf.OpPushObjectAddress), op(dwarf.OpPlusUconst, 8), op(dwarf.OpDeref)}, value,
			"push_object_address, plus_uconst 8, deref_size 4"},
		{"whether something is allocated", []expr.Op{op(dwarf.OpPushObjectAddress), op(dwarf.OpDeref), op(dwarf.OpLit0), op(dwarf.OpNe)}, value,
			"push_object_address, deref_size 4, lit0, ne"},
		{"data of a descriptor", []expr.Op{op(dwarf.OpPushObjectAddress), op(dwarf.OpDeref)}, location, "push_object_address, deref_size 4, breg14 0, plus"},
		{"bound that is a local", []expr.Op{local(0)}, value, "breg3 0"},
		{"bound in the frame", []expr.Op{op(dwarf.OpFbreg, 12), op(dwarf.OpDeref)}, value, "breg3 12, breg14 0, plus, deref_size 4"},
		{"nothing in the first piece", []expr.Op{operand(5), stackValue, piece4, local(0), stackValue, piece4}, location, "piece 4, reg3, piece 4"},
		{"nothing in all pieces", []expr.Op{operand(5), stackValue, piece4}, location, errNoOperand.Error()},
		{"machine register", []expr.Op{op(dwarf.OpReg0)}, location, errRegister.Error()},
		{"underflow", []expr.Op{op(dwarf.OpPlus)}, location, errUnderflow.Error()},
		{"branch out of the piece", []expr.Op{expr.Const(1), op(dwarf.OpBra, 4), expr.Const(1), piece4, expr.Const(1)}, location, errUnsupported.Error()},
		{"branches that leave different stacks", []expr.Op{local(0), op(dwarf.OpBra, 3), expr.Const(1), expr.Const(2)}, location, errBranches.Error()},
		{"endless", []expr.Op{expr.Const(1), op(dwarf.OpSkip, 1)}, location, errUnsupported.Error()},
		// p ? *p : 0, as flang does for associated things
		{"branch", []expr.Op{local(0), op(dwarf.OpDup), op(dwarf.OpBra, 4), op(dwarf.OpSkip, 5), op(dwarf.OpDeref), stackValue}, location,
			"breg3 0, dup, bra op 4, skip op 7, breg14 0, plus, deref_size 4, stack_value"},
		{"branch in the second piece", []expr.Op{local(0), stackValue, piece4, local(0), op(dwarf.OpDup), op(dwarf.OpBra, 7), op(dwarf.OpNot), stackValue, piece4}, location,
			"reg3, piece 4, breg3 0, dup, bra op 8, not, " + mask + ", stack_value, piece 4"},
		{"call of a procedure", []expr.Op{local(0), op(dwarf.OpCall4, 0x20), stackValue}, location, "breg3 2, stack_value"},
		{"call of an entry without a location", []expr.Op{local(0), op(dwarf.OpCall2, 0x10), stackValue}, location, "breg3 0, stack_value"},
		{"call of a variable that is a local", []expr.Op{op(dwarf.OpCallRef, 0x30), expr.Const(1), op(dwarf.OpPlus)}, location, errNoAddress.Error()},
		{"call of itself", []expr.Op{op(dwarf.OpCall4, 0x40)}, location, errRecursive.Error()},
		{"value of a variable in memory", []expr.Op{op(dwarf.OpGNUVariableValue, 0x50), stackValue}, location, "breg14 1024, deref_size 2, stack_value"},
		{"value of a variable that is a local", []expr.Op{op(dwarf.OpGNUVariableValue, 0x30), expr.Const(1), op(dwarf.OpPlus), stackValue}, location,
			"breg3 0, lit1, plus, " + mask + ", stack_value"},
		{"thread-local", []expr.Op{expr.Const(64), op(dwarf.OpFormTLSAddress)}, location, "breg14 64"},
		{"address space 0", []expr.Op{expr.Const(0), local(0), op(dwarf.OpXderef), stackValue}, location,
			"lit0, breg3 0, swap, drop, breg14 0, plus, deref_size 4, stack_value"},
		{"another address space", []expr.Op{expr.Const(1), local(0), op(dwarf.OpXderefSize, 2), stackValue}, location, errSpaces.Error()},
		{"uninitialised", []expr.Op{local(3), stackValue, op(dwarf.OpGNUUninit)}, location, "call_frame_cfa, consts -32, plus, GNU_uninit"},
		{"canonical frame address", []expr.Op{op(dwarf.OpCallFrameCFA)}, location, errCFA.Error()},
		{"float from bits", []expr.Op{local(0), op(dwarf.OpReinterpret, 0x70), stackValue}, location, "breg3 0, convert 0x60, reinterpret 0x70, stack_value"},
		{"bits of a float", []expr.Op{{Code: dwarf.OpConstType, A: 0x70, Data: []byte{0, 0, 128, 63}}, op(dwarf.OpReinterpret, 0), stackValue}, location,
			"const_type 0x70 00 00 80 3f, reinterpret 0x60, convert 0x0, stack_value"},
		{"integer from bits", []expr.Op{local(0), op(dwarf.OpReinterpret, 0x60), stackValue}, location, "breg3 0, convert 0x60, stack_value"},
		{"empty", nil, location, ""},
	} {
		x := newExpression([]expr.Op{local(0)})
		x.entries = exprEntries{}
		out, err := x.translate(c.in, c.mode)
		got := printOps(out)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s:\n got %s\nwant %s", c.name, printOps(c.in), got, c.want)
		}
	}
}

// TestPendingOperands has one row for each kind of operand that the code has not computed yet.
// The flags register's bits are carry 0, parity 2, zero 6, sign 7 and overflow 11.
func TestPendingOperands(t *testing.T) {
	for i, want := range []string{
		"breg3 20, breg14 0, plus, deref_size 4, stack_value",
		"bregx 49 0, const1u 64, xor, const1u 68, and, lit0, eq, stack_value",
		"bregx 49 0, const1u 64, and, lit0, ne, bregx 49 0, lit7, shr, bregx 49 0, lit11, shr, xor, lit1, and, or, stack_value",
		"call_frame_cfa, consts -24, plus, deref_size 4, lit12, and, stack_value",
		"breg3 0, breg14 0, plus",
	} {
		x := newExpression(nil)
		x.at = 16
		out, err := x.translate([]expr.Op{operand(uint64(i)), {Code: dwarf.OpStackValue}}, location)
		if got := printOps(out); err != nil || got != want {
			t.Errorf("operand %d: %v\n got %s\nwant %s", i, err, got, want)
		}
	}
}

// exprMachine evaluates both sides: registers and memory are functions of the seed.
type exprMachine struct {
	expr.NoHost
	seed  uint64
	input bool
}

var errGuard = errors.New("behind the end of linear memory")

const exprMemory, exprCFA = 0x7000_0000_0000, 0x6000_0000_0000

func (m exprMachine) Memory(addr uint64, buf []byte) error {
	if m.input {
		addr = exprMemory + uint64(uint32(addr))
	} else if addr >= exprMemory+1<<32 && addr < exprMemory+1<<33 {
		return errGuard
	}
	for i := range buf {
		buf[i] = byte((addr + uint64(i) + m.seed) * 0x9e3779b97f4a7c15 >> 56)
	}
	return nil
}

func (m exprMachine) reg(r uint64) uint64 {
	switch r {
	case 14:
		return exprMemory
	case 15:
		return 0x5000_0000_0000
	case 3, 1: // an i32
		return uint64(uint32((r + m.seed) * 0x9e3779b97f4a7c15 >> 7))
	}
	return (r + m.seed) * 0x9e3779b97f4a7c15
}

func (m exprMachine) Register(r uint64, buf []byte) error {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], m.reg(r))
	copy(buf, b[:])
	return nil
}

func (m exprMachine) CFA() (uint64, error) { return exprCFA, nil }

func (m exprMachine) Wasm(kind uint8, i uint32) (expr.Value, error) {
	if kind == 2 {
		switch i {
		case 0:
			var b [4]byte
			m.input = false
			m.Memory(exprMemory+m.reg(3)+20, b[:])
			return expr.Value{Bits: uint64(binary.LittleEndian.Uint32(b[:]))}, nil
		case 1, 2:
			f := m.reg(49)
			zero, parity, sign, overflow := f>>6&1, f>>2&1, f>>7&1, f>>11&1
			if i == 1 {
				return expr.Value{Bits: zero &^ parity}, nil
			}
			return expr.Value{Bits: zero | (sign ^ overflow)}, nil
		}
		v, err := m.Wasm(0, 2)
		v.Bits &= 12
		return v, err
	}
	h := exprFunc.Locals[i]
	var b [8]byte
	if h.Kind == codemap.InReg {
		binary.LittleEndian.PutUint64(b[:], m.reg(uint64(h.Reg)))
	} else {
		m.input = false
		m.Memory(uint64(exprCFA+int64(h.Offset)), b[:])
	}
	v := binary.LittleEndian.Uint64(b[:])
	if h.Type == wasm.I32 {
		return expr.Value{Bits: uint64(uint32(v))}, nil
	}
	return expr.Value{Type: expr.Type{Encoding: dwarf.EncSigned, Size: 8}, Bits: v}, nil
}

// randomExpression makes an expression over the i32 locals, or over the i64 ones.
func randomExpression(rnd *rand.Rand, wide bool) []expr.Op {
	var ops []expr.Op
	depth := 0
	binary := []dwarf.Op{dwarf.OpPlus, dwarf.OpMinus, dwarf.OpMul, dwarf.OpAnd, dwarf.OpOr, dwarf.OpXor,
		dwarf.OpShl, dwarf.OpShr, dwarf.OpShra, dwarf.OpEq, dwarf.OpNe, dwarf.OpLt, dwarf.OpLe, dwarf.OpGt, dwarf.OpGe, dwarf.OpDiv, dwarf.OpMod}
	unary := []dwarf.Op{dwarf.OpNeg, dwarf.OpNot, dwarf.OpAbs, dwarf.OpDeref, dwarf.OpDup, dwarf.OpPlusUconst, dwarf.OpDerefSize}
	if wide {
		binary, unary = binary[:6], unary[:2]
	}
	for n := 2 + rnd.Intn(12); n > 0 || depth != 1; n-- {
		switch {
		case depth == 0 || depth < 4 && n > 0 && rnd.Intn(3) == 0:
			switch {
			case rnd.Intn(3) == 0:
				consts := []uint64{0, 1, 2, 5, 31, 0x7fff_ffff, 0xffff_ffff, ^uint64(0), 0x8000_0000, uint64(rnd.Uint32())}
				if wide {
					consts = consts[:5] // generic constants extend in more than one way
				}
				ops = append(ops, expr.Const(consts[rnd.Intn(len(consts))]))
			case wide:
				ops = append(ops, local(uint64(1+2*rnd.Intn(2))))
			case rnd.Intn(3) == 0:
				ops = append(ops, operand(uint64(rnd.Intn(4))))
			default:
				ops = append(ops, local(uint64(2*rnd.Intn(2))))
			}
			depth++
		case depth >= 2 && (n <= 0 || rnd.Intn(2) == 0):
			if rnd.Intn(6) == 0 {
				ops = append(ops, expr.Op{Code: dwarf.OpSwap})
				continue
			}
			c := binary[rnd.Intn(len(binary))]
			if c == dwarf.OpShl || c == dwarf.OpShr || c == dwarf.OpShra {
				// A shift by more than the width is the reader's choice.
				ops = append(ops, expr.Const(31), expr.Op{Code: dwarf.OpAnd})
			}
			if c == dwarf.OpDiv || c == dwarf.OpMod {
				ops = append(ops, expr.Const(1), expr.Op{Code: dwarf.OpOr})
			}
			ops = append(ops, expr.Op{Code: c})
			depth--
		default:
			o := expr.Op{Code: unary[rnd.Intn(len(unary))]}
			switch o.Code {
			case dwarf.OpDup:
				if depth >= 4 || n <= 0 {
					continue
				}
				depth++
			case dwarf.OpPlusUconst:
				o.A = []uint64{0, 4, 1 << 20, 0xffff_fff0}[rnd.Intn(4)]
			case dwarf.OpDerefSize:
				o.A = uint64(1 + rnd.Intn(4))
			}
			ops = append(ops, o)
		}
	}
	return ops
}

// branching puts branches around random expressions: the second or the third of them, as the
// first says, and a loop that doubles the result some times.
func branching(rnd *rand.Rand) []expr.Op {
	var ops []expr.Op
	add := func(part []expr.Op) { ops = append(ops, part...) }
	add(randomExpression(rnd, false))
	bra := len(ops)
	add([]expr.Op{{Code: dwarf.OpBra}})
	add(randomExpression(rnd, false))
	skip := len(ops)
	add([]expr.Op{{Code: dwarf.OpSkip}})
	ops[bra].A = uint64(len(ops))
	add(randomExpression(rnd, false))
	ops[skip].A = uint64(len(ops))
	// n → n, times; then while times-- != 0: n += n
	add([]expr.Op{expr.Const(uint64(rnd.Intn(4)))})
	loop := len(ops)
	add([]expr.Op{{Code: dwarf.OpDup}, expr.Const(0), {Code: dwarf.OpEq}, {Code: dwarf.OpBra, A: uint64(loop + 11)},
		expr.Const(1), {Code: dwarf.OpMinus}, {Code: dwarf.OpSwap}, {Code: dwarf.OpDup}, {Code: dwarf.OpPlus}, {Code: dwarf.OpSwap},
		{Code: dwarf.OpSkip, A: uint64(loop)}, {Code: dwarf.OpDrop}})
	return ops
}

// TestRandomExpressions evaluates random expressions before and after translation.
func TestRandomExpressions(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	in, out := expr.Format{Version: 5, AddrSize: 4}, expr.Format{Version: 5, AddrSize: 8}
	for i := range 30000 {
		wide := i%4 == 3
		ops := randomExpression(rnd, wide)
		if i%8 == 2 || i%8 == 5 {
			ops = branching(rnd)
		}
		if wide || i%2 == 0 {
			ops = append(ops, expr.Op{Code: dwarf.OpStackValue})
		}
		code, err := expr.Append(nil, ops, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		x := newExpression(nil)
		x.at = 16
		translated, err := x.translate(ops, location)
		if err != nil {
			t.Fatalf("%s: %v", printOps(ops), err)
		}
		native, err := expr.Append(nil, translated, out, nil)
		if err != nil {
			t.Fatal(err)
		}
		seed := rnd.Uint64()
		want, err := expr.Eval(code, in, exprMachine{seed: seed, input: true})
		if err != nil {
			t.Fatalf("%s: %v", printOps(ops), err)
		}
		got, err := expr.Eval(native, out, exprMachine{seed: seed})
		if errors.Is(err, errGuard) {
			continue // no object is there: that it would wrap around is of no use to anybody
		}
		if err != nil {
			t.Fatalf("%s: %v", printOps(translated), err)
		}
		a, b := want[0], got[0]
		ok := false
		switch {
		case a.Kind == expr.Memory:
			// An address a little above 4 GiB lies in the guard, which no access survives.
			ok = b.Kind == expr.Memory && uint32(b.Addr-exprMemory) == uint32(a.Addr) && b.Addr-exprMemory < 1<<33
		case a.Kind == expr.StackValue && a.Value.Type.Size == 8:
			var buf [8]byte
			switch b.Kind {
			case expr.Register:
				exprMachine{seed: seed}.Register(b.Reg, buf[:])
			case expr.Memory:
				exprMachine{seed: seed}.Memory(b.Addr, buf[:])
			default:
				binary.LittleEndian.PutUint64(buf[:], b.Value.Bits)
			}
			ok = binary.LittleEndian.Uint64(buf[:]) == a.Value.Bits
		case a.Kind == expr.StackValue:
			var buf [8]byte
			switch b.Kind {
			case expr.Register:
				exprMachine{seed: seed}.Register(b.Reg, buf[:])
			case expr.Memory:
				exprMachine{seed: seed}.Memory(b.Addr, buf[:])
			default:
				binary.LittleEndian.PutUint64(buf[:], b.Value.Bits)
			}
			ok = binary.LittleEndian.Uint32(buf[:]) == uint32(a.Value.Bits)
		}
		if !ok {
			t.Fatalf("%s\nis %+v, but\n%s\nis %+v", printOps(ops), a, printOps(translated), b)
		}
	}
}
