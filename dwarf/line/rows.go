package line

import (
	"errors"

	"sphex/dwarf"
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
	d := p.Decoder(0)
	var batch [32]Row
	for {
		n := d.Next(batch[:])
		if n == 0 {
			return d.Err()
		}
		for i := range batch[:n] {
			if !yield(&batch[i]) {
				return nil
			}
		}
	}
}

// special is what a special opcode adds.
type special struct {
	ops  uint8
	line int8
}

// specials are those of a program's parameters. All zero if line_range is.
type specials [256]special

func newSpecials(base int8, lineRange, opcodeBase uint8) *specials {
	t := &specials{}
	if lineRange == 0 {
		return t
	}
	for op := int(opcodeBase); op < 256; op++ {
		adj := uint8(op) - opcodeBase
		t[op] = special{adj / lineRange, int8(int32(base) + int32(adj%lineRange))}
	}
	return t
}

var llvmSpecials = newSpecials(lineBase, lineRange, opcodeBase)

// specials returns the table of the program, which nearly always is that of LLVM.
func (p *Program) specials() *specials {
	if p.lineBase == lineBase && p.lineRange == lineRange && p.opcodeBase == opcodeBase {
		return llvmSpecials
	}
	return newSpecials(p.lineBase, p.lineRange, p.opcodeBase)
}

// Decoder runs a program and hands out its rows in batches.
type Decoder struct {
	// Live makes it pass over the sequences of removed code: those that start at address 0,
	// where in WebAssembly no code is, or at the linker's mark for it.
	Live bool

	p     *Program
	table *specials
	code  []byte
	pos   int
	row   Row  // the registers
	begun bool // the sequence has had a row
	err   error
}

// Decoder starts at a position that Pos gave for the start of a sequence, or at 0. It
// appends to Files as Rows does, but each file once.
func (p *Program) Decoder(pos int) Decoder {
	c := p.code
	d := Decoder{p: p, table: p.specials(), code: c.Rest(), pos: pos}
	d.start()
	return d
}

// start resets the registers.
func (d *Decoder) start() {
	d.row = Row{File: 1, Line: 1}
	if d.p.defaultStmt {
		d.row.Flags = Stmt
	}
	d.begun = false
}

// Size is the number of bytes of the program's operations.
func (p *Program) Size() int { return p.code.Len() }

// Pos is where the decoder stands in the program. Behind the row that ends a sequence, the next
// one starts there.
func (d *Decoder) Pos() int { return d.pos }

// Err is the error that ended the program early.
func (d *Decoder) Err() error { return d.err }

