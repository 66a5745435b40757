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
	before := v.scope.outside(name)
	err := write()
	if err == nil {
		after := v.scope.outside(name)
		first := ""
		for other, b := range before {
			if now, ok := after[other]; (!ok || !bytes.Equal(b, now)) && (first == "" || other.String() < first) {
				first = other.String()
			}
		}
		if first != "" {
			err = notAlone(name, first)
		}
	}
	if err != nil {
		return errors.Join(err, undo())
	}
	return nil
}

// neighbour is a variable that has its place in the same native frame as another: the n-th of a name in a function.
type neighbour struct {
	name string
	in   string // the function, "" in the same logical frame
	n    int
}

func (o neighbour) String() string {
	if o.in == "" {
		return o.name
	}
	return o.name + " of " + o.in
}

// outside reads the variables of the native frame that are not in linear memory, but the one that is named: those of the logical
// frame, and of those that the compiler has put into one function with it.
func (s *Scope) outside(not string) map[neighbour][]byte {
	list := map[neighbour][]byte{}
	add := func(in *Scope, function string) {
		for _, v := range in.frameVars() {
			if _, linear := in.linear(v.loc.addr); v.Shadowed || v.Unreadable != nil || v.typ == nil || v.loc.inMemory && linear {
				continue
			}
			if v.Name == "" || function == "" && v.Name == not { // what has no name is what a structured binding takes apart
				continue
			}
			if b, err := v.bytes(); err == nil {
				o := neighbour{name: v.Name, in: function}
				for ; list[o] != nil; o.n++ {
				}
				list[o] = append([]byte{}, b...)
			}
		}
	}
	add(s, "")
	if s.Sym == nil {
		return list
	}
	for _, f := range s.Table.Frames(s.Frame.PC()) {
		if !f.Same(s.Sym) {
			add(&Scope{Table: s.Table, Types: s.Types, Frame: s.Frame, Sym: f, outward: s.outward}, f.Func.Name)
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
			if p.size < 0 || p.size > maxRead { // as broken debug information may say: no write comes to it
				continue
			}
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
