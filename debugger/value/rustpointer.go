package value

import (
	"strings"

	"sphex/aot/wasm"
)

// pointerIn finds the pointer in the wrappers of a Box, Rc, NonNull and the like: a thin one, or
// the structure of two words that is a fat one.
func (v *Variable) pointerIn() *Variable {
	for n := 0; v != nil && n < 8; n++ {
		t := v.typ.strip()
		if t == nil {
			return nil
		}
		if t.kind == typePointer || t.isFat() {
			return v
		}
		next := (*Variable)(nil)
		for _, name := range []string{"ptr", "pointer", "__pointer", "__0"} {
			if next = v.fieldNamed(name); next != nil {
				break
			}
		}
		v = next
	}
	return nil
}

// isFat tells whether the type is a pointer with a length, or with a vtable.
func (t *Type) isFat() bool {
	if t == nil || t.kind != typeStruct || t.name == "" || t.name[0] != '&' && t.name[0] != '*' && !strings.HasPrefix(t.name, "alloc::boxed::Box<") {
		return false
	}
	return t.fieldNamed("data_ptr") != nil && t.fieldNamed("length") != nil ||
		t.fieldNamed("pointer") != nil && t.fieldNamed("vtable") != nil
}

// target is what the pointer v, thin or fat, points at; nil if it is not known what that is.
func (v *Variable) target() *Variable {
	t := v.typ.strip()
	switch {
	case t == nil:
		return nil
	case t.kind == typePointer:
		return v.deref(t.Elem())
	case t.fieldNamed("vtable") != nil:
		return v.behindDyn()
	}
	s := v.rustFat()
	if s == nil {
		return nil
	}
	out := v.as(t)
	if out == v {
		c := *v
		out = &c
	}
	out.sh, out.EvalName = nil, ""
	out.made = func() *shape { return s }
	return out
}

// pointeeName is the name of what a pointer type points at, as rustc writes it.
func pointeeName(name string) string {
	for _, p := range []string{"&mut ", "&", "*const ", "*mut "} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			return rest
		}
	}
	if strings.HasPrefix(name, "alloc::boxed::Box<") {
		if a := typeArguments(name); len(a) > 0 {
			return a[0]
		}
	}
	return name
}

// rustFat shows what a fat pointer with a length points at: a slice, text, or a structure whose
// last field is one.
func (v *Variable) rustFat() *shape {
	p, n := v.fieldNamed("data_ptr"), v.fieldNamed("length")
	if p == nil || n == nil {
		return nil
	}
	addr, count, err := addressAndCount(p, n)
	if err != nil {
		return &shape{err: err}
	}
	return v.unsized(pointeeName(v.typ.strip().name), p.typ.strip().Elem(), addr, count)
}

// unsized shows the unsized value called name at addr. Debug information gives it the type of
// its element, or of the structure that it ends.
func (v *Variable) unsized(name string, t *Type, addr, count uint64) *shape {
	last := lastSegment(name)
	switch {
	case name == "str", strings.HasPrefix(name, "std::") && (last == "Path" || last == "OsStr"):
		return v.utf8At(addr, count)
	case last == "CStr" && strings.HasPrefix(name, "core::") || name == "std::ffi::c_str::CStr":
		if count > 0 {
			count-- // the zero
		}
		return v.utf8At(addr, count)
	case strings.HasPrefix(name, "["):
		return v.sliceAt(t, addr, count)
	}
	s := t.strip()
	args := typeArguments(name)
	if s == nil || s.kind != typeStruct {
		return nil
	}
	if len(args) > 0 && (last == "RcBox" || last == "RcInner" || last == "ArcInner") {
		for _, f := range []string{"value", "data"} {
			if f := s.fieldNamed(f); f != nil {
				return v.unsized(args[0], s.types.at(f.ref), addr+uint64(f.offset), count)
			}
		}
	}
	return v.unsizedStruct(s, args, addr, count)
}

// unsizedStruct shows a structure with an unsized last field.
func (v *Variable) unsizedStruct(s *Type, args []string, addr, count uint64) *shape {
	m := s.load()
	tail := -1
	for i := range m.fields {
		if tail < 0 || m.fields[i].offset >= m.fields[tail].offset {
			tail = i
		}
	}
	if tail < 0 || len(m.variants) > 0 {
		return nil
	}
	head := v.scope.make(v.Name, "", s, v.scope.pointee(wasm.MemAddr(addr), s.byteSize()))
	out := *head.rustPlain()
	out.fields = append([]*Variable(nil), out.fields...)
	f := &m.fields[tail]
	name := "[" // of what the field holds, as far as the arguments tell
	if len(args) > 0 && args[len(args)-1] == "str" {
		name = "str"
	}
	if len(out.fields) != len(m.fields) {
		return nil
	}
	for i, c := range out.fields {
		if c.Name == tupleName(f.name) {
			text := v.unsized(name, s.types.at(f.ref), addr+uint64(f.offset), count)
			part := v.scope.make(c.Name, "", s.types.at(f.ref), location{inMemory: true})
			part.made = func() *shape { return text }
			out.fields[i] = part
		}
	}
	return &out
}

