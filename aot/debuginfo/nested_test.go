package debuginfo

import (
	"testing"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// TestEntryValues has parameters 0 i32, 1 i64, 2 i32, 3 i64 and 4 f64, of which 0 and 2 to 4 are
// written somewhere. They arrive in r9, r8, in the caller's frame, in rdx and in xmm6. Local 5 is
// no parameter.
func TestEntryValues(t *testing.T) {
	entry := func(ops ...expr.Op) expr.Op {
		code, err := expr.Append(nil, ops, expr.Format{Version: 5, AddrSize: 4}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return expr.Op{Code: dwarf.OpEntryValue, Data: code}
	}
	stackValue := expr.Op{Code: dwarf.OpStackValue}
	const mask = "const4u 4294967295, and, "
	for _, c := range []struct {
		name string
		in   []expr.Op
		want string
	}{
		{"overwritten parameter", []expr.Op{entry(local(0)), stackValue}, "entry_value 59, " + mask + "stack_value"},
		{"parameter that keeps its value", []expr.Op{entry(local(1)), stackValue}, "breg12 0, stack_value"},
		{"parameter in the caller's frame", []expr.Op{entry(local(2)), stackValue}, "call_frame_cfa, consts 8, plus, deref_size 4, stack_value"},
		{"overwritten i64", []expr.Op{entry(local(3)), stackValue}, "entry_value 51, stack_value"},
		{"overwritten float", []expr.Op{entry(local(4)), {Code: dwarf.OpConvert, A: 0x70}, stackValue}, "entry_value 67, convert 0x70, stack_value"},
		{"local that is no parameter", []expr.Op{entry(local(5)), stackValue}, "lit0, stack_value"},
		{"computed", []expr.Op{entry(local(0), expr.Const(3), expr.Op{Code: dwarf.OpMul}), stackValue}, "entry_value 59, lit3, mul, " + mask + "stack_value"},
		{"within each other", []expr.Op{entry(entry(local(0))), stackValue}, "entry_value 59, " + mask + "stack_value"},
		{"memory at a parameter", []expr.Op{entry(local(0))}, "entry_value 59, " + mask + "breg14 0, plus"},
		{"memory as it was", []expr.Op{entry(local(0), expr.Op{Code: dwarf.OpDeref}), stackValue}, errEntryValue.Error()},
		{"global as it was", []expr.Op{entry(expr.Op{Code: dwarf.OpWASMLocation, A: 1, B: 0}), stackValue}, errEntryValue.Error()},
		{"operand as it was", []expr.Op{entry(operand(0)), stackValue}, errEntryValue.Error()},
		{"no such local", []expr.Op{entry(local(9)), stackValue}, errNoLocal.Error()},
		{"damaged", []expr.Op{{Code: dwarf.OpEntryValue, Data: []byte{0xed}}, stackValue}, errDamaged.Error()},
	} {
		x := newExpression(nil)
		x.entries = exprEntries{}
		m := *exprModule
		m.Types = []wasm.FuncType{{Params: []wasm.ValType{wasm.I32, wasm.I64, wasm.I32, wasm.I64, wasm.F64}}}
		m.Funcs = []uint32{0}
		x.module = &m
		x.params = [][]codemap.Place{{{Kind: codemap.InReg, Type: wasm.I32, Reg: 9}, {Kind: codemap.InReg, Type: wasm.I64, Reg: 8},
			{Kind: codemap.InSlot, Type: wasm.I32, Offset: 8}, {Kind: codemap.InReg, Type: wasm.I64, Reg: 1}, {Kind: codemap.InReg, Type: wasm.F64, Reg: 23}}}
		x.facts = func(uint64) localFacts {
			return localFacts{written: []bool{true, false, true, true, true, false}}
		}
		out, err := x.translate(c.in, location)
		got := printOps(out)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// manyCalls are entries each of which calls the next 100 times, and the last does nothing.
type manyCalls struct{ exprEntries }

func (manyCalls) called(key uint64) (procedure, error) {
	ops := make([]expr.Op, 100)
	for i := range ops {
		ops[i] = expr.Op{Code: dwarf.OpNop}
		if key < 3 {
			ops[i] = expr.Op{Code: dwarf.OpCall4, A: key + 1}
		}
	}
	return procedure{ops: ops}, nil
}

// TestManyCalls: what an expression calls takes no time out of proportion.
func TestManyCalls(t *testing.T) {
	x := newExpression(nil)
	x.entries = manyCalls{}
	if _, err := x.translate([]expr.Op{expr.Const(1), {Code: dwarf.OpCall4}, {Code: dwarf.OpStackValue}}, location); err != errTooLong {
		t.Error(err)
	}
}
