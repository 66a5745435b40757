package value

import (
	"math/bits"

	"sphex/aot/wasm"
)

// rustHash shows a hashbrown table: control bytes, one per bucket, whose top bit is clear when
// the bucket is full; the buckets lie before the control bytes, in descending order. The control
// bytes are read as far as the elements that are asked for.
func (v *Variable) rustHash(st style) *shape {
	if v == nil {
		return nil
	}
	table := v.path("table", "table")
	if table == nil {
		if table = v.path("map", "table", "table"); table == nil { // HashSet is a map to ()
			return nil
		}
	}
	outer := v.path("table")
	if outer == nil {
		outer = v.path("map", "table")
	}
	pair := outer.typ.strip().arg("T")
	ctrl := table.fieldNamed("ctrl")
	mask := table.fieldNamed("bucket_mask")
	items := table.fieldNamed("items")
	if pair == nil || ctrl == nil || mask == nil || items == nil {
		return nil
	}
	base, err := ctrl.rawPointer().uint()
	if err != nil {
		return &shape{err: err}
	}
	m, err := mask.uint()
	if err != nil {
		return &shape{err: err}
	}
	n, err := items.uint()
	if err != nil {
		return &shape{err: err}
	}
	_, size := v.scope.Frame.Memory()
	if m > size || n > m+1 || bits.OnesCount64(m+1) != 1 {
		return corrupt("%d items in %d buckets", n, m+1)
	}
	b := &buckets{scope: v.scope, ctrl: base, count: m + 1}
	ps := pair.byteSize()
	bucket := func(i int64) *Variable {
		name := "[" + itoa(i) + "]"
		k, err := b.full(i)
		if err != nil {
			return v.scope.unreadable(name, pair, err)
		}
		return v.scope.make(name, "", pair, v.scope.pointee(wasm.MemAddr(base-(k+1)*uint64(ps)), ps))
	}
	s := &shape{kind: KindMap, style: st, count: int64(n)}
	part := func(f string) func(int64) *Variable {
		return func(i int64) *Variable {
			b := bucket(i)
			if p := b.fieldNamed(f); p != nil {
				p.Name = b.Name
				return p
			}
			return b
		}
	}
	if st == styleSet {
		s.kind, s.elem = KindArray, part("__0")
	} else {
		s.key, s.elem = part("__0"), part("__1")
	}
	return s
}

// buckets finds the full buckets of a table, in order, as far as it must.
type buckets struct {
	scope *Scope
	ctrl  uint64
	count uint64
	next  uint64   // the first bucket that is not looked at yet
	found []uint32 // those that are full
	err   error
}

// full is the i-th full bucket.
func (b *buckets) full(i int64) (uint64, error) {
	const step = 256 // control bytes at a time: a page of elements, and not much more
	for int64(len(b.found)) <= i && b.next < b.count && b.err == nil {
		c := min(step<<min(b.next/step, 4), b.count-b.next)
		bytes, err := b.scope.read(b.scope.pointee(wasm.MemAddr(b.ctrl+b.next), int64(c)), int64(c))
		if err != nil {
			b.err = err
			break
		}
		for k, x := range bytes {
			if x&0x80 == 0 {
				b.found = append(b.found, uint32(b.next)+uint32(k))
			}
		}
		b.next += c
	}
	if i < int64(len(b.found)) {
		return uint64(b.found[i]), nil
	}
	if b.err != nil {
		return 0, b.err
	}
	return 0, unavailable("corrupt: fewer items than the table says")
}
