package object

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/unwind"
	"sphex/dwarf"
	"sphex/dwarf/frame"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// Image returns an ELF file for debuggers of the process in which the text is mapped at base:
// text, symbols and DWARF with the addresses that they have there, without our own parts. It
// fails where the debug information is damaged.
func (f *File) Image(base abi.Addr) ([]byte, error) {
	sections := f.Sections()
	if len(sections[".debug_frame"]) > 0 {
		sections = maps.Clone(sections)
		sections[".debug_frame"] = unwind.Each(f.Map)
	}
	debug, err := rebase(sections, TextBase, uint64(len(f.Text)), uint64(base))
	if err != nil {
		return nil, err
	}
	list := []section{
		{},
		{name: ".text", kind: sectionProgbits, flags: flagAlloc | flagExec, addr: uint64(base), align: textAlign, data: f.Text},
	}
	list = append(list, debugSections(debug)...)
	var b bytes.Buffer
	err = writeELF(&b, list, f.Symbols, f.Map.Target.Machine)
	return b.Bytes(), err
}

// rebase moves the addresses of [from, from+size], the text and its end, to to. Sections in
// which there are none stay shared.
func rebase(debug map[string][]byte, from, size, to uint64) (map[string][]byte, error) {
	out := make(map[string][]byte, len(debug))
	var s dwarf.Sections
	for name, data := range debug {
		switch name {
		case ".eh_frame":
			continue // the same as .debug_frame for those that unwind without a debugger
		case ".debug_names":
			continue // gdb 13 dies of one where units refer to each other, as Rust's do
		}
		switch name {
		case ".debug_info", ".debug_line", ".debug_addr", ".debug_aranges", ".debug_frame", ".debug_rnglists", ".debug_loclists":
			data = slices.Clone(data)
		}
		out[name] = data
		s.Set(name, data)
	}
	var failed error
	move := func(section []byte) func(off uint64, size uint8) {
		return func(off uint64, width uint8) {
			if width != 8 {
				failed = fmt.Errorf("an address of %d bytes in native debug information", width)
				return
			}
			p := section[off:]
			if a := binary.LittleEndian.Uint64(p); a-from <= size {
				binary.LittleEndian.PutUint64(p, a-from+to)
			}
		}
	}
	d, err := info.New(&s)
	if err != nil {
		return nil, err
	}
	if err := eachLineProgram(d, move(s.Line)); err != nil {
		return nil, err
	}
	for _, walk := range []func() error{
		func() error { return d.AddressFields(move(s.Info)) },
		func() error { return list.AddressFields(&s, false, move(s.Rnglists)) },
		func() error { return list.AddressFields(&s, true, move(s.Loclists)) },
		func() error { return index.AddressFields(s.Aranges, move(s.Aranges)) },
		func() error { return index.AddrTableFields(s.Addr, move(s.Addr)) },
		func() error { return frame.AddressFields(s.Frame, 8, move(s.Frame)) },
	} {
		if err := walk(); err != nil {
			return nil, err
		}
	}
	return out, failed
}

// eachLineProgram tells where the line programs of all units set addresses.
func eachLineProgram(d *info.Data, yield func(off uint64, size uint8)) error {
	seen := map[uint64]bool{}
	for _, u := range d.Units {
		root, err := u.Root()
		if err != nil {
			return err
		}
		v, ok := root.Attr(dwarf.AttrStmtList)
		if !ok {
			continue
		}
		off, ok := v.SecOffset()
		if !ok || seen[off] {
			continue
		}
		seen[off] = true
		p, err := line.Parse(&d.Sections, off, u.AddrSize, "")
		if err != nil {
			return err
		}
		if err := p.AddressFields(yield); err != nil {
			return err
		}
	}
	return nil
}
