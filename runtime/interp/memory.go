package interp

import (
	"encoding/binary"
	"fmt"
	"math"

	"sphex/aot/wasm"
)

// Memory is memory 0, nil without one.
func (m *Machine) Memory() []byte {
	if len(m.Memories) == 0 {
		return nil
	}
	return m.Memories[0]
}

// place pops an address and returns the w bytes there that a load or store works on.
func (m *Machine) place(in *instruction, w uint64) ([]byte, error) {
	memory := m.Memories[in.Memory()]
	addr := m.pop()
	if !within(len(memory), addr, in.Value) || !within(len(memory), addr+in.Value, w) {
		return nil, TrapMemory
	}
	return memory[addr+in.Value:][:w], nil
}

// within reports whether at and n bytes behind it are inside of size.
func within(size int, at, n uint64) bool { return at <= uint64(size) && n <= uint64(size)-at }

// access runs a load or a store of w bytes.
func (m *Machine) access(in *instruction, w uint64) error {
	_, results, _ := in.Op.Signature()
	var v uint64
	if len(results) == 0 {
		v = m.pop()
	}
	b, err := m.place(in, w)
	if err != nil {
		return err
	}
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
	pop := m.pop // what has 32 bits has zeros above them
	switch in.Op {
	case wasm.OpMemorySize:
		t := &m.Module.Memories[in.Index]
		m.push(t.AddrType(), uint64(len(m.Memories[in.Index]))>>t.PageLog2())
	case wasm.OpMemoryGrow:
		t := &m.Module.Memories[in.Index]
		m.push(t.AddrType(), m.grow(in.Index, pop()))
	case wasm.OpMemoryInit:
		n, from, to := pop(), pop(), pop()
		return m.memoryInit(int(in.Index), in.Index2, to, from, n)
	case wasm.OpDataDrop:
		m.dropped[in.Index] = true
	case wasm.OpMemoryCopy:
		n, from, to := pop(), pop(), pop()
		dst, src := m.Memories[in.Index], m.Memories[in.Index2]
		if !within(len(src), from, n) || !within(len(dst), to, n) {
			return TrapMemory
		}
		copy(dst[to:to+n], src[from:])
	case wasm.OpMemoryFill:
		n, v, to := pop(), byte(pop()), pop()
		memory := m.Memories[in.Index]
		if !within(len(memory), to, n) {
			return TrapMemory
		}
		b := memory[to : to+n]
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
		if !within(len(src), from, n) || !within(len(dst), to, n) {
			return TrapTable
		}
		copy(dst[to:to+n], src[from:])
	case wasm.OpTableGrow:
		n := pop()
		v := m.pop()
		t := m.Tables[in.Index]
		typ := &m.Module.Tables[in.Index]
		limit := uint64(maxElements)
		if typ.Limits.HasMax {
			limit = min(limit, typ.Limits.Max)
		}
		if n > limit || uint64(len(t)) > limit-n {
			m.push(typ.AddrType(), failed(typ.Is64))
			break
		}
		m.push(typ.AddrType(), uint64(len(t)))
		for range n {
			t = append(t, v)
		}
		m.Tables[in.Index] = t
	case wasm.OpTableSize:
		m.push(m.Module.Tables[in.Index].AddrType(), uint64(len(m.Tables[in.Index])))
	case wasm.OpTableFill:
		n := pop()
		v := m.pop()
		t, i := m.Tables[in.Index], pop()
		if !within(len(t), i, n) {
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

// failed is the result of an instruction that cannot grow.
func failed(is64 bool) uint64 {
	if is64 {
		return math.MaxUint64
	}
	return math.MaxUint32
}

func (m *Machine) grow(memory uint32, pages uint64) uint64 {
	t := &m.Module.Memories[memory]
	old := uint64(len(m.Memories[memory])) >> t.PageLog2()
	limit := min(t.MaxPages(), maxMemory>>t.PageLog2())
	if t.Limits.HasMax {
		limit = min(limit, t.Limits.Max)
	}
	if pages > limit || old > limit-pages {
		return failed(t.Is64)
	}
	grown := make([]byte, (old+pages)<<t.PageLog2()) // of which the system gives what is touched
	copy(grown, m.Memories[memory])
	m.Memories[memory] = grown
	return old
}

func (m *Machine) memoryInit(segment int, memory uint32, to, from, n uint64) error {
	var src []byte
	if !m.dropped[segment] {
		src = m.Module.Datas[segment].Init
	}
	dst := m.Memories[memory]
	if !within(len(src), from, n) || !within(len(dst), to, n) {
		return TrapMemory
	}
	copy(dst[to:], src[from:from+n])
	return nil
}

func (m *Machine) tableInit(segment int, table uint32, to, from, n uint64) error {
	var src []wasm.ConstExpr
	if !m.gone[segment] {
		src = m.Module.Elems[segment].Init
	}
	t := m.Tables[table]
	if !within(len(src), from, n) || !within(len(t), to, n) {
		return TrapTable
	}
	for i := range n {
		t[to+i] = m.constant(&src[from+i])
	}
	return nil
}

// ReadMemory copies from addr of memory 0; ok is false if that is not all inside.
func (m *Machine) ReadMemory(addr uint64, b []byte) (ok bool) {
	memory := m.Memory()
	if !within(len(memory), addr, uint64(len(b))) {
		return false
	}
	copy(b, memory[addr:])
	return true
}

// Word reads four bytes of memory, 0 outside of it.
func (m *Machine) Word(addr uint64) uint32 {
	var b [4]byte
	m.ReadMemory(addr, b[:])
	return binary.LittleEndian.Uint32(b[:])
}
