package coredump

import (
	"bytes"
	"encoding/binary"

	"sphex/aot/wasm"
)

// Bytes encodes the dump.
func (d *Dump) Bytes() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, b []byte) {
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	custom := func(name string, b []byte) { section(idCustom, append(text(nil, name), b...)) }
	custom(sectionCore, text([]byte{0}, d.Name))
	b := count(nil, len(d.Modules))
	for _, m := range d.Modules {
		b = text(append(b, 0), m)
	}
	custom(sectionModules, b)
	b = count(nil, len(d.Instances))
	for _, in := range d.Instances {
		b = u32(append(b, 0), in.Module)
		b = indices(indices(b, in.Memories), in.Globals)
	}
	custom(sectionInstances, b)
	for _, t := range d.Threads {
		b = count(text([]byte{0}, t.Name), len(t.Frames))
		for i := range t.Frames {
			f := &t.Frames[i]
			b = u32(u32(u32(append(b, 0), f.Instance), f.Func), f.Code)
			b = values(values(b, f.Locals), f.Stack)
		}
		custom(sectionStack, b)
	}
	b = count(nil, len(d.Memories))
	segments := 0
	for i := range d.Memories {
		m := &d.Memories[i]
		segments += len(m.Segments)
		flags := byte(0)
		for bit, set := range [...]bool{m.HasMax, m.Type.Shared, m.Type.Is64, m.Type.BytePages} {
			if set {
				flags |= 1 << bit
			}
		}
		if b = binary.AppendUvarint(append(b, flags), m.Pages); m.HasMax {
			b = binary.AppendUvarint(b, m.Max)
		}
		if m.Type.BytePages {
			b = append(b, m.Type.PageLog2())
		}
	}
	section(idMemory, b)
	b = count(nil, len(d.Globals))
	for _, g := range d.Globals {
		b = global(b, g)
	}
	section(idGlobal, b)
	b = count(nil, segments)
	for i := range d.Memories {
		for _, s := range d.Memories[i].Segments {
			if i == 0 {
				b = append(b, 0)
			} else {
				b = u32(append(b, 2), uint32(i))
			}
			if d.Memories[i].Type.Is64 {
				b = append(sleb(append(b, opI64), int64(s.Offset)), opEnd)
			} else {
				b = append(sleb(append(b, opI32), int64(int32(uint32(s.Offset)))), opEnd)
			}
			b = append(count(b, len(s.Data)), s.Data...)
		}
	}
	section(idData, b)
	return out
}

// Segments cuts a memory's contents into the pieces that are not zero. They alias it.
func Segments(memory []byte) (list []Segment) {
	var zero [chunk]byte
	for at := 0; at < len(memory); at += chunk {
		piece := memory[at:min(at+chunk, len(memory))]
		if bytes.Equal(piece, zero[:len(piece)]) {
			continue
		}
		if n := len(list); n > 0 && list[n-1].Offset+uint64(len(list[n-1].Data)) == uint64(at) {
			list[n-1].Data = memory[list[n-1].Offset : at+len(piece)]
			continue
		}
		list = append(list, Segment{uint64(at), piece})
	}
	return list
}

func text(b []byte, s string) []byte { return append(count(b, len(s)), s...) }

func count(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func u32(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

func indices(b []byte, list []uint32) []byte {
	b = count(b, len(list))
	for _, v := range list {
		b = u32(b, v)
	}
	return b
}

func sleb(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func values(b []byte, list []Value) []byte {
	b = count(b, len(list))
	for _, v := range list {
		switch v.Type {
		case wasm.I32:
			b = sleb(append(b, byte(v.Type)), int64(int32(v.Bits)))
		case wasm.I64:
			b = sleb(append(b, byte(v.Type)), int64(v.Bits))
		case wasm.F32:
			b = binary.LittleEndian.AppendUint32(append(b, byte(v.Type)), uint32(v.Bits))
		case wasm.F64:
			b = binary.LittleEndian.AppendUint64(append(b, byte(v.Type)), v.Bits)
		default:
			b = append(b, missing)
		}
	}
	return b
}

// global encodes a global; one whose value is missing is an i32 of 0.
func global(b []byte, g Global) []byte {
	t, v := g.Value.Type, g.Value.Bits
	if t != wasm.I64 && t != wasm.F32 && t != wasm.F64 {
		if t != wasm.I32 {
			v = 0
		}
		t = wasm.I32
	}
	m := byte(0)
	if g.Mutable {
		m = 1
	}
	b = append(b, byte(t), m)
	switch t {
	case wasm.I32:
		b = sleb(append(b, opI32), int64(int32(v)))
	case wasm.I64:
		b = sleb(append(b, opI64), int64(v))
	case wasm.F32:
		b = binary.LittleEndian.AppendUint32(append(b, opF32), uint32(v))
	case wasm.F64:
		b = binary.LittleEndian.AppendUint64(append(b, opF64), v)
	}
	return append(b, opEnd)
}
