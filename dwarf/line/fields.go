package line

// AddressFields tells where in .debug_line the program sets an address (DW_LNE_set_address).
func (p *Program) AddressFields(yield func(off uint64, size uint8)) error {
	c := p.code
	for c.Len() > 0 {
		op := c.U8()
		switch {
		case op >= p.opcodeBase:
		case op == 0:
			n := c.ULEB()
			body := c
			body.Limit(n)
			c.Skip(n)
			if c.Err() == nil && body.U8() == lneSetAddress && n <= 9 {
				yield(body.Offset(), uint8(n-1))
			}
		case op == lnsFixedAdvancePC:
			c.U16()
		default:
			for range p.opcodeLens[op-1] {
				c.ULEB()
			}
		}
	}
	return c.Err()
}
