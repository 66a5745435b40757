package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// reinterpret translates a change of type that keeps the bits. A value of the generic type has
// the size of a linear address in the input and that of a native one in the output.
func (x *expression) reinterpret(o *expr.Op) error {
	from := x.top()
	if o.A != 0 && from.width == typed || x.entries == nil {
		x.emit(*o)
		*from = entry{width: typed}
		return nil
	}
	convert := func(key uint64) { x.emit(expr.Op{Code: dwarf.OpConvert, A: key}) }
	if o.A == 0 {
		if from.width != typed {
			return nil
		}
		u, ok := x.entries.typeLike(expr.Type{Encoding: dwarf.EncUnsigned, Size: x.addrSize})
		if !ok {
			return errNoType
		}
		x.emit(expr.Op{Code: dwarf.OpReinterpret, A: u})
		convert(0)
		*x.top() = x.word()
		x.top().clean, x.top().near = true, true
		return nil
	}
	t, ok := x.entries.baseType(o.A)
	if !ok || t.Size != x.addrSize {
		return errNoType
	}
	x.exact()
	if t.Encoding == dwarf.EncFloat {
		u, ok := x.entries.typeLike(expr.Type{Encoding: dwarf.EncUnsigned, Size: t.Size})
		if !ok {
			return errNoType
		}
		convert(u)
		x.emit(*o)
	} else {
		convert(o.A)
	}
	*x.top() = entry{width: typed}
	return nil
}

// called returns what an expression of the unit that calls an entry calls.
func (u *unit) called(key uint64) (procedure, error) {
	e, err := u.in.Data().Entry(info.Offset(key))
	if err != nil {
		return procedure{}, errNoEntry
	}
	v, ok := e.Attr(dwarf.AttrLocation)
	if !ok {
		return procedure{}, nil
	}
	code, ok := v.Expr()
	if !ok {
		return procedure{}, errCallList
	}
	p := procedure{size: typeSize(e)}
	p.ops, err = u.decodeOf(e.Unit, nil, code)
	for i := range p.ops {
		if o := &p.ops[i]; e.Unit != u.in && (o.Code == dwarf.OpAddrx || o.Code == dwarf.OpGNUAddrIndex || o.Code == dwarf.OpConstx || o.Code == dwarf.OpGNUConstIndex) {
			n, err := e.Unit.Addrx(o.A)
			if err != nil {
				return p, errIndex
			}
			if o.Code == dwarf.OpAddrx || o.Code == dwarf.OpGNUAddrIndex {
				*o = expr.Op{Code: dwarf.OpAddr, A: n}
			} else {
				*o = expr.Const(n)
			}
		}
	}
	return p, err
}

// typeSize is the size of the type of an entry; 0 if it is not known.
func typeSize(e info.Entry) uint64 {
	for n := 0; n < 16; n++ {
		if size, ok := e.Uint(dwarf.AttrByteSize); ok {
			return size
		}
		switch e.Tag() {
		case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
			return uint64(e.Unit.AddrSize)
		}
		next, ok := e.Follow(dwarf.AttrType)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrAbstractOrigin); !ok {
				break
			}
		}
		e = next
	}
	return 0
}

// baseType describes the base type that an operation names.
func (u *unit) baseType(key uint64) (t expr.Type, ok bool) {
	e, err := u.in.Data().Entry(info.Offset(key))
	if err != nil || e.Tag() != dwarf.TagBaseType {
		return t, false
	}
	enc, ok := e.Uint(dwarf.AttrEncoding)
	size, ok2 := e.Uint(dwarf.AttrByteSize)
	if !ok || !ok2 || size > 255 {
		return t, false
	}
	return expr.Type{Encoding: dwarf.Encoding(enc), Size: uint8(size)}, true
}

// typeLike finds a base type of the unit.
func (u *unit) typeLike(like expr.Type) (key uint64, ok bool) {
	if key, ok := u.alike[like]; ok {
		return key, key != 0
	}
	if u.alike == nil {
		u.alike = map[expr.Type]uint64{}
	}
	u.alike[like] = 0
	w := u.in.Walk()
	var e info.Entry
	for w.Next(&e) {
		if e.Depth == 0 {
			continue
		}
		w.SkipChildren()
		if e.Tag() != dwarf.TagBaseType {
			continue
		}
		if t, ok := u.baseType(uint64(e.Offset)); ok && t == like {
			u.alike[like] = uint64(e.Offset)
			return uint64(e.Offset), true
		}
	}
	return 0, false
}
