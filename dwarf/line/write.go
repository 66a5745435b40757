package line

import (
	"encoding/binary"

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
	if r.File != s.File {
		w.buf = dwarf.AppendULEB(append(w.buf, lnsSetFile), uint64(r.File))
	}
	if r.Column != s.Column {
		w.buf = dwarf.AppendULEB(append(w.buf, lnsSetColumn), uint64(r.Column))
	}
	if r.ISA != s.ISA {
		w.buf = dwarf.AppendULEB(append(w.buf, lnsSetISA), uint64(r.ISA))
	}
	if r.Discriminator != 0 {
		w.buf = dwarf.AppendULEB(append(w.buf, 0, byte(1+dwarf.ULEBSize(uint64(r.Discriminator))), lneSetDiscriminator), uint64(r.Discriminator))
	}
	if (r.Flags^s.Flags)&Stmt != 0 {
		w.buf = append(w.buf, lnsNegateStmt)
	}
	if r.Flags&BasicBlock != 0 {
		w.buf = append(w.buf, lnsSetBasicBlock)
	}
	if r.Flags&PrologueEnd != 0 {
		w.buf = append(w.buf, lnsSetPrologueEnd)
	}
	if r.Flags&EpilogueBegin != 0 {
		w.buf = append(w.buf, lnsSetEpilogueBegin)
	}
	w.advance(r.Address-s.Address, int64(int32(r.Line-s.Line)))
	w.state = *r
}

// advance appends the row itself, with the shortest opcodes that add to address and line.
func (w *Writer) advance(pc uint64, line int64) {
	if line < lineBase || line >= lineBase+lineRange {
		w.buf = dwarf.AppendSLEB(append(w.buf, lnsAdvanceLine), line)
		line = 0
		if pc == 0 {
			w.buf = append(w.buf, lnsCopy)
			return
		}
	}
	const maxPC = (255 - opcodeBase) / lineRange // what const_add_pc adds
	adj := uint64(line-lineBase) + opcodeBase    // the special opcode that leaves the address
	special := func(pc uint64) bool {
		if pc > maxPC || adj+pc*lineRange > 255 {
			return false
		}
		w.buf = append(w.buf, byte(adj+pc*lineRange))
		return true
	}
	if special(pc) {
		return
	}
	if pc >= maxPC && pc-maxPC <= maxPC && adj+(pc-maxPC)*lineRange <= 255 {
		w.buf = append(w.buf, lnsConstAddPC)
		special(pc - maxPC)
		return
	}
	w.buf = dwarf.AppendULEB(append(w.buf, lnsAdvancePC), pc)
	special(0)
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
