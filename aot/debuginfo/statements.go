package debuginfo

import "sphex/aot/wasm"

// Statements returns where stop sites are wanted: the code offset of every statement row of
// the line tables that lies in a body, ascending and unique, plus the first instruction of
// each body that has none. A row at a body's local declarations stands for its first
// instruction, one at labels for what is behind them (see markers).
func Statements(in *Input) []wasm.CodeOffset {
	m, lines := in.Module, in.lines()
	n := len(m.Code)
	for _, t := range lines.tables {
		n += len(t.statements)
	}
	merged := make([]wasm.CodeOffset, 0, n)
	var at []wasm.CodeOffset
	for i := range m.Code {
		b := &m.Code[i]
		at = at[:0]
		if o := lines.owners[i]; o.unit != nobody {
			list := lines.tables[o.unit].statementsOf(o.item, b.Start, b.End)
			for k, s := range list {
				if s < b.Code {
					s = firstStatement(b, list[k+1:])
				}
				if len(at) == 0 || at[len(at)-1] != s {
					at = append(at, s)
				}
			}
		}
		switch {
		case len(at) == 0:
			merged = append(merged, b.Code)
		case lines.owners[i].exact:
			merged = append(merged, at...)
		default:
			merged = appendInstructions(merged, m, b, at)
		}
	}
	return merged
}

// firstStatement returns where the row of a body's local declarations stands: at the first instruction,
// or behind markers there as other rows, where the next statement may be.
func firstStatement(b *wasm.Body, rest []wasm.CodeOffset) wasm.CodeOffset {
	hi := b.End
	if len(rest) > 0 {
		hi = max(rest[0], b.Code) + 1
	}
	return wasm.CodeOffset(behindMarkers(b, uint64(b.Code), uint64(hi)))
}

// appendInstructions appends those of the offsets in a body that are instructions. Lines that
// are not the body's own, but those of another copy of the function, commonly name others.
func appendInstructions(dst []wasm.CodeOffset, m *wasm.Module, b *wasm.Body, at []wasm.CodeOffset) []wasm.CodeOffset {
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m, b); len(at) > 0 && r.Next(&in); {
		for len(at) > 0 && at[0] < in.Offset {
			at = at[1:]
		}
		if len(at) > 0 && at[0] == in.Offset {
			dst = append(dst, in.Offset)
		}
	}
	return dst
}
