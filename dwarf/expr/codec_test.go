package expr_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
	"sphex/dwarf/list"
)

var (
	native = expr.Format{Version: 5, AddrSize: 8}
	wasm   = expr.Format{Version: 4, AddrSize: 4}
)

// TestEncoding holds one row per encoding: the operation, its printed form, its bytes.
func TestEncoding(t *testing.T) {
	for _, c := range []struct {
		op    expr.Op
		text  string
		bytes string
	}{
		{expr.Op{Code: dwarf.OpAddr, A: 0x1234}, "DW_OP_addr 0x1234", "\x03\x34\x12\x00\x00\x00\x00\x00\x00"},
		{expr.Op{Code: dwarf.OpDeref}, "DW_OP_deref", "\x06"},
		{expr.Op{Code: dwarf.OpConst1u, A: 200}, "DW_OP_const1u 200", "\x08\xc8"},
		{expr.Op{Code: dwarf.OpConst1s, A: neg(3)}, "DW_OP_const1s -3", "\x09\xfd"},
		{expr.Op{Code: dwarf.OpConst2u, A: 0x1234}, "DW_OP_const2u 4660", "\x0a\x34\x12"},
		{expr.Op{Code: dwarf.OpConst2s, A: neg(2)}, "DW_OP_const2s -2", "\x0b\xfe\xff"},
		{expr.Op{Code: dwarf.OpConst4u, A: 1 << 31}, "DW_OP_const4u 2147483648", "\x0c\x00\x00\x00\x80"},
		{expr.Op{Code: dwarf.OpConst4s, A: neg(1 << 31)}, "DW_OP_const4s -2147483648", "\x0d\x00\x00\x00\x80"},
		{expr.Op{Code: dwarf.OpConst8u, A: 1 << 63}, "DW_OP_const8u 9223372036854775808", "\x0e\x00\x00\x00\x00\x00\x00\x00\x80"},
		{expr.Op{Code: dwarf.OpConst8s, A: neg(1)}, "DW_OP_const8s -1", "\x0f\xff\xff\xff\xff\xff\xff\xff\xff"},
		{expr.Op{Code: dwarf.OpConstu, A: 300}, "DW_OP_constu 300", "\x10\xac\x02"},
		{expr.Op{Code: dwarf.OpConsts, A: neg(129)}, "DW_OP_consts -129", "\x11\xff\x7e"},
		{expr.Op{Code: dwarf.OpPick, A: 4}, "DW_OP_pick 4", "\x15\x04"},
		{expr.Op{Code: dwarf.OpPlusUconst, A: 128}, "DW_OP_plus_uconst 128", "\x23\x80\x01"},
		{expr.Op{Code: dwarf.OpLit31}, "DW_OP_lit31", "\x4f"},
		{expr.Op{Code: dwarf.OpReg7}, "DW_OP_reg7", "\x57"},
		{expr.Op{Code: dwarf.OpBreg14, A: neg(8)}, "DW_OP_breg14 -8", "\x7e\x78"},
		{expr.Op{Code: dwarf.OpRegx, A: 40}, "DW_OP_regx 40", "\x90\x28"},
		{expr.Op{Code: dwarf.OpFbreg, A: neg(16)}, "DW_OP_fbreg -16", "\x91\x70"},
		{expr.Op{Code: dwarf.OpBregx, A: 40, B: neg(1)}, "DW_OP_bregx 40 -1", "\x92\x28\x7f"},
		{expr.Op{Code: dwarf.OpPiece, A: 4}, "DW_OP_piece 4", "\x93\x04"},
		{expr.Op{Code: dwarf.OpDerefSize, A: 2}, "DW_OP_deref_size 2", "\x94\x02"},
		{expr.Op{Code: dwarf.OpCall2, A: 0x102}, "DW_OP_call2 0x102", "\x98\x02\x01"},
		{expr.Op{Code: dwarf.OpCall4, A: 0x102}, "DW_OP_call4 0x102", "\x99\x02\x01\x00\x00"},
		{expr.Op{Code: dwarf.OpCallRef, A: 0x102}, "DW_OP_call_ref 0x102", "\x9a\x02\x01\x00\x00"},
		{expr.Op{Code: dwarf.OpBitPiece, A: 3, B: 5}, "DW_OP_bit_piece 3 5", "\x9d\x03\x05"},
		{expr.Op{Code: dwarf.OpImplicitValue, Data: []byte{1, 2}}, "DW_OP_implicit_value 01 02", "\x9e\x02\x01\x02"},
		{expr.Op{Code: dwarf.OpImplicitPointer, A: 0x99, B: neg(4)}, "DW_OP_implicit_pointer 0x99 -4", "\xa0\x99\x00\x00\x00\x7c"},
		{expr.Op{Code: dwarf.OpAddrx, A: 5}, "DW_OP_addrx 5", "\xa1\x05"},
		{expr.Op{Code: dwarf.OpConstx, A: 5}, "DW_OP_constx 5", "\xa2\x05"},
		{expr.Op{Code: dwarf.OpEntryValue, Data: []byte{0x55}}, "DW_OP_entry_value 55", "\xa3\x01\x55"},
		{expr.Op{Code: dwarf.OpConstType, A: 0x30, Data: []byte{7}}, "DW_OP_const_type 0x30 07", "\xa4\x30\x01\x07"},
		{expr.Op{Code: dwarf.OpRegvalType, A: 17, B: 0x30}, "DW_OP_regval_type 17 0x30", "\xa5\x11\x30"},
		{expr.Op{Code: dwarf.OpDerefType, A: 8, B: 0x30}, "DW_OP_deref_type 8 0x30", "\xa6\x08\x30"},
		{expr.Op{Code: dwarf.OpConvert, A: 0x30}, "DW_OP_convert 0x30", "\xa8\x30"},
		{expr.Op{Code: dwarf.OpReinterpret, A: 0}, "DW_OP_reinterpret 0x0", "\xa9\x00"},
		{expr.Op{Code: dwarf.OpWASMLocation, A: 0, B: 200}, "DW_OP_WASM_location 0x0 0xc8", "\xed\x00\xc8\x01"},
		{expr.Op{Code: dwarf.OpWASMLocation, A: 3, B: 1}, "DW_OP_WASM_location 0x3 0x1", "\xed\x03\x01\x00\x00\x00"},
		{expr.Op{Code: dwarf.OpGNUEntryValue, Data: []byte{0x55}}, "DW_OP_GNU_entry_value 55", "\xf3\x01\x55"},
		{expr.Op{Code: dwarf.OpGNUParameterRef, A: 2}, "DW_OP_GNU_parameter_ref 0x2", "\xfa\x02\x00\x00\x00"},
		{expr.Op{Code: dwarf.OpGNUEncodedAddr, A: 0x1b, B: 2}, "DW_OP_GNU_encoded_addr 0x1b 0x2", "\xf1\x1b\x02\x00\x00\x00"},
	} {
		if got := c.op.String(); got != c.text {
			t.Errorf("printed as %q, want %q", got, c.text)
		}
		b, err := expr.Append(nil, []expr.Op{c.op}, native, nil)
		if err != nil || string(b) != c.bytes {
			t.Errorf("%s: % x, %v, want % x", c.text, b, err, c.bytes)
			continue
		}
		ops, err := expr.Decode(nil, b, native)
		if err != nil || len(ops) != 1 || ops[0].String() != c.text {
			t.Errorf("%s decodes as %v, %v", c.text, ops, err)
		}
	}
}

