package wasm

import (
	"encoding/binary"
	"math"
)

// Inst is one decoded instruction. Which fields are meaningful depends on Op.Imm(); the
// others hold leftovers.
type Inst struct {
	Op      Op
	Type    ValType    // ref.null, select with a type
	Align   uint8      // loads and stores: exponent of the alignment
	Offset  CodeOffset // of the opcode
	Index   uint32
	Index2  uint32
	Block   BlockType
	Value   uint64   // constants: bits; loads and stores: offset
	High    uint64   // vector constants and shuffles: the upper half of what Value begins
	Targets []uint32 // br_table, without the default; valid until the next call of Next
	Catches []Catch  // try_table; valid until the next call of Next
}

// Catch is a clause of a try_table: exceptions with the tag, or all, go to the label with their values.
type Catch struct {
	Tag   uint32
	Label uint32 // counted outside of the try_table
	All   bool   // of any tag, without values
	Ref   bool   // the exception's reference comes last
}

// Memory is the memory that a load or store works on.
func (in *Inst) Memory() uint32 {
	if in.Op.Imm() == ImmMemLane {
		return in.Index2
	}
	return in.Index
}

// BlockType is the type of a block: an index into Module.Types, or a negative number for the
// short forms.
type BlockType int64

// BlockEmpty is the block type without parameters and results.
const BlockEmpty BlockType = -1

// blockOf is the type of a block with one result.
func blockOf(t ValType) BlockType { return BlockEmpty - 1 - BlockType(t) }

// Index returns the type index of a block type that has one.
func (b BlockType) Index() (i uint32, ok bool) { return uint32(b), b >= 0 }

// Value returns the result of a block type in the short form, 0 if it has none.
func (b BlockType) Value() ValType {
	if b >= BlockEmpty {
		return 0
	}
	return ValType(BlockEmpty - 1 - b)
}

// BlockSignature returns the parameters and results of a block. The slices are not to be
// changed. The block type must be valid in m.
func (m *Module) BlockSignature(b BlockType) (params, results []ValType) {
	if b >= 0 {
		t := &m.Types[b]
		return t.Params, t.Results
	}
	t := b.Value()
	switch {
	case t == 0:
		return nil, nil
	case int(t) < len(singleTypes):
		return nil, singleTypes[t : t+1 : t+1]
	}
	return nil, []ValType{t}
}

// singleTypes[t] is t, so that a one-element slice needs no allocation.
var singleTypes = func() (s [128]ValType) {
	for i := range s {
		s[i] = ValType(i)
	}
	return s
}()

// Reader decodes the instructions of one body after the other. The zero value is ready for
// Reset.
type Reader struct {
	code    []byte
	pos     int
	base    CodeOffset // of code[0]
	file    FileOffset // of code[0]
	section string
	wide    bool // offsets may have 64 bits
	targets []uint32
	catches []Catch
	err     *Error
}

// Reset makes r stand before the first instruction of b, a body of m.
func (r *Reader) Reset(m *Module, b *Body) {
	r.code, r.pos, r.base, r.file, r.section, r.err = b.Bytes, 0, b.Code, m.FileOffset(b.Code), "code", nil
	r.wide = false
	for i := range m.Memories {
		r.wide = r.wide || m.Memories[i].Is64
	}
}

// Offset is that of the next instruction: one past the end of the last one decoded.
func (r *Reader) Offset() CodeOffset { return r.base + CodeOffset(r.pos) }

// Seek makes r stand before the instruction at off, which must be the offset of one.
func (r *Reader) Seek(off CodeOffset) { r.pos = int(off - r.base) }

// Err returns what stopped Next before the end of the body, nil at its end.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// fail records an error at pos.
func (r *Reader) fail(pos int, f Feature, msg string) bool {
	r.err = &Error{Offset: r.file + FileOffset(pos), Section: r.section, Feature: f, Msg: msg}
	r.pos = len(r.code)
	return false
}

