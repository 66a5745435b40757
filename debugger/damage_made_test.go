package debugger

import (
	"encoding/binary"
	"math"
	"slices"

	"sphex/dwarf"
)

// shape is an abbreviation: what it is for, whether it has children, and its attributes with
// their forms. implicit is the value of those in DW_FORM_implicit_const.
type shape struct {
	tag      dwarf.Tag
	children bool
	attrs    []any
}

// abbreviations numbers shapes from 1.
func abbreviations(shapes ...shape) (b []byte) {
	for i, s := range shapes {
		b = dwarf.AppendULEB(dwarf.AppendULEB(b, uint64(i+1)), uint64(s.tag))
		b = append(b, map[bool]byte{true: 1}[s.children])
		for _, a := range s.attrs {
			switch a := a.(type) {
			case dwarf.Attr:
				b = dwarf.AppendULEB(b, uint64(a))
			case dwarf.Form:
				b = dwarf.AppendULEB(b, uint64(a))
			case int:
				b = dwarf.AppendSLEB(b, int64(a))
			}
		}
		b = append(b, 0, 0)
	}
	return append(b, 0)
}

// entries is a unit's entries as they are written.
type entries struct{ b []byte }

// at is the offset of the next entry from the start of the unit.
func (e *entries) at() uint32 { return uint32(12 + len(e.b)) }

// add appends an entry: a code, and values. Strings get their zero byte.
func (e *entries) add(code byte, values ...any) {
	le := binary.LittleEndian
	e.b = append(e.b, code)
	for _, v := range values {
		switch v := v.(type) {
		case string:
			e.b = append(append(e.b, v...), 0)
		case []byte:
			e.b = append(e.b, v...)
		case byte:
			e.b = append(e.b, v)
		case uint16:
			e.b = le.AppendUint16(e.b, v)
		case uint32:
			e.b = le.AppendUint32(e.b, v)
		case uint64:
			e.b = le.AppendUint64(e.b, v)
		default:
			panic("damage: a value of another type")
		}
	}
}

// end closes n entries that have children.
func (e *entries) end(n int) { e.b = append(e.b, make([]byte, n)...) }

// code is where a function is: the code offset, and the length.
func (d *damaged) code(unit, name string) (low, length uint32) {
	e, _ := d.entry(d.unit(unit), dwarf.TagSubprogram, name)
	ranges, err := e.Ranges()
	if err != nil || len(ranges) != 1 {
		d.t.Fatalf("%s is in %v, %v", name, ranges, err)
	}
	return uint32(ranges[0].Low), uint32(ranges[0].High - ranges[0].Low)
}

// extend appends to a section, which it may add, and returns the offset of what is new.
func (d *damaged) extend(section string, b []byte) uint32 {
	if _, ok := d.sections[section]; !ok {
		d.order = append(d.order, section)
	}
	at := len(d.sections[section])
	d.sections[section] = append(d.sections[section], b...)
	return uint32(at)
}

const (
	fAddr   = dwarf.FormAddr
	fData1  = dwarf.FormData1
	fData4  = dwarf.FormData4
	fData8  = dwarf.FormData8
	fString = dwarf.FormString
	fRef4   = dwarf.FormRef4
	fOffset = dwarf.FormSecOffset
	fExpr   = dwarf.FormExprloc
	fFlag   = dwarf.FormFlagPresent
	fConst  = dwarf.FormImplicitConst
)

// unitShape is a root without attributes, functionShape a function with a name and code.
var (
	unitShape     = shape{dwarf.TagCompileUnit, true, nil}
	functionShape = shape{dwarf.TagSubprogram, true, []any{dwarf.AttrName, fString, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}}
	blockOfRanges = shape{dwarf.TagLexicalBlock, false, []any{dwarf.AttrRanges, fOffset}}
	// placed is a variable at address 1024 of a type.
	placed = shape{dwarf.TagVariable, false, []any{dwarf.AttrName, fString, dwarf.AttrType, fRef4, dwarf.AttrLocation, fExpr}}
	byteOf = shape{dwarf.TagBaseType, false, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 4, dwarf.AttrEncoding, fConst, 5}}
	at1024 = []byte{5, 3, 0, 4, 0, 0}
)

// global makes a unit of a base type (code 2), a variable `odd` (code 3) of the type that the entries
// begin with, and these. The shapes are numbered from 4; integer is the base type.
func (d *damaged) global(fill func(e *entries, integer uint32), shapes ...shape) {
	var e entries
	e.add(1)
	integer := e.at()
	e.add(2, "int")
	typ := e.at() + uint32(len("3odd_")+4+len(at1024))
	e.add(3, "odd", typ, at1024)
	fill(&e, integer)
	e.end(1)
	d.addUnit(abbreviations(append([]shape{unitShape, byteOf, placed}, shapes...)...), e.b)
}

// takeReport is where the function report is, which no unit describes any more.
func (d *damaged) takeReport() (low, length uint32) {
	d.taken = true
	d.put(".debug_info", uint64(d.unit("main.c").Offset)+4, 77)
	return d.code("main.c", "report")
}

