package debugger

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Where a function begins with a loop, its first statement is the loop's: it stands behind the label that
// each round comes to. A breakpoint on the function is to stop once for each call, and so stands in front
// of the label, where the compiler leaves at least one byte.

// entries moves the places of functions in front of loops that they begin with.
func (im *image) entries(found []symbols.Place) []symbols.Place {
	for i := range found {
		found[i].Text = im.entryPlace(found[i].Text)
	}
	return found
}

// entryPlace returns where the code comes by once on its way to text, the first statement of a function or of an inlined
// copy.
func (im *image) entryPlace(text abi.TextOffset) abi.TextOffset {
	f := im.function(text)
	if f == nil || int(f.Index) < im.module.NumImportedFuncs {
		return text
	}
	at, _ := wasmOffset(f, text)
	labels, loop := im.labelsBefore(f, at)
	if !loop {
		return text
	}
	levels := im.levelsIn(text)
	for _, l := range labels {
		i := slices.IndexFunc(f.Insts, func(in codemap.Inst) bool { return in.Wasm == l })
		if i < 0 || f.Insts[i].Text >= text {
			continue
		}
		// Labels of what comes before do not count.
		if before := im.levelsIn(f.Insts[i].Text); slices.EqualFunc(levels, before, func(a, b level) bool { return a.key == b.key && a.line == b.line && a.file == b.file }) {
			return f.Insts[i].Text
		}
	}
	return text
}

// labelsBefore lists the blocks and loops right in front of an instruction, and tells whether a loop is
// among them.
func (im *image) labelsBefore(f *codemap.Func, at wasm.CodeOffset) (labels []wasm.CodeOffset, loop bool) {
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(im.module, &im.module.Code[int(f.Index)-im.module.NumImportedFuncs]); r.Next(&in); {
		switch {
		case in.Op == wasm.OpBlock || in.Op == wasm.OpLoop:
			labels, loop = append(labels, in.Offset), loop || in.Op == wasm.OpLoop
			if in.Offset >= at { // a site stands behind the label of its loop
				return labels, loop
			}
		case in.Offset >= at:
			return labels, loop
		default:
			labels, loop = labels[:0], false
		}
	}
	return nil, false
}
