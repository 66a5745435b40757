package line

import (
	"errors"
)

// Standard and extended opcodes (DWARF 5, 6.2.5).
const (
	lnsCopy             = 1
	lnsAdvancePC        = 2
	lnsAdvanceLine      = 3
	lnsSetFile          = 4
	lnsSetColumn        = 5
	lnsNegateStmt       = 6
	lnsSetBasicBlock    = 7
	lnsConstAddPC       = 8
	lnsFixedAdvancePC   = 9
	lnsSetPrologueEnd   = 10
	lnsSetEpilogueBegin = 11
	lnsSetISA           = 12

	lneEndSequence      = 1
	lneSetAddress       = 2
	lneDefineFile       = 3
	lneSetDiscriminator = 4
)

// Row is a row of the line table.
type Row struct {
	Address       uint64
	Line          uint32
	File          uint32 // see Program.File
	Column        uint32
	Discriminator uint32
	ISA           uint32
	OpIndex       uint8
	Flags         Flags
}

// Flags are the flags of a row.
type Flags uint8

const (
	Stmt Flags = 1 << iota
	BasicBlock
	PrologueEnd
	EpilogueBegin
	EndSequence // the row is the first address behind the sequence, and nothing else
	Dead        // the sequence is of removed code: Address is the linker's mark, in all rows
)

var (
	errLineRange = errors.New("special opcode, but line_range is 0")
	errExtended  = errors.New("extended opcode of length 0")
	errOperand   = errors.New("operand is out of range")
)

// Rows runs the program and calls yield for each row, in the program's order: sequence after
// sequence, each ending with an EndSequence row. It returns the error that ended the program
// early. The Row is reused. Files that the program defines (DW_LNE_define_file) are
// appended to Files, so that Rows is then not safe for concurrent use.
func (p *Program) Rows(yield func(r *Row) bool) error {
	c := p.code
	m := ^uint64(0) >> (64 - 8*uint(p.AddrSize))
	var initial Row
	initial.File, initial.Line = 1, 1
	if p.defaultStmt {
		initial.Flags = Stmt
	}
	r := initial
	advance := func(n uint64) {
		if r.Flags&Dead != 0 {
			return
		}
		if p.maxOps == 1 {
			r.Address = (r.Address + n*p.minInst) & m
			return
		}
		ops := uint64(r.OpIndex) + n
		r.Address = (r.Address + p.minInst*(ops/uint64(p.maxOps))) & m
		r.OpIndex = uint8(ops % uint64(p.maxOps))
	}
	emit := func() bool {
		if !yield(&r) {
			return false
		}
		r.Discriminator = 0
		r.Flags &= Stmt | Dead
		return true
	}
	// narrow cuts a number to the row's 32 bits, which no producer exceeds.
	narrow := func(v uint64) uint32 {
		if v > 0xffff_ffff {
			c.Fail(errOperand)
		}
		return uint32(v)
	}
	for c.Len() > 0 {
		op := c.U8()
		if op >= p.opcodeBase {
			if p.lineRange == 0 {
				c.Fail(errLineRange)
				return c.Err()
			}
			adj := op - p.opcodeBase
			advance(uint64(adj / p.lineRange))
			r.Line += uint32(int32(p.lineBase) + int32(adj%p.lineRange))
			if !emit() {
				return nil
			}
			continue
		}
		switch op {
		case 0:
			n := c.ULEB()
			if c.Err() == nil && n == 0 {
				c.Fail(errExtended)
			}
			body := c
			body.Limit(n)
			c.Skip(n)
			if c.Err() != nil {
				return c.Err()
			}
			switch body.U8() {
			case lneEndSequence:
				r.Flags |= EndSequence
				if !yield(&r) {
					return nil
				}
				r = initial
			case lneSetAddress:
				if n-1 > 8 || n == 1 {
					body.Fail(errOperand)
				}
				r.Address = body.Uint(uint8(min(n-1, 8)))
				r.OpIndex = 0
				r.Flags &^= Dead
				if r.Address >= m-1 {
					r.Flags |= Dead
				}
			case lneDefineFile:
				name := body.CString()
				f := readFile4(&body, name)
				if body.Err() == nil {
					p.Files = append(p.Files, f)
				}
			case lneSetDiscriminator:
				r.Discriminator = uint32(body.ULEB())
			}
			if body.Err() != nil {
				return body.Err()
			}
		case lnsCopy:
			if !emit() {
				return nil
			}
		case lnsAdvancePC:
			advance(c.ULEB())
		case lnsAdvanceLine:
			r.Line += uint32(c.SLEB())
		case lnsSetFile:
			r.File = narrow(c.ULEB())
		case lnsSetColumn:
			r.Column = narrow(c.ULEB())
		case lnsNegateStmt:
			r.Flags ^= Stmt
		case lnsSetBasicBlock:
			r.Flags |= BasicBlock
		case lnsConstAddPC:
			if p.lineRange == 0 {
				c.Fail(errLineRange)
				return c.Err()
			}
			advance(uint64((255 - p.opcodeBase) / p.lineRange))
		case lnsFixedAdvancePC:
			n := uint64(c.U16())
			if r.Flags&Dead == 0 {
				r.Address = (r.Address + n) & m
			}
			r.OpIndex = 0
		case lnsSetPrologueEnd:
			r.Flags |= PrologueEnd
		case lnsSetEpilogueBegin:
			r.Flags |= EpilogueBegin
		case lnsSetISA:
			r.ISA = narrow(c.ULEB())
		default:
			for range p.opcodeLens[op-1] {
				c.ULEB()
			}
		}
		if c.Err() != nil {
			return c.Err()
		}
	}
	return nil
}
