package value

import (
	"strings"

	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// A closure of Rust is a structure, its environment, and a function that takes the environment and the arguments. rustc
// rarely describes that first parameter: the function belongs to the environment by its name, and the words of its
// signature tell how many there are.

// environment is the last part of the name of a closure's type; what follows is its number.
const environment = "{closure_env#"

// closures lists the functions of a closure whose environment is v, which take so many arguments beside it.
func (ev *evaluator) closures(v *Variable, args int) (list []*symbols.Function) {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct || t.lang != symbols.LangRust || !strings.HasPrefix(lastSegment(t.name), environment) {
		return nil
	}
	last := lastSegment(t.name)
	for _, f := range ev.scope.Table.Functions(strings.Replace(last, environment, "{closure#", 1)) {
		if len(f.Ranges) > 0 && ev.runs(f, t) && len(ev.scope.Types.Params(f)) == args {
			list = append(list, f)
		}
	}
	return list
}

// runs reports whether f is the function of a closure, of which t is the type: their names differ in one word, and in
// nothing else.
func (ev *evaluator) runs(f *symbols.Function, t *Type) bool {
	if !strings.HasPrefix(f.Short, "{closure#") {
		return false
	}
	at := strings.LastIndex(t.name, environment)
	if i := strings.Index(t.name, "<"); i >= 0 { // the arguments may name other closures
		at = strings.LastIndex(t.name[:i], environment)
	}
	return at >= 0 && f.Described() == t.name[:at]+"{closure#"+t.name[at+len(environment):]
}

// environmentParam is the type of the parameter that a closure's function takes its environment by: a pointer, or the
// environment itself where the call uses it up. ok is false if there is no telling.
func (ev *evaluator) environmentParam(c *callee, env *Type) (p *Type, ok bool) {
	pointer := ev.scope.Types.pointerTo(env, symbols.LangRust)
	fits := func(p *Type) bool {
		try := *c
		try.params = append([]*Type{p}, c.params...)
		return try.fit()
	}
	switch size := env.byteSize(); {
	case size == 0 || size > ev.scope.Types.pointerSize():
		if fits(pointer) {
			return pointer, true
		}
		return env, fits(env)
	case !fits(pointer):
		return env, fits(env)
	}
	// One word either way: where the function finds what was captured tells which.
	loads, known := ev.loadsOf(c.f, env)
	switch {
	case !known:
		return nil, false
	case loads > 0:
		return pointer, true
	}
	return env, true
}

// loadsOf counts how often the description of a captured variable goes through memory before it comes to the
// environment's own field: once if the function has a pointer to that.
func (ev *evaluator) loadsOf(f *symbols.Function, env *Type) (loads int, known bool) {
	tab := ev.scope.Table
	frames := tab.Frames(f.Entry)
	if len(frames) == 0 {
		return 0, false
	}
	m := env.load()
	for _, s := range tab.Scopes(frames[len(frames)-1], f.Entry) {
		for _, v := range s.Vars {
			for i := range m.fields {
				field := ev.scope.Types.at(m.fields[i].ref)
				if v.Name != m.fields[i].name && "_ref__"+v.Name != m.fields[i].name || field == nil {
					continue
				}
				e, ok := v.Attr(dwarf.AttrLocation)
				if !ok {
					continue
				}
				code, ok := e.Expr()
				if !ok {
					continue
				}
				ops, err := expr.Decode(nil, code, v.Entry().Unit.Format())
				if err != nil {
					continue
				}
				n := loadsIn(ops)
				x := v.Entry()
				own := (*Type)(nil)
				if r, ok := x.Ref(dwarf.AttrType); ok {
					own = ev.scope.Types.at(uint64(r))
				}
				if t := field.strip(); t != nil && (t.kind == typePointer || t.kind == typeReference) && sameType(t.Elem(), own) && !sameType(field, own) {
					n-- // it was captured by reference
				}
				return n, true
			}
		}
	}
	return 0, false
}

// loadsIn counts how often a location goes through memory behind the parameter that it starts from, which is in a
// register, in a slot of the machine's frame, or in the function's frame in linear memory.
func loadsIn(ops []expr.Op) (n int) {
	stored, inMemory := false, true
	for i := range ops {
		switch op := ops[i].Code; {
		case op == dwarf.OpDeref || op == dwarf.OpDerefSize || op == dwarf.OpDerefType:
			n++
		case op == dwarf.OpFbreg || op == dwarf.OpCallFrameCFA:
			stored = true
		case op == dwarf.OpStackValue || op >= dwarf.OpReg0 && op <= dwarf.OpReg31 || op == dwarf.OpRegx:
			inMemory = false
		}
	}
	if inMemory && !stored {
		n++ // the register holds the address
	}
	return n
}

// callable goes from a value through what only stands for another, a Box or a reference, to one that can be called:
// a closure, or a pointer to a function.
func (ev *evaluator) callable(v *Variable, args int) *Variable {
	for at, n := v, 0; at != nil && at.Unreadable == nil && n < maxWrapped; n++ {
		if at.isFunctionPointer() || len(ev.closures(at, args)) > 0 {
			return at
		}
		for _, name := range at.callNames() {
			if len(ev.methods(name, at, args)) > 0 {
				return at
			}
		}
		t := at.typ.strip()
		if sh := at.shape(); sh.style == styleInner && sh.inner != nil {
			at = sh.inner
		} else if t != nil && (t.kind == typePointer || t.kind == typeReference) && t.Elem() != nil && t.Elem().strip() != nil {
			at = at.as(t).deref(t.Elem())
		} else {
			break
		}
	}
	return v
}

// likePointer reports whether what a function says of its parameters fits those of the pointer that it is called by: in Rust
// nobody makes a pointer to one that takes references into one that takes numbers.
func (ev *evaluator) likePointer(c *callee) bool {
	own := ev.scope.Types.Params(c.f)
	if c.f.Unit == nil || isCLike(c.f.Unit.Language) || len(own) != len(c.params) {
		return true
	}
	for i, t := range own {
		a, b := t.strip(), c.params[i].strip()
		if a == nil || b == nil {
			continue
		}
		points := func(t *Type) bool { return t.kind == typePointer || t.kind == typeReference }
		if points(a) && b.isScalar() || a.isScalar() && points(b) {
			return false
		}
	}
	return true
}

// isFunctionPointer reports whether the value points at a function.
func (v *Variable) isFunctionPointer() bool {
	t := v.typ.strip()
	return t != nil && t.kind == typePointer && t.Elem() != nil && t.Elem().strip() != nil && t.Elem().strip().kind == typeFunc
}

// callAs calls f by a pointer to functions of type t. A call by a pointer of another type would trap; and an item of Rust,
// which is a function and takes no room, looks like a pointer in the debug information. ok is false where the type says too
// little: a function of C without a prototype.
func (ev *evaluator) callAs(n node, f *symbols.Function, v *Variable, t *Type, args []*Variable) (result *Variable, ok bool, err error) {
	run, ok := ev.scope.Frame.(Runner)
	if !ok || ev.pure && !ev.calls {
		return nil, true, ev.noCalls(n, f.Short)
	}
	m := t.load()
	if m.err != nil || m.variadic || isCLike(t.lang) && len(m.params) == 0 {
		return nil, false, nil
	}
	c := &callee{f: f, entry: f.Entry, args: args, result: t.Elem()}
	for _, p := range m.params {
		c.params = append(c.params, ev.scope.Types.at(p))
	}
	if c.words, c.out, ok = run.Signature(f.Entry); !ok {
		return nil, false, nil
	}
	if !c.fit() || !ev.likePointer(c) {
		return nil, true, ev.fail(n, "%s points at %s, which is no %s", v.String(), f.Name, v.typ.short())
	}
	if _, err := ev.fitArguments(n, c); err != nil {
		return nil, true, err
	}
	result, err = ev.once(effect{n.column(), c.entry, '('}, func() (*Variable, error) { return ev.run(n, run, c) })
	return result, true, err
}
