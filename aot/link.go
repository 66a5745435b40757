package aot

import (
	"fmt"
	"math"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// link places the functions and then the thunks in one text, moves the offsets in their code
// maps, and fills in the references between them.
func link(b codemap.Backend, m *wasm.Module, funcs []codemap.Code, thunks []codemap.ThunkCode) ([]byte, *codemap.Map, error) {
	size := uint64(0)
	align := uint64(b.Align())
	place := func(text []byte) abi.TextOffset {
		at := size
		size = (size + uint64(len(text)) + align - 1) &^ (align - 1)
		return abi.TextOffset(at)
	}
	at := make([]abi.TextOffset, len(funcs)+len(thunks))
	for i := range funcs {
		at[i] = place(funcs[i].Text)
	}
	for i := range thunks {
		at[len(funcs)+i] = place(thunks[i].Text)
	}
	if size > math.MaxInt32 {
		return nil, nil, fmt.Errorf("%d bytes of native text are more than a jump can span", size)
	}

	targets := map[codemap.Ref]abi.TextOffset{}
	for i := range thunks {
		t := &thunks[i].Thunk
		targets[codemap.Ref{Kind: codemap.RefThunk, Index: uint32(t.Kind)<<24 | t.Index}] = at[len(funcs)+i]
	}
	target := func(r codemap.Ref) abi.TextOffset {
		if r.Kind == codemap.RefFunc {
			if i := int(r.Index) - m.NumImportedFuncs; i >= 0 {
				return at[i]
			}
			r = codemap.Ref{Kind: codemap.RefThunk, Index: uint32(codemap.ImportThunk)<<24 | r.Index}
		}
		r.At = 0
		t, ok := targets[r]
		if !ok {
			panic(fmt.Sprintf("aot: link: nothing to refer to for %+v", r))
		}
		return t
	}

	size = max(size, align) // some text, so that it can be mapped
	text := make([]byte, size)
	b.Pad(text)
	copyIn := func(from abi.TextOffset, code []byte, refs []codemap.Ref) {
		copy(text[from:], code)
		for _, r := range refs {
			b.Patch(text, from+r.At, target(r))
		}
	}
	cm := &codemap.Map{Target: b.Target(), TextSize: abi.TextOffset(size)}
	cm.Params = make([][]codemap.Place, len(m.Types))
	for i := range m.Types {
		cm.Params[i] = b.Params(&m.Types[i])
	}
	cm.Funcs = make([]codemap.Func, len(funcs))
	for i := range funcs {
		copyIn(at[i], funcs[i].Text, funcs[i].Refs)
		cm.Funcs[i] = funcs[i].Func
		moveFunc(&cm.Funcs[i], at[i])
	}
	cm.Thunks = make([]codemap.Thunk, len(thunks))
	for i := range thunks {
		from := at[len(funcs)+i]
		copyIn(from, thunks[i].Text, thunks[i].Refs)
		cm.Thunks[i] = thunks[i].Thunk
		t := &cm.Thunks[i]
		t.Text += from
		t.TextEnd += from
		moveRows(t.Rows, nil, t.Calls, from)
	}
	return text, cm, nil
}

// moveFunc adds by to all text offsets of f.
func moveFunc(f *codemap.Func, by abi.TextOffset) {
	f.Text += by
	f.TextEnd += by
	f.BodyText += by
	moveRows(f.Frame.Rows, f.Frame.Saved, f.Calls, by)
	for i := range f.Insts {
		f.Insts[i].Text += by
	}
	for i := range f.Sites {
		f.Sites[i].Text += by
	}
	for i := range f.Traps {
		f.Traps[i].Text += by
	}
	for i := range f.Handlers {
		h := &f.Handlers[i]
		h.From += by
		h.To += by
		if h.Kind != codemap.Delegate {
			h.Pad += by
		}
	}
	for i := range f.StackMoves {
		f.StackMoves[i].Text += by
	}
}

func moveRows(rows []codemap.CFARow, saved []codemap.Saved, calls []codemap.Call, by abi.TextOffset) {
	for i := range rows {
		rows[i].Text += by
	}
	for i := range saved {
		saved[i].Text += by
	}
	for i := range calls {
		calls[i].Return += by
	}
}
