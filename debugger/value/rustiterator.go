package value

import (
	"math/bits"
	"strings"

	"sphex/aot/wasm"
)

// Iterators show what they have not given yet; their adapters are plain structures around them.

// sliceIterParts is what an iterator over a slice has not given yet: where, how many, and of what.
func (v *Variable) sliceIterParts() (addr, n uint64, t *Type, err error) {
	t = v.typ.strip().arg("T")
	first, last := v.fieldNamed("ptr"), v.fieldNamed("end_or_len")
	isLen := last != nil
	if last == nil {
		last = v.fieldNamed("end")
	}
	if t == nil || first == nil || last == nil {
		return 0, 0, nil, unavailable("not an iterator over a slice")
	}
	if addr, err = first.rawPointer().uint(); err != nil {
		return 0, 0, nil, err
	}
	end, err := last.rawPointer().uint()
	if err != nil {
		return 0, 0, nil, err
	}
	es := uint64(t.byteSize())
	switch {
	case es == 0 && isLen:
		return addr, end, t, nil
	case es == 0: // the address counts
		return addr, uint64(v.scope.Types.address(int64(end - addr))), t, nil
	case end < addr:
		return 0, 0, nil, unavailable("corrupt: the end is before the start")
	}
	return addr, (end - addr) / es, t, nil
}

// called shows the elements of s as those of something called head.
func called(head string, s *shape) *shape {
	if s != nil && s.err == nil && s.style == styleList {
		s.style, s.head = styleCall, head
	}
	return s
}

func (v *Variable) rustSliceIter() *shape {
	addr, n, t, err := v.sliceIterParts()
	if err != nil {
		return v.notSo(err)
	}
	return called(lastSegment(v.typ.name), v.unnamed().sliceAt(t, addr, n))
}

// notSo is the answer for a value that can't be shown in its own form: nil when it has another
// structure than expected.
func (v *Variable) notSo(err error) *shape {
	if u, ok := err.(unavailable); ok && strings.HasPrefix(string(u), "not ") {
		return nil
	}
	return &shape{err: err}
}

// unnamed is v without an expression, for elements that have none.
func (v *Variable) unnamed() *Variable {
	c := *v
	c.EvalName = ""
	return &c
}

func (v *Variable) rustVecIntoIter() *shape {
	t := v.typ.strip().arg("T")
	if t == nil || v.fieldNamed("ptr") == nil || v.fieldNamed("end") == nil {
		return nil
	}
	addr, err := v.fieldNamed("ptr").rawPointer().uint()
	if err != nil {
		return &shape{err: err}
	}
	end, err := v.fieldNamed("end").rawPointer().uint()
	if err != nil {
		return &shape{err: err}
	}
	if end < addr {
		return corrupt("the end is before the start")
	}
	return called("IntoIter", v.unnamed().sliceAt(t, addr, (end-addr)/uint64(max(t.byteSize(), 1))))
}

// rustArrayIntoIter shows the part of the array that is alive.
func (v *Variable) rustArrayIntoIter() *shape {
	t := v.typ.strip().arg("T")
	in := v
	if v.fieldNamed("data") == nil {
		in = v.fieldNamed("inner").withField("data", 0)
	}
	if t == nil || in == nil || in.fieldNamed("alive") == nil {
		return nil
	}
	alive, data := in.fieldNamed("alive"), in.fieldNamed("data")
	lo, hi := alive.fieldNamed("start"), alive.fieldNamed("end")
	if lo == nil || hi == nil {
		return nil
	}
	a, err := lo.uint()
	if err != nil {
		return &shape{err: err}
	}
	b, err := hi.uint()
	if err != nil {
		return &shape{err: err}
	}
	es := t.byteSize()
	if a > b || es > 0 && int64(b) > data.Size()/es {
		return corrupt("elements %d to %d of an array of %d bytes", a, b, data.Size())
	}
	return called("IntoIter", v.unnamed().elements(styleList, data.loc.at(int64(a)*es, int64(b-a)*es), t, int64(b-a)))
}

// withField finds a structure with that field in wrappers.
func (v *Variable) withField(name string, depth int) *Variable {
	if v == nil || depth > 6 {
		return nil
	}
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct {
		return nil
	}
	if t.fieldNamed(name) != nil {
		return v
	}
	m := t.load()
	for i := range m.fields {
		if r := v.as(t).field(&m.fields[i]).withField(name, depth+1); r != nil {
			return r
		}
	}
	return nil
}

