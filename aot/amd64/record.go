package amd64

import "sphex/aot/codemap"

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

func (c *compiler) move(depth int, p codemap.Place) {
	c.code.Func.StackMoves = append(c.code.Func.StackMoves, codemap.StackMove{Text: c.here(), Depth: uint32(depth), Place: p})
}

// placeOf describes an entry. Offsets of slots count from the stack pointer until the frame's
// size is known. What has not been computed yet and is no sum is nowhere.
func (c *compiler) placeOf(v *value) codemap.Place {
	p := codemap.Place{Type: v.typ}
	switch v.kind {
	case vConst:
		p.Kind, p.Value = codemap.IsConst, v.imm
	case vReg:
		p.Kind, p.Reg = codemap.InReg, v.reg.dwarf()
	case vLocal:
		p.Kind, p.Index = codemap.IsLocal, uint32(v.local)
	case vSlot:
		p.Kind, p.Offset = codemap.InSlot, c.spillBase+8*int32(v.imm)
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
	}
	return p
}
