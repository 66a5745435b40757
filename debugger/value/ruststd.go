package value

import (
	"strings"

	"sphex/aot/wasm"
)

// rustStruct knows the types of Rust's standard library; nil for any other structure.
func (v *Variable) rustStruct() *shape {
	name := v.typ.name
	base, _, generic := strings.Cut(name, "<")
	switch {
	case name == "&str" || name == "&mut str" || name == "*const str" || name == "*mut str" || strings.HasPrefix(name, "alloc::boxed::Box<str"):
		return v.rustFat(true)
	case strings.HasPrefix(name, "&[") || strings.HasPrefix(name, "&mut [") || strings.HasPrefix(name, "*const [") || strings.HasPrefix(name, "*mut [") || strings.HasPrefix(name, "alloc::boxed::Box<["):
		return v.rustFat(false)
	case strings.HasPrefix(name, "&dyn ") || strings.HasPrefix(name, "&mut dyn ") || strings.HasPrefix(name, "alloc::boxed::Box<dyn ") || strings.HasPrefix(name, "alloc::boxed::Box<(dyn ") || strings.HasPrefix(name, "&(dyn "):
		return v.rustDyn()
	case name == "alloc::string::String":
		return v.bytesAsText(v.path("vec"))
	case name == "&std::path::Path" || name == "&std::ffi::os_str::OsStr" || name == "&core::ffi::c_str::CStr":
		return v.rustFat(true)
	case name == "std::ffi::os_str::OsString":
		return v.bytesAsText(v.firstVec(0))
	case name == "std::path::PathBuf":
		return v.bytesAsText(v.firstVec(0))
	case strings.HasSuffix(name, "c_str::CString"):
		if in := v.path("inner"); in != nil {
			return in.cString()
		}
	}
	if !generic {
		if strings.HasPrefix(name, "core::num::nonzero::NonZero") {
			return v.rustNewtype("__0")
		}
		return nil
	}
	switch base {
	case "alloc::vec::Vec":
		return v.rustVec()
	case "alloc::boxed::Box":
		return v.rustNewtype("__0")
	case "core::num::nonzero::NonZero":
		return v.rustNewtype("__0")
	case "core::mem::manually_drop::ManuallyDrop":
		if in := v.fieldNamed("value"); in != nil {
			return &shape{kind: KindStruct, style: styleFields, head: "ManuallyDrop", fields: []*Variable{in}}
		}
	case "core::pin::Pin":
		for _, f := range []string{"pointer", "__pointer"} {
			if in := v.fieldNamed(f); in != nil {
				return v.wrapper(in)
			}
		}
	case "core::ptr::non_null::NonNull", "core::ptr::unique::Unique":
		return v.rustNewtype("pointer")
	case "core::cell::Cell":
		if in := v.path("value", "value"); in != nil {
			in.Name = "value"
			return &shape{kind: KindStruct, style: styleFields, head: "Cell", fields: []*Variable{in}}
		}
	case "core::cell::UnsafeCell":
		return v.rustNewtype("value")
	case "core::cell::RefCell":
		return v.rustRefCell()
	case "core::cell::Ref", "core::cell::RefMut":
		if p := v.fieldNamed("value"); p != nil {
			if raw := p.rawPointer(); raw != nil {
				return v.wrapper(raw.deref(raw.typ.strip().Elem()))
			}
		}
	case "alloc::rc::Rc":
		return v.rustRc("value")
	case "alloc::sync::Arc":
		return v.rustRc("data")
	case "alloc::rc::Weak", "alloc::sync::Weak":
		return &shape{kind: KindPointer, text: "(Weak)"}
	case "std::sync::mutex::Mutex", "std::sync::poison::mutex::Mutex", "std::sync::rwlock::RwLock", "std::sync::poison::rwlock::RwLock":
		if in := v.path("data", "value"); in != nil {
			in.Name = "data"
			s := &shape{kind: KindStruct, style: styleFields, head: lastSegment(base), fields: []*Variable{in}, more: true}
			if p := v.poisoned(); p != nil {
				s.fields = append(s.fields, p)
			}
			return s
		}
	case "alloc::collections::vec_deque::VecDeque":
		return v.rustDeque()
	case "std::collections::hash::map::HashMap":
		if m := v.path("base"); m != nil {
			return m.rustHash(styleMap)
		}
	case "hashbrown::map::HashMap":
		return v.rustHash(styleMap)
	case "std::collections::hash::set::HashSet":
		if m := v.path("base", "map"); m != nil {
			return m.rustHash(styleSet)
		}
	case "alloc::collections::btree::map::BTreeMap":
		return v.rustBTree(styleMap)
	case "alloc::collections::btree::set::BTreeSet":
		if m := v.path("map"); m != nil {
			return m.rustBTree(styleSet)
		}
	case "alloc::collections::binary_heap::BinaryHeap":
		return v.rustNewtype("data")
	case "core::ops::range::Range", "core::ops::range::RangeInclusive":
		return v.rustRange(base)
	}
	return nil
}

