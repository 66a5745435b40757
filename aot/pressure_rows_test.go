package aot

import (
	"fmt"
	"math/bits"
	"slices"

	"sphex/aot/wasm"
)

// knownOps lists the instructions that are accepted.
func knownOps() (list []wasm.Op) {
	for op := range wasm.OpV128Load + 0x200 {
		if op.Imm() != wasm.ImmInvalid {
			list = append(list, op)
		}
	}
	return list
}

// pressureRows lists the instructions for a kind of module: those whose operands follow from the table of opcodes, and then
// the others.
func pressureRows(kind int) (rows []pressureRow) {
	k := &pressureKinds[kind]
	memories := 2
	if k.one {
		memories = 1
	}
	for _, op := range knownOps() {
		params, results, fixed := op.Signature()
		add := func(name string, params, results []wasm.ValType, immediates func(g *pressure)) {
			rows = append(rows, pressureRow{name: fmt.Sprint(op, " ", name), params: params, results: results, last: 1, emit: func(g *pressure) {
				g.opcode(op)
				immediates(g)
			}})
		}
		// address makes operand i an address of memory m, or an index of a table.
		address := func(list []wasm.ValType, wide bool, at ...int) []wasm.ValType {
			list = slices.Clone(list)
			for _, i := range at {
				if list[i] = wasm.I32; wide {
					list[i] = wasm.I64
				}
			}
			return list
		}
		wide := func(m int) bool { return k.memories[m].Is64 }
		offset := func(g *pressure, m int) {
			places := []uint64{0, 8, 64, 2048, 4096, 8, 0, 16, 24, 65536}
			if g.r.IntN(12) == 0 {
				places = []uint64{131072 - 8, 131072, 1 << 31, 1<<32 - 8}
				if wide(m) {
					places = append(places, 1<<33, 1<<63, 1<<64-8)
				}
			}
			g.u(places[g.r.IntN(len(places))])
		}
		access := func(g *pressure, m int) {
			align := byte(bits.TrailingZeros(uint(op.Width())))
			if m == 0 {
				g.op(align)
			} else {
				g.op(align|1<<6, byte(m))
			}
			offset(g, m)
		}
		switch imm := op.Imm(); imm {
		case wasm.ImmNone:
			if fixed && op > wasm.OpSelectT {
				add("", params, results, func(*pressure) {})
			}
		case wasm.ImmFence:
			add("", nil, nil, func(g *pressure) { g.op(0) })
		case wasm.ImmI32, wasm.ImmI64:
			add("", params, results, func(g *pressure) { g.code = appendSleb(g.code, -3) })
		case wasm.ImmF32:
			add("", params, results, func(g *pressure) { g.op(0, 0, 0x80, 0x3f) })
		case wasm.ImmF64:
			add("", params, results, func(g *pressure) { g.op(0, 0, 0, 0, 0, 0, 0xf0, 0x3f) })
		case wasm.ImmV128, wasm.ImmShuffle:
			add("", params, results, func(g *pressure) {
				base := g.r.IntN(17) // shuffles: from the first, the second or both
				for range 16 {
					g.op(byte(base + g.r.IntN(16)))
				}
			})
		case wasm.ImmLane:
			add("", params, results, func(g *pressure) { g.op(byte(g.r.IntN(op.Lanes()))) })
		case wasm.ImmMem, wasm.ImmMemLane:
			for m := range memories {
				add(fmt.Sprint("memory ", m), address(params, wide(m), 0), results, func(g *pressure) {
					access(g, m)
					if imm == wasm.ImmMemLane {
						g.op(byte(g.r.IntN(op.Lanes())))
					}
				})
			}
		case wasm.ImmMemory:
			for m := range memories {
				p, r := params, results
				switch op {
				case wasm.OpMemorySize:
					r = address(r, wide(m), 0)
				case wasm.OpMemoryGrow:
					p, r = address(p, wide(m), 0), address(r, wide(m), 0)
				default: // fill
					p = address(p, wide(m), 0, 2)
				}
				add(fmt.Sprint("memory ", m), p, r, func(g *pressure) { g.op(byte(m)) })
			}
		case wasm.ImmDataMemory:
			for m := range memories {
				add(fmt.Sprint("memory ", m), address(params, wide(m), 0), results, func(g *pressure) { g.op(1, byte(m)) })
			}
		case wasm.ImmMemoryMemory:
			for m := range memories * memories {
				to, from := m%memories, m/memories
				p := address(address(address(params, wide(to), 0), wide(from), 1), wide(to) && wide(from), 2)
				add(fmt.Sprint("memory ", to, " from ", from), p, results, func(g *pressure) { g.op(byte(to), byte(from)) })
			}
		case wasm.ImmData, wasm.ImmElem:
			add("", nil, nil, func(g *pressure) { g.op(1) })
		case wasm.ImmElemTable:
			add("", address(params, k.table64, 0), results, func(g *pressure) { g.op(1, byte(g.r.IntN(2))) })
		case wasm.ImmTableTable:
			add("", address(params, k.table64, 0, 1, 2), results, func(g *pressure) { g.op(byte(g.r.IntN(2)), byte(g.r.IntN(2))) })
		case wasm.ImmGlobal:
			for i, x := range []wasm.ValType{wasm.I64, wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef} {
				p, r := []wasm.ValType{x}, []wasm.ValType(nil)
				if op == wasm.OpGlobalGet {
					p, r = r, p
				}
				add(fmt.Sprint(x), p, r, func(g *pressure) { g.op(byte(i)) })
			}
		case wasm.ImmTable:
			index := wasm.I32
			if k.table64 {
				index = wasm.I64
			}
			p, r := []wasm.ValType(nil), []wasm.ValType(nil)
			switch op {
			case wasm.OpTableGet:
				p, r = []wasm.ValType{index}, []wasm.ValType{wasm.FuncRef}
			case wasm.OpTableSet:
				p = []wasm.ValType{index, wasm.FuncRef}
			case wasm.OpTableSize:
				r = []wasm.ValType{index}
			case wasm.OpTableGrow:
				p, r = []wasm.ValType{wasm.FuncRef, index}, []wasm.ValType{index}
			default: // fill
				p = []wasm.ValType{index, wasm.FuncRef, index}
			}
			for i := range byte(2) {
				add("", p, r, func(g *pressure) { g.op(i) })
			}
		}
	}
	return append(append(rows, branchRows()...), callRows(k.table64)...)
}

