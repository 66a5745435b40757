package debuginfo

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/list"
)

// op translates one operation.
func (x *expression) op(o *expr.Op) error {
	c := o.Code
	if need := operandsOf(c); len(x.stack) < need {
		return errUnderflow
	}
	if x.misusesFloat(c) {
		return errFloatUse
	}
	switch {
	case isConst(c):
		v := o.A
		if c >= dwarf.OpLit0 && c <= dwarf.OpLit31 {
			v = uint64(c - dwarf.OpLit0)
		}
		x.pushConst(v)
		return nil
	case c >= dwarf.OpReg0 && c <= dwarf.OpBreg31:
		return errRegister
	}
	switch c {
	case dwarf.OpNop:
	case dwarf.OpGNUUninit:
		x.code(c)
	case dwarf.OpFormTLSAddress, dwarf.OpGNUPushTLSAddress:
		return x.threadLocal()
	case dwarf.OpCall2, dwarf.OpCall4, dwarf.OpCallRef:
		return x.call(o.A)
	case dwarf.OpGNUVariableValue:
		return x.variableValue(o.A)
	case dwarf.OpGNUEncodedAddr:
		return x.data(o.B)
	case dwarf.OpGNUParameterRef: // the value that a parameter had at a call
		x.emit(*o)
		x.push(x.word())
	case dwarf.OpCallFrameCFA:
		return errCFA
	case dwarf.OpXderef, dwarf.OpXderefSize, dwarf.OpXderefType:
		return x.xderef(o)
	case dwarf.OpAddr:
		return x.data(o.A)
	case dwarf.OpAddrx, dwarf.OpGNUAddrIndex:
		v, err := x.addrx(o.A)
		if err != nil {
			return errIndex
		}
		return x.data(v)
	case dwarf.OpConstx, dwarf.OpGNUConstIndex:
		v, err := x.addrx(o.A)
		if err != nil {
			return errIndex
		}
		x.pushConst(v)
	case dwarf.OpWASMLocation:
		return x.wasmLocation(o)
	case dwarf.OpFbreg:
		if err := x.pushFrameBase(); err != nil {
			return err
		}
		if x.top().float {
			return errFloatUse
		}
		x.add(o.A)
	case dwarf.OpPlusUconst:
		x.add(o.A)
	case dwarf.OpDup:
		x.code(c)
		x.push(*x.top())
	case dwarf.OpDrop:
		x.code(c)
		x.pop()
	case dwarf.OpOver:
		x.code(c)
		x.push(x.stack[len(x.stack)-2])
	case dwarf.OpPick:
		if o.A >= uint64(len(x.stack)) {
			return errUnderflow
		}
		x.emit(*o)
		x.push(x.stack[len(x.stack)-1-int(o.A)])
	case dwarf.OpSwap:
		x.code(c)
		s := x.stack[len(x.stack)-2:]
		s[0], s[1] = s[1], s[0]
	case dwarf.OpRot:
		x.code(c)
		s := x.stack[len(x.stack)-3:]
		s[0], s[1], s[2] = s[2], s[0], s[1]
	case dwarf.OpDeref, dwarf.OpDerefSize:
		if x.entered {
			return errEntryValue // nobody knows what was in memory then
		}
		size := uint64(x.addrSize)
		if c == dwarf.OpDerefSize {
			size = o.A
		}
		if size == 0 || size > 8 {
			return errUnsupported
		}
		x.toNative()
		x.emit(expr.Op{Code: dwarf.OpDerefSize, A: size})
		*x.top() = x.word()
		if size <= 4 {
			x.top().clean, x.top().near = true, true
		}
	case dwarf.OpDerefType, dwarf.OpGNUDerefType:
		if x.entered {
			return errEntryValue
		}
		x.toNative()
		x.emit(*o)
		*x.top() = entry{width: typed}
	case dwarf.OpConstType, dwarf.OpGNUConstType:
		x.emit(*o)
		x.push(entry{width: typed})
	case dwarf.OpReinterpret, dwarf.OpGNUReinterpret:
		return x.reinterpret(o)
	case dwarf.OpConvert, dwarf.OpGNUConvert:
		// A generic value converts as the unsigned number that it is.
		x.exact()
		x.emit(*o)
		if o.A == 0 {
			*x.top() = entry{width: wide}
		} else {
			*x.top() = entry{width: typed}
		}
	case dwarf.OpPushObjectAddress:
		x.code(c)
		x.push(entry{width: native})
	case dwarf.OpStackValue:
		x.clean()
		x.code(c)
	case dwarf.OpImplicitValue, dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer:
		x.emit(*o)
	case dwarf.OpEntryValue, dwarf.OpGNUEntryValue:
		return x.entryValue(o.Data)
	case dwarf.OpAbs, dwarf.OpNeg, dwarf.OpNot:
		if c == dwarf.OpAbs {
			x.signed()
		}
		x.code(c)
		x.unary(c)
	case dwarf.OpAnd, dwarf.OpOr, dwarf.OpXor, dwarf.OpPlus, dwarf.OpMinus, dwarf.OpMul, dwarf.OpShl,
		dwarf.OpDiv, dwarf.OpMod, dwarf.OpShr, dwarf.OpShra,
		dwarf.OpEq, dwarf.OpNe, dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt:
		x.binary(c)
	case dwarf.OpRegx, dwarf.OpBregx, dwarf.OpRegvalType, dwarf.OpGNURegvalType:
		return errRegister
	default:
		return errUnsupported
	}
	return nil
}

