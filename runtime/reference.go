package runtime

import (
	"fmt"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Generated code does not test references whose type has no null: what the host hands in is checked here.

// strict reports whether a type has references that are never null.
func strict(t wasm.FuncType) bool {
	never := func(v wasm.ValType) bool { return !v.Defaultable() }
	return slices.ContainsFunc(t.Params, never) || slices.ContainsFunc(t.Results, never)
}

// checkNulls checks the words that the host gives for values of the types.
func checkNulls(types []wasm.ValType, stack []uint64) error {
	k := 0
	for i, t := range types {
		if !t.Defaultable() && stack[k] == 0 {
			return fmt.Errorf("value %d is null, and its type is %s", i, t)
		}
		if k++; t == wasm.V128 {
			k++
		}
	}
	return nil
}

// linkTypes is a type of an import or of what stands for it: types of different modules compare by their engine-wide numbers.
type linkTypes struct {
	w       *wasm.Module // nil: the host's, which names no types of a module
	numbers []uint64
}

// linkedTo returns the view of an instance's types; nil is the host.
func linkedTo(in *Instance) linkTypes {
	if in == nil {
		return linkTypes{}
	}
	return linkTypes{in.mod.wasm, in.mod.types}
}

// number is the engine-wide number of the functions that t refers to.
func (l linkTypes) number(t wasm.ValType) (n uint64, ok bool) {
	i, ok := t.TypeIndex()
	if !ok || int(i) >= len(l.numbers) {
		return 0, false
	}
	return l.numbers[i], true
}

// same reports whether two types are the same.
func (l linkTypes) same(have wasm.ValType, o linkTypes, want wasm.ValType) bool {
	a, typed := l.number(have)
	b, other := o.number(want)
	if typed && other {
		return a == b && have.Nullable() == want.Nullable()
	}
	return typed == other && have == want
}

// matches reports whether values of have are values of want (core specification, 3.3 "Matching").
func (l linkTypes) matches(have wasm.ValType, o linkTypes, want wasm.ValType) bool {
	if l.same(have, o, want) {
		return true
	}
	if !have.IsRef() || !want.IsRef() || have.Nullable() && !want.Nullable() {
		return false
	}
	a, typed := l.number(have)
	b, other := o.number(want)
	switch {
	case typed && other:
		return a == b
	case other:
		return have.OrNull() == wasm.NullFuncRef
	case have.OrNull() == want.OrNull():
		return true
	}
	return want.OrNull() == want.Top() && have.Top() == want.Top()
}

// sameAll is same for lists.
func (l linkTypes) sameAll(have []wasm.ValType, o linkTypes, want []wasm.ValType) bool {
	return slices.EqualFunc(have, want, func(a, b wasm.ValType) bool { return l.same(a, o, b) })
}

// FuncOfRef resolves a reference to a function that may be anything, as a debugger finds it; nil for null and for what is
// no reference of an instance that is open.
func (in *Instance) FuncOfRef(ref uint64) *Func {
	holds := func(in *Instance) bool {
		l := in.mod.layout
		off := ref - uint64(in.addr) - uint64(l.FuncRefs)
		return off < uint64(len(l.Escaping))*abi.FuncRefSize && off%abi.FuncRefSize == 0
	}
	found := holds(in)
	if !found {
		instances.Range(func(_, v any) bool {
			found = holds(v.(*Instance))
			return !found
		})
	}
	if !found {
		return nil
	}
	return FuncOfRef(ref)
}
