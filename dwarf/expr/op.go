package expr

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"sphex/dwarf"
)

// Format is what the encoding of operands depends on.
type Format struct {
	Version  uint16 // of the unit: in version 2 references into .debug_info have the size of addresses
	AddrSize uint8
	Is64     bool
}

// Op is one operation with its operands:
//
//	addr, const…u, constu, lit…, plus_uconst, addrx, constx     A
//	const…s, consts, fbreg, breg…                               A as int64
//	bregx                                                       A register, B offset as int64
//	reg…, regx                                                  A register, only of regx
//	pick, piece, deref_size, xderef_size                        A
//	bit_piece                                                   A size and B offset in bits
//	bra, skip                                                   A the index of the operation to go on with; their number for the end
//	call2, call4, GNU_parameter_ref                             A an entry's offset in the unit
//	call_ref, GNU_variable_value                                A an entry's offset in .debug_info
//	implicit_pointer                                            A an entry's offset in .debug_info, B offset as int64
//	implicit_value                                              Data
//	entry_value                                                 Data, the nested expression
//	const_type                                                  A type, Data
//	regval_type                                                 A register, B type
//	deref_type, xderef_type                                     A size, B type
//	convert, reinterpret                                        A type, 0 for the generic one
//	WASM_location                                               A kind, B index
//	GNU_encoded_addr                                            A encoding, B value
//
// Types are offsets of base type entries from the start of the unit. The operand of lit… is
// part of its code, that of reg… too, and so is the register of breg….
type Op struct {
	Code   dwarf.Op
	A, B   uint64
	Data   []byte // aliases the decoded bytes
	Offset uint32 // where the operation started in the decoded bytes
}

// operand is the encoding of an operand.
type operand uint8

const (
	none operand = iota
	addr
	u1
	s1
	u2
	s2
	u4
	s4
	u8
	s8
	uleb
	sleb
	branch  // signed 2-byte distance
	block   // ULEB length and bytes
	block1  // 1-byte length and bytes
	ref2    // entry in the unit
	ref4    // entry in the unit
	refInfo // entry in .debug_info
	refType // base type in the unit, ULEB
	wasm    // kind, and an index that depends on it
	encoded // encoding, and an address that depends on it
)

type operands struct {
	known bool
	a, b  operand
}

