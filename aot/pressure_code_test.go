package aot

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"sphex/aot/wasm"
)

// The locals of a function under test behind its parameters. The hot ones are used in the loop, so that they get
// registers; a cold one stays in the frame.
const (
	hotI32    = 5
	hotI64    = 6
	hotF32    = 7
	hotF64    = 8
	hotV128   = 9
	coldI32   = 10
	coldI64   = 11
	coldF64   = 12
	rounds32  = 13
	foldF32   = 14
	foldF64   = 15
	foldV128  = 16
	hotRef    = 17
	extraI64  = 18
	numLocals = 19
)

var pressureLocals = [numLocals]wasm.ValType{
	wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128,
	wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128,
	wasm.I32, wasm.I64, wasm.F64, wasm.I32, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef, wasm.I64,
}

// pressure writes one function.
type pressure struct {
	r    *rand.Rand
	kind int
	leaf bool
	code []byte
}

func (g *pressure) op(b ...byte) { g.code = append(g.code, b...) }
func (g *pressure) u(v uint64)   { g.code = binary.AppendUvarint(g.code, v) }
func (g *pressure) i32(v int64)  { g.code = appendSleb(append(g.code, 0x41), v) }
func (g *pressure) i64(v int64)  { g.code = appendSleb(append(g.code, 0x42), v) }
func (g *pressure) get(i byte)   { g.op(0x20, i) }

func (g *pressure) opcode(op wasm.Op) {
	prefix, code := op.Encoding()
	if prefix != 0 {
		g.op(prefix)
		g.u(uint64(code))
		return
	}
	g.op(byte(code))
}

// hot is the local of type t that has a register.
func hot(t wasm.ValType) byte {
	switch t {
	case wasm.I32:
		return hotI32
	case wasm.I64:
		return hotI64
	case wasm.F32:
		return hotF32
	case wasm.F64:
		return hotF64
	case wasm.V128:
		return hotV128
	}
	return hotRef
}

// The kinds of entries.
const (
	entryConst = iota
	entryHot
	entryParam
	entryCold
	entryReg
	entrySum
	entryScaled
	entryLoad
	entryFlags
	numEntries
)

// entry pushes a value: integers are small multiples of eight, and above zero.
func (g *pressure) entry(t wasm.ValType, how int) {
	wide := byte(0)
	if t == wasm.I64 {
		wide = 1
	}
	number := func(v int64) {
		if t == wasm.I64 {
			g.i64(v)
		} else {
			g.i32(v)
		}
	}
	add, mul, shl := 0x6a+0x12*wide, 0x6c+0x12*wide, 0x74+0x12*wide
	switch t {
	case wasm.I32, wasm.I64:
		switch how {
		case entryConst:
			number(int64(8 + 8*g.r.IntN(8)))
		case entryHot:
			g.get(hot(t))
		case entryParam:
			g.get(wide)
		case entryCold:
			g.get(coldI32 + wide)
		case entrySum:
			g.get(hot(t))
			number(int64(8 * g.r.IntN(6)))
			g.op(add)
		case entryScaled:
			g.get(hot(t))
			g.get(wide)
			number(8)
			g.op(mul)
			number(int64(1 + g.r.IntN(3)))
			g.op(shl, add)
		case entryLoad: // from a place that holds small multiples of eight
			address := byte(0)
			if pressureKinds[g.kind].memories[0].Is64 {
				address = 1
			}
			g.get(address)
			g.op(0x28+wide, 0)
			g.u(2048)
		default:
			g.get(hot(t))
			g.get(wide)
			g.op(mul)
		}
	case wasm.F32, wasm.F64:
		switch how {
		case entryConst:
			if t == wasm.F32 {
				g.code = binary.LittleEndian.AppendUint32(append(g.code, 0x43), math.Float32bits(2.5))
			} else {
				g.code = binary.LittleEndian.AppendUint64(append(g.code, 0x44), math.Float64bits(6.25))
			}
		case entryHot:
			g.get(hot(t))
		case entryParam:
			g.get(byte(slices.Index(pressureLocals[:], t)))
		case entryCold:
			g.get(coldF64)
			if t == wasm.F32 {
				g.opcode(wasm.OpF32DemoteF64)
			}
		default:
			g.get(hot(t))
			g.get(byte(slices.Index(pressureLocals[:], t)))
			if t == wasm.F32 {
				g.opcode(wasm.OpF32Mul)
			} else {
				g.opcode(wasm.OpF64Mul)
			}
		}
	case wasm.V128:
		switch how {
		case entryConst:
			g.op(0xfd, 0x0c)
			g.code = binary.LittleEndian.AppendUint64(g.code, 0x0000000900000008)
			g.code = binary.LittleEndian.AppendUint64(g.code, 0x0000000200000003)
		case entryHot:
			g.get(hotV128)
		case entryParam, entryCold:
			g.get(4)
		default:
			g.get(hotV128)
			g.get(4)
			g.opcode(wasm.OpI32x4Add)
		}
	case wasm.ExternRef, wasm.ExnRef:
		g.op(0xd0, byte(t))
	default: // a reference to a function
		switch how {
		case entryConst:
			g.op(0xd0, 0x70)
		case entryHot, entryParam, entryCold:
			g.get(hotRef)
		default:
			g.op(0xd2, byte(g.r.IntN(numFuncs)))
		}
	}
}