// misusesFloat reports whether an operation would take a floating-point number for something else. Producers'
// locations name locals and operands that have become other values, of other types: no reader can make sense of it.
func (x *expression) misusesFloat(c dwarf.Op) bool {
	n := len(x.stack)
	switch c {
	case dwarf.OpAnd, dwarf.OpOr, dwarf.OpXor, dwarf.OpShl, dwarf.OpShr, dwarf.OpShra, dwarf.OpMod:
		return x.stack[n-1].float || x.stack[n-2].float
	case dwarf.OpPlus, dwarf.OpMinus, dwarf.OpMul, dwarf.OpDiv,
		dwarf.OpEq, dwarf.OpNe, dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt:
		return x.stack[n-1].float != x.stack[n-2].float
	case dwarf.OpPlusUconst, dwarf.OpNot, dwarf.OpDeref, dwarf.OpDerefSize, dwarf.OpDerefType, dwarf.OpGNUDerefType,
		dwarf.OpXderef, dwarf.OpXderefSize, dwarf.OpXderefType, dwarf.OpFormTLSAddress, dwarf.OpGNUPushTLSAddress:
		return x.stack[n-1].float
	}
	return false
}

// operandsOf is the number of stack entries that an operation works on.
func operandsOf(c dwarf.Op) int {
	switch c {
	case dwarf.OpDup, dwarf.OpDrop, dwarf.OpDeref, dwarf.OpDerefSize, dwarf.OpDerefType, dwarf.OpGNUDerefType,
		dwarf.OpConvert, dwarf.OpGNUConvert, dwarf.OpReinterpret, dwarf.OpGNUReinterpret, dwarf.OpStackValue,
		dwarf.OpFormTLSAddress, dwarf.OpGNUPushTLSAddress, dwarf.OpAbs, dwarf.OpNeg, dwarf.OpNot, dwarf.OpPlusUconst:
		return 1
	case dwarf.OpXderef, dwarf.OpXderefSize, dwarf.OpXderefType,
		dwarf.OpOver, dwarf.OpSwap, dwarf.OpAnd, dwarf.OpOr, dwarf.OpXor, dwarf.OpPlus, dwarf.OpMinus,
		dwarf.OpMul, dwarf.OpShl, dwarf.OpDiv, dwarf.OpMod, dwarf.OpShr, dwarf.OpShra,
		dwarf.OpEq, dwarf.OpNe, dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt:
		return 2
	case dwarf.OpRot:
		return 3
	}
	return 0
}

func (x *expression) pushConst(v uint64) {
	x.emit(expr.Const(v))
	x.push(constant(v))
}

// data pushes the linear address of static data.
func (x *expression) data(addr uint64) error {
	if list.Tombstone(addr, x.addrSize) {
		return errDeadData
	}
	x.pushConst(addr)
	return nil
}

func (x *expression) wasmLocation(o *expr.Op) error {
	switch o.A {
	case 1, 3:
		// The base of thread-local data in a module without threads.
		if o.A == 3 && o.B == 0xffff_ffff {
			x.pushConst(0)
			return nil
		}
		return x.global(o.B)
	}
	if x.entered {
		if o.A != 0 {
			return errEntryValue
		}
		return x.entryLocal(o.B)
	}
	p, err := x.wasmPlace(o)
	if err != nil {
		return err
	}
	return x.pushPlace(p)
}