// table has one row per operation.
var table = func() (t [256]operands) {
	row := func(a, b operand, codes ...dwarf.Op) {
		for _, c := range codes {
			t[c] = operands{true, a, b}
		}
	}
	row(addr, none, dwarf.OpAddr)
	row(u1, none, dwarf.OpConst1u, dwarf.OpPick, dwarf.OpDerefSize, dwarf.OpXderefSize)
	row(s1, none, dwarf.OpConst1s)
	row(u2, none, dwarf.OpConst2u)
	row(s2, none, dwarf.OpConst2s)
	row(u4, none, dwarf.OpConst4u)
	row(s4, none, dwarf.OpConst4s)
	row(u8, none, dwarf.OpConst8u)
	row(s8, none, dwarf.OpConst8s)
	row(uleb, none, dwarf.OpConstu, dwarf.OpPlusUconst, dwarf.OpRegx, dwarf.OpPiece, dwarf.OpAddrx,
		dwarf.OpConstx, dwarf.OpGNUAddrIndex, dwarf.OpGNUConstIndex)
	row(sleb, none, dwarf.OpConsts, dwarf.OpFbreg)
	row(branch, none, dwarf.OpBra, dwarf.OpSkip)
	row(none, none, dwarf.OpDeref, dwarf.OpDup, dwarf.OpDrop, dwarf.OpOver, dwarf.OpSwap, dwarf.OpRot,
		dwarf.OpXderef, dwarf.OpAbs, dwarf.OpAnd, dwarf.OpDiv, dwarf.OpMinus, dwarf.OpMod, dwarf.OpMul,
		dwarf.OpNeg, dwarf.OpNot, dwarf.OpOr, dwarf.OpPlus, dwarf.OpShl, dwarf.OpShr, dwarf.OpShra,
		dwarf.OpXor, dwarf.OpEq, dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt, dwarf.OpNe, dwarf.OpNop,
		dwarf.OpPushObjectAddress, dwarf.OpFormTLSAddress, dwarf.OpCallFrameCFA, dwarf.OpStackValue,
		dwarf.OpGNUPushTLSAddress, dwarf.OpGNUUninit)
	for i := dwarf.Op(0); i < 32; i++ {
		row(none, none, dwarf.OpLit0+i, dwarf.OpReg0+i)
		row(sleb, none, dwarf.OpBreg0+i)
	}
	row(uleb, sleb, dwarf.OpBregx)
	row(uleb, uleb, dwarf.OpBitPiece)
	row(ref2, none, dwarf.OpCall2)
	row(ref4, none, dwarf.OpCall4, dwarf.OpGNUParameterRef)
	row(refInfo, none, dwarf.OpCallRef, dwarf.OpGNUVariableValue)
	row(refInfo, sleb, dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer)
	row(block, none, dwarf.OpImplicitValue, dwarf.OpEntryValue, dwarf.OpGNUEntryValue)
	row(refType, block1, dwarf.OpConstType, dwarf.OpGNUConstType)
	row(uleb, refType, dwarf.OpRegvalType, dwarf.OpGNURegvalType)
	row(u1, refType, dwarf.OpDerefType, dwarf.OpXderefType, dwarf.OpGNUDerefType)
	row(refType, none, dwarf.OpConvert, dwarf.OpReinterpret, dwarf.OpGNUConvert, dwarf.OpGNUReinterpret)
	row(wasm, none, dwarf.OpWASMLocation)
	row(encoded, none, dwarf.OpGNUEncodedAddr)
	return t
}()

const section = "expression"

func (f Format) refSize() uint8 {
	switch {
	case f.Version <= 2 && f.AddrSize != 0:
		return f.AddrSize
	case f.Is64:
		return 8
	}
	return 4
}

// encodedSize is the size of a GNU_encoded_addr's value; 0 if the encoding is not supported.
func (f Format) encodedSize(encoding uint64) uint8 {
	switch encoding & 0x0f {
	case 0:
		return f.AddrSize
	case 2, 0xa:
		return 2
	case 3, 0xb:
		return 4
	case 4, 0xc:
		return 8
	}
	return 0
}

// decodeOp reads one operation. Branches keep their distance, as int64 in A.
func decodeOp(c *dwarf.Cursor, f Format, o *Op) {
	*o = Op{Offset: uint32(c.Offset())}
	at := *c
	o.Code = dwarf.Op(c.U8())
	row := table[o.Code]
	if c.Err() == nil && !row.known {
		*c = at
		c.Fail(fmt.Errorf("unknown operation %v", o.Code))
		return
	}
	o.A = decodeOperand(c, f, row.a, o)
	if row.b != none {
		o.B = decodeOperand(c, f, row.b, o)
	}
}

func decodeOperand(c *dwarf.Cursor, f Format, k operand, o *Op) uint64 {
	switch k {
	case addr:
		return c.Uint(f.AddrSize)
	case u1:
		return uint64(c.U8())
	case s1:
		return uint64(int8(c.U8()))
	case u2, ref2:
		return uint64(c.U16())
	case s2, branch:
		return uint64(int16(c.U16()))
	case u4, ref4:
		return uint64(c.U32())
	case s4:
		return uint64(int32(c.U32()))
	case u8, s8:
		return c.U64()
	case uleb, refType:
		return c.ULEB()
	case sleb:
		return uint64(c.SLEB())
	case block:
		o.Data = c.Bytes(c.ULEB())
	case block1:
		o.Data = c.Bytes(uint64(c.U8()))
	case refInfo:
		return c.Uint(f.refSize())
	case wasm:
		kind := c.U8()
		switch {
		case kind == 3:
			o.B = uint64(c.U32())
		case kind < 3:
			if o.B = c.ULEB(); o.B > 0xffff_ffff {
				c.Fail(errWasmIndex)
			}
		default:
			c.Fail(fmt.Errorf("unknown kind %d of a WebAssembly location", kind))
		}
		return uint64(kind)
	case encoded:
		enc := c.U8()
		if n := f.encodedSize(uint64(enc)); n != 0 {
			o.B = c.Uint(n)
		} else {
			c.Fail(fmt.Errorf("unsupported encoding 0x%x of an address", enc))
		}
		return uint64(enc)
	}
	return 0
}

