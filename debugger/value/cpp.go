package value

import (
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf/expr"
)

// cppShape knows types of libc++; nil for any other.
func (v *Variable) cppShape() *shape {
	t := v.typ
	if t.kind != typeStruct || !strings.HasPrefix(t.name, "std::") {
		return nil
	}
	name, _, _ := strings.Cut(inlineStd.Replace(t.name), "<")
	if f := cppTypes[name]; f != nil {
		return f(v)
	}
	switch name {
	case "std::basic_string":
		return v.cppString()
	case "std::basic_string_view":
		return v.cppStringView()
	case "std::vector":
		return v.cppVector()
	case "std::array":
		if n, ok := t.numberArg(1); ok && n == 0 {
			return &shape{kind: KindArray, style: styleCList}
		}
		if f := v.fieldNamed("__elems_"); f != nil {
			return v.wrapper(f)
		}
	case "std::unique_ptr", "std::shared_ptr":
		return v.cppSmart()
	case "std::optional":
		return v.cppOptional()
	case "std::pair":
		a, b := v.fieldNamed("first"), v.fieldNamed("second")
		if a != nil && b != nil {
			return &shape{kind: KindStruct, style: styleCFields, fields: []*Variable{a, b}}
		}
	case "std::tuple":
		return v.cppTuple()
	case "std::variant":
		return v.cppVariant()
	case "std::deque":
		return v.cppDeque()
	case "std::priority_queue", "std::queue", "std::stack":
		if f := v.fieldNamed("c"); f != nil {
			return v.wrapper(f)
		}
	case "std::reference_wrapper":
		if f := v.fieldNamed("__f_"); f != nil {
			return v.wrapper(f.deref(f.typ.strip().Elem()))
		}
	case "std::map", "std::multimap", "std::set", "std::multiset":
		return v.cppTree(strings.HasSuffix(name, "map"))
	case "std::list":
		return v.cppList()
	case "std::unordered_map", "std::unordered_multimap":
		return v.cppHash(true)
	case "std::unordered_set", "std::unordered_multiset":
		return v.cppHash(false)
	}
	return nil
}

// find returns the field called name of v, of its bases or its anonymous members, searched
// breadth first through fields whose names begin with an underscore as libc++'s own do.
func (v *Variable) find(name string, depth int) *Variable {
	t := v.typ.strip()
	if t == nil || depth < 0 || t.kind != typeStruct && t.kind != typeUnion {
		return nil
	}
	v = v.as(t)
	if f := v.fieldNamed(name); f != nil {
		return f
	}
	m := t.load()
	for i := range m.fields {
		f := &m.fields[i]
		if f.base || f.name == "" || strings.HasPrefix(f.name, "__") {
			if r := v.field(f).find(name, depth-1); r != nil {
				return r
			}
		}
	}
	return nil
}

// firstOf is find for the names that versions of libc++ give to one field: before LLVM 20, sizes were in pairs
// with an allocator or a comparator.
func (v *Variable) firstOf(depth int, names ...string) *Variable {
	for _, n := range names {
		if f := v.find(n, depth); f != nil {
			return f
		}
	}
	return nil
}

