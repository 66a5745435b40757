package runtime

import (
	"context"
	"fmt"
	"strings"

	"sphex/aot/wasm"
)

// HostFunc is a function that the host offers to guests. stack holds the arguments, one word
// each (two for v128; upper half of i32 and f32 zero), and takes the results in the same form;
// its length is the larger of the two. It is only valid during the call.
//
// An error ends the guest's call with that error: *ExitError and *TrapError have their own
// meaning, any other is the host's failure. ctx is done when the call is killed; passing it on
// to a nested call keeps the chain of frames whole. caller is the instance that imported the
// function, nil when the host itself calls.
type HostFunc func(ctx context.Context, caller *Instance, stack []uint64) error

// Extern is something that can be imported: *Func, *Table, *Memory, *Global or *Tag.
type Extern interface{ externKind() wasm.ExternKind }

// Func is a function of an instance or of the host.
type Func struct {
	name            string
	strict          bool // of the host's, with results that are never null
	typ             *wasm.FuncType
	params, results int // words
	host            HostFunc
	in              *Instance
	index           uint32
}

// NewHostFunc makes a function of the host; name is for messages and backtraces.
func NewHostFunc(name string, typ wasm.FuncType, f HostFunc) *Func {
	return &Func{name: name, typ: &typ, params: words(typ.Params), results: words(typ.Results), host: f, strict: strict(typ)}
}

func (*Func) externKind() wasm.ExternKind { return wasm.ExternFunc }

// Name is the name that the function was made with or is exported by.
func (f *Func) Name() string { return f.name }

// Type returns the signature.
func (f *Func) Type() *wasm.FuncType { return f.typ }

// Instance returns the instance that defines the function and the index there; a host
// function has none.
func (f *Func) Instance() (*Instance, uint32) { return f.in, f.index }

// Imports maps the two-level names of imports to what stands for them.
type Imports struct {
	m         map[[2]string]Extern
	overloads map[[2]string]*Func
}

// NewImports returns an empty set.
func NewImports() *Imports { return &Imports{m: map[[2]string]Extern{}} }

// Define adds or replaces an entry.
func (i *Imports) Define(module, name string, e Extern) {
	i.m[[2]string{module, name}] = e
	delete(i.overloads, [2]string{module, name})
}

// DefineFunc adds a host function.
func (i *Imports) DefineFunc(module, name string, typ wasm.FuncType, f HostFunc) {
	i.Define(module, name, NewHostFunc(module+"."+name, typ, f))
}

// DefineOverload adds what stands for a host function that DefineFunc has added where a module imports it with another type.
func (i *Imports) DefineOverload(module, name string, typ wasm.FuncType, f HostFunc) {
	if i.overloads == nil {
		i.overloads = map[[2]string]*Func{}
	}
	i.overloads[[2]string{module, name}] = NewHostFunc(module+"."+name, typ, f)
}

// DefineInstance adds all exports of in under the name of a module.
func (i *Imports) DefineInstance(module string, in *Instance) {
	for _, e := range in.mod.wasm.Exports {
		i.Define(module, e.Name, in.Export(e.Name))
	}
}

// Lookup returns the entry or nil.
func (i *Imports) Lookup(module, name string) Extern {
	if i == nil {
		return nil
	}
	return i.m[[2]string{module, name}]
}

// LinkError says which imports can not be satisfied. Its words begin with "unknown import" or
// "incompatible import type", as in the specification's test suite.
type LinkError struct{ Msg string }

func (e *LinkError) Error() string { return e.Msg }

// resolve finds what each import of m stands for, in order.
func (i *Imports) resolve(m *wasm.Module, numbers []uint64) ([]Extern, error) {
	found := make([]Extern, len(m.Imports))
	var unknown []string
	for k := range m.Imports {
		imp := &m.Imports[k]
		found[k] = i.Lookup(imp.Module, imp.Name)
		if found[k] == nil {
			unknown = append(unknown, imp.Module+"."+imp.Name)
		}
	}
	if unknown != nil {
		return nil, &LinkError{"unknown import: " + strings.Join(unknown, ", ")}
	}
	for k := range m.Imports {
		if why := mismatch(m, numbers, &m.Imports[k], found[k]); why != "" {
			imp := &m.Imports[k]
			if f := i.overloads[[2]string{imp.Module, imp.Name}]; f != nil && mismatch(m, numbers, imp, f) == "" {
				found[k] = f
				continue
			}
			return nil, &LinkError{fmt.Sprintf("incompatible import type: %s.%s %s", imp.Module, imp.Name, why)}
		}
	}
	return found, nil
}

var kindNames = [...]string{"function", "table", "memory", "global", "tag"}

// mismatch compares by the engine-wide numbers of m's types, which may be missing if no type refers to another. It says why e can not stand for imp (core specification, 3.5 "External types"), or "".
func mismatch(m *wasm.Module, numbers []uint64, imp *wasm.Import, e Extern) string {
	if e.externKind() != imp.Kind {
		return fmt.Sprintf("is a %s, not a %s", kindNames[e.externKind()], kindNames[imp.Kind])
	}
	want := linkTypes{m, numbers}
	switch e := e.(type) {
	case *Func:
		t, have := &m.Types[imp.Type], linkedTo(e.in)
		if !have.sameAll(e.typ.Params, want, t.Params) || !have.sameAll(e.typ.Results, want, t.Results) {
			return "is a function of another type"
		}
	case *Table:
		if !linkedTo(e.owner).same(e.typ.Elem, want, imp.Table.Elem) {
			return "is a table of other elements"
		}
		if imp.Table.Is64 != e.typ.Is64 {
			return fmt.Sprintf("is a table with indices of type %s, not %s", e.typ.AddrType(), imp.Table.AddrType())
		}
		return limitsMismatch(imp.Table.Limits, e.typ.Limits, uint64(len(e.elems)))
	case *Memory:
		if imp.Memory.Shared != e.typ.Shared {
			return "is a memory of which only one of the two types says that it is shared"
		}
		if imp.Memory.Is64 != e.typ.Is64 {
			return fmt.Sprintf("is a memory with addresses of type %s, not %s", e.typ.AddrType(), imp.Memory.AddrType())
		}
		if imp.Memory.BytePages != e.typ.BytePages {
			return fmt.Sprintf("is a memory with pages of %d bytes, not %d", e.typ.PageSize(), imp.Memory.PageSize())
		}
		return limitsMismatch(imp.Memory.Limits, e.typ.Limits, e.Pages())
	case *Global:
		have := linkedTo(e.owner)
		ok := have.matches(e.typ.Type, want, imp.Global.Type)
		if imp.Global.Mutable {
			ok = have.same(e.typ.Type, want, imp.Global.Type)
		}
		if !ok || imp.Global.Mutable != e.typ.Mutable {
			return "is a global of another type"
		}
	case *Tag:
		if !linkedTo(e.owner).sameAll(e.params, want, m.Types[imp.Type].Params) {
			return "is a tag of another type"
		}
	}
	return ""
}

// limitsMismatch compares with the present size, which is the actual type's minimum.
func limitsMismatch(want, have wasm.Limits, size uint64) string {
	switch {
	case size < want.Min:
		return fmt.Sprintf("has size %d, at least %d is wanted", size, want.Min)
	case want.HasMax && !have.HasMax:
		return fmt.Sprintf("has no maximum, at most %d is wanted", want.Max)
	case want.HasMax && have.Max > want.Max:
		return fmt.Sprintf("may grow to %d, at most %d is wanted", have.Max, want.Max)
	}
	return ""
}
