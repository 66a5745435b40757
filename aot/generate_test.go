package aot

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"sphex/aot/wasm"
)

// generator makes random valid modules: integers, floats, vectors, locals, control flow, calls, tables,
// globals and a memory. What they compute does not depend on the bits of NaNs, which the
// specification leaves open.
type generator struct {
	r      *rand.Rand
	types  []wasm.FuncType
	funcs  []uint32 // types
	code   []byte   // of the function at hand
	params []wasm.ValType
	locals []wasm.ValType // with the parameters
	res    []wasm.ValType
	self   int
	labels [][]wasm.ValType // what branches to the open blocks carry, innermost last
	budget int              // instructions that the function may still have

	vectors int // 1: there are

	modern  bool // see generate_modern_test.go
	mems    []wasm.MemoryType
	table64 bool
}

const (
	numGlobals = 6 // i32 i64 f32 f64, the fuel, and an i32
	fuelGlobal = 4
)

var globalTypes = [numGlobals]wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.I32, wasm.I32}

// generate makes a module from a seed. It exports its functions as "0", "1", …, its memory as
// "m" and its globals as "g0", ….
func generate(seed uint64) ([]byte, []wasm.FuncType) {
	m, types, _ := generateWith(seed, false)
	return m, types
}

func generateWith(seed uint64, modern bool) ([]byte, []wasm.FuncType, *generator) {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), modern: modern}
	g.vectors = g.r.IntN(2)
	g.mems = g.memoryTypes()
	g.table64 = modern && g.chance(2)
	nf := 1 + g.r.IntN(5)
	for range nf {
		g.types = append(g.types, wasm.FuncType{Params: g.someTypes(9), Results: g.someTypes(3)})
	}
	for i := range nf {
		g.funcs = append(g.funcs, uint32(i))
	}
	m := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, n int, body []byte) {
		b := append(binary.AppendUvarint(nil, uint64(n)), body...)
		m = append(append(append(m, id), binary.AppendUvarint(nil, uint64(len(b)))...), b...)
	}
	var b []byte
	blockTypes := []wasm.FuncType{
		{Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}},
		{Params: []wasm.ValType{wasm.I64, wasm.F64}, Results: []wasm.ValType{wasm.F64, wasm.I32, wasm.I64}},
		{Params: nil, Results: []wasm.ValType{wasm.I32, wasm.F32}},
	}
	if modern { // of the tag
		blockTypes = append(blockTypes, wasm.FuncType{Params: []wasm.ValType{wasm.I32}})
	}
	g.types = append(g.types, blockTypes...)
	for _, t := range g.types {
		b = append(b, 0x60)
		for _, ts := range [][]wasm.ValType{t.Params, t.Results} {
			b = append(b, byte(len(ts)))
			for _, t := range ts {
				b = append(b, byte(t))
			}
		}
	}
	section(1, len(g.types), b)
	b = nil
	for _, f := range g.funcs {
		b = append(b, byte(f))
	}
	section(3, nf, b)
	switch {
	case g.table64:
		section(4, 1, []byte{0x70, 0x05, 8, 12})
	case modern:
		section(4, 1, []byte{0x70, 0x01, 8, 12})
	default:
		section(4, 1, []byte{0x70, 0x01, 8, 8})
	}
	section(5, len(g.mems), g.memorySection())
	if modern {
		section(13, 1, []byte{0, byte(len(g.types) - 1)})
	}
	b = nil
	for i, t := range globalTypes {
		b = append(b, byte(t), 1)
		switch {
		case i == fuelGlobal:
			b = append(appendSleb(append(b, 0x41), 300), 0x0b)
		case t == wasm.I32:
			b = append(b, 0x41, 7, 0x0b)
		case t == wasm.I64:
			b = append(b, 0x42, 0x71, 0x0b)
		case t == wasm.F32:
			b = append(binary.LittleEndian.AppendUint32(append(b, 0x43), math.Float32bits(1.5)), 0x0b)
		default:
			b = append(binary.LittleEndian.AppendUint64(append(b, 0x44), math.Float64bits(-2.25)), 0x0b)
		}
	}
	section(6, numGlobals, b)
	b = nil
	for i := range nf {
		b = append(b, 1, '0'+byte(i), 0, byte(i))
	}
	b = append(b, 1, 'm', 2, 0)
	for i := range globalTypes {
		b = append(b, 2, 'g', '0'+byte(i), 3, byte(i))
	}
	section(7, nf+1+numGlobals, b)
	b = []byte{0, 0x41, 0, 0x0b, byte(min(nf, 6))}
	if g.table64 {
		b[1] = 0x42
	}
	for i := range min(nf, 6) {
		b = append(b, byte(i))
	}
	section(9, 1, b)
	b = nil
	for i := range nf {
		body := g.function(i)
		b = append(append(b, binary.AppendUvarint(nil, uint64(len(body)))...), body...)
	}
	data := append([]byte{0, 0x41, 16, 0x0b, 16}, "sphex digs a lot"...)
	if g.mems[0].Is64 {
		data[1] = 0x42
	}
	if modern {
		section(12, 2, nil)
		section(10, nf, b)
		section(11, 2, append(data, "\x01\x11a wasp in the sand"[:19]...))
	} else {
		section(10, nf, b)
		section(11, 1, data)
	}
	return m, g.types[:nf], g
}