// Next decodes the next instruction into in. It returns false at the end of the body and on
// an error. It knows nothing of blocks: the body's end is where its bytes end.
func (r *Reader) Next(in *Inst) bool {
	code, pos := r.code, r.pos
	if uint(pos) >= uint(len(code)) {
		return false
	}
	op := Op(code[pos])
	in.Offset = r.base + CodeOffset(pos)
	imm := imms[op&0xff]
	start := pos
	pos++
	var msg string
	if imm == ImmInvalid {
		if op, pos, msg = prefixed(code, start); msg != "" {
			return r.fail(pos, 0, msg)
		}
		if imm = imms[op]; imm == ImmInvalid {
			return r.failOp(op, start)
		}
	}
	in.Op = op
	switch imm {
	case ImmNone:
	case ImmLocal, ImmLabel, ImmFunc, ImmType, ImmGlobal, ImmTable, ImmData, ImmElem, ImmTag:
		if uint(pos) < uint(len(code)) && code[pos] < 0x80 {
			in.Index = uint32(code[pos])
			pos++
		} else if in.Index, pos, msg = uleb32(code, pos); msg != "" {
			return r.fail(pos, 0, msg)
		}
	case ImmMem:
		if uint(pos+1) < uint(len(code)) && code[pos] < 32 && code[pos+1] < 0x80 {
			in.Align, in.Index, in.Value = code[pos], 0, uint64(code[pos+1])
			pos += 2
		} else if pos = r.place(in, &in.Index, pos); r.err != nil {
			return false
		}
	case ImmI32:
		if uint(pos) < uint(len(code)) && code[pos] < 0x80 {
			in.Value = uint64(uint32(int32(int8(code[pos]<<1)) >> 1))
			pos++
		} else {
			var v int64
			if v, pos, msg = sleb(code, pos, 32); msg != "" {
				return r.fail(pos, 0, msg)
			}
			in.Value = uint64(uint32(v))
		}
	case ImmI64:
		var v int64
		if v, pos, msg = sleb(code, pos, 64); msg != "" {
			return r.fail(pos, 0, msg)
		}
		in.Value = uint64(v)
	case ImmF32:
		if len(code)-pos < 4 {
			return r.fail(len(code), 0, msgEnd)
		}
		in.Value = uint64(binary.LittleEndian.Uint32(code[pos:]))
		pos += 4
	case ImmF64:
		if len(code)-pos < 8 {
			return r.fail(len(code), 0, msgEnd)
		}
		in.Value = binary.LittleEndian.Uint64(code[pos:])
		pos += 8
	default:
		return r.rare(in, imm, pos)
	}
	r.pos = pos
	return true
}

