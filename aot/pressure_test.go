package aot

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/interp"
)

var pressureRuns = flag.Int("pressure", 4, "functions for each instruction, kind of module and form of code in TestPressure")

// TestPressure has every instruction meet every state of the compiler's operand stack: up to twenty entries below it, of
// both classes of registers, its operands of every kind (constants, locals in registers and in the frame, registers, sums,
// pending loads, pending flags), locals that live across it, and a local set by the next instruction that entries below
// stand for. What it computes and leaves is compared with the interpreter, for plain code, code that counts fuel, and code
// with stop sites between all instructions and a record of the operands.
func TestPressure(t *testing.T) {
	skipWithoutGuest(t)
	seen := map[wasm.Op]bool{}
	calls, traps := 0, 0
	for kind := range len(pressureKinds) {
		rows := pressureRows(kind)
		for start := 0; start < len(rows); start += 8 {
			some := rows[start:min(start+8, len(rows))]
			c, n := comparePressure(t, kind, some, *firstSeed, seen)
			calls += c
			traps += n
			if t.Failed() {
				return
			}
		}
	}
	for _, op := range knownOps() {
		if !seen[op] {
			t.Errorf("%v is in no function", op)
		}
	}
	if traps > calls/3 {
		t.Errorf("%d of %d calls trapped", traps, calls)
	}
	t.Logf("%d calls, %d of them trapped", calls, traps)
}

// pressureKinds are the modules' memories and whether the tables have addresses of 64 bits.
var pressureKinds = []struct {
	memories [2]wasm.MemoryType
	one      bool // the first memory alone
	table64  bool
}{
	{memories: [2]wasm.MemoryType{{}, {Is64: true}}, one: true},
	{memories: [2]wasm.MemoryType{{}, {Is64: true}}, table64: true},
	{memories: [2]wasm.MemoryType{{Is64: true}, {}}},
	{memories: [2]wasm.MemoryType{{BytePages: true}, {Is64: true, BytePages: true}}, table64: true},
}

// pressureRow is an instruction under test.
type pressureRow struct {
	name    string
	params  []wasm.ValType
	results []wasm.ValType
	label   []wasm.ValType // what the block around it carries away
	ends    bool           // nothing goes on behind it
	last    int            // how many of the operands may be pending in the flags
	emit    func(g *pressure)
}

const (
	pressureTableSize = 4096

	// The types of a module.
	typeTest    = 0 // of the functions under test
	typeLeft    = 1 // (i32 i64 f64) -> (f64 i32 i64)
	typeMany    = 2 // more than travel in registers
	typeTag     = 3
	typeNone    = 4
	typeTagged  = 5 // of blocks: what the tag has comes in and goes out
	typePair    = 6 // of blocks
	typeSink    = 7 // whose parameters travel in registers, and no results
	typeSinkAll = 8 // the same with more parameters
	numPressure = 9 // types
	// Its functions, in front of those under test.
	funcLeft    = 0
	funcMany    = 1
	funcEmpty   = 2
	funcSink    = 3
	funcSinkAll = 4
	numFuncs    = 5
)

var pressureTypes = [numPressure]wasm.FuncType{
	typeTest: {Params: []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128}},
	typeLeft: {Params: []wasm.ValType{wasm.I32, wasm.I64, wasm.F64}, Results: []wasm.ValType{wasm.F64, wasm.I32, wasm.I64}},
	typeMany: {
		Params:  []wasm.ValType{wasm.I32, wasm.I64, wasm.I64, wasm.I32, wasm.I32, wasm.I64, wasm.F64, wasm.V128},
		Results: []wasm.ValType{wasm.I64, wasm.I32, wasm.I64, wasm.I64, wasm.I32, wasm.I32, wasm.I64, wasm.V128, wasm.F64},
	},
	typeTag:  {Params: []wasm.ValType{wasm.I32, wasm.I64, wasm.V128}},
	typeNone: {},
	typeTagged: {
		Params:  []wasm.ValType{wasm.I32, wasm.I64, wasm.V128},
		Results: []wasm.ValType{wasm.I32, wasm.I64, wasm.V128},
	},
	typePair:    {Params: []wasm.ValType{wasm.I32, wasm.I64}, Results: []wasm.ValType{wasm.I32, wasm.I64}},
	typeSink:    {Params: []wasm.ValType{wasm.I32, wasm.I64, wasm.I64, wasm.F64, wasm.V128, wasm.I32}},
	typeSinkAll: {Params: []wasm.ValType{wasm.I64, wasm.I64, wasm.I32, wasm.I64, wasm.I64, wasm.I32, wasm.I64, wasm.V128, wasm.F32}},
}

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

