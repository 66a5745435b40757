package value

import (
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// typeNamed resolves a type as written in a cast.
func (ev *evaluator) typeNamed(n node, r typeRef) (*Type, error) {
	t, err := ev.typeOrVoid(n, r)
	if err == nil && t == nil {
		return nil, ev.fail(n, "void has no values")
	}
	return t, err
}

// typeOrVoid is typeNamed, except that void is nil.
func (ev *evaluator) typeOrVoid(n node, r typeRef) (t *Type, err error) {
	lang := ev.lang()
	ts := ev.scope.Types
	if r.elem != nil {
		if t, err = ev.typeNamed(n, *r.elem); err != nil {
			return nil, err
		}
		t = ts.arrayOf(t, r.count, lang)
	} else if r.name != "void" && r.name != "()" {
		basic := lang
		if ev.vis != nil {
			basic = ev.vis.vis.typ.lang // Rust's char is not C++'s
		}
		if t = ts.basicNamed(r.name, basic); t == nil || r.tag {
			if t = ev.typeCalled(r.name); t == nil {
				return nil, ev.fail(n, "no type %s", r.name)
			}
			if e := t.tagged(); r.tag && e != nil {
				t = e
			}
		}
	}
	for range r.stars {
		t = ts.pointerTo(t, lang)
	}
	return t, nil
}

// typeCalled finds a type of the program by its name: as DWARF has it, in the namespaces around the
// frame's function, or as it is shown, Vec<Order>.
func (ev *evaluator) typeCalled(name string) *Type {
	ts := ev.scope.Types
	if ev.vis != nil {
		if t := ev.vis.typeNamed(name); t != nil {
			return t
		}
	}
	name = ev.absolute(name)
	for prefix, _, ok := cutLast(ev.functionName()); ok && !strings.ContainsAny(prefix, "<{"); prefix, _, ok = cutLast(prefix) {
		if t := ts.Lookup(prefix + "::" + name); t != nil {
			return t
		}
	}
	if name == "Self" {
		if prefix, _, ok := cutLast(ev.functionName()); ok {
			return ts.Lookup(prefix)
		}
	}
	if t := ts.Lookup(name); t != nil {
		return t
	}
	for _, p := range ev.spelled(name, false) {
		if t := ts.Lookup(p); t != nil {
			return t
		}
	}
	if !strings.ContainsAny(name, "<&[ ") {
		return nil
	}
	return ts.shortNamed(name, ev.unit())
}

// shortNamed finds a type by the name that it is shown with.
func (ts *Types) shortNamed(name string, first *symbols.Unit) *Type {
	want := squeeze(ShortTypeName(name))
	key := "short " + want
	ts.mu.Lock()
	t, known := ts.named[key]
	ts.mu.Unlock()
	if known {
		return t
	}
	head := want
	if i := strings.IndexByte(head, '<'); i > 0 {
		head = head[:i]
	}
	off, ok := ts.tab.TypeLike(first, func(full string) bool {
		return strings.Contains(full, head) && squeeze(ShortTypeName(full)) == want
	})
	if ok {
		t = ts.at(uint64(off))
	}
	ts.remember(key, t)
	return t
}

// squeeze removes the blanks of a type's name.
func squeeze(name string) string { return strings.ReplaceAll(name, " ", "") }

func (ev *evaluator) cast(n castExpr) (*Variable, error) {
	if ev.vis != nil && n.t.name == "void" && n.t.stars == 0 { // whether the expression makes sense
		return ev.eval(n.x)
	}
	if n.t.name == "void" && n.t.stars == 0 && isCLike(ev.lang()) { // call (void)printf("here\n")
		if _, err := ev.eval(n.x); err != nil {
			return nil, err
		}
		return ev.nothing(), nil
	}
	t, err := ev.typeNamed(n, n.t)
	if err != nil {
		return nil, err
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	return ev.castTo(n, x, t)
}

// functionalCast evaluates C++'s int(x), for types that are numbers. ok is false if no such type is named.
func (ev *evaluator) functionalCast(n invokeExpr, name nameRef) (v *Variable, ok bool, err error) {
	if ev.lang() != symbols.LangCPP || len(n.args) != 1 {
		return nil, false, nil
	}
	t, err := ev.typeNamed(n, typeRef{name: name.path})
	if err != nil {
		return nil, false, nil
	}
	if st := t.strip(); st == nil || st.kind != typeBase && st.kind != typeEnum {
		return nil, false, nil
	}
	v, err = ev.cast(castExpr{at(n.column()), n.args[0], typeRef{name: name.path}})
	return v, true, err
}

func (ev *evaluator) castTo(n node, x *Variable, t *Type) (*Variable, error) {
	st := t.strip()
	if st == nil {
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	xt := x.typ.strip()
	if xt != nil && xt == st && x.made == nil && !x.untyped {
		return x, nil
	}
	if st.load(); st.basic.class == classBool {
		if h, _ := x.handle(); h != nil {
			on, err := h.holds()
			return ev.truthVariable(on), err
		}
	}
	if st.kind == typePointer || st.kind == typeReference {
		if v, err := ev.castPointer(n, x, t, st); v != nil || err != nil {
			return v, err
		}
	}
	if st.kind == typeStruct && st.lang == symbols.LangCPP { // to a base
		if off, ok := ev.baseOffset(xt, st); ok {
			return ev.scope.make("", "", t, x.loc.at(off, t.byteSize())), nil
		}
	}
	u := x.unwrapped()
	if u.Unreadable != nil {
		return nil, ev.wrapErr(n, u.Unreadable)
	}
	s, err := u.scalar()
	if err != nil {
		if u.loc.inMemory && sameSize(u.typ, t) && st.kind != typeBase {
			return ev.scope.make("", "", t, u.loc), nil // another view of the same bytes
		}
		return nil, ev.wrapErr(n, err)
	}
	st.load()
	bt := st.basic
	switch st.kind {
	case typeBase:
	case typeEnum:
		bt = basicType{classInt, int(8 * st.byteSize()), bt.signed}
	case typePointer, typeReference:
		bt = basicType{classInt, int(8 * st.byteSize()), false}
	default:
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	if bt.class == classNone || bt.bits == 0 {
		return nil, ev.fail(n, "no cast to %s", t.short())
	}
	if bt.class == classBool && isCLike(ev.lang()) {
		s = truthValue(s.truth()).scalar
	}
	return ev.scope.make("", "", t, location{data: s.convert(bt).bytes()}), nil
}

func sameSize(a, b *Type) bool {
	return a != nil && b != nil && a.byteSize() > 0 && a.byteSize() == b.byteSize()
}

// castPointer casts to a pointer what is no number: an array, a reference, a pointer with more
// than an address in it, or a pointer to a related class. Both nil: x is none of these.
func (ev *evaluator) castPointer(n node, x *Variable, t, st *Type) (*Variable, error) {
	xt := x.typ.strip()
	if xt == nil {
		return nil, nil
	}
	if st.byteSize() > ev.scope.Types.pointerSize() || st.kind == typeStruct { // a fat pointer can't be made
		return nil, nil
	}
	switch {
	case xt.kind == typePointer || xt.kind == typeReference:
		p, err := x.as(xt).uint()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if p != 0 {
			from, to := xt.Elem().strip(), st.Elem().strip()
			if off, ok := ev.baseOffset(from, to); ok {
				p += uint64(off)
			} else if base, ok := x.as(xt).deref(xt.Elem()).baseIn(to, 0); ok { // a virtual one
				p = uint64(base)
			} else if off, ok := ev.baseOffset(to, from); ok {
				p -= uint64(off)
			}
		}
		v := ev.pointer(nil, p)
		v.typ = t
		return v, nil
	case xt.kind == typeArray:
		if a, ok := x.Addr(); ok { // an array decays to its address
			v := ev.pointer(nil, uint64(a))
			v.typ = t
			return v, nil
		}
		return nil, ev.fail(n, "the array has no address: it is in %s", x.Place())
	case xt.kind == typeStruct:
		for _, name := range [...]string{"pointer", "data_ptr"} { // Rust's fat pointers
			if p := x.fieldNamed(name); p != nil {
				return ev.castTo(n, p, t)
			}
		}
		if sh := x.shape(); sh.style == styleInner && sh.inner != nil { // Box, unique_ptr: what they point at
			if a, ok := sh.inner.Addr(); ok {
				v := ev.pointer(nil, uint64(a))
				v.typ = t
				return v, nil
			}
		}
		if sh := x.shape(); sh.str != nil && sh.str.loc.inMemory {
			if a, ok := ev.scope.linear(sh.str.loc.addr); ok {
				v := ev.pointer(nil, uint64(a))
				v.typ = t
				return v, nil
			}
		}
	}
	return nil, nil
}

// baseOffset is where base stands in objects of class derived; ok is false if it is none of its
// bases, or not in a fixed place.
func (ev *evaluator) baseOffset(derived, base *Type) (int64, bool) {
	return baseOffset(derived, base, 0)
}

func baseOffset(derived, base *Type, depth int) (int64, bool) {
	if derived == nil || base == nil || derived.kind != typeStruct || base.kind != typeStruct || depth > 16 {
		return 0, false
	}
	m := derived.load()
	for i := range m.fields {
		f := &m.fields[i]
		if !f.base || f.virtual {
			continue
		}
		b := derived.types.at(f.ref).strip()
		if b == base || b != nil && b.name != "" && b.name == base.name {
			return f.offset, true
		}
		if off, ok := baseOffset(b, base, depth+1); ok {
			return f.offset + off, true
		}
	}
	return 0, false
}

func (ev *evaluator) sizeof(n sizeofExpr) (*Variable, error) {
	var t *Type
	if n.x == nil {
		var err error
		if t, err = ev.typeNamed(n, n.t); err != nil {
			return nil, err
		}
	} else {
		x, err := ev.eval(n.x)
		if name, ok := n.x.(nameRef); ok && (err != nil || x.function != nil) { // a type's name
			if t = ev.typeCalled(name.path); t != nil {
				return ev.measure(n, t)
			}
		}
		if err != nil {
			return nil, err
		}
		t = x.typ
		if x.made != nil && x.shape().str != nil && !n.align && isCLike(ev.lang()) { // a literal has a zero at its end
			return ev.length(x.shape().str.n + 1), nil
		}
	}
	return ev.measure(n, t)
}

// measure is a type's size or alignment.
func (ev *evaluator) measure(n sizeofExpr, t *Type) (*Variable, error) {
	if !n.align {
		return ev.length(ev.scope.sizeOf(t)), nil
	}
	a := t.alignment(0)
	if a == 0 {
		return nil, ev.fail(n, "the alignment of %s is not known", t.short())
	}
	return ev.length(a), nil
}

// memory evaluates {type}address.
func (ev *evaluator) memory(n memExpr) (*Variable, error) {
	t, err := ev.typeNamed(n, n.t)
	if err != nil {
		return nil, err
	}
	o, err := ev.operand(n.x)
	if err != nil {
		return nil, err
	}
	a, ok := o.i.int64()
	if o.class != classInt || !ok || a < 0 || a>>32 != 0 && !ev.scope.Types.wide {
		return nil, ev.fail(n.x, "%v is no address", o.i)
	}
	v := ev.scope.make("", "", t, ev.scope.pointee(wasm.MemAddr(a), t.byteSize()))
	if v.Unreadable != nil {
		return nil, ev.wrapErr(n, v.Unreadable)
	}
	return v, nil
}

// elements evaluates x@n: an array of n values of x's type, x the first.
func (ev *evaluator) elements(n elemExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	count, err := ev.operand(n.n)
	if err != nil {
		return nil, err
	}
	c, ok := count.i.int64()
	if count.class != classInt || !ok || c <= 0 || c > maxRead {
		return nil, ev.fail(n.n, "%v is no count", count.i)
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	a, ok := x.Addr()
	if !ok {
		return nil, ev.fail(n, "only what is in memory has something behind it; this is in %s", x.Place())
	}
	size := x.typ.byteSize()
	if size <= 0 || size*c > maxRead {
		return nil, ev.fail(n, "%d values of %d bytes are too much", c, size)
	}
	l := ev.scope.pointee(a, size*c)
	if l.err != nil {
		return nil, ev.wrapErr(n, l.err)
	}
	return ev.scope.make("", "", ev.scope.Types.arrayOf(x.typ, c, ev.lang()), l), nil
}
