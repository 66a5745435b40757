package value

import (
	"maps"
	"math"
	"strings"
)

// This file shows what libc++ has that is a view of something else or holds a single value.

// cppTypes are the types of namespace std that are shown in a way of their own, by their name
// without template arguments.
var cppTypes map[string]func(*Variable) *shape

func init() { // the functions look at shapes again
	one := func(field string) func(*Variable) *shape {
		return func(v *Variable) *shape {
			if f := v.find(field, 8); f != nil {
				return v.wrapper(f)
			}
			return nil
		}
	}
	cppTypes = map[string]func(*Variable) *shape{
		"std::span":             (*Variable).cppSpan,
		"std::initializer_list": (*Variable).cppInitializerList,
		"std::bitset":           (*Variable).cppBitset,
		"std::complex":          (*Variable).cppComplex,
		"std::atomic":           one("__a_value"),
		"std::atomic_flag":      one("__a_value"),
		"std::expected":         (*Variable).cppExpected,
		"std::unexpected":       one("__unex_"),
		"std::weak_ptr":         (*Variable).cppWeak,
		"std::monostate":        func(*Variable) *shape { return &shape{kind: KindEnum, text: "monostate"} },
		"std::forward_list":     (*Variable).cppForwardList,
		"std::function":         (*Variable).cppFunction,
		"std::any":              (*Variable).cppAny,

		"std::filesystem::path":       one("__pn_"),
		"std::__fs::filesystem::path": one("__pn_"),

		"std::chrono::duration":   (*Variable).cppDuration,
		"std::chrono::time_point": (*Variable).cppTimePoint,

		"std::__wrap_iter":                   (*Variable).cppPointerIterator,
		"std::__bounded_iter":                (*Variable).cppPointerIterator,
		"std::__deque_iterator":              (*Variable).cppPointerIterator,
		"std::__list_iterator":               (*Variable).cppListIterator,
		"std::__list_const_iterator":         (*Variable).cppListIterator,
		"std::__forward_list_iterator":       (*Variable).cppForwardIterator,
		"std::__forward_list_const_iterator": (*Variable).cppForwardIterator,
		"std::__tree_iterator":               (*Variable).cppTreeIterator,
		"std::__tree_const_iterator":         (*Variable).cppTreeIterator,
		"std::__map_iterator":                one("__i_"),
		"std::__map_const_iterator":          one("__i_"),
		"std::__hash_iterator":               (*Variable).cppHashIterator,
		"std::__hash_const_iterator":         (*Variable).cppHashIterator,
		"std::__hash_local_iterator":         (*Variable).cppHashIterator,
		"std::__hash_map_iterator":           one("__i_"),
		"std::__hash_map_const_iterator":     one("__i_"),
		"std::__bit_iterator":                (*Variable).cppBitIterator,
		"std::__bit_reference":               (*Variable).cppBitReference,
	}
	maps.Copy(cppTypes, cppThreadTypes())
	maps.Copy(cppTypes, cppSmallTypes())
}

// cppSpan shows a span; the length of some is in the type.
func (v *Variable) cppSpan() *shape {
	p := v.fieldNamed("__data_")
	if p == nil {
		p = v.fieldNamed("__data")
	}
	et := v.typ.typeArg(0)
	if p == nil || et == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if size := v.fieldNamed("__size_"); size != nil {
		n, err := size.uint()
		if err != nil {
			return &shape{err: err}
		}
		return v.cppSlice(et, addr, n)
	}
	if n, ok := v.typ.numberArg(1); ok && n >= 0 {
		return v.cppSlice(et, addr, uint64(n))
	}
	return nil
}

func (v *Variable) cppInitializerList() *shape {
	p, size := v.fieldNamed("__begin_"), v.fieldNamed("__size_")
	et := v.typ.typeArg(0)
	if p == nil || size == nil || et == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	n, err := size.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.cppSlice(et, addr, n)
}

// cppBitset shows a bitset as its to_string does, highest bit first; its bits are children.
func (v *Variable) cppBitset() *shape {
	n, ok := v.typ.numberArg(0)
	f := v.find("__first_", 3)
	if !ok || n < 0 || n > 8*maxRead {
		return nil
	}
	if n == 0 {
		return &shape{kind: KindInt, text: "0b"}
	}
	if f == nil {
		return nil
	}
	b, err := f.bytes()
	if err != nil {
		return &shape{err: err}
	}
	if int64(len(b))*8 < n {
		return nil
	}
	bit := func(i int64) byte { return b[i/8] >> (i % 8) & 1 }
	var text strings.Builder
	text.WriteString("0b")
	for i := n - 1; i >= 0 && text.Len() < 200; i-- {
		text.WriteByte('0' + bit(i))
	}
	if n > 198 {
		text.WriteString("…")
	}
	bt := v.scope.Types.basicNamed("bool", v.typ.lang)
	return &shape{kind: KindInt, text: text.String(), count: n, elem: func(i int64) *Variable {
		return v.scope.make("["+itoa(i)+"]", "", bt, location{data: []byte{bit(i)}})
	}}
}

