package amd64

import (
	"sphex/aot/wasm"
)

// vecLoad is a load of a whole vector, or of the lanes that o extends.
func (c *compiler) vecLoad(o opcode, _ byte) {
	v := c.pop()
	d := c.dest()
	m := c.address(&v, c.in.Value)
	d = c.choose(d, wasm.V128)
	c.trapHere(c.in.Offset, trapMemory)
	c.rm(o, d, m)
	c.finish(wasm.V128, d, &v)
}

// vectorPlace is the memory operand of an access at p, above which v is. Where the scratch register may be in it, v is in a
// register already.
func (c *compiler) vectorPlace(p, v *value) mem {
	if !c.first() {
		c.own(v)
	}
	return c.address(p, c.in.Value, v)
}

// vecStore is v128.store.
func (c *compiler) vecStore(opcode, byte) {
	v, p := c.pop(), c.pop()
	m := c.vectorPlace(&p, &v)
	r := c.use(&v)
	c.trapHere(c.in.Offset, trapMemory)
	c.rm(opMovupsTo, r, m)
	c.drop(&v)
	c.drop(&p)
}

// vecLoadSplat loads one lane of n bytes to all.
func (c *compiler) vecLoadSplat(_ opcode, n byte) {
	v := c.pop()
	m := c.address(&v, c.in.Value)
	d := c.alloc(true) // not a home, which must keep its value until the load has not trapped
	if n <= 2 {
		c.trapHere(c.in.Offset, trapMemory)
		o := opMovzx8
		if n == 2 {
			o = opMovzx16
		}
		c.rm(o, regScratch, m)
		c.rr(opMovd, d, regScratch)
	} else {
		c.trapHere(c.in.Offset, trapMemory)
		c.rm(opMovss.double(n == 8), d, m)
	}
	c.spread(d, n)
	c.drop(&v)
	c.push(inReg(wasm.V128, d))
}

// spread copies the lowest lane of n bytes to all.
func (c *compiler) spread(d reg, n byte) {
	switch n {
	case 1:
		c.zero(xmmScratch)
		c.rr(opPshufb, d, xmmScratch)
	case 2:
		c.rrI(opPshuflw, d, d, 0)
		c.rrI(opPshufd, d, d, 0)
	case 4:
		c.rrI(opPshufd, d, d, 0)
	case 8:
		c.rr(opPunpcklqdq, d, d)
	}
}

// vecSplat copies an integer to all lanes of n bytes.
func (c *compiler) vecSplat(_ opcode, n byte) {
	v := c.pop()
	r := c.use(&v)
	d := c.choose(c.dest(), wasm.V128)
	c.rr(opMovd.w(n == 8), d, r)
	c.spread(d, n)
	c.finish(wasm.V128, d, &v)
}

// vecSplatFloat copies a float to all lanes.
func (c *compiler) vecSplatFloat(_ opcode, n byte) {
	c.vecUnary(func(d, x reg) {
		if n == 8 {
			c.rr(opMovddup, d, x)
		} else {
			c.rrI(opPshufd, d, x, 0)
		}
	})
}

// vecExtract takes a lane to a general register by o; n is what extends it.
func (c *compiler) vecExtract(o opcode, n byte) {
	v := c.pop()
	t := wasm.I32
	if c.in.Op == wasm.OpI64x2ExtractLane {
		t = wasm.I64
	}
	x := c.use(&v)
	d := c.choose(c.dest(), t)
	c.rrI(o, x, d, byte(c.in.Index))
	switch n {
	case 1:
		c.rr(opMovsx8, d, d)
	case 2:
		c.rr(opMovsx16, d, d)
	}
	c.finish(t, d, &v)
}

// vecExtractFloat takes a lane of n bytes to the lowest place.
func (c *compiler) vecExtractFloat(_ opcode, n byte) {
	v := c.pop()
	t := floatType(n == 8)
	x := c.use(&v)
	d := c.choose(c.dest(), t, &v)
	switch lane := byte(c.in.Index); {
	case lane == 0:
		c.copyXMM(d, x)
	case n == 8:
		c.rrI(opPshufd, d, x, 0xee)
	default:
		c.rrI(opPshufd, d, x, lane)
	}
	c.finish(t, d, &v)
}

