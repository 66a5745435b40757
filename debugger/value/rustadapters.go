package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Adapters of iterators show what they have not given yet, where that is a part of what their iterators have not given yet, or is made
// of it without a call of the program's closures.

// rest is what an iterator has not given yet.
type rest struct {
	count int64
	elem  func(i int64) *Variable
}

// at is the element i under its number.
func (r *rest) at(i int64) *Variable {
	c := *r.elem(i)
	c.Name, c.EvalName = "["+itoa(i)+"]", ""
	return &c
}

// from leaves out the first n elements.
func (r *rest) from(n int64) *rest {
	n = min(max(n, 0), r.count)
	return &rest{r.count - n, func(i int64) *Variable { return r.elem(n + i) }}
}

// rest is what is left of an iterator, nil if that is not known; an optional one that is None has nothing left.
func (v *Variable) rest() *rest {
	if v == nil {
		return nil
	}
	u := v.unwrapped()
	if u.Unreadable != nil {
		return nil
	}
	if t := u.typ.strip(); t != nil && t.hasVariant("Some") {
		switch name, err := u.variantName(); {
		case err != nil:
			return nil
		case name == "None":
			return &rest{}
		}
		if f := u.shape().fields; len(f) == 1 {
			return f[0].rest()
		}
		return nil
	}
	if r := u.rangeRest(); r != nil {
		return r
	}
	sh := u.shape()
	if sh.err != nil || sh.elem == nil || sh.key != nil || sh.style != styleCall {
		return nil
	}
	return &rest{sh.count, sh.elem}
}

// rangeRest is what is left of a range of integers.
func (v *Variable) rangeRest() *rest {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct || lastSegment(t.nameOrNone()) != "Range" {
		return nil
	}
	first, last := v.fieldNamed("start"), v.fieldNamed("end")
	if first == nil || last == nil {
		return nil
	}
	a, err := first.scalar()
	if err != nil || a.class != classInt {
		return nil
	}
	b, err := last.scalar()
	if err != nil {
		return nil
	}
	count, small := b.i.sub(a.i).int64()
	if !small {
		return nil
	}
	return &rest{max(count, 0), func(i int64) *Variable {
		s := a
		s.i = a.i.add(intOf(i))
		return v.scope.make("", "", first.typ, location{data: s.bytes()})
	}}
}

// adapter shows what a kind of adapter has left, and the structure where that is not known.
func adapter(left func(*Variable) *rest) func(*Variable) *shape {
	return func(v *Variable) *shape {
		r := left(v)
		switch {
		case r == nil && v.loc.partial():
			return nil
		case r == nil:
			return v.rustPlain()
		}
		return &shape{kind: KindArray, style: styleCall, head: lastSegment(v.typ.strip().nameOrNone()), count: r.count, elem: r.at}
	}
}

// passedOn is an adapter that changes nothing which can be seen.
func passedOn(field string) func(*Variable) *rest {
	return func(v *Variable) *rest { return v.fieldNamed(field).rest() }
}

// countField is a field that counts.
func (v *Variable) countField(name string) (int64, bool) {
	f := v.fieldNamed(name)
	if f == nil {
		return 0, false
	}
	n, err := f.core().uint()
	return int64(n), err == nil && n < 1<<32
}

func restOfSkip(v *Variable) *rest {
	r := v.fieldNamed("iter").rest()
	n, ok := v.countField("n")
	if r == nil || !ok {
		return nil
	}
	return r.from(n)
}

func restOfTake(v *Variable) *rest {
	r := v.fieldNamed("iter").rest()
	n, ok := v.countField("n")
	if r == nil || !ok {
		return nil
	}
	return &rest{min(r.count, n), r.elem}
}

func restOfChain(v *Variable) *rest {
	a, b := v.fieldNamed("a").rest(), v.fieldNamed("b").rest()
	if a == nil || b == nil {
		return nil
	}
	return a.then(b)
}

func (r *rest) then(b *rest) *rest {
	return &rest{r.count + b.count, func(i int64) *Variable {
		if i < r.count {
			return r.elem(i)
		}
		return b.elem(i - r.count)
	}}
}

// restOfZip pairs what is left of two iterators. Where both are of slices, they stay where they began, and index counts.
func restOfZip(v *Variable) *rest {
	a, b := v.fieldNamed("a").rest(), v.fieldNamed("b").rest()
	index, ok := v.countField("index")
	if a == nil || b == nil || !ok {
		return nil
	}
	a, b = a.from(index), b.from(index)
	return &rest{min(a.count, b.count), func(i int64) *Variable { return v.scope.tuple(a.elem(i), b.elem(i)) }}
}

func restOfEnumerate(v *Variable) *rest {
	r := v.fieldNamed("iter").rest()
	n, ok := v.countField("count")
	if r == nil || !ok {
		return nil
	}
	return &rest{r.count, func(i int64) *Variable {
		s := scalar{basicType: basicType{classInt, 32, false}, i: intOf(n + i)}
		t := v.scope.Types.basicNamed("usize", symbols.LangRust)
		return v.scope.tuple(v.scope.make("", "", t, location{data: s.bytes()}), r.elem(i))
	}}
}

func restOfRev(v *Variable) *rest {
	r := v.fieldNamed("iter").rest()
	if r == nil {
		return nil
	}
	return &rest{r.count, func(i int64) *Variable { return r.elem(r.count - 1 - i) }}
}

// restOfStepBy leaves elements out. One of a range of unsigned integers that fit a usize has the range's end replaced by a count,
// and shows as the structure that it is.
func restOfStepBy(v *Variable) *rest {
	in := v.fieldNamed("iter")
	step, ok := v.countField("step_minus_one")
	if !ok {
		step, ok = v.countField("step")
	}
	first := v.fieldNamed("first_take")
	r := in.rest()
	if r == nil || !ok || first == nil {
		return nil
	}
	if in.unwrapped().rangeRest() != nil && strings.HasPrefix(lastSegment(in.unwrapped().fieldNamed("start").typ.fullTypeName()), "u") {
		return nil
	}
	if begins, err := first.uint(); err != nil {
		return nil
	} else if begins == 0 {
		r = r.from(step)
	}
	return &rest{(r.count + step) / (step + 1), func(i int64) *Variable { return r.elem(i * (step + 1)) }}
}

// restOfPeekable has what was looked at in front of the rest: peeked is Some(None) at the end.
func restOfPeekable(v *Variable) *rest {
	r := v.fieldNamed("iter").rest()
	peeked := v.fieldNamed("peeked")
	if r == nil || peeked == nil {
		return nil
	}
	for range 2 {
		u := peeked.unwrapped()
		switch name, err := u.variantName(); {
		case err != nil:
			return nil
		case name == "None" && peeked.Name == "peeked":
			return r // nothing was looked at
		case name == "None":
			return &rest{}
		}
		f := u.shape().fields
		if len(f) != 1 {
			return nil
		}
		peeked = f[0]
	}
	return (&rest{1, func(int64) *Variable { return peeked }}).then(r)
}