var (
	errWasmIndex = errors.New("index of a WebAssembly location exceeds 32 bits")
	errBranch    = errors.New("branch to the middle of an operation or out of the expression")
)

// Decode appends the operations of code to dst. On an error, whose Offset counts in code, it
// returns those before it. The targets of branches count from the first operation appended.
func Decode(dst []Op, code []byte, f Format) ([]Op, error) {
	c := dwarf.NewCursor(section, code, 0)
	first := len(dst)
	branches := false
	for c.Len() > 0 {
		var o Op
		decodeOp(&c, f, &o)
		if c.Err() != nil {
			return dst, c.Err()
		}
		branches = branches || o.Code == dwarf.OpBra || o.Code == dwarf.OpSkip
		dst = append(dst, o)
	}
	if !branches {
		return dst, nil
	}
	ops := dst[first:]
	for i := range ops {
		o := &ops[i]
		if o.Code != dwarf.OpBra && o.Code != dwarf.OpSkip {
			continue
		}
		target := int64(o.Offset) + 3 + int64(o.A)
		n := sort.Search(len(ops), func(i int) bool { return int64(ops[i].Offset) >= target })
		if target != int64(len(code)) && (n == len(ops) || int64(ops[n].Offset) != target) {
			return dst[:first+i], &dwarf.Error{Section: section, Offset: uint64(o.Offset), Err: errBranch}
		}
		o.A = uint64(n)
	}
	return dst, nil
}

// EntryRef returns the operand with which the operation refers to an entry, or nil. For the
// generic type (0) that is nil too.
func (o *Op) EntryRef() *uint64 {
	switch o.Code {
	case dwarf.OpCall2, dwarf.OpCall4, dwarf.OpCallRef, dwarf.OpGNUParameterRef, dwarf.OpGNUVariableValue,
		dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer, dwarf.OpConstType, dwarf.OpGNUConstType:
		return &o.A
	case dwarf.OpRegvalType, dwarf.OpGNURegvalType, dwarf.OpDerefType, dwarf.OpXderefType, dwarf.OpGNUDerefType:
		return &o.B
	case dwarf.OpConvert, dwarf.OpReinterpret, dwarf.OpGNUConvert, dwarf.OpGNUReinterpret:
		if o.A != 0 {
			return &o.A
		}
	}
	return nil
}

// InSection reports whether EntryRef counts from the start of .debug_info instead of the unit's.
func (o *Op) InSection() bool {
	row := table[o.Code]
	return row.a == refInfo
}

// String prints the operation like llvm-dwarfdump: "DW_OP_breg5 -16".
func (o *Op) String() string {
	row := table[o.Code]
	var b strings.Builder
	b.WriteString(o.Code.String())
	v := o.A
	for _, k := range [2]operand{row.a, row.b} {
		switch k {
		case none:
			continue
		case s1, s2, s4, s8, sleb:
			fmt.Fprintf(&b, " %d", int64(v))
		case block, block1:
			fmt.Fprintf(&b, " % x", o.Data)
		case branch:
			fmt.Fprintf(&b, " op %d", v)
		case addr, ref2, ref4, refInfo, refType:
			fmt.Fprintf(&b, " 0x%x", v)
		case wasm, encoded:
			fmt.Fprintf(&b, " 0x%x 0x%x", v, o.B)
		default:
			fmt.Fprintf(&b, " %d", v)
		}
		v = o.B
	}
	return b.String()
}
