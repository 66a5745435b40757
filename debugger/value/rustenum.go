package value

import "fmt"

// activeVariant finds the variant whose discriminant value is stored; nil if none matches.
func (v *Variable) activeVariant(p *variantPart) (*variant, error) {
	if p.discr == nil {
		if len(p.variants) == 1 {
			return &p.variants[0], nil
		}
		for i := range p.variants {
			if p.variants[i].deflt {
				return &p.variants[i], nil
			}
		}
		return nil, unavailable("an enum without discriminant")
	}
	dv := v.field(p.discr)
	b, err := dv.bytes()
	if err != nil {
		return nil, err
	}
	bits := 8 * len(b)
	got := bigBits(b, false)
	var deflt *variant
	for i := range p.variants {
		r := &p.variants[i]
		if r.deflt {
			deflt = r
			continue
		}
		for _, rg := range r.ranges {
			lo := wrap(rg.lo, basicType{classInt, bits, false})
			hi := wrap(rg.hi, basicType{classInt, bits, false})
			if lo.Cmp(hi) <= 0 && got.Cmp(lo) >= 0 && got.Cmp(hi) <= 0 || lo.Cmp(hi) > 0 && (got.Cmp(lo) >= 0 || got.Cmp(hi) <= 0) {
				return r, nil
			}
		}
	}
	if deflt == nil {
		return nil, unavailable(fmt.Sprintf("corrupt: discriminant %v names no variant", got))
	}
	return deflt, nil
}

// payload is the structure of the variant a.
func (v *Variable) payload(a *variant) *Variable {
	p := v.field(&a.payload)
	p.EvalName = v.EvalName
	return p
}

func (v *Variable) rustEnum(p *variantPart) *shape {
	if len(p.variants) == 0 {
		return &shape{err: unavailable("a value of an enum without variants")}
	}
	a, err := v.activeVariant(p)
	if err != nil {
		if s := v.withoutDiscriminant(p); s != nil {
			return s
		}
		return &shape{err: err}
	}
	if state := a.stateOf(v); state != nil {
		return state
	}
	s := v.payload(a).shape()
	if s.style == styleText && s.err != nil {
		return s
	}
	out := *s
	out.kind, out.head = KindEnum, a.name
	if out.style == styleInner { // a variant whose fields look like a standard type's
		out = *v.payload(a).rustPlain()
		out.kind, out.head = KindEnum, a.name
	}
	return &out
}
