package amd64

import (
	"sphex/aot/abi"
)

// asNonNull is ref.as_non_null.
func (c *compiler) asNonNull() {
	v := c.pop()
	if v.typ.Nullable() {
		r := c.use(&v)
		c.rr(opTest|rexW, r, r)
		c.trapIf(condE, abi.TrapNullReference, &v)
	}
	v.typ = v.typ.NonNull()
	c.push(v)
}

// brOnNull branches without the reference if it is null, and leaves it on the stack if not.
func (c *compiler) brOnNull() {
	v := c.pop()
	f := c.label(c.in.Index)
	r := c.own(&v) // what the branch carries is brought to its place with the reference off the stack
	if len(f.types) == 1 {
		if k := carrier(f.types[0]); k == r {
			c.take(k, &v)
			c.release(k)
			r = v.reg
		}
	}
	var over int
	if len(f.types) > 1 && len(c.stack)-len(f.types) != f.height {
		c.rr(opTest|rexW, r, r)
		c.link(&over, c.jcc(condNE))
		c.jumpTo(f)
		c.bind(over)
	} else {
		c.carry(f)
		c.rr(opTest|rexW, r, r)
		if f.kind == frameLoop {
			c.jccTo(condE, f.header)
		} else {
			c.link(&f.refs, c.jcc(condE))
		}
	}
	v.typ = v.typ.NonNull()
	c.push(v)
}

// brOnNonNull branches with the reference if it is not null, and drops it if it is.
func (c *compiler) brOnNonNull() {
	f := c.label(c.in.Index)
	n := len(c.stack) - 1
	if len(f.types) == 1 {
		c.carry(f)
		r := carrier(f.types[0])
		c.rr(opTest|rexW, r, r)
		if f.kind == frameLoop {
			c.jccTo(condNE, f.header)
		} else {
			c.link(&f.refs, c.jcc(condNE))
		}
	} else {
		v := c.stack[n]
		if r := c.regOf(&v); r == noReg {
			c.stack[n] = constant(v.typ, 0) // not to be spilled
			c.own(&v)
			c.stack[n] = v
		}
		r := c.regOf(&c.stack[n])
		c.rr(opTest|rexW, r, r)
		var over int
		c.link(&over, c.jcc(condE))
		c.jumpTo(f)
		c.bind(over)
	}
	v := c.pop()
	c.drop(&v)
}
