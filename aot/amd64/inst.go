package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// inst lowers the instruction that was just decoded.
func (c *compiler) inst() {
	switch op := c.in.Op; op {
	case wasm.OpUnreachable:
		c.trapHere(c.in.Offset, abi.TrapUnreachable)
		c.ud2()
		c.truncateDead()
		c.skip()
	case wasm.OpNop:
	case wasm.OpBlock:
		c.block()
	case wasm.OpLoop:
		c.loop()
	case wasm.OpIf:
		c.ifThen()
	case wasm.OpElse:
		c.orElse(true)
	case wasm.OpEnd:
		c.end(true)
	case wasm.OpBr:
		c.br()
	case wasm.OpBrIf:
		c.brIf()
	case wasm.OpBrTable:
		c.brTable()
	case wasm.OpReturn:
		c.retInst()
	case wasm.OpTry, wasm.OpTryTable:
		c.try()
	case wasm.OpCatch, wasm.OpCatchAll:
		c.catch(true)
	case wasm.OpDelegate:
		c.delegate(true)
	case wasm.OpThrow:
		c.throw()
	case wasm.OpThrowRef, wasm.OpRethrow:
		c.throwRef()
	case wasm.OpCall:
		c.callInst()
	case wasm.OpCallIndirect:
		c.callIndirect()
	case wasm.OpCallRef:
		c.callRef()
	case wasm.OpReturnCallRef:
		c.tailCallRef()
	case wasm.OpReturnCall:
		c.tailCall()
	case wasm.OpReturnCallIndirect:
		c.tailCallIndirect()

	case wasm.OpDrop:
		v := c.pop()
		c.drop(&v)
	case wasm.OpSelect, wasm.OpSelectT:
		c.selectInst()

	case wasm.OpLocalGet:
		c.pushLocal(c.in.Index, c.locals[c.in.Index].typ)
	case wasm.OpLocalSet:
		c.setLocal(c.in.Index)
	case wasm.OpLocalTee:
		c.teeLocal(c.in.Index)
	case wasm.OpGlobalGet:
		c.globalGet()
	case wasm.OpGlobalSet:
		c.globalSet()
	case wasm.OpTableGet:
		c.tableGet()
	case wasm.OpTableSet:
		c.tableSet()

	case wasm.OpMemorySize:
		c.memorySize()
	case wasm.OpMemoryGrow:
		c.builtin(abi.HostMemoryGrow, 1, c.m.Memories[c.in.Index].AddrType(), c.in.Index)

	case wasm.OpI32Const:
		c.push(constant(wasm.I32, c.in.Value))
	case wasm.OpI64Const:
		c.push(constant(wasm.I64, c.in.Value))
	case wasm.OpF32Const:
		c.push(constant(wasm.F32, c.in.Value))
	case wasm.OpF64Const:
		c.push(constant(wasm.F64, c.in.Value))

	case wasm.OpI32Eqz:
		c.eqz(false)
	case wasm.OpI64Eqz:
		c.eqz(true)

	case wasm.OpI32Clz:
		c.unary(opLzcnt, wasm.I32)
	case wasm.OpI32Ctz:
		c.unary(opTzcnt, wasm.I32)
	case wasm.OpI32Popcnt:
		c.unary(opPopcnt, wasm.I32)
	case wasm.OpI64Clz:
		c.unary(opLzcnt|rexW, wasm.I64)
	case wasm.OpI64Ctz:
		c.unary(opTzcnt|rexW, wasm.I64)
	case wasm.OpI64Popcnt:
		c.unary(opPopcnt|rexW, wasm.I64)
	case wasm.OpI32Add, wasm.OpI64Add:
		c.add(op == wasm.OpI64Add)
	case wasm.OpI32Sub, wasm.OpI64Sub:
		c.sub(op == wasm.OpI64Sub)
	case wasm.OpI32Mul, wasm.OpI64Mul:
		c.mul(op == wasm.OpI64Mul)
	case wasm.OpI32DivS, wasm.OpI64DivS:
		c.divide(true, false, op == wasm.OpI64DivS)
	case wasm.OpI32DivU, wasm.OpI64DivU:
		c.divide(false, false, op == wasm.OpI64DivU)
	case wasm.OpI32RemS, wasm.OpI64RemS:
		c.divide(true, true, op == wasm.OpI64RemS)
	case wasm.OpI32RemU, wasm.OpI64RemU:
		c.divide(false, true, op == wasm.OpI64RemU)
	case wasm.OpI32And, wasm.OpI64And:
		c.bitwise(aluAnd, op == wasm.OpI64And)
	case wasm.OpI32Or, wasm.OpI64Or:
		c.bitwise(aluOr, op == wasm.OpI64Or)
	case wasm.OpI32Xor, wasm.OpI64Xor:
		c.bitwise(aluXor, op == wasm.OpI64Xor)
	case wasm.OpI32Shl, wasm.OpI64Shl:
		c.shift(digitShl, op == wasm.OpI64Shl)
	case wasm.OpI32ShrS, wasm.OpI64ShrS:
		c.shift(digitSar, op == wasm.OpI64ShrS)
	case wasm.OpI32ShrU, wasm.OpI64ShrU:
		c.shift(digitShr, op == wasm.OpI64ShrU)
	case wasm.OpI32Rotl, wasm.OpI64Rotl:
		c.shift(digitRol, op == wasm.OpI64Rotl)
	case wasm.OpI32Rotr, wasm.OpI64Rotr:
		c.shift(digitRor, op == wasm.OpI64Rotr)

	case wasm.OpF32Abs, wasm.OpF64Abs:
		c.abs(op == wasm.OpF64Abs)
	case wasm.OpF32Neg, wasm.OpF64Neg:
		c.neg(op == wasm.OpF64Neg)
	case wasm.OpF32Ceil, wasm.OpF64Ceil:
		c.round(roundUp, op == wasm.OpF64Ceil)
	case wasm.OpF32Floor, wasm.OpF64Floor:
		c.round(roundDown, op == wasm.OpF64Floor)
	case wasm.OpF32Trunc, wasm.OpF64Trunc:
		c.round(roundTruncate, op == wasm.OpF64Trunc)
	case wasm.OpF32Nearest, wasm.OpF64Nearest:
		c.round(roundNearest, op == wasm.OpF64Nearest)
	case wasm.OpF32Sqrt, wasm.OpF64Sqrt:
		c.sqrt(op == wasm.OpF64Sqrt)
	case wasm.OpF32Add, wasm.OpF64Add:
		c.arith(opAddss, op == wasm.OpF64Add)
	case wasm.OpF32Sub, wasm.OpF64Sub:
		c.arith(opSubss, op == wasm.OpF64Sub)
	case wasm.OpF32Mul, wasm.OpF64Mul:
		c.arith(opMulss, op == wasm.OpF64Mul)
	case wasm.OpF32Div, wasm.OpF64Div:
		c.arith(opDivss, op == wasm.OpF64Div)
	case wasm.OpF32Min, wasm.OpF64Min:
		c.minMax(opMinss, op == wasm.OpF64Min)
	case wasm.OpF32Max, wasm.OpF64Max:
		c.minMax(opMaxss, op == wasm.OpF64Max)
	case wasm.OpF32Copysign, wasm.OpF64Copysign:
		c.copysign(op == wasm.OpF64Copysign)

	case wasm.OpI32WrapI64:
		c.wrap()
	case wasm.OpI64ExtendI32S, wasm.OpI64Extend32S:
		c.unary(opMovsxd, wasm.I64)
	case wasm.OpI64ExtendI32U:
		c.extendU()
	case wasm.OpI32Extend8S:
		c.unary(opMovsx8, wasm.I32)
	case wasm.OpI32Extend16S:
		c.unary(opMovsx16, wasm.I32)
	case wasm.OpI64Extend8S:
		c.unary(opMovsx8|rexW, wasm.I64)
	case wasm.OpI64Extend16S:
		c.unary(opMovsx16|rexW, wasm.I64)
	case wasm.OpF32ConvertI32S, wasm.OpF32ConvertI32U, wasm.OpF32ConvertI64S, wasm.OpF32ConvertI64U:
		n := op - wasm.OpF32ConvertI32S
		c.fromInt(op, false, n >= 2, n&1 == 0)
	case wasm.OpF64ConvertI32S, wasm.OpF64ConvertI32U, wasm.OpF64ConvertI64S, wasm.OpF64ConvertI64U:
		n := op - wasm.OpF64ConvertI32S
		c.fromInt(op, true, n >= 2, n&1 == 0)
	case wasm.OpF32DemoteF64:
		c.convertFloat(opCvtsd2ss, wasm.F32)
	case wasm.OpF64PromoteF32:
		c.convertFloat(opCvtss2sd, wasm.F64)
	case wasm.OpI32ReinterpretF32:
		c.reinterpret(wasm.I32)
	case wasm.OpI64ReinterpretF64:
		c.reinterpret(wasm.I64)
	case wasm.OpF32ReinterpretI32:
		c.reinterpret(wasm.F32)
	case wasm.OpF64ReinterpretI64:
		c.reinterpret(wasm.F64)

	case wasm.OpRefNull:
		c.push(constant(c.in.Type, 0))
	case wasm.OpRefIsNull:
		c.eqz(true)
	case wasm.OpRefFunc:
		c.refFunc()
	case wasm.OpRefAsNonNull:
		c.asNonNull()
	case wasm.OpBrOnNull:
		c.brOnNull()
	case wasm.OpBrOnNonNull:
		c.brOnNonNull()

	case wasm.OpMemoryInit:
		c.builtin(abi.HostMemoryInit, 3, 0, c.in.Index2, c.in.Index)
	case wasm.OpDataDrop:
		c.builtin(abi.HostDataDrop, 0, 0, c.in.Index)
	case wasm.OpMemoryCopy, wasm.OpMemoryFill:
		c.memoryCopyFill(op)
	case wasm.OpTableInit:
		c.builtin(abi.HostTableInit, 3, 0, c.in.Index2, c.in.Index)
	case wasm.OpElemDrop:
		c.builtin(abi.HostElemDrop, 0, 0, c.in.Index)
	case wasm.OpTableCopy:
		c.builtin(abi.HostTableCopy, 3, 0, c.in.Index, c.in.Index2)
	case wasm.OpTableGrow:
		c.builtin(abi.HostTableGrow, 2, c.m.Tables[c.in.Index].AddrType(), c.in.Index)
	case wasm.OpTableSize:
		c.tableSize()
	case wasm.OpTableFill:
		c.builtin(abi.HostTableFill, 3, 0, c.in.Index)

	case wasm.OpI64Add128, wasm.OpI64Sub128, wasm.OpI64MulWideS, wasm.OpI64MulWideU:
		c.wideInst()

	default:
		switch {
		case op >= wasm.OpV128Load:
			c.vector()
		case op >= wasm.OpAtomicNotify:
			c.atomicInst()
		case op >= wasm.OpI32Load && op <= wasm.OpI64Load32U:
			c.loadInst()
		case op >= wasm.OpI32Store && op <= wasm.OpI64Store32:
			c.storeInst()
		case op >= wasm.OpI32Eq && op <= wasm.OpI32GeU:
			c.intCompare(intConditions[op-wasm.OpI32Eq], false)
		case op >= wasm.OpI64Eq && op <= wasm.OpI64GeU:
			c.intCompare(intConditions[op-wasm.OpI64Eq], true)
		case op >= wasm.OpF32Eq && op <= wasm.OpF32Ge:
			c.floatCompare(int(op-wasm.OpF32Eq), false)
		case op >= wasm.OpF64Eq && op <= wasm.OpF64Ge:
			c.floatCompare(int(op-wasm.OpF64Eq), true)
		default:
			k, ok := conversions[op]
			if !ok {
				panic("amd64: lowering: unknown instruction " + op.String() + " in " + c.where())
			}
			c.toInt(k.from64, k.to64, k.signed, k.saturate)
		}
	}
}

