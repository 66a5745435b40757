package frame

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"sphex/dwarf"
)

// CIE is what the frame descriptions of many functions have in common.
type CIE struct {
	Offset       uint64
	Version      uint8
	Augmentation string
	AddrSize     uint8
	CodeAlign    uint64
	DataAlign    int64
	ReturnReg    uint64
	Signal       bool // frames of signal handlers: the PC is that of an instruction, not a return address
	Instructions []byte

	section string
	insOff  uint64 // section offset of Instructions
	ptrEnc  uint8  // of .eh_frame's addresses
	lsdaEnc uint8
	z       bool // FDEs have augmentation data
}

// FDE describes the frames of the code in [Begin, End).
type FDE struct {
	CIE          *CIE
	Offset       uint64
	Begin, End   uint64
	Instructions []byte
	LSDA         uint64 // of .eh_frame, 0 if there is none

	insOff uint64
}

// Table is the frame descriptions of a section.
type Table struct {
	fdes []FDE
}

// FDEs lists all descriptions, ascending by Begin.
func (t *Table) FDEs() []FDE { return t.fdes }

// Find returns the description of the frame at pc.
func (t *Table) Find(pc uint64) (*FDE, bool) {
	i := sort.Search(len(t.fdes), func(i int) bool { return t.fdes[i].Begin > pc })
	// Only in damaged data do descriptions overlap.
	if i == 0 || pc >= t.fdes[i-1].End {
		return nil, false
	}
	return &t.fdes[i-1], true
}

// Parse reads .debug_frame. addrSize is that of descriptions before version 4, which do not
// tell. On an error the table holds the descriptions before it.
func Parse(section []byte, addrSize uint8) (*Table, error) {
	p := parser{section: ".debug_frame", data: section, addrSize: addrSize}
	return p.parse()
}

// ParseEH reads .eh_frame, which is loaded at address addr. On an error the table holds the
// descriptions before it.
func ParseEH(section []byte, addr uint64, addrSize uint8) (*Table, error) {
	p := parser{section: ".eh_frame", data: section, addrSize: addrSize, eh: true, addr: addr}
	return p.parse()
}

type parser struct {
	section  string
	data     []byte
	addrSize uint8
	eh       bool
	addr     uint64
	cies     map[uint64]*CIE
}

var (
	errNoCIE     = errors.New("description without a common part")
	errEncoding  = errors.New("unsupported encoding of a pointer")
	errOddLength = errors.New("initial length reaches out of the section")
)

func (p *parser) parse() (*Table, error) {
	t := &Table{}
	p.cies = map[uint64]*CIE{}
	var err error
	for off := uint64(0); off < uint64(len(p.data)) && err == nil; {
		off, err = p.entry(off, t)
	}
	slices.SortStableFunc(t.fdes, func(a, b FDE) int { return cmp.Compare(a.Begin, b.Begin) })
	return t, err
}

// entry reads the entry at off, which is a CIE or an FDE, and returns the offset of the next.
func (p *parser) entry(off uint64, t *Table) (next uint64, err error) {
	c := dwarf.CursorAt(p.section, p.data, off)
	n, is64 := c.InitialLength()
	if c.Err() == nil && n == 0 {
		return c.Offset(), nil // a terminator, or padding
	}
	if n > uint64(c.Len()) {
		c.Fail(errOddLength)
	}
	c.Limit(n)
	next = c.Offset() + n
	idOff := c.Offset()
	id := c.Word(is64)
	if c.Err() != nil {
		return 0, c.Err()
	}
	isCIE := id == 0xffff_ffff && !is64 || id == ^uint64(0)
	if p.eh {
		isCIE = id == 0
		id = idOff - id
	}
	if isCIE {
		_, err := p.cie(off)
		return next, err
	}
	cie, err := p.cie(id)
	if err != nil {
		return 0, err
	}
	f := FDE{CIE: cie, Offset: off}
	f.Begin = p.pointer(&c, cie, cie.ptrEnc)
	size := p.pointer(&c, cie, cie.ptrEnc&0x0f)
	f.End = f.Begin + size
	if cie.z {
		aug := c
		n := c.ULEB()
		c.Skip(n)
		aug.ULEB()
		aug.Limit(n)
		if cie.lsdaEnc != peOmit && n > 0 {
			f.LSDA = p.pointer(&aug, cie, cie.lsdaEnc)
			if aug.Err() != nil {
				return 0, aug.Err()
			}
		}
	}
	f.insOff = c.Offset()
	f.Instructions = c.Rest()
	if c.Err() != nil {
		return 0, c.Err()
	}
	if f.End > f.Begin {
		t.fdes = append(t.fdes, f)
	}
	return next, nil
}