// onReport makes a unit with a function where report of main.c is, and entries in it. The
// shapes are numbered from 3.
func (d *damaged) onReport(fill func(e *entries, low, length uint32), shapes ...shape) {
	low, length := d.takeReport()
	var e entries
	e.add(1)
	e.add(2, "claimed", low, length)
	fill(&e, low, length)
	e.end(2)
	d.addUnit(abbreviations(append([]shape{unitShape, functionShape}, shapes...)...), e.b)
}

// rangesOver is a range list of n pieces of a byte each, which alternate.
func rangesOver(low, length uint32, n int) []byte {
	var b []byte
	for i := range n {
		b = binary.LittleEndian.AppendUint32(append(b, 7), low+uint32(2*i)%length)
		b = append(b, 1)
	}
	return append(b, 0)
}

// madeUp are units that no producer made.
var madeUp = []damage{
	{"an origin that is specified by its copy", false, "", func(d *damaged) {
		low, length := d.takeReport()
		var e entries
		e.add(1)
		first := e.at()
		second := first + 13
		e.add(2, second, low, length)
		e.add(3, first)
		e.end(1)
		d.addUnit(abbreviations(unitShape,
			shape{dwarf.TagSubprogram, false, []any{dwarf.AttrAbstractOrigin, fRef4, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4}},
			shape{dwarf.TagSubprogram, false, []any{dwarf.AttrSpecification, fRef4}}), e.b)
	}},
	{"siblings that lead back and forth", false, "", func(d *damaged) {
		var e entries
		e.add(1)
		for i := range 1000 {
			e.add(2, e.at()-uint32(i%3)*5)
			e.add(2, e.at()+1)
			e.add(2, uint32(math.MaxUint32))
			e.end(3)
		}
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagStructureType, true, []any{dwarf.AttrSibling, fRef4}}), e.b)
	}},
	{"a member 2^63 bytes behind", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, "far")
			e.add(5, "behind", integer, uint64(1)<<63)
			e.add(5, "before", integer, uint64(math.MaxUint64-1<<40))
			e.add(5, "first", integer, uint64(0))
			e.end(1)
		}, shape{dwarf.TagStructureType, true, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 16}},
			shape{dwarf.TagMember, false, []any{dwarf.AttrName, fString, dwarf.AttrType, fRef4, dwarf.AttrDataMemberLocation, fData8}})
	}},
	{"bit fields out of range", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, "bits")
			for _, v := range [][2]uint64{{0, 1 << 40}, {1 << 63, 3}, {math.MaxUint64, math.MaxUint64}, {31, 1}, {1 << 35, 8}} {
				e.add(5, "bit", integer, v[0], v[1])
				e.add(6, "old", integer, v[0], v[1])
			}
			e.end(1)
		}, shape{dwarf.TagStructureType, true, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 16}},
			shape{dwarf.TagMember, false, []any{dwarf.AttrName, fString, dwarf.AttrType, fRef4, dwarf.AttrDataBitOffset, fData8, dwarf.AttrBitSize, fData8}},
			shape{dwarf.TagMember, false, []any{dwarf.AttrName, fString, dwarf.AttrType, fRef4, dwarf.AttrBitOffset, fData8, dwarf.AttrBitSize, fData8, dwarf.AttrByteSize, fConst, 4}})
	}},
	{"an array of 2^63 elements", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, integer)
			for _, n := range []uint64{1 << 63, math.MaxUint64, 1 << 62, 0} {
				e.add(5, n)
			}
			e.end(1)
		}, shape{dwarf.TagArrayType, true, []any{dwarf.AttrType, fRef4}}, shape{dwarf.TagSubrangeType, false, []any{dwarf.AttrCount, fData8}})
	}},
	{"an array in 10,000 dimensions", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, integer)
			for range 10_000 {
				e.add(5, byte(200))
			}
			e.end(1)
		}, shape{dwarf.TagArrayType, true, []any{dwarf.AttrType, fRef4}}, shape{dwarf.TagSubrangeType, false, []any{dwarf.AttrUpperBound, fData1}})
	}},
	{"an array of 2^40 elements of no size", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, e.at()+5+9+1)
			e.add(5, uint64(1)<<40)
			e.end(1)
			e.add(6, "nothing")
		}, shape{dwarf.TagArrayType, true, []any{dwarf.AttrType, fRef4}}, shape{dwarf.TagSubrangeType, false, []any{dwarf.AttrCount, fData8}},
			shape{dwarf.TagStructureType, false, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 0}})
	}},
	{"variant parts in each other", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			e.add(4, "variants")
			for range 2000 {
				e.add(5, e.at()) // its own discriminant
				e.add(6)
			}
			e.end(4001)
		}, shape{dwarf.TagStructureType, true, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 16}},
			shape{dwarf.TagVariantPart, true, []any{dwarf.AttrDiscr, fRef4}}, shape{dwarf.TagVariant, true, nil})
	}},
	{"a class that is its own base", false, "", func(d *damaged) {
		d.global(func(e *entries, integer uint32) {
			self := e.at()
			e.add(4, "self")
			e.add(5, self, byte(0))
			e.add(5, self, byte(4))
			e.end(1)
		}, shape{dwarf.TagClassType, true, []any{dwarf.AttrName, fString, dwarf.AttrByteSize, fConst, 8}},
			shape{dwarf.TagInheritance, false, []any{dwarf.AttrType, fRef4, dwarf.AttrDataMemberLocation, fData1}})
	}},
	{"an expression of 100,000 calls", false, "", func(d *damaged) {
		// A procedure that calls the next one twice, forty times over: 2^40 calls.
		var e entries
		e.add(1)
		for range 40 {
			next := e.at() + 12
			call := binary.LittleEndian.AppendUint32([]byte{10, 0x99}, next)
			e.add(2, append(call, call[1:]...))
		}
		e.add(2, []byte{10, 0x30, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96})
		e.add(3, "many", binary.LittleEndian.AppendUint32([]byte{5, 0x99}, 13))
		e.end(1)
		d.addUnit(abbreviations(unitShape, shape{dwarf.TagDwarfProcedure, false, []any{dwarf.AttrLocation, fExpr}},
			shape{dwarf.TagVariable, false, []any{dwarf.AttrName, fString, dwarf.AttrLocation, fExpr}}), e.b)
	}},
	{"macros that import themselves", false, ".debug_info", func(d *damaged) {
		at := d.extend(".debug_macro", nil)
		part := binary.LittleEndian.AppendUint32([]byte{5, 0, 0, 7}, at)
		part = binary.LittleEndian.AppendUint32(append(part, 7), at)
		d.extend(".debug_macro", append(part, 0))
		d.addUnit(abbreviations(shape{dwarf.TagCompileUnit, false, []any{dwarf.AttrMacros, fOffset}}), binary.LittleEndian.AppendUint32([]byte{1}, at))
	}},
	{"a unit one byte too long", true, ".debug_info", func(d *damaged) {
		u := d.unit("main.c")
		binary.LittleEndian.PutUint32(d.sections[".debug_info"][u.Offset:], uint32(u.End-u.Offset-4+1))
	}},
	{"a unit one byte too short", true, ".debug_info", func(d *damaged) {
		u := d.unit("main.c")
		binary.LittleEndian.PutUint32(d.sections[".debug_info"][u.Offset:], uint32(u.End-u.Offset-4-1))
	}},
	{"a unit of no bytes", true, ".debug_info", func(d *damaged) {
		binary.LittleEndian.PutUint32(d.sections[".debug_info"][d.unit("main.c").Offset:], 0)
	}},
	{"a skeleton of nothing", false, ".debug_info", func(d *damaged) {
		var e entries
		e.add(1, "../../../../etc/passwd", "/", uint64(0x1234))
		d.addUnit(abbreviations(shape{dwarf.TagSkeletonUnit, false,
			[]any{dwarf.AttrGNUDWOName, fString, dwarf.AttrCompDir, fString, dwarf.AttrGNUDWOID, fData8}}), e.b)
	}},
	{"frame bases that refer to themselves", false, "", func(d *damaged) {
		low, length := d.takeReport()
		var e entries
		e.add(1)
		e.add(2, "based", low, length, []byte{2, 0x91, 0}) // DW_OP_fbreg 0
		e.add(3, "x", []byte{2, 0x91, 8})
		e.end(2)
		d.addUnit(abbreviations(unitShape,
			shape{dwarf.TagSubprogram, true, []any{dwarf.AttrName, fString, dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fData4, dwarf.AttrFrameBase, fExpr}},
			shape{dwarf.TagVariable, false, []any{dwarf.AttrName, fString, dwarf.AttrLocation, fExpr}}), e.b)
	}},
	{"functions and blocks that end before they start", false, "", func(d *damaged) {
		d.onReport(func(e *entries, low, length uint32) {
			for range 10 {
				e.add(3, low+length, low)
				e.add(3, low-1, low+length+1)
				e.add(3, uint32(math.MaxUint32), uint32(0))
				e.end(3)
			}
		}, shape{dwarf.TagLexicalBlock, true, []any{dwarf.AttrLowPC, fAddr, dwarf.AttrHighPC, fAddr}})
	}},
	{"two copies of each unit", true, "", func(d *damaged) {
		d.sections[".debug_info"] = slices.Concat(d.sections[".debug_info"], d.sections[".debug_info"])
	}},
	{"a line table that advances by 2^63", false, "", func(d *damaged) {
		d.addLines(255, slices.Concat(dwarf.AppendULEB([]byte{2}, 1<<63), []byte{1}, dwarf.AppendULEB([]byte{2}, math.MaxUint64), []byte{1, 9, 0xff, 0xff, 1, 8, 8, 8, 1, 0, 1, 1}))
	}},
	{"a line table of lines below 0", false, "", func(d *damaged) {
		d.addLines(1, slices.Concat(dwarf.AppendSLEB([]byte{3}, math.MinInt64), []byte{1, 2, 1, 1}, dwarf.AppendSLEB([]byte{3}, math.MaxInt64), []byte{1, 2, 1, 1, 0, 1, 1}))
	}},
}