func appendSleb(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func (g *generator) someTypes(n int) []wasm.ValType {
	ts := make([]wasm.ValType, g.r.IntN(n))
	for i := range ts {
		ts[i] = g.someType()
	}
	return ts
}

func (g *generator) someType() wasm.ValType {
	// Integers are most of what real code computes with.
	return []wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I64, wasm.I64, wasm.F32, wasm.F64, wasm.F64, wasm.V128}[g.r.IntN(8+g.vectors)]
}

func (g *generator) op(b ...byte)      { g.code = append(g.code, b...); g.budget-- }
func (g *generator) u(v uint64)        { g.code = binary.AppendUvarint(g.code, v) }
func (g *generator) chance(n int) bool { return g.r.IntN(n) == 0 }

func (g *generator) function(i int) []byte {
	g.self = i
	t := g.types[g.funcs[i]]
	g.params, g.res = t.Params, t.Results
	g.locals = append(append([]wasm.ValType(nil), t.Params...), g.someTypes(14)...)
	if g.vectors > 0 {
		g.locals = append(g.locals, wasm.V128) // for canonical
	}
	own := g.locals[len(t.Params):]
	head := binary.AppendUvarint(nil, uint64(len(own)))
	for _, t := range own {
		head = append(head, 1, byte(t))
	}
	g.code = nil
	g.budget = 20 + g.r.IntN(250)
	g.labels = [][]wasm.ValType{t.Results}
	for n := g.r.IntN(12); n > 0 && g.budget > 0; n-- {
		g.stmt(4)
	}
	g.exprs(t.Results, 3)
	g.op(0x0b)
	return append(head, g.code...)
}

func (g *generator) exprs(ts []wasm.ValType, depth int) {
	for _, t := range ts {
		g.expr(t, depth)
	}
}

// local returns a local of type t.
func (g *generator) local(t wasm.ValType) (uint32, bool) {
	var is []uint32
	for i, l := range g.locals[:len(g.locals)-g.vectors] { // canonical leaves any NaN in the last
		if l == t {
			is = append(is, uint32(i))
		}
	}
	if len(is) == 0 {
		return 0, false
	}
	return is[g.r.IntN(len(is))], true
}

// burn uses fuel, and traps when there is none.
func (g *generator) burn() {
	g.op(0x23, fuelGlobal)
	g.op(0x45)
	g.op(0x04, 0x40)
	g.op(0x00)
	g.op(0x0b)
	g.op(0x23, fuelGlobal)
	g.op(0x41, 1)
	g.op(0x6b)
	g.op(0x24, fuelGlobal)
}

// block opens a block whose label carries ts, closes it, and has body between.
func (g *generator) block(op byte, blockType []byte, carries []wasm.ValType, body func()) {
	g.op(append([]byte{op}, blockType...)...)
	g.labels = append(g.labels, carries)
	body()
	g.labels = g.labels[:len(g.labels)-1]
	g.op(0x0b)
}