func neg(n int64) uint64 { return uint64(-n) }

func TestBranches(t *testing.T) {
	// 0: lit1, 1: bra to the end, 2: constu 300, 3: skip to 0
	code := []byte{0x31, 0x28, 0x06, 0x00, 0x10, 0xac, 0x02, 0x2f, 0xf6, 0xff}
	ops, err := expr.Decode([]expr.Op{{Code: dwarf.OpNop}}, code, native)
	if err != nil || len(ops) != 5 || ops[2].A != 4 || ops[4].A != 0 {
		t.Fatalf("%v, %v", ops, err)
	}
	same, err := expr.Append(nil, ops[1:], native, nil)
	if err != nil || !bytes.Equal(same, code) {
		t.Fatalf("% x, %v", same, err)
	}
	ops[3] = expr.Op{Code: dwarf.OpConst8u, A: 300} // branches follow when sizes change
	longer, err := expr.Append(nil, ops[1:], native, nil)
	if err != nil || !bytes.Equal(longer, []byte{0x31, 0x28, 0x0c, 0x00, 0x0e, 0x2c, 0x01, 0, 0, 0, 0, 0, 0, 0x2f, 0xf0, 0xff}) {
		t.Fatalf("% x, %v", longer, err)
	}
	for _, bad := range [][]byte{{0x2f, 0x01, 0x00, 0x08, 0x01}, {0x2f, 0x01, 0x00}, {0x2f, 0xfc, 0xff}} {
		if _, err := expr.Decode(nil, bad, native); err == nil {
			t.Errorf("% x: no error", bad)
		}
	}
}

