package debuginfo

import (
	"encoding/binary"

	"sphex/aot/codemap"
	"sphex/dwarf/expr"
)

// translated remembers the translations of short expressions in one function: the lists of an
// optimised program say the same few things again and again. What becomes of an expression depends
// on the function, on its frame base, and on where the operand is that it names.
type translated struct {
	fn        *function
	frameBase *expr.Op
	off       bool // the frame base names an operand, which can be anywhere
	age       uint32
	known     [256]knownExpr
	bytes     []byte // of all code
}

// knownExpr is an expression that was translated without a loss, and that names no entry.
type knownExpr struct {
	key   uint64 // see exprKey
	age   uint32 // of translated: an older one is of another function
	place codemap.Place
	code  []byte
}

// exprKey is a number for an expression of the input, 0 for one that is too long.
func exprKey(code []byte) uint64 {
	if len(code) == 0 || len(code) > 7 {
		return 0
	}
	var b [8]byte
	copy(b[:], code)
	b[7] = byte(len(code))
	return binary.LittleEndian.Uint64(b[:])
}

// forget makes it know nothing.
func (t *translated) forget() {
	t.fn, t.frameBase, t.bytes = nil, nil, t.bytes[:0]
	t.age++
}

// enter makes what it knows that of a scope's function.
func (t *translated) enter(s *scope) {
	var base *expr.Op
	if len(s.frameBase) > 0 {
		base = &s.frameBase[0]
	}
	if t.fn != s.fn || t.frameBase != base {
		t.forget()
		t.fn, t.frameBase, t.off = s.fn, base, usesOperands(s.frameBase)
	}
}

func (t *translated) at(key uint64, place *codemap.Place) *knownExpr {
	h := (key ^ place.Value ^ uint64(place.Reg)<<32 ^ uint64(uint32(place.Offset))<<24 ^ uint64(place.Index)<<16) * 0x9e3779b97f4a7c15
	return &t.known[h>>56]
}

// find returns the code for an expression whose operand is at the place; the zero one if it names
// none. It is good as long as the next entry is not begun.
func (t *translated) find(key uint64, place *codemap.Place) (code []byte, ok bool) {
	k := t.at(key, place)
	if k.key != key || k.age != t.age || k.place != *place || t.off {
		return nil, false
	}
	return k.code, true
}

func (t *translated) add(key uint64, place *codemap.Place, code []byte) {
	from := len(t.bytes)
	t.bytes = append(t.bytes, code...)
	*t.at(key, place) = knownExpr{key, t.age, *place, t.bytes[from:len(t.bytes):len(t.bytes)]}
}
