package aot

import (
	"encoding/binary"

	"sphex/aot/wasm"
)

// What a generator with modern set has besides: several memories and a table with addresses of either width and pages of
// either size, arithmetic on 128 bits, typed function references, tail calls and exceptions.

// memoryTypes chooses the module's memories.
func (g *generator) memoryTypes() (list []wasm.MemoryType) {
	if !g.modern {
		return []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 3, HasMax: true}}}
	}
	for range 1 + g.r.IntN(3) {
		t := wasm.MemoryType{Is64: g.chance(2), BytePages: g.chance(3), Limits: wasm.Limits{Min: 1, Max: 3, HasMax: true}}
		if t.BytePages {
			t.Limits.Min, t.Limits.Max = 65536+uint64(g.r.IntN(100)), 70000
		}
		list = append(list, t)
	}
	return list
}

// memorySection encodes the memories.
func (g *generator) memorySection() (b []byte) {
	for _, t := range g.mems {
		flags := byte(1)
		if t.Is64 {
			flags |= 4
		}
		if t.BytePages {
			flags |= 8
		}
		b = binary.AppendUvarint(binary.AppendUvarint(append(b, flags), t.Limits.Min), t.Limits.Max)
		if t.BytePages {
			b = append(b, 0)
		}
	}
	return b
}

// memory chooses one for an access.
func (g *generator) memory() int {
	if !g.modern {
		return 0
	}
	return g.r.IntN(len(g.mems))
}

// addressIn leaves an index into memory m that is in bounds most of the time.
func (g *generator) addressIn(m int) {
	g.address()
	if !g.mems[m].Is64 {
		return
	}
	g.op(byte(wasm.OpI64ExtendI32U))
	if g.chance(80) {
		g.op(0x42)
		g.code = appendSleb(g.code, []int64{-1, -4, 1 << 32, 1 << 40, -1 << 63}[g.r.IntN(5)])
		g.op(byte(wasm.OpI64Or))
	}
}

// place emits the alignment, the memory and the offset of an access.
func (g *generator) place(m int, offset uint64) {
	if m == 0 {
		g.code = append(g.code, 0)
	} else {
		g.code = append(g.code, 1<<6, byte(m))
	}
	if g.mems[m].Is64 && g.chance(200) {
		offset = []uint64{1 << 32, 1 << 33, 1<<64 - 1, 1<<64 - 9}[g.r.IntN(4)]
	}
	g.u(offset)
}

// widen makes an i32 on the stack an index.
func (g *generator) widen(is64 bool) {
	if is64 {
		g.op(byte(wasm.OpI64ExtendI32U))
	}
}

// bulk is a copy or fill, or an initialisation from the passive segment.
func (g *generator) bulk() {
	to, from := g.memory(), g.memory()
	length := func(is64 bool) {
		g.op(0x41)
		g.code = appendSleb(g.code, int64(g.r.IntN(200)))
		g.widen(is64)
	}
	switch g.r.IntN(3) {
	case 0:
		g.addressIn(to)
		g.addressIn(from)
		length(g.mems[to].Is64 && g.mems[from].Is64)
		g.op(0xfc, 10, byte(to), byte(from))
	case 1:
		g.addressIn(to)
		g.address()
		length(g.mems[to].Is64)
		g.op(0xfc, 11, byte(to))
	default:
		g.addressIn(to)
		g.op(0x41, byte(g.r.IntN(20)))
		g.op(0x41, byte(g.r.IntN(6)))
		g.op(0xfc, 8, 1, byte(to))
	}
}

