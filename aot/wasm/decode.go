package wasm

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"
)

// Limits of this implementation; they are those of the WebAssembly JavaScript interface, except that a vector among
// parameters or results counts twice.
const (
	MaxWords  = 1000 // of a function's parameters, and of its results
	maxLocals = 50000
)

// sectionNames are what errors call the sections.
var sectionNames = [...]string{
	SectionCustom:    "custom",
	SectionType:      "type",
	SectionImport:    "import",
	SectionFunction:  "function",
	SectionTable:     "table",
	SectionMemory:    "memory",
	SectionGlobal:    "global",
	SectionExport:    "export",
	SectionStart:     "start",
	SectionElement:   "element",
	SectionCode:      "code",
	SectionData:      "data",
	SectionDataCount: "data count",
	SectionTag:       "tag",
}

func (id SectionID) String() string {
	if int(id) < len(sectionNames) {
		return sectionNames[id]
	}
	return fmt.Sprintf("unknown (%d)", byte(id))
}

// sectionOrder gives each section its place in the file (core specification, 5.5.2).
var sectionOrder = [...]int{
	SectionType: 1, SectionImport: 2, SectionFunction: 3, SectionTable: 4, SectionMemory: 5,
	SectionTag: 6, SectionGlobal: 7, SectionExport: 8, SectionStart: 9, SectionElement: 10,
	SectionDataCount: 11, SectionCode: 12, SectionData: 13,
}

// decoder reads the sections. The first error sticks: after it, all reads return zero, and
// every loop ends.
type decoder struct {
	m       *Module
	b       []byte // up to the end of the current section
	pos     int
	section string
	err     *Error
	own     int    // 1 while a type is read, which may name itself
	reader  Reader // of constant expressions
}

