package expr

import "sphex/dwarf"

// AddressFields tells where the operands of DW_OP_addr stand in code, which starts at offset
// base of its section; nested expressions count.
func AddressFields(code []byte, f Format, base uint64, yield func(off uint64, size uint8)) error {
	ops, err := Decode(nil, code, f)
	if err != nil {
		return err
	}
	for i := range ops {
		o := &ops[i]
		switch o.Code {
		case dwarf.OpAddr:
			yield(base+uint64(o.Offset)+1, f.AddrSize)
		case dwarf.OpEntryValue, dwarf.OpGNUEntryValue:
			at := base + uint64(o.Offset) + 1 + uint64(dwarf.ULEBSize(uint64(len(o.Data))))
			if err := AddressFields(o.Data, f, at, yield); err != nil {
				return err
			}
		}
	}
	return nil
}
