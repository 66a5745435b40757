package value

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
)

// Optimised code has several variables in one place, as long as their values can be told from it. This file sees to it
// that an assignment to one of them does not change another.

// alone runs a write to a place of the machine that is v's. If another variable changes with it, all is put back.
func (v *Variable) alone(write func() error) error {
	name := v.EvalName
	if end := strings.IndexFunc(name, func(c rune) bool { return c != '_' && c != '#' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }); end >= 0 {
		name = name[:end]
	}
	if name == "" { // a register, by its own name
		return write()
	}
	undo := v.placesNow()
	type variable struct {
		name  string
		bytes []byte
	}
	var before []variable
	for _, o := range v.scope.outside() {
		b, err := o.bytes()
		if err == nil && o.Name != name && o.Name != "" { // what has no name is what a structured binding takes apart
			before = append(before, variable{o.Name, bytes.Clone(b)})
		}
	}
	err := write()
	for _, o := range v.scope.outside() {
		if err != nil {
			break
		}
		if len(before) > 0 && o.Name == before[0].name {
			if b, failed := o.bytes(); failed != nil || !bytes.Equal(b, before[0].bytes) {
				err = notAlone(name, o.Name)
			}
			before = before[1:]
		}
	}
	if err != nil {
		return errors.Join(err, undo())
	}
	return nil
}

// outside are the frame's variables that are not in linear memory.
func (s *Scope) outside() (list []*Variable) {
	for _, v := range s.frameVars() {
		if _, linear := s.linear(v.loc.addr); !v.Shadowed && v.Unreadable == nil && v.typ != nil && !(v.loc.inMemory && linear) {
			list = append(list, v)
		}
	}
	return list
}

// placesNow reads what is where the value's parts are, and returns what puts it back.
func (v *Variable) placesNow() (undo func() error) {
	s := v.scope
	pieces := v.loc.pieces
	if v.loc.inMemory {
		pieces = []piece{{kind: pieceMemory, addr: v.loc.addr, size: v.typ.byteSize()}}
	}
	var list []func() error
	for i, p := range pieces {
		switch p.kind {
		case pieceRegister:
			if r, err := s.Frame.Register(p.reg); err == nil {
				r = bytes.Clone(r)
				list = append(list, func() error { return s.Frame.SetRegister(p.reg, r) })
			}
		case pieceMemory:
			b := make([]byte, p.size)
			if s.Frame.ReadNative(p.addr, b) == nil {
				list = append(list, func() error { return s.Frame.WriteNative(p.addr, b) })
			}
		case pieceConst:
			if w, ok := v.loc.computed.source(s, i); ok {
				if n, err := w.read(); err == nil {
					list = append(list, func() error { return w.write(n) })
				}
			}
		}
	}
	return func() error {
		var failed []error
		for _, f := range list {
			failed = append(failed, f())
		}
		return errors.Join(failed...)
	}
}
