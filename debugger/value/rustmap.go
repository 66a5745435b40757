package value

import (
	"math/bits"
	"strings"

	"sphex/aot/wasm"
)

// rustHash shows a hashbrown table: control bytes, one per bucket, whose top bit is clear when
// the bucket is full; the buckets lie before the control bytes, in descending order.
func (v *Variable) rustHash(st style) *shape {
	table := v.path("table", "table")
	if table == nil {
		if table = v.path("map", "table", "table"); table == nil { // HashSet is a map to ()
			return nil
		}
	}
	outer := v.path("table")
	if outer == nil {
		outer = v.path("map", "table")
	}
	pair := outer.typ.strip().arg("T")
	ctrl := table.fieldNamed("ctrl")
	mask := table.fieldNamed("bucket_mask")
	items := table.fieldNamed("items")
	if pair == nil || ctrl == nil || mask == nil || items == nil {
		return nil
	}
	base, err := ctrl.rawPointer().uint()
	if err != nil {
		return &shape{err: err}
	}
	m, err := mask.uint()
	if err != nil {
		return &shape{err: err}
	}
	n, err := items.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, size := v.scope.Frame.Memory()
	if m > size || n > m+1 || bits.OnesCount64(m+1) != 1 {
		return corrupt("%d items in %d buckets", n, m+1)
	}
	var full []uint32 // buckets, read when the first element is asked for
	find := func() {
		if full != nil || n == 0 {
			return
		}
		full = []uint32{}
		for at := uint64(0); at <= m && uint64(len(full)) < n; at += 4096 {
			c := min(4096, m+1-at)
			b, err := v.scope.read(v.scope.pointee(wasm.MemAddr(base+at), int64(c)), int64(c))
			if err != nil {
				return
			}
			for i, x := range b {
				if x&0x80 == 0 {
					full = append(full, uint32(at)+uint32(i))
				}
			}
		}
	}
	ps := pair.byteSize()
	bucket := func(i int64) *Variable {
		find()
		name := "[" + itoa(i) + "]"
		if i >= int64(len(full)) {
			return v.scope.unreadable(name, pair, unavailable("corrupt: fewer items than the table says"))
		}
		return v.scope.make(name, "", pair, v.scope.pointee(wasm.MemAddr(base-(uint64(full[i])+1)*uint64(ps)), ps))
	}
	s := &shape{kind: KindMap, style: st, count: int64(n)}
	part := func(f string) func(int64) *Variable {
		return func(i int64) *Variable {
			b := bucket(i)
			if p := b.fieldNamed(f); p != nil {
				p.Name = b.Name
				return p
			}
			return b
		}
	}
	if st == styleSet {
		s.kind, s.elem = KindArray, part("__0")
	} else {
		s.key, s.elem = part("__0"), part("__1")
	}
	return s
}

// eagerTree is how many items are read at once, to find out whether they are there.
const eagerTree = 10_000

// maxTree bounds the nodes of a B-tree that are visited.
const maxTree = 100_000

// rustBTree shows a BTreeMap: nodes with up to 11 keys; those above the leaves have edges too.
func (v *Variable) rustBTree(st style) *shape {
	length := v.fieldNamed("length")
	root := v.fieldNamed("root")
	kt, vt := v.typ.strip().arg("K"), v.typ.strip().arg("V")
	if length == nil || root == nil || kt == nil {
		return nil
	}
	n, err := length.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, size := v.scope.Frame.Memory()
	if n > size/8 {
		return corrupt("length %d exceeds memory", n)
	}
	type pair struct{ k, v *Variable }
	var pairs []pair
	loaded := false
	load := func() {
		if loaded || n == 0 {
			return
		}
		loaded = true
		parts := &root.typ.strip().load().variants
		if len(*parts) == 0 {
			return
		}
		a, err := root.activeVariant(&(*parts)[0])
		if err != nil || a.name != "Some" {
			return
		}
		ref := root.payload(a).fieldNamed("__0")
		if ref == nil {
			return
		}
		if t := ref.typ.strip(); t != nil && strings.Contains(t.name, "Root<") && ref.fieldNamed("node") == nil {
			return
		}
		node, height := ref.fieldNamed("node"), ref.fieldNamed("height")
		if node == nil || height == nil {
			return
		}
		h, err := height.uint()
		if err != nil || h > 32 {
			return
		}
		leafPtr := node.rawPointer()
		if leafPtr == nil {
			return
		}
		leafType := leafPtr.typ.strip().Elem().strip()
		var internal *Type
		if pf := leafType.fieldNamed("parent"); pf != nil { // Option<NonNull<InternalNode<K, V>>>
			internal = findPointee(v.scope.Types.at(pf.ref), "InternalNode<", 0)
		}
		addr, err := leafPtr.uint()
		if err != nil {
			return
		}
		visited := 0
		var walk func(addr uint64, h uint64)
		walk = func(addr uint64, h uint64) {
			if visited++; visited > maxTree || uint64(len(pairs)) >= n {
				return
			}
			leaf := v.scope.make("", "", leafType, v.scope.pointee(wasm.MemAddr(addr), leafType.byteSize()))
			count := leaf.fieldNamed("len")
			if count == nil {
				return
			}
			c, err := count.uint()
			if err != nil || c > 11 {
				return
			}
			keys, vals := leaf.fieldNamed("keys"), leaf.fieldNamed("vals")
			var edges *Variable
			if h > 0 && internal != nil {
				edges = v.scope.make("", "", internal, v.scope.pointee(wasm.MemAddr(addr), internal.byteSize())).fieldNamed("edges")
			}
			down := func(i uint64) {
				if edges == nil {
					return
				}
				if p, err := wasmWord(edges, i); err == nil {
					walk(p, h-1)
				}
			}
			for i := range c {
				if h > 0 {
					down(i)
				}
				p := pair{}
				if keys != nil {
					p.k = v.scope.make("", "", kt, keys.loc.at(int64(i)*kt.byteSize(), kt.byteSize()))
				}
				if vals != nil && vt != nil {
					p.v = v.scope.make("", "", vt, vals.loc.at(int64(i)*vt.byteSize(), vt.byteSize()))
				}
				pairs = append(pairs, p)
			}
			if h > 0 {
				down(c)
			}
		}
		walk(addr, h)
	}
	get := func(i int64, key bool) *Variable {
		load()
		name := "[" + itoa(i) + "]"
		if i < int64(len(pairs)) {
			x := pairs[i].v
			if key {
				x = pairs[i].k
			}
			if x != nil {
				x.Name = name
				return x
			}
		}
		return v.scope.unreadable(name, kt, unavailable("corrupt: fewer items than the tree says"))
	}
	if n <= eagerTree { // what is no tree should not look like one
		if load(); uint64(len(pairs)) != n {
			return corrupt("%d of %d items found", len(pairs), n)
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

// wasmWord reads element i of an array of pointers, whatever wraps them.
func wasmWord(v *Variable, i uint64) (uint64, error) {
	b, err := v.scope.read(v.loc.at(int64(4*i), 4), 4)
	if err != nil {
		return 0, err
	}
	return bigBits(b, false).Uint64(), nil
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
