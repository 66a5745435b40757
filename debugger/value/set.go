package value

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"sphex/aot/abi"
)

// Place says in words where the value is.
func (v *Variable) Place() string {
	if v.bits != nil {
		return (&Variable{loc: v.bits.whole, scope: v.scope}).Place()
	}
	switch {
	case v.loc.err != nil:
		return "nowhere"
	case v.loc.inMemory:
		if a, ok := v.scope.linear(v.loc.addr); ok {
			return fmt.Sprintf("linear memory at %#x", uint64(a))
		}
		return fmt.Sprintf("the native frame at %#x", uint64(v.loc.addr))
	case len(v.loc.pieces) == 0:
		return "no place: it is computed"
	}
	var parts []string
	var at int64
	size := int64(len(v.loc.data))
	for i, p := range v.loc.pieces {
		if at+p.size > v.loc.off && at < v.loc.off+size {
			switch p.kind {
			case pieceMemory:
				parts = append(parts, fmt.Sprintf("memory at %#x", uint64(p.addr)))
			case pieceRegister:
				parts = append(parts, fmt.Sprintf("register %d", p.reg))
			case pieceConst:
				parts = append(parts, v.loc.computed.place(v.scope, i))
			case pieceEmpty:
				parts = append(parts, "nowhere")
			}
		}
		at += p.size
	}
	return strings.Join(parts, ", ")
}

// Settable reports whether Set can work on a single value: a number, boolean, character, enum, pointer
// or structure in memory or in registers.
func (v *Variable) Settable() bool {
	if v.Unreadable != nil || v.scope == nil || v.made != nil {
		return false
	}
	t := v.typ.strip()
	if t == nil || t.kind != typeEnum && t.kind != typePointer && !t.isScalar() {
		return false
	}
	return v.unwritable() == nil
}

var errPlaceless = errors.New("it has no place: it is computed, or a constant")

// unwritable says why the value's bytes can't be changed, nil if they can.
func (v *Variable) unwritable() error {
	l := v.loc
	if v.bits != nil {
		l = v.bits.whole
	}
	switch {
	case l.err != nil:
		return l.err
	case l.inMemory:
		return nil
	case len(l.pieces) == 0:
		return errPlaceless
	}
	var at int64
	for i, p := range l.pieces {
		if at < l.off+int64(len(l.data)) && l.off < at+p.size {
			switch p.kind {
			case pieceConst:
				if l.computed.invertible(v.scope, i) {
					break
				}
				if len(l.pieces) == 1 {
					return errPlaceless
				}
				return errors.New("a part of it has no place: it is computed, or a constant")
			case pieceEmpty:
				return errors.New("a part of it is optimized out")
			}
		}
		at += p.size
	}
	return nil
}

// Set evaluates an expression in the variable's scope and stores it, converted to the variable's type.
func (v *Variable) Set(src string) error {
	if v.Unreadable != nil {
		return v.Unreadable
	}
	e, err := parseShown(src)
	if err != nil {
		return err
	}
	ev := evaluator{scope: v.scope, src: src}
	if e, err = ev.unfolded(e); err != nil {
		return err
	}
	return ev.store(e.root, v, e.tree(ev.lang()))
}

func (v *Variable) setBits(s scalar) error {
	b := v.bits
	raw, err := v.scope.read(b.whole, b.size)
	if err != nil {
		return err
	}
	t := basicType{classInt, int(b.bits), false}
	if !s.i.fits(t) && !s.i.fits(basicType{classInt, int(b.bits), true}) {
		return fmt.Errorf("%v does not fit into %d bits", s.i, b.bits)
	}
	mask := new(big.Int).Lsh(big.NewInt(1), uint(b.bits))
	mask.Sub(mask, big.NewInt(1)).Lsh(mask, uint(b.shift))
	n := bigBits(raw, false)
	n.AndNot(n, mask)
	n.Or(n, new(big.Int).Lsh(s.i.wrap(t).bigInt(), uint(b.shift)))
	out := scalar{basicType: basicType{classInt, int(8 * b.size), false}, i: integerOf(n)}.bytes()
	whole := &Variable{loc: b.whole, scope: v.scope}
	if err := whole.write(out); err != nil {
		return err
	}
	v.loc.data = s.bytes()
	return nil
}

// write stores the bytes of the value where it is.
func (v *Variable) write(b []byte) error {
	if v.loc.inMemory {
		return v.writeMemory(b)
	}
	if err := v.alone(func() error { return v.writePieces(b) }); err != nil {
		return err
	}
	v.loc.data = append([]byte(nil), b...)
	return nil
}

// writePieces stores the bytes of a value that is not simply in memory.
func (v *Variable) writePieces(b []byte) error {
	var at int64
	for i, p := range v.loc.pieces {
		lo, hi := max(at, v.loc.off), min(at+p.size, v.loc.off+int64(len(b)))
		if lo < hi {
			part := b[lo-v.loc.off : hi-v.loc.off]
			skip := lo - at
			switch p.kind {
			case pieceConst:
				if err := v.setComputed(i, p.size, skip, part); err != nil {
					return err
				}
			case pieceMemory:
				if err := v.scope.Frame.WriteNative(p.addr+abi.Addr(skip), part); err != nil {
					return err
				}
			case pieceRegister:
				r, err := v.scope.Frame.Register(p.reg)
				if err != nil {
					return err
				}
				if skip+int64(len(part)) > int64(len(r)) {
					return errors.New("the value is larger than its register")
				}
				r = append([]byte(nil), r...)
				copy(r[skip:], part)
				if len(r) == 8 && skip == 0 && len(part) <= 4 { // an i32 has a zero upper half
					for i := max(len(part), 4); i < 8; i++ {
						r[i] = 0
					}
				}
				if err := v.scope.Frame.SetRegister(p.reg, r); err != nil {
					return err
				}
			}
		}
		at += p.size
	}
	return nil
}
