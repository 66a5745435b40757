package symbols

// Block is a function's body, a lexical block in it, or an inlined call.
type Block struct {
	Ranges   []Range
	Vars     []*Variable
	Children []*Block
	// Inlined is the function whose call was inlined; nil for other blocks.
	Inlined  *Function
	CallFile string // where Inlined was called
	CallLine int
}

// Blocks returns the tree of f's blocks as DWARF has it; nil for a function without DWARF.
func (t *Table) Blocks(f *Function) *Block {
	b := f.blocks()
	if b == nil {
		return nil
	}
	return t.exportBlock(b, f.Unit)
}

func (t *Table) exportBlock(b *block, u *Unit) *Block {
	out := &Block{Ranges: b.ranges, Vars: t.blockVars(b)}
	if b.inlined {
		out.Inlined, out.CallFile, out.CallLine = b.fn, u.path(b.callFile), b.callLine
	}
	for _, c := range b.children {
		out.Children = append(out.Children, t.exportBlock(c, u))
	}
	return out
}
