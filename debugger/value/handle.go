package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Objects of C++'s library that are true or false by themselves: pointers that own, optionals, functions. In a condition
// they say whether there is something in them, not what that is.

// handles are their types. Those that are pointers are also compared with pointers.
var handles = map[string]struct{ pointer bool }{"unique_ptr": {true}, "shared_ptr": {true}, "weak_ptr": {}, "optional": {}, "function": {}, "move_only_function": {}, "expected": {}}

// handle is the object of such a type that v is, or that it refers to; nil if there is none. pointer is whether it is a pointer.
func (v *Variable) handle() (h *Variable, pointer bool) {
	for range maxWrapped {
		if v.made != nil || v.typ.isNumber() || v.Unreadable != nil {
			return nil, false
		}
		t := v.typ.strip()
		if t == nil || t.lang != symbols.LangCPP {
			return nil, false
		}
		if t.kind == typeStruct && strings.HasPrefix(t.name, "std::") {
			name, _, _ := strings.Cut(lastSegment(inlineStd.Replace(t.nameOrNone())), "<")
			if k, ok := handles[name]; ok {
				return v, k.pointer
			}
		}
		s := v.shape()
		if s.style != styleInner || s.inner == nil {
			return nil, false
		}
		v = s.inner
	}
	return nil, false
}

// holds tells whether there is something in a handle.
func (v *Variable) holds() (bool, error) {
	if has := v.find("__has_val_", 8); has != nil { // of an expected
		on, err := has.uint()
		return on != 0, err
	}
	s := v.shape()
	if s.err != nil {
		return false, s.err
	}
	if use, _, ok := v.counted(); ok && use == 0 { // of a weak_ptr
		return false, nil
	}
	switch s.text {
	case "nullptr", "nullopt", "empty":
		return false, nil
	}
	return true, nil
}

// handleTruth is the truth of an expression that is a handle; ok is false for all others.
func (ev *evaluator) handleTruth(n node) (on, ok bool, err error) {
	h, _ := ev.handleOf(n)
	if h == nil {
		return false, false, nil
	}
	on, err = h.holds()
	if err != nil {
		err = ev.wrapErr(n, err)
	}
	return on, true, err
}

// handleOf evaluates an expression that may be a handle; nil if it is none, or can't be evaluated.
func (ev *evaluator) handleOf(n node) (h *Variable, pointer bool) {
	if ev.vis != nil || ev.lang() != symbols.LangCPP {
		return nil, false
	}
	switch n := n.(type) {
	case nameRef, fieldExpr, indexExpr, callExpr, knownExpr, invokeExpr:
	case unaryExpr:
		if n.op != "*" {
			return nil, false
		}
	default:
		return nil, false
	}
	v, err := ev.eval(n)
	if err != nil {
		return nil, false
	}
	return v.handle()
}

// handleEquals compares a handle with nullptr, or one that is a pointer with a pointer. ok is false for all else.
func (ev *evaluator) handleEquals(n binaryExpr) (eq, ok bool, err error) {
	for _, side := range [2][2]node{{n.x, n.y}, {n.y, n.x}} {
		h, pointer := ev.handleOf(side[0])
		if h == nil {
			continue
		}
		if isNothing(side[1]) {
			on, err := h.holds()
			if err != nil {
				err = ev.wrapErr(side[0], err)
			}
			return !on, true, err
		}
		if !pointer {
			if on, err := h.holds(); err == nil && !on { // an optional without a value is no value
				o, _ := ev.handleOf(side[1])
				return false, o == nil, nil
			}
			continue
		}
		p, err := ev.eval(side[1])
		if err != nil || p.made != nil || p.typ.strip() == nil || p.typ.strip().kind != typePointer {
			continue
		}
		at, err := p.uint()
		if err != nil {
			return false, true, ev.wrapErr(side[1], err)
		}
		to := h.smartPointer()
		if to == nil {
			continue
		}
		owned, err := to.uint()
		if err != nil {
			return false, true, ev.wrapErr(side[0], err)
		}
		return at == owned, true, nil
	}
	return false, false, nil
}

// isNothing reports whether nullptr, NULL or nullopt is written.
func isNothing(n node) bool {
	if name, ok := n.(nameRef); ok {
		return name.path == "nullopt" || name.path == "std::nullopt"
	}
	c, ok := n.(castExpr)
	if !ok || c.t.name != "void" || c.t.stars != 1 {
		return false
	}
	i, ok := c.x.(intLit)
	return ok && i.val.sign() == 0
}
