package symbols

import (
	"sync"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// block is a function, a lexical block in it, or an inlined call.
type block struct {
	entry    info.Entry
	inlined  bool
	fn       *Function // of a function or inlined call
	ranges   []Range
	own      []Range // what ranges were before they grew, see widen; nil if they did not
	children []*block
	vars     []info.Offset
	varsOnce sync.Once
	read     []*Variable
	callFile uint64
	callLine int
	callCol  int
}

// blocks returns the tree of f's blocks, nil without DWARF.
func (f *Function) blocks() *block {
	f.treeOnce.Do(func() {
		if f.Unit == nil || len(f.Ranges) == 0 {
			return
		}
		u := f.Unit
		root := &block{entry: f.entry, fn: f, ranges: f.Ranges}
		stack := []*block{root}
		depths := []int{0}
		w := f.entry.Walk()
		var e info.Entry
		for w.Next(&e) {
			if e.Offset == f.entry.Offset {
				continue
			}
			if e.Depth > maxDepth {
				w.SkipChildren()
				continue
			}
			for len(depths) > 1 && depths[len(depths)-1] >= e.Depth {
				stack, depths = stack[:len(stack)-1], depths[:len(depths)-1]
			}
			top := stack[len(stack)-1]
			switch e.Tag() {
			case dwarf.TagFormalParameter, dwarf.TagVariable:
				top.vars = append(top.vars, e.Offset)
				w.SkipChildren()
			case dwarf.TagLexicalBlock, dwarf.TagInlinedSubroutine, dwarf.TagTryBlock, dwarf.TagCatchBlock:
				b := &block{entry: e, ranges: u.table.ranges(&e)}
				if e.Tag() == dwarf.TagInlinedSubroutine {
					o, ok := e.Ref(dwarf.AttrAbstractOrigin)
					if !ok {
						w.SkipChildren()
						continue
					}
					b.inlined, b.fn = true, u.table.abstractFunction(o)
					b.callFile, _ = e.Uint(dwarf.AttrCallFile)
					n, _ := e.Uint(dwarf.AttrCallLine)
					c, _ := e.Uint(dwarf.AttrCallColumn)
					b.callLine, b.callCol = clampInt(n), clampInt(c)
				} else if !e.Has(dwarf.AttrRanges) && !e.Has(dwarf.AttrLowPC) {
					b.ranges = top.ranges // a block without extent is as large as its parent
				}
				top.children = append(top.children, b)
				stack, depths = append(stack, b), append(depths, e.Depth)
			default:
				w.SkipChildren()
			}
		}
		budget := maxWidened
		root.widen(&budget)
		root.ranges = f.Ranges
		f.tree = root
	})
	return f.tree
}

// InlinesCallIn reports whether a call in a file that fits, of f or of what is inlined into it, was inlined.
// It reads less than Frames does.
func (f *Function) InlinesCallIn(fits func(file string) bool) bool {
	if f.Unit == nil || len(f.Ranges) == 0 {
		return false
	}
	last, known := uint64(0), false
	w := f.entry.Walk()
	var e info.Entry
	for w.Next(&e) {
		if e.Offset == f.entry.Offset {
			continue
		}
		switch e.Tag() {
		case dwarf.TagLexicalBlock, dwarf.TagTryBlock, dwarf.TagCatchBlock:
		case dwarf.TagInlinedSubroutine:
			if n, ok := e.Uint(dwarf.AttrCallFile); ok && (!known || n != last) {
				last, known = n, true
				if fits(f.Unit.path(n)) {
					return true
				}
			}
		default:
			w.SkipChildren()
		}
	}
	return false
}

// Frame is one logical frame at a text address: the function that holds it, or a call in it
// that was inlined.
type Frame struct {
	Func    *Function
	Inlined bool    // Func was inlined into the next frame of the chain
	Ranges  []Range // text of this copy
	// Position in this frame: for the innermost the line at the address, for the others the
	// place of the call that was inlined.
	File         string
	Line, Column int
	// Outer is the function that holds the code.
	Outer *Function

	block *block
}

// Same reports whether two frames are the same copy of a function.
func (f *Frame) Same(g *Frame) bool { return f.block == g.block && f.Outer == g.Outer }

// Frames returns the chain of logical frames at pc, innermost first; the last is the
// function itself. It is never empty for an address inside a function.
func (t *Table) Frames(pc abi.TextOffset) []*Frame {
	f := t.Function(pc)
	if f == nil {
		return nil
	}
	fr := &Frame{Func: f, Ranges: f.Ranges, Outer: f, block: f.blocks()}
	chain := []*Frame{fr}
	for b := fr.block; b != nil; {
		b = b.child(pc, true)
		if b != nil && b.inlined {
			call := chain[len(chain)-1]
			call.File, call.Line, call.Column = f.Unit.path(b.callFile), b.callLine, b.callCol
			chain = append(chain, &Frame{Func: b.fn, Inlined: true, Ranges: b.ranges, Outer: f, block: b})
		}
	}
	if r, ok := t.Row(pc); ok {
		last := chain[len(chain)-1]
		last.File, last.Line, last.Column = r.File, r.Line, r.Column
	}
	for i, j := 0, len(chain)-1; i < j; i, j = i+1, j-1 {
		chain[i], chain[j] = chain[j], chain[i]
	}
	return chain
}

// Scope is a lexical block, or the outermost block of a function or of an inlined copy.
type Scope struct {
	Ranges []Range
	Vars   []*Variable
	Depth  int // 0 is the outermost
}

// Scopes returns the blocks of f that hold pc, innermost first.
func (t *Table) Scopes(f *Frame, pc abi.TextOffset) []*Scope {
	if f == nil || f.block == nil {
		return nil
	}
	var out []*Scope
	for b := f.block; b != nil; {
		s := &Scope{Ranges: b.ranges, Depth: len(out), Vars: t.blockVars(b)}
		out = append(out, s)
		b = b.child(pc, false)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// Elsewhere returns a variable of that name which f has in some block, whatever that holds; nil if there is none.
func (t *Table) Elsewhere(f *Frame, name string) *Variable {
	if f == nil || f.block == nil {
		return nil
	}
	for todo := []*block{f.block}; len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, v := range t.blockVars(b) {
			if v.Name == name {
				return v
			}
		}
		for _, c := range b.children {
			if !c.inlined {
				todo = append(todo, c)
			}
		}
	}
	return nil
}

// blockVars reads the variables of a block, and those of its abstract origin that the
// producer left out here because it has no location for them.
func (t *Table) blockVars(b *block) []*Variable {
	b.varsOnce.Do(func() { b.read = t.readVars(b) })
	return b.read
}

func (t *Table) readVars(b *block) []*Variable {
	var out []*Variable
	seen := map[info.Offset]bool{}
	for _, off := range b.vars {
		e, err := t.info.Entry(off)
		if err != nil {
			continue
		}
		v := t.newVariable(&e)
		seen[v.decl.Offset] = true
		if v.Name != "" && !(v.declaration && !v.located) {
			out = append(out, v)
		}
	}
	origin, ok := b.entry.Follow(dwarf.AttrAbstractOrigin)
	if !ok {
		return out
	}
	for e := range origin.Children() {
		if e.Tag() != dwarf.TagFormalParameter && e.Tag() != dwarf.TagVariable || seen[e.Offset] {
			continue
		}
		v := t.newVariable(&e)
		if v.Name != "" && !v.declaration {
			out = append(out, v)
		}
	}
	return out
}
