package expr_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/op"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/internal/dwarftest"
)

// host has a few registers and some memory, in which every byte is its address.
type host struct {
	expr.NoHost
	regs map[uint64]uint64
}

var (
	i32 = expr.Type{Encoding: dwarf.EncSigned, Size: 4}
	u32 = expr.Type{Encoding: dwarf.EncUnsigned, Size: 4}
	i64 = expr.Type{Encoding: dwarf.EncSigned, Size: 8}
	f32 = expr.Type{Encoding: dwarf.EncFloat, Size: 4}
	f64 = expr.Type{Encoding: dwarf.EncFloat, Size: 8}
	u8  = expr.Type{Encoding: dwarf.EncUnsignedChar, Size: 1}
)

// Types by the offset of their entries.
var types = map[uint64]expr.Type{0x10: i32, 0x11: u32, 0x12: i64, 0x13: f32, 0x14: f64, 0x15: u8,
	0x16: {Encoding: dwarf.EncFloat, Size: 10}, 0x17: {Encoding: dwarf.EncSigned, Size: 200}, 0x18: {Encoding: dwarf.EncSigned}}

func (h *host) Register(reg uint64, buf []byte) error {
	v, ok := h.regs[reg]
	if !ok {
		return expr.ErrUnavailable
	}
	copy(buf, binary.LittleEndian.AppendUint64(nil, v))
	return nil
}

func (h *host) Memory(addr uint64, buf []byte) error {
	for i := range buf {
		buf[i] = byte(addr) + byte(i)
	}
	if addr >= 0x8000 {
		return errors.New("no memory there")
	}
	return nil
}

func (h *host) FrameBase() (uint64, error) { return 0x1000, nil }
func (h *host) CFA() (uint64, error)       { return 0x2000, nil }
func (h *host) Wasm(kind uint8, index uint32) (expr.Value, error) {
	switch kind {
	case 0:
		return expr.Value{Type: i64, Bits: 1<<40 + uint64(index)}, nil
	case 1:
		return expr.Value{Type: f32, Bits: uint64(math.Float32bits(1.5))}, nil
	}
	return expr.Value{Bits: uint64(kind)<<8 + uint64(index)}, nil
}
func (h *host) TLS(off uint64) (uint64, error) { return 0x3000 + off, nil }
func (h *host) EntryValue(code []byte) (expr.Value, error) {
	return expr.EvalValue(code, native, &host{regs: map[uint64]uint64{5: 77}})
}
func (h *host) Addrx(i uint64) (uint64, error) { return 0x4000 + i, nil }
func (h *host) BaseType(off uint64) (expr.Type, error) {
	if t, ok := types[off]; ok {
		return t, nil
	}
	return expr.Type{}, errors.New("no such type")
}
func (h *host) Call(off uint64, section bool) ([]byte, error) {
	switch {
	case section:
		return []byte{0x35}, nil // lit5
	case off == 1:
		return nil, nil
	case off == 2:
		return []byte{0x98, 2, 0}, nil // calls itself
	case off == 3:
		return []byte{0x50}, nil // reg0
	}
	return []byte{0x22}, nil // plus
}
func (h *host) ObjectAddress() (uint64, error) { return 0x5000, nil }

func newHost() *host {
	return &host{regs: map[uint64]uint64{0: 0xdead_beef_0000_0001, 3: 0x100, 14: 1 << 40, 40: 9}}
}