// rustBox shows a Box that is a structure, which is one with an allocator of its own or with a
// fat pointer.
func (v *Variable) rustBox() *shape {
	p := v.pointerIn()
	if p == nil {
		return nil
	}
	if t := p.typ.strip(); t.fieldNamed("vtable") != nil {
		return p.rustDyn()
	} else if t.kind != typePointer {
		if p != v { // the name of the pointer tells what kind it is
			return p.rustFat()
		}
		return v.rustFat()
	}
	return v.wrapper(p.deref(p.typ.strip().Elem()))
}

// counts reads the two counts of what an Rc, an Arc or a Weak points at. Rust's counts leave out
// the weak reference that all strong ones hold together.
func (v *Variable) counts(p *Variable) (strong, weak uint64, err error) {
	t := p.typ.strip()
	ptr := p
	if t.kind != typePointer {
		if ptr = p.fieldNamed("data_ptr"); ptr == nil {
			ptr = p.fieldNamed("pointer")
		}
	}
	inner := ptr.typ.strip().Elem().strip()
	if inner == nil || inner.fieldNamed("strong") == nil || inner.fieldNamed("weak") == nil {
		return 0, 0, unavailable("no counts")
	}
	addr, err := ptr.uint()
	if err != nil {
		return 0, 0, err
	}
	box := v.scope.make("", "", inner, v.scope.pointee(wasm.MemAddr(addr), 8))
	if box.Unreadable != nil {
		return 0, 0, box.Unreadable
	}
	if strong, err = box.fieldNamed("strong").number(); err != nil {
		return 0, 0, err
	}
	if weak, err = box.fieldNamed("weak").number(); err != nil {
		return 0, 0, err
	}
	if strong > 0 && weak > 0 {
		weak--
	}
	return strong, weak, nil
}

func countsText(name string, strong, weak uint64) string {
	return name + "(strong=" + itoa(int64(strong)) + ", weak=" + itoa(int64(weak)) + ")"
}

// rustRc shows what an Rc or Arc shares, behind its counts.
func (v *Variable) rustRc() *shape {
	p := v.fieldNamed("ptr").pointerIn()
	if p == nil {
		return nil
	}
	strong, weak, err := v.counts(p)
	if err != nil {
		if p.Unreadable != nil || v.Unreadable != nil {
			return &shape{err: err}
		}
		return corrupt("%v", err)
	}
	in := v.shared(p)
	if in == nil {
		return nil
	}
	if strong == 0 {
		return corrupt("shared by none")
	}
	s := v.wrapper(in)
	s.note = countsText(lastSegment(v.typ.name), strong, weak) + " "
	return s
}

// shared is the value behind the counts that p points at.
func (v *Variable) shared(p *Variable) *Variable {
	if p.typ.strip().kind != typePointer {
		return p.target()
	}
	inner := p.deref(p.typ.strip().Elem())
	for _, f := range []string{"value", "data"} {
		if in := inner.fieldNamed(f); in != nil {
			in.EvalName = ""
			return in
		}
	}
	return nil
}

// rustWeak shows the counts of what a Weak refers to; the value is below it.
func (v *Variable) rustWeak() *shape {
	p := v.fieldNamed("ptr").pointerIn()
	if p == nil {
		return nil
	}
	thin := p
	if p.typ.strip().kind != typePointer {
		if thin = p.fieldNamed("data_ptr"); thin == nil {
			thin = p.fieldNamed("pointer")
		}
	}
	addr, err := thin.uint()
	if err != nil {
		return &shape{err: err}
	}
	if addr == 1<<32-1 || addr == 1<<64-1 { // Weak::new
		return &shape{kind: KindPointer, text: "Weak(dangling)"}
	}
	strong, weak, err := v.counts(p)
	if err != nil {
		return corrupt("%v", err)
	}
	s := &shape{kind: KindPointer, text: countsText("Weak", strong, weak)}
	if strong > 0 {
		if in := v.shared(p); in != nil {
			in.Name = "value"
			s.fields = []*Variable{in}
		}
	}
	return s
}

// guard shows what a guard of a lock or a cell gives access to, by one of its fields: a pointer
// to it or a reference to the lock.
func guard(fields ...string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		for _, name := range fields {
			f := v.fieldNamed(name)
			if f == nil {
				continue
			}
			p := f.pointerIn()
			if p == nil {
				return nil
			}
			in := p.target()
			if in != nil && name == "lock" {
				if lock := in; in.Unreadable == nil {
					if in = lock.path("data", "value"); in == nil {
						return nil
					}
				}
			}
			if in == nil {
				return nil
			}
			in.EvalName = ""
			return v.wrapper(in)
		}
		return nil
	}
}

// rustManuallyDrop shows what is dropped by hand.
func (v *Variable) rustManuallyDrop() *shape {
	in := v.fieldNamed("value")
	if in == nil {
		return nil
	}
	return &shape{kind: KindStruct, style: styleFields, head: "ManuallyDrop", fields: []*Variable{in}}
}

// rustMaybeUninit shows what may not be there, as if it were.
func (v *Variable) rustMaybeUninit() *shape {
	in := v.descend(v.typ.strip().arg("T"))
	if in == nil {
		return nil
	}
	in.Name = "0"
	return &shape{kind: KindStruct, style: styleTuple, head: "MaybeUninit", fields: []*Variable{in}}
}