// rustDequeIter shows an iterator over a ring, which is one over two slices, and in older
// libraries the ring with its ends.
func (v *Variable) rustDequeIter() *shape {
	t := v.typ.strip().arg("T")
	if a, b := v.fieldNamed("i1"), v.fieldNamed("i2"); a != nil && b != nil {
		first, second := a.shape(), b.shape()
		for _, s := range []*shape{first, second} {
			if s.err != nil || s.elem == nil {
				return s
			}
		}
		both := *first
		both.head, both.count = lastSegment(v.typ.name), first.count+second.count
		both.elem = func(i int64) *Variable {
			if i < first.count {
				return first.elem(i)
			}
			e := second.elem(i - first.count)
			e.Name = "[" + itoa(i) + "]"
			return e
		}
		return &both
	}
	ring, tail, head := v.fieldNamed("ring"), v.fieldNamed("tail"), v.fieldNamed("head")
	if t == nil || ring == nil || tail == nil || head == nil {
		return nil
	}
	p, length := ring.fieldNamed("data_ptr"), ring.fieldNamed("length")
	if p == nil || length == nil {
		return nil
	}
	var nums [4]uint64
	for i, f := range []*Variable{p, length, tail, head} {
		n, err := f.uint()
		if err != nil {
			return &shape{err: err}
		}
		nums[i] = n
	}
	return called(lastSegment(v.typ.name), v.unnamed().ring(t, nums[0], nums[1], nums[2], (nums[3]-nums[2])&(nums[1]-1)))
}

// rustHashIter shows the entries that an iterator over a hash table has not given yet: those of
// the group that it is in, by a mask of their control bytes, and those of the groups behind.
func (v *Variable) rustHashIter() *shape {
	var raw *Variable
	for in := v; in != nil && raw == nil; {
		if t := in.typ.strip(); t == nil || t.kind != typeStruct {
			return nil
		}
		if lastSegment(in.typ.strip().name) == "RawIter" {
			raw = in
			break
		}
		next := (*Variable)(nil)
		for _, n := range []string{"base", "inner", "iter"} {
			if next = in.fieldNamed(n); next != nil {
				break
			}
		}
		in = next
	}
	if raw == nil {
		return nil
	}
	pair := raw.typ.strip().arg("T")
	rng, items := raw.fieldNamed("iter"), raw.fieldNamed("items")
	if pair == nil || rng == nil || items == nil {
		return nil
	}
	mask, data, ctrl := rng.fieldNamed("current_group").core(), rng.fieldNamed("data"), rng.fieldNamed("next_ctrl")
	if mask == nil || data == nil || ctrl == nil {
		return nil
	}
	group := mask.Size() // bytes of a group: there is one bit to each, the highest
	if group != 4 && group != 8 {
		return nil
	}
	var nums [4]uint64
	for i, f := range []*Variable{mask, data.rawPointer(), ctrl.rawPointer(), items} {
		n, err := f.uint()
		if err != nil {
			return &shape{err: err}
		}
		nums[i] = n
	}
	n := nums[3]
	_, memSize := v.scope.Frame.Memory()
	if n > memSize {
		return corrupt("%d items", n)
	}
	ps := uint64(pair.byteSize())
	var found []uint64
	present, base, next := nums[0], nums[1], nums[2]
	find := func(i int64) error {
		for int64(len(found)) <= i {
			if present != 0 {
				bit := bits.TrailingZeros64(present)
				present &= present - 1
				found = append(found, base-(uint64(bit/8)+1)*ps)
				continue
			}
			b, err := v.scope.read(v.scope.pointee(wasm.MemAddr(next), group), group)
			if err != nil {
				return err
			}
			base, next = base-uint64(group)*ps, next+uint64(group)
			for k, c := range b {
				if c&0x80 == 0 {
					present |= 0x80 << (8 * k)
				}
			}
		}
		return nil
	}
	part := map[string]string{"Keys": "__0", "Values": "__1"}[lastSegment(v.typ.name)]
	if strings.Contains(v.typ.name, "::set::") {
		part = "__0"
	}
	return &shape{kind: KindArray, style: styleCall, head: lastSegment(v.typ.name), count: int64(n), elem: func(i int64) *Variable {
		name := "[" + itoa(i) + "]"
		if err := find(i); err != nil {
			return v.scope.unreadable(name, pair, err)
		}
		e := v.scope.make(name, "", pair, v.scope.pointee(wasm.MemAddr(found[i]), int64(ps)))
		if f := e.fieldNamed(part); part != "" && f != nil {
			f.Name = name
			return f
		}
		return e
	}}
}
