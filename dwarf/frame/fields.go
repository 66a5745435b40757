package frame

// AddressFields tells where in .debug_frame the descriptions keep the addresses of their code.
// addrSize is as for Parse.
func AddressFields(section []byte, addrSize uint8, yield func(off uint64, size uint8)) error {
	t, err := Parse(section, addrSize)
	if err != nil {
		return err
	}
	for i := range t.fdes {
		f := &t.fdes[i]
		// Begin and the size of the code stand before the instructions.
		yield(f.insOff-2*uint64(f.CIE.AddrSize), f.CIE.AddrSize)
	}
	return nil
}
