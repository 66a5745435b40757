package value

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Pointers to members of C++ classes, in the form that the ABI for WebAssembly gives them: one to data is the offset in its
// class, -1 for none; one to a function is two words, the function's number in the table, or its offset in the
// table of virtual functions, and twice the distance to move this by, plus one for virtual ones.

// memberPointer evaluates object.*pointer and object->*pointer.
func (ev *evaluator) memberPointer(n binaryExpr) (*Variable, error) {
	x, p, err := ev.memberSides(n)
	if err != nil {
		return nil, err
	}
	t := p.typ.strip()
	switch {
	case p.function != nil || t != nil && t.toMethod():
		return nil, ev.fail(n, "a member function can only be called: (object.*pointer)(…)")
	case t == nil || t.kind != typeMemberPointer || t.Elem() == nil:
		return nil, ev.fail(n.y, "%s is no pointer to a member", p.typ.short())
	}
	off, err := p.as(t).uint()
	if err != nil {
		return nil, ev.wrapErr(n.y, err)
	}
	if ev.scope.sign(off) < 0 {
		return nil, ev.fail(n.y, "the pointer to a member is null")
	}
	class := t.types.at(t.within).strip()
	size := t.Elem().byteSize()
	if at, ok := x.baseIn(class, 0); ok {
		return ev.scope.make("", "", t.Elem(), ev.scope.pointee(at+wasm.MemAddr(off), size)), nil
	}
	base, ok := baseOffset(x.typ.strip(), class, 0)
	if !ok && !sameType(x.typ, class) {
		return nil, ev.fail(n, "%s is no class that %s points into", x.typ.short(), t.short())
	}
	return ev.scope.make("", "", t.Elem(), x.loc.at(base+int64(off), size)), nil
}

// memberSides evaluates the object and the pointer of object.*pointer.
func (ev *evaluator) memberSides(n binaryExpr) (x, p *Variable, err error) {
	if x, err = ev.eval(n.x); err != nil {
		return nil, nil, err
	}
	if p, err = ev.eval(n.y); err != nil {
		return nil, nil, err
	}
	for range maxWrapped {
		t := x.typ.strip()
		if t == nil || t.kind != typePointer && t.kind != typeReference {
			break
		}
		x = x.as(t).deref(t.Elem())
	}
	if sh := x.shape(); sh.smart != nil {
		x = sh.smart
	}
	if x.Unreadable != nil {
		return nil, nil, ev.wrapErr(n.x, x.Unreadable)
	}
	if p.Unreadable != nil {
		return nil, nil, ev.wrapErr(n.y, p.Unreadable)
	}
	return x, p, nil
}

// toMethod reports whether the type is a pointer to a member function.
func (t *Type) toMethod() bool {
	if t == nil || t.kind != typeMemberPointer {
		return false
	}
	e := t.Elem().strip()
	return e != nil && e.kind == typeFunc
}

// callMember calls (object.*pointer)(args). ok is false if the pointer is one to data.
func (ev *evaluator) callMember(n invokeExpr, m binaryExpr) (v *Variable, ok bool, err error) {
	x, p, err := ev.memberSides(m)
	if err != nil {
		return nil, false, err
	}
	t := p.typ.strip()
	if p.function == nil && !t.toMethod() {
		return nil, false, nil
	}
	run, runs := ev.scope.Frame.(Runner)
	if !runs || ev.pure && !ev.calls {
		return nil, false, ev.noCalls(n, "by a pointer to a member")
	}
	args, err := ev.arguments(n.args)
	if err != nil {
		return nil, false, err
	}
	if p.function != nil {
		v, err = ev.callOneOf(n, []*symbols.Function{p.function}, append([]*Variable{x}, args...))
		return v, true, err
	}
	text, this, err := ev.target(m, x, p)
	if err != nil {
		return nil, false, err
	}
	c := &callee{f: ev.scope.Table.Function(text), entry: text, result: t.Elem().strip().Elem()}
	c.args = append([]*Variable{ev.pointer(t.types.at(t.within), uint64(this))}, args...)
	for _, off := range t.Elem().strip().load().params {
		c.params = append(c.params, t.types.at(off))
	}
	if c.words, c.out, ok = run.Signature(text); !ok || c.f == nil {
		return nil, false, ev.fail(m.y, "it points at no function of this module")
	}
	if len(c.params) != len(c.args) {
		return nil, false, ev.fail(n, "%s takes %s, not %d", c.f.Name, plural(len(c.params)-1, "argument"), len(args))
	}
	for i, want := range c.params[1:] {
		if ev.fitCost(want, args[i]) < 0 {
			return nil, false, ev.fail(n, "argument %d of %s must be %s, not %s", i+1, c.f.Name, want.short(), args[i].typ.short())
		}
	}
	if !c.fit() {
		return nil, false, ev.fail(n, "%s can't be called: the compiler has changed how its arguments or its result are passed", c.f.Name)
	}
	v, err = ev.once(effect{n.column(), c.entry, '('}, func() (*Variable, error) { return ev.run(n, run, c) })
	return v, true, err
}

