package debugger

import (
	"bytes"
	"encoding/binary"
	"slices"

	"sphex/dwarf"
)

// masses are inputs of which a little is meant to cost much: each byte is read again and again, or
// stands for many of something.
var masses = []damage{
	{"a list of 10,000 ranges in 10,000 blocks", false, "", func(d *damaged) {
		low, length := d.takeReport()
		list := d.extend(".debug_rnglists", rangesOver(low, length, 10_000))
		d.onReport(func(e *entries, low, length uint32) {
			for range 10_000 {
				e.add(3, list)
			}
		}, blockOfRanges)
	}},
	{"a list of 10,000 places for 10,000 variables", false, "", func(d *damaged) {
		low, length := d.takeReport()
		list := d.extend(".debug_loclists", nil)
		var b []byte
		for i := range 10_000 {
			b = binary.LittleEndian.AppendUint32(append(b, 8), low+uint32(2*i)%length)
			b = append(b, 1, 2, 0x30+byte(i%32), 0x9f) // the value of DW_OP_litN
		}
		d.extend(".debug_loclists", append(b, 0))
		d.onReport(func(e *entries, low, length uint32) {
			for range 10_000 {
				e.add(3, "x", list)
			}
		}, shape{dwarf.TagVariable, false, []any{dwarf.AttrName, fString, dwarf.AttrLocation, fOffset}})
	}},
	{"10,000 inlined calls in each other", true, "", func(d *damaged) {
		low, length := d.code("util/stats.c", "stats_add")
		var e entries
		e.add(1)
		origin := e.at()
		e.add(4, "deep")
		e.add(2, "stats_add", low, length)
		for range 10_000 {
			e.add(3, origin, low, length)
		}
		e.end(10_002)
		d.addUnit(abbreviations(unitShape, functionShape,
			shape{dwarf.TagInlinedSubroutine, true, []any{dwarf.AttrAbstractOrigin, fRef4, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}},
			shape{dwarf.TagSubprogram, false, []any{dwarf.AttrName, fString, dwarf.AttrInline, fConst, 1}}), e.b)
		// The unit is the first that claims the code.
		d.sections[".debug_info"][d.unit("util/stats.c").Offset+4] = 77
	}},
	{"entries of 10,000 attributes in a byte", false, "", func(d *damaged) {
		var attrs []any
		for range 5000 {
			attrs = append(attrs, dwarf.AttrDeclaration, fFlag, dwarf.AttrDeclLine, fConst, 1)
		}
		var e entries
		e.add(1)
		e.b = append(e.b, bytes.Repeat([]byte{2}, 100_000)...)
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagStructureType, false, attrs}), e.b)
	}},
	{"entries of 10,000 addresses in a byte", false, ".debug_info", func(d *damaged) {
		var attrs []any
		for range 5000 {
			attrs = append(attrs, dwarf.AttrDeclFile, fConst, 1, dwarf.AttrEntryPC, fConst, 1)
		}
		var e entries
		e.add(1)
		e.b = append(e.b, bytes.Repeat([]byte{2}, 100_000)...)
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagLexicalBlock, false, attrs}), e.b)
	}},
	{"a million enumerators", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, "huge")
			e.b = append(e.b, bytes.Repeat([]byte{5, 'A', 0}, 1_000_000)...)
			e.end(1)
		}, shape{dwarf.TagEnumerationType, true, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 4}},
			shape{dwarf.TagEnumerator, false, []any{dwarf.AttrName, fString, dwarf.AttrConstValue, fConst, 7}})
	}},
	{"200,000 names within one of a megabyte", false, ".debug_info", func(d *damaged) {
		name := d.extend(".debug_str", append(bytes.Repeat([]byte{'n'}, 1<<20), 0))
		var e entries
		e.add(1)
		for i := range 100_000 {
			e.add(2, name+uint32(i))
			e.add(3, name+uint32(i))
		}
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagStructureType, false, []any{dwarf.AttrName, dwarf.FormStrp}},
			shape{dwarf.TagTypedef, false, []any{dwarf.AttrName, dwarf.FormStrp}}), e.b)
	}},
	{"2,000 functions of one name of a megabyte", false, "", func(d *damaged) {
		name := d.extend(".debug_str", append(bytes.Repeat([]byte{'n'}, 1<<20), 0))
		low, length := d.takeReport()
		var e entries
		e.add(1)
		for range 2000 {
			e.add(2, name, low, length)
		}
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagSubprogram, false, []any{dwarf.AttrName, dwarf.FormStrp, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}}), e.b)
	}},
	{"functions of names within another", false, "", func(d *damaged) {
		name := d.extend(".debug_str", append(bytes.Repeat([]byte{'<'}, 1<<20), bytes.Repeat([]byte{'>'}, 1<<20)...))
		d.extend(".debug_str", []byte{0})
		low, length := d.takeReport()
		var e entries
		e.add(1)
		for i := range 1000 {
			e.add(2, name+uint32(i), low, length)
		}
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagSubprogram, false, []any{dwarf.AttrName, dwarf.FormStrp, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}}), e.b)
	}},
	{"names as deep as they are long", false, "", func(d *damaged) {
		// Each of 3,000 namespaces in each other has a name of 100 bytes, and a variable.
		var e entries
		e.add(1)
		long := string(bytes.Repeat([]byte{'n'}, 100))
		for range 3000 {
			e.add(2, long)
			e.add(3, "v", at1024)
		}
		e.end(3001)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagNamespace, true, []any{dwarf.AttrName, fString}},
			shape{dwarf.TagVariable, false, []any{dwarf.AttrName, fString, dwarf.AttrLocation, fExpr}}), e.b)
	}},
	{"1,000 inlined functions in namespaces of long names", false, "", func(d *damaged) {
		name := d.extend(".debug_str", append(bytes.Repeat([]byte{'n'}, 1<<20), 0))
		low, length := d.takeReport()
		var e entries
		e.add(1)
		for range 30 {
			e.add(2, name)
		}
		e.add(3, "claimed", low, length)
		for range 1000 {
			e.add(4, e.at()+5+4+4, low, length) // the next entry
			e.add(5, "deep")
			e.end(1)
		}
		e.end(1032)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagNamespace, true, []any{dwarf.AttrName, dwarf.FormStrp}}, functionShape,
			shape{dwarf.TagInlinedSubroutine, true, []any{dwarf.AttrAbstractOrigin, fRef4, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}},
			shape{dwarf.TagSubprogram, true, []any{dwarf.AttrName, fString, dwarf.AttrInline, fConst, 1}}), e.b)
	}},
	{"60,000 units that share 60,000 abbreviations", false, "", func(d *damaged) {
		shapes := []shape{{dwarf.TagCompileUnit, false, nil}}
		for range 60_000 {
			shapes = append(shapes, shape{dwarf.TagBaseType, false, nil})
		}
		at := uint32(len(d.sections[".debug_abbrev"]))
		d.extend(".debug_abbrev", abbreviations(shapes...))
		var b []byte
		for range 60_000 {
			b = binary.LittleEndian.AppendUint32(append(b, 9, 0, 0, 0, 5, 0, byte(dwarf.UnitCompile), 4), at)
			b = append(b, 1)
		}
		d.extend(".debug_info", b)
	}},
	{"a line table of 2^18 sequences", false, "", func(d *damaged) {
		low, _ := d.code("main.c", "report")
		one := append(binary.LittleEndian.AppendUint32([]byte{0, 5, 2}, low), 1, 2, 4, 1, 0, 1, 1)
		d.addLines(1, bytes.Repeat(one, 1<<18))
	}},
	{"a line table of 2^21 rows at one place", false, "", func(d *damaged) {
		d.addLines(1, append(bytes.Repeat([]byte{1}, 1<<21), 2, 4, 0, 1, 1))
	}},
	{"a line table of 2^20 files without names", false, "", func(d *damaged) { d.addFiles(1<<20, []byte{1, 4, byte(fData1)}, []byte{7}) }},
	{"a line table of 2^20 files with one name", false, "", func(d *damaged) {
		d.addFiles(1<<18, []byte{1, 1, byte(dwarf.FormLineStrp)}, []byte{0, 0, 0, 0})
	}},
	{"4,000 line tables of one program", false, ".debug_line", func(d *damaged) {
		const n, size = 4000, 28
		at := d.extend(".debug_line", nil)
		low, _ := d.code("main.c", "report")
		program := append(binary.LittleEndian.AppendUint32([]byte{0, 5, 2}, low), bytes.Repeat([]byte{1, 2, 1}, 1<<15)...)
		var b []byte
		for i := range n {
			header := uint32((n - i) * size) // up to the program
			b = binary.LittleEndian.AppendUint32(b, header-4+uint32(len(program)))
			b = binary.LittleEndian.AppendUint32(append(b, 4, 0), header-10)
			b = append(b, 1, 1, 1, 0xfb, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0)
		}
		d.extend(".debug_line", append(b, program...))
		d.lineUnits(at, n, size)
	}},
	{"4,000 line tables of one list of files", false, ".debug_line", func(d *damaged) {
		const n, size = 4000, 25
		at := d.extend(".debug_line", nil)
		list := append(dwarf.AppendULEB([]byte{1, 7, byte(fData1)}, 1<<15), make([]byte, 1<<15)...)
		var b []byte
		for i := range n {
			// The only directory is a block: the headers up to the list of files.
			rest := (n - i - 1) * size
			length := uint32(rest + size - 4 + len(list))
			b = binary.LittleEndian.AppendUint32(b, length)
			b = binary.LittleEndian.AppendUint32(append(b, 5, 0, 4, 0), length-8)
			b = append(b, 1, 1, 1, 0xfb, 14, 1, 1, 7, byte(dwarf.FormBlock), 1, byte(rest)|0x80, byte(rest>>7)|0x80, byte(rest>>14))
		}
		d.extend(".debug_line", append(b, list...))
		d.lineUnits(at, n, size)
	}},
	{"20,000 units of the future", false, ".debug_info", func(d *damaged) {
		future := append(bytes.Repeat([]byte{2, 0, 0, 0, 77, 0}, 20_000), d.sections[".debug_info"]...)
		d.sections[".debug_info"] = future
	}},
	{"headers of units at each byte", false, ".debug_info", func(d *damaged) {
		d.extend(".debug_info", bytes.Repeat([]byte{0xfe, 0xff, 0xff, 0x7f, 5, 0, 1, 4}, 1<<17))
	}},
	{"10,000 functions at one place", false, "", func(d *damaged) {
		d.onReport(func(e *entries, low, length uint32) {
			e.end(1)
			for range 10_000 {
				e.add(2, "claimed", low, length)
				e.end(1)
			}
			e.add(2, "claimed", low, length)
		})
	}},
	{"3,000 units at one place", false, "", func(d *damaged) {
		low, length := d.takeReport()
		abbrevs := d.extend(".debug_abbrev", abbreviations(unitShape, functionShape))
		for range 3000 {
			var e entries
			e.add(1)
			e.add(2, "claimed", low, length)
			e.end(2)
			unit := append([]byte{5, 0, byte(dwarf.UnitCompile), 4}, binary.LittleEndian.AppendUint32(nil, abbrevs)...)
			unit = append(unit, e.b...)
			d.extend(".debug_info", append(binary.LittleEndian.AppendUint32(nil, uint32(len(unit))), unit...))
		}
	}},
}

