package debuginfo

import (
	"os"
	"path/filepath"
	"sort"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
)

// readModule decodes a module of testdata/programs.
func readModule(t testing.TB, path string) *wasm.Module {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "programs", path))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// operandRegs hold the lowest entries of the operand stack: rax, rcx, rdx, rsi, rdi, r8, r9, r10.
var operandRegs = []codemap.Reg{0, 2, 1, 4, 5, 8, 9, 10}

// fakeCode places a module's code as a compiler might, so that a translation can be checked
// against a placement that is known: behind a prologue of 16 bytes every instruction takes
// 4 bytes of text, a load's or store's trap stands out of line at the function's end, the first
// four integer locals live in rbx, r12, r13 and rbp, all others in slots.
func fakeCode(m *wasm.Module, statements []wasm.CodeOffset) *codemap.Map {
	const prologue, frameSize = 16, 512
	cm := &codemap.Map{Target: codemap.Target{Machine: 62, SP: 7, RA: 16, Context: 15, Memory: 14}}
	text := abi.TextOffset(0)
	for i := range m.Code {
		b := &m.Code[i]
		f := codemap.Func{Index: uint32(m.NumImportedFuncs + i), Body: b.Start, BodyEnd: b.End, Text: text}
		f.Frame = codemap.Frame{Size: frameSize, Rows: []codemap.CFARow{{Text: text, Offset: 8}, {Text: text + 8, Offset: frameSize + 8}},
			Saved: []codemap.Saved{{Reg: 3, Offset: -16, Text: text + 10}, {Reg: 12, Offset: -24, Text: text + 12}}}
		text += prologue
		f.BodyText = text

		var r wasm.Reader
		var in wasm.Inst
		used := map[uint32]bool{}
		for r.Reset(m, b); r.Next(&in); {
			switch in.Op {
			case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
				used[in.Index] = true
			}
		}
		regs := []codemap.Reg{3, 12, 13, 6}
		slot := int32(-64)
		home := func(t wasm.ValType) {
			h := codemap.Home{Type: t}
			if i := len(f.Locals); !used[uint32(i)] && i >= len(m.FuncType(f.Index).Params) {
				h.Kind = codemap.IsConst
				f.Locals = append(f.Locals, h)
				return
			}
			if len(regs) > 0 && (t == wasm.I32 || t == wasm.I64) {
				h.Kind, h.Reg = codemap.InReg, regs[0]
				regs = regs[1:]
			} else {
				h.Kind, h.Offset = codemap.InSlot, slot
				slot -= 8
			}
			f.Locals = append(f.Locals, h)
		}
		for _, t := range m.FuncType(f.Index).Params {
			home(t)
		}
		for _, r := range b.Locals {
			for range r.Count {
				home(r.Type)
			}
		}

		var loads []wasm.CodeOffset
		for r.Reset(m, b); r.Next(&in); {
			k := sort.Search(len(statements), func(k int) bool { return statements[k] >= in.Offset })
			if k < len(statements) && statements[k] == in.Offset {
				f.Sites = append(f.Sites, codemap.Site{Text: text, Wasm: in.Offset, Size: 1})
			}
			f.Insts = append(f.Insts, codemap.Inst{Text: text, Wasm: in.Offset})
			text += 4
			switch in.Op {
			case wasm.OpCall, wasm.OpCallIndirect:
				f.Calls = append(f.Calls, codemap.Call{Return: text, Wasm: in.Offset})
			case wasm.OpI32Load:
				loads = append(loads, in.Offset)
			}
			for d := range uint32(len(operandRegs)) {
				f.StackMoves = append(f.StackMoves, codemap.StackMove{Text: text, Depth: d,
					Place: codemap.Place{Kind: codemap.InReg, Type: wasm.I32, Reg: operandRegs[d]}})
			}
		}
		for _, at := range loads {
			f.Insts = append(f.Insts, codemap.Inst{Text: text, Wasm: at})
			f.Traps = append(f.Traps, codemap.Trap{Text: text, Wasm: at, Kind: abi.TrapMemory})
			text += 2
		}
		f.TextEnd = text
		text = (text + 15) &^ 15
		cm.Funcs = append(cm.Funcs, f)
	}
	cm.Thunks = []codemap.Thunk{{Kind: codemap.EntryThunk, Text: text, TextEnd: text + 16}}
	cm.TextSize = text + 16
	return cm
}

// fakeObject compiles a module with fakeCode.
func fakeObject(t testing.TB, m *wasm.Module) (*object.File, *Report) {
	t.Helper()
	cm := fakeCode(m, Statements(Open(m, nil)))
	debug, report := Translate(Open(m, nil), cm, abi.NewLayout(m))
	text := make([]byte, cm.TextSize)
	for i := range text {
		text[i] = 0x90
	}
	return &object.File{Text: text, Map: cm, Module: object.Strip(m.Bytes), Debug: debug,
		Symbols: object.Symbols(cm, func(uint32) string { return "" })}, report
}