var (
	pairTypes = pressureTypes[typePair].Params
	tagTypes  = pressureTypes[typeTag].Params
	// carried is what the labels in tests of branches carry.
	carried = append([][]wasm.ValType{{}, {wasm.I32}, {wasm.I64}, {wasm.F64}, {wasm.V128}, {wasm.FuncRef}}, blockResults...)
)

// branchRows are select, locals, blocks and branches.
func branchRows() (rows []pressureRow) {
	row := func(name string, label, params, results []wasm.ValType, ends bool, emit func(g *pressure)) {
		rows = append(rows, pressureRow{name: name, label: label, params: params, results: results, ends: ends, last: 1, emit: emit})
	}
	types := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef}
	list := func(ts ...wasm.ValType) []wasm.ValType { return ts }
	with := func(ts []wasm.ValType, more ...wasm.ValType) []wasm.ValType { return slices.Concat(ts, more) }
	for _, x := range types {
		if x != wasm.FuncRef {
			row(fmt.Sprint("select ", x), nil, list(x, x, wasm.I32), list(x), false, func(g *pressure) { g.op(0x1b) })
		}
		row(fmt.Sprint("select t ", x), nil, list(x, x, wasm.I32), list(x), false, func(g *pressure) { g.op(0x1c, 1, byte(x)) })
		row(fmt.Sprint("drop ", x), nil, list(x), nil, false, func(g *pressure) { g.op(0x1a) })
		row(fmt.Sprint("local.get ", x), nil, nil, list(x), false, func(g *pressure) { g.get(hot(x)) })
		row(fmt.Sprint("local.set ", x), nil, list(x), nil, false, func(g *pressure) { g.op(0x21, hot(x)) })
		row(fmt.Sprint("local.tee ", x), nil, list(x), list(x), false, func(g *pressure) { g.op(0x22, hot(x)) })
	}
	row("nop", nil, nil, nil, false, func(g *pressure) { g.op(0x01) })
	row("unreachable", nil, nil, nil, true, func(g *pressure) { g.op(0x00) })
	row("return", nil, nil, nil, true, func(g *pressure) { g.op(0x0f) })
	row("ref.null", nil, nil, list(wasm.FuncRef), false, func(g *pressure) { g.op(0xd0, 0x70) })
	row("ref.func", nil, nil, list(wasm.FuncRef), false, func(g *pressure) { g.op(0xd2, funcMany) })
	row("ref.is_null", nil, list(wasm.FuncRef), list(wasm.I32), false, func(g *pressure) { g.op(0xd1) })
	row("ref.as_non_null", nil, list(wasm.FuncRef), list(wasm.FuncRef), false, func(g *pressure) { g.op(0xd4) })
	for _, label := range carried {
		row(fmt.Sprint("br ", label), label, label, nil, true, func(g *pressure) { g.op(0x0c, 0) })
		row(fmt.Sprint("br_if ", label), label, with(label, wasm.I32), label, false, func(g *pressure) { g.op(0x0d, 0) })
		row(fmt.Sprint("br_table few ", label), label, with(label, wasm.I32), nil, true, func(g *pressure) { g.op(0x0e, 3, 0, 0, 0, 0) })
		row(fmt.Sprint("br_table many ", label), label, with(label, wasm.I32), nil, true, func(g *pressure) {
			g.op(0x0e, 20)
			g.op(make([]byte, 21)...)
		})
		row(fmt.Sprint("br_on_null ", label), label, with(label, wasm.FuncRef), with(label, wasm.FuncRef), false, func(g *pressure) { g.op(0xd5, 0) })
		if n := len(label); n > 0 && label[n-1] == wasm.FuncRef {
			row(fmt.Sprint("br_on_non_null ", label), label, label, label[:n-1], false, func(g *pressure) { g.op(0xd6, 0) })
		}
	}
	change := func(g *pressure) { // the pair on the stack
		g.op(0x1a)
		g.i32(8)
		g.op(0x6a)
		g.get(hotI64)
	}
	row("block", nil, pairTypes, pairTypes, false, func(g *pressure) { g.op(0x02, typePair); change(g); g.op(0x0b) })
	row("loop", nil, pairTypes, pairTypes, false, func(g *pressure) {
		g.op(0x03, typePair)
		change(g)
		g.get(rounds32)
		g.op(0x45)
		g.get(extraI64)
		g.op(0x50, 0x71) // eqz, and
		g.i64(1)
		g.op(0x21, extraI64, 0x0d, 0, 0x0b)
	})
	row("if", nil, with(pairTypes, wasm.I32), pairTypes, false, func(g *pressure) { g.op(0x04, typePair); change(g); g.op(0x0b) })
	row("else", nil, with(pairTypes, wasm.I32), pairTypes, false, func(g *pressure) {
		g.op(0x04, typePair)
		change(g)
		g.op(0x05)
		change(g)
		change(g)
		g.op(0x0b)
	})
	maybe := func(g *pressure) { // in the second round, throw
		g.get(rounds32)
		g.op(0x04, 0x40)
		for _, x := range tagTypes {
			g.entry(x, g.r.IntN(numEntries))
		}
		g.op(0x08, 0, 0x0b)
	}
	row("try_table", tagTypes, pairTypes, pairTypes, false, func(g *pressure) {
		g.op(0x1f, typePair, 1, 0, 0, 0)
		change(g)
		maybe(g)
		g.op(0x0b)
	})
	row("try_table, all", []wasm.ValType{}, pairTypes, pairTypes, false, func(g *pressure) {
		g.op(0x1f, typePair, 1, 2, 0)
		change(g)
		maybe(g)
		g.op(0x0b)
	})
	row("throw", nil, tagTypes, nil, true, func(g *pressure) { g.op(0x08, 0) })
	row("throw, caught", tagTypes, tagTypes, tagTypes, false, func(g *pressure) { g.op(0x1f, typeTagged, 1, 0, 0, 0, 0x08, 0, 0x0b) })
	row("throw_ref", nil, tagTypes, nil, true, func(g *pressure) {
		for _, x := range slices.Backward(tagTypes) {
			g.fold(x)
		}
		g.op(0x02, 0x69, 0x1f, 0x40, 1, 3, 0)
		maybe(g)
		g.op(0x0b, 0xd0, 0x69, 0x0b, 0x0a)
	})
	row("try", nil, tagTypes, tagTypes, false, func(g *pressure) {
		g.op(0x06, typeTagged)
		maybe(g)
		g.op(0x07, 0, 0x0b)
	})
	row("catch_all", nil, tagTypes, tagTypes, false, func(g *pressure) {
		g.op(0x06, typeTagged)
		maybe(g)
		g.op(0x19)
		for _, x := range tagTypes {
			g.entry(x, g.r.IntN(numEntries))
		}
		g.op(0x0b)
	})
	row("rethrow", nil, tagTypes, tagTypes, false, func(g *pressure) {
		g.op(0x06, typeTagged, 0x06, typeTagged)
		maybe(g)
		g.op(0x07, 0, 0x09, 0, 0x0b, 0x07, 0, 0x0b)
	})
	row("delegate", nil, tagTypes, tagTypes, false, func(g *pressure) {
		g.op(0x06, typeTagged, 0x06, typeTagged)
		maybe(g)
		g.op(0x18, 0, 0x07, 0, 0x0b)
	})
	return rows
}

