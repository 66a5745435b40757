package expr

import (
	"slices"

	"sphex/dwarf"
)

// Before version 4, DWARF has no operation that says of a value that it is one and no address. LLVM writes the same
// expressions then and leaves that operation out, so that what a variable is can only be told by what it looks like:
// constants are never places, and what is computed from a local or an operand is the place of an object only if
// that is the frame's base, or if the object is too large to be a value.

// NoLocal stands for the number of a local where there is none.
const NoLocal = ^uint64(0)

// FrameLocal returns the local that an expression for a frame base names, NoLocal if it is not as simple as that.
func FrameLocal(code []byte, f Format) uint64 {
	ops, err := Decode(nil, code, f)
	if err != nil || len(ops) == 0 || len(ops) > 2 || ops[0].Code != dwarf.OpWASMLocation || ops[0].A != 0 {
		return NoLocal
	}
	return ops[0].B
}

// Implied completes the location of a variable of a unit before version 4 by the DW_OP_stack_value that was left
// out. scalar says that the variable's type is that of a number or a pointer; frame is the local with the frame's base.
// The result is code itself if nothing is missing.
func Implied(code []byte, f Format, scalar bool, frame uint64) []byte {
	ops, err := Decode(nil, code, f)
	if err != nil {
		return code
	}
	var out []byte // of code, as far as from
	from := uint32(0)
	value := func(first, end int) { // the operations between them are one
		at := uint32(len(code))
		if end < len(ops) {
			at = ops[end].Offset
		}
		if impliesValue(ops[first:end], scalar, frame) {
			out = append(append(out, code[from:at]...), byte(dwarf.OpStackValue))
			from = at
		}
	}
	first, pieces := 0, false
	for i := range ops {
		switch ops[i].Code {
		case dwarf.OpStackValue, dwarf.OpImplicitValue, dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer:
			return code // the producer has said it
		case dwarf.OpPiece, dwarf.OpBitPiece:
			// A part that is computed by an addition alone is commonly one in memory.
			scalar = i == first+1
			value(first, i)
			first, pieces = i+1, true
		}
	}
	if !pieces {
		value(0, len(ops))
	}
	if out == nil {
		return code
	}
	return append(out, code[from:]...)
}

// impliesValue tells whether operations compute a value without saying so.
func impliesValue(ops []Op, scalar bool, frame uint64) bool {
	if len(ops) == 0 || slices.ContainsFunc(ops[1:], func(o Op) bool { return !computes(o.Code) }) {
		return false
	}
	if o := &ops[0]; o.Code == dwarf.OpWASMLocation {
		return scalar && (o.A == 0 && o.B != frame || o.A == 2)
	}
	return isConstant(ops[0].Code)
}

func isConstant(c dwarf.Op) bool {
	return c >= dwarf.OpLit0 && c <= dwarf.OpLit31 || c >= dwarf.OpConst1u && c <= dwarf.OpConsts
}

// computes tells whether an operation computes with what is on the stack.
func computes(c dwarf.Op) bool {
	switch c {
	case dwarf.OpAbs, dwarf.OpAnd, dwarf.OpDiv, dwarf.OpMinus, dwarf.OpMod, dwarf.OpMul, dwarf.OpNeg, dwarf.OpNot, dwarf.OpOr,
		dwarf.OpPlus, dwarf.OpPlusUconst, dwarf.OpShl, dwarf.OpShr, dwarf.OpShra, dwarf.OpXor,
		dwarf.OpEq, dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt, dwarf.OpNe,
		dwarf.OpDup, dwarf.OpSwap, dwarf.OpOver, dwarf.OpWASMLocation:
		return true
	}
	return isConstant(c)
}
