package symbols

import (
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// TypesLike finds the complete types whose qualified name without template arguments is that of name.
// The index of names is no help in this: producers spell the arguments in different ways.
func (t *Table) TypesLike(name string) []info.Offset {
	want := bareName(name)
	var out []info.Offset
	for _, u := range t.unitsNaming(lastName(want), want) {
		for full, off := range u.typeNames() {
			if len(out) >= maxAlike {
				return out
			}
			if strings.HasPrefix(full, lastBefore(want)) && bareName(full) == want {
				out = append(out, off)
			}
		}
	}
	return out
}

// maxAlike bounds the types of one name with different template arguments.
const maxAlike = 10_000

// lastBefore is how all names begin that bareName could make name of.
func lastBefore(name string) string { return name[:min(len(name), strings.IndexByte(name+":", ':'))] }

// bareName removes template arguments from a name: a::B<int>::C<3> is a::B::C.
func bareName(name string) string {
	if strings.IndexByte(name, '<') < 0 {
		return name
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '<':
			depth++
		case c == '>' && depth > 0 && name[i-1] != '-':
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// VirtualFunction names the virtual function that the class at off declares for a place in the table of
// its virtual functions: the first is 0.
func (t *Table) VirtualFunction(off uint64, slot uint64) (string, bool) {
	class, err := t.info.Entry(info.Offset(off))
	if err != nil {
		return "", false
	}
	for e := range class.Children() {
		if e.Tag() != dwarf.TagSubprogram || !e.Has(dwarf.AttrVtableElemLocation) {
			continue
		}
		if n, ok := e.Uint(dwarf.AttrVtableElemLocation); ok && n == slot {
			return e.Name(), true
		}
		v, _ := e.Attr(dwarf.AttrVtableElemLocation)
		x, ok := v.Expr()
		if !ok {
			x, ok = v.Block()
		}
		if n, known := constantExpr(x); ok && known && n == slot {
			return e.Name(), true
		}
	}
	return "", false
}

// constantExpr is the value of an expression that is a single constant.
func constantExpr(x []byte) (uint64, bool) {
	if len(x) == 1 && dwarf.Op(x[0]) >= dwarf.OpLit0 && dwarf.Op(x[0]) <= dwarf.OpLit0+31 {
		return uint64(x[0]) - uint64(dwarf.OpLit0), true
	}
	if len(x) < 2 {
		return 0, false
	}
	c := dwarf.NewCursor("", x[1:], 0)
	var n uint64
	switch dwarf.Op(x[0]) {
	case dwarf.OpConstu:
		n = c.ULEB()
	case dwarf.OpConst1u:
		n = uint64(c.U8())
	default:
		return 0, false
	}
	return n, c.Err() == nil && c.Len() == 0
}
