package debuginfo

import (
	"sort"

	"sphex/aot/wasm"
)

// In native code a label takes no room, so that a row of the line table starts where branches lead to. In
// WebAssembly the labels are instructions: producers give the row of a loop's first line to a block or loop in
// front of it, and a branch back comes in behind. So a statement that starts at such markers is one of the
// first instruction behind them, if that has no row of its own.

// markers finds the instructions behind markers. It is fast for offsets that lie near each other.
type markers struct {
	m    *wasm.Module
	body int // of the last offset
}

// behind returns where the statement of a row for [lo, hi) is.
func (k *markers) behind(lo, hi uint64) uint64 {
	code := k.m.Code
	at := wasm.CodeOffset(lo)
	if k.body >= len(code) || at < code[k.body].Start || at >= code[k.body].End {
		if k.body = sort.Search(len(code), func(i int) bool { return code[i].End > at }); k.body == len(code) {
			return lo
		}
	}
	return behindMarkers(&code[k.body], lo, hi)
}

// behindMarkers is markers.behind for a row in a body.
func behindMarkers(b *wasm.Body, lo, hi uint64) uint64 {
	if lo < uint64(b.Code) || hi > uint64(b.End) {
		return lo
	}
	code := b.Bytes[lo-uint64(b.Code):]
	last := len(code) - 1 // the body's own end, which returns
	n := 0
	for n < last {
		switch wasm.Op(code[n]) {
		case wasm.OpEnd:
			n++
			continue
		case wasm.OpBlock, wasm.OpLoop:
			for n++; n < last && code[n]&0x80 != 0; n++ { // the type is one number
			}
			n++
			continue
		}
		break
	}
	if at := lo + uint64(n); n <= last && at < hi {
		return at
	}
	return lo
}