// cppString shows a libc++ string. The short form keeps size and data in the object; a bit tells them apart.
func (v *Variable) cppString() *shape {
	long, short := v.find("__l", 5), v.find("__s", 5)
	if long == nil || short == nil {
		return nil
	}
	isLong := short.find("__is_long_", 2)
	// In the second version of the ABI the characters are at the beginning.
	mirrored := false
	if d := short.find("__data_", 2); d != nil {
		mirrored = d.loc.addr == short.loc.addr && d.loc.inMemory || !d.loc.inMemory && d.loc.off == short.loc.off
	}
	var flag, n uint64
	var err error
	var data *Variable
	if isLong != nil {
		flag, err = isLong.uint()
	} else if sz := short.find("__size_", 2); sz != nil { // before LLVM 14: the low bit of the size
		if flag, err = sz.uint(); err == nil {
			if mirrored {
				flag &= 0x80
			} else {
				flag &= 1
			}
		}
	} else {
		return nil
	}
	if err != nil {
		return &shape{err: err}
	}
	if flag != 0 {
		sz, p := long.find("__size_", 2), long.find("__data_", 2)
		if sz == nil || p == nil {
			return nil
		}
		if n, err = sz.uint(); err != nil {
			return &shape{err: err}
		}
		addr, err := p.uint()
		if err != nil {
			return &shape{err: err}
		}
		return v.cppText(p.typ.strip().Elem(), addr, n)
	}
	sz := short.find("__size_", 2)
	data = short.find("__data_", 2)
	if sz == nil || data == nil {
		return nil
	}
	if n, err = sz.uint(); err != nil {
		return &shape{err: err}
	}
	if isLong == nil && !mirrored {
		n >>= 1
	}
	w := int64(max(charWidth(data.typ.strip().Elem()), 1))
	if int64(n)*w > data.typ.byteSize() {
		return corrupt("a short string of length %d", n)
	}
	return v.textShape(data.loc, int64(n), int(w), data.typ.strip().Elem())
}

func (v *Variable) cppText(elem *Type, addr, n uint64) *shape {
	w := uint64(max(charWidth(elem), 1))
	_, size := v.scope.Frame.Memory()
	if n > size/w {
		return corrupt("length %d exceeds memory", n)
	}
	if n == 0 {
		return v.textShape(location{data: []byte{}}, 0, int(w), elem)
	}
	l := v.scope.pointee(wasm.MemAddr(addr), int64(n*w))
	if l.err != nil {
		return &shape{err: l.err}
	}
	return v.textShape(l, int64(n), int(w), elem)
}

// textShape is a string with its characters as children.
func (v *Variable) textShape(l location, n int64, w int, elem *Type) *shape {
	return &shape{kind: KindString, str: &text{loc: l, n: n * int64(w), width: w}}
}

func (v *Variable) cppStringView() *shape {
	p, n := v.find("__data_", 2), v.find("__size_", 2)
	if p == nil || n == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	c, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.cppText(p.typ.strip().Elem(), addr, c)
}

func (v *Variable) cppVector() *shape {
	begin, end := v.find("__begin_", 4), v.find("__end_", 4)
	if begin == nil || end == nil {
		return v.cppBits()
	}
	et := begin.typ.strip().Elem()
	lo, err := begin.uint()
	if err != nil {
		return &shape{err: err}
	}
	hi, err := end.uint()
	if err != nil {
		return &shape{err: err}
	}
	es := et.byteSize()
	if es <= 0 || hi < lo || (hi-lo)%uint64(es) != 0 {
		return corrupt("a vector from %#x to %#x", lo, hi)
	}
	return v.cppSlice(et, lo, (hi-lo)/uint64(es))
}

func (v *Variable) cppSlice(et *Type, addr, n uint64) *shape {
	s := v.sliceAt(et, addr, n)
	s.style = styleCList
	if s.err != nil {
		s.style = styleText
	}
	return s
}

// cppBits shows a vector<bool>, which packs its elements in words.
func (v *Variable) cppBits() *shape {
	begin, size := v.find("__begin_", 4), v.find("__size_", 4)
	if begin == nil || size == nil || begin.typ.strip().kind != typePointer {
		return nil
	}
	addr, err := begin.uint()
	if err != nil {
		return &shape{err: err}
	}
	n, err := size.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, mem := v.scope.Frame.Memory()
	if n/8 > mem {
		return corrupt("length %d exceeds memory", n)
	}
	bt := v.scope.Types.basicNamed("bool", v.typ.lang)
	return &shape{kind: KindArray, style: styleCList, count: int64(n), elem: func(i int64) *Variable {
		l := v.scope.pointee(wasm.MemAddr(addr+uint64(i)/8), 1)
		b, err := v.scope.read(l, 1)
		if err != nil {
			return v.scope.unreadable("["+itoa(i)+"]", bt, err)
		}
		return v.scope.make("["+itoa(i)+"]", "", bt, location{data: []byte{b[0] >> (i % 8) & 1}})
	}}
}

