package value

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// LLVM describes a byte that is stored as a part of a word by the constant of the whole word: that a
// short std::string has five characters is
//
//	DW_OP_constu 0x5000000, DW_OP_stack_value, DW_OP_piece 1
//
// eleven bytes behind the string's start, where 5 is meant. A constant that does not fit into its
// piece is therefore that of the word around the piece. By the letter it would be the low byte, an
// empty string.

// wordPart is the offset of part i of a location, a piece of size bytes at off in its variable, in the
// constant that it is described by; 0 where the constant is the piece's own.
func wordPart(u *info.Unit, code []byte, i int, off, size int64) int64 {
	v, ok := constantPart(u, code, i)
	if !ok {
		return 0
	}
	word := int64(1)
	for !fitsBytes(v, word) {
		word *= 2
	}
	if at := off % word; word > size && at+size <= word {
		return at
	}
	return 0
}

// fitsBytes reports whether v is a number of n bytes, signed or unsigned.
func fitsBytes(v uint64, n int64) bool {
	if n >= 8 {
		return true
	}
	shift := uint(64 - 8*n)
	return v<<shift>>shift == v || uint64(int64(v<<shift)>>shift) == v
}

// constantPart is the number that part i of a location in pieces is, if it is a constant.
func constantPart(u *info.Unit, code []byte, i int) (v uint64, ok bool) {
	ops, err := expr.Decode(nil, code, u.Format())
	if err != nil {
		return 0, false
	}
	begin := 0
	for k := range ops {
		switch ops[k].Code {
		case dwarf.OpBra, dwarf.OpSkip:
			return 0, false
		case dwarf.OpPiece:
			if i == 0 {
				ok = k == begin+2 && ops[begin+1].Code == dwarf.OpStackValue
				return ops[begin].A, ok && ops[begin].Code >= dwarf.OpConst1u && ops[begin].Code <= dwarf.OpConsts
			}
			begin, i = k+1, i-1
		}
	}
	return 0, false
}
