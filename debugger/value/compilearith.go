package value

import "math"

func (c *compiler) unary(n unaryExpr) (number, bool) {
	x, ok := c.number(n.x)
	if !ok {
		return x, false
	}
	if r, ok, constant := c.folded(n, x); constant {
		return r, ok
	}
	clike := isCLike(c.ev.lang())
	if n.op == "!" && (x.class == classBool || clike) {
		t := x.truth()
		return number{scalar: scalar{basicType: basicType{classBool, 8, false}}, int: func(p *Probe) int64 {
			if t(p) {
				return 0
			}
			return 1
		}}, true
	}
	if x.class == classChar || x.class == classBool && !clike {
		return x, false
	}
	if clike && x.class != classFloat && x.bits < 32 || x.class == classBool {
		if x, ok = x.convert(basicType{classInt, 32, true}); !ok {
			return x, false
		}
	}
	x.like = nil
	if x.class == classFloat {
		if f := x.float; n.op == "-" {
			x.float = func(p *Probe) float64 { return -f(p) }
			return x, true
		}
		return x, false
	}
	f := x.int
	if n.op == "-" {
		x.int = wrapped(func(p *Probe) int64 { return -f(p) }, x.basicType)
	} else {
		x.int = wrapped(func(p *Probe) int64 { return ^f(p) }, x.basicType)
	}
	return x, true
}

func (n *number) isPointer() bool { return n.like != nil && n.like.kind == typePointer }

func (c *compiler) arith(n binaryExpr) (number, bool) {
	x, ok := c.number(n.x)
	if !ok {
		return x, false
	}
	y, ok := c.number(n.y)
	if !ok || x.isPointer() || y.isPointer() {
		return y, false
	}
	if r, ok, constant := c.folded(n, x, y); constant {
		return r, ok
	}
	if x, y, ok = c.common(n, x, y); !ok || x.class == classChar {
		return x, false
	}
	r := number{scalar: scalar{basicType: x.basicType}}
	if x.class == classFloat {
		f, g := x.float, y.float
		var op func(*Probe) float64
		switch n.op {
		case "+":
			op = func(p *Probe) float64 { return f(p) + g(p) }
		case "-":
			op = func(p *Probe) float64 { return f(p) - g(p) }
		case "*":
			op = func(p *Probe) float64 { return f(p) * g(p) }
		case "/":
			op = func(p *Probe) float64 { return f(p) / g(p) }
		case "%":
			op = func(p *Probe) float64 { return math.Mod(f(p), g(p)) }
		default:
			return r, false
		}
		if r.float = op; r.bits == 32 {
			r.float = func(p *Probe) float64 { return float64(float32(op(p))) }
		}
		return r, true
	}
	if x.class == classBool && n.op != "&" && n.op != "|" && n.op != "^" {
		return r, false
	}
	f, g := x.int, y.int
	var op func(*Probe) int64
	unsigned := x.bits == 64 && !x.signed
	switch n.op {
	case "+":
		op = func(p *Probe) int64 { return f(p) + g(p) }
	case "-":
		op = func(p *Probe) int64 { return f(p) - g(p) }
	case "*":
		op = func(p *Probe) int64 { return f(p) * g(p) }
	case "&":
		op = func(p *Probe) int64 { return f(p) & g(p) }
	case "|":
		op = func(p *Probe) int64 { return f(p) | g(p) }
	case "^":
		op = func(p *Probe) int64 { return f(p) ^ g(p) }
	default:
		rem := n.op == "%"
		op = func(p *Probe) int64 {
			a, b := f(p), g(p)
			switch {
			case b == 0:
				p.Failed = true
				return 0
			case unsigned && rem:
				return int64(uint64(a) % uint64(b))
			case unsigned:
				return int64(uint64(a) / uint64(b))
			case rem && b == -1:
				return 0
			case rem:
				return a % b
			case b == -1:
				return -a
			}
			return a / b
		}
	}
	r.int = wrapped(op, r.basicType)
	return r, true
}

func (c *compiler) shift(n binaryExpr) (number, bool) {
	x, ok := c.number(n.x)
	if !ok {
		return x, false
	}
	y, ok := c.number(n.y)
	if !ok {
		return y, false
	}
	if r, ok, constant := c.folded(n, x, y); constant {
		return r, ok
	}
	clike := isCLike(c.ev.lang())
	if x.class == classFloat || y.class == classFloat || (x.class == classBool || x.class == classChar) && !clike || x.untyped {
		return x, false
	}
	if clike {
		p := promote(scalar{basicType: x.basicType})
		if x, ok = x.convert(p.basicType); !ok {
			return x, false
		}
	}
	f, g, bits := x.int, y.int, uint64(x.bits)
	left, unsigned := n.op == "<<", x.bits == 64 && !x.signed
	x.like = nil
	x.int = wrapped(func(p *Probe) int64 {
		v, by := f(p), uint64(g(p))
		switch {
		case by >= bits: // negative ones too
			p.Failed = true
			return 0
		case left:
			return v << by
		case unsigned:
			return int64(uint64(v) >> by)
		}
		return v >> by
	}, x.basicType)
	return x, true
}

// cast compiles casts between integers, and from them to floats.
func (c *compiler) cast(n castExpr) (number, bool) {
	t, err := c.ev.typeNamed(n, n.t)
	if err != nil {
		return number{}, false
	}
	st := t.strip()
	if st == nil || st.kind != typeBase || st.basic.class == classNone || st.basic.bits == 0 || st.basic.bits > 64 {
		return number{}, false
	}
	x, ok := c.number(n.x)
	if !ok || x.class == classFloat {
		return x, false
	}
	if st.basic.class == classBool && !isCLike(c.ev.lang()) || st.basic.class == classChar {
		return x, false
	}
	x.untyped = false
	r, ok := x.convert(st.basic)
	r.like, r.untyped = st, false
	return r, ok
}
