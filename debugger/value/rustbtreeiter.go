package value

import (
	"strings"

	"sphex/aot/wasm"
)

// Iterators over a B-tree know where they begin: at an edge of a leaf, or, before their first step, at the root. How many
// items are left they count; a Range knows the edge where it ends.

// rustBTreeIter shows what an iterator over a BTreeMap or BTreeSet has not given yet.
func (v *Variable) rustBTreeIter() *shape {
	in := v
	for depth := 0; in != nil && in.fieldNamed("front") == nil; depth++ { // Keys { inner: Iter { range: … } }
		if depth == 4 {
			return nil
		}
		in = in.firstField("range", "inner", "iter")
	}
	if in == nil {
		return nil
	}
	front, ok := in.fieldNamed("front").some()
	if !ok {
		return called(lastSegment(v.typ.name), &shape{kind: KindArray, style: styleList})
	}
	w := &treeWalk{scope: v.scope}
	if !w.startAt(front) {
		return nil
	}
	w.keys, w.vals = leafPart(w.leaf, "keys"), leafPart(w.leaf, "vals")
	if w.keys == nil {
		return nil
	}
	n, err := v.itemsLeft(in, w)
	if err != nil {
		return v.notSo(err)
	}
	name := lastSegment(v.typ.name)
	keys := strings.HasSuffix(name, "Keys") || w.vals == nil || w.vals.byteSize() == 0
	values := strings.Contains(name, "Values")
	s := &shape{kind: KindArray, style: styleList, count: int64(n), elem: func(i int64) *Variable {
		label := "[" + itoa(i) + "]"
		w.until(i)
		if i >= int64(len(w.items)) {
			return v.scope.unreadable(label, w.keys, unavailable("corrupt: fewer items than the iterator says"))
		}
		if keys || values {
			if x := w.item(w.items[i], label, !values); x != nil {
				return x
			}
			return v.scope.unreadable(label, w.keys, unavailable("corrupt: a leaf without keys"))
		}
		key, val := w.item(w.items[i], "0", true), w.item(w.items[i], "1", false)
		pair := v.scope.make(label, "", w.keys, location{data: []byte{}})
		pair.made = func() *shape { return &shape{kind: KindTuple, style: styleTuple, fields: []*Variable{key, val}} }
		return pair
	}}
	return called(name, s)
}

// firstField is the first field that there is of some names.
func (v *Variable) firstField(names ...string) *Variable {
	for _, n := range names {
		if f := v.fieldNamed(n); f != nil {
			return f
		}
	}
	return nil
}

// some is what an Option holds.
func (v *Variable) some() (*Variable, bool) {
	in, _, ok := v.variantOf("Some")
	return in, ok && in != nil
}

// leafPart is the type of the elements of one of a leaf's arrays.
func leafPart(leaf *Type, name string) *Type {
	f := leaf.fieldNamed(name)
	if f == nil {
		return nil
	}
	t := leaf.types.at(f.ref).strip()
	for n := 0; t != nil && n < 8; n++ { // [MaybeUninit<K>; 11]
		switch {
		case t.kind == typeArray:
			t = t.Elem().strip()
		case strings.Contains(t.name, "MaybeUninit<"):
			return t.arg("T")
		default:
			return t
		}
	}
	return nil
}

// itemsLeft is how many items an iterator gives: as it says, or up to the edge where it ends.
func (v *Variable) itemsLeft(rng *Variable, w *treeWalk) (uint64, error) {
	for in := v; in != nil; in = in.firstField("inner", "iter") {
		if l := in.fieldNamed("length"); l != nil {
			n, err := l.uint()
			if _, mem := v.scope.Frame.Memory(); err == nil && n > mem {
				return 0, unavailable("corrupt: length " + itoa(int64(n)) + " exceeds memory")
			}
			return n, err
		}
	}
	back, ok := rng.fieldNamed("back").some()
	if !ok {
		return 0, unavailable("not a range of a tree")
	}
	leaf, at, err := back.treeEdge()
	if err != nil {
		return 0, err
	}
	for n := int64(0); n < maxTree; n++ {
		if top := len(w.stack) - 1; top < 0 || w.stack[top].height == 0 && uint64(w.stack[top].addr) == leaf && w.stack[top].at == at {
			return uint64(n), nil
		}
		w.until(n)
		for len(w.stack) > 0 && w.stack[len(w.stack)-1].height > 0 && !w.stack[len(w.stack)-1].down { // to the next leaf
			if !w.descend() {
				break
			}
		}
		if int64(len(w.items)) <= n {
			return uint64(n), nil
		}
	}
	return maxTree, nil
}

// treeEdge is the leaf and the number of an edge: of Handle { node, idx }.
func (v *Variable) treeEdge() (leaf, at uint64, err error) {
	if in, _, ok := v.variantOf("Edge"); ok && in != nil {
		v = in
		if h := v.fieldNamed("__0"); h != nil {
			v = h
		}
	}
	node, idx := v.fieldNamed("node"), v.fieldNamed("idx")
	if node == nil || idx == nil || node.fieldNamed("node") == nil {
		return 0, 0, unavailable("not an edge of a tree")
	}
	p := node.fieldNamed("node").rawPointer()
	if p == nil {
		return 0, 0, unavailable("not an edge of a tree")
	}
	if leaf, err = p.uint(); err != nil {
		return 0, 0, err
	}
	at, err = idx.uint()
	return leaf, at, err
}

// startAt begins a walk where an iterator is: at a root, or at an edge of a leaf, from which the way up to the root is
// the rest of the walk.
func (w *treeWalk) startAt(front *Variable) bool {
	if root, _, ok := front.variantOf("Root"); ok && root != nil {
		if in := root.fieldNamed("__0"); in != nil {
			root = in
		}
		return w.startNode(root)
	}
	edge := front
	if in, _, ok := front.variantOf("Edge"); ok && in != nil {
		edge = in
		if h := in.fieldNamed("__0"); h != nil {
			edge = h
		}
	}
	leaf, at, err := edge.treeEdge()
	if err != nil || !w.startNode(edge.fieldNamed("node")) || len(w.stack) != 1 || w.stack[0].height != 0 {
		return false
	}
	var way []treeNode
	below := w.stack[0]
	below.at = at
	way = append(way, below)
	for height := uint64(1); height <= 32; height++ {
		node := w.scope.At(w.leaf, wasm.MemAddr(leaf))
		parent, ok := node.fieldNamed("parent").some()
		if !ok {
			break
		}
		p := parent.rawPointer()
		index := node.fieldNamed("parent_idx").core()
		if p == nil || index == nil || w.internal == nil {
			return false
		}
		if leaf, err = p.uint(); err != nil {
			return false
		}
		i, err := index.uint()
		if err != nil {
			return false
		}
		before := len(w.stack)
		if w.push(leaf, height); len(w.stack) != before+1 {
			return false
		}
		n := w.stack[before]
		n.at, n.down = i&0xffff, true
		way = append(way, n)
	}
	w.stack = w.stack[:0]
	for i := len(way) - 1; i >= 0; i-- {
		w.stack = append(w.stack, way[i])
	}
	return true
}