// fold takes a value off the stack and mixes it into the first global.
func (g *pressure) fold(t wasm.ValType) {
	switch t {
	case wasm.I32:
		g.opcode(wasm.OpI64ExtendI32U)
	case wasm.F32, wasm.F64: // NaNs are alike
		x, eq, mul, bits := byte(foldF32), wasm.OpF32Eq, wasm.OpI32Mul, wasm.OpI32ReinterpretF32
		if t == wasm.F64 {
			x, eq, mul, bits = foldF64, wasm.OpF64Eq, wasm.OpI64Mul, wasm.OpI64ReinterpretF64
		}
		g.op(0x22, x)
		g.opcode(bits)
		g.get(x)
		g.get(x)
		g.opcode(eq)
		if t == wasm.F64 {
			g.opcode(wasm.OpI64ExtendI32U)
		}
		g.opcode(mul)
		if t == wasm.F32 {
			g.opcode(wasm.OpI64ExtendI32U)
		}
	case wasm.V128:
		g.op(0x22, foldV128)
		g.opcode(wasm.OpI64x2ExtractLane)
		g.op(0)
		g.i64(77)
		g.opcode(wasm.OpI64Mul)
		g.get(foldV128)
		g.opcode(wasm.OpI64x2ExtractLane)
		g.op(1)
		g.opcode(wasm.OpI64Add)
	case wasm.I64:
	default:
		g.opcode(wasm.OpRefIsNull)
		g.opcode(wasm.OpI64ExtendI32U)
	}
	g.op(0x23, 0)
	g.i64(0x9e3779b97f4a7c1)
	g.opcode(wasm.OpI64Mul)
	g.opcode(wasm.OpI64Add)
	g.op(0x24, 0)
}