// lineUnits adds n units, whose line tables are size bytes apart.
func (d *damaged) lineUnits(at, n, size uint32) {
	abbrevs := d.extend(".debug_abbrev", abbreviations(shape{dwarf.TagCompileUnit, false, []any{dwarf.AttrStmtList, fOffset}}))
	var units []byte
	for i := range n {
		units = binary.LittleEndian.AppendUint32(append(units, 13, 0, 0, 0, 5, 0, byte(dwarf.UnitCompile), 4), abbrevs)
		units = binary.LittleEndian.AppendUint32(append(units, 1), at+size*i)
	}
	d.extend(".debug_info", units)
}

// addFiles adds a unit with a line table of version 5 that has n files, each of the contents.
func (d *damaged) addFiles(n int, format, contents []byte) {
	header := []byte{1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1}
	header = append(header, 1, 1, byte(fString), 1, 'd', 0)
	header = dwarf.AppendULEB(append(header, format...), uint64(n))
	header = append(header, bytes.Repeat(contents, n)...)
	table := binary.LittleEndian.AppendUint32([]byte{5, 0, 4, 0}, uint32(len(header)))
	table = append(append(table, header...), 0, 1, 1)
	at := d.extend(".debug_line", append(binary.LittleEndian.AppendUint32(nil, uint32(len(table))), table...))
	d.addUnit(abbreviations(shape{dwarf.TagCompileUnit, false, []any{dwarf.AttrStmtList, fOffset}}), binary.LittleEndian.AppendUint32([]byte{1}, at))
}

// addLines adds a unit with a line table of version 4 of one file: minInst is its
// minimum_instruction_length. The program stands behind an address in report.
func (d *damaged) addLines(minInst byte, program []byte) {
	low, _ := d.code("main.c", "report")
	program = append(binary.LittleEndian.AppendUint32([]byte{0, 5, 2}, low), program...)
	header := []byte{minInst, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0}
	header = append(header, "odd.c\x00\x00\x00\x00\x00"...)
	table := binary.LittleEndian.AppendUint32([]byte{4, 0}, uint32(len(header)))
	table = slices.Concat(table, header, program)
	at := d.extend(".debug_line", append(binary.LittleEndian.AppendUint32(nil, uint32(len(table))), table...))
	d.addUnit(abbreviations(shape{dwarf.TagCompileUnit, false, []any{dwarf.AttrStmtList, fOffset}}), binary.LittleEndian.AppendUint32([]byte{1}, at))
}