// modernStmt emits a statement of the features that this file is about; false if it does not.
func (g *generator) modernStmt(depth int) bool {
	switch g.r.IntN(8) {
	case 0:
		g.bulk()
	case 1: // the table
		null := g.chance(3)
		element := func() {
			if null {
				g.op(0xd0, 0x70)
			} else {
				g.op(0xd2, byte(g.r.IntN(len(g.funcs))))
			}
		}
		switch g.r.IntN(3) {
		case 0:
			g.op(0x41, byte(g.r.IntN(9)))
			g.widen(g.table64)
			element()
			g.op(0x26, 0)
		case 1:
			element()
			g.op(0x41, byte(g.r.IntN(3)))
			g.widen(g.table64)
			g.op(0xfc, 15, 0)
			g.op(0x1a)
		default:
			for range 3 {
				g.op(0x41, byte(g.r.IntN(4)))
				g.widen(g.table64)
			}
			g.op(0xfc, 14, 0, 0)
		}
	case 2:
		if g.chance(20) {
			g.op(0xfc, 9, 1)
		}
	case 3: // leave the function by a tail call
		n := g.callee()
		if n < 0 || len(g.types[g.funcs[n]].Results) != len(g.res) {
			return false
		}
		for i, t := range g.types[g.funcs[n]].Results {
			if t != g.res[i] {
				return false
			}
		}
		g.expr(wasm.I32, depth-1)
		g.op(0x04, 0x40)
		g.labels = append(g.labels, nil)
		g.burn()
		g.exprs(g.types[g.funcs[n]].Params, depth-1)
		if g.chance(2) {
			g.op(0x12, byte(n))
		} else {
			g.reference(n)
			g.op(0x15, byte(g.funcs[n]))
		}
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
	case 4: // an exception, caught or not
		g.op(0x02, 0x7f)
		g.labels = append(g.labels, []wasm.ValType{wasm.I32})
		g.block(0x1f, []byte{0x40, 1, 0, 0, 0}, nil, func() { // catch tag 0 to the block around
			g.stmt(depth - 1)
			g.throws(depth)
			g.stmt(depth - 1)
		})
		g.expr(wasm.I32, depth-1)
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
		g.op(0x1a)
	case 5:
		if g.chance(8) {
			g.throws(depth)
		}
	default:
		return false
	}
	return true
}

// throws emits a throw that may or may not be reached.
func (g *generator) throws(depth int) {
	g.expr(wasm.I32, depth-1)
	g.op(0x04, 0x40)
	g.labels = append(g.labels, nil)
	g.expr(wasm.I32, depth-1)
	g.op(0x08, 0)
	g.labels = g.labels[:len(g.labels)-1]
	g.op(0x0b)
}

// reference leaves one to function n, which may be null, of its own type.
func (g *generator) reference(n int) {
	if !g.chance(4) {
		g.op(0xd2, byte(n))
		return
	}
	g.op(0xd0, byte(g.funcs[n]))
	g.op(0xd2, byte(n))
	g.expr(wasm.I32, 1)
	g.op(0x1c, 1, 0x63, byte(g.funcs[n])) // select (ref null t)
}

// modernExpr pushes a value of type t by the features that this file is about; false if it does not.
func (g *generator) modernExpr(t wasm.ValType, depth int) bool {
	n := g.r.IntN(len(g.funcs))
	typ := byte(g.funcs[n])
	switch g.r.IntN(6) {
	case 0: // 128 bits
		if t != wasm.I64 {
			return false
		}
		op := byte(0x13 + g.r.IntN(4))
		operands := 2
		if op < 0x15 {
			operands = 4
		}
		for range operands {
			g.expr(wasm.I64, depth-1)
		}
		g.op(0xfc, op)
		g.op([]byte{0x7c, 0x7d, 0x85}[g.r.IntN(3)])
	case 1: // sizes
		if t != wasm.I32 && t != wasm.I64 {
			return false
		}
		m := g.memory()
		is64 := g.mems[m].Is64
		switch g.r.IntN(3) {
		case 0:
			g.op(0x3f, byte(m))
		case 1:
			g.op(0x41, byte(g.r.IntN(3)))
			g.widen(is64)
			g.op(0x40, byte(m))
		default:
			g.op(0xfc, 16, 0)
			is64 = g.table64
		}
		switch {
		case is64 && t == wasm.I32:
			g.op(byte(wasm.OpI32WrapI64))
		case !is64 && t == wasm.I64:
			g.op(byte(wasm.OpI64ExtendI32S))
		}
	case 2: // carried away by a null, or not
		g.block(0x02, []byte{byte(t)}, []wasm.ValType{t}, func() {
			g.expr(t, depth-1)
			g.reference(n)
			g.op(0xd5, 0)
			g.op(0x1a)
			g.op(0x1a)
			g.expr(t, depth-1)
		})
	case 3: // a reference that is not null comes out of the block
		g.op(0x02, 0x64, typ)
		g.labels = append(g.labels, []wasm.ValType{wasm.FuncRef}) // nobody else branches there
		g.reference(n)
		g.op(0xd6, 0)
		g.op(0xd2, byte(n))
		g.labels = g.labels[:len(g.labels)-1]
		g.op(0x0b)
		g.op(0xd1)
		if t == wasm.I32 {
			break
		}
		g.op(0x1a)
		g.expr(t, depth-1)
	case 4:
		if t != wasm.I32 {
			return false
		}
		if g.chance(2) {
			g.reference(n)
			g.op(0xd4)
		} else {
			g.op(0x41, byte(g.r.IntN(9)))
			g.widen(g.table64)
			g.op(0x25, 0)
		}
		g.op(0xd1)
	default:
		return false
	}
	return true
}