// rare decodes the immediates that are longer or seldom.
func (r *Reader) rare(in *Inst, imm Imm, pos int) bool {
	code := r.code
	var msg string
	index := func(to *uint32) bool {
		if *to, pos, msg = uleb32(code, pos); msg != "" {
			return r.fail(pos, 0, msg)
		}
		return true
	}
	ok := true
	switch imm {
	case ImmTryTable:
		if !r.rare(in, ImmBlock, pos) {
			return false
		}
		pos = r.pos
		var n uint32
		start := pos
		if !index(&n) {
			return false
		}
		if int64(n)*2 > int64(len(code)-pos) {
			return r.fail(start, 0, msgEnd)
		}
		r.catches = r.catches[:0]
		for range n {
			if pos >= len(code) {
				return r.fail(pos, 0, msgEnd)
			}
			kind := code[pos]
			if kind > 3 {
				return r.fail(pos, 0, "malformed catch clause")
			}
			pos++
			c := Catch{All: kind >= 2, Ref: kind&1 != 0}
			if !c.All && !index(&c.Tag) || !index(&c.Label) {
				return false
			}
			r.catches = append(r.catches, c)
		}
		in.Catches = r.catches
	case ImmBlock:
		if pos >= len(code) {
			return r.fail(pos, 0, msgEnd)
		}
		if b := code[pos]; b == 0x40 {
			in.Block = BlockEmpty
			pos++
			break
		} else if b&0xc0 == 0x40 { // a negative number in one byte
			t, next, e := valType(code, pos, false)
			if e != nil {
				return r.fail(next, e.Feature, e.Msg)
			}
			in.Block = blockOf(t)
			pos = next
			break
		}
		start := pos
		var v int64
		if v, pos, msg = sleb(code, pos, 33); msg != "" {
			return r.fail(pos, 0, msg)
		}
		if v < 0 {
			return r.fail(start, 0, "malformed block type")
		}
		if v > math.MaxInt32 {
			return r.fail(start, 0, msgUnknownType)
		}
		in.Block = BlockType(v)
	case ImmLabels:
		var n uint32
		start := pos
		if !index(&n) {
			return false
		}
		if int64(n) >= int64(len(code)-pos) { // each label and the default take a byte
			return r.fail(start, 0, msgEnd)
		}
		r.targets = r.targets[:0]
		for range n {
			var l uint32
			if !index(&l) {
				return false
			}
			r.targets = append(r.targets, l)
		}
		in.Targets = r.targets
		ok = index(&in.Index)
	case ImmCallIndirect, ImmElemTable, ImmTableTable:
		ok = index(&in.Index) && index(&in.Index2)
	case ImmV128, ImmShuffle:
		if len(code)-pos < 16 {
			return r.fail(len(code), 0, msgEnd)
		}
		in.Value, in.High = binary.LittleEndian.Uint64(code[pos:]), binary.LittleEndian.Uint64(code[pos+8:])
		pos += 16
	case ImmLane:
		if pos >= len(code) {
			return r.fail(pos, 0, msgEnd)
		}
		in.Index = uint32(code[pos])
		pos++
	case ImmMemLane:
		if pos = r.place(in, &in.Index2, pos); r.err != nil {
			return false
		}
		if pos >= len(code) {
			return r.fail(pos, 0, msgEnd)
		}
		in.Index = uint32(code[pos])
		pos++
	case ImmFence:
		if pos < len(code) && code[pos] != 0 {
			return r.fail(pos, 0, msgZeroByte)
		}
		ok = index(&in.Index)
	case ImmMemory:
		ok = index(&in.Index)
	case ImmMemoryMemory:
		ok = index(&in.Index) && index(&in.Index2)
	case ImmDataMemory:
		ok = index(&in.Index) && index(&in.Index2)
	case ImmRefType:
		t, next, e := heapType(code, pos)
		if e != nil {
			return r.fail(next, e.Feature, e.Msg)
		}
		in.Type = t
		pos = next
	case ImmSelect:
		var n uint32
		start := pos
		if !index(&n) {
			return false
		}
		if n != 1 {
			return r.fail(start, 0, "invalid result arity")
		}
		t, next, e := valType(code, pos, false)
		if e != nil {
			return r.fail(next, e.Feature, e.Msg)
		}
		in.Type = t
		pos = next
	default:
		panic("wasm: reader: " + in.Op.String() + " has immediates that it does not know")
	}
	if ok {
		r.pos = pos
	}
	return ok
}

// place decodes the memory, the alignment and the offset of a load or store, and returns the position behind them
// (core specification, 5.4 "Memory Instructions"): bit 6 of the alignment says that the memory's index follows.
func (r *Reader) place(in *Inst, memory *uint32, pos int) (next int) {
	const indexed = 1 << 6
	start := pos
	flags, pos, msg := uleb32(r.code, pos)
	*memory = 0
	if msg == "" && flags&indexed != 0 {
		*memory, pos, msg = uleb32(r.code, pos)
	}
	switch {
	case msg != "":
	case flags&^indexed >= 32:
		pos, msg = start, "malformed memop flags"
	case r.wide:
		in.Value, pos, msg = uleb64(r.code, pos)
	default:
		var v uint32
		v, pos, msg = uleb32(r.code, pos)
		in.Value = uint64(v)
	}
	if msg != "" {
		r.fail(pos, 0, msg)
		return pos
	}
	in.Align = uint8(flags &^ indexed)
	return pos
}

// prefixed decodes an opcode that is not supported or has a prefix byte.
func prefixed(code []byte, pos int) (op Op, next int, msg string) {
	var page Op
	size := uint32(0x100)
	switch code[pos] {
	case 0xfb:
		page = prefixFB
	case 0xfc:
		page = prefixFC
	case 0xfd:
		page, size = prefixFD, 0x200
	case 0xfe:
		page = prefixFE
	default:
		return Op(code[pos]), pos + 1, ""
	}
	n, next, msg := uleb32(code, pos+1)
	if msg == "" && n >= size {
		return 0, pos, "illegal opcode"
	}
	return page + Op(n), next, msg
}

// failOp refuses an opcode by name.
func (r *Reader) failOp(op Op, pos int) bool {
	name, f := unsupportedOp(op)
	if name == "" {
		return r.fail(pos, 0, "illegal opcode "+op.String())
	}
	return r.fail(pos, f, "instruction "+name)
}
