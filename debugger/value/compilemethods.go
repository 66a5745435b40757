package value

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"sphex/debugger/symbols"
)

// What conditions ask of Rust's standard types, and of strings, where a few words of the value tell it: is_some,
// len, a comparison with a variant or with a literal.

// call compiles a method.
func (c *compiler) call(n callExpr) (number, bool) {
	x, ok := c.place(n.x)
	if !ok || len(n.args) > 0 || x.v.Unreadable != nil || x.v.member(n.name) != nil {
		return number{}, false
	}
	if u := x.v.unwrapped(); u != x.v {
		if x, ok = c.follow(x, u); !ok {
			return number{}, false
		}
	}
	switch n.name {
	case "is_some", "is_none", "is_ok", "is_err":
		t, ok := c.isVariant(x, map[string]string{"is_some": "Some", "is_none": "None", "is_ok": "Ok", "is_err": "Err"}[n.name])
		return truthNumber(t), ok
	case "len", "is_empty":
		count, ok := c.length(x)
		if !ok {
			return number{}, false
		}
		if n.name == "is_empty" {
			return truthNumber(func(p *Probe) bool { return count(p) == 0 }), true
		}
		return number{scalar: scalar{basicType: basicType{classInt, 32, false}}, int: func(p *Probe) int64 { return int64(count(p)) }}, true
	}
	return number{}, false
}

func truthNumber(t func(*Probe) bool) number {
	return number{scalar: scalar{basicType: basicType{classBool, 8, false}}, int: func(p *Probe) int64 {
		if t(p) {
			return 1
		}
		return 0
	}}
}

// word compiles the read of a part of a value, which the evaluator has found.
func (c *compiler) word(p place, part *Variable) (func(*Probe) uint64, bool) {
	if part == nil || part.Unreadable != nil || part.bits != nil {
		return nil, false
	}
	size := part.typ.byteSize()
	if size < 1 || size > 8 {
		return nil, false
	}
	switch {
	case p.addr != nil && part.loc.inMemory && p.v.loc.inMemory:
		d := uint64(part.loc.addr - p.v.loc.addr)
		if d >= uint64(max(1, p.v.typ.byteSize())) {
			return nil, false
		}
		addr := plus(p.addr, d)
		return func(q *Probe) uint64 { return q.load(addr(q), int(size)) }, true
	case p.bits != nil && !part.loc.inMemory && !p.v.loc.inMemory:
		d := part.loc.off - p.v.loc.off
		if d < 0 || d+size > 8 {
			return nil, false
		}
		bits, shift, mask := p.bits, uint(8*d), ^uint64(0)>>(64-8*uint(size))
		return func(q *Probe) uint64 { return bits(q) >> shift & mask }, true
	}
	return nil, false
}

// isVariant compiles whether the value of a Rust enum is of a variant.
func (c *compiler) isVariant(p place, name string) (func(*Probe) bool, bool) {
	t := p.v.typ.strip()
	if t == nil || t.lang != symbols.LangRust || len(t.load().variants) != 1 || p.v.Unreadable != nil || !t.hasVariant(name) {
		return nil, false
	}
	part := &t.load().variants[0]
	if part.discr == nil {
		return nil, false
	}
	discr := p.v.as(t).field(part.discr)
	read, ok := c.word(p, discr)
	if !ok {
		return nil, false
	}
	bits := int(8 * discr.typ.byteSize())
	low := func(b *big.Int) uint64 { return wrap(b, basicType{classInt, bits, false}).Uint64() }
	type span struct {
		lo, hi uint64
		want   bool
	}
	var spans []span
	otherwise, known := false, false
	for i := range part.variants {
		v := &part.variants[i]
		if v.deflt {
			otherwise, known = v.name == name, true
		}
		for _, r := range v.ranges {
			spans = append(spans, span{low(r.lo), low(r.hi), v.name == name})
		}
	}
	return func(q *Probe) bool {
		got := read(q)
		for i := range spans {
			s := &spans[i]
			if s.lo <= s.hi && got >= s.lo && got <= s.hi || s.lo > s.hi && (got >= s.lo || got <= s.hi) {
				return s.want
			}
		}
		if !known {
			q.Failed = true
		}
		return otherwise
	}, true
}

// length compiles the length of a Vec, a String, a slice or a str.
func (c *compiler) length(p place) (func(*Probe) uint64, bool) {
	t := p.v.typ.strip()
	if t == nil || t.lang != symbols.LangRust || t.kind != typeStruct || p.v.Unreadable != nil {
		return nil, false
	}
	var part *Variable
	switch sh := p.v.shape(); {
	case strings.HasPrefix(t.name, "alloc::vec::Vec<") && sh.elem != nil:
		part = p.v.path("len")
	case t.name == "alloc::string::String" && sh.str != nil:
		part = p.v.path("vec", "len")
	case strings.HasPrefix(t.name, "&") && (sh.str != nil || sh.elem != nil):
		part = p.v.path("length")
	}
	return c.word(p, part)
}