// module makes a module with functions of the rows; the functions under test are exported.
func pressureModule(kind int, rows []pressureRow, seed uint64) ([]byte, []string) {
	k := &pressureKinds[kind]
	m := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, n int, body []byte) {
		b := append(binary.AppendUvarint(nil, uint64(n)), body...)
		m = append(append(append(m, id), binary.AppendUvarint(nil, uint64(len(b)))...), b...)
	}
	var names []string
	var bodies [][]byte
	for i := range rows {
		for n := range *pressureRuns {
			r := rand.New(rand.NewPCG(seed, uint64(kind)<<32|uint64(n)<<16|hashOf(rows[i].name)))
			g := &pressure{r: r, kind: kind, leaf: r.IntN(2) == 0}
			depth := r.IntN(21)
			if n < 3 {
				depth = n * 2
			}
			bodies = append(bodies, g.function(&rows[i], depth))
			names = append(names, rows[i].name)
		}
	}
	var b []byte
	vector := func(ts []wasm.ValType) {
		b = append(b, byte(len(ts)))
		for _, t := range ts {
			b = append(b, byte(t))
		}
	}
	for _, t := range pressureTypes {
		b = append(b, 0x60)
		vector(t.Params)
		vector(t.Results)
	}
	for _, r := range blockResults {
		b = append(b, 0x60, 0)
		vector(r)
	}
	section(1, numPressure+len(blockResults), b)
	b = []byte{typeLeft, typeMany, typeNone, typeSink, typeSinkAll}
	for range bodies {
		b = append(b, typeTest)
	}
	section(3, numFuncs+len(bodies), b)
	b = nil
	for range 2 {
		flags := byte(1)
		if k.table64 {
			flags |= 4
		}
		b = append(b, 0x70, flags)
		b = binary.AppendUvarint(binary.AppendUvarint(b, pressureTableSize), pressureTableSize+200)
	}
	section(4, 2, b)
	b = nil
	memories := k.memories[:]
	if k.one {
		memories = memories[:1]
	}
	for _, t := range memories {
		flags := byte(1)
		if t.Is64 {
			flags |= 4
		}
		size := []uint64{2, 3}
		if t.BytePages {
			flags |= 8
			size = []uint64{131072, 131072 + 1000}
		}
		b = binary.AppendUvarint(binary.AppendUvarint(append(b, flags), size[0]), size[1])
		if t.BytePages {
			b = append(b, 0)
		}
	}
	section(5, len(memories), b)
	section(13, 1, []byte{0, typeTag})
	section(6, 7, slices.Concat(
		[]byte{0x7e, 1, 0x42, 0, 0x0b, 0x7f, 1, 0x41, 8, 0x0b, 0x7e, 1, 0x42, 8, 0x0b},
		[]byte{0x7d, 1, 0x43, 0, 0, 0x80, 0x3f, 0x0b, 0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0b},
		append(append([]byte{0x7b, 1, 0xfd, 0x0c}, bytes.Repeat([]byte{3}, 16)...), 0x0b),
		[]byte{0x70, 1, 0xd0, 0x70, 0x0b}))
	b = nil
	for i := range bodies {
		name := fmt.Sprint("f", i)
		b = append(append(b, byte(len(name))), name...)
		b = binary.AppendUvarint(append(b, 0), uint64(numFuncs+i))
	}
	n := len(bodies)
	if k.table64 { // so references may be another instance's
		b = append(b, 1, 't', 1, 0)
		n++
	}
	section(7, n, b)
	// The first elements of the first table are functions; so is a passive segment.
	index := byte(0x41)
	if k.table64 {
		index = 0x42
	}
	b = append([]byte{0, index, 8, 0x0b, 60}, bytes.Repeat([]byte{funcLeft}, 60)...)
	b = append(append(b, 1, 0, 60), bytes.Repeat([]byte{funcMany, funcEmpty, funcSink, funcSinkAll}, 15)...)
	// In the second table, places that are i modulo 8 hold function i, if there is one under that number.
	b = append(b, 6, 1, index, 0, 0x0b, 0x70, 64)
	for i := range byte(64) {
		if i%8 < numFuncs {
			b = append(b, 0xd2, i%8, 0x0b)
		} else {
			b = append(b, 0xd0, 0x70, 0x0b)
		}
	}
	section(9, 3, b)
	section(12, 2, nil)
	bodies = slices.Concat([][]byte{leftBody(), manyBody(), {0, 0x0b}, sinkBody(typeSink), sinkBody(typeSinkAll)}, bodies)
	b = nil
	for _, body := range bodies {
		b = append(binary.AppendUvarint(b, uint64(len(body))), body...)
	}
	section(10, len(bodies), b)
	// Where entryLoad reads, small multiples of eight; elsewhere anything.
	data := make([]byte, 4096)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for i := 2048; i < len(data); i += 8 {
		binary.LittleEndian.PutUint64(data[i:], uint64(8+8*r.IntN(5)))
	}
	index = 0x41
	if k.memories[0].Is64 {
		index = 0x42
	}
	b = binary.AppendUvarint([]byte{0, index, 0, 0x0b}, uint64(len(data)))
	b = append(b, data...)
	b = append(binary.AppendUvarint(append(b, 1), 2000), data[:2000]...)
	section(11, 2, b)
	return m, names
}

