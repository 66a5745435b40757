package symbols

import (
	"sphex/aot/abi"
	"sphex/dwarf/line"
)

// SameStatements lists where else in one copy of a function the statement at pc begins, ascending. An optimiser copies code: behind
// both arms of a condition, in front of a loop and in it.
func (t *Table) SameStatements(pc abi.TextOffset) (list []abi.TextOffset) {
	u := t.lineUnitAt(pc)
	if u == nil {
		return nil
	}
	at := u.rowAt(pc)
	if at == nil || at.text != pc {
		return nil
	}
	fs := t.Frames(pc)
	if len(fs) == 0 || fs[0].Func.resumes() { // what goes on where it waited has ways in that are none of a call's
		return nil
	}
	in := fs[0]
	for _, r := range u.rowsIn(in.Ranges) {
		if r.text == pc || r.flags&line.Stmt == 0 || r.line != at.line || r.column != at.column || r.file != at.file {
			continue
		}
		if fs := t.Frames(r.text); len(fs) > 0 && fs[0].Same(in) {
			list = append(list, r.text)
		}
	}
	return list
}
