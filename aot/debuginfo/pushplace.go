package debuginfo

import (
	"encoding/binary"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

func (x *expression) slotAddress(off int32) {
	x.code(dwarf.OpCallFrameCFA)
	x.emit(expr.Op{Code: dwarf.OpConsts, A: uint64(int64(off))})
	x.code(dwarf.OpPlus)
}

// globalAddress pushes the native address of a global.
func (x *expression) globalAddress(i uint64) error {
	if i >= uint64(len(x.layout.Globals)) {
		return errNoGlobal
	}
	g := x.layout.Globals[i]
	x.emit(expr.Breg(uint64(x.target.Context), int64(g.Off)))
	if g.Indirect {
		x.code(dwarf.OpDeref)
	}
	return nil
}

// pushPlace pushes the value that is in a place.
func (x *expression) pushPlace(p codemap.Place) error {
	e := entry{width: word, clean: true, near: true}
	switch p.Type {
	case wasm.I32:
	case wasm.I64:
		e = entry{width: wide}
	default:
		return x.pushFloat(p)
	}
	switch p.Kind {
	case codemap.InReg:
		x.emit(expr.Breg(uint64(p.Reg), 0))
	case codemap.InSlot:
		x.slotAddress(p.Offset)
		x.load(p.Type)
	case codemap.IsConst:
		x.emit(expr.Const(p.Value))
	case codemap.IsAddend:
		l, err := x.fn.local(uint64(p.Index))
		if err != nil {
			return err
		}
		l.Type = p.Type
		if err := x.pushPlace(l); err != nil {
			return err
		}
		x.emit(expr.Const(p.Value))
		x.code(dwarf.OpPlus)
		x.top().clean, x.top().near = false, false
		return nil
	case codemap.IsSum:
		x.sum(p)
		e.clean, e.near = false, false
	case codemap.IsLoad:
		x.pendingAddress(p)
		x.load(p.Type)
	case codemap.IsFlags:
		x.condition(uint64(p.Reg), p.Flags())
	case codemap.IsPair:
		op, ok := pairOps[wasm.Op(p.Value)]
		if !ok {
			return errNoOperand
		}
		for _, part := range x.fn.pairs()[p.Index] {
			if part.Kind == codemap.IsLocal {
				l, err := x.fn.local(uint64(part.Index))
				if err != nil {
					return err
				}
				l.Type = part.Type
				part = l
			}
			if err := x.pushPlace(part); err != nil {
				return err
			}
		}
		x.binary(op)
		return nil
	default:
		return errNoOperand
	}
	x.push(e)
	return nil
}

// pairOps are the operations of codemap.IsPair.
var pairOps = map[wasm.Op]dwarf.Op{
	wasm.OpI32Add: dwarf.OpPlus, wasm.OpI32Sub: dwarf.OpMinus, wasm.OpI32And: dwarf.OpAnd, wasm.OpI32Or: dwarf.OpOr, wasm.OpI32Xor: dwarf.OpXor,
}

// pushFloat pushes a floating-point value, for which the unit must have a base type.
func (x *expression) pushFloat(p codemap.Place) error {
	size := uint8(8)
	switch p.Type {
	case wasm.F32:
		size = 4
	case wasm.F64:
	default:
		return errFloatOperand
	}
	var key uint64
	ok := false
	if x.entries != nil {
		key, ok = x.entries.typeLike(expr.Type{Encoding: dwarf.EncFloat, Size: size})
	}
	if !ok {
		x.untyped = true
	}
	switch p.Kind {
	case codemap.InReg:
		x.emit(expr.Op{Code: dwarf.OpRegvalType, A: uint64(p.Reg), B: key})
	case codemap.InSlot:
		x.slotAddress(p.Offset)
		x.emit(expr.Op{Code: dwarf.OpDerefType, A: uint64(size), B: key})
	case codemap.IsLoad:
		x.pendingAddress(p)
		x.emit(expr.Op{Code: dwarf.OpDerefType, A: uint64(size), B: key})
	case codemap.IsConst:
		data := binary.LittleEndian.AppendUint64(nil, p.Value)[:size]
		x.emit(expr.Op{Code: dwarf.OpConstType, A: key, Data: data})
	default:
		return errNoOperand
	}
	x.push(entry{width: typed, float: true})
	return nil
}

// pendingAddress computes the native address of a load that the code has not done yet.
func (x *expression) pendingAddress(p codemap.Place) {
	x.emit(expr.Breg(uint64(p.Reg), int64(p.Value)))
	x.emit(expr.Breg(uint64(x.target.Memory), 0))
	x.code(dwarf.OpPlus)
}

// condition computes whether a condition holds, 0 or 1.
func (x *expression) condition(reg uint64, f codemap.Flags) {
	differ := f.Differ != f.Differ2
	if f.Any != 0 {
		x.emit(expr.Breg(reg, 0))
		if f.Invert != 0 {
			x.emit(expr.Const(uint64(f.Invert)))
			x.code(dwarf.OpXor)
		}
		x.emit(expr.Const(uint64(f.Any)))
		x.code(dwarf.OpAnd)
		x.emit(expr.Const(0))
		if f.Negate && !differ {
			x.code(dwarf.OpEq)
			return
		}
		x.code(dwarf.OpNe)
	}
	if differ {
		for _, bit := range [2]uint8{f.Differ, f.Differ2} {
			x.emit(expr.Breg(reg, 0))
			x.emit(expr.Const(uint64(bit)))
			x.code(dwarf.OpShr)
		}
		x.code(dwarf.OpXor)
		x.emit(expr.Const(1))
		x.code(dwarf.OpAnd)
		if f.Any != 0 {
			x.code(dwarf.OpOr)
		}
	}
	if f.Negate {
		x.emit(expr.Const(0))
		x.code(dwarf.OpEq)
	}
}

// sum computes the value of an operand that the compiler has not added up yet.
func (x *expression) sum(p codemap.Place) {
	x.emit(expr.Const(p.Value))
	if p.Reg != codemap.NoReg {
		x.emit(expr.Breg(uint64(p.Reg), 0))
		x.code(dwarf.OpPlus)
	}
	if p.Reg2 != codemap.NoReg {
		x.emit(expr.Breg(uint64(p.Reg2), 0))
		if p.Scale != 0 {
			x.emit(expr.Const(uint64(p.Scale)))
			x.code(dwarf.OpShl)
		}
		x.code(dwarf.OpPlus)
	}
}

func (x *expression) load(t wasm.ValType) {
	if t == wasm.I64 {
		x.code(dwarf.OpDeref)
	} else {
		x.emit(expr.Op{Code: dwarf.OpDerefSize, A: 4})
	}
}
