package value

import (
	"math"
	"slices"
	"strings"

	"sphex/aot/codemap"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// place is where a value is at each stop: at an address, or the bits themselves.
type place struct {
	v     *Variable           // the value now, which says how the language would get to it
	addr  func(*Probe) uint64 // nil: not in memory
	bits  func(*Probe) uint64 // the low 64 bits
	fixed bool                // v is the same at each stop
}

// value compiles what n names as a number.
func (c *compiler) value(n node) (number, bool) {
	p, ok := c.place(n)
	if !ok {
		return number{}, false
	}
	return c.numberAt(p)
}

// numberAt reads the number at a place, through what is transparent around it.
func (c *compiler) numberAt(p place) (number, bool) {
	u := p.v.unwrapped()
	if u != p.v {
		var ok bool
		if p, ok = c.follow(p, u); !ok {
			return number{}, false
		}
	}
	t := p.v.typ.strip()
	if t == nil || p.v.Unreadable != nil || p.v.bits != nil || p.v.variant != "" || p.v.made != nil {
		return number{}, false
	}
	b, ok := t.scalarType()
	size := t.byteSize()
	if !ok || size < 1 || size > 8 || int64(b.bits) != 8*size {
		return number{}, false
	}
	if p.fixed {
		s, err := p.v.scalar()
		if err != nil {
			return number{}, false
		}
		n, ok := konst(s)
		n.like = t
		return n, ok
	}
	raw := p.bits
	if p.addr != nil {
		addr := p.addr
		raw = func(q *Probe) uint64 { return q.load(addr(q), int(size)) }
	}
	n := number{scalar: scalar{basicType: b}, like: t}
	switch {
	case b.class == classFloat && size == 4:
		n.float = func(q *Probe) float64 { return float64(math.Float32frombits(uint32(raw(q)))) }
	case b.class == classFloat && size == 8:
		n.float = func(q *Probe) float64 { return math.Float64frombits(raw(q)) }
	case b.class == classFloat:
		return n, false
	case b.class == classBool || b.class == classChar:
		n.signed = b.signed
		b.signed = false
		n.int = wrapped(func(q *Probe) int64 { return int64(raw(q)) }, b)
	case p.addr != nil && !b.signed: // loads extend with zeros
		n.int = func(q *Probe) int64 { return int64(raw(q)) }
	default:
		n.int = wrapped(func(q *Probe) int64 { return int64(raw(q)) }, b)
	}
	return n, true
}

// place compiles what n names.
func (c *compiler) place(n node) (place, bool) {
	switch n := n.(type) {
	case nameRef:
		return c.name(n)
	case unaryExpr:
		if n.op != "*" {
			return place{}, false
		}
		x, ok := c.place(n.x)
		if !ok {
			return x, false
		}
		v, err := c.ev.deref(n)
		if err != nil {
			return x, false
		}
		return c.follow(x, v)
	case fieldExpr:
		x, ok := c.place(n.x)
		if !ok {
			return x, false
		}
		return c.field(x, n.name)
	case indexExpr:
		return c.index(n)
	}
	return place{}, false
}

func (c *compiler) name(n nameRef) (place, bool) {
	s := c.ev.scope
	v, err := c.ev.name(n)
	if err != nil || v.function != nil {
		return place{}, false
	}
	if m := s.names[n.path]; m != nil {
		return c.meaning(m)
	}
	if e := c.ev.enumerator(c.ev.absolute(n.path)); e != nil && v.Unreadable == nil && len(c.ev.statics(c.ev.absolute(n.path))) == 0 {
		if e.typ == v.typ && !v.loc.inMemory {
			return place{v: e, fixed: true}, true
		}
	}
	if n.path != "this" {
		if this, ok := c.name(nameRef{n.at, "this"}); ok { // a member of C++
			return c.field(this, n.path)
		}
	}
	return place{}, false
}

// meaning compiles the place of a variable.
func (c *compiler) meaning(m *meaning) (place, bool) {
	v := m.variable(c.ev.scope)
	if v.Unreadable != nil {
		return place{}, false
	}
	if len(m.code) == 0 {
		return place{v: v, fixed: true}, m.fixed.err == nil && !m.fixed.inMemory
	}
	p, ok := c.location(m.unit, m.code, 0)
	p.v = v
	if p.bits != nil && m.size > 8 {
		return p, false
	}
	return p, ok
}

// follow says how to get from a place to u, which the evaluator found from its value: it is a part of the value, or
// what the pointer that the value begins with points at.
func (c *compiler) follow(p place, u *Variable) (place, bool) {
	if p.v.Unreadable != nil || u.Unreadable != nil || !u.loc.inMemory || u.loc.err != nil || u.bits != nil || u.made != nil {
		if u.typ.strip() == p.v.typ.strip() && u.Unreadable == nil && u.bits == nil && u.made == nil && !u.loc.inMemory && !p.v.loc.inMemory {
			p.v = u // the same under another name
			return p, true
		}
		return p, false
	}
	t := p.v.typ.strip()
	if t == nil {
		return p, false
	}
	size := uint64(max(0, t.byteSize()))
	pointer := t.kind == typePointer || t.kind == typeReference
	if !pointer && p.v.loc.inMemory && p.addr != nil && t.isCell() {
		if d := uint64(u.loc.addr - p.v.loc.addr); d < size {
			return place{v: u, addr: plus(p.addr, d)}, true
		}
	}
	// What a pointer leads to must follow from its type, and not from what is there, as with dynamic types.
	if size < 4 || pointer && u.typ.strip() != t.Elem().strip() || !pointer && (t.lang != symbols.LangRust || size > 4 || !strings.HasPrefix(t.name, "alloc::boxed::Box<")) {
		return p, false
	}
	base, memory := c.ev.scope.Frame.Memory()
	b, err := c.ev.scope.read(p.v.loc.at(0, 4), 4)
	if err != nil {
		return p, false
	}
	to := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
	if to == 0 || to >= memory || uint64(base)+to != uint64(u.loc.addr) {
		return p, false
	}
	raw := p.bits
	if addr := p.addr; addr != nil {
		raw = func(q *Probe) uint64 { return q.load(addr(q), 4) }
	}
	if raw == nil {
		return p, false
	}
	return place{v: u, addr: func(q *Probe) uint64 {
		to := uint64(uint32(raw(q)))
		if to == 0 {
			q.Failed = true
		}
		return q.Areas[0].Base + to
	}}, true
}

// cells are structures that always have the value that is seen through them.
var cells = []string{
	"core::cell::Cell<", "core::cell::UnsafeCell<", "core::cell::RefCell<", "core::num::wrapping::Wrapping<", "core::num::nonzero::NonZero",
	"core::num::NonZero", "core::sync::atomic::Atomic", "core::mem::manually_drop::ManuallyDrop<", "core::pin::Pin<",
}

func (t *Type) isCell() bool {
	return t.kind == typeStruct && t.lang == symbols.LangRust && slices.ContainsFunc(cells, func(c string) bool { return strings.HasPrefix(t.name, c) })
}

func plus(f func(*Probe) uint64, d uint64) func(*Probe) uint64 {
	if d == 0 {
		return f
	}
	return func(q *Probe) uint64 { return f(q) + d }
}

// field compiles the selection of a field, as evaluator.field does it.
func (c *compiler) field(p place, name string) (place, bool) {
	for range maxWrapped {
		if p.v.Unreadable != nil {
			return p, false
		}
		t := p.v.typ.strip()
		if t == nil {
			return p, false
		}
		if t.kind != typePointer {
			if f := p.v.memberOf(name, nil); f != nil {
				if f.Unreadable != nil || f.bits != nil || p.addr == nil || !f.loc.inMemory {
					return p, false
				}
				d, budget := uint64(f.loc.addr-p.v.loc.addr), mostBases
				return place{v: f, addr: plus(p.addr, d)}, d <= uint64(max(0, t.byteSize())) && !t.hasVirtual(&budget)
			}
			if p.v.member(name) != nil { // shown in the value's place
				return p, false
			}
		}
		if t.kind == typePointer && isCLike(t.lang) { // a field that the pointer's own type has
			to := p.v.deref(t.Elem())
			if f := to.memberOf(name, nil); f != nil {
				g, err := c.ev.field(intLit{}, p.v, name)
				if err != nil || g.loc.addr != f.loc.addr || g.typ != f.typ {
					return p, false
				}
				var ok bool
				if p, ok = c.follow(p, to); !ok {
					return p, false
				}
				continue
			}
		}
		sh := p.v.shape()
		next := sh.inner
		if sh.style != styleInner || next == nil {
			if t.kind != typePointer && t.kind != typeReference {
				return p, false
			}
			next = p.v.deref(t.Elem())
		}
		var ok bool
		if p, ok = c.follow(p, next); !ok {
			return p, false
		}
	}
	return place{}, false
}

// hasVirtual reports whether a class has virtual bases, whose places are found at run time. One with more bases
// than the budget is taken to have some.
func (t *Type) hasVirtual(budget *int) bool {
	m := t.load()
	for i := range m.fields {
		f := &m.fields[i]
		if !f.base {
			continue
		}
		if *budget--; f.virtual || *budget < 0 {
			return true
		}
		if b := t.types.at(f.ref).strip(); b != nil && b.hasVirtual(budget) {
			return true
		}
	}
	return false
}

// index compiles an element of an array or behind a pointer of C.
func (c *compiler) index(n indexExpr) (place, bool) {
	x, ok := c.place(n.x)
	if !ok || x.v.Unreadable != nil {
		return x, false
	}
	i, ok := c.number(n.i)
	if !ok || i.class != classInt {
		return x, false
	}
	v, err := c.ev.index(n)
	if err != nil {
		return x, false
	}
	for range maxWrapped { // references to arrays
		t := x.v.typ.strip()
		if t != nil && t.kind == typeArray || t != nil && t.kind == typePointer && isCLike(t.lang) {
			break
		}
		sh := x.v.shape()
		if sh.style != styleInner || sh.inner == nil {
			return x, false
		}
		if x, ok = c.follow(x, sh.inner); !ok {
			return x, false
		}
	}
	t := x.v.typ.strip()
	if t == nil || t.Elem() == nil {
		return x, false
	}
	size := t.Elem().byteSize()
	at := i.int
	if size <= 0 || v.typ.strip() != t.Elem().strip() {
		return x, false
	}
	switch {
	case t.kind == typeArray && t.count > 0 && t.vla == 0 && x.addr != nil:
		addr, count := x.addr, uint64(t.count)
		return place{v: v, addr: func(q *Probe) uint64 {
			k := uint64(at(q))
			if k >= count {
				q.Failed = true
			}
			return addr(q) + k*uint64(size)
		}}, true
	case t.kind == typePointer && isCLike(t.lang):
		raw := x.bits
		if addr := x.addr; addr != nil {
			raw = func(q *Probe) uint64 { return q.load(addr(q), 4) }
		}
		if raw == nil || t.byteSize() != 4 {
			return x, false
		}
		return place{v: v, addr: func(q *Probe) uint64 {
			to := uint32(int64(uint32(raw(q))) + at(q)*size)
			if to == 0 {
				q.Failed = true
			}
			return q.Areas[0].Base + uint64(to)
		}}, true
	}
	return x, false
}

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

// mostBases bounds the base classes that are looked at.
const mostBases = 100

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
