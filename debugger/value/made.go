package value

import (
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// At returns the value of type t at an address of linear memory.
func (s *Scope) At(t *Type, addr wasm.MemAddr) *Variable {
	return s.make("", "", t, s.pointee(addr, t.byteSize()))
}

// Made returns a value of type t that is in no place: its bytes are data.
func (s *Scope) Made(name string, t *Type, data []byte) *Variable {
	return s.make(name, "", t, location{data: data})
}

// Unreadable returns a variable of type t that has no value, and why.
func (s *Scope) Unreadable(name string, t *Type, why error) *Variable {
	return s.unreadable(name, t, why)
}

// Size returns the bytes of a value of the type; 0 if it is not known.
func (t *Type) Size() int64 { return t.byteSize() }

// IsVoid tells whether the type has no values: C's void, and no type at all.
func (t *Type) IsVoid() bool {
	u := t.strip()
	return u == nil || u.kind == typeVoid
}

// IsScalar tells whether values are one number: integers, floats, characters, enums without data, pointers.
func (t *Type) IsScalar() bool {
	u := t.strip()
	return u != nil && (u.isScalar() || u.kind == typeEnum || u.kind == typePointer)
}

// IsPointer tells whether the type is a pointer or a reference.
func (t *Type) IsPointer() bool {
	u := t.strip()
	return u != nil && (u.kind == typePointer || u.kind == typeReference)
}

// Result returns the type that a function's debug information gives to what it returns, nil
// if it returns nothing or is not described.
func (ts *Types) Result(f *symbols.Function) *Type {
	if off, ok := f.ResultType(); ok {
		return ts.at(uint64(off))
	}
	return nil
}

// Params returns the types of a function's parameters, in their order; nil for one that is not known.
func (ts *Types) Params(f *symbols.Function) []*Type {
	var list []*Type
	for _, off := range f.ParamTypes() {
		var t *Type
		if off != 0 {
			t = ts.at(uint64(off))
		}
		list = append(list, t)
	}
	return list
}
