package index

import "sphex/dwarf"

// AddressFields tells where the addresses stand in .debug_aranges.
func AddressFields(section []byte, yield func(off uint64, size uint8)) error {
	return eachPair(section, func(at, low, length, unit uint64, size uint8) { yield(at, size) })
}

// AddrTableFields tells where the addresses stand in .debug_addr.
func AddrTableFields(section []byte, yield func(off uint64, size uint8)) error {
	for off := uint64(0); off < uint64(len(section)); {
		c := dwarf.CursorAt(".debug_addr", section, off)
		n, _ := c.InitialLength()
		c.Limit(n)
		off = c.Offset() + n
		version, size, segment := c.U16(), c.U8(), c.U8()
		if c.Err() != nil {
			return c.Err()
		}
		if version != 5 || segment != 0 || size == 0 || size > 8 {
			return dwarf.Errorf(".debug_addr", c.Offset(), "unsupported table: version %d, addresses of %d bytes, segments of %d", version, size, segment)
		}
		for c.Len() >= int(size) {
			yield(c.Offset(), size)
			c.Skip(uint64(size))
		}
	}
	return nil
}
