package value

import (
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// rustDyn shows a trait object as the value behind it. Its vtable tells the type: rustc describes
// each vtable as a static, whose type names the one that it was made for.
func (v *Variable) rustDyn() *shape {
	if inner := v.behindDyn(); inner != nil {
		return v.wrapper(inner)
	}
	s := v.rustPlain()
	s.head = v.typ.short()
	return s
}

// behindDyn is the value of a trait object in its own type, nil if that is not known.
func (v *Variable) behindDyn() *Variable {
	p, vt := v.fieldNamed("pointer"), v.fieldNamed("vtable")
	if p == nil || vt == nil {
		return nil
	}
	at, err := vt.uint()
	if err != nil {
		return nil
	}
	t := v.scope.Types.vtables(v.scope)[wasm.MemAddr(at)]
	if t == nil {
		return v.unnamedDyn(p, vt)
	}
	addr, err := p.uint()
	if err != nil {
		return v.scope.unreadable(v.Name, t, err)
	}
	if addr != 0 {
		off, err := v.behindCounts(p, at)
		if err != nil {
			return v.scope.unreadable(v.Name, t, err)
		}
		addr += off
	}
	return v.scope.make(v.Name, "", t, v.scope.pointee(wasm.MemAddr(addr), t.byteSize()))
}

// behindCounts is where the value stands that an Rc or Arc shares: behind the counts, as its
// vtable says that it is aligned. Of other pointers it is 0.
func (v *Variable) behindCounts(p *Variable, vtable uint64) (uint64, error) {
	inner := p.typ.strip().Elem().strip()
	if inner == nil || inner.kind != typeStruct {
		return 0, nil
	}
	f := inner.fieldNamed("value")
	if f == nil {
		f = inner.fieldNamed("data")
	}
	if f == nil || inner.fieldNamed("strong") == nil {
		return 0, nil
	}
	word := v.scope.Types.pointerSize() // a vtable: how to drop, size, alignment, methods
	b, err := v.scope.read(v.scope.pointee(wasm.MemAddr(vtable)+2*wasm.MemAddr(word), word), word)
	if err != nil {
		return 0, err
	}
	align := bigBits(b, false).Uint64()
	if align == 0 || align > 1<<16 || align&(align-1) != 0 {
		return 0, unavailable("corrupt: a vtable with the alignment " + itoa(int64(align)))
	}
	return (uint64(f.offset) + align - 1) &^ (align - 1), nil
}

// dynType is the short name of the type behind a trait object, "" if v is none or it is not known.
func (v *Variable) dynType() string {
	if s := v.classBehind(); s != "" {
		return s
	}
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct || !strings.Contains(t.name, "dyn ") || v.Unreadable != nil || t.lang != symbols.LangRust {
		return ""
	}
	p := v.as(t)
	for n := 0; p != nil && p.typ.strip().fieldNamed("vtable") == nil; n++ { // Rc<dyn Shape>, Pin<Box<dyn Future>>
		if p = p.pointerIn(); n > 0 || p == nil || p.typ.strip().kind == typePointer {
			return ""
		}
	}
	if p == nil {
		return ""
	}
	if inner := p.behindDyn(); inner != nil {
		return inner.typ.short()
	}
	return ""
}

// vtables finds the types of all vtables by their addresses. Those that stand at one address,
// since they are the same, tell nothing.
func (ts *Types) vtables(s *Scope) map[wasm.MemAddr]*Type {
	ts.vtablesOnce.do(ts, func() {
		ts.vtableTypes = map[wasm.MemAddr]*Type{}
		for _, g := range s.Table.GlobalsEnding("{vtable}") {
			at, ok := s.variable(g).Addr()
			if !ok {
				continue
			}
			t := ts.madeFor(g.Type())
			if old, twice := ts.vtableTypes[at]; twice && old.fullTypeName() != t.fullTypeName() {
				t = nil
			}
			ts.vtableTypes[at] = t
		}
	})
	return ts.vtableTypes
}

// madeFor is the type that the vtable type at off was made for.
func (ts *Types) madeFor(off info.Offset, ok bool) *Type {
	if !ok {
		return nil
	}
	e, err := ts.tab.Info().Entry(off)
	if err != nil {
		return nil
	}
	concrete, ok := e.Follow(dwarf.AttrContainingType)
	if !ok {
		return nil
	}
	return ts.at(uint64(concrete.Offset))
}
