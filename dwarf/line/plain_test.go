package line

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"sphex/dwarf"
)

// TestPlainRows reads programs of random opcodes, in the orders of LLVM and in others, with all sizes of
// operands and several opcode bases, and holds the rows against those of a reader that takes one opcode after
// the other by the tables of DWARF 5, 6.2.5.
func TestPlainRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	rows := 0
	for range 3000 {
		base := []byte{13, 13, 13, 10, 7, 6, 4, 1}[r.IntN(8)]
		code := []byte{0, 5, lneSetAddress, 0, 1, 0, 0}
		for range r.IntN(60) {
			switch op := byte(r.IntN(16)); {
			case op == 0:
				var discriminator []byte
				discriminator = dwarf.AppendULEB(discriminator, uint64(r.IntN(1<<r.IntN(12))))
				code = append(code, 0, byte(1+len(discriminator)), lneSetDiscriminator)
				code = append(code, discriminator...)
			case op >= base || op > lnsSetISA:
				code = append(code, max(base, byte(r.IntN(256))))
			case op == lnsAdvanceLine:
				v := int64(r.IntN(1<<r.IntN(28))) * int64(1-2*r.IntN(2))
				code = dwarf.AppendSLEB(append(code, op), v)
			case op == lnsFixedAdvancePC:
				code = append(code, op, byte(r.IntN(256)), byte(r.IntN(4)))
			case standardOperands[op] == 1:
				code = dwarf.AppendULEB(append(code, op), uint64(r.IntN(1<<r.IntN(20))))
			default:
				code = append(code, op)
			}
		}
		code = append(code, 0, 1, lneEndSequence)
		b := []byte{0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, 1, byte(r.IntN(2)), 0xfb, 14, base}
		for op := byte(1); op < base; op++ {
			b = append(b, standardOperands[op])
		}
		b = append(b, 0, 0) // no directories and files
		binary.LittleEndian.PutUint32(b[6:], uint32(len(b)-10))
		want := oneByOne(code, base, b[12] != 0)
		b = append(b, code...)
		binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
		p, err := Parse(&dwarf.Sections{Line: b}, 0, 4, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range []int{1, 3, 64} {
			var got []Row
			d := p.Decoder(0)
			room := make([]Row, batch)
			for n := d.Next(room); n > 0; n = d.Next(room) {
				got = append(got, room[:n]...)
			}
			if d.Err() != nil || !slices.Equal(got, want) {
				t.Fatalf("%x with opcode base %d in batches of %d: %+v, %v, want %+v", code, base, batch, got, d.Err(), want)
			}
		}
		rows += len(want)
	}
	if rows < 30_000 {
		t.Errorf("only %d rows", rows)
	}
}

// oneByOne is the reader that TestPlainRows compares with.
func oneByOne(code []byte, base byte, stmt bool) (rows []Row) {
	r := Row{File: 1, Line: 1}
	if stmt {
		r.Flags = Stmt
	}
	number := func() (v uint64) {
		for shift := 0; ; shift += 7 {
			c := code[0]
			code = code[1:]
			if v |= uint64(c&0x7f) << shift; c < 0x80 {
				return v
			}
		}
	}
	add := func(special byte) { r.Address = uint64(uint32(r.Address) + uint32((special-base)/14)) }
	row := func() {
		rows = append(rows, r)
		r.Discriminator = 0
		r.Flags &= Stmt
	}
	for {
		op := code[0]
		code = code[1:]
		switch {
		case op >= base:
			add(op)
			r.Line += uint32(int32((op-base)%14) - 5)
			row()
		case op == 0:
			size := int(number())
			body := code[:size]
			switch body[0] {
			case lneEndSequence:
				r.Flags |= EndSequence
				return append(rows, r)
			case lneSetAddress:
				r.Address = uint64(binary.LittleEndian.Uint32(body[1:]))
			case lneSetDiscriminator:
				code = body[1:]
				r.Discriminator = uint32(number())
			}
			code = body[size:cap(body)]
		case op == lnsCopy:
			row()
		case op == lnsAdvancePC:
			r.Address = uint64(uint32(r.Address) + uint32(number()))
		case op == lnsAdvanceLine:
			n := len(code)
			v := number()
			used := 7 * (n - len(code))
			r.Line += uint32(int64(v<<(64-used)) >> (64 - used))
		case op == lnsSetFile:
			r.File = uint32(number())
		case op == lnsSetColumn:
			r.Column = uint32(number())
		case op == lnsNegateStmt:
			r.Flags ^= Stmt
		case op == lnsSetBasicBlock:
			r.Flags |= BasicBlock
		case op == lnsConstAddPC:
			add(255)
		case op == lnsFixedAdvancePC:
			r.Address = uint64(uint32(r.Address) + uint32(code[0]) + uint32(code[1])<<8)
			code = code[2:]
		case op == lnsSetPrologueEnd:
			r.Flags |= PrologueEnd
		case op == lnsSetEpilogueBegin:
			r.Flags |= EpilogueBegin
		case op == lnsSetISA:
			r.ISA = uint32(number())
		}
	}
}
