package expr

import (
	"fmt"
	"math"

	"sphex/dwarf"
)

// RefKind is how a reference to an entry is encoded in an expression.
type RefKind uint8

const (
	RefULEB RefKind = iota // offset from the start of the unit, padded to RefULEBSize bytes
	Ref2                   // offset from the start of the unit, 2 bytes
	Ref4                   // offset from the start of the unit, 4 bytes
	RefInfo                // offset in .debug_info, 4 bytes
)

// RefULEBSize is the width of a RefULEB: enough for units below 256 MB.
const RefULEBSize = 4

// Ref is a place in an encoded expression for a reference to an entry whose final offset is
// not known yet.
type Ref struct {
	At   uint32 // in the bytes
	Kind RefKind
	Key  uint64 // what the operation held: the caller's name for the entry
}

// Append encodes ops behind dst. With refs, every reference to an entry (except the generic
// type, 0) is left to be filled in, and a Ref with At counted from the start of dst is
// appended to *refs; without, references are encoded as they are.
func Append(dst []byte, ops []Op, f Format, refs *[]Ref) ([]byte, error) {
	start := len(dst)
	var offsets []int // of the operations and of the end, when there are branches
	for i := range ops {
		if k := table[ops[i].Code].a; k == branch && offsets == nil {
			offsets = make([]int, 0, len(ops)+1)
		}
	}
	branches := offsets != nil
	var err error
	for i := range ops {
		if branches {
			offsets = append(offsets, len(dst))
		}
		o := &ops[i]
		row := table[o.Code]
		if !row.known {
			return dst, fmt.Errorf("expression: operation %d: unknown operation %v", i, o.Code)
		}
		dst = append(dst, byte(o.Code))
		if dst, err = appendOperand(dst, row.a, o.A, o, f, refs); err == nil && row.b != none {
			dst, err = appendOperand(dst, row.b, o.B, o, f, refs)
		}
		if err != nil {
			return dst[:start], fmt.Errorf("expression: operation %d, %v: %w", i, o.Code, err)
		}
	}
	if !branches {
		return dst, nil
	}
	offsets = append(offsets, len(dst))
	for i := range ops {
		o := &ops[i]
		if table[o.Code].a != branch {
			continue
		}
		if o.A > uint64(len(ops)) {
			return dst[:start], fmt.Errorf("expression: operation %d, %v: no operation %d", i, o.Code, o.A)
		}
		at := offsets[i] + 3
		distance := offsets[o.A] - at
		if distance < math.MinInt16 || distance > math.MaxInt16 {
			return dst[:start], fmt.Errorf("expression: operation %d, %v: distance %d is too large", i, o.Code, distance)
		}
		dst[at-2], dst[at-1] = byte(distance), byte(distance>>8)
	}
	return dst, nil
}

func appendOperand(dst []byte, k operand, v uint64, o *Op, f Format, refs *[]Ref) ([]byte, error) {
	if refs != nil {
		kind, size := RefULEB, RefULEBSize
		switch k {
		case ref2:
			kind, size = Ref2, 2
		case ref4:
			kind, size = Ref4, 4
		case refInfo:
			kind, size = RefInfo, 4
			if f.refSize() != 4 {
				return dst, fmt.Errorf("references of %d bytes cannot be filled in", f.refSize())
			}
		}
		if p := o.EntryRef(); p != nil && (kind != RefULEB || k == refType) {
			*refs = append(*refs, Ref{At: uint32(len(dst)), Kind: kind, Key: v})
			return append(dst, 0, 0, 0, 0)[:len(dst)+size], nil
		}
	}
	fixed := func(size uint8, signed bool) ([]byte, error) {
		shift := 64 - 8*uint(size)
		if signed && int64(v)<<shift>>shift != int64(v) || !signed && v<<shift>>shift != v {
			return dst, fmt.Errorf("operand 0x%x does not fit %d bytes", v, size)
		}
		return dwarf.AppendUint(dst, v, size), nil
	}
	switch k {
	case addr:
		return fixed(f.AddrSize, false)
	case u1:
		return fixed(1, false)
	case s1:
		return fixed(1, true)
	case u2, ref2:
		return fixed(2, false)
	case s2:
		return fixed(2, true)
	case u4, ref4:
		return fixed(4, false)
	case s4:
		return fixed(4, true)
	case u8, s8:
		return fixed(8, false)
	case refInfo:
		return fixed(f.refSize(), false)
	case uleb, refType:
		return dwarf.AppendULEB(dst, v), nil
	case sleb:
		return dwarf.AppendSLEB(dst, int64(v)), nil
	case branch:
		return append(dst, 0, 0), nil
	case block:
		return append(dwarf.AppendULEB(dst, uint64(len(o.Data))), o.Data...), nil
	case block1:
		if len(o.Data) > 255 {
			return dst, fmt.Errorf("constant of %d bytes is too long", len(o.Data))
		}
		return append(append(dst, byte(len(o.Data))), o.Data...), nil
	case wasm:
		if v > 3 || o.B > math.MaxUint32 {
			return dst, fmt.Errorf("no WebAssembly location of kind %d and index %d", v, o.B)
		}
		if dst = append(dst, byte(v)); v == 3 {
			return dwarf.AppendUint(dst, o.B, 4), nil
		}
		return dwarf.AppendULEB(dst, o.B), nil
	case encoded:
		n := f.encodedSize(v)
		if n == 0 {
			return dst, fmt.Errorf("unsupported encoding 0x%x of an address", v)
		}
		return dwarf.AppendUint(append(dst, byte(v)), o.B, n), nil
	}
	return dst, nil
}

// Const is the shortest operation that pushes v.
func Const(v uint64) Op {
	switch {
	case v < 32:
		return Op{Code: dwarf.OpLit0 + dwarf.Op(v)}
	case v < 1<<8:
		return Op{Code: dwarf.OpConst1u, A: v}
	case v < 1<<16:
		return Op{Code: dwarf.OpConst2u, A: v}
	case int64(v) < 0 && int64(v) >= -1<<34:
		return Op{Code: dwarf.OpConsts, A: v}
	case v >= 1<<28 && v < 1<<32:
		return Op{Code: dwarf.OpConst4u, A: v}
	case v >= 1<<49:
		return Op{Code: dwarf.OpConst8u, A: v}
	}
	return Op{Code: dwarf.OpConstu, A: v}
}

// Reg says that the object is in a register.
func Reg(reg uint64) Op {
	if reg < 32 {
		return Op{Code: dwarf.OpReg0 + dwarf.Op(reg)}
	}
	return Op{Code: dwarf.OpRegx, A: reg}
}

// Breg pushes a register's value plus an offset.
func Breg(reg uint64, off int64) Op {
	if reg < 32 {
		return Op{Code: dwarf.OpBreg0 + dwarf.Op(reg), A: uint64(off)}
	}
	return Op{Code: dwarf.OpBregx, A: reg, B: uint64(off)}
}
