package value

import (
	"strings"

	"sphex/aot/wasm"
)

// cppTree shows a map or set, which libc++ keeps in a red-black tree.
func (v *Variable) cppTree(isMap bool) *shape {
	tree := v.fieldNamed("__tree_")
	if tree == nil {
		return nil
	}
	size := tree.firstOf(2, "__size_", "__pair3_")
	begin := tree.find("__begin_node_", 2)
	value := v.cppNodeValue(tree.typ)
	if size == nil || begin == nil || value == nil {
		return nil
	}
	n, err := cppCount(size)
	if err != nil {
		return &shape{err: err}
	}
	_, mem := v.scope.Frame.Memory()
	if n > mem/16 {
		return corrupt("length %d exceeds memory", n)
	}
	at, err := begin.uint()
	if err != nil {
		return &shape{err: err}
	}
	// A node is {left, right, parent, is_black, value}.
	word, w := v.scope.word, v.scope.wordSize()
	next := func(p uint64) (uint64, bool) {
		if r, ok := word(p + w); !ok {
			return 0, false
		} else if r != 0 {
			for range maxTree {
				l, ok := word(r)
				if !ok {
					return 0, false
				}
				if l == 0 {
					return r, true
				}
				r = l
			}
			return 0, false
		}
		for range maxTree {
			up, ok := word(p + 2*w)
			if !ok || up == 0 {
				return 0, false
			}
			l, ok := word(up)
			if !ok {
				return 0, false
			}
			if l == p {
				return up, true
			}
			p = up
		}
		return 0, false
	}
	return v.cppNodes(n, at, alignUp(int64(3*w+1), value), value, next, isMap)
}

// alignUp places a value of type t at or behind off: by the alignment that its size suggests.
func alignUp(off int64, t *Type) int64 {
	a := typeAlign(t, 0)
	return (off + a - 1) / a * a
}

// typeAlign is the alignment of t in memory.
func typeAlign(t *Type, depth int) int64 {
	t = t.strip()
	if t == nil || depth > 16 {
		return 1
	}
	switch t.kind {
	case typeStruct, typeUnion:
		a := int64(1)
		for _, f := range t.load().fields {
			a = max(a, typeAlign(t.types.at(f.ref), depth+1))
		}
		return a
	case typeArray:
		return typeAlign(t.Elem(), depth+1)
	}
	return max(1, min(t.byteSize(), 16))
}

// cppNodes shows the values in a chain of nodes.
func (v *Variable) cppNodes(n, first uint64, off int64, value *Type, next func(uint64) (uint64, bool), isMap bool) *shape {
	var nodes []uint64
	at, ok := first, n > 0
	node := func(i int64) (uint64, bool) {
		for ok && int64(len(nodes)) <= i && uint64(len(nodes)) < n {
			nodes = append(nodes, at)
			at, ok = next(at)
		}
		if i < int64(len(nodes)) {
			return nodes[i], true
		}
		return 0, false
	}
	get := func(i int64, field string) *Variable {
		name := "[" + itoa(i) + "]"
		p, ok := node(i)
		if !ok {
			return v.scope.unreadable(name, value, unavailable("corrupt: fewer items than the container says"))
		}
		e := v.scope.make(name, "", value, v.scope.pointee(wasm.MemAddr(p+uint64(off)), value.byteSize()))
		if field != "" {
			if f := e.fieldNamed(field); f != nil {
				f.Name = name
				return f
			}
		}
		return e
	}
	if !isMap {
		return &shape{kind: KindArray, style: styleCList, count: int64(n), elem: func(i int64) *Variable { return get(i, "") }}
	}
	return &shape{kind: KindMap, style: styleMap, count: int64(n),
		key:  func(i int64) *Variable { return get(i, "first") },
		elem: func(i int64) *Variable { return get(i, "second") }}
}

// cppNodeValue is the type of what a tree or table holds: its first template argument, without
// the wrapper of maps.
func (v *Variable) cppNodeValue(container *Type) *Type {
	m := v.typ.load()
	arg := func(i int) *Type {
		if i < len(m.args) && m.args[i].typ {
			return v.scope.Types.at(m.args[i].ref)
		}
		return nil
	}
	if strings.Contains(v.typ.name, "map<") {
		// pair<const K, V>, of which the allocator is the one that names it.
		k, val := arg(0), arg(1)
		if k == nil || val == nil {
			return nil
		}
		return v.pairOf(k, val)
	}
	return arg(0)
}

