package value

import (
	"encoding/binary"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// This file makes what functions of Rust take as &[T] and &str out of what the caller has: a Vec, an array, a String.

// isSlice reports whether a type is a reference to a slice or a string slice.
func isSlice(t *Type) bool {
	return t != nil && t.kind == typeStruct && t.lang == symbols.LangRust &&
		(strings.HasPrefix(t.name, "&[") || strings.HasPrefix(t.name, "&mut [") || t.name == "&str" || t.name == "&mut str")
}

// fatPointer is the bytes of a slice.
func (t *Type) fatPointer(at wasm.MemAddr, n int64) []byte {
	b := make([]byte, max(0, t.byteSize()))
	for _, f := range t.load().fields {
		v := uint32(at)
		if f.name == "length" {
			v = uint32(n)
		}
		if f.offset >= 0 && f.offset+4 <= int64(len(b)) { // by the fields' names: their order differs
			binary.LittleEndian.PutUint32(b[f.offset:], v)
		}
	}
	return b
}

// contiguous is where the elements of v are that a slice of type t could lead to, and how many there are.
func (v *Variable) contiguous(t *Type) (at wasm.MemAddr, n int64, ok bool) {
	for range maxWrapped { // &v
		p := v.typ.strip()
		if p == nil || p.kind != typePointer && p.kind != typeReference {
			break
		}
		v = v.as(p).deref(p.Elem())
	}
	v = v.unwrapped()
	sh := v.shape()
	if v.Unreadable != nil || sh.err != nil {
		return 0, 0, false
	}
	if strings.HasSuffix(t.name, "str") {
		if sh.str == nil || !sh.str.loc.inMemory || sh.str.width != 1 {
			return 0, 0, false
		}
		at, ok = v.scope.linear(sh.str.loc.addr)
		return at, sh.str.n, ok
	}
	data := t.fieldNamed("data_ptr")
	if data == nil || sh.elem == nil || sh.key != nil {
		return 0, 0, false
	}
	elem := t.types.at(data.ref).strip().Elem()
	if sh.count <= 0 {
		return wasm.MemAddr(max(1, elem.byteSize())), 0, v.typ.typeArg(0) == nil || sameType(v.typ.typeArg(0), elem)
	}
	first, last := sh.elem(0), sh.elem(sh.count-1)
	if first == nil || last == nil || !sameType(first.typ, elem) {
		return 0, 0, false
	}
	at, ok = first.Addr()
	end, ok2 := last.Addr()
	return at, sh.count, ok && ok2 && int64(end) == int64(at)+(sh.count-1)*elem.byteSize() // a VecDeque may have a gap
}
