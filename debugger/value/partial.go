package value

import "strconv"

// An optimiser keeps what is used: half of a 128-bit integer, the function of a pointer to a member
// but not what it adds to `this`, an enum's payload but not its discriminant. What is known of such
// a value is shown, and the rest says that it is optimized out.

// gaps looks at size bytes at off of a value that is in pieces. lost is why some of them are not
// known, nil if all are; known is whether any is.
func (l location) gaps(off, size int64) (lost error, known bool) {
	if l.pieces == nil || size <= 0 {
		return nil, true
	}
	from := l.off + off
	var at int64
	for _, p := range l.pieces {
		if at < from+size && from < at+p.size {
			switch {
			case p.kind != pieceEmpty:
				known = true
			case lost == nil:
				lost = unavailable(p.missing)
			}
		}
		at += p.size
	}
	return lost, known
}

// partial reports whether some of the bytes are known and others are not.
func (l location) partial() bool {
	lost, known := l.gaps(0, int64(len(l.data)))
	return lost != nil && known
}

// halfKnown shows a value without members of which only some bytes are known; nil for all others.
func (v *Variable) halfKnown() *shape {
	if !v.loc.partial() {
		return nil
	}
	t := v.typ
	ts := v.scope.Types
	switch {
	case t.kind == typeBase && t.qual == "complex":
		part := ts.basicNamed("double", t.lang)
		if t.byteSize() == 8 {
			part = ts.basicNamed("float", t.lang)
		} else if t.byteSize() == 32 {
			part = ts.basicNamed("long double", t.lang)
		}
		return v.halves(KindFloat, part, "real", "imag")
	case t.kind == typeMemberPointer && v.scope.sizeOf(t) == 8:
		return v.halves(KindFunc, ts.basicNamed("int", t.lang), "ptr", "adj")
	case t.isScalar() || t.kind == typePointer || t.kind == typeReference:
		return v.knownBytes()
	}
	return nil
}

// halves shows both halves of a value as a t.
func (v *Variable) halves(k Kind, t *Type, names ...string) *shape {
	s := &shape{kind: k, style: styleCFields}
	for i, name := range names {
		n := t.byteSize()
		s.fields = append(s.fields, v.scope.make(name, "", t, v.loc.at(int64(i)*n, n)))
	}
	return s
}

// knownBytes shows the pieces of a number.
func (v *Variable) knownBytes() *shape {
	s := &shape{kind: KindInt, style: styleCFields}
	end := v.loc.off + int64(len(v.loc.data))
	var at int64
	for _, p := range v.loc.pieces {
		lo, hi := max(at, v.loc.off), min(at+p.size, end)
		at += p.size
		for lo < hi {
			n := min(hi-lo, 8)
			for n&(n-1) != 0 { // to a number that has a type
				n &= n - 1
			}
			first := lo - v.loc.off
			name := "bytes " + itoa(first) + "–" + itoa(first+n-1)
			if n == 1 {
				name = "byte " + itoa(first)
			}
			t := v.scope.Types.basicNamed("u"+strconv.Itoa(int(8*n)), v.typ.lang)
			s.fields = append(s.fields, v.scope.make(name, "", t, v.loc.at(first, n)))
			lo += n
		}
	}
	return s
}

// withoutDiscriminant shows an enum of which the optimiser kept a payload but not which variant it
// is of; nil if nothing of it is known. Its children are what each variant would have there.
func (v *Variable) withoutDiscriminant(p *variantPart) *shape {
	if p.discr == nil || !v.loc.partial() {
		return nil
	}
	if _, err := v.field(p.discr).bytes(); err == nil {
		return nil // its value is no variant's
	}
	s := &shape{kind: KindEnum, text: "<discriminant optimized out>"}
	if v.scope.plain {
		s.style, s.head, s.text = styleFields, s.text, ""
	}
	for i := range p.variants {
		a := &p.variants[i]
		part := v.field(&a.payload)
		part.Name, part.EvalName = a.name, ""
		if part.typ.byteSize() > 0 && part.Err() == nil && part.shape().knows() {
			s.fields = append(s.fields, part)
		}
	}
	return s
}

// knows reports whether any field has a value.
func (s *shape) knows() bool {
	for _, f := range s.fields {
		if f.Err() == nil {
			return true
		}
	}
	return false
}
