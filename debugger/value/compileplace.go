package value

import (
	"math"
	"slices"
	"strings"

	"sphex/debugger/symbols"
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
	if err != nil || c.ev.scope.Types.wide {
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

// mostBases bounds the base classes that are looked at.
const mostBases = 100

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
