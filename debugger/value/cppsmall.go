package value

import (
	"strings"

	"sphex/aot/wasm"
)

// This file shows small types of libc++: results of comparisons, errors, exceptions, types as values, coroutines.

// cppSmallTypes are rows of cppTypes.
func cppSmallTypes() map[string]func(*Variable) *shape {
	return map[string]func(*Variable) *shape{
		"std::strong_ordering":  (*Variable).cppOrdering,
		"std::weak_ordering":    (*Variable).cppOrdering,
		"std::partial_ordering": (*Variable).cppOrdering,
		"std::error_code":       (*Variable).cppError,
		"std::error_condition":  (*Variable).cppError,
		"std::type_info":        (*Variable).cppTypeInfo,
		"std::type_index":       (*Variable).cppTypeIndex,
		"std::exception_ptr":    (*Variable).cppException,
		"std::valarray":         (*Variable).cppValarray,
		"std::reverse_iterator": (*Variable).cppReversed,
		"std::move_iterator":    (*Variable).cppMoving,
		"std::coroutine_handle": (*Variable).cppCoroutine,
	}
}

// cppOrdering shows the result of <=>.
func (v *Variable) cppOrdering() *shape {
	f := v.fieldNamed("__value_")
	if f == nil {
		return nil
	}
	b, err := f.bytes()
	if err != nil || len(b) == 0 {
		return &shape{err: err}
	}
	switch int8(b[0]) {
	case -1:
		return wordShape("less")
	case 0:
		return wordShape(map[bool]string{true: "equal", false: "equivalent"}[strings.Contains(v.typ.name, "strong")])
	case 1:
		return wordShape("greater")
	}
	return wordShape("unordered")
}

// cppError shows an error's number, and its name where std::errc has one.
func (v *Variable) cppError() *shape {
	f := v.fieldNamed("__val_")
	if f == nil {
		return nil
	}
	n, ok := f.Int()
	if !ok {
		return &shape{err: f.Err()}
	}
	text := itoa(n)
	if t := v.scope.Types.Lookup(v.typ.name[:strings.LastIndex(v.typ.name, "::")] + "::errc").strip(); t != nil && t.kind == typeEnum && n != 0 {
		for _, e := range t.load().enums {
			if e.value.IsInt64() && e.value.Int64() == n {
				text += " (" + e.name + ")"
				break
			}
		}
	}
	return wordShape(text)
}

// cppTypeInfo shows a std::type_info by the name of its class.
func (v *Variable) cppTypeInfo() *shape {
	if a, ok := v.Addr(); ok {
		return v.typeInfoAt(uint64(a))
	}
	return nil
}

func (v *Variable) cppTypeIndex() *shape {
	f := v.fieldNamed("__t_")
	if f == nil {
		return nil
	}
	a, err := f.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.typeInfoAt(a)
}

func (v *Variable) typeInfoAt(a uint64) *shape {
	if name := v.scope.typeInfoName(a); name != "" {
		return wordShape("typeid(" + ShortTypeName(name) + ")")
	}
	return nil
}

// cppException shows the exception that a std::exception_ptr holds, if the library's debug information tells where its type
// stands.
func (v *Variable) cppException() *shape {
	f := v.fieldNamed("__ptr_")
	if f == nil {
		return nil
	}
	a, err := f.uint()
	if err != nil {
		return &shape{err: err}
	}
	if a == 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	ts := v.scope.Types
	header := ts.Lookup("__cxxabiv1::__cxa_exception").strip()
	if header == nil || header.byteSize() <= 0 || uint64(header.byteSize()) > a {
		return nil
	}
	at := a - uint64(header.byteSize())
	m := header.load()
	for i := range m.fields {
		if m.fields[i].name != "exceptionType" {
			continue
		}
		if info, ok := v.scope.word(at + uint64(m.fields[i].offset)); ok {
			if t := ts.classByInfo(v.scope, info); t != nil {
				return v.held(v.scope.At(t, wasm.MemAddr(a)))
			}
			if name := v.scope.typeInfoName(info); name != "" {
				return wordShape(ShortTypeName(name))
			}
		}
	}
	return nil
}

func (v *Variable) cppValarray() *shape {
	begin, end, et := v.fieldNamed("__begin_"), v.fieldNamed("__end_"), v.typ.typeArg(0)
	if begin == nil || end == nil || et == nil || et.byteSize() <= 0 {
		return nil
	}
	lo, err := begin.uint()
	if err != nil {
		return &shape{err: err}
	}
	hi, err := end.uint()
	if err != nil {
		return &shape{err: err}
	}
	if hi < lo {
		return corrupt("it ends before it begins")
	}
	return v.cppSlice(et, lo, (hi-lo)/uint64(et.byteSize()))
}

// cppReversed shows what a reverse iterator refers to: what stands before the place of the iterator in it, if that is a pointer.
func (v *Variable) cppReversed() *shape {
	p := v.fieldNamed("current")
	if p == nil {
		return nil
	}
	for _, name := range []string{"__i_", "__i", "__current_", "__ptr_"} {
		if f := p.find(name, 0); f != nil {
			p = f
			break
		}
	}
	t := p.typ.strip()
	if t == nil || t.kind != typePointer || t.Elem().byteSize() <= 0 {
		return nil
	}
	a, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	size := uint64(t.Elem().byteSize())
	if a < size {
		return nil
	}
	return v.wrapper(v.scope.At(t.Elem(), wasm.MemAddr(a-size)))
}

func (v *Variable) cppMoving() *shape {
	if f := v.firstOf(1, "__current_", "__i"); f != nil {
		return v.wrapper(f)
	}
	return nil
}

// cppCoroutine shows the state of a coroutine: in its frame stand the functions that resume and destroy it, and behind them
// the promise. One that has run to its end has nothing to resume.
func (v *Variable) cppCoroutine() *shape {
	f := v.fieldNamed("__handle_")
	if f == nil {
		return nil
	}
	frame, err := f.uint()
	if err != nil {
		return &shape{err: err}
	}
	if frame == 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	resume, ok := v.scope.word(frame)
	destroy, ok2 := v.scope.word(frame + v.scope.wordSize())
	if !ok || !ok2 {
		return nil
	}
	text := "done"
	if resume != 0 {
		text = "suspended"
	}
	if fn := v.scope.functionAt(max(resume, destroy)); fn != nil && resume != 0 {
		text += " in " + strings.TrimSuffix(fn.Name, ".resume")
	}
	t := v.typ.typeArg(0)
	if t == nil || t.byteSize() <= 0 {
		return wordShape(text)
	}
	s := v.wrapper(v.scope.At(t, wasm.MemAddr(frame+8)))
	s.note = text + " "
	return s
}
