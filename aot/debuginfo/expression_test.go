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
// 4 f64 in xmm8, 5 not used, and an operand stack.
var (
	exprFunc = &function{Func: &codemap.Func{
		Locals: []codemap.Home{
			{Kind: codemap.InReg, Type: wasm.I32, Reg: 3}, {Kind: codemap.InReg, Type: wasm.I64, Reg: 12},
			{Kind: codemap.InSlot, Type: wasm.I32, Offset: -24}, {Kind: codemap.InSlot, Type: wasm.I64, Offset: -32},
			{Kind: codemap.InReg, Type: wasm.F64, Reg: 25}, {Type: wasm.I32},
		},
		StackMoves: []codemap.StackMove{
			{Text: 0, Depth: 0, Place: codemap.Place{Kind: codemap.IsConst, Type: wasm.I32, Value: 7}},
			{Text: 0, Depth: 1, Place: codemap.Place{Kind: codemap.IsLocal, Type: wasm.I32, Index: 2}},
			{Text: 0, Depth: 2, Place: codemap.Place{Kind: codemap.IsAddend, Type: wasm.I32, Index: 0, Value: 0xffff_fffc}},
			{Text: 0, Depth: 3, Place: codemap.Place{Kind: codemap.IsSum, Type: wasm.I32, Reg: 3, Reg2: 1, Scale: 2, Value: 8}},
			{Text: 0, Depth: 4, Place: codemap.Place{Kind: codemap.IsConst, Type: wasm.F64, Value: 0x3ff8_0000_0000_0000}},
			{Text: 8, Depth: 1, Place: codemap.Place{Kind: codemap.InReg, Type: wasm.I32, Reg: 2}},
		},
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
		{"unused local", []expr.Op{local(5), stackValue}, location, errUnusedLocal.Error()},
		{"no such local", []expr.Op{local(6), stackValue}, location, errNoLocal.Error()},
		{"float in a sum", []expr.Op{local(4), expr.Const(1), op(dwarf.OpPlus), stackValue}, location, errFloatOperand.Error()},
		{"pieces", []expr.Op{local(0), stackValue, piece4, piece4}, location, "reg3, piece 4, piece 4"},
		{"memory at a local", []expr.Op{local(0)}, location, "breg3 0, breg14 0, plus"},
		{"memory at a local plus", []expr.Op{local(0), op(dwarf.OpPlusUconst, 12)}, location, "breg3 12, breg14 0, plus"},
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
		{"machine register", []expr.Op{op(dwarf.OpReg0)}, location, errRegister.Error()},
		{"underflow", []expr.Op{op(dwarf.OpPlus)}, location, errUnderflow.Error()},
		{"branch", []expr.Op{expr.Const(1), op(dwarf.OpBra, 2), expr.Const(1)}, location, errUnsupported.Error()},
		{"empty", nil, location, ""},
	} {
		x := newExpression([]expr.Op{local(0)})
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

// TestRandomExpressions evaluates random expressions before and after translation.
func TestRandomExpressions(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	in, out := expr.Format{Version: 5, AddrSize: 4}, expr.Format{Version: 5, AddrSize: 8}
	for i := range 30000 {
		wide := i%4 == 3
		ops := randomExpression(rnd, wide)
		if wide || i%2 == 0 {
			ops = append(ops, expr.Op{Code: dwarf.OpStackValue})
		}
		code, err := expr.Append(nil, ops, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		x := newExpression(nil)
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