// rustNewtype shows a structure as one of its fields.
func (v *Variable) rustNewtype(field string) *shape {
	if in := v.fieldNamed(field); in != nil {
		for n := 0; n < 4; n++ { // NonZero(NonZeroInner(u32))
			t := in.typ.strip()
			if t == nil || t.kind != typeStruct || !strings.Contains(t.name, "NonZero") && !strings.Contains(t.name, "Inner") {
				break
			}
			next := in.fieldNamed("__0")
			if next == nil {
				break
			}
			in = next
		}
		return v.wrapper(in)
	}
	return nil
}

// rustFat shows a fat pointer to a slice or text.
func (v *Variable) rustFat(isText bool) *shape {
	p := v.fieldNamed("data_ptr")
	n := v.fieldNamed("length")
	if p == nil || n == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	if isText {
		return v.utf8At(addr, count)
	}
	return v.sliceAt(p.typ.strip().Elem(), addr, count)
}

// rustVec shows a Vec. The element type is the template's, since newer compilers keep the
// buffer untyped.
func (v *Variable) rustVec() *shape {
	p, n, et := v.vecParts()
	if p == nil || n == nil || et == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.sliceAt(et, addr, count)
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

// firstVec finds the Vec in OsString, PathBuf and the like, which wrap it several times.
func (v *Variable) firstVec(depth int) *Variable {
	t := v.typ.strip()
	if t == nil || depth > 6 {
		return nil
	}
	if strings.HasPrefix(t.name, "alloc::vec::Vec<") {
		return v.as(t)
	}
	m := t.load()
	for i := range m.fields {
		if r := v.as(t).field(&m.fields[i]).firstVec(depth + 1); r != nil {
			return r
		}
	}
	return nil
}

// bytesAsText shows the Vec<u8> vec as text.
func (v *Variable) bytesAsText(vec *Variable) *shape {
	if vec == nil {
		return nil
	}
	p, n, _ := vec.vecParts()
	if p == nil || n == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.utf8At(addr, count)
}

// cString shows a CString's boxed bytes without the zero at the end.
func (v *Variable) cString() *shape {
	p, n := v.fieldNamed("data_ptr"), v.fieldNamed("length")
	if p == nil || n == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	if count > 0 {
		count--
	}
	return v.utf8At(addr, count)
}

func (v *Variable) rustRefCell() *shape {
	in := v.path("value", "value")
	if in == nil {
		return nil
	}
	in.Name = "value"
	s := &shape{kind: KindStruct, style: styleFields, head: "RefCell", fields: []*Variable{in}}
	if b := v.path("borrow", "value", "value"); b != nil {
		if n, err := b.scalar(); err == nil && n.class != classFloat && n.i.sign() < 0 {
			in.Name = "value (mutably borrowed)"
		}
	}
	return s
}

// rustRc shows what an Rc or Arc shares; the counts are in the raw structure.
func (v *Variable) rustRc(field string) *shape {
	if v.rustFatParts() {
		return v.rustRcFat()
	}
	p := v.fieldNamed("ptr")
	if p == nil {
		return nil
	}
	raw := p.rawPointer()
	if raw == nil {
		return v.rustRcFat()
	}
	inner := raw.deref(raw.typ.strip().Elem())
	if inner.Unreadable != nil {
		return &shape{err: inner.Unreadable}
	}
	for _, f := range []string{field, "value", "data"} {
		if in := inner.fieldNamed(f); in != nil {
			in.EvalName = ""
			return v.wrapper(in)
		}
	}
	return nil
}

func (v *Variable) rustFatParts() bool { return v.typ.strip().fieldNamed("data_ptr") != nil }

// rustRcFat shows an Rc<str> or Rc<[T]>: the fat pointer leads to the counts, two words, and the
// data behind them.
func (v *Variable) rustRcFat() *shape {
	fat := v.fieldNamed("ptr")
	for n := 0; fat != nil && !fat.rustFatParts() && n < 4; n++ {
		fat = fat.fieldNamed("pointer")
	}
	if fat == nil {
		return nil
	}
	p, l := fat.fieldNamed("data_ptr"), fat.fieldNamed("length")
	if p == nil || l == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := l.uint()
	if err != nil {
		return &shape{err: err}
	}
	inner := p.typ.strip().Elem().strip() // RcInner<str>: its last field is where the data starts
	off := int64(8)
	if inner != nil {
		for _, n := range []string{"value", "data"} {
			if f := inner.fieldNamed(n); f != nil {
				off = f.offset
			}
		}
	}
	addr += uint64(off)
	t := v.typ.strip().arg("T")
	if t != nil && t.name == "str" || strings.Contains(v.typ.name, "<str,") {
		return v.utf8At(addr, count)
	}
	if s := t.strip(); s != nil && s.kind == typeArray {
		return v.sliceAt(s.Elem(), addr, count)
	}
	return nil
}

func (v *Variable) rustRange(base string) *shape {
	lo, hi := v.fieldNamed("start"), v.fieldNamed("end")
	if lo == nil || hi == nil {
		return nil
	}
	op := ".."
	if strings.HasSuffix(base, "Inclusive") {
		op = "..="
	}
	return &shape{kind: KindStruct, text: lo.String() + op + hi.String()}
}

// rustDeque shows a VecDeque: a ring of elements from head on.
func (v *Variable) rustDeque() *shape {
	et := v.typ.strip().arg("T")
	buf, head := v.fieldNamed("buf"), v.fieldNamed("head")
	if et == nil || buf == nil || head == nil {
		return nil
	}
	p := buf.rawPointer()
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	capVar := buf.fieldNamed("cap")
	if capVar == nil {
		capVar = buf.path("inner", "cap")
	}
	if capVar == nil {
		return nil
	}
	capacity, err := numberIn(capVar, 0)
	if err != nil {
		return &shape{err: err}
	}
	h, err := numberIn(head, 0)
	if err != nil {
		return &shape{err: err}
	}
	var n uint64
	first := h
	if l := v.fieldNamed("len"); l != nil {
		if n, err = numberIn(l, 0); err != nil {
			return &shape{err: err}
		}
	} else if tail := v.fieldNamed("tail"); tail != nil { // before 1.67: [tail, head) of a power of two
		if first, err = numberIn(tail, 0); err != nil {
			return &shape{err: err}
		}
		if capacity > 0 {
			n = (h - first) & (capacity - 1)
		}
	} else {
		return nil
	}
	_, size := v.scope.Frame.Memory()
	es := et.byteSize()
	if es > 0 && capacity > size/uint64(es) || n > capacity && es > 0 || first > capacity {
		return corrupt("length %d of capacity %d", n, capacity)
	}
	return &shape{kind: KindArray, style: styleList, count: int64(n), elem: func(i int64) *Variable {
		at := first + uint64(i)
		if at >= capacity && capacity > 0 {
			at -= capacity
		}
		return v.scope.make("["+itoa(i)+"]", indexed(v.EvalName, i), et, v.scope.pointee(wasm.MemAddr(addr+at*uint64(es)), es))
	}}
}

func indexed(eval string, i int64) string {
	if eval == "" {
		return ""
	}
	return postfixable(eval) + "[" + itoa(i) + "]"
}

// numberIn reads an integer, through wrappers with one field of size (Cap, UsizeNoHighBit).
func numberIn(v *Variable, depth int) (uint64, error) {
	t := v.typ.strip()
	if t == nil || depth > 6 {
		return 0, unavailable("not a number")
	}
	if t.kind == typeStruct {
		m := t.load()
		for i := range m.fields {
			f := v.as(t).field(&m.fields[i])
			if f.typ.byteSize() == t.byteSize() {
				return numberIn(f, depth+1)
			}
		}
	}
	return v.uint()
}

// poisoned tells whether a thread panicked with a Mutex locked. Where there are no threads the
// flag has no bytes, and is never set.
func (v *Variable) poisoned() *Variable {
	flag := v.fieldNamed("poison")
	if flag == nil {
		return nil
	}
	bt := v.scope.Types.basicNamed("bool", v.typ.lang)
	if flag.Size() == 0 {
		return v.scope.make("poisoned", "", bt, location{data: []byte{0}})
	}
	if flag.Size() != 1 {
		return nil
	}
	flag = flag.as(bt)
	flag.Name = "poisoned"
	return flag
}