// Next fills rows with the next rows of one sequence and returns their number; 0 at the end.
func (d *Decoder) Next(rows []Row) int {
	if d.err != nil || len(rows) == 0 {
		return 0
	}
	p, code, pos, r := d.p, d.code, d.pos, d.row
	m := ^uint64(0) >> (64 - 8*uint(p.AddrSize))
	n := 0
	table, opcodeBase := d.table, p.opcodeBase
	// As in all of WebAssembly's; see runPlain.
	plain := p.maxOps == 1 && p.minInst == 1 && p.lineRange != 0 && p.opcodeBase > lnsNegateStmt
	// Errors are rare and need an offset: they leave through here, with pos where it happened.
	fail := func(at int, err error) int {
		var e *dwarf.Error
		if !errors.As(err, &e) {
			err = &dwarf.Error{Section: section, Offset: p.code.Offset() + uint64(at), Err: err}
		}
		d.err, d.pos, d.row = err, at, r
		return n
	}
	for pos < len(code) {
		if plain && d.begun && r.Flags&Dead == 0 {
			if pos = r.runPlain(table, opcodeBase, m, code, pos, rows, &n); n == len(rows) {
				break
			}
		}
		op := code[pos]
		pos++
		if op >= opcodeBase {
			if p.lineRange == 0 {
				return fail(pos, errLineRange)
			}
			s := table[op]
			p.advance(&r, uint64(s.ops), m)
			r.Line += uint32(int32(s.line))
		} else {
			switch op {
			case 0:
				size, at, err := p.uleb(code, pos)
				if err != nil {
					return fail(at, err)
				}
				if size == 0 {
					return fail(at, errExtended)
				}
				if size > uint64(len(code)-at) {
					return fail(at, dwarf.ErrTruncated)
				}
				body := code[at+1 : at+int(size)]
				pos = at + int(size)
				switch code[at] {
				case lneEndSequence:
					if d.Live && !d.begun && r.Address == 0 {
						d.start()
						r = d.row
						continue
					}
					r.Flags |= EndSequence
					rows[n] = r
					d.start()
					d.pos = pos
					return n + 1
				case lneSetAddress:
					if len(body) == 0 || len(body) > 8 {
						return fail(at, errOperand)
					}
					var a uint64
					for i, b := range body {
						a |= uint64(b) << (8 * i)
					}
					r.Address, r.OpIndex = a, 0
					r.Flags &^= Dead
					if a >= m-1 {
						r.Flags |= Dead
					}
					if d.Live && !d.begun && (a == 0 || a >= min(m-1, deadMark)) {
						if pos, err = p.skipSequence(code, pos); err != nil {
							return fail(pos, err)
						}
						d.start()
						r = d.row
					}
				case lneDefineFile:
					if err := p.defineFile(body, at); err != nil {
						return fail(at, err)
					}
				case lneSetDiscriminator:
					v, _, err := p.uleb(body, 0)
					if err != nil {
						return fail(at, err)
					}
					r.Discriminator = uint32(v)
				}
				continue
			case lnsCopy:
			case lnsNegateStmt:
				r.Flags ^= Stmt
				continue
			case lnsSetBasicBlock:
				r.Flags |= BasicBlock
				continue
			case lnsConstAddPC:
				if p.lineRange == 0 {
					return fail(pos, errLineRange)
				}
				p.advance(&r, uint64(d.table[255].ops), m)
				continue
			case lnsFixedAdvancePC:
				if len(code)-pos < 2 {
					return fail(pos, dwarf.ErrTruncated)
				}
				if r.Flags&Dead == 0 {
					r.Address = (r.Address + uint64(code[pos]) + uint64(code[pos+1])<<8) & m
				}
				r.OpIndex = 0
				pos += 2
				continue
			case lnsSetPrologueEnd:
				r.Flags |= PrologueEnd
				continue
			case lnsSetEpilogueBegin:
				r.Flags |= EpilogueBegin
				continue
			case lnsAdvanceLine:
				v, next, err := p.sleb(code, pos)
				if err != nil {
					return fail(next, err)
				}
				r.Line += uint32(v)
				pos = next
				continue
			case lnsAdvancePC, lnsSetFile, lnsSetColumn, lnsSetISA:
				v, next, err := p.uleb(code, pos)
				if err != nil {
					return fail(next, err)
				}
				pos = next
				if op == lnsAdvancePC {
					p.advance(&r, v, m)
					continue
				}
				if v > 0xffff_ffff { // which no producer exceeds
					return fail(pos, errOperand)
				}
				switch op {
				case lnsSetFile:
					r.File = uint32(v)
				case lnsSetColumn:
					r.Column = uint32(v)
				default:
					r.ISA = uint32(v)
				}
				continue
			default:
				for range p.opcodeLens[op-1] {
					_, next, err := p.uleb(code, pos)
					if err != nil {
						return fail(next, err)
					}
					pos = next
				}
				continue
			}
		}
		// A row.
		if !d.begun {
			if d.Live && (r.Address == 0 || r.Address >= min(m-1, deadMark)) {
				var err error
				if pos, err = p.skipSequence(code, pos); err != nil {
					return fail(pos, err)
				}
				d.start()
				r = d.row
				continue
			}
			d.begun = true
		}
		// Field by field: they were just written so, and the processor would wait before it could read
		// several as one.
		to := &rows[n]
		to.Address, to.Line, to.File, to.Column = r.Address, r.Line, r.File, r.Column
		to.Discriminator, to.ISA, to.OpIndex, to.Flags = r.Discriminator, r.ISA, r.OpIndex, r.Flags
		n++
		r.Discriminator = 0
		r.Flags &= Stmt | Dead
		if n == len(rows) {
			break
		}
	}
	d.pos, d.row = pos, r
	return n
}

// runPlain goes on in code at pos with the opcodes that make up nearly all of a sequence behind its first row,
// as long as an operation is a byte and the code is live: up to another opcode or the end of rows, of which n are
// filled. The registers that change most are the processor's meanwhile, and the opcodes are looked for in the order
// in which LLVM writes those of a row: whether a row has one is all that a branch has to foresee.
func (r *Row) runPlain(table *specials, opcodeBase uint8, m uint64, code []byte, pos int, rows []Row, n *int) int {
	k := *n
	address, line, column, discriminator, flags := r.Address, r.Line, r.Column, r.Discriminator, r.Flags
	file, isa, opIndex := r.File, r.ISA, r.OpIndex
	for k < len(rows) && pos+longestPlain <= len(code) {
		if code[pos] == lnsSetColumn && code[pos+1] < 0x80 {
			column = uint32(code[pos+1])
			pos += 2
		}
		if code[pos] == 0 && code[pos+1] == 2 && code[pos+2] == lneSetDiscriminator && code[pos+3] < 0x80 {
			discriminator = uint32(code[pos+3])
			pos += 4
		}
		negate := one(code[pos] == lnsNegateStmt)
		flags ^= Flags(negate) // Stmt is 1
		pos += negate
		if code[pos] == lnsAdvanceLine {
			b := code[pos+1 : pos+4 : pos+4]
			switch {
			case b[0] < 0x80:
				line += uint32(int32(uint32(b[0])) << 25 >> 25)
				pos += 2
			case b[1] < 0x80:
				line += uint32(int32(uint32(b[0]&0x7f)|uint32(b[1])<<7) << 18 >> 18)
				pos += 3
			case b[2] < 0x80:
				line += uint32(int32(uint32(b[0]&0x7f)|uint32(b[1]&0x7f)<<7|uint32(b[2])<<14) << 11 >> 11)
				pos += 4
			}
		}
		op := code[pos]
		if op < opcodeBase {
			if op != lnsCopy {
				break
			}
		} else {
			s := table[op]
			address = (address + uint64(s.ops)) & m
			line += uint32(int32(s.line))
		}
		pos++
		to := &rows[k]
		to.Address, to.Line, to.File, to.Column = address, line, file, column
		to.Discriminator, to.ISA, to.OpIndex, to.Flags = discriminator, isa, opIndex, flags
		k++
		discriminator = 0
		flags &= Stmt
	}
	r.Address, r.Line, r.Column, r.Discriminator, r.Flags = address, line, column, discriminator, flags
	*n = k
	return pos
}