// add adds a constant to the top.
func (x *expression) add(v uint64) {
	e := x.top()
	if v == 0 {
		return
	}
	last := &expr.Op{}
	if n := len(x.out); n > x.barrier {
		last = &x.out[n-1]
	}
	small := v < 1<<31
	switch {
	case e.width == anyWidth && isConst(last.Code):
		v += e.value
		*last = expr.Const(v)
		*e = constant(v)
		return
	case last.Code >= dwarf.OpBreg0 && last.Code <= dwarf.OpBreg31 && small && int64(last.A) >= 0 && last.A < 1<<31:
		last.A += v
	case int64(v) < 0 || x.addrSize == 4 && v >= 1<<31 && v < 1<<32 && e.width == word:
		x.emit(expr.Const(uint64(int64(v))))
		x.code(dwarf.OpPlus)
	default:
		x.emit(expr.Op{Code: dwarf.OpPlusUconst, A: v})
	}
	switch e.width {
	case word:
		e.near = e.near && small
		e.clean = false
	case anyWidth:
		*e = x.word()
	}
}

// unary makes the top what an operation on it made of it.
func (x *expression) unary(c dwarf.Op) {
	e := x.top()
	switch {
	case e.width == word || e.width == anyWidth && c == dwarf.OpAbs:
		*e = x.word()
	case e.width == anyWidth && c == dwarf.OpNeg:
		*e = constant(-e.value)
	case e.width == anyWidth:
		*e = constant(^e.value)
	default:
		*e = entry{width: e.width, float: e.float}
	}
}

// constant is the entry for a constant.
func constant(v uint64) entry {
	return entry{width: anyWidth, value: v, clean: v <= 0xffff_ffff, near: v <= 0xffff_ffff}
}

// fold returns the result of an operation on constants whose low bits depend on low bits alone.
func fold(c dwarf.Op, a, b uint64) (v uint64, ok bool) {
	switch c {
	case dwarf.OpPlus:
		return a + b, true
	case dwarf.OpMinus:
		return a - b, true
	case dwarf.OpMul:
		return a * b, true
	case dwarf.OpAnd:
		return a & b, true
	case dwarf.OpOr:
		return a | b, true
	case dwarf.OpXor:
		return a ^ b, true
	}
	return 0, false
}

// binary translates an operation on two entries.
func (x *expression) binary(c dwarf.Op) {
	n := len(x.stack)
	a, b := &x.stack[n-2], &x.stack[n-1]
	switch {
	case a.width == typed || b.width == typed:
		float := a.float && (c == dwarf.OpPlus || c == dwarf.OpMinus || c == dwarf.OpMul || c == dwarf.OpDiv)
		x.code(c)
		x.pop()
		*x.top() = entry{width: typed, float: float}
		return
	case x.addrSize == 8 && (a.width == native) != (b.width == native) && (c == dwarf.OpPlus || c == dwarf.OpMinus):
		// An address of this process and a distance in a memory of 64 bits, as of a virtual base.
		x.code(c)
		x.pop()
		*x.top() = entry{width: native}
		return
	case a.width == wide || b.width == wide:
		// 64-bit arithmetic: a 32-bit part is an unsigned number.
		x.exactIfWord()
		x.below(x.exactIfWord)
		x.code(c)
		x.pop()
		*x.top() = entry{width: wide}
		return
	case a.width == native || b.width == native:
		// An address of this process and a 32-bit distance, which may be negative.
		if a.width == word {
			x.below(x.signed)
		}
		if b.width == word {
			x.signed()
		}
		both := a.width == native && b.width == native
		x.code(c)
		x.pop()
		if both {
			*x.top() = entry{width: wide}
		} else {
			*x.top() = entry{width: native}
		}
		return
	}
	if a.width == anyWidth && b.width == anyWidth {
		if v, ok := fold(c, a.value, b.value); ok {
			x.pop()
			*x.top() = constant(v)
			if n := len(x.out); n >= x.barrier+2 && isConst(x.out[n-1].Code) && isConst(x.out[n-2].Code) {
				x.out = append(x.out[:n-2], expr.Const(v))
			} else {
				x.code(c)
			}
			return
		}
	}
	e := x.word()
	switch c {
	case dwarf.OpAnd:
		e.clean = a.clean || b.clean
	case dwarf.OpOr, dwarf.OpXor:
		e.clean = a.clean && b.clean
	case dwarf.OpDiv:
		x.signed()
		x.below(x.signed)
	case dwarf.OpShra:
		x.exact()
		x.below(x.signed)
	case dwarf.OpShl:
		x.exact()
	case dwarf.OpMod, dwarf.OpShr:
		x.exact()
		x.below(x.exact)
		e.clean = true
	case dwarf.OpEq, dwarf.OpNe:
		x.exact()
		x.below(x.exact)
		e.clean = true
	case dwarf.OpGe, dwarf.OpGt, dwarf.OpLe, dwarf.OpLt:
		x.signed()
		x.below(x.signed)
		e.clean = true
	}
	e.near = e.clean
	x.code(c)
	x.pop()
	*x.top() = e
}

func (x *expression) exactIfWord() {
	if x.top().width == word {
		x.exact()
	}
}
