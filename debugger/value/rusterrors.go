package value

import (
	"strings"

	"github.com/ianlancetaylor/demangle"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Errors in boxes, whose type only the functions know that their table names: those of the standard library, which is
// built without a description of its types, and those of the crate anyhow, which makes its tables itself.

// unnamedDyn is the value of a trait object whose vtable has no description: its functions' names tell what it is. nil if
// they do not.
func (v *Variable) unnamedDyn(data, vtable *Variable) *Variable {
	at, err := vtable.uint()
	if err != nil || at == 0 {
		return nil
	}
	addr, err := data.uint()
	if err != nil {
		return nil
	}
	name := v.scope.dropped(at)
	if name == "" {
		return nil
	}
	if t := v.scope.Types.Lookup(name); t != nil && !t.isFat() {
		return v.scope.make(v.Name, "", t, v.scope.pointee(wasm.MemAddr(addr), t.byteSize()))
	}
	out := v.scope.make(v.Name, "", nil, location{})
	out.typ = &Type{kind: typeStruct, name: name, size: -1, lang: symbols.LangRust, types: v.scope.Types, count: -1}
	out.typ.once.Do(func() {})
	s := &shape{kind: KindStruct, style: styleFields, head: lastSegment(name), more: true}
	if t := v.scope.Types.Lookup("alloc::string::String"); t != nil && lastSegment(name) == "StringError" { // what a text becomes as an error
		text := v.scope.make("0", "", t, v.scope.pointee(wasm.MemAddr(addr), t.byteSize()))
		s = &shape{kind: KindStruct, style: styleTuple, head: lastSegment(name), fields: []*Variable{text}}
	}
	out.made = func() *shape { return s }
	return out
}

// dropped is the type that a vtable was made for, by the names of its functions: drop_in_place::<T>, or <T as Trait>::method.
func (s *Scope) dropped(vtable uint64) string {
	word := s.wordSize()
	for slot := range uint64(6) {
		if slot == 1 || slot == 2 { // size and alignment
			continue
		}
		w, ok := s.word(vtable + slot*word)
		if !ok {
			return ""
		}
		f := s.functionAt(w)
		if f == nil {
			continue
		}
		if len(f.Linkage) > 16<<10 {
			continue
		}
		full, err := demangle.ToString(f.Linkage, demangle.LLVMStyle, demangle.MaxLength(12))
		if err != nil {
			continue
		}
		if _, rest, ok := strings.Cut(full, "drop_in_place"); ok && slot == 0 {
			if t, ok := angled(strings.TrimPrefix(rest, "::")); ok {
				return t
			}
		}
		if t, ok := angled(full); ok && slot > 2 {
			depth := 0
			for i := range t {
				switch {
				case t[i] == '<':
					depth++
				case t[i] == '>':
					depth--
				case depth == 0 && strings.HasPrefix(t[i:], " as "):
					return t[:i]
				}
			}
		}
	}
	return ""
}

// angled is what stands in the angle brackets that s begins with.
func angled(s string) (in string, ok bool) {
	depth := 0
	for i := range s {
		switch {
		case s[i] == '<':
			depth++
		case s[i] == '>' && s[max(i-1, 0)] != '-':
			if depth--; depth == 0 {
				return s[1:i], i > 1
			}
		case depth == 0:
			return "", false
		}
	}
	return "", false
}

// rustAnyhow shows the error that an anyhow::Error holds. It is one pointer, to a table of functions with the error behind
// it; what type that is, the functions' arguments tell.
func (v *Variable) rustAnyhow() *shape {
	p := v.core().rawPointer()
	if p == nil || !strings.HasSuffix(p.typ.strip().Elem().nameOrNone(), "::ErrorImpl") {
		return nil
	}
	whole := p.deref(p.typ.strip().Elem())
	table := whole.fieldNamed("vtable")
	if table == nil || table.typ.strip().kind != typePointer {
		return nil
	}
	row := table.deref(table.typ.strip().Elem())
	var held *Type
	for _, name := range []string{"object_drop", "object_ref", "object_boxed"} {
		slot := row.fieldNamed(name)
		if slot == nil {
			continue
		}
		i, err := slot.uint()
		if err != nil {
			return &shape{err: err}
		}
		f := v.scope.functionAt(i)
		if f == nil {
			continue
		}
		for _, a := range f.TemplateArgs() {
			if t := v.scope.Types.at(uint64(a.Type)); a.Name == "E" && t != nil {
				if held != nil && held.fullTypeName() != t.fullTypeName() { // code that serves several
					return nil
				}
				held = t
			}
		}
	}
	if held == nil {
		return nil
	}
	impl := v.scope.Types.Lookup(p.typ.strip().Elem().nameOrNone() + "<" + held.fullTypeName() + ">")
	if impl == nil {
		return nil
	}
	in := p.deref(impl).fieldNamed("_object")
	if in == nil {
		return nil
	}
	return v.wrapper(in)
}
