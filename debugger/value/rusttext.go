package value

import (
	"strings"

	"sphex/aot/wasm"
)

// utf8At shows n bytes of UTF-8 at address p.
func (v *Variable) utf8At(p, n uint64) *shape {
	_, size := v.scope.Frame.Memory()
	if n == 0 {
		return &shape{kind: KindString, str: &text{loc: location{data: []byte{}}, width: 1}}
	}
	if n > size {
		return corrupt("length %d exceeds memory", n)
	}
	l := v.scope.pointee(wasm.MemAddr(p), int64(n))
	if l.err != nil {
		return &shape{err: l.err}
	}
	return &shape{kind: KindString, str: &text{loc: l, n: int64(n), width: 1}}
}

// bytesAsText shows the Vec<u8> vec as text.
func (v *Variable) bytesAsText(vec *Variable) *shape {
	if vec == nil {
		return nil
	}
	p, n, _ := vec.vecParts()
	if p == nil || n == nil {
		return nil
	}
	addr, count, err := addressAndCount(p, n)
	if err != nil {
		return &shape{err: err}
	}
	return v.utf8At(addr, count)
}

// firstVec finds the Vec in OsString, PathBuf and the like, which wrap it several times.
func (v *Variable) firstVec(depth int) *Variable {
	t := v.typ.strip()
	if t == nil || depth > 6 {
		return nil
	}
	if strings.HasPrefix(t.name, "alloc::vec::Vec<") {
		return v.as(t)
	}
	m := t.load()
	for i := range m.fields {
		if r := v.as(t).field(&m.fields[i]).firstVec(depth + 1); r != nil {
			return r
		}
	}
	return nil
}

// rustCString shows a CString's boxed bytes without the zero at the end.
func (v *Variable) rustCString() *shape {
	in := v.path("inner")
	if in == nil {
		return nil
	}
	p, n := in.fieldNamed("data_ptr"), in.fieldNamed("length")
	if p == nil || n == nil {
		return nil
	}
	addr, count, err := addressAndCount(p, n)
	if err != nil {
		return &shape{err: err}
	}
	if count > 0 {
		count--
	}
	return v.utf8At(addr, count)
}

// rustChars shows the text that an iterator over characters has not given yet.
func (v *Variable) rustChars() *shape {
	it := v.fieldNamed("iter")
	if it == nil {
		return nil
	}
	p, n, t, err := it.sliceIterParts()
	if err != nil || t == nil || t.byteSize() != 1 {
		return nil
	}
	s := v.utf8At(p, n)
	if s.err != nil {
		return s
	}
	in := v.scope.make("rest", "", t, location{data: []byte{}})
	in.made = func() *shape { return s }
	return &shape{kind: KindStruct, style: styleTuple, head: "Chars", fields: []*Variable{in}}
}