// target finds the code that a pointer to a member function leads to, and what its this is in an object.
func (ev *evaluator) target(n binaryExpr, x, p *Variable) (text abi.TextOffset, this wasm.MemAddr, err error) {
	t := p.typ.strip()
	b, err := p.scope.read(p.loc, 2*p.scope.Types.pointerSize())
	if err != nil {
		return 0, 0, ev.wrapErr(n.y, err)
	}
	class := t.types.at(t.within).strip()
	this, ok := x.baseIn(class, 0)
	if !ok {
		if _, placed := x.Addr(); !placed {
			return 0, 0, ev.fail(n.x, "the object has no address in linear memory: it is in %s", x.Place())
		}
		return 0, 0, ev.fail(n, "%s is no class that %s points into", x.typ.short(), t.short())
	}
	half := int(ev.scope.Types.pointerSize())
	i, adjust := bigBits(b[:half], false).Uint64(), ev.scope.sign(bigBits(b[half:2*half], false).Uint64())
	this += wasm.MemAddr(adjust >> 1)
	if adjust&1 != 0 {
		vtable, ok := ev.scope.word(uint64(this))
		element, there := ev.scope.word(vtable + i)
		if !ok || !there {
			return 0, 0, ev.fail(n.x, "the object's table of virtual functions can't be read")
		}
		i = element
	} else if i == 0 {
		return 0, 0, ev.fail(n.y, "the pointer to a member is null")
	}
	table, ok := ev.scope.Frame.(functionTable)
	if ok {
		if text, ok := table.FuncText(0, i); ok {
			return text, this, nil
		}
	}
	return 0, 0, ev.fail(n.y, "the pointer %#x points at no function of the program", i)
}

// functionTable is what a Frame is that knows the table through which functions are called by pointers.
type functionTable interface {
	// FuncText is where the code of the function begins that element i of a table refers to.
	FuncText(table, i uint64) (abi.TextOffset, bool)
	// FuncElement is the reverse: the first element that refers to the function.
	FuncElement(table uint64, entry abi.TextOffset) (i uint64, ok bool)
}

// functionAddress is the pointer to a function: its element in the table. One that is in no table stays what it is.
func (ev *evaluator) functionAddress(v *Variable) *Variable {
	table, ok := ev.scope.Frame.(functionTable)
	if !ok || len(v.function.Ranges) == 0 {
		return v
	}
	i, ok := table.FuncElement(0, v.function.Entry)
	if !ok {
		return v
	}
	ft := &Type{kind: typeFunc, lang: v.typ.lang, types: v.typ.types, count: -1, elem: ev.scope.Types.Result(v.function)}
	for _, p := range v.function.ParamTypes() {
		ft.members.params = append(ft.members.params, uint64(p))
	}
	ft.once.Do(func() {})
	return ev.pointer(ft, i)
}

// memberAddress is what &Class::member means: a pointer to data of the class, or one of its functions. nil if the name is
// none of a member that belongs to an object.
func (ev *evaluator) memberAddress(n nameRef) *Variable {
	prefix, last, ok := cutLast(n.path)
	if !ok {
		return nil
	}
	class := ev.typeCalled(prefix).strip()
	if class == nil || class.kind != typeStruct && class.kind != typeUnion {
		return nil
	}
	m := class.load()
	for i := range m.fields {
		if f := &m.fields[i]; !f.base && !f.virtual && f.bitSize == 0 && f.name == last {
			t := &Type{kind: typeMemberPointer, lang: class.lang, types: class.types, size: class.types.pointerSize(), count: -1,
				qual: class.fullTypeName(), within: class.off, elem: class.types.at(f.ref)}
			t.once.Do(func() {})
			return ev.scope.make("", "", t, location{data: class.types.pointerBytes(wasm.MemAddr(f.offset))})
		}
	}
	for _, f := range ev.functions(n.path) {
		if params := ev.scope.Types.Params(f); len(params) > 0 && params[0].IsPointer() && sameType(params[0].strip().Elem(), class) {
			return ev.functionValue(f)
		}
	}
	return nil
}

// storeMemberPointer stores a pointer to a member: another one, a member function by its name, or none.
func (ev *evaluator) storeMemberPointer(place, n node, v, val *Variable) error {
	if err := v.unwritable(); err != nil {
		return ev.fail(place, "it can't be set: %v", err)
	}
	b, err := ev.memberBytes(n, v.typ.strip(), val)
	if err != nil {
		return err
	}
	if int64(len(b)) != v.typ.byteSize() {
		return ev.fail(n, "%s can't hold %s", v.typ.short(), val.typ.short())
	}
	err = v.write(b)
	v.sh = nil
	if err != nil {
		return ev.wrapErr(place, err)
	}
	return nil
}

// memberBytes are the bytes of a pointer to a member of type t.
func (ev *evaluator) memberBytes(n node, t *Type, val *Variable) ([]byte, error) {
	words := func(list ...uint64) (b []byte) {
		for _, w := range list {
			b = append(b, ev.scope.Types.pointerBytes(wasm.MemAddr(w))...)
		}
		return b
	}
	from := val.typ.strip()
	if f := val.function; f != nil && t.toMethod() {
		params := ev.scope.Types.Params(f)
		if len(params) == 0 || !params[0].IsPointer() || !sameType(params[0].strip().Elem(), t.types.at(t.within)) {
			return nil, ev.fail(n, "%s is no function of %s", f.Name, t.qual)
		}
		if i, ok := f.VirtualIndex(); ok {
			return words(ev.scope.wordSize()*i, 1), nil
		}
		table, ok := ev.scope.Frame.(functionTable)
		if ok {
			if i, ok := table.FuncElement(0, f.Entry); ok {
				return words(uint64(i), 0), nil
			}
		}
		return nil, ev.fail(n, "%s can't be stored: no element of the program's table refers to it", f.Name)
	}
	if from != nil && from.kind == typePointer {
		if p, err := val.uint(); err == nil && p == 0 {
			if t.toMethod() {
				return words(0, 0), nil
			}
			return words(1<<32 - 1), nil
		}
	}
	if from == nil || from.kind != typeMemberPointer || from.fullTypeName() != t.fullTypeName() {
		return nil, ev.fail(n, "%s can't hold %s", t.short(), val.typ.short())
	}
	b, err := val.scope.read(val.loc, val.typ.byteSize())
	if err != nil {
		return nil, ev.wrapErr(n, err)
	}
	return append([]byte(nil), b...), nil
}