// stmt emits code that leaves the operand stack as it is.
func (g *generator) stmt(depth int) {
	if depth == 0 || g.budget <= 0 {
		g.op(0x01)
		return
	}
	if g.modern && g.chance(4) && g.modernStmt(depth) {
		return
	}
	switch g.r.IntN(17) {
	case 0, 1, 2, 3:
		if len(g.locals) > 0 {
			i := g.r.IntN(len(g.locals))
			g.expr(g.locals[i], depth-1)
			g.op(0x21)
			g.u(uint64(i))
		}
	case 4, 5, 6:
		g.store(depth)
	case 7:
		i := []int{0, 1, 2, 3, 5}[g.r.IntN(5)]
		g.expr(globalTypes[i], depth-1)
		g.leak(globalTypes[i])
		g.op(0x24, byte(i))
	case 8:
		g.expr(wasm.I32, depth-1)
		g.op(0x04, 0x40)
		g.labels = append(g.labels, nil)
		g.stmt(depth - 1)
		if g.chance(2) {
			g.op(0x05)
			g.stmt(depth - 1)
		}
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
	case 9, 10:
		g.block(0x03, []byte{0x40}, nil, func() {
			g.burn()
			g.stmt(depth - 1)
			g.stmt(depth - 1)
			g.expr(wasm.I32, depth-1)
			g.op(0x23, fuelGlobal)
			g.op(0x41, 50)
			g.op(0x4a) // leave some for calls
			g.op(0x71)
			g.op(0x0d, 0)
		})
	case 11:
		g.block(0x02, []byte{0x40}, nil, func() {
			g.stmt(depth - 1)
			g.branchIf(depth)
			g.stmt(depth - 1)
		})
	case 12:
		g.expr(g.someType(), depth-1)
		g.op(0x1a)
	case 13:
		g.brTable(depth)
	case 14: // bulk memory, within the first page most of the time
		if g.modern {
			g.bulk()
			return
		}
		op := byte(10 + g.r.IntN(2))
		g.address()
		g.address()
		g.op(0x41)
		g.code = appendSleb(g.code, int64(g.r.IntN(200)))
		if op == 10 {
			g.op(0xfc, 10, 0, 0)
		} else {
			g.op(0xfc, 11, 0)
		}
	case 15:
		if n := g.callee(); n >= 0 {
			g.call(n, depth)
			for range g.types[g.funcs[n]].Results {
				g.op(0x1a)
			}
		}
	case 16:
		if g.chance(4) { // rarely: leave the function
			g.expr(wasm.I32, depth-1)
			g.op(0x04, 0x40)
			g.exprs(g.res, depth-1)
			g.op(0x0f)
			g.op(0x0b)
			return
		}
		g.op(0x41, byte(g.r.IntN(3)))
		g.widen(g.mems[0].Is64)
		g.op(0x40, 0)
		g.op(0x1a)
	}
}

// branchIf emits a br_if to some open block and drops what it carries.
func (g *generator) branchIf(depth int) {
	n := g.r.IntN(len(g.labels))
	ts := g.labels[len(g.labels)-1-n]
	if len(ts) == 1 && ts[0] == wasm.FuncRef { // of a block that is left with a reference, by what made it
		return
	}
	g.exprs(ts, depth-1)
	g.expr(wasm.I32, depth-1)
	g.op(0x0d)
	g.u(uint64(n))
	for range ts {
		g.op(0x1a)
	}
}

func (g *generator) brTable(depth int) {
	n := 1 + g.r.IntN(8)
	for range n {
		g.op(0x02, 0x40)
		g.labels = append(g.labels, nil)
	}
	g.expr(wasm.I32, depth-1)
	g.op(0x0e)
	k := g.r.IntN(10)
	g.u(uint64(k))
	for range k + 1 {
		g.u(uint64(g.r.IntN(n)))
	}
	for range n {
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
		g.stmt(min(depth-1, 2))
	}
}

// callee returns a function behind the one at hand, so that there is no recursion, or -1.
func (g *generator) callee() int {
	if g.self+1 >= len(g.funcs) {
		return -1
	}
	return g.self + 1 + g.r.IntN(len(g.funcs)-g.self-1)
}

