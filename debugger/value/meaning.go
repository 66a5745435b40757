package value

import (
	"sphex/aot/abi"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// meaning is what a name means at one address, in whatever frame: the part of a lookup that
// need not be done again when a breakpoint stops a second time.
type meaning struct {
	name, eval string
	typ, like  *Type // as declared; stripped
	size       int64
	number     bool // nothing but a number, boolean, character, enum or pointer of C
	item       bool // a function as a value of its own type

	unit  *info.Unit
	code  []byte // location expression; empty: fixed
	fixed location

	simple simpleForm
	offset int64
}

// simpleForm is a location expression that needs no evaluation.
type simpleForm uint8

const (
	complexForm simpleForm = iota
	fromBase               // in memory at offset from the frame base
	fromCFA                // in memory at offset from the CFA
)

// Move makes the scope that of another stop at the same address in the same function: what
// names mean stays known. Variables of the scope are void.
func (s *Scope) Move(f Frame) { s.Frame, s.frameBaseOK = f, false }

func (s *Scope) remember(name string, m *meaning) *meaning {
	if s.names == nil {
		s.names = map[string]*meaning{}
	}
	s.names[name] = m
	return m
}

// meaning looks up all about a variable that is the same in all frames at the scope's address.
func (s *Scope) meaning(sv *symbols.Variable) *meaning {
	off, _ := sv.Type()
	t := s.Types.at(uint64(off))
	m := &meaning{name: sv.Name, eval: sv.Name, typ: t, like: t.strip(), size: t.byteSize()}
	m.number = t.isNumber() && m.size > 0 && m.size <= 16
	m.item = m.like != nil && m.like.kind == typePointer && isFunctionItem(sv, m.like)
	m.unit, m.code, m.fixed = s.describe(sv, t)
	m.recognise()
	return m
}

// recognise finds simple forms of the location expression.
func (m *meaning) recognise() {
	if len(m.code) == 0 {
		return
	}
	c := dwarf.NewCursor("", m.code[1:], 0)
	form := complexForm
	switch dwarf.Op(m.code[0]) {
	case dwarf.OpFbreg:
		form, m.offset = fromBase, c.SLEB()
	case dwarf.OpCallFrameCFA:
		if dwarf.Op(c.U8()) == dwarf.OpConsts {
			form, m.offset = fromCFA, c.SLEB()
		}
		if dwarf.Op(c.U8()) != dwarf.OpPlus {
			return
		}
	}
	if c.Err() == nil && c.Len() == 0 {
		m.simple = form
	}
}

// locate finds where the variable is in the scope's frame.
func (m *meaning) locate(s *Scope) location {
	if len(m.code) == 0 {
		return m.fixed
	}
	switch m.simple {
	case fromBase:
		h := host{scope: s, unit: m.unit}
		if base, err := h.FrameBase(); err == nil {
			return location{inMemory: true, addr: abi.Addr(base + uint64(m.offset))}
		}
	case fromCFA:
		if cfa, ok := s.Frame.CFA(); ok {
			return location{inMemory: true, addr: cfa + abi.Addr(m.offset)}
		}
	}
	return s.evalLocation(m.unit, m.code, m.size)
}

func (m *meaning) variable(s *Scope) *Variable {
	v := s.make(m.name, m.eval, m.typ, m.locate(s))
	v.item = m.item
	return v
}

// read reads a number; ok is false if it has no value.
func (m *meaning) read(s *Scope) (n scalar, ok bool) {
	t, ok := m.like.scalarType()
	if !ok {
		return n, false
	}
	l := m.locate(s)
	b := s.number[:m.size]
	if l.err == nil && l.inMemory {
		l.err = s.Frame.ReadNative(l.addr, b)
	} else {
		b, l.err = s.read(l, m.size)
	}
	if l.err != nil {
		return n, false
	}
	return decodeScalar(b, t), true
}
