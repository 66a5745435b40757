package value

import (
	"strings"

	"sphex/aot/wasm"
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
		return nil
	}
	inner := p.deref(t)
	inner.Name, inner.EvalName = v.Name, ""
	return inner
}

// dynType is the short name of the type behind a trait object, "" if v is none or it is not known.
func (v *Variable) dynType() string {
	if t := v.typ.strip(); t == nil || t.kind != typeStruct || !strings.Contains(t.name, "dyn ") || t.fieldNamed("vtable") == nil || v.Unreadable != nil {
		return ""
	}
	if inner := v.behindDyn(); inner != nil {
		return inner.typ.short()
	}
	return ""
}

// vtables finds the types of all vtables by their addresses. Those that stand at one address,
// since they are the same, tell nothing.
func (ts *Types) vtables(s *Scope) map[wasm.MemAddr]*Type {
	ts.vtablesOnce.Do(func() {
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
