package aot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"sphex/aot/wasm"
)

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

// pressureModule makes a module with functions of the rows; the functions under test are exported.
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
