// Package unwind writes the call frame information of native code: how to get from each of its frames to the caller's
// (DWARF 5, 6.4).
package unwind

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf/frame"
)

// entryOffset is CFA-SP at a function's first instruction, see codemap.Frame.
const entryOffset = 8

// Each returns .debug_frame for all of the text, with a description for each function and thunk. Of one for several
// lldb before 21 takes the rows for those of its first function: debuggers of a process get these.
func Each(cm *codemap.Map) []byte { return Together(cm, nil) }

// Together returns .debug_frame for all of the text as objects have it: a description for each function that the input describes, and
// one for as many as stand together of those that it does not and of the thunks, of which a small program that is
// linked with a library has more than of its own: one for each would be most of the output. Of the functions,
// described has those by their index that the input describes; nil means all.
func Together(cm *codemap.Map, described []bool) []byte {
	sp, ra := uint64(cm.Target.SP), uint64(cm.Target.RA)
	w := frame.NewWriter(false, 0)
	w.CIE(1, -entryOffset, ra, func(c *frame.Code) {
		c.DefCFA(sp, entryOffset)
		c.Offset(ra, -entryOffset)
	})
	var run []frameCode // that are to be described together
	flush := func() {
		writeFrames(w, run, ra)
		run = run[:0]
	}
	add := func(p frameCode, alone bool) {
		if n := len(run); n > 0 && (alone || n == mostTogether || p.outermost != run[0].outermost ||
			p.start < run[n-1].end || p.start-run[n-1].end >= longestPadding) {
			flush()
		}
		if run = append(run, p); alone {
			flush()
		}
	}
	for i := range cm.Funcs {
		f := cm.Funcs[i].Read()
		add(frameCode{f.Text, f.TextEnd, f.Frame.Rows, f.Frame.Saved, false}, described == nil || described[f.Index])
	}
	for i := range cm.Thunks {
		t := &cm.Thunks[i]
		add(frameCode{t.Text, t.TextEnd, t.Rows, nil, t.Kind == codemap.EntryThunk}, described == nil)
	}
	flush()
	return w.Bytes()
}

// longestPadding is what is not reached between two functions that stand together.
const longestPadding = 64

// mostTogether is how many functions a description may be of: readers carry out all that stands before the address
// that they look for.
const mostTogether = 64

// frameCode is a piece of the text that begins like a function.
type frameCode struct {
	start, end abi.TextOffset
	rows       []codemap.CFARow
	saved      []codemap.Saved
	outermost  bool // the stack of the guest ends in its frame
}

// writeFrames writes one description for pieces that follow each other with nothing but padding between them.
func writeFrames(w *frame.Writer, run []frameCode, ra uint64) {
	if len(run) == 0 {
		return
	}
	w.FDE(address(run[0].start), address(run[len(run)-1].end), func(c *frame.Code) {
		if run[0].outermost {
			c.Undefined(ra)
		}
		for i, p := range run {
			if i > 0 {
				c.Advance(address(p.start))
				c.RestoreState()
			}
			if i+1 < len(run) {
				c.RememberState()
			}
			frameRows(c, p)
		}
	})
}

// frameRows merges the rows of the CFA with those of saved registers, which are told of when all are saved:
// until then they are as the caller left them. What the end of the code has is left out: it holds for nothing.
func frameRows(c *frame.Code, p frameCode) {
	start, rows, saved, offset := p.start, p.rows, p.saved, uint32(entryOffset)
	var kept abi.TextOffset // where all are saved
	for i := range saved {
		kept = max(kept, saved[i].Text)
	}
	advance := func(to abi.TextOffset) {
		if to > start {
			c.Advance(address(to))
			start = to
		}
	}
	for len(rows) > 0 || len(saved) > 0 {
		if len(saved) == 0 || len(rows) > 0 && rows[0].Text <= kept {
			if rows[0].Offset != offset && rows[0].Text < p.end {
				advance(rows[0].Text)
				offset = rows[0].Offset
				c.DefCFAOffset(uint64(offset))
			}
			rows = rows[1:]
			continue
		}
		advance(kept)
		for _, s := range saved {
			c.Offset(uint64(s.Reg), int64(s.Offset))
		}
		saved = nil
	}
}

// address is the virtual address of a text offset in the object.
func address(t abi.TextOffset) uint64 { return abi.TextBase + uint64(t) }
