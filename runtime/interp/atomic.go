package interp

import (
	"encoding/binary"

	"sphex/aot/wasm"
)

// atomic runs the instructions behind 0xFE. There is one thread: nobody notifies, and a wait that would last
// times out.
func (m *Machine) atomic(in *instruction) error {
	if in.Op == wasm.OpAtomicFence {
		return nil
	}
	params, results, _ := in.Op.Signature()
	operands := make([]uint64, len(params))
	for i := len(params) - 1; i >= 0; i-- {
		operands[i] = m.pop()
	}
	width := uint64(in.Op.Width())
	memory := m.Memories[in.Index]
	addr := operands[0] + in.Value
	switch {
	case addr < in.Value: // beyond 2^64
		return TrapMemory
	case addr%width != 0:
		return TrapUnaligned
	case addr > uint64(len(memory)) || width > uint64(len(memory))-addr:
		return TrapMemory
	}
	var word [8]byte
	place := memory[addr : addr+width]
	copy(word[:], place)
	old := binary.LittleEndian.Uint64(word[:])
	mask := ^uint64(0) >> (64 - 8*width)
	store := func(v uint64) {
		binary.LittleEndian.PutUint64(word[:], v)
		copy(place, word[:])
	}
	switch op := in.Op; {
	case op == wasm.OpAtomicNotify:
		m.push(wasm.I32, 0)
		return nil
	case op == wasm.OpAtomicWait32, op == wasm.OpAtomicWait64:
		switch {
		case !m.Module.Memories[in.Index].Shared:
			return TrapUnshared
		case old != operands[1]&mask:
			m.push(wasm.I32, 1)
		default:
			m.push(wasm.I32, 2)
		}
		return nil
	case op < wasm.OpI32AtomicStore: // a load
	case op < wasm.OpI32AtomicRmwAdd:
		store(operands[1])
	case op < wasm.OpI32AtomicRmwSub:
		store(old + operands[1])
	case op < wasm.OpI32AtomicRmwAnd:
		store(old - operands[1])
	case op < wasm.OpI32AtomicRmwOr:
		store(old & operands[1])
	case op < wasm.OpI32AtomicRmwXor:
		store(old | operands[1])
	case op < wasm.OpI32AtomicRmwXchg:
		store(old ^ operands[1])
	case op < wasm.OpI32AtomicRmwCmpxchg:
		store(operands[1])
	case old == operands[1]&mask: // what is expected is wrapped to the access
		store(operands[2])
	}
	if len(results) > 0 {
		m.push(results[0], old)
	}
	return nil
}
