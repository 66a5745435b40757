package value

import (
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// overrider is the code that a call of a virtual function of C++ runs: that which the object's table names. The table
// belongs to the part of the object that is of the function's own class, to which the call passes a pointer.
func (ev *evaluator) overrider(n node, run Runner, c *callee) abi.TextOffset {
	entry := c.f.Entry
	i, ok := c.f.VirtualIndex()
	if !ok || len(c.params) == 0 || ev.qualified(n) {
		return entry
	}
	table, ok := ev.scope.Frame.(functionTable)
	this := c.params[0].strip()
	if !ok || this == nil || this.kind != typePointer {
		return entry
	}
	if a := c.args[0]; a.typ.strip().kind == typeStruct {
		if _, ok := a.Addr(); !ok { // a copy, whose class is its type
			return entry
		}
	}
	at, err := ev.addressFor(n, this, c.args[0], 0)
	if err != nil {
		return entry
	}
	vtable, ok := ev.scope.word(uint64(at))
	if !ok {
		return entry
	}
	element, ok := ev.scope.word(vtable + ev.scope.wordSize()*i)
	if !ok {
		return entry
	}
	text, ok := table.FuncText(0, uint64(element))
	if !ok {
		return entry
	}
	words, out, ok := run.Signature(text)
	if !ok || !slices.Equal(words, c.words) || !slices.Equal(out, c.out) {
		return entry
	}
	return text
}

// qualified reports whether a call names the class whose function is meant: b.Base::kind().
func (ev *evaluator) qualified(n node) bool {
	switch n := n.(type) {
	case callExpr:
		return strings.Contains(n.name, "::")
	case invokeExpr:
		name, ok := n.f.(nameRef)
		return ok && strings.Contains(name.path, "::")
	}
	return false
}

// ofThis evaluates f(args) for a member function f of the class whose function the frame is in. ok is false if there is
// none.
func (ev *evaluator) ofThis(n invokeExpr, name nameRef) (v *Variable, ok bool, err error) {
	if ev.lang() != symbols.LangCPP || ev.pure && ev.this != nil {
		return nil, false, nil
	}
	this, err := ev.name(nameRef{n.at, "this"})
	if err != nil || this.Unreadable != nil {
		return nil, false, nil
	}
	if t := this.typ.strip(); t != nil && t.kind == typePointer && t.Elem() != nil {
		this = this.as(t).deref(t.Elem())
	}
	if len(ev.methods(name.path, this, len(n.args))) == 0 {
		return nil, false, nil
	}
	v, err = ev.callMethod(callExpr{n.at, name, name.path, n.args}, this)
	return v, true, err
}

// methods lists the functions of a name whose first parameter is the value, or a pointer to it, and that have so many
// others.
func (ev *evaluator) methods(name string, this *Variable, args int) (fit []*symbols.Function) {
	for _, f := range ev.functions(name) {
		if params := ev.scope.Types.Params(f); len(params) == args+1 && ev.receives(params[0], this) {
			fit = append(fit, f)
		}
	}
	return fit
}

// baseIn is where the object's part of class base is, which may be a virtual base; ok is false if it has none.
func (v *Variable) baseIn(base *Type, depth int) (at wasm.MemAddr, ok bool) {
	t := v.typ.strip()
	if t == nil || base == nil || t.kind != typeStruct || depth > 16 || v.Unreadable != nil {
		return 0, false
	}
	if t == base || t.name != "" && t.fullTypeName() == base.fullTypeName() {
		return v.Addr()
	}
	m := t.load()
	for i := range m.fields {
		if !m.fields[i].base {
			continue
		}
		if at, ok := v.as(t).field(&m.fields[i]).baseIn(base, depth+1); ok {
			return at, true
		}
	}
	return 0, false
}

// callNames are the functions, one of which a call of a closure runs, or of an object that C++ can call.
func (v *Variable) callNames() []string {
	t := v.typ.strip()
	switch {
	case t == nil || t.kind != typeStruct:
		return nil
	case t.lang == symbols.LangCPP:
		return []string{"operator()"}
	case t.lang == symbols.LangRust && strings.HasPrefix(lastSegment(t.name), "{closure_env#"):
		return []string{strings.Replace(lastSegment(t.name), "_env", "", 1), "{{closure}}"} // by the way of mangling
	}
	return nil
}
