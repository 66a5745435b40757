package debuginfo

import (
	"bytes"
	"encoding/binary"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// addPointed adds the variables that implicit pointers point at to referenced. The first walk over
// the units does not read expressions, and hardly a producer makes such, so this looks for the bytes
// of a DW_OP_implicit_pointer that is all of an expression; what is none by accident does no harm.
func (t *translation) addPointed(d *info.Data, in *dwarf.Sections) {
	for _, op := range [2]dwarf.Op{dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer} {
		for size := byte(6); size <= 7; size++ { // the operation, 4 bytes of a reference, a signed LEB128
			t.findPointed(d, in.Info, []byte{size, byte(op)}, int(size))
			t.findPointed(d, in.Loclists, []byte{size, byte(op)}, int(size))
			t.findPointed(d, in.Loc, []byte{size, 0, byte(op)}, int(size))
		}
	}
}

func (t *translation) findPointed(d *info.Data, section, pattern []byte, size int) {
	for {
		i := bytes.Index(section, pattern)
		if i < 0 {
			return
		}
		section = section[i+len(pattern):]
		if len(section) < size-1 {
			return
		}
		last := section[4 : size-1]
		if last[len(last)-1] >= 0x80 || len(last) > 1 && last[0] < 0x80 {
			continue
		}
		off := info.Offset(binary.LittleEndian.Uint32(section))
		e, err := d.Entry(off)
		if err == nil && (e.Tag() == dwarf.TagVariable || e.Tag() == dwarf.TagFormalParameter) {
			t.referenced.add(off)
		}
	}
}