func TestConst(t *testing.T) {
	for _, v := range []uint64{0, 31, 32, 255, 256, 65535, 65536, 1<<28 - 1, 1 << 28, 1<<32 - 1, 1 << 32, 1<<49 - 1, 1 << 49, 1 << 62, 1 << 63, neg(1), neg(128), neg(1 << 34), neg(1<<34 + 1)} {
		b, err := expr.Append(nil, []expr.Op{expr.Const(v)}, native, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := expr.EvalValue(b, native, expr.NoHost{})
		if err != nil || got.Bits != v {
			t.Errorf("0x%x is 0x%x as % x, %v", v, got.Bits, b, err)
		}
		if n := len(b); n > 9 || n > 1+len(dwarf.AppendULEB(nil, v)) {
			t.Errorf("0x%x takes %d bytes", v, n)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		code []byte
		at   uint64
	}{
		{[]byte{0x30, 0x03, 1, 2}, 2},                                                  // addr too short
		{[]byte{0x30, 0x30, 0xff}, 2},                                                  // unknown
		{[]byte{0x9e, 0x80, 0x80, 0x80}, 4},                                            // length without end
		{[]byte{0x9e, 0xff, 0xff, 0x03, 0}, 4},                                         // block too long
		{[]byte{0xed, 0x04, 0x00}, 2},                                                  // unknown kind
		{[]byte{0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, 11}, // 65 bits
	} {
		_, err := expr.Decode(nil, c.code, native)
		e, ok := err.(*dwarf.Error)
		if !ok || e.Offset != c.at {
			t.Errorf("% x: %v, want an error at %d", c.code, err, c.at)
		}
	}
	for _, op := range []expr.Op{
		{Code: 0xff}, {Code: dwarf.OpConst1u, A: 256}, {Code: dwarf.OpConst1s, A: 128}, {Code: dwarf.OpBra, A: 2},
		{Code: dwarf.OpWASMLocation, A: 4}, {Code: dwarf.OpConstType, A: 1, Data: make([]byte, 256)},
	} {
		if b, err := expr.Append(nil, []expr.Op{op}, native, nil); err == nil {
			t.Errorf("%v: no error, but % x", &op, b)
		}
	}
}

// expressions calls f for every expression of a program, in locations and lists.
func expressions(t testing.TB, p *dwarftest.Program, f func(code []byte, format expr.Format)) {
	d, err := info.New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			for v := range e.Attrs() {
				if code, ok := v.Expr(); ok {
					f(code, u.Format())
				}
				if v.Attr == dwarf.AttrLocation && v.Class() == info.ClassOffset {
					var ls []list.Location
					if ls, err = v.Locations(nil); err != nil {
						t.Fatal(err)
					}
					for _, l := range ls {
						f(l.Expr, u.Format())
					}
				}
			}
		}
	}
}

// TestPrograms decodes and encodes every expression of the programs.
func TestPrograms(t *testing.T) {
	for _, p := range dwarftest.Programs(t, "../..") {
		n := 0
		expressions(t, p, func(code []byte, format expr.Format) {
			n++
			ops, err := expr.Decode(nil, code, format)
			if err != nil {
				t.Fatalf("%s: % x: %v", p.Name, code, err)
			}
			again, err := expr.Append(nil, ops, format, nil)
			if err != nil {
				t.Fatalf("%s: % x: %v", p.Name, code, err)
			}
			if !bytes.Equal(again, code) {
				// Only padded LEB128 numbers, which LLVM writes for types, get shorter.
				same, err := expr.Decode(nil, again, format)
				if err != nil || len(again) > len(code) || text(same) != text(ops) {
					t.Fatalf("%s: % x became % x", p.Name, code, again)
				}
			}
		})
		if n == 0 && !strings.Contains(p.Name, "split") { // those of split units are in files of their own
			t.Errorf("%s: no expressions", p.Name)
		}
	}
}

func text(ops []expr.Op) string {
	var b strings.Builder
	for i := range ops {
		b.WriteString(ops[i].String() + "\n")
	}
	return b.String()
}

// TestAgainstDwarfdump compares the names of the operations of every expression of a
// program that llvm-dwarfdump prints.
func TestAgainstDwarfdump(t *testing.T) {
	tool := dwarftest.Tool(t, "llvm-dwarfdump-22")
	for _, p := range dwarftest.Programs(t, "../..") {
		if !strings.HasPrefix(filepath.Base(p.Path), "c_") {
			continue
		}
		out, err := exec.Command(tool, "--debug-info", p.Path).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		for _, w := range strings.FieldsFunc(string(out), func(r rune) bool { return r == ' ' || r == '(' || r == ')' || r == ',' || r == '\n' || r == ':' }) {
			if strings.HasPrefix(w, "DW_OP_") {
				want[w]++
			}
		}
		got := map[string]int{}
		expressions(t, p, func(code []byte, format expr.Format) {
			ops, _ := expr.Decode(nil, code, format)
			for i := range ops {
				got[ops[i].Code.String()]++
			}
		})
		for name, n := range want {
			if got[name] < n { // what it prints as an address, or in dead code, is not counted by it
				t.Errorf("%s: %d %s, want %d", p.Name, got[name], name, n)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x31, 0x28, 0x06, 0x00, 0x10, 0xac, 0x02, 0x2f, 0xf6, 0xff})
	f.Add([]byte{0xed, 0x00, 0x05, 0x9f})
	f.Add([]byte{0xa8, 0x30, 0x9e, 0x02, 1, 2, 0xa3, 1, 0x55})
	f.Fuzz(func(t *testing.T, code []byte) {
		ops, err := expr.Decode(nil, code, wasm)
		if err != nil {
			return
		}
		again, err := expr.Append(nil, ops, wasm, nil)
		if err != nil {
			t.Fatalf("% x: %v", code, err)
		}
		same, err := expr.Decode(nil, again, wasm)
		if err != nil || text(same) != text(ops) {
			t.Fatalf("% x became % x", code, again)
		}
		var refs []expr.Ref
		if _, err := expr.Append([]byte{1, 2}, ops, wasm, &refs); err != nil {
			t.Fatal(err)
		}
	})
}