// callRows are calls.
func callRows(table64 bool) (rows []pressureRow) {
	index := wasm.I32
	if table64 {
		index = wasm.I64
	}
	row := func(name string, t int, tail bool, more []wasm.ValType, emit func(g *pressure)) {
		k := &pressureTypes[t]
		rows = append(rows, pressureRow{name: fmt.Sprint(name, " ", t), params: slices.Concat(k.Params, more), results: k.Results, ends: tail, emit: emit})
	}
	for t, f := range map[int]byte{typeLeft: funcLeft, typeMany: funcMany, typeNone: funcEmpty, typeSink: funcSink, typeSinkAll: funcSinkAll} {
		for _, tail := range []bool{false, true} {
			if tail && len(pressureTypes[t].Results) > 0 {
				continue
			}
			form := byte(0)
			if tail {
				form = 2
			}
			row("call", t, tail, nil, func(g *pressure) { g.op(0x10+form, f) })
			row("call_ref", t, tail, nil, func(g *pressure) { g.op(0xd2, f, 0x14+form/2, byte(t)) })
			row("call_ref or null", t, tail, nil, func(g *pressure) {
				g.op(0xd2, f, 0xd0, byte(t))
				g.flags()
				g.op(0x1c, 1, 0x63, byte(t), 0x14+form/2, byte(t))
			})
			row("call_indirect", t, tail, []wasm.ValType{index}, func(g *pressure) {
				table := byte(0)
				if g.r.IntN(4) > 0 { // where it is
					table = 1
					if table64 {
						g.i64(56)
						g.op(0x83)
						g.i64(int64(f))
						g.op(0x7c)
					} else {
						g.i32(56)
						g.op(0x71)
						g.i32(int64(f))
						g.op(0x6a)
					}
				}
				g.op(0x11+form, byte(t), table)
			})
		}
	}
	slices.SortFunc(rows, func(a, b pressureRow) int { return slices.Compare([]byte(a.name), []byte(b.name)) })
	return rows
}
