package value

import (
	"sphex/aot/codemap"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// sum is a symbolic value of a location expression: up to three registers, something computed and a constant.
type sum struct {
	regs  [3]int8 // -1: none
	cfa   bool
	other func(*Probe) uint64
	k     uint64
}

func constantSum(k uint64) sum { return sum{regs: [3]int8{-1, -1, -1}, k: k} }

func (s sum) constant() bool { return s.regs[0] < 0 && !s.cfa && s.other == nil }

// add combines two sums; what does not fit is computed.
func (s sum) add(t sum) sum {
	r := s
	r.k += t.k
	for _, reg := range t.regs {
		if reg < 0 {
			continue
		}
		i := 0
		for i < len(r.regs) && r.regs[i] >= 0 {
			i++
		}
		if i == len(r.regs) {
			return s.computed().add(t.computed())
		}
		r.regs[i] = reg
	}
	if s.cfa && t.cfa || s.other != nil && t.other != nil {
		f, g := s.value(), t.value()
		r = constantSum(0)
		r.other = func(p *Probe) uint64 { return f(p) + g(p) }
		return r
	}
	r.cfa = s.cfa || t.cfa
	if t.other != nil {
		r.other = t.other
	}
	return r
}

func (s sum) computed() sum {
	r := constantSum(0)
	r.other = s.value()
	return r
}

func (s sum) value() func(*Probe) uint64 {
	k, a, b, c, other := s.k, s.regs[0], s.regs[1], s.regs[2], s.other
	switch {
	case s.cfa && a < 0 && other == nil:
		return func(p *Probe) uint64 { return p.CFA + k }
	case !s.cfa && a < 0 && other == nil:
		return func(*Probe) uint64 { return k }
	case !s.cfa && b < 0 && other == nil:
		return func(p *Probe) uint64 { return p.General[a&15] + k }
	case !s.cfa && c < 0 && other == nil:
		return func(p *Probe) uint64 { return p.General[a&15] + p.General[b&15] + k }
	case !s.cfa && b < 0 && a >= 0:
		return func(p *Probe) uint64 { return p.General[a&15] + other(p) + k }
	}
	regs, cfa := s.regs, s.cfa
	return func(p *Probe) uint64 {
		v := k
		for _, r := range regs {
			if r >= 0 {
				v += p.General[r&15]
			}
		}
		if cfa {
			v += p.CFA
		}
		if other != nil {
			v += other(p)
		}
		return v
	}
}

// location compiles a location expression; it knows what the translation writes for variables that have one place.
func (c *compiler) location(u *info.Unit, code []byte, depth int) (place, bool) {
	ops, err := expr.Decode(nil, code, u.Format())
	if err != nil || depth > 1 {
		return place{}, false
	}
	var stack []sum
	pop := func() sum {
		if len(stack) == 0 {
			err = errNoPlace
			return constantSum(0)
		}
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return s
	}
	register := func(r uint64) sum {
		s := constantSum(0)
		if r > 255 {
			err = errNoPlace
			return s
		}
		i, ok := c.general(codemap.Reg(r))
		if !ok {
			err = errNoPlace
			return s
		}
		s.regs[0] = int8(i)
		return s
	}
	for i := range ops {
		o := &ops[i]
		switch op := o.Code; {
		case op >= dwarf.OpReg0 && op <= dwarf.OpReg31, op == dwarf.OpRegx:
			r := uint64(op - dwarf.OpReg0)
			if op == dwarf.OpRegx {
				r = o.A
			}
			if len(ops) != 1 {
				return place{}, false
			}
			const firstVector = 17
			if r >= firstVector && r < firstVector+16 {
				k := r - firstVector
				return place{bits: func(p *Probe) uint64 { return p.Vector[k][0] }}, true
			}
			return place{bits: register(r).value()}, err == nil
		case op >= dwarf.OpBreg0 && op <= dwarf.OpBreg31:
			s := register(uint64(op - dwarf.OpBreg0))
			s.k = o.A
			stack = append(stack, s)
		case op == dwarf.OpBregx:
			s := register(o.A)
			s.k = o.B
			stack = append(stack, s)
		case op == dwarf.OpFbreg:
			base, ok := c.frameBase(depth)
			if !ok {
				return place{}, false
			}
			stack = append(stack, base.add(constantSum(o.A)))
		case op == dwarf.OpCallFrameCFA:
			s := constantSum(0)
			s.cfa = true
			stack = append(stack, s)
		case op >= dwarf.OpLit0 && op <= dwarf.OpLit31:
			stack = append(stack, constantSum(uint64(op-dwarf.OpLit0)))
		case op >= dwarf.OpConst1u && op <= dwarf.OpConsts:
			stack = append(stack, constantSum(o.A))
		case op == dwarf.OpPlusUconst:
			stack = append(stack, pop().add(constantSum(o.A)))
		case op == dwarf.OpPlus:
			y, x := pop(), pop()
			stack = append(stack, x.add(y))
		case op == dwarf.OpMinus:
			y, x := pop(), pop()
			if !y.constant() {
				return place{}, false
			}
			stack = append(stack, x.add(constantSum(-y.k)))
		case op == dwarf.OpAnd:
			y, x := pop(), pop()
			f, g := x.value(), y.value()
			s := constantSum(0)
			s.other = func(p *Probe) uint64 { return f(p) & g(p) }
			stack = append(stack, s)
		case op == dwarf.OpDeref, op == dwarf.OpDerefSize:
			size := int(o.A)
			if op == dwarf.OpDeref {
				size = 8
			}
			if size < 1 || size > 8 {
				return place{}, false
			}
			f := pop().value()
			s := constantSum(0)
			s.other = func(p *Probe) uint64 { return p.load(f(p), size) }
			stack = append(stack, s)
		case op == dwarf.OpStackValue && i == len(ops)-1:
			v := pop().value()
			return place{bits: v}, err == nil
		default:
			return place{}, false
		}
		if err != nil {
			return place{}, false
		}
	}
	if len(stack) == 0 {
		return place{}, false
	}
	return place{addr: pop().value()}, err == nil
}

const errNoPlace = unavailable("not compiled")

// frameBase compiles the frame base of the scope's function.
func (c *compiler) frameBase(depth int) (sum, bool) {
	s := c.ev.scope
	if s.Sym == nil || s.Sym.Outer == nil {
		return sum{}, false
	}
	code, u, err := s.Table.FrameBase(s.Sym.Outer, s.Frame.PC())
	if err != nil {
		return sum{}, false
	}
	p, ok := c.location(u, code, depth+1)
	if !ok {
		return sum{}, false
	}
	r := constantSum(0)
	if r.other = p.bits; p.addr != nil {
		r.other = p.addr
	}
	return r, true
}