// same compiles a comparison with a string's literal or with the name of a variant.
func (c *compiler) same(n binaryExpr) (func(*Probe) bool, bool) {
	for _, side := range [2][2]node{{n.x, n.y}, {n.y, n.x}} {
		var t func(*Probe) bool
		ok := false
		switch literal := side[1].(type) {
		case stringLit:
			t, ok = c.isText(side[0], literal.val)
		case nameRef:
			t, ok = c.isNamed(side[0], literal)
		}
		if ok {
			if n.op == "!=" {
				return func(p *Probe) bool { return !t(p) }, true
			}
			return t, true
		}
	}
	return nil, false
}

// unwrappedPlace compiles n, through what is transparent around its value.
func (c *compiler) unwrappedPlace(n node) (p place, ok bool) {
	if p, ok = c.place(n); !ok || p.v.Unreadable != nil {
		return p, false
	}
	if u := p.v.unwrapped(); u != p.v {
		return c.follow(p, u)
	}
	return p, true
}

// isNamed compiles whether the value of n is of the variant that a name means.
func (c *compiler) isNamed(n node, name nameRef) (func(*Probe) bool, bool) {
	if v, err := c.ev.eval(name); err == nil && v.function == nil {
		return nil, false // a variable of that name
	}
	p, ok := c.unwrappedPlace(n)
	if !ok {
		return nil, false
	}
	m := c.ev.constantOf(name.path, p.v)
	if m == nil || m.variant == "" {
		return nil, false
	}
	return c.isVariant(p, m.variant)
}

// isText compiles whether n is a string with a text: String, &str, or a pointer to characters of C.
func (c *compiler) isText(n node, text string) (func(*Probe) bool, bool) {
	p, ok := c.unwrappedPlace(n)
	if !ok || strings.ContainsRune(text, utf8.RuneError) || strings.IndexByte(text, 0) >= 0 {
		return nil, false
	}
	str := p.v.shape().str
	t := p.v.typ.strip()
	if str == nil || str.width != 1 || t == nil || !str.loc.inMemory || str.loc.err != nil {
		return nil, false
	}
	base, _ := c.ev.scope.Frame.Memory()
	at := uint64(str.loc.addr - base)
	if t.kind == typePointer && isCLike(t.lang) && str.cstr {
		read, ok := c.word(p, p.v)
		if !ok || t.byteSize() != 4 {
			return nil, false
		}
		want := text + "\x00"
		return func(q *Probe) bool {
			to := read(q)
			if to == 0 || to >= uint64(len(q.Areas[0].Bytes)) {
				q.Failed = true
				return false
			}
			return strings.HasPrefix(string(q.Areas[0].Bytes[to:min(to+uint64(len(want)), uint64(len(q.Areas[0].Bytes)))]), want)
		}, true
	}
	count, ok := c.length(p)
	if !ok {
		return nil, false
	}
	holder := p.v.path("data_ptr")
	if t.name == "alloc::string::String" {
		holder = p.v.path("vec", "buf")
	}
	pointer, ok := c.pointerIn(p, holder, at)
	if !ok {
		return nil, false
	}
	return func(q *Probe) bool {
		if count(q) != uint64(len(text)) {
			return false
		}
		to, m := pointer(q), q.Areas[0].Bytes
		if to > uint64(len(m)) || uint64(len(m))-to < uint64(len(text)) {
			q.Failed = true
			return false
		}
		return string(m[to:to+uint64(len(text))]) == text
	}, true
}

// pointerIn finds the one word of a part of a value that points at an address of linear memory, and compiles
// its read.
func (c *compiler) pointerIn(p place, part *Variable, at uint64) (func(*Probe) uint64, bool) {
	if part == nil || part.Unreadable != nil || !part.loc.inMemory || !p.v.loc.inMemory || p.addr == nil || at == 0 {
		return nil, false
	}
	b, err := part.bytes()
	if err != nil {
		return nil, false
	}
	found := -1
	for i := 0; i+4 <= len(b); i += 4 {
		if uint64(b[i])|uint64(b[i+1])<<8|uint64(b[i+2])<<16|uint64(b[i+3])<<24 == at {
			if found >= 0 {
				return nil, false
			}
			found = i
		}
	}
	d := uint64(part.loc.addr-p.v.loc.addr) + uint64(found)
	if found < 0 || d >= uint64(max(0, p.v.typ.byteSize())) {
		return nil, false
	}
	addr := plus(p.addr, d)
	return func(q *Probe) uint64 { return q.load(addr(q), 4) }, true
}