// longestPlain is how many bytes of a row runPlain looks at: column, discriminator, flag, line and the opcode itself.
const longestPlain = 2 + 4 + 1 + 4 + 1

// deadMark is the least of the addresses of 4 bytes that linkers put where code was removed. Behind
// it, no code of a WebAssembly module is.
const deadMark = 0xffff_fffe

// advance adds n operations to the address. In removed code there is nothing to add to.
func (p *Program) advance(r *Row, n, mask uint64) {
	if r.Flags&Dead != 0 {
		return
	}
	if p.maxOps == 1 {
		r.Address = (r.Address + n*p.minInst) & mask
		return
	}
	ops := uint64(r.OpIndex) + n
	r.Address = (r.Address + p.minInst*(ops/uint64(p.maxOps))) & mask
	r.OpIndex = uint8(ops % uint64(p.maxOps))
}

// skipSequence returns the position behind the sequence in which pos lies.
func (p *Program) skipSequence(code []byte, pos int) (int, error) {
	for pos < len(code) {
		op := code[pos]
		pos++
		switch {
		case op >= p.opcodeBase:
		case op == 0:
			size, at, err := p.uleb(code, pos)
			if err != nil {
				return at, err
			}
			if size == 0 {
				return at, errExtended
			}
			if size > uint64(len(code)-at) {
				return at, dwarf.ErrTruncated
			}
			pos = at + int(size)
			switch code[at] {
			case lneEndSequence:
				return pos, nil
			case lneDefineFile:
				if err := p.defineFile(code[at+1:pos], at); err != nil {
					return at, err
				}
			}
		case op == lnsFixedAdvancePC:
			pos += 2
		default:
			operands := p.opcodeLens[op-1]
			if op <= lnsSetISA {
				operands = standardOperands[op]
			}
			for ; operands > 0; operands-- {
				for pos < len(code) && code[pos] >= 0x80 {
					pos++
				}
				pos++
			}
		}
	}
	if pos > len(code) {
		return len(code), dwarf.ErrTruncated
	}
	return pos, nil
}

// standardOperands is how many LEB128 numbers follow a standard opcode.
var standardOperands = [lnsSetISA + 1]uint8{lnsAdvancePC: 1, lnsAdvanceLine: 1, lnsSetFile: 1, lnsSetColumn: 1, lnsSetISA: 1}

// defineFile appends a file to the table, unless a run before did so.
func (p *Program) defineFile(body []byte, at int) error {
	c := dwarf.NewCursor(section, body, p.code.Offset()+uint64(at)+1)
	name := c.CString()
	f := readFile4(&c, name)
	if c.Err() == nil && at >= p.defined {
		p.defined = at + 1
		p.Files = append(p.Files, f)
	}
	return c.Err()
}

// uleb decodes an unsigned LEB128 number of code at pos and returns the position behind it.
func (p *Program) uleb(code []byte, pos int) (v uint64, next int, err error) {
	if pos < len(code) && code[pos] < 0x80 {
		return uint64(code[pos]), pos + 1, nil
	}
	return p.ulebSlow(code, pos)
}

func (p *Program) ulebSlow(code []byte, pos int) (v uint64, next int, err error) {
	if pos+1 < len(code) && code[pos+1] < 0x80 {
		return uint64(code[pos]&0x7f) | uint64(code[pos+1])<<7, pos + 2, nil
	}
	c := dwarf.NewCursor(section, code[pos:], p.code.Offset()+uint64(pos))
	v = c.ULEB()
	return v, int(c.Offset() - p.code.Offset()), c.Err()
}

// sleb decodes a signed LEB128 number.
func (p *Program) sleb(code []byte, pos int) (v int64, next int, err error) {
	if pos < len(code) && code[pos] < 0x80 {
		return int64(code[pos]<<1) << 56 >> 57, pos + 1, nil
	}
	if pos+1 < len(code) && code[pos+1] < 0x80 {
		return int64(uint64(code[pos]&0x7f)|uint64(code[pos+1])<<7) << 50 >> 50, pos + 2, nil
	}
	if pos+2 < len(code) && code[pos+2] < 0x80 {
		return int64(uint64(code[pos]&0x7f)|uint64(code[pos+1]&0x7f)<<7|uint64(code[pos+2])<<14) << 43 >> 43, pos + 3, nil
	}
	c := dwarf.NewCursor(section, code[pos:], p.code.Offset()+uint64(pos))
	v = c.SLEB()
	return v, int(c.Offset() - p.code.Offset()), c.Err()
}
