package amd64

import (
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

func floatType(wide bool) wasm.ValType {
	if wide {
		return wasm.F64
	}
	return wasm.F32
}

// arith is add, sub, mul and div of floats.
func (c *compiler) arith(o opcode, wide bool) {
	b, a := c.pop(), c.pop()
	commutes := o == opAddss || o == opMulss
	d := c.destFor(c.dest(), &a, &b, commutes)
	c.opRM(o.double(wide), d, &b)
	c.finish(floatType(wide), d, &a, &b)
}

// sqrt and the roundings read their operand and write another register.
func (c *compiler) sqrt(wide bool) {
	v := c.pop()
	t := floatType(wide)
	d := c.choose(c.dest(), t, &v)
	c.opRM(opSqrtss.double(wide), d, &v)
	c.finish(t, d, &v)
}

// Rounding modes of roundss, without the precision exception.
const (
	roundNearest  = 8
	roundDown     = 9
	roundUp       = 10
	roundTruncate = 11
)

func (c *compiler) round(mode byte, wide bool) {
	v := c.pop()
	t := floatType(wide)
	d := c.choose(c.dest(), t, &v)
	o := opRoundss
	if wide {
		o = opRoundsd
	}
	c.rr(o, d, c.use(&v))
	c.buf = append(c.buf, mode)
	c.finish(t, d, &v)
}

// mask returns the operand with the same 32- or 64-bit pattern in all lanes.
func (c *compiler) mask(bits uint64, wide bool) mem {
	if !wide {
		bits |= bits << 32
	}
	return c.poolRef(bits, bits, 16)
}

func signBit(wide bool) uint64 {
	if wide {
		return 1 << 63
	}
	return 1 << 31
}

// abs and neg change the sign bit alone, of NaNs too.
func (c *compiler) abs(wide bool) { c.signOp(opAndps, ^signBit(wide), wide) }
func (c *compiler) neg(wide bool) { c.signOp(opXorps, signBit(wide), wide) }

func (c *compiler) signOp(o opcode, bits uint64, wide bool) {
	v := c.pop()
	d := c.dest()
	if d == noReg {
		d = c.own(&v)
	} else {
		c.load(d, &v)
	}
	c.rm(o, d, c.mask(truncate(bits, wide), wide))
	c.finish(floatType(wide), d, &v)
}

// copysign takes the sign of its second operand.
func (c *compiler) copysign(wide bool) {
	b, a := c.pop(), c.pop()
	c.own(&b)
	d := c.dest()
	if d == noReg {
		d = c.own(&a)
	} else {
		c.load(d, &a)
	}
	c.rm(opAndps, b.reg, c.mask(signBit(wide), wide))
	c.rm(opAndps, d, c.mask(truncate(^signBit(wide), wide), wide))
	c.rr(opOrps, d, b.reg)
	c.finish(floatType(wide), d, &a, &b)
}

// minMax is min and max: minsd alone is wrong for zeros of different sign and for NaN.
func (c *compiler) minMax(o opcode, wide bool) {
	b, a := c.pop(), c.pop()
	d := c.destFor(c.dest(), &a, &b, true)
	rb := c.use(&b)
	cmp := opUcomiss
	if wide {
		cmp = opUcomisd
	}
	p := coldPath{off: c.in.Offset, emit: (*compiler).minMaxEqual, a: d, b: rb, op: c.in.Op}
	c.rr(cmp, d, rb)
	c.link(&p.refs, c.jcc(condE)) // equal or unordered
	c.rr(o.double(wide), d, rb)
	p.back = c.pos()
	c.zeroPos = -1
	c.addCold(p)
	c.finish(floatType(wide), d, &a, &b)
}

// minMaxEqual handles equal operands (zeros may differ in sign) and NaN.
func (c *compiler) minMaxEqual(p *coldPath) {
	wide := p.op >= wasm.OpF64Abs
	nan := c.jccShort(condP)
	if p.op == wasm.OpF32Min || p.op == wasm.OpF64Min {
		c.rr(opOrps, p.a, p.b)
	} else {
		c.rr(opAndps, p.a, p.b)
	}
	c.jmpTo(p.back)
	c.fixShort(nan)
	c.rr(opAddss.double(wide), p.a, p.b) // a quiet NaN
	c.jmpTo(p.back)
}

// reinterpret moves bits between the register files.
func (c *compiler) reinterpret(t wasm.ValType) {
	v := c.pop()
	wide := isWide(t)
	switch {
	case v.kind == vConst:
		v.typ = t
		c.push(v)
		return
	case v.kind == vSlot || v.kind == vLocal && c.locals[v.local].reg == noReg:
		d := c.choose(c.dest(), t)
		o := opMovLoad.w(wide)
		if inXMM(t) {
			o = opMovss.double(wide)
		}
		c.rm(o, d, c.memOf(&v))
		c.finish(t, d, &v)
		return
	}
	r := c.use(&v)
	d := c.choose(c.dest(), t)
	if inXMM(t) {
		c.rr(opMovd.w(wide), d, r)
	} else {
		c.rr(opMovdTo.w(wide), r, d)
	}
	c.finish(t, d, &v)
}

// fromInt converts an integer to a float.
func (c *compiler) fromInt(from wasm.Op, to64, from64, signed bool) {
	v := c.pop()
	t := floatType(to64)
	d := c.choose(c.dest(), t)
	cvt := opCvtsi2ss.double(to64)
	switch {
	case signed:
		c.rr(opXorps, d, d) // the instruction keeps the upper lanes: depend on nothing
		if v.kind == vConst {
			c.own(&v)
		}
		c.opRM(cvt.w(from64), d, &v)
	case !from64: // the upper half of the register is zero
		r := c.use(&v)
		c.rr(opXorps, d, d)
		c.rr(cvt|rexW, d, r)
	default:
		r := c.use(&v)
		c.rr(opXorps, d, d)
		c.rr(opTest|rexW, r, r)
		big := coldPath{off: c.in.Offset, emit: (*compiler).fromBigUint, a: d, b: r, op: from}
		c.link(&big.refs, c.jcc(condS))
		c.rr(cvt|rexW, d, r)
		big.back = c.pos()
		c.zeroPos = -1
		c.addCold(big)
	}
	c.finish(t, d, &v)
}

// fromBigUint converts a number of 2^63 or more: half of it, with the lost bit kept for the
// rounding, and twice the result.
func (c *compiler) fromBigUint(p *coldPath) {
	to64 := p.op == wasm.OpF64ConvertI64U
	if p.b == regScratch {
		panic("amd64: lowering: scratch register is an operand in " + c.where())
	}
	// The operand may be a local's home, which must stay: its lowest bit goes round by the
	// scratch register, and the shift is done there.
	c.rr(opMovStore|rexW, p.b, regScratch)
	c.shiftI(digitShr, true, regScratch, 1)
	odd := 0
	c.testRI(false, p.b, 1)
	odd = c.jccShort(condE)
	c.aluRI(aluOr, true, regScratch, 1)
	c.fixShort(odd)
	c.rr(opCvtsi2ss.double(to64)|rexW, p.a, regScratch)
	c.rr(opAddss.double(to64), p.a, p.a)
	c.jmpTo(p.back)
}

// toInt converts a float to an integer, trapping or saturating where it has none.
func (c *compiler) toInt(from64, to64, signed, saturate bool) {
	v := c.pop()
	x := c.use(&v)
	t := intType(to64)
	d := c.alloc(false) // not a home: it changes before the trap
	cvt := opCvttss2si.double(from64)
	p := coldPath{off: c.in.Offset, emit: (*compiler).toIntEdge, a: d, b: x, op: c.in.Op}
	switch {
	case signed:
		c.rr(cvt.w(to64), d, x)
		c.aluRI(aluCmp, to64, d, 1) // overflows for the smallest number alone, which stands for "none"
		c.link(&p.refs, c.jcc(condO))
	case !to64:
		c.rr(cvt|rexW, d, x)
		c.rr(opMovStore, d, regScratch)
		c.rr(aluCmp.store()|rexW, regScratch, d)
		c.link(&p.refs, c.jcc(condNE))
	default:
		c.rr(cvt|rexW, d, x)
		c.rr(opTest|rexW, d, d)
		c.link(&p.refs, c.jcc(condS))
	}
	p.back = c.pos()
	c.zeroPos = -1
	c.addCold(p, &v)
	c.drop(&v)
	c.push(inReg(t, d))
}

// conversion describes a float to integer opcode.
type conversion struct{ from64, to64, signed, saturate bool }

var conversions = map[wasm.Op]conversion{
	wasm.OpI32TruncF32S:    {false, false, true, false},
	wasm.OpI32TruncF32U:    {false, false, false, false},
	wasm.OpI32TruncF64S:    {true, false, true, false},
	wasm.OpI32TruncF64U:    {true, false, false, false},
	wasm.OpI64TruncF32S:    {false, true, true, false},
	wasm.OpI64TruncF32U:    {false, true, false, false},
	wasm.OpI64TruncF64S:    {true, true, true, false},
	wasm.OpI64TruncF64U:    {true, true, false, false},
	wasm.OpI32TruncSatF32S: {false, false, true, true},
	wasm.OpI32TruncSatF32U: {false, false, false, true},
	wasm.OpI32TruncSatF64S: {true, false, true, true},
	wasm.OpI32TruncSatF64U: {true, false, false, true},
	wasm.OpI64TruncSatF32S: {false, true, true, true},
	wasm.OpI64TruncSatF32U: {false, true, false, true},
	wasm.OpI64TruncSatF64S: {true, true, true, true},
	wasm.OpI64TruncSatF64U: {true, true, false, true},
}

func floatBits(f float64, wide bool) uint64 {
	if wide {
		return math.Float64bits(f)
	}
	return uint64(math.Float32bits(float32(f)))
}

// toIntEdge is where a conversion goes when the hardware had no result, and for i64 unsigned
// when the result was not below 2^63. Register a takes the result, b has the operand.
func (c *compiler) toIntEdge(p *coldPath) {
	k := conversions[p.op]
	x, d := p.b, p.a
	ft := floatType(k.from64)
	cmp := opUcomiss
	if k.from64 {
		cmp = opUcomisd
	}
	compare := func(f float64) {
		c.rm(cmp, x, c.poolWord(ft, floatBits(f, k.from64)))
	}
	trap := func(kind abi.Trap) {
		c.trapHere(p.off, kind)
		c.ud2()
	}
	c.rr(cmp, x, x)
	number := c.jccShort(condNP)
	if k.saturate {
		c.rr(aluXor.store(), d, d)
		c.jmpTo(p.back)
	} else {
		trap(abi.TrapConversion)
	}
	c.fixShort(number)

	if k.signed {
		// d is the smallest number, which may be right.
		low, exclusive := -0x1p31, false
		switch {
		case k.to64:
			low = -0x1p63
		case k.from64:
			low, exclusive = -0x1p31-1, true // fractions below -2^31 round towards it
		}
		if k.saturate {
			c.rr(opXorps, xmmScratch, xmmScratch)
			c.rr(cmp, x, xmmScratch)
			c.jccTo(condB, p.back) // the smallest
			c.movRI(d, truncate(signBit(k.to64)-1, k.to64))
			c.jmpTo(p.back)
			return
		}
		compare(low)
		below := c.jccShort(condB)
		if exclusive {
			c.buf[below-1] = 0x70 | byte(condBE)
		}
		c.rr(opXorps, xmmScratch, xmmScratch)
		c.rr(cmp, x, xmmScratch)
		c.jccTo(condB, p.back)
		c.fixShort(below)
		trap(abi.TrapConversionRange)
		return
	}
	if !k.to64 {
		if !k.saturate {
			trap(abi.TrapConversionRange)
			return
		}
		c.rr(opXorps, xmmScratch, xmmScratch)
		c.rr(cmp, x, xmmScratch)
		above := c.jccShort(condA)
		c.rr(aluXor.store(), d, d)
		c.jmpTo(p.back)
		c.fixShort(above)
		c.movRI(d, math.MaxUint32)
		c.jmpTo(p.back)
		return
	}
	// i64 unsigned: numbers from 2^63 on are converted without their highest bit.
	c.rr(opMovaps, xmmScratch, x)
	compare(0x1p63)
	small := c.jccShort(condB)
	c.rm(opSubss.double(k.from64), xmmScratch, c.poolWord(ft, floatBits(0x1p63, k.from64)))
	c.rr(opCvttss2si.double(k.from64)|rexW, d, xmmScratch)
	c.rr(opTest|rexW, d, d)
	large := c.jccShort(condS)
	c.movRI(regScratch, 1<<63)
	c.rr(aluXor.store()|rexW, regScratch, d)
	c.jmpTo(p.back)
	if k.saturate {
		c.fixShort(small) // not above -1
		c.rr(aluXor.store(), d, d)
		c.jmpTo(p.back)
		c.fixShort(large)
		c.movRI(d, math.MaxUint64)
		c.jmpTo(p.back)
		return
	}
	c.fixShort(small)
	c.fixShort(large)
	trap(abi.TrapConversionRange)
}

// convertFloat converts between the float types.
func (c *compiler) convertFloat(o opcode, t wasm.ValType) {
	v := c.pop()
	d := c.choose(c.dest(), t, &v)
	c.opRM(o, d, &v)
	c.finish(t, d, &v)
}
