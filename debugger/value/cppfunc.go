package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// This file shows what std::function and std::any hold. Neither has the type in its own: what they
// hold is known by the functions that handle it, which are made from templates.

// functionField is the function that the first of the fields called so points to.
func (v *Variable) functionField(names ...string) (fn *symbols.Function, null bool) {
	for _, name := range names {
		f := v.find(name, 6)
		if f == nil {
			continue
		}
		t := f.typ.strip()
		if t == nil || t.kind != typePointer {
			continue
		}
		i, err := f.uint()
		if err != nil {
			return nil, false
		}
		if i == 0 {
			return nil, true
		}
		return v.scope.functionAt(i), false
	}
	return nil, false
}

// templateType is the first template argument that is a type.
func (ts *Types) templateType(args []symbols.TemplateArg) *Type {
	for _, a := range args {
		if a.Type != 0 && a.Value == nil {
			return ts.at(uint64(a.Type))
		}
	}
	return nil
}

// held shows what was stored, with its type in front.
func (v *Variable) held(in *Variable) *shape {
	s := v.wrapper(in)
	t := in.typ.strip()
	if t != nil && t.kind != typePointer { // a function's name says enough
		s.note = "(" + in.typ.short() + ") "
	}
	return s
}

// cppFunction shows the target of a std::function.
func (v *Variable) cppFunction() *shape {
	f := v.fieldNamed("__f_")
	if f == nil {
		return nil
	}
	if policy := f.find("__policy_", 2); policy != nil {
		return v.policyFunction(f, policy)
	}
	// Otherwise __f_ points to a __base, whose class tells the target.
	p := f.find("__f_", 2)
	if p == nil {
		return nil
	}
	addr, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if addr == 0 {
		return &shape{kind: KindFunc, text: "empty"}
	}
	t := p.typ.strip()
	if t == nil || t.kind != typePointer {
		return nil
	}
	whole := p.deref(t.Elem()).dynamic()
	if whole == nil {
		return nil
	}
	target := whole.typ.typeArg(0)
	if target == nil {
		return nil
	}
	off := alignUp(4, target)
	if fn := whole.fieldNamed("__f_"); fn != nil {
		at, ok1 := fn.Addr()
		base, ok2 := whole.Addr()
		if ok1 && ok2 {
			off = int64(at - base)
		}
	} else if fn := whole.fieldNamed("__func_"); fn != nil {
		return v.held(fn)
	}
	return v.held(v.scope.make(v.Name, "", target, whole.loc.at(off, target.byteSize())))
}

// policyFunction shows a std::function of libc++'s second ABI: a buffer, a function that calls the
// target, and a table of what copies and destroys it.
func (v *Variable) policyFunction(f, policy *Variable) *shape {
	pt := policy.typ.strip()
	buf := f.fieldNamed("__buf_")
	if pt == nil || pt.kind != typePointer || buf == nil {
		return nil
	}
	rules := policy.deref(pt.Elem())
	empty := rules.find("__is_null", 2)
	if empty == nil {
		return nil
	}
	if n, err := empty.uint(); err != nil {
		return &shape{err: err}
	} else if n != 0 {
		return &shape{kind: KindFunc, text: "empty"}
	}
	fn, _ := f.functionField("__func_", "__call_")
	if fn == nil {
		return nil
	}
	target := v.scope.Types.templateType(fn.TemplateArgs())
	if target == nil {
		return nil
	}
	if s := target.strip(); s != nil && strings.Contains(s.name, "__function::__default_alloc_func<") {
		if target = s.typeArg(0); target == nil {
			return nil
		}
	}
	l := buf.loc
	if clone := rules.find("__clone", 2); clone != nil {
		if n, err := clone.uint(); err == nil && n != 0 { // on the heap
			large := buf.find("__large", 2)
			if large == nil {
				return nil
			}
			at, err := large.uint()
			if err != nil {
				return &shape{err: err}
			}
			return v.nodeIterator(at, 0, target)
		}
	}
	return v.held(v.scope.make(v.Name, "", target, l.at(0, target.byteSize())))
}

// cppAny shows what a std::any holds: its handler is a member of _SmallHandler<T> or _LargeHandler<T>.
func (v *Variable) cppAny() *shape {
	if v.fieldNamed("__h_") == nil {
		return nil
	}
	fn, null := v.functionField("__h_")
	if null {
		return &shape{kind: KindEnum, text: "empty"}
	}
	if fn == nil {
		return nil
	}
	e, ok := fn.Class()
	if !ok {
		return nil
	}
	t := v.scope.Types.templateType(symbols.TemplateArgs(&e))
	if t == nil {
		return nil
	}
	if strings.Contains(e.Name(), "Small") {
		if b := v.find("__buf", 3); b != nil {
			return v.held(v.scope.make(v.Name, "", t, b.loc.at(0, t.byteSize())))
		}
		return nil
	}
	p := v.find("__ptr", 3)
	if p == nil {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	s := v.nodeIterator(at, 0, t)
	s.note = "(" + t.short() + ") "
	return s
}