// setLocal moves the top of the stack to a local.
func (c *compiler) setLocal(i uint32) {
	v := c.pop()
	c.writeLocal(i, &v)
	c.drop(&v)
}

// teeLocal copies the top of the stack to a local. What was in a register for a local in the
// frame stays there for the next instruction.
func (c *compiler) teeLocal(i uint32) {
	v := c.pop()
	c.writeLocal(i, &v)
	if l := &c.locals[i]; v.kind == vReg && l.reg == noReg || v.kind == vConst {
		c.push(v)
		return
	}
	c.drop(&v)
	c.pushLocal(i, c.locals[i].typ)
}

// writeLocal sets a local to v, which has left the stack and may get into a register.
func (c *compiler) writeLocal(i uint32, v *value) {
	l := &c.locals[i]
	if v.kind == vLocal && v.local == int32(i) && v.typ == l.typ {
		return
	}
	c.unalias(i)
	switch {
	case l.reg != noReg:
		c.load(l.reg, v)
	case v.kind == vConst && (!isWide(l.typ) || int64(v.imm) == int64(int32(v.imm))):
		size := uint8(4)
		if isWide(l.typ) {
			size = 8
		}
		c.movMI(size, at(rsp, l.slot), int32(uint32(v.imm)))
	default:
		c.rm(storeOf(l.typ), c.use(v), at(rsp, l.slot))
	}
}
