package wasm

// CustomSections reads nothing but the frame of a file: its custom sections and the contents of
// its code section, nil if there is none. So it reads objects and files of debug information,
// too, which are no complete modules. Errors are of type *Error. The results refer to b.
func CustomSections(b []byte) (customs []Custom, code []byte, err error) {
	d := &decoder{m: &Module{Bytes: b}, b: b}
	d.header()
	for d.pos = 8; d.pos < len(b) && d.err == nil; {
		start := d.pos
		d.b, d.section = b, ""
		id := SectionID(d.byte())
		size := d.u32()
		if d.err == nil && int64(size) > int64(len(b)-d.pos) {
			d.fail(start, msgEnd+": length out of bounds")
		}
		if d.err != nil {
			break
		}
		end := d.pos + int(size)
		switch d.b = b[:end:end]; id {
		case SectionCustom:
			d.contents(id)
		case SectionCode:
			code = d.b[d.pos:]
		}
		d.pos = end
	}
	if d.err != nil {
		return d.m.Customs, code, d.err
	}
	return d.m.Customs, code, nil
}

// Custom returns the contents of the first custom section of that name, nil when there is none.
func (m *Module) Custom(name string) []byte {
	for i := range m.Customs {
		if m.Customs[i].Name == name {
			return m.Customs[i].Data
		}
	}
	return nil
}

// WithoutCustom returns the module's bytes without the custom sections that keep rejects.
// Everything else stays byte for byte; offsets in the file change, code offsets do not.
func (m *Module) WithoutCustom(keep func(name string) bool) []byte {
	var out []byte
	from, custom := FileOffset(0), 0
	for _, s := range m.Sections {
		if s.ID != SectionCustom {
			continue
		}
		c := &m.Customs[custom] // they are in the order of the file
		custom++
		if keep(c.Name) {
			continue
		}
		out = append(out, m.Bytes[from:s.Start]...)
		from = s.End
	}
	if from == 0 {
		return m.Bytes
	}
	return append(out, m.Bytes[from:]...)
}
