package value

import (
	"strings"

	"sphex/aot/wasm"
)

// eagerTree is how many items are read at once, to find out whether they are there.
const eagerTree = 10_000

// maxTree bounds the nodes of a container that are visited at once.
const maxTree = 100_000

// maxVisited bounds the nodes of a B-tree that are visited one by one.
const maxVisited = 1 << 20

// rustBTree shows a BTreeMap: nodes with up to 11 keys; those above the leaves have edges too.
// They are visited as far as the items that are asked for.
func (v *Variable) rustBTree(st style) *shape {
	if v == nil {
		return nil
	}
	length, root := v.fieldNamed("length"), v.fieldNamed("root")
	kt, vt := v.typ.strip().arg("K"), v.typ.strip().arg("V")
	if length == nil || root == nil || kt == nil {
		return nil
	}
	n, err := length.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, size := v.scope.Frame.Memory()
	if n > size || n > 0 && kt.byteSize() > 0 && n > size/uint64(kt.byteSize()) {
		return corrupt("length %d exceeds memory", n)
	}
	w := &treeWalk{scope: v.scope, keys: kt, vals: vt}
	if n > 0 && !w.start(root) {
		return nil
	}
	get := func(i int64, key bool) *Variable {
		name := "[" + itoa(i) + "]"
		w.until(i)
		if i < int64(len(w.items)) {
			if x := w.item(w.items[i], name, key); x != nil {
				return x
			}
		}
		return v.scope.unreadable(name, kt, unavailable("corrupt: fewer items than the tree says"))
	}
	if n > 0 && n <= eagerTree { // what is no tree should not look like one
		if w.until(int64(n) - 1); uint64(len(w.items)) < n {
			return corrupt("%d of %d items found", len(w.items), n)
		}
	}
	s := &shape{kind: KindMap, style: st, count: int64(n)}
	if st == styleSet {
		s.kind, s.elem = KindArray, func(i int64) *Variable { return get(i, true) }
	} else {
		s.key = func(i int64) *Variable { return get(i, true) }
		s.elem = func(i int64) *Variable { return get(i, false) }
	}
	return s
}

// treeWalk visits a B-tree in order.
type treeWalk struct {
	scope          *Scope
	keys, vals     *Type
	leaf, internal *Type
	stack          []treeNode // from the root down to where the walk is
	visited        int
	items          []treeItem
}

// treeItem is where a key and its value are: in a leaf, or in what a node has of one.
type treeItem struct {
	leaf uint32
	at   uint8
}

// item is the key or the value of an item; nil if the leaf has none.
func (w *treeWalk) item(it treeItem, name string, key bool) *Variable {
	t, part := w.vals, "vals"
	if key {
		t, part = w.keys, "keys"
	}
	f := w.leaf.fieldNamed(part)
	if f == nil || t == nil {
		return nil
	}
	size := t.byteSize()
	return w.scope.make(name, "", t, w.scope.pointee(wasm.MemAddr(it.leaf)+wasm.MemAddr(f.offset+int64(it.at)*size), size))
}

// treeNode is a node on the way: edge at is the next to go down, then comes key at.
type treeNode struct {
	addr   uint32
	edges  *Variable // nil in leaves
	height uint64
	count  uint64
	at     uint64
	down   bool // edge at was visited
}

// start finds the root node in an Option<Root>.
func (w *treeWalk) start(root *Variable) bool {
	ref, _, ok := root.variantOf("Some")
	return ok && ref != nil && w.startNode(ref)
}

// startNode begins at a NodeRef.
func (w *treeWalk) startNode(ref *Variable) bool {
	node, height := ref.fieldNamed("node"), ref.fieldNamed("height")
	if node == nil || height == nil {
		return false
	}
	h, err := height.uint()
	p := node.rawPointer()
	if err != nil || h > 32 || p == nil {
		return false
	}
	w.leaf = p.typ.strip().Elem().strip()
	if w.leaf == nil || w.leaf.kind != typeStruct {
		return false
	}
	if pf := w.leaf.fieldNamed("parent"); pf != nil { // Option<NonNull<InternalNode<K, V>>>
		w.internal = findPointee(w.scope.Types.at(pf.ref), "InternalNode<", 0)
	}
	addr, err := p.uint()
	if err != nil {
		return false
	}
	w.push(addr, h)
	return true
}

// push goes down to a node.
func (w *treeWalk) push(addr, height uint64) {
	if w.visited++; w.visited > maxVisited || height > 0 && w.internal == nil {
		w.stack = nil
		return
	}
	n := treeNode{height: height, addr: uint32(addr)}
	count := w.scope.make("", "", w.leaf, w.scope.pointee(wasm.MemAddr(addr), w.leaf.byteSize())).fieldNamed("len")
	c, err := count.uint()
	if count == nil || err != nil || c > 11 {
		w.stack = nil
		return
	}
	n.count = c
	if height > 0 {
		n.edges = w.scope.make("", "", w.internal, w.scope.pointee(wasm.MemAddr(addr), w.internal.byteSize())).fieldNamed("edges")
	}
	w.stack = append(w.stack, n)
}

// until walks on until item i is known, or the tree ends.
func (w *treeWalk) until(i int64) {
	for int64(len(w.items)) <= i && len(w.stack) > 0 {
		n := &w.stack[len(w.stack)-1]
		if n.height > 0 && !n.down {
			w.descend()
			continue
		}
		if n.at >= n.count {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		w.items = append(w.items, treeItem{n.addr, uint8(n.at)})
		n.at, n.down = n.at+1, false
	}
}

// descend goes down the next edge of the node on top; false ends the walk.
func (w *treeWalk) descend() bool {
	n := &w.stack[len(w.stack)-1]
	n.down = true
	if n.edges == nil {
		w.stack = nil
		return false
	}
	size := w.scope.Types.pointerSize()
	b, err := w.scope.read(n.edges.loc.at(size*int64(n.at), size), size)
	if err != nil {
		w.stack = nil
		return false
	}
	w.push(bigBits(b, false).Uint64(), n.height-1)
	return len(w.stack) > 0
}

// findPointee looks through wrappers for a pointer to a type whose name contains part.
func findPointee(t *Type, part string, depth int) *Type {
	t = t.strip()
	if t == nil || depth > 8 {
		return nil
	}
	if t.kind == typePointer {
		if e := t.Elem().strip(); e != nil && strings.Contains(e.name, part) {
			return e
		}
		return nil
	}
	m := t.load()
	for i := range m.fields {
		if r := findPointee(t.types.at(m.fields[i].ref), part, depth+1); r != nil {
			return r
		}
	}
	for i := range m.variants {
		for j := range m.variants[i].variants {
			if r := findPointee(t.types.at(m.variants[i].variants[j].payload.ref), part, depth+1); r != nil {
				return r
			}
		}
	}
	return nil
}