func (v *Variable) cppComplex() *shape {
	re, im := v.fieldNamed("__re_"), v.fieldNamed("__im_")
	if re == nil || im == nil {
		return nil
	}
	a, err := re.scalar()
	if err != nil {
		return &shape{err: err}
	}
	b, err := im.scalar()
	if err != nil {
		return &shape{err: err}
	}
	if a.class != classFloat {
		return nil
	}
	sign := "+"
	if math.Signbit(b.f) {
		sign = "-"
	}
	return &shape{kind: KindFloat, fields: []*Variable{re, im},
		text: cFloat(a.f, a.bits) + " " + sign + " " + cFloat(math.Abs(b.f), b.bits) + "i"}
}

// cppExpected shows the value, or the error as unexpected(…).
func (v *Variable) cppExpected() *shape {
	has := v.find("__has_val_", 8)
	if has == nil {
		return nil
	}
	on, err := has.uint()
	if err != nil {
		return &shape{err: err}
	}
	if on != 0 {
		if val := v.find("__val_", 8); val != nil {
			return v.wrapper(val)
		}
		return &shape{kind: KindUnit, text: "void"}
	}
	bad := v.find("__unex_", 8)
	if bad == nil {
		return nil
	}
	return &shape{kind: KindEnum, style: styleTuple, head: "unexpected", fields: []*Variable{bad}}
}

// counted reads how many shared and weak pointers there are to what v points to.
func (v *Variable) counted() (use, weak uint64, ok bool) {
	c := v.fieldNamed("__cntrl_")
	if c == nil {
		return 0, 0, false
	}
	p, err := c.uint()
	ct := c.typ.strip()
	if err != nil || p == 0 || ct == nil || ct.kind != typePointer {
		return 0, 0, false
	}
	// The block begins {vptr, shared owners, weak owners}; its type is often only declared.
	a, ok1 := v.scope.word(p + v.scope.wordSize())
	b, ok2 := v.scope.word(p + 2*v.scope.wordSize())
	s, w := v.scope.sign(a), v.scope.sign(b)
	if !ok1 || !ok2 || s < -1 || w < -1 {
		return 0, 0, false
	}
	// libc++ counts from -1, and all owners together as one of the weak ones.
	use = uint64(s + 1)
	weak = uint64(w + 1)
	if use > 0 {
		weak--
	}
	return use, weak, true
}

// ownersNote is what stands before the value of a shared or weak pointer.
func (v *Variable) ownersNote(name string) string {
	use, weak, ok := v.counted()
	if !ok {
		return ""
	}
	return name + "(use=" + itoa(int64(use)) + ", weak=" + itoa(int64(weak)) + ") "
}

func (v *Variable) cppWeak() *shape {
	p := v.fieldNamed("__ptr_")
	if p == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	use, _, ok := v.counted()
	switch {
	case addr == 0 && !ok:
		return &shape{kind: KindPointer, text: "nullptr"}
	case !ok:
		return nil
	case use == 0:
		return &shape{kind: KindPointer, text: strings.TrimSpace(v.ownersNote("weak_ptr")) + " expired"}
	}
	s := v.wrapper(p.deref(p.typ.strip().Elem()))
	s.note = v.ownersNote("weak_ptr")
	return s
}

// cppForwardList shows a singly linked list: nodes are {next, value}.
func (v *Variable) cppForwardList() *shape {
	head := v.find("__before_begin_", 3)
	value := v.typ.typeArg(0)
	if head == nil || value == nil {
		return nil
	}
	first := head.find("__next_", 5)
	if first == nil {
		return nil
	}
	at, err := first.uint()
	if err != nil {
		return &shape{err: err}
	}
	n := uint64(0)
	seen := at
	for p := at; p != 0 && n < maxTree; n++ {
		next, ok := v.scope.word(p)
		if !ok {
			return corrupt("a node at %#x", p)
		}
		if n&(n+1) == 0 { // a mark that moves on finds all cycles
			seen = p
		}
		if p = next; p == seen {
			return corrupt("the list bites its tail")
		}
	}
	next := func(p uint64) (uint64, bool) {
		q, ok := v.scope.word(p)
		return q, ok && q != 0
	}
	return v.cppNodes(n, at, alignUp(4, value), value, next, false)
}