func hashOf(s string) (h uint64) {
	for _, c := range s {
		h = h*31 + uint64(c)
	}
	return h & 0xffff
}

// leftBody turns its operands to the left.
func leftBody() []byte { return []byte{0, 0x20, 2, 0x20, 0, 0x20, 1, 0x0b} }

// manyBody gives back what it got, turned, and a sum.
func manyBody() []byte {
	return []byte{0, 0x20, 1, 0x20, 0, 0x20, 2, 0x20, 5, 0x20, 3, 0x20, 4, 0x20, 2, 0x20, 5, 0x7c, 0x20, 7, 0x20, 6, 0x0b}
}

// sinkBody mixes all parameters into the first global.
func sinkBody(t int) []byte {
	g := &pressure{}
	for i, x := range pressureTypes[t].Params {
		switch x {
		case wasm.F32, wasm.F64, wasm.V128: // by way of locals of its own
			continue
		}
		g.get(byte(i))
		g.fold(x)
	}
	return append(append([]byte{0}, g.code...), 0x0b)
}

// shown is what a call leaves and how it ended.
func shown(global uint64, trap string) string {
	if trap == "unaligned atomic" { // when an access is out of bounds, too, either may be said
		trap = "out of bounds memory access"
	}
	return fmt.Sprintf("%#x %s", global, trap)
}

// comparePressure compares the functions of some rows in all forms of code.
func comparePressure(t *testing.T, kind int, rows []pressureRow, seed uint64, seen map[wasm.Op]bool) (calls, traps int) {
	module, names := pressureModule(kind, rows, seed)
	decoded, err := wasm.Decode(module)
	if err == nil {
		err = decoded.Validate()
	}
	if err != nil {
		t.Fatalf("kind %d, %s: %v", kind, names[0], err)
	}
	var rd wasm.Reader
	var in wasm.Inst
	for i := range decoded.Code {
		for rd.Reset(decoded, &decoded.Code[i]); rd.Next(&in); {
			seen[in.Op] = true
		}
	}
	args := []uint64{16, 24, uint64(math.Float32bits(16)), math.Float64bits(24), 0x0000000500000006, 0x0000000700000004}
	machine, err := interp.New(decoded)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range names {
		machine.Budget = 1 << 30
		machine.Call(uint32(numFuncs+i), args...)
		err := machine.Run()
		var trap interp.Trap
		if err != nil && !errors.As(err, &trap) {
			t.Fatalf("kind %d, %s: interpreter: %v", kind, names[i], err)
		}
		if err != nil {
			traps++
		}
		want = append(want, shown(machine.Globals[0].Bits, string(trap)))
	}
	calls = len(names)
	all := func(m *wasm.Module) (at []wasm.CodeOffset) {
		for i := range m.Code {
			for rd.Reset(m, &m.Code[i]); rd.Next(&in); {
				at = append(at, in.Offset)
			}
		}
		return at
	}
	none := func(*wasm.Module) []wasm.CodeOffset { return nil }
	for name, o := range map[string]Options{
		"plain": {statements: none},
		"fuel":  {statements: none, Fuel: true, stackMoves: true},
		"sites": {statements: all, Sites: codemap.SiteByte, stackMoves: true},
	} {
		o.Workers = 1
		where := func(i int) string {
			return fmt.Sprintf("kind %d, %s code, %s (function %d)", kind, name, names[i], numFuncs+i)
		}
		f, err := Compile(module, o)
		if err != nil {
			t.Fatalf("%s: %v", where(0), err)
		}
		m, err := runtime.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		instance, err := runtime.Instantiate(ctx, m, nil, runtime.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			_, err := instance.CallIndex(ctx, uint32(numFuncs+i), args...)
			var trap *runtime.TrapError
			words := ""
			if errors.As(err, &trap) {
				words = trap.Error()
			} else if err != nil {
				t.Fatalf("%s: %v", where(i), err)
			}
			if got := shown(instance.Global(0).Get(), words); got != want[i] {
				t.Errorf("%s: got %s, the interpreter %s", where(i), got, want[i])
				break
			}
		}
		for i := range machine.Memories {
			if !t.Failed() && !bytes.Equal(instance.Memory(i).All(), machine.Memories[i]) {
				t.Errorf("%s and others: memory %d differs", where(0), i)
			}
		}
		instance.Close()
		m.Close()
	}
	return calls, traps
}
