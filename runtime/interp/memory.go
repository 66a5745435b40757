package interp

import (
	"encoding/binary"
	"fmt"

	"sphex/aot/wasm"
)

// access runs a load or a store of w bytes.
func (m *Machine) access(in *instruction, w uint64) error {
	params, results, _ := in.Op.Signature()
	var v uint64
	if len(results) == 0 {
		v = m.pop()
	}
	a := uint64(uint32(m.pop())) + in.Value
	if params[0] != wasm.I32 {
		return fmt.Errorf("%v: not known to the interpreter", in.Op)
	}
	if a+w > uint64(len(m.Memory)) {
		return TrapMemory
	}
	b := m.Memory[a : a+w]
	if len(results) == 0 {
		for i := range b {
			b[i] = byte(v >> (8 * i))
		}
		return nil
	}
	for i := range b {
		v |= uint64(b[i]) << (8 * i)
	}
	switch in.Op {
	case wasm.OpI32Load8S:
		v = uint64(uint32(int8(v)))
	case wasm.OpI32Load16S:
		v = uint64(uint32(int16(v)))
	case wasm.OpI64Load8S:
		v = uint64(int8(v))
	case wasm.OpI64Load16S:
		v = uint64(int16(v))
	case wasm.OpI64Load32S:
		v = uint64(int32(v))
	}
	m.push(results[0], v)
	return nil
}

// bulk runs what works on whole memories and tables.
func (m *Machine) bulk(in *instruction) error {
	pop := func() uint64 { return uint64(uint32(m.pop())) }
	switch in.Op {
	case wasm.OpMemorySize:
		m.push(wasm.I32, uint64(len(m.Memory)/pageSize))
	case wasm.OpMemoryGrow:
		m.push(wasm.I32, m.grow(pop()))
	case wasm.OpMemoryInit:
		n, from, to := pop(), pop(), pop()
		return m.memoryInit(int(in.Index), to, from, n)
	case wasm.OpDataDrop:
		m.dropped[in.Index] = true
	case wasm.OpMemoryCopy:
		n, from, to := pop(), pop(), pop()
		if from+n > uint64(len(m.Memory)) || to+n > uint64(len(m.Memory)) {
			return TrapMemory
		}
		copy(m.Memory[to:to+n], m.Memory[from:])
	case wasm.OpMemoryFill:
		n, v, to := pop(), byte(pop()), pop()
		if to+n > uint64(len(m.Memory)) {
			return TrapMemory
		}
		b := m.Memory[to : to+n]
		for i := range b {
			b[i] = v
		}
	case wasm.OpTableGet:
		t, i := m.Tables[in.Index], pop()
		if i >= uint64(len(t)) {
			return TrapTable
		}
		m.push(m.Module.Tables[in.Index].Elem, t[i])
	case wasm.OpTableSet:
		v := m.pop()
		t, i := m.Tables[in.Index], pop()
		if i >= uint64(len(t)) {
			return TrapTable
		}
		t[i] = v
	case wasm.OpTableInit:
		n, from, to := pop(), pop(), pop()
		return m.tableInit(int(in.Index), in.Index2, to, from, n)
	case wasm.OpElemDrop:
		m.gone[in.Index] = true
	case wasm.OpTableCopy:
		n, from, to := pop(), pop(), pop()
		dst, src := m.Tables[in.Index], m.Tables[in.Index2]
		if from+n > uint64(len(src)) || to+n > uint64(len(dst)) {
			return TrapTable
		}
		copy(dst[to:to+n], src[from:])
	case wasm.OpTableGrow:
		n := pop()
		v := m.pop()
		t := m.Tables[in.Index]
		limits := m.Module.Tables[in.Index].Limits
		size := uint64(len(t)) + n
		if size > maxElements || limits.HasMax && size > limits.Max {
			m.push(wasm.I32, 0xffff_ffff)
			break
		}
		m.push(wasm.I32, uint64(len(t)))
		for range n {
			t = append(t, v)
		}
		m.Tables[in.Index] = t
	case wasm.OpTableSize:
		m.push(wasm.I32, uint64(len(m.Tables[in.Index])))
	case wasm.OpTableFill:
		n := pop()
		v := m.pop()
		t, i := m.Tables[in.Index], pop()
		if i+n > uint64(len(t)) {
			return TrapTable
		}
		for k := range t[i : i+n] {
			t[i+uint64(k)] = v
		}
	default:
		return fmt.Errorf("%v: not known to the interpreter", in.Op)
	}
	return nil
}

func (m *Machine) grow(pages uint64) uint64 {
	old := uint64(len(m.Memory) / pageSize)
	limits := m.Module.Memories[0].Limits
	if old+pages > maxPages || limits.HasMax && old+pages > limits.Max {
		return 0xffff_ffff
	}
	m.Memory = append(m.Memory, make([]byte, pages*pageSize)...)
	return old
}

func (m *Machine) memoryInit(segment int, to, from, n uint64) error {
	var src []byte
	if !m.dropped[segment] {
		src = m.Module.Datas[segment].Init
	}
	if from+n > uint64(len(src)) || to+n > uint64(len(m.Memory)) {
		return TrapMemory
	}
	copy(m.Memory[to:], src[from:from+n])
	return nil
}

func (m *Machine) tableInit(segment int, table uint32, to, from, n uint64) error {
	var src []wasm.ConstExpr
	if !m.gone[segment] {
		src = m.Module.Elems[segment].Init
	}
	t := m.Tables[table]
	if from+n > uint64(len(src)) || to+n > uint64(len(t)) {
		return TrapTable
	}
	for i := range n {
		t[to+i] = m.constant(&src[from+i])
	}
	return nil
}

// ReadMemory copies from addr; ok is false if that is not all inside.
func (m *Machine) ReadMemory(addr uint64, b []byte) (ok bool) {
	if addr > uint64(len(m.Memory)) || uint64(len(b)) > uint64(len(m.Memory))-addr {
		return false
	}
	copy(b, m.Memory[addr:])
	return true
}

// Word reads four bytes of memory, 0 outside of it.
func (m *Machine) Word(addr uint64) uint32 {
	var b [4]byte
	m.ReadMemory(addr, b[:])
	return binary.LittleEndian.Uint32(b[:])
}
