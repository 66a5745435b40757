package amd64

import (
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// recordStack records where the entries of the operand stack are, as far as that differs from
// what was recorded last.
func (c *compiler) recordStack() {
	k := 0
	for k < len(c.stack) && k < len(c.places) && c.placeOf(&c.stack[k]) == c.places[k] {
		k++
	}
	if k == len(c.stack) && k < len(c.places) { // the rest is dead
		c.move(k, codemap.Place{})
	}
	c.places = c.places[:k]
	for ; k < len(c.stack); k++ {
		p := c.placeOf(&c.stack[k])
		c.places = append(c.places, p)
		c.move(k, p)
	}
}

// stackWith returns the places of the operand stack with some values on top of it.
func (c *compiler) stackWith(operands []*value) []codemap.Place {
	places := make([]codemap.Place, 0, len(c.stack)+len(operands))
	for i := range c.stack {
		places = append(places, c.placeOf(&c.stack[i]))
	}
	for _, v := range operands {
		places = append(places, c.placeOf(v))
	}
	return places
}

// recordPlaces records an operand stack out of line, where what was recorded last does not hold.
func (c *compiler) recordPlaces(places []codemap.Place) {
	c.move(0, codemap.Place{})
	for depth, p := range places {
		c.move(depth, p)
	}
	c.places = append(c.places[:0], places...)
}

// recordPair records one more operand: what two places are together by an operation of i32.
func (c *compiler) recordPair(a, b codemap.Place, op wasm.Op) {
	f := &c.code.Func
	p := codemap.Place{Kind: codemap.IsPair, Type: a.Type, Index: uint32(len(f.Pairs)), Value: uint64(op)}
	f.Pairs = append(f.Pairs, [2]codemap.Place{a, b})
	c.move(len(c.places), p)
	c.places = append(c.places, p)
}

func (c *compiler) move(depth int, p codemap.Place) {
	c.code.Func.StackMoves = append(c.code.Func.StackMoves, codemap.StackMove{Text: c.here(), Depth: uint32(depth), Place: p})
}

// placeOf describes an entry. Offsets of slots count from the stack pointer until the frame's
// size is known.
func (c *compiler) placeOf(v *value) codemap.Place {
	p := codemap.Place{Type: v.typ.Top()}
	switch v.kind {
	case vConst:
		p.Kind, p.Value = codemap.IsConst, v.imm
	case vReg:
		p.Kind, p.Reg = codemap.InReg, v.reg.dwarf()
	case vLocal:
		p.Kind, p.Index = codemap.IsLocal, uint32(v.local)
	case vSlot:
		p.Kind, p.Offset = codemap.InSlot, c.spillBase+c.stride*int32(v.imm)
	case vSum:
		if v.local >= 0 && v.index == noReg {
			p.Kind, p.Index, p.Value = codemap.IsAddend, uint32(v.local), truncate(v.imm, isWide(v.typ))
			break
		}
		p.Kind, p.Reg, p.Reg2, p.Scale, p.Value = codemap.IsSum, codemap.NoReg, codemap.NoReg, v.scale, truncate(v.imm, isWide(v.typ))
		if v.reg != noReg {
			p.Reg = v.reg.dwarf()
		}
		if v.index != noReg {
			p.Reg2 = v.index.dwarf()
		}
	case vLoad:
		p.Kind, p.Reg, p.Value = codemap.IsLoad, v.reg.dwarf(), v.imm
	case vFlags:
		if v.pair > 0 {
			p.Kind, p.Index, p.Value = codemap.IsPair, uint32(v.pair-1), uint64(wasm.OpI32And)
			p.Type = c.code.Func.Pairs[p.Index][0].Type
			break
		}
		p.Kind, p.Reg, p.Value = codemap.IsFlags, dwarfFlags, v.cond.flags(v.parity).Pack()
	}
	return p
}

// Bits of the flags register.
const (
	flagCarry    = 0
	flagParity   = 2
	flagZero     = 6
	flagSign     = 7
	flagOverflow = 11
)

// flags describes a condition by the flags register's bits (Intel SDM, volume 1, appendix B).
func (cc cond) flags(p parity) codemap.Flags {
	if cc&1 != 0 { // the odd ones are negations
		switch p {
		case andOrdered:
			p = orParity
		case orParity:
			p = andOrdered
		}
		f := cc.not().flags(p)
		f.Negate = !f.Negate
		return f
	}
	var f codemap.Flags
	switch cc {
	case condO:
		f.Any = 1 << flagOverflow
	case condB:
		f.Any = 1 << flagCarry
	case condE:
		f.Any = 1 << flagZero
	case condBE:
		f.Any = 1<<flagCarry | 1<<flagZero
	case condS:
		f.Any = 1 << flagSign
	case condP:
		f.Any = 1 << flagParity
	case condL:
		f.Differ, f.Differ2 = flagSign, flagOverflow
	case condLE:
		f.Any = 1 << flagZero
		f.Differ, f.Differ2 = flagSign, flagOverflow
	}
	switch p {
	case orParity:
		f.Any |= 1 << flagParity
	case andOrdered: // not (not cc, or parity)
		if f.Any&(f.Any-1) != 0 || f.Differ != f.Differ2 {
			panic("amd64: recording: a comparison of floats by more than one flag")
		}
		f.Invert = f.Any
		f.Any |= 1 << flagParity
		f.Negate = true
	}
	return f
}
