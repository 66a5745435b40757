package debuginfo

import (
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

// frameRows merges the rows of the CFA with those of saved registers, which are told of when all are saved:
// until then they are as the caller left them. What the end of the code has is left out: it holds for nothing.
func frameRows(c *frame.Code, start, end abi.TextOffset, rows []codemap.CFARow, saved []codemap.Saved, offset uint32) {
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
			if rows[0].Offset != offset && rows[0].Text < end {
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
