package line

import (
	"encoding/binary"
	"slices"

	"sphex/dwarf"
)

// The parameters of the programs that we write are those of LLVM.
const (
	lineBase   = -5
	lineRange  = 14
	opcodeBase = 13
	addrSize   = 8
)

// Writer writes one program: DWARF 5, 32-bit format, 8-byte addresses.
type Writer struct {
	buf    []byte
	header int // offset of header_length
	start  int // of the operations
	state  Row
	inSeq  bool
}

// NewWriter makes a writer for a program with the given tables, in which dirs[0] is the
// compilation directory and files[0] the unit's primary source file. Strings go to strs, the
// table of .debug_line_str.
func NewWriter(dirs []string, files []File, strs *dwarf.StringTable) *Writer {
	return NewWriterIn(nil, dirs, files, strs)
}

// NewWriterIn is NewWriter with memory for the program.
func NewWriterIn(memory []byte, dirs []string, files []File, strs *dwarf.StringTable) *Writer {
	w := &Writer{}
	b := append(memory[:0], 0, 0, 0, 0, 5, 0, addrSize, 0)
	w.header = len(b)
	base := int8(lineBase)
	b = append(b, 0, 0, 0, 0, 1, 1, 1, byte(base), lineRange, opcodeBase)
	b = append(b, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
	str := func(s string) { b = binary.LittleEndian.AppendUint32(b, strs.Add(s)) }

	b = append(b, 1, lnctPath, byte(dwarf.FormLineStrp))
	b = dwarf.AppendULEB(b, uint64(len(dirs)))
	for _, d := range dirs {
		str(d)
	}

	// A column stands in the table when an entry has something for it. A missing MD5 can
	// not be told from one of zeros, so that column is written only if all have one.
	md5, source, times, sizes := len(files) > 0, false, false, false
	for i := range files {
		md5 = md5 && files[i].HasMD5
		source = source || files[i].HasSource
		times = times || files[i].Time != 0
		sizes = sizes || files[i].Size != 0
	}
	columns := []byte{lnctPath, byte(dwarf.FormLineStrp), lnctDirectoryIndex, byte(dwarf.FormUdata)}
	if times {
		columns = append(columns, lnctTimestamp, byte(dwarf.FormUdata))
	}
	if sizes {
		columns = append(columns, lnctSize, byte(dwarf.FormUdata))
	}
	if md5 {
		columns = append(columns, lnctMD5, byte(dwarf.FormData16))
	}
	n := len(columns) / 2
	if source {
		columns = append(dwarf.AppendULEB(columns, lnctLLVMSource), byte(dwarf.FormLineStrp))
		n++
	}
	b = append(append(b, byte(n)), columns...)
	b = dwarf.AppendULEB(b, uint64(len(files)))
	for i := range files {
		f := &files[i]
		str(f.Name)
		b = dwarf.AppendULEB(b, f.Dir)
		if times {
			b = dwarf.AppendULEB(b, f.Time)
		}
		if sizes {
			b = dwarf.AppendULEB(b, f.Size)
		}
		if md5 {
			b = append(b, f.MD5[:]...)
		}
		if source {
			str(f.Source)
		}
	}
	binary.LittleEndian.PutUint32(b[w.header:], uint32(len(b)-w.header-4))
	w.buf, w.start = b, len(b)
	return w
}

// Grow makes room for n bytes of rows.
func (w *Writer) Grow(n int) { w.buf = slices.Grow(w.buf, n) }

// Row appends a row. Within a sequence addresses must not descend; an EndSequence row ends it.
// OpIndex is not written: instructions are single operations.
func (w *Writer) Row(r *Row) {
	if !w.inSeq {
		w.inSeq = true
		// A sequence starts in file 1, but the readers of binutils (2.40) take that for file 0
		// as long as no opcode has named a file.
		w.state = Row{Address: r.Address, Line: 1, File: r.File + 1, Flags: Stmt}
		w.buf = append(w.buf, 0, 1+addrSize, lneSetAddress)
		w.buf = binary.LittleEndian.AppendUint64(w.buf, r.Address)
	}
	if r.Address < w.state.Address {
		panic("dwarf/line: Writer.Row: addresses of a sequence descend")
	}
	if r.Flags&EndSequence != 0 {
		if d := r.Address - w.state.Address; d != 0 {
			w.buf = dwarf.AppendULEB(append(w.buf, lnsAdvancePC), d)
		}
		w.buf = append(w.buf, 0, 1, lneEndSequence)
		w.inSeq = false
		return
	}
	s := &w.state
	b := w.buf // the field is not written each time
	if r.File != s.File {
		b = dwarf.AppendULEB(append(b, lnsSetFile), uint64(r.File))
	}
	// Whether a row has a column or a flag of its own cannot be foreseen: they are written in any case, and
	// taken back by arithmetic.
	if r.Column < 0x80 {
		same := one(r.Column == s.Column)
		b = append(b, lnsSetColumn, byte(r.Column))
		b = b[:len(b)-2*same]
	} else if r.Column != s.Column {
		b = dwarf.AppendULEB(append(b, lnsSetColumn), uint64(r.Column))
	}
	if r.ISA != s.ISA {
		b = dwarf.AppendULEB(append(b, lnsSetISA), uint64(r.ISA))
	}
	if r.Discriminator != 0 {
		b = dwarf.AppendULEB(append(b, 0, byte(1+dwarf.ULEBSize(uint64(r.Discriminator))), lneSetDiscriminator), uint64(r.Discriminator))
	}
	b = append(b, lnsNegateStmt)
	b = b[:len(b)-one((r.Flags^s.Flags)&Stmt == 0)]
	if r.Flags&^Stmt != 0 {
		if r.Flags&BasicBlock != 0 {
			b = append(b, lnsSetBasicBlock)
		}
		if r.Flags&PrologueEnd != 0 {
			b = append(b, lnsSetPrologueEnd)
		}
		if r.Flags&EpilogueBegin != 0 {
			b = append(b, lnsSetEpilogueBegin)
		}
	}
	w.buf = appendAdvance(b, r.Address-s.Address, int64(int32(r.Line-s.Line)))
	// Field by field: the caller has just written them so, and the processor would wait before it could
	// read several as one.
	s.Address, s.Line, s.File, s.Column, s.ISA, s.Flags = r.Address, r.Line, r.File, r.Column, r.ISA, r.Flags
}

// appendAdvance appends the row itself, with the shortest opcodes that add to address and line.
func appendAdvance(b []byte, pc uint64, line int64) []byte {
	if line < lineBase || line >= lineBase+lineRange {
		if line >= -1<<20 && line < 1<<20 { // as a signed LEB128 number of one to three bytes
			two, three := one(uint64(line+1<<6) >= 1<<7), one(uint64(line+1<<13) >= 1<<14)
			b = append(b, lnsAdvanceLine, byte(line)&0x7f|byte(two)<<7, byte(line>>7)&0x7f|byte(three)<<7, byte(line>>14)&0x7f)
			b = b[:len(b)-2+two+three]
		} else {
			b = dwarf.AppendSLEB(append(b, lnsAdvanceLine), line)
		}
		line = 0
		if pc == 0 {
			return append(b, lnsCopy)
		}
	}
	const maxPC = (255 - opcodeBase) / lineRange // what const_add_pc adds
	adj := uint64(line-lineBase) + opcodeBase    // the special opcode that leaves the address
	if pc <= maxPC && adj+pc*lineRange <= 255 {
		return append(b, byte(adj+pc*lineRange))
	}
	if pc >= maxPC && pc-maxPC <= maxPC && adj+(pc-maxPC)*lineRange <= 255 {
		return append(b, lnsConstAddPC, byte(adj+(pc-maxPC)*lineRange))
	}
	return append(dwarf.AppendULEB(append(b, lnsAdvancePC), pc), byte(adj))
}

// one is 1 if the condition is true, else 0, without a branch.
func one(condition bool) (n int) {
	if condition {
		n = 1
	}
	return n
}

// Bytes is the whole program with its header. No row may follow.
func (w *Writer) Bytes() []byte {
	if w.inSeq {
		panic("dwarf/line: Writer.Bytes: the last sequence has no end")
	}
	if len(w.buf) == w.start {
		// readelf takes a program without operations for a damaged one. This changes no row.
		w.buf = append(w.buf, lnsConstAddPC)
	}
	binary.LittleEndian.PutUint32(w.buf, uint32(len(w.buf)-4))
	return w.buf
}
