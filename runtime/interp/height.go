package interp

import "sphex/aot/wasm"

// Heights returns how many operands are on the stack before each instruction of function f; -1
// where no execution comes.
func (m *Machine) Heights(f uint32) map[wasm.CodeOffset]int {
	fn := m.function(f)
	type block struct {
		height, results int  // below the parameters; when the block has ended
		dead            bool // it began where no execution comes
	}
	out := map[wasm.CodeOffset]int{}
	blocks := []block{{0, len(fn.typ.Results), false}}
	height, dead := 0, false
	for i := range fn.code {
		in := &fn.code[i]
		if out[in.Offset] = height; dead {
			out[in.Offset] = -1
		}
		top := &blocks[len(blocks)-1]
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpTry, wasm.OpTryTable:
			if in.Op == wasm.OpIf {
				height--
			}
			_, results := m.Module.BlockSignature(in.Block)
			blocks = append(blocks, block{height - in.in, len(results), dead})
		case wasm.OpElse:
			height, dead = top.height, top.dead
			for k := i - 1; k >= 0; k-- { // the parameters are there again
				if fn.code[k].Op == wasm.OpIf && fn.code[k].els == i {
					height += fn.code[k].in
				}
			}
		case wasm.OpCatch:
			height, dead = top.height+len(m.Module.TagType(in.Index)), top.dead
		case wasm.OpCatchAll:
			height, dead = top.height, top.dead
		case wasm.OpEnd, wasm.OpDelegate:
			// Whether a branch leads here does not matter: what nobody reaches has no places.
			height, dead = top.height+top.results, top.dead
			blocks = blocks[:len(blocks)-1]
			if len(blocks) == 0 {
				return out
			}
		case wasm.OpUnreachable, wasm.OpBr, wasm.OpBrTable, wasm.OpReturn, wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef,
			wasm.OpThrow, wasm.OpThrowRef, wasm.OpRethrow:
			dead = true
		default:
			height += m.effect(in)
		}
	}
	return out
}

// effect is by how much an instruction changes the height.
func (m *Machine) effect(in *instruction) int {
	if params, results, fixed := in.Op.Signature(); fixed {
		return len(results) - len(params)
	}
	switch in.Op {
	case wasm.OpBrIf, wasm.OpDrop, wasm.OpLocalSet, wasm.OpGlobalSet:
		return -1
	case wasm.OpCall:
		t := m.Module.FuncType(in.Index)
		return len(t.Results) - len(t.Params)
	case wasm.OpBrOnNonNull:
		return -1
	case wasm.OpCallIndirect, wasm.OpCallRef:
		t := &m.Module.Types[in.Index]
		return len(t.Results) - len(t.Params) - 1
	case wasm.OpSelect, wasm.OpSelectT, wasm.OpTableSet:
		return -2
	case wasm.OpLocalGet, wasm.OpGlobalGet, wasm.OpRefNull, wasm.OpRefFunc:
		return 1
	case wasm.OpTableGrow:
		return -1
	case wasm.OpTableFill:
		return -3
	}
	return 0 // local.tee, table.get, ref.is_null, ref.as_non_null, br_on_null
}