// function writes a function that has the row's instruction in a loop of two rounds.
func (g *pressure) function(row *pressureRow, depth int) []byte {
	head := binary.AppendUvarint(nil, numLocals-5)
	for _, t := range pressureLocals[5:] {
		head = append(head, 1, byte(t))
	}
	set := func(i byte, how int) {
		g.entry(pressureLocals[i], how)
		g.op(0x21, i)
	}
	for i := hotI32; i <= coldI64; i++ {
		switch t := pressureLocals[i]; t {
		case wasm.I32, wasm.I64:
			g.get(t2(t))
			g.op(0x21, byte(i))
		default:
			set(byte(i), entryConst)
		}
	}
	set(coldF64, entryConst)
	g.op(0xd2, funcLeft, 0x21, hotRef)
	g.op(0x03, 0x40) // loop
	var below []wasm.ValType
	types := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef}
	if g.r.IntN(3) > 0 {
		types = types[:2]
	}
	if row.label != nil {
		g.block(row.label)
	}
	alike := g.r.IntN(2*numEntries) - numEntries // all of one kind
	for range depth {
		x := types[g.r.IntN(len(types))]
		how := g.r.IntN(numEntries)
		if alike >= 0 {
			how = alike
		}
		g.entry(x, how)
		below = append(below, x)
	}
	alike = g.r.IntN(2*numEntries) - numEntries
	for i, x := range row.params {
		how := g.r.IntN(numEntries)
		if alike >= 0 {
			how = alike
		}
		if how == entryFlags && x == wasm.I32 && i == len(row.params)-1 && row.last > 0 {
			g.flags()
			continue
		}
		g.entry(x, how)
	}
	row.emit(g)
	if !row.ends {
		results := row.results
		if n := len(results); n > 0 {
			x := results[n-1]
			switch g.r.IntN(5) {
			case 0:
			case 1:
				g.op(0x1a)
				results = results[:n-1]
			case 2:
				if slices.Contains(pressureLocals[:], x) {
					g.op(0x21, hot(x))
					results = results[:n-1]
				}
			case 3:
				if slices.Contains(pressureLocals[:], x) {
					g.op(0x22, hot(x))
				}
			default:
				if x == wasm.I32 {
					g.op(0x45, 0x04, 0x40) // eqz, if
					g.i64(99)
					g.fold(wasm.I64)
					g.op(0x0b)
					results = results[:n-1]
				}
			}
		}
		for _, x := range slices.Backward(slices.Concat(below, results)) {
			g.fold(x)
		}
	}
	if row.label != nil {
		if !row.ends {
			for _, x := range row.label {
				g.entry(x, entryConst)
			}
		}
		g.op(0x0b)
		for _, x := range slices.Backward(row.label) {
			g.fold(x)
		}
	}
	for i := hotI32; i <= hotV128; i++ {
		g.get(byte(i))
		g.fold(pressureLocals[i])
	}
	// The hot integers stay small multiples of eight for the next round.
	set(hotI32, entryParam)
	set(hotI64, entryParam)
	set(hotV128, entryConst)
	if !g.leaf {
		g.op(0x10, funcEmpty)
	}
	g.get(rounds32)
	g.i32(1)
	g.op(0x6a, 0x22, rounds32)
	g.i32(2)
	g.op(0x49, 0x0d, 0, 0x0b) // lt_u, br_if, end
	for i := range byte(5) {
		g.get(i)
		g.fold(pressureLocals[i])
	}
	return append(append(head, g.code...), 0x0b)
}

// t2 is the parameter of an integer type.
func t2(t wasm.ValType) byte {
	if t == wasm.I64 {
		return 1
	}
	return 0
}

// flags leaves a comparison's result.
func (g *pressure) flags() {
	switch g.r.IntN(4) {
	case 0:
		g.entry(wasm.I32, g.r.IntN(entryFlags))
		g.entry(wasm.I32, g.r.IntN(entryFlags))
		g.opcode(wasm.OpI32LtU)
	case 1:
		g.entry(wasm.F64, g.r.IntN(entryFlags))
		g.entry(wasm.F64, g.r.IntN(entryFlags))
		g.opcode(wasm.OpF64Eq)
	case 2:
		g.entry(wasm.F32, g.r.IntN(entryFlags))
		g.entry(wasm.F32, g.r.IntN(entryFlags))
		g.opcode(wasm.OpF32Ne)
	default:
		g.entry(wasm.I64, g.r.IntN(entryFlags))
		g.opcode(wasm.OpI64Eqz)
	}
}

// block opens a block whose label carries the types, with a type of the module when they are more than one.
func (g *pressure) block(results []wasm.ValType) {
	switch {
	case len(results) == 0:
		g.op(0x02, 0x40)
	case len(results) == 1:
		g.op(0x02, byte(results[0]))
	default:
		g.op(0x02, blockOf(results))
	}
}

// blockOf is the type of a block without parameters and with the results: those behind the named ones.
func blockOf(results []wasm.ValType) byte {
	for i, r := range blockResults {
		if slices.Equal(r, results) {
			return byte(numPressure + i)
		}
	}
	panic("no type for a block")
}

var blockResults = [][]wasm.ValType{
	{wasm.I32, wasm.I64},
	{wasm.I32, wasm.I64, wasm.V128},
	{wasm.I64, wasm.F64, wasm.I32},
	{wasm.I32, wasm.FuncRef},
}
