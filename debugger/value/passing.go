package value

import (
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// passing is how a value travels in a call: in words of its own, or as the address of a copy.
type passing struct {
	parts   []passed
	pointer bool
}

// passed is a part of a value in one word.
type passed struct {
	off, size int64
	typ       wasm.ValType
	signed    bool
}

// fit finds the ways of passing that make up the function's signature. What a C or a Rust compiler does with
// a structure depends on its version and on the function's ABI; the signature tells.
func (c *callee) fit() bool {
	words := c.words
	size := int64(0)
	if c.result != nil {
		size = c.result.byteSize()
	}
	switch {
	case size == 0:
		if len(c.out) != 0 {
			return false
		}
	case len(c.out) == 0:
		if len(words) == 0 || words[0] != c.result.types.addressType() {
			return false
		}
		c.sret, words = true, words[1:]
	default:
		bits := int64(0)
		for _, t := range c.out {
			bits += map[wasm.ValType]int64{wasm.I32: 32, wasm.I64: 64, wasm.F32: 32, wasm.F64: 64, wasm.V128: 128}[t]
		}
		if len(c.out) != 1 || size*8 > bits {
			return false
		}
	}
	if c.variadic {
		k := len(words) - 1
		if k < 0 || words[k] != wasm.I32 && words[k] != wasm.I64 {
			return false
		}
		words = words[:k]
	}
	ways, ok := fitWords(c.params, words)
	if !ok && c.takesCaller(words) {
		c.caller = true
		ways, ok = fitWords(c.params, words[:len(words)-1])
	}
	c.ways = ways
	return ok
}

// fitWords assigns words to parameters; the first way that uses up all words is taken.
func fitWords(params []*Type, words []wasm.ValType) ([]passing, bool) {
	if len(params) == 0 {
		return nil, len(words) == 0
	}
	for _, w := range ways(params[0]) {
		n := len(w.parts)
		if n > len(words) {
			continue
		}
		same := true
		for i := range w.parts {
			same = same && w.parts[i].typ == words[i]
		}
		if !same {
			continue
		}
		if rest, ok := fitWords(params[1:], words[n:]); ok {
			return append([]passing{w}, rest...), true
		}
	}
	return nil, false
}

// ways are the ways in which compilers pass a value of a type, the likeliest first.
func ways(t *Type) []passing {
	size := t.byteSize()
	if size == 0 {
		return []passing{{}}
	}
	var out []passing
	leaves, ok := leavesOf(t, 0, 0)
	if ok && len(leaves) == 1 && leaves[0].size == size && size > 8 { // 128 bits
		out = append(out, passing{parts: []passed{{0, 8, wasm.I64, false}, {8, 8, wasm.I64, false}}})
	}
	rust := t.strip() != nil && t.strip().lang == symbols.LangRust
	if ok && (len(leaves) == 1 || rust && len(leaves) == 2) && leaves[0].size <= 8 {
		out = append(out, passing{parts: leaves})
	}
	if rust && size <= 4 {
		out = append(out, passing{parts: []passed{{0, size, wasm.I32, false}}})
	}
	if rust && size <= 8 && size > 4 {
		out = append(out, passing{parts: []passed{{0, size, wasm.I64, false}}})
	}
	if s := t.strip(); s != nil && !s.isScalar() && s.kind != typePointer && s.kind != typeReference && s.kind != typeEnum {
		out = append(out, passing{pointer: true, parts: []passed{{0, t.types.pointerSize(), t.types.addressType(), false}}})
		if ok && len(leaves) > 1 { // the older C ABI of Rust
			out = append(out, passing{parts: leaves})
		}
	}
	return out
}

// leavesOf lists the numbers that a value is made of; ok is false for too many, and for what has parts that
// depend on others.
func leavesOf(t *Type, off int64, depth int) (list []passed, ok bool) {
	s := t.strip()
	if s == nil || depth > 16 {
		return nil, false
	}
	size := s.byteSize()
	if size == 0 {
		return nil, true
	}
	if bt, ok := s.scalarType(); ok {
		p := passed{off: off, size: size, signed: bt.signed}
		switch {
		case bt.class == classFloat && size == 4:
			p.typ = wasm.F32
		case bt.class == classFloat && size == 8:
			p.typ = wasm.F64
		case size <= 4:
			p.typ = wasm.I32
		default:
			p.typ = wasm.I64
		}
		return []passed{p}, true
	}
	m := s.load()
	switch {
	case s.kind == typeArray:
		if s.count == 1 {
			return leavesOf(s.Elem(), off, depth+1)
		}
		return nil, false
	case len(m.variants) == 1:
		return variantLeaves(s, &m.variants[0], off, depth)
	case s.kind != typeStruct:
		return nil, false
	}
	for i := range m.fields {
		f := &m.fields[i]
		if f.bitSize > 0 || f.virtual {
			return nil, false
		}
		more, ok := leavesOf(s.types.at(f.ref), off+f.offset, depth+1)
		if list = append(list, more...); !ok || len(list) > 8 {
			return nil, false
		}
	}
	for i := 1; i < len(list); i++ { // rustc sorts fields
		for k := i; k > 0 && list[k].off < list[k-1].off; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
	return list, true
}

// variantLeaves lists the numbers of an enum whose variants have at most one number, at one place.
func variantLeaves(t *Type, p *variantPart, off int64, depth int) ([]passed, bool) {
	var tag, part []passed
	if p.discr != nil {
		var ok bool
		if tag, ok = leavesOf(t.types.at(p.discr.ref), off+p.discr.offset, depth+1); !ok || len(tag) != 1 {
			return nil, false
		}
	}
	for i := range p.variants {
		w := &p.variants[i]
		more, ok := leavesOf(t.types.at(w.payload.ref), off+w.payload.offset, depth+1)
		if !ok {
			return nil, false
		}
		if len(more) == 0 {
			continue
		}
		if len(part) > 0 && (len(more) != len(part) || more[0].off != part[0].off || more[0].typ != part[0].typ) {
			return nil, false
		}
		part = more
	}
	if len(tag) == 1 && len(part) > 0 {
		for i := range part {
			if part[i].off == tag[0].off { // a niche
				return part, true
			}
		}
		if part[0].off < tag[0].off {
			return append(part, tag...), true
		}
	}
	return append(tag, part...), true
}

// passed makes the words of an argument; at is room for a copy of it.
func (ev *evaluator) passed(n node, p *Type, a *Variable, way passing, at wasm.MemAddr) ([]uint64, error) {
	t := p.strip()
	var b []byte
	switch {
	case len(way.parts) == 0:
		return nil, nil
	case a.made != nil && a.shape().str != nil: // a literal
		text, _, err := a.scope.readText(a.shape().str, maxRead)
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if err := ev.writeAt(at, append([]byte(text), 0)); err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if t.kind == typeStruct { // &str: the fields by their names
			b = t.fatPointer(at, int64(len(text)))
			break
		}
		b = ev.scope.Types.pointerBytes(at)
	case isSlice(t) && !sameType(p, a.typ):
		from, count, ok := a.contiguous(t)
		if !ok {
			return nil, ev.fail(n, "%s is no %s", a.typ.short(), p.short())
		}
		b = t.fatPointer(from, count)
	case (t.kind == typePointer || t.kind == typeReference) && t.byteSize() == ev.scope.Types.pointerSize():
		v, err := ev.addressFor(n, t, a, at)
		if err != nil {
			return nil, err
		}
		b = ev.scope.Types.pointerBytes(wasm.MemAddr(v))
	default:
		var err error
		if b, err = ev.bytesFor(n, p, a); err != nil {
			return nil, err
		}
	}
	if way.pointer {
		if err := ev.writeAt(at, b); err != nil {
			return nil, ev.wrapErr(n, err)
		}
		return []uint64{uint64(at)}, nil
	}
	var words []uint64
	for _, part := range way.parts {
		if part.off+part.size > int64(len(b)) {
			return nil, ev.fail(n, "an argument of type %s is too small", a.typ.short())
		}
		w := uint64(0)
		for i := range min(part.size, 8) {
			w |= uint64(b[part.off+i]) << (8 * i)
		}
		if part.signed && part.typ == wasm.I32 && part.size < 4 {
			sh := uint(64 - 8*part.size)
			w = uint64(uint32(int64(w<<sh) >> sh))
		}
		words = append(words, w)
	}
	return words, nil
}

// addressFor is what a parameter that is a pointer gets: the argument's own value, or its address.
func (ev *evaluator) addressFor(n node, t *Type, a *Variable, at wasm.MemAddr) (wasm.MemAddr, error) {
	xt := a.typ.strip()
	if xt.kind == typePointer || xt.kind == typeReference || xt.isScalar() && !sameType(t.Elem(), a.typ) {
		v, err := ev.castTo(n, a, t)
		if err != nil {
			return 0, err
		}
		p, err := v.uint()
		if err != nil {
			return 0, ev.wrapErr(n, err)
		}
		return wasm.MemAddr(p), nil
	}
	addr, ok := a.Addr()
	if base, isBase := a.baseIn(t.Elem().strip(), 0); isBase {
		return base, nil
	}
	if !ok { // a copy
		b, err := a.bytes()
		if err == nil {
			err = ev.writeAt(at, b)
		}
		if err != nil {
			return 0, ev.wrapErr(n, err)
		}
		addr = at
	}
	if off, ok := baseOffset(xt, t.Elem().strip(), 0); ok {
		addr += wasm.MemAddr(off)
	}
	return addr, nil
}

// bytesFor are the bytes of an argument as a parameter of type p has them.
func (ev *evaluator) bytesFor(n node, p *Type, a *Variable) ([]byte, error) {
	if u := a.unwrapped(); !sameType(p, a.typ) && u != a {
		a = u
	}
	if sameType(p, a.typ) {
		b, err := a.bytes()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		return b, nil
	}
	s, err := a.scalar()
	if err != nil {
		return nil, ev.wrapErr(n, err)
	}
	out, err := ev.fitted(n, s, &Variable{typ: p, scope: ev.scope}, a)
	if err != nil {
		return nil, err
	}
	return out.bytes(), nil
}

func (ev *evaluator) writeAt(at wasm.MemAddr, b []byte) error {
	l := ev.scope.pointee(at, int64(len(b)))
	if l.err != nil {
		return l.err
	}
	return ev.scope.Frame.WriteNative(l.addr, b)
}