func ops(t testing.TB, f expr.Format, list ...expr.Op) []byte {
	b, err := expr.Append(nil, list, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func o(code dwarf.Op, operands ...uint64) expr.Op {
	op := expr.Op{Code: code}
	if len(operands) > 0 {
		op.A = operands[0]
	}
	if len(operands) > 1 {
		op.B = operands[1]
	}
	return op
}

func c(v int64) expr.Op { return o(dwarf.OpConsts, uint64(v)) }

// TestValues holds expressions with the value that the standard says they have.
func TestValues(t *testing.T) {
	typed := func(off uint64, b ...byte) expr.Op { return expr.Op{Code: dwarf.OpConstType, A: off, Data: b} }
	const bits32 = 0xffff_ffff
	f := func(x float64) uint64 { return math.Float64bits(x) }
	for i, x := range []struct {
		list []expr.Op
		v8   expr.Value // with addresses of 8 bytes
		v4   uint64     // the bits with addresses of 4 bytes, where they differ
	}{
		{list: []expr.Op{c(5), c(3), o(dwarf.OpMinus)}, v8: expr.Value{Bits: 2}},
		{list: []expr.Op{c(3), c(5), o(dwarf.OpMinus)}, v8: expr.Value{Bits: neg(2)}, v4: bits32 - 1},
		{list: []expr.Op{c(-7), c(2), o(dwarf.OpDiv)}, v8: expr.Value{Bits: neg(3)}, v4: bits32 - 2},
		{list: []expr.Op{c(-8), c(3), o(dwarf.OpMod)}, v8: expr.Value{Bits: (1<<64 - 8) % 3}, v4: (1<<32 - 8) % 3},
		{list: []expr.Op{c(math.MinInt64), c(-1), o(dwarf.OpDiv)}, v8: expr.Value{Bits: 1 << 63}, v4: 0},
		{list: []expr.Op{c(-1), c(1), o(dwarf.OpLt)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{c(-1), c(1), o(dwarf.OpGe)}, v8: expr.Value{Bits: 0}},
		{list: []expr.Op{c(1 << 31), c(0), o(dwarf.OpLt)}, v8: expr.Value{Bits: 0}, v4: 1},
		{list: []expr.Op{c(-16), c(2), o(dwarf.OpShr)}, v8: expr.Value{Bits: (1<<64 - 16) >> 2}, v4: (1<<32 - 16) >> 2},
		{list: []expr.Op{c(-16), c(2), o(dwarf.OpShra)}, v8: expr.Value{Bits: neg(4)}, v4: bits32 - 3},
		{list: []expr.Op{c(1), c(31), o(dwarf.OpShl)}, v8: expr.Value{Bits: 1 << 31}},
		{list: []expr.Op{c(1), c(64), o(dwarf.OpShl)}, v8: expr.Value{Bits: 0}},
		{list: []expr.Op{c(-1), c(64), o(dwarf.OpShra)}, v8: expr.Value{Bits: neg(1)}, v4: bits32},
		{list: []expr.Op{c(6), c(3), o(dwarf.OpAnd)}, v8: expr.Value{Bits: 2}},
		{list: []expr.Op{c(6), c(3), o(dwarf.OpOr)}, v8: expr.Value{Bits: 7}},
		{list: []expr.Op{c(6), c(3), o(dwarf.OpXor)}, v8: expr.Value{Bits: 5}},
		{list: []expr.Op{c(6), c(7), o(dwarf.OpMul)}, v8: expr.Value{Bits: 42}},
		{list: []expr.Op{c(-6), o(dwarf.OpAbs)}, v8: expr.Value{Bits: 6}},
		{list: []expr.Op{c(6), o(dwarf.OpNeg)}, v8: expr.Value{Bits: neg(6)}, v4: bits32 - 5},
		{list: []expr.Op{c(0), o(dwarf.OpNot)}, v8: expr.Value{Bits: neg(1)}, v4: bits32},
		{list: []expr.Op{c(1), c(2), c(3), o(dwarf.OpRot)}, v8: expr.Value{Bits: 2}},
		{list: []expr.Op{c(1), c(2), c(3), o(dwarf.OpRot), o(dwarf.OpDrop)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{c(1), c(2), o(dwarf.OpSwap)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{c(1), c(2), o(dwarf.OpOver)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{c(1), c(2), c(3), o(dwarf.OpPick, 2)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{c(1), o(dwarf.OpDup), o(dwarf.OpPlus)}, v8: expr.Value{Bits: 2}},
		{list: []expr.Op{o(dwarf.OpBreg3, neg(1))}, v8: expr.Value{Bits: 0xff}},
		{list: []expr.Op{o(dwarf.OpBregx, 40, 1)}, v8: expr.Value{Bits: 10}},
		{list: []expr.Op{o(dwarf.OpBreg0)}, v8: expr.Value{Bits: 0xdead_beef_0000_0001}, v4: 1},
		{list: []expr.Op{o(dwarf.OpFbreg, neg(16))}, v8: expr.Value{Bits: 0xff0}},
		{list: []expr.Op{o(dwarf.OpCallFrameCFA)}, v8: expr.Value{Bits: 0x2000}},
		{list: []expr.Op{c(8), o(dwarf.OpFormTLSAddress)}, v8: expr.Value{Bits: 0x3008}},
		{list: []expr.Op{o(dwarf.OpAddrx, 2)}, v8: expr.Value{Bits: 0x4002}},
		{list: []expr.Op{o(dwarf.OpPushObjectAddress)}, v8: expr.Value{Bits: 0x5000}},
		{list: []expr.Op{c(0x10), o(dwarf.OpDeref)}, v8: expr.Value{Bits: 0x1716151413121110}, v4: 0x13121110},
		{list: []expr.Op{c(0x10), o(dwarf.OpDerefSize, 2)}, v8: expr.Value{Bits: 0x1110}},
		{list: []expr.Op{c(0xf0), o(dwarf.OpDerefType, 1, 0x15)}, v8: expr.Value{Type: u8, Bits: 0xf0}},
		{list: []expr.Op{o(dwarf.OpWASMLocation, 0, 3)}, v8: expr.Value{Type: i64, Bits: 1<<40 + 3}},
		{list: []expr.Op{o(dwarf.OpWASMLocation, 3, 3)}, v8: expr.Value{Bits: 0x303}},
		{list: []expr.Op{o(dwarf.OpWASMLocation, 0, 3), c(-1), o(dwarf.OpPlus)}, v8: expr.Value{Type: i64, Bits: 1<<40 + 2}},
		{list: []expr.Op{o(dwarf.OpWASMLocation, 1), o(dwarf.OpConvert, 0x14)}, v8: expr.Value{Type: f64, Bits: f(1.5)}},
		{list: []expr.Op{{Code: dwarf.OpEntryValue, Data: []byte{0x75, 0}}}, v8: expr.Value{Bits: 77}},
		{list: []expr.Op{c(1), c(2), o(dwarf.OpCall2, 9)}, v8: expr.Value{Bits: 3}},
		{list: []expr.Op{c(1), o(dwarf.OpCall4, 1)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{o(dwarf.OpCallRef, 9)}, v8: expr.Value{Bits: 5}},
		{list: []expr.Op{typed(0x10, 0xf9, 0xff, 0xff, 0xff), typed(0x10, 2, 0, 0, 0), o(dwarf.OpMod)}, v8: expr.Value{Type: i32, Bits: bits32}},
		{list: []expr.Op{typed(0x11, 0xff, 0xff, 0xff, 0xff), typed(0x11, 2, 0, 0, 0), o(dwarf.OpDiv)}, v8: expr.Value{Type: u32, Bits: 0x7fff_ffff}},
		{list: []expr.Op{typed(0x11, 0xff, 0xff, 0xff, 0xff), typed(0x11, 2, 0, 0, 0), o(dwarf.OpGt)}, v8: expr.Value{Bits: 1}},
		{list: []expr.Op{typed(0x10, 0xff, 0xff, 0xff, 0xff), o(dwarf.OpConvert, 0x12)}, v8: expr.Value{Type: i64, Bits: neg(1)}},
		{list: []expr.Op{typed(0x11, 0xff, 0xff, 0xff, 0xff), o(dwarf.OpConvert, 0x12)}, v8: expr.Value{Type: i64, Bits: bits32}},
		{list: []expr.Op{typed(0x10, 0xff, 0xff, 0xff, 0xff), o(dwarf.OpConvert, 0)}, v8: expr.Value{Bits: neg(1)}, v4: bits32},
		{list: []expr.Op{typed(0x10, 0xfe, 0xff, 0xff, 0xff), o(dwarf.OpConvert, 0x14)}, v8: expr.Value{Type: f64, Bits: f(-2)}},
		{list: []expr.Op{typed(0x12, 1, 1, 0, 0, 0, 0, 0, 0), o(dwarf.OpConvert, 0x15)}, v8: expr.Value{Type: u8, Bits: 1}},
		{list: []expr.Op{typed(0x14, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf), o(dwarf.OpConvert, 0x10)}, v8: expr.Value{Type: i32, Bits: bits32}}, // -1.5
		{list: []expr.Op{typed(0x13, 0, 0, 0xc0, 0x3f), typed(0x13, 0, 0, 0, 0x40), o(dwarf.OpMul)}, v8: expr.Value{Type: f32, Bits: uint64(math.Float32bits(3))}},
		{list: []expr.Op{typed(0x13, 0, 0, 0xc0, 0x3f), o(dwarf.OpReinterpret, 0x11)}, v8: expr.Value{Type: u32, Bits: 0x3fc00000}},
		{list: []expr.Op{o(dwarf.OpRegvalType, 0, 0x10)}, v8: expr.Value{Type: i32, Bits: 1}},
		{list: []expr.Op{c(1), o(dwarf.OpBra, 4), c(5), o(dwarf.OpSkip, 5), c(6), o(dwarf.OpNop)}, v8: expr.Value{Bits: 6}},
		{list: []expr.Op{c(0), o(dwarf.OpBra, 4), c(5), o(dwarf.OpSkip, 5), c(6), o(dwarf.OpNop)}, v8: expr.Value{Bits: 5}},
		// A loop: the sum of 1 to 10.
		{list: []expr.Op{c(0), c(10), o(dwarf.OpDup), o(dwarf.OpRot), o(dwarf.OpPlus), o(dwarf.OpSwap), c(1), o(dwarf.OpMinus),
			o(dwarf.OpDup), o(dwarf.OpBra, 2), o(dwarf.OpDrop)}, v8: expr.Value{Bits: 55}},
	} {
		for _, format := range []expr.Format{native, {Version: 4, AddrSize: 4}} {
			want := x.v8
			if format.AddrSize == 4 && want.Type == (expr.Type{}) {
				if x.v4 != 0 || want.Bits > bits32 {
					want.Bits = x.v4
				}
			}
			got, err := expr.EvalValue(ops(t, format, x.list...), format, newHost())
			if err != nil || got != want {
				t.Errorf("row %d, addresses of %d bytes: %v: %#x, %v, want %#x", i, format.AddrSize, text(x.list), got, err, want)
			}
		}
	}
}

func TestLocations(t *testing.T) {
	for i, x := range []struct {
		list []expr.Op
		want string
	}{
		{nil, "[{Kind:0 Addr:0 Reg:0 Value:{Type:{Encoding:DW_ATE_0x0 Size:0} Bits:0 High:0} Data:[] Ref:0 Offset:0 Bits:0 BitOffset:0}]"},
		{[]expr.Op{o(dwarf.OpFbreg, 4)}, pieces(expr.Piece{Kind: expr.Memory, Addr: 0x1004})},
		{[]expr.Op{o(dwarf.OpReg3)}, pieces(expr.Piece{Kind: expr.Register, Reg: 3})},
		{[]expr.Op{o(dwarf.OpRegx, 99)}, pieces(expr.Piece{Kind: expr.Register, Reg: 99})},
		{[]expr.Op{{Code: dwarf.OpImplicitValue, Data: []byte{1, 2, 3}}}, pieces(expr.Piece{Kind: expr.Implicit, Data: []byte{1, 2, 3}})},
		{[]expr.Op{c(5), o(dwarf.OpStackValue)}, pieces(expr.Piece{Kind: expr.StackValue, Value: expr.Value{Bits: 5}})},
		{[]expr.Op{o(dwarf.OpImplicitPointer, 0x33, neg(4))}, pieces(expr.Piece{Kind: expr.ImplicitPointer, Ref: 0x33, Offset: -4})},
		{[]expr.Op{o(dwarf.OpReg0), o(dwarf.OpPiece, 4), o(dwarf.OpPiece, 2), o(dwarf.OpFbreg), o(dwarf.OpPiece, 8), c(7), o(dwarf.OpStackValue), o(dwarf.OpBitPiece, 3, 1)},
			pieces(expr.Piece{Kind: expr.Register, Bits: 32}, expr.Piece{Bits: 16}, expr.Piece{Kind: expr.Memory, Addr: 0x1000, Bits: 64},
				expr.Piece{Kind: expr.StackValue, Value: expr.Value{Bits: 7}, Bits: 3, BitOffset: 1})},
	} {
		got, err := expr.Eval(ops(t, native, x.list...), native, newHost())
		if err != nil || fmt.Sprintf("%+v", got) != x.want {
			t.Errorf("row %d: %+v, %v, want %s", i, got, err, x.want)
		}
	}
}

func pieces(p ...expr.Piece) string { return fmt.Sprintf("%+v", p) }

func TestEvalErrors(t *testing.T) {
	for i, x := range []struct {
		list []expr.Op
		want error // nil for any
	}{
		{[]expr.Op{o(dwarf.OpPlus)}, nil},
		{[]expr.Op{c(1), o(dwarf.OpPlus)}, nil},
		{[]expr.Op{o(dwarf.OpDrop)}, nil},
		{[]expr.Op{o(dwarf.OpStackValue)}, nil},
		{[]expr.Op{c(1), c(0), o(dwarf.OpDiv)}, nil},
		{[]expr.Op{c(1), c(0), o(dwarf.OpMod)}, nil},
		{[]expr.Op{o(dwarf.OpSkip, 0)}, nil},                                                              // endless
		{[]expr.Op{c(1), o(dwarf.OpSkip, 0)}, nil},                                                        // endless stack
		{[]expr.Op{o(dwarf.OpCall2, 2)}, nil},                                                             // endless calls
		{[]expr.Op{o(dwarf.OpCall2, 3)}, nil},                                                             // location in a call
		{[]expr.Op{o(dwarf.OpReg0), c(1)}, nil},                                                           // value behind a location
		{[]expr.Op{c(0), o(dwarf.OpPiece, 1<<40)}, nil},                                                   // size
		{[]expr.Op{c(0x9000), o(dwarf.OpDeref)}, nil},                                                     // host's error
		{[]expr.Op{c(0), o(dwarf.OpDerefSize, 9)}, nil},                                                   // size
		{[]expr.Op{o(dwarf.OpBreg9)}, expr.ErrUnavailable},                                                // unknown register
		{[]expr.Op{o(dwarf.OpGNUParameterRef, 1)}, expr.ErrUnavailable},                                   // unsupported
		{[]expr.Op{c(1), o(dwarf.OpConvert, 0x77)}, nil},                                                  // unknown type
		{[]expr.Op{c(1), o(dwarf.OpConvert, 0x16)}, nil},                                                  // long double
		{[]expr.Op{c(1), o(dwarf.OpConvert, 0x17)}, nil},                                                  // huge type
		{[]expr.Op{c(1), o(dwarf.OpConvert, 0x18)}, nil},                                                  // type of size 0
		{[]expr.Op{c(1), o(dwarf.OpReinterpret, 0x10)}, nil},                                              // sizes differ
		{[]expr.Op{o(dwarf.OpRegvalType, 0, 0x10), o(dwarf.OpRegvalType, 0, 0x12), o(dwarf.OpPlus)}, nil}, // types differ
		{[]expr.Op{{Code: dwarf.OpConstType, A: 0x10, Data: []byte{1}}}, nil},                             // size of constant
		{[]expr.Op{o(dwarf.OpWASMLocation, 1), o(dwarf.OpDeref)}, nil},                                    // address is a float
	} {
		_, err := expr.Eval(ops(t, native, x.list...), native, newHost())
		var e *dwarf.Error
		if err == nil || !errors.As(err, &e) || x.want != nil && !errors.Is(err, x.want) {
			t.Errorf("row %d: %v: %v", i, text(x.list), err)
		}
	}
}

// TestAgainstDelve evaluates every expression of the programs that Delve can evaluate too.
func TestAgainstDelve(t *testing.T) {
	const base = 0x100
	regs := op.DwarfRegisters{FrameBase: 0x1000, CFA: 0x2000, ByteOrder: binary.LittleEndian}
	h := newHost()
	for i := range uint64(17) {
		h.regs[i] = base + i
		regs.AddReg(i, op.DwarfRegisterFromUint64(base+i))
	}
	c := dwarftest.Native(t, "a.c", `
#include <stdio.h>
struct s { long a, b; char c[24]; };
static int f(struct s v, int n) { long t = v.a * n; for (int i = 0; i < n; i++) t += v.b; return t; }
int main(int argc, char **argv) { struct s v = { argc, 2, "x" }; int r = f(v, argc); printf("%d %s\n", r, v.c); return r; }
`, "gcc", "-g", "-O2", "-gno-as-loc-support", "-o", "OUT", "FILE")
	g := dwarftest.Native(t, "a.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n", "go", "build", "-ldflags=-compressdwarf=false", "-o", "OUT", "FILE")
	for _, p := range []*dwarftest.Program{c, g} {
		compareDelve(t, p, h, regs)
	}
}

func compareDelve(t *testing.T, p *dwarftest.Program, h *host, regs op.DwarfRegisters) {
	compared := 0
	expressions(t, p, func(code []byte, f expr.Format) {
		addr, ps, err := op.ExecuteStackProgram(regs, code, 8, func(buf []byte, addr uint64) (int, error) {
			return len(buf), h.Memory(addr, buf)
		})
		if err != nil {
			return
		}
		got, err := expr.Eval(code, f, h)
		if err != nil {
			t.Fatalf("% x: %v", code, err)
		}
		compared++
		if len(ps) == 0 {
			if len(got) != 1 || got[0].Kind != expr.Memory || got[0].Addr != uint64(addr) {
				t.Fatalf("% x: %+v, want 0x%x", code, got, addr)
			}
			return
		}
		if len(ps) == 1 && ps[0].Kind == op.ImmPiece && len(got) == 1 && got[0].Kind == expr.StackValue {
			if got[0].Value.Bits != ps[0].Val {
				t.Fatalf("% x: %+v, want 0x%x", code, got, ps[0].Val)
			}
			return
		}
		if len(ps) != len(got) {
			t.Fatalf("% x: %+v, want %+v", code, got, ps)
		}
		for i, p := range ps {
			g := got[i]
			switch p.Kind {
			case op.AddrPiece:
				if g.Kind == expr.Empty { // Delve has no empty pieces
					continue
				}
				if g.Kind != expr.Memory || g.Addr != p.Val {
					t.Fatalf("% x: %+v, want %+v", code, got, ps)
				}
			case op.RegPiece:
				if g.Kind != expr.Register || g.Reg != p.Val {
					t.Fatalf("% x: %+v, want %+v", code, got, ps)
				}
			}
		}
	})
	if compared < 10 {
		t.Fatalf("only %d expressions compared", compared)
	}
	t.Logf("%d expressions", compared)
}

func FuzzEval(f *testing.F) {
	for _, p := range dwarftest.Programs(f, "../..")[:4] {
		n := 0
		expressions(f, p, func(code []byte, format expr.Format) {
			if n++; n%50 == 0 {
				f.Add(code, true)
			}
		})
	}
	f.Add([]byte{0x31, 0x12, 0x2f, 0xfa, 0xff}, false)
	f.Add([]byte{0xa4, 0x14, 8, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0xa8, 0x10, 0x9f}, false)
	f.Fuzz(func(t *testing.T, code []byte, small bool) {
		format := native
		if small {
			format = wasm
		}
		ps, err := expr.Eval(code, format, newHost(), 1)
		if err != nil {
			return
		}
		if len(ps) == 0 {
			t.Fatal("no pieces")
		}
		for _, p := range ps {
			if len(p.Data) > len(code) {
				t.Fatal("data longer than the expression")
			}
		}
		_, _ = expr.EvalValue(code, format, newHost())
	})
}
