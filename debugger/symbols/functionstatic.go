package symbols

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// Statics lists the variables called name that a function of C or C++ declares and that have one place for the whole run.
func (f *Function) Statics(name string) (list []*Variable) {
	if f.Unit == nil {
		return nil
	}
	e := f.entry
	for range 8 {
		list = append(list, f.Unit.table.staticsIn(e, name)...)
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok || len(list) > 0 {
			break
		}
		e = next
	}
	return list
}

func (t *Table) staticsIn(in info.Entry, name string) (list []*Variable) {
	w := in.Walk()
	var e info.Entry
	for w.Next(&e) {
		switch e.Tag() {
		case dwarf.TagVariable:
			v := t.newVariable(&e)
			if a, ok := v.Attr(dwarf.AttrLocation); ok && v.Name == name && isStatic(a, e.Unit.Format()) {
				v.Static = true
				list = append(list, v)
			}
			w.SkipChildren()
		case dwarf.TagLexicalBlock, dwarf.TagTryBlock, dwarf.TagCatchBlock:
		default:
			if e.Offset != in.Offset {
				w.SkipChildren()
			}
		}
	}
	return list
}

// isStatic reports whether a location is an address in linear memory that is always the same: one operation. What is in
// a frame has its frame base or its canonical address.
func isStatic(a info.Value, f expr.Format) bool {
	code, ok := a.Expr()
	if !ok {
		code, _ = a.Block()
	}
	ops, err := expr.Decode(nil, code, f)
	if err != nil || len(ops) != 1 {
		return false
	}
	c := ops[0].Code
	return c == dwarf.OpAddr || c == dwarf.OpAddrx || c >= dwarf.OpBreg0 && c <= dwarf.OpBreg31
}
