package value

import (
	"errors"
	"fmt"

	"sphex/aot/abi"
)

// Mirror is what a Frame is that knows of variables whose place in memory the compiler writes for debuggers alone, while
// the program keeps the value elsewhere.
type Mirror interface {
	// Mirrored is told of a write to a variable. It brings the value to where the program has it, or says why not;
	// then the write is undone. There is nothing to do for a place that the program reads itself.
	Mirrored(m *MirrorWrite) error
}

// MirrorWrite is a write to a variable in memory, which has been done.
type MirrorWrite struct {
	Low, High abi.Addr // the whole variable
	Addr      abi.Addr // of the bytes written
	Was, Now  []byte
	Signed    bool // they are a number with a sign
	// Taken says why the place of another variable must keep its value, nil if it need not.
	Taken func(at abi.Addr) error
}

// writeMemory stores the bytes of a value in memory, and where the program has the variable.
func (v *Variable) writeMemory(b []byte) error {
	s, addr := v.scope, v.loc.addr
	if _, linear := s.linear(addr); !linear {
		return v.alone(func() error { return s.Frame.WriteNative(addr, b) })
	}
	mirror, ok := s.Frame.(Mirror)
	whole := v
	if ok {
		whole = s.variableAround(addr, "")
		ok = whole != nil
	}
	if !ok {
		return s.Frame.WriteNative(addr, b)
	}
	was := make([]byte, len(b))
	err := s.Frame.ReadNative(addr, was)
	if err == nil {
		err = s.Frame.WriteNative(addr, b)
	}
	if err != nil {
		return err
	}
	t := v.typ.strip()
	m := MirrorWrite{
		Low: whole.loc.addr, High: whole.loc.addr + abi.Addr(whole.typ.byteSize()), Addr: addr, Was: was, Now: b,
		Signed: t != nil && t.kind == typeBase && t.basic.signed,
		Taken: func(at abi.Addr) error {
			if o := s.variableAround(at, whole.Name); o != nil {
				return notAlone(whole.Name, o.Name)
			}
			return nil
		},
	}
	if err = mirror.Mirrored(&m); err == nil || isCLike(whole.typ.lang) { // there, what is never read is nothing else either
		return nil
	}
	return errors.Join(err, s.Frame.WriteNative(addr, was))
}

func notAlone(name, other string) error {
	return fmt.Errorf("%s can't be set alone: the compiler keeps %s in the same place", name, other)
}

// variableAround finds the variable of the frame that has a byte of memory, but not the one that is named; nil if it is
// none's or one's that is shadowed.
func (s *Scope) variableAround(at abi.Addr, not string) *Variable {
	for _, v := range s.frameVars() {
		if v.Name != not && v.loc.inMemory && v.loc.addr <= at && at < v.loc.addr+abi.Addr(v.typ.byteSize()) && !v.Shadowed {
			return v
		}
	}
	return nil
}