func (g *generator) call(n, depth int) {
	g.burn()
	g.exprs(g.types[g.funcs[n]].Params, depth-1)
	if n < 6 && g.chance(3) {
		if g.chance(10) {
			g.expr(wasm.I32, depth-1)
			g.op(0x41, 7)
			g.op(0x71)
		} else {
			g.op(0x41, byte(n))
		}
		g.widen(g.table64)
		g.op(0x11, byte(g.funcs[n]), 0)
		return
	}
	if g.modern && g.chance(3) {
		g.reference(n)
		g.op(0x14, byte(g.funcs[n]))
		return
	}
	g.op(0x10, byte(n))
}

// address leaves an index that is in bounds most of the time.
func (g *generator) address() {
	switch g.r.IntN(6) {
	case 0:
		g.op(0x41)
		g.code = appendSleb(g.code, int64(g.r.IntN(65000)))
	case 1:
		g.expr(wasm.I32, 1)
		if !g.chance(60) {
			g.op(0x41)
			g.code = appendSleb(g.code, 0xff80)
			g.op(0x71)
		}
	default:
		if i, ok := g.local(wasm.I32); ok {
			g.op(0x20)
			g.u(uint64(i))
			if g.chance(2) {
				g.op(0x41, byte(g.r.IntN(4)))
				g.op(0x74)
			}
			if g.chance(2) {
				g.op(0x41)
				g.code = appendSleb(g.code, int64(g.r.IntN(300)-150))
				g.op(0x6a)
			}
			g.op(0x41)
			g.code = appendSleb(g.code, 0x7fff)
			g.op(0x71)
			return
		}
		g.op(0x41, 32)
	}
}

func (g *generator) offset() uint64 {
	switch g.r.IntN(300) {
	case 0:
		return 0xffff_fff0
	case 1:
		return 0x8000_0000
	case 2:
		return 65536
	}
	return uint64(g.r.IntN(40))
}

func (g *generator) store(depth int) {
	if g.vectors > 0 && g.chance(6) {
		g.storeVector(depth)
		return
	}
	if g.atomic(0, depth-1) {
		return
	}
	m := g.memory()
	op := wasm.OpI32Store + wasm.Op(g.r.IntN(int(wasm.OpI64Store32-wasm.OpI32Store)+1))
	in, _, _ := op.Signature()
	g.addressIn(m)
	if g.chance(5) && !isFloatType(in[1]) && !g.mems[m].Is64 { // read, change, write
		if i, ok := g.local(wasm.I32); ok {
			g.op(0x41)
			g.code = appendSleb(g.code, 0x1ff0)
			g.op(0x71)
			g.op(0x22)
			g.u(uint64(i))
			g.op(0x20)
			g.u(uint64(i))
			load, ops := byte(wasm.OpI32Load), []byte{0x6a, 0x6b, 0x71, 0x72, 0x73}
			if in[1] == wasm.I64 {
				load, ops = byte(wasm.OpI64Load), []byte{0x7c, 0x7d, 0x83, 0x84, 0x85}
			}
			g.op(load)
			g.place(m, 8)
			g.expr(in[1], 1)
			g.op(ops[g.r.IntN(len(ops))])
			if in[1] == wasm.I64 {
				g.op(byte(wasm.OpI64Store))
			} else {
				g.op(byte(wasm.OpI32Store))
			}
			g.place(m, 8)
			return
		}
	}
	g.expr(in[1], depth-1)
	g.leak(in[1])
	g.op(byte(op))
	g.place(m, g.offset())
}

func isFloatType(t wasm.ValType) bool { return t == wasm.F32 || t == wasm.F64 }

// leak makes a NaN on top of the stack the canonical one, since its bits are about to be seen.
func (g *generator) leak(t wasm.ValType) {
	i, ok := g.local(t)
	switch {
	case !isFloatType(t):
	case !ok: // nowhere to keep the value: a number that depends on it
		g.op(0x1a)
		g.constant(t)
	default:
		g.op(0x22)
		g.u(uint64(i))
		if t == wasm.F32 {
			g.op(0x43)
			g.code = binary.LittleEndian.AppendUint32(g.code, 0x7fc00000)
		} else {
			g.op(0x44)
			g.code = binary.LittleEndian.AppendUint64(g.code, 0x7ff8000000000000)
		}
		g.op(0x20)
		g.u(uint64(i))
		g.op(0x20)
		g.u(uint64(i))
		g.op(map[wasm.ValType]byte{wasm.F32: 0x5b, wasm.F64: 0x61}[t])
		g.op(0x1b)
	}
}
