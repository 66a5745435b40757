package wasm

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