// Decode reads the structure of a module. It checks what the specification calls malformed,
// apart from the instructions of function bodies; Validate and ValidateFunc check the rest.
// Errors are of type *Error. The module refers to b, which must not change.
func Decode(b []byte) (*Module, error) {
	m := &Module{Bytes: b}
	d := &decoder{m: m, b: b}
	d.module()
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

// header checks the file's first bytes.
func (d *decoder) header() {
	file := d.b
	switch {
	case uint64(len(file)) > math.MaxUint32:
		d.fail(0, "length out of bounds: the file is larger than 4 GiB")
	case len(file) < 4:
		d.fail(len(file), "unexpected end: magic header not detected"+notModule(file))
	case !bytes.HasPrefix(file, []byte("\x00asm")):
		d.fail(0, "magic header not detected"+notModule(file))
	case len(file) < 8:
		d.fail(len(file), "unexpected end: unknown binary version")
	case string(file[4:8]) == "\x0d\x00\x01\x00":
		d.fail(4, "unknown binary version: this is a component, not a core module")
	case string(file[4:8]) != "\x01\x00\x00\x00":
		d.fail(4, "unknown binary version")
	}
}

// module reads the header and all sections.
func (d *decoder) module() {
	file, m := d.b, d.m
	if d.header(); d.err != nil {
		return
	}
	last := 0
	for d.pos = 8; d.pos < len(file) && d.err == nil; {
		start := d.pos
		d.b, d.section = file, ""
		id := SectionID(d.byte())
		if int(id) >= len(sectionNames) {
			d.fail(start, fmt.Sprintf("malformed section id %d", byte(id)))
			return
		}
		d.section = sectionNames[id]
		size := d.u32()
		if d.err == nil && int64(size) > int64(len(file)-d.pos) {
			d.fail(start, msgEnd+": length out of bounds")
		}
		if d.err != nil {
			return
		}
		end := d.pos + int(size)
		d.b = file[:end]
		m.Sections = append(m.Sections, Section{id, FileOffset(start), FileOffset(d.pos), FileOffset(end)})
		if id != SectionCustom {
			if sectionOrder[id] <= last {
				d.fail(start, "unexpected content after last section")
				return
			}
			last = sectionOrder[id]
		}
		d.contents(id)
		if d.err == nil && d.pos != end {
			d.fail(d.pos, "section size mismatch")
		}
	}
	if d.err != nil {
		return
	}
	d.b, d.section = file, ""
	if len(m.Code) != len(m.Funcs)-m.NumImportedFuncs {
		d.fail(len(file), "function and code section have inconsistent lengths")
	}
	if m.HasDataCount && int(m.DataCount) != len(m.Datas) {
		d.fail(len(file), "data count and data section have inconsistent lengths")
	}
}

// contents reads one section's contents.
func (d *decoder) contents(id SectionID) {
	m := d.m
	switch id {
	case SectionCustom:
		name := d.name()
		if d.err == nil {
			m.Customs = append(m.Customs, Custom{name, FileOffset(d.pos), d.b[d.pos:]})
			d.pos = len(d.b)
		}
	case SectionType:
		d.types()
	case SectionImport:
		d.imports()
	case SectionFunction:
		n := d.count(1)
		m.Funcs = grow(m.Funcs, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Funcs = append(m.Funcs, d.u32())
		}
	case SectionTable:
		n := d.count(3)
		m.Tables = grow(m.Tables, n)
		for ; n > 0 && d.err == nil; n-- {
			d.table()
		}
	case SectionMemory:
		n := d.count(2)
		m.Memories = grow(m.Memories, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Memories = append(m.Memories, d.memoryType())
		}
	case SectionTag:
		n := d.count(2)
		m.Tags = grow(m.Tags, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Tags = append(m.Tags, d.tag())
		}
	case SectionGlobal:
		n := d.count(3)
		m.Globals = grow(m.Globals, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Globals = append(m.Globals, Global{d.globalType(), d.constExpr()})
		}
	case SectionExport:
		d.exports()
	case SectionStart:
		f := d.u32()
		m.Start = &f
	case SectionElement:
		n := d.count(3)
		m.Elems = grow(m.Elems, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Elems = append(m.Elems, d.elem())
		}
	case SectionDataCount:
		m.DataCount, m.HasDataCount = d.u32(), true
	case SectionCode:
		m.CodeSection, m.CodeSize = FileOffset(d.pos), uint32(len(d.b)-d.pos)
		d.code()
	case SectionData:
		n := d.count(2)
		m.Datas = grow(m.Datas, n)
		for ; n > 0 && d.err == nil; n-- {
			m.Datas = append(m.Datas, d.data())
		}
	default:
		panic("wasm: decode: no reader for section " + id.String())
	}
}

// grow makes room for n more elements. n was checked against the bytes that are there.
func grow[T any](s []T, n int) []T {
	if n == 0 {
		return s
	}
	return append(make([]T, 0, len(s)+n), s...)
}

// fail records an error at pos unless there was one before.
func (d *decoder) fail(pos int, msg string) { d.refuse(pos, FeatureMVP, msg) }

// refuse records that the module uses a feature that is not supported.
func (d *decoder) refuse(pos int, f Feature, msg string) {
	if d.err == nil {
		d.err = &Error{Offset: FileOffset(pos), Section: d.section, Feature: f, Msg: msg}
	}
	d.pos = len(d.b)
}

// peek returns the next byte, 0 at the end.
func (d *decoder) peek() byte {
	if d.pos < len(d.b) {
		return d.b[d.pos]
	}
	return 0
}

// byte reads one byte.
func (d *decoder) byte() byte {
	if d.pos >= len(d.b) {
		d.fail(d.pos, msgEnd)
		return 0
	}
	d.pos++
	return d.b[d.pos-1]
}

// u32 reads an unsigned LEB128 number.
func (d *decoder) u32() uint32 {
	v, next, msg := uleb32(d.b, d.pos)
	if msg != "" {
		d.fail(next, msg)
		return 0
	}
	d.pos = next
	return v
}

// u64 is u32 for numbers of 64 bits.
func (d *decoder) u64() uint64 {
	v, next, msg := uleb64(d.b, d.pos)
	if msg != "" {
		d.fail(next, msg)
		return 0
	}
	d.pos = next
	return v
}

// count reads the length of a vector whose elements take at least size bytes each.
func (d *decoder) count(size int) int {
	start := d.pos
	n := d.u32()
	if int64(n)*int64(size) > int64(len(d.b)-d.pos) {
		d.fail(start, msgEnd+": length out of bounds")
		return 0
	}
	return int(n)
}

// bytes reads a vector of bytes.
func (d *decoder) bytes() []byte {
	n := d.count(1)
	d.pos += n
	return d.b[d.pos-n : d.pos : d.pos]
}

// name reads a name, which must be UTF-8.
func (d *decoder) name() string {
	b := d.bytes()
	if !utf8.Valid(b) {
		d.fail(d.pos-len(b), "malformed UTF-8 encoding")
	}
	return string(b)
}

// valType reads a value type.
func (d *decoder) valType() ValType {
	return d.typeOf(false)
}

// refType reads a reference type.
func (d *decoder) refType() ValType {
	return d.typeOf(true)
}

func (d *decoder) typeOf(refOnly bool) ValType {
	if d.err != nil {
		return 0
	}
	t, next, e := valType(d.b, d.pos, refOnly)
	if e != nil {
		d.refuse(next, e.Feature, e.Msg)
		return 0
	}
	if i, ok := t.TypeIndex(); ok && int64(i) >= int64(len(d.m.Types)+d.own) {
		d.fail(d.pos, fmt.Sprintf("%s %d", msgUnknownType, i))
	}
	d.pos = next
	return t
}

// The flags of limits (core specification, 5.3; the proposals threads, memory64 and custom-page-sizes).
const (
	limitsMax    = 1
	limitsShared = 2
	limits64     = 4
	limitsPage   = 8
)

// limits reads the limits of a memory or table, of which flags may have the bits in known.
func (d *decoder) limits(of string, known byte) (l Limits, flags byte) {
	start := d.pos
	flags = d.byte()
	if flags&^known != 0 {
		d.fail(start, "malformed limits flags of a "+of)
	}
	for _, f := range [...]struct {
		flag    byte
		feature Feature
	}{{limitsShared, FeatureThreads}, {limits64, FeatureMemory64}, {limitsPage, FeatureCustomPageSizes}} {
		if flags&f.flag != 0 && !f.feature.Supported() {
			d.refuse(start, f.feature, of)
		}
	}
	bound := func() uint64 {
		if flags&limits64 != 0 {
			return d.u64()
		}
		return uint64(d.u32())
	}
	l.Min = bound()
	if flags&limitsMax != 0 {
		l.HasMax, l.Max = true, bound()
	}
	return l, flags
}

// table reads an entry of the table section.
func (d *decoder) table() {
	m := d.m
	init := d.peek() == 0x40
	if start := d.pos; init {
		if !FeatureTypedReferences.Supported() {
			d.refuse(start, FeatureTypedReferences, "table with an initializer")
		}
		d.byte()
		if d.byte() != 0 {
			d.fail(start, "malformed table definition")
		}
	}
	t := d.tableType()
	if init {
		if m.TableInits == nil {
			m.TableInits = map[uint32]ConstExpr{}
		}
		m.TableInits[uint32(len(m.Tables))] = d.constExpr()
	}
	m.Tables = append(m.Tables, t)
}

func (d *decoder) tableType() TableType {
	t := d.refType()
	l, flags := d.limits("table", limitsMax|limits64)
	return TableType{t, l, flags&limits64 != 0}
}

func (d *decoder) memoryType() MemoryType {
	l, flags := d.limits("memory", limitsMax|limitsShared|limits64|limitsPage)
	t := MemoryType{Limits: l, Shared: flags&limitsShared != 0, Is64: flags&limits64 != 0}
	if flags&limitsPage != 0 {
		at := d.pos
		switch log2 := d.u32(); {
		case d.err != nil:
		case log2 == 0:
			t.BytePages = true
		case log2 > 64:
			d.fail(at, fmt.Sprintf("invalid custom page size: 2^%d bytes", log2))
		case log2 != 16:
			d.fail(at, fmt.Sprintf("invalid custom page size: %d bytes, of 1 and 65536", uint64(1)<<log2))
		}
	}
	return t
}

func (d *decoder) globalType() GlobalType {
	t := d.valType()
	mut := d.byte()
	if mut > 1 {
		d.fail(d.pos-1, "malformed mutability")
	}
	return GlobalType{t, mut == 1}
}

// typeForms are the other forms that a type definition may have.
var typeForms = map[byte]struct {
	feature Feature
	msg     string
}{
	0x5d: {FeatureStackSwitching, "continuation type"},
	0x5e: {FeatureGC, "array type"},
	0x5f: {FeatureGC, "struct type"},
	0x50: {FeatureGC, "subtype"},
	0x4f: {FeatureGC, "final subtype"},
	0x4e: {FeatureGC, "recursive type"},
}

// types reads the type section.
func (d *decoder) types() {
	n := d.count(2)
	d.m.Types = grow(d.m.Types, n)
	// All value types in one allocation: each is a byte of the section.
	slab := make([]ValType, 0, len(d.b)-d.pos)
	vector := func() []ValType {
		start := d.pos
		n := d.count(1)
		if n > MaxWords {
			d.fail(start, fmt.Sprintf("too many parameters or results: %d", n))
		}
		words := n
		for ; n > 0 && d.err == nil; n-- {
			t := d.valType()
			if slab = append(slab, t); t == V128 {
				words++
			}
		}
		if words > MaxWords {
			d.fail(start, fmt.Sprintf("too many parameters or results: %d, where vectors count twice", words))
		}
		v := slab[:len(slab):len(slab)]
		slab = slab[len(slab):]
		return v
	}
	for ; n > 0 && d.err == nil; n-- {
		start := d.pos
		if form := d.byte(); form != 0x60 && d.err == nil {
			if f, ok := typeForms[form]; ok {
				d.refuse(start, f.feature, f.msg)
			} else {
				d.fail(start, "malformed type definition")
			}
		}
		d.own = 1
		params := vector()
		d.m.Types = append(d.m.Types, FuncType{params, vector()})
		d.own = 0
	}
	d.m.canonize()
}

// imports reads the import section and begins the index spaces.
func (d *decoder) imports() {
	m := d.m
	n := d.count(3)
	m.Imports = grow(m.Imports, n)
	for ; n > 0 && d.err == nil; n-- {
		im := Import{Offset: FileOffset(d.pos)}
		im.Module = d.name()
		im.Name = d.name()
		start := d.pos
		im.Kind = ExternKind(d.byte())
		if d.err != nil {
			return
		}
		switch im.Kind {
		case ExternFunc:
			im.Type = d.u32()
			m.Funcs = append(m.Funcs, im.Type)
			m.NumImportedFuncs++
		case ExternTable:
			im.Table = d.tableType()
			m.Tables = append(m.Tables, im.Table)
			m.NumImportedTables++
		case ExternMemory:
			im.Memory = d.memoryType()
			m.Memories = append(m.Memories, im.Memory)
			m.NumImportedMemories++
		case ExternGlobal:
			im.Global = d.globalType()
			m.Globals = append(m.Globals, Global{GlobalType: im.Global})
			m.NumImportedGlobals++
		case ExternTag:
			im.Type = d.tag()
			m.Tags = append(m.Tags, im.Type)
			m.NumImportedTags++
		default:
			d.fail(start, "malformed import kind")
		}
		m.Imports = append(m.Imports, im)
	}
}

// tag reads a tag's type: an attribute, which must be 0, and the index of a function type.
func (d *decoder) tag() uint32 {
	if d.byte() != 0 {
		d.fail(d.pos-1, "malformed tag attribute")
	}
	return d.u32()
}

// exports reads the export section.
func (d *decoder) exports() {
	n := d.count(3)
	d.m.Exports = grow(d.m.Exports, n)
	for ; n > 0 && d.err == nil; n-- {
		e := Export{Offset: FileOffset(d.pos)}
		e.Name = d.name()
		start := d.pos
		e.Kind = ExternKind(d.byte())
		if e.Kind > ExternTag {
			d.fail(start, "malformed export kind")
		}
		e.Index = d.u32()
		d.m.Exports = append(d.m.Exports, e)
	}
}
