package value

import (
	"fmt"

	"sphex/debugger/symbols"
)

// Sets of flags as the crate bitflags makes them: Perm(InternalBitFlags(5)), a structure of the program's around one with the bits. What
// the bits are called is in no debug information: they are constants of the program, and tables without a name.

// rustFlagBits shows the bits as the crate does those without a name.
func (v *Variable) rustFlagBits() *shape {
	n := v.fieldNamed("__0")
	if n == nil {
		return nil
	}
	s, err := n.scalar()
	if err != nil || s.class != classInt {
		return nil
	}
	s.signed = false
	return &shape{kind: KindInt, text: fmt.Sprintf("%#x", s.i.wrap(s.basicType).bigInt())}
}

// flagBits is the number that a set of flags is, nil for other values.
func (v *Variable) flagBits() *Variable {
	u := v.unwrapped()
	for range 2 {
		t := u.typ.strip()
		if u.Unreadable != nil || t == nil || t.kind != typeStruct || t.lang != symbols.LangRust {
			return nil
		}
		in := u.fieldNamed("__0")
		if in == nil {
			return nil
		}
		if lastSegment(t.nameOrNone()) == flagsInside {
			return in
		}
		u = in
	}
	return nil
}

const flagsInside = "InternalBitFlags"

// flagsMethod evaluates the methods of a set of flags.
func (ev *evaluator) flagsMethod(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	two := n.name == "contains" || n.name == "intersects"
	if !two && n.name != "bits" && n.name != "is_empty" || len(n.args) != map[bool]int{true: 1}[two] {
		return nil, false, nil
	}
	b := x.flagBits()
	if b == nil {
		return nil, false, nil
	}
	if n.name == "bits" {
		return b, true, nil
	}
	s, err := b.scalar()
	if err != nil {
		return nil, true, ev.wrapErr(n, err)
	}
	if n.name == "is_empty" {
		return ev.truthVariable(s.i.sign() == 0), true, nil
	}
	y, err := ev.eval(n.args[0])
	if err != nil {
		return nil, true, err
	}
	of := y.flagBits()
	if of == nil {
		of = y // their bits
	}
	other, err := of.scalar()
	if err != nil {
		return nil, true, ev.wrapErr(n.args[0], err)
	}
	both := s.i.and(other.i)
	if n.name == "contains" {
		return ev.truthVariable(both.cmp(other.i) == 0), true, nil
	}
	return ev.truthVariable(both.sign() != 0), true, nil
}
