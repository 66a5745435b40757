package debuginfo

import (
	"cmp"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf/frame"
)

// frames writes .debug_frame for all of the text.
func frames(cm *codemap.Map) []byte {
	const entryOffset = 8 // CFA-SP at a function's first instruction, see codemap.Frame
	sp, ra := uint64(cm.Target.SP), uint64(cm.Target.RA)
	w := frame.NewWriter(false, 0)
	w.CIE(1, -entryOffset, ra, func(c *frame.Code) {
		c.DefCFA(sp, entryOffset)
		c.Offset(ra, -entryOffset)
	})
	for i := range cm.Funcs {
		f := &cm.Funcs[i]
		w.FDE(address(f.Text), address(f.TextEnd), func(c *frame.Code) {
			frameRows(c, f.Text, f.TextEnd, f.Frame.Rows, f.Frame.Saved, entryOffset)
		})
	}
	for i := range cm.Thunks {
		t := &cm.Thunks[i]
		w.FDE(address(t.Text), address(t.TextEnd), func(c *frame.Code) {
			if t.Kind == codemap.EntryThunk {
				c.Undefined(ra) // the stack of the guest ends here
			}
			frameRows(c, t.Text, t.TextEnd, t.Rows, nil, entryOffset)
		})
	}
	return w.Bytes()
}

// frameRows merges the rows of the CFA with those of saved registers. What the end of the code has is
// left out: it holds for nothing.
func frameRows(c *frame.Code, start, end abi.TextOffset, rows []codemap.CFARow, saved []codemap.Saved, offset uint32) {
	saved = slices.Clone(saved)
	slices.SortStableFunc(saved, func(a, b codemap.Saved) int { return cmp.Compare(a.Text, b.Text) })
	advance := func(to abi.TextOffset) {
		if to > start {
			c.Advance(address(to))
			start = to
		}
	}
	for len(rows) > 0 || len(saved) > 0 {
		if len(saved) == 0 || len(rows) > 0 && rows[0].Text <= saved[0].Text {
			if rows[0].Offset != offset && rows[0].Text < end {
				advance(rows[0].Text)
				offset = rows[0].Offset
				c.DefCFAOffset(uint64(offset))
			}
			rows = rows[1:]
			continue
		}
		advance(saved[0].Text)
		c.Offset(uint64(saved[0].Reg), int64(saved[0].Offset))
		saved = saved[1:]
	}
}

// address is the virtual address of a text offset in the object.
func address(t abi.TextOffset) uint64 { return abi.TextBase + uint64(t) }
