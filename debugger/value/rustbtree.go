package value

import (
	"strings"

	"sphex/aot/wasm"
)

// eagerTree is how many items are read at once, to find out whether they are there.
const eagerTree = 10_000

// maxTree bounds the nodes of a B-tree that are visited, and the entries that a search looks at.
const maxTree = 1 << 20

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
		if i < int64(len(w.pairs)) {
			x := w.pairs[i].v
			if key {
				x = w.pairs[i].k
			}
			if x != nil {
				c := *x
				c.Name = name
				return &c
			}
		}
		return v.scope.unreadable(name, kt, unavailable("corrupt: fewer items than the tree says"))
	}
	if n > 0 && n <= eagerTree { // what is no tree should not look like one
		if w.until(int64(n) - 1); uint64(len(w.pairs)) < n {
			return corrupt("%d of %d items found", len(w.pairs), n)
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
	pairs          []treePair
}

type treePair struct{ k, v *Variable }

// treeNode is a node on the way: edge at is the next to go down, then comes key at.
type treeNode struct {
	leaf   *Variable
	edges  *Variable // nil in leaves
	height uint64
	count  uint64
	at     uint64
	down   bool // edge at was visited
}

// start finds the root node in an Option<Root>.
func (w *treeWalk) start(root *Variable) bool {
	ref, _, ok := root.variantOf("Some")
	if !ok || ref == nil {
		return false
	}
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
	if w.visited++; w.visited > maxTree || height > 0 && w.internal == nil {
		w.stack = nil
		return
	}
	n := treeNode{height: height, leaf: w.scope.make("", "", w.leaf, w.scope.pointee(wasm.MemAddr(addr), w.leaf.byteSize()))}
	count := n.leaf.fieldNamed("len")
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
	for int64(len(w.pairs)) <= i && len(w.stack) > 0 {
		n := &w.stack[len(w.stack)-1]
		if n.height > 0 && !n.down {
			n.down = true
			if n.edges == nil {
				w.stack = nil
				return
			}
			b, err := w.scope.read(n.edges.loc.at(int64(4*n.at), 4), 4)
			if err != nil {
				w.stack = nil
				return
			}
			w.push(bigBits(b, false).Uint64(), n.height-1)
			continue
		}
		if n.at >= n.count {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		p := treePair{}
		if keys := n.leaf.fieldNamed("keys"); keys != nil {
			p.k = w.scope.make("", "", w.keys, keys.loc.at(int64(n.at)*w.keys.byteSize(), w.keys.byteSize()))
		}
		if vals := n.leaf.fieldNamed("vals"); vals != nil && w.vals != nil {
			p.v = w.scope.make("", "", w.vals, vals.loc.at(int64(n.at)*w.vals.byteSize(), w.vals.byteSize()))
		}
		w.pairs = append(w.pairs, p)
		n.at, n.down = n.at+1, false
	}
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
