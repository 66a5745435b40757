package list

import (
	"fmt"

	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// AddressFields tells where addresses stand as such in .debug_rnglists or .debug_loclists,
// which it reads from its start to its end: lists that follow each other without gaps, as
// producers write them. Operands of DW_OP_addr in expressions count.
func AddressFields(s *dwarf.Sections, locations bool, yield func(off uint64, size uint8)) error {
	section, data := ".debug_rnglists", s.Rnglists
	if locations {
		section, data = ".debug_loclists", s.Loclists
	}
	for off := uint64(0); off < uint64(len(data)); {
		c := dwarf.CursorAt(section, data, off)
		n, is64 := c.InitialLength()
		c.Limit(n)
		off = c.Offset() + n
		version, size, segment, offsets := c.U16(), c.U8(), c.U8(), c.U32()
		if c.Err() == nil && (version != 5 || segment != 0 || size == 0 || size > 8) {
			return dwarf.Errorf(section, c.Offset(), "unsupported lists: version %d, addresses of %d bytes, segments of %d", version, size, segment)
		}
		word := uint64(4)
		if is64 {
			word = 8
		}
		c.Skip(word * uint64(offsets))
		if err := listFields(&c, locations, expr.Format{Version: 5, AddrSize: size, Is64: is64}, yield); err != nil {
			return err
		}
	}
	return nil
}

func listFields(c *dwarf.Cursor, locations bool, f expr.Format, yield func(off uint64, size uint8)) error {
	addr := func() {
		yield(c.Offset(), f.AddrSize)
		c.Skip(uint64(f.AddrSize))
	}
	for c.Len() > 0 {
		kind := c.U8()
		if !locations && kind >= lleDefaultLocation {
			kind++
		}
		switch kind {
		case lleEndOfList:
			continue
		case lleBaseAddressx:
			c.ULEB()
			continue
		case lleBaseAddress:
			addr()
			continue
		case lleGNUViewPair:
			c.ULEB()
			c.ULEB()
			continue
		case lleStartxEndx, lleStartxLength, lleOffsetPair:
			c.ULEB()
			c.ULEB()
		case lleStartEnd:
			addr()
			addr()
		case lleStartLength:
			addr()
			c.ULEB()
		case lleDefaultLocation:
		default:
			c.Fail(fmt.Errorf("%w 0x%x", errKind, kind))
		}
		if !locations {
			continue
		}
		n := c.ULEB()
		at := c.Offset()
		code := c.Bytes(n)
		if c.Err() != nil {
			break
		}
		if err := expr.AddressFields(code, f, at, yield); err != nil {
			return err
		}
	}
	return c.Err()
}
