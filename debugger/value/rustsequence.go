package value

import (
	"sphex/aot/wasm"
)

// rustVec shows a Vec. The element type is the template's, since newer compilers keep the
// buffer untyped.
func (v *Variable) rustVec() *shape {
	p, n, et := v.vecParts()
	if p == nil || n == nil || et == nil {
		return nil
	}
	addr, count, err := addressAndCount(p, n)
	if err != nil {
		return &shape{err: err}
	}
	return v.sliceAt(et, addr, count)
}

// addressAndCount reads the two words of a slice.
func addressAndCount(p, n *Variable) (addr, count uint64, err error) {
	if addr, err = p.uint(); err == nil {
		count, err = n.uint()
	}
	return addr, count, err
}

func (v *Variable) vecParts() (p, n *Variable, elem *Type) {
	buf := v.fieldNamed("buf")
	n = v.fieldNamed("len")
	if buf == nil || n == nil {
		return nil, nil, nil
	}
	return buf.rawPointer(), n, v.typ.strip().arg("T")
}

// rawPointer finds the address in the wrappers of a buffer: RawVec { inner: RawVecInner {
// ptr: Unique { pointer: NonNull { pointer } } } } and its older forms.
func (v *Variable) rawPointer() *Variable {
	for n := 0; v != nil && n < 8; n++ {
		t := v.typ.strip()
		if t == nil {
			return nil
		}
		if t.kind == typePointer {
			return v
		}
		next := (*Variable)(nil)
		for _, name := range []string{"inner", "ptr", "pointer"} {
			if next = v.fieldNamed(name); next != nil {
				break
			}
		}
		v = next
	}
	return nil
}

// rawCapacity is how many elements a RawVec has room for; nil if it is none.
func (v *Variable) rawCapacity() *Variable {
	if c := v.fieldNamed("cap"); c != nil {
		return c
	}
	return v.path("inner", "cap")
}

// rustDeque shows a VecDeque: a ring of elements from head on.
func (v *Variable) rustDeque() *shape {
	et := v.typ.strip().arg("T")
	buf, head := v.fieldNamed("buf"), v.fieldNamed("head")
	if et == nil || buf == nil || head == nil {
		return nil
	}
	addr, err := buf.rawPointer().uint()
	if err != nil {
		return &shape{err: err}
	}
	capVar := buf.rawCapacity()
	if capVar == nil {
		return nil
	}
	capacity, err := capVar.number()
	if err != nil {
		return &shape{err: err}
	}
	h, err := head.number()
	if err != nil {
		return &shape{err: err}
	}
	var n uint64
	first := h
	if l := v.fieldNamed("len"); l != nil {
		if n, err = l.number(); err != nil {
			return &shape{err: err}
		}
	} else if tail := v.fieldNamed("tail"); tail != nil { // before 1.67: [tail, head) of a power of two
		if first, err = tail.number(); err != nil {
			return &shape{err: err}
		}
		if capacity > 0 {
			n = (h - first) & (capacity - 1)
		}
	} else {
		return nil
	}
	return v.ring(et, addr, capacity, first, n)
}

// ring shows n elements of a buffer, from the first on and again from the start of the buffer.
func (v *Variable) ring(t *Type, addr, capacity, first, n uint64) *shape {
	_, size := v.scope.Frame.Memory()
	es := t.byteSize()
	if es > 0 && (capacity > size/uint64(es) || n > capacity) || es == 0 && n > 1<<32 || first > capacity {
		return corrupt("length %d of capacity %d", n, capacity)
	}
	return &shape{kind: KindArray, style: styleList, count: int64(n), elem: func(i int64) *Variable {
		at := first + uint64(i)
		if at >= capacity && capacity > 0 {
			at -= capacity
		}
		return v.scope.make("["+itoa(i)+"]", indexed(v.EvalName, i), t, v.scope.pointee(wasm.MemAddr(addr+at*uint64(es)), es))
	}}
}

func indexed(eval string, i int64) string {
	if eval == "" {
		return ""
	}
	return postfixable(eval) + "[" + itoa(i) + "]"
}

// rustLinkedList shows a LinkedList. Its nodes are followed as far as they are asked for.
func (v *Variable) rustLinkedList() *shape {
	et, length := v.typ.arg("T"), v.fieldNamed("len")
	head := v.fieldNamed("head")
	if et == nil || length == nil || head == nil {
		return nil
	}
	n, err := length.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, size := v.scope.Frame.Memory()
	if n > size/8 { // a node has two pointers
		return corrupt("length %d exceeds memory", n)
	}
	node := findPointee(head.typ, "::Node<", 0)
	if node == nil || node.fieldNamed("next") == nil || node.fieldNamed("element") == nil {
		return nil
	}
	next, element := node.fieldNamed("next").offset, node.fieldNamed("element").offset
	var nodes []uint64
	word := func(l location) (uint64, error) { // None is a null pointer
		b, err := v.scope.read(l, v.scope.Types.pointerSize())
		if err != nil {
			return 0, err
		}
		return bigBits(b, false).Uint64(), nil
	}
	elem := func(i int64) *Variable {
		name := "[" + itoa(i) + "]"
		for int64(len(nodes)) <= i {
			at := head.loc
			if k := len(nodes); k > 0 {
				at = v.scope.pointee(wasm.MemAddr(nodes[k-1])+wasm.MemAddr(next), v.scope.Types.pointerSize())
			}
			p, err := word(at)
			if err == nil && p == 0 {
				err = unavailable("corrupt: the list ends before its length")
			}
			if err != nil {
				return v.scope.unreadable(name, et, err)
			}
			nodes = append(nodes, p)
		}
		return v.scope.make(name, indexed(v.EvalName, i), et, v.scope.pointee(wasm.MemAddr(nodes[i])+wasm.MemAddr(element), et.byteSize()))
	}
	return &shape{kind: KindArray, style: styleList, count: int64(n), elem: elem}
}