// pairOf makes a structure {first, second}.
func (v *Variable) pairOf(k, val *Type) *Type {
	if k.off == 0 || val.off == 0 {
		return nil
	}
	off := alignUp(k.byteSize(), val)
	a := max(typeAlign(k, 0), typeAlign(val, 0))
	t := &Type{kind: typeStruct, name: "std::pair<" + k.fullTypeName() + ", " + val.fullTypeName() + ">", lang: v.typ.lang, types: v.scope.Types, count: -1}
	t.size = (off + val.byteSize() + a - 1) / a * a
	t.members.fields = []field{{name: "first", ref: k.off}, {name: "second", ref: val.off, offset: off}}
	t.once.Do(func() {})
	return t
}

// cppCount reads a size, which older versions keep in a compressed pair.
func cppCount(v *Variable) (uint64, error) {
	if t := v.typ.strip(); t != nil && t.kind == typeStruct {
		if in := v.find("__value_", 3); in != nil {
			return in.uint()
		}
	}
	return v.uint()
}

func (v *Variable) cppList() *shape {
	end, size := v.find("__end_", 3), v.firstOf(3, "__size_", "__size_alloc_")
	value := v.cppNodeValue(nil)
	if end == nil || size == nil || value == nil || !end.loc.inMemory {
		return nil
	}
	n, err := cppCount(size)
	if err != nil {
		return &shape{err: err}
	}
	_, mem := v.scope.Frame.Memory()
	if n > mem/8 {
		return corrupt("length %d exceeds memory", n)
	}
	next := func(p uint64) (uint64, bool) { // a node is {prev, next, value}
		return v.scope.word(p + v.scope.wordSize())
	}
	sentinel, ok := v.scope.linear(end.loc.addr)
	if !ok {
		return nil
	}
	first, ok := next(uint64(sentinel))
	if !ok {
		return nil
	}
	return v.cppNodes(n, first, alignUp(int64(2*v.scope.wordSize()), value), value, next, false)
}

// cppHash shows an unordered map or set: a chain of nodes {next, hash, value}.
func (v *Variable) cppHash(isMap bool) *shape {
	table := v.fieldNamed("__table_")
	if table == nil {
		return nil
	}
	size, first := table.find("__size_", 2), table.find("__first_node_", 2)
	if size == nil { // before LLVM 20
		size, first = table.find("__p2_", 2), table.find("__p1_", 2)
	}
	value := v.cppNodeValue(nil)
	if size == nil || first == nil || value == nil {
		return nil
	}
	n, err := cppCount(size)
	if err != nil {
		return &shape{err: err}
	}
	_, mem := v.scope.Frame.Memory()
	if n > mem/8 {
		return corrupt("length %d exceeds memory", n)
	}
	next := func(p uint64) (uint64, bool) {
		q, ok := v.scope.word(p)
		return q, ok && q != 0
	}
	b, err := v.scope.read(first.loc, v.scope.Types.pointerSize())
	if err != nil {
		return &shape{err: err}
	}
	return v.cppNodes(n, bigBits(b, false).Uint64(), alignUp(int64(2*v.scope.wordSize()), value), value, next, isMap)
}

// cppDeque shows a deque: blocks of 4096 bytes, or of 16 elements if they are large.
func (v *Variable) cppDeque() *shape {
	start, size, m := v.find("__start_", 2), v.find("__size_", 2), v.find("__map_", 2)
	value := v.cppNodeValue(nil)
	if start == nil || size == nil || m == nil || value == nil {
		return nil
	}
	begin := m.find("__begin_", 3)
	if begin == nil {
		return nil
	}
	blocks, err := begin.uint()
	if err != nil {
		return &shape{err: err}
	}
	first, err := start.uint()
	if err != nil {
		return &shape{err: err}
	}
	n, err := cppCount(size)
	if err != nil {
		return &shape{err: err}
	}
	_, mem := v.scope.Frame.Memory()
	es := value.byteSize()
	if es <= 0 || n > mem/uint64(es) || first > mem {
		return corrupt("length %d exceeds memory", n)
	}
	per := uint64(16)
	if es < 256 {
		per = 4096 / uint64(es)
	}
	return &shape{kind: KindArray, style: styleCList, count: int64(n), elem: func(i int64) *Variable {
		at := first + uint64(i)
		name := "[" + itoa(i) + "]"
		block, ok := v.scope.word(blocks + at/per*v.scope.wordSize())
		if !ok {
			return v.scope.unreadable(name, value, unavailable("corrupt: a block is outside of linear memory"))
		}
		p := block + at%per*uint64(es)
		return v.scope.make(name, indexed(v.EvalName, i), value, v.scope.pointee(wasm.MemAddr(p), es))
	}}
}
