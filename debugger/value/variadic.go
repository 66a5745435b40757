package value

import (
	"encoding/binary"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// What stands for the dots of a variadic function travels in memory: the caller puts the arguments one behind the other, each
// at a multiple of its size, and passes their address as the last word.

// variadicArg is such an argument.
type variadicArg struct {
	value *Variable
	typ   *Type // after C's promotions
	way   passing
	off   int64 // from the first of them
	size  int64
}

// variadic takes the arguments behind the parameters for those of a variadic function.
func (ev *evaluator) variadic(n node, c *callee) error {
	if !isCLike(ev.lang()) || len(c.args) < len(c.params) || !c.f.Variadic() {
		return nil
	}
	c.variadic = true
	var more []*Variable
	c.args, more = c.args[:len(c.params):len(c.params)], c.args[len(c.params):]
	off := int64(0)
	for i, a := range more {
		if u := a.unwrapped(); a.made == nil && a.typ.strip() != nil && a.typ.strip().kind == typeStruct && u.shape().str != nil {
			text, err := ev.textOf(n, u) // what c_str() of a string is here
			if err != nil {
				return err
			}
			a = ev.madeText(text)
		}
		t := ev.promoted(a)
		if t == nil {
			return ev.fail(n, "argument %d of %s can't be %s: only numbers, pointers and texts can stand for its dots", len(c.params)+i+1, c.f.Name, a.typ.short())
		}
		v := variadicArg{value: a, typ: t, size: max(t.byteSize(), 4)}
		if list := ways(t); len(list) > 0 && len(list[0].parts) == 1 && v.size <= 8 {
			v.way = list[0]
		} else {
			return ev.fail(n, "argument %d of %s can't be %s", len(c.params)+i+1, c.f.Name, a.typ.short())
		}
		off = (off + v.size - 1) &^ (v.size - 1)
		v.off = off
		off += v.size
		c.more = append(c.more, v)
	}
	return nil
}

// promoted is the type that C gives to an argument that has no parameter; nil: it can't be passed.
func (ev *evaluator) promoted(a *Variable) *Type {
	ts := ev.scope.Types
	t := a.typ.strip()
	switch {
	case t == nil:
		return nil
	case a.made != nil && a.shape().str != nil:
		return ts.pointerTo(ts.basicNamed("char", symbols.LangC), symbols.LangC)
	case t.kind == typePointer:
		return a.typ
	case t.kind == typeArray && t.Elem() != nil:
		return ts.pointerTo(t.Elem(), symbols.LangC)
	}
	s, err := a.scalar()
	if err != nil || t.kind != typeBase && t.kind != typeEnum {
		return nil
	}
	switch {
	case s.class == classFloat && s.bits <= 64:
		return ts.basicNamed("double", symbols.LangC)
	case s.class == classFloat || s.bits > 64:
		return nil
	case s.bits > 32 && s.signed:
		return ts.basicNamed("long long", symbols.LangC)
	case s.bits > 32:
		return ts.basicNamed("unsigned long long", symbols.LangC)
	case s.bits == 32 && !s.signed:
		return ts.basicNamed("unsigned int", symbols.LangC)
	}
	return ts.basicNamed("int", symbols.LangC)
}

// writeVariadic puts the arguments that stand for the dots to their places; texts go to the places of copies.
func (ev *evaluator) writeVariadic(n node, c *callee, at wasm.MemAddr, copies []wasm.MemAddr) error {
	for i := range c.more {
		v := &c.more[i]
		words, err := ev.passed(n, v.typ, v.value, v.way, copies[i])
		if err != nil {
			return err
		}
		b := binary.LittleEndian.AppendUint64(nil, words[0])
		if err := ev.writeAt(at+wasm.MemAddr(v.off), b[:v.size]); err != nil {
			return ev.wrapErr(n, err)
		}
	}
	return nil
}