// vecReplace puts an integer into a lane by o.
func (c *compiler) vecReplace(o opcode, _ byte) {
	c.vecInto(func(d, r reg, lane byte) { c.rrI(o, d, r, lane) })
}

// vecReplaceFloat puts a float of n bytes into a lane.
func (c *compiler) vecReplaceFloat(_ opcode, n byte) {
	c.vecInto(func(d, r reg, lane byte) {
		switch {
		case n == 4:
			c.rrI(opInsertps, d, r, lane<<4)
		case lane == 0:
			c.rr(opMovss.double(true), d, r)
		default:
			c.rr(opMovlhps, d, r)
		}
	})
}

// vecInto has emit change a lane of the first operand, in d, to the second one, in r.
func (c *compiler) vecInto(emit func(d, r reg, lane byte)) {
	b, a := c.pop(), c.pop()
	r := c.use(&b)
	d := c.own(&a)
	emit(d, r, byte(c.in.Index))
	c.drop(&b)
	c.push(a)
}

// vecLoadLane loads one lane by o and keeps the others.
func (c *compiler) vecLoadLane(o opcode, _ byte) {
	v, p := c.pop(), c.pop()
	m := c.vectorPlace(&p, &v)
	d := c.own(&v)
	c.trapHere(c.in.Offset, trapMemory)
	c.rm(o, d, m)
	c.buf = append(c.buf, byte(c.in.Index))
	c.drop(&p)
	c.push(v)
}

// vecStoreLane stores one lane by o.
func (c *compiler) vecStoreLane(o opcode, _ byte) {
	v, p := c.pop(), c.pop()
	m := c.vectorPlace(&p, &v)
	x := c.use(&v)
	c.trapHere(c.in.Offset, trapMemory)
	c.rm(o, x, m)
	c.buf = append(c.buf, byte(c.in.Index))
	c.drop(&v)
	c.drop(&p)
}

// vecShuffle picks bytes from both operands: by pshufb, which gives 0 for indices with the highest bit.
func (c *compiler) vecShuffle(opcode, byte) {
	var fromA, fromB [2]uint64 // masks
	usesA, usesB := false, false
	for i := range 16 {
		half, shift := i/8, i%8*8
		index := c.in.Value >> shift & 0xff
		if half == 1 {
			index = c.in.High >> shift & 0xff
		}
		a, b := index, uint64(0x80)
		if index >= 16 {
			a, b = 0x80, index-16
		}
		usesA, usesB = usesA || index < 16, usesB || index >= 16
		fromA[half] |= a << shift
		fromB[half] |= b << shift
	}
	c.vecFresh(func(d, a, b reg) {
		switch {
		case !usesB:
			c.copyXMM(d, a)
			c.rm(opPshufb, d, c.poolRef(fromA[0], fromA[1], 16))
		case !usesA:
			c.copyXMM(d, b)
			c.rm(opPshufb, d, c.poolRef(fromB[0], fromB[1], 16))
		default:
			c.copyXMM(d, a)
			c.rm(opPshufb, d, c.poolRef(fromA[0], fromA[1], 16))
			c.copyXMM(xmmScratch, b)
			c.rm(opPshufb, xmmScratch, c.poolRef(fromB[0], fromB[1], 16))
			c.rr(opPor, d, xmmScratch)
		}
	})
}

// vecSwizzle picks bytes by a vector of indices; those from 16 on give 0. Added to 0x70 with saturation, they get
// the highest bit that pshufb wants.
func (c *compiler) vecSwizzle(opcode, byte) {
	c.vecBinary(false, false, func(d, b reg) {
		c.copyXMM(xmmScratch, b)
		c.rm(opPaddusb, xmmScratch, c.splat8(0x70))
		c.rr(opPshufb, d, xmmScratch)
	})
}