// smartPointer is the pointer in a unique_ptr or a shared_ptr, nil if there is none.
func (v *Variable) smartPointer() *Variable {
	p := v.find("__ptr_", 4)
	for n := 0; n < 4 && p != nil; n++ { // compressed pairs of older versions
		t := p.typ.strip()
		if t == nil || t.kind == typePointer {
			break
		}
		p = p.find("__value_", 3)
	}
	return p
}

// ownsArray reports whether a smart pointer is to an array, whose length is not known.
func (v *Variable) ownsArray() bool {
	t := v.typ.strip()
	if t == nil {
		return false
	}
	a := t.typeArg(0).strip()
	return a != nil && a.kind == typeArray
}

func (v *Variable) cppSmart() *shape {
	p := v.smartPointer()
	if p == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if addr == 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	et := p.typ.strip().Elem()
	if et == nil {
		return nil
	}
	p.Name = v.Name
	p.EvalName = ""
	if v.ownsArray() {
		return v.wrapper(p)
	}
	s := v.wrapper(p.deref(et))
	s.note = v.ownersNote("shared_ptr")
	return s
}

func (v *Variable) cppOptional() *shape {
	engaged, val := v.find("__engaged_", 12), v.find("__val_", 12)
	if engaged == nil || val == nil {
		return nil
	}
	on, err := engaged.uint()
	if err != nil {
		return &shape{err: err}
	}
	if on == 0 {
		return &shape{kind: KindEnum, text: "nullopt"}
	}
	return v.wrapper(val)
}

// computed is the place of a member whose expression computes its address from the
// structure's: of a virtual base, whose distance is in the vtable.
func (v *Variable) computed(f *field) location {
	if v.loc.err != nil || !v.loc.inMemory {
		return location{err: unavailable("the place of a virtual base is known only in memory")}
	}
	at, err := expr.EvalValue(f.place, f.unit.Format(), &host{scope: v.scope, unit: f.unit}, uint64(v.loc.addr))
	if err != nil {
		return location{err: unavailable("no virtual base: " + err.Error())}
	}
	if _, ok := v.scope.linear(abi.Addr(at.Bits)); !ok {
		return location{err: unavailable("corrupt: the virtual base is outside of linear memory")}
	}
	return location{inMemory: true, addr: abi.Addr(at.Bits)}
}

// cppTuple shows a tuple, whose elements are bases called __tuple_leaf.
func (v *Variable) cppTuple() *shape {
	base := v.fieldNamed("__base_")
	if base == nil {
		return nil
	}
	s := &shape{kind: KindTuple, style: styleCList}
	m := base.typ.strip().load()
	for i := range m.fields {
		f := &m.fields[i]
		if !f.base {
			continue
		}
		leaf := base.as(base.typ.strip()).field(f)
		c := leaf.fieldNamed("__value_")
		if c == nil {
			if c = leaf; len(leaf.typ.strip().load().fields) > 1 {
				return nil
			}
		}
		c.Name, c.EvalName = itoa(int64(len(s.fields))), ""
		s.fields = append(s.fields, c)
	}
	return s
}

// cppVariant shows the active alternative of a variant: a chain of unions {__head, __tail}.
func (v *Variable) cppVariant() *shape {
	index, data := v.find("__index", 14), v.find("__data", 14)
	if index == nil || data == nil {
		return nil
	}
	n, err := index.uint()
	if err != nil {
		return &shape{err: err}
	}
	if n == 1<<uint(8*index.Size())-1 {
		return &shape{kind: KindEnum, text: "valueless"}
	}
	if n > 256 {
		return corrupt("alternative %d", n)
	}
	for range n {
		if data = data.find("__tail", 2); data == nil {
			return corrupt("alternative %d", n)
		}
	}
	head := data.find("__head", 2)
	if head == nil {
		return nil
	}
	val := head.find("__value", 2)
	if val == nil {
		return nil
	}
	return v.wrapper(val)
}