// Encodings of pointers in .eh_frame (Linux Standard Base, 10.5).
const (
	peAbs    = 0x00
	pePCRel  = 0x10
	peOmit   = 0xff
	peSdata4 = 0x0b
)

// pointer reads an address in the encoding of .eh_frame; 0 is a plain address.
func (p *parser) pointer(c *dwarf.Cursor, cie *CIE, enc uint8) uint64 {
	at := c.Offset()
	var v uint64
	switch enc & 0x0f {
	case 0:
		v = c.Uint(cie.AddrSize)
	case 1:
		v = c.ULEB()
	case 2:
		v = uint64(c.U16())
	case 3:
		v = uint64(c.U32())
	case 4, 0xc:
		v = c.U64()
	case 9:
		v = uint64(c.SLEB())
	case 0xa:
		v = uint64(int16(c.U16()))
	case 0xb:
		v = uint64(int32(c.U32()))
	default:
		c.Fail(errEncoding)
	}
	switch enc & 0x70 {
	case peAbs:
	case pePCRel:
		v += p.addr + at
	default:
		c.Fail(errEncoding)
	}
	if cie.AddrSize == 4 {
		v = uint64(uint32(v))
	}
	return v
}

// cie reads the CIE at off, once.
func (p *parser) cie(off uint64) (*CIE, error) {
	if e, ok := p.cies[off]; ok {
		return e, nil
	}
	c := dwarf.CursorAt(p.section, p.data, off)
	n, is64 := c.InitialLength()
	c.Limit(n)
	id := c.Word(is64)
	isCIE := id == 0xffff_ffff && !is64 || id == ^uint64(0)
	if p.eh {
		isCIE = id == 0
	}
	if c.Err() == nil && !isCIE {
		c.Fail(errNoCIE)
	}
	e := &CIE{Offset: off, AddrSize: p.addrSize, section: p.section, lsdaEnc: peOmit}
	e.Version = c.U8()
	if v := e.Version; c.Err() == nil && v != 1 && v != 3 && v != 4 {
		c.Fail(fmt.Errorf("call frame information of unsupported version %d", v))
	}
	e.Augmentation = string(c.CString())
	if e.Version >= 4 {
		e.AddrSize = c.U8()
		if c.U8() != 0 {
			c.Fail(errors.New("segment selectors are not supported"))
		}
	}
	if e.Augmentation == "eh" { // of gcc before version 3
		c.Uint(e.AddrSize)
	}
	e.CodeAlign = c.ULEB()
	e.DataAlign = c.SLEB()
	if e.Version == 1 {
		e.ReturnReg = uint64(c.U8())
	} else {
		e.ReturnReg = c.ULEB()
	}
	if rest, ok := strings.CutPrefix(e.Augmentation, "z"); ok {
		e.z = true
		aug := c
		n := c.ULEB()
		c.Skip(n)
		aug.ULEB()
		aug.Limit(n)
		for _, r := range rest {
			switch r {
			case 'R':
				e.ptrEnc = aug.U8()
			case 'L':
				e.lsdaEnc = aug.U8()
			case 'P':
				p.pointer(&aug, e, aug.U8()&0x7f)
			case 'S':
				e.Signal = true
			}
		}
		if aug.Err() != nil {
			return nil, aug.Err()
		}
	} else if e.Augmentation != "" && e.Augmentation != "eh" {
		c.Fail(fmt.Errorf("unknown augmentation %q", e.Augmentation))
	}
	e.insOff = c.Offset()
	e.Instructions = c.Rest()
	if c.Err() != nil {
		return nil, c.Err()
	}
	p.cies[off] = e
	return e, nil
}
