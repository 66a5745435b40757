package debuginfo_test

import (
	"testing"

	"sphex/aot/wasm"
)

// heights returns how high the operand stack is before each instruction of a body that can be
// reached: independently of the compiler, from the signatures of the instructions alone.
func heights(t testing.TB, m *wasm.Module, index uint32, body *wasm.Body) map[wasm.CodeOffset]int {
	t.Helper()
	type block struct {
		height, params, results int
	}
	at := map[wasm.CodeOffset]int{}
	blocks := []block{{0, 0, len(m.FuncType(index).Results)}}
	height, live := 0, true
	open := func(b wasm.BlockType) {
		params, results := m.BlockSignature(b)
		blocks = append(blocks, block{height - len(params), len(params), len(results)})
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m, body); r.Next(&in); {
		if live {
			at[in.Offset] = height
		}
		top := &blocks[len(blocks)-1]
		call := func(typ *wasm.FuncType) { height += len(typ.Results) - len(typ.Params) }
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpTry, wasm.OpTryTable:
			open(in.Block)
		case wasm.OpIf:
			height--
			open(in.Block)
		case wasm.OpElse:
			height, live = top.height+top.params, true
		case wasm.OpCatch, wasm.OpCatchAll:
			if height, live = top.height, true; in.Op == wasm.OpCatch {
				height += len(m.TagType(in.Index))
			}
		case wasm.OpEnd, wasm.OpDelegate:
			height, live = top.height+top.results, true
			blocks = blocks[:len(blocks)-1]
		case wasm.OpUnreachable, wasm.OpBr, wasm.OpBrTable, wasm.OpReturn, wasm.OpReturnCall, wasm.OpReturnCallIndirect,
			wasm.OpThrow, wasm.OpThrowRef, wasm.OpRethrow:
			live = false
		case wasm.OpBrIf, wasm.OpDrop, wasm.OpLocalSet, wasm.OpGlobalSet:
			height--
		case wasm.OpSelect, wasm.OpSelectT:
			height -= 2
		case wasm.OpLocalGet, wasm.OpGlobalGet, wasm.OpRefFunc, wasm.OpRefNull:
			height++
		case wasm.OpCall:
			call(m.FuncType(in.Index))
		case wasm.OpCallIndirect:
			height--
			call(&m.Types[in.Index])
		case wasm.OpLocalTee:
		default:
			params, results, ok := in.Op.Signature()
			if !ok {
				t.Fatalf("no signature of %v", in.Op)
			}
			height += len(results) - len(params)
		}
	}
	return at
}
