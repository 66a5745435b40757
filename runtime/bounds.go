package runtime

import (
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// checkedAddress is where in its memory the access at pc, which a check refused, would have been. The compiler leaves that
// in the scratch register before it traps.
func (in *Instance) checkedAddress(f *codemap.Func, pc abi.TextOffset) (addr uint64, ok bool) {
	i := sort.Search(len(f.Traps), func(i int) bool { return f.Traps[i].Text >= pc })
	k := int(f.Index) - in.mod.wasm.NumImportedFuncs
	if i == len(f.Traps) || f.Traps[i].Text != pc || k < 0 || k >= len(in.mod.wasm.Code) {
		return 0, false
	}
	body := &in.mod.wasm.Code[k]
	if at := f.Traps[i].Wasm; at < body.Code || at >= body.End {
		return 0, false
	}
	var r wasm.Reader
	var inst wasm.Inst
	r.Reset(in.mod.wasm, body)
	r.Seek(f.Traps[i].Wasm)
	if !r.Next(&inst) || inst.Op.Width() == 0 { // of memory.copy and the like the operands tell
		return 0, false
	}
	return in.ctx.Regs[native.RegScratch], true
}
