package symbols

import (
	"sphex/aot/abi"
	"sphex/dwarf"
)

// Ahead tells whether the program, which stands at pc in f, has yet to come to the declaration of a
// variable of the scope. Only code that was not optimised stands in the order of its source: of
// other code, and where lines do not tell, the answer is no. A jump back over the
// declaration ends the variable's life, so that the answer holds in loops too.
func (t *Table) Ahead(f *Frame, s *Scope, v *Variable, pc abi.TextOffset) bool {
	if v.Param || !v.inFrame() || v.Line == 0 || f.Inlined || f.Outer == nil || f.Outer.Unit == nil || optimised(f.Outer) {
		return false
	}
	u := f.Outer.Unit
	if u.Language != LangC && u.Language != LangCPP { // the scope of others begins behind the declaration
		return false
	}
	files := u.fileNumbers(v.File)
	for _, r := range u.rowsIn(s.Ranges) {
		if files[r.file] && int64(r.line) >= int64(v.Line) {
			return pc <= r.text
		}
	}
	return false
}

// inFrame tells whether the variable lives in its function's frame; a static does not.
func (v *Variable) inFrame() bool {
	x, ok := v.entry.Attr(dwarf.AttrLocation)
	if !ok {
		return false
	}
	code, ok := x.Expr()
	return ok && len(code) > 0 && dwarf.Op(code[0]) == dwarf.OpFbreg
}

// optimised tells whether a function was: only then producers describe its calls.
func optimised(f *Function) bool {
	return f.entry.Has(dwarf.AttrCallAllCalls) || f.entry.Has(dwarf.AttrGNUAllCallSites)
}
