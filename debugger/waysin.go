package debugger

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// An optimiser copies code, and what was one statement begins at several places: one of them would be missed on the ways that
// lead past it. A breakpoint stands at the first, and at those of the others that are reached without coming by one of these.

// mostWays bounds the places of one statement.
const mostWays = 16

// waysIn adds, to places of functions and lines, those of the same statements that a way from the function's beginning
// leads to past all before.
func (im *image) waysIn(found []symbols.Place) []symbols.Place {
	taken := map[abi.TextOffset]bool{}
	for _, p := range found {
		taken[p.Text] = true
	}
	for _, p := range found {
		others := im.table.SameStatements(p.Text)
		f := im.function(p.Text)
		if len(others) == 0 || f == nil || int(f.Index) < im.module.NumImportedFuncs {
			continue
		}
		code, ok := wasmOffset(f, p.Text)
		if !ok {
			continue
		}
		stops := map[wasm.CodeOffset]bool{code: true}
		for len(stops) < mostWays {
			text, at, ok := im.reachedPast(f, stops, others)
			if !ok {
				break
			}
			stops[at] = true
			if !taken[text] {
				taken[text] = true
				more := p
				more.Text = text
				found = append(found, more)
			}
		}
	}
	return im.withoutMerged(found)
}

// withoutMerged leaves out what an optimiser has put together from the ends of several copies of a function: it has no line of
// a call, and whoever comes there has come by the beginning of one of these.
func (im *image) withoutMerged(found []symbols.Place) []symbols.Place {
	return slices.DeleteFunc(found, func(p symbols.Place) bool {
		f := im.function(p.Text)
		if f == nil || !p.Inlined || !im.callLost(&p) {
			return false
		}
		stops := map[wasm.CodeOffset]bool{}
		for _, other := range found {
			if code, ok := wasmOffset(f, other.Text); ok && other.Text != p.Text && other.Func == p.Func && im.function(other.Text) == f && !im.callLost(&other) {
				stops[code] = true
			}
		}
		_, _, reached := im.reachedPast(f, stops, []abi.TextOffset{p.Text})
		return len(stops) > 0 && !reached
	})
}

// callLost tells whether a place is in a copy of its function that the producer has no line of a call for, or in a copy of what
// that was inlined into.
func (im *image) callLost(p *symbols.Place) bool {
	chain := im.table.Frames(p.Text)
	for i, f := range chain {
		if f.Func == p.Func {
			return slices.ContainsFunc(chain[i+1:], func(outer *symbols.Frame) bool { return outer.Line == 0 })
		}
	}
	return false
}

// reachedPast finds the first of some places that the function may come to without executing an instruction of stops.
func (im *image) reachedPast(f *codemap.Func, stops map[wasm.CodeOffset]bool, places []abi.TextOffset) (text abi.TextOffset, at wasm.CodeOffset, ok bool) {
	want := map[wasm.CodeOffset]abi.TextOffset{}
	for _, p := range places {
		if code, ok := wasmOffset(f, p); ok && !stops[code] {
			want[code] = p
		}
	}
	if len(want) == 0 {
		return 0, 0, false
	}
	var w walk
	w.blocks = append(w.blocks, walkBlock{})
	w.live = true
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(im.module, &im.module.Code[int(f.Index)-im.module.NumImportedFuncs]); r.Next(&in) && len(w.blocks) > 0; {
		if w.live && stops[in.Offset] {
			w.live = false
		}
		if p, wanted := want[in.Offset]; wanted && w.live {
			return p, in.Offset, true
		}
		w.step(&in)
	}
	return 0, 0, false
}

// walk follows the ways through a function's blocks in the order of its instructions: branches lead forward, or to a loop that
// was come to before.
type walk struct {
	blocks []walkBlock
	live   bool // the next instruction may be executed
}

type walkBlock struct {
	loop  bool
	other bool // of an if without else, or a try: a way leads to its else, its catches, or past it
	end   bool // a way leads to its end
}

// jump is a branch to a label, as so many blocks outwards.
func (w *walk) jump(label uint32) {
	if i := len(w.blocks) - 1 - int(label); w.live && i >= 0 && !w.blocks[i].loop {
		w.blocks[i].end = true
	}
}

func (w *walk) step(in *wasm.Inst) {
	top := &w.blocks[len(w.blocks)-1]
	switch in.Op {
	case wasm.OpBlock:
		w.blocks = append(w.blocks, walkBlock{})
	case wasm.OpLoop:
		w.blocks = append(w.blocks, walkBlock{loop: true})
	case wasm.OpIf, wasm.OpTry:
		w.blocks = append(w.blocks, walkBlock{other: w.live})
	case wasm.OpTryTable:
		for _, c := range in.Catches {
			w.jump(c.Label)
		}
		w.blocks = append(w.blocks, walkBlock{})
	case wasm.OpElse:
		top.end = top.end || w.live
		w.live, top.other = top.other, false
	case wasm.OpCatch, wasm.OpCatchAll:
		top.end = top.end || w.live
		w.live = top.other
	case wasm.OpEnd, wasm.OpDelegate:
		w.live = w.live || top.end || top.other
		w.blocks = w.blocks[:len(w.blocks)-1]
	case wasm.OpBr:
		w.jump(in.Index)
		w.live = false
	case wasm.OpBrIf, wasm.OpBrOnNull, wasm.OpBrOnNonNull:
		w.jump(in.Index)
	case wasm.OpBrTable:
		for _, t := range in.Targets {
			w.jump(t)
		}
		w.jump(in.Index)
		w.live = false
	case wasm.OpReturn, wasm.OpUnreachable, wasm.OpThrow, wasm.OpRethrow, wasm.OpThrowRef,
		wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
		w.live = false
	}
}
