package symbols

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// VirtualIndex is the place of a virtual member function in its class's table; ok is false for all others.
func (f *Function) VirtualIndex() (index uint64, ok bool) {
	if f.Unit == nil {
		return 0, false
	}
	e := f.entry
	for range 8 {
		if v, ok := e.Attr(dwarf.AttrVtableElemLocation); ok {
			code, isExpr := v.Expr()
			if !isExpr {
				code, _ = v.Block()
			}
			n, err := expr.EvalValue(code, e.Unit.Format(), expr.NoHost{})
			return n.Bits, err == nil
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return 0, false
}
