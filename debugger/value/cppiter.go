package value

import (
	"strings"

	"sphex/aot/wasm"
)

// This file shows iterators of libc++ as the elements that they stand at, or as end() where that can be told.

var atEnd = &shape{kind: KindPointer, text: "end()"}

// cppPointerIterator shows an iterator that is a pointer.
func (v *Variable) cppPointerIterator() *shape {
	for _, name := range []string{"__i_", "__i", "__current_", "__ptr_"} {
		p := v.fieldNamed(name)
		if p == nil {
			continue
		}
		t := p.typ.strip()
		if t == nil || t.kind != typePointer {
			return nil
		}
		if charWidth(t.Elem()) > 0 { // the rest of the text
			return v.wrapper(p)
		}
		return v.wrapper(p.deref(t.Elem()))
	}
	return nil
}

// nodeIterator shows the value in the node at, which begins at off.
func (v *Variable) nodeIterator(at uint64, off int64, value *Type) *shape {
	return v.wrapper(v.scope.make(v.Name, "", value, v.scope.pointee(wasm.MemAddr(at+uint64(off)), value.byteSize())))
}

// cppListIterator shows an iterator of a list, a ring of {prev, next, value}. The list itself is in
// the ring, and has its length in the value's place.
func (v *Variable) cppListIterator() *shape {
	p, value := v.fieldNamed("__ptr_"), v.typ.typeArg(0)
	if p == nil || value == nil {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if at == 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	var lengths []uint64 // what stands in the value's place, from here on
	whole := false
	for q := at; len(lengths) < 10_000; {
		n, ok := v.scope.word(q + 2*v.scope.wordSize())
		next, ok2 := v.scope.word(q + v.scope.wordSize())
		if !ok || !ok2 {
			break
		}
		lengths = append(lengths, n)
		if q = next; q == at {
			whole = true
			break
		}
	}
	if whole {
		alike := 0
		for _, n := range lengths {
			if n == uint64(len(lengths)-1) {
				alike++
			}
		}
		if alike == 1 && lengths[0] == uint64(len(lengths)-1) {
			return atEnd
		}
	}
	return v.nodeIterator(at, alignUp(8, value), value)
}

func (v *Variable) cppForwardIterator() *shape {
	p := v.fieldNamed("__ptr_")
	if p == nil {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if at == 0 {
		return atEnd
	}
	node := v.typ.typeArg(0).strip() // a pointer to __forward_list_node<T, …>
	if node != nil && node.kind == typePointer {
		if value := node.Elem().strip().typeArg(0); value != nil {
			return v.nodeIterator(at, alignUp(4, value), value)
		}
	}
	return nil
}

// mapped makes the pair that a map keeps of libc++'s wrapper for it, which is often only declared.
func (v *Variable) mapped(t *Type) *Type {
	s := t.strip()
	if s == nil {
		return nil
	}
	rest, ok := strings.CutPrefix(inlineStd.Replace(s.name), "std::__value_type<")
	if !ok {
		if rest, ok = strings.CutPrefix(inlineStd.Replace(s.name), "std::__hash_value_type<"); !ok {
			return t
		}
	}
	if k, val := s.typeArg(0), s.typeArg(1); k != nil && val != nil {
		return v.pairOf(k, val)
	}
	want := plainSpelling("std::pair<const " + rest)
	head := s.name[:strings.IndexByte(s.name, '<')] // std::__2::__value_type
	for _, off := range v.scope.Types.tab.TypesLike(head[:strings.LastIndex(head, "::")] + "::pair") {
		if p := v.scope.Types.at(uint64(off)); plainSpelling(inlineStd.Replace(p.name)) == want {
			return p
		}
	}
	return nil
}

// cppTreeIterator shows an iterator of a map or set. All nodes but end() are a child of their parent.
func (v *Variable) cppTreeIterator() *shape {
	p, value := v.fieldNamed("__ptr_"), v.typ.typeArg(0)
	if p == nil || value == nil {
		return nil
	}
	if value = v.mapped(value); value == nil {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if at == 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	up, ok := v.scope.word(at + 2*v.scope.wordSize())
	left, ok2 := v.scope.word(up)
	right, ok3 := v.scope.word(up + v.scope.wordSize())
	if !ok || !ok2 || left != at && (!ok3 || right != at) {
		return atEnd
	}
	return v.nodeIterator(at, alignUp(int64(3*v.scope.wordSize()+1), value), value)
}

// cppHashIterator shows an iterator of an unordered container: nodes are {next, hash, value}.
func (v *Variable) cppHashIterator() *shape {
	p := v.fieldNamed("__node_")
	if p == nil {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if at == 0 {
		return atEnd
	}
	node := v.typ.typeArg(0).strip() // a pointer to __hash_node<T, void*>
	if node == nil || node.kind != typePointer {
		return nil
	}
	value := v.mapped(node.Elem().strip().typeArg(0))
	if value == nil {
		return nil
	}
	return v.nodeIterator(at, alignUp(8, value), value)
}

// cppBitIterator shows the bit of a vector<bool> that an iterator stands at.
func (v *Variable) cppBitIterator() *shape {
	seg, ctz := v.fieldNamed("__seg_"), v.fieldNamed("__ctz_")
	if seg == nil || ctz == nil {
		return nil
	}
	n, err := ctz.uint()
	if err != nil || n > 63 {
		return nil
	}
	return v.bitAt(seg, 1<<n)
}

func (v *Variable) cppBitReference() *shape {
	seg, mask := v.fieldNamed("__seg_"), v.fieldNamed("__mask_")
	if seg == nil || mask == nil {
		return nil
	}
	m, err := mask.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.bitAt(seg, m)
}

func (v *Variable) bitAt(seg *Variable, mask uint64) *shape {
	at, err := seg.uint()
	if err != nil {
		return &shape{err: err}
	}
	w, ok := v.scope.word(at)
	if !ok {
		return corrupt("a bit at %#x", at)
	}
	bit := byte(0)
	if w&mask != 0 {
		bit = 1
	}
	bt := v.scope.Types.basicNamed("bool", v.typ.lang)
	return v.wrapper(v.scope.make(v.Name, "", bt, location{data: []byte{bit}}))
}
