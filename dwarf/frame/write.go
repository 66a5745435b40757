package frame

import (
	"encoding/binary"

	"sphex/dwarf"
)

const addrSize = 8

// Writer writes .debug_frame (version 4) or .eh_frame (version 1): 32-bit format, 8-byte addresses.
type Writer struct {
	buf    []byte
	eh     bool
	addr   uint64
	cie    uint32 // offset of the last
	hasCIE bool
	code   Code
}

// NewWriter makes a writer. addr is where .eh_frame is to be loaded: its FDEs hold relative
// addresses of 32 bits.
func NewWriter(eh bool, addr uint64) *Writer { return &Writer{eh: eh, addr: addr} }

// CIE starts the descriptions that share these initial rules. The offsets of registers from
// the CFA must be multiples of dataAlign, the distances of rows multiples of codeAlign.
func (w *Writer) CIE(codeAlign uint64, dataAlign int64, returnReg uint64, initial func(*Code)) {
	w.cie, w.hasCIE = uint32(len(w.buf)), true
	w.buf = append(w.buf, 0, 0, 0, 0)
	if w.eh {
		w.buf = append(w.buf, 0, 0, 0, 0, 1, 'z', 'R', 0)
	} else {
		w.buf = append(w.buf, 0xff, 0xff, 0xff, 0xff, 4, 0, addrSize, 0)
	}
	w.buf = dwarf.AppendULEB(w.buf, codeAlign)
	w.buf = dwarf.AppendSLEB(w.buf, dataAlign)
	if w.eh {
		w.buf = append(w.buf, byte(returnReg), 1, pePCRel|peSdata4)
	} else {
		w.buf = dwarf.AppendULEB(w.buf, returnReg)
	}
	w.code = Code{codeAlign: codeAlign, dataAlign: dataAlign, buf: w.buf}
	initial(&w.code)
	w.buf = w.code.buf
	w.end(w.cie)
}

// FDE appends the description of the code in [begin, end) under the last CIE.
func (w *Writer) FDE(begin, end uint64, rows func(*Code)) {
	if !w.hasCIE {
		panic("dwarf/frame: Writer.FDE: no CIE")
	}
	start := uint32(len(w.buf))
	le := binary.LittleEndian
	w.buf = append(w.buf, 0, 0, 0, 0)
	if w.eh {
		w.buf = le.AppendUint32(w.buf, uint32(len(w.buf))-w.cie)
		w.buf = le.AppendUint32(w.buf, uint32(begin-w.addr-uint64(len(w.buf))))
		w.buf = le.AppendUint32(w.buf, uint32(end-begin))
		w.buf = append(w.buf, 0)
	} else {
		w.buf = le.AppendUint32(w.buf, w.cie)
		w.buf = le.AppendUint64(w.buf, begin)
		w.buf = le.AppendUint64(w.buf, end-begin)
	}
	w.code.buf, w.code.pc = w.buf, begin
	rows(&w.code)
	w.buf = w.code.buf
	w.end(start)
}

// end pads the entry that starts at off to the size of an address and sets its length.
func (w *Writer) end(off uint32) {
	for (uint32(len(w.buf))-off)%addrSize != 0 {
		w.buf = append(w.buf, cfaNop)
	}
	binary.LittleEndian.PutUint32(w.buf[off:], uint32(len(w.buf))-off-4)
}

// Bytes is the section. No entry may follow.
func (w *Writer) Bytes() []byte {
	if w.eh {
		return append(w.buf, 0, 0, 0, 0)
	}
	return w.buf
}

// Code appends instructions to a description.
type Code struct {
	buf       []byte
	pc        uint64
	codeAlign uint64
	dataAlign int64
}

// Advance moves on to pc, which does not descend: what follows holds from there.
func (c *Code) Advance(pc uint64) {
	if pc < c.pc || (pc-c.pc)%c.codeAlign != 0 {
		panic("dwarf/frame: Code.Advance: rows descend or are not aligned")
	}
	n := (pc - c.pc) / c.codeAlign
	c.pc = pc
	switch {
	case n == 0:
	case n < 0x40:
		c.buf = append(c.buf, cfaAdvanceLoc|byte(n))
	case n < 1<<8:
		c.buf = append(c.buf, cfaAdvanceLoc1, byte(n))
	case n < 1<<16:
		c.buf = binary.LittleEndian.AppendUint16(append(c.buf, cfaAdvanceLoc2), uint16(n))
	default:
		c.buf = binary.LittleEndian.AppendUint32(append(c.buf, cfaAdvanceLoc4), uint32(n))
	}
}

func (c *Code) op(op byte, operands ...uint64) {
	c.buf = append(c.buf, op)
	for _, v := range operands {
		c.buf = dwarf.AppendULEB(c.buf, v)
	}
}

// DefCFA says that the CFA is reg+off.
func (c *Code) DefCFA(reg, off uint64) { c.op(cfaDefCFA, reg, off) }

// DefCFAOffset changes the offset of the CFA alone.
func (c *Code) DefCFAOffset(off uint64) { c.op(cfaDefCFAOffset, off) }

// DefCFARegister changes the register of the CFA alone.
func (c *Code) DefCFARegister(reg uint64) { c.op(cfaDefCFARegister, reg) }

// DefCFAExpression says that the CFA is what the expression computes.
func (c *Code) DefCFAExpression(expr []byte) {
	c.op(cfaDefCFAExpression, uint64(len(expr)))
	c.buf = append(c.buf, expr...)
}

// Offset says that reg's old value is in memory at CFA+n.
func (c *Code) Offset(reg uint64, n int64) {
	if n%c.dataAlign != 0 {
		panic("dwarf/frame: Code.Offset: not aligned")
	}
	switch n /= c.dataAlign; {
	case n < 0:
		c.op(cfaOffsetExtendedSF, reg)
		c.buf = dwarf.AppendSLEB(c.buf, n)
	case reg < 0x40:
		c.op(cfaOffset|byte(reg), uint64(n))
	default:
		c.op(cfaOffsetExtended, reg, uint64(n))
	}
}

// Undefined says that reg's old value is lost; of the return address, that there is no caller.
func (c *Code) Undefined(reg uint64) { c.op(cfaUndefined, reg) }

// SameValue says that reg is unchanged.
func (c *Code) SameValue(reg uint64) { c.op(cfaSameValue, reg) }

// Register says that reg's old value is in register in.
func (c *Code) Register(reg, in uint64) { c.op(cfaRegister, reg, in) }

// Restore says that reg has its initial rule again.
func (c *Code) Restore(reg uint64) {
	if reg < 0x40 {
		c.op(cfaRestore | byte(reg))
	} else {
		c.op(cfaRestoreExtended, reg)
	}
}

// Expression says that reg's old value is in memory at the address that expr computes.
func (c *Code) Expression(reg uint64, expr []byte) {
	c.op(cfaExpression, reg, uint64(len(expr)))
	c.buf = append(c.buf, expr...)
}

// ValExpression says that reg's old value is what expr computes.
func (c *Code) ValExpression(reg uint64, expr []byte) {
	c.op(cfaValExpression, reg, uint64(len(expr)))
	c.buf = append(c.buf, expr...)
}

// RememberState saves the rules, the CFA's too.
func (c *Code) RememberState() { c.op(cfaRememberState) }

// RestoreState takes back what was saved last.
func (c *Code) RestoreState() { c.op(cfaRestoreState) }
